/*
 * Blocks and spans: what a model letter is made of, once it is known what each part of it is.
 *
 * A flat sequence of blocks, each a flat sequence of spans; conditions stand in both as IF … ELSE … END, properly
 * nested, so that filling a letter is one walk along them.
 */
#ifndef POSTBAG_LETTER_BLOCK_H
#define POSTBAG_LETTER_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "letter/draft.h"
#include "letter/placeholder.h"

enum { CONDITIONS_DEPTH_MAX = 16 }; /* conditions in each other, in a block and again around blocks */

enum span_kind { SPAN_TEXT, SPAN_FIELD, SPAN_BREAK /* the line ends here */, SPAN_IF, SPAN_ELSE, SPAN_END };

struct span {
    enum span_kind kind;
    unsigned style;
    const char *text; /* SPAN_TEXT: NFC; never a line break */
    size_t length;
    const struct placeholder *placeholder; /* SPAN_FIELD */
    const struct condition *condition;     /* SPAN_IF */
};

enum block_kind {
    BLOCK_SENDER, /* the opening, its lines parted by SPAN_BREAK; also DATE and RECIPIENT */
    BLOCK_DATE,
    BLOCK_RECIPIENT,
    BLOCK_SALUTATION,
    BLOCK_SUBJECT,
    BLOCK_HEADING,
    BLOCK_PARAGRAPH,
    BLOCK_ITEM,      /* of a list */
    BLOCK_CLOSING,   /* "Yours sincerely" */
    BLOCK_SIGNATURE, /* the name under it, and what follows it, as lines */
    BLOCK_IF,
    BLOCK_ELSE,
    BLOCK_END,
};

struct block {
    enum block_kind kind;
    struct place place;   /* line 0: the model leaves it out, and it was put in */
    unsigned quote_depth; /* how many quotations it stands in */
    unsigned list_depth;  /* how many lists it stands in */
    unsigned number;      /* BLOCK_ITEM: 0 a bullet, else the number of a numbered list */
    bool continues;       /* a further paragraph of the item above: indented like it, no bullet */
    const struct span *spans;
    size_t spans_count;
    const struct condition *condition; /* BLOCK_IF */
};

/* "sender", "date", … "if", "else", "end". */
const char *block_name(enum block_kind kind);

/* Whether its lines are lines of an address or a signature, in which an empty field goes with its separator. */
bool block_keeps_lines(enum block_kind kind);

/* Whether its text is the same in every letter: no fields, no conditions. */
bool block_is_fixed(const struct block *block);

#endif
