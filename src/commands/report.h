/*
 * What the secretary sees: problems with their place, letters made, and the summary. As lines for people (results on
 * stdout, everything else on stderr), or with --json as one object a line on stdout.
 */
#ifndef POSTBAG_COMMANDS_REPORT_H
#define POSTBAG_COMMANDS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/progress.h"

struct report {
    const char *command; /* "write" */
    bool json;
    bool quiet; /* errors and results only */
    bool verbose;
    struct progress *progress; /* a line to wipe before printing, or NULL */
};

/* One problem: FILE:LINE:COLUMN: row 14: message, and for a model letter the line and a caret. */
void report_problem(const struct report *report, const struct problem *problem);
void report_problems(const struct report *report, const struct problems *problems);

/* The error that ends the run. */
void report_error(const struct report *report, const struct error *error);

/* How an input was read, for people only; not when quiet. */
void report_remark(const struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A result: on stdout for people, nothing in JSON, where report_summary says it. */
void report_result(const struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A letter was written: JSON, and -v for people. ROW 0: several letters. May be called from any thread. */
void report_letter(const struct report *report, unsigned row, const char *path);

/* The last line in JSON; nothing for people. PROBLEMS_PATH may be NULL. */
struct summary {
    size_t letters;
    size_t problem_rows;
    size_t recipients;
    const char *problems_path;
    bool interrupted;
};
void report_summary(const struct report *report, const struct summary *summary);

/* One JSON object of this type; nothing for people. */
enum report_kind { REPORT_TEXT, REPORT_NUMBER, REPORT_FLAG, REPORT_LIST, REPORT_GROUP };
struct report_value {
    const char *key;
    enum report_kind kind;
    const char *text;
    long long number;                 /* and FLAG */
    const char *const *list;          /* NUMBER texts */
    const struct report_value *group; /* NUMBER values, as an object of their own */
};
void report_object(const struct report *report, const char *type, const struct report_value *values, size_t count);

/* "1 letter", "308 letters": N with commas and the noun's number, in a buffer of the caller. */
enum { REPORT_COUNT_MAX = 80 };
const char *report_count(char buffer[REPORT_COUNT_MAX], size_t n, const char *singular, const char *plural);

#endif
