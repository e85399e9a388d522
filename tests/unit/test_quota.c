/*
 * Quotas: what is read of rates and hours, and when one more message may go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "input/quota.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_rates(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        struct quota_rate rates[QUOTA_RATES_MAX];
    } cases[] = {
        {"30/min", 1, {{30, 60000}}},
        {"30/min, 500/day", 2, {{30, 60000}, {500, 86400000}}},
        {" 1 / s ,2/sec,3/Seconds , 1000000/h ", 4, {{1, 1000}, {2, 1000}, {3, 1000}, {1000000, 3600000}}},
        {"5/minute,6/minutes,7/hour,8/DAYS", 4, {{5, 60000}, {6, 60000}, {7, 3600000}, {8, 86400000}}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct quota quota = {.rates_count = 3, .hours_count = 2};
        const char *fitting = quota_read_rate(&quota, cases[i].text);
        if (fitting != NULL)
            fail_msg("%s: %s", cases[i].text, fitting);
        assert_int_equal(quota.rates_count, cases[i].count);
        assert_int_equal(quota.hours_count, 2);
        for (size_t k = 0; k < cases[i].count; k++) {
            assert_int_equal(quota.rates[k].count, cases[i].rates[k].count);
            assert_int_equal(quota.rates[k].period_ms, cases[i].rates[k].period_ms);
        }
    }
}

static void test_hours(void **state) {
    (void)state;
    enum { ALL = 127, WEEKDAYS = 62, SATURDAY = 64, SUNDAY = 1 };
    static const struct {
        const char *text;
        size_t count;
        struct quota_hours hours[3];
    } cases[] = {
        {"9-17", 1, {{ALL, 540, 1020}}},
        {"0-24", 1, {{ALL, 0, 1440}}},
        {"09:00 - 17.30", 1, {{ALL, 540, 1050}}},
        {"Mon-Fri 9-17", 1, {{WEEKDAYS, 540, 1020}}},
        {"monday-FRIDAY 8:30-17:30, Sat 10-12", 2, {{WEEKDAYS, 510, 1050}, {SATURDAY, 600, 720}}},
        {"Sat-Sun 10-12", 1, {{SATURDAY | SUNDAY, 600, 720}}},
        {"Fri-Mon 10-12", 1, {{32 | SATURDAY | SUNDAY | 2, 600, 720}}},
        {"Mon, Wed, Fri-Sat 9-12", 1, {{2 | 8 | 32 | SATURDAY, 540, 720}}},
        {"Mon-Fri 9-12, 13-17, Sun 22-2", 3, {{WEEKDAYS, 540, 720}, {WEEKDAYS, 780, 1020}, {SUNDAY, 1320, 120}}},
        {"Thurs 9-10", 1, {{16, 540, 600}}},
        {"Mon-Sun 9-10", 1, {{ALL, 540, 600}}},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct quota quota = {.rates_count = 3, .hours_count = 7};
        const char *fitting = quota_read_hours(&quota, cases[i].text);
        if (fitting != NULL)
            fail_msg("%s: %s", cases[i].text, fitting);
        assert_int_equal(quota.hours_count, cases[i].count);
        assert_int_equal(quota.rates_count, 3);
        for (size_t k = 0; k < cases[i].count; k++) {
            assert_int_equal(quota.hours[k].days, cases[i].hours[k].days);
            assert_int_equal(quota.hours[k].from_minute, cases[i].hours[k].from_minute);
            assert_int_equal(quota.hours[k].to_minute, cases[i].hours[k].to_minute);
        }
    }
}

static void test_faulty_rates_and_hours(void **state) {
    (void)state;
    static const char *const rates[] = {
        "",
        "30",
        "/min",
        "30/",
        "30/fortnight",
        "0/min",
        "-1/min",
        "2,000/day",
        "30 min",
        "30/min,",
        ",30/min",
        "30/min;1/s",
        "30/min 1/s",
        "1.5/s",
        "1000001/day",
        "99999999999/day",
        "1/s,1/s,1/s,1/s,1/s",
        "30/min/min",
        "30/mins x",
        "x/min",
    };
    static const char *const hours[] = {
        "",
        "9",
        "9-",
        "-9",
        "9-25",
        "24-9",
        "9-9",
        "9-17:60",
        "9:5-10",
        "9-17,",
        "Mon-Fri",
        "Mon-Fri,",
        "Mo 9-17",
        "Mon-x 9-17",
        "Mondays 9-17",
        "9-17 Mon",
        "9am-5pm",
        "9-17 x",
        "100-200",
        "9-24:01",
        "Mon Tue 9-17",
        "9:-10",
        "1-2,1-2,1-2,1-2,1-2,1-2,1-2,1-2,1-2",
    };
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct quota quota = {.rates_count = 2, .rates = {{7, 7}}};
        const char *fitting = quota_read_rate(&quota, rates[i]);
        if (fitting == NULL)
            fail_msg("\"%s\" was read", rates[i]);
        assert_non_null(strstr(fitting, "such as \"30/min\""));
        assert_int_equal(quota.rates_count, 2);
        assert_int_equal(quota.rates[0].count, 7);
    }
    for (size_t i = 0; i < COUNT(hours); i++) {
        struct quota quota = {.hours_count = 1, .hours = {{7, 7, 7}}};
        const char *fitting = quota_read_hours(&quota, hours[i]);
        if (fitting == NULL)
            fail_msg("\"%s\" was read", hours[i]);
        assert_non_null(strstr(fitting, "such as \"9-17\""));
        assert_int_equal(quota.hours_count, 1);
        assert_int_equal(quota.hours[0].days, 7);
    }
}

/* "2026-11-22 20:15:03" of the zone that is set; DST as the C library thinks unless it says " S" (summer) or " W". */
static int64_t moment(const char *text) {
    struct tm local = {.tm_isdst = -1};
    const char *rest = strptime(text, "%Y-%m-%d %H:%M:%S", &local);
    assert_non_null(rest);
    local.tm_isdst = *rest == '\0' ? -1 : rest[1] == 'S';
    return (int64_t)mktime(&local) * CLOCK_SECOND_MS;
}

static void set_zone(const char *zone) {
    setenv("TZ", zone, 1);
    tzset();
}

static const char london[] =
    "GMT0BST,M3.5.0/1,M10.5.0"; /* without tzdata: summer time from 29 March to 25 October 2026 */

static void test_opening(void **state) {
    (void)state;
    static const struct {
        const char *hours, *now, *open;
    } cases[] = {
        {"Mon-Fri 9-17", "2026-11-23 09:00:00", NULL}, /* a Monday */
        {"Mon-Fri 9-17", "2026-11-23 16:59:59", NULL},
        {"Mon-Fri 9-17", "2026-11-23 08:59:59", "2026-11-23 09:00:00"},
        {"Mon-Fri 9-17", "2026-11-23 17:00:00", "2026-11-24 09:00:00"},
        {"Mon-Fri 9-17", "2026-11-27 17:00:00", "2026-11-30 09:00:00"},
        {"Mon-Fri 9-17", "2026-12-31 17:00:01", "2027-01-01 09:00:00"},
        {"Mon-Fri 8:30-17:30, Sat 10-12", "2026-11-27 17:30:00", "2026-11-28 10:00:00"},
        {"Mon-Fri 8:30-17:30, Sat 10-12", "2026-11-28 12:00:00", "2026-11-30 08:30:00"},
        {"Tue 9-10", "2026-11-24 10:00:00", "2026-12-01 09:00:00"},
        {"0-24", "2026-11-24 23:59:59", NULL},
        {"9-24", "2026-11-24 23:59:59", NULL},
        {"9-24", "2026-11-25 00:00:00", "2026-11-25 09:00:00"},
        {"Sun 22-2", "2026-11-22 22:00:00", NULL}, /* over midnight: Sunday's night, also on Monday */
        {"Sun 22-2", "2026-11-23 01:59:00", NULL},
        {"Sun 22-2", "2026-11-23 02:00:00", "2026-11-29 22:00:00"},
        {"Sun 22-2", "2026-11-22 01:00:00", "2026-11-22 22:00:00"}, /* Saturday's night is none */
        /* The clocks go forward at 01:00 on 29 March, a Sunday, and back at 02:00 on 25 October. */
        {"9-17", "2026-03-28 17:00:00", "2026-03-29 09:00:00"},
        {"9-17", "2026-10-24 17:00:00", "2026-10-25 09:00:00"},
        {"1:15-4", "2026-03-29 00:59:59", "2026-03-29 02:00:00"},        /* 01:15 is jumped over */
        {"Sun 1:15-1:45", "2026-03-28 12:00:00", "2026-04-05 01:15:00"}, /* so is all of it */
        {"1:15-1:45", "2026-10-25 00:30:00", "2026-10-25 01:15:00 S"},
        {"1:15-1:45", "2026-10-25 01:45:00 S", "2026-10-25 01:15:00 W"}, /* shown twice, open twice */
        {"1:15-1:45", "2026-10-25 01:45:00 W", "2026-10-26 01:15:00"},
    };
    set_zone(london);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct quota quota = {.rates_count = 0};
        assert_null(quota_read_hours(&quota, cases[i].hours));
        int64_t now_ms = moment(cases[i].now) + 7;
        int64_t expected_ms = cases[i].open == NULL ? now_ms : moment(cases[i].open);
        int64_t open_ms = quota_open_at(&quota, now_ms);
        if (open_ms != expected_ms)
            fail_msg("%s at %s: %lld s too late", cases[i].hours, cases[i].now,
                     (long long)(open_ms - expected_ms) / CLOCK_SECOND_MS);
    }
}

static void test_hours_are_local(void **state) {
    (void)state;
    struct quota quota = {.rates_count = 0};
    assert_null(quota_read_hours(&quota, "9-17"));
    set_zone("NPT-5:45"); /* nine o'clock in Kathmandu is 03:15 UTC */
    assert_int_equal(quota_open_at(&quota, 1795305600000), 1795305600000 + 3 * CLOCK_HOUR_MS + 15 * CLOCK_MINUTE_MS);
    set_zone(london);
    assert_int_equal(quota_open_at(&quota, 1795305600000), 1795305600000 + 9 * CLOCK_HOUR_MS);
}

static void test_no_quota_never_waits(void **state) {
    (void)state;
    struct quota quota = {.rates_count = 0};
    static const int64_t nth_ms[QUOTA_RATES_MAX] = {5, 5, 5, 5};
    assert_int_equal(quota_open_at(&quota, 1234567), 1234567);
    assert_int_equal(quota_free_at(&quota, nth_ms, 1234567), 1234567);
}

static void test_rates_make_it_wait(void **state) {
    (void)state;
    static const struct {
        int64_t minute_ms, day_ms, now_ms, expected_ms;
    } cases[] = {
        {QUOTA_NEVER, QUOTA_NEVER, 1000, 1000}, {1000, QUOTA_NEVER, 1000, 61000},  {1000, QUOTA_NEVER, 60999, 61000},
        {1000, QUOTA_NEVER, 61000, 61000},      {1000, QUOTA_NEVER, 61001, 61001}, {1000, 500, 2000, 86400500},
        {86400000, 500, 86400400, 86460000},    {0, 0, 90000000, 90000000},
    };
    struct quota quota = {.hours_count = 0};
    assert_null(quota_read_rate(&quota, "30/min, 500/day"));
    for (size_t i = 0; i < COUNT(cases); i++) {
        const int64_t nth_ms[QUOTA_RATES_MAX] = {cases[i].minute_ms, cases[i].day_ms};
        assert_int_equal(quota_free_at(&quota, nth_ms, cases[i].now_ms), cases[i].expected_ms);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_hours),
        cmocka_unit_test(test_faulty_rates_and_hours),
        cmocka_unit_test(test_opening),
        cmocka_unit_test(test_hours_are_local),
        cmocka_unit_test(test_no_quota_never_waits),
        cmocka_unit_test(test_rates_make_it_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
