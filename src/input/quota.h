/*
 * What a mailbox may send: how many messages in how long ("30/min, 500/day"), and in which hours ("Mon-Fri 9-17").
 */
#ifndef POSTBAG_INPUT_QUOTA_H
#define POSTBAG_INPUT_QUOTA_H

#include <stddef.h>
#include <stdint.h>

enum { QUOTA_RATES_MAX = 4, QUOTA_HOURS_MAX = 8 };

struct quota_rate {
    unsigned count;
    int64_t period_ms; /* of any such stretch of time, not of a calendar's: "500/day" is 500 in any 24 hours */
};

struct quota_hours {
    unsigned days;        /* bit 0: Sunday … bit 6: Saturday */
    unsigned from_minute; /* of the day, local time */
    unsigned to_minute;   /* not included; over midnight where it is not above from_minute */
};

struct quota {
    struct quota_rate rates[QUOTA_RATES_MAX];
    size_t rates_count; /* 0: as many as one likes */
    struct quota_hours hours[QUOTA_HOURS_MAX];
    size_t hours_count; /* 0: at any hour */
};

/* "30/min, 500/day": s, sec, second, min, minute, h, hour, day. Returns NULL, or what would fit ("… such as …"). */
const char *quota_read_rate(struct quota *quota, const char *text);

/*
 * "9-17", "Mon-Fri 8:30-17:30, Sat 10-12", "Mon, Wed 9-12, 13-17" (hours without days are of those before). Returns
 * NULL, or what would fit.
 */
const char *quota_read_hours(struct quota *quota, const char *text);

/* The first moment from NOW_MS (wall clock, local time zone) on that lies in the hours. */
int64_t quota_open_at(const struct quota *quota, int64_t now_ms);

/*
 * The first moment from NOW_MS on at which the rates allow one more message. NTH_MS[i]: when the rates[i].count-th most
 * recent message was sent (with "500/day": the five hundredth, counted backwards); QUOTA_NEVER: there were fewer.
 */
#define QUOTA_NEVER INT64_MIN
int64_t quota_free_at(const struct quota *quota, const int64_t nth_ms[QUOTA_RATES_MAX], int64_t now_ms);

#endif
