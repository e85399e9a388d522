/*
 * Nesting: whether [if …], [else] and [end] stand in pairs.
 */
#ifndef POSTBAG_LETTER_NESTING_H
#define POSTBAG_LETTER_NESTING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "letter/token.h"

/* Whether the tags with the numbers TAGS are properly nested. */
bool nesting_is_proper(const struct tokens *tokens, const size_t *tags, size_t count);

/*
 * Reports what is wrong with the nesting of the tags with the numbers TAGS, and sets DROPPED[number] for each that must
 * be left out for the rest to be proper.
 */
void nesting_check(const struct tokens *tokens, const size_t *tags, size_t count, bool *dropped,
                   struct problems *problems);

#endif
