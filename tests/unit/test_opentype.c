/* OpenType tables: the licence bits, a damaged font's description, and kerning cut down to a subset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "letter/opentype.h"

static void may_embed(void **state) {
    (void)state;
    static const struct {
        const char *name;
        unsigned type; /* OS/2 fsType */
        bool expected;
    } cases[] = {
        {"installable", 0x0000, true},   {"restricted", 0x0002, false},         {"preview and print", 0x0004, true},
        {"editable", 0x0008, true},      {"the most generous of two", 6, true}, {"no subsets", 0x0104, false},
        {"bitmaps only", 0x0208, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char bytes[10] = {0};
        bytes[8] = (unsigned char)(cases[i].type >> 8);
        bytes[9] = (unsigned char)cases[i].type;
        if (opentype_may_embed(&(struct opentype_table){bytes, sizeof bytes}) != cases[i].expected)
            fail_msg("%s", cases[i].name);
    }
    assert_true(opentype_may_embed(&(struct opentype_table){NULL, 0}));
}

static void describes_damaged_fonts(void **state) {
    (void)state;
    /* head that ends within xMax, of a font with 16 units to the em */
    unsigned char head[41] = {[18] = 0, [19] = 16, [36] = 0xFF, [37] = 0xF0};
    struct opentype_tables tables = {.head = {head, sizeof head}};
    struct opentype_description description = opentype_describe(&tables);
    assert_int_equal(description.bounds[0], -1000000);
    assert_int_equal(description.bounds[3], 0);
    head[19] = 0; /* no units at all */
    description = opentype_describe(&tables);
    assert_int_equal(description.bounds[0], -16000);
    assert_true(description.stem_v > 0);
}

/* Old glyphs 1, 2, 3 become 1, gone, 2. */
static void cuts_kern(void **state) {
    (void)state;
    static const unsigned char kern[] = {
        0, 0, 0, 2,                                      /* two subtables */
        0, 0, 0, 26, 0, 2, 0, 2, 0, 0, 0,    0,    0, 0, /* minimum values: no kerning */
        0, 1, 0, 3,  0, 9, 0, 3, 0, 3, 0,    9,          /* */
        0, 0, 0, 38, 0, 1, 0, 4, 0, 0, 0,    0,    0, 0, /* horizontal */
        0, 1, 0, 2,  0, 5, 0, 1, 0, 3, 0xFF, 0xEC,       /* 1 2: gone; 1 3: -20 */
        0, 3, 0, 1,  0, 7, 0, 9, 0, 1, 0,    7,          /* 3 1: 7; 9 does not exist */
    };
    static const unsigned char expected[] = {
        0, 0, 0, 1, 0, 0, 0, 26, 0, 1, 0, 2, 0, 12, 0, 1, 0, 0, 0, 1, 0, 2, 0xFF, 0xEC, 0, 2, 0, 1, 0, 7,
    };
    static const uint16_t numbers[] = {0, 1, 0, 2};
    struct str out = STR_EMPTY;
    opentype_cut_kern(&(struct opentype_table){kern, sizeof kern}, numbers, 4, &out);
    assert_int_equal(out.length, sizeof expected);
    assert_memory_equal(out.bytes, expected, sizeof expected);

    /* Cut off anywhere, it gives what is whole, and never reads on. */
    for (size_t length = 0; length < sizeof kern; length++) {
        str_clear(&out);
        unsigned char part[sizeof kern];
        memcpy(part, kern, length);
        opentype_cut_kern(&(struct opentype_table){part, length}, numbers, 4, &out);
        assert_true(out.length <= sizeof expected);
    }
    str_clear(&out);
    opentype_cut_kern(&(struct opentype_table){(const unsigned char *)"\0\1\0\0\0\0\0\1", 8}, numbers, 4, &out);
    assert_int_equal(out.length, 0); /* Apple's version 1 */
    str_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(may_embed),
        cmocka_unit_test(describes_damaged_fonts),
        cmocka_unit_test(cuts_kern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
