/*
 * Unicode text in UTF-8 (RFC 3629): reading, checking, normalising and comparing it. Alone includes libunistring.
 *
 * Strings are (bytes, length) and need no NUL at the end. Where a function says "valid", it expects valid UTF-8;
 * text_valid() is asked once, where bytes enter the program.
 */
#ifndef POSTBAG_BASE_TEXT_H
#define POSTBAG_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* How many bytes at the start are valid UTF-8 (no overlong form, no surrogate, nothing above U+10FFFF). LENGTH: all. */
size_t text_valid(const char *bytes, size_t length);

/*
 * The scalar value at *POSITION of valid text, which is moved behind it. *POSITION must be below LENGTH.
 *     for (size_t at = 0; at < length;) { uint32_t c = text_next(bytes, length, &at); … }
 */
uint32_t text_next(const char *bytes, size_t length, size_t *position);

/* The length in characters (scalar values) of valid text: columns in messages are counted so. */
size_t text_count(const char *bytes, size_t length);

/* Unicode Normalization Form C (UAX #15) of valid text, NUL-terminated, in the arena; *LENGTH is updated. */
const char *text_nfc(struct arena *arena, const char *bytes, size_t *length);

/* The same in Normalization Form D. */
const char *text_nfd(struct arena *arena, const char *bytes, size_t *length);

/* Full case folding (Unicode §3.13) of valid text, with NFC, appended to OUT. */
void text_fold(struct str *out, const char *bytes, size_t length);

/* Like text_fold, and with every mark removed: "Siân Ŵyn" and "Sian Wyn" become the same. Appended to OUT. */
void text_fold_plain(struct str *out, const char *bytes, size_t length);

bool text_is_letter_or_digit(uint32_t codepoint);
bool text_is_upper(uint32_t codepoint);
bool text_is_mark(uint32_t codepoint);      /* general category M */
bool text_is_space(uint32_t codepoint);     /* White_Space, no-break spaces, zero-width space and BOM */
bool text_is_control(uint32_t codepoint);   /* C0, C1, DEL, line and paragraph separators */
bool text_is_invisible(uint32_t codepoint); /* Default_Ignorable_Code_Point: joiners, selectors, directional marks */
bool text_is_private(uint32_t codepoint);   /* private use, and noncharacters */
bool text_is_right_to_left(uint32_t codepoint); /* Bidi_Class R or AL */

/* How many bytes of valid text to show where at most MAX are to be: it is cut at a character. */
size_t text_cut(const char *bytes, size_t length, size_t max);

/* Moves *BYTES and *LENGTH of valid text past spaces (text_is_space) at both ends. */
void text_trim(const char **bytes, size_t *length);

/*
 * Line-break opportunities of valid text by UAX #14: BREAKS[i] says whether a line may end before byte i
 * (TEXT_BREAK_ALLOWED); at a character that is itself the end of a line it is TEXT_BREAK_MUST. BREAKS has LENGTH
 * entries; those inside a character are TEXT_BREAK_NO.
 */
enum { TEXT_BREAK_NO, TEXT_BREAK_ALLOWED, TEXT_BREAK_MUST };
void text_line_breaks(const char *bytes, size_t length, char *breaks);

/* The byte after the grapheme cluster (UAX #29) that begins at AT in valid text; of a very long one, of its first part. */
size_t text_grapheme_end(const char *bytes, size_t length, size_t at);

/* Fewest edits (insert, delete, replace, swap neighbours) between two folded names, for "did you mean"; by characters. */
unsigned text_distance(const char *a, size_t a_length, const char *b, size_t b_length);

/*
 * A name as the part of a file name: lower-case ASCII letters, digits and single hyphens ("Siân O’Brien" to
 * "sian-o-brien"), at most MAX bytes, never beginning or ending in a hyphen; empty if nothing is left.
 */
void text_slug(struct str *out, const char *bytes, size_t length, size_t max);

#endif
