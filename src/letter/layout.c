/*
 * The layout: a letter comes in, pages of placed lines go out.
 *
 * The letter is three columns, each flowed by itself: the sender and the date, the recipient, and the text. The first
 * two say where the text begins. The one idea for speed: a paragraph that is the same in every letter is composed once
 * and its lines are kept, with their words in a shaper that forgets nothing, so a letter costs its own words only.
 */
#include "letter/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "letter/flow.h"
#include "letter/setter.h"

#define MM(mm) MILLIPOINTS_OF_MM(mm)

/*
 * Where things stand on the sheet. A window of a DL envelope may show x 10–110 mm, y 46–92 mm of a sheet that is folded
 * in three: only the recipient stands there. Printers leave 15 mm at the sides and 5 mm above and below unprinted.
 */
static const struct {
    int32_t left, right, top, bottom;
    int32_t sender_x, sender_x_least, sender_top;
    int32_t recipient_width, window_top, window_bottom;
    int32_t text_top, signature_space;
    int32_t list_indent, bullet_x, number_gap, quote_indent;
    int32_t heading_top, heading_gap;
} sheet = {
    .left = MM(25),
    .right = PAGE_WIDTH_MPT - MM(28), /* a measure of 157 mm: about 92 characters */
    .top = MM(32),                    /* of the text on a further page, below its heading */
    .bottom = PAGE_HEIGHT_MPT - MM(22),
    .sender_x = MM(130),
    .sender_x_least = MM(112), /* clear of the window, however far down the block goes */
    .sender_top = MM(20),
    .recipient_width = MM(75),
    .window_top = MM(46),
    .window_bottom = MM(92),
    .text_top = MM(98), /* the salutation's baseline, below the window and the fold */
    .signature_space = MM(20),
    .list_indent = MM(6),
    .bullet_x = MM(2), /* from the left of its list */
    .number_gap = MM(1.5),
    .quote_indent = MM(8), /* at both sides */
    .heading_top = MM(20), /* of a further page: recipient, date, "Page 2 of 3" */
    .heading_gap = MM(6),
};

/* What is deeper is not indented further, so that at least 63 mm are left for the text. */
enum { QUOTES_INDENTED_MAX = 4, LISTS_INDENTED_MAX = 5 };

/* Distances between baselines in thousandths of a line. */
enum {
    LINE = 1000,
    ABOVE_SUBJECT = 1600,
    ABOVE_PARAGRAPH = 1550,
    ABOVE_HEADING = 1900,
    BELOW_HEADING = 1300,
    BETWEEN_ITEMS = 1270,
    ABOVE_CLOSING = 2000,
    BELOW_OPENING = 2000, /* where the opening reaches below the window */
};

/* Of all but running text. */
#define RAGGED ((struct manner){.alignment = ALIGN_LEFT})

/* Tried in this order where no size is set. */
static const struct type automatic_types[] = {{11000, 14300}, {10500, 14000}};
enum { AUTOMATIC_TYPES = sizeof automatic_types / sizeof *automatic_types };

/* Lines of the opening: six of them fit the part of a window that is always seen. */
static int32_t opening_leading(struct type type) {
    enum { SIZE = 11000, LEADING = 14000 };
    if (type.size_mpt > SIZE)
        return (int32_t)((int64_t)type.size_mpt * LEADING / SIZE);
    return type.leading_mpt < LEADING ? type.leading_mpt : LEADING;
}

static struct type type_of_size(int32_t size_mpt) {
    for (size_t i = 0; i < AUTOMATIC_TYPES; i++)
        if (automatic_types[i].size_mpt == size_mpt)
            return automatic_types[i];
    return (struct type){size_mpt, (int32_t)((int64_t)size_mpt * 14000 / 10500)};
}

static int32_t of_line(struct type type, int32_t thousandths) {
    return (int32_t)((int64_t)type.leading_mpt * thousandths / LINE);
}

/* A line, and the page that it stands on. */
struct entry {
    struct line line;
    unsigned page;
};

struct layout {
    struct setter *setter;
    struct type types[AUTOMATIC_TYPES]; /* to be tried in this order */
    size_t types_count;
    struct manner manner;  /* of running text */
    int32_t cap_height;    /* micro-em */
    struct entry *entries; /* of the letter that is being set; in reading order but for the headings of pages */
    size_t entries_count, entries_room;
    struct str date;
};

/* The height of capitals in the face that an H is printed in. */
static int32_t measure_cap_height(struct setter *setter, const struct font *font) {
    enum { USUAL_CAP_HEIGHT = FACE_EM / 100 * 65 };
    const struct word *word = setter_word(setter, "H");
    int32_t height = word->pieces_count == 0 ? 0 : font_face(font, word->pieces[0].face)->cap_height;
    return height > 0 ? height : USUAL_CAP_HEIGHT;
}

struct layout *layout_new(const struct font *font, const struct layout_settings *settings) {
    struct layout *layout = memory_alloc(1, sizeof *layout);
    layout->setter = setter_new(font);
    layout->types_count = settings->size_mpt == 0 ? AUTOMATIC_TYPES : 1;
    for (size_t i = 0; i < layout->types_count; i++)
        layout->types[i] = settings->size_mpt == 0 ? automatic_types[i] : type_of_size(settings->size_mpt);
    layout->manner = settings->manner;
    layout->cap_height = measure_cap_height(layout->setter, font);
    str_init(&layout->date);
    return layout;
}

void layout_free(struct layout *layout) {
    if (layout == NULL)
        return;
    setter_free(layout->setter);
    free(layout->entries);
    str_release(&layout->date);
    free(layout);
}

/* ---- Blocks to lines ---- */

/* A letter that is being set in one type. */
struct attempt {
    struct layout *layout;
    struct setter *setter;
    struct arena *arena; /* the setter's */
    const struct letter *letter;
    struct text *texts; /* of each block, once it is shaped; shared by the attempts */
    struct type type;
    int32_t cap_height_mpt;
    unsigned pages_count;
};

static const struct text *text_of(struct attempt *attempt, size_t i) {
    struct text *text = &attempt->texts[i];
    const struct letter_block *block = &attempt->letter->blocks[i];
    if (text->shaper == NULL)
        setter_text(attempt->setter, block->runs, block->runs_count, text);
    return text;
}

/* Lines of the opening end where they are written to, and are never justified. */
static struct lines opening_lines(struct attempt *attempt, size_t i, int32_t measure) {
    return setter_lines(attempt->setter, text_of(attempt, i), attempt->type, measure, RAGGED);
}

static bool is_opening(enum block_kind kind) {
    return kind == BLOCK_SENDER || kind == BLOCK_DATE || kind == BLOCK_RECIPIENT;
}

/* Where the lines of a block of the text begin, and how long they are. */
static int32_t block_measure(const struct letter_block *block, int32_t *x) {
    unsigned quotes = block->quote_depth < QUOTES_INDENTED_MAX ? block->quote_depth : QUOTES_INDENTED_MAX;
    unsigned lists = block->list_depth < LISTS_INDENTED_MAX ? block->list_depth : LISTS_INDENTED_MAX;
    int32_t quote_indent = (int32_t)quotes * sheet.quote_indent;
    *x = sheet.left + quote_indent + (int32_t)lists * sheet.list_indent;
    return sheet.right - quote_indent - *x;
}

static struct lines block_lines(struct attempt *attempt, size_t i, int32_t measure) {
    const struct letter_block *block = &attempt->letter->blocks[i];
    bool running = block->kind == BLOCK_PARAGRAPH || block->kind == BLOCK_ITEM;
    struct manner manner = running ? attempt->layout->manner : RAGGED;
    if (block->fixed != NULL)
        return setter_lines_kept(attempt->setter, block, attempt->type, measure, manner);
    return setter_lines(attempt->setter, text_of(attempt, i), attempt->type, measure, manner);
}

/* ---- Columns: blocks that follow each other down the pages ---- */

struct stacked {
    const struct letter_block *block;
    struct lines lines;
    int32_t x;
};

struct galley {
    struct stacked *blocks; /* that have a line */
    size_t count;
    struct row *rows; /* of all their lines */
    size_t rows_count;
};

static struct galley galley_new(struct attempt *attempt) {
    size_t room = attempt->letter->blocks_count;
    return (struct galley){.blocks = ARENA_ARRAY(attempt->arena, struct stacked, room)};
}

static void galley_add(struct galley *galley, const struct letter_block *block, struct lines lines, int32_t x) {
    if (lines.count == 0)
        return;
    galley->blocks[galley->count++] = (struct stacked){block, lines, x};
    galley->rows_count += lines.count;
}

static void add_line(struct attempt *attempt, const struct composed_line *line, int32_t x, const struct row *row,
                     const struct letter_block *block) {
    struct layout *layout = attempt->layout;
    if (row->page >= attempt->pages_count)
        attempt->pages_count = row->page + 1;
    if (line->words_count == 0)
        return;
    *MEMORY_PUSH(layout->entries, layout->entries_count, layout->entries_room) = (struct entry){
        .line = {.x_mpt = x,
                 .baseline_mpt = row->baseline_mpt,
                 .size_mpt = attempt->type.size_mpt,
                 .words = line->words,
                 .words_count = line->words_count,
                 .block = block},
        .page = row->page,
    };
}

/* ---- The opening ---- */

/* Where a column ends; what is put below it begins at FREE or further down. */
struct end {
    unsigned page;
    int32_t free_mpt;
};

static struct end set_opening(struct attempt *attempt, struct galley *galley, int32_t first_baseline) {
    int32_t leading = opening_leading(attempt->type);
    galley->rows = ARENA_ARRAY(attempt->arena, struct row, galley->rows_count);
    struct row *row = galley->rows;
    for (size_t i = 0; i < galley->count; i++) {
        bool blank_line = i > 0 && galley->blocks[i].block->kind != galley->blocks[i - 1].block->kind;
        for (size_t j = 0; j < galley->blocks[i].lines.count; j++, row++)
            row->above_mpt = j == 0 && blank_line ? 2 * leading : leading;
    }
    struct frame frame = {0, first_baseline, sheet.top + attempt->cap_height_mpt, sheet.bottom};
    flow_rows(galley->rows, galley->rows_count, &frame);

    row = galley->rows;
    for (size_t i = 0; i < galley->count; i++)
        for (size_t j = 0; j < galley->blocks[i].lines.count; j++, row++)
            add_line(attempt, &galley->blocks[i].lines.items[j], galley->blocks[i].x, row, galley->blocks[i].block);
    if (galley->rows_count == 0)
        return (struct end){0, 0};
    const struct row *last = &galley->rows[galley->rows_count - 1];
    if (last->page == 0 && last->baseline_mpt <= sheet.window_bottom)
        return (struct end){0, 0};
    return (struct end){last->page, last->baseline_mpt + of_line(attempt->type, BELOW_OPENING)};
}

/* At the right; its lines begin at one x, further to the left where they are long. */
static struct end set_sender(struct attempt *attempt) {
    const struct letter *letter = attempt->letter;
    int32_t x = sheet.sender_x;
    for (size_t i = 0; i < letter->blocks_count; i++) {
        if (letter->blocks[i].kind != BLOCK_SENDER && letter->blocks[i].kind != BLOCK_DATE)
            continue;
        int64_t from = sheet.right - text_of(attempt, i)->widest * attempt->type.size_mpt / FACE_EM - 1;
        if (from < x)
            x = from > sheet.sender_x_least ? (int32_t)from : sheet.sender_x_least;
    }
    struct galley galley = galley_new(attempt);
    for (size_t i = 0; i < letter->blocks_count; i++)
        if (letter->blocks[i].kind == BLOCK_SENDER || letter->blocks[i].kind == BLOCK_DATE)
            galley_add(&galley, &letter->blocks[i], opening_lines(attempt, i, sheet.right - x), x);
    return set_opening(attempt, &galley, sheet.sender_top + attempt->cap_height_mpt);
}

/* In the window: in the middle of its height, or from its top where there are many lines. */
static struct end set_recipient(struct attempt *attempt) {
    const struct letter *letter = attempt->letter;
    struct galley galley = galley_new(attempt);
    for (size_t i = 0; i < letter->blocks_count; i++)
        if (letter->blocks[i].kind == BLOCK_RECIPIENT)
            galley_add(&galley, &letter->blocks[i], opening_lines(attempt, i, sheet.recipient_width), sheet.left);
    if (galley.rows_count == 0)
        return (struct end){0, 0};
    int64_t height = attempt->cap_height_mpt + (int64_t)(galley.rows_count - 1) * opening_leading(attempt->type);
    int64_t room = sheet.window_bottom - sheet.window_top;
    int32_t top = sheet.window_top + (int32_t)(height < room ? (room - height) / 2 : 0);
    return set_opening(attempt, &galley, top + attempt->cap_height_mpt);
}

/* ---- The text ---- */

/* From the last baseline of ABOVE to the first of BELOW. */
static int32_t distance(const struct attempt *attempt, const struct letter_block *above,
                        const struct letter_block *below) {
    bool in_list = above->list_depth > 0 && below->list_depth > 0;
    switch (below->kind) {
    case BLOCK_SUBJECT:
        return of_line(attempt->type, ABOVE_SUBJECT);
    case BLOCK_HEADING:
        return of_line(attempt->type, ABOVE_HEADING);
    case BLOCK_CLOSING:
        return of_line(attempt->type, ABOVE_CLOSING);
    case BLOCK_SIGNATURE:
        if (above->kind == BLOCK_SIGNATURE)
            return attempt->type.leading_mpt;
        return sheet.signature_space + attempt->cap_height_mpt;
    default:
        if (above->kind == BLOCK_SIGNATURE)
            return of_line(attempt->type, ABOVE_CLOSING);
        if (above->kind == BLOCK_HEADING)
            return of_line(attempt->type, BELOW_HEADING);
        return of_line(attempt->type, in_list ? BETWEEN_ITEMS : ABOVE_PARAGRAPH);
    }
}

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

/* Which rows stay with the row above. A paragraph leaves two lines at least on each of two pages. */
static void keep_together(const struct galley *galley) {
    struct row *rows = galley->rows;
    size_t first = 0, led = 0; /* rows before `led` stay with the heading above them */
    for (size_t i = 0; i < galley->count; i++) {
        const struct stacked *stacked = &galley->blocks[i];
        const struct letter_block *above = i == 0 ? NULL : galley->blocks[i - 1].block;
        size_t end = first + stacked->lines.count;
        bool whole = leads(stacked->block) || closes(stacked->block);
        for (size_t j = first; j < end; j++)
            rows[j].together = j < led || (j > first && (whole || j < first + 2 || j + 2 > end));
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

/* The bullet or the number before the first line of an item whose text begins at X. */
static void add_label(struct attempt *attempt, const struct letter_block *block, int32_t x, const struct row *row) {
    struct placed *words = ARENA_ARRAY(attempt->arena, struct placed, 2);
    const char *label = block->number == 0 ? "\u2022" : arena_printf(attempt->arena, "%u.", block->number);
    words[0].word = setter_word(attempt->setter, label);
    words[1].word = setter_word(attempt->setter, " ");
    words[1].x_mpt = (int32_t)((int64_t)words[0].word->width * attempt->type.size_mpt / FACE_EM);
    /* Numbers end where the text is near; their ends, the full stops, are in one galley. */
    x -= block->number == 0 ? sheet.list_indent - sheet.bullet_x : sheet.number_gap + words[1].x_mpt;
    add_line(attempt, &(struct composed_line){.words = words, .words_count = 2}, x, row, block);
}

static void set_text(struct attempt *attempt, struct end above) {
    const struct letter *letter = attempt->letter;
    struct galley galley = galley_new(attempt);
    for (size_t i = 0; i < letter->blocks_count; i++) {
        int32_t x = 0, measure = block_measure(&letter->blocks[i], &x);
        if (!is_opening(letter->blocks[i].kind))
            galley_add(&galley, &letter->blocks[i], block_lines(attempt, i, measure), x);
    }
    struct row *row = galley.rows = ARENA_ARRAY(attempt->arena, struct row, galley.rows_count);
    for (size_t i = 0; i < galley.count; i++)
        for (size_t j = 0; j < galley.blocks[i].lines.count; j++, row++)
            row->above_mpt = j > 0 || i == 0 ? attempt->type.leading_mpt
                                             : distance(attempt, galley.blocks[i - 1].block, galley.blocks[i].block);
    keep_together(&galley);
    struct frame frame = {above.page, above.free_mpt, sheet.top + attempt->cap_height_mpt, sheet.bottom};
    flow_rows(galley.rows, galley.rows_count, &frame);

    row = galley.rows;
    for (size_t i = 0; i < galley.count; i++) {
        const struct stacked *stacked = &galley.blocks[i];
        if (stacked->block->kind == BLOCK_ITEM && !stacked->block->continues)
            add_label(attempt, stacked->block, stacked->x, row);
        for (size_t j = 0; j < stacked->lines.count; j++, row++)
            add_line(attempt, &stacked->lines.items[j], stacked->x, row, stacked->block);
    }
}

/* The end that is further down. */
static struct end later(struct end a, struct end b) {
    return a.page > b.page || (a.page == b.page && a.free_mpt > b.free_mpt) ? a : b;
}

/* ---- Pages ---- */

static struct lines set_runs(struct attempt *attempt, const struct run *runs, size_t runs_count, int32_t measure) {
    struct text text;
    setter_text(attempt->setter, runs, runs_count, &text);
    return setter_lines(attempt->setter, &text, attempt->type, measure, RAGGED);
}

static struct lines set_string(struct attempt *attempt, const char *string) {
    return set_runs(attempt, &(struct run){.text = string, .length = strlen(string)}, 1, sheet.right - sheet.left);
}

/* The recipient's name: the first line of the block, as far as it goes into MEASURE. */
static struct lines set_name(struct attempt *attempt, int32_t measure) {
    const struct letter *letter = attempt->letter;
    const struct letter_block *block = letter->blocks, *end = letter->blocks + letter->blocks_count;
    while (block < end && block->kind != BLOCK_RECIPIENT)
        block++;
    if (block == end)
        return (struct lines){NULL, 0};
    struct run *runs = ARENA_ARRAY(attempt->arena, struct run, block->runs_count);
    size_t count = 0;
    for (bool ended = false; count < block->runs_count && !ended; count++) {
        runs[count] = block->runs[count];
        const char *newline = memchr(runs[count].text, '\n', runs[count].length);
        ended = newline != NULL;
        if (ended)
            runs[count].length = (size_t)(newline - runs[count].text);
    }
    return set_runs(attempt, runs, count, measure);
}

static int32_t width_of(struct lines lines) {
    return lines.count == 0 ? 0 : lines.items[0].width_mpt;
}

/* The heading of a further page, from 1: the recipient at the left, the date in the middle, the page at the right. */
static void add_heading(struct attempt *attempt, unsigned page) {
    const struct letter *letter = attempt->letter;
    struct str *date_text = &attempt->layout->date;
    const char *format = strcmp(letter->language, "cy") == 0 ? "Tudalen %u o %u" : "Page %u of %u";
    char *number = arena_printf(attempt->arena, format, page + 1, attempt->pages_count);
    str_clear(date_text);
    date_format(date_text, letter->date, letter->language);

    struct lines pages = set_string(attempt, number);
    struct lines date = set_string(attempt, date_text->bytes);
    int32_t pages_x = sheet.right - width_of(pages);
    int32_t name_end_most = pages_x - width_of(date) - 2 * sheet.heading_gap;
    struct lines name = set_name(attempt, name_end_most - sheet.left);
    int32_t date_x = (sheet.left + sheet.right - width_of(date)) / 2;
    int32_t date_x_least = sheet.left + width_of(name) + sheet.heading_gap;
    if (name.count == 0)
        date_x = sheet.left;
    else if (date_x < date_x_least)
        date_x = date_x_least;

    struct row row = {.page = page, .baseline_mpt = sheet.heading_top + attempt->cap_height_mpt};
    if (name.count > 0)
        add_line(attempt, &name.items[0], sheet.left, &row, NULL);
    add_line(attempt, &date.items[0], date_x, &row, NULL);
    add_line(attempt, &pages.items[0], pages_x, &row, NULL);
}

/* Sorts the entries into their pages, headings first. */
static void collect(const struct layout *layout, unsigned pages_count, struct arena *arena, struct pages *pages) {
    struct page *list = ARENA_ARRAY(arena, struct page, pages_count);
    for (size_t i = 0; i < layout->entries_count; i++)
        list[layout->entries[i].page].lines_count++;
    struct line *lines = ARENA_ARRAY(arena, struct line, layout->entries_count);
    struct line **next = ARENA_ARRAY(arena, struct line *, pages_count);
    for (unsigned i = 0; i < pages_count; i++) {
        list[i].lines = next[i] = lines;
        lines += list[i].lines_count;
    }
    for (int heading = 1; heading >= 0; heading--)
        for (size_t i = 0; i < layout->entries_count; i++)
            if ((layout->entries[i].line.block == NULL) == heading)
                *next[layout->entries[i].page]++ = layout->entries[i].line;
    *pages = (struct pages){list, pages_count};
}

static void set_letter(struct attempt *attempt) {
    attempt->layout->entries_count = 0;
    attempt->pages_count = 1;
    attempt->cap_height_mpt = (int32_t)((int64_t)attempt->layout->cap_height * attempt->type.size_mpt / FACE_EM);
    struct end sender = set_sender(attempt);
    struct end recipient = set_recipient(attempt);
    set_text(attempt, later((struct end){0, sheet.text_top}, later(sender, recipient)));
}

void layout_letter(struct layout *layout, const struct letter *letter, const struct picture *signature,
                   struct arena *arena, struct pages *pages) {
    (void)signature;
    setter_begin(layout->setter, NULL);
    struct attempt attempt = {
        .layout = layout, .setter = layout->setter, .arena = setter_arena(layout->setter), .letter = letter};
    attempt.texts = ARENA_ARRAY(attempt.arena, struct text, letter->blocks_count);
    for (size_t i = 0; i < layout->types_count; i++) {
        attempt.type = layout->types[i];
        set_letter(&attempt);
        if (attempt.pages_count == 1)
            break;
    }
    for (unsigned page = 1; page < attempt.pages_count; page++)
        add_heading(&attempt, page);
    collect(layout, attempt.pages_count, arena, pages);
}
