/*
 * Addresses: however the list's columns give one, the lines that an envelope bears.
 *
 * A one-cell address is split at its line breaks or else its commas; a house number stays with its street; a postcode
 * at the end goes to the postcode; a line that repeats the town or the county is kept once.
 */
#ifndef POSTBAG_INPUT_ADDRESS_H
#define POSTBAG_INPUT_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "input/field.h"
#include "input/value.h"

enum { ADDRESS_WHOLE_MAX = ADDRESS_LINES_MAX + 4 }; /* with the house, the town, the county and the country */

/* A line and the field that it came from: FIELD_HOUSE, FIELD_ADDRESS_1…, FIELD_TOWN, FIELD_COUNTY, FIELD_COUNTRY. */
struct address_line {
    enum field field;
    struct value value;
};

struct address {
    struct address_line *lines; /* ADDRESS_WHOLE_MAX of them, the caller's */
    size_t count;
    bool given;                 /* there is more than a town, a county and a country */
    size_t lines_wanted;        /* how many lines there are where they are more than ADDRESS_LINES_MAX; else 0 */
    const char *other_postcode; /* the address ends in this one, which is not the postcode's own; else NULL */
};

/*
 * Makes ADDRESS of VALUES (FIELD_COUNT of them, the postcode normalised where it is one), and sets FIELD_ADDRESS, the
 * numbered lines of a one-cell address, and the postcode where only the address had it. All lives in ARENA.
 */
void address_read(struct address *address, struct value *values, struct arena *arena);

/* An address in one cell as lines parted by '\n'; its place stays. */
void address_break(struct value *value, struct arena *arena);

#endif
