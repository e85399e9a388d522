/*
 * A letter as plain text for an e-mail (text/plain; format=flowed; delsp=no, RFC 3676): lines of at most 76 characters,
 * a soft break is a space at the end of a line, lines that begin with a space, ">" or "From " are space-stuffed.
 */
#ifndef POSTBAG_LETTER_FLOWED_H
#define POSTBAG_LETTER_FLOWED_H

#include "base/str.h"
#include "letter/merge.h"

/*
 * Appends LETTER to OUT, lines ending in '\n': at the top the person's name, full address and postcode, because MPs
 * answer constituents only, then what else the sender's block says, the date, and the letter from the salutation on; the
 * subject is left out (the message has one), and so is the recipient's address. Emphasis is not marked.
 */
void flowed_letter(struct str *out, const struct letter *letter);

/* The same words for pasting or printing: each paragraph is one line, and nothing is stuffed. */
void flowed_letter_unwrapped(struct str *out, const struct letter *letter);

/*
 * Appends a paragraph of valid UTF-8 as flowed lines, each of them behind INDENT ("", "  "). Indented lines are fixed: a
 * program that joins lines would put the indent into the middle of its own.
 */
void flowed_paragraph(struct str *out, const char *text, size_t length, const char *indent);

/* Appends the lines of TEXT as they are: none of them flows into the next. */
void flowed_lines(struct str *out, const char *text, size_t length);

#endif
