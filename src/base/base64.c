/*
 * Base64: bytes come in, characters go out, and back. The one idea: three bytes are four characters, and only the one
 * text that the encoder would write is read, so that nothing has two spellings (RFC 4648 §3.5).
 */
#include "base/base64.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* All pairs of characters, a row for each first one. */
#define P(a, b) \
    { a, b }
#define ROW(a)                                                                                                        \
    P(a, 'A'), P(a, 'B'), P(a, 'C'), P(a, 'D'), P(a, 'E'), P(a, 'F'), P(a, 'G'), P(a, 'H'), P(a, 'I'), P(a, 'J'),     \
        P(a, 'K'), P(a, 'L'), P(a, 'M'), P(a, 'N'), P(a, 'O'), P(a, 'P'), P(a, 'Q'), P(a, 'R'), P(a, 'S'), P(a, 'T'), \
        P(a, 'U'), P(a, 'V'), P(a, 'W'), P(a, 'X'), P(a, 'Y'), P(a, 'Z'), P(a, 'a'), P(a, 'b'), P(a, 'c'), P(a, 'd'), \
        P(a, 'e'), P(a, 'f'), P(a, 'g'), P(a, 'h'), P(a, 'i'), P(a, 'j'), P(a, 'k'), P(a, 'l'), P(a, 'm'), P(a, 'n'), \
        P(a, 'o'), P(a, 'p'), P(a, 'q'), P(a, 'r'), P(a, 's'), P(a, 't'), P(a, 'u'), P(a, 'v'), P(a, 'w'), P(a, 'x'), \
        P(a, 'y'), P(a, 'z'), P(a, '0'), P(a, '1'), P(a, '2'), P(a, '3'), P(a, '4'), P(a, '5'), P(a, '6'), P(a, '7'), \
        P(a, '8'), P(a, '9'), P(a, '+'), P(a, '/')
static const char pairs[64 * 64][2] = {
    ROW('A'), ROW('B'), ROW('C'), ROW('D'), ROW('E'), ROW('F'), ROW('G'), ROW('H'), ROW('I'), ROW('J'), ROW('K'),
    ROW('L'), ROW('M'), ROW('N'), ROW('O'), ROW('P'), ROW('Q'), ROW('R'), ROW('S'), ROW('T'), ROW('U'), ROW('V'),
    ROW('W'), ROW('X'), ROW('Y'), ROW('Z'), ROW('a'), ROW('b'), ROW('c'), ROW('d'), ROW('e'), ROW('f'), ROW('g'),
    ROW('h'), ROW('i'), ROW('j'), ROW('k'), ROW('l'), ROW('m'), ROW('n'), ROW('o'), ROW('p'), ROW('q'), ROW('r'),
    ROW('s'), ROW('t'), ROW('u'), ROW('v'), ROW('w'), ROW('x'), ROW('y'), ROW('z'), ROW('0'), ROW('1'), ROW('2'),
    ROW('3'), ROW('4'), ROW('5'), ROW('6'), ROW('7'), ROW('8'), ROW('9'), ROW('+'), ROW('/'),
};

static void put_pair(char *to, uint64_t bits) {
    memcpy(to, pairs[bits & 0xFFF], 2);
}

void base64_encode(struct str *out, const void *bytes, size_t length) {
    const unsigned char *from = bytes;
    char *to = str_extend(out, (length + 2) / 3 * 4);
    /* Six bytes at a time, of eight that are read: a PDF takes a third of the time. */
    for (; length >= sizeof(uint64_t); length -= 6, from += 6, to += 8) {
        uint64_t group;
        memcpy(&group, from, sizeof group);
        group = be64toh(group);
        put_pair(to, group >> 52);
        put_pair(to + 2, group >> 40);
        put_pair(to + 4, group >> 28);
        put_pair(to + 6, group >> 16);
    }
    for (; length >= 3; length -= 3, from += 3) {
        *to++ = alphabet[from[0] >> 2];
        *to++ = alphabet[(from[0] & 0x3) << 4 | from[1] >> 4];
        *to++ = alphabet[(from[1] & 0xF) << 2 | from[2] >> 6];
        *to++ = alphabet[from[2] & 0x3F];
    }
    if (length == 0)
        return;
    unsigned second = length == 2 ? from[1] : 0;
    *to++ = alphabet[from[0] >> 2];
    *to++ = alphabet[(from[0] & 0x3) << 4 | second >> 4];
    *to++ = length == 2 ? alphabet[(second & 0xF) << 2] : '=';
    *to = '=';
}

/* -1: no character of Base64. */
static int value_of(char character) {
    if (character >= 'A' && character <= 'Z')
        return character - 'A';
    if (character >= 'a' && character <= 'z')
        return character - 'a' + 26;
    if (character >= '0' && character <= '9')
        return character - '0' + 52;
    return character == '+' ? 62 : character == '/' ? 63 : -1;
}

/* The four characters at TEXT, of which the last PADDING are "=", to three bytes in one number; -1: they are none. */
static int32_t read_group(const char *text, size_t padding) {
    int32_t group = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? value_of(text[i]) : 0;
        if (value < 0)
            return -1;
        group = group << 6 | value;
    }
    int32_t unused = padding == 0 ? 0 : padding == 1 ? 0xFF : 0xFFFF; /* bits of bytes that are not there */
    return (group & unused) == 0 ? group : -1;
}

int base64_decode(struct str *out, const char *text, size_t length) {
    size_t start = out->length;
    if (length % 4 != 0)
        return -1;
    for (size_t at = 0; at < length; at += 4) {
        bool last = at + 4 == length;
        size_t padding = !last || text[at + 3] != '=' ? 0 : text[at + 2] == '=' ? 2 : 1;
        int32_t group = read_group(text + at, padding);
        if (group < 0) {
            str_cut(out, start);
            return -1;
        }
        const char bytes[3] = {(char)(group >> 16), (char)(group >> 8), (char)group};
        str_add(out, bytes, 3 - padding);
    }
    return 0;
}
