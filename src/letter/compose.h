/*
 * Composing: the fragments of a text become lines of placed words.
 *
 * Where two fragments of a word meet within a line, they are shaped anew as one, so that kerning and ligatures are as
 * if no break had been thought of.
 */
#ifndef POSTBAG_LETTER_COMPOSE_H
#define POSTBAG_LETTER_COMPOSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "letter/font.h"
#include "letter/fragment.h"
#include "letter/paragraph.h"

/* A word or a space on its line, in visual order. Spaces are words too, so that the text can be copied out again. */
struct placed {
    const struct word *word;
    int32_t x_mpt; /* from the line's own x */
};

struct composed_line {
    const struct placed *words; /* none: an empty line */
    size_t words_count;
    int32_t width_mpt; /* without the space at its end */
};

/* Lists that are used again for each text, so that setting a letter allocates nothing. */
struct composer;
struct composer *composer_new(void);
void composer_free(struct composer *composer); /* NULL does nothing */

/*
 * Sets TEXT in type of SIZE_MPT in lines of MEASURE_MPT. *LINES lives in ARENA (and the words in the text's shaper);
 * SCRATCH holds what is needed meanwhile. Returns how many lines: none where the text is empty. A word that is wider
 * than the measure is broken between grapheme clusters.
 */
size_t compose_lines(struct composer *composer, const struct text *text, int32_t size_mpt, int32_t measure_mpt,
                     enum alignment alignment, struct arena *scratch, struct arena *arena,
                     const struct composed_line **lines);

#endif
