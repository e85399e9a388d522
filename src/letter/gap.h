/*
 * Gaps: what becomes of a line in which fields are empty.
 *
 *  - A line made only of empty fields disappears.
 *  - In a line of an address an empty field goes with its separator: "[line 1], [line 2], [Town]".
 *  - A field with a default, even an empty one, may be empty.
 *  - Any other empty field is a fault of the row.
 */
#ifndef POSTBAG_LETTER_GAP_H
#define POSTBAG_LETTER_GAP_H

#include <stdbool.h>
#include <stddef.h>

/* Part of a line. */
struct gap_piece {
    const char *text; /* gap_close takes separators off its ends */
    size_t length;
    bool field;   /* else it is the model's own text */
    bool allowed; /* a field that may be empty */
    bool missing; /* set by gap_close: a field that is empty and must not be */
};

/* Closes the gaps in a line of COUNT pieces. ADDRESS: it is a line of an address. False: the line disappears. */
bool gap_close(struct gap_piece *pieces, size_t count, bool address);

#endif
