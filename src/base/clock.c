/*
 * The clock: the system's two clocks come in, milliseconds and times in words go out. Sleeping is done in short slices:
 * a signal may land on another thread, and then only its flag tells this one to stop.
 */
#include "base/clock.h"

#include <time.h>

#include "base/date.h"

enum { SLICE_MS = 100 };

static int64_t read_ms(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * CLOCK_SECOND_MS + now.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void) {
    return read_ms(CLOCK_REALTIME);
}

int64_t clock_steady_ms(void) {
    return read_ms(CLOCK_MONOTONIC);
}

int clock_sleep(int64_t until_ms, const volatile sig_atomic_t *stop) {
    for (;;) {
        if (stop != NULL && *stop)
            return -1;
        int64_t left_ms = until_ms - clock_steady_ms();
        if (left_ms <= 0)
            return 0;
        if (left_ms > SLICE_MS)
            left_ms = SLICE_MS;
        nanosleep(&(struct timespec){.tv_nsec = (long)left_ms * 1000000}, NULL);
    }
}

/* Whole seconds, also before 1970. */
static time_t seconds_of(int64_t wall_ms) {
    int64_t seconds = wall_ms / CLOCK_SECOND_MS;
    return (time_t)(seconds - (wall_ms % CLOCK_SECOND_MS < 0));
}

void clock_format(struct str *out, int64_t wall_ms) {
    time_t seconds = seconds_of(wall_ms);
    struct tm local = {0};
    localtime_r(&seconds, &local);
    date_format(out, (struct date){local.tm_year + 1900, local.tm_mon + 1, local.tm_mday}, "en-GB");
    str_addf(out, ", %02d:%02d", local.tm_hour, local.tm_min);
}

void clock_format_due(struct str *out, int64_t due_ms) {
    clock_format(out, due_ms + CLOCK_MINUTE_MS - 1);
}

void clock_format_rfc3339(struct str *out, int64_t wall_ms) {
    time_t seconds = seconds_of(wall_ms);
    struct tm utc = {0};
    gmtime_r(&seconds, &utc);
    str_addf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
             utc.tm_min, utc.tm_sec);
}
