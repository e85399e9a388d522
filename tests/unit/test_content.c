/* A page's operators. Glyph 0x4161 is written "Aa": every glyph ID here is two readable bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "pdf/content.h"
#include "pdf/structure.h"

#define ID(a, b) ((uint16_t)((a) << 8 | (b)))

enum { SIZE_MPT = 10000, WIDTH = 500000 }; /* every glyph of both faces is half an em wide: 5 points */

static struct embedded_face faces[2];

static int set_up(void **state) {
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        faces[i].glyphs_count = UINT16_MAX;
        faces[i].widths = memory_alloc(UINT16_MAX, sizeof *faces[i].widths);
        for (size_t id = 0; id < UINT16_MAX; id++)
            faces[i].widths[id] = WIDTH;
    }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    for (size_t i = 0; i < 2; i++)
        embed_release(&faces[i]);
    return 0;
}

struct test_line {
    int32_t x_mpt, baseline_mpt;
    bool artifact;
    int32_t expansion_ppm;
    struct {
        int32_t x_mpt;
        size_t added_length;
        struct piece piece; /* glyphs end at ID 0 */
    } words[3];             /* end at one without glyphs */
};

#define GLYPHS(...) ((const struct glyph[8]){__VA_ARGS__})
#define PIECE(face_, ...) \
    { .face = (face_), .glyphs = GLYPHS(__VA_ARGS__), .faithful = true }
#define SAYING(text_, faithful_, ...) \
    { .glyphs = GLYPHS(__VA_ARGS__), .text = (text_), .length = sizeof(text_) - 1, .faithful = (faithful_) }
#define START "BT\n72 741.89 Td\n/F0 10 Tf\n"
#define P0 "/P<</MCID 0>>BDC\n"
#define P1 "/P<</MCID 1>>BDC\n"
#define P2 "/P<</MCID 2>>BDC\n"

static const struct test {
    const char *name;
    struct test_line lines[3]; /* end at one with baseline 0 */
    const char *expected;
} tests[] = {
    {"a word at its place, from the bottom of the page",
     {{72000,
       100000,
       false,
       0,
       {{0, 0, PIECE(0, {ID('A', 'a'), .advance = WIDTH}, {ID('A', 'b'), .advance = WIDTH})}}}},
     START P0 "[(AaAb)]TJ\nEMC\nET\n"},
    {"the second line moves from the first, and keeps the font",
     {{72000, 100000, false, 0, {{0, 0, PIECE(0, {ID('A', 'a'), .advance = WIDTH})}}},
      {72500, 114300, false, 0, {{0, 0, PIECE(0, {ID('A', 'b'), .advance = WIDTH})}}}},
     START P0 "[(Aa)]TJ\n0.5 -14.3 Td\n[(Ab)]TJ\nEMC\nET\n"},
    {"words that follow each other need no correction, a wider space does",
     {{72000,
       100000,
       false,
       0,
       {{0, 0, PIECE(0, {ID('A', 'a'), .advance = WIDTH})},
        {5000, 0, PIECE(0, {ID('A', 'b'), .advance = WIDTH})},
        {11234, 0, PIECE(0, {ID('A', 'c'), .advance = WIDTH})}}}},
     START P0 "[(AaAb)-123(Ac)]TJ\nEMC\nET\n"},
    {"kerning",
     {{72000,
       100000,
       false,
       0,
       {{0, 0, PIECE(0, {ID('A', 'a'), .advance = WIDTH - 40000}, {ID('A', 'b'), .advance = WIDTH})}}}},
     START P0 "[(Aa)40(Ab)]TJ\nEMC\nET\n"},
    {"what is too little to see is corrected when it has grown",
     {{72000,
       100000,
       false,
       0,
       {{0, 0,
         PIECE(0, {ID('A', 'a'), .advance = WIDTH + 400}, {ID('A', 'b'), .advance = WIDTH + 400},
               {ID('A', 'c'), .advance = WIDTH + 400}, {ID('A', 'd'), .advance = WIDTH + 400},
               {ID('A', 'e'), .advance = WIDTH})}}}},
     START P0 "[(AaAbAc)-1(AdAe)]TJ\nEMC\nET\n"},
    {"brackets, backslash and carriage return among the codes",
     {{72000,
       100000,
       false,
       0,
       {{0, 0,
         PIECE(0, {ID('(', ')'), .advance = WIDTH}, {ID('\\', '\r'), .advance = WIDTH},
               {ID('\n', '<'), .advance = WIDTH})}}}},
     START P0 "[(\\(\\)\\\\\\r\n<)]TJ\nEMC\nET\n"},
    {"a mark stands above its letter, and the next letter where it would without it",
     {{72000,
       100000,
       false,
       0,
       {{0, 0,
         PIECE(0, {ID('A', 'a'), .advance = WIDTH}, {ID('A', 'm'), .x_offset = -250000, .y_offset = 120000},
               {ID('A', 'b'), .advance = WIDTH})}}}},
     START P0 "[(Aa)]TJ\n1.2 Ts\n[250(Am)]TJ\n0 Ts\n[250(Ab)]TJ\nEMC\nET\n"},
    {"a mark at the end of a line does not lift the next line",
     {{72000, 100000, false, 0, {{0, 0, PIECE(0, {ID('A', 'm'), .advance = WIDTH, .y_offset = -50000})}}},
      {72000, 114000, false, 0, {{0, 0, PIECE(0, {ID('A', 'b'), .advance = WIDTH})}}}},
     START P0 "-0.5 Ts\n[(Am)]TJ\n0 Ts\n0 -14 Td\n[(Ab)]TJ\nEMC\nET\n"},
    {"two faces in a line",
     {{72000,
       100000,
       false,
       0,
       {{0, 0, PIECE(0, {ID('A', 'a'), .advance = WIDTH})},
        {5000, 0, PIECE(1, {ID('B', 'a'), .advance = WIDTH})},
        {10000, 0, PIECE(0, {ID('A', 'b'), .advance = WIDTH})}}}},
     START P0 "[(Aa)]TJ\n/F1 10 Tf\n[(Ba)]TJ\n/F0 10 Tf\n[(Ab)]TJ\nEMC\nET\n"},
    {"what is not part of the text is an artifact, at the head of a page or at its foot",
     {{72000, 30000, true, 0, {{0, 0, PIECE(0, {ID('A', 'a'), .advance = WIDTH})}}},
      {72000, 100000, false, 0, {{0, 0, PIECE(0, {ID('A', 'b'), .advance = WIDTH})}}},
      {72000, 820000, true, 0, {{0, 0, PIECE(0, {ID('A', 'c'), .advance = WIDTH})}}}},
     "BT\n72 811.89 Td\n/F0 10 Tf\n/Artifact<</Type/Pagination/Subtype/Header>>BDC\n[(Aa)]TJ\nEMC\n0 -70 Td\n" P0
     "[(Ab)]TJ\nEMC\n0 -720 Td\n/Artifact<</Type/Pagination/Subtype/Footer>>BDC\n[(Ac)]TJ\nEMC\nET\n"},
    {"glyphs that do not say their text have it beside them, astral characters too",
     {{72000,
       100000,
       false,
       0,
       {{0, 0, PIECE(0, {ID('A', 'a'), .advance = WIDTH})},
        {5000, 0,
         SAYING("\xE0\xA4\x95\xF0\x9F\x98\x80", false, {ID('A', 'k'), 0, WIDTH, 0, 0}, {ID('A', 's'), 3, WIDTH, 0, 0})},
        {15000, 0, PIECE(0, {ID('A', 'b'), .advance = WIDTH})}}}},
     START P0 "[(Aa)]TJ\nEMC\n/Span<</MCID 1/ActualText<FEFF0915D83DDE00>>>BDC\n[(AkAs)]TJ\nEMC\n" P2
              "[(Ab)]TJ\nEMC\nET\n"},
    {"right to left, a span for each cluster",
     {{72000,
       100000,
       false,
       0,
       {{0, 0,
         SAYING("\xD7\x90\xD7\x91\xD7\x92", false, {ID('A', 'g'), 4, WIDTH, 0, 0}, {ID('A', 'h'), 0, WIDTH, 0, 0},
                {ID('A', 'i'), 0, WIDTH, 0, 0})}}}},
     START "/Span<</MCID 0/ActualText<FEFF05D2>>>BDC\n[(Ag)]TJ\nEMC\n"
           "/Span<</MCID 1/ActualText<FEFF05D005D1>>>BDC\n[(AhAi)]TJ\nEMC\nET\n"},
    {"text beside glyphs that are no part of the text, which is in no paragraph",
     {{72000, 100000, true, 0, {{0, 0, SAYING("\xD7\x90", false, {ID('A', 'g'), 0, WIDTH, 0, 0})}}}},
     START
     "/Artifact<</Type/Pagination/Subtype/Header>>BDC\n/Span<</ActualText<FEFF05D0>>>BDC\n[(Ag)]TJ\nEMC\nEMC\nET\n"},
    {"an expanded line: what its glyphs say of themselves, and the room between words, is a hundredth wider on paper",
     {{72000,
       100000,
       false,
       15000,
       {{0, 0, PIECE(0, {ID('A', 'a'), .advance = WIDTH - 40000}, {ID('A', 'b'), .advance = WIDTH})},
        {4873, 0, PIECE(0, {ID('A', 'c'), .advance = WIDTH})},
        {14873, 0, PIECE(0, {ID('A', 'd'), .advance = WIDTH})}}},
      {72000, 114000, false, -9996, {{0, 0, PIECE(0, {ID('A', 'e'), .advance = WIDTH})}}},
      {72000, 128000, false, 0, {{0, 0, PIECE(0, {ID('A', 'f'), .advance = WIDTH})}}}},
     "BT\n101.5 Tz\n72 741.89 Td\n/F0 10 Tf\n" P0 "[(Aa)40(Ab)480(Ac)-485(Ad)]TJ\n"
     "99 Tz\n0 -14 Td\n[(Ae)]TJ\n100 Tz\n0 -14 Td\n[(Af)]TJ\nEMC\nET\n"},
    {"a hyphen that the line's end brought is a soft one for who copies the text",
     {{72000,
       100000,
       false,
       0,
       {{0, 1,
         SAYING("ab-", true, {ID('A', 'a'), 0, WIDTH, 0, 0}, {ID('A', 'b'), 1, WIDTH, 0, 0},
                {ID('A', '-'), 2, WIDTH, 0, 0})},
        {15000, 0, PIECE(0, {ID('A', ' '), .advance = WIDTH})}}}},
     START P0 "[(AaAb)]TJ\nEMC\n/Span<</MCID 1/ActualText<FEFF00AD>>>BDC\n[(A-)]TJ\nEMC\n" P2 "[(A )]TJ\nEMC\nET\n"},
    {"where the glyphs do not say the text, the hyphen is a part of what is said beside them",
     {{72000,
       100000,
       false,
       0,
       {{0, 1, SAYING("ab-", false, {ID('A', 'x'), 0, WIDTH, 0, 0}, {ID('A', '-'), 2, WIDTH, 0, 0})}}}},
     START "/Span<</MCID 0/ActualText<FEFF0061006200AD>>>BDC\n[(AxA-)]TJ\nEMC\nET\n"},
    {"a hyphen that is one glyph with the letter before it",
     {{72000, 100000, false, 0, {{0, 1, SAYING("a-", true, {ID('A', 'x'), 0, WIDTH, 0, 0})}}}},
     START "/Span<</MCID 0/ActualText<FEFF006100AD>>>BDC\n[(Ax)]TJ\nEMC\nET\n"},
    {"an empty page", {{0}}, ""},
};

static const struct letter_block block = {.kind = BLOCK_PARAGRAPH};

static void write_page(struct str *out, const struct line *lines, size_t count, bool used[2]) {
    struct structure structure;
    struct page page = {.lines = lines, .lines_count = count};
    structure_init(&structure);
    structure_letter(&structure, false, NULL, NULL);
    content_text(out, &page, &structure.tree, structure_page(&structure, &page, 1), faces, used);
    structure_release(&structure);
}

/* Builds the page that TEST describes, and writes it to OUT. */
static void write_test(const struct test *test, struct str *out, bool used[2]) {
    struct piece pieces[3][3];
    struct word words[3][3];
    struct placed placed[3][3];
    struct line lines[3];
    size_t count = 0;
    for (; count < 3 && test->lines[count].baseline_mpt != 0; count++) {
        const struct test_line *from = &test->lines[count];
        size_t n = 0;
        for (; n < 3 && from->words[n].piece.glyphs != NULL; n++) {
            struct piece *piece = &pieces[count][n];
            *piece = from->words[n].piece;
            while (piece->glyphs[piece->glyphs_count].id != 0)
                piece->width += piece->glyphs[piece->glyphs_count++].advance;
            words[count][n] = (struct word){piece, 1, piece->width};
            placed[count][n] = (struct placed){
                .word = &words[count][n], .x_mpt = from->words[n].x_mpt, .added_length = from->words[n].added_length};
        }
        lines[count] = (struct line){.x_mpt = from->x_mpt,
                                     .baseline_mpt = from->baseline_mpt,
                                     .size_mpt = SIZE_MPT,
                                     .words = placed[count],
                                     .words_count = n,
                                     .expansion_ppm = from->expansion_ppm,
                                     .block = from->artifact ? NULL : &block};
    }
    write_page(out, lines, count, used);
}

static void test_pages(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        bool used[2] = {false, false};
        struct str out = STR_EMPTY;
        write_test(&tests[i], &out, used);
        if (strcmp(out.bytes, tests[i].expected) != 0)
            fail_msg("%s:\nexpected %s\nbut got  %s", tests[i].name, tests[i].expected, out.bytes);
        assert_int_equal(used[0], strstr(out.bytes, "/F0 ") != NULL);
        assert_int_equal(used[1], strstr(out.bytes, "/F1 ") != NULL);
        str_release(&out);
    }
}

/* However long the line, what a viewer shows is never further from its place than a thousandth of an em. */
static void test_drift(void **state) {
    (void)state;
    enum { COUNT = 3000, ADVANCE = WIDTH + 333 };
    struct glyph *glyphs = memory_alloc(COUNT, sizeof *glyphs);
    for (size_t i = 0; i < COUNT; i++)
        glyphs[i] = (struct glyph){.id = ID('A', 'a'), .advance = ADVANCE};
    struct piece piece = {.glyphs = glyphs, .glyphs_count = COUNT, .width = COUNT * ADVANCE, .faithful = true};
    struct word word = {&piece, 1, piece.width};
    struct placed placed = {.word = &word};
    struct line line = {
        .baseline_mpt = 1000, .size_mpt = SIZE_MPT, .words = &placed, .words_count = 1, .block = &block};
    bool used[2];
    struct str out = STR_EMPTY;
    write_page(&out, &line, 1, used);

    int64_t pen = 0, shown = 0;
    const char *at = strchr(out.bytes, '[') + 1;
    while (*at != ']') {
        if (*at == 'A') {
            assert_in_range(pen - shown * ADVANCE + 1000, 0, 2000);
            pen += WIDTH;
            shown++;
            at += 2;
        } else if (*at == '-') {
            assert_memory_equal(at, "-1(", 3);
            pen += 1000;
            at += 2;
        } else {
            at++;
        }
    }
    assert_int_equal(shown, COUNT);
    str_release(&out);
    free(glyphs);
}

/* The watermark must not be met by whoever copies the text. */
static void test_draft_is_no_text(void **state) {
    (void)state;
    struct str out = STR_EMPTY;
    content_draft(&out);
    static const char begin[] = "/Artifact<</Type/Pagination/Subtype/Watermark>>BDC\nq ";
    assert_memory_equal(out.bytes, begin, sizeof begin - 1);
    assert_string_equal(out.bytes + out.length - 8, "S Q\nEMC\n");
    assert_null(strstr(out.bytes, "BT"));
    assert_null(strstr(out.bytes, "Tj"));
    str_release(&out);
}

/* Paragraphs that follow each other have brackets of their own; the lines of one share them. */
static void test_marks(void **state) {
    (void)state;
    static const struct letter_block blocks[] = {
        {.kind = BLOCK_SUBJECT}, {.kind = BLOCK_PARAGRAPH}, {.kind = BLOCK_PARAGRAPH}};
    static const size_t of_lines[] = {0, 1, 1, 2};
    struct glyph glyph = {.id = ID('A', 'a'), .advance = WIDTH};
    struct piece piece = {.glyphs = &glyph, .glyphs_count = 1, .width = WIDTH, .faithful = true};
    struct word word = {&piece, 1, WIDTH};
    struct placed placed = {.word = &word};
    struct line lines[4];
    for (size_t i = 0; i < 4; i++)
        lines[i] = (struct line){.baseline_mpt = 10000 * ((int32_t)i + 1),
                                 .size_mpt = SIZE_MPT,
                                 .words = &placed,
                                 .words_count = 1,
                                 .block = &blocks[of_lines[i]]};
    bool used[2];
    struct str out = STR_EMPTY;
    write_page(&out, lines, 4, used);
    assert_string_equal(out.bytes,
                        "BT\n0 831.89 Td\n/F0 10 Tf\n/H1<</MCID 0>>BDC\n[(Aa)]TJ\nEMC\n"
                        "0 -10 Td\n" P1 "[(Aa)]TJ\n0 -10 Td\n[(Aa)]TJ\nEMC\n0 -10 Td\n" P2 "[(Aa)]TJ\nEMC\nET\n");
    str_release(&out);
}

static void test_figures_and_rules(void **state) {
    (void)state;
    struct str out = STR_EMPTY;
    struct structure structure;
    struct figure figures[] = {
        {.x_mpt = 70000, .y_mpt = 100000, .width_mpt = 144000, .height_mpt = 36500, .alternative = "Logo"},
        {.x_mpt = 70000, .y_mpt = 100000, .width_mpt = 144000, .height_mpt = 36500},
    };
    structure_init(&structure);
    structure_letter(&structure, false, NULL, NULL);
    struct page page = {.figures = figures, .figures_count = 2};
    const uint32_t *parts = structure_page(&structure, &page, 1);
    content_figure(&out, &figures[0], &structure.tree, parts[0], 3);
    assert_string_equal(out.bytes, "/Figure<</MCID 0>>BDC\nq 144 0 0 36.5 70 705.39 cm /I3 Do Q\nEMC\n");
    str_clear(&out);
    content_figure(&out, &figures[1], &structure.tree, parts[1], 0);
    assert_string_equal(out.bytes, "/Artifact<</Type/Layout>>BDC\nq 144 0 0 36.5 70 705.39 cm /I0 Do Q\nEMC\n");
    structure_release(&structure);
    str_clear(&out);
    content_rule(
        &out, &(struct rule){.x_mpt = 14000, .y_mpt = 280890, .width_mpt = 11000, .thickness_mpt = 500, .grey = 600});
    assert_string_equal(out.bytes, "/Artifact<</Type/Layout>>BDC\nq 0.6 G 0.5 w 14 561 m 25 561 l S Q\nEMC\n");
    str_release(&out);
}

int main(void) {
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_drift),
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_figures_and_rules),
        cmocka_unit_test(test_draft_is_no_text),
    };
    return cmocka_run_group_tests(all, set_up, tear_down);
}
