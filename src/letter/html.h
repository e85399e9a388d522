/*
 * A letter as HTML for an e-mail: the same words as letter/flowed's, as paragraphs, lists and headings, with emphasis.
 * A few inline styles, no pictures, no links but mailto, nothing fetched from anywhere. What comes from the list or the
 * model is text: < > & and quotes are always escaped.
 */
#ifndef POSTBAG_LETTER_HTML_H
#define POSTBAG_LETTER_HTML_H

#include <stddef.h>

#include "base/str.h"
#include "letter/merge.h"

/* The document's beginning (with LANGUAGE, "en-GB" or "cy") and end. */
void html_begin(struct str *out, const char *language, const char *title);
void html_end(struct str *out);

/* Appends LETTER's elements to OUT, without the document around them. */
void html_letter(struct str *out, const struct letter *letter);

/* Appends valid UTF-8 with everything escaped that has a meaning in HTML. */
void html_text(struct str *out, const char *text, size_t length);

#endif
