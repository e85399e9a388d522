/*
 * Pages of placed lines, pictures and rules: what the layout makes and a PDF is made of. A4, in millipoints from the top
 * left corner of the page.
 */
#ifndef POSTBAG_LETTER_PAGE_H
#define POSTBAG_LETTER_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "input/picture.h"
#include "letter/compose.h"
#include "letter/merge.h"

#define MILLIPOINTS_OF_MM(mm) ((int32_t)((mm)*72000.0 / 25.4 + 0.5))
enum { PAGE_WIDTH_MPT = 595276, PAGE_HEIGHT_MPT = 841890 }; /* A4, 210 mm by 297 mm */

struct line {
    int32_t x_mpt;              /* of its first word's left end */
    int32_t baseline_mpt;       /* from the top of the page */
    int32_t size_mpt;           /* of the type */
    const struct placed *words; /* and spaces, also the one at which the line was broken */
    size_t words_count;
    int32_t expansion_ppm;            /* letter/compose */
    const struct letter_block *block; /* NULL: not part of the text (a page number, a continuation's heading) */
    unsigned column;                  /* from 1, in a table, of which the block is a row; 0: in none */
};

/* A picture, which fills its place. */
struct figure {
    int32_t x_mpt, y_mpt; /* of its top left corner */
    int32_t width_mpt, height_mpt;
    const struct picture *picture;
    const char *alternative;          /* what it shows, for who cannot see it; NULL: it is decoration */
    const struct letter_block *block; /* the one before which it is read; NULL: before the first */
};

/* A straight line, which is no part of the text: a fold mark, a rule. */
struct rule {
    int32_t x_mpt, y_mpt; /* of its left end */
    int32_t width_mpt;
    int32_t thickness_mpt;
    int32_t grey; /* thousandths: 0 black, 1000 white */
};

/* Lines stand in reading order, those that are no part of the text first. */
struct page {
    const struct line *lines;
    size_t lines_count;
    const struct figure *figures;
    size_t figures_count;
    const struct rule *rules;
    size_t rules_count;
};

struct pages {
    const struct page *pages;
    size_t count;
    const char *overfull; /* the first word that was broken because it is wider than its line; NULL: none */
};

#endif
