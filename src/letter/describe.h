/*
 * How a model letter was read, in words, for the secretary to see.
 */
#ifndef POSTBAG_LETTER_DESCRIBE_H
#define POSTBAG_LETTER_DESCRIBE_H

#include <stddef.h>

#include "base/str.h"
#include "letter/block.h"
#include "letter/draft.h"
#include "letter/role.h"

/*
 * Appends to OUT "sender's address in lines 1–4, date in line 5, salutation in line 7, 11 paragraphs and a list of 6,
 * closing in line 40, signature in line 42". BLOCKS were made of DRAFT; those with a place of line 0 were put in.
 */
void describe_letter(struct str *out, const struct draft *draft, const struct roles *roles, const struct block *blocks,
                     size_t count);

#endif
