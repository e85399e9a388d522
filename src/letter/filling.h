/*
 * What fills a letter: the value of each field for one person, the conditions that hold, and the sender's address laid
 * into the lines that the model has for it.
 */
#ifndef POSTBAG_LETTER_FILLING_H
#define POSTBAG_LETTER_FILLING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/str.h"
#include "input/people.h"
#include "letter/model.h"

enum { FILLING_REPORTED_MAX = 32 };

struct filling {
    const struct model *model;
    const struct people *people;
    const struct person *person;
    struct arena *arena;
    struct problems *problems;
    size_t errors_count;
    /* The lines of the address that [Address line N] and [address] are filled with: without those placed by [Town]…. */
    struct value lines[ADDRESS_WHOLE_MAX];
    size_t lines_count;
    struct value address; /* all of them, parted by '\n'; text NULL: not made yet */
    struct value date;
    struct value office, title; /* the recipient's address and title, where they are not as the row has them */
    struct str key;             /* of a value that is compared */
    int reported[FILLING_REPORTED_MAX];
    size_t reported_count;
};

/* Begins a letter. An address with more lines than the model has room for is reported. */
void filling_begin(struct filling *filling, const struct model *model, const struct people *people,
                   const struct person *person, struct date date, struct arena *arena, struct problems *problems);
void filling_end(struct filling *filling);

/*
 * The first value of PLACEHOLDER that is not empty, or NULL. IN_ADDRESS: in a block of lines, where parts of the
 * address that have a place of their own are not repeated.
 */
const struct value *filling_value(struct filling *filling, const struct placeholder *placeholder, bool in_address);

bool filling_holds(struct filling *filling, const struct condition *condition, bool in_address);

/* Reports, once, that the row has nothing for PLACEHOLDER; not where people_next has done so. */
void filling_report(struct filling *filling, const struct placeholder *placeholder);

#endif
