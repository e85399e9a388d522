/*
 * Curling: straight quotes, hyphens in rows and dots in threes come in, what a typographer would set goes out. The one
 * idea: a quote opens where a word may begin, which is after a space or an opening mark, and closes elsewhere.
 */
#include "letter/curl.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static bool opens_after(uint32_t before) {
    static const uint32_t opening[] = {'(', '[', '{', '/', '-', 0x2013, 0x2014, 0x2018, 0x201C, 0};
    for (size_t i = 0; i < sizeof opening / sizeof *opening; i++)
        if (before == opening[i])
            return true;
    return text_is_space(before);
}

/* 'tis the '90s: an apostrophe stands for what was left out in front. */
static bool is_elision(const char *rest, size_t length) {
    static const char *const words[] = {"tis", "twas", "til", "em", "cause", "n", NULL};
    if (length > 0 && *rest >= '0' && *rest <= '9')
        return true;
    for (const char *const *word = words; *word != NULL; word++) {
        size_t end = strlen(*word);
        if (end > length || strncasecmp(rest, *word, end) != 0)
            continue;
        if (end == length || !text_is_letter_or_digit(text_next(rest, length, &end)))
            return true;
    }
    return false;
}

static uint32_t single_quote(uint32_t before, const char *rest, size_t length) {
    size_t at = 0;
    bool word_follows = length > 0 && !text_is_space(text_next(rest, length, &at));
    return opens_after(before) && word_follows && !is_elision(rest, length) ? 0x2018 : 0x2019;
}

static uint32_t double_quote(uint32_t before, const char *rest, size_t length) {
    size_t at = 0;
    bool word_follows = length > 0 && !text_is_space(text_next(rest, length, &at));
    return opens_after(before) && (word_follows || length == 0) ? 0x201C : 0x201D;
}

/* How long the word at TEXT is if it is a web address, else 0. */
static size_t web_address(const char *text, size_t length) {
    size_t end = 0;
    bool address = length >= 4 && strncasecmp(text, "www.", 4) == 0;
    while (end < length && text[end] != ' ' && text[end] != '\t') {
        address |= length - end >= 3 && memcmp(text + end, "://", 3) == 0;
        end++;
    }
    return address ? end : 0;
}

/* What stands for the LENGTH bytes at TEXT that begin a row of hyphens or dots; *TAKEN is how many of them. */
static uint32_t row(const char *text, size_t length, size_t *taken) {
    size_t run = 0;
    while (run < length && text[run] == *text)
        run++;
    *taken = run;
    if (*text == '.' && run == 3)
        return 0x2026;
    if (*text == '-' && (run == 2 || run == 3))
        return run == 2 ? 0x2013 : 0x2014;
    return 0;
}

void curl_text(struct str *out, const char *text, size_t length) {
    uint32_t before = 0;
    for (size_t at = 0; at < length;) {
        size_t taken = before == 0 || text_is_space(before) ? web_address(text + at, length - at) : 0;
        uint32_t instead = 0;
        if (taken == 0 && (text[at] == '-' || text[at] == '.'))
            instead = row(text + at, length - at, &taken);
        if (taken > 0 && instead == 0) {
            str_add(out, text + at, taken);
            at += taken;
            before = 'a';
            continue;
        }
        uint32_t c = text_next(text, length, &at);
        if (instead != 0)
            at += taken - 1;
        else if (c == '\'')
            instead = single_quote(before, text + at, length - at);
        else if (c == '"')
            instead = double_quote(before, text + at, length - at);
        before = instead != 0 ? instead : c;
        str_add_codepoint(out, before);
    }
}
