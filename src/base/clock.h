/*
 * The clock. Only commands, deadlines and the progress line read it; every other stage is told the time.
 */
#ifndef POSTBAG_BASE_CLOCK_H
#define POSTBAG_BASE_CLOCK_H

#include <signal.h>
#include <stdint.h>

#include "base/str.h"

enum {
    CLOCK_SECOND_MS = 1000,
    CLOCK_MINUTE_MS = 60 * 1000,
    CLOCK_HOUR_MS = 60 * 60 * 1000,
    CLOCK_DAY_MS = 24 * 60 * 60 * 1000
};

/* Milliseconds since 1970 (UTC), as a letter's history bears them. They jump when somebody sets the clock. */
int64_t clock_wall_ms(void);

/* Milliseconds since some moment; they never jump: for deadlines and durations. */
int64_t clock_steady_ms(void);

/* Sleeps until the steady clock shows UNTIL_MS, or *STOP is not 0. Returns 0, or -1 where it was stopped. */
int clock_sleep(int64_t until_ms, const volatile sig_atomic_t *stop);

/* "22 November 2026, 20:15", in local time, appended to OUT. */
void clock_format(struct str *out, int64_t wall_ms);

/* The same for a time to come: the next whole minute, so that whoever comes then does not come too early. */
void clock_format_due(struct str *out, int64_t due_ms);

/* "2026-11-22T20:15:03Z" (RFC 3339), appended to OUT. */
void clock_format_rfc3339(struct str *out, int64_t wall_ms);

#endif
