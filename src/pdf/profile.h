/*
 * The colours of a document: a small sRGB profile (IEC 61966-2.1) for its output intent, so that the greys and pictures
 * of a letter mean the same colours everywhere (ISO 19005-2 §6.2.3).
 */
#ifndef POSTBAG_PDF_PROFILE_H
#define POSTBAG_PDF_PROFILE_H

#include <stddef.h>

/* An ICC profile of version 2 for a display. */
extern const unsigned char profile_srgb[];
extern const size_t profile_srgb_length;

#endif
