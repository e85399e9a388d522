/*
 * Postcodes: text comes in as people type it, the form that Royal Mail prints goes out. The one idea: squeeze out what
 * parts it, then compare the letters and digits with a handful of shapes, position by position.
 *
 *     postcode  = outward inward | "GIR 0AA" | territory "1ZZ" | "BFPO" number
 *     outward   = A9 | A99 | A9B | AA9 | AA99 | AA9C
 *     inward    = 9DD
 *     A         first letter: not Q V X; second letter: not I J Z
 *     B, C      only some letters stand behind a digit: B after one letter, C after two
 *     D         any letter but C I K M O V, which are easily misread
 *     number    one to four digits
 */
#include "input/postcode.h"

#include <string.h>

#include "base/text.h"

enum { SQUEEZED_MAX = 8 }; /* "BFPO1234" */

static const char *const territories[] = {"ASCN", "BBND", "BIQQ", "FIQQ", "PCRN", "SIQQ", "STHL", "TDCU", "TKCA"};
enum { TERRITORIES = sizeof territories / sizeof *territories };

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte) {
    return byte >= 'A' && byte <= 'Z';
}

/* Hyphens and dashes between the halves are as common as spaces. */
static bool parts(uint32_t codepoint) {
    return text_is_space(codepoint) || codepoint == '-' || (codepoint >= 0x2010 && codepoint <= 0x2015);
}

/* The letters and digits of TEXT in capitals. Returns how many, or 0 where there are too many or other characters. */
static size_t squeeze(const char *text, size_t length, char out[SQUEEZED_MAX + 1]) {
    size_t count = 0;
    for (size_t at = 0; at < length;) {
        uint32_t codepoint = text_next(text, length, &at);
        if (parts(codepoint))
            continue;
        if (codepoint >= 0x80 || !text_is_letter_or_digit(codepoint) || count == SQUEEZED_MAX)
            return 0;
        out[count++] = (char)(codepoint >= 'a' && codepoint <= 'z' ? codepoint - ('a' - 'A') : codepoint);
    }
    out[count] = '\0';
    return count;
}

static bool is_inward(const char *code) {
    static const char misread[] = "CIKMOV";
    return is_digit(code[0]) && is_letter(code[1]) && is_letter(code[2]) && strchr(misread, code[1]) == NULL &&
           strchr(misread, code[2]) == NULL;
}

static bool is_outward(const char *code, size_t length) {
    static const char after_one[] = "ABCDEFGHJKPSTUW", after_two[] = "ABEHMNPRVWXY";
    if (!is_letter(code[0]) || strchr("QVX", code[0]) != NULL)
        return false;
    size_t letters = 1;
    if (is_letter(code[1])) {
        letters = 2;
        if (strchr("IJZ", code[1]) != NULL)
            return false;
    }
    if (length < letters + 1 || length > letters + 2 || !is_digit(code[letters]))
        return false;
    if (length == letters + 1)
        return true;
    char last = code[letters + 1];
    return is_digit(last) || (is_letter(last) && strchr(letters == 1 ? after_one : after_two, last) != NULL);
}

static bool is_territory(const char *code, size_t length) {
    for (size_t i = 0; length == 7 && i < TERRITORIES; i++)
        if (memcmp(code, territories[i], 4) == 0 && memcmp(code + 4, "1ZZ", 3) == 0)
            return true;
    return false;
}

static bool is_forces(const char *code, size_t length) {
    if (length < 5 || memcmp(code, "BFPO", 4) != 0 || code[4] == '0')
        return false;
    for (size_t i = 4; i < length; i++)
        if (!is_digit(code[i]))
            return false;
    return true;
}

/* Where the space goes in a whole postcode, or 0 where it is none. */
static size_t outward_length(const char *code, size_t length) {
    if (is_forces(code, length))
        return 4;
    if (length < 5 || length > 7)
        return 0;
    if (strcmp(code, "GIR0AA") == 0 || is_territory(code, length))
        return length - 3;
    return is_inward(code + length - 3) && is_outward(code, length - 3) ? length - 3 : 0;
}

int postcode_normalise(const char *text, size_t length, char out[POSTCODE_MAX]) {
    char code[SQUEEZED_MAX + 1];
    size_t count = squeeze(text, length, code);
    size_t outward = count == 0 ? 0 : outward_length(code, count);
    if (outward == 0)
        return -1;
    memcpy(out, code, outward);
    out[outward] = ' ';
    memcpy(out + outward + 1, code + outward, count - outward + 1);
    return 0;
}

static bool ends_word(char byte) {
    return byte == ' ' || byte == ',' || byte == '\n' || byte == '\t' || byte == ';';
}

static size_t word_start(const char *text, size_t end) {
    while (end > 0 && !ends_word(text[end - 1]))
        end--;
    return end;
}

/*
 * One word is tried before two: in "Block E L20 3NX" the words are "L20" and "3NX", and in "Block E L203NX" the whole
 * postcode is the last word alone, though "E L203NX" would pass for EL20 3NX.
 */
size_t postcode_at_end(const char *text, size_t length, char out[POSTCODE_MAX]) {
    const char *trimmed = text;
    size_t end = length;
    text_trim(&trimmed, &end);
    end += (size_t)(trimmed - text);
    while (end > 0 && (ends_word(text[end - 1]) || text[end - 1] == '.'))
        end--;

    size_t start = word_start(text, end);
    if (postcode_normalise(text + start, end - start, out) == 0)
        return start;
    size_t before = start;
    while (before > 0 && text[before - 1] == ' ')
        before--;
    if (before == start)
        return length; /* a comma or a line break parts it from what stands before */
    start = word_start(text, before);
    return postcode_normalise(text + start, end - start, out) == 0 ? start : length;
}

bool postcode_has_no_mp(const char *postcode) {
    static const char *const areas[] = {"JE", "GY", "IM", "GX"};
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++)
        if (strncmp(postcode, areas[i], 2) == 0 && is_digit(postcode[2]))
            return true;
    for (size_t i = 0; i < TERRITORIES; i++)
        if (strncmp(postcode, territories[i], 4) == 0)
            return true;
    return false;
}
