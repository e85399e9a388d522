/*
 * Answers of the Parliament Members API (https://members-api.parliament.uk), saved as JSON: Members/Search,
 * Location/Constituency/Search, a single member, and any number of these in an array or one after the other.
 */
#ifndef POSTBAG_INPUT_PARLIAMENT_H
#define POSTBAG_INPUT_PARLIAMENT_H

#include "base/error.h"
#include "base/str.h"
#include "input/listing.h"

/* Adds the members of the Commons who sit, and the vacant seats, to LISTING. Peers and former members are left out. */
int parliament_read(struct listing *listing, const struct str *text, struct problems *problems, struct error *error);

#endif
