/*
 * Numbers, names and text come in; PDF's notation for them goes out. Numbers are fixed-point integers all the way, so
 * that no floating point, and no locale's decimal comma, comes near a page.
 */
#include "pdf/syntax.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static const char hex_digits[] = "0123456789ABCDEF";

static char *digits(char *to, uint64_t value) {
    char reversed[20];
    size_t count = 0;
    do {
        reversed[count++] = (char)('0' + value % 10);
    } while ((value /= 10) > 0);
    while (count > 0)
        *to++ = reversed[--count];
    return to;
}

char *syntax_number(char *to, int64_t value, unsigned decimals) {
    static const unsigned powers[] = {1, 10, 100, 1000};
    assert(decimals <= 3);
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    unsigned power = powers[decimals];
    unsigned fraction = (unsigned)(magnitude % power);
    if (value < 0)
        *to++ = '-';
    to = digits(to, magnitude / power);
    if (fraction == 0)
        return to;
    *to++ = '.';
    for (; fraction > 0; fraction %= power) {
        power /= 10;
        *to++ = (char)('0' + fraction / power);
    }
    return to;
}

void syntax_add_number(struct str *out, int64_t value, unsigned decimals) {
    char buffer[SYNTAX_NUMBER_MAX];
    str_add(out, buffer, (size_t)(syntax_number(buffer, value, decimals) - buffer));
}

/* ISO 32000-1 §7.3.5: delimiters, '#' and everything outside '!' to '~' are written as #xx. */
void syntax_add_name(struct str *out, const char *name) {
    str_addc(out, '/');
    for (const unsigned char *at = (const unsigned char *)name; *at != '\0'; at++) {
        bool regular = *at > ' ' && *at < 0x7F;
        for (const char *delimiter = "#()<>[]{}/%"; regular && *delimiter != '\0'; delimiter++)
            regular = *at != (unsigned char)*delimiter;
        if (regular)
            str_addc(out, (char)*at);
        else
            str_addf(out, "#%02X", *at);
    }
}

static void add_unit(struct str *out, uint32_t unit) {
    char *to = str_extend(out, 4);
    for (int i = 0; i < 4; i++)
        to[i] = hex_digits[(unit >> (12 - 4 * i)) & 0xF];
}

void syntax_add_utf16(struct str *out, const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        uint32_t codepoint = text_next(text, length, &at);
        if (codepoint >= 0x10000) {
            add_unit(out, 0xD800 + ((codepoint - 0x10000) >> 10));
            codepoint = 0xDC00 + (codepoint & 0x3FF);
        }
        add_unit(out, codepoint);
    }
}

void syntax_add_text(struct str *out, const char *text, size_t length) {
    bool plain = true; /* what PDFDocEncoding (Annex D) shares with ASCII, and needs no escape */
    for (size_t i = 0; plain && i < length; i++)
        plain = text[i] >= ' ' && text[i] <= '~' && text[i] != '(' && text[i] != ')' && text[i] != '\\';
    str_adds(out, plain ? "(" : "<FEFF");
    if (plain)
        str_add(out, text, length);
    else
        syntax_add_utf16(out, text, length);
    str_addc(out, plain ? ')' : '>');
}

size_t syntax_cut(const char *text, size_t length_max) {
    size_t length = strnlen(text, length_max + 1);
    if (length <= length_max)
        return length;
    for (length = length_max; length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80;)
        length--;
    return length;
}
