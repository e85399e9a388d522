/*
 * The layout of a letter, in the font of tests/unit/founder.h: at 11 pt a character is 5.5 pt wide. Positions are looked
 * up by the text of the lines.
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
#include "letter/layout.h"

const struct face_program *font_face(const struct font *font, size_t i) {
    static const struct face_program program = {.cap_height = FACE_EM / 10 * 7};
    assert_null(font);
    assert_int_equal(i, 0);
    return &program;
}

/* ---- Letters to set ---- */

enum { BLOCKS_MAX = 60 };

struct sample {
    struct letter_block blocks[BLOCKS_MAX];
    struct run runs[BLOCKS_MAX];
    struct letter letter;
};

static struct letter_block *add(struct sample *sample, enum block_kind kind, const char *text) {
    size_t i = sample->letter.blocks_count++;
    assert_true(i < BLOCKS_MAX);
    sample->runs[i] = (struct run){.text = text, .length = strlen(text)};
    sample->blocks[i] = (struct letter_block){.kind = kind, .runs = &sample->runs[i], .runs_count = 1};
    return &sample->blocks[i];
}

static void begin(struct sample *sample) {
    memset(sample, 0, sizeof *sample);
    sample->letter.blocks = sample->blocks;
    sample->letter.language = "en-GB";
    sample->letter.date = (struct date){2026, 11, 22};
}

static void add_opening(struct sample *sample) {
    add(sample, BLOCK_SENDER, "Jane Doe\n14 High Street\nBootle\nL20 3NJ");
    add(sample, BLOCK_DATE, "22 November 2026");
    add(sample, BLOCK_RECIPIENT, "Ann Other MP\nHouse of Commons\nLondon\nSW1A 0AA");
    add(sample, BLOCK_SALUTATION, "Dear Ann Other");
}

static void add_close(struct sample *sample) {
    add(sample, BLOCK_CLOSING, "Yours sincerely");
    add(sample, BLOCK_SIGNATURE, "Jane Doe\nBranch secretary");
}

#define EIGHTY "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

/* COUNT words of six letters: in the full measure eleven go on a line at 11 pt, twelve at 10.5. */
static const char *words(size_t count) {
    static char text[64 * 1024];
    assert_true(count * 7 < sizeof text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * 7, "abcdef ", 7);
    text[count == 0 ? 0 : count * 7 - 1] = '\0';
    return text;
}

/* ---- What came of them ---- */

struct set {
    struct layout *layout;
    struct arena arena;
    struct pages pages;
};

static void set_in(struct set *set, const struct sample *sample, struct layout_settings settings) {
    *set = (struct set){.layout = layout_new(NULL, &settings)};
    layout_letter(set->layout, &sample->letter, NULL, &set->arena, &set->pages);
}

static void set_up(struct set *set, const struct sample *sample) {
    set_in(set, sample, (struct layout_settings){.size_mpt = 0, .manner = {.alignment = ALIGN_LEFT}});
}

static void tear_down(struct set *set) {
    layout_free(set->layout);
    arena_release(&set->arena);
}

/* The text of a line from left to right. */
static const char *text_of(const struct line *line) {
    static char text[2000];
    size_t length = 0;
    for (size_t i = 0; i < line->words_count; i++)
        for (size_t j = 0; j < line->words[i].word->pieces_count; j++) {
            const struct piece *piece = &line->words[i].word->pieces[j];
            memcpy(text + length, piece->text, piece->length);
            length += piece->length;
        }
    text[length] = '\0';
    return text;
}

/* The N-th line (from 0) whose text begins with START; *PAGE says where. */
static const struct line *find_nth(const struct set *set, const char *start, size_t n, size_t *page) {
    for (size_t i = 0; i < set->pages.count; i++)
        for (size_t j = 0; j < set->pages.pages[i].lines_count; j++) {
            const struct line *line = &set->pages.pages[i].lines[j];
            if (strncmp(text_of(line), start, strlen(start)) == 0 && n-- == 0) {
                if (page != NULL)
                    *page = i;
                return line;
            }
        }
    fail_msg("no line begins with \"%s\"", start);
    return NULL;
}

static const struct line *find(const struct set *set, const char *start) {
    return find_nth(set, start, 0, NULL);
}

static size_t page_of(const struct set *set, const char *start) {
    size_t page = 0;
    find_nth(set, start, 0, &page);
    return page;
}

/* Without a space at the end. */
static int32_t width_of(const struct line *line) {
    int32_t width = 0;
    for (size_t i = 0; i < line->words_count; i++) {
        const char *text = line->words[i].word->pieces[0].text;
        bool space = strcmp(text, " ") == 0 || strcmp(text, "\u00A0") == 0;
        if (!space || i + 1 < line->words_count)
            width = line->words[i].x_mpt + (int32_t)((int64_t)line->words[i].word->width * line->size_mpt / FACE_EM);
    }
    return width;
}

#define assert_mpt(a, b) assert_in_range((a) + 1, (b), (b) + 2) /* equal but for rounding */

/* Whatever the letter: lines within the margins, in reading order, and clear of the window. */
static void check_pages(const struct set *set) {
    assert_true(set->pages.count > 0);
    for (size_t i = 0; i < set->pages.count; i++) {
        const struct letter_block *block = NULL;
        for (size_t j = 0; j < set->pages.pages[i].lines_count; j++) {
            const struct line *line = &set->pages.pages[i].lines[j];
            assert_true(line->words_count > 0);
            assert_true(line->x_mpt >= MILLIPOINTS_OF_MM(20));
            assert_true(line->x_mpt + width_of(line) <= PAGE_WIDTH_MPT - MILLIPOINTS_OF_MM(28) + 1);
            assert_true(line->baseline_mpt > MILLIPOINTS_OF_MM(20));
            assert_true(line->baseline_mpt <= PAGE_HEIGHT_MPT - MILLIPOINTS_OF_MM(22));
            assert_true(line->block == NULL || line->block >= block);
            block = line->block == NULL ? block : line->block;
            bool in_window = i == 0 && line->x_mpt < MILLIPOINTS_OF_MM(110) &&
                             line->baseline_mpt > MILLIPOINTS_OF_MM(46) && line->baseline_mpt < MILLIPOINTS_OF_MM(92);
            assert_true(!in_window || line->block->kind == BLOCK_RECIPIENT);
        }
    }
}

/* ---- Tests ---- */

static void a_short_letter(void **state) {
    (void)state;
    struct sample sample;
    struct set set;
    begin(&sample);
    add_opening(&sample);
    add(&sample, BLOCK_SUBJECT, "Shared services");
    add(&sample, BLOCK_PARAGRAPH, "I live in Bootle and ask you this:");
    add(&sample, BLOCK_ITEM, "first")->list_depth = 1;
    add(&sample, BLOCK_ITEM, "second")->list_depth = 1;
    add(&sample, BLOCK_PARAGRAPH, "Thank you.");
    add(&sample, BLOCK_PARAGRAPH, "Quoted.")->quote_depth = 1;
    add_close(&sample);
    set_up(&set, &sample);
    check_pages(&set);

    static const struct {
        const char *text;
        double x_mm;
        int32_t after_mpt; /* from the baseline of the line before; 0: not checked */
    } lines[] = {
        {"Jane Doe", 130, 0},
        {"14 High Street", 130, 14000},
        {"Bootle", 130, 14000},
        {"L20 3NJ", 130, 14000},
        {"22 November 2026", 130, 28000},
        {"Ann Other MP", 25, 0},
        {"House of Commons", 25, 14000},
        {"London", 25, 14000},
        {"SW1A 0AA", 25, 14000},
        {"Dear Ann Other", 25, 0},
        {"Shared services", 25, 14300 * 16 / 10},
        {"I live in Bootle and ask you this:", 25, 14300 * 155 / 100},
        {"\u2022 ", 27, 14300 * 155 / 100},
        {"first", 31, 0},
        {"\u2022 ", 27, 14300 * 127 / 100},
        {"second", 31, 0},
        {"Thank you.", 25, 14300 * 155 / 100},
        {"Quoted.", 33, 14300 * 155 / 100},
        {"Yours sincerely", 25, 14300 * 2},
        {"Jane Doe", 25, 20 * 72000 * 10 / 254 + 7700},
        {"Branch secretary", 25, 14300},
    };
    assert_int_equal(set.pages.count, 1);
    assert_int_equal(set.pages.pages[0].lines_count, sizeof lines / sizeof *lines);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const struct line *line = &set.pages.pages[0].lines[i];
        assert_string_equal(text_of(line), lines[i].text);
        assert_mpt(line->x_mpt, MILLIPOINTS_OF_MM(lines[i].x_mm));
        assert_int_equal(line->size_mpt, 11000);
        if (lines[i].after_mpt != 0)
            assert_mpt(line->baseline_mpt - line[-1].baseline_mpt, lines[i].after_mpt);
    }
    assert_mpt(find(&set, "Jane Doe")->baseline_mpt, MILLIPOINTS_OF_MM(20) + 7700);
    assert_mpt(find(&set, "Dear")->baseline_mpt, MILLIPOINTS_OF_MM(98));
    /* The recipient's middle is the window's: as much above its first capitals as below its last line. */
    assert_mpt((find(&set, "Ann Other MP")->baseline_mpt - 7700 + find(&set, "SW1A")->baseline_mpt + 2200) / 2,
               MILLIPOINTS_OF_MM(69));
    tear_down(&set);
}

static void sizes(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t words;
        int32_t asked, expected, leading;
        size_t pages;
    } cases[] = {
        {"short: larger", 100, 0, 11000, 14300, 1},       {"what does not fit so: smaller", 310, 0, 10500, 14000, 1},
        {"two pages: smaller", 400, 0, 10500, 14000, 2},  {"as asked", 800, 9000, 9000, 12000, 2},
        {"as asked, short", 100, 12000, 12000, 16000, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add_opening(&sample);
        add(&sample, BLOCK_PARAGRAPH, words(cases[i].words));
        add_close(&sample);
        set_in(&set, &sample,
               (struct layout_settings){.size_mpt = cases[i].asked, .manner = {.alignment = ALIGN_LEFT}});
        check_pages(&set);
        const struct line *line = find(&set, "abc");
        if (line->size_mpt != cases[i].expected || set.pages.count != cases[i].pages ||
            line[1].baseline_mpt - line->baseline_mpt != cases[i].leading)
            fail_msg("%s: %d mpt, %zu pages, leading %d", cases[i].name, (int)line->size_mpt, set.pages.count,
                     (int)(line[1].baseline_mpt - line->baseline_mpt));
        tear_down(&set);
    }
}

/* Where the sender's lines begin, and the salutation stands. */
static void openings(void **state) {
    (void)state;
    static const struct {
        const char *name, *sender;
        double sender_x_mm, sender_x_most_mm, salutation_mm; /* 0: further down */
    } cases[] = {
        {"short lines", "A\nB", 130, 130.1, 98},
        {"none", "", 0, 0, 98},
        {"a line of 60 mm moves it", "jane.doe.the.secretary@bootl.ex", 119, 124, 98},
        {"a longer one is wrapped", "Jane Doe of the branch of Bootle and Southport in Merseyside", 112, 112.1, 98},
        {"a word too wide is broken", "jane.doe.the.secretary.of.bootle.and.southport@union.example", 112, 112.1, 98},
        {"as many lines as fit above the window's end", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12", 130, 130.1, 98},
        {"more", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16", 130, 130.1, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add(&sample, BLOCK_SENDER, cases[i].sender);
        add(&sample, BLOCK_DATE, "22 May 2026");
        add(&sample, BLOCK_RECIPIENT, "Ann Other MP");
        add(&sample, BLOCK_SALUTATION, "Dear");
        set_up(&set, &sample);
        check_pages(&set);
        const struct line *first = &set.pages.pages[0].lines[0];
        int32_t salutation = find(&set, "Dear")->baseline_mpt;
        if (cases[i].sender_x_mm > 0 && (first->x_mpt < MILLIPOINTS_OF_MM(cases[i].sender_x_mm) ||
                                         first->x_mpt > MILLIPOINTS_OF_MM(cases[i].sender_x_most_mm)))
            fail_msg("%s: at %.1f mm", cases[i].name, first->x_mpt * 25.4 / 72000);
        assert_int_equal(find(&set, "22 May")->x_mpt, cases[i].sender_x_mm > 0 ? first->x_mpt : MILLIPOINTS_OF_MM(130));
        if (cases[i].salutation_mm > 0)
            assert_mpt(salutation, MILLIPOINTS_OF_MM(cases[i].salutation_mm));
        else
            assert_true(salutation > find(&set, "22 May")->baseline_mpt + 20000);
        tear_down(&set);
    }
}

static void lists(void **state) {
    (void)state;
    struct sample sample;
    struct set set;
    begin(&sample);
    struct letter_block *item = add(&sample, BLOCK_ITEM, words(20));
    item->list_depth = 1;
    item->number = 9;
    item = add(&sample, BLOCK_ITEM, "ten");
    item->list_depth = 1;
    item->number = 10;
    item = add(&sample, BLOCK_ITEM, "more of ten");
    item->list_depth = 1;
    item->continues = true;
    add(&sample, BLOCK_ITEM, "nested")->list_depth = 2;
    add(&sample, BLOCK_ITEM, "deep")->list_depth = 100;
    add(&sample, BLOCK_PARAGRAPH, words(30))->quote_depth = 1000;
    set_up(&set, &sample);
    check_pages(&set);

    const struct line *nine = find(&set, "9. "), *ten = find(&set, "10. ");
    assert_mpt(nine->x_mpt + 2 * 5500, MILLIPOINTS_OF_MM(31 - 1.5)); /* where the full stops end */
    assert_mpt(ten->x_mpt + 3 * 5500, MILLIPOINTS_OF_MM(31 - 1.5));
    assert_int_equal(nine->baseline_mpt, find(&set, "abc")->baseline_mpt);
    assert_mpt(find_nth(&set, "abc", 1, NULL)->x_mpt, MILLIPOINTS_OF_MM(31)); /* a turned line hangs below the first */
    const struct line *more = find(&set, "more of ten");
    assert_mpt(more->x_mpt, MILLIPOINTS_OF_MM(31));
    assert_string_equal(text_of(more - 1), "ten"); /* no label before it */
    assert_mpt(find(&set, "nested")->x_mpt, MILLIPOINTS_OF_MM(37));
    assert_mpt(find(&set, "nested")[-1].x_mpt, MILLIPOINTS_OF_MM(33));
    assert_true(find(&set, "deep")->x_mpt < MILLIPOINTS_OF_MM(60));
    tear_down(&set);
}

/* ---- Page breaks ---- */

/* Lets a paragraph of LINES lines in front of the close end at every height of the page, one line after the other. */
static void breaks_of_pages(void **state) {
    (void)state;
    for (size_t filler = 20; filler < 60; filler++) {
        for (size_t lines = 1; lines <= 6; lines++) {
            struct sample sample;
            struct set set;
            static char text[60 * 2];
            for (size_t i = 0; i < filler; i++)
                memcpy(text + 2 * i, "f\n", 3);
            begin(&sample);
            add_opening(&sample);
            add(&sample, BLOCK_PARAGRAPH, text);
            add(&sample, BLOCK_HEADING, "heading");
            add(&sample, BLOCK_PARAGRAPH, "p1\np2\np3\np4\np5\np6" + (6 - lines) * 3);
            add(&sample, BLOCK_PARAGRAPH, "q1\nq2\nq3\nq4");
            add_close(&sample);
            set_in(&set, &sample, (struct layout_settings){.size_mpt = 10500, .manner = {.alignment = ALIGN_LEFT}});
            check_pages(&set);
            char p[3] = {'p', (char)('7' - lines), '\0'}; /* the first line of the paragraph */

            /* The heading with two lines, the close with its space, its name and two lines. */
            assert_int_equal(page_of(&set, "heading"), page_of(&set, p));
            assert_int_equal(page_of(&set, "heading"), page_of(&set, lines > 1 ? (p[1]++, p) : "q1"));
            assert_int_equal(page_of(&set, "q3"), page_of(&set, "Yours"));
            assert_int_equal(page_of(&set, "q4"), page_of(&set, "Branch"));
            /* No line alone. */
            assert_int_equal(page_of(&set, "q1"), page_of(&set, "q2"));
            if (lines > 1)
                assert_int_equal(page_of(&set, "p5"), page_of(&set, "p6"));
            size_t last_of_filler = 0, one_before = 0, first = 0, second = 0;
            find_nth(&set, "f", filler - 1, &last_of_filler);
            find_nth(&set, "f", filler - 2, &one_before);
            find_nth(&set, "f", 0, &first);
            find_nth(&set, "f", 1, &second);
            assert_int_equal(last_of_filler, one_before);
            assert_int_equal(first, second);
            tear_down(&set);
        }
    }
}

/* A page ends a line higher rather than in a hyphen that was added, where two lines stay on each page all the same. */
static void no_hyphen_at_the_end(void **state) {
    (void)state;
    enum { LINES = 8, PARTED = 4 /* the line that ends in a hyphen */ };
    size_t above_it = 0, at_it = 0;
    for (size_t count = 4; count <= LINES; count += LINES - 4) {
        size_t parted = count == LINES ? PARTED : 2;
        char paragraph[LINES * 90] = "";
        for (size_t i = 1; i <= count; i++)
            sprintf(paragraph + strlen(paragraph), "p%zu%s%s", i, EIGHTY, i == parted ? "\u00AD" : " ");
        for (size_t filler = 20; filler < 60; filler++) {
            struct sample sample;
            struct set set;
            static char text[60 * 2];
            for (size_t i = 0; i < filler; i++)
                memcpy(text + 2 * i, "f\n", 3);
            begin(&sample);
            add_opening(&sample);
            add(&sample, BLOCK_PARAGRAPH, text);
            add(&sample, BLOCK_PARAGRAPH, paragraph);
            add(&sample, BLOCK_PARAGRAPH, words(200));
            add_close(&sample);
            set_in(&set, &sample, (struct layout_settings){.size_mpt = 10500, .manner = {.alignment = ALIGN_LEFT}});
            check_pages(&set);
            size_t ends[LINES] = {0};
            for (size_t i = 0; i < count; i++)
                ends[i] = page_of(&set, (char[]){'p', (char)('1' + i), '\0'});
            if (ends[parted - 1] != ends[parted]) {
                assert_int_equal(count, 4); /* nowhere else may it be parted */
                at_it++;
            }
            above_it += ends[parted - 2] != ends[parted - 1];
            tear_down(&set);
        }
    }
    assert_int_equal(at_it, 2);    /* of four lines two and two: also where three would go on the page */
    assert_int_equal(above_it, 2); /* of eight three and five: also where four would go on the page */
}

/* The name goes into the heading in whole words, or not at all: it is nothing that the sender should be told of. */
static void no_room_for_the_name(void **state) {
    (void)state;
    static const struct {
        const char *name, *expected;
    } cases[] = {{"Ann Other MP", "Ann"}, {"Featherstonehaugh MP", NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add(&sample, BLOCK_RECIPIENT, cases[i].name);
        add(&sample, BLOCK_PARAGRAPH, words(500));
        set_in(&set, &sample,
               (struct layout_settings){.size_mpt = 12500,
                                        .margin_left_mpt = SHEET_MARGIN_MOST_MPT,
                                        .margin_right_mpt = SHEET_MARGIN_MOST_MPT});
        const struct page *page = &set.pages.pages[1];
        assert_true(set.pages.count > 1);
        assert_null(set.pages.overfull);
        if (cases[i].expected != NULL)
            assert_int_equal(strncmp(text_of(&page->lines[0]), cases[i].expected, 3), 0);
        else
            assert_string_equal(text_of(&page->lines[0]), "22 November 2026");
        tear_down(&set);
    }
}

static void headings_of_pages(void **state) {
    (void)state;
    static const struct {
        const char *language, *date, *page;
    } cases[] = {
        {"en-GB", "22 November 2026", "Page 2 of 3"},
        {"cy", "22 Tachwedd 2026", "Tudalen 2 o 3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        sample.letter.language = cases[i].language;
        add_opening(&sample);
        add(&sample, BLOCK_PARAGRAPH, words(1200));
        add_close(&sample);
        set_up(&set, &sample);
        check_pages(&set);
        assert_int_equal(set.pages.count, 3);
        const struct line *lines = set.pages.pages[1].lines;
        assert_string_equal(text_of(&lines[0]), "Ann Other MP");
        assert_string_equal(text_of(&lines[1]), cases[i].date);
        assert_string_equal(text_of(&lines[2]), cases[i].page);
        for (size_t j = 0; j < 3; j++) {
            assert_null(lines[j].block);
            assert_mpt(lines[j].baseline_mpt, MILLIPOINTS_OF_MM(20) + 7350);
        }
        assert_mpt(lines[2].x_mpt + width_of(&lines[2]), PAGE_WIDTH_MPT - MILLIPOINTS_OF_MM(28));
        assert_non_null(lines[3].block);
        assert_mpt(lines[3].baseline_mpt, MILLIPOINTS_OF_MM(32) + 7350);
        for (size_t j = 0; j < set.pages.pages[0].lines_count; j++)
            assert_non_null(set.pages.pages[0].lines[j].block);
        tear_down(&set);
    }
}

/* ---- Words and lines ---- */

/* How a paragraph's lines read, in the full measure: 80 characters of 5.5 pt. */
static void lines_of_text(void **state) {
    (void)state;
#define TEN "abcdefghi "
#define SEVENTY TEN TEN TEN TEN TEN TEN TEN
    static const struct {
        const char *name, *text, *lines[4];
    } cases[] = {
        {"a space stays at the end of a broken line", SEVENTY "0123456789 a", {SEVENTY "0123456789 ", "a"}},
        {"after a hyphen", SEVENTY "abcde-fghijk", {SEVENTY "abcde-", "fghijk"}},
        {"a hyphen that is not at the end", SEVENTY "012-4", {SEVENTY "012-4"}},
        {"at a dash", SEVENTY "abcdef\u2014ghijkl", {SEVENTY "abcdef\u2014", "ghijkl"}},
        {"a soft hyphen is printed", SEVENTY "abcde\u00ADfghijk", {SEVENTY "abcde-", "fghijk"}},
        {"not at a no-break space", SEVENTY "abcde\u00A0efghij", {SEVENTY, "abcde\u00A0efghij"}},
        {"nor in a figure", SEVENTY "1,000,000.00", {SEVENTY, "1,000,000.00"}},
        {"new lines", "ab \ncd\n\nef\n", {"ab", "cd", "ef"}},
        {"a new line as CR and LF", "ab\r\ncd", {"ab", "cd"}},
        {"a tab is a space, other controls are nothing", "a\tb\x01 c\x7F", {"a b c"}},
        {"a word too wide is broken", EIGHTY "y" SEVENTY, {EIGHTY, "y"}},
        {"a word too wide after another", "a " EIGHTY "yyy", {"a xxxxxxx", "xx", NULL}},
        {"bound words too wide break at the space", EIGHTY "\u00A0yyy", {EIGHTY "\u00A0", "yyy"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add(&sample, BLOCK_PARAGRAPH, cases[i].text);
        set_up(&set, &sample);
        check_pages(&set);
        for (size_t j = 0; j < 4 && cases[i].lines[j] != NULL; j++) {
            const char *found = j < set.pages.pages[0].lines_count ? text_of(&set.pages.pages[0].lines[j]) : "";
            if (strncmp(found, cases[i].lines[j], strlen(cases[i].lines[j])) != 0)
                fail_msg("%s: line %zu is \"%s\"", cases[i].name, j + 1, found);
        }
        tear_down(&set);
    }
}

/* A grapheme cluster is not broken: each is a letter with three marks. */
static void clusters(void **state) {
    (void)state;
    struct sample sample;
    struct set set;
    char text[200 * 7 + 1];
    for (size_t i = 0; i < 200; i++)
        memcpy(text + 7 * i, "e\u0301\u0302\u0303", 8);
    begin(&sample);
    add(&sample, BLOCK_PARAGRAPH, text);
    set_up(&set, &sample);
    check_pages(&set);
    size_t bytes = 0;
    for (size_t i = 0; i < set.pages.pages[0].lines_count; i++) {
        const char *line = text_of(&set.pages.pages[0].lines[i]);
        assert_int_equal(line[0], 'e');
        assert_int_equal(strlen(line) % 7, 0);
        bytes += strlen(line);
    }
    assert_int_equal(bytes, 200 * 7);
    tear_down(&set);
}

/* Styles and values may begin within a word: it is not broken there, and equal styles are shaped as one. */
static void runs_in_words(void **state) {
    (void)state;
    struct sample sample;
    struct set set;
    struct run runs[] = {
        {"Dear ", 5, 0, false},       {"Jane", 4, 0, true},  {", the ", 6, 0, false},
        {"gr", 2, STYLE_BOLD, false}, {"eat ", 4, 0, false},
    };
    begin(&sample);
    struct letter_block *block = add(&sample, BLOCK_PARAGRAPH, "");
    block->runs = runs;
    block->runs_count = sizeof runs / sizeof *runs;
    set_up(&set, &sample);
    const struct line *line = &set.pages.pages[0].lines[0];
    static const char *const expected[] = {"Dear", " ", "Jane,", " ", "the", " ", "gr", "eat"};
    assert_int_equal(line->words_count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < line->words_count; i++)
        assert_string_equal(line->words[i].word->pieces[0].text, expected[i]);
    assert_mpt(line->words[7].x_mpt - line->words[6].x_mpt, 2 * 5500);
    tear_down(&set);
}

static void justified(void **state) {
    (void)state;
    struct sample sample;
    struct set set;
    begin(&sample);
    add(&sample, BLOCK_PARAGRAPH,
        "It is a truth universally acknowledged, that a single branch in possession of a good list must be in want "
        "of a letter. However little known the feelings or views of such a branch may be on its first entering a "
        "neighbourhood, this truth is so well fixed in the minds of its members that it is set in type.");
    set_in(&set, &sample, (struct layout_settings){.size_mpt = 11000, .manner = {.alignment = ALIGN_JUSTIFY}});
    const struct page *page = &set.pages.pages[0];
    int32_t measure = PAGE_WIDTH_MPT - MILLIPOINTS_OF_MM(28) - MILLIPOINTS_OF_MM(25);
    assert_true(page->lines_count > 3);
    for (size_t i = 0; i + 1 < page->lines_count; i++)
        assert_mpt(width_of(&page->lines[i]), measure);
    assert_true(width_of(&page->lines[page->lines_count - 1]) < measure);
    tear_down(&set);

    set_in(&set, &sample, (struct layout_settings){.size_mpt = 11000, .manner = {.alignment = ALIGN_LEFT}});
    for (size_t i = 0; i < set.pages.pages[0].lines_count; i++) {
        const struct line *line = &set.pages.pages[0].lines[i];
        assert_mpt(line->words[2].x_mpt - line->words[1].x_mpt, 5500); /* a space as the font makes it */
    }
    tear_down(&set);
}

/* Hebrew words stand from right to left, and their line at the left. */
static void right_to_left(void **state) {
    (void)state;
#define HEBREW_1 "\u05D0\u05D1"
#define HEBREW_2 "\u05D2\u05D3\u05D4"
    static const struct {
        const char *name, *text, *expected;
    } cases[] = {
        {"all of it", HEBREW_1 " " HEBREW_2, HEBREW_2 " " HEBREW_1},
        {"within English", "I, " HEBREW_1 " " HEBREW_2 ", ask", "I, " HEBREW_2 " " HEBREW_1 ", ask"},
        {"with a number", "at " HEBREW_1 " 14 " HEBREW_2, "at " HEBREW_2 " 14 " HEBREW_1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add(&sample, BLOCK_PARAGRAPH, cases[i].text);
        set_up(&set, &sample);
        const struct line *line = &set.pages.pages[0].lines[0];
        if (strcmp(text_of(line), cases[i].expected) != 0)
            fail_msg("%s: %s", cases[i].name, text_of(line));
        assert_mpt(line->x_mpt, MILLIPOINTS_OF_MM(25));
        assert_int_equal(line->words[0].x_mpt, 0);
        for (size_t j = 1; j < line->words_count; j++)
            assert_mpt(line->words[j].x_mpt - line->words[j - 1].x_mpt, line->words[j - 1].word->width * 11 / 1000);
        tear_down(&set);
    }
    /* A value is isolated: the number after it stays behind it. */
    struct sample sample;
    struct set set;
    struct run runs[] = {{HEBREW_1, 4, 0, true}, {" 14", 3, 0, false}};
    begin(&sample);
    struct letter_block *block = add(&sample, BLOCK_PARAGRAPH, "");
    block->runs = runs;
    block->runs_count = 2;
    set_up(&set, &sample);
    assert_string_equal(text_of(&set.pages.pages[0].lines[0]), HEBREW_1 " 14");
    tear_down(&set);
}

/* ---- Envelopes ---- */

/* What the window of an envelope always shows, and may show, in millimetres of the sheet. */
static const struct {
    const char *name;
    enum layout_window window;
    double seen[4], kept_clear[4]; /* left, right, top, bottom */
} envelopes[] = {
    {"DL", WINDOW_DL, {20, 100, 57, 81}, {10, 110, 46, 92}},
    {"C5", WINDOW_C5, {20, 91, 67, 88.5}, {1, 110, 53.5, 102}},
    {"Notify", WINDOW_NOTIFY, {24.6, 120, 39.5, 66.3}, {24.6, 120, 39.5, 66.3}},
    {"none", WINDOW_NONE, {0, 0, 0, 0}, {0, 0, 0, 0}},
};
enum { ENVELOPES = sizeof envelopes / sizeof *envelopes };

struct box {
    int32_t left, right, top, bottom;
};

static struct box box_of(const struct line *line) {
    return (struct box){line->x_mpt, line->x_mpt + width_of(line), line->baseline_mpt - line->size_mpt * 7 / 10,
                        line->baseline_mpt + line->size_mpt / 5};
}

static struct box box_of_figure(const struct figure *figure) {
    return (struct box){figure->x_mpt, figure->x_mpt + figure->width_mpt, figure->y_mpt,
                        figure->y_mpt + figure->height_mpt};
}

static struct box box_in_mm(const double mm[4]) {
    return (struct box){MILLIPOINTS_OF_MM(mm[0]), MILLIPOINTS_OF_MM(mm[1]), MILLIPOINTS_OF_MM(mm[2]),
                        MILLIPOINTS_OF_MM(mm[3])};
}

static bool meet(struct box a, struct box b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

static bool is_within(struct box a, struct box b) {
    return a.left >= b.left && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
}

/* Nothing of a page stands on anything else: lines and pictures. Returns what does, or NULL. */
static const char *collision(const struct page *page) {
    for (size_t i = 0; i < page->lines_count; i++) {
        struct box box = box_of(&page->lines[i]);
        for (size_t j = 0; j < i; j++)
            if (meet(box, box_of(&page->lines[j])))
                return "two lines stand on each other";
        for (size_t j = 0; j < page->figures_count; j++)
            if (meet(box, box_of_figure(&page->figures[j])))
                return "a line and a picture stand on each other";
    }
    return NULL;
}

/* Whether the first page goes into the envelope. Returns what is wrong, or NULL. */
static const char *fault_of_first_page(const struct set *set, size_t envelope) {
    const struct page *page = &set->pages.pages[0];
    struct box seen = box_in_mm(envelopes[envelope].seen), kept_clear = box_in_mm(envelopes[envelope].kept_clear);
    struct box printable = box_in_mm((const double[4]){15, 195, 5, 292});
    for (size_t i = 0; i < page->lines_count; i++) {
        struct box box = box_of(&page->lines[i]);
        bool recipient = page->lines[i].block != NULL && page->lines[i].block->kind == BLOCK_RECIPIENT;
        if (!is_within(box, printable))
            return text_of(&page->lines[i]);
        if (envelopes[envelope].window != WINDOW_NONE && recipient && !is_within(box, seen))
            return "the recipient is not seen";
        if (!recipient && meet(box, kept_clear))
            return "something else is seen";
    }
    for (size_t i = 0; i < page->figures_count; i++)
        if (!is_within(box_of_figure(&page->figures[i]), printable) ||
            meet(box_of_figure(&page->figures[i]), kept_clear))
            return "a picture is seen, or not printed";
    return collision(page);
}

static struct picture picture_of(unsigned width, unsigned height, double dpi) {
    return (struct picture){.width = width, .height = height, .channels = 1, .dpi = dpi};
}

/* Every combination of what can be set shows the recipient, all of it, and nothing else. */
static void every_window(void **state) {
    (void)state;
    static const double margins[][4] = {{0, 0, 0, 0}, {15, 15, 25, 10}, {60, 60, 60, 60}, {20, 40, 32, 22}};
    static const int32_t sizes[] = {0, 16000};
    static const char *const senders[] = {
        "", "Jane Doe\n14 High Street\nBootle\nL20 3NJ", "Jane\n" EIGHTY,
        "Jane Doe\n1\n2\n3\n4\n5\n6\n7\njane.doe.of.bootle.and.southport@union.example"};
    const struct picture wide = picture_of(4000, 100, 300), tall = picture_of(500, 4000, 0);
    const struct picture *const logos[] = {NULL, &wide, &tall};
    for (unsigned i = 0; i < ENVELOPES * 2 * 4 * 2 * 3 * 4 * 6; i++) {
        size_t envelope = i % ENVELOPES, lines = i / ENVELOPES / 2 / 4 / 2 / 3 / 4 + 1;
        const double *margin = margins[i / ENVELOPES / 2 % 4];
        struct layout_settings settings = {
            .window = envelopes[envelope].window,
            .sender = i / ENVELOPES % 2 == 0 ? SENDER_RIGHT : SENDER_LEFT,
            .margin_left_mpt = MILLIPOINTS_OF_MM(margin[0]),
            .margin_right_mpt = MILLIPOINTS_OF_MM(margin[1]),
            .margin_top_mpt = MILLIPOINTS_OF_MM(margin[2]),
            .margin_bottom_mpt = MILLIPOINTS_OF_MM(margin[3]),
            .size_mpt = sizes[i / ENVELOPES / 2 / 4 % 2],
            .logo = logos[i / ENVELOPES / 2 / 4 / 2 % 3],
            .fold_marks = true,
        };
        struct sample sample;
        struct set set;
        begin(&sample);
        add(&sample, BLOCK_SENDER, senders[i / ENVELOPES / 2 / 4 / 2 / 3 % 4]);
        add(&sample, BLOCK_DATE, "22 November 2026");
        add(&sample, BLOCK_RECIPIENT, "Ann Other MP\n2\n3\n4\n5\n6" + 2 * (6 - lines));
        add(&sample, BLOCK_SALUTATION, "Dear Ann Other");
        add(&sample, BLOCK_PARAGRAPH, words(60));
        add_close(&sample);
        set_in(&set, &sample, settings);
        const char *fault = fault_of_first_page(&set, envelope);
        if (fault != NULL)
            fail_msg("%s, case %u, %zu lines, sender %s, margin %g, size %d: %s", envelopes[envelope].name, i, lines,
                     settings.sender == SENDER_LEFT ? "left" : "right", margin[0], (int)settings.size_mpt, fault);
        tear_down(&set);
    }
}

/* Where the parts of a letter stand, by the envelope and the sender's place. */
static void places_of_the_opening(void **state) {
    (void)state;
    static const struct {
        const char *name;
        enum layout_window window;
        enum layout_sender sender;
        struct {
            const char *text;
            double x_mm, baseline_mm; /* 0: not checked */
        } lines[4];
    } cases[] = {
        {"DL",
         WINDOW_DL,
         SENDER_RIGHT,
         {{"Jane Doe", 130, 22.72}, {"22 Nov", 130, 0}, {"Ann", 25, 0}, {"Dear", 25, 98}}},
        {"C5",
         WINDOW_C5,
         SENDER_RIGHT,
         {{"Jane Doe", 130, 22.72}, {"22 Nov", 130, 0}, {"Ann", 25, 0}, {"Dear", 25, 108}}},
        {"Notify",
         WINDOW_NOTIFY,
         SENDER_RIGHT,
         {{"Jane Doe", 130, 22.72}, {"22 Nov", 130, 0}, {"Ann", 25, 0}, {"Dear", 25, 101}}},
        {"Notify keeps the sender at the right",
         WINDOW_NOTIFY,
         SENDER_LEFT,
         {{"Jane Doe", 130, 22.72}, {"22 Nov", 130, 0}, {"Ann", 25, 0}, {"Dear", 25, 101}}},
        /* Four lines of 14 pt, then two lines of 14.3 below the last. */
        {"no window",
         WINDOW_NONE,
         SENDER_RIGHT,
         {{"Jane Doe", 130, 22.72}, {"22 Nov", 130, 47.41}, {"Ann", 25, 57.5}, {"Dear", 25, 82.4}}},
        {"no window, at the left",
         WINDOW_NONE,
         SENDER_LEFT,
         {{"Jane Doe", 25, 22.72}, {"22 Nov", 25, 47.41}, {"Ann", 25, 57.5}, {"Dear", 25, 82.4}}},
        {"at the left: the date is above the salutation",
         WINDOW_DL,
         SENDER_LEFT,
         {{"Jane Doe", 25, 22.72}, {"Ann", 25, 0}, {"22 Nov", 25, 98}, {"Dear", 25, 108.09}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add_opening(&sample);
        add(&sample, BLOCK_PARAGRAPH, words(60));
        set_in(&set, &sample, (struct layout_settings){.window = cases[i].window, .sender = cases[i].sender});
        for (size_t j = 0; j < 4; j++) {
            const struct line *line = find(&set, cases[i].lines[j].text);
            double x = line->x_mpt * 25.4 / 72000, baseline = line->baseline_mpt * 25.4 / 72000;
            if (x < cases[i].lines[j].x_mm - 0.01 || x > cases[i].lines[j].x_mm + 0.01 ||
                (cases[i].lines[j].baseline_mm > 0 &&
                 (baseline < cases[i].lines[j].baseline_mm - 0.02 || baseline > cases[i].lines[j].baseline_mm + 0.02)))
                fail_msg("%s: \"%s\" stands at %.2f, %.2f mm", cases[i].name, cases[i].lines[j].text, x, baseline);
        }
        tear_down(&set);
    }
}

/* At the left there is room for seven lines above the window of a DL envelope. */
static void sender_at_the_left(void **state) {
    (void)state;
    static const struct {
        const char *sender;
        double x_mm, first_mm; /* the capitals' top */
    } cases[] = {
        {"A\n2\n3\n4\n5", 25, 20},
        {"A\n2\n3\n4\n5\n6", 25, 17.82},
        {"A\n2\n3\n4\n5\n6\n7", 25, 12.88},
        {"A\n2\n3\n4\n5\n6\n7\n8", 130, 20},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add(&sample, BLOCK_SENDER, cases[i].sender);
        add(&sample, BLOCK_DATE, "22 May 2026");
        add(&sample, BLOCK_SALUTATION, "Dear");
        set_in(&set, &sample, (struct layout_settings){.sender = SENDER_LEFT});
        const struct line *first = find(&set, "A");
        assert_mpt(first->x_mpt, MILLIPOINTS_OF_MM(cases[i].x_mm));
        assert_in_range(first->baseline_mpt - 7700, MILLIPOINTS_OF_MM(cases[i].first_mm) - 30,
                        MILLIPOINTS_OF_MM(cases[i].first_mm) + 30);
        assert_mpt(find(&set, "22 May")->x_mpt, MILLIPOINTS_OF_MM(cases[i].x_mm));
        tear_down(&set);
    }
}

/* An address is set closer, then smaller, and is let out of the window's middle only when it could not be read. */
static void long_addresses(void **state) {
    (void)state;
    static const struct {
        size_t lines;
        int32_t size, leading_least, leading_most;
        double top_mm, salutation_mm; /* 0: not checked */
    } cases[] = {
        {4, 11000, 14000, 14000, 0, 98},   {5, 11000, 14000, 14000, 0, 98},  {6, 10500, 11550, 12000, 57, 98},
        {7, 9000, 9900, 10200, 57, 98},    {8, 11000, 14000, 14000, 0, 98}, /* 46 mm down to 92 are seen of a sheet that lies well */
        {10, 11000, 12100, 14000, 46, 98},                                  /* fills that */
        {13, 9000, 9900, 10400, 46, 98},   {20, 11000, 14000, 14000, 46, 0}, /* is not seen anyhow: as it would be without a window */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add(&sample, BLOCK_RECIPIENT,
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n1\n2\n3\n4\n5\n6\n7\n8\n9\n8\n9" + 2 * (20 - cases[i].lines));
        add(&sample, BLOCK_SALUTATION, "Dear");
        set_up(&set, &sample);
        const struct line *lines = set.pages.pages[0].lines;
        int32_t leading = lines[1].baseline_mpt - lines[0].baseline_mpt;
        if (lines[0].size_mpt != cases[i].size || leading < cases[i].leading_least || leading > cases[i].leading_most)
            fail_msg("%zu lines: %d on %d", cases[i].lines, (int)lines[0].size_mpt, (int)leading);
        if (cases[i].top_mm > 0)
            assert_in_range(lines[0].baseline_mpt - lines[0].size_mpt * 7 / 10, MILLIPOINTS_OF_MM(cases[i].top_mm),
                            MILLIPOINTS_OF_MM(cases[i].top_mm) + 3000);
        if (cases[i].salutation_mm > 0)
            assert_mpt(find(&set, "Dear")->baseline_mpt, MILLIPOINTS_OF_MM(cases[i].salutation_mm));
        else
            assert_mpt(find(&set, "Dear")->baseline_mpt - lines[cases[i].lines - 1].baseline_mpt, 2 * 14300);
        tear_down(&set);
    }
}

static void fold_marks(void **state) {
    (void)state;
    static const struct {
        enum layout_window window;
        bool asked;
        size_t count;
        double y_mm[2];
    } cases[] = {
        {WINDOW_DL, false, 0, {0}},    {WINDOW_DL, true, 2, {99, 198}},   {WINDOW_C5, true, 1, {148.5}},
        {WINDOW_NOTIFY, true, 0, {0}}, {WINDOW_NONE, true, 2, {99, 198}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add(&sample, BLOCK_PARAGRAPH, words(2000));
        set_in(&set, &sample, (struct layout_settings){.window = cases[i].window, .fold_marks = cases[i].asked});
        assert_true(set.pages.count > 1);
        assert_int_equal(set.pages.pages[0].rules_count, cases[i].count);
        assert_int_equal(set.pages.pages[1].rules_count, 0);
        for (size_t j = 0; j < cases[i].count; j++) {
            const struct rule *rule = &set.pages.pages[0].rules[j];
            assert_mpt(rule->y_mpt, MILLIPOINTS_OF_MM(cases[i].y_mm[j]));
            assert_true(rule->x_mpt >= MILLIPOINTS_OF_MM(5)); /* or a printer leaves it out */
            assert_true(rule->x_mpt + rule->width_mpt < MILLIPOINTS_OF_MM(15));
        }
        tear_down(&set);
    }
}

/* ---- Pictures ---- */

static void logos(void **state) {
    (void)state;
    static const struct {
        const char *name;
        unsigned width, height;
        double dpi;
        enum layout_window window;
        enum layout_sender sender;
        double left_mm, top_mm, width_mm, height_mm, sender_mm; /* the top of its capitals */
    } cases[] = {
        {"wide: 40 mm", 2000, 400, 300, WINDOW_DL, SENDER_RIGHT, 130, 15, 40, 8, 27},
        {"tall: 20 mm", 400, 2000, 300, WINDOW_DL, SENDER_RIGHT, 130, 15, 4, 20, 39},
        {"small: as large as it is", 300, 150, 300, WINDOW_DL, SENDER_RIGHT, 130, 15, 25.4, 12.7, 31.7},
        {"no resolution: 96 dpi", 96, 48, 0, WINDOW_DL, SENDER_RIGHT, 130, 15, 25.4, 12.7, 31.7},
        {"a coarse one is not enlarged", 96, 48, 72, WINDOW_DL, SENDER_RIGHT, 130, 15, 25.4, 12.7, 31.7},
        {"the sender does not move up", 96, 2, 0, WINDOW_DL, SENDER_RIGHT, 130, 15, 25.4, 0.53, 20},
        {"Notify: at the left", 2000, 1000, 300, WINDOW_NOTIFY, SENDER_RIGHT, 25, 10, 40, 20, 20},
        {"opposite a sender at the left", 2000, 1000, 300, WINDOW_DL, SENDER_LEFT, 142, 15, 40, 20, 20},
        {"the smallest", 1, 1, 90000, WINDOW_DL, SENDER_RIGHT, 130, 15, 0, 0, 20},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        struct picture logo = picture_of(cases[i].width, cases[i].height, cases[i].dpi);
        begin(&sample);
        add_opening(&sample);
        add(&sample, BLOCK_PARAGRAPH, words(1000));
        set_in(&set, &sample,
               (struct layout_settings){.size_mpt = 11000,
                                        .window = cases[i].window,
                                        .sender = cases[i].sender,
                                        .logo = &logo,
                                        .logo_alternative = "The union"});
        assert_int_equal(set.pages.pages[0].figures_count, 1);
        assert_int_equal(set.pages.pages[1].figures_count, 0);
        const struct figure *figure = &set.pages.pages[0].figures[0];
        const double found[] = {figure->x_mpt, figure->y_mpt, figure->width_mpt, figure->height_mpt,
                                find(&set, "Jane Doe")->baseline_mpt - 7700};
        const double expected[] = {cases[i].left_mm, cases[i].top_mm, cases[i].width_mm, cases[i].height_mm,
                                   cases[i].sender_mm};
        for (size_t j = 0; j < 5; j++)
            if (found[j] * 25.4 / 72000 < expected[j] - 0.02 || found[j] * 25.4 / 72000 > expected[j] + 0.02)
                fail_msg("%s: measure %zu is %.2f mm", cases[i].name, j, found[j] * 25.4 / 72000);
        assert_true(figure->width_mpt > 0 && figure->height_mpt > 0);
        assert_ptr_equal(figure->picture, &logo);
        assert_string_equal(figure->alternative, "The union");
        assert_null(figure->block);
        tear_down(&set);
    }
}

/* The signature stands in its space, however large it is, wherever the page ends, and however tight the letter is. */
static void signatures(void **state) {
    (void)state;
    const struct picture pictures[] = {picture_of(600, 200, 300), picture_of(4000, 500, 300),
                                       picture_of(500, 4000, 300)};
    static const double sizes_mm[][2] = {{50, 16.67}, {50, 6.25}, {2.25, 18}};
    for (size_t filler = 1; filler < 50; filler++) {
        size_t i = filler % 3;
        struct sample sample;
        struct set set;
        char text[50 * 2 + 1] = "";
        for (size_t j = 0; j < filler; j++)
            memcpy(text + 2 * j, "f\n", 3);
        begin(&sample);
        sample.letter.author = "Jane Doe";
        sample.letter.language = filler % 2 == 0 ? "en-GB" : "cy";
        add_opening(&sample);
        add(&sample, BLOCK_PARAGRAPH, text);
        add_close(&sample);
        struct layout_settings settings = {.size_mpt = 10500};
        set = (struct set){.layout = layout_new(NULL, &settings)};
        layout_letter(set.layout, &sample.letter, &pictures[i], &set.arena, &set.pages);
        size_t page = page_of(&set, "Branch");
        assert_int_equal(page_of(&set, "Yours"), page);
        assert_int_equal(set.pages.pages[page].figures_count, 1);
        assert_int_equal(set.pages.pages[0].figures_count, page == 0 ? 1 : 0);
        const struct figure *figure = &set.pages.pages[page].figures[0];
        const struct line *name = find(&set, "Branch") - 1, *close = name - 1;
        assert_string_equal(text_of(close), "Yours sincerely");
        assert_true(figure->y_mpt >= close->baseline_mpt);
        assert_true(figure->y_mpt + figure->height_mpt <= name->baseline_mpt - 7350);
        assert_int_equal(figure->x_mpt, name->x_mpt);
        assert_in_range(figure->width_mpt, MILLIPOINTS_OF_MM(sizes_mm[i][0]) - 30,
                        MILLIPOINTS_OF_MM(sizes_mm[i][0]) + 30);
        assert_in_range(figure->height_mpt, MILLIPOINTS_OF_MM(sizes_mm[i][1]) - 30,
                        MILLIPOINTS_OF_MM(sizes_mm[i][1]) + 30);
        assert_string_equal(figure->alternative, filler % 2 == 0 ? "Signature of Jane Doe" : "Llofnod Jane Doe");
        assert_ptr_equal(figure->block, name->block);
        assert_null(collision(&set.pages.pages[page]));
        tear_down(&set);
    }
}

/* A signature whose name begins a page is not printed into the heading. */
static void a_signature_at_the_top(void **state) {
    (void)state;
    const struct picture picture = picture_of(500, 4000, 300);
    struct sample sample;
    char text[120 * 2 + 1] = "";
    for (size_t j = 0; j < 120; j++)
        memcpy(text + 2 * j, "n\n", 3);
    for (size_t lines = 30; lines < 60; lines++) {
        struct layout_settings settings = {.size_mpt = 10500};
        struct set set = {.layout = layout_new(NULL, &settings)};
        begin(&sample);
        add_opening(&sample);
        add(&sample, BLOCK_CLOSING, text + 2 * (120 - lines));
        add(&sample, BLOCK_SIGNATURE, "Jane");
        layout_letter(set.layout, &sample.letter, &picture, &set.arena, &set.pages);
        size_t page = set.pages.count - 1;
        assert_int_equal(set.pages.pages[page].figures_count, 1);
        assert_null(collision(&set.pages.pages[page]));
        assert_true(set.pages.pages[page].figures[0].y_mpt >= (page == 0 ? 0 : MILLIPOINTS_OF_MM(32)));
        tear_down(&set);
    }
}

/* ---- Tails ---- */

/*
 * A letter whose text ends OVER lines below the page: up to three come back, by tightening that can hardly be seen, and
 * what cannot is carried, with nothing tightened.
 */
static void pulled_back(void **state) {
    (void)state;
    enum { LEADING = 14000, PARAGRAPHS = 8 };
    int32_t bottom = PAGE_HEIGHT_MPT - MILLIPOINTS_OF_MM(22);
    size_t pulled = 0, carried = 0, untouched = 0;
    for (int32_t extra = 0; extra < 30; extra++) {
        struct sample sample;
        struct set set;
        char text[100 * 2 + 1] = "";
        begin(&sample);
        add_opening(&sample);
        /* The first paragraph grows line by line: from room on the page to more than can come back. */
        for (int32_t j = 0; j < extra; j++)
            memcpy(text + 2 * j, "f\n", 3);
        if (extra > 0)
            add(&sample, BLOCK_PARAGRAPH, text);
        for (size_t j = 0; j < PARAGRAPHS; j++)
            add(&sample, BLOCK_PARAGRAPH, "p\nq");
        add_close(&sample);
        set_in(&set, &sample, (struct layout_settings){.size_mpt = 10500});
        assert_null(collision(&set.pages.pages[0]));

        /* Where the name's second line would stand if the page had no end. */
        int64_t loose = find(&set, "Dear")->baseline_mpt +
                        (extra > 0 ? LEADING * 155 / 100 + (extra - 1) * LEADING : 0) +
                        PARAGRAPHS * (LEADING * 255 / 100) + 2 * LEADING + MILLIPOINTS_OF_MM(20) + 7350 + LEADING;
        const struct line *p = find(&set, "p"), *next = find_nth(&set, "p", 1, NULL);
        int32_t leading = find(&set, "q")->baseline_mpt - p->baseline_mpt;
        int32_t gap = next->baseline_mpt - p->baseline_mpt - 2 * leading;
        const struct line *name = find(&set, "Branch") - 1;
        int32_t space = name->baseline_mpt - name[-1].baseline_mpt - 7350;
        if (loose <= bottom + 10) {
            assert_int_equal(set.pages.count, 1);
            assert_int_equal(leading, LEADING);
            untouched++;
        } else if (set.pages.count == 1) {
            assert_true(loose - bottom <= 3 * LEADING);
            assert_in_range(leading, LEADING * 97 / 100 - 1, LEADING);
            assert_in_range(gap, LEADING * 55 / 100 * 70 / 100 - 10, LEADING * 55 / 100);
            assert_in_range(space, MILLIPOINTS_OF_MM(15) - 10, MILLIPOINTS_OF_MM(20));
            pulled++;
        } else {
            assert_true(loose - bottom > 3 * LEADING);
            assert_int_equal(find_nth(&set, "q", 0, NULL)->baseline_mpt - p->baseline_mpt, LEADING);
            assert_mpt(space, MILLIPOINTS_OF_MM(20));
            carried++;
        }
        tear_down(&set);
    }
    /* With so many paragraphs each of the three lines comes back. */
    assert_int_equal(pulled, 3);
    assert_true(untouched > 0 && carried > 10);
}

/* However much there is to give: of a letter of short paragraphs, more than three lines do not come back. */
static void three_lines_at_most(void **state) {
    (void)state;
    enum { LEADING = 14000, GAP = LEADING * 155 / 100 };
    int64_t bottom = PAGE_HEIGHT_MPT - MILLIPOINTS_OF_MM(22);
    size_t pulled = 0, carried = 0;
    for (int32_t count = 10; count < 26; count++) {
        for (int32_t shift = 0; shift < 2; shift++) {
            struct sample sample;
            struct set set;
            begin(&sample);
            add_opening(&sample);
            for (int32_t i = 0; i < count; i++)
                add(&sample, BLOCK_PARAGRAPH, i == 0 && shift == 1 ? "p\np" : "p");
            add_close(&sample);
            set_in(&set, &sample, (struct layout_settings){.size_mpt = 10500});
            int64_t over = MILLIPOINTS_OF_MM(98) + (int64_t)count * GAP + shift * LEADING + 3 * LEADING +
                           MILLIPOINTS_OF_MM(20) + 7350 - bottom;
            const struct line *last = find_nth(&set, "p", 3, NULL);
            bool tight = last->baseline_mpt - last[-1].baseline_mpt < GAP;
            if (tight != (over > 0 && over <= 3 * LEADING) || (set.pages.count == 1) != (over <= 3 * LEADING))
                fail_msg("%d paragraphs, %ld over: %zu pages", (int)count, (long)over, set.pages.count);
            pulled += tight;
            carried += set.pages.count > 1;
            tear_down(&set);
        }
    }
    assert_true(pulled > 1 && carried > 1);
}

/* With nothing to give but the leading, not all of a tail comes back; and no more is tightened than needed. */
static void pulled_back_as_little_as_needed(void **state) {
    (void)state;
    int32_t last = 14000;
    for (size_t lines = 40; lines < 50; lines++) {
        struct sample sample;
        struct set set;
        char text[100 * 2 + 1] = "";
        for (size_t j = 0; j < lines; j++)
            memcpy(text + 2 * j, "f\n", 3);
        begin(&sample);
        add(&sample, BLOCK_PARAGRAPH, text);
        set_in(&set, &sample, (struct layout_settings){.size_mpt = 10500, .window = WINDOW_NONE});
        int32_t leading = find_nth(&set, "f", 1, NULL)->baseline_mpt - find(&set, "f")->baseline_mpt;
        if (set.pages.count == 1) {
            assert_true(leading <= last && leading >= 13580);
            last = leading;
        } else {
            assert_int_equal(leading, 14000);
        }
        assert_true(set.pages.count <= 2);
        tear_down(&set);
    }
}

/* The largest type that fits is not tightened into the page: the smaller one comes first. */
static void smaller_before_tighter(void **state) {
    (void)state;
    for (size_t count = 250; count < 420; count += 3) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add_opening(&sample);
        add(&sample, BLOCK_PARAGRAPH, words(count));
        add_close(&sample);
        set_up(&set, &sample);
        const struct line *line = find(&set, "abc");
        int32_t leading = line[1].baseline_mpt - line->baseline_mpt;
        assert_true(line->size_mpt == 10500 || leading == 14300);
        tear_down(&set);
    }
}

static void margins_and_leading(void **state) {
    (void)state;
    struct sample sample;
    struct set set;
    begin(&sample);
    add_opening(&sample);
    add(&sample, BLOCK_PARAGRAPH, words(1000));
    set_in(&set, &sample,
           (struct layout_settings){.leading_mpt = 18000,
                                    .margin_left_mpt = MILLIPOINTS_OF_MM(30),
                                    .margin_right_mpt = MILLIPOINTS_OF_MM(40),
                                    .margin_top_mpt = MILLIPOINTS_OF_MM(50),
                                    .margin_bottom_mpt = MILLIPOINTS_OF_MM(45)});
    for (size_t i = 0; i < set.pages.count; i++)
        for (size_t j = 0; j < set.pages.pages[i].lines_count; j++) {
            const struct line *line = &set.pages.pages[i].lines[j];
            assert_true(line->x_mpt >= MILLIPOINTS_OF_MM(30));
            assert_true(line->x_mpt + width_of(line) <= PAGE_WIDTH_MPT - MILLIPOINTS_OF_MM(40) + 1);
            assert_true(line->baseline_mpt <= PAGE_HEIGHT_MPT - MILLIPOINTS_OF_MM(45));
            if (line->block == NULL)
                assert_mpt(line->baseline_mpt, MILLIPOINTS_OF_MM(38) + 7350);
        }
    const struct line *lines = set.pages.pages[1].lines + 3;
    assert_mpt(lines[0].baseline_mpt, MILLIPOINTS_OF_MM(50) + 7350);
    assert_int_equal(lines[1].baseline_mpt - lines[0].baseline_mpt, 18000);
    tear_down(&set);
}

/* What is finer than words comes through: commas in the margin, and letters that are wider than drawn. */
static void fine_lines(void **state) {
    (void)state;
    struct sample sample;
    struct set set;
    begin(&sample);
    add(&sample, BLOCK_PARAGRAPH,
        "It is a truth, universally, acknowledged, that a single, branch, in possession, of a good, list, must be, in "
        "want, of a letter. However, little known, the feelings, or views, of such, a branch, may be, on its, first, "
        "entering, a neighbourhood, this truth, is so, well fixed, in the minds, of its members, that it is, set.");
    set_in(&set, &sample,
           (struct layout_settings){.size_mpt = 11000,
                                    .manner = {.alignment = ALIGN_JUSTIFY, .protrude = true, .expand = true}});
    const struct page *page = &set.pages.pages[0];
    int32_t right = PAGE_WIDTH_MPT - MILLIPOINTS_OF_MM(28);
    size_t hanging = 0, expanded = 0;
    assert_true(page->lines_count > 3);
    for (size_t i = 0; i + 1 < page->lines_count; i++) {
        const struct line *line = &page->lines[i];
        const struct placed *last = &line->words[line->words_count - 2]; /* before the space */
        int32_t end = line->x_mpt + last->x_mpt +
                      (int32_t)((int64_t)last->word->width * line->size_mpt / FACE_EM *
                                (1000000 + line->expansion_ppm) / 1000000);
        assert_in_range(end, right - 2, right + 5500);
        hanging += end > right + 1000;
        expanded += line->expansion_ppm != 0;
        assert_in_range(line->expansion_ppm + COMPOSE_EXPANSION_MAX_PPM, 0, 2 * COMPOSE_EXPANSION_MAX_PPM);
    }
    assert_true(hanging > 0);
    assert_true(expanded > 0);
    tear_down(&set);
}

static void overfull_words(void **state) {
    (void)state;
    static const struct {
        const char *name, *text, *overfull;
    } cases[] = {
        {"none", "a short word", NULL},
        {"as wide as the line", EIGHTY, NULL},
        {"wider", "a " EIGHTY "yyy b", EIGHTY "yyy"},
        {"the first of them", EIGHTY "1 " EIGHTY "2", EIGHTY "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample sample;
        struct set set;
        begin(&sample);
        add(&sample, BLOCK_PARAGRAPH, cases[i].text);
        set_in(&set, &sample, (struct layout_settings){.size_mpt = 11000});
        if (cases[i].overfull == NULL && set.pages.overfull != NULL)
            fail_msg("%s: %s", cases[i].name, set.pages.overfull);
        if (cases[i].overfull != NULL) {
            assert_non_null(set.pages.overfull);
            assert_string_equal(set.pages.overfull, cases[i].overfull);
        }
        tear_down(&set);
    }
}

/* ---- Many letters ---- */

/* What is the same in every letter is shaped once, stays right when the shaper forgets, and belongs to its own block. */
static void fixed_blocks(void **state) {
    (void)state;
    static const struct block paragraph = {.kind = BLOCK_PARAGRAPH}, item = {.kind = BLOCK_ITEM};
    struct layout *layout =
        layout_new(NULL, &(struct layout_settings){.size_mpt = 0, .manner = {.alignment = ALIGN_LEFT}});
    struct arena arena = ARENA_EMPTY;
    size_t shaped_before = 0, trimmed_before = cast_trims;
    for (int i = 0; i < 5; i++) {
        struct sample sample;
        struct set set = {.layout = layout};
        begin(&sample);
        add(&sample, BLOCK_SALUTATION, i % 2 == 0 ? "Dear Jane" : "Dear John");
        add(&sample, BLOCK_PARAGRAPH, "What every member has to say")->fixed = &paragraph;
        struct letter_block *numbered = add(&sample, BLOCK_ITEM, "an item");
        numbered->fixed = &item;
        numbered->list_depth = 1;
        numbered->number = (unsigned)i + 1;
        arena_clear(&arena);
        layout_letter(layout, &sample.letter, NULL, &arena, &set.pages);
        const struct line *lines = set.pages.pages[0].lines;
        assert_int_equal(set.pages.pages[0].lines_count, 4);
        assert_string_equal(text_of(&lines[0]), i % 2 == 0 ? "Dear Jane" : "Dear John");
        assert_string_equal(text_of(&lines[1]), "What every member has to say");
        assert_ptr_equal(lines[1].block, &sample.blocks[1]);
        assert_int_equal(text_of(&lines[2])[0], '1' + i);
        assert_string_equal(text_of(&lines[3]), "an item");
        if (i > 0)
            assert_int_equal(cast_words - shaped_before, 4); /* Dear, a space, the name, the number */
        shaped_before = cast_words;
    }
    assert_int_equal(cast_trims - trimmed_before, 5);
    arena_release(&arena);
    layout_free(layout);
}

/* Texts of any kind and length are set. */
static void anything(void **state) {
    (void)state;
    static char newlines[8000], narrow[8000], spaces[8000], bound[8000];
    const struct picture picture = picture_of(10000, 1, 0);
    memset(newlines, '\n', sizeof newlines - 1);
    memset(narrow, 'w', sizeof narrow - 1);
    memset(spaces, ' ', sizeof spaces - 1);
    for (size_t i = 0; i + 3 < sizeof bound; i += 3)
        memcpy(bound + i, "a\u00A0", 4);
    const char *const texts[] = {"",       "\n",     " ",      "\u00A0", "\u200B\u200B", "\u00AD", "\x01",
                                 "\u0301", "\u202E", newlines, narrow,   spaces,         bound,    words(2000)};
    static const enum block_kind kinds[] = {BLOCK_SENDER,     BLOCK_DATE,    BLOCK_RECIPIENT,
                                            BLOCK_SALUTATION, BLOCK_SUBJECT, BLOCK_PARAGRAPH,
                                            BLOCK_ITEM,       BLOCK_CLOSING, BLOCK_SIGNATURE};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t j = 0; j <= sizeof kinds / sizeof *kinds; j++) {
            struct sample sample;
            struct set set;
            begin(&sample);
            for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
                add(&sample, kinds[k], k == j || j == sizeof kinds / sizeof *kinds ? texts[i] : "text");
            struct layout_settings settings = {
                .window = (enum layout_window)((i + j) % 4),
                .sender = j % 2 == 0 ? SENDER_RIGHT : SENDER_LEFT,
                .manner = {.alignment = i % 2 == 0 ? ALIGN_LEFT : ALIGN_JUSTIFY, .protrude = true, .expand = true},
                .logo = j % 3 == 0 ? &picture : NULL,
            };
            set = (struct set){.layout = layout_new(NULL, &settings)};
            layout_letter(set.layout, &sample.letter, i % 3 == 0 ? &picture : NULL, &set.arena, &set.pages);
            for (size_t page = 0; page < set.pages.count; page++)
                for (size_t k = 0; k < set.pages.pages[page].lines_count; k++)
                    assert_true(set.pages.pages[page].lines[k].baseline_mpt <= PAGE_HEIGHT_MPT - MILLIPOINTS_OF_MM(22));
            tear_down(&set);
        }
    }
    struct sample empty;
    struct set set;
    begin(&empty);
    set_up(&set, &empty);
    assert_int_equal(set.pages.count, 1);
    tear_down(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_letter),
        cmocka_unit_test(sizes),
        cmocka_unit_test(openings),
        cmocka_unit_test(lists),
        cmocka_unit_test(every_window),
        cmocka_unit_test(places_of_the_opening),
        cmocka_unit_test(sender_at_the_left),
        cmocka_unit_test(long_addresses),
        cmocka_unit_test(fold_marks),
        cmocka_unit_test(logos),
        cmocka_unit_test(signatures),
        cmocka_unit_test(a_signature_at_the_top),
        cmocka_unit_test(pulled_back),
        cmocka_unit_test(three_lines_at_most),
        cmocka_unit_test(pulled_back_as_little_as_needed),
        cmocka_unit_test(smaller_before_tighter),
        cmocka_unit_test(margins_and_leading),
        cmocka_unit_test(fine_lines),
        cmocka_unit_test(overfull_words),
        cmocka_unit_test(breaks_of_pages),
        cmocka_unit_test(no_hyphen_at_the_end),
        cmocka_unit_test(no_room_for_the_name),
        cmocka_unit_test(headings_of_pages),
        cmocka_unit_test(lines_of_text),
        cmocka_unit_test(clusters),
        cmocka_unit_test(runs_in_words),
        cmocka_unit_test(justified),
        cmocka_unit_test(right_to_left),
        cmocka_unit_test(fixed_blocks),
        cmocka_unit_test(anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
