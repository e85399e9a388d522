/*
 * The questions that `write` asks where there is no list: who are you, and what do you want to add?
 */
#ifndef POSTBAG_COMMANDS_ASK_H
#define POSTBAG_COMMANDS_ASK_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "commands/settings.h"
#include "input/directory.h"

/* Whether to ask: nothing was given, and a person sits at a terminal. */
bool ask_is_due(const struct settings *settings);

/*
 * Asks name, address, postcode and a few words of one's own, then what else MODEL needs, and fills settings->given.
 * Who the MP (or other recipient, by ADDRESSING) is, is asked only where DIRECTORY (or NULL) does not know it. What was
 * typed lives in ARENA. End of input or Ctrl-C: STATUS_INTERRUPTED.
 */
int ask_who(struct settings *settings, const char *model, struct directory *directory,
            const struct addressing *addressing, struct arena *arena, struct error *error);

#endif
