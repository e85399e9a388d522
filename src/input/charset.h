/*
 * The encodings that lists and letters come in: their names, their marks, and conversion to UTF-8. Alone includes
 * iconv.h.
 */
#ifndef POSTBAG_INPUT_CHARSET_H
#define POSTBAG_INPUT_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "input/likelihood.h"

enum encoding {
    ENCODING_AUTO,
    ENCODING_UTF_8,
    ENCODING_UTF_16LE,
    ENCODING_UTF_16BE,
    ENCODING_WINDOWS_1252,
    ENCODING_MAC_ROMAN,
};

/* "UTF-8", "Windows-1252", …, as messages print it. */
const char *encoding_name(enum encoding encoding);

/* Finds an encoding by name ("auto", "utf8", "cp1252", "windows-1252", "macintosh", …, in any case). -1: not known. */
int encoding_by_name(const char *name, enum encoding *encoding);

/* The encoding whose byte-order mark TEXT begins with, and the mark's length; else ENCODING_AUTO and 0. */
enum encoding encoding_marked(const char *text, size_t length, size_t *mark_length);

struct decoder;

/*
 * From ENCODING, which is not ENCODING_AUTO. *DECODER is yours to decoder_close(). Fails where this computer's iconv
 * does not know it.
 */
int decoder_open(struct decoder **decoder, enum encoding encoding, struct error *error);
void decoder_close(struct decoder *decoder); /* NULL does nothing */

/*
 * Appends to OUT what BYTES mean. Returns how many bytes were taken: a character that goes on behind the end is left,
 * unless nothing follows (LAST). What means nothing becomes U+FFFD, except in UTF-8, where it stays as it is.
 */
size_t decoder_convert(struct decoder *decoder, const char *bytes, size_t length, bool last, struct str *out);

/* What the upper bytes of a single-byte encoding mean. */
void codepage_fill(struct codepage *page, enum encoding encoding);

#endif
