/*
 * A raster: what a decoder makes of a picture's file, before anything is made of it.
 */
#ifndef POSTBAG_INPUT_RASTER_H
#define POSTBAG_INPUT_RASTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum {
    RASTER_SIDE_MAX = 10000, /* pixels */
    RASTER_PIXELS_MAX = 16 * 1000 * 1000,
};

/* What a person who looks at the picture sees first: the values of the tag (Exif 2.3 §4.6.4). */
enum raster_orientation { RASTER_UPRIGHT = 1, RASTER_ORIENTATION_LAST = 8 };

struct raster {
    unsigned width, height;
    unsigned channels;      /* 1: grey, 2: grey and alpha, 3: RGB, 4: RGB and alpha; eight bits each */
    unsigned char *samples; /* rows from the top, not padded; yours to free() */
    double dpi;             /* 0: not said, or not the same both ways */
    unsigned orientation;
};

/*
 * Whether a picture of WIDTH by HEIGHT pixels is one that may be decoded: to be asked before memory is taken. NAME is
 * what a message calls the file.
 */
int raster_check_size(const char *name, unsigned long width, unsigned long height, struct error *error);

/* The orientation that LENGTH bytes of Exif say, which begin with the TIFF header; RASTER_UPRIGHT where they say none. */
unsigned raster_exif_orientation(const unsigned char *exif, size_t length);

/* Turns the samples the right way up. */
void raster_turn(struct raster *raster);

#endif
