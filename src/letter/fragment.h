/*
 * Fragments: the text of a block, cut into what no line break can part and shaped. Lines may end only between
 * fragments.
 */
#ifndef POSTBAG_LETTER_FRAGMENT_H
#define POSTBAG_LETTER_FRAGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "letter/font.h"
#include "letter/hyphenation.h"
#include "letter/merge.h"
#include "letter/syllable.h"

enum { FRAGMENT_MAX = 1000 }; /* bytes; a longer word is several fragments, between which no line ends */

enum fragment_kind { FRAGMENT_WORD, FRAGMENT_SPACE, FRAGMENT_NEWLINE, FRAGMENT_HYPHEN /* set only at a line's end */ };

struct fragment {
    const char *text;        /* neighbours that stand together in the text do so in memory */
    const struct word *word; /* shaped by itself, whatever it stands beside; NULL: FRAGMENT_NEWLINE */
    uint16_t length;
    unsigned char kind;
    unsigned char style;
    unsigned char level; /* of embedding (letter/bidi) */
    bool may_end;        /* a line may end behind it; a space: at it */
    /* A line may end behind it with a hyphen that is added; the word goes on in the next fragment. */
    bool may_hyphenate;
};

/* A block's text. */
struct text {
    const struct fragment *fragments; /* in logical order */
    size_t fragments_count;
    bool mixed;     /* something in it reads from right to left */
    int64_t widest; /* micro-em: the widest of its lines where only '\n' ends one */
    struct shaper *shaper;
};

/*
 * Where fragments are gathered; used again for each text, so that setting a letter allocates nothing. Zeroed at first; only
 * the items are to be freed.
 */
struct fragment_list {
    struct fragment *items;
    size_t count;
    size_t room;
    struct syllables syllables;
};

/*
 * The text of RUNS, in ARENA and in SHAPER, both borrowed (and so are the runs) as long as TEXT. Lines may end where
 * UAX #14 allows it, and must at '\n'; a '\n' at the very end adds no line. Control characters are left out. Words of the
 * model's own text are hyphenated by HYPHENATION (NULL: not), as letter/syllable says: never a value, nor what holds a
 * capital, a digit or a sign, nor the last word of the text.
 */
void fragment_runs(struct fragment_list *list, struct shaper *shaper, const struct run *runs, size_t runs_count,
                   const struct hyphenation *hyphenation, struct arena *arena, struct text *text);

#endif
