/*
 * A linguist: the patterns to hyphenate English and Welsh by, for all tests of a group.
 */
#ifndef POSTBAG_TESTS_LINGUIST_H
#define POSTBAG_TESTS_LINGUIST_H

#include "letter/hyphenation.h"

static struct hyphenation *english, *welsh;

static int linguist_open(void **state) {
    (void)state;
    struct error error;
    if (hyphenation_open(&english, "en-GB", &error) != 0 || hyphenation_open(&welsh, "cy", &error) != 0) {
        print_error("%s\n", error.message);
        return -1;
    }
    return 0;
}

static int linguist_close(void **state) {
    (void)state;
    hyphenation_free(english);
    hyphenation_free(welsh);
    return 0;
}

#endif
