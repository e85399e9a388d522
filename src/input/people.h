/*
 * The constituents: rows of a list become people, checked.
 *
 * `people_open` reads the header, which may stand below title rows, and says what each column is. `people_next` makes
 * a person of each row and reports everything that is wrong with it, at its cell. What is checked here is true of any
 * letter: a name, an address and a postcode are there, postcode and e-mail are well formed, the same person is not
 * here twice. What a particular model letter needs is for `letter/merge` to check. Who a row's MP is, a directory tells
 * where there is one (input/representative).
 */
#ifndef POSTBAG_INPUT_PEOPLE_H
#define POSTBAG_INPUT_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/csv.h"
#include "input/field.h"
#include "input/header.h"
#include "input/person.h"
#include "input/representative.h"

struct people; /* opaque: it holds who was met so far */

struct people_given {
    const char *name; /* as written with -f, or asked for */
    const char *value;
};

/*
 * Opens the list CSV, which is borrowed and must live as long; or, where CSV is NULL, a list of the one person that
 * GIVEN describes. With both, what is given stands for every row. PROBLEMS gets what is wrong with the header, and
 * notes; the function fails only where nothing can be read from the list at all (no rows, no header). DIRECTORY is
 * borrowed; NULL: constituencies and MPs are those of the list. ADDRESSING: whom the letters go to; NULL: to MPs.
 */
int people_open(struct people **people, struct csv *csv, const struct people_given *given, size_t given_count,
                struct directory *directory, enum preference preference, const struct addressing *addressing,
                struct problems *problems, struct error *error);
void people_close(struct people *people); /* NULL does nothing */

/*
 * The header as it stands in the list, own columns only (without those that problems.csv added), and its line; of a
 * person made of GIVEN alone, the names that were given.
 */
const struct csv_row *people_header(const struct people *people);

/* Whether the list is a problems.csv that came back: its rows have their old numbers. */
bool people_is_leftover(const struct people *people);

/* What those are that the letters go to. */
enum office people_office(const struct people *people);

/* What stands for FIELD in every row because it was given or configured; NULL: it is the row's. */
const struct value *people_fixed(const struct people *people, enum field field);

/* How many numbers of fields there are: FIELD_COUNT and the columns. */
size_t people_fields_count(const struct people *people);

/* The number of the field or column that KEY (field_key) names, or -1. Columns are tried before built-in names. */
int people_field(const struct people *people, const char *key, size_t length);

/*
 * Whether any row can have a value for FIELD: there is a column for it, or it is made of others, or it was given, or the
 * directory may know it.
 */
bool people_has(const struct people *people, int field);

/* What a message calls it: the column's own header, else field_name. */
const char *people_field_name(const struct people *people, int field);

/*
 * Says what the letter needs of the directory, before the first row is read; until then it is taken to need everything.
 * See representative_expect.
 */
void people_expect(struct people *people, const struct representative_needs *needs, struct problems *problems);

/*
 * Notes which columns of the list are known by their own names only. Not those that the configuration names: NAMES, COUNT
 * of them, some of which may be NULL.
 */
void people_note_columns(const struct people *people, const char *const *names, size_t count,
                         struct problems *problems);

/* The name nearest to KEY among columns and fields, for "did you mean"; NULL where none is near. */
const char *people_nearest(const struct people *people, const char *key, size_t length);

/*
 * The next person, living in ARENA. Returns 1; 0 at the end; -1 where the list cannot be read. Look at PROBLEMS'
 * errors_count to see whether the row may become a letter. CELLS, if not NULL, gets the row as it stood, for
 * problems.csv, with the list's own columns only.
 *
 * On the first pass duplicates are found against all earlier rows; people_rewind begins the second, on which nothing
 * is checked again and only the reading is repeated: the caller remembers which rows had errors.
 */
int people_next(struct people *people, struct arena *arena, struct person *person, struct csv_row *cells,
                struct problems *problems, struct error *error);

int people_rewind(struct people *people, struct error *error);

/* Where a row stands in the list: what is to be remembered of it, to read it again out of its turn. */
struct people_position {
    struct csv_position csv;
    unsigned rows_before;
};

/* Of the person that people_next gave last. */
struct people_position people_tell(const struct people *people);

/* On the second pass: the next person is the one at POSITION. */
int people_seek(struct people *people, struct people_position position, struct error *error);

/*
 * After the first pass: warnings about the list as a whole. Many members at one postcode (a workplace?), the same MP
 * for everybody. And a note on MPs of whom there is something to say.
 */
void people_review(const struct people *people, struct problems *problems);

#endif
