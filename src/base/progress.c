/*
 * Progress: counts come in, one line on the terminal goes out, redrawn in place. The clock is read only here and only
 * while a line is shown, because no letter may depend on it.
 */
#include "base/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { REDRAW_MS = 100, BAR_CELLS = 20 };

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress, const char *noun, size_t total, bool quiet) {
    *progress = (struct progress){.shown = !quiet && isatty(STDERR_FILENO), .noun = noun, .total = total};
    if (progress->shown)
        progress->started_ms = now_ms();
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

void progress_show(struct progress *progress, size_t done) {
    if (!progress->shown)
        return;
    int64_t now = now_ms();
    if (progress->drawn && now - progress->drawn_ms < REDRAW_MS && done < progress->total)
        return;

    char number[PROGRESS_NUMBER_MAX];
    int64_t elapsed_ms = now - progress->started_ms;
    fprintf(stderr, "\r%s %s ", progress_number(number, done), progress->noun);
    draw_bar(done, progress->total);
    fprintf(stderr, " %zu %%", progress->total == 0 ? 100 : done * 100 / progress->total);
    if (elapsed_ms > 0)
        fprintf(stderr, "  %s a second", progress_number(number, done * 1000 / (size_t)elapsed_ms));
    draw_time_left(done, progress->total, elapsed_ms);
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
