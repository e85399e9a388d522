/* Hyphenation: where English and Welsh words are parted, what is never parted, and patterns that are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pthread.h>

#include <cmocka.h>

#include "base/text.h"
#include "letter/exception.h"
#include "letter/hyphenation.h"
#include "linguist.h"

/* WORD with a hyphen wherever it may be parted. */
static void part(const struct hyphenation *hyphenation, const char *word, char parted[2 * HYPHENATION_WORD_MAX + 2]) {
    unsigned char points[HYPHENATION_POINTS_MAX];
    size_t length = strlen(word), count = hyphenation_points(hyphenation, word, length, points), out = 0, next = 0;
    for (size_t i = 0; i < length; i++) {
        if (next < count && points[next] == i) {
            parted[out++] = '-';
            next++;
        }
        parted[out++] = word[i];
    }
    parted[out] = '\0';
    assert_int_equal(next, count); /* in order, each once, and none beyond the word */
}

static void words(void **state) {
    (void)state;
    static const struct {
        const char *language, *word, *expected;
    } cases[] = {
        {"en-GB", "government", "gov-ern-ment"},
        {"en-GB", "constituency", "con-stitu-ency"},
        {"en-GB", "everyone", "every-one"},
        {"en-GB", "through", "through"},
        /* The patterns say "ri-verb-ank", "un-reas-on-able", "mon-it-or-ing". */
        {"en-GB", "riverbank", "river-bank"},
        {"en-GB", "unreasonable", "un-reason-able"},
        {"en-GB", "monitoring", "moni-tor-ing"},
        /* An exception that is not to be parted at all, where they say "re-cord". */
        {"en-GB", "record", "record"},
        /* The same words, inflected. */
        {"en-GB", "riverbanks", "river-banks"},
        {"en-GB", "records", "records"},
        {"en-GB", "seriously", "seri-ously"},
        {"en-GB", "womanly", "womanly"},
        /* What only begins like an exception is none. */
        {"en-GB", "recorder", "re-corder"},
        /* Two letters before, three behind. */
        {"en-GB", "about", "about"},
        {"en-GB", "easily", "eas-ily"},
        {"en-GB", "above", "above"},
        {"en-GB", "until", "un-til"},
        {"en-GB", "only", "only"},
        {"en-GB", "a", "a"},
        {"en-GB", "", ""},
        {"cy", "cynrychiolydd", "cyn-rych-iol-ydd"},
        {"cy", "amgylchedd", "am-gylch-edd"},
        {"cy", "gwasanaethau", "gwas-an-aethau"},
        {"cy", "ysgrifennydd", "ysgrif-en-nydd"},
        /* Offsets count bytes, limits count letters. */
        {"cy", "cwmnïau", "cwm-nïau"},
        {"cy", "personél", "per-sonél"},
        /* English exceptions are not Welsh ones. */
        {"cy", "record", "rec-ord"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char parted[2 * HYPHENATION_WORD_MAX + 2];
        part(strcmp(cases[i].language, "cy") == 0 ? welsh : english, cases[i].word, parted);
        if (strcmp(parted, cases[i].expected) != 0)
            fail_msg("%s: %s, not %s", cases[i].language, parted, cases[i].expected);
    }
}

/* Every line of the table says where its word is parted, and so stands where it is looked for. */
static void every_exception(void **state) {
    (void)state;
    assert_true(exceptions_english.count > 200);
    for (size_t i = 0; i < exceptions_english.count; i++) {
        const char *exception = exceptions_english.words[i];
        char word[HYPHENATION_WORD_MAX] = "", parted[2 * HYPHENATION_WORD_MAX + 2];
        for (const char *from = exception; *from != '\0'; from++) {
            assert_true(*from == '-' || (*from >= 'a' && *from <= 'z'));
            if (*from != '-')
                strncat(word, from, 1);
        }
        part(english, word, parted);
        if (strcmp(parted, exception) != 0)
            fail_msg("%s is parted as %s: out of order, or too near an end of the word", exception, parted);
    }
}

/* Only the word itself is read, whatever stands behind it, and be it the end of what may be read. */
static void in_a_text(void **state) {
    (void)state;
    static const char *const behind[] = {"", "’s", "'''''''''", "–-'–-'", "ment"};
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        size_t length = strlen("government") + strlen(behind[i]);
        char *text = malloc(length), marked[20];
        assert_non_null(text);
        memcpy(text, "government", strlen("government"));
        memcpy(text + strlen("government"), behind[i], strlen(behind[i]));
        unsigned char points[HYPHENATION_POINTS_MAX];
        assert_int_equal(hyphenation_points(english, text, strlen("government"), points), 2);
        snprintf(marked, sizeof marked, "%u %u", points[0], points[1]);
        assert_string_equal(marked, "3 6");
        free(text);
    }
}

static void length_limit(void **state) {
    (void)state;
    char word[HYPHENATION_WORD_MAX + 2];
    for (size_t i = 0; i <= HYPHENATION_WORD_MAX; i++)
        word[i] = "govern"[i % 6];
    unsigned char points[HYPHENATION_POINTS_MAX];
    assert_true(hyphenation_points(english, word, HYPHENATION_WORD_MAX, points) > 5);
    assert_int_equal(hyphenation_points(english, word, HYPHENATION_WORD_MAX + 1, points), 0);
}

/* ---- Patterns that are not there ---- */

static char directory[] = "/tmp/postbag-hyphenation-XXXXXX";

static int make_directory(void **state) {
    (void)state;
    return mkdtemp(directory) == NULL ? -1 : 0;
}

static int remove_directory(void **state) {
    (void)state;
    char path[200];
    snprintf(path, sizeof path, "%s/hyph_en_GB.dic", directory);
    unlink(path);
    return rmdir(directory);
}

static void missing_patterns(void **state) {
    (void)state;
    static const struct {
        const char *name, *content, *expected;
    } cases[] = {
        {"no file", NULL, "hyphen-en-gb"},
        {"nothing in it", "", "hyphen-en-gb"},
        {"another character set", "ISO8859-1\n.ab4i\n", "hyphen-en-gb"},
        {"no patterns", "UTF-8\n% nothing\n", "hyphen-en-gb"},
        {"not text", "\xFF\xFE\x01\n1,2,3\n", "hyphen-en-gb"},
    };
    char path[200];
    snprintf(path, sizeof path, "%s/hyph_en_GB.dic", directory);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].content != NULL) {
            FILE *file = fopen(path, "w");
            assert_non_null(file);
            fputs(cases[i].content, file);
            fclose(file);
        }
        struct hyphenation *opened = NULL;
        struct error error = {.status = STATUS_DONE};
        assert_int_equal(hyphenation_open_in(&opened, "en-GB", directory, &error), -1);
        assert_null(opened);
        assert_int_equal(error.status, STATUS_CONFIGURATION);
        if (strstr(error.message, cases[i].expected) == NULL || strstr(error.message, path) == NULL)
            fail_msg("%s: %s", cases[i].name, error.message);
        /* Welsh is part of the program. */
        assert_int_equal(hyphenation_open_in(&opened, "cy", directory, &error), 0);
        hyphenation_free(opened);
    }
}

static void patterns_of_another_directory(void **state) {
    (void)state;
    char path[200], parted[2 * HYPHENATION_WORD_MAX + 2];
    snprintf(path, sizeof path, "%s/hyph_en_GB.dic", directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("UTF-8\n% one pattern\na1b\n", file);
    fclose(file);
    struct hyphenation *opened = NULL;
    struct error error;
    assert_int_equal(hyphenation_open_in(&opened, "en-GB", directory, &error), 0);
    part(opened, "abxxabxxabx", parted);
    assert_string_equal(parted, "abxxa-bxxabx"); /* at the ends it would be too near */
    hyphenation_free(opened);
}

static void unknown_language(void **state) {
    (void)state;
    struct hyphenation *opened = NULL;
    struct error error = {.status = STATUS_DONE};
    assert_int_equal(hyphenation_open(&opened, "fr", &error), -1);
    assert_int_equal(error.status, STATUS_CONFIGURATION);
    assert_non_null(strstr(error.message, "\"fr\""));
    hyphenation_free(opened); /* NULL: nothing to free */
}

/* ---- Bytes that no word has ---- */

static void hostile_bytes(void **state) {
    (void)state;
    static const char *const spoilt[] = {
        "\x80govern",
        "govern\xC3",
        "gov\xFF"
        "ernment",
        "\xED\xA0\x80government",
        "\xF5\x80\x80\x80government",
        "gov\xC0\xAD"
        "ernment",
    };
    unsigned char points[HYPHENATION_POINTS_MAX];
    for (size_t i = 0; i < sizeof spoilt / sizeof *spoilt; i++)
        assert_int_equal(hyphenation_points(english, spoilt[i], strlen(spoilt[i]), points), 0);
    assert_int_equal(hyphenation_points(english, "gov\0ernment", 11, points), 0);

    uint32_t random = 1;
    for (unsigned round = 0; round < 30000; round++) {
        char bytes[HYPHENATION_WORD_MAX + 10];
        size_t length = 0, wanted = round % sizeof bytes;
        while (length < wanted) {
            random = random * 1664525 + 1013904223;
            /* Letters, digits, dots, what patterns are made of, two-byte letters, and now and then any byte. */
            unsigned choice = random >> 24, other = random >> 16 & 0xFF;
            if (choice < 180) {
                bytes[length++] = "abcdefghijklmnopqrstuvwxyz.'-0123456789=/%,"[other % 43];
            } else if (choice < 250 && length + 2 <= wanted) {
                bytes[length++] = '\xC3';
                bytes[length++] = (char)(0xA0 + other % 0x20);
            } else {
                bytes[length++] = round % 2 ? (char)other : 'e';
            }
        }
        size_t before = 0, count = hyphenation_points(round % 3 ? english : welsh, bytes, length, points);
        for (size_t i = 0; i < count; before = points[i++]) {
            assert_true(points[i] > before && points[i] < length);
            assert_int_not_equal((unsigned char)bytes[points[i]] & 0xC0, 0x80); /* within a letter */
            assert_true(text_count(bytes, points[i]) >= 2);
            assert_true(text_count(bytes + points[i], length - points[i]) >= 3);
        }
    }
}

/* ---- Threads ---- */

static const char *const shared_words[] = {"government", "constituency", "accountability", "representation"};
static char expected[4][2 * HYPHENATION_WORD_MAX + 2];

static void *part_many(void *different) {
    for (unsigned round = 0; round < 2000; round++) {
        char parted[2 * HYPHENATION_WORD_MAX + 2];
        part(english, shared_words[round % 4], parted);
        *(unsigned *)different += strcmp(parted, expected[round % 4]) != 0;
    }
    return NULL;
}

static void many_threads(void **state) {
    (void)state;
    pthread_t threads[4];
    unsigned different[4] = {0};
    for (size_t i = 0; i < 4; i++)
        part(english, shared_words[i], expected[i]);
    assert_string_equal(expected[0], "gov-ern-ment");
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, part_many, &different[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(different[i], 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(every_exception),
        cmocka_unit_test(in_a_text),
        cmocka_unit_test(length_limit),
        cmocka_unit_test_setup(missing_patterns, make_directory),
        cmocka_unit_test_teardown(patterns_of_another_directory, remove_directory),
        cmocka_unit_test(unknown_language),
        cmocka_unit_test(hostile_bytes),
        cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests(tests, linguist_open, linguist_close);
}
