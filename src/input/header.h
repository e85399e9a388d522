/*
 * The header of a list: which of its first rows names the columns, and what each column is.
 *
 * Of the first HEADER_ROWS_MAX rows, the header is the one with the most names of fields in it; what stands above is a
 * title. A list that is a problems.csv of ours (its last three columns are row, key and problem) has only the others
 * as its own.
 */
#ifndef POSTBAG_INPUT_HEADER_H
#define POSTBAG_INPUT_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/csv.h"
#include "input/field.h"

enum { HEADER_ROWS_MAX = 10 };

/* The columns that problems.csv adds behind the list's own: "row", "key", "problem". */
enum { HEADER_ADDED_COLUMNS = 3 };
extern const char *const people_added_columns[HEADER_ADDED_COLUMNS];

struct column {
    const char *name; /* as a message shows it; "" where the header's cell is empty */
    const char *key;  /* field_key of it */
    size_t key_length;
    int field; /* that it gives, or -1: it is found by its own name only */
};

struct header {
    enum office office;         /* that the letters go to */
    struct csv_row row;         /* as it stands in the list, own columns only */
    struct column *columns;     /* row.cells_count of them */
    int column_of[FIELD_COUNT]; /* index of the column that gives a field, or -1 */
    bool returned;              /* the list is a problems.csv: the column behind the own ones is the row's number */
    size_t rows_above;          /* title rows */
    bool postcode_in_address;   /* no column for the postcode, but addresses that end in one */
};

/*
 * Finds the header of CSV, the list of those who write to an OFFICE; then CSV stands before the first row of data. HEADER
 * lives in ARENA. Adds what is wrong with it to PROBLEMS, and notes on how it was read. Fails where there are no rows, or
 * none that could be a header.
 */
int header_read(struct header *header, struct csv *csv, enum office office, struct arena *arena,
                struct problems *problems, struct error *error);

/*
 * Notes which columns are known by their own names only: they give no field, and are not USED for something else, which
 * only the configuration knows; one bool a column.
 */
void header_note_others(const struct header *header, const struct csv *csv, const bool *used,
                        struct problems *problems);

/* Brings CSV back to the first row of data. */
int header_skip(const struct header *header, struct csv *csv, struct error *error);

/* The place of cell I of ROW; where the row has no such cell, where it would stand. */
struct place header_place(const struct csv *csv, const struct csv_row *row, size_t i);

/* A column as Excel calls it: 0 is "A", 27 is "AB". */
const char *header_letters(struct arena *arena, size_t i);

#endif
