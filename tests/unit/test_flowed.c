/*
 * Flowed text: a letter as the lines of an e-mail, and what a reader that joins them (RFC 3676) makes of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "letter/flowed.h"
#include "scribe.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LIST "Name,Address line 1,Address line 2,Postcode,MP,Telephone,Message\n"
#define JANE "Jane Doe,1 High Street,Bootle,L20 9ZX,Ann Invented,01632 960001,"
#define OPENING "[Name]\n[Address]\n[Postcode]\n\n[Date]\n\nDear [MP]\n\n"
#define CLOSE "\n\nYours sincerely\n\n[Name]\n"
#define HEAD "Jane Doe\n1 High Street\nBootle\nL20 9ZX\n\n22 November 2026\n\nDear Ann Invented\n\n"
#define FOOT "\nYours sincerely\n\nJane Doe\n"
#define SIX "one two three four five six " /* 28 characters */

static const struct {
    const char *name, *suffix, *model, *list, *expected;
} letters[] = {
    {"the address is whole, the subject and the recipient are left out", "txt",
     "Subject: Jobs\n\n[Name]\n\nAnn Invented MP\nHouse of Commons\n\n[Date]\n\nDear [MP]\n\nText." CLOSE,
     LIST JANE "\n", HEAD "Text.\n" FOOT},
    {"what else the sender says", "txt",
     "[Name]\n[Address line 1], [Address line 2]\n[Postcode]\nTelephone: [Telephone]\n\n[Date]\n\nDear "
     "[MP]\n\nText." CLOSE,
     LIST JANE "\n",
     "Jane Doe\n1 High Street\nBootle\nL20 9ZX\nTelephone: 01632 960001\n\n22 November 2026\n\nDear Ann Invented\n\n"
     "Text.\n" FOOT},
    {"a paragraph flows", "md", OPENING SIX SIX SIX SIX CLOSE, LIST JANE "\n",
     HEAD "one two three four five six one two three four five six one two three four \n"
          "five six one two three four five six\n" FOOT},
    {"a list is indented, and fixed", "md", OPENING "Reasons:\n\n- " SIX SIX SIX "\n- Short.\n\n9. Nine\n10. Ten" CLOSE,
     LIST JANE "\n",
     HEAD "Reasons:\n\n - one two three four five six one two three four five six one two three\n"
          "   four five six\n - Short.\n 9. Nine\n 10. Ten\n" FOOT},
    {"a list in a list, and a further paragraph of an item", "md", OPENING "- Out\n  - In\n\n  More.\n- Last" CLOSE,
     LIST JANE "\n", HEAD " - Out\n   - In\n\n   More.\n\n - Last\n" FOOT},
    {"a quotation flows at its depth", "md", OPENING "> " SIX SIX SIX "\n>\n> Second." CLOSE, LIST JANE "\n",
     HEAD
     "> one two three four five six one two three four five six one two three \n> four five six\n>\n> Second.\n" FOOT},
    {"emphasis is not marked, a heading is a line", "md", OPENING "Text.\n\n## Why\n\nIt is *very* **bold**." CLOSE,
     LIST JANE "\n", HEAD "Text.\n\nWhy\n\nIt is very bold.\n" FOOT},
    {"a message of several paragraphs and lines", "txt", OPENING "[Message]" CLOSE,
     LIST JANE "\"First line\nSecond line\n\n> not a quotation\n\nFrom the heart\n\n.\"\n",
     HEAD "First line\nSecond line\n\n > not a quotation\n\n From the heart\n\n.\n" FOOT},
};

static void test_letters(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(letters); i++) {
        struct scribe scribe;
        struct str out = STR_EMPTY;
        scribe_open(&scribe, letters[i].suffix, letters[i].model, letters[i].list);
        flowed_letter(&out, &scribe.letter);
        if (strcmp(out.bytes, letters[i].expected) != 0)
            fail_msg("%s:\n%s\nexpected:\n%s", letters[i].name, out.bytes, letters[i].expected);
        str_release(&out);
        scribe_close(&scribe);
    }
}

static void test_unwrapped(void **state) {
    (void)state;
    struct scribe scribe;
    struct str out = STR_EMPTY;
    scribe_open(&scribe, "md", OPENING SIX SIX SIX SIX "\n\n- " SIX SIX SIX "\n\nFrom here\n\n> Quoted" CLOSE,
                LIST JANE "\n");
    flowed_letter_unwrapped(&out, &scribe.letter);
    assert_string_equal(out.bytes, HEAD SIX SIX SIX "one two three four five six\n\n- " SIX SIX
                                                    "one two three four five six\n\nFrom here\n\n> Quoted\n" FOOT);
    str_release(&out);
    scribe_close(&scribe);
}

/* What a reader makes of one paragraph (RFC 3676 §4.2, without DelSp). */
static void join_lines(struct str *out, const char *text) {
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        const char *line = *text == ' ' ? text + 1 : text;
        size_t rest = length - (size_t)(line - text);
        str_add(out, line, rest);
        if (rest == 0 || line[rest - 1] != ' ' || (rest == 3 && memcmp(line, "-- ", 3) == 0))
            str_addc(out, '\n');
        text += length + 1;
    }
}

#define W60 "https://union.example/a-very-long-address-of-a-page-that-has-no-spaces-in-it-and-must-stay-whole?x=1"

static const char *const paragraphs[] = {
    "Short.",
    SIX SIX SIX SIX "end",
    "See " W60 " for more, and " W60,
    SIX SIX "five six one three From here on it is about something else, and From is a word",
    SIX SIX "five six one three > is no quotation",
    SIX SIX "five six one two -- and " W60,
    "-- " W60,
    "café naïve Siân Ŵyn e\u0301e\u0301e\u0301 " SIX
    "😀😀😀 👨‍👩‍👧 ŵŵŵŵ ŵŵŵŵ ŵŵŵŵ ŵŵŵŵ ŵŵŵŵ",
};

/* Joined again, every paragraph is what it was, and no line is longer than it may be unless it is one word. */
static void test_lines_join_to_the_paragraph(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(paragraphs); i++) {
        struct str out = STR_EMPTY, joined = STR_EMPTY;
        flowed_paragraph(&out, paragraphs[i], strlen(paragraphs[i]), "");
        for (const char *line = out.bytes; *line != '\0'; line += strcspn(line, "\n") + 1) {
            size_t length = strcspn(line, "\n"), trimmed = length;
            while (trimmed > 0 && line[trimmed - 1] == ' ')
                trimmed--;
            bool one_word = memchr(line, ' ', trimmed) == NULL;
            if (text_count(line, length) > 76 && !one_word)
                fail_msg("too long: %.*s", (int)length, line);
            assert_int_not_equal(*line, '>');
            assert_int_not_equal(strncmp(line, "From ", 5), 0);
        }
        join_lines(&joined, out.bytes);
        /* "--" alone on a line would begin a signature if it flowed; there the paragraph is broken instead. */
        for (size_t j = 0; j + 1 < joined.length; j++)
            if (joined.bytes[j] == '\n')
                joined.bytes[j] = ' ';
        assert_int_equal(joined.bytes[joined.length - 1], '\n');
        str_cut(&joined, joined.length - 1);
        assert_string_equal(joined.bytes, paragraphs[i]);
        str_release(&out);
        str_release(&joined);
    }
}

/* Chinese has no spaces, and a soft break would come back as one. */
static void test_text_without_spaces_is_broken_where_it_must(void **state) {
    (void)state;
    static const char *const pieces[] = {"今", "y", "e\u0301", "👨‍👩‍👧"};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct str text = STR_EMPTY, out = STR_EMPTY, joined = STR_EMPTY;
        for (size_t j = 0; j < 3000; j++)
            str_adds(&text, pieces[i]);
        flowed_paragraph(&out, text.bytes, text.length, "");
        size_t lines = 0;
        for (const char *line = out.bytes; *line != '\0'; line += strcspn(line, "\n") + 1, lines++) {
            size_t length = strcspn(line, "\n");
            assert_true(length <= 998);
            assert_int_equal(strncmp(line, pieces[i], strlen(pieces[i])), 0);
            assert_int_not_equal(line[length - 1], ' ');
            str_add(&joined, line, length);
        }
        assert_true(lines <= text.length / 800 + 1);
        assert_string_equal(joined.bytes, text.bytes);
        str_release(&text);
        str_release(&out);
        str_release(&joined);
    }
}

static void test_lines_stay_lines(void **state) {
    (void)state;
    struct str out = STR_EMPTY;
    static const char lines[] = "1 High Street \n> Bootle\n\nFrom me";
    flowed_lines(&out, lines, strlen(lines));
    assert_string_equal(out.bytes, "1 High Street\n > Bootle\n\n From me\n");
    str_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters),
        cmocka_unit_test(test_unwrapped),
        cmocka_unit_test(test_lines_join_to_the_paragraph),
        cmocka_unit_test(test_text_without_spaces_is_broken_where_it_must),
        cmocka_unit_test(test_lines_stay_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
