/*
 * Which reading of a byte gives the likelier word: tells Windows-1252 from Mac Roman, in which every byte means
 * something and nothing is invalid.
 */
#ifndef POSTBAG_INPUT_LIKELIHOOD_H
#define POSTBAG_INPUT_LIKELIHOOD_H

#include <stddef.h>
#include <stdint.h>

/* How far likelihood looks to either side. */
enum { LIKELIHOOD_REACH = 24 };

/* What the upper half of an encoding's bytes mean: character 0x80 + i is meaning[i]; U+FFFD where it is undefined. */
struct codepage {
    uint32_t meaning[128];
};

/*
 * How well the byte at AT, which is above 0x7F, suits its surroundings if PAGE is how TEXT is encoded: points, that
 * may be added up over a text and compared with those of another page.
 */
int likelihood(const unsigned char *text, size_t length, size_t at, const struct codepage *page);

#endif
