/*
 * Text: UTF-8 comes in, and libunistring's answers about it go out in the program's own types. Only the reading of a
 * character is written out here: it runs for every character of every letter.
 */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <unigbrk.h>
#include <unilbrk.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/memory.h"

size_t text_valid(const char *bytes, size_t length) {
    const uint8_t *invalid = u8_check((const uint8_t *)bytes, length);
    return invalid == NULL ? length : (size_t)(invalid - (const uint8_t *)bytes);
}

uint32_t text_next(const char *bytes, size_t length, size_t *position) {
    const unsigned char *byte = (const unsigned char *)bytes + *position;
    if (*byte < 0x80) {
        (*position)++;
        return *byte;
    }
    int continuation = *byte < 0xE0 ? 1 : *byte < 0xF0 ? 2 : 3;
    uint32_t codepoint = *byte & (0x3Fu >> continuation);
    size_t end = *position + (size_t)continuation + 1;
    for (size_t i = *position + 1; i < end && i < length; i++)
        codepoint = codepoint << 6 | ((unsigned char)bytes[i] & 0x3F);
    *position = end < length ? end : length;
    return codepoint;
}

size_t text_count(const char *bytes, size_t length) {
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return count;
}

static bool is_ascii(const char *bytes, size_t length) {
    unsigned char seen = 0;
    for (size_t i = 0; i < length; i++)
        seen |= (unsigned char)bytes[i];
    return seen < 0x80;
}

static const char *normalize(uninorm_t form, struct arena *arena, const char *bytes, size_t *length) {
    /* Most cells are ASCII, and ASCII is in every form. */
    if (is_ascii(bytes, *length))
        return arena_copy(arena, bytes, *length);
    size_t normal_length = 0;
    uint8_t *normal = u8_normalize(form, (const uint8_t *)bytes, *length, NULL, &normal_length);
    if (normal == NULL) /* out of memory: the text as it came is right, if perhaps in another form */
        return arena_copy(arena, bytes, *length);
    const char *copy = arena_copy(arena, (const char *)normal, normal_length);
    *length = normal_length;
    free(normal);
    return copy;
}

const char *text_nfc(struct arena *arena, const char *bytes, size_t *length) {
    return normalize(UNINORM_NFC, arena, bytes, length);
}

const char *text_nfd(struct arena *arena, const char *bytes, size_t *length) {
    return normalize(UNINORM_NFD, arena, bytes, length);
}

void text_fold(struct str *out, const char *bytes, size_t length) {
    if (is_ascii(bytes, length)) {
        char *folded = str_extend(out, length);
        for (size_t i = 0; i < length; i++)
            folded[i] = bytes[i] >= 'A' && bytes[i] <= 'Z' ? (char)(bytes[i] + ('a' - 'A')) : bytes[i];
        return;
    }
    size_t folded_length = 0;
    uint8_t *folded = u8_casefold((const uint8_t *)bytes, length, NULL, UNINORM_NFC, NULL, &folded_length);
    if (folded == NULL)
        str_add(out, bytes, length);
    else
        str_add(out, folded, folded_length);
    free(folded);
}

/* Letters that Unicode does not decompose, but that people without the key type plainly. */
static uint32_t without_stroke(uint32_t codepoint) {
    static const struct {
        uint32_t from, to;
    } strokes[] = {{0x142, 'l'}, {0xF8, 'o'}, {0x111, 'd'}, {0xF0, 'd'}, {0x127, 'h'}, {0x131, 'i'}, {0x167, 't'}};
    for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++)
        if (strokes[i].from == codepoint)
            return strokes[i].to;
    return codepoint;
}

void text_fold_plain(struct str *out, const char *bytes, size_t length) {
    if (is_ascii(bytes, length)) {
        text_fold(out, bytes, length);
        return;
    }
    size_t apart_length = 0;
    uint8_t *apart = u8_casefold((const uint8_t *)bytes, length, NULL, UNINORM_NFD, NULL, &apart_length);
    if (apart == NULL) {
        str_add(out, bytes, length);
        return;
    }
    for (size_t at = 0; at < apart_length;) {
        uint32_t codepoint = text_next((const char *)apart, apart_length, &at);
        if (!text_is_mark(codepoint))
            str_add_codepoint(out, without_stroke(codepoint));
    }
    free(apart);
}

bool text_is_letter_or_digit(uint32_t codepoint) {
    if (codepoint < 0x80)
        return (codepoint >= '0' && codepoint <= '9') || ((codepoint | 0x20) >= 'a' && (codepoint | 0x20) <= 'z');
    return uc_is_general_category_withtable(codepoint, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
}

bool text_is_upper(uint32_t codepoint) {
    if (codepoint < 0x80)
        return codepoint >= 'A' && codepoint <= 'Z';
    return uc_is_general_category_withtable(codepoint, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt);
}

bool text_is_mark(uint32_t codepoint) {
    return codepoint >= 0x300 && uc_is_general_category_withtable(codepoint, UC_CATEGORY_MASK_M);
}

bool text_is_space(uint32_t codepoint) {
    if (codepoint < 0x80)
        return codepoint == ' ' || (codepoint >= '\t' && codepoint <= '\r');
    return codepoint == 0x200B || codepoint == 0xFEFF || uc_is_property_white_space(codepoint);
}

bool text_is_control(uint32_t codepoint) {
    return codepoint < 0x20 || (codepoint >= 0x7F && codepoint < 0xA0) || codepoint == 0x2028 || codepoint == 0x2029;
}

bool text_is_invisible(uint32_t codepoint) {
    return codepoint >= 0x80 && uc_is_property_default_ignorable_code_point(codepoint);
}

bool text_is_private(uint32_t codepoint) {
    return (codepoint >= 0xE000 && codepoint <= 0xF8FF) || codepoint >= 0xF0000 || (codepoint & 0xFFFE) == 0xFFFE ||
           (codepoint >= 0xFDD0 && codepoint <= 0xFDEF);
}

bool text_is_right_to_left(uint32_t codepoint) {
    if (codepoint < 0x590)
        return false;
    int class = uc_bidi_class(codepoint);
    return class == UC_BIDI_R || class == UC_BIDI_AL;
}

size_t text_cut(const char *bytes, size_t length, size_t max) {
    if (length <= max)
        return length;
    while (max > 0 && ((unsigned char)bytes[max] & 0xC0) == 0x80)
        max--;
    return max;
}

void text_trim(const char **bytes, size_t *length) {
    const char *start = *bytes;
    size_t rest = *length;
    for (size_t at = 0; rest > 0; at = 0) {
        if (!text_is_space(text_next(start, rest, &at)))
            break;
        start += at;
        rest -= at;
    }
    while (rest > 0) {
        size_t last = rest - 1;
        while (last > 0 && ((unsigned char)start[last] & 0xC0) == 0x80)
            last--;
        size_t at = last;
        if (!text_is_space(text_next(start, rest, &at)))
            break;
        rest = last;
    }
    *bytes = start;
    *length = rest;
}

void text_line_breaks(const char *bytes, size_t length, char *breaks) {
    u8_possible_linebreaks((const uint8_t *)bytes, length, "UTF-8", breaks);
    for (size_t i = 0; i < length; i++) {
        if (breaks[i] == UC_BREAK_MANDATORY)
            breaks[i] = TEXT_BREAK_MUST;
        else
            breaks[i] = breaks[i] == UC_BREAK_POSSIBLE ? TEXT_BREAK_ALLOWED : TEXT_BREAK_NO;
    }
}

/* u8_grapheme_next would do, but looks at pairs of characters and cuts flags and joined emoji in two. */
size_t text_grapheme_end(const char *bytes, size_t length, size_t at) {
    enum { CLUSTER_MAX = 256 }; /* bytes; the longest emoji of a family takes 30 */
    char breaks[CLUSTER_MAX];
    size_t window = length - at;
    if (window > CLUSTER_MAX) {
        window = CLUSTER_MAX;
        while (((unsigned char)bytes[at + window] & 0xC0) == 0x80)
            window--;
    }
    u8_grapheme_breaks((const uint8_t *)bytes + at, window, breaks);
    size_t end = 1;
    while (end < window && breaks[end] == 0)
        end++;
    return at + end;
}

enum { DISTANCE_LENGTH_MAX = 64 };

static size_t characters(const char *bytes, size_t length, uint32_t out[DISTANCE_LENGTH_MAX]) {
    size_t count = 0;
    for (size_t at = 0; at < length && count < DISTANCE_LENGTH_MAX;)
        out[count++] = text_next(bytes, length, &at);
    return count;
}

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

unsigned text_distance(const char *a, size_t a_length, const char *b, size_t b_length) {
    uint32_t left[DISTANCE_LENGTH_MAX], right[DISTANCE_LENGTH_MAX];
    size_t left_count = characters(a, a_length, left);
    size_t right_count = characters(b, b_length, right);

    /* Damerau–Levenshtein in its "optimal string alignment" form: three rows are enough. */
    unsigned rows[3][DISTANCE_LENGTH_MAX + 1];
    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= right_count; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= left_count; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= right_count; j++) {
            unsigned replaced = above[j - 1] + (left[i - 1] != right[j - 1]);
            row[j] = least(replaced, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        unsigned *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[right_count];
}

void text_slug(struct str *out, const char *bytes, size_t length, size_t max) {
    struct str folded = STR_EMPTY;
    text_fold_plain(&folded, bytes, length);
    size_t start = out->length;
    bool gap = false;
    for (size_t at = 0; at < folded.length;) {
        uint32_t codepoint = text_next(folded.bytes, folded.length, &at);
        bool kept = codepoint < 0x80 && text_is_letter_or_digit(codepoint);
        bool hyphen = kept && gap && out->length > start;
        if (out->length - start + hyphen + kept > max)
            break;
        if (hyphen)
            str_addc(out, '-');
        if (kept)
            str_addc(out, (char)codepoint);
        /* An apostrophe joins (O’Brien, but obrien reads worse than o-brien), so everything else is a gap. */
        gap = !kept;
    }
    str_release(&folded);
}
