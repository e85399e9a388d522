/*
 * Bulletins: what became of one letter on its way, said as the run goes on: a line of JSON, a remark, or a problem of its
 * row.
 */
#ifndef POSTBAG_COMMANDS_BULLETIN_H
#define POSTBAG_COMMANDS_BULLETIN_H

#include "base/arena.h"
#include "base/error.h"
#include "commands/leftover.h"
#include "commands/outbox.h"
#include "commands/report.h"
#include "delivery/channel.h"
#include "input/csv.h"
#include "input/person.h"
#include "record/ledger.h"

struct bulletin {
    const struct outbox *outbox;
    const struct person *person;
    const struct csv_row *cells;
    enum ledger_channel channel;
    enum ledger_state state;
    const struct answer *answer;
    const char *file; /* the path of what went, or may have gone; NULL: nothing */
};

/*
 * Says it. A row that was not done, or perhaps not, is added to LEFTOVER, if not NULL; fails only where that cannot be
 * written. To be called by one thread at a time. ARENA is for the words.
 */
int bulletin_issue(const struct bulletin *bulletin, const struct report *report, struct leftover *leftover,
                   struct arena *arena, struct error *error);

#endif
