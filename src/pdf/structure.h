/*
 * The structure of a document: what its lines are, in the order in which they are read (ISO 32000-1 §14.7, §14.8), for
 * those who hear a letter or have it set anew. A document is letters of paragraphs, headings, lists, quotations and
 * figures, or a table; every other mark on a page is an artifact.
 */
#ifndef POSTBAG_PDF_STRUCTURE_H
#define POSTBAG_PDF_STRUCTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "letter/page.h"
#include "pdf/tree.h"

enum { STRUCTURE_LEVELS_MAX = 32 }; /* of lists and quotations in each other; deeper ones count as this one */

struct structure {
    struct tree tree;

    /* The letter that is being added: */
    uint32_t letter; /* the element that holds it */
    bool has_subject;
    const struct letter_block *block; /* of the last line */
    uint32_t element;                 /* of that line, and of the next if it goes on with the same paragraph */
    uint32_t body;                    /* what further paragraphs of the block go into */
    bool ended;                       /* the line was the end of a paragraph: a list's label, a line of an address */
    struct structure_table {
        uint32_t element; /* TREE_NONE: the last line was in no table */
        uint32_t cells;   /* the first of its last row; the others follow */
        unsigned columns;
    } table;
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

/* The same as new, with the memory that it has. */
void structure_clear(struct structure *structure);

/*
 * Begins a letter. PARTED: it is one of several, and an element of its own; TITLE and LANGUAGE are that element's, and
 * may be NULL.
 */
void structure_letter(struct structure *structure, bool parted, const char *title, const char *language);

/*
 * Adds the next page of the letter, which is object NUMBER. Returns the elements that its lines belong to, and then those
 * of its figures, valid until the next call; TREE_NONE for what is no part of the text.
 */
const uint32_t *structure_page(struct structure *structure, const struct page *page, uint32_t number);

#endif
