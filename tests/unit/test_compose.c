/*
 * Composing by example, in the font of tests/unit/founder.h: at 10 pt a character is 5 pt wide. "fi" is one glyph, and
 * there is kerning in "AV", and the other way in "rV" and "/V".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <malloc.h>

#include "founder.h"
#include "letter/compose.h"
#include "letter/setter.h"

enum {
    SIZE = 10000,
    CHARACTER = SIZE / 2, /* in millipoints */
};

/* ---- Paragraphs to compose ---- */

enum { FRAGMENTS_MAX = 1000 };

struct set {
    struct shaper *shaper;
    struct composer *composer;
    struct fragment_list list;
    struct fragment fragments[FRAGMENTS_MAX];
    struct text text;
    struct arena arena;
    const struct composed_line *lines;
    size_t count;
};

static void set_up(struct set *set) {
    memset(set, 0, sizeof *set);
    set->shaper = shaper_new(NULL);
    set->composer = composer_new();
}

static void tear_down(struct set *set) {
    free(set->list.items);
    composer_free(set->composer);
    shaper_free(set->shaper);
    arena_release(&set->arena);
}

/* TEXT, in which '|' shows where a word may be hyphenated. */
static void read_text(struct set *set, const char *marked) {
    char *text = arena_alloc(&set->arena, strlen(marked) + 1);
    size_t length = 0;
    for (const char *at = marked; *at != '\0'; at++)
        if (*at != '|')
            text[length++] = *at;
    struct run *run = ARENA_ARRAY(&set->arena, struct run, 1);
    *run = (struct run){.text = text, .length = length};
    fragment_runs(&set->list, set->shaper, run, 1, NULL, &set->arena, &set->text);
    size_t count = 0;
    const char *mark = marked;
    for (size_t i = 0; i < set->text.fragments_count; i++) {
        struct fragment rest = set->text.fragments[i];
        for (size_t at = 0; at < set->text.fragments[i].length; at++, mark++) {
            if (*mark != '|')
                continue;
            mark++;
            struct fragment *part = &set->fragments[count++];
            *part = rest;
            part->length = (uint16_t)(set->text.fragments[i].text + at - rest.text);
            part->may_end = false;
            part->may_hyphenate = true;
            part->word = shaper_word(set->shaper, 0, part->text, part->length, false);
            rest.text += part->length;
            rest.length = (uint16_t)(rest.length - part->length);
        }
        if (rest.length > 0)
            rest.word = shaper_word(set->shaper, 0, rest.text, rest.length, rest.level % 2 != 0);
        mark += rest.kind == FRAGMENT_NEWLINE;
        set->fragments[count++] = rest;
        assert_true(count < FRAGMENTS_MAX);
    }
    set->text.fragments = set->fragments;
    set->text.fragments_count = count;
}

/* MEASURE in tenths of a character. */
static void compose(struct set *set, const char *marked, int measure, struct manner manner) {
    read_text(set, marked);
    set->count = compose_lines(set->composer, &set->text, SIZE, measure * CHARACTER / 10, manner, &set->arena,
                               &set->arena, &set->lines);
}

/* The lines as they are read, parted by '|'. */
static const char *text_of(struct set *set) {
    struct str text = STR_EMPTY;
    for (size_t i = 0; i < set->count; i++) {
        for (size_t j = 0; j < set->lines[i].words_count; j++)
            str_add(&text, set->lines[i].words[j].word->pieces[0].text, set->lines[i].words[j].word->pieces[0].length);
        str_adds(&text, "|");
    }
    const char *copy = arena_copy(&set->arena, text.bytes, text.length);
    str_release(&text);
    return copy;
}

static const struct manner ragged = {.alignment = ALIGN_LEFT};
static const struct manner justified = {.alignment = ALIGN_JUSTIFY};
static const struct manner hyphenated = {.alignment = ALIGN_JUSTIFY, .hyphenate = true};
static const struct manner ragged_hyphenated = {.alignment = ALIGN_LEFT, .hyphenate = true};
static const struct manner protruding = {.alignment = ALIGN_JUSTIFY, .protrude = true};
static const struct manner ragged_protruding = {.alignment = ALIGN_LEFT, .protrude = true};
static const struct manner expanding = {.alignment = ALIGN_JUSTIFY, .expand = true};
static const struct manner everything = {ALIGN_JUSTIFY, true, true, true};

static void lines(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        int measure;
        const struct manner *manner;
        const char *expected;
    } cases[] = {
        {"ragged", "aaaa bbbb cccc dd", 100, &ragged, "aaaa bbbb |cccc dd|"},
        {"justified", "aaaa bbbb cccc dd", 100, &justified, "aaaa bbbb |cccc dd|"},
        {"a word is parted", "aaaa bbbb|cccc dddd eeee", 100, &hyphenated, "aaaa bbbb-|cccc dddd |eeee|"},
        {"only where that is asked for", "aaaa bbbb|cccc dddd eeee", 100, &justified, "aaaa |bbbbcccc |dddd eeee|"},
        {"in ragged text, too", "aaaa bbbb|cccc dddd eeee", 100, &ragged_hyphenated, "aaaa bbbb-|cccc dddd |eeee|"},
        {"and only where it helps", "aaaa bb|cc dddd eeee", 100, &hyphenated, "aaaa bbcc |dddd eeee|"},
        {"a soft hyphen becomes one", "aaaa bbbb\u00ADcccc dddd eeee", 100, &justified, "aaaa bbbb-|cccc dddd |eeee|"},
        {"and within a line remains", "aaaa bb\u00ADcc dddd eeee", 100, &justified, "aaaa bb\u00ADcc |dddd eeee|"},
        {"a hyphen that is there gets no other", "aaaa bbbb-cccc dddd eeee", 100, &hyphenated,
         "aaaa bbbb-|cccc dddd |eeee|"},
        {"parts that meet are one word", "aaaa bbf|igg", 100, &hyphenated, "aaaa bbfigg|"},
        {"which may be narrower, and then fits", "aaaa bbbb|f|icc", 120, &hyphenated, "aaaa bbbbficc|"},
        {"not two hyphens running", "aaaa bbbb|cccc|dddd|eeee ffff gggg hhhh iiii", 101, &ragged_hyphenated,
         "aaaa bbbb-|ccccdddd-|eeee ffff |gggg hhhh |iiii|"},
        {"a word too wide is parted by hyphens first", "aaaaaa|bbbbbb", 100, &hyphenated, "aaaaaa-|bbbbbb|"},
        {"and a part too wide between characters", "aaaaaaaaaaaa|bbbbbb", 100, &hyphenated, "aaaaaaaaaa|aabbbbbb|"},
        {"a part that is too wide with its hyphen", "aaaaaaaaaa|bbbbbb", 100, &hyphenated, "aaaaaaaaa|abbbbbb|"},
        {"new lines", "aaaa bbbb\ncccc\n\ndd", 100, &everything, "aaaa bbbb|cccc||dd|"},
        {"a full stop hangs out", "aaaa bbbbb. cccc", 105, &protruding, "aaaa bbbbb. |cccc|"},
        {"as it must", "aaaa bbbbb. cccc", 103, &justified, "aaaa |bbbbb. |cccc|"},
        {"a hyphen hangs out", "aaaaa bbbb|cccc dddd eeee", 105, &everything, "aaaaa bbbb-|cccc dddd |eeee|"},
        {"a quote hangs out at the left", "aaaaaa \u201Cbb ccc", 65, &ragged_protruding, "aaaaaa |\u201Cbb ccc|"},
        {"as that must", "aaaaaa \u201Cbb ccc", 65, &ragged, "aaaaaa |\u201Cbb |ccc|"},
        {"letters do not", "aaaa bbbbbb ccc", 105, &protruding, "aaaa |bbbbbb ccc|"},
        {"glyphs are made narrower", "aaaa bbbbbbb cccccc", 116, &expanding, "aaaa bbbbbbb |cccccc|"},
        {"as they must", "aaaa bbbbbbb cccccc", 116, &justified, "aaaa |bbbbbbb |cccccc|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct set set;
        set_up(&set);
        compose(&set, cases[i].text, cases[i].measure, *cases[i].manner);
        if (strcmp(text_of(&set), cases[i].expected) != 0)
            fail_msg("%s: %s instead of %s", cases[i].name, text_of(&set), cases[i].expected);
        tear_down(&set);
    }
}

/* Where the first line begins and ends, in thousandths of a character, and what its glyphs are made wider. */
static void ends_of_lines(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        int measure;
        const struct manner *manner;
        int left, right, expansion_ppm;
    } cases[] = {
        {"spaces reach the margin", "aa bbb ccc dddddd", 108, &justified, 0, 10800, 0},
        {"not in the last line", "aa bbb ccc", 108, &justified, 0, 10000, 0},
        {"nor where a line is ended", "aa bbb ccc\ndd", 108, &justified, 0, 10000, 0},
        {"nor in ragged text", "aa bbb ccc dddddd", 108, &ragged, 0, 10000, 0},
        {"a lone word stays as it is", "aaaaaaa bbbbbbb", 100, &expanding, 0, 7000, 0},
        {"a lone word that is nearly full", "aaaaaaaaaaaaaaaaaaaa bbbbbbb", 201, &expanding, 0, 20100, 5000},
        {"a full stop", "aa bbb cc. dddddd", 108, &protruding, 0, 11400, 0},
        {"a comma", "aa bbb cc, dddddd", 108, &protruding, 0, 11400, 0},
        {"a semicolon", "aa bbb cc; dddddd", 108, &protruding, 0, 11100, 0},
        {"quotes", "\u201Ca bbb c\u201D dddddd", 98, &protruding, -500, 10300, 0},
        {"apostrophes", "'a bbb c' dddddd", 98, &protruding, -500, 10300, 0},
        {"an em dash does not", "aa bbb c\u2014 ddddddd", 98, &protruding, 0, 9800, 0},
        {"a hyphen that is there", "aa bbb cc-dddddd", 108, &protruding, 0, 11400, 0},
        {"one that is added", "aa bbb cc|dddddd", 108, &everything, 0, 11400, 15000},
        {"all of a line that is all sign", "\u2019\u2019", 108, &protruding, -500, 1500, 0},
        {"the last line, too", "\u201Caa\u201D", 108, &protruding, -500, 3500, 0},
        {"ragged text, where that is asked for", "\u201Caa bbbb. dddddd", 108, &ragged_protruding, -500, 8500, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct set set;
        set_up(&set);
        compose(&set, cases[i].text, cases[i].measure, *cases[i].manner);
        int left = set.lines[0].x_mpt * 1000 / CHARACTER;
        int right = (set.lines[0].x_mpt + set.lines[0].width_mpt) * 1000 / CHARACTER;
        if (left != cases[i].left || abs(right - cases[i].right) > 2 ||
            set.lines[0].expansion_ppm != cases[i].expansion_ppm)
            fail_msg("%s: %d to %d by %d in %s", cases[i].name, left, right, (int)set.lines[0].expansion_ppm,
                     text_of(&set));
        tear_down(&set);
    }
}

/* Glyphs and spaces are made wider in proportion to what they can: at 1.5 % each space is wider by a half. */
static void shared_out(void **state) {
    (void)state;
    static const struct {
        int measure; /* the line is 54 characters: 5 spaces, 49 others; it can be from 51.765 to 57.235 long */
        int expansion_ppm;
    } cases[] = {{540, 0}, {556, 7000}, {572, 15000}, {572, 15000}, {580, 15000}, {529, -7000}, {518, -15000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct set set;
        set_up(&set);
        compose(&set,
                "aaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaaaaaaa aaaaa aaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                cases[i].measure, expanding);
        const struct composed_line *line = &set.lines[0];
        assert_int_equal(line->words_count, 12);
        assert_int_equal(line->expansion_ppm, cases[i].expansion_ppm);
        assert_int_equal(line->width_mpt, cases[i].measure * CHARACTER / 10);
        int32_t space = line->words[2].x_mpt - line->words[1].x_mpt;
        for (size_t j = 0; j < 11; j += 2) {
            int32_t end = j + 1 < 11 ? line->words[j + 1].x_mpt : line->width_mpt;
            int32_t drawn = line->words[j].word->width / (FACE_EM / SIZE);
            assert_true(abs(end - line->words[j].x_mpt - drawn - drawn / 1000 * cases[i].expansion_ppm / 1000) < 4);
            if (j > 0)
                assert_true(abs(line->words[j].x_mpt - line->words[j - 1].x_mpt - space) < 3);
        }
        tear_down(&set);
    }
}

/* A hyphen that the break added is told from one that is there. */
static void added_hyphens(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t added;
    } cases[] = {{"aaaa bbbb|cccc dddd", 1}, {"aaaa bbbb-cccc dddd", 0}, {"aaaa bbbb\u00ADcccc dddd", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct set set;
        set_up(&set);
        compose(&set, cases[i].text, 100, everything);
        const struct placed *last = &set.lines[0].words[set.lines[0].words_count - 1];
        assert_memory_equal(last->word->pieces[0].text, "bbbb-", 5);
        assert_int_equal(last->added_length, cases[i].added);
        for (size_t j = 0; j + 1 < set.lines[0].words_count; j++)
            assert_int_equal(set.lines[0].words[j].added_length, 0);
        tear_down(&set);
    }
}

/* Kerning between what could be parted is part of the width of the line that has both. */
static void kerning_of_parts(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        int measure;
        const struct manner *manner;
        const char *expected;
    } cases[] = {
        {"wider at a hyphen", "aaar|Vbbb", 80, &ragged_hyphenated, "aaar-|Vbbb|"},
        {"and there is room for it", "aaar|Vbbb", 84, &ragged_hyphenated, "aaarVbbb|"},
        {"nearer at a hyphen", "aaaA|Vbbb", 79, &ragged_hyphenated, "aaaAVbbb|"},
        {"wider at a place to break", "aaa/Vbbb", 80, &ragged, "aaa/|Vbbb|"},
        {"and there is room for that", "aaa/Vbbb", 84, &ragged, "aaa/Vbbb|"},
        {"in a justified line, as spaces cannot shrink more", "a aa/Vbbb", 88, &justified, "a aa/|Vbbb|"},
        {"or can", "a aa/Vbbb", 92, &justified, "a aa/Vbbb|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct set set;
        set_up(&set);
        compose(&set, cases[i].text, cases[i].measure, *cases[i].manner);
        if (strcmp(text_of(&set), cases[i].expected) != 0)
            fail_msg("%s: %s instead of %s", cases[i].name, text_of(&set), cases[i].expected);
        for (size_t j = 0; j < set.count; j++)
            assert_true(set.lines[j].width_mpt <= cases[i].measure * CHARACTER / 10);
        tear_down(&set);
    }
}

/* Each word that is wider than its line is named once, where it is broken first. */
static void overfull(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        int measure;
        const struct manner *manner;
        const char *expected; /* of each line, parted by '|' */
    } cases[] = {
        {"none", "aaaa bbbb cccc", 100, &justified, "||"},
        {"one", "aaaaaaaaaaaaaaa", 100, &justified, "aaaaaaaaaaaaaaa||"},
        {"over three lines", "aaaaaaaaaaaaaaaaaaaaaaaaa", 100, &ragged, "aaaaaaaaaaaaaaaaaaaaaaaaa|||"},
        {"two", "aaaaaaaaaaaaaaa bbbbbbbbbbbbbbb", 100, &ragged, "aaaaaaaaaaaaaaa|bbbbbbbbbbbbbbb|||"},
        {"the same twice", "aaaaaaaaaaaaa aaaaaaaaaaaaa", 100, &ragged, "aaaaaaaaaaaaa|aaaaaaaaaaaaa||"},
        {"that a hyphen parts", "aaaaaaaa|aaaaaaaaa", 100, &hyphenated, "||"},
        {"that no hyphen may part", "aaaaaaaa|aaaaaaaaa", 100, &justified, "aaaaaaaaaaaaaaaaa||"},
        {"that a hyphen does not part well enough", "aaaaaaaa|bbbbbbbbbbbbb", 100, &ragged_hyphenated,
         "|aaaaaaaabbbbbbbbbbbbb||"},
        {"that glyphs make room for", "aaaaaaaaaaaaaaaaaaaaa b", 209, &expanding, "||"},
        {"of one character", "a \uFDFD b", 6, &ragged, "a|\uFDFD|b|"},
        {"bound words", "aaaaaaaaa\u00A0bbbbbbbbb", 100, &ragged, "||"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct set set;
        set_up(&set);
        compose(&set, cases[i].text, cases[i].measure, *cases[i].manner);
        struct str found = STR_EMPTY;
        for (size_t j = 0; j < set.count; j++)
            str_addf(&found, "%s|", set.lines[j].overfull == NULL ? "" : set.lines[j].overfull);
        if (strcmp(found.bytes, cases[i].expected) != 0)
            fail_msg("%s: %s instead of %s in %s", cases[i].name, found.bytes, cases[i].expected, text_of(&set));
        str_release(&found);
        tear_down(&set);
    }
}

/* What reads from right to left hangs nothing out: its ends are not those of the line. */
static void right_to_left(void **state) {
    (void)state;
    struct set set;
    set_up(&set);
    compose(&set, "\u05D0\u05D1, \u05D2\u05D3.", 100, everything);
    assert_int_equal(set.count, 1);
    assert_int_equal(set.lines[0].x_mpt, 0);
    compose(&set, "\u201C\u05D0\u05D1\u201D \u05D2\u05D3.", 100, everything);
    assert_int_equal(set.lines[0].x_mpt, -CHARACTER / 2);
    tear_down(&set);
}

/* The second time that a text is composed takes no memory that the first did not. */
static void steady(void **state) {
    (void)state;
    static const char text[] =
        "\u201CNow aa|bb, cc|dd|ee ff gg|hh ii \u05D0\u05D1 jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj\u201D.";
    struct set set;
    set_up(&set);
    for (int i = 0; i < 2; i++) {
        arena_clear(&set.arena);
        compose(&set, text, 150, everything);
    }
    struct mallinfo2 before = mallinfo2();
    for (int i = 0; i < 10; i++) {
        arena_clear(&set.arena);
        compose(&set, text, 150, everything);
    }
    struct mallinfo2 after = mallinfo2();
    assert_int_equal(before.uordblks, after.uordblks);
    tear_down(&set);
}

/* Lines that are kept are those of the size, measure, manner and language that they are asked for. */
static void kept(void **state) {
    (void)state;
    static const char text[] = "aaaa bbbb cccc dddd. eeee";
    static const struct block model;
    struct run run = {.text = text, .length = strlen(text)};
    struct letter_block block = {.kind = BLOCK_PARAGRAPH, .runs = &run, .runs_count = 1, .fixed = &model};
    struct setter *setter = setter_new(NULL);
    static const struct {
        int32_t size, measure;
        const struct manner *manner;
        size_t count;
    } cases[] = {{10000, 100 * CHARACTER, &ragged, 1},          {20000, 30 * CHARACTER, &ragged, 2},
                 {10000, 10 * CHARACTER, &ragged, 3},           {10000, 102 * CHARACTER / 10, &justified, 3},
                 {10000, 194 * CHARACTER / 10, &protruding, 2}, {10000, 194 * CHARACTER / 10, &justified, 2}};
    const struct composed_line *found[6];
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 6; i++) {
            setter_begin(setter, NULL);
            struct lines got = setter_lines_kept(setter, &block, (struct type){cases[i].size, 14000}, cases[i].measure,
                                                 *cases[i].manner);
            assert_int_equal(got.count, cases[i].count);
            if (round > 0)
                assert_ptr_equal(got.items, found[i]);
            found[i] = got.items;
        }
    }
    assert_ptr_not_equal(found[4], found[5]);
    setter_free(setter);
}

int main(void) {
    cast_kerned = true;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),         cmocka_unit_test(ends_of_lines),    cmocka_unit_test(shared_out),
        cmocka_unit_test(added_hyphens), cmocka_unit_test(kerning_of_parts), cmocka_unit_test(overfull),
        cmocka_unit_test(right_to_left), cmocka_unit_test(steady),           cmocka_unit_test(kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
