/*
 * Postcodes: what people type, and what Royal Mail would print.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "input/postcode.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *input, *expected; /* NULL: no whole postcode */
} postcodes[] = {
    {"SW1A 1AA", "SW1A 1AA"},
    {"sw1a1aa", "SW1A 1AA"},
    {"SW1A  1AA", "SW1A 1AA"},
    {"SW1A-1AA", "SW1A 1AA"},
    {"sw1a\u00A01aa", "SW1A 1AA"},
    {"SW1A\u20131AA", "SW1A 1AA"},
    {" L20 3NX ", "L20 3NX"},
    {"M1 1AE", "M1 1AE"},
    {"M60 1NW", "M60 1NW"},
    {"CR2 6XH", "CR2 6XH"},
    {"DN55 1PT", "DN55 1PT"},
    {"W1P 1HQ", "W1P 1HQ"},
    {"EC1A 1BB", "EC1A 1BB"},
    {"N1C 4AG", "N1C 4AG"},
    {"GIR 0AA", "GIR 0AA"},
    {"gir0aa", "GIR 0AA"},
    {"bfpo 58", "BFPO 58"},
    {"BFPO1234", "BFPO 1234"},
    {"BF1 0AX", "BF1 0AX"},
    {"JE2 3AB", "JE2 3AB"},
    {"GY10 1SE", "GY10 1SE"},
    {"IM1 3LY", "IM1 3LY"},
    {"ASCN 1ZZ", "ASCN 1ZZ"},
    {"GX11 1AA", "GX11 1AA"},
    {"L20 3N", NULL},
    {"L20", NULL},
    {"3NX", NULL},
    {"", NULL},
    {" ", NULL},
    {"SW1A OAA", NULL}, /* a letter O: to mend it would be a guess */
    {"L20 3CX", NULL},  /* C, I, K, M, O and V are no inward letters */
    {"L20 3XV", NULL},
    {"Q1 1AA", NULL},
    {"LI1 1AA", NULL},
    {"L1I 1AA", NULL},
    {"AB1C 1AA", NULL},
    {"L203 3NX", NULL},
    {"L20 33NX", NULL},
    {"BFPO", NULL},
    {"BFPO 0", NULL},
    {"BFPO 12345", NULL},
    {"ASCN 2ZZ", NULL},
    {"GIR 1AA", NULL},
    {"L20 3NX L20 3NX", NULL},
    {"Ł20 3NX", NULL},
    {"12345", NULL},
    {"unknown", NULL},
};

static void test_normalise(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(postcodes); i++) {
        char out[POSTCODE_MAX] = "untouched";
        int result = postcode_normalise(postcodes[i].input, strlen(postcodes[i].input), out);
        if (postcodes[i].expected == NULL && result == 0)
            fail_msg("\"%s\" was read as %s", postcodes[i].input, out);
        if (postcodes[i].expected != NULL && result != 0)
            fail_msg("\"%s\" was not read", postcodes[i].input);
        assert_string_equal(out, postcodes[i].expected == NULL ? "untouched" : postcodes[i].expected);
    }
}

static const struct {
    const char *input, *before, *postcode; /* postcode NULL: there is none */
} addresses[] = {
    {"1 High Street, Bootle L20 3NX", "1 High Street, Bootle ", "L20 3NX"},
    {"1 High Street\nBootle\nl203nx", "1 High Street\nBootle\n", "L20 3NX"},
    {"L20 3NX", "", "L20 3NX"},
    {"Bootle, L20 3NX.", "Bootle, ", "L20 3NX"},
    {"Bootle L20\u00A03NX  ", "Bootle ", "L20 3NX"},
    {"HMS Example BFPO 58", "HMS Example ", "BFPO 58"},
    {"Block E L203NX", "Block E ", "L20 3NX"}, /* not EL20 3NX */
    {"XL20 3NX", "XL20 3NX", NULL},            /* no word begins at the L */
    {"Bootle L20", "Bootle L20", NULL},
    {"L20 3NX Bootle", "L20 3NX Bootle", NULL},
    {"1 High Street", "1 High Street", NULL},
    {"L20, 3NX", "L20, 3NX", NULL},
    {"", "", NULL},
    {" , ", " , ", NULL},
};

static void test_at_end(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        char out[POSTCODE_MAX] = "";
        size_t length = strlen(addresses[i].input);
        size_t start = postcode_at_end(addresses[i].input, length, out);
        if (start != strlen(addresses[i].before))
            fail_msg("\"%s\": the postcode begins at %zu", addresses[i].input, start);
        if (addresses[i].postcode != NULL)
            assert_string_equal(out, addresses[i].postcode);
    }
}

static void test_no_mp(void **state) {
    (void)state;
    static const char *const abroad[] = {"JE2 3AB", "GY1 1AA", "IM1 3LY", "ASCN 1ZZ", "GX11 1AA"};
    static const char *const home[] = {"L20 3NX", "G1 1AA", "BFPO 58", "GIR 0AA", "GL1 1AA", "I"};
    for (size_t i = 0; i < COUNT(abroad); i++)
        assert_true(postcode_has_no_mp(abroad[i]));
    for (size_t i = 0; i < COUNT(home); i++)
        assert_false(postcode_has_no_mp(home[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalise),
        cmocka_unit_test(test_at_end),
        cmocka_unit_test(test_no_mp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
