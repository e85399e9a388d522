/*
 * A spreadsheet as rows of cells (RFC 4180, and what Excel really writes). Alone includes csv.h of libcsv.
 *
 * Separator: comma, semicolon, tab or pipe, found from the first rows or from Excel's "sep=;" line, which is no row.
 * Lines end in CRLF, LF or CR; a quoted cell may hold them, and they are '\n' in its text. Every cell is valid UTF-8
 * without spaces or no-break spaces at its ends. Rows without any text are left out. The list is spooled when it is
 * opened and can be read as often as one likes; memory does not grow with it.
 *
 * Faults are added to the row's problems, at line and cell, and reading goes on: a NUL, bytes that are not UTF-8, a
 * character that was lost when the list was saved (such become U+FFFD), text beyond CSV_CELLS_MAX cells. A cell over
 * CSV_CELL_MAX bytes and a quotation mark that is never closed properly are reported where the cell begins, and
 * reading goes on with the line below, so that one slip does not take the rest of the list with it.
 *
 * The places of problems name the file by csv_path, which lives until csv_close.
 */
#ifndef POSTBAG_INPUT_CSV_H
#define POSTBAG_INPUT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/encoding.h"

enum {
    CSV_CELL_MAX = 32 * 1024, /* bytes of one cell; Excel's own limit is 32,767 characters */
    CSV_CELLS_MAX = 1000,     /* cells of one row */
};

struct csv;

struct csv_format {
    enum encoding encoding;
    char separator;
};

struct csv_cell {
    const char *text; /* NUL-terminated, and no NUL inside */
    size_t length;
    unsigned line; /* the physical line of the file on which the cell begins, from 1 */
};

/* Cell i stands in column i + 1 of the spreadsheet. */
struct csv_row {
    unsigned line; /* on which its first cell begins */
    struct csv_cell *cells;
    size_t cells_count; /* trailing empty cells are left out */
    bool faulty;        /* a fault was reported in it: it must not become a letter */
};

/*
 * Opens PATH ("-": standard input); ENCODING is ENCODING_AUTO or what the user said. *CSV is yours to csv_close().
 * Fails where the file cannot be read or the spool not written.
 */
int csv_open(struct csv **csv, const char *path, enum encoding encoding, struct error *error);

/* NULL does nothing. */
void csv_close(struct csv *csv);

const char *csv_path(const struct csv *csv); /* NULL for NULL: there is no list */
const struct csv_format *csv_format(const struct csv *csv);

/*
 * Reads the next row into ROW, whose cells live in ARENA. Returns 1; 0 at the end; -1 where the spool cannot be read.
 * A row whose faults leave no cell at all (an unclosed quote at its start) is returned too, with what there is.
 */
int csv_next(struct csv *csv, struct arena *arena, struct csv_row *row, struct problems *problems, struct error *error);

/* Back to the first row. */
int csv_rewind(struct csv *csv, struct error *error);

/* Where a row begins. Good for as long as CSV is open, however often it is rewound. */
struct csv_position {
    off_t offset;
    unsigned line;
};

/* Where the row that csv_next gave last begins; what it is before the first, is not said. */
struct csv_position csv_tell(const struct csv *csv);

/* The next row to be read is the one at POSITION. */
int csv_seek(struct csv *csv, struct csv_position position, struct error *error);

#endif
