/*
 * A character and what combines with it: marks, joiners, selectors. What belongs together is printed in one face.
 */
#ifndef POSTBAG_LETTER_CLUSTER_H
#define POSTBAG_LETTER_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What goes beyond either makes a cluster of its own. */
enum {
    CLUSTER_MAX = 8, /* characters */
    CLUSTER_BYTES_MAX = 256,
};

struct cluster {
    uint32_t codepoints[CLUSTER_MAX]; /* those that need a glyph; the first is the base */
    size_t count;                     /* 0: invisible characters or line breaks alone */
    size_t start, end;                /* in the text */
};

/* Line breaks, tabs, and what is invisible (joiners, directional marks): printed without a glyph of its own. */
bool cluster_needs_no_glyph(uint32_t codepoint);

/* Reads the cluster of valid TEXT that begins at START, which is below LENGTH. */
void cluster_read(struct cluster *cluster, const char *text, size_t length, size_t start);

#endif
