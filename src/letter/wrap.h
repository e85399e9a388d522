/*
 * The lines of a plain-text model letter: where each begins, how it is indented, how wide it was typed; and whether the
 * text as a whole was wrapped at a fixed width, as an e-mail or a terminal does it.
 */
#ifndef POSTBAG_LETTER_WRAP_H
#define POSTBAG_LETTER_WRAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "letter/token.h"

struct text_line {
    struct place place; /* of its first character that is no space */
    const char *text;   /* without spaces at its ends */
    size_t length;
    unsigned indent;     /* columns of space before it; a tab goes to the next multiple of eight */
    unsigned width;      /* in characters, as typed: a placeholder counts with its brackets */
    unsigned first_word; /* the width of its first word */
    bool blank;
    bool tags; /* nothing but [if …], [else], [end] */
};

struct text_lines {
    struct text_line *items;
    size_t count;
};

/* The lines of TOKENS' text from byte START, which begins one. */
void wrap_lines(struct text_lines *lines, const struct tokens *tokens, size_t start, struct arena *arena);

/* The width at which the lines FROM to before TO were wrapped, or 0 where they were not. */
unsigned wrap_width(const struct text_lines *lines, size_t from, size_t to);

/* Whether line I ended only because the first word of the next did not fit into WIDTH. */
bool wrap_is_full(const struct text_lines *lines, size_t i, unsigned width);

#endif
