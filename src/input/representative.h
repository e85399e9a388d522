/*
 * Representatives: which MP each row is written to, where a directory knows better than the list, or knows at all.
 *
 * A row's constituency is the one that it names, else its postcode's; its MP is the one that it names, else the
 * constituency's. Where list and directory disagree (the former MP of an old export, a constituency that is not the
 * postcode's) the row is held as a problem that names both, unless a preference settles it for all. Where the directory
 * has no answer, the row is held with the reason. Nothing is guessed.
 */
#ifndef POSTBAG_INPUT_REPRESENTATIVE_H
#define POSTBAG_INPUT_REPRESENTATIVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/directory.h"
#include "input/person.h"

enum preference {
    PREFER_NEITHER, /* a row in which list and directory disagree is held */
    PREFER_LIST,
    PREFER_DIRECTORY,
};

enum { REPRESENTATIVE_NOTED_MAX = 8 }; /* members with a note that are named; the others are counted */

/* What the letter asks for. Nothing is looked up, and no row held, for the sake of what it does not say. */
struct representative_needs {
    bool constituency;          /* it is written somewhere */
    bool constituency_required; /* a letter without it cannot be written */
    bool mp;                    /* the MP is written to or spoken of */
};

struct representatives {
    enum office office;
    struct directory *directory; /* NULL: nothing is looked up */
    enum preference preference;
    struct representative_needs needs;
    const char *file;             /* of the list, or NULL */
    bool list_has_constituencies; /* there is a column for it, or it was given */
    bool list_has_mps;
    bool mp_is_given;   /* with -f for every row of a list: nobody is looked up in its place */
    bool gives_mps;     /* the directory holds MPs */
    bool has_postcodes; /* the directory holds postcodes */
    const struct seat *seats;
    bool *noted; /* by seat: a letter goes to its member, of whom there is something to say. Ours */
};

/*
 * HAS: what the list itself gives; what the directory gives is added to it, where the letters go to an OFFICE that it
 * knows. DIRECTORY (or NULL) is borrowed. Until
 * representative_expect is called, everything is needed.
 */
void representative_init(struct representatives *own, enum office office, struct directory *directory,
                         enum preference preference, const char *file, bool mp_is_given, bool has[FIELD_COUNT]);
void representative_release(struct representatives *own);

/*
 * Says what the letter needs. PROBLEMS gets what concerns the list as a whole, at PLACE: that Parliament is dissolved,
 * or what could be imported to find the MPs that the list does not name.
 */
void representative_expect(struct representatives *own, const struct representative_needs *needs, struct place place,
                           struct problems *problems);

/*
 * Completes PERSON, who went through person_complete. What is found has the place of the cell that it was found by.
 * Why there is nothing is added to PROBLEMS as an error at the cell, and the fields are marked in empty_by_error; where
 * PROBLEMS is NULL (the second pass) it is only left out. Fails only where the directory cannot be read.
 */
int representative_find(struct representatives *own, struct person *person, struct arena *arena,
                        struct problems *problems, struct error *error);

/* After the first pass: one note on the members that are the Speaker, or do not take their seats. */
void representative_review(const struct representatives *own, struct problems *problems);

#endif
