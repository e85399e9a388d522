/*
 * Openings: the blocks before the salutation come in, and are placed. Up to three columns are set, each by itself: the
 * sender's, the recipient's in the window, and what stands in the column of the text, above it. The one idea: an address
 * that has more lines than the window shows is first set closer, then smaller, before it is let out of it.
 */
#include "letter/opening.h"

#define MM(mm) MILLIPOINTS_OF_MM(mm)

enum {
    BELOW_OPENING = 2000, /* thousandths of a line, where the opening reaches below the window, or there is none */
    ADDRESS_LEADING_LEAST = 1100, /* thousandths of the size */
    ADDRESS_SIZE_LEAST = 8000,
    ADDRESS_SIZE_STEP = 500,
    DESCENT = 200, /* thousandths of the size: what reaches below a baseline */
};

static const int32_t below_logo = MM(4), highest_sender = MM(10);

bool opening_has(enum block_kind kind) {
    return kind == BLOCK_SENDER || kind == BLOCK_DATE || kind == BLOCK_RECIPIENT;
}

static unsigned kinds_of(enum block_kind kind) {
    return 1u << kind;
}

/* Lines of addresses are set closer than text. */
static int32_t address_leading(struct type type) {
    enum { SIZE = 11000, LEADING = 14000 };
    if (type.size_mpt > SIZE)
        return (int32_t)((int64_t)type.size_mpt * LEADING / SIZE);
    return type.leading_mpt < LEADING ? type.leading_mpt : LEADING;
}

static struct galley column(struct attempt *attempt, unsigned kinds, int32_t size, int32_t left, int32_t right) {
    const struct letter *letter = attempt->letter;
    struct galley galley = galley_new(attempt, size);
    for (size_t i = 0; i < letter->blocks_count; i++)
        if (kinds & kinds_of(letter->blocks[i].kind))
            galley_add(&galley, &letter->blocks[i], attempt_lines(attempt, i, size, right - left), left);
    return galley;
}

/* How high the lines are, from the first one's capitals to the last one's baseline. */
static int64_t height_of(const struct galley *galley, const struct attempt *attempt, int32_t leading) {
    int64_t lines = (int64_t)galley->rows_count - 1;
    for (size_t i = 1; i < galley->count; i++)
        lines += galley->blocks[i].block->kind != galley->blocks[i - 1].block->kind;
    return attempt_cap_height(attempt, galley->size_mpt) + lines * leading;
}

/* Flows a column, with a blank line between what is different, and places it. Where it ends, if below CLEAR. */
static struct end place_column(struct attempt *attempt, struct galley *galley, struct end first, int32_t leading,
                               int32_t clear) {
    if (galley->rows_count == 0)
        return (struct end){0, 0};
    struct row *row = galley_rows(galley, attempt);
    for (size_t i = 0; i < galley->count; i++) {
        bool blank_line = i > 0 && galley->blocks[i].block->kind != galley->blocks[i - 1].block->kind;
        for (size_t j = 0; j < galley->blocks[i].lines.count; j++, row++)
            row->above_mpt = j == 0 && blank_line ? 2 * leading : leading;
    }
    const struct area *text = &attempt->sheet->text;
    struct frame frame = {first.page, first.free_mpt, text->top + attempt_cap_height(attempt, galley->size_mpt),
                          text->bottom};
    flow_rows(galley->rows, galley->rows_count, &frame, 0);
    galley_place(galley, attempt);

    const struct row *last = &galley->rows[galley->rows_count - 1];
    if (last->page == 0 && last->baseline_mpt <= clear)
        return (struct end){0, 0};
    return (struct end){last->page, last->baseline_mpt + attempt_of_line(attempt, BELOW_OPENING)};
}

/* ---- The logo ---- */

/* From LEFT to RIGHT, at the one or the other. Returns its lower edge; 0: there is none. */
static int32_t place_logo(struct attempt *attempt, int32_t left, int32_t right, enum layout_sender side) {
    const struct sheet *sheet = attempt->sheet;
    struct figure figure = {.picture = attempt->logo, .alternative = attempt->logo_alternative};
    if (attempt->logo == NULL)
        return 0;
    int32_t width_most = right - left < sheet->logo_width ? right - left : sheet->logo_width;
    sheet_fit_picture(attempt->logo, width_most, sheet->logo_height, &figure.width_mpt, &figure.height_mpt);
    figure.x_mpt = side == SENDER_LEFT ? left : right - figure.width_mpt;
    figure.y_mpt = sheet->logo_top;
    sheaf_add_figure(attempt->sheaf, 0, &figure);
    return figure.y_mpt + figure.height_mpt;
}

/* Without a window the recipient comes next, and is clear of a logo, too. */
static struct end below(struct attempt *attempt, struct end sender, int32_t logo_end) {
    if (attempt->sheet->has_window || logo_end == 0)
        return sender;
    return end_later(sender, (struct end){0, logo_end + attempt_of_line(attempt, BELOW_OPENING)});
}

/* ---- The sender ---- */

/* Lines at the right begin at one x, further to the left where they are long. */
static int32_t right_sender_left(struct attempt *attempt) {
    const struct sheet *sheet = attempt->sheet;
    const struct letter *letter = attempt->letter;
    int32_t left = sheet->right_sender.left;
    for (size_t i = 0; i < letter->blocks_count; i++) {
        if (letter->blocks[i].kind != BLOCK_SENDER && letter->blocks[i].kind != BLOCK_DATE)
            continue;
        int64_t widest = attempt_text(attempt, i)->widest * attempt->type.size_mpt / FACE_EM;
        int64_t from = sheet->right_sender.right - widest - 1;
        if (from < left)
            left = from > sheet->right_sender_left_least ? (int32_t)from : sheet->right_sender_left_least;
    }
    return left;
}

static struct end set_sender_right(struct attempt *attempt) {
    const struct sheet *sheet = attempt->sheet;
    int32_t left = right_sender_left(attempt), size = attempt->type.size_mpt;
    int32_t logo_left = sheet->logo_at_left ? sheet->text.left : left, top = sheet->right_sender.top;
    int32_t logo_end = place_logo(attempt, logo_left, sheet->text.right, SENDER_LEFT);
    if (logo_end > 0 && !sheet->logo_at_left && logo_end + below_logo > top)
        top = logo_end + below_logo;
    struct galley galley =
        column(attempt, kinds_of(BLOCK_SENDER) | kinds_of(BLOCK_DATE), size, left, sheet->right_sender.right);
    struct end first = {0, top + attempt_cap_height(attempt, size)};
    struct end end = place_column(attempt, &galley, first, address_leading(attempt->type), sheet->right_sender.bottom);
    return below(attempt, end, logo_end);
}

/*
 * At the left, above the window: where it has too many lines, beginning higher than usual. Returns false, and nothing is
 * placed, where it has too many for that. Without a window the date follows it. The logo stands opposite, since there is
 * no room for both.
 */
static bool set_sender_left(struct attempt *attempt, struct end *end) {
    const struct sheet *sheet = attempt->sheet;
    const struct area *area = &sheet->left_sender;
    int32_t size = attempt->type.size_mpt, leading = address_leading(attempt->type), top = area->top;
    unsigned kinds = kinds_of(BLOCK_SENDER) | (sheet->has_window ? 0 : kinds_of(BLOCK_DATE));
    struct galley galley = column(attempt, kinds, size, area->left, area->right);
    if (sheet->has_window && galley.rows_count > 0) {
        int64_t free = area->bottom - height_of(&galley, attempt, leading) - (int64_t)size * DESCENT / 1000;
        if (free < highest_sender)
            return false;
        top = free < top ? (int32_t)free : top;
    }
    int32_t logo_end = place_logo(attempt, area->right, sheet->text.right, SENDER_RIGHT);
    *end = place_column(attempt, &galley, (struct end){0, top + attempt_cap_height(attempt, size)}, leading,
                        sheet->has_window ? area->bottom : 0);
    *end = below(attempt, *end, logo_end);
    return true;
}

/* ---- The recipient ---- */

/* The leading at which GALLEY's lines go into HEIGHT; 0: none that can be read. */
static int32_t leading_within(const struct galley *galley, const struct attempt *attempt, int32_t height,
                              int32_t usual) {
    int32_t size = galley->size_mpt;
    int64_t room = height - (int64_t)size * DESCENT / 1000;
    if (height_of(galley, attempt, usual) <= room)
        return usual;
    if (galley->rows_count < 2)
        return usual;
    int64_t leading = (room - attempt_cap_height(attempt, size)) / ((int64_t)galley->rows_count - 1);
    return leading * 1000 >= (int64_t)size * ADDRESS_LEADING_LEAST ? (int32_t)leading : 0;
}

/*
 * The address in the largest type, not above the letter's, in which it goes into AREA. Returns its leading, or 0 where
 * it does not.
 */
static int32_t fit_address(struct attempt *attempt, const struct area *area, struct galley *galley) {
    const struct sheet *sheet = attempt->sheet;
    int32_t usual = address_leading(attempt->type);
    for (int32_t size = attempt->type.size_mpt;; size -= ADDRESS_SIZE_STEP) {
        *galley = column(attempt, kinds_of(BLOCK_RECIPIENT), size, sheet->recipient_left, sheet->recipient_right);
        if (galley->rows_count == 0)
            return usual;
        int32_t leading = leading_within(galley, attempt, area->bottom - area->top, usual);
        if (leading > 0 || size - ADDRESS_SIZE_STEP < ADDRESS_SIZE_LEAST)
            return leading;
    }
}

/* In the middle of what is always seen of the window, else of what may be; at the top of that where it has more lines. */
static struct end set_recipient(struct attempt *attempt) {
    const struct sheet *sheet = attempt->sheet;
    const struct area *area = &sheet->seen;
    struct galley galley;
    int32_t leading = fit_address(attempt, area, &galley);
    if (leading == 0) {
        area = &sheet->kept_clear;
        leading = fit_address(attempt, area, &galley);
    }
    int32_t top = area->top, size = galley.size_mpt;
    if (leading == 0) {
        leading = address_leading(attempt->type);
        size = attempt->type.size_mpt;
        galley = column(attempt, kinds_of(BLOCK_RECIPIENT), size, sheet->recipient_left, sheet->recipient_right);
    } else if (galley.rows_count > 0) {
        int64_t height = height_of(&galley, attempt, leading) + (int64_t)size * DESCENT / 1000;
        top += (int32_t)((area->bottom - area->top - height) / 2);
    }
    return place_column(attempt, &galley, (struct end){0, top + attempt_cap_height(attempt, size)}, leading,
                        sheet->kept_clear.bottom);
}

/* ---- The whole ---- */

/* What stands in the column of the text, from FIRST on. Returns where the text begins. */
static struct end set_above_text(struct attempt *attempt, unsigned kinds, struct end first) {
    const struct sheet *sheet = attempt->sheet;
    int32_t right = kinds & kinds_of(BLOCK_RECIPIENT) ? sheet->recipient_right : sheet->text.right;
    struct galley galley = column(attempt, kinds, attempt->type.size_mpt, sheet->text.left, right);
    if (galley.rows_count == 0)
        return first;
    return place_column(attempt, &galley, first, address_leading(attempt->type), 0);
}

struct end opening_set(struct attempt *attempt) {
    const struct sheet *sheet = attempt->sheet;
    struct end sender = {0, 0};
    bool left = sheet->sender == SENDER_LEFT && set_sender_left(attempt, &sender);
    if (!left)
        sender = set_sender_right(attempt);
    if (!sheet->has_window) {
        struct end top = {0, sheet->right_sender.top + attempt_cap_height(attempt, attempt->type.size_mpt)};
        return set_above_text(attempt, kinds_of(BLOCK_RECIPIENT), end_later(top, sender));
    }
    struct end first = end_later((struct end){0, sheet->text_first}, end_later(sender, set_recipient(attempt)));
    return left ? set_above_text(attempt, kinds_of(BLOCK_DATE), first) : first;
}
