/*
 * What stands in an OpenType font's tables that HarfBuzz does not tell: whether it may be embedded, and how a PDF
 * describes it. Tables come from files of any origin: nothing is read beyond their ends.
 */
#ifndef POSTBAG_LETTER_OPENTYPE_H
#define POSTBAG_LETTER_OPENTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* A missing table has length 0. */
struct opentype_table {
    const unsigned char *bytes;
    size_t length;
};

struct opentype_tables {
    struct opentype_table head, hhea, os2, post;
};

/* For a PDF's font descriptor (ISO 32000-1 §9.8); lengths in micro-em. */
struct opentype_description {
    int32_t ascent, descent; /* descent is negative */
    int32_t cap_height, x_height;
    int32_t bounds[4]; /* left, bottom, right, top */
    int32_t italic_angle_mdeg;
    int32_t stem_v;
    bool serif, italic, fixed_pitch;
};

/* Whether the font's licence, as OS/2 states it, allows a subset in a document for print and preview. */
bool opentype_may_embed(const struct opentype_table *os2);

struct opentype_description opentype_describe(const struct opentype_tables *tables);

/*
 * Cuts a `kern` table, which hb-subset only drops, down to a subset: NUMBERS gives the new number of each of the
 * font's COUNT glyphs, 0 for those that are gone. Appends the new table to OUT, or nothing where no pair is left.
 */
void opentype_cut_kern(const struct opentype_table *kern, const uint16_t *numbers, size_t count, struct str *out);

#endif
