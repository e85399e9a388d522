/*
 * The survey of a model letter: which fields it writes, where and in what style, and whether this list can give them.
 */
#ifndef POSTBAG_LETTER_SURVEY_H
#define POSTBAG_LETTER_SURVEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "input/people.h"
#include "letter/block.h"

struct survey {
    unsigned address_slots;      /* how many [Address line N] there are, numbered from 1 without a gap */
    bool places[FIELD_COUNT];    /* the field is written somewhere, outside conditions */
    const unsigned char *styles; /* by number of field: bit s says it is written in style s */
};

/*
 * Surveys the COUNT blocks of the model letter PATH. A field that no column gives, where the letter cannot do without
 * it, is an error at its place: one, and not one for each row.
 */
void survey_blocks(struct survey *survey, const struct block *blocks, size_t count, const char *path,
                   const struct people *people, struct arena *arena, struct problems *problems);

/* The sender's address, whole or in lines. */
bool survey_is_address(int field);

#endif
