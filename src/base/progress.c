/*
 * Progress: counts come in, one line on the terminal goes out, redrawn in place. The clock is read only while a line is
 * shown, because no letter may depend on it.
 */
#include "base/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { REDRAW_MS = 100, BAR_CELLS = 20 };

void progress_begin(struct progress *progress, const char *noun, size_t total, bool quiet) {
    *progress = (struct progress){.shown = !quiet && isatty(STDERR_FILENO), .noun = noun, .total = total};
    if (progress->shown)
        progress->started_ms = clock_steady_ms();
}

const char *progress_number(char buffer[PROGRESS_NUMBER_MAX], size_t n) {
    char digits[PROGRESS_NUMBER_MAX];
    int length = snprintf(digits, sizeof digits, "%zu", n);
    char *out = buffer;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return buffer;
}

static void draw_bar(size_t done, size_t total) {
    size_t cells = total == 0 ? BAR_CELLS : done * BAR_CELLS / total;
    for (size_t i = 0; i < BAR_CELLS; i++)
        fputs(i < cells ? "━" : "─", stderr);
}

static void draw_time_left(size_t done, size_t total, int64_t elapsed_ms) {
    if (done == 0 || done >= total || elapsed_ms < 2000)
        return;
    int64_t left_s = elapsed_ms * (int64_t)(total - done) / (int64_t)done / 1000 + 1;
    if (left_s >= 90)
        fprintf(stderr, " · %lld min left", (long long)(left_s + 59) / 60);
    else
        fprintf(stderr, " · %lld s left", (long long)left_s);
}

/* Letters that are printed come by the thousand a second, those that are sent perhaps thirty a minute. */
static void draw_rate(size_t done, int64_t elapsed_ms) {
    char number[PROGRESS_NUMBER_MAX];
    if (elapsed_ms <= 0)
        return;
    size_t a_second = done * CLOCK_SECOND_MS / (size_t)elapsed_ms;
    if (a_second >= 2)
        fprintf(stderr, "  %s a second", progress_number(number, a_second));
    else
        fprintf(stderr, "  %s a minute", progress_number(number, done * CLOCK_MINUTE_MS / (size_t)elapsed_ms));
}

void progress_show(struct progress *progress, size_t done, const char *detail) {
    if (!progress->shown)
        return;
    int64_t now = clock_steady_ms();
    if (progress->drawn && now - progress->drawn_ms < REDRAW_MS && done < progress->total)
        return;

    char number[PROGRESS_NUMBER_MAX];
    int64_t elapsed_ms = now - progress->started_ms;
    int noun_length = (int)strlen(progress->noun) - (done == 1); /* "1 letter" */
    fprintf(stderr, "\r%s %.*s ", progress_number(number, done), noun_length, progress->noun);
    draw_bar(done, progress->total);
    fprintf(stderr, " %zu %%", progress->total == 0 ? 100 : done * 100 / progress->total);
    draw_rate(done, elapsed_ms);
    draw_time_left(done, progress->total, elapsed_ms);
    if (detail != NULL)
        fprintf(stderr, " · %s", detail);
    fputs("\033[K", stderr);
    fflush(stderr);
    progress->drawn = true;
    progress->drawn_ms = now;
}

void progress_end(struct progress *progress) {
    if (progress->drawn)
        fputs("\r\033[K", stderr);
    progress->drawn = false;
}
