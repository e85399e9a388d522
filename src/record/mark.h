/*
 * Marks: how far a letter has come, in a file of one byte a letter beside the ledger. A mark is written before each step
 * and is not flushed: it outlives the process that is killed, and costs no flush. So the next process can tell a letter
 * whose content had not begun to go, or which the server had taken, from one of which nobody knows.
 *
 * Marks may be lost with the machine's memory. They count only where the machine has not been started anew since, and
 * the file is the one that they were written to; else nothing is known.
 */
#ifndef POSTBAG_RECORD_MARK_H
#define POSTBAG_RECORD_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum mark {
    MARK_NONE,    /* its content has not begun to go */
    MARK_GOING,   /* it may have */
    MARK_TAKEN,   /* the server has said that it has it */
    MARK_REFUSED, /* the server has said that it has it not */
    MARK_UNKNOWN, /* the marks are of another time: never written */
};

struct marks {
    int descriptor; /* -1: not open */
    bool trusted;   /* what was in the file counts */
};

/* Opens the marks of the ledger at PATH (PATH-marks), made if missing. */
int marks_open(struct marks *marks, const char *path, struct error *error);

/* Begins anew: forgets every mark. After the ledger was brought up to date by them. */
int marks_begin(struct marks *marks, const char *path, struct error *error);

/* SETTLED: nothing is left to be known by them, and the file goes, too. */
void marks_close(struct marks *marks, const char *path, bool settled);

enum mark marks_read(const struct marks *marks, int64_t letter);

/* From any thread. Errors: a full disk. */
int marks_write(const struct marks *marks, int64_t letter, enum mark mark, const char *path, struct error *error);

#endif
