/*
 * Flowing rows of type onto pages: distances and what must stay together come in, pages and baselines go out. Knows
 * nothing of letters.
 */
#ifndef POSTBAG_LETTER_FLOW_H
#define POSTBAG_LETTER_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct row {
    int32_t above_mpt; /* from the baseline above it, where that is on the same page */
    int32_t give_mpt;  /* by how much that may be less, to pull back a tail */
    int32_t head_mpt;  /* how much further down it stands where it is a page's first */
    bool together;     /* with the row above it: no page ends between them */
    /* Where it comes to stand, from flow_rows: */
    unsigned page;
    int32_t baseline_mpt;
};

/* Where rows may stand. */
struct frame {
    unsigned page;      /* the first */
    int32_t first_mpt;  /* the first baseline there */
    int32_t top_mpt;    /* the first baseline of a further page */
    int32_t bottom_mpt; /* no baseline is below this */
};

enum { FLOW_TIGHT = 1000 }; /* every row gives all it may */

/*
 * Fills each page as far as it goes. Rows that are to stay together, but are more than a page holds, are parted where
 * the page ends. TIGHTNESS, from 0 to FLOW_TIGHT: how much of what rows may give they do give.
 */
void flow_rows(struct row *rows, size_t count, const struct frame *frame, int32_t tightness);

/*
 * Flows the rows, and where the last page holds only what goes beyond the end of the page before by TAIL_MPT at most,
 * pulls that back by the least tightness of all rows that does it. Else the rows stand as without any.
 */
void flow_rows_pulling_back(struct row *rows, size_t count, const struct frame *frame, int32_t tail_mpt);

#endif
