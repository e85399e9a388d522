/*
 * The fonts of this machine: finds files by family name, and by the characters they have. Alone includes fontconfig.
 * Only scalable fonts with outlines, no colour or bitmap fonts.
 */
#ifndef POSTBAG_LETTER_CATALOGUE_H
#define POSTBAG_LETTER_CATALOGUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct catalogue;

struct font_file {
    const char *path;
    unsigned index; /* of the face in a collection (.ttc) */
};

int catalogue_open(struct catalogue **catalogue, struct error *error);
void catalogue_close(struct catalogue *catalogue);

/*
 * The face of FAMILY in STYLE (letter/model's bits). False where the family is not installed, or has no such face
 * (nothing is made up: no slanted or emboldened stand-in). The path lives in ARENA.
 */
bool catalogue_find_family(struct catalogue *catalogue, const char *family, unsigned style, struct arena *arena,
                           struct font_file *file);

/*
 * The face to use for CODEPOINT where the letter's family has not got it, in a style as near to STYLE as there is,
 * serif where there is one. The same answer on every run on the same machine. False where no installed font has it.
 */
bool catalogue_find_character(struct catalogue *catalogue, uint32_t codepoint, unsigned style, struct arena *arena,
                              struct font_file *file);

#endif
