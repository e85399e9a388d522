/*
 * Values: the text of a cell comes in, text that a letter can hold goes out. Most cells are plain ASCII with nothing
 * to mend; one look at their bytes tells, and they are used where they lie.
 */
#include "input/value.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

static bool is_plain(const char *text, size_t length) {
    bool space = true; /* the start counts as one: a space there is to be trimmed */
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < ' ' || byte >= 0x7F || (byte == ' ' && space))
            return false;
        space = byte == ' ';
    }
    return !space || length == 0;
}

/* What Excel writes for a formula that failed, and for a number or date that is wider than its column. */
static bool is_excel_error(const char *text, size_t length) {
    static const char *const errors[] = {"#N/A",      "#REF!",     "#NAME?",    "#VALUE!",      "#DIV/0!",
                                         "#NULL!",    "#NUM!",     "#SPILL!",   "#CALC!",       "#FIELD!",
                                         "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA"};
    if (length < 2 || text[0] != '#')
        return false;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(text, errors[i]) == 0)
            return true;
    return strspn(text, "#") == length;
}

static bool is_line_break(uint32_t codepoint) {
    return (codepoint >= '\n' && codepoint <= '\r') || codepoint == 0x85 || codepoint == 0x2028 || codepoint == 0x2029;
}

/* Marks that would turn the direction of the text after them (UAX #9 §2), and a byte-order mark gone astray. */
static bool is_dropped(uint32_t codepoint) {
    return (codepoint >= 0x202A && codepoint <= 0x202E) || (codepoint >= 0x2066 && codepoint <= 0x2069) ||
           codepoint == 0xFEFF;
}

static enum value_fault fault_of(uint32_t codepoint) {
    if (text_is_control(codepoint))
        return VALUE_CONTROL;
    if (text_is_private(codepoint))
        return VALUE_PRIVATE;
    return codepoint == 0xFFFD ? VALUE_LOST : VALUE_FINE;
}

/* Text being written, never longer than what it is made of. */
struct writing {
    char *bytes;
    size_t length;
    unsigned breaks; /* line breaks at its end */
    bool space;      /* a space is due before the next character */
};

static void write_break(struct writing *out) {
    out->space = false;
    if (out->length > 0 && out->breaks < 2) {
        out->bytes[out->length++] = '\n';
        out->breaks++;
    }
}

static void write_character(struct writing *out, const char *bytes, size_t length) {
    if (out->space && out->length > 0 && out->breaks == 0)
        out->bytes[out->length++] = ' ';
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
    out->breaks = 0;
    out->space = false;
}

static enum value_fault rewrite(struct arena *arena, const char *text, size_t length, bool lines, struct value *value,
                                uint32_t *codepoint) {
    enum value_fault first = VALUE_FINE;
    struct writing out = {.bytes = arena_alloc(arena, length + 1)};
    for (size_t at = 0, start = 0; at < length; start = at) {
        uint32_t c = text_next(text, length, &at);
        if (c == '\r' && at < length && text[at] == '\n')
            at++;
        if (is_line_break(c) && lines) {
            write_break(&out);
        } else if (c == ' ' || c == '\t' || is_line_break(c)) {
            out.space = true;
        } else if (!is_dropped(c)) {
            enum value_fault fault = fault_of(c);
            if (first == VALUE_FINE && fault != VALUE_FINE) {
                first = fault;
                *codepoint = c;
            }
            if (fault == VALUE_FINE || fault == VALUE_LOST)
                write_character(&out, text + start, at - start);
        }
    }
    out.length -= out.breaks;
    out.bytes[out.length] = '\0';
    value->text = out.bytes;
    value->length = out.length;
    return first;
}

/* At most MAX bytes of TEXT, without cutting a character. */
static size_t cut(const char *text, size_t max) {
    while (max > 0 && ((unsigned char)text[max] & 0xC0) == 0x80)
        max--;
    return max;
}

enum value_fault value_clean(struct arena *arena, const char *text, size_t length, bool lines, struct value *value,
                             uint32_t *codepoint) {
    if (is_excel_error(text, length)) {
        value->text = "";
        value->length = 0;
        return VALUE_EXCEL_ERROR;
    }
    if (length <= PEOPLE_VALUE_MAX && is_plain(text, length)) {
        value->text = text;
        value->length = length;
        return VALUE_FINE;
    }
    const char *normal = text_nfc(arena, text, &length);
    enum value_fault fault = rewrite(arena, normal, length, lines, value, codepoint);
    if (value->length > PEOPLE_VALUE_MAX) {
        value->length = cut(value->text, PEOPLE_VALUE_MAX);
        value->text = arena_copy(arena, value->text, value->length);
        fault = VALUE_TOO_LONG;
    }
    return fault;
}

bool value_is_scientific(const struct value *value) {
    const char *text = value->text;
    size_t digits = strspn(text, "0123456789");
    size_t at = digits;
    if (text[at] == '.' || text[at] == ',')
        at += 1 + strspn(text + at + 1, "0123456789");
    if (digits != 1 || (text[at] != 'E' && text[at] != 'e') || (text[at + 1] != '+' && text[at + 1] != '-'))
        return false;
    at += 2;
    size_t exponent = strspn(text + at, "0123456789");
    return exponent >= 1 && exponent <= 3 && at + exponent == value->length;
}

const char *value_shown(struct arena *arena, const char *text, size_t length) {
    enum { SHOWN_CHARACTERS_MAX = 40 };
    struct str out = STR_EMPTY;
    size_t characters = 0;
    for (size_t at = 0, start = 0; at < length; start = at) {
        uint32_t c = text_next(text, length, &at);
        if (++characters > SHOWN_CHARACTERS_MAX) {
            str_adds(&out, "…");
            break;
        }
        if (is_line_break(c) || c == '\t')
            str_addc(&out, ' ');
        else if (text_is_control(c) || text_is_private(c) || is_dropped(c))
            str_add_codepoint(&out, 0xFFFD);
        else
            str_add(&out, text + start, at - start);
    }
    const char *shown = arena_copy(arena, out.bytes, out.length);
    str_release(&out);
    return shown;
}
