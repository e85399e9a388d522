/*
 * The sign-off list, in the font of tests/unit/founder.h: at 10 pt a character is 5 pt wide.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "founder.h"
#include "letter/roster.h"

/* ---- Lists to set ---- */

static const struct roster_head english = {"library", {2026, 11, 22}, "en-GB", 1, 1};

struct list {
    struct roster *roster;
    struct arena arena;
    struct pages pages;
};

static void set(struct list *list, const struct roster_head *head, const struct roster_row *rows, size_t count) {
    *list = (struct list){.roster = roster_new(NULL)};
    roster_set(list->roster, head, rows, count, &list->arena, &list->pages);
}

static void release(struct list *list) {
    roster_free(list->roster);
    arena_release(&list->arena);
}

static void add_line_text(struct str *out, const struct line *line) {
    for (size_t i = 0; i < line->words_count; i++)
        for (size_t j = 0; j < line->words[i].word->pieces_count; j++)
            str_add(out, line->words[i].word->pieces[j].text, line->words[i].word->pieces[j].length);
}

static bool says(const struct line *line, const char *text) {
    struct str own = STR_EMPTY;
    add_line_text(&own, line);
    while (own.length > 0 && own.bytes[own.length - 1] == ' ')
        str_cut(&own, own.length - 1);
    bool same = strcmp(own.bytes, text) == 0;
    str_release(&own);
    return same;
}

/* The line that says TEXT; fails where there is none, or another. */
static const struct line *find(const struct page *page, const char *text) {
    const struct line *found = NULL;
    for (size_t i = 0; i < page->lines_count; i++) {
        if (!says(&page->lines[i], text))
            continue;
        if (found != NULL)
            fail_msg("\"%s\" stands there twice", text);
        found = &page->lines[i];
    }
    if (found == NULL)
        fail_msg("\"%s\" does not stand there", text);
    return found;
}

static bool has(const struct page *page, const char *text) {
    for (size_t i = 0; i < page->lines_count; i++)
        if (says(&page->lines[i], text))
            return true;
    return false;
}

static int32_t end_of(const struct line *line) {
    int64_t end = line->x_mpt;
    for (size_t i = 0; i < line->words_count; i++) {
        int64_t own =
            line->x_mpt + line->words[i].x_mpt + (int64_t)line->words[i].word->width * line->size_mpt / FACE_EM;
        bool space = line->words[i].word->pieces[0].text[0] == ' ';
        end = !space && own > end ? own : end;
    }
    return (int32_t)end;
}

static void a_row_is_one_line_of_three_cells_and_a_line_to_sign_on(void **state) {
    const struct roster_row rows[] = {{14, "Jane Doe", "Ann Other MP"}, {1002, "John Roe", "Ann Other MP2"}};
    struct list list;
    (void)state;
    set(&list, &english, rows, 2);
    assert_int_equal(list.pages.count, 1);
    const struct page *page = &list.pages.pages[0];
    const struct line *number = find(page, "14"), *name = find(page, "Jane Doe"), *to = find(page, "Ann Other MP");
    const struct line *next = find(page, "John Roe");
    assert_int_equal(number->baseline_mpt, name->baseline_mpt);
    assert_int_equal(number->baseline_mpt, to->baseline_mpt);
    assert_true(end_of(number) < name->x_mpt && end_of(name) < to->x_mpt);
    assert_ptr_equal(number->block, name->block);
    assert_ptr_equal(number->block, to->block);
    assert_ptr_not_equal(next->block, name->block);
    assert_int_equal(next->x_mpt, name->x_mpt);

    /* Below the head, and below each row at either side; a pen has 7 mm at least. */
    assert_int_equal(page->rules_count, 5);
    for (size_t i = 1; i < 5; i++) {
        const struct rule *rule = &page->rules[i];
        const struct line *row = i < 3 ? name : next;
        assert_true(rule->y_mpt > row->baseline_mpt && rule->y_mpt < row->baseline_mpt + MILLIPOINTS_OF_MM(4));
        assert_true(rule->x_mpt + rule->width_mpt <= PAGE_WIDTH_MPT - MILLIPOINTS_OF_MM(15));
    }
    const struct rule *sign = &page->rules[2];
    assert_true(sign->width_mpt >= MILLIPOINTS_OF_MM(40) && sign->x_mpt > end_of(to));
    assert_int_equal(find(page, "Signed")->x_mpt, sign->x_mpt);
    assert_true(page->rules[4].y_mpt - sign->y_mpt >= MILLIPOINTS_OF_MM(7));
    release(&list);
}

static void what_is_said_above_the_rows(void **state) {
    static const struct {
        const char *name;
        struct roster_head head;
        const char *lines[6];
    } cases[] = {
        {"English",
         {"library", {2026, 11, 22}, "en-GB", 1, 1},
         {"Sign-off list: library", "22 November 2026", "Row", "Name", "To", "Signed"}},
        {"Welsh",
         {"library", {2026, 11, 22}, "cy", 1, 1},
         {"Rhestr lofnodi: library", "22 Tachwedd 2026", "Rhes", "Enw", "At", "Llofnod"}},
        {"a part",
         {"library", {2026, 1, 2}, "en-GB", 2, 4},
         {"Sign-off list, part 2 of 4: library", "2 January 2026", "Row", "Name", "To", "Signed"}},
        {"no name",
         {"", {2026, 1, 2}, "en-GB", 1, 1},
         {"Sign-off list", "2 January 2026", "Row", "Name", "To", "Signed"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct list list;
        set(&list, &cases[i].head, &(struct roster_row){1, "Jane Doe", "Ann Other MP"}, 1);
        print_message("%s\n", cases[i].name);
        for (size_t j = 0; j < 6; j++)
            assert_non_null(find(&list.pages.pages[0], cases[i].lines[j])->block);
        assert_int_equal(list.pages.pages[0].lines[0].block->kind, BLOCK_HEADING);
        release(&list);
    }
}

static void many_rows_take_many_pages_and_each_says_which_it_is(void **state) {
    enum { ROWS = 200 };
    static char names[ROWS][16];
    struct roster_row rows[ROWS];
    struct list list;
    char text[64];
    size_t i = 0;
    (void)state;
    for (size_t j = 0; j < ROWS; j++) {
        snprintf(names[j], sizeof names[j], "Person %zu", j);
        rows[j] = (struct roster_row){(unsigned)j + 1, names[j], "Ann Other MP"};
    }
    set(&list, &english, rows, ROWS);
    assert_in_range(list.pages.count, 5, 8);
    for (size_t p = 0; p < list.pages.count; p++) {
        const struct page *page = &list.pages.pages[p];
        snprintf(text, sizeof text, "Page %zu of %zu", p + 1, list.pages.count);
        assert_null(find(page, text)->block);
        assert_int_equal(find(page, "Sign-off list: library")->block == NULL, p > 0);
        assert_int_equal(find(page, "Name")->block == NULL, p > 0);
        size_t first = i;
        for (; i < ROWS && has(page, names[i]); i++)
            assert_true(find(page, names[i])->baseline_mpt > find(page, "Name")->baseline_mpt);
        assert_int_equal(page->rules_count, 1 + 2 * (i - first));
        assert_true(page->rules[page->rules_count - 1].y_mpt <= PAGE_HEIGHT_MPT - MILLIPOINTS_OF_MM(15));
        if (p > 0)
            assert_true(find(page, names[first])->block != NULL);
    }
    assert_int_equal(i, ROWS);
    release(&list);
}

/* Cells of names that are too wide go on below, in their own column, and the row is as high as they are. */
static void long_names_wrap(void **state) {
    struct roster_row rows[] = {
        {1, "Bartholomew Maximilian Featherstonehaugh Cholmondeley", "The Rt Hon Sir Augustus Invented-Longname KC MP"},
        {2, "Jane Doe", "Ann Other MP"},
    };
    struct list list;
    (void)state;
    set(&list, &english, rows, 2);
    const struct page *page = &list.pages.pages[0];
    const struct line *next = find(page, "Jane Doe"), *name = find(page, "Bartholomew Maximilian");
    const struct line *more = find(page, "Featherstonehaugh Cholmondeley");
    assert_int_equal(name->x_mpt, more->x_mpt);
    assert_ptr_equal(name->block, more->block);
    assert_true(more->baseline_mpt > name->baseline_mpt);
    assert_true(page->rules[1].y_mpt > more->baseline_mpt && page->rules[1].y_mpt < next->baseline_mpt);
    for (size_t i = 0; i < page->lines_count; i++)
        if (page->lines[i].block == name->block && page->lines[i].x_mpt == name->x_mpt)
            assert_true(end_of(&page->lines[i]) < find(page, "Ann Other MP")->x_mpt);
    release(&list);
}

/* What no name is: it takes the room of ROSTER_LINES_MAX lines, and says that it goes on. */
static void endless_names_are_cut(void **state) {
    struct str endless = STR_EMPTY;
    (void)state;
    for (int i = 0; i < 2000; i++)
        str_adds(&endless, i % 3 == 0 ? "Bartholomew " : "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch");
    struct list list;
    set(&list, &english, (struct roster_row[]){{1, endless.bytes, endless.bytes}, {2, "Jane Doe", ""}}, 2);
    assert_int_equal(list.pages.count, 1);
    const struct page *page = &list.pages.pages[0];
    size_t lines = 0, cut = 0;
    const struct letter_block *block = find(page, "1")->block;
    for (size_t i = 0; i < page->lines_count; i++) {
        struct str text = STR_EMPTY;
        add_line_text(&text, &page->lines[i]);
        lines += page->lines[i].block == block;
        cut += strstr(text.bytes, "\u2026") != NULL;
        assert_true(end_of(&page->lines[i]) <= PAGE_WIDTH_MPT - MILLIPOINTS_OF_MM(15));
        str_release(&text);
    }
    assert_int_equal(lines, 1 + 2 * ROSTER_LINES_MAX);
    assert_int_equal(cut, 2);
    find(page, "Jane Doe");
    str_release(&endless);
    release(&list);
}

static void what_is_missing_is_left_blank(void **state) {
    struct list list;
    (void)state;
    set(&list, &english, &(struct roster_row){0, "Jane Doe", ""}, 1);
    assert_false(has(&list.pages.pages[0], "0"));
    assert_int_equal(list.pages.pages[0].rules_count, 3);
    assert_false(has(&list.pages.pages[0], "Page 1 of 1"));
    release(&list);
    set(&list, &english, NULL, 0);
    assert_int_equal(list.pages.count, 1);
    release(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_one_line_of_three_cells_and_a_line_to_sign_on),
        cmocka_unit_test(what_is_said_above_the_rows),
        cmocka_unit_test(many_rows_take_many_pages_and_each_says_which_it_is),
        cmocka_unit_test(long_names_wrap),
        cmocka_unit_test(endless_names_are_cut),
        cmocka_unit_test(what_is_missing_is_left_blank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
