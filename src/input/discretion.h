/*
 * Discretion: settings that may hold a secret. A password does not belong in the configuration; where one stands there
 * all the same, no message shows it.
 */
#ifndef POSTBAG_INPUT_DISCRETION_H
#define POSTBAG_INPUT_DISCRETION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

/* Whether KEY is what people look for to put a password or another secret into. */
bool discretion_is_password(const char *key);

/* Whether the setting TEXT, "KEY = VALUE" or "SECTION.KEY=VALUE", may hold a secret: by its key, or as a URL with a
 * password in it. ARENA is for working in. */
bool discretion_covers(const char *text, struct arena *arena);

/* What to do with a password, which is no setting: fills ERROR and returns -1. */
int discretion_refuse(const char *section, struct place place, struct error *error);

#endif
