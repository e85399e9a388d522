/*
 * The story that send and petition share: check, show, ask, send, sum up.
 */
#ifndef POSTBAG_COMMANDS_SENDING_H
#define POSTBAG_COMMANDS_SENDING_H

#include "base/error.h"
#include "commands/report.h"
#include "commands/settings.h"
#include "record/ledger.h"

/* Sends every letter that is left to go by CHANNEL (LEDGER_EMAIL or LEDGER_WEBHOOK). Has reported what went wrong. */
enum status sending_run(const struct settings *settings, enum ledger_channel channel, const struct report *report);

#endif
