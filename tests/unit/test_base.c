/*
 * The foundation: text, byte strings, tables, arenas, errors, dates and files, at the places where a slip in them would
 * be seen in a letter or lose one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uchar.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/str.h"
#include "base/table.h"
#include "base/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Text */

static void text_is_checked(void **state) {
    static const struct {
        const char *name, *bytes;
        size_t valid;
    } cases[] = {
        {"ASCII", "Jane", 4},
        {"all lengths", "aé€😀", 10},
        {"a stray byte", "Jos\xE9 x", 3},
        {"cut short", "Jos\xC3", 3},
        {"overlong", "a\xC0\xAF", 1},
        {"overlong in three", "\xE0\x80\xAF", 0},
        {"a surrogate", "ab\xED\xA0\x80", 2},
        {"beyond Unicode", "\xF4\x90\x80\x80", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (text_valid(cases[i].bytes, strlen(cases[i].bytes)) != cases[i].valid)
            fail_msg("%s", cases[i].name);
    assert_int_equal(text_valid("a\0b", 3), 3);
}

static void text_is_read(void **state) {
    static const uint32_t wanted[] = {'a', 0xE9, 0x20AC, 0x1F600, 'z'};
    static const char text[] = "aé€😀z";
    (void)state;
    size_t at = 0;
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_int_equal(text_next(text, strlen(text), &at), wanted[i]);
    assert_int_equal(at, strlen(text));
    assert_int_equal(text_count(text, strlen(text)), COUNT(wanted));
}

static void text_is_composed(void **state) {
    static const struct {
        const char *text, *composed;
    } cases[] = {
        {"Jane", "Jane"},      {"Zoe\u0308", "Zo\u00EB"}, {"\u212B", "\u00C5"},
        {"Y\u0302", "\u0176"}, {"\u00EB", "\u00EB"},      {"", ""},
    };
    (void)state;
    struct arena arena = ARENA_EMPTY;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t length = strlen(cases[i].text);
        assert_string_equal(text_nfc(&arena, cases[i].text, &length), cases[i].composed);
        assert_int_equal(length, strlen(cases[i].composed));
    }
    arena_release(&arena);
}

static void text_is_folded(void **state) {
    static const struct {
        const char *text, *folded, *plain;
    } cases[] = {
        {"Jane DOE", "jane doe", "jane doe"},
        {"SIÂN Ŵyn", "siân ŵyn", "sian wyn"},
        {"Zoe\u0308", "zo\u00EB", "zoe"},
        {"STRAßE", "strasse", "strasse"},
        {"Łukasz Đỗ Sørensen", "łukasz đỗ sørensen", "lukasz do sorensen"},
        {"ΓΙΏΡΓΟΣ", "γιώργοσ", "γιωργοσ"},
        {"", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str folded = STR_EMPTY, plain = STR_EMPTY;
        str_adds(&folded, "+");
        text_fold(&folded, cases[i].text, strlen(cases[i].text));
        text_fold_plain(&plain, cases[i].text, strlen(cases[i].text));
        assert_string_equal(folded.bytes + 1, cases[i].folded);
        assert_string_equal(plain.bytes, cases[i].plain);
        str_release(&folded);
        str_release(&plain);
    }
}

static void characters_have_classes(void **state) {
    static const struct {
        const char *name;
        bool (*is)(uint32_t);
        const char32_t *yes, *no;
    } cases[] = {
        {"letter or digit", text_is_letter_or_digit, U"azAZ09éŴžγع五", U" -'’.\u0301£€"},
        {"upper", text_is_upper, U"AZÉŴΓ", U"azé09-ßع"},
        {"mark", text_is_mark, U"\u0301\u0308\u20D7", U"a´é"},
        {"space", text_is_space, U" \t\n\r\u00A0\u202F\u2009\u200B\u3000\uFEFF", U"a_\u00AD\u200D"},
        {"control", text_is_control, U"\x01\t\n\x1F\x7F\x85\u2028\u2029", U" a\u00A0\u200E"},
        {"invisible", text_is_invisible, U"\u00AD\u200D\u200E\u2060\uFE0F", U"a \u00A0é"},
        {"private", text_is_private, U"\uE000\uF8FF\U000F0000\uFDD0\uFFFF\U0001FFFE", U"a\uFFFD\uFB01"},
        {"right to left", text_is_right_to_left, U"שע", U"aé1γ"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (const char32_t *c = cases[i].yes; *c != 0; c++)
            if (!cases[i].is(*c))
                fail_msg("%s: U+%04X is not", cases[i].name, (unsigned)*c);
        for (const char32_t *c = cases[i].no; *c != 0; c++)
            if (cases[i].is(*c))
                fail_msg("%s: U+%04X is", cases[i].name, (unsigned)*c);
    }
}

static void text_is_trimmed(void **state) {
    static const struct {
        const char *text, *trimmed;
    } cases[] = {
        {"Jane Doe", "Jane Doe"}, {"  Jane\t\n", "Jane"}, {"\u00A0\u2009Zoë\u00A0\u3000", "Zoë"},
        {"\uFEFFé", "é"},         {" \u00A0 ", ""},       {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = cases[i].text;
        size_t length = strlen(text);
        text_trim(&text, &length);
        assert_int_equal(length, strlen(cases[i].trimmed));
        assert_memory_equal(text, cases[i].trimmed, length);
    }
}

static void lines_may_break(void **state) {
    /* '|': a line may end before the next character; '!': it must. */
    static const char *const cases[] = {
        "one |two |three", "well-|known",   "£5 |million",         "O’Brien |said",
        "a!\nb",           "no\u00A0break", "10 |Downing |Street",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[64] = "", breaks[64] = "", got[64] = "";
        size_t length = 0, marked = 0;
        for (const char *c = cases[i]; *c != '\0'; c++)
            if (*c != '|' && *c != '!')
                text[length++] = *c;
        text_line_breaks(text, length, breaks);
        for (size_t at = 0; at < length; at++) {
            if (breaks[at] != TEXT_BREAK_NO)
                got[marked++] = breaks[at] == TEXT_BREAK_MUST ? '!' : '|';
            got[marked++] = text[at];
        }
        assert_string_equal(got, cases[i]);
    }
}

static void graphemes_stay_whole(void **state) {
    static const struct {
        const char *text;
        size_t at, end;
    } cases[] = {
        {"ab", 0, 1}, {"ab", 1, 2}, {"e\u0301x", 0, 3}, {"🇬🇧x", 0, 8}, {"👩‍🔧x", 0, 11},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(text_grapheme_end(cases[i].text, strlen(cases[i].text), cases[i].at), cases[i].end);
}

static void nearest_names(void **state) {
    static const struct {
        const char *a, *b;
        unsigned distance;
    } cases[] = {
        {"postcode", "postcode", 0}, {"postcode", "postcod", 1}, {"postcode", "psotcode", 1},
        {"postcode", "postkode", 1}, {"name", "town", 4},        {"", "abc", 3},
        {"siân", "sian", 1},         {"kitten", "sitting", 3},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *a = cases[i].a, *b = cases[i].b;
        assert_int_equal(text_distance(a, strlen(a), b, strlen(b)), cases[i].distance);
        assert_int_equal(text_distance(b, strlen(b), a, strlen(a)), cases[i].distance);
    }
    char wide[500];
    memset(wide, 'x', sizeof wide); /* no name is so long; it must only not overrun */
    assert_true(text_distance(wide, sizeof wide, "x", 1) >= 60);
}

static void file_names_are_safe(void **state) {
    static const struct {
        const char *name;
        size_t max;
        const char *slug;
    } cases[] = {
        {"Jane Doe", 40, "jane-doe"},
        {"Siân O’Brien", 40, "sian-o-brien"},
        {"../../etc/passwd", 40, "etc-passwd"},
        {"  --  ", 40, ""},
        {"محمد", 40, ""},
        {"Łukasz Żółć", 40, "lukasz-zolc"},
        {"Jane\n\tDoe\x7F", 40, "jane-doe"},
        {"abcdefgh", 4, "abcd"},
        {"abc defgh", 4, "abc"},
        {"Strauß & Söhne", 40, "strauss-sohne"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str slug = STR_EMPTY;
        str_adds(&slug, "0001-");
        text_slug(&slug, cases[i].name, strlen(cases[i].name), cases[i].max);
        assert_string_equal(slug.bytes + 5, cases[i].slug);
        str_release(&slug);
    }
}

/* Byte strings */

static void strings_grow(void **state) {
    (void)state;
    struct str str = STR_EMPTY;
    assert_string_equal(str.bytes, "");
    str_clear(&str); /* writes nothing into the shared "" */
    str_cut(&str, 0);
    str_add(&str, NULL, 0);
    assert_int_equal(str.length, 0);

    for (int i = 0; i < 1000; i++)
        str_addf(&str, "row %d;", i);
    assert_memory_equal(str.bytes, "row 0;row 1;", 12);
    assert_string_equal(str.bytes + str.length - 8, "row 999;");
    str_cut(&str, 5);
    assert_string_equal(str.bytes, "row 0");
    str_addc(&str, '\0');
    str_adds(&str, "x");
    assert_int_equal(str.length, 7);
    assert_memory_equal(str.bytes, "row 0\0x", 8);
    memcpy(str_extend(&str, 2), "yz", 2);
    assert_memory_equal(str.bytes + 6, "xyz", 4);
    str_release(&str);
    assert_string_equal(str.bytes, "");
    str_adds(&str, "again");
    assert_string_equal(str.bytes, "again");
    str_release(&str);
}

static void codepoints_are_written(void **state) {
    static const uint32_t edges[] = {1, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF};
    (void)state;
    for (size_t i = 0; i < COUNT(edges); i++) {
        struct str str = STR_EMPTY;
        size_t at = 0;
        str_add_codepoint(&str, edges[i]);
        assert_int_equal(text_valid(str.bytes, str.length), str.length);
        assert_int_equal(text_next(str.bytes, str.length, &at), edges[i]);
        assert_int_equal(at, str.length);
        str_release(&str);
    }
}

/* Arenas and tables */

static void arenas_are_reused(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    arena_clear(&arena); /* also before anything is in it */
    for (int round = 0; round < 3; round++) {
        const char *words[500];
        for (int i = 0; i < 500; i++)
            words[i] = arena_printf(&arena, "%d:%*s", i, i * 7, "x");
        unsigned char *large = arena_alloc(&arena, 300000);
        for (size_t i = 0; i < 300000; i++)
            assert_int_equal(large[i], 0); /* zeroed, whatever the letter before left there */
        memset(large, 0xFF, 300000);
        struct {
            char c;
            long double wide;
        } *aligned = arena_alloc(&arena, sizeof *aligned);
        assert_int_equal((uintptr_t)aligned % _Alignof(max_align_t), 0);
        for (int i = 0; i < 500; i++)
            assert_int_equal(atoi(words[i]), i); /* nothing was given out twice */
        assert_string_equal(arena_copy(&arena, "Jane Doe", 4), "Jane");
        assert_string_equal(arena_copy(&arena, NULL, 0), "");
        arena_clear(&arena);
    }
    arena_release(&arena);
    arena_release(&arena);
}

static void tables_keep_their_order(void **state) {
    enum { KEYS = 5000 };
    (void)state;
    struct table table = TABLE_EMPTY;
    assert_null(table_find(&table, "x", 1));
    for (int round = 0; round < 2; round++) {
        for (intptr_t i = 0; i < KEYS; i++) {
            char key[16];
            size_t length = (size_t)sprintf(key, "key %d", (int)i * 7919 % KEYS);
            void **slot = table_slot(&table, key, length);
            assert_null(*slot);
            *slot = (void *)(i + 1);
        }
        assert_int_equal(table.count, KEYS);
        for (intptr_t i = 0; i < KEYS; i++) {
            char key[16];
            sprintf(key, "key %d", (int)i * 7919 % KEYS);
            assert_string_equal(table.entries[i].key, key);
            assert_int_equal((intptr_t)table_find(&table, key, strlen(key)), i + 1);
        }
        assert_null(table_find(&table, "key", 3));
        assert_int_equal((intptr_t)*table_slot(&table, "key 0", 5), 1);
        assert_int_equal(table.count, KEYS);
        table_clear(&table);
        assert_null(table_find(&table, "key 0", 5));
    }
    *table_slot(&table, "a\0b", 3) = &table;
    assert_null(table_find(&table, "a\0c", 3));
    assert_null(table_find(&table, "a", 1));
    assert_ptr_equal(table_find(&table, "a\0b", 3), &table);
    table_release(&table);
}

/* Errors */

static void messages_are_cut_at_a_character(void **state) {
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        char text[ERROR_MESSAGE_MAX * 2] = "";
        memset(text, 'x', shift);
        for (size_t at = shift; at + 3 < sizeof text; at += 3)
            memcpy(text + at, "€", 3);
        struct error error;
        assert_int_equal(error_set(&error, STATUS_DATA, "%s", text), -1);
        size_t length = strlen(error.message);
        assert_true(length < ERROR_MESSAGE_MAX && length > ERROR_MESSAGE_MAX - 5);
        assert_int_equal(text_valid(error.message, length), length);
        assert_memory_equal(error.message, text, length);
    }
}

static void errors_say_where(void **state) {
    (void)state;
    struct error error = {.source = "stale", .place = {"stale.csv", 1, 1}};
    error_set(&error, STATUS_DATA, "row %d", 3);
    assert_string_equal(error.message, "row 3");
    assert_null(error.source);
    assert_null(error.place.file);
    error_at(&error, STATUS_CONFIGURATION, (struct place){"a.conf", 4, 2}, "again: %s", error.message);
    assert_string_equal(error.message, "again: row 3");
    assert_int_equal(error.status, STATUS_CONFIGURATION);
    assert_string_equal(error.place.file, "a.conf");
    assert_int_equal(error.place.line, 4);
    assert_int_equal(error.place.column, 2);
}

static void problems_are_counted_beyond_the_limit(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    struct place place = {"list.csv", 2, 3};
    problems_init(&problems, &arena);
    problems_add(&problems, SEVERITY_NOTE, place, "read as %s", "UTF-8");
    for (int i = 0; i < PROBLEMS_MAX + 10; i++) {
        struct problem *added = problems_add(&problems, SEVERITY_ERROR, place, "fault %d", i);
        assert_true((added == NULL) == (i + 1 >= PROBLEMS_MAX));
    }
    assert_int_equal(problems.count, PROBLEMS_MAX);
    assert_int_equal(problems.errors_count, PROBLEMS_MAX + 10);
    assert_string_equal(problems.items[0].message, "read as UTF-8");
    assert_string_equal(problems.items[1].message, "fault 0");
    assert_int_equal(problems.items[1].place.line, 2);
    problems_clear(&problems);
    assert_int_equal(problems.count + problems.errors_count, 0);
    problems_release(&problems);
    arena_release(&arena);
}

/* Dates and numbers */

static void dates_are_read(void **state) {
    static const struct {
        const char *text;
        int result;
        struct date date;
    } cases[] = {
        {"2026-11-22", 0, {2026, 11, 22}},
        {"2024-02-29", 0, {2024, 2, 29}},
        {"2000-02-29", 0, {2000, 2, 29}},
        {"2023-02-29", -1, {0}},
        {"1900-02-29", -1, {0}},
        {"2026-04-31", -1, {0}},
        {"2026-13-01", -1, {0}},
        {"2026-00-10", -1, {0}},
        {"2026-01-00", -1, {0}},
        {"22/11/2026", -1, {0}},
        {"2026-1-2", -1, {0}},
        {"2026-11-22 ", -1, {0}},
        {" 2026-1-22", -1, {0}},
        {"+026-11-22", -1, {0}},
        {"2026- 1-22", -1, {0}},
        {"2026--1-22", -1, {0}},
        {"0000-01-01", -1, {0}},
        {"", -1, {0}},
        {"tomorrow", -1, {0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct date date = {0};
        if (date_parse(cases[i].text, &date) != cases[i].result)
            fail_msg("%s", cases[i].text);
        assert_memory_equal(&date, &cases[i].date, sizeof date);
    }
    struct date today, now = date_today();
    assert_int_equal(date_parse("today", &today), 0);
    assert_true(today.year == now.year && today.year > 2023);
}

static void dates_are_written(void **state) {
    static const struct {
        struct date date;
        const char *language, *text;
    } cases[] = {
        {{2026, 11, 22}, "en-GB", "22 November 2026"}, {{2014, 3, 1}, "en-GB", "1 March 2014"},
        {{2026, 11, 22}, "cy", "22 Tachwedd 2026"},    {{2026, 12, 31}, "cy", "31 Rhagfyr 2026"},
        {{2026, 1, 1}, "en-GB", "1 January 2026"},     {{2026, 12, 31}, "en-GB", "31 December 2026"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = STR_EMPTY;
        date_format(&text, cases[i].date, cases[i].language);
        assert_string_equal(text.bytes, cases[i].text);
        str_release(&text);
    }
}

static void numbers_have_commas(void **state) {
    static const struct {
        size_t number;
        const char *text;
    } cases[] = {{0, "0"},          {999, "999"},        {1000, "1,000"},
                 {38412, "38,412"}, {100000, "100,000"}, {1234567, "1,234,567"}};
    (void)state;
    char buffer[PROGRESS_NUMBER_MAX];
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(progress_number(buffer, cases[i].number), cases[i].text);
}

/* Files */

static char *new_directory(void) {
    static char path[64];
    strcpy(path, "/tmp/postbag-test-XXXXXX");
    assert_non_null(mkdtemp(path));
    return path;
}

static void remove_directory(const char *path) {
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", path);
    assert_int_equal(system(command), 0);
}

static mode_t mode_of(const char *path) {
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static bool exists(const char *path) {
    return access(path, F_OK) == 0;
}

static void assert_holds(const char *path, const char *text) {
    struct str read = STR_EMPTY;
    struct error error;
    assert_int_equal(file_read(path, 1000, &read, &error), 0);
    assert_string_equal(read.bytes, text);
    str_release(&read);
}

static void files_are_read_within_a_limit(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    char *directory = new_directory();
    char *path = file_join(&arena, directory, "a.txt");
    FILE *file = fopen(path, "w");
    fputs("0123456789", file);
    fclose(file);

    struct str read = STR_EMPTY;
    struct error error;
    str_adds(&read, "<");
    assert_int_equal(file_read(path, 10, &read, &error), 0);
    assert_string_equal(read.bytes, "<0123456789");
    assert_int_equal(file_read(path, 9, &read, &error), -1);
    assert_int_equal(error.status, STATUS_DATA);
    assert_string_equal(read.bytes, "<0123456789"); /* as it was */
    assert_int_equal(file_read("/nowhere/a.txt", 10, &read, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    assert_non_null(strstr(error.message, "/nowhere/a.txt"));
    assert_int_equal(file_read(directory, 10, &read, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    str_release(&read);
    remove_directory(directory);
    arena_release(&arena);
}

static void directories_are_private(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct error error;
    char *root = new_directory();
    char *inner = file_join(&arena, root, "out/a campaign/letters");
    mode_t before = umask(0);
    assert_int_equal(file_make_directory(inner, &error), 0);
    umask(before);
    assert_int_equal(mode_of(inner), 0700);
    assert_int_equal(mode_of(file_join(&arena, root, "out")), 0700);
    assert_int_equal(file_make_directory(inner, &error), 0);
    assert_int_equal(file_make_directory(file_join(&arena, inner, "/"), &error), 0);

    FILE *file = fopen(file_join(&arena, root, "plain"), "w");
    fclose(file);
    assert_int_equal(file_make_directory(file_join(&arena, root, "plain/below"), &error), -1);
    assert_int_equal(error.status, STATUS_CANNOT_CREATE);
    assert_int_equal(file_make_directory("", &error), -1);
    remove_directory(root);
    arena_release(&arena);
}

static void letters_appear_whole(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct error error;
    char *root = new_directory();
    char *leftover = file_join(&arena, root, FILE_UNFINISHED "0001.pdf");
    fclose(fopen(leftover, "w"));

    struct file_directory directory;
    assert_int_equal(file_directory_open(&directory, root, &error), 0);
    assert_false(exists(leftover));
    mode_t before = umask(0);
    assert_int_equal(file_directory_write(&directory, "0001.pdf", "first", 5, &error), 0);
    assert_int_equal(file_directory_write(&directory, "0001.pdf", "second", 6, &error), 0);
    umask(before);
    char *path = file_join(&arena, root, "0001.pdf");
    assert_holds(path, "second");
    assert_int_equal(mode_of(path), 0600);
    assert_false(exists(leftover));

    /* A name that is a directory cannot be replaced: nothing is left, and the error names the file. */
    mkdir(file_join(&arena, root, "taken"), 0700);
    mkdir(file_join(&arena, root, "taken/x"), 0700);
    assert_int_equal(file_directory_write(&directory, "taken", "x", 1, &error), -1);
    assert_int_equal(error.status, STATUS_CANNOT_CREATE);
    assert_non_null(strstr(error.message, "taken"));
    assert_false(exists(file_join(&arena, root, FILE_UNFINISHED "taken")));
    file_directory_close(&directory);
    file_directory_close(&directory);
    remove_directory(root);
    arena_release(&arena);
}

static void files_appear_at_commit(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct error error;
    char *root = new_directory();
    char *path = file_join(&arena, root, "problems.csv");
    char *unfinished = file_join(&arena, root, FILE_UNFINISHED "problems.csv");

    struct file_output output;
    assert_int_equal(file_begin(&output, path, &error), 0);
    fputs("row,problem\n", output.stream);
    assert_false(exists(path));
    assert_int_equal(file_commit(&output, &error), 0);
    file_abandon(&output);
    assert_holds(path, "row,problem\n");
    assert_int_equal(mode_of(path), 0600);
    assert_false(exists(unfinished));

    assert_int_equal(file_begin(&output, path, &error), 0);
    fputs("half", output.stream);
    file_abandon(&output);
    assert_holds(path, "row,problem\n");
    assert_false(exists(unfinished));

    assert_int_equal(file_begin(&output, "/nowhere/problems.csv", &error), -1);
    assert_int_equal(error.status, STATUS_CANNOT_CREATE);
    remove_directory(root);
    arena_release(&arena);
}

static void a_full_disk_is_said(void **state) {
    (void)state;
    struct error error;
    struct file_output output;
    char path[] = "/tmp/postbag-test-full";
    assert_int_equal(file_begin(&output, path, &error), 0);
    FILE *full = fopen("/dev/full", "w"); /* takes the place of the stream: every write says ENOSPC */
    if (full == NULL) {
        file_abandon(&output);
        skip();
    }
    fclose(output.stream);
    output.stream = full;
    fputs("letter", output.stream);
    assert_int_equal(file_commit(&output, &error), -1);
    assert_int_equal(error.status, STATUS_INPUT_OUTPUT);
    assert_non_null(strstr(error.message, "the disk is full"));
    assert_false(exists(path));
}

static void temporary_files_have_no_name(void **state) {
    (void)state;
    struct error error;
    char *root = new_directory();
    assert_int_equal(setenv("TMPDIR", root, 1), 0);
    FILE *file = NULL;
    assert_int_equal(file_temporary(&file, &error), 0);
    fputs("Jane Doe", file);
    rewind(file);
    char read[16] = "";
    assert_non_null(fgets(read, sizeof read, file));
    assert_string_equal(read, "Jane Doe");
    assert_int_equal(rmdir(root), 0); /* it is empty */
    fclose(file);
    assert_int_equal(file_temporary(&file, &error), -1);
    assert_int_equal(error.status, STATUS_CANNOT_CREATE);
    unsetenv("TMPDIR");
}

static void names_are_joined(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    assert_string_equal(file_join(&arena, "a/b", "c.pdf"), "a/b/c.pdf");
    assert_string_equal(file_join(&arena, "", "c.pdf"), "c.pdf");
    assert_string_equal(file_join(&arena, NULL, "c.pdf"), "c.pdf");
    assert_string_equal(file_join(&arena, "a", "/c.pdf"), "/c.pdf");
    arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_checked),
        cmocka_unit_test(text_is_read),
        cmocka_unit_test(text_is_composed),
        cmocka_unit_test(text_is_folded),
        cmocka_unit_test(characters_have_classes),
        cmocka_unit_test(text_is_trimmed),
        cmocka_unit_test(lines_may_break),
        cmocka_unit_test(graphemes_stay_whole),
        cmocka_unit_test(nearest_names),
        cmocka_unit_test(file_names_are_safe),
        cmocka_unit_test(strings_grow),
        cmocka_unit_test(codepoints_are_written),
        cmocka_unit_test(arenas_are_reused),
        cmocka_unit_test(tables_keep_their_order),
        cmocka_unit_test(messages_are_cut_at_a_character),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(problems_are_counted_beyond_the_limit),
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(dates_are_written),
        cmocka_unit_test(numbers_have_commas),
        cmocka_unit_test(files_are_read_within_a_limit),
        cmocka_unit_test(directories_are_private),
        cmocka_unit_test(letters_appear_whole),
        cmocka_unit_test(files_appear_at_commit),
        cmocka_unit_test(a_full_disk_is_said),
        cmocka_unit_test(temporary_files_have_no_name),
        cmocka_unit_test(names_are_joined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
