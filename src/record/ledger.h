/*
 * The ledger: what was made and what was sent, with what result, so that each letter goes once and only once.
 *
 * One SQLite file for a campaign (WAL, synchronous=FULL). A letter is identified by constituent, recipient and
 * channel; a constituent by every one of: membership number; name and postcode; name and e-mail address. Of these only
 * an HMAC under a random key of the campaign is kept, and it outlives `forget`.
 *
 *     ready ──► sending ──► sent
 *       ▲ ▲        ├──────► refused      not accepted; `resolve` makes it ready again
 *       │ └────────┼─────── later        will be tried again from due_ms on
 *       │          └──────► unsure       may have been sent
 *       └── (resolve, --resend-unsure)
 *
 * What is refused before its content began goes from ready or later straight to later or refused: that is an attempt,
 * too. `sending` is on disk before the first byte that could deliver the letter. What is found in `sending` when a
 * ledger is opened for writing was cut off there, and becomes unsure; only where its mark (record/mark) knows that its
 * content had not begun to go, ready, and where the server had taken it, sent. One process at a time holds a ledger for
 * writing, by a lock that dies with it; others may read meanwhile. Times are wall-clock milliseconds.
 *
 * Errors: INPUT_OUTPUT (a full disk says so), CANNOT_CREATE, NO_INPUT (there is none), LATER (another process holds
 * it), DATA (no ledger, or of a newer Postbag).
 */
#ifndef POSTBAG_RECORD_LEDGER_H
#define POSTBAG_RECORD_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "input/person.h"

struct ledger;

enum ledger_mode {
    LEDGER_READ,  /* must exist */
    LEDGER_PEEK,  /* like READ, but where there is none, an empty one in memory, with a key of its own: for previews */
    LEDGER_WRITE, /* must exist; locked; what was cut off becomes unsure */
    LEDGER_SEND,  /* like WRITE, but made if missing */
};

enum ledger_state {
    LEDGER_READY,
    LEDGER_SENDING,
    LEDGER_SENT,
    LEDGER_LATER,
    LEDGER_REFUSED,
    LEDGER_UNSURE,
    LEDGER_STATES,
};

enum ledger_channel { LEDGER_EMAIL, LEDGER_COPY, LEDGER_WEBHOOK, LEDGER_CHANNELS };

/* "ready", "sending", …; "e-mail", "copy", "petition". And back: -1 where there is no such state. */
const char *ledger_state_name(enum ledger_state state);
const char *ledger_channel_name(enum ledger_channel channel);
int ledger_state_named(const char *name);

/* NAME.ledger beside the directory OUT is in (the configuration's folder), in ARENA. */
const char *ledger_path(struct arena *arena, const char *folder, const char *campaign);

int ledger_open(struct ledger **ledger, const char *path, enum ledger_mode mode, int64_t now_ms, struct error *error);
void ledger_close(struct ledger *ledger); /* NULL does nothing */

/* How many letters were found cut off when it was opened for writing, and are unsure now. */
size_t ledger_cut_off(const struct ledger *ledger);

/*
 * What the campaign is made of: remembers the digests of model and list, and says whether either was another when the
 * last run began. Part of the roll's transaction.
 */
struct ledger_inputs {
    bool known; /* there was an earlier run */
    bool model_changed;
    bool list_changed;
};
int ledger_note_inputs(struct ledger *ledger, const struct digest *model, const struct digest *list,
                       struct ledger_inputs *inputs, struct error *error);

/* A letter as the roll finds or makes it. */
struct ledger_letter {
    int64_t id; /* 0: none (a person held) */
    enum ledger_state state;
    unsigned attempts;
    int64_t due_ms;     /* LATER: not before */
    int64_t changed_ms; /* of the state */
    const char *token;  /* 32 hexadecimal digits, the same for ever: its Message-ID is made of it */
    bool made;          /* bytes were made for it: their digest, and the file's name where they were put */
    struct digest digest;
    const char *file;
};

/*
 * The roll: who the rows of the list are. Between begin and commit (or abandon, which leaves the ledger as it was)
 * every row that can be written is met once per channel, in the order of the list.
 *
 * ledger_meet adds to PROBLEMS, with FILE as their place's, why a row is held and must not be sent: its identities
 * lead to two different persons, or to nobody (no number, postcode or address), another row of the list is the same
 * person, the person was forgotten, a letter to another recipient went in this person's name. Then LETTER's id is 0.
 * After ledger_roll_settle LETTER may be out of date: ask ledger_letter_of_row. RECIPIENT is shown in status; SEAT
 * identifies it: the constituency, or the recipient's name where that is not known.
 */
struct ledger_meeting {
    const struct person *person;
    enum ledger_channel channel;
    const char *recipient; /* "Ann Invented MP" */
    const char *seat;
    const char *file; /* the list's path, or NULL */
};
int ledger_roll_begin(struct ledger *ledger, int64_t now_ms, struct error *error);
int ledger_meet(struct ledger *ledger, const struct ledger_meeting *meeting, struct ledger_letter *letter,
                struct arena *arena, struct problems *problems, struct error *error);

/*
 * After the last row: persons who are new although somebody of the ledger, who is in the list no more, shares their
 * postcode and e-mail address, or postcode and row, with a name spelled nearly the same, are that somebody (a name was
 * mended); with quite another name they are held, and HELD is called for each, in the order of rows. `resolve KEY
 * ready` says that they are somebody else. KEY: of the earlier person, "" where that one was forgotten or purged. HELD
 * must not call the ledger.
 */
typedef int (*ledger_held)(void *context, unsigned row, const char *key, enum ledger_state state, int64_t when_ms,
                           struct error *error);
int ledger_roll_settle(struct ledger *ledger, ledger_held held, void *context, struct error *error);
int ledger_roll_commit(struct ledger *ledger, struct error *error);
void ledger_roll_abandon(struct ledger *ledger); /* does nothing where none was begun */

/* The letter of ROW of the roll. 1; 0: it has none (was not met, or is held). Its strings live in ARENA. Any thread. */
int ledger_letter_of_row(struct ledger *ledger, enum ledger_channel channel, unsigned row, struct arena *arena,
                         struct ledger_letter *letter, struct error *error);

/*
 * What a letter becomes. On return it is on disk; only that a server has taken a letter is marked (record/mark) on return,
 * and on disk with the next change. Changes of threads that come together share one flush. A change that the drawing
 * above does not allow is our mistake (assert).
 */
struct ledger_change {
    int64_t letter;
    enum ledger_state state;
    int64_t now_ms;
    int64_t due_ms;              /* LATER */
    int code;                    /* the server's, or 0 */
    const char *text;            /* what the server said, or what went wrong; NULL: nothing */
    const struct digest *digest; /* SENDING: of the bytes that go, and the file that holds them; else NULL */
    const char *file;
};
int ledger_record(struct ledger *ledger, const struct ledger_change *change, struct error *error);

/* The content of a letter in `sending` is about to go: marked, not on disk. Until then a kill leaves it unsent for sure. */
int ledger_begin(struct ledger *ledger, int64_t letter, struct error *error);

/* Waits until everything that was recorded is on disk. Before the ledger is asked what is in it, and before a long wait. */
int ledger_flush(struct ledger *ledger, struct error *error);

/* What is in it. Letters that were never tried, of rows that the last list no longer had, are not counted. */
struct ledger_counts {
    size_t letters[LEDGER_CHANNELS][LEDGER_STATES];
    int64_t first_ms; /* of the earliest and latest letter sent; 0: none was */
    int64_t last_ms;
    int64_t due_ms; /* when the first of those for later, and in the last list, is due; 0: there is none */
    size_t forgotten;
};
int ledger_count(struct ledger *ledger, struct ledger_counts *counts, struct error *error);

/* The letters of CHANNEL of the rows of this run's roll, by state. */
int ledger_count_roll(struct ledger *ledger, enum ledger_channel channel, size_t letters[LEDGER_STATES],
                      struct error *error);

struct ledger_item {
    unsigned row;
    const char *key; /* "" where it was forgotten or purged */
    const char *recipient;
    enum ledger_channel channel;
    struct ledger_letter letter;
    int64_t first_ms; /* of the first attempt; 0: none */
    int code;
    const char *text;
};

/*
 * Calls EACH for every letter counted in STATE (LEDGER_STATES: any), in the order of rows; ends where it returns not
 * 0, and returns that. EACH must not call the ledger; strings are borrowed for the call.
 */
typedef int (*ledger_each_item)(void *context, const struct ledger_item *item, struct error *error);
int ledger_each(struct ledger *ledger, enum ledger_state state, ledger_each_item each, void *context,
                struct error *error);

/*
 * Settles the letters of KEY by hand: unsure, refused, later or ready to sent (also: posted on paper; where any is
 * unsure only those are); unsure or refused to ready. "all" with ready: every one that was refused. An unknown KEY
 * with ready: remembered, so that the row of that key is held no more as somebody else of the same postcode. *COUNT:
 * letters changed. Errors have STATUS_DATA and say what state a letter is in that cannot become STATE.
 */
int ledger_resolve(struct ledger *ledger, const char *key, enum ledger_state state, int64_t now_ms, size_t *count,
                   struct error *error);

/* Makes the unsure letters of the roll's rows on CHANNEL ready again, for --resend-unsure. Anywhere within the roll. */
int ledger_resend_unsure(struct ledger *ledger, enum ledger_channel channel, int64_t now_ms, struct error *error);

/*
 * Forgets the person whom WHO names: a key, a name, an e-mail address or a membership number. Keys, recipients,
 * answers and file names are erased for good (secure_delete, and the file is rewritten); HMACs and states stay. Each
 * file's name and key is handed to ERASE first (FILE "", once, where there is none). 0 persons, or several (whose keys
 * the error names): STATUS_DATA. STATUS_LATER: it is done, but somebody is reading the ledger, and the file will be
 * rewritten when it is next opened for writing. Letters of theirs that had not gone are no more.
 */
typedef int (*ledger_erase)(void *context, const char *key, const char *file, struct error *error);
int ledger_forget(struct ledger *ledger, const char *who, int64_t now_ms, ledger_erase erase, void *context,
                  struct error *error);

/*
 * The same for every person of whom nothing was changed since BEFORE_MS and nothing is left to do, or who was not in
 * any list since. They are not forgotten: a row that is one of them again is known, and what was sent stays sent.
 * *COUNT: persons.
 */
int ledger_purge(struct ledger *ledger, int64_t before_ms, ledger_erase erase, void *context, size_t *count,
                 struct error *error);

/* Whether PERSON was forgotten: for `write`, which asks before it prints. */
int ledger_is_forgotten(struct ledger *ledger, const struct person *person, bool *forgotten, struct error *error);

/* What is sent of a person's identity: 32 hexadecimal digits made of KIND and TOKEN under the campaign's key. */
enum { LEDGER_TOKEN_MAX = 33 };
void ledger_derive(const struct ledger *ledger, const char *kind, const char *token, char derived[LEDGER_TOKEN_MAX]);

#endif
