/*
 * Translations: the file of a model letter in another language, beside the model's own: NAME.cy.md beside NAME.md.
 */
#ifndef POSTBAG_COMMANDS_TRANSLATION_H
#define POSTBAG_COMMANDS_TRANSLATION_H

#include <stdbool.h>

#include "base/arena.h"

/* The language that is not LANGUAGE: there are two, "en-GB" and "cy". */
const char *translation_language(const char *language);

/* What the file is called that holds the model letter PATH in LANGUAGE; it may not be there. Lives in ARENA. */
const char *translation_name(struct arena *arena, const char *path, const char *language);

/* The file that holds it, of either kind (.md, .txt), or NULL where there is none. Lives in ARENA. */
const char *translation_find(struct arena *arena, const char *path, const char *language);

/* Whether PATH is a translation by its name. */
bool translation_is_one(const char *path);

#endif
