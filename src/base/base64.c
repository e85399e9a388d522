/*
 * Base64: bytes come in, characters go out, and back. The one idea: three bytes are four characters, and only the one
 * text that the encoder would write is read, so that nothing has two spellings (RFC 4648 §3.5).
 */
#include "base/base64.h"

#include <stdbool.h>
#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct str *out, const void *bytes, size_t length) {
    const unsigned char *from = bytes;
    char *to = str_extend(out, (length + 2) / 3 * 4);
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
