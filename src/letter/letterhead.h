/*
 * The head of a letter that goes by e-mail: who writes, from where, and when. An MP's office looks there first for the
 * address, because MPs answer their own constituents only; so it is whole even where the model letter has less.
 */
#ifndef POSTBAG_LETTER_LETTERHEAD_H
#define POSTBAG_LETTER_LETTERHEAD_H

#include <stdbool.h>

#include "base/str.h"
#include "letter/merge.h"

/*
 * Appends lines, each ending in '\n': the person's name, address and postcode, then what else the sender's block says (a
 * telephone number).
 */
void letterhead_sender(struct str *out, const struct letter *letter);

/* Whether BLOCK belongs to an e-mail's text behind the head: not the opening, and not the subject. */
bool letterhead_is_text(const struct letter_block *block);

/* Appends the text of BLOCK, its lines parted by '\n'. */
void letterhead_text(struct str *out, const struct letter_block *block);

#endif
