/*
 * Bodies: the blocks from the salutation on come in, and are placed. The one idea: each line becomes a row that says how
 * far it stands below the last one, how much less that may be, and whether a page may end between them; the rest is
 * letter/flow's.
 */
#include "letter/body.h"

#include <string.h>

#include "letter/opening.h"

#define MM(mm) MILLIPOINTS_OF_MM(mm)

static const struct {
    int32_t list_indent, bullet_x, number_gap, quote_indent;
    int32_t signature_space, signature_space_least, signature_clearance;
    int32_t signature_width, signature_height;
} measures = {
    .list_indent = MM(6),
    .bullet_x = MM(2), /* from the left of its list */
    .number_gap = MM(1.5),
    .quote_indent = MM(8), /* at both sides */
    .signature_space = MM(20),
    .signature_space_least = MM(15),
    .signature_clearance = MM(1), /* above and below a picture */
    .signature_width = MM(BODY_SIGNATURE_WIDTH_MM),
    .signature_height = MM(BODY_SIGNATURE_HEIGHT_MM),
};

/* What is deeper is not indented further, so that some of the measure is left for the text. */
enum { QUOTES_INDENTED_MAX = 4, LISTS_INDENTED_MAX = 5, MEASURE_SHARE = 2 };

/* Distances between baselines in thousandths of a line. */
enum {
    ABOVE_SUBJECT = 1600,
    ABOVE_PARAGRAPH = 1550,
    ABOVE_HEADING = 1900,
    BELOW_HEADING = 1300,
    BETWEEN_ITEMS = 1270,
    ABOVE_CLOSING = 2000,
};

/* ---- Blocks to lines ---- */

/* Where the lines of a block begin, and how long they are: at least a half of the whole measure. */
static int32_t block_measure(const struct sheet *sheet, const struct letter_block *block, int32_t *x) {
    unsigned quotes = block->quote_depth < QUOTES_INDENTED_MAX ? block->quote_depth : QUOTES_INDENTED_MAX;
    unsigned lists = block->list_depth < LISTS_INDENTED_MAX ? block->list_depth : LISTS_INDENTED_MAX;
    int32_t least = (sheet->text.right - sheet->text.left) / MEASURE_SHARE;
    for (;;) {
        int32_t quote_indent = (int32_t)quotes * measures.quote_indent;
        *x = sheet->text.left + quote_indent + (int32_t)lists * measures.list_indent;
        int32_t measure = sheet->text.right - quote_indent - *x;
        if (measure >= least || quotes + lists < 2)
            return measure;
        if (quotes > 1)
            quotes--;
        else
            lists--;
    }
}

static struct lines block_lines(struct attempt *attempt, size_t i, int32_t measure) {
    const struct letter_block *block = &attempt->letter->blocks[i];
    bool running = block->kind == BLOCK_PARAGRAPH || block->kind == BLOCK_ITEM;
    struct manner manner = running ? attempt->manner : MANNER_RAGGED;
    if (block->fixed != NULL)
        return setter_lines_kept(attempt->setter, block, attempt->type, measure, manner);
    return setter_lines(attempt->setter, attempt_text(attempt, i), attempt->type, measure, manner);
}

/* The bullet or the number before the first line of an item whose text begins at X. */
static void add_label(struct attempt *attempt, const struct letter_block *block, int32_t x, const struct row *row) {
    struct placed *words = ARENA_ARRAY(attempt->arena, struct placed, 2);
    const char *label = block->number == 0 ? "\u2022" : arena_printf(attempt->arena, "%u.", block->number);
    words[0].word = setter_word(attempt->setter, label);
    words[1].word = setter_word(attempt->setter, " ");
    words[1].x_mpt = (int32_t)((int64_t)words[0].word->width * attempt->type.size_mpt / FACE_EM);
    /* Numbers end where the text is near; their ends, the full stops, are in one galley. */
    x -= block->number == 0 ? measures.list_indent - measures.bullet_x : measures.number_gap + words[1].x_mpt;
    struct composed_line line = {.words = words, .words_count = 2};
    attempt_place(attempt, &line, attempt->type.size_mpt, x, row, block);
}

/* ---- Distances ---- */

/* Above the name: from the close to the capitals, and how much less that may be. */
static void leave_signature_space(const struct attempt *attempt, const struct figure *signature, struct row *row) {
    int32_t least = measures.signature_space_least;
    int32_t needed = signature == NULL ? 0 : signature->height_mpt + 2 * measures.signature_clearance;
    if (needed > least)
        least = needed;
    row->above_mpt = measures.signature_space + attempt_cap_height(attempt, attempt->type.size_mpt);
    row->give_mpt = measures.signature_space - least;
    row->head_mpt = needed;
}

/* From the last baseline of ABOVE to the first of BELOW, in thousandths of a line. */
static int32_t distance(const struct letter_block *above, const struct letter_block *below) {
    bool in_list = above->list_depth > 0 && below->list_depth > 0;
    switch (below->kind) {
    case BLOCK_SUBJECT:
        return ABOVE_SUBJECT;
    case BLOCK_HEADING:
        return ABOVE_HEADING;
    case BLOCK_CLOSING:
        return ABOVE_CLOSING;
    case BLOCK_SIGNATURE:
        return 1000;
    default:
        if (above->kind == BLOCK_SIGNATURE)
            return ABOVE_CLOSING;
        if (above->kind == BLOCK_HEADING)
            return BELOW_HEADING;
        return in_list ? BETWEEN_ITEMS : ABOVE_PARAGRAPH;
    }
}

static void set_distance(const struct attempt *attempt, int32_t thousandths, struct row *row) {
    int32_t leading = attempt->type.leading_mpt;
    row->above_mpt = attempt_of_line(attempt, thousandths);
    row->give_mpt = (int32_t)((int64_t)leading * BODY_GIVE_LEADING / 1000 +
                              (int64_t)(row->above_mpt - leading) * BODY_GIVE_GAP / 1000);
}

static void set_distances(const struct attempt *attempt, const struct galley *galley, const struct figure *signature) {
    struct row *row = galley->rows;
    bool signed_above = false;
    for (size_t i = 0; i < galley->count; i++) {
        const struct letter_block *block = galley->blocks[i].block;
        bool name = block->kind == BLOCK_SIGNATURE && !signed_above;
        for (size_t j = 0; j < galley->blocks[i].lines.count; j++, row++) {
            if (j == 0 && name)
                leave_signature_space(attempt, signature, row);
            else
                set_distance(attempt, j > 0 || i == 0 ? 1000 : distance(galley->blocks[i - 1].block, block), row);
        }
        signed_above = block->kind == BLOCK_SIGNATURE;
    }
}

/* ---- What stays together ---- */

static bool ends_in_colon(const struct letter_block *block) {
    const struct run *last = block->runs_count == 0 ? NULL : &block->runs[block->runs_count - 1];
    return last != NULL && last->length > 0 && last->text[last->length - 1] == ':';
}

/* What leads to the text below it: two lines of that stay with it. */
static bool leads(const struct letter_block *block) {
    return block->kind == BLOCK_SALUTATION || block->kind == BLOCK_SUBJECT || block->kind == BLOCK_HEADING;
}

/* The close and the name under it: two lines of the text above stay with them. */
static bool closes(const struct letter_block *block) {
    return block->kind == BLOCK_CLOSING || block->kind == BLOCK_SIGNATURE;
}

static bool ends_in_added_hyphen(const struct composed_line *line) {
    for (size_t i = 0; i < line->words_count; i++)
        if (line->words[i].added_length > 0)
            return true;
    return false;
}

/*
 * Which ROWS of a block stay with the row above; the first LED of them stay with a heading. A paragraph leaves two lines
 * at least on each of two pages, and what is before a hyphen is not left on the page if that can end a line higher: more
 * white than that would be worse than the hyphen.
 */
static void keep_block(const struct stacked *stacked, struct row *rows, size_t led) {
    const struct lines *lines = &stacked->lines;
    bool whole = leads(stacked->block) || closes(stacked->block);
    for (size_t i = 0; i < lines->count; i++) {
        bool alone = i < 2 || i + 2 > lines->count;
        bool parted = i > 0 && !rows[i - 1].together && ends_in_added_hyphen(&lines->items[i - 1]);
        rows[i].together = i < led || (i > 0 && (whole || alone || parted));
    }
}

/* Which rows stay with the row above. */
static void keep_together(const struct galley *galley) {
    struct row *rows = galley->rows;
    size_t first = 0, led = 0; /* rows before `led` stay with the heading above them */
    for (size_t i = 0; i < galley->count; i++) {
        const struct stacked *stacked = &galley->blocks[i];
        const struct letter_block *above = i == 0 ? NULL : galley->blocks[i - 1].block;
        size_t end = first + stacked->lines.count;
        keep_block(stacked, &rows[first], led > first ? led - first : 0);
        if (above != NULL && ends_in_colon(above))
            rows[first].together = true;
        if (closes(stacked->block)) {
            rows[first].together = true;
            if (first > 0 && !closes(above))
                rows[first - 1].together = true;
        }
        if (leads(stacked->block))
            led = end + 2;
        first = end;
    }
}

/* ---- The signature ---- */

/* What the picture shows, for who cannot see it. */
static const char *describe_signature(const struct attempt *attempt) {
    const struct letter *letter = attempt->letter;
    bool welsh = strcmp(letter->language, "cy") == 0;
    if (letter->author == NULL || *letter->author == '\0')
        return welsh ? "Llofnod" : "Signature";
    return arena_printf(attempt->arena, welsh ? "Llofnod %s" : "Signature of %s", letter->author);
}

/* How large the picture is printed, and before which block; -1 where there is none, or nothing that it belongs to. */
static int measure_signature(const struct attempt *attempt, const struct galley *galley, struct figure *figure) {
    size_t i = 0;
    while (i < galley->count && galley->blocks[i].block->kind != BLOCK_SIGNATURE)
        i++;
    if (attempt->signature == NULL || i == galley->count)
        return -1;
    *figure = (struct figure){.x_mpt = galley->blocks[i].x_mpt,
                              .picture = attempt->signature,
                              .alternative = describe_signature(attempt),
                              .block = galley->blocks[i].block};
    sheet_fit_picture(attempt->signature, measures.signature_width, measures.signature_height, &figure->width_mpt,
                      &figure->height_mpt);
    return 0;
}

/* In the middle of the space between the close and the name at ROW; ABOVE: the row above it, or NULL. */
static void place_signature(struct attempt *attempt, struct figure *figure, const struct row *above,
                            const struct row *row) {
    int32_t capitals = row->baseline_mpt - attempt_cap_height(attempt, attempt->type.size_mpt);
    int32_t clearance = measures.signature_clearance;
    if (above != NULL && above->page == row->page)
        clearance = (capitals - above->baseline_mpt - figure->height_mpt) / 2;
    figure->y_mpt = capitals - clearance - figure->height_mpt;
    sheaf_add_figure(attempt->sheaf, row->page, figure);
}

/* ---- The whole ---- */

static void place(struct attempt *attempt, const struct galley *galley, struct figure *signature) {
    const struct row *row = galley->rows;
    for (size_t i = 0; i < galley->count; row += galley->blocks[i++].lines.count) {
        const struct stacked *stacked = &galley->blocks[i];
        if (stacked->block->kind == BLOCK_ITEM && !stacked->block->continues)
            add_label(attempt, stacked->block, stacked->x_mpt, row);
        if (signature != NULL && stacked->block == signature->block)
            place_signature(attempt, signature, row == galley->rows ? NULL : row - 1, row);
    }
    galley_place(galley, attempt);
}

void body_set(struct attempt *attempt, struct end above, bool pull_back) {
    const struct sheet *sheet = attempt->sheet;
    const struct letter *letter = attempt->letter;
    struct galley galley = galley_new(attempt, attempt->type.size_mpt);
    for (size_t i = 0; i < letter->blocks_count; i++) {
        int32_t x = 0, measure = block_measure(sheet, &letter->blocks[i], &x);
        if (!opening_has(letter->blocks[i].kind))
            galley_add(&galley, &letter->blocks[i], block_lines(attempt, i, measure), x);
    }
    struct figure figure, *signature = measure_signature(attempt, &galley, &figure) == 0 ? &figure : NULL;
    galley_rows(&galley, attempt);
    set_distances(attempt, &galley, signature);
    keep_together(&galley);

    int32_t cap_height = attempt_cap_height(attempt, attempt->type.size_mpt);
    struct frame frame = {above.page, above.free_mpt, sheet->text.top + cap_height, sheet->text.bottom};
    if (pull_back)
        flow_rows_pulling_back(galley.rows, galley.rows_count, &frame, BODY_TAIL_LINES * attempt->type.leading_mpt);
    else
        flow_rows(galley.rows, galley.rows_count, &frame, 0);
    place(attempt, &galley, signature);
}
