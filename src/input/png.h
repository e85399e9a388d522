/*
 * PNG (ISO/IEC 15948) to samples. Alone includes libpng's png.h.
 */
#ifndef POSTBAG_INPUT_PNG_H
#define POSTBAG_INPUT_PNG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "input/raster.h"

/* Whether BYTES begin as a PNG does. */
bool png_is(const unsigned char *bytes, size_t length);

/* Decodes the PNG that BYTES are; NAME is what a message calls it. */
int png_decode(struct raster *raster, const char *name, const unsigned char *bytes, size_t length, struct error *error);

#endif
