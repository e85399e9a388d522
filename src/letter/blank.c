/*
 * Forgotten blanks: a text and a place in it come in, what blank begins there goes out. Each shape has its function;
 * a blank never goes over the end of its line.
 */
#include "letter/blank.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "input/field.h"
#include "letter/phrase.h"

enum { BLANK_LENGTH_MAX = 120 }; /* bytes; what is longer is prose between two signs that happen to be there */

/* The length up to and with CLOSE, which must come on the same line with something before it; 0 where it does not. */
static size_t enclosed(const char *text, size_t length, const char *open, const char *close) {
    size_t open_length = strlen(open), close_length = strlen(close);
    if (length < open_length || memcmp(text, open, open_length) != 0)
        return 0;
    for (size_t i = open_length; i + close_length <= length && i < BLANK_LENGTH_MAX; i++) {
        if (memcmp(text + i, close, close_length) == 0)
            return i > open_length ? i + close_length : 0;
        if (text[i] == '\n' || text[i] == '[' || memcmp(text + i, open, open_length) == 0)
            return 0;
    }
    return 0;
}

static bool is_ascii_letter(char byte) {
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static bool is_html_name(const char *name, size_t length) {
    static const char *const names[] = {
        "a",     "b",    "i",     "u",          "p",    "br",    "hr",     "em",     "strong", "div", "h1",
        "h2",    "h3",   "h4",    "span",       "img",  "table", "tr",     "td",     "th",     "li",  "ul",
        "ol",    "font", "html",  "body",       "head", "style", "script", "center", "s",      "sub", "sup",
        "small", "big",  "tbody", "blockquote", "meta", "link",  "pre",    "code",   "o",      NULL};
    for (const char *const *known = names; *known != NULL; known++)
        if (strlen(*known) == length && strncasecmp(*known, name, length) == 0)
            return true;
    return false;
}

/* <https://…>, <mailto:…> and <ann@branch.example> are addresses, and only they hold no space and one of : and @. */
static bool is_web_address(const char *inside, size_t length) {
    bool sign = false;
    for (size_t i = 0; i < length; i++) {
        if (inside[i] == ' ')
            return false;
        sign |= (inside[i] == ':' && i > 1) || inside[i] == '@';
    }
    return sign;
}

static enum blank angle_at(const char *text, size_t length, size_t *blank_length) {
    size_t end = enclosed(text, length, "<", ">");
    if (end < 3)
        return BLANK_NONE;
    const char *inside = text + 1;
    size_t inside_length = end - 2;
    *blank_length = end;
    if (*inside == '!' || *inside == '?')
        return BLANK_HTML;
    bool closing = *inside == '/';
    inside += closing;
    inside_length -= closing;
    size_t name = 0;
    while (name < inside_length &&
           (is_ascii_letter(inside[name]) || (name > 0 && inside[name] >= '1' && inside[name] <= '6')))
        name++;
    size_t at = 0;
    if (inside_length == 0 || !text_is_letter_or_digit(text_next(inside, inside_length, &at)) ||
        (*inside >= '0' && *inside <= '9'))
        return BLANK_NONE; /* "x < y" and "<3" */
    bool tag = is_html_name(inside, name) &&
               (name == inside_length || inside[name] == '/' || inside[name] == ':' ||
                (inside[name] == ' ' && (memchr(inside, '=', inside_length) != NULL || text[end - 2] == '/')));
    if (tag || closing)
        return BLANK_HTML;
    return is_web_address(inside, inside_length) ? BLANK_NONE : BLANK_FORGOTTEN;
}

/* How long the run of one of the two bytes is. */
static size_t run_of(const char *text, size_t length, char a, char b) {
    size_t run = 0;
    while (run < length && (text[run] == a || text[run] == b))
        run++;
    return run;
}

static bool is_word_before(const char *text, size_t at) {
    if (at == 0)
        return false;
    size_t last = at - 1;
    while (last > 0 && ((unsigned char)text[last] & 0xC0) == 0x80)
        last--;
    return text_is_letter_or_digit(text_next(text, at, &last));
}

static bool is_word_after(const char *text, size_t length, size_t at) {
    return at < length && text_is_letter_or_digit(text_next(text, length, &at));
}

static size_t underscores_at(const char *text, size_t length, size_t at, bool markdown) {
    if (at > 0 && text[at - 1] == '_')
        return 0; /* within a run that was looked at where it begins */
    size_t run = run_of(text + at, length - at, '_', '_');
    bool emphasis = markdown && run == 3 && is_word_before(text, at) != is_word_after(text, length, at + run);
    return run >= 3 && !emphasis ? run : 0;
}

static size_t crosses_at(const char *text, size_t length, size_t at) {
    if (is_word_before(text, at))
        return 0;
    size_t run = run_of(text + at, length - at, 'X', 'x');
    return run >= 3 && !is_word_after(text, length, at + run) ? run : 0;
}

/*
 * "(insert …)" is always a blank. "(your name)" is one too, but "(your party)" is prose in a letter to a member of
 * Parliament: what a blank asks for is something of the sender's.
 */
static bool is_request(const char *inside, size_t length) {
    static const char *const leads[] = {"your", "enter your", "enter",   "type your",
                                        "type", "add your",   "name of", NULL};
    if (phrase_begins(inside, length, "insert") > 0)
        return true;
    for (const char *const *lead = leads; *lead != NULL; lead++) {
        size_t end = phrase_begins(inside, length, *lead);
        if (end == 0)
            continue;
        struct str key = STR_EMPTY;
        field_key(&key, inside + end, length - end);
        int field = field_of_placeholder(OFFICE_MP, key.bytes, key.length);
        str_release(&key);
        if (field >= FIELD_NAME && field <= FIELD_BRANCH)
            return true;
    }
    return false;
}

static size_t parenthesis_at(const char *text, size_t length) {
    size_t end = enclosed(text, length, "(", ")");
    return end > 0 && is_request(text + 1, end - 2) ? end : 0;
}

static size_t braces_at(const char *text, size_t length) {
    size_t end = enclosed(text, length, "{{", "}}");
    return end > 0 ? end : enclosed(text, length, "{", "}");
}

enum blank blank_at(const char *text, size_t length, size_t at, bool markdown, size_t *blank_length) {
    const char *rest = text + at;
    size_t rest_length = length - at, found = 0;
    switch (*rest) {
    case '<':
        return angle_at(rest, rest_length, blank_length);
    case '\xC2': /* the first byte of « */
        found = enclosed(rest, rest_length, "«", "»");
        break;
    case '_':
        found = underscores_at(text, length, at, markdown);
        break;
    case 'X':
    case 'x':
        found = crosses_at(text, length, at);
        break;
    case '(':
        found = parenthesis_at(rest, rest_length);
        break;
    case '{':
        found = braces_at(rest, rest_length);
        break;
    }
    if (found == 0)
        return BLANK_NONE;
    *blank_length = found;
    return BLANK_FORGOTTEN;
}
