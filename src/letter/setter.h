/*
 * The setter: the text of blocks becomes lines, and the lines of what is the same in every letter are kept. One for
 * each thread.
 */
#ifndef POSTBAG_LETTER_SETTER_H
#define POSTBAG_LETTER_SETTER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "letter/compose.h"
#include "letter/font.h"
#include "letter/fragment.h"
#include "letter/hyphenation.h"
#include "letter/merge.h"
#include "letter/paragraph.h"

struct setter;

/* A size of type, and the distance between its baselines. */
struct type {
    int32_t size_mpt, leading_mpt;
};

struct lines {
    const struct composed_line *items;
    size_t count;
};

struct setter *setter_new(const struct font *font);
void setter_free(struct setter *setter); /* NULL does nothing */

/*
 * Begins a letter, whose language's HYPHENATION is borrowed (NULL: nothing is hyphenated): what was set before, and was
 * not kept, is gone.
 */
void setter_begin(struct setter *setter, const struct hyphenation *hyphenation);

/* Where everything that belongs to this letter lives. */
struct arena *setter_arena(struct setter *setter);

/* Shapes RUNS, which are borrowed as long as TEXT. */
void setter_text(struct setter *setter, const struct run *runs, size_t runs_count, struct text *text);

struct lines setter_lines(struct setter *setter, const struct text *text, struct type type, int32_t measure_mpt,
                          struct manner manner);

/*
 * The lines of a block that is the same in every letter (BLOCK->fixed): set once for each size, measure, manner and
 * language, and kept until setter_free.
 */
struct lines setter_lines_kept(struct setter *setter, const struct letter_block *block, struct type type,
                               int32_t measure_mpt, struct manner manner);

/* One word or space, in regular type. */
const struct word *setter_word(struct setter *setter, const char *word);

#endif
