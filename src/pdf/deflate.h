/*
 * Compressed streams: bytes come in, what PDF calls /FlateDecode (RFC 1950) goes out. Alone includes libdeflate.
 *
 * A deflater is some hundred kilobytes of tables: it is made once for a thread and used for every page.
 */
#ifndef POSTBAG_PDF_DEFLATE_H
#define POSTBAG_PDF_DEFLATE_H

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

struct deflater;

/* LEVEL: 1 is the quickest, 12 the smallest. */
int deflater_new(struct deflater **deflater, int level, struct error *error);
void deflater_free(struct deflater *deflater); /* NULL does nothing */

/* Appends BYTES, compressed, to OUT. */
void deflater_add(struct deflater *deflater, const void *bytes, size_t length, struct str *out);

#endif
