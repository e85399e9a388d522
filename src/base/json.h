/*
 * JSON (RFC 8259), written: one value after another into a string. Commas and colons take care of themselves.
 *
 *     struct json json = json_begin(&out);
 *     json_open(&json, NULL, '{');
 *     json_text(&json, "name", name, length);
 *     json_close(&json, '}');
 */
#ifndef POSTBAG_BASE_JSON_H
#define POSTBAG_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct json {
    struct str *out;
    bool begun; /* something stands before the next value: it needs a comma */
};

struct json json_begin(struct str *out);

/* KEY: of the member that follows, NULL in an array or at the top. BRACKET: '{' or '['. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

/* Valid UTF-8; whatever it holds, the text stays one string. U+2028 and U+2029 are escaped, too. */
void json_text(struct json *json, const char *key, const char *text, size_t length);
void json_base64(struct json *json, const char *key, const void *bytes, size_t length);
void json_number(struct json *json, const char *key, long long number);
void json_flag(struct json *json, const char *key, bool flag);

#endif
