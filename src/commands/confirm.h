/*
 * The question before what cannot be taken back.
 */
#ifndef POSTBAG_COMMANDS_CONFIRM_H
#define POSTBAG_COMMANDS_CONFIRM_H

#include "base/error.h"
#include "commands/settings.h"

/* Whether the question could be asked, or need not be: else STATUS_USAGE. */
int confirm_may_ask(const struct settings *settings, struct error *error);

/*
 * Asks QUESTION on the terminal; only "yes" is a yes. 0: yes, or settings->yes. Else -1: STATUS_USAGE where nobody can be
 * asked, STATUS_INTERRUPTED where the answer was another, or Ctrl-C.
 */
int confirm_ask(const struct settings *settings, const char *question, struct error *error);

#endif
