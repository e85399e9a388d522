/*
 * Patterns: the languages of a run's letters come in, what hyphenates them goes out, or a note of why nothing does.
 */
#include "commands/patterns.h"

#include <string.h>

void patterns_need(struct patterns *patterns, const char *language, struct problems *problems) {
    bool welsh = strcmp(language, "cy") == 0;
    bool *tried = welsh ? &patterns->welsh_tried : &patterns->english_tried;
    struct error error;
    if (*tried)
        return;
    *tried = true;
    if (hyphenation_open(welsh ? &patterns->welsh : &patterns->english, welsh ? "cy" : "en-GB", &error) != 0)
        problems_add(problems, SEVERITY_NOTE, error.place, "no word is parted at the end of a line: %s", error.message);
}

void patterns_release(struct patterns *patterns) {
    hyphenation_free(patterns->english);
    hyphenation_free(patterns->welsh);
    *patterns = (struct patterns){.english = NULL};
}
