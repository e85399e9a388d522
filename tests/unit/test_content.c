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

#define ID(a, b) ((uint16_t)((a) << 8 | (b)))

enum { SIZE_MPT = 10000, WIDTH = 500000 }; /* every glyph of both faces is half an em wide: 5 points */

static struct embedded_face faces[2];
static const struct letter_block *const block =
    (const struct letter_block *)&faces; /* only whether it is NULL counts */

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
    struct {
        int32_t x_mpt;
        struct piece piece; /* glyphs end at ID 0 */
    } words[3];             /* end at one without glyphs */
};

#define GLYPHS(...) ((const struct glyph[8]){__VA_ARGS__})
#define PIECE(face_, ...) \
    { .face = (face_), .glyphs = GLYPHS(__VA_ARGS__), .faithful = true }
#define SAYING(text_, ...) \
    { .glyphs = GLYPHS(__VA_ARGS__), .text = (text_), .length = sizeof(text_) - 1 }

static const struct test {
    const char *name;
    struct test_line lines[3]; /* end at one with baseline 0 */
    const char *expected;
} tests[] = {
    {"a word at its place, from the bottom of the page",
     {{72000, 100000, false, {{0, PIECE(0, {ID('A', 'a'), .advance = WIDTH}, {ID('A', 'b'), .advance = WIDTH})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n[(AaAb)]TJ\nET\n"},
    {"the second line moves from the first, and keeps the font",
     {{72000, 100000, false, {{0, PIECE(0, {ID('A', 'a'), .advance = WIDTH})}}},
      {72500, 114300, false, {{0, PIECE(0, {ID('A', 'b'), .advance = WIDTH})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n[(Aa)]TJ\n0.5 -14.3 Td\n[(Ab)]TJ\nET\n"},
    {"words that follow each other need no correction, a wider space does",
     {{72000,
       100000,
       false,
       {{0, PIECE(0, {ID('A', 'a'), .advance = WIDTH})},
        {5000, PIECE(0, {ID('A', 'b'), .advance = WIDTH})},
        {11234, PIECE(0, {ID('A', 'c'), .advance = WIDTH})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n[(AaAb)-123(Ac)]TJ\nET\n"},
    {"kerning",
     {{72000,
       100000,
       false,
       {{0, PIECE(0, {ID('A', 'a'), .advance = WIDTH - 40000}, {ID('A', 'b'), .advance = WIDTH})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n[(Aa)40(Ab)]TJ\nET\n"},
    {"what is too little to see is corrected when it has grown",
     {{72000,
       100000,
       false,
       {{0, PIECE(0, {ID('A', 'a'), .advance = WIDTH + 400}, {ID('A', 'b'), .advance = WIDTH + 400},
                  {ID('A', 'c'), .advance = WIDTH + 400}, {ID('A', 'd'), .advance = WIDTH + 400},
                  {ID('A', 'e'), .advance = WIDTH})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n[(AaAbAc)-1(AdAe)]TJ\nET\n"},
    {"brackets, backslash and carriage return among the codes",
     {{72000,
       100000,
       false,
       {{0, PIECE(0, {ID('(', ')'), .advance = WIDTH}, {ID('\\', '\r'), .advance = WIDTH},
                  {ID('\n', '<'), .advance = WIDTH})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n[(\\(\\)\\\\\\r\n<)]TJ\nET\n"},
    {"a mark stands above its letter, and the next letter where it would without it",
     {{72000,
       100000,
       false,
       {{0, PIECE(0, {ID('A', 'a'), .advance = WIDTH}, {ID('A', 'm'), .x_offset = -250000, .y_offset = 120000},
                  {ID('A', 'b'), .advance = WIDTH})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n[(Aa)]TJ\n1.2 Ts\n[250(Am)]TJ\n0 Ts\n[250(Ab)]TJ\nET\n"},
    {"a mark at the end of a line does not lift the next line",
     {{72000, 100000, false, {{0, PIECE(0, {ID('A', 'm'), .advance = WIDTH, .y_offset = -50000})}}},
      {72000, 114000, false, {{0, PIECE(0, {ID('A', 'b'), .advance = WIDTH})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n-0.5 Ts\n[(Am)]TJ\n0 Ts\n0 -14 Td\n[(Ab)]TJ\nET\n"},
    {"two faces in a line",
     {{72000,
       100000,
       false,
       {{0, PIECE(0, {ID('A', 'a'), .advance = WIDTH})},
        {5000, PIECE(1, {ID('B', 'a'), .advance = WIDTH})},
        {10000, PIECE(0, {ID('A', 'b'), .advance = WIDTH})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n[(Aa)]TJ\n/F1 10 Tf\n[(Ba)]TJ\n/F0 10 Tf\n[(Ab)]TJ\nET\n"},
    {"what is not part of the text is an artifact",
     {{72000, 30000, true, {{0, PIECE(0, {ID('A', 'a'), .advance = WIDTH})}}},
      {72000, 100000, false, {{0, PIECE(0, {ID('A', 'b'), .advance = WIDTH})}}},
      {72000, 820000, true, {{0, PIECE(0, {ID('A', 'c'), .advance = WIDTH})}}}},
     "BT\n/Artifact BMC\n72 811.89 Td\n/F0 10 Tf\n[(Aa)]TJ\nEMC\n0 -70 Td\n[(Ab)]TJ\n"
     "/Artifact BMC\n0 -720 Td\n[(Ac)]TJ\nEMC\nET\n"},
    {"glyphs that do not say their text have it beside them, astral characters too",
     {{72000,
       100000,
       false,
       {{0, PIECE(0, {ID('A', 'a'), .advance = WIDTH})},
        {5000, SAYING("\xE0\xA4\x95\xF0\x9F\x98\x80", {ID('A', 'k'), 0, WIDTH, 0, 0}, {ID('A', 's'), 3, WIDTH, 0, 0})},
        {15000, PIECE(0, {ID('A', 'b'), .advance = WIDTH})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n[(Aa)]TJ\n/Span<</ActualText<FEFF0915D83DDE00>>>BDC\n[(AkAs)]TJ\nEMC\n"
     "[(Ab)]TJ\nET\n"},
    {"right to left, a span for each cluster",
     {{72000,
       100000,
       false,
       {{0, SAYING("\xD7\x90\xD7\x91\xD7\x92", {ID('A', 'g'), 4, WIDTH, 0, 0}, {ID('A', 'h'), 0, WIDTH, 0, 0},
                   {ID('A', 'i'), 0, WIDTH, 0, 0})}}}},
     "BT\n72 741.89 Td\n/F0 10 Tf\n/Span<</ActualText<FEFF05D2>>>BDC\n[(Ag)]TJ\nEMC\n"
     "/Span<</ActualText<FEFF05D005D1>>>BDC\n[(AhAi)]TJ\nEMC\nET\n"},
    {"an empty page", {{0}}, "BT\nET\n"},
};

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
            placed[count][n] = (struct placed){&words[count][n], from->words[n].x_mpt};
        }
        lines[count] =
            (struct line){from->x_mpt, from->baseline_mpt, SIZE_MPT, placed[count], n, from->artifact ? NULL : block};
    }
    content_page(out, &(struct page){lines, count}, faces, used);
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
    struct line line = {0, 1000, SIZE_MPT, &(struct placed){&word, 0}, 1, block};
    bool used[2];
    struct str out = STR_EMPTY;
    content_page(&out, &(struct page){&line, 1}, faces, used);

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
    assert_memory_equal(out.bytes, "/Artifact BMC\nq ", 16);
    assert_string_equal(out.bytes + out.length - 8, "S Q\nEMC\n");
    assert_null(strstr(out.bytes, "BT"));
    assert_null(strstr(out.bytes, "Tj"));
    str_release(&out);
}

int main(void) {
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_drift),
        cmocka_unit_test(test_draft_is_no_text),
    };
    return cmocka_run_group_tests(all, set_up, tear_down);
}
