/*
 * The model letter: a draft with [placeholders], read once for the run.
 *
 * The model is a flat sequence of blocks, each a flat sequence of spans (letter/block), nested properly: model_read has
 * seen to it. What the draft leaves out of the sender's block, the date and the recipient's block is put in, so that
 * they come first, in this order. Everything lives in the arena given to model_read and is only read later, by any
 * number of threads.
 */
#ifndef POSTBAG_LETTER_MODEL_H
#define POSTBAG_LETTER_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "input/people.h"
#include "letter/block.h"

enum { MODEL_MAX = 256 * 1024 }; /* bytes of a model letter */

struct model {
    const char *path;
    const char *language; /* "en-GB" or "cy" */
    const struct block *blocks;
    size_t blocks_count;
    unsigned address_slots;      /* how many [Address line N] the sender's block holds, numbered from 1 without a gap */
    bool places[FIELD_COUNT];    /* the field is written somewhere in the letter, outside conditions */
    const unsigned char *styles; /* by number of field: bit s says it is written in style s; 0 where it is not used */
    bool joined;                 /* the text was wrapped at a fixed width and was joined */
    const char *description;     /* see model_describe */
};

/*
 * Reads PATH, whose placeholders name the fields of PEOPLE, into MODEL. LANGUAGE: what the configuration says, or NULL.
 * Everything wrong with the text is added to PROBLEMS (an error there means that no letter can be made); the function
 * fails only where the file cannot be read at all.
 */
int model_read(struct model *model, const char *path, const char *language, const struct people *people,
               struct arena *arena, struct problems *problems, struct error *error);

/*
 * How the model was read, for the secretary to see: "sender's address in lines 1–4, date in line 5, salutation in line
 * 7, 11 paragraphs and a list of 6". Appended to OUT.
 */
void model_describe(const struct model *model, struct str *out);

#endif
