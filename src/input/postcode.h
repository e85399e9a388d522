/*
 * UK postcodes: the full grammar (BS 7666; Royal Mail's Programmers' Guide), with GIR 0AA, BFPO numbers and BF1, the
 * Crown dependencies (JE, GY, IM) and overseas territories (ASCN 1ZZ, …).
 */
#ifndef POSTBAG_INPUT_POSTCODE_H
#define POSTBAG_INPUT_POSTCODE_H

#include <stdbool.h>
#include <stddef.h>

enum { POSTCODE_MAX = 16 };

/*
 * Writes TEXT as Royal Mail does ("sw1a1aa", "SW1A  1AA", "SW1A-1AA" to "SW1A 1AA"; "bfpo 58" to "BFPO 58") and returns
 * 0, or returns -1 where it is no whole postcode. A letter O for a nought, or I for a one, where only the other is
 * possible, is not mended: that would be a guess.
 */
int postcode_normalise(const char *text, size_t length, char out[POSTCODE_MAX]);

/*
 * Finds a whole postcode at the very end of TEXT ("1 High Street, Bootle L20 3NX"), where it begins a word. Returns
 * where it starts, or LENGTH where there is none.
 */
size_t postcode_at_end(const char *text, size_t length, char out[POSTCODE_MAX]);

/* Jersey, Guernsey and the Isle of Man have no MP, nor have the overseas territories. OUT is normalised. */
bool postcode_has_no_mp(const char *postcode);

#endif
