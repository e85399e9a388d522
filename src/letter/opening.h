/*
 * The opening of a letter: the logo, the sender and the date, and the recipient in the window.
 */
#ifndef POSTBAG_LETTER_OPENING_H
#define POSTBAG_LETTER_OPENING_H

#include <stdbool.h>

#include "letter/block.h"
#include "letter/galley.h"

/* Whether a block is of the opening. */
bool opening_has(enum block_kind kind);

/* Sets the opening; returns where the text may begin. */
struct end opening_set(struct attempt *attempt);

#endif
