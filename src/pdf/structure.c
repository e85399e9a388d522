/*
 * Pages of lines come in, each naming its block; a tree of elements goes out. The one idea: elements and what they hold
 * are numbered in the order in which they begin, so that an element's number in the file is known as soon as it is made,
 * and what stands on a page is a row of neighbours.
 */
#include "pdf/structure.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "letter/block.h"
#include "pdf/syntax.h"

enum { NONE = STRUCTURE_ARTIFACT, DOCUMENT = 0, NODE_PAGES = 32 /* in a node of the parent tree */ };

enum kind {
    KIND_DOCUMENT,
    KIND_SECT,
    KIND_P,
    KIND_H1,
    KIND_H2,
    KIND_L,
    KIND_LI,
    KIND_LBL,
    KIND_LBODY,
    KIND_QUOTE,
    KIND_FIGURE
};

/* ISO 32000-1 §14.8.4 */
static const char *const kind_names[] = {
    [KIND_DOCUMENT] = "Document",
    [KIND_SECT] = "Sect",
    [KIND_P] = "P",
    [KIND_H1] = "H1",
    [KIND_H2] = "H2",
    [KIND_L] = "L",
    [KIND_LI] = "LI",
    [KIND_LBL] = "Lbl",
    [KIND_LBODY] = "LBody",
    [KIND_QUOTE] = "BlockQuote",
    [KIND_FIGURE] = "Figure",
};

/* It has either children or contents, never both. */
struct element {
    unsigned char kind;
    uint32_t parent;
    uint32_t next;        /* sibling, or NONE */
    uint32_t first, last; /* of its children, or NONE: the document is nobody's child */
    uint32_t first_content, last_content;
    const char *entries; /* further ones of its dictionary, or NULL */
};

/* A part of a page. */
struct content {
    uint32_t element;
    uint32_t page; /* index */
    uint32_t next; /* of the same element, or NONE */
};

struct page_contents {
    uint32_t number; /* of the page's object */
    uint32_t first;  /* content; its id is 0 */
};

struct known_block {
    const struct letter_block *block;
    uint32_t element; /* where its next line goes, if that belongs to the same paragraph */
    uint32_t body;    /* where its further paragraphs go */
    bool ended;       /* the last line was the end of a paragraph: a list's label, or a line of an address */
};

static uint32_t add_element(struct structure *structure, enum kind kind, uint32_t parent, const char *entries) {
    uint32_t i = (uint32_t)structure->elements_count;
    struct element *element = MEMORY_PUSH(structure->elements, structure->elements_count, structure->elements_room);
    *element = (struct element){.kind = (unsigned char)kind, .parent = parent, .entries = entries};
    if (i == DOCUMENT)
        return i;
    struct element *above = &structure->elements[parent];
    if (above->first == NONE)
        above->first = i;
    else
        structure->elements[above->last].next = i;
    above->last = i;
    return i;
}

void structure_init(struct structure *structure) {
    *structure = (struct structure){.texts = ARENA_EMPTY};
    add_element(structure, KIND_DOCUMENT, DOCUMENT, NULL);
    *MEMORY_PUSH(structure->contents, structure->contents_count, structure->contents_room) = (struct content){0};
}

void structure_release(struct structure *structure) {
    free(structure->elements);
    free(structure->contents);
    free(structure->pages);
    free(structure->known);
    free(structure->parts);
    arena_release(&structure->texts);
}

/* The entry KEY with TEXT, up to LENGTH_MAX bytes of it. */
static void add_text_entry(struct str *out, const char *key, const char *text, size_t length_max) {
    if (text == NULL || *text == '\0')
        return;
    str_adds(out, key);
    syntax_add_text(out, text, syntax_cut(text, length_max));
}

static const char *keep(struct structure *structure, struct str *entries) {
    const char *kept = entries->length == 0 ? NULL : arena_copy(&structure->texts, entries->bytes, entries->length);
    str_release(entries);
    return kept;
}

void structure_letter(struct structure *structure, bool parted, const char *title, size_t title_max,
                      const char *language) {
    structure->known_count = 0;
    structure->levels_count = 0;
    structure->has_subject = false;
    structure->letter = DOCUMENT;
    if (!parted)
        return;
    struct str entries = STR_EMPTY;
    add_text_entry(&entries, "/T", title, title_max);
    add_text_entry(&entries, "/Lang", language, title_max);
    structure->letter = add_element(structure, KIND_SECT, DOCUMENT, keep(structure, &entries));
}

/* ---- Blocks ---- */

static uint32_t container(const struct structure *structure) {
    return structure->levels_count == 0 ? structure->letter : structure->levels[structure->levels_count - 1].body;
}

static struct level *push_level(struct structure *structure, bool quotation, bool numbered) {
    static const char numbers[] = "/A<</O/List/ListNumbering/Decimal>>", bullets[] = "/A<</O/List/ListNumbering/Disc>>";
    uint32_t element = add_element(structure, quotation ? KIND_QUOTE : KIND_L, container(structure),
                                   quotation  ? NULL
                                   : numbered ? numbers
                                              : bullets);
    struct level *level = &structure->levels[structure->levels_count++];
    *level = (struct level){.quotation = quotation, .numbered = numbered, .element = element, .body = element};
    return level;
}

/* A new item of the list LEVEL. Returns the element of the item. */
static uint32_t add_item(struct structure *structure, struct level *level) {
    return add_element(structure, KIND_LI, level->element, NULL);
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
            level->body = add_element(structure, KIND_LBODY, add_item(structure, level), NULL);
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

/* The record of BLOCK, the newest first: only a block that goes on, on the next page, is not the newest. */
static struct known_block *find_block(const struct structure *structure, const struct letter_block *block) {
    for (size_t i = structure->known_count; i > 0; i--)
        if (structure->known[i - 1].block == block)
            return &structure->known[i - 1];
    return NULL;
}

/* The bullet or number of an item is a line of its own, at the baseline of the line that follows. */
static bool is_label(const struct page *page, size_t i) {
    const struct line *line = &page->lines[i], *next = line + 1;
    return line->block->kind == BLOCK_ITEM && !line->block->continues && i + 1 < page->lines_count &&
           next->block == line->block && next->baseline_mpt == line->baseline_mpt;
}

/* The element of line I of PAGE, the first one of its block. */
static uint32_t begin_block(struct structure *structure, const struct page *page, size_t i) {
    const struct letter_block *block = page->lines[i].block;
    bool label = is_label(page, i);
    enter(structure, block, label);
    struct known_block *known = MEMORY_PUSH(structure->known, structure->known_count, structure->known_room);
    *known = (struct known_block){.block = block, .ended = label};
    if (label) {
        struct level *level = &structure->levels[structure->levels_count - 1];
        uint32_t item = add_item(structure, level);
        level->number = block->number;
        known->element = add_element(structure, KIND_LBL, item, NULL);
        level->body = add_element(structure, KIND_LBODY, item, NULL);
        known->body = level->body;
    } else {
        known->body = container(structure);
        known->element = add_element(structure, kind_of(structure, block), known->body, NULL);
    }
    return known->element;
}

static uint32_t element_of_line(struct structure *structure, const struct page *page, size_t i) {
    const struct line *line = &page->lines[i];
    struct known_block *known = find_block(structure, line->block);
    uint32_t element;
    if (known == NULL) {
        element = begin_block(structure, page, i);
        known = &structure->known[structure->known_count - 1];
        if (known->ended)
            return element;
    } else {
        if (known->ended)
            known->element = add_element(structure, KIND_P, known->body, NULL);
        element = known->element;
    }
    /* Each line of an address is a paragraph, for a listener to hear where it ends; but not where it was too long. */
    known->ended = block_keeps_lines(line->block->kind) && !ends_in_space(line);
    return element;
}

/* ---- Pages ---- */

struct mark structure_mark(struct structure *structure, uint32_t element) {
    uint32_t page = (uint32_t)structure->pages_count - 1, i = (uint32_t)structure->contents_count;
    *MEMORY_PUSH(structure->contents, structure->contents_count, structure->contents_room) =
        (struct content){.element = element, .page = page};
    struct element *of = &structure->elements[element];
    if (of->first_content == NONE)
        of->first_content = i;
    else
        structure->contents[of->last_content].next = i;
    of->last_content = i;
    return (struct mark){kind_names[of->kind], i - structure->pages[page].first};
}

static void add_corner(struct str *out, int64_t x_mpt, int64_t y_mpt) {
    syntax_add_number(out, x_mpt, 3);
    str_addc(out, ' ');
    syntax_add_number(out, PAGE_HEIGHT_MPT - y_mpt, 3);
}

static uint32_t add_figure(struct structure *structure, const struct figure *figure) {
    struct str entries = STR_EMPTY;
    add_text_entry(&entries, "/Alt", figure->alternative, SIZE_MAX - 1);
    str_adds(&entries, "/A<</O/Layout/BBox[");
    add_corner(&entries, figure->x_mpt, (int64_t)figure->y_mpt + figure->height_mpt);
    str_addc(&entries, ' ');
    add_corner(&entries, (int64_t)figure->x_mpt + figure->width_mpt, figure->y_mpt);
    str_adds(&entries, "]>>");
    structure->levels_count = 0; /* no list goes on behind a picture */
    return add_element(structure, KIND_FIGURE, structure->letter, keep(structure, &entries));
}

/* The figures that are read before BLOCK; all that are left where ALL. */
static void add_figures(struct structure *structure, const struct page *page, const struct letter_block *block,
                        bool all, uint32_t *parts) {
    for (size_t i = 0; i < page->figures_count; i++)
        if (page->figures[i].alternative != NULL && parts[i] == STRUCTURE_ARTIFACT &&
            (all || page->figures[i].block == block))
            parts[i] = add_figure(structure, &page->figures[i]);
}

const uint32_t *structure_page(struct structure *structure, const struct page *page, uint32_t number) {
    *MEMORY_PUSH(structure->pages, structure->pages_count, structure->pages_room) =
        (struct page_contents){number, (uint32_t)structure->contents_count};
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
        lines[i] = element_of_line(structure, page, i);
    }
    add_figures(structure, page, NULL, true, figures);
    return lines;
}

/* ---- Writing ---- */

/* Where the objects stand among the packed ones. */
struct places {
    const struct packing *packing;
    uint32_t root, elements, tree;
};

static void add_element_reference(struct str *out, const struct places *places, uint32_t element) {
    packing_add_reference(places->packing, out, places->elements + element);
}

static void add_page_reference(struct str *out, const struct structure *structure, uint32_t page) {
    str_adds(out, "/Pg ");
    syntax_add_number(out, structure->pages[page].number, 0);
    str_adds(out, " 0 R");
}

/* The contents of ELEMENT: numbers for those on its first page, dictionaries for others. */
static void add_contents(struct str *out, const struct structure *structure, const struct element *element) {
    uint32_t page = structure->contents[element->first_content].page;
    bool several = structure->contents[element->first_content].next != NONE;
    add_page_reference(out, structure, page);
    str_adds(out, several ? "/K[" : "/K ");
    for (uint32_t i = element->first_content; i != NONE; i = structure->contents[i].next) {
        const struct content *content = &structure->contents[i];
        if (content->page != page) {
            str_adds(out, "<</Type/MCR");
            add_page_reference(out, structure, content->page);
            str_adds(out, "/MCID ");
        }
        syntax_add_number(out, i - structure->pages[content->page].first, 0);
        if (content->page != page)
            str_adds(out, ">>");
        else if (content->next != NONE)
            str_addc(out, ' ');
    }
    if (several)
        str_addc(out, ']');
}

static void add_children(struct str *out, const struct structure *structure, const struct element *element,
                         const struct places *places) {
    str_adds(out, "/K[");
    for (uint32_t i = element->first; i != NONE; i = structure->elements[i].next) {
        add_element_reference(out, places, i);
        if (structure->elements[i].next != NONE)
            str_addc(out, ' ');
    }
    str_addc(out, ']');
}

static void pack_element(const struct structure *structure, uint32_t i, struct packing *packing,
                         const struct places *places) {
    const struct element *element = &structure->elements[i];
    struct str *out = packing_next(packing);
    str_adds(out, "<</S/");
    str_adds(out, kind_names[element->kind]);
    str_adds(out, "/P ");
    if (i == DOCUMENT)
        packing_add_reference(packing, out, places->root);
    else
        add_element_reference(out, places, element->parent);
    if (element->entries != NULL)
        str_adds(out, element->entries);
    if (element->first_content != NONE)
        add_contents(out, structure, element);
    else if (element->first != NONE)
        add_children(out, structure, element, places);
    str_adds(out, ">>");
}

/* "INDEX[…]" for the pages FIRST to END - 1: which element each of their contents belongs to (§14.7.4.4). */
static void add_parents(struct str *out, const struct structure *structure, size_t first, size_t end,
                        const struct places *places) {
    str_adds(out, "/Nums[");
    for (size_t page = first; page < end; page++) {
        size_t content = structure->pages[page].first;
        size_t last = page + 1 < structure->pages_count ? structure->pages[page + 1].first : structure->contents_count;
        syntax_add_number(out, (int64_t)page, 0);
        for (str_addc(out, '['); content < last; content++) {
            add_element_reference(out, places, structure->contents[content].element);
            if (content + 1 < last)
                str_addc(out, ' ');
        }
        str_addc(out, ']');
    }
    str_addc(out, ']');
}

/* How many nodes there are below the parent tree's root. */
static uint32_t count_nodes(const struct structure *structure) {
    size_t count = structure->pages_count;
    return count <= NODE_PAGES ? 0 : (uint32_t)((count + NODE_PAGES - 1) / NODE_PAGES);
}

static void pack_parent_tree(const struct structure *structure, struct packing *packing, const struct places *places) {
    size_t count = structure->pages_count;
    struct str *out = packing_next(packing);
    str_adds(out, "<<");
    if (count <= NODE_PAGES) {
        add_parents(out, structure, 0, count, places);
        str_adds(out, ">>");
        return;
    }
    str_adds(out, "/Kids[");
    for (uint32_t i = 0; i < count_nodes(structure); i++) {
        packing_add_reference(packing, out, places->tree + 1 + i);
        str_addc(out, ' ');
    }
    str_adds(out, "]>>");
    for (size_t first = 0; first < count; first += NODE_PAGES) {
        size_t end = first + NODE_PAGES < count ? first + NODE_PAGES : count;
        out = packing_next(packing);
        str_addf(out, "<</Limits[%zu %zu]", first, end - 1);
        add_parents(out, structure, first, end, places);
        str_adds(out, ">>");
    }
}

uint32_t structure_objects(const struct structure *structure) {
    return 1 + (uint32_t)structure->elements_count + 1 + count_nodes(structure);
}

void structure_pack(const struct structure *structure, struct packing *packing) {
    struct places places = {.packing = packing, .root = packing->count, .elements = packing->count + 1};
    places.tree = places.elements + (uint32_t)structure->elements_count;
    struct str *out = packing_next(packing);
    str_adds(out, "<</Type/StructTreeRoot/K[");
    add_element_reference(out, &places, DOCUMENT);
    str_adds(out, "]/ParentTree ");
    packing_add_reference(packing, out, places.tree);
    str_addf(out, "/ParentTreeNextKey %zu>>", structure->pages_count);
    for (uint32_t i = 0; i < structure->elements_count; i++)
        pack_element(structure, i, packing, &places);
    pack_parent_tree(structure, packing, &places);
}
