/*
 * Text of mixed direction (UAX #9): the embedding level of each byte, and the order of a line's parts on paper. Alone
 * includes FriBidi.
 *
 * The paragraph's own direction is always left to right, the direction of a letter in English or Welsh. An even level
 * reads to the right, an odd one to the left. Text without a right-to-left character needs none of this: all its
 * levels are 0.
 */
#ifndef POSTBAG_LETTER_BIDI_H
#define POSTBAG_LETTER_BIDI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Whether valid TEXT has a right-to-left character. Cheap for Latin text. */
bool bidi_needed(const char *text, size_t length);

/* A part of the text, byte START to byte END, not included. */
struct bidi_range {
    size_t start, end;
};

/*
 * Fills LEVELS, one for each byte of valid TEXT, whose paragraphs are parted by '\n'. ISOLATES are in order and do not
 * overlap: each is ordered by itself, as if it stood between an isolate and PDI, so that a name in Arabic does not draw the
 * number after it to its other side, and no directional mark in it reaches the letter around it. SCRATCH holds what is
 * needed meanwhile.
 */
void bidi_levels(const char *text, size_t length, const struct bidi_range *isolates, size_t isolates_count,
                 struct arena *scratch, unsigned char *levels);

/* Rule L2: ORDER gets the numbers of COUNT parts of a line as they stand from left to right. */
void bidi_order(const unsigned char *levels, size_t count, size_t *order);

#endif
