/*
 * The structure of a document: what its lines are, in the order in which they are read (ISO 32000-1 §14.7, §14.8), for
 * those who hear a letter or have it set anew. A document is letters of paragraphs, headings, lists, quotations and
 * figures; every other mark on a page is an artifact.
 *
 * It is kept as small records until the document is finished, and written then, packed.
 */
#ifndef POSTBAG_PDF_STRUCTURE_H
#define POSTBAG_PDF_STRUCTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "letter/page.h"
#include "pdf/packing.h"

/* What is written around operators: "/TAG<</MCID ID>>BDC". */
struct mark {
    const char *tag;
    uint32_t id; /* of the page */
};

enum { STRUCTURE_ARTIFACT = 0 }; /* in place of an element: no part of the structure */

struct element;
struct content;
struct page_contents;
struct known_block;

enum { STRUCTURE_LEVELS_MAX = 32 }; /* of lists and quotations in each other; deeper ones count as this one */

struct structure {
    struct element *elements; /* parents before their children; the first is the document */
    size_t elements_count, elements_room;
    struct content *contents; /* page by page; the first is none */
    size_t contents_count, contents_room;
    struct page_contents *pages;
    size_t pages_count, pages_room;

    /* The letter that is being added: */
    struct known_block *known; /* its blocks as far as they have begun */
    size_t known_count, known_room;
    uint32_t letter; /* the element that holds it */
    bool has_subject;
    struct level {
        bool quotation;
        bool numbered;
        unsigned number;  /* of the last item */
        uint32_t element; /* the list or the quotation */
        uint32_t body;    /* what the next block goes into: of the last item, or the quotation itself */
    } levels[STRUCTURE_LEVELS_MAX];
    size_t levels_count;
    uint32_t *parts; /* of the last page */
    size_t parts_room;
    struct arena texts;
};

void structure_init(struct structure *structure);
void structure_release(struct structure *structure);

/*
 * Begins a letter. PARTED: it is one of several, and an element of its own; TITLE and LANGUAGE are that element's, and
 * may be NULL.
 */
void structure_letter(struct structure *structure, bool parted, const char *title, size_t title_max,
                      const char *language);

/*
 * Adds the next page of the letter, which is object NUMBER. Returns the elements that its lines belong to, and then those
 * of its figures, valid until the next call.
 */
const uint32_t *structure_page(struct structure *structure, const struct page *page, uint32_t number);

/* What comes next on that page belongs to ELEMENT. */
struct mark structure_mark(struct structure *structure, uint32_t element);

/* How many objects it is. */
uint32_t structure_objects(const struct structure *structure);

/* The objects themselves: the first is the root, to which the catalogue points. */
void structure_pack(const struct structure *structure, struct packing *packing);

#endif
