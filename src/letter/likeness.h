/*
 * Likeness: how alike two letters are, as WriteToThem measures it (FYR::SubstringHash) to tell form letters, so that
 * the secretary knows before the MP's office does.
 *
 * The body of a letter (without the opening, "Dear …", the closing and the signature) is lower-cased and stripped of
 * punctuation and white space. A window of 32 bytes slides along it. Where the CRC-32 of the window ends in four zero
 * bits and was not seen in this letter, it is kept, and the window goes on behind itself; else it moves by one byte. So
 * about one place in sixteen is kept, and the same words give the same numbers wherever they stand.
 */
#ifndef POSTBAG_LETTER_LIKENESS_H
#define POSTBAG_LETTER_LIKENESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "letter/merge.h"

enum {
    LIKENESS_WINDOW = 32,
    LIKENESS_BYTES_MAX = 64 * 1024, /* of a body; more of it is not looked at */
    LIKENESS_KEPT_MAX = LIKENESS_BYTES_MAX / LIKENESS_WINDOW,
};

/* From here on, WriteToThem notes two letters as alike. */
#define LIKENESS_NOTED 0.50

/* What windows are measured with: tables, made once for a run. */
struct likeness_meter {
    uint32_t step[256];  /* what a byte that comes into the window does to its CRC */
    uint32_t leave[256]; /* what a byte that leaves it did */
    uint32_t whole;      /* what the complements at a CRC's beginning and end come to after a window */
};

void likeness_meter_init(struct likeness_meter *meter);

/* What is kept of one letter, in ascending order. */
struct likeness {
    uint32_t *items;
    size_t count;
    size_t room;
};

#define LIKENESS_EMPTY ((struct likeness){.items = NULL})

void likeness_release(struct likeness *likeness);

/* Appends to OUT the text of LETTER's body as it is measured. */
void likeness_text(struct str *out, const struct letter *letter);

/* Measures the text that likeness_text gave; what LIKENESS held is replaced. */
void likeness_read(struct likeness *likeness, const struct likeness_meter *meter, const char *text, size_t length);

/* 2 |A ∩ B| / (|A| + |B|): from 0, nothing in common, to 1; 0 where either holds nothing. */
double likeness_between(const struct likeness *a, const struct likeness *b);

#endif
