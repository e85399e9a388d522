/*
 * Which of the published lists of postcodes a file is, by the names in its header: never by position, because the ONS
 * moves and renames columns from one edition to the next.
 */
#ifndef POSTBAG_INPUT_EDITION_H
#define POSTBAG_INPUT_EDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "input/directory.h"
#include "input/rows.h"

struct edition {
    const char *format; /* "ONS Postcode Directory" */
    bool official;      /* of the ONS: a row without a constituency is nothing to remark on */
    size_t postcode;    /* columns, from 0 */
    int terminated;     /* with a date where the postcode was withdrawn; -1: there is none */
    int in_use;         /* with "No" where it was; -1 */
    size_t constituencies[DIRECTORY_CANDIDATES_MAX]; /* best candidate first */
    size_t constituencies_count;
    size_t columns; /* as many as must be read */
};

/* Reads the header. -1: no list of postcodes that is known. */
int edition_read(struct edition *edition, const struct rows_cell *cells, size_t count);

/* A list that gives names to constituencies: the ONS's "names and codes", or mySociety's. Columns, or -1. */
struct edition_names {
    int code;
    int short_code;
    int name;
    int name_welsh;
    size_t columns;
};

/* -1: it has no names, or nothing that they are names of. */
int edition_read_names(struct edition_names *names, const struct rows_cell *cells, size_t count);

#endif
