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
#include "input/picture.h"
#include "letter/compose.h"
#include "letter/font.h"
#include "letter/hyphenation.h"
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
    int32_t expansion_ppm;            /* letter/compose */
    const struct letter_block *block; /* NULL: not part of the text (a page number, a continuation's heading) */
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
};

/* Where the recipient's address stands. */
enum layout_window {
    WINDOW_DL,     /* of a sheet folded in three, in a DL envelope */
    WINDOW_C5,     /* of a sheet folded in two, in a C5 envelope */
    WINDOW_NOTIFY, /* as GOV.UK Notify prints it */
    WINDOW_NONE,   /* no window: the address stands where the text begins */
};

enum layout_sender { SENDER_RIGHT, SENDER_LEFT };

struct layout_settings {
    int32_t size_mpt;        /* of the type; 0: 11 pt where the letter fits on one page, else 10.5 */
    int32_t leading_mpt;     /* from baseline to baseline; 0: what suits the size */
    int32_t margin_left_mpt; /* 0: 25 mm; and so on: each has its usual width */
    int32_t margin_right_mpt, margin_top_mpt, margin_bottom_mpt;
    enum layout_window window;
    enum layout_sender sender;
    bool fold_marks;
    struct manner manner;                      /* of running text */
    const struct hyphenation *english, *welsh; /* borrowed; NULL: not hyphenated */
    const struct picture *logo;                /* borrowed; NULL: none */
    const char *logo_alternative;
};

/* One for each thread. It keeps the lines of paragraphs that are the same in every letter. */
struct layout;
struct layout *layout_new(const struct font *font, const struct layout_settings *settings);
void layout_free(struct layout *layout); /* NULL does nothing */

/*
 * Sets LETTER, with SIGNATURE above the name (NULL: room for one by hand). The pages live in ARENA and in the layout, and are valid until the next call. A word that is wider than
 * its line is broken between characters. Never fails: text of any length is set on as many pages as it needs.
 */
void layout_letter(struct layout *layout, const struct letter *letter, const struct picture *signature,
                   struct arena *arena, struct pages *pages);

#endif
