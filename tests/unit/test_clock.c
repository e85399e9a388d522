/*
 * The clock: times in words, and a sleep that a flag ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_the_clocks_run(void **state) {
    (void)state;
    int64_t wall_ms = clock_wall_ms(), steady_ms = clock_steady_ms();
    assert_true(wall_ms / CLOCK_SECOND_MS - (int64_t)time(NULL) <= 1);
    assert_true((int64_t)time(NULL) - wall_ms / CLOCK_SECOND_MS <= 1);
    usleep(20 * 1000);
    assert_true(clock_steady_ms() - steady_ms >= 19);
    assert_true(clock_steady_ms() - steady_ms < 10 * CLOCK_SECOND_MS);
    assert_true(clock_wall_ms() > wall_ms);
}

static void test_local_time(void **state) {
    (void)state;
    static const struct {
        const char *zone;
        int64_t wall_ms;
        const char *expected;
    } cases[] = {
        {"UTC0", 1795378500000, "22 November 2026, 20:15"},
        {"UTC0", 1795378559999, "22 November 2026, 20:15"},
        {"GMT0BST,M3.5.0/1,M10.5.0", 1795378500000, "22 November 2026, 20:15"},
        {"GMT0BST,M3.5.0/1,M10.5.0", 1782936000000, "1 July 2026, 21:00"},
        {"IST-5:30", 1795378500000, "23 November 2026, 01:45"},
        {"UTC0", 0, "1 January 1970, 00:00"},
        {"UTC0", -1, "31 December 1969, 23:59"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = STR_EMPTY;
        setenv("TZ", cases[i].zone, 1);
        tzset();
        str_adds(&text, "at ");
        clock_format(&text, cases[i].wall_ms);
        assert_string_equal(text.bytes + 3, cases[i].expected);
        str_release(&text);
    }
}

static void test_rfc3339(void **state) {
    (void)state;
    static const struct {
        int64_t wall_ms;
        const char *expected;
    } cases[] = {
        {1795378503000, "2026-11-22T20:15:03Z"},
        {1795378503999, "2026-11-22T20:15:03Z"},
        {1709164799000, "2024-02-28T23:59:59Z"},
        {1709164800000, "2024-02-29T00:00:00Z"},
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
    };
    setenv("TZ", "IST-5:30", 1); /* which must not matter */
    tzset();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = STR_EMPTY;
        clock_format_rfc3339(&text, cases[i].wall_ms);
        assert_string_equal(text.bytes, cases[i].expected);
        str_release(&text);
    }
}

static volatile sig_atomic_t stop;

static void on_alarm(int signal_number) {
    (void)signal_number;
    stop = 1;
}

static void test_a_sleep_ends_in_time(void **state) {
    (void)state;
    stop = 0;
    int64_t begun_ms = clock_steady_ms();
    assert_int_equal(clock_sleep(begun_ms + 250, &stop), 0);
    assert_true(clock_steady_ms() >= begun_ms + 250);
    assert_int_equal(clock_sleep(begun_ms, NULL), 0); /* long ago */
    assert_true(clock_steady_ms() < begun_ms + 5 * CLOCK_SECOND_MS);
}

static void test_a_sleep_is_stopped(void **state) {
    (void)state;
    stop = 0;
    struct sigaction action = {.sa_handler = on_alarm};
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    int64_t begun_ms = clock_steady_ms();
    ualarm(50 * 1000, 0);
    assert_int_equal(clock_sleep(begun_ms + CLOCK_MINUTE_MS, &stop), -1);
    assert_true(clock_steady_ms() < begun_ms + 5 * CLOCK_SECOND_MS);
    /* And one that is asked to stop already does not begin. */
    assert_int_equal(clock_sleep(clock_steady_ms() + CLOCK_MINUTE_MS, &stop), -1);
    assert_true(clock_steady_ms() < begun_ms + 5 * CLOCK_SECOND_MS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_clocks_run),
        cmocka_unit_test(test_local_time),
        cmocka_unit_test(test_rfc3339),
        cmocka_unit_test(test_a_sleep_ends_in_time),
        cmocka_unit_test(test_a_sleep_is_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
