/*
 * The model letter: a draft with [placeholders], read once for the run.
 *
 * The grammar is in model.c, above the functions that parse it. The model is a flat sequence of blocks, each a flat
 * sequence of spans; conditions stand in both as IF … ELSE … END, nested properly (model_read has seen to it), so that
 * filling a letter is one walk along them. Everything lives in the arena given to model_read and is only read later,
 * by any number of threads.
 */
#ifndef POSTBAG_LETTER_MODEL_H
#define POSTBAG_LETTER_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "input/people.h"

enum { MODEL_MAX = 256 * 1024 }; /* bytes of a model letter */

/* Bits. A style is also an index into a family's faces. */
enum style { STYLE_BOLD = 1, STYLE_ITALIC = 2, STYLES_COUNT = 4 };

/* A [placeholder]: the first of its fields that is not empty, else `otherwise`. */
struct placeholder {
    struct place place;
    const char *written; /* between the brackets */
    const char *source;  /* the line of the model, for a caret */
    const int *fields;   /* numbers of fields, as people_field gives them */
    size_t fields_count;
    const char *otherwise; /* after the '|'; NULL: none, and an empty field is a problem of the row */
};

/* [if ward], [if not ward], [if country is Wales]. */
struct condition {
    struct placeholder subject;
    bool negated;
    const char *value; /* what the subject must be, as a key (field_key); NULL: anything but empty */
};

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
    struct place place;
    unsigned quote_depth; /* how many quotations it stands in */
    unsigned list_depth;  /* how many lists it stands in */
    unsigned number;      /* BLOCK_ITEM: 0 a bullet, else the number of a numbered list */
    bool continues;       /* a further paragraph of the item above: indented like it, no bullet */
    const struct span *spans;
    size_t spans_count;
    const struct condition *condition; /* BLOCK_IF */
};

struct model {
    const char *path;
    const char *language; /* "en-GB" or "cy" */
    const struct block *blocks;
    size_t blocks_count;
    unsigned address_slots;      /* how many [Address line N] the sender's block holds, numbered from 1 without a gap */
    bool places[FIELD_COUNT];    /* the field is written somewhere in the letter, outside conditions */
    const unsigned char *styles; /* by number of field: bit s says it is written in style s; 0 where it is not used */
    bool joined;                 /* the text was wrapped at a fixed width and was joined */
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
