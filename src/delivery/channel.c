/*
 * Channels: what a server or a function of ours said comes in, an answer that can be shown and stored goes out. A
 * server's words may hold anything: they are made valid UTF-8 in one line here, and nowhere else.
 */
#include "delivery/channel.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "base/text.h"

enum { REPLACEMENT = 0xFFFD };

static bool is_shown(uint32_t codepoint) {
    return !text_is_control(codepoint) && !text_is_invisible(codepoint) && !text_is_private(codepoint);
}

/* TEXT as valid UTF-8 without line ends, controls and what nobody sees, appended to OUT. */
static void add_clean(struct str *out, const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        size_t valid = text_valid(text + at, length - at);
        for (size_t i = 0; i < valid;) {
            uint32_t codepoint = text_next(text + at, valid, &i);
            if (codepoint == '\t' || codepoint == '\n' || codepoint == '\r')
                str_addc(out, ' ');
            else
                str_add_codepoint(out, is_shown(codepoint) ? codepoint : REPLACEMENT);
        }
        at += valid;
        if (at < length) {
            str_add_codepoint(out, REPLACEMENT);
            at++;
        }
    }
}

void answer_set(struct answer *answer, enum outcome outcome, enum scope scope, int code, const char *format, ...) {
    struct str text = STR_EMPTY, clean = STR_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    str_addv(&text, format, arguments); /* first of all: an argument may point into the answer that is set again */
    va_end(arguments);
    add_clean(&clean, text.bytes, text.length);

    *answer = (struct answer){.outcome = outcome, .scope = scope, .code = code};
    size_t length = text_cut(clean.bytes, clean.length, ANSWER_TEXT_MAX - 1);
    memcpy(answer->text, clean.bytes, length);
    str_release(&text);
    str_release(&clean);
}
