/*
 * Syllables: which words of a text may be hyphenated, and where.
 *
 * A word stands between spaces or em dashes. It is parted where it is the model's own and all in small letters, but for
 * quotes and brackets around it, a mark of punctuation behind it, and an apostrophe with what belongs to it
 * ("government’s"). So no name is parted, no figure, no address of a web page or mailbox, and nothing that holds a
 * hyphen already; nor is the last word of a line that the text itself ends.
 */
#ifndef POSTBAG_LETTER_SYLLABLE_H
#define POSTBAG_LETTER_SYLLABLE_H

#include <stddef.h>

#include "base/text.h"
#include "letter/hyphenation.h"
#include "letter/merge.h"

enum {
    SYLLABLE_WORDS_MAX = 1024, /* that are remembered; a power of two */
    SYLLABLE_WORD_MAX = 25,    /* bytes; longer words are asked for each time */
    SYLLABLE_POINTS_MAX = 5,
};

/* The last words that were asked for, since a list's letters all say much the same. Zeroed at first. One a thread. */
struct syllables {
    const struct hyphenation *hyphenation; /* whose they are */
    struct syllable_word {
        char word[SYLLABLE_WORD_MAX];
        unsigned char length; /* 0: none */
        unsigned char points_count;
        unsigned char points[SYLLABLE_POINTS_MAX];
    } words[SYLLABLE_WORDS_MAX];
};

enum { TEXT_BREAK_HYPHEN = TEXT_BREAK_MUST + 1 }; /* a line may end here if a hyphen is added */

/*
 * TEXT is that of RUNS, one behind the other, and BREAKS what text_line_breaks says of it: puts TEXT_BREAK_HYPHEN
 * wherever a word may be hyphenated.
 */
void syllables_mark(struct syllables *syllables, const struct hyphenation *hyphenation, const char *text, size_t length,
                    const struct run *runs, size_t runs_count, char *breaks);

#endif
