/*
 * The heading of a further page: the recipient, the date, and "Page 2 of 3".
 */
#ifndef POSTBAG_LETTER_HEADING_H
#define POSTBAG_LETTER_HEADING_H

#include "base/str.h"
#include "letter/galley.h"

/* Sets the headings of all pages but the first, once it is known how many there are. SCRATCH is the layout's. */
void heading_set(struct attempt *attempt, struct str *scratch);

#endif
