/*
 * What the command line said, as the commands take it. Strings are borrowed from argv.
 */
#ifndef POSTBAG_COMMANDS_SETTINGS_H
#define POSTBAG_COMMANDS_SETTINGS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "input/people.h"

/* The order of letters in one file. */
enum sort { SORT_UNSAID, SORT_ROW, SORT_SURNAME, SORT_MP };

enum { SETTINGS_JOBS_MAX = 256, SETTINGS_OPERANDS_MAX = 2 };

struct settings {
    const char *config;     /* -c, or NULL */
    const char **overrides; /* -o SECTION.KEY=VALUE */
    size_t overrides_count;
    const char *model;          /* -t, or NULL */
    const char *list;           /* -i, or NULL */
    struct people_given *given; /* -f FIELD=VALUE */
    size_t given_count;
    const char *operand[SETTINGS_OPERANDS_MAX]; /* what stands behind the command */
    size_t operands_count;
    unsigned jobs; /* -j: worker threads */
    bool json;
    bool quiet;
    bool verbose;
    unsigned row;      /* -r; 0: every row */
    unsigned previews; /* -n; 0: every row */
    bool combined;
    enum sort sort;                           /* --sort; SORT_UNSAID is SORT_ROW */
    bool yes;                                 /* --yes: do not ask */
    bool no_wait;                             /* --no-wait: end where one would wait */
    bool resend_unsure;                       /* --resend-unsure */
    bool mailbox;                             /* --mailbox */
    const char *rows;                         /* --rows: a state's name, "all", or NULL */
    const volatile sig_atomic_t *interrupted; /* not 0 once Ctrl-C was pressed */
};

#endif
