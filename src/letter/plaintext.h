/*
 * Plain text: a lexed model letter (.txt), as pasted from a word processor or a web page, becomes a draft.
 */
#ifndef POSTBAG_LETTER_PLAINTEXT_H
#define POSTBAG_LETTER_PLAINTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "letter/draft.h"
#include "letter/token.h"

/*
 * Reads the text of TOKENS from byte START, which begins a line, into DRAFT. *JOINED: it was wrapped at a fixed width,
 * and its lines were joined.
 */
void plaintext_read(const struct tokens *tokens, size_t start, struct draft *draft, bool *joined);

#endif
