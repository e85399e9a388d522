/*
 * Gaps: the pieces of a line come in, some of them empty; the line as it can be printed goes out, or what is missing
 * from it. Both the model (which columns does the list lack?) and the merge (which cells are empty?) ask this one.
 */
#include "letter/gap.h"

#include <stdint.h>

#include "base/text.h"

static bool is_separator(uint32_t c) {
    return c == ',' || c == ';' || c == '/' || c == '|' || c == 0xB7 || c == 0x2022 || c == 0x2013 || c == 0x2014;
}

/* How many bytes at the start of a text are a separator: spaces, and a sign among them or nothing else at all. */
static size_t separator_at_start(const char *text, size_t length) {
    bool sign = false;
    for (size_t at = 0; at < length;) {
        size_t start = at;
        uint32_t c = text_next(text, length, &at);
        if (!text_is_space(c) && !is_separator(c))
            return sign ? start : 0;
        sign |= is_separator(c);
    }
    return length;
}

/* Where the separator at the end of a text begins; LENGTH where there is none. */
static size_t separator_at_end(const char *text, size_t length) {
    size_t begin = 0; /* of the run of separators that the text ends in */
    bool sign = false;
    for (size_t at = 0; at < length;) {
        uint32_t c = text_next(text, length, &at);
        if (is_separator(c)) {
            sign = true;
        } else if (!text_is_space(c)) {
            begin = at;
            sign = false;
        }
    }
    return sign || begin == 0 ? begin : length;
}

static bool has_content(const struct gap_piece *piece, bool address) {
    if (piece->field)
        return piece->length > 0;
    for (size_t at = 0; at < piece->length;) {
        uint32_t c = text_next(piece->text, piece->length, &at);
        if (!text_is_space(c) && !(address && is_separator(c)))
            return true;
    }
    return false;
}

/* Takes the empty field I out of a line of an address with the separator beside it. False: there is none beside it. */
static bool take_out(struct gap_piece *pieces, size_t count, size_t i) {
    struct gap_piece *left = NULL, *right = NULL;
    for (size_t j = i; j > 0 && left == NULL; j--)
        left = pieces[j - 1].length > 0 ? &pieces[j - 1] : NULL;
    for (size_t j = i + 1; j < count && right == NULL; j++)
        right = pieces[j].length > 0 ? &pieces[j] : NULL;

    size_t left_end = left == NULL || left->field ? 0 : separator_at_end(left->text, left->length);
    size_t right_start = right == NULL || right->field ? 0 : separator_at_start(right->text, right->length);
    bool left_parts = left == NULL || (!left->field && left_end < left->length);
    bool right_parts = right == NULL || (!right->field && right_start > 0);
    if ((!left_parts && !left->field) || (!right_parts && !right->field))
        return false;
    if (left_parts && right_parts && right != NULL) {
        right->text += right_start;
        right->length -= right_start;
    } else if (left_parts && left != NULL && right == NULL) {
        left->length = left_end;
    }
    return true;
}

bool gap_close(struct gap_piece *pieces, size_t count, bool address) {
    bool content = false;
    for (size_t i = 0; i < count; i++)
        content |= has_content(&pieces[i], address);
    if (!content)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct gap_piece *piece = &pieces[i];
        if (!piece->field || piece->length > 0)
            continue;
        bool taken = address && take_out(pieces, count, i);
        piece->missing = !taken && !piece->allowed;
    }
    return true;
}
