/*
 * The merge: a model letter and a person become that person's letter, as blocks of text in the order they are read.
 *
 * Values are text and never markup; they are marked, because a name is not hyphenated and its quotes are not curled.
 */
#ifndef POSTBAG_LETTER_MERGE_H
#define POSTBAG_LETTER_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "input/people.h"
#include "letter/model.h"

struct run {
    const char *text; /* NFC; a '\n' ends a line */
    size_t length;
    unsigned style;
    bool value; /* from the list and not from the model */
};

struct letter_block {
    enum block_kind kind; /* never IF, ELSE, END */
    unsigned quote_depth;
    unsigned list_depth;
    unsigned number;
    bool continues;
    const struct run *runs;
    size_t runs_count;
    const struct block *fixed; /* where the text is the same in every letter, the block of the model; else NULL */
};

struct letter {
    const struct person *person;
    const struct letter_block *blocks; /* SENDER, DATE and RECIPIENT, as far as there are any, come first */
    size_t blocks_count;
    const char *title;    /* of the document: the subject, else "Letter to Jane Smith MP", in its language */
    const char *author;   /* the person's name */
    const char *language; /* "en-GB", "cy" */
    struct date date;
};

/*
 * Fills MODEL, which was read without errors, for PERSON. Everything lives in ARENA or in what was given. What the
 * letter needs and the row has not is added to PROBLEMS at its cell or row (place.file is NULL: which file the list is,
 * the caller knows), all of it: an empty field, an address with more lines than the model has room for. What
 * people_next has reported is not reported again, but counts. Returns how many errors that were; the letter is whole
 * only where it is 0.
 */
size_t merge_letter(const struct model *model, const struct people *people, const struct person *person,
                    struct date date, struct arena *arena, struct letter *letter, struct problems *problems);

#endif
