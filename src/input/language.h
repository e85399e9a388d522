/*
 * The languages of letters: what people call them, and what a letter's file and its PDF do.
 */
#ifndef POSTBAG_INPUT_LANGUAGE_H
#define POSTBAG_INPUT_LANGUAGE_H

#include <stddef.h>

/* "en-GB" or "cy" for NAME as people write it ("Welsh", "Cymraeg", "cy"), or NULL: no letter is written in that. */
const char *language_named(const char *name, size_t length);

/* "English", "Welsh". */
const char *language_shown(const char *language);

#endif
