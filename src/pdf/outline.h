/*
 * The ways into a document of many letters: its outline, in groups, and the labels of its pages (ISO 32000-1 §12.3.3,
 * §12.4.2). Trees are cut into nodes, because an array may hold only so much.
 */
#ifndef POSTBAG_PDF_OUTLINE_H
#define POSTBAG_PDF_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "pdf/packing.h"

struct outline_item;
struct outline_label;

struct outline {
    struct outline_item *items; /* a group before its members */
    size_t items_count, items_room;
    size_t group;                 /* that the last item stands in; SIZE_MAX: in none */
    struct outline_label *labels; /* one for each letter */
    size_t labels_count, labels_room;
    bool labelled; /* some letter has a label */
    struct str texts;
    size_t length_max; /* bytes of a title */
};

void outline_init(struct outline *outline, size_t length_max);
void outline_release(struct outline *outline);

/*
 * A letter that begins at page number PAGE_INDEX, from 0, which is object PAGE. GROUP, TITLE and LABEL as in struct
 * pdf_entry; copied.
 */
void outline_add(struct outline *outline, const char *group, const char *title, const char *label, uint32_t page_index,
                 uint32_t page);

/* What the catalogue says of it: Outlines and PageLabels, as far as there are any, packed from object FIRST on. */
void outline_add_entries(const struct outline *outline, const struct packing *packing, uint32_t first, struct str *out);

/* The objects themselves, of which the next one is FIRST. */
void outline_pack(const struct outline *outline, struct packing *packing);

#endif
