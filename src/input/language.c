/*
 * Languages: a name comes in, the language's tag (RFC 5646) goes out. Names are compared as those of fields are.
 */
#include "input/language.h"

#include <string.h>

#include "base/str.h"
#include "input/field.h"

static const char english[] = "en-GB", welsh[] = "cy";

static const struct {
    const char *key, *language;
} names[] = {
    {"engb", english},
    {"en", english},
    {"eng", english},
    {"english", english},
    {"ukenglish", english},
    {"saesneg", english},
    {"britishenglish", english},
    {"cy", welsh},
    {"cygb", welsh},
    {"cym", welsh},
    {"wel", welsh},
    {"welsh", welsh},
    {"cymraeg", welsh},
    {"cymraegwelsh", welsh},
    {"welshcymraeg", welsh},
    {"ynggymraeg", welsh},
    {"saesnegenglish", english},
    {"englishsaesneg", english},
    {"ynsaesneg", english},
};

const char *language_named(const char *name, size_t length) {
    const char *found = NULL;
    struct str key = STR_EMPTY;
    field_key(&key, name, length);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].key, key.bytes) == 0)
            found = names[i].language;
    str_release(&key);
    return found;
}

const char *language_shown(const char *language) {
    return strncmp(language, welsh, 2) == 0 ? "Welsh" : "English";
}
