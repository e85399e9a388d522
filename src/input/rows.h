/*
 * Machine-made CSV, at speed: millions of rows, of which a few columns are wanted.
 *
 * Cells are parted by commas (or the semicolon, tab or pipe of the header) and may stand in quotation marks, doubled
 * within; a line is a row, and ends in LF or CRLF. What people's spreadsheets hold beyond that is for input/csv. Memory
 * is one block and one line; a line of more than ROWS_LINE_MAX bytes is an error.
 */
#ifndef POSTBAG_INPUT_ROWS_H
#define POSTBAG_INPUT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "input/archive.h"

enum {
    ROWS_LINE_MAX = 4 << 20, /* a row with a constituency's outline is long */
    ROWS_CELLS_MAX = 256,    /* of a row; what stands behind is not looked at */
};

struct rows_cell {
    char *text; /* not NUL-terminated; valid until the next row */
    size_t length;
};

struct rows {
    struct archive *archive; /* borrowed */
    const char *path;        /* as messages name it */
    char separator;
    size_t cells_wanted; /* the first so many columns are read; all others are skipped unseen */
    char *buffer;
    size_t room;
    size_t start, end; /* of what was read and not yet given out */
    uint64_t taken;    /* bytes given out */
    bool ended;
    unsigned line; /* of the row that was given out last, from 1 */
    struct rows_cell cells[ROWS_CELLS_MAX];
    size_t cells_count;
};

/* Stands before the first row of ARCHIVE, which is borrowed like PATH. rows_release it. */
void rows_init(struct rows *rows, struct archive *archive, const char *path);
void rows_release(struct rows *rows);

/*
 * Reads the next row that is not empty into rows->cells. Returns 1; 0 at the end; -1: what is read is no such file. The
 * first row settles the separator.
 */
int rows_next(struct rows *rows, struct error *error);

#endif
