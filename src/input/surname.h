/*
 * Names in the order of an English index, the same on every machine: no locale is asked.
 *
 * Letters are compared without case and marks, hyphens as spaces, apostrophes not at all, and word by word: Smith
 * Jones stands before Smithers, and O’Brien with OBrien. A surname begins with its particle, because its bearer's own
 * spreadsheet has it so: de Souza stands under D, van Dyke under V, St John under S. Mac and Mc are as they are written.
 */
#ifndef POSTBAG_INPUT_SURNAME_H
#define POSTBAG_INPUT_SURNAME_H

#include <stddef.h>

#include "base/str.h"
#include "input/person.h"

/* Appends what names are compared by, byte for byte: never a NUL. */
void surname_collate(struct str *out, const char *text, size_t length);

/*
 * How a whole name, as it is written, parts: the surname begins at byte *START and is *SURNAME_LENGTH long; what stands
 * before it are titles and first names, and what stands behind it letters (OBE, PhD) or, where there is a comma, first
 * names ("Doe, Jane"). The surname is empty only where the name is.
 */
void surname_find(const char *name, size_t length, size_t *start, size_t *surname_length);

/* Appends the key of a whole name: surname, then first names. Without titles, and letters behind it. */
void surname_key(struct str *out, const char *name, size_t length);

/* The same for PERSON: by the list's own columns where it has them. */
void surname_key_of(struct str *out, const struct person *person);

#endif
