/*
 * Samples: short texts which, shaped, show what the glyphs of a font stand for that no single character has: ligatures,
 * the forms of cursive letters, marks that change over capitals.
 */
#ifndef POSTBAG_LETTER_SAMPLE_H
#define POSTBAG_LETTER_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLE_JOINER \
    "\xE2\x80\x8D" /* zero width joiner: stands for a neighbour that a letter joins, and says nothing */

/*
 * Calls TRY with CONTEXT for each sample that is worth trying on a font of the COUNT characters in REPERTOIRE. A sample
 * may hold other characters too.
 */
typedef void sample_try(void *context, const char *text, size_t length);
void sample_each(const uint32_t *repertoire, size_t count, sample_try *try, void *context);

#endif
