/*
 * What went wrong, where, and everything that is wrong with an input.
 *
 * A function that can fail returns 0 or -1 and fills a `struct error` on -1. A stage that reads input goes on to its
 * end and adds each fault to a `struct problems` instead: the secretary mends them all in one go.
 *
 * Messages are plain British English without a full stop at the end, and say what to do where that is not plain.
 */
#ifndef POSTBAG_BASE_ERROR_H
#define POSTBAG_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* The program's exit statuses, by the names of sysexits(3) where it has them. */
enum status {
    STATUS_DONE = 0,
    STATUS_PARTLY = 1,         /* some rows were not done, the others were */
    STATUS_USAGE = 64,         /* the command line */
    STATUS_DATA = 65,          /* the data serve for nothing */
    STATUS_NO_INPUT = 66,      /* an input is missing */
    STATUS_UNAVAILABLE = 69,   /* the server cannot be reached */
    STATUS_CANNOT_CREATE = 73, /* output cannot be created */
    STATUS_INPUT_OUTPUT = 74,  /* output cannot be written */
    STATUS_LATER = 75,         /* some wait for later */
    STATUS_NOT_PERMITTED = 77, /* login or consent refused */
    STATUS_CONFIGURATION = 78,
    STATUS_INTERRUPTED = 130,
};

struct place {
    const char *file; /* as the user named it, or NULL; borrowed for as long as the error or problem lives */
    unsigned line;    /* from 1; 0: the file as a whole */
    unsigned column;  /* from 1; 0: the line as a whole. In a list: the cell; in a text: the character */
};

enum { ERROR_MESSAGE_MAX = 1024 };

struct error {
    enum status status;
    struct place place;
    char message[ERROR_MESSAGE_MAX]; /* cut at a character where it is longer */
    const char *source; /* the line at fault, to be shown with a caret, or NULL; borrowed like place.file */
};

/* Fills ERROR. Always returns -1, for `return error_set(…)`. */
int error_set(struct error *error, enum status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
int error_at(struct error *error, enum status status, struct place place, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

enum severity {
    SEVERITY_ERROR,   /* the row, or for a model letter the run, cannot be done */
    SEVERITY_WARNING, /* it can, but the secretary should look */
    SEVERITY_NOTE,    /* how the input was read */
};

struct problem {
    enum severity severity;
    struct place place;
    unsigned row; /* the row of the list, from 1; 0: not about a row */
    const char *message;
    const char *source; /* the line at fault, to be shown with a caret, or NULL */
};

enum { PROBLEMS_MAX = 1000 };

/* The problems of one row, one model letter or one list, in the order they were found. */
struct problems {
    struct arena *arena; /* the messages live here; borrowed */
    struct problem *items;
    size_t count;
    size_t room;
    size_t errors_count; /* all errors, also those beyond PROBLEMS_MAX, which are counted but not kept */
};

void problems_init(struct problems *problems, struct arena *arena);

/* Forgets them; the arena is the caller's to clear. */
void problems_clear(struct problems *problems);

void problems_release(struct problems *problems);

/* Adds one. Returns it for setting `row` or `source`, or NULL if there are PROBLEMS_MAX already. */
struct problem *problems_add(struct problems *problems, enum severity severity, struct place place, const char *format,
                             ...) __attribute__((format(printf, 4, 5)));

#endif
