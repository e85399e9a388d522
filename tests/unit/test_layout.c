/*
 * The layout of a letter, with a font of which every character is half an em wide: at 11 pt, 5.5 pt. Positions are
 * looked up by the text of the lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/table.h"
#include "base/text.h"
#include "letter/layout.h"

/* ---- The font ---- */

enum { WIDTH = FACE_EM / 2, CAP_HEIGHT = 700000 };

struct shaper {
    struct table words;
    struct arena arena;
};

static size_t shaped_in_all, trimmed;

const struct face_program *font_face(const struct font *font, size_t i) {
    static const struct face_program program = {.cap_height = CAP_HEIGHT};
    assert_null(font);
    assert_int_equal(i, 0);
    return &program;
}

struct shaper *shaper_new(const struct font *font) {
    assert_null(font);
    return memory_alloc(1, sizeof(struct shaper));
}

void shaper_free(struct shaper *shaper) {
    if (shaper == NULL)
        return;
    table_release(&shaper->words);
    arena_release(&shaper->arena);
    free(shaper);
}

const struct word *shaper_word(struct shaper *shaper, unsigned style, const char *text, size_t length,
                               bool right_to_left) {
    assert_true(length > 0 && length < UINT16_MAX);
    assert_int_equal(text_valid(text, length), length);
    struct str key = STR_EMPTY;
    str_addf(&key, "%u%d%.*s", style, right_to_left, (int)length, text);
    void **slot = table_slot(&shaper->words, key.bytes, key.length);
    str_release(&key);
    if (*slot == NULL) {
        struct word *word = ARENA_ARRAY(&shaper->arena, struct word, 1);
        struct piece *piece = ARENA_ARRAY(&shaper->arena, struct piece, 1);
        *piece = (struct piece){.text = arena_copy(&shaper->arena, text, length), .length = length};
        piece->width = (int32_t)text_count(text, length) * WIDTH;
        *word = (struct word){.pieces = piece, .pieces_count = 1, .width = piece->width};
        *slot = word;
        shaped_in_all++;
    }
    return *slot;
}

/* Always forgets everything, so that whatever is kept wrongly is found. */
bool shaper_trim(struct shaper *shaper) {
    table_clear(&shaper->words);
    arena_release(&shaper->arena);
    trimmed++;
    return true;
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
    /* The recipient's middle is the window's: as much above its first capitals as below its last baseline. */
    assert_mpt((find(&set, "Ann Other MP")->baseline_mpt - 7700 + find(&set, "SW1A")->baseline_mpt) / 2,
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

/* A recipient of more lines than the window shows begins at its top and pushes the salutation down. */
static void long_recipient(void **state) {
    (void)state;
    struct sample sample;
    struct set set;
    begin(&sample);
    add(&sample, BLOCK_RECIPIENT, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13");
    add(&sample, BLOCK_SALUTATION, "Dear");
    set_up(&set, &sample);
    assert_mpt(find(&set, "1")->baseline_mpt, MILLIPOINTS_OF_MM(46) + 7700);
    assert_mpt(find(&set, "Dear")->baseline_mpt, MILLIPOINTS_OF_MM(46) + 7700 + 12 * 14000 + 2 * 14300);
    tear_down(&set);
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
#define EIGHTY "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    static const struct {
        const char *name, *text, *lines[4];
    } cases[] = {
        {"a space stays at the end of a broken line", SEVENTY "0123456789 a", {SEVENTY "0123456789 ", "a"}},
        {"after a hyphen", SEVENTY "abcde-fghijk", {SEVENTY "abcde-", "fghijk"}},
        {"a hyphen that is not at the end", SEVENTY "012-4", {SEVENTY "012-4"}},
        {"at a dash", SEVENTY "abcdef\u2014ghijkl", {SEVENTY "abcdef\u2014", "ghijkl"}},
        {"a soft hyphen is printed", SEVENTY "abcde\u00ADfghijk", {SEVENTY "abcde\u00AD-", "fghijk"}},
        {"not at a no-break space", SEVENTY "abcde\u00A0efghij", {SEVENTY, "abcde\u00A0efghij"}},
        {"nor in a figure", SEVENTY "1,000,000.00", {SEVENTY, "1,000,000.00"}},
        {"new lines", "ab \ncd\n\nef\n", {"ab", "cd", "ef"}},
        {"a new line as CR and LF", "ab\r\ncd", {"ab", "cd"}},
        {"a tab is a space, other controls are nothing", "a\tb\x01 c\x7F", {"a b c"}},
        {"a word too wide is broken", EIGHTY "yyy", {EIGHTY, "yyy"}},
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

/* ---- Many letters ---- */

/* What is the same in every letter is shaped once, stays right when the shaper forgets, and belongs to its own block. */
static void fixed_blocks(void **state) {
    (void)state;
    static const struct block paragraph = {.kind = BLOCK_PARAGRAPH}, item = {.kind = BLOCK_ITEM};
    struct layout *layout =
        layout_new(NULL, &(struct layout_settings){.size_mpt = 0, .manner = {.alignment = ALIGN_LEFT}});
    struct arena arena = ARENA_EMPTY;
    size_t shaped_before = 0, trimmed_before = trimmed;
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
            assert_int_equal(shaped_in_all - shaped_before, 4); /* Dear, a space, the name, the number */
        shaped_before = shaped_in_all;
    }
    assert_int_equal(trimmed - trimmed_before, 5);
    arena_release(&arena);
    layout_free(layout);
}

/* Texts of any kind and length are set. */
static void anything(void **state) {
    (void)state;
    static char newlines[8000], narrow[8000], spaces[8000], bound[8000];
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
            set_in(&set, &sample,
                   (struct layout_settings){.size_mpt = 0,
                                            .manner = {.alignment = i % 2 == 0 ? ALIGN_LEFT : ALIGN_JUSTIFY}});
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
        cmocka_unit_test(a_short_letter),    cmocka_unit_test(sizes),         cmocka_unit_test(openings),
        cmocka_unit_test(long_recipient),    cmocka_unit_test(lists),         cmocka_unit_test(breaks_of_pages),
        cmocka_unit_test(headings_of_pages), cmocka_unit_test(lines_of_text), cmocka_unit_test(clusters),
        cmocka_unit_test(runs_in_words),     cmocka_unit_test(justified),     cmocka_unit_test(right_to_left),
        cmocka_unit_test(fixed_blocks),      cmocka_unit_test(anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
