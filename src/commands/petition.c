/*
 * petition: tells a petition of each letter, once.
 */
#include "commands/commands.h"
#include "commands/sending.h"

enum status petition_command(const struct settings *settings, const struct report *report) {
    return sending_run(settings, LEDGER_WEBHOOK, report);
}
