/*
 * The desk: what the commands about what was sent begin with. A campaign's name, its folder and its ledger, without the
 * model letter and the list, which may be gone by then.
 */
#ifndef POSTBAG_COMMANDS_DESK_H
#define POSTBAG_COMMANDS_DESK_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "commands/report.h"
#include "commands/settings.h"
#include "input/config.h"
#include "record/ledger.h"

struct desk {
    struct arena arena; /* lives as long as the desk */
    struct config config;
    const char *name;      /* campaign.name, or the model's file name without its suffix */
    const char *directory; /* out/NAME */
    const char *path;      /* the ledger's */
    struct ledger *ledger; /* NULL: nothing was sent yet, so there is none */
    int64_t now_ms;
};

/* Opens the ledger in MODE if there is one; none is made. desk_close it also where this fails. */
int desk_open(struct desk *desk, const struct settings *settings, enum ledger_mode mode, struct error *error);
void desk_close(struct desk *desk);

/* Makes the ledger where there is none yet. */
int desk_make_ledger(struct desk *desk, struct error *error);

/* Where the bytes of a letter are that the ledger calls FILE: in the desk's arena. */
const char *desk_sent_path(struct desk *desk, const char *file);

/*
 * What people call a state: "sent", "to be sent", "will be tried again", "not accepted", "may have been sent", "being
 * sent".
 */
const char *desk_state_words(enum ledger_state state);

#endif
