/*
 * Hyphenation: where a word may be parted at the end of a line (F. M. Liang, "Word Hy-phen-a-tion by Com-put-er", 1983).
 * Alone includes libhyphen.
 *
 * English by the patterns of the package hyphen-en-gb, Welsh by TeX's hyph-cy, which are part of the program; and before
 * either a list of words whose parting the patterns get wrong. Two letters at least stay on the first line, three come to
 * the next.
 */
#ifndef POSTBAG_LETTER_HYPHENATION_H
#define POSTBAG_LETTER_HYPHENATION_H

#include <stddef.h>

#include "base/error.h"

struct hyphenation;

/*
 * Loads the patterns for LANGUAGE ("en-GB" or "cy"). Immutable: any number of threads may use it. CONFIGURATION: they are
 * not installed; says which package brings them.
 */
int hyphenation_open(struct hyphenation **hyphenation, const char *language, struct error *error);

/* The same with the patterns of packages in DIRECTORY. */
int hyphenation_open_in(struct hyphenation **hyphenation, const char *language, const char *directory,
                        struct error *error);

void hyphenation_free(struct hyphenation *hyphenation); /* NULL does nothing */

enum {
    HYPHENATION_WORD_MAX = 100, /* bytes; longer words are left whole */
    HYPHENATION_POINTS_MAX = HYPHENATION_WORD_MAX,
};

/*
 * Where WORD, lower-case letters of valid NFC text and nothing else, may be parted: POINTS gets the byte offsets in
 * ascending order. Returns their number.
 */
size_t hyphenation_points(const struct hyphenation *hyphenation, const char *word, size_t length,
                          unsigned char points[HYPHENATION_POINTS_MAX]);

#endif
