/*
 * Typewriter punctuation in a model's own text becomes typographer's: ' and " curl, -- and --- become dashes, ... an
 * ellipsis. (In Markdown cmark does it.) Never done to values: a name is printed as its owner writes it.
 */
#ifndef POSTBAG_LETTER_CURL_H
#define POSTBAG_LETTER_CURL_H

#include <stddef.h>

#include "base/str.h"

/* Appends valid TEXT to OUT. Placeholders in it (private-use characters) count as words. Web addresses are left alone. */
void curl_text(struct str *out, const char *text, size_t length);

#endif
