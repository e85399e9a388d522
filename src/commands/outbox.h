/*
 * The outbox: what of a campaign is to be sent, to whom, and what was sent already.
 *
 * It looks at each row of the first pass (campaign_check): does the member agree, do the addresses serve, who is this
 * in the ledger. What it finds wrong is a problem of the row. Between outbox_open and outbox_settle the campaign is
 * checked; the ledger is as it was until outbox_commit.
 */
#ifndef POSTBAG_COMMANDS_OUTBOX_H
#define POSTBAG_COMMANDS_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/table.h"
#include "commands/campaign.h"
#include "commands/leftover.h"
#include "commands/report.h"
#include "commands/settings.h"
#include "delivery/endpoint.h"
#include "delivery/parcel.h"
#include "delivery/petition.h"
#include "record/ledger.h"

enum { OUTBOX_SHOWN = 3 };

/* A row that is held because of somebody else of the ledger. */
struct outbox_held {
    unsigned row;
    const char *reason;
};

struct outbox {
    struct campaign *campaign;
    enum ledger_channel channel;   /* LEDGER_EMAIL or LEDGER_WEBHOOK */
    enum parcel_kind kind;         /* of an e-mail */
    struct endpoint endpoint;      /* of a petition … */
    struct petition_fields fields; /* … and what it is told */
    const char *ledger_path;
    struct ledger *ledger;
    struct ledger_inputs inputs;
    int consent;    /* the number of the column that says whether a letter may go; -1: none is asked for */
    bool copies;    /* of what goes to the MP, for the member */
    bool rehearsal; /* everything goes to smtp.rehearsal, and nothing is recorded */
    bool
        lenient; /* only to show e-mails: a row that could not be sent just has none; only who was forgotten is a problem */

    size_t wanted[LEDGER_STATES]; /* rows that are wanted, by what their letter was before this run */
    size_t taken;                 /* letters that are to go, of the rows that are wanted */
    struct table recipients;      /* of these */
    size_t unanswerable;          /* to MPs, from members who have no e-mail address */
    const char *shown[OUTBOX_SHOWN];
    size_t shown_count;
    struct outbox_held *held;
    size_t held_count;
    size_t held_room;
    size_t letters[LEDGER_STATES]; /* of the rows of the list, after outbox_settle */
    size_t copies_left;            /* of rows that are wanted, where only the copy is still to go */
};

/* Whether the configuration says enough to make the e-mails: for preview, and for check to look at addresses, too. */
bool outbox_is_configured(const struct config *config, enum ledger_channel channel);

/* Whether it says enough to send them; the error names what is missing, and what to choose from. */
int outbox_demand(const struct config *config, enum ledger_channel channel, struct error *error);

/* Where the ledger of CAMPAIGN is: in its arena. */
const char *outbox_ledger_path(struct campaign *campaign);

/*
 * For what is only printed: makes people who were forgotten a problem of their rows. *LEDGER, which CAMPAIGN's inspection
 * then borrows, stays NULL where there is none yet: nobody needs one to print letters.
 */
int outbox_watch_forgotten(struct campaign *campaign, struct ledger **ledger, struct error *error);

/*
 * Opens the ledger of CAMPAIGN, which was opened and is borrowed, and puts itself into its inspection. outbox_close it
 * also where this fails.
 */
enum outbox_use {
    OUTBOX_SEND,
    OUTBOX_CHECK, /* only to find what is wrong */
    OUTBOX_SHOW,  /* only to show e-mails: with the Message-IDs that they will have, so the ledger is made, empty */
};
int outbox_open(struct outbox *outbox, struct campaign *campaign, const struct settings *settings,
                enum ledger_channel channel, enum outbox_use use, struct error *error);
void outbox_close(struct outbox *outbox);

/*
 * After campaign_check: holds rows back that may be somebody whom the ledger knows (each reported, and handed to
 * LEFTOVER if not NULL), and counts what is to go.
 */
int outbox_settle(struct outbox *outbox, const struct settings *settings, const struct report *report,
                  struct leftover *leftover, struct error *error);

/*
 * What tells the seat of PERSON's MP apart: the constituency; where that is not known, the MP's own name. Other
 * recipients are known by their names: a constituency may have several, or none.
 */
const char *outbox_seat(const struct person *person);

/* What status calls the recipient of PERSON's letter by CHANNEL: "Ann Invented MP", "petition.example". */
const char *outbox_recipient(const struct outbox *outbox, enum ledger_channel channel, const struct person *person,
                             struct arena *arena);

/* How many letters could go now or later. */
size_t outbox_left(const struct outbox *outbox);

/* Makes what the ledger has learnt of the rows lasting. */
int outbox_commit(struct outbox *outbox, struct error *error);

/* Packs LETTER with its PDF for OUTBOX's destination, or as the copy; the addresses live in ARENA. */
struct outbox_packing {
    const struct letter *letter;
    const struct str *pdf;
    const char *token;
    int64_t time_ms;
    bool copy;
};
int outbox_pack(const struct outbox *outbox, const struct outbox_packing *packing, struct parcel *parcel,
                struct arena *arena, struct error *error);

#endif
