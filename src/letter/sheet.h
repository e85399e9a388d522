/*
 * The sheet: where on the paper the parts of a letter stand, whatever the settings. Every measure is in the table of
 * sheet.c, with its reason.
 */
#ifndef POSTBAG_LETTER_SHEET_H
#define POSTBAG_LETTER_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input/picture.h"
#include "letter/compose.h"
#include "letter/hyphenation.h"
#include "letter/page.h"
#include "letter/setter.h"

/* Where the recipient's address stands. */
enum layout_window {
    WINDOW_DL,     /* of a sheet folded in three, in a DL envelope */
    WINDOW_C5,     /* of a sheet folded in two, in a C5 envelope */
    WINDOW_NOTIFY, /* as GOV.UK Notify prints it */
    WINDOW_NONE,   /* no window: the address stands where the text begins */
};

/* Where the sender's address and the date stand. At the left, the date is above the salutation where there is a window. */
enum layout_sender { SENDER_RIGHT, SENDER_LEFT };

struct layout_settings {
    int32_t size_mpt;        /* of the type; 0: 11 pt where the letter fits on one page, else 10.5 */
    int32_t leading_mpt;     /* from baseline to baseline; 0: what suits the size */
    int32_t margin_left_mpt; /* 0: 25 mm; and so on: each has its usual width */
    int32_t margin_right_mpt, margin_top_mpt, margin_bottom_mpt;
    enum layout_window window;
    enum layout_sender sender; /* WINDOW_NOTIFY: always at the right */
    bool fold_marks;
    struct manner manner;                      /* of running text */
    const struct hyphenation *english, *welsh; /* borrowed; NULL: not hyphenated */
    const struct picture *logo;                /* borrowed; NULL: none */
    const char *logo_alternative;
};

/* Margins are kept within these, so that nothing meets and a printer can print it. */
enum {
    SHEET_SIDE_LEAST_MPT = 42520,   /* 15 mm */
    SHEET_TOP_LEAST_MPT = 70866,    /* 25 mm: a further page has its heading above */
    SHEET_BOTTOM_LEAST_MPT = 28346, /* 10 mm */
    SHEET_MARGIN_MOST_MPT = 170079, /* 60 mm */
};

struct area {
    int32_t left, right, top, bottom;
};

enum { SHEET_LOGO_WIDTH_MM = 40, SHEET_LOGO_HEIGHT_MM = 20 }; /* at most */

enum { FOLDS_MAX = 2 };

struct sheet {
    struct area text;    /* its top is that of a further page, below the heading */
    int32_t heading_top; /* of a further page */
    int32_t text_first;  /* least baseline of the text on the first page; 0: it follows the opening */
    bool has_window;
    struct area seen;       /* what the window shows, however the sheet slides in its envelope */
    struct area kept_clear; /* what it may show: there only the recipient stands */
    int32_t recipient_left;
    int32_t recipient_right;
    enum layout_sender sender;
    struct area right_sender; /* its left: where lines begin, unless they are long */
    int32_t right_sender_left_least;
    struct area left_sender;                   /* its bottom holds where there is a window */
    int32_t logo_top, logo_width, logo_height; /* its size: at most */
    bool logo_at_left;                         /* of the sheet, else with the sender at the right */
    int32_t folds[FOLDS_MAX];                  /* how far down the sheet is folded */
    size_t folds_count;
};

void sheet_init(struct sheet *sheet, const struct layout_settings *settings);

/*
 * The types in which a letter is tried, in this order, until it fits on one page. Returns how many there are.
 */
enum { SHEET_TYPES_MAX = 2 };
size_t sheet_types(const struct layout_settings *settings, struct type types[SHEET_TYPES_MAX]);

/*
 * How large PICTURE is printed: in proportion, within WIDTH_MOST by HEIGHT_MOST, and never so large that fewer than 96
 * of its pixels, or than its file says, make an inch.
 */
void sheet_fit_picture(const struct picture *picture, int32_t width_most, int32_t height_most, int32_t *width,
                       int32_t *height);

#endif
