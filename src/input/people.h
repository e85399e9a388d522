/*
 * The constituents: rows of a list become people, checked.
 *
 * `people_open` reads the header, which may stand below title rows, and says what each column is. `people_next` makes
 * a person of each row and reports everything that is wrong with it, at its cell. What is checked here is true of any
 * letter: a name, an address and a postcode are there, postcode and e-mail are well formed, the same person is not
 * here twice. What a particular model letter needs is for `letter/merge` to check.
 */
#ifndef POSTBAG_INPUT_PEOPLE_H
#define POSTBAG_INPUT_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/csv.h"
#include "input/field.h"

enum {
    PEOPLE_VALUE_MAX = 8 * 1024, /* bytes of a value that goes into a letter */
    PEOPLE_KEY_MAX = 48,         /* bytes of a person's key */
};

struct people; /* opaque: it holds who was met so far */

/* A value and where it came from; column 0: not from a cell of its own (derived, or given with -f). */
struct value {
    const char *text; /* NFC, NUL-terminated, "" where there is none; several lines are parted by '\n' */
    size_t length;
    unsigned line;
    unsigned column;
};

/*
 * A field's number: an enum field, or FIELD_COUNT + i for the i-th column of the list, by its own name. A column that
 * was recognised as a field is found under the field.
 */
struct person {
    unsigned row;         /* in the list as first given, from 1: the old number where the list is a problems.csv */
    unsigned line;        /* of the file */
    const char *key;      /* "0014-jane-doe": names the person's files, and the row in problems.csv */
    struct value *values; /* people_fields_count() of them */
    /*
     * The address as it is to be written, without the postcode, empty lines left out, in order; each says which field
     * it came from (FIELD_ADDRESS_1…, FIELD_TOWN, FIELD_COUNTY, FIELD_COUNTRY).
     */
    struct address_line {
        enum field field;
        struct value value;
    } address[ADDRESS_LINES_MAX + 3];
    size_t address_count;
    bool empty_by_error[FIELD_COUNT]; /* the cell held #N/A or another of Excel's errors, which people_next reported */
};

struct people_given {
    const char *name; /* as written with -f, or asked for */
    const char *value;
};

/*
 * Opens the list CSV, which is borrowed and must live as long; or, where CSV is NULL, a list of the one person that
 * GIVEN describes. With both, what is given stands for every row. PROBLEMS gets what is wrong with the header, and
 * notes; the function fails only where nothing can be read from the list at all (no rows, no header).
 */
int people_open(struct people **people, struct csv *csv, const struct people_given *given, size_t given_count,
                struct problems *problems, struct error *error);
void people_close(struct people *people); /* NULL does nothing */

/* The header as it stands in the list, and its line. */
const struct csv_row *people_header(const struct people *people);

/* How many numbers of fields there are: FIELD_COUNT and the columns. */
size_t people_fields_count(const struct people *people);

/* The number of the field or column that KEY (field_key) names, or -1. Columns are tried before built-in names. */
int people_field(const struct people *people, const char *key, size_t length);

/* Whether any row can have a value for FIELD: there is a column for it, or it is made of others, or it was given. */
bool people_has(const struct people *people, int field);

/* What a message calls it: the column's own header, else field_name. */
const char *people_field_name(const struct people *people, int field);

/* The name nearest to KEY among columns and fields, for "did you mean"; NULL where none is near. */
const char *people_nearest(const struct people *people, const char *key, size_t length);

/*
 * The next person, living in ARENA. Returns 1; 0 at the end; -1 where the list cannot be read. Look at PROBLEMS'
 * errors_count to see whether the row may become a letter. CELLS, if not NULL, gets the row as it stood, for
 * problems.csv, with the list's own columns only.
 *
 * On the first pass duplicates are found against all earlier rows; people_rewind begins the second, on which nothing
 * is checked again and only the reading is repeated.
 */
int people_next(struct people *people, struct arena *arena, struct person *person, struct csv_row *cells,
                struct problems *problems, struct error *error);

int people_rewind(struct people *people, struct error *error);

/*
 * After the first pass: warnings about the list as a whole. Many members at one postcode (a workplace?), the same MP
 * for everybody.
 */
void people_review(const struct people *people, struct problems *problems);

/* The columns that problems.csv adds behind the list's own, and that are not read as the list's when it comes back. */
extern const char *const people_added_columns[3]; /* "row", "key", "problem" */

#endif
