/*
 * Quotas: "30/min, 500/day" and "Mon-Fri 9-17" come in, the first moment at which one more message may go comes out.
 *
 *     rate  = count "/" unit                       rates parted by commas
 *     hours = [days] time "-" time                 hours parted by commas
 *     days  = day ["-" day] *("," day ["-" day])   without days: those before, and every day at the beginning
 *     day   = "Mon" … "Sunday"
 *     time  = hour [(":" | ".") minute]            0 to 24:00
 *
 * Openings are found by asking the time zone about one minute after the other: what mktime makes of a time that the
 * clocks jump over, or show twice, would need to be mended afterwards.
 */
#include "input/quota.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"

enum {
    COUNT_MAX = 1000000,
    DAYS = 7,
    EVERY_DAY = (1 << DAYS) - 1,
    DAY_MINUTES = 24 * 60,
    /* A week, and another one for hours that the clocks jump over. */
    SEARCH_MINUTES = (2 * DAYS + 1) * DAY_MINUTES,
};

static const char rate_fits[] =
    "such as \"30/min\" or \"30/min, 500/day\": at most four, each from 1 to 1000000 a s, min, h "
    "or day, without commas in a number";
static const char hours_fit[] = "such as \"9-17\" or \"Mon-Fri 8:30-17:30, Sat 10-12\": at most eight";

/* What is left of a text. */
struct scan {
    const char *at;
};

static void skip_spaces(struct scan *scan) {
    scan->at += strspn(scan->at, " \t");
}

static bool take_byte(struct scan *scan, char byte) {
    skip_spaces(scan);
    if (*scan->at != byte)
        return false;
    scan->at++;
    return true;
}

/* A number of at most DIGITS digits. */
static bool take_number(struct scan *scan, size_t digits, unsigned *number) {
    skip_spaces(scan);
    size_t count = strspn(scan->at, "0123456789");
    if (count == 0 || count > digits)
        return false;
    *number = 0;
    for (; count > 0; count--)
        *number = *number * 10 + (unsigned)(*scan->at++ - '0');
    return true;
}

/* The letters that come next. */
static size_t take_word(struct scan *scan, const char **word) {
    skip_spaces(scan);
    *word = scan->at;
    size_t length = 0;
    while ((scan->at[length] | 0x20) >= 'a' && (scan->at[length] | 0x20) <= 'z')
        length++;
    scan->at += length;
    return length;
}

static bool at_end(struct scan *scan) {
    skip_spaces(scan);
    return *scan->at == '\0';
}

static int64_t period_of(const char *word, size_t length) {
    static const struct {
        const char *name;
        int64_t period_ms;
    } units[] = {
        {"s", CLOCK_SECOND_MS},   {"sec", CLOCK_SECOND_MS},    {"second", CLOCK_SECOND_MS}, {"m", CLOCK_MINUTE_MS},
        {"min", CLOCK_MINUTE_MS}, {"minute", CLOCK_MINUTE_MS}, {"h", CLOCK_HOUR_MS},        {"hr", CLOCK_HOUR_MS},
        {"hour", CLOCK_HOUR_MS},  {"d", CLOCK_DAY_MS},         {"day", CLOCK_DAY_MS},
    };
    if (length > 1 && (word[length - 1] | 0x20) == 's')
        length--;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen(units[i].name) == length && strncasecmp(units[i].name, word, length) == 0)
            return units[i].period_ms;
    return 0;
}

static bool take_rate(struct scan *scan, struct quota_rate *rate) {
    const char *word = NULL;
    if (!take_number(scan, 7, &rate->count) || rate->count < 1 || rate->count > COUNT_MAX || !take_byte(scan, '/'))
        return false;
    size_t length = take_word(scan, &word);
    rate->period_ms = period_of(word, length);
    return rate->period_ms > 0;
}

const char *quota_read_rate(struct quota *quota, const char *text) {
    struct quota read = *quota;
    struct scan scan = {text};
    read.rates_count = 0;
    do {
        if (read.rates_count == QUOTA_RATES_MAX || !take_rate(&scan, &read.rates[read.rates_count++]))
            return rate_fits;
    } while (take_byte(&scan, ','));
    if (!at_end(&scan))
        return rate_fits;
    *quota = read;
    return NULL;
}

/* The number of the day that a word of three letters or more names, from Sunday; -1: none. */
static int take_day(struct scan *scan) {
    static const char *const names[DAYS] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                            "Thursday", "Friday", "Saturday"};
    const char *word = NULL;
    size_t length = take_word(scan, &word);
    for (int day = 0; length >= 3 && day < DAYS; day++)
        if (length <= strlen(names[day]) && strncasecmp(names[day], word, length) == 0)
            return day;
    return -1;
}

/* "Mon-Fri, Sun": whole weeks are a circle, and "Fri-Mon" is four days. */
static bool take_days(struct scan *scan, unsigned *days) {
    *days = 0;
    do {
        int first = take_day(scan);
        int last = first >= 0 && take_byte(scan, '-') ? take_day(scan) : first;
        if (first < 0 || last < 0)
            return false;
        for (int day = first;; day = (day + 1) % DAYS) {
            *days |= 1u << day;
            if (day == last)
                break;
        }
    } while (take_byte(scan, ','));
    return true;
}

static bool take_time(struct scan *scan, unsigned *minute) {
    unsigned hour = 0, past = 0;
    if (!take_number(scan, 2, &hour))
        return false;
    if (*scan->at == ':' || *scan->at == '.') {
        scan->at++;
        if (strspn(scan->at, "0123456789") != 2 || !take_number(scan, 2, &past))
            return false;
    }
    *minute = hour * 60 + past;
    return past < 60 && *minute <= DAY_MINUTES;
}

static bool take_hours(struct scan *scan, struct quota_hours *hours) {
    skip_spaces(scan);
    bool has_days = (*scan->at | 0x20) >= 'a' && (*scan->at | 0x20) <= 'z';
    if (has_days && !take_days(scan, &hours->days))
        return false;
    return take_time(scan, &hours->from_minute) && take_byte(scan, '-') && take_time(scan, &hours->to_minute) &&
           hours->from_minute != hours->to_minute && hours->from_minute < DAY_MINUTES;
}

const char *quota_read_hours(struct quota *quota, const char *text) {
    struct quota read = *quota;
    struct scan scan = {text};
    unsigned days = EVERY_DAY;
    read.hours_count = 0;
    do {
        if (read.hours_count == QUOTA_HOURS_MAX)
            return hours_fit;
        struct quota_hours *hours = &read.hours[read.hours_count++];
        hours->days = days;
        if (!take_hours(&scan, hours))
            return hours_fit;
        days = hours->days;
    } while (take_byte(&scan, ','));
    if (!at_end(&scan))
        return hours_fit;
    *quota = read;
    return NULL;
}

static bool is_on(const struct quota_hours *hours, int day) {
    return (hours->days >> day & 1) != 0;
}

static bool is_open(const struct quota *quota, int64_t now_ms) {
    time_t seconds = (time_t)(now_ms / CLOCK_SECOND_MS);
    struct tm local = {0};
    localtime_r(&seconds, &local);
    unsigned minute = (unsigned)(local.tm_hour * 60 + local.tm_min);
    int today = local.tm_wday, yesterday = (today + DAYS - 1) % DAYS;
    for (size_t i = 0; i < quota->hours_count; i++) {
        const struct quota_hours *hours = &quota->hours[i];
        bool begun = minute >= hours->from_minute, ended = minute >= hours->to_minute;
        bool over_midnight = hours->to_minute <= hours->from_minute;
        if (over_midnight ? (is_on(hours, today) && begun) || (is_on(hours, yesterday) && !ended)
                          : is_on(hours, today) && begun && !ended)
            return true;
    }
    return false;
}

int64_t quota_open_at(const struct quota *quota, int64_t now_ms) {
    if (quota->hours_count == 0)
        return now_ms;
    for (int64_t i = 0, at_ms = now_ms; i < SEARCH_MINUTES; i++) {
        if (is_open(quota, at_ms))
            return at_ms;
        at_ms += CLOCK_MINUTE_MS - at_ms % CLOCK_MINUTE_MS;
    }
    return now_ms + CLOCK_DAY_MS; /* nothing that quota_read_hours reads; whoever asks will ask again */
}

int64_t quota_free_at(const struct quota *quota, const int64_t nth_ms[QUOTA_RATES_MAX], int64_t now_ms) {
    int64_t free_ms = now_ms;
    for (size_t i = 0; i < quota->rates_count; i++)
        if (nth_ms[i] != QUOTA_NEVER && nth_ms[i] + quota->rates[i].period_ms > free_ms)
            free_ms = nth_ms[i] + quota->rates[i].period_ms;
    return free_ms;
}
