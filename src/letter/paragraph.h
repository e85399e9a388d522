/*
 * Breaking a paragraph into lines: boxes, glue and penalties (Knuth & Plass, "Breaking Paragraphs into Lines", 1981).
 * Knows nothing of fonts, words or languages: widths come in, positions of breaks go out.
 */
#ifndef POSTBAG_LETTER_PARAGRAPH_H
#define POSTBAG_LETTER_PARAGRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum item_kind { ITEM_BOX, ITEM_GLUE, ITEM_PENALTY };

/* Never a break at a penalty of ITEM_PENALTY_NEVER or more, always at ITEM_PENALTY_ALWAYS or less. */
enum { ITEM_PENALTY_NEVER = 10000, ITEM_PENALTY_ALWAYS = -10000 };

struct item {
    enum item_kind kind;
    int32_t width_mpt;   /* of a penalty: what is added where the line breaks at it (a hyphen) */
    int32_t stretch_mpt; /* of glue, and of a box whose glyphs may be made wider */
    int32_t shrink_mpt;
    int32_t penalty; /* penalties only */
    bool flagged;    /* penalties only: a hyphen; two running are avoided */
    /* How far it hangs into the margin where a line begins with it (a box) or ends with it: at most its width. */
    int32_t left_mpt, right_mpt;
};

enum alignment { ALIGN_LEFT, ALIGN_JUSTIFY };

/*
 * Breaks ITEMS, of which the last is a penalty of ITEM_PENALTY_ALWAYS, into lines of MEASURE_MPT. *BREAKS gets, in
 * ARENA, the index of the glue or penalty at which each line ends; returns how many lines. A line breaks at glue that
 * follows a box, or at a penalty; glue and penalties after a break vanish up to the next box, and glue before one with
 * the line that ends there. ALIGN_LEFT leaves all glue at its width, and the lines are as even as they can be;
 * ALIGN_JUSTIFY stretches and shrinks it, but does not stretch a line that ends at ITEM_PENALTY_ALWAYS. A last line that
 * is very short is avoided. Never fails: a box wider than the measure stands alone on its line, which is then too wide.
 * Penalties are not negative, save ITEM_PENALTY_ALWAYS: the result is the best of all ways under this condition, and a
 * good one without it.
 */
size_t paragraph_break(const struct item *items, size_t count, int32_t measure_mpt, enum alignment alignment,
                       struct arena *arena, const size_t **breaks);

#endif
