/* Clusters: what stands in one face, and limits for text that was made to have none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "letter/cluster.h"

#define JOINER "\u200D"

static void reads(void **state) {
    (void)state;
    static const struct {
        const char *name, *text;
        size_t end, count;
    } cases[] = {
        {"a letter", "ab", 1, 1},
        {"a letter and a mark", "q\u0301r", 3, 2},
        {"a mark alone", "\u0301q", 2, 1},
        {"a joiner goes with its letter", "क" JOINER "ष", 6, 1},
        {"a joiner alone", JOINER "q", 3, 0},
        {"a vowel sign and a nasal", "\u0B95\u0BBE\u0B82x", 9, 3},
        {"a letter and a line break", "é\n", 2, 1},
        {"a line break", "\nq", 1, 0},
        {"a filler is printed", "\u3164q", 3, 1},
        {"two letters beyond ASCII", "éé", 2, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cluster cluster;
        cluster_read(&cluster, cases[i].text, strlen(cases[i].text), 0);
        if (cluster.end != cases[i].end || cluster.count != cases[i].count)
            fail_msg("%s: ends at %zu with %zu", cases[i].name, cluster.end, cluster.count);
    }
}

static void limits(void **state) {
    (void)state;
    static const char *const repeated[] = {"\u0301", JOINER, "\u0301" JOINER, "\U000E0101"};
    for (size_t r = 0; r < sizeof repeated / sizeof *repeated; r++) {
        struct str text = STR_EMPTY;
        str_adds(&text, "q");
        while (text.length < 10000)
            str_adds(&text, repeated[r]);
        struct cluster cluster;
        for (size_t at = 0; at < text.length; at = cluster.end) {
            cluster_read(&cluster, text.bytes, text.length, at);
            assert_true(cluster.end > at && cluster.end - at <= CLUSTER_BYTES_MAX && cluster.count <= CLUSTER_MAX);
        }
        str_release(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
