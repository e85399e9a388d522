/*
 * Blanks that are not fields and that somebody forgot to fill in: <MP name>, «Name», ____, XXXX, (your name),
 * (insert …), {name}, {{name}}; and HTML tags, which look like the first.
 */
#ifndef POSTBAG_LETTER_BLANK_H
#define POSTBAG_LETTER_BLANK_H

#include <stdbool.h>
#include <stddef.h>

enum blank { BLANK_NONE, BLANK_FORGOTTEN, BLANK_HTML };

/*
 * The blank that begins at byte AT of TEXT (valid UTF-8, lines end in '\n'), and its length in bytes. In MARKDOWN,
 * ___bold italic___ is none, nor is in either an <https://…> or an <ann@branch.example>.
 */
enum blank blank_at(const char *text, size_t length, size_t at, bool markdown, size_t *blank_length);

#endif
