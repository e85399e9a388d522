/*
 * Pictures: a PNG or JPEG file comes in, samples go out, eight bits each. Alone includes png.h and jpeglib.h.
 *
 * Damaged, truncated and overlarge files are errors with a sentence, never a crash: libharu would end the process at a
 * damaged PNG, and does not look at a JPEG at all.
 */
#ifndef POSTBAG_INPUT_PICTURE_H
#define POSTBAG_INPUT_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"

enum {
    PICTURE_BYTES_MAX = 20 * 1024 * 1024, /* of a file */
    PICTURE_SIDE_MAX = 10000,             /* pixels */
    PICTURE_PIXELS_MAX = 16 * 1000 * 1000,
};

struct picture {
    unsigned width, height;       /* pixels, at least 1 */
    unsigned channels;            /* 1: grey, 3: RGB (sRGB) */
    const unsigned char *samples; /* rows from the top, not padded */
    const unsigned char *alpha;   /* one byte a pixel, 255 is opaque; NULL: all of it is */
    double dpi;                   /* as the file says; 0: it does not, or it makes no sense */
    struct digest digest;         /* of the pixels: the same picture is embedded once */
};

/* Reads PATH. NO_INPUT: it cannot be read; DATA: it is no picture that can be printed. */
int picture_read(struct picture **picture, const char *path, struct error *error);
void picture_free(struct picture *picture); /* NULL does nothing */

#endif
