/*
 * The list as a whole: what no single row shows. Many members at one postcode may be a workplace, and one MP for
 * everybody a column filled down by mistake.
 */
#ifndef POSTBAG_INPUT_TALLY_H
#define POSTBAG_INPUT_TALLY_H

#include <stddef.h>

#include "base/error.h"
#include "base/table.h"
#include "input/person.h"

enum {
    TALLY_POSTCODE_MANY = 20, /* more members than these at one postcode are remarkable */
    TALLY_MP_MANY = 20,       /* rows with one MP, from which on that is */
    TALLY_WARNINGS_MAX = 10,  /* postcodes that are named; the others are counted */
};

struct tally {
    struct table postcodes; /* how many members have one: size_t in `counts` */
    struct table constituencies;
    struct table mps; /* or other recipients, by the key of their names */
    struct arena counts;
    struct str mp;        /* the first one's name */
    struct str key;       /* for folding */
    size_t persons_count; /* all rows */
    size_t mps_count;     /* rows that name an MP */
};

void tally_init(struct tally *tally);
void tally_release(struct tally *tally);

void tally_add(struct tally *tally, const struct person *person);

/* Adds warnings to PROBLEMS, about FILE as a whole, whose letters go to an OFFICE. */
void tally_review(const struct tally *tally, enum office office, const char *file, struct problems *problems);

#endif
