/*
 * OpenType tables: big-endian bytes come in, a description goes out. Each field is read through a function that gives
 * nought beyond a table's end, so that a short or damaged table gives a dull description and nothing worse.
 */
#include "letter/opentype.h"

#include <string.h>

enum { MICRO_EM = 1000000, CFF_GLYPHS_MAX = 0xFFFF };

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

/* Where the data of a CFF INDEX at AT begin and end (its first object only), and what follows it. False: damaged. */
static bool cff_index(const struct opentype_table *cff, size_t at, size_t *first, size_t *first_end, size_t *end) {
    unsigned count = unsigned_at(cff, at);
    if (count == 0) {
        *first = *first_end = *end = at + 2;
        return at + 2 <= cff->length;
    }
    unsigned size = byte_at(cff, at + 2);
    if (size < 1 || size > 4)
        return false;
    size_t offsets[3] = {0}; /* of the first object, behind it, and behind the last */
    const size_t which[3] = {0, 1, count};
    for (size_t i = 0; i < 3; i++)
        for (size_t b = 0; b < size; b++)
            offsets[i] = offsets[i] << 8 | byte_at(cff, at + 3 + which[i] * size + b);
    size_t base = at + 3 + ((size_t)count + 1) * size - 1;
    *first = base + offsets[0];
    *first_end = base + offsets[1];
    *end = base + offsets[2];
    return offsets[0] >= 1 && *first <= *first_end && *first_end <= *end && *end <= cff->length;
}

/*
 * Walks the operators of a DICT (Adobe TN 5176 §4): is it a CID font (ROS), and where is its charset? Operands are
 * kept only as far as the last integer, which is what `charset` takes.
 */
static bool cff_top_dict(const struct opentype_table *cff, size_t at, size_t end, bool *has_cids, size_t *charset) {
    enum { CHARSET = 15, ESCAPE = 12, ROS = 30, SHORT = 28, LONG = 29, REAL = 30 };
    size_t operand = 0;
    while (at < end) {
        unsigned b = byte_at(cff, at++);
        if (b == ESCAPE) {
            *has_cids |= byte_at(cff, at++) == ROS;
        } else if (b <= 21) {
            if (b == CHARSET)
                *charset = operand;
        } else if (b == SHORT) {
            operand = unsigned_at(cff, at);
            at += 2;
        } else if (b == LONG) {
            operand = (size_t)unsigned_at(cff, at) << 16 | unsigned_at(cff, at + 2);
            at += 4;
        } else if (b == REAL) {
            while (at < end && (byte_at(cff, at) & 0x0F) != 0x0F && (byte_at(cff, at) & 0xF0) != 0xF0)
                at++;
            at++;
        } else if (b >= 247 && b <= 254) {
            operand = b <= 250 ? (b - 247) * 256 + byte_at(cff, at) + 108 : 0;
            at++;
        } else {
            operand = b >= 139 && b <= 246 ? b - 139 : 0;
        }
    }
    return at == end;
}

/* The length of the charset at AT (Adobe TN 5176 §13) for glyphs 1 to COUNT - 1, or 0. */
static size_t cff_charset_length(const struct opentype_table *cff, size_t at, unsigned count) {
    unsigned format = byte_at(cff, at);
    if (format == 0)
        return 1 + 2 * ((size_t)count - 1);
    if (format > 2)
        return 0;
    size_t length = 1, step = format == 1 ? 3 : 4;
    for (unsigned covered = 1; covered < count; length += step) {
        if (at + length + step > cff->length)
            return 0;
        covered += 1 + (format == 1 ? byte_at(cff, at + length + 2) : unsigned_at(cff, at + length + 2));
    }
    return length;
}

bool opentype_number_cff(unsigned char *bytes, size_t length, unsigned glyphs_count) {
    const struct opentype_table cff = {bytes, length};
    size_t names, names_end, top, top_end, end, charset = 0;
    bool has_cids = false;
    if (!cff_index(&cff, byte_at(&cff, 2), &names, &names_end, &end) || !cff_index(&cff, end, &top, &top_end, &end) ||
        !cff_top_dict(&cff, top, top_end, &has_cids, &charset))
        return false;
    if (!has_cids || glyphs_count < 2)
        return true;

    /*
     * A new charset in the place of the old: one range from CID 1. As format 2 that is five bytes, as format 1 (fewer
     * than 258 glyphs) four, as format 0 (two glyphs) three: whichever the old one's format was, it is as long.
     */
    size_t room = cff_charset_length(&cff, charset, glyphs_count);
    if (glyphs_count > CFF_GLYPHS_MAX || charset < 4 || room == 0 || charset + room > length)
        return false;
    unsigned left = glyphs_count - 2;
    unsigned char *out = bytes + charset;
    if (room >= 5)
        memcpy(out, (unsigned char[]){2, 0, 1, (unsigned char)(left >> 8), (unsigned char)left}, 5);
    else if (room == 4 && left < 256)
        memcpy(out, (unsigned char[]){1, 0, 1, (unsigned char)left}, 4);
    else if (room == 3 && left == 0)
        memcpy(out, (unsigned char[]){0, 0, 1}, 3);
    else
        return false;
    return true;
}
