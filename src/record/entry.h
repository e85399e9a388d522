/*
 * Entries: the rows of the table of letters, as structs. For the ledger's own files.
 */
#ifndef POSTBAG_RECORD_ENTRY_H
#define POSTBAG_RECORD_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/database.h"
#include "record/ledger.h"
#include "record/store.h"

/* Columns for entry_read, which must come first, and their number. */
#define ENTRY_COLUMNS                                                                                           \
    "letter.id, letter.state, letter.attempts, letter.due_ms, letter.changed_ms, letter.token, letter.digest, " \
    "letter.file"
enum { ENTRY_COLUMNS_COUNT = 8 };

/* From the row that STATEMENT stands at. Strings live in ARENA; NULL: in the row. */
void entry_read(struct statement *statement, struct arena *arena, struct ledger_letter *letter);

/* A letter as it stands, and to whom it is. */
struct entry {
    struct ledger_letter letter;
    struct store_mac seat;
    const char *recipient; /* "": it was erased */
};

/* Whether the letter is one that went, or may have. */
bool entry_is_gone(const struct entry *entry);

/* The letter of PERSON on CHANNEL. 1; 0: there is none. Strings live in ARENA. */
int entry_find(struct ledger *ledger, int64_t person, enum ledger_channel channel, struct arena *arena,
               struct entry *entry, struct error *error);

/* Adds a letter that is ready. Its token is made of MARK, what PERSON is best known by, and never changes. */
int entry_add(struct ledger *ledger, int64_t person, enum ledger_channel channel, const struct store_mac *mark,
              const struct store_mac *seat, const char *recipient, struct error *error);

/*
 * The letter is to be to RECIPIENT at SEAT. 0: it is now; one that had been tried with another recipient starts anew.
 * 1: it is to another, and gone: nothing is changed. -1.
 */
int entry_readdress(struct ledger *ledger, const struct entry *entry, const struct store_mac *seat,
                    const char *recipient, struct error *error);

/* In this roll nothing is done with the letter. */
int entry_hold(struct ledger *ledger, int64_t letter, struct error *error);

#endif
