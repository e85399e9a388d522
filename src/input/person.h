/*
 * A person: one row of the list, as a letter needs it. What the row gives in pieces is put together here, and nothing
 * is judged.
 */
#ifndef POSTBAG_INPUT_PERSON_H
#define POSTBAG_INPUT_PERSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "input/address.h"
#include "input/field.h"
#include "input/value.h"

enum {
    PEOPLE_KEY_MAX = 48,      /* bytes of a person's key */
    PERSON_ROW_MAX = 9999999, /* the highest number of a row */
};

/*
 * A field's number: an enum field, or FIELD_COUNT + i for the i-th column of the list, by its own name. A column that
 * was recognised as a field is found under the field.
 */
struct person {
    enum office office; /* that the letter goes to */
    unsigned row;  /* in the list as first given, from 1: the old number where the list is a problems.csv; 0: no list */
    unsigned line; /* of the file */
    const char *language; /* that the letter is asked for in: "en-GB", "cy"; NULL: not said, or no such language */
    const char *key;      /* "0014-jane-doe": names the person's files, and the row in problems.csv */
    struct value *values; /* people_fields_count() of them */
    /* The address as it is to be written, without the postcode, empty lines left out, in order. */
    struct address_line address[ADDRESS_WHOLE_MAX];
    size_t address_count;
    /* That it is empty was reported by people_next: the cell holds #N/A, or is missing from a row that needs it. */
    bool empty_by_error[FIELD_COUNT];
};

/* What came to light while a person was put together, for the row to be judged by. */
struct person_findings {
    bool address_given;
    size_t address_lines_wanted; /* see struct address */
    const char *other_postcode;
};

/*
 * Completes PERSON, whose row, office and values as the list gives them are set: the name from its parts, the address
 * from its cells, the postcode in its proper form, the forms of the recipient's name, the language, the key.
 */
void person_complete(struct person *person, struct arena *arena, struct person_findings *findings);

#endif
