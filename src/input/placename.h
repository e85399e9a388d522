/*
 * Names of constituencies, compared as people write them: case, accents, punctuation, hyphens, "and" or "&", "the",
 * "St" or "Saint" and the order of the words do not matter ("Durham, City of" is "City of Durham").
 */
#ifndef POSTBAG_INPUT_PLACENAME_H
#define POSTBAG_INPUT_PLACENAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/table.h"

enum { PLACENAME_MAX = 200 }; /* bytes; what is longer is no name */

/* A set of names, each of a number. Numbers are 1 or more. */
struct placenames {
    struct table keys;       /* reduced forms, to numbers */
    struct placename *names; /* for those that are like another */
    size_t count;
    size_t room;
};

#define PLACENAMES_EMPTY ((struct placenames){.names = NULL})

void placenames_release(struct placenames *names);

/* NAME ("": nothing happens) is that of NUMBER. A name that another number has already stays with it. */
void placenames_add(struct placenames *names, const char *name, size_t length, int64_t number);

/* The number of NAME, or 0 where none has it, or where the order of the words leaves it open which of two is meant. */
int64_t placenames_find(const struct placenames *names, const char *name, size_t length);

/* The numbers of up to MAX names that share NAME's significant words, also slightly misspelt, best first: how many. */
size_t placenames_like(const struct placenames *names, const char *name, size_t length, int64_t *numbers, size_t max);

#endif
