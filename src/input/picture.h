/*
 * Pictures: a PNG or JPEG file comes in, samples go out, eight bits each, the right way up (input/png, input/jpeg).
 *
 * Damaged, truncated and overlarge files are errors with a sentence, never a crash: libharu would end the process at a
 * damaged PNG, and does not look at a JPEG at all. What a file is, its first bytes say and not its name. Nothing is kept
 * of it but the pixels: no place, no telephone, and no colour that a transparent pixel hides.
 */
#ifndef POSTBAG_INPUT_PICTURE_H
#define POSTBAG_INPUT_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"

enum { PICTURE_BYTES_MAX = 20 * 1024 * 1024 }; /* of a file; of its pixels: input/raster */

struct picture {
    unsigned width, height;       /* pixels, at least 1 */
    unsigned channels;            /* 1: grey, 3: RGB (sRGB) */
    const unsigned char *samples; /* rows from the top, not padded */
    const unsigned char *alpha;   /* one byte a pixel, 255 is opaque; NULL: all of it is */
    double dpi;                   /* as the file says; 0: it does not, or it makes no sense */
    struct digest digest;         /* of the pixels: the same picture is embedded once */
};

/*
 * Reads PATH, which messages call NAME. NO_INPUT: it cannot be read; DATA: it is no picture that can be printed.
 * *PICTURE is yours to free.
 */
int picture_read(struct picture **picture, const char *path, const char *name, struct error *error);

/* The same of LENGTH bytes. */
int picture_decode(struct picture **picture, const char *name, const void *bytes, size_t length, struct error *error);

/*
 * Makes the picture smaller, in proportion, until it has at most WIDTH_MAX by HEIGHT_MAX pixels, each the mean of those
 * that it stands for. One that is no larger stays as it is. The size in which it wants to be printed does not change.
 */
void picture_reduce(struct picture *picture, unsigned width_max, unsigned height_max);
void picture_free(struct picture *picture); /* NULL does nothing */

#endif
