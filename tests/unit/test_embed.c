/* What goes into every document once: notation, the ToUnicode CMap, dictionaries, and the mending of CFF fonts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "pdf/cff.h"
#include "pdf/embed.h"
#include "pdf/syntax.h"

static void test_numbers(void **state) {
    (void)state;
    static const struct {
        int64_t value;
        unsigned decimals;
        const char *expected;
    } cases[] = {
        {0, 0, "0"},
        {0, 3, "0"},
        {-7, 0, "-7"},
        {10500, 3, "10.5"},
        {11000, 3, "11"},
        {5, 3, "0.005"},
        {-50, 2, "-0.5"},
        {-12345, 3, "-12.345"},
        {100001, 2, "1000.01"},
        {INT64_MAX, 3, "9223372036854775.807"},
        {INT64_MIN, 0, "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str out = STR_EMPTY;
        syntax_add_number(&out, cases[i].value, cases[i].decimals);
        assert_string_equal(out.bytes, cases[i].expected);
        assert_true(out.length <= SYNTAX_NUMBER_MAX);
        str_release(&out);
    }
}

static void test_texts(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", "()"},
        {"Letter to Jane Smith MP", "(Letter to Jane Smith MP)"},
        {"a) b", "<FEFF0061002900200062>"},
        {"a\\", "<FEFF0061005C>"},
        {"\t", "<FEFF0009>"},
        {"\xC5\xB4yn", "<FEFF01740079006E>"},
        {"\xF0\x9F\x98\x80\xEF\xBF\xBD", "<FEFFD83DDE00FFFD>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str out = STR_EMPTY;
        syntax_add_text(&out, cases[i].text, strlen(cases[i].text));
        assert_string_equal(out.bytes, cases[i].expected);
        str_release(&out);
    }
    struct str name = STR_EMPTY;
    syntax_add_name(&name, "ABCDEF+Gentium Plus(/\xC3");
    assert_string_equal(name.bytes, "/ABCDEF+Gentium#20Plus#28#2F#C3");
    str_release(&name);
}

static const int32_t no_advances[1024];

static void test_meaning(void **state) {
    (void)state;
    /* nothing, a run of three, a ligature, an astral character, and one alone */
    static const char *const text[] = {"", "a", "b", "c", "ffi", "\xF0\x9F\x98\x80", "\xC3\xBF", "\xC4\x80", "x"};
    struct face_program program = {.glyphs_count = 9, .advances = no_advances, .text = text};
    struct str out = STR_EMPTY;
    embed_meaning(&out, &program);
    assert_non_null(strstr(out.bytes, "1 beginbfrange\n<0001><0003><0061>\nendbfrange\n"));
    /* U+00FF and U+0100 are neighbours, but a range may not carry into the first byte */
    assert_non_null(strstr(out.bytes, "5 beginbfchar\n<0004><006600660069>\n<0005><D83DDE00>\n<0006><00FF>\n"
                                      "<0007><0100>\n<0008><0078>\nendbfchar\n"));
    assert_null(strstr(strstr(out.bytes, "endcodespacerange"), "<0000>")); /* .notdef */
    str_release(&out);
}

/* A shape that no one character has needs an answer too: the page says beside it what it stands for. */
static void test_meaning_of_shapes(void **state) {
    (void)state;
    static const char *const text[] = {"", "a", "", "", "b"};
    struct face_program program = {.glyphs_count = 5, .advances = no_advances, .text = text};
    struct str out = STR_EMPTY;
    embed_meaning(&out, &program);
    assert_non_null(strstr(out.bytes, "4 beginbfchar\n<0001><0061>\n<0002><FFFD>\n<0003><FFFD>\n<0004><0062>\n"));
    str_release(&out);
}

/* 130 ranges and 205 single characters: no block may have more than a hundred, and each says how many it has. */
static void test_meaning_in_blocks(void **state) {
    (void)state;
    enum { RANGES = 130, SINGLE = 205 };
    char buffers[RANGES * 2 + SINGLE][8];
    const char *text[1 + RANGES * 2 + SINGLE] = {""};
    unsigned count = 1;
    for (unsigned i = 0; i < RANGES * 2 + SINGLE; i++, count++) {
        struct str utf8 = STR_EMPTY;
        str_add_codepoint(&utf8, i < RANGES * 2 ? 0x1001 + i / 2 * 4 + i % 2 : 0x3001 + i * 2);
        memcpy(buffers[i], utf8.bytes, utf8.length + 1);
        text[count] = buffers[i];
        str_release(&utf8);
    }
    struct face_program program = {.glyphs_count = count, .advances = no_advances, .text = text};
    struct str out = STR_EMPTY;
    embed_meaning(&out, &program);
    unsigned blocks = 0, entries = 0;
    for (const char *at = out.bytes; (at = strstr(at, " beginbf")) != NULL; at++, blocks++) {
        const char *number = at;
        while (number[-1] >= '0' && number[-1] <= '9')
            number--;
        unsigned said = (unsigned)strtoul(number, NULL, 10), lines = 0;
        for (const char *line = strchr(at, '\n') + 1; *line == '<'; line = strchr(line, '\n') + 1)
            lines++;
        assert_int_equal(lines, said);
        assert_in_range(said, 1, 100);
        entries += said;
    }
    assert_int_equal(entries, RANGES + SINGLE + 1); /* the pair of glyphs 255 and 256 is parted */
    assert_int_equal(blocks, 2 + 3);
    str_release(&out);
}

static void test_dictionaries(void **state) {
    (void)state;
    static const char *const text[] = {"", "a", "b"};
    static const int32_t advances[] = {0, 487305, 512000};
    struct face_program program = {
        .name = "ABCDEF+Invented",
        .bytes = "\1\0\0\0",
        .length = 4,
        .glyphs_count = 3,
        .advances = advances,
        .text = text,
        .ascent = 900000,
        .descent = -250000,
        .bounds = {-100000, -250000, 1000000, 900000},
        .italic_angle_mdeg = -12500,
        .serif = true,
        .italic = true,
    };
    struct error error;
    struct deflater *deflater;
    assert_int_equal(deflater_new(&deflater, 6, &error), 0);
    struct embedded_face face;
    assert_int_equal(embed_face(&face, &program, deflater, &error), 0);
    assert_non_null(strstr(face.descendant.bytes, "/Subtype/CIDFontType2/BaseFont/ABCDEF+Invented\n"));
    assert_non_null(strstr(face.descendant.bytes, "/W[0[0 487.3 512]]"));
    assert_int_equal(face.widths[1], 487300);
    assert_non_null(strstr(face.descriptor.bytes, "/Flags 70\n/FontBBox[-100 -250 1000 900]\n/ItalicAngle -12.5\n"
                                                  "/Ascent 900\n/Descent -250\n"));
    assert_string_equal(face.program_key, "/FontFile2");
    embed_release(&face);

    program.cff = true; /* four bytes are no CFF font */
    assert_int_equal(embed_face(&face, &program, deflater, &error), -1);
    assert_non_null(strstr(error.message, "ABCDEF+Invented"));
    deflater_free(deflater);
}

/*
 * A CFF font as far as it matters: header, name INDEX, Top DICT INDEX, charset. The Top DICT holds numbers of every kind,
 * ROS (12 30) where KEYED or else BaseFontName (12 22), and the place of the charset. Returns the length.
 */
static size_t make_cff(unsigned char *to, bool keyed, const unsigned char *charset, size_t charset_length,
                       size_t *charset_at) {
    static const unsigned char start[] = {1, 0, 4, 1, 0, 1, 1, 1, 3, 'A', 'B', 0, 1, 1, 1};
    const unsigned char top[] = {30,  0x1A, 0x5F, 12, 7,
                                 247, 0,    251,  9,  29,
                                 0,   0,    1,    0,  5, /* 1.5 FontMatrix … FontBBox */
                                 139, 139,  139,  12, keyed ? 30 : 22,
                                 28,  0,    0,    15};
    *charset_at = sizeof start + 1 + sizeof top;
    memcpy(to, start, sizeof start);
    to[sizeof start] = sizeof top + 1; /* the offset behind the only datum */
    memcpy(to + sizeof start + 1, top, sizeof top);
    to[*charset_at - 2] = (unsigned char)*charset_at;
    memcpy(to + *charset_at, charset, charset_length);
    return *charset_at + charset_length;
}

static void test_cff(void **state) {
    (void)state;
    static const struct {
        const char *name;
        bool keyed;
        unsigned glyphs_count;
        size_t length;
        unsigned char charset[10], expected[10];
    } cases[] = {
        {"format 0", true, 4, 7, {0, 0, 9, 1, 7, 3, 5}, {0, 0, 1, 0, 2, 0, 3}},
        {"format 1, one range", true, 4, 4, {1, 0, 9, 2}, {1, 0, 1, 2}},
        {"format 1, two ranges", true, 4, 7, {1, 0, 9, 1, 0, 77, 0}, {2, 0, 1, 0, 2, 77, 0}},
        {"format 2", true, 4, 5, {2, 0, 9, 0, 2}, {2, 0, 1, 0, 2}},
        {"one glyph beside .notdef", true, 2, 3, {0, 0, 9}, {0, 0, 1}},
        {"not CID-keyed", false, 4, 7, {0, 0, 9, 1, 7, 3, 5}, {0, 0, 9, 1, 7, 3, 5}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char made[128];
        size_t at;
        size_t length = make_cff(made, cases[i].keyed, cases[i].charset, cases[i].length, &at);
        for (size_t cut = 0; cut < length; cut++) { /* the sanitizer sees to it that nothing is read behind the end */
            unsigned char *part = (unsigned char *)memory_copy((char *)made, cut);
            int result = cff_identify(part, cut, cases[i].glyphs_count);
            if (cut < at + (cases[i].keyed ? 3 : 0))
                assert_int_equal(result, -1);
            free(part);
        }
        assert_int_equal(cff_identify(made, length, cases[i].glyphs_count), 0);
        if (memcmp(made + at, cases[i].expected, cases[i].length) != 0)
            fail_msg("%s: the charset is wrong", cases[i].name);
    }
    unsigned char unknown[128];
    size_t at;
    size_t length = make_cff(unknown, true, (const unsigned char[]){3, 0, 9, 0, 2}, 5, &at);
    assert_int_equal(cff_identify(unknown, length, 4), -1);
}

int main(void) {
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_meaning),
        cmocka_unit_test(test_meaning_of_shapes),
        cmocka_unit_test(test_meaning_in_blocks),
        cmocka_unit_test(test_dictionaries),
        cmocka_unit_test(test_cff),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
