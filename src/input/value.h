/*
 * A value: what one cell says, made fit to stand in a letter.
 *
 * What cannot be read by anybody is mended without a word (a line break in a name, two spaces, marks that turn the
 * direction of writing). What may have been meant is reported: a control character, a lost character, Excel's errors.
 */
#ifndef POSTBAG_INPUT_VALUE_H
#define POSTBAG_INPUT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { PEOPLE_VALUE_MAX = 8 * 1024 }; /* bytes of a value that goes into a letter */

/* A value and where it came from: its cell, or the first cell it was made of; column 0: no cell (given with -f). */
struct value {
    const char *text; /* NFC, NUL-terminated, "" where there is none; several lines are parted by '\n' */
    size_t length;
    unsigned line;
    unsigned column;
};

enum value_fault {
    VALUE_FINE,
    VALUE_EXCEL_ERROR, /* "#N/A": the value is "" */
    VALUE_TOO_LONG,    /* the value is cut */
    VALUE_CONTROL,     /* a control character, left out */
    VALUE_PRIVATE,     /* a private-use character, left out */
    VALUE_LOST,        /* U+FFFD stands for a character that was lost before */
};

/*
 * Makes VALUE of TEXT, which is valid UTF-8 and NUL-terminated; its place is not touched. LINES: line breaks are kept
 * (as '\n', at most two running), else they become spaces. Returns the first fault, and its character in *CODEPOINT.
 * The value lives in ARENA or is TEXT itself.
 */
enum value_fault value_clean(struct arena *arena, const char *text, size_t length, bool lines, struct value *value,
                             uint32_t *codepoint);

/* A number as Excel shows it when it is too long: "1.2E+08". */
bool value_is_scientific(const struct value *value);

/* TEXT as a message may show it: on one line, nothing that a terminal would obey, cut after some forty characters. */
const char *value_shown(struct arena *arena, const char *text, size_t length);

#endif
