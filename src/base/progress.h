/*
 * The progress line: "308 letters ━━━━━━━━━━ 100 %  3,900 a second". Drawn on stderr, on a terminal only, at most ten
 * times a second; wiped before anything else is printed.
 */
#ifndef POSTBAG_BASE_PROGRESS_H
#define POSTBAG_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    bool shown; /* a terminal, and not asked to be quiet */
    bool drawn;
    const char *noun; /* "letters" */
    size_t total;
    int64_t started_ms;
    int64_t drawn_ms;
};

/* TOTAL things called NOUN are to be done. QUIET: draw nothing. */
void progress_begin(struct progress *progress, const char *noun, size_t total, bool quiet);

/* DONE of them are done. DETAIL, or NULL, is shown behind them: "3 to be tried again". */
enum { PROGRESS_DETAIL_MAX = 80 };
void progress_show(struct progress *progress, size_t done, const char *detail);

/* Wipes the line, if there is one. */
void progress_end(struct progress *progress);

/* N with commas between the thousands, in BUFFER. */
enum { PROGRESS_NUMBER_MAX = 32 };
const char *progress_number(char buffer[PROGRESS_NUMBER_MAX], size_t n);

#endif
