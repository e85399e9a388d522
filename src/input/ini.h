/*
 * An INI file as settings, each with its line. Alone includes ini.h of inih.
 *
 * Debian's inih cuts lines at 200 bytes and values at " ;", joins indented lines to those above, and says no line
 * numbers. Lines that it would read in another way than they look are refused before it sees them.
 */
#ifndef POSTBAG_INPUT_INI_H
#define POSTBAG_INPUT_INI_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

enum {
    INI_FILE_MAX = 64 * 1024, /* bytes of a file */
    INI_LINE_MAX = 197,       /* bytes of a line: inih's 200 with its end of line */
};

struct ini_setting {
    const char *section;
    const char *key;    /* NULL: the section begins here */
    const char *value;  /* NULL where key is */
    struct place place; /* of the section's or the key's name */
    unsigned value_column;
    const char *source; /* the whole line */
};

/*
 * Reads PATH and gives each section and setting to TAKE, in order, up to the first error, which is filled with its
 * place and line. Everything lives in ARENA.
 */
int ini_read(const char *path, int (*take)(void *context, const struct ini_setting *setting, struct error *error),
             void *context, struct arena *arena, struct error *error);

#endif
