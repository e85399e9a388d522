/*
 * JSON: values come in one after another, and their text goes out (RFC 8259). The one idea: what may stand as it is is
 * copied in runs, as long as they are, and only a byte that the table knows stops one.
 */
#include "base/json.h"

#include <string.h>

#include "base/base64.h"

struct json json_begin(struct str *out) {
    return (struct json){.out = out};
}

/*
 * What follows a backslash; 'u': four hexadecimal digits. U+2028 and U+2029, which end a line for some readers of
 * JavaScript, begin with 0xE2, as most typographic marks do: 'E' has two more bytes looked at.
 */
static const char escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', [0x00] = 'u',
    [0x01] = 'u', [0x02] = 'u',  [0x03] = 'u', [0x04] = 'u', [0x05] = 'u', [0x06] = 'u', [0x07] = 'u', [0x0B] = 'u',
    [0x0E] = 'u', [0x0F] = 'u',  [0x10] = 'u', [0x11] = 'u', [0x12] = 'u', [0x13] = 'u', [0x14] = 'u', [0x15] = 'u',
    [0x16] = 'u', [0x17] = 'u',  [0x18] = 'u', [0x19] = 'u', [0x1A] = 'u', [0x1B] = 'u', [0x1C] = 'u', [0x1D] = 'u',
    [0x1E] = 'u', [0x1F] = 'u',  [0x7F] = 'u', [0xE2] = 'E',
};

/* Whether the byte at TEXT cannot stand in a string as it is. */
static bool is_escaped(const char *text, size_t length) {
    char kind = escapes[(unsigned char)*text];
    if (kind != 'E')
        return kind != 0;
    return length >= 3 && (unsigned char)text[1] == 0x80 && ((unsigned char)text[2] & 0xFE) == 0xA8;
}

/* Writes the escape for what stands at TEXT, which needs one. Returns how many of its bytes that were. */
static size_t add_escape(struct str *out, const char *text) {
    static const char digits[] = "0123456789abcdef";
    unsigned char byte = (unsigned char)*text;
    char kind = escapes[byte];
    if (kind == 'E') {
        str_adds(out, (unsigned char)text[2] == 0xA8 ? "\\u2028" : "\\u2029");
        return 3;
    }
    char *to = str_extend(out, kind == 'u' ? 6 : 2);
    *to++ = '\\';
    *to++ = kind;
    if (kind == 'u') {
        const char code[] = {'0', '0', digits[byte >> 4], digits[byte & 0xF]};
        memcpy(to, code, sizeof code);
    }
    return 1;
}

static void add_string(struct str *out, const char *text, size_t length) {
    size_t start = 0;
    str_addc(out, '"');
    for (size_t at = 0; at < length;) {
        if (escapes[(unsigned char)text[at]] == 0 || !is_escaped(text + at, length - at)) {
            at++;
            continue;
        }
        str_add(out, text + start, at - start);
        at += add_escape(out, text + at);
        start = at;
    }
    str_add(out, text + start, length - start);
    str_addc(out, '"');
}

/* What stands before a value. */
static void begin_value(struct json *json, const char *key) {
    if (json->begun)
        str_addc(json->out, ',');
    json->begun = true;
    if (key == NULL)
        return;
    add_string(json->out, key, strlen(key));
    str_addc(json->out, ':');
}

void json_open(struct json *json, const char *key, char bracket) {
    begin_value(json, key);
    str_addc(json->out, bracket);
    json->begun = false;
}

void json_close(struct json *json, char bracket) {
    str_addc(json->out, bracket);
    json->begun = true;
}

void json_text(struct json *json, const char *key, const char *text, size_t length) {
    begin_value(json, key);
    add_string(json->out, text, length);
}

void json_base64(struct json *json, const char *key, const void *bytes, size_t length) {
    begin_value(json, key);
    str_addc(json->out, '"');
    base64_encode(json->out, bytes, length);
    str_addc(json->out, '"');
}

void json_number(struct json *json, const char *key, long long number) {
    begin_value(json, key);
    str_addf(json->out, "%lld", number);
}

void json_flag(struct json *json, const char *key, bool flag) {
    begin_value(json, key);
    str_adds(json->out, flag ? "true" : "false");
}
