/*
 * Pages of lines come in, each naming its block; a tree of elements goes out. The one idea: a line belongs where the one
 * before it does, unless its block or its cell is another, or it ended a paragraph.
 */
#include "pdf/structure.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "letter/block.h"
#include "pdf/syntax.h"

void structure_init(struct structure *structure) {
    *structure = (struct structure){.texts = ARENA_EMPTY};
    tree_init(&structure->tree);
}

void structure_release(struct structure *structure) {
    tree_release(&structure->tree);
    free(structure->parts);
    arena_release(&structure->texts);
}

void structure_clear(struct structure *structure) {
    tree_clear(&structure->tree);
    arena_clear(&structure->texts);
}

static void add_text_entry(struct str *out, const char *key, const char *text) {
    if (text == NULL || *text == '\0')
        return;
    str_adds(out, key);
    syntax_add_text(out, text, syntax_cut(text, SYNTAX_TEXT_MAX));
}

static const char *keep(struct structure *structure, struct str *entries) {
    const char *kept = entries->length == 0 ? NULL : arena_copy(&structure->texts, entries->bytes, entries->length);
    str_release(entries);
    return kept;
}

void structure_letter(struct structure *structure, bool parted, const char *title, const char *language) {
    structure->block = NULL;
    structure->levels_count = 0;
    structure->has_subject = false;
    structure->table.element = TREE_NONE;
    structure->letter = TREE_DOCUMENT;
    if (!parted)
        return;
    struct str entries = STR_EMPTY;
    add_text_entry(&entries, "/T", title);
    add_text_entry(&entries, "/Lang", language);
    structure->letter = tree_add(&structure->tree, KIND_SECT, TREE_DOCUMENT, keep(structure, &entries));
}

/* ---- Blocks ---- */

static uint32_t container(const struct structure *structure) {
    return structure->levels_count == 0 ? structure->letter : structure->levels[structure->levels_count - 1].body;
}

static struct level *push_level(struct structure *structure, bool quotation, bool numbered) {
    static const char numbers[] = "/A<</O/List/ListNumbering/Decimal>>", bullets[] = "/A<</O/List/ListNumbering/Disc>>";
    uint32_t element = tree_add(&structure->tree, quotation ? KIND_QUOTE : KIND_L, container(structure),
                                quotation  ? NULL
                                : numbered ? numbers
                                           : bullets);
    struct level *level = &structure->levels[structure->levels_count++];
    *level = (struct level){.quotation = quotation, .numbered = numbered, .element = element, .body = element};
    return level;
}

/* A new item of the list LEVEL. Returns the element of the item. */
static uint32_t add_item(struct structure *structure, struct level *level) {
    return tree_add(&structure->tree, KIND_LI, level->element, NULL);
}

static void count_levels(const struct structure *structure, size_t *quotations, size_t *lists) {
    *quotations = 0;
    for (size_t i = 0; i < structure->levels_count; i++)
        *quotations += structure->levels[i].quotation;
    *lists = structure->levels_count - *quotations;
}

/* Whether BLOCK, which begins an item, goes on with the list at the top. */
static bool continues_list(const struct structure *structure, const struct letter_block *block) {
    const struct level *top = &structure->levels[structure->levels_count - 1];
    return !top->quotation && top->numbered == (block->number != 0) && (!top->numbered || block->number > top->number);
}

/*
 * Opens and closes lists and quotations until as many are open as BLOCK stands in. Which of them stands in which, a block
 * does not say: quotations are opened first.
 */
static void enter(struct structure *structure, const struct letter_block *block, bool begins_item) {
    size_t quotations, lists, depth_max = STRUCTURE_LEVELS_MAX / 2;
    size_t in_quotations = block->quote_depth < depth_max ? block->quote_depth : depth_max;
    size_t in_lists = block->list_depth < depth_max ? block->list_depth : depth_max;
    count_levels(structure, &quotations, &lists);
    while (quotations > in_quotations || lists > in_lists) {
        structure->levels_count--;
        count_levels(structure, &quotations, &lists);
    }
    if (begins_item && lists == in_lists && lists > 0 && !continues_list(structure, block)) {
        structure->levels_count--;
        count_levels(structure, &quotations, &lists);
    }
    for (; quotations < in_quotations; quotations++)
        push_level(structure, true, false);
    for (; lists < in_lists; lists++) {
        struct level *level = push_level(structure, false, block->number != 0);
        if (lists + 1 < in_lists || !begins_item) /* a list in a list that has no item yet */
            level->body = tree_add(&structure->tree, KIND_LBODY, add_item(structure, level), NULL);
    }
}

/* PDF/UA (ISO 14289-1 §7.4.2): the first heading of a letter is of level 1, and no level is left out. */
static enum kind kind_of(struct structure *structure, const struct letter_block *block) {
    if (block->kind == BLOCK_HEADING)
        return structure->has_subject ? KIND_H2 : KIND_H1;
    if (block->kind != BLOCK_SUBJECT)
        return KIND_P;
    structure->has_subject = true;
    return KIND_H1;
}

static bool ends_in_space(const struct line *line) {
    const struct word *word = line->words_count == 0 ? NULL : line->words[line->words_count - 1].word;
    const struct piece *piece = word == NULL || word->pieces_count == 0 ? NULL : &word->pieces[word->pieces_count - 1];
    return piece != NULL && piece->length > 0 && piece->text[piece->length - 1] == ' ';
}

/* The bullet or number of an item is a line of its own, at the baseline of the line that follows. */
static bool is_label(const struct page *page, size_t i) {
    const struct line *line = &page->lines[i], *next = line + 1;
    return line->block->kind == BLOCK_ITEM && !line->block->continues && i + 1 < page->lines_count &&
           next->block == line->block && next->baseline_mpt == line->baseline_mpt;
}

/* Line I of PAGE, the first one of its block: what it and the block's further paragraphs belong to. */
static void begin_block(struct structure *structure, const struct page *page, size_t i) {
    const struct letter_block *block = page->lines[i].block;
    bool label = is_label(page, i);
    enter(structure, block, label);
    if (label) {
        struct level *level = &structure->levels[structure->levels_count - 1];
        uint32_t item = add_item(structure, level);
        level->number = block->number;
        structure->element = tree_add(&structure->tree, KIND_LBL, item, NULL);
        level->body = tree_add(&structure->tree, KIND_LBODY, item, NULL);
        structure->body = level->body;
    } else {
        structure->body = container(structure);
        structure->element = tree_add(&structure->tree, kind_of(structure, block), structure->body, NULL);
    }
    structure->ended = label;
}

static uint32_t element_of_line(struct structure *structure, const struct page *page, size_t i) {
    const struct line *line = &page->lines[i];
    structure->table.element = TREE_NONE;
    if (structure->block != line->block) {
        structure->block = line->block;
        begin_block(structure, page, i);
        if (structure->ended)
            return structure->element;
    } else if (structure->ended) {
        structure->element = tree_add(&structure->tree, KIND_P, structure->body, NULL);
    }
    /* Each line of an address is a paragraph, for a listener to hear where it ends; but not where it was too long. */
    structure->ended = block_keeps_lines(line->block->kind) && !ends_in_space(line);
    return structure->element;
}

/* ---- Tables ---- */

static unsigned last_column(const struct page *page, size_t i) {
    unsigned last = 0;
    for (const struct letter_block *row = page->lines[i].block; i < page->lines_count && page->lines[i].block == row;
         i++)
        last = page->lines[i].column > last ? page->lines[i].column : last;
    return last;
}

/*
 * Every row has as many cells as the first one, whether or not something stands in them: in a row with fewer a reader
 * would say what is in a cell under another's heading (ISO 14289-1 §7.5). Those of a heading are heads of their columns.
 */
static void begin_row(struct structure *structure, const struct page *page, size_t i) {
    struct structure_table *table = &structure->table;
    bool heads = page->lines[i].block->kind == BLOCK_HEADING;
    if (table->element == TREE_NONE) {
        structure->levels_count = 0;
        table->columns = last_column(page, i);
        table->element = tree_add(&structure->tree, KIND_TABLE, structure->letter, NULL);
    }
    structure->block = page->lines[i].block;
    structure->body = structure->letter;
    structure->ended = true;
    uint32_t row = tree_add(&structure->tree, KIND_TR, table->element, NULL);
    table->cells = row + 1;
    for (unsigned column = 1; column <= table->columns; column++)
        tree_add(&structure->tree, heads ? KIND_TH : KIND_TD, row, heads ? "/A<</O/Table/Scope/Column>>" : NULL);
}

static uint32_t cell_of_line(struct structure *structure, const struct page *page, size_t i) {
    const struct line *line = &page->lines[i];
    struct structure_table *table = &structure->table;
    if (table->element == TREE_NONE || structure->block != line->block)
        begin_row(structure, page, i);
    return table->cells + (line->column < table->columns ? line->column : table->columns) - 1;
}

/* ---- Pages ---- */

static void add_corner(struct str *out, int64_t x_mpt, int64_t y_mpt) {
    syntax_add_number(out, x_mpt, 3);
    str_addc(out, ' ');
    syntax_add_number(out, PAGE_HEIGHT_MPT - y_mpt, 3);
}

static uint32_t add_figure(struct structure *structure, const struct figure *figure) {
    struct str entries = STR_EMPTY;
    add_text_entry(&entries, "/Alt", figure->alternative);
    str_adds(&entries, "/A<</O/Layout/BBox[");
    add_corner(&entries, figure->x_mpt, (int64_t)figure->y_mpt + figure->height_mpt);
    str_addc(&entries, ' ');
    add_corner(&entries, (int64_t)figure->x_mpt + figure->width_mpt, figure->y_mpt);
    str_adds(&entries, "]>>");
    structure->levels_count = 0; /* no list and no table goes on behind a picture */
    structure->table.element = TREE_NONE;
    return tree_add(&structure->tree, KIND_FIGURE, structure->letter, keep(structure, &entries));
}

/* The figures that are read before BLOCK; all that are left where ALL. */
static void add_figures(struct structure *structure, const struct page *page, const struct letter_block *block,
                        bool all, uint32_t *parts) {
    for (size_t i = 0; i < page->figures_count; i++)
        if (page->figures[i].alternative != NULL && parts[i] == TREE_NONE && (all || page->figures[i].block == block))
            parts[i] = add_figure(structure, &page->figures[i]);
}

const uint32_t *structure_page(struct structure *structure, const struct page *page, uint32_t number) {
    tree_add_page(&structure->tree, number);
    size_t parts_count = page->lines_count + page->figures_count;
    memory_grow(&structure->parts, &structure->parts_room, parts_count + 1, sizeof *structure->parts);
    uint32_t *lines = structure->parts, *figures = lines + page->lines_count;
    memset(lines, 0, parts_count * sizeof *lines);

    add_figures(structure, page, NULL, false, figures);
    for (size_t i = 0; i < page->lines_count; i++) {
        const struct letter_block *block = page->lines[i].block;
        if (block == NULL)
            continue;
        if (page->figures_count > 0 && (i == 0 || page->lines[i - 1].block != block))
            add_figures(structure, page, block, false, figures);
        lines[i] = page->lines[i].column == 0 ? element_of_line(structure, page, i) : cell_of_line(structure, page, i);
    }
    add_figures(structure, page, NULL, true, figures);
    return lines;
}
