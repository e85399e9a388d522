/*
 * The roster: rows come in, pages of placed lines and rules go out. The one idea: a row is as high as its longest cell,
 * and a page takes rows as long as they fit; when all pages are known, each gets its heading.
 */
#include "letter/roster.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "letter/draft.h"
#include "letter/setter.h"

#define MM(mm) MILLIPOINTS_OF_MM(mm)

/* Where things stand on the sheet. Of 170 mm the line to sign on takes 44: a signature needs 40. */
enum { ROW, NAME, RECIPIENT, COLUMNS, SIGNATURE = COLUMNS };
static const struct {
    int32_t left, right, bottom;
    int32_t title, title_end, advice;                                 /* baselines, and where a long title ends */
    int32_t columns, first_rule, columns_further, first_rule_further; /* on the first page, and on further ones */
    struct {
        int32_t x, width;
    } cells[COLUMNS];
    int32_t sign_x, gap;
    int32_t row_height, below_text; /* of a row of one line: room for a pen */
} sheet = {
    .left = MM(20),
    .right = PAGE_WIDTH_MPT - MM(20),
    .bottom = PAGE_HEIGHT_MPT - MM(18),
    .title = MM(22),
    .title_end = MM(142),
    .advice = MM(31),
    .columns = MM(40),
    .first_rule = MM(42),
    .columns_further = MM(34),
    .first_rule_further = MM(36),
    .cells = {[ROW] = {MM(20), MM(13)}, [NAME] = {MM(36), MM(54)}, [RECIPIENT] = {MM(93), MM(50)}},
    .sign_x = MM(146),
    .gap = MM(3),
    .row_height = MM(8),
    .below_text = MM(2.2),
};

static const struct type title_type = {13000, 16000}, cell_type = {10000, 12500}, column_type = {9000, 11000};

enum { HEAD_RULE_MPT = 750, SIGN_RULE_MPT = 600, ROW_RULE_MPT = 400, SIGN_GREY = 300, ROW_GREY = 750 };

#define RAGGED ((struct manner){.alignment = ALIGN_LEFT})
#define ELLIPSIS "\u2026"

/* What every list says. `signature` heads the lines to sign on. */
struct phrases {
    const char *title, *part, *advice, *row, *name, *recipient, *signature, *page;
};

static const struct phrases *phrases_in(const char *language) {
    static const struct phrases english = {
        "Sign-off list",
        ", part %u of %u",
        "Sign or initial beside your name once you have read your letter.",
        "Row",
        "Name",
        "To",
        "Signed",
        "Page %u of %u",
    };
    static const struct phrases welsh = {
        "Rhestr lofnodi",
        ", rhan %u o %u",
        "Llofnodwch wrth ymyl eich enw ar ôl ichi ddarllen eich llythyr.",
        "Rhes",
        "Enw",
        "At",
        "Llofnod",
        "Tudalen %u o %u",
    };
    return strcmp(language, "cy") == 0 ? &welsh : &english;
}

struct roster {
    struct setter *setter;
    struct line *lines; /* of all pages, in order */
    size_t lines_count, lines_room;
    struct rule *rules;
    size_t rules_count, rules_room;
};

const char *roster_title(const struct roster_head *head, struct arena *arena) {
    const struct phrases *phrases = phrases_in(head->language);
    const char *part = head->parts < 2 ? "" : arena_printf(arena, phrases->part, head->part, head->parts);
    return arena_printf(arena, "%s%s%s%s", phrases->title, part, *head->campaign == '\0' ? "" : ": ", head->campaign);
}

void roster_use_font(struct font *font, const char *language) {
    const struct phrases *phrases = phrases_in(language);
    const char *const bold[] = {phrases->title, ": ",          phrases->part,      "0123456789",
                                phrases->row,   phrases->name, phrases->recipient, phrases->signature};
    const char *const regular[] = {phrases->advice, phrases->page, "0123456789", ELLIPSIS " "};
    struct str date = STR_EMPTY;
    for (size_t i = 0; i < sizeof bold / sizeof *bold; i++)
        font_use(font, STYLE_BOLD, bold[i], strlen(bold[i]));
    for (size_t i = 0; i < sizeof regular / sizeof *regular; i++)
        font_use(font, 0, regular[i], strlen(regular[i]));
    for (int month = 1; month <= 12; month++)
        date_format(&date, (struct date){2000, month, 1}, language);
    font_use(font, 0, date.bytes, date.length);
    str_release(&date);
}

struct roster *roster_new(const struct font *font) {
    struct roster *roster = memory_alloc(1, sizeof *roster);
    roster->setter = setter_new(font);
    return roster;
}

void roster_free(struct roster *roster) {
    if (roster == NULL)
        return;
    setter_free(roster->setter);
    free(roster->lines);
    free(roster->rules);
    free(roster);
}

/* What the functions below share. */
struct table {
    struct roster *roster;
    struct arena *scratch; /* the setter's */
    const struct phrases *phrases;
    const char *title, *date;
    const struct letter_block *blocks; /* of the head, then one for each row */
    struct strip *strips;
    size_t count;
    unsigned pages_count;
};

/* A row of the table. */
struct strip {
    struct lines cells[COLUMNS];
    unsigned page;
    int32_t top, height;
};

/* The texts that are read once, on the first page. */
enum { BLOCK_OF_TITLE, BLOCK_OF_DATE, BLOCK_OF_ADVICE, BLOCK_OF_COLUMNS, BLOCKS_OF_HEAD };

static struct lines set_string(const struct table *table, const char *string, struct type type, unsigned style,
                               int32_t measure) {
    struct run *run = ARENA_ARRAY(table->scratch, struct run, 1);
    struct text text;
    *run = (struct run){.text = string, .length = strlen(string), .style = style, .value = true};
    setter_text(table->roster->setter, run, 1, &text);
    return setter_lines(table->roster->setter, &text, type, measure, RAGGED);
}

/* LINE with ENDING behind it, in regular type: a space tells its words from the next cell's. */
static struct composed_line ended(const struct table *table, const struct composed_line *line, const char *ending,
                                  struct type type) {
    struct composed_line longer = *line;
    struct placed *words = ARENA_ARRAY(table->scratch, struct placed, line->words_count + 1);
    struct placed *last = &words[line->words_count];
    if (line->words_count > 0)
        memcpy(words, line->words, line->words_count * sizeof *words);
    *last = (struct placed){.word = setter_word(table->roster->setter, ending), .x_mpt = line->width_mpt};
    longer.words = words;
    longer.words_count++;
    longer.width_mpt += (int32_t)((int64_t)last->word->width * type.size_mpt / FACE_EM);
    return longer;
}

/* What a line belongs to: a block, or none, and if that is a row of the table, a column from 1. */
struct owner {
    const struct letter_block *block;
    unsigned column;
};

static void add_line(const struct table *table, const struct composed_line *line, struct type type, int32_t x,
                     int32_t baseline, struct owner owner) {
    struct roster *roster = table->roster;
    *MEMORY_PUSH(roster->lines, roster->lines_count, roster->lines_room) = (struct line){
        .x_mpt = x,
        .baseline_mpt = baseline,
        .size_mpt = type.size_mpt,
        .words = line->words,
        .words_count = line->words_count,
        .expansion_ppm = line->expansion_ppm,
        .block = owner.block,
        .column = owner.block == NULL ? 0 : owner.column,
    };
}

/* The first LINES_MAX lines from X and BASELINE on. Whatever is longer ends in an ellipsis. */
static void add_lines(const struct table *table, struct lines lines, size_t lines_max, struct type type, int32_t x,
                      int32_t baseline, struct owner owner) {
    for (size_t i = 0; i < lines.count && i < lines_max; i++) {
        bool cut = i + 1 == lines_max && i + 1 < lines.count;
        struct composed_line line = lines.items[i];
        if (cut || i + 1 == lines.count)
            line = ended(table, &line, cut ? ELLIPSIS : " ", type);
        if (line.words_count > 0)
            add_line(table, &line, type, x, baseline, owner);
        baseline += type.leading_mpt;
    }
}

static void add_string(const struct table *table, const char *string, struct type type, unsigned style, int32_t x,
                       int32_t end, int32_t baseline, struct owner owner) {
    add_lines(table, set_string(table, string, type, style, end - x), 1, type, x, baseline, owner);
}

/* The same up to the right margin: a single line without a space behind it. */
static void add_string_right(const struct table *table, const char *string, int32_t baseline,
                             const struct letter_block *block) {
    struct lines lines = set_string(table, string, cell_type, 0, sheet.right - sheet.left);
    if (lines.count > 0)
        add_line(table, &lines.items[0], cell_type, sheet.right - lines.items[0].width_mpt, baseline,
                 (struct owner){block, 0});
}

static void add_rule(const struct table *table, int32_t x, int32_t end, int32_t y, int32_t thickness, int32_t grey) {
    struct roster *roster = table->roster;
    *MEMORY_PUSH(roster->rules, roster->rules_count, roster->rules_room) =
        (struct rule){.x_mpt = x, .y_mpt = y, .width_mpt = end - x, .thickness_mpt = thickness, .grey = grey};
}

/* ---- Rows to pages ---- */

static size_t shown(struct lines lines) {
    return lines.count < ROSTER_LINES_MAX ? lines.count : ROSTER_LINES_MAX;
}

static void measure_strip(const struct table *table, struct strip *strip, const struct roster_row *row) {
    const char *texts[COLUMNS] = {"", row->name, row->recipient};
    size_t most = 1;
    if (row->row > 0)
        texts[ROW] = arena_printf(table->scratch, "%u", row->row);
    for (int column = 0; column < COLUMNS; column++) {
        strip->cells[column] = set_string(table, texts[column], cell_type, 0, sheet.cells[column].width);
        if (shown(strip->cells[column]) > most)
            most = shown(strip->cells[column]);
    }
    strip->height = sheet.row_height + (int32_t)(most - 1) * cell_type.leading_mpt;
}

/* Gives each row its page and its place there. A page holds many of the highest. */
static void paginate(struct table *table) {
    int32_t top = sheet.first_rule;
    unsigned page = 0;
    for (size_t i = 0; i < table->count; i++) {
        struct strip *strip = &table->strips[i];
        if (top + strip->height > sheet.bottom) {
            top = sheet.first_rule_further;
            page++;
        }
        strip->page = page;
        strip->top = top;
        top += strip->height;
    }
    table->pages_count = page + 1;
}

static void add_head(const struct table *table, unsigned page) {
    const struct phrases *phrases = table->phrases;
    const char *const names[COLUMNS] = {phrases->row, phrases->name, phrases->recipient};
    const struct letter_block *blocks[BLOCKS_OF_HEAD] = {NULL};
    int32_t columns = page == 0 ? sheet.columns : sheet.columns_further;
    int32_t rule = page == 0 ? sheet.first_rule : sheet.first_rule_further;
    for (int i = 0; page == 0 && i < BLOCKS_OF_HEAD; i++)
        blocks[i] = &table->blocks[i];

    /* Artifacts first, as letter/layout has them. */
    if (table->pages_count > 1) {
        const char *number = arena_printf(table->scratch, phrases->page, page + 1, table->pages_count);
        add_string_right(table, number, sheet.title + cell_type.leading_mpt, NULL);
    }
    add_string(table, table->title, title_type, STYLE_BOLD, sheet.left, sheet.title_end, sheet.title,
               (struct owner){blocks[BLOCK_OF_TITLE], 0});
    add_string_right(table, table->date, sheet.title, blocks[BLOCK_OF_DATE]);
    if (page == 0)
        add_string(table, phrases->advice, cell_type, 0, sheet.left, sheet.right, sheet.advice,
                   (struct owner){blocks[BLOCK_OF_ADVICE], 0});
    for (unsigned column = 0; column < COLUMNS; column++)
        add_string(table, names[column], column_type, STYLE_BOLD, sheet.cells[column].x,
                   sheet.cells[column].x + sheet.cells[column].width, columns,
                   (struct owner){blocks[BLOCK_OF_COLUMNS], column + 1});
    add_string(table, phrases->signature, column_type, STYLE_BOLD, sheet.sign_x, sheet.right, columns,
               (struct owner){blocks[BLOCK_OF_COLUMNS], SIGNATURE + 1});
    add_rule(table, sheet.left, sheet.right, rule, HEAD_RULE_MPT, 0);
}

static void add_strip(const struct table *table, size_t i) {
    const struct strip *strip = &table->strips[i];
    int32_t end = strip->top + strip->height;
    for (unsigned column = 0; column < COLUMNS; column++)
        add_lines(table, strip->cells[column], ROSTER_LINES_MAX, cell_type, sheet.cells[column].x,
                  strip->top + sheet.row_height - sheet.below_text,
                  (struct owner){&table->blocks[BLOCKS_OF_HEAD + i], column + 1});
    add_rule(table, sheet.left, sheet.sign_x - sheet.gap, end, ROW_RULE_MPT, ROW_GREY);
    add_rule(table, sheet.sign_x, sheet.right, end, SIGN_RULE_MPT, SIGN_GREY);
}

/* All lines and rules stand in two lists, of which each page has its part. */
static void add_pages(const struct table *table, struct page *pages) {
    struct roster *roster = table->roster;
    roster->lines_count = roster->rules_count = 0;
    size_t i = 0;
    for (unsigned page = 0; page < table->pages_count; page++) {
        size_t first_line = roster->lines_count, first_rule = roster->rules_count;
        add_head(table, page);
        for (; i < table->count && table->strips[i].page == page; i++)
            add_strip(table, i);
        pages[page].lines_count = roster->lines_count - first_line;
        pages[page].rules_count = roster->rules_count - first_rule;
    }
    const struct line *line = roster->lines;
    const struct rule *rule = roster->rules;
    for (unsigned page = 0; page < table->pages_count; page++) {
        pages[page].lines = line;
        pages[page].rules = rule;
        line += pages[page].lines_count;
        rule += pages[page].rules_count;
    }
}

static struct letter_block *make_blocks(const struct table *table, struct arena *arena) {
    struct letter_block *blocks = ARENA_ARRAY(arena, struct letter_block, BLOCKS_OF_HEAD + table->count);
    for (size_t i = 0; i < BLOCKS_OF_HEAD + table->count; i++)
        blocks[i].kind = i == BLOCK_OF_TITLE || i == BLOCK_OF_COLUMNS ? BLOCK_HEADING : BLOCK_PARAGRAPH;
    return blocks;
}

void roster_set(struct roster *roster, const struct roster_head *head, const struct roster_row *rows, size_t count,
                struct arena *arena, struct pages *pages) {
    struct str date = STR_EMPTY;
    setter_begin(roster->setter, NULL);
    struct table table = {
        .roster = roster,
        .scratch = setter_arena(roster->setter),
        .phrases = phrases_in(head->language),
        .count = count,
    };
    date_format(&date, head->date, head->language);
    table.date = arena_copy(table.scratch, date.bytes, date.length);
    str_release(&date);
    table.title = roster_title(head, table.scratch);
    table.blocks = make_blocks(&table, arena);
    table.strips = ARENA_ARRAY(table.scratch, struct strip, count);
    for (size_t i = 0; i < count; i++)
        measure_strip(&table, &table.strips[i], &rows[i]);
    paginate(&table);
    struct page *made = ARENA_ARRAY(arena, struct page, table.pages_count);
    add_pages(&table, made);
    *pages = (struct pages){.pages = made, .count = table.pages_count};
}
