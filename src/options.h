/*
 * The command line: argv to settings. The table of options is the source of the usage, too.
 */
#ifndef POSTBAG_OPTIONS_H
#define POSTBAG_OPTIONS_H

#include "base/arena.h"
#include "base/error.h"
#include "commands/settings.h"

/* Stands for "say how Postbag is used" and "say which version this is". */
enum options_wish { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION };

struct options {
    enum options_wish wish;
    const char *command;
    struct settings settings;
};

/*
 * Reads the command line into OPTIONS; options may stand before and behind the command. Whatever lives longer than
 * argv lives in ARENA. Errors have STATUS_USAGE.
 */
int options_read(struct options *options, int argc, char **argv, struct arena *arena, struct error *error);

/* Prints the usage; it fits a screen. */
void options_usage(void);

#endif
