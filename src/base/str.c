/*
 * Byte strings: bytes and formats come in, one growing NUL-terminated buffer goes out. An empty string points to a
 * shared "", so that nothing needs to be allocated or tested before it is read.
 */
#include "base/str.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

char str_nothing[1] = "";

void str_init(struct str *str) {
    *str = STR_EMPTY;
}

void str_release(struct str *str) {
    if (str->room > 0)
        free(str->bytes);
    *str = STR_EMPTY;
}

void str_clear(struct str *str) {
    str_cut(str, 0);
}

void str_cut(struct str *str, size_t length) {
    assert(length <= str->length);
    str->length = length;
    if (str->room > 0)
        str->bytes[length] = '\0';
}

char *str_extend(struct str *str, size_t length) {
    if (str->length + length + 1 > str->room) {
        char *bytes = str->room > 0 ? str->bytes : NULL;
        memory_grow(&bytes, &str->room, str->length + length + 1, 1);
        str->bytes = bytes;
    }
    char *start = str->bytes + str->length;
    str->length += length;
    str->bytes[str->length] = '\0';
    return start;
}

void str_add(struct str *str, const void *bytes, size_t length) {
    if (length > 0)
        memcpy(str_extend(str, length), bytes, length);
}

void str_adds(struct str *str, const char *text) {
    str_add(str, text, strlen(text));
}

void str_addc(struct str *str, char byte) {
    *str_extend(str, 1) = byte;
}

void str_addf(struct str *str, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    str_addv(str, format, arguments);
    va_end(arguments);
}

void str_addv(struct str *str, const char *format, va_list arguments) {
    va_list measured;
    va_copy(measured, arguments);
    int length = vsnprintf(NULL, 0, format, measured);
    va_end(measured);
    assert(length >= 0);
    vsnprintf(str_extend(str, (size_t)length), (size_t)length + 1, format, arguments);
}

void str_add_codepoint(struct str *str, uint32_t codepoint) {
    /* RFC 3629 §3: one to four bytes, six bits in each continuation byte. */
    if (codepoint < 0x80) {
        str_addc(str, (char)codepoint);
        return;
    }
    int continuation = codepoint < 0x800 ? 1 : codepoint < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    char *bytes = str_extend(str, (size_t)continuation + 1);
    for (int i = continuation; i > 0; i--, codepoint >>= 6)
        bytes[i] = (char)(0x80 | (codepoint & 0x3F));
    bytes[0] = (char)(lead[continuation] | codepoint);
}
