/*
 * CSV files that say who sits for which constituency: TheyWorkForYou's, the Department for Education's MP look-up, and
 * any other whose header names the columns (constituency, name, e-mail, party, title …), as any spreadsheet writes it.
 */
#ifndef POSTBAG_INPUT_LOOKUP_H
#define POSTBAG_INPUT_LOOKUP_H

#include "base/error.h"
#include "input/listing.h"

/* Adds every row to LISTING. Fails where the header is none that is known; rows that cannot be read go to PROBLEMS. */
int lookup_read(struct listing *listing, struct problems *problems, struct error *error);

#endif
