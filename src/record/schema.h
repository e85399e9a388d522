/*
 * The ledger's tables, and how a ledger of an older Postbag becomes one of this.
 *
 * A ledger's application_id says that it is one, and its user_version how many of the steps have been taken. A step,
 * once published, is never changed: a new version appends one.
 */
#ifndef POSTBAG_RECORD_SCHEMA_H
#define POSTBAG_RECORD_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/database.h"
#include "base/error.h"

enum { SCHEMA_APPLICATION_ID = 0x506F7374 /* "Post" */ };

/* The SQL of each step, from an empty file to the newest version. */
extern const char *const schema_steps[];
extern const size_t schema_steps_count;

/*
 * Takes the steps that DATABASE (of PATH) has not taken, all in one transaction, if it may be written. Errors with
 * STATUS_DATA: it is no ledger, a newer Postbag's, or an older one's and only read. *EMPTY, where it is not NULL: it
 * is only read and nothing has been written to it yet; that is no error.
 */
int schema_bring_up(struct database *database, const char *path, const char *const *steps, size_t count, bool writes,
                    bool *empty, struct error *error);

#endif
