/*
 * The dispatch: the letters of an outbox go out, each once, as many at a time as the carrier takes.
 *
 * Each letter is made, packed, and handed to the server by one thread; before its content begins to go the ledger says
 * `sending`, and the bytes are in out/NAME/sent/KEY.eml (KEY.http for a petition). What is to be tried again later is
 * waited for, unless settings->no_wait. Ctrl-C finishes the messages in hand.
 */
#ifndef POSTBAG_COMMANDS_DISPATCH_H
#define POSTBAG_COMMANDS_DISPATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "commands/leftover.h"
#include "commands/outbox.h"
#include "commands/report.h"
#include "commands/carrier.h"
#include "commands/settings.h"

struct dispatch_result {
    size_t now[LEDGER_STATES]; /* what the letters of this run became; of a rehearsal, SENT counts what was rehearsed */
    int64_t next_ms;           /* wall clock: when to run again for what is left; 0: nothing waits */
};

/*
 * Sends what OUTBOX, committed, has to send. Rows that were not accepted, or may have been sent, are handed to LEFTOVER,
 * if not NULL. Errors are those that stop a campaign: LATER, NOT_PERMITTED, UNAVAILABLE, INTERRUPTED, PARTLY (ten refused
 * alike), and what cannot be written. RESULT is filled also then.
 */
int dispatch_run(struct outbox *outbox, const struct settings *settings, const struct report *report,
                 struct leftover *leftover, struct carrier *carrier, struct dispatch_result *result,
                 struct error *error);

#endif
