/*
 * A CFF font comes in and goes out with an identity charset, changed in place. The identity never needs more room than
 * what it replaces: one range of five bytes, or a form as long as the old one where that is shorter still.
 */
#include "pdf/cff.h"

#include <stdbool.h>
#include <stdint.h>

struct cff {
    unsigned char *bytes;
    size_t length;
    size_t at;
    bool broken; /* something pointed past the end; everything read since is 0 */
};

static uint32_t read_number(struct cff *cff, size_t size) {
    if (cff->broken || cff->length - cff->at < size) {
        cff->broken = true;
        return 0;
    }
    uint32_t number = 0;
    while (size-- > 0)
        number = number << 8 | cff->bytes[cff->at++];
    return number;
}

static void skip(struct cff *cff, size_t size) {
    if (cff->broken || cff->length - cff->at < size)
        cff->broken = true;
    else
        cff->at += size;
}

/* An INDEX (§5): a count, the size of offsets, count + 1 offsets from 1, the data. Moves to the first datum; returns
 * where the INDEX ends. */
static size_t read_index(struct cff *cff) {
    uint32_t count = read_number(cff, 2);
    if (count == 0)
        return cff->at;
    uint32_t offset_size = read_number(cff, 1);
    if (offset_size < 1 || offset_size > 4)
        cff->broken = true;
    skip(cff, (size_t)count * offset_size);
    uint32_t end = read_number(cff, offset_size);
    if (cff->broken || end == 0 || cff->length - cff->at < end - 1) {
        cff->broken = true;
        return cff->at;
    }
    return cff->at + end - 1;
}

/* An operand of a DICT (§4), whose first byte is read already. Reals are skipped: nothing looked for here is one. */
static uint32_t read_operand(struct cff *cff, uint32_t first) {
    if (first == 28)
        return read_number(cff, 2);
    if (first == 29)
        return read_number(cff, 4);
    if (first >= 32 && first <= 246)
        return first - 139;
    if (first >= 247 && first <= 250)
        return (first - 247) * 256 + read_number(cff, 1) + 108;
    if (first >= 251 && first <= 254)
        return (uint32_t)0 - ((first - 251) * 256 + read_number(cff, 1) + 108);
    if (first == 30)
        for (uint32_t pair = 0; !cff->broken && (pair & 0x0F) != 0x0F;)
            pair = read_number(cff, 1);
    return 0;
}

/* The Top DICT (§9) up to END: whether it is CID-keyed (operator 12 30, ROS), and where the charset is (operator 15). */
static bool read_top(struct cff *cff, size_t end, uint32_t *charset) {
    enum { CHARSET = 15, ESCAPE = 12, ROS = 30, OPERATORS_END = 22 };
    bool keyed = false;
    uint32_t operand = 0;
    *charset = 0;
    while (!cff->broken && cff->at < end) {
        uint32_t first = read_number(cff, 1);
        if (first >= OPERATORS_END)
            operand = read_operand(cff, first);
        else if (first == ESCAPE)
            keyed |= read_number(cff, 1) == ROS;
        else if (first == CHARSET)
            *charset = operand;
    }
    return keyed;
}

static void put_16(unsigned char *to, unsigned number) {
    to[0] = (unsigned char)(number >> 8);
    to[1] = (unsigned char)number;
}

/* Charsets (§13) leave out glyph 0. Format 0: a CID of each glyph. Formats 1 and 2: first CID, and how many follow it
 * (in one byte, in two). */
static int write_identity(struct cff *cff, unsigned glyphs_count) {
    unsigned char *charset = cff->bytes + cff->at;
    uint32_t format = read_number(cff, 1);
    unsigned following = glyphs_count - 2;
    skip(cff, 2);
    if (format == 0) {
        skip(cff, (size_t)following * 2);
        for (unsigned i = 1; !cff->broken && i < glyphs_count; i++)
            put_16(charset + 2 * i - 1, i);
    } else if (format == 1 && read_number(cff, 1) == following) {
        if (!cff->broken)
            put_16(charset + 1, 1);
    } else if (format == 1 || format == 2) {
        skip(cff, 1); /* format 1 has at least two ranges here, format 2 a second byte of the count */
        if (!cff->broken) {
            charset[0] = 2;
            put_16(charset + 1, 1);
            put_16(charset + 3, following);
        }
    } else {
        return -1;
    }
    return cff->broken ? -1 : 0;
}

int cff_identify(unsigned char *bytes, size_t length, unsigned glyphs_count) {
    struct cff cff = {bytes, length, 0, false};
    skip(&cff, 2);
    uint32_t header_size = read_number(&cff, 1);
    if (header_size < 4)
        return -1;
    skip(&cff, header_size - 3);
    size_t names_end = read_index(&cff);
    cff.at = names_end;
    size_t end = read_index(&cff); /* Top DICTs, of which an OpenType font has one */
    uint32_t charset;
    bool keyed = read_top(&cff, end, &charset);
    if (cff.broken)
        return -1;
    /* 0 to 2 are the ready-made charsets, which a CID-keyed font must not name; readers take the identity then. */
    if (!keyed || charset <= 2 || glyphs_count < 2)
        return 0;
    if (charset >= length)
        return -1;
    cff.at = charset;
    return write_identity(&cff, glyphs_count);
}
