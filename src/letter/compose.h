/*
 * Composing: the fragments of a text become lines of placed words.
 *
 * Where two fragments of a word meet within a line, they are shaped anew as one, so that kerning and ligatures are as
 * if no break had been thought of.
 */
#ifndef POSTBAG_LETTER_COMPOSE_H
#define POSTBAG_LETTER_COMPOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "letter/boxes.h"
#include "letter/font.h"
#include "letter/fragment.h"

/* A word or a space on its line, in visual order. Spaces are words too, so that the text can be copied out again. */
struct placed {
    const struct word *word;
    int32_t x_mpt;       /* from the line's own x */
    size_t added_length; /* bytes at the end of the word that the break added: a hyphen that the text has not */
};

struct composed_line {
    const struct placed *words; /* none: an empty line */
    size_t words_count;
    int32_t x_mpt;         /* of its first word from the left of the measure; negative where it hangs in the margin */
    int32_t width_mpt;     /* as set, from its first word on, without the space at its end */
    int32_t expansion_ppm; /* how much wider than drawn every glyph of the line is, in millionths: 15000 is 1.5 % */
    /*
     * A word that is wider than the measure, on the line that is the first to end within it for that reason (or that it
     * stands on alone, if it is one character).
     */
    const char *overfull; /* NUL-terminated; NULL: there is none */
};

/* Lists that are used again for each text, so that setting a letter allocates nothing. */
struct composer;
struct composer *composer_new(void);
void composer_free(struct composer *composer); /* NULL does nothing */

/*
 * Sets TEXT in type of SIZE_MPT in lines of MEASURE_MPT. *LINES lives in ARENA (and the words in the text's shaper);
 * SCRATCH holds what is needed meanwhile. Returns how many lines: none where the text is empty. A word that is wider
 * than the measure is broken between grapheme clusters, and named as overfull.
 */
size_t compose_lines(struct composer *composer, const struct text *text, int32_t size_mpt, int32_t measure_mpt,
                     struct manner manner, struct arena *scratch, struct arena *arena,
                     const struct composed_line **lines);

#endif
