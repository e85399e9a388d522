/*
 * Placeholders: what stands in square brackets, read as the fields of this list that it names.
 *
 * Names are matched the way people write them (input/field's keys). The grammar is in placeholder.c.
 */
#ifndef POSTBAG_LETTER_PLACEHOLDER_H
#define POSTBAG_LETTER_PLACEHOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/people.h"
#include "letter/token.h"

enum { PLACEHOLDER_FIELDS_MAX = 8 }; /* alternatives in one placeholder */

/* A [placeholder]: the first of its fields that is not empty, else `otherwise`. */
struct placeholder {
    struct place place;
    const char *written; /* between the brackets */
    const char *source;  /* the line of the model, for a caret */
    const int *fields;   /* numbers of fields, as people_field gives them */
    size_t fields_count;
    const char *otherwise; /* after the '|'; NULL: none, and an empty field is a problem of the row */
};

/* [if ward], [if not ward], [if country is Wales]. */
struct condition {
    struct placeholder subject;
    bool negated;
    const char *value; /* what the subject must be, as a key (field_key); NULL: anything but empty */
};

/* What a token means: one of them for TOKEN_FIELD and TOKEN_IF, none for the others, or where it was reported. */
struct meaning {
    const struct placeholder *placeholder;
    const struct condition *condition;
};

/* The meanings of all TOKENS, in their order, in ARENA. Names that nothing has are added to PROBLEMS. */
const struct meaning *placeholders_read(const struct tokens *tokens, const struct people *people, struct arena *arena,
                                        struct problems *problems);

#endif
