/*
 * How PDF writes things down (ISO 32000-1 §7.3): numbers, names, text strings. Everything is appended to a byte string;
 * nothing depends on the locale.
 */
#ifndef POSTBAG_PDF_SYNTAX_H
#define POSTBAG_PDF_SYNTAX_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * VALUE / 10^DECIMALS (at most 3), without needless zeros: (-12500, 3) is "-12.5". Written from TO on, where there must
 * be room for SYNTAX_NUMBER_MAX bytes; returns the end. No NUL is added.
 */
enum { SYNTAX_NUMBER_MAX = 24 };
char *syntax_number(char *to, int64_t value, unsigned decimals);

/* The same, appended. */
void syntax_add_number(struct str *out, int64_t value, unsigned decimals);

/* "/Name", with whatever a name may not hold as #xx. NAME is NUL-terminated. */
void syntax_add_name(struct str *out, const char *name);

/* Valid UTF-8 as hexadecimal digits of UTF-16BE, with neither brackets nor a byte order mark. */
void syntax_add_utf16(struct str *out, const char *text, size_t length);

/* Valid UTF-8 as a text string: "(plain)" where it is plain ASCII, else "<FEFF…>". */
void syntax_add_text(struct str *out, const char *text, size_t length);

enum { SYNTAX_TEXT_MAX = 2048 }; /* bytes of a title, an author, a description; they are cut there */

/* How many bytes of TEXT, valid UTF-8, there are up to LENGTH_MAX: all, or as many as do not end inside a character. */
size_t syntax_cut(const char *text, size_t length_max);

#endif
