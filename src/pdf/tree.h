/*
 * A tree of elements (ISO 32000-1 §14.7, §14.8.4), and which parts of which pages each of them holds. It is kept as small
 * records until the document is finished, and written then, packed.
 */
#ifndef POSTBAG_PDF_TREE_H
#define POSTBAG_PDF_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "pdf/packing.h"

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
    KIND_FIGURE,
    KIND_TABLE,
    KIND_TR,
    KIND_TH,
    KIND_TD,
};

/* The root; and, since that stands in nothing and holds no part of a page itself: no element, an artifact. */
enum { TREE_DOCUMENT = 0, TREE_NONE = 0 };

/* What is written around operators: "/TAG<</MCID ID>>BDC". */
struct mark {
    const char *tag;
    uint32_t id; /* of the page */
};

struct element;
struct content;
struct page_contents;

struct tree {
    struct element *elements; /* parents before their children; the first is the document */
    size_t elements_count, elements_room;
    struct content *contents; /* page by page; the first is none */
    size_t contents_count, contents_room;
    struct page_contents *pages;
    size_t pages_count, pages_room;
};

void tree_init(struct tree *tree);
void tree_release(struct tree *tree);

/* The same as new, with the memory that it has. */
void tree_clear(struct tree *tree);

/* A new element, the last one in PARENT. ENTRIES of its dictionary are borrowed, and may be NULL. */
uint32_t tree_add(struct tree *tree, enum kind kind, uint32_t parent, const char *entries);

/* The next page, which is object NUMBER. */
void tree_add_page(struct tree *tree, uint32_t number);

/* What comes next on the last page belongs to ELEMENT, which has either children or contents, never both. */
struct mark tree_mark(struct tree *tree, uint32_t element);

/* How many objects it is. */
uint32_t tree_objects(const struct tree *tree);

/* The objects themselves: the first is the root of the structure, to which the catalogue points. */
void tree_pack(const struct tree *tree, struct packing *packing);

#endif
