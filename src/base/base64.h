/*
 * Base64 (RFC 4648 §4), with padding and without line breaks.
 */
#ifndef POSTBAG_BASE_BASE64_H
#define POSTBAG_BASE_BASE64_H

#include <stddef.h>

#include "base/str.h"

/* Appended to OUT. */
void base64_encode(struct str *out, const void *bytes, size_t length);

/* Appends what TEXT says to OUT; -1, and OUT as it was, where TEXT is not canonical Base64. */
int base64_decode(struct str *out, const char *text, size_t length);

#endif
