/*
 * The census: a ledger comes in, and what is in it goes out, one letter or number at a time.
 */
#include <string.h>

#include "record/entry.h"
#include "record/ledger.h"
#include "record/store.h"

/*
 * What was never tried, of somebody whom the last list no longer had, is nothing that is left to do. (It is kept: they
 * may be in the next.)
 */
#define COUNTED_PERSON " person.roll = (SELECT roll FROM campaign)"
#define COUNTED " (letter.state <> 0 OR letter.attempts > 0 OR" COUNTED_PERSON ")"

static int count_letters(struct ledger *ledger, struct ledger_counts *counts, struct error *error) {
    static const char sql[] = "SELECT channel, state, count(*), min(changed_ms), max(changed_ms)"
                              " FROM letter JOIN person ON person.id = person WHERE" COUNTED " GROUP BY channel, state";
    struct statement *statement = store_statement(ledger, sql, error);
    int row = statement == NULL ? -1 : 1;
    while (row == 1 && (row = statement_step(statement, error)) == 1) {
        int64_t channel = statement_number(statement, 0), state = statement_number(statement, 1);
        int64_t first = statement_number(statement, 3), last = statement_number(statement, 4);
        if (channel < 0 || channel >= LEDGER_CHANNELS || state < 0 || state >= LEDGER_STATES)
            continue;
        counts->letters[channel][state] = (size_t)statement_number(statement, 2);
        if (state != LEDGER_SENT)
            continue;
        counts->first_ms = counts->first_ms == 0 || first < counts->first_ms ? first : counts->first_ms;
        counts->last_ms = last > counts->last_ms ? last : counts->last_ms;
    }
    return row;
}

int ledger_count(struct ledger *ledger, struct ledger_counts *counts, struct error *error) {
    struct ledger_counts counted = {0};
    int64_t forgotten = 0;
    if (ledger_flush(ledger, error) != 0)
        return -1;
    pthread_mutex_lock(&ledger->mutex);
    int result = count_letters(ledger, &counted, error);
    if (result == 0)
        result = store_number(ledger,
                              "SELECT min(due_ms) FROM letter JOIN person ON person.id = person"
                              " WHERE letter.state = 3 AND letter.held <> person.roll AND" COUNTED_PERSON,
                              &counted.due_ms, error);
    if (result == 0)
        result = store_number(ledger, "SELECT count(*) FROM person WHERE forgotten", &forgotten, error);
    pthread_mutex_unlock(&ledger->mutex);
    counted.forgotten = (size_t)forgotten;
    if (result == 0)
        *counts = counted;
    return result;
}

int ledger_count_roll(struct ledger *ledger, enum ledger_channel channel, size_t letters[LEDGER_STATES],
                      struct error *error) {
    static const char sql[] = "SELECT letter.state, count(*) FROM person JOIN letter ON letter.person = person.id"
                              " WHERE person.roll = ?1 AND channel = ?2 AND held <> ?1 GROUP BY letter.state";
    size_t counted[LEDGER_STATES] = {0};
    int row = -1;
    if (ledger_flush(ledger, error) != 0)
        return -1;
    pthread_mutex_lock(&ledger->mutex);
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement != NULL) {
        statement_bind_number(statement, 1, ledger->roll == 0 ? -1 : ledger->roll);
        statement_bind_number(statement, 2, channel);
        while ((row = statement_step(statement, error)) == 1) {
            int64_t state = statement_number(statement, 0);
            if (state >= 0 && state < LEDGER_STATES)
                counted[state] = (size_t)statement_number(statement, 1);
        }
    }
    pthread_mutex_unlock(&ledger->mutex);
    if (row == 0)
        memcpy(letters, counted, sizeof counted);
    return row;
}

/* The row that STATEMENT stands at, borrowed from it. */
static void read_item(struct statement *statement, struct ledger_item *item) {
    enum { NEXT = ENTRY_COLUMNS_COUNT };
    int64_t channel = statement_number(statement, NEXT + 3);
    *item = (struct ledger_item){
        .row = (unsigned)statement_number(statement, NEXT),
        .key = statement_text(statement, NEXT + 1),
        .recipient = statement_text(statement, NEXT + 2),
        .channel = channel >= 0 && channel < LEDGER_CHANNELS ? (enum ledger_channel)channel : LEDGER_EMAIL,
        .first_ms = statement_number(statement, NEXT + 4),
        .code = (int)statement_number(statement, NEXT + 5),
        .text = statement_text(statement, NEXT + 6),
    };
    entry_read(statement, NULL, &item->letter);
}

int ledger_each(struct ledger *ledger, enum ledger_state state, ledger_each_item each, void *context,
                struct error *error) {
    static const char sql[] =
        "SELECT " ENTRY_COLUMNS ", person.row, person.key, recipient, channel, first_ms, code, text"
        " FROM letter JOIN person ON person.id = person"
        " WHERE (?1 = ?2 OR letter.state = ?1) AND" COUNTED " ORDER BY person.row, letter.id";
    if (ledger_flush(ledger, error) != 0)
        return -1;
    pthread_mutex_lock(&ledger->mutex);
    struct statement *statement = store_statement(ledger, sql, error);
    int result = statement == NULL ? -1 : 0, row = 0;
    if (result == 0) {
        statement_bind_number(statement, 1, state);
        statement_bind_number(statement, 2, LEDGER_STATES);
    }
    while (result == 0 && (row = statement_step(statement, error)) == 1) {
        struct ledger_item item;
        read_item(statement, &item);
        result = each(context, &item, error);
    }
    if (row == 1)
        statement_reset(statement);
    pthread_mutex_unlock(&ledger->mutex);
    return row < 0 ? -1 : result;
}

int ledger_letter_of_row(struct ledger *ledger, enum ledger_channel channel, unsigned row, struct arena *arena,
                         struct ledger_letter *letter, struct error *error) {
    static const char sql[] = "SELECT " ENTRY_COLUMNS " FROM person CROSS JOIN letter ON letter.person = person.id"
                              " WHERE person.row = ?1 AND person.roll = ?2 AND channel = ?3 AND held <> ?2";
    int found = -1;
    pthread_mutex_lock(&ledger->mutex);
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement != NULL) {
        statement_bind_number(statement, 1, row);
        statement_bind_number(statement, 2, ledger->roll == 0 ? -1 : ledger->roll);
        statement_bind_number(statement, 3, channel);
        found = statement_step(statement, error);
        if (found == 1) {
            entry_read(statement, arena, letter);
            statement_reset(statement);
        }
    }
    pthread_mutex_unlock(&ledger->mutex);
    return found;
}
