/*
 * The fonts of this machine: finds files by family name, and by the characters they have. Alone includes fontconfig.
 * Only scalable fonts with outlines (TrueType and CFF), no colour, bitmap or variable fonts. Writes no cache.
 */
#ifndef POSTBAG_LETTER_CATALOGUE_H
#define POSTBAG_LETTER_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct catalogue;

struct font_file {
    const char *path;
    unsigned index; /* of the face in a collection (.ttc) */
};

int catalogue_open(struct catalogue **catalogue, struct error *error);
void catalogue_close(struct catalogue *catalogue); /* NULL does nothing */

/* Whether FAMILY is installed, in whatever style. Case does not matter. */
bool catalogue_has_family(const struct catalogue *catalogue, const char *family);

/*
 * The face of FAMILY in STYLE (letter/model's bits). False where the family is not installed, or has no such face
 * (nothing is made up: no slanted or emboldened stand-in). The path lives in ARENA.
 */
bool catalogue_find_family(const struct catalogue *catalogue, const char *family, unsigned style, struct arena *arena,
                           struct font_file *file);

/* The installed family whose name is nearest to FAMILY, for "did you mean"; NULL where none is near. Borrowed. */
const char *catalogue_nearest_family(const struct catalogue *catalogue, const char *family);

/*
 * The face to use for text that the letter's family has not got: one with all COUNT characters, in a style as near to
 * STYLE as there is, serif where there is one. The same answer on every run on the same machine. False where no
 * installed font has them all.
 */
bool catalogue_find_characters(const struct catalogue *catalogue, const uint32_t *codepoints, size_t count,
                               unsigned style, struct arena *arena, struct font_file *file);

/* FILE, which cannot be used after all, is not found again. */
void catalogue_reject(struct catalogue *catalogue, const struct font_file *file);

#endif
