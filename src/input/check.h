/*
 * What is wrong with a row, at its cells. What is checked here is true of any letter; see input/people.
 */
#ifndef POSTBAG_INPUT_CHECK_H
#define POSTBAG_INPUT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "input/csv.h"
#include "input/header.h"
#include "input/person.h"

/* TEXT was cleaned with FAULT (not VALUE_FINE). NAME: its column; FIELD: its field, or -1. */
void check_fault(enum value_fault fault, uint32_t codepoint, const char *text, int field, const char *name,
                 enum office office, struct place place, struct problems *problems);

/*
 * Whether VALUE, of a list whose letters go to an OFFICE, has the form that FIELD needs: postcodes, e-mail addresses,
 * numbers that Excel shortened.
 */
void check_form(enum field field, const struct value *value, enum office office, struct place place,
                struct problems *problems);

/* Says once, of the list as a whole, what no row can have. HAS: whether there is any source for a field. */
void check_columns(const bool has[FIELD_COUNT], enum office office, const struct csv *csv, const struct header *header,
                   struct problems *problems);

/*
 * Everything about one PERSON of the file FILE but the form of single values. HAS as above. What is missing is marked
 * in empty_by_error, so that nobody says so twice.
 */
void check_person(struct person *person, const struct person_findings *findings, const bool has[FIELD_COUNT],
                  const char *file, struct problems *problems);

/* More cells than the header has. */
void check_surplus(const struct csv_row *row, size_t columns_count, const struct csv *csv, struct problems *problems);

#endif
