/*
 * send: e-mails each letter, once.
 */
#include "commands/commands.h"
#include "commands/sending.h"

enum status send_command(const struct settings *settings, const struct report *report) {
    return sending_run(settings, LEDGER_EMAIL, report);
}
