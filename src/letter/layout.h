/*
 * The layout: a letter becomes pages of placed lines. A4, in millipoints from the top left corner of the page; the
 * measurements stand in a table in layout.c with their reasons.
 *
 * Knows nothing of PDF. Each line names the block that it belongs to, and lines come in reading order. The bullet or
 * number of a list's item is a line of its own, before the item's first and at the same baseline. Words are set in the
 * style of their runs: that a subject is bold is for the letter to say.
 */
#ifndef POSTBAG_LETTER_LAYOUT_H
#define POSTBAG_LETTER_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "letter/compose.h"
#include "letter/font.h"
#include "letter/merge.h"
#include "letter/paragraph.h"

#define MILLIPOINTS_OF_MM(mm) ((int32_t)((mm)*72000.0 / 25.4 + 0.5))
enum { PAGE_WIDTH_MPT = 595276, PAGE_HEIGHT_MPT = 841890 }; /* A4, 210 mm by 297 mm */

struct line {
    int32_t x_mpt;              /* of its left end */
    int32_t baseline_mpt;       /* from the top of the page */
    int32_t size_mpt;           /* of the type */
    const struct placed *words; /* and spaces, also the one at which the line was broken */
    size_t words_count;
    const struct letter_block *block; /* NULL: not part of the text (a page number, a continuation's heading) */
};

struct page {
    const struct line *lines;
    size_t lines_count;
};

struct pages {
    const struct page *pages;
    size_t count;
};

struct layout_settings {
    int32_t size_mpt; /* of the type; 0: 11 pt where the letter fits on one page, else 10.5 */
    enum alignment alignment;
};

/* One for each thread. It keeps the lines of paragraphs that are the same in every letter. */
struct layout;
struct layout *layout_new(const struct font *font, const struct layout_settings *settings);
void layout_free(struct layout *layout); /* NULL does nothing */

/*
 * Sets LETTER. The pages live in ARENA and in the layout, and are valid until the next call. A word that is wider than
 * its line is broken between characters. Never fails: text of any length is set on as many pages as it needs.
 */
void layout_letter(struct layout *layout, const struct letter *letter, struct arena *arena, struct pages *pages);

#endif
