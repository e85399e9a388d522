/*
 * Reunion: new persons of the list who are old ones under a mended name. For the ledger's own files; its mutex is
 * held.
 */
#ifndef POSTBAG_RECORD_REUNION_H
#define POSTBAG_RECORD_REUNION_H

#include "base/error.h"
#include "record/ledger.h"
#include "record/store.h"

/* See ledger_roll_settle. */
int reunion_settle(struct ledger *ledger, ledger_held held, void *context, struct error *error);

/* Remembers that the row of KEY is nobody whom the ledger knows. */
int reunion_release(struct ledger *ledger, const char *key, struct error *error);

#endif
