/*
 * Boxes: the fragments of a text become the items that letter/paragraph breaks, each beside the fragment it stands for.
 * What a line may do at its ends and to its glyphs is decided here, so that it is weighed with everything else.
 */
#ifndef POSTBAG_LETTER_BOXES_H
#define POSTBAG_LETTER_BOXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "letter/fragment.h"
#include "letter/paragraph.h"

/* How a text is set. */
struct manner {
    enum alignment alignment;
    bool hyphenate;
    bool protrude; /* hyphens, full stops, commas and quotes hang into the margin by a part of their width */
    bool expand;   /* a justified line's glyphs may be wider or narrower by up to COMPOSE_EXPANSION_MAX_PPM */
};

enum { COMPOSE_EXPANSION_MAX_PPM = 15000 };

/* Fragments that stand together in the text. */
struct group {
    const struct fragment *first;
    size_t count;
};

/* A word, or what of it no line may part, that is wider than the measure: it may be parted between all its characters. */
struct wide_word {
    struct group fragments;
    size_t first, end; /* its items */
};

/* Used again for each text, so that setting a letter allocates nothing. Zeroed: empty. */
struct boxes {
    struct item *items;
    size_t count, room;
    const struct fragment **parts; /* of each item; NULL for most penalties. A hyphen is the part of its penalty */
    size_t parts_room;
    struct wide_word *wide; /* in the order of the text */
    size_t wide_count, wide_room;
};

/* Makes the items of TEXT; SCRATCH holds some of their parts. */
void boxes_fill(struct boxes *boxes, const struct text *text, int32_t size_mpt, int32_t measure_mpt,
                struct manner manner, struct arena *scratch);
void boxes_release(struct boxes *boxes);

/* Whether NEXT goes on in the same word as PART, so that both are shaped as one where no line parts them. */
bool boxes_are_one(const struct fragment *part, const struct fragment *next);

/* The soft hyphen at the end of PART, which is not seen within a line: its length in bytes, or 0. */
size_t boxes_soft_hyphen(const struct fragment *part);

/* How far a line that begins with PART, or ends with it, hangs into the margin there: micro-em. */
int32_t boxes_hang_left(const struct fragment *part);
int32_t boxes_hang_right(const struct fragment *part);

#endif
