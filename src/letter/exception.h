/*
 * The exceptions to the patterns of hyphenation, as a table that a person can read and add to.
 */
#ifndef POSTBAG_LETTER_EXCEPTION_H
#define POSTBAG_LETTER_EXCEPTION_H

#include <stddef.h>

/* Words with a hyphen wherever they may be parted, in the order of their letters. */
struct exceptions {
    const char *const *words;
    size_t count;
};

extern const struct exceptions exceptions_english;

#endif
