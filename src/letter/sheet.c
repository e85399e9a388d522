/*
 * Sheets: settings come in, a table of where everything stands goes out. The one idea: what depends on the envelope is a
 * row of one table, and everything else of the layout asks the sheet.
 */
#include "letter/sheet.h"

#define MM(mm) MILLIPOINTS_OF_MM(mm)

/*
 * Windows are 35 mm high and 90 mm wide, 20 mm from the left of the envelope. A sheet is smaller than its envelope and
 * slides in it: what is always seen is the least that a window shows, what must be clear of other text is the most.
 *
 * DL (110 by 220 mm, the window 18 mm up): of a sheet folded in three, 99 by 210 mm, it shows y from 46–81 to 57–92 and
 * x from 20–110 to 10–100. C5 (162 by 229 mm, the window 60 mm up): of a sheet folded in two, 148.5 by 210 mm, it shows
 * y from 53.5–88.5 to 67–102 and x from 20–110 to 1–91. GOV.UK Notify prints on sheets of its own: the address in
 * x 24.6–120, y 39.5–66.3, the sender in x 125–195, a logo in x 15–125, y 5–30, the text from y 95.
 */
static const struct {
    struct area seen, kept_clear;
    int32_t text_first;
    int32_t folds[FOLDS_MAX];
    size_t folds_count;
} windows[] = {
    [WINDOW_DL] = {{MM(20), MM(100), MM(57), MM(81)}, {MM(10), MM(110), MM(46), MM(92)}, MM(98), {MM(99), MM(198)}, 2},
    [WINDOW_C5] = {{MM(20), MM(91), MM(67), MM(88.5)}, {0, MM(110), MM(53.5), MM(102)}, MM(108), {MM(148.5)}, 1},
    /* Its text begins 95 mm down; it leaves 15 mm at the sides white, so there are no fold marks. */
    [WINDOW_NOTIFY] = {{MM(24.6), MM(120), MM(39.5), MM(66.3)}, {MM(15), MM(122), MM(37), MM(69)}, MM(101), {0}, 0},
    [WINDOW_NONE] = {{0}, {0}, 0, {MM(99), MM(198)}, 2},
};

/* What does not depend on the envelope. */
static const struct {
    int32_t left, right, top, bottom; /* margins: a measure of 157 mm, about 92 characters */
    int32_t heading_height;           /* above the text of a further page */
    int32_t address_inset;            /* how far into the window's part that is seen an address begins */
    int32_t address_inset_most;
    int32_t address_width;
    int32_t sender_top, sender_x, sender_width, left_sender_right;
    int32_t beside_window, above_text;
    int32_t logo_top, logo_width, logo_height;
} usual = {
    .left = MM(25),
    .right = MM(28),
    .top = MM(32),
    .bottom = MM(22),
    .heading_height = MM(12),
    .address_inset = MM(5),
    .address_inset_most = MM(15),
    .address_width = MM(75),
    .sender_top = MM(20),
    .sender_x = MM(130),
    .sender_width = MM(52),
    .left_sender_right = MM(108), /* clear of a logo at the right, whatever the margins */
    .beside_window = MM(2),
    .above_text = MM(6),
    .logo_top = MM(15),
    .logo_width = MM(SHEET_LOGO_WIDTH_MM),
    .logo_height = MM(SHEET_LOGO_HEIGHT_MM),
};

/* What Notify asks for beside the window. */
static const struct { int32_t sender_left, sender_right, logo_top; } notify_asks = {MM(125), MM(195), MM(10)};

static int32_t between(int32_t value, int32_t least, int32_t most) {
    return value < least ? least : value > most ? most : value;
}

static int32_t margin(int32_t asked, int32_t otherwise, int32_t least) {
    return between(asked == 0 ? otherwise : asked, least, SHEET_MARGIN_MOST_MPT);
}

/* The address begins where the text does, if that is seen in the window. */
static void place_recipient(struct sheet *sheet) {
    sheet->recipient_left = sheet->text.left;
    if (sheet->has_window &&
        (sheet->text.left < sheet->seen.left || sheet->text.left > sheet->seen.left + usual.address_inset_most))
        sheet->recipient_left = sheet->seen.left + usual.address_inset;
    sheet->recipient_right = sheet->has_window ? sheet->seen.right : sheet->recipient_left + usual.address_width;
}

static void place_sender(struct sheet *sheet, const struct layout_settings *settings) {
    bool notify = settings->window == WINDOW_NOTIFY;
    int32_t least = notify ? notify_asks.sender_left : windows[WINDOW_DL].kept_clear.right + usual.beside_window;
    int32_t right = notify ? notify_asks.sender_right : sheet->text.right;
    sheet->sender = notify ? SENDER_RIGHT : settings->sender;
    sheet->right_sender_left_least = least;
    sheet->right_sender = (struct area){
        .left = between(right - usual.sender_width, least, usual.sender_x),
        .right = right,
        .top = usual.sender_top,
        .bottom = sheet->text_first - usual.above_text,
    };
    sheet->left_sender = (struct area){
        .left = sheet->text.left,
        .right = between(sheet->text.right, 0, usual.left_sender_right),
        .top = usual.sender_top,
        .bottom = sheet->kept_clear.top,
    };
}

void sheet_init(struct sheet *sheet, const struct layout_settings *settings) {
    enum layout_window window = settings->window;
    *sheet = (struct sheet){.has_window = window != WINDOW_NONE,
                            .seen = windows[window].seen,
                            .kept_clear = windows[window].kept_clear,
                            .text_first = windows[window].text_first};
    sheet->text = (struct area){
        .left = margin(settings->margin_left_mpt, usual.left, SHEET_SIDE_LEAST_MPT),
        .right = PAGE_WIDTH_MPT - margin(settings->margin_right_mpt, usual.right, SHEET_SIDE_LEAST_MPT),
        .top = margin(settings->margin_top_mpt, usual.top, SHEET_TOP_LEAST_MPT),
        .bottom = PAGE_HEIGHT_MPT - margin(settings->margin_bottom_mpt, usual.bottom, SHEET_BOTTOM_LEAST_MPT),
    };
    sheet->heading_top = sheet->text.top - usual.heading_height;
    place_recipient(sheet);
    place_sender(sheet, settings);
    sheet->logo_at_left = window == WINDOW_NOTIFY;
    sheet->logo_top = window == WINDOW_NOTIFY ? notify_asks.logo_top : usual.logo_top;
    sheet->logo_width = usual.logo_width;
    sheet->logo_height = usual.logo_height;
    sheet->folds_count = settings->fold_marks ? windows[window].folds_count : 0;
    for (size_t i = 0; i < sheet->folds_count; i++)
        sheet->folds[i] = windows[window].folds[i];
}

/* ---- Types ---- */

/* Tried in this order where no size is set; a size in between, or beyond, has its leading in proportion. */
static const struct type automatic_types[SHEET_TYPES_MAX] = {{11000, 14300}, {10500, 14000}};

static struct type type_of_size(int32_t size_mpt) {
    for (size_t i = 0; i < SHEET_TYPES_MAX; i++)
        if (automatic_types[i].size_mpt == size_mpt)
            return automatic_types[i];
    return (struct type){size_mpt, (int32_t)((int64_t)size_mpt * 14000 / 10500)};
}

size_t sheet_types(const struct layout_settings *settings, struct type types[SHEET_TYPES_MAX]) {
    size_t count = settings->size_mpt == 0 ? SHEET_TYPES_MAX : 1;
    for (size_t i = 0; i < count; i++) {
        types[i] = settings->size_mpt == 0 ? automatic_types[i] : type_of_size(settings->size_mpt);
        if (settings->leading_mpt != 0)
            types[i].leading_mpt = settings->leading_mpt;
    }
    return count;
}

/* ---- Pictures ---- */

void sheet_fit_picture(const struct picture *picture, int32_t width_most, int32_t height_most, int32_t *width,
                       int32_t *height) {
    static const double least_dpi = 96, inch_mpt = 72000;
    double dpi = picture->dpi > least_dpi ? picture->dpi : least_dpi;
    double scale = inch_mpt / dpi; /* millipoints a pixel */
    if (picture->width * scale > width_most)
        scale = (double)width_most / picture->width;
    if (picture->height * scale > height_most)
        scale = (double)height_most / picture->height;
    *width = (int32_t)(picture->width * scale + 0.5);
    *height = (int32_t)(picture->height * scale + 0.5);
    *width = *width < 1 ? 1 : *width;
    *height = *height < 1 ? 1 : *height;
}
