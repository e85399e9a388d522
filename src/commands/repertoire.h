/*
 * The repertoire of a run: every character that will be printed is shown to the fonts, and those that no installed font
 * has are reported where they stand, with what would bring one.
 */
#ifndef POSTBAG_COMMANDS_REPERTOIRE_H
#define POSTBAG_COMMANDS_REPERTOIRE_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "input/people.h"
#include "letter/font.h"
#include "letter/merge.h"
#include "letter/model.h"

/* The model's own text; what no font has is an error at its block. */
void repertoire_use_model(struct font *font, const struct model *model, struct problems *problems);

/*
 * What is LETTER's own, and no part of the model. What no font has is an error at its cell, without a file: "the name:
 * no font has Ẃ (U+1E82)".
 */
void repertoire_use_letter(struct font *font, const struct people *people, const struct letter *letter,
                           struct problems *problems);

/* Appends to OUT "no font has Ẃ (U+1E82); the Debian package fonts-… brings one: …". */
void repertoire_add_missing(struct str *out, uint32_t codepoint);

#endif
