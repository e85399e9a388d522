/*
 * What bytes mean: finds out how a spreadsheet's text is encoded, and spools it as UTF-8.
 *
 * Told apart by their bytes: UTF-8 with or without a byte-order mark, UTF-16LE and UTF-16BE (mark, or zeros in every
 * other byte), Windows-1252, and Mac Roman (Excel for Mac), the last two by which reading gives likelier words. A file
 * with a UTF-8 mark, or with valid multibyte sequences, is UTF-8; single bytes in it that are not are kept as they are,
 * for the reader of cells to report at their place.
 *
 * A mark is believed even where the user said otherwise: no list begins with "ï»¿". A workbook or a PDF given in place
 * of text is refused by name.
 */
#ifndef POSTBAG_INPUT_ENCODING_H
#define POSTBAG_INPUT_ENCODING_H

#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "input/charset.h"

/* Bytes of the largest list that is spooled: the disk, not the memory, would be filled by more. */
#define ENCODING_SPOOL_MAX (4LL << 30)

/*
 * Reads all of PATH ("-": standard input), finds its encoding if *ENCODING is ENCODING_AUTO and sets it, and writes
 * the text as UTF-8 without a mark to SPOOL, which is then rewound. A list of any size takes constant memory. Bytes
 * that cannot be decoded become, in a file that is UTF-8, themselves; in any other, U+FFFD.
 */
int encoding_spool(const char *path, enum encoding *encoding, FILE *spool, struct error *error);

/* The same for a short text that is in memory already (a model letter): TEXT becomes UTF-8. */
int encoding_decode(struct str *text, enum encoding *encoding, struct error *error);

#endif
