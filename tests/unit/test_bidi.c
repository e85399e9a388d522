/* Direction: levels of mixed text, isolated values, and the order of parts on paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "letter/bidi.h"

#define ALEF "\u05D0"
#define BET "\u05D1"
#define GIMEL "\u05D2"
#define ARABIC "\u0645\u062D\u0645\u062F" /* Muhammad */

static void needed(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        bool expected;
    } cases[] = {
        {"nothing", "", false},
        {"plain", "Dear Ms Smith", false},
        {"quotes and dashes", "\u201CSi\u00E2n\u201D \u2013 \u20AC5 \u2022", false},
        {"Greek, Cyrillic, Chinese, emoji", "\u0391\u0414\u674E\U0001F600", false},
        {"an override without such a letter", "a\u202Eb", false},
        {"Hebrew", "a " ALEF, true},
        {"Arabic", ARABIC, true},
        {"beyond the basic plane (Adlam)", "\U0001E900", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (bidi_needed(cases[i].text, strlen(cases[i].text)) != cases[i].expected)
            fail_msg("%s: not %d", cases[i].name, cases[i].expected);
}

/* TEXT with values in […]; EXPECTED is the level of each character outside the brackets. */
static void check_levels(const char *name, const char *text, const char *expected) {
    char plain[200] = "";
    struct bidi_range values[8] = {{0, 0}};
    size_t length = 0, count = 0;
    for (; *text != '\0'; text++) {
        if (*text == '[')
            values[count].start = length;
        else if (*text == ']')
            values[count++].end = length;
        else
            plain[length++] = *text;
    }
    struct arena arena = ARENA_EMPTY;
    unsigned char levels[200];
    bidi_levels(plain, length, values, count, &arena, levels);
    char found[200];
    size_t characters = 0;
    for (size_t at = 0; at < length;) {
        size_t start = at;
        text_next(plain, length, &at);
        for (size_t i = start; i < at; i++)
            assert_int_equal(levels[i], levels[start]); /* all bytes of a character */
        found[characters++] = (char)('0' + levels[start]);
    }
    found[characters] = '\0';
    arena_release(&arena);
    if (strcmp(found, expected) != 0)
        fail_msg("%s: %s instead of %s", name, found, expected);
}

static void levels(void **state) {
    (void)state;
    static const struct {
        const char *name, *text, *expected;
    } cases[] = {
        {"Hebrew in English", "ab " ALEF BET " c", "0001100"},
        {"Hebrew words hold the space between them", "a " ALEF " " BET " c", "0011100"},
        {"a number within Hebrew", "a " ALEF " 12 " BET, "00112211"},
        {"a line that is Hebrew only still stands in a left-to-right letter", ALEF BET, "11"},
        {"a number after a Hebrew name joins it", ALEF " 14 b", "112200"},
        {"but not where the name is a value", "[" ALEF "] 14 b", "100000"},
        {"English values are as the text around them", "[ab] c [d]", "000000"},
        {"every line by itself", ALEF "\n1 b\n" ALEF, "1000001"},
        {"a value of two lines is isolated in both", "[" ALEF "\n" BET "] 1", "10100"},
        {"an override in a value stays in it", "[\u202E" ALEF "a] bc", "033000"},
        {"a joiner between letters goes with them", "a " ALEF "\u200D" BET, "00111"},
        {"brackets pair", "a (" ALEF ") b", "0001000"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_levels(cases[i].name, cases[i].text, cases[i].expected);
}

static void order(void **state) {
    (void)state;
    static const struct {
        const char *name, *levels, *expected;
    } cases[] = {
        {"nothing", "", ""},
        {"left to right", "000", "012"},
        {"all right to left", "111", "210"},
        {"two words in the middle", "00110", "01324"},
        {"a number within", "1112211", "6534210"},
        {"only even levels", "022020", "012345"},
        {"levels that are skipped count too", "0113331110", "0876543219"},
        {"a right-to-left quotation with a number in it", "0112311", "0653421"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char parts[16] = {0};
        size_t found[16], count = strlen(cases[i].levels);
        char shown[16] = "";
        for (size_t j = 0; j < count; j++)
            parts[j] = (unsigned char)(cases[i].levels[j] - '0');
        bidi_order(parts, count, found);
        for (size_t j = 0; j < count; j++)
            shown[j] = (char)('0' + found[j]);
        if (strcmp(shown, cases[i].expected) != 0)
            fail_msg("%s: %s instead of %s", cases[i].name, shown, cases[i].expected);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needed),
        cmocka_unit_test(levels),
        cmocka_unit_test(order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
