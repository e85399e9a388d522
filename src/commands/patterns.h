/*
 * The patterns to hyphenate by, loaded once for a run, in the languages that its letters are in.
 */
#ifndef POSTBAG_COMMANDS_PATTERNS_H
#define POSTBAG_COMMANDS_PATTERNS_H

#include <stdbool.h>

#include "base/error.h"
#include "letter/hyphenation.h"

/* Zeroed: none are loaded. */
struct patterns {
    struct hyphenation *english, *welsh; /* NULL: not needed, or not to be had */
    bool english_tried, welsh_tried;
};

/*
 * Loads those of LANGUAGE ("en-GB", "cy"), unless they are. Letters can do without: that they are not to be had is added
 * to PROBLEMS as a note, once.
 */
void patterns_need(struct patterns *patterns, const char *language, struct problems *problems);
void patterns_release(struct patterns *patterns);

#endif
