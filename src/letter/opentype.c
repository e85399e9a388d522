/*
 * OpenType tables: big-endian bytes come in, a description goes out. Each field is read through a function that gives
 * nought beyond a table's end, so that a short or damaged table gives a dull description and nothing worse.
 */
#include "letter/opentype.h"

#include <stdlib.h>
#include <string.h>

enum { MICRO_EM = 1000000 };

static unsigned byte_at(const struct opentype_table *table, size_t at) {
    return at < table->length ? table->bytes[at] : 0;
}

static unsigned unsigned_at(const struct opentype_table *table, size_t at) {
    return byte_at(table, at) << 8 | byte_at(table, at + 1);
}

static int32_t signed_at(const struct opentype_table *table, size_t at) {
    return (int16_t)unsigned_at(table, at);
}

bool opentype_may_embed(const struct opentype_table *os2) {
    /* OS/2 fsType: of the first four bits the most generous holds; further ones forbid subsets, or outlines. */
    enum { RESTRICTED = 0x0002, USAGE = 0x000E, NO_SUBSET = 0x0100, BITMAPS_ONLY = 0x0200 };
    unsigned type = unsigned_at(os2, 8);
    return (type & USAGE) != RESTRICTED && (type & (NO_SUBSET | BITMAPS_ONLY)) == 0;
}

static int32_t micro_em(int32_t units, unsigned units_per_em) {
    return (int32_t)((int64_t)units * MICRO_EM / (units_per_em == 0 ? 1000 : units_per_em));
}

/* No table gives the width of stems. This is the usual guess from the weight: 80 thousandths of an em at 400, 140 at 700. */
static int32_t stem_v(unsigned weight) {
    if (weight < 100 || weight > 1000)
        weight = 400;
    return (int32_t)weight * 200;
}

/* By the family class of OS/2, else by its PANOSE number; a text face that says neither is taken to have serifs. */
static bool has_serifs(const struct opentype_table *os2) {
    unsigned class = byte_at(os2, 30);
    if (class != 0)
        return class <= 5 || class == 7;
    unsigned kind = byte_at(os2, 32), serifs = byte_at(os2, 33);
    return kind != 2 || serifs < 11;
}

struct opentype_description opentype_describe(const struct opentype_tables *tables) {
    const struct opentype_table *head = &tables->head, *os2 = &tables->os2, *post = &tables->post;
    unsigned em = unsigned_at(head, 18);
    int32_t lean = signed_at(post, 4) * 1000 + (int32_t)(unsigned_at(post, 6) * 1000 / 0x10000);
    struct opentype_description description = {
        .ascent = micro_em(signed_at(&tables->hhea, 4), em),
        .descent = micro_em(signed_at(&tables->hhea, 6), em),
        .italic_angle_mdeg = lean,
        .stem_v = stem_v(unsigned_at(os2, 4)),
        .serif = has_serifs(os2),
        .italic = lean != 0 || (unsigned_at(head, 44) & 2) != 0,
        .fixed_pitch = unsigned_at(post, 12) != 0 || unsigned_at(post, 14) != 0,
    };
    for (size_t i = 0; i < 4; i++)
        description.bounds[i] = micro_em(signed_at(head, 36 + 2 * i), em);
    if (description.descent > 0)
        description.descent = -description.descent;
    if (unsigned_at(os2, 0) >= 2) {
        description.x_height = micro_em(signed_at(os2, 86), em);
        description.cap_height = micro_em(signed_at(os2, 88), em);
    }
    if (description.cap_height <= 0)
        description.cap_height = description.ascent * 7 / 10;
    if (description.x_height <= 0)
        description.x_height = description.cap_height * 2 / 3;
    return description;
}

enum { KERN_HEADER = 4, KERN_SUBTABLE_HEADER = 14, KERN_PAIR = 6, KERN_PAIRS_MAX = 10000 };

static void add_unsigned(struct str *out, unsigned number) {
    str_addc(out, (char)(number >> 8));
    str_addc(out, (char)number);
}

/* Two pairs as bytes: big-endian numbers sort like their bytes, and the value follows the glyphs. */
static int by_glyphs(const void *a, const void *b) {
    return memcmp(a, b, 4);
}

/* Adds the pairs of the subtable at AT of which both glyphs are left, renumbered. Returns where the next one begins. */
static size_t add_pairs(struct str *out, const struct opentype_table *kern, size_t at, const uint16_t *numbers,
                        size_t count, size_t *pairs_count) {
    enum {
        HORIZONTAL = 1
    }; /* a coverage of format 0 (the high byte), and neither minimum, cross-stream nor override */
    size_t pairs = unsigned_at(kern, at + 6), end = at + KERN_SUBTABLE_HEADER + pairs * KERN_PAIR;
    if (unsigned_at(kern, at + 4) >> 8 != 0)
        return at + unsigned_at(kern, at + 2);
    if (unsigned_at(kern, at + 4) != HORIZONTAL)
        return end;
    for (size_t pair = at + KERN_SUBTABLE_HEADER; pair < end && pair + KERN_PAIR <= kern->length; pair += KERN_PAIR) {
        unsigned left = unsigned_at(kern, pair), right = unsigned_at(kern, pair + 2);
        if (left >= count || right >= count || numbers[left] == 0 || numbers[right] == 0 ||
            *pairs_count == KERN_PAIRS_MAX)
            continue;
        add_unsigned(out, numbers[left]);
        add_unsigned(out, numbers[right]);
        add_unsigned(out, unsigned_at(kern, pair + 4));
        (*pairs_count)++;
    }
    return end; /* not by the subtable's length, whose 16 bits are too few for the larger ones in use */
}

void opentype_cut_kern(const struct opentype_table *kern, const uint16_t *numbers, size_t count, struct str *out) {
    if (unsigned_at(kern, 0) != 0) /* Apple's kind */
        return;
    struct str pairs = STR_EMPTY;
    size_t pairs_count = 0, at = KERN_HEADER;
    for (unsigned i = unsigned_at(kern, 2); i > 0 && at < kern->length; i--) {
        size_t next = add_pairs(&pairs, kern, at, numbers, count, &pairs_count);
        if (next <= at)
            break;
        at = next;
    }
    if (pairs_count > 0) {
        qsort(pairs.bytes, pairs_count, KERN_PAIR, by_glyphs);
        unsigned log2 = 0;
        while ((size_t)2 << log2 <= pairs_count)
            log2++;
        unsigned range = KERN_PAIR << log2;
        const unsigned fields[] = {0,
                                   1, /* the table: version, subtables */
                                   0,
                                   (unsigned)(KERN_SUBTABLE_HEADER + pairs_count * KERN_PAIR),
                                   1,
                                   (unsigned)pairs_count,
                                   range,
                                   log2,
                                   (unsigned)(pairs_count * KERN_PAIR - range)};
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
            add_unsigned(out, fields[i]);
        str_add(out, pairs.bytes, pairs.length);
    }
    str_release(&pairs);
}
