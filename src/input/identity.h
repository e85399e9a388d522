/*
 * Who was met before: one person is one row of the list, whatever a second row calls them.
 *
 * A person is known by every one of: membership number; name and postcode; name and e-mail address. Names are compared
 * without courtesy title, marks, spaces and punctuation. What is remembered of a row is its number and a hash of 128
 * bits for each of these, never the words, so that a list of a million rows fits.
 */
#ifndef POSTBAG_INPUT_IDENTITY_H
#define POSTBAG_INPUT_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "input/person.h"

/* What a person is known by, and what they may share with others. */
enum identity_kind {
    IDENTITY_MEMBER_ID,
    IDENTITY_NAME_POSTCODE,
    IDENTITY_NAME_EMAIL,
    IDENTITY_OWN_KINDS, /* each of those before this leads to one person */
    IDENTITY_NAME = IDENTITY_OWN_KINDS,
    IDENTITY_EMAIL,
    IDENTITY_POSTCODE,
    IDENTITY_POSTCODE_EMAIL,
    IDENTITY_KINDS,
};

/*
 * Puts into OUT (cleared first) the words that identify PERSON by KIND, as they are compared. False where the row does not
 * say them: no postcode, no name, a number that is nobody's ("n/a").
 */
bool identity_words(struct str *out, const struct person *person, enum identity_kind kind);

struct identity_slot;

struct identities {
    struct identity_slot *slots;
    size_t slots_count;
    size_t count;
    uint64_t *rows; /* a bit for each number that a row has taken */
    size_t rows_room;
    struct str name, text; /* for folding, kept for the next row */
};

void identities_init(struct identities *identities);
void identities_release(struct identities *identities);

/*
 * Remembers PERSON. Where a row met earlier is the same person, or seems to be two persons, says so in an error, in
 * the file FILE at the cell that tells.
 */
void identities_meet(struct identities *identities, const struct person *person, const char *file,
                     struct problems *problems);

/* Takes the number ROW (at most PERSON_ROW_MAX) for a row. Returns whether it was free. */
bool identities_take_row(struct identities *identities, unsigned row);

#endif
