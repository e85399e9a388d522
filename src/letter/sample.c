/*
 * Samples: a repertoire comes in, texts to be shaped go out. Ligatures are found by trying those that Latin and Arabic
 * fonts have; asking the font for all of its own would be longer, and the few others lose nothing but brevity: a PDF
 * spells such words out.
 */
#include "letter/sample.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

/* Each ended by a space. */
static const char ligatures[] =
    "ff fi fl ffi ffl fj ffj ft fft fb ffb fh ffh fk ffk fy tf tt ti tti ty Th ct st ij IJ fí fì fï fî "
    "لا لأ لإ لآ لٱ لله الله " SAMPLE_JOINER "لا " SAMPLE_JOINER "لأ " SAMPLE_JOINER "لإ " SAMPLE_JOINER "لآ ";

static void try_around(struct str *sample, const char *before, uint32_t codepoint, const char *after, sample_try *try,
                       void *context) {
    str_clear(sample);
    str_adds(sample, before);
    str_add_codepoint(sample, codepoint);
    str_adds(sample, after);
    try(context, sample->bytes, sample->length);
}

void sample_each(const uint32_t *repertoire, size_t count, sample_try *try, void *context) {
    for (const char *sample = ligatures, *end; (end = strchr(sample, ' ')) != NULL; sample = end + 1)
        try(context, sample, (size_t)(end - sample));

    struct str sample = STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        uint32_t codepoint = repertoire[i];
        if (codepoint >= 0x300 && codepoint < 0x370) {
            /* Marks are flatter on capitals. With a Q no mark makes one character. */
            try_around(&sample, "Q", codepoint, "", try, context);
            try_around(&sample, "q", codepoint, "", try, context);
        } else if (text_is_right_to_left(codepoint) && text_is_letter_or_digit(codepoint)) {
            /* A cursive letter alone, and joined to its neighbours on one side and on both. */
            try_around(&sample, "", codepoint, "", try, context);
            try_around(&sample, "", codepoint, SAMPLE_JOINER, try, context);
            try_around(&sample, SAMPLE_JOINER, codepoint, "", try, context);
            try_around(&sample, SAMPLE_JOINER, codepoint, SAMPLE_JOINER, try, context);
        }
    }
    str_release(&sample);
}
