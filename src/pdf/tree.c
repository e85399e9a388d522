/*
 * Elements and parts of pages come in, dictionaries go out. The one idea: elements and what they hold are numbered in the
 * order in which they begin, so that an element's number in the file is known as soon as it is made, and what stands on a
 * page is a row of neighbours.
 */
#include "pdf/tree.h"

#include <stdlib.h>

#include "base/memory.h"
#include "pdf/syntax.h"

enum { NODE_PAGES = 32 /* in a node of the parent tree */ };

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
    [KIND_TABLE] = "Table",
    [KIND_TR] = "TR",
    [KIND_TH] = "TH",
    [KIND_TD] = "TD",
};

/* It has either children or contents, never both. */
struct element {
    unsigned char kind;
    uint32_t parent;
    uint32_t next;        /* sibling, or TREE_NONE */
    uint32_t first, last; /* of its children, or TREE_NONE: the document is nobody's child */
    uint32_t first_content, last_content;
    const char *entries; /* further ones of its dictionary, or NULL */
};

/* A part of a page. */
struct content {
    uint32_t element;
    uint32_t page; /* index */
    uint32_t next; /* of the same element, or TREE_NONE */
};

struct page_contents {
    uint32_t number; /* of the page's object */
    uint32_t first;  /* content; its id is 0 */
};

uint32_t tree_add(struct tree *tree, enum kind kind, uint32_t parent, const char *entries) {
    uint32_t i = (uint32_t)tree->elements_count;
    struct element *element = MEMORY_PUSH(tree->elements, tree->elements_count, tree->elements_room);
    *element = (struct element){.kind = (unsigned char)kind, .parent = parent, .entries = entries};
    if (i == TREE_DOCUMENT)
        return i;
    struct element *above = &tree->elements[parent];
    if (above->first == TREE_NONE)
        above->first = i;
    else
        tree->elements[above->last].next = i;
    above->last = i;
    return i;
}

void tree_init(struct tree *tree) {
    *tree = (struct tree){0};
    tree_clear(tree);
}

void tree_clear(struct tree *tree) {
    tree->elements_count = tree->contents_count = tree->pages_count = 0;
    tree_add(tree, KIND_DOCUMENT, TREE_DOCUMENT, NULL);
    *MEMORY_PUSH(tree->contents, tree->contents_count, tree->contents_room) = (struct content){0};
}

void tree_release(struct tree *tree) {
    free(tree->elements);
    free(tree->contents);
    free(tree->pages);
}

void tree_add_page(struct tree *tree, uint32_t number) {
    *MEMORY_PUSH(tree->pages, tree->pages_count, tree->pages_room) =
        (struct page_contents){number, (uint32_t)tree->contents_count};
}

struct mark tree_mark(struct tree *tree, uint32_t element) {
    uint32_t page = (uint32_t)tree->pages_count - 1, i = (uint32_t)tree->contents_count;
    *MEMORY_PUSH(tree->contents, tree->contents_count, tree->contents_room) =
        (struct content){.element = element, .page = page};
    struct element *of = &tree->elements[element];
    if (of->first_content == TREE_NONE)
        of->first_content = i;
    else
        tree->contents[of->last_content].next = i;
    of->last_content = i;
    return (struct mark){kind_names[of->kind], i - tree->pages[page].first};
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

static void add_page_reference(struct str *out, const struct tree *tree, uint32_t page) {
    str_adds(out, "/Pg ");
    syntax_add_number(out, tree->pages[page].number, 0);
    str_adds(out, " 0 R");
}

/* The contents of ELEMENT: numbers for those on its first page, dictionaries for others. */
static void add_contents(struct str *out, const struct tree *tree, const struct element *element) {
    uint32_t page = tree->contents[element->first_content].page;
    bool several = tree->contents[element->first_content].next != TREE_NONE;
    add_page_reference(out, tree, page);
    str_adds(out, several ? "/K[" : "/K ");
    for (uint32_t i = element->first_content; i != TREE_NONE; i = tree->contents[i].next) {
        const struct content *content = &tree->contents[i];
        if (content->page != page) {
            str_adds(out, "<</Type/MCR");
            add_page_reference(out, tree, content->page);
            str_adds(out, "/MCID ");
        }
        syntax_add_number(out, i - tree->pages[content->page].first, 0);
        if (content->page != page)
            str_adds(out, ">>");
        else if (content->next != TREE_NONE)
            str_addc(out, ' ');
    }
    if (several)
        str_addc(out, ']');
}

static void add_children(struct str *out, const struct tree *tree, const struct element *element,
                         const struct places *places) {
    str_adds(out, "/K[");
    for (uint32_t i = element->first; i != TREE_NONE; i = tree->elements[i].next) {
        add_element_reference(out, places, i);
        if (tree->elements[i].next != TREE_NONE)
            str_addc(out, ' ');
    }
    str_addc(out, ']');
}

static void pack_element(const struct tree *tree, uint32_t i, struct packing *packing, const struct places *places) {
    const struct element *element = &tree->elements[i];
    struct str *out = packing_next(packing);
    str_adds(out, "<</S/");
    str_adds(out, kind_names[element->kind]);
    str_adds(out, "/P ");
    if (i == TREE_DOCUMENT)
        packing_add_reference(packing, out, places->root);
    else
        add_element_reference(out, places, element->parent);
    if (element->entries != NULL)
        str_adds(out, element->entries);
    if (element->first_content != TREE_NONE)
        add_contents(out, tree, element);
    else if (element->first != TREE_NONE)
        add_children(out, tree, element, places);
    str_adds(out, ">>");
}

/* "INDEX[…]" for the pages FIRST to END - 1: which element each of their contents belongs to (§14.7.4.4). */
static void add_parents(struct str *out, const struct tree *tree, size_t first, size_t end,
                        const struct places *places) {
    str_adds(out, "/Nums[");
    for (size_t page = first; page < end; page++) {
        size_t content = tree->pages[page].first;
        size_t last = page + 1 < tree->pages_count ? tree->pages[page + 1].first : tree->contents_count;
        syntax_add_number(out, (int64_t)page, 0);
        for (str_addc(out, '['); content < last; content++) {
            add_element_reference(out, places, tree->contents[content].element);
            if (content + 1 < last)
                str_addc(out, ' ');
        }
        str_addc(out, ']');
    }
    str_addc(out, ']');
}

/* How many nodes there are below the parent tree's root. */
static uint32_t count_nodes(const struct tree *tree) {
    size_t count = tree->pages_count;
    return count <= NODE_PAGES ? 0 : (uint32_t)((count + NODE_PAGES - 1) / NODE_PAGES);
}

static void pack_parent_tree(const struct tree *tree, struct packing *packing, const struct places *places) {
    size_t count = tree->pages_count;
    struct str *out = packing_next(packing);
    str_adds(out, "<<");
    if (count <= NODE_PAGES) {
        add_parents(out, tree, 0, count, places);
        str_adds(out, ">>");
        return;
    }
    str_adds(out, "/Kids[");
    for (uint32_t i = 0; i < count_nodes(tree); i++) {
        packing_add_reference(packing, out, places->tree + 1 + i);
        str_addc(out, ' ');
    }
    str_adds(out, "]>>");
    for (size_t first = 0; first < count; first += NODE_PAGES) {
        size_t end = first + NODE_PAGES < count ? first + NODE_PAGES : count;
        out = packing_next(packing);
        str_addf(out, "<</Limits[%zu %zu]", first, end - 1);
        add_parents(out, tree, first, end, places);
        str_adds(out, ">>");
    }
}

uint32_t tree_objects(const struct tree *tree) {
    return 1 + (uint32_t)tree->elements_count + 1 + count_nodes(tree);
}

void tree_pack(const struct tree *tree, struct packing *packing) {
    struct places places = {.packing = packing, .root = packing->count, .elements = packing->count + 1};
    places.tree = places.elements + (uint32_t)tree->elements_count;
    struct str *out = packing_next(packing);
    str_adds(out, "<</Type/StructTreeRoot/K[");
    add_element_reference(out, &places, TREE_DOCUMENT);
    str_adds(out, "]/ParentTree ");
    packing_add_reference(packing, out, places.tree);
    str_addf(out, "/ParentTreeNextKey %zu>>", tree->pages_count);
    for (uint32_t i = 0; i < tree->elements_count; i++)
        pack_element(tree, i, packing, &places);
    pack_parent_tree(tree, packing, &places);
}
