/*
 * Likeness: a letter comes in, a few dozen numbers go out that another letter with the same sentences has, too. The one
 * idea is WriteToThem's; ours is only that the window's CRC rolls: CRC-32 is linear, so the byte that leaves a window
 * is taken out of the register by a table, and a window costs two look-ups in place of thirty-two.
 */
#include "letter/likeness.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define CRC_POLYNOMIAL 0xEDB88320u /* CRC-32 of ISO 3309, reflected */
enum { KEPT_MASK = 0xF };

/* CRC after COUNT bytes of nought. */
static uint32_t over_noughts(const struct likeness_meter *meter, uint32_t crc, size_t count) {
    while (count-- > 0)
        crc = meter->step[crc & 0xFF] ^ crc >> 8;
    return crc;
}

void likeness_meter_init(struct likeness_meter *meter) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? CRC_POLYNOMIAL ^ crc >> 1 : crc >> 1;
        meter->step[byte] = crc;
    }
    for (uint32_t byte = 0; byte < 256; byte++)
        meter->leave[byte] = over_noughts(meter, meter->step[byte], LIKENESS_WINDOW);
    meter->whole = over_noughts(meter, UINT32_MAX, LIKENESS_WINDOW) ^ UINT32_MAX;
}

/* The text. */

/* The body is what its writer says; the rest of a letter says who writes to whom. */
static bool is_body(enum block_kind kind) {
    return kind == BLOCK_SUBJECT || kind == BLOCK_HEADING || kind == BLOCK_PARAGRAPH || kind == BLOCK_ITEM;
}

/* Punctuation beyond ASCII, as letters have it: Latin-1's, general punctuation, and that of Chinese and Japanese. */
static bool is_punctuation(uint32_t c) {
    static const uint32_t latin[] = {0xA1, 0xA7, 0xAB, 0xB6, 0xB7, 0xBB, 0xBF};
    for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
        if (c == latin[i])
            return true;
    return (c >= 0x2010 && c <= 0x2027) || (c >= 0x2030 && c <= 0x205E) || (c >= 0x3001 && c <= 0x3003) ||
           (c >= 0x3008 && c <= 0x3011) || (c >= 0x3014 && c <= 0x301F);
}

/* The bytes at the start of TEXT that are ASCII go through without the Unicode tables. Returns how many there are. */
static size_t add_ascii(struct str *out, const char *text, size_t length) {
    char *to = str_extend(out, length);
    size_t at = 0, kept = 0;
    for (; at < length && (unsigned char)text[at] < 0x80; at++) {
        char c = text[at];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            to[kept++] = c;
    }
    str_cut(out, out->length - (length - kept));
    return at;
}

static void add_text(struct str *out, const char *text, size_t length) {
    for (size_t at = 0; at < length && out->length < LIKENESS_BYTES_MAX;) {
        at += add_ascii(out, text + at, length - at);
        if (at == length)
            break;
        size_t start = at;
        uint32_t c = text_next(text, length, &at);
        if (!text_is_space(c) && !is_punctuation(c))
            text_fold(out, text + start, at - start);
    }
}

void likeness_text(struct str *out, const struct letter *letter) {
    for (size_t i = 0; i < letter->blocks_count; i++) {
        const struct letter_block *block = &letter->blocks[i];
        for (size_t j = 0; is_body(block->kind) && j < block->runs_count; j++)
            add_text(out, block->runs[j].text, block->runs[j].length);
    }
}

/* The numbers. */

/* Keeps CRC in its place in the order, unless it is there. */
static bool keep(struct likeness *likeness, uint32_t crc) {
    size_t low = 0, high = likeness->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (likeness->items[middle] < crc)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < likeness->count && likeness->items[low] == crc)
        return false;
    memory_grow(&likeness->items, &likeness->room, likeness->count + 1, sizeof *likeness->items);
    memmove(likeness->items + low + 1, likeness->items + low, (likeness->count - low) * sizeof *likeness->items);
    likeness->items[low] = crc;
    likeness->count++;
    return true;
}

void likeness_read(struct likeness *likeness, const struct likeness_meter *meter, const char *text, size_t length) {
    static const size_t window = LIKENESS_WINDOW;
    const unsigned char *bytes = (const unsigned char *)text;
    likeness->count = 0;
    if (length > LIKENESS_BYTES_MAX)
        length = LIKENESS_BYTES_MAX;
    uint32_t crc = 0;
    size_t filled = 0; /* bytes of the window, which ends before byte I */
    for (size_t i = 0; i < length;) {
        crc = meter->step[(crc ^ bytes[i]) & 0xFF] ^ crc >> 8;
        i++;
        if (filled < window)
            filled++;
        else
            crc ^= meter->leave[bytes[i - 1 - window]];
        uint32_t whole = crc ^ meter->whole;
        if (filled == window && (whole & KEPT_MASK) == 0 && keep(likeness, whole)) {
            filled = 0;
            crc = 0;
        }
    }
}

void likeness_release(struct likeness *likeness) {
    free(likeness->items);
    *likeness = LIKENESS_EMPTY;
}

double likeness_between(const struct likeness *a, const struct likeness *b) {
    size_t common = 0;
    if (a->count == 0 || b->count == 0)
        return 0;
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        if (a->items[i] == b->items[j]) {
            common++;
            i++;
            j++;
        } else if (a->items[i] < b->items[j]) {
            i++;
        } else {
            j++;
        }
    }
    return 2.0 * (double)common / (double)(a->count + b->count);
}
