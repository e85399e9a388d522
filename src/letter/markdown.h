/*
 * Markdown: a lexed model letter (.md) becomes a draft, with smart punctuation. Alone includes cmark.h.
 *
 * Links become text, with the address behind them in brackets where the text is not the address; code is text, also
 * where a pasted paragraph is indented so far that it looks like code. Pictures and HTML are errors at their place.
 */
#ifndef POSTBAG_LETTER_MARKDOWN_H
#define POSTBAG_LETTER_MARKDOWN_H

#include <stddef.h>

#include "base/error.h"
#include "letter/draft.h"
#include "letter/token.h"

/* Reads the text of TOKENS from byte START, which begins a line, into DRAFT. */
void markdown_read(const struct tokens *tokens, size_t start, struct draft *draft, struct problems *problems);

#endif
