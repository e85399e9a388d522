/*
 * JPEG (ITU-T T.81) to samples. Alone includes libjpeg's jpeglib.h.
 */
#ifndef POSTBAG_INPUT_JPEG_H
#define POSTBAG_INPUT_JPEG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "input/raster.h"

/* Whether BYTES begin as a JPEG does. */
bool jpeg_is(const unsigned char *bytes, size_t length);

/* Decodes the JPEG that BYTES are; NAME is what a message calls it. */
int jpeg_decode(struct raster *raster, const char *name, const unsigned char *bytes, size_t length,
                struct error *error);

#endif
