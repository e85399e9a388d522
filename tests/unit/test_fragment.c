/*
 * Fragments: where a text is cut, which of its words may be hyphenated, and what cutting leaves as it was. The font is
 * that of tests/unit/founder.h, each character a tenth of an em nearer to the one before it in the same word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "founder.h"
#include "letter/fragment.h"
#include "linguist.h"

enum { KERN = FACE_EM / 10 };

static struct shaper *shaper;

/* ---- Texts ---- */

static struct fragment_list list; /* the same for all, as a thread has one */
static struct arena arena;

static int open_all(void **state) {
    cast_nearer = KERN;
    shaper = shaper_new(NULL);
    return linguist_open(state);
}

static int close_all(void **state) {
    free(list.items);
    arena_release(&arena);
    shaper_free(shaper);
    return linguist_close(state);
}

enum { RUNS_MAX = 20 };

/* Runs from TEXT, in which [ ] is a value and { } is bold; "[" alone begins the next run, and so on. */
static size_t read_runs(const char *text, struct run runs[RUNS_MAX]) {
    size_t count = 0;
    struct run run = {.value = false};
    while (true) {
        size_t length = strcspn(text, "[]{}");
        assert_true(count < RUNS_MAX);
        run.text = arena_copy(&arena, text, length);
        run.length = length;
        if (length > 0 || run.value)
            runs[count++] = run;
        text += length;
        if (*text == '\0')
            return count;
        run.value = *text == '[';
        run.style = *text == '{' ? STYLE_BOLD : 0;
        text++;
    }
}

static struct text cut(const char *marked, const struct hyphenation *hyphenation) {
    static struct run runs[RUNS_MAX];
    struct text text;
    fragment_runs(&list, shaper, runs, read_runs(marked, runs), hyphenation, &arena, &text);
    return text;
}

/* What the fragments say: "·" where a word may be hyphenated, "|" where a line may end behind a word, "/" for its end. */
static const char *describe(const struct text *text) {
    struct str out = STR_EMPTY;
    for (size_t i = 0; i < text->fragments_count; i++) {
        const struct fragment *fragment = &text->fragments[i];
        str_add(&out, fragment->text, fragment->length);
        if (fragment->kind == FRAGMENT_NEWLINE)
            str_adds(&out, "/");
        if (fragment->may_hyphenate)
            str_adds(&out, "·");
        if (fragment->may_end && fragment->kind == FRAGMENT_WORD)
            str_adds(&out, "|");
        assert_false(fragment->may_hyphenate && (fragment->may_end || fragment->kind != FRAGMENT_WORD));
    }
    const char *copy = arena_copy(&arena, out.bytes, out.length);
    str_release(&out);
    return copy;
}

struct case_ {
    const char *name, *text, *expected;
};

static void check(const struct case_ *cases, size_t count, const struct hyphenation *hyphenation) {
    for (size_t i = 0; i < count; i++) {
        struct text text = cut(cases[i].text, hyphenation);
        const char *found = describe(&text);
        if (strcmp(found, cases[i].expected) != 0)
            fail_msg("%s: %s, not %s", cases[i].name, found, cases[i].expected);
    }
}

#define CHECK(cases, hyphenation) check(cases, sizeof(cases) / sizeof *(cases), hyphenation)

static void hyphenated(void **state) {
    (void)state;
    static const struct case_ cases[] = {
        {"a word", "the riverbank is", "the river·bank is"},
        {"several points", "our government is", "our gov·ern·ment is"},
        {"a comma", "the riverbank, which", "the river·bank, which"},
        {"quotes", "the “riverbank,” which", "the “river·bank,” which"},
        {"straight quotes", "the \"riverbank\" is", "the \"river·bank\" is"},
        {"single quotes", "the ‘riverbank’ is", "the ‘river·bank’ is"},
        {"brackets", "it (the riverbank) is", "it (the river·bank) is"},
        {"a sentence", "the riverbank. it", "the river·bank. it"},
        {"a colon", "the riverbank: it", "the river·bank: it"},
        {"an apostrophe", "the riverbank’s edge", "the river·bank’s edge"},
        {"a typewriter's apostrophe", "the riverbank's edge", "the river·bank's edge"},
        {"an apostrophe is no third letter", "the winner’s cup", "the win·ner’s cup"},
        {"an em dash", "riverbank—riverbank is", "river·bank|—|river·bank is"},
        {"an ellipsis", "riverbank… and", "river·bank… and"},
        {"a no-break space", "riverbank\u00A0is", "river·bank\u00A0is"},
        {"beside a value", "riverbank [Smith] riverbank is", "river·bank Smith river·bank is"},
        {"beside an empty value", "the []riverbank is", "the river·bank is"},
        {"bold", "the {riverbank} is", "the river·bank is"},
        {"bold before a comma", "the {riverbank}, which", "the river·bank, which"},
        {"bold ends within it", "our {gov}ernment is", "our gov·ern·ment is"},
        {"bold ends elsewhere in it", "our {gover}nment is", "our gov·ern·ment is"},
        {"beside Hebrew", "the riverbank \u05D0\u05D1 is", "the river·bank \u05D0\u05D1 is"},
    };
    CHECK(cases, english);
}

static void left_whole(void **state) {
    (void)state;
    static const struct case_ cases[] = {
        {"too short", "the bank is", "the bank is"},
        {"a capital", "Riverbank is", "Riverbank is"},
        {"a capital within", "the riverBank is", "the riverBank is"},
        {"all capitals", "the RIVERBANK is", "the RIVERBANK is"},
        {"a digit", "the riverbank2 is", "the riverbank2 is"},
        {"a superscript", "the riverbank² is", "the riverbank² is"},
        {"a sign", "£riverbank is", "£riverbank is"},
        {"a hyphen", "riverbank-government is", "riverbank-|government is"},
        {"a non-breaking hyphen", "riverbank\u2011government is", "riverbank\u2011government is"},
        {"an en dash", "riverbank–government is", "riverbank–|government is"},
        {"a soft hyphen", "go\u00ADvernment is", "go\u00AD|vernment is"},
        {"a web page", "https://riverbank.example/government/monitoring is",
         "https://|riverbank.|example/|government/|monitoring is"},
        {"a web page's end", "www.example/monitoring) is", "www.|example/|monitoring) is"},
        {"a host", "riverbank.example is", "riverbank.|example is"},
        {"a mailbox", "monitoring@riverbank.example is", "monitoring@riverbank.|example is"},
        {"a mailbox in brackets", "(monitoring@riverbank.example) is", "(monitoring@riverbank.|example) is"},
        {"a query", "?government=riverbank is", "?|government=riverbank is"},
        {"a slash", "riverbank/government is", "riverbank/|government is"},
        {"an underscore", "riverbank_government is", "riverbank_government is"},
        {"a value", "the [riverbank] is", "the riverbank is"},
        {"part of a value", "the [river]bank is", "the riverbank is"},
        {"a value behind it", "the riverbank[s] is", "the riverbanks is"},
        {"a value's comma", "the riverbank[,] is", "the riverbank, is"},
        {"the last word", "of the riverbank", "of the riverbank"},
        {"the last word, with its full stop", "of the “riverbank.”", "of the “riverbank.”"},
        {"the last word, and a space", "of the riverbank \n", "of the riverbank "},
        {"the last word, and a dash", "of the riverbank —", "of the riverbank —"},
        {"the last word of a line", "of the riverbank\nof the government is",
         "of the riverbank/of the gov·ern·ment is"},
        {"a letter of another script", "the riverbank\u0430 is", "the riverbank\u0430 is"},
        {"a word that is read from right to left", "a \u202Eriverbank\u202C is", "a \u202Eriverbank\u202C is"},
    };
    CHECK(cases, english);
    /* Nothing is where there are no patterns. */
    struct text text = cut("the riverbank is", NULL);
    assert_string_equal(describe(&text), "the riverbank is");
}

static void welsh_words(void **state) {
    (void)state;
    static const struct case_ cases[] = {
        {"a word", "fy nghynrychiolydd i", "fy nghyn·rych·iol·ydd i"},
        {"a short form of the article", "mae’r gwasanaethau’n dda", "mae’r gwas·an·aethau’n dda"},
        {"a letter with a sign", "i gwmnïau mawr", "i gwm·nïau mawr"},
    };
    CHECK(cases, welsh);
}

/* What is remembered of a word in one language is not taken for the other's. */
static void two_languages(void **state) {
    (void)state;
    for (unsigned round = 0; round < 3; round++) {
        struct text text = cut("a record is", english);
        assert_string_equal(describe(&text), "a record is");
        text = cut("a record is", welsh);
        assert_string_equal(describe(&text), "a rec·ord is");
    }
}

/* More words than are remembered, some of them too long to be. */
static void many_words(void **state) {
    (void)state;
    static const char *const syllables[] = {"gov", "ern", "ment", "con", "stitu", "ency", "able", "ing", "mon", "tion"};
    for (unsigned i = 0; i < 20000; i++) {
        char word[100] = "", marked[120];
        for (unsigned rest = i; rest > 0; rest /= 10)
            strcat(word, syllables[rest % 10]);
        if (i % 7 == 0)
            strcat(word, "representation");
        snprintf(marked, sizeof marked, "%s is", word);
        struct text text = cut(marked, english);
        unsigned char points[HYPHENATION_POINTS_MAX];
        size_t count = hyphenation_points(english, word, strlen(word), points), found = 0, at = 0;
        for (size_t j = 0; j < text.fragments_count; j++) {
            at += text.fragments[j].length;
            if (text.fragments[j].may_hyphenate)
                assert_int_equal(at, points[found++]);
        }
        assert_int_equal(found, count);
        arena_clear(&arena);
        shaper_trim(shaper);
    }
}

/* A word that is cut is the same text, one fragment behind the other, and a line of it is as wide as it was. */
static void same_text(void **state) {
    (void)state;
    static const char *const texts[] = {
        "the riverbank—our government’s—is here",
        "our {gov}ernment [is] monitoring\nthe “riverbank,” isn’t it",
        "monitoring\n\nmonitoring, monitoring: monitoring",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct text whole = cut(texts[i], NULL);
        struct str said = STR_EMPTY, without = STR_EMPTY;
        for (size_t j = 0; j < whole.fragments_count; j++)
            str_add(&without, whole.fragments[j].text, whole.fragments[j].length);
        struct text parted = cut(texts[i], english);
        for (size_t j = 0; j < parted.fragments_count; j++) {
            const struct fragment *fragment = &parted.fragments[j];
            str_add(&said, fragment->text, fragment->length);
            if (fragment->may_hyphenate) {
                assert_ptr_equal(fragment->text + fragment->length, fragment[1].text);
                assert_int_equal(fragment->level, fragment[1].level);
            }
            if (fragment->kind == FRAGMENT_WORD) {
                int32_t characters = (int32_t)text_count(fragment->text, fragment->length);
                assert_int_equal(fragment->word->width, characters * (CAST_WIDTH - KERN) + KERN); /* shaped by itself */
            }
        }
        assert_true(parted.fragments_count > whole.fragments_count);
        assert_string_equal(said.bytes, without.bytes);
        assert_int_equal(parted.widest, whole.widest);
        str_release(&said);
        str_release(&without);
    }
}

/* A word in capitals is shaped once, since nothing of it is cut off. */
static void shaped_once(void **state) {
    (void)state;
    shaper_trim(shaper);
    size_t before = cast_words;
    struct text text = cut("RIVERBANK", english);
    assert_int_equal(text.fragments_count, 1);
    assert_int_equal(cast_words - before, 1);
}

/* A word of more than FRAGMENT_MAX bytes, and a text of nothing but what is left out. */
static void extremes(void **state) {
    (void)state;
    static char endless[3000];
    memset(endless, 'a', sizeof endless - 1);
    struct text text = cut(endless, english);
    assert_true(text.fragments_count == 3);
    for (size_t i = 0; i < text.fragments_count; i++)
        assert_false(text.fragments[i].may_hyphenate);
    text = cut("", english);
    assert_int_equal(text.fragments_count, 0);
    text = cut("\n", english);
    assert_int_equal(text.fragments_count, 0);
    text = cut("\x01\xC2\x85", english);
    assert_int_equal(text.fragments_count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hyphenated),    cmocka_unit_test(left_whole), cmocka_unit_test(welsh_words),
        cmocka_unit_test(two_languages), cmocka_unit_test(many_words), cmocka_unit_test(same_text),
        cmocka_unit_test(shaped_once),   cmocka_unit_test(extremes),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
