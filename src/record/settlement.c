/*
 * Settlement: what the secretary knows comes in (it arrived, it was posted, try it again), and letters change. The one
 * idea: of a person's letters those change that can, and only where none can is it an error, which says why.
 */
#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "record/acquaintance.h"
#include "record/ledger.h"
#include "record/reunion.h"
#include "record/store.h"

enum { ANY_PERSON = 0 };

/* As messages name a state. */
static const char *said(enum ledger_state state) {
    static const char *const names[LEDGER_STATES] = {
        [LEDGER_READY] = "is to be sent already",
        [LEDGER_SENDING] = "is being sent",
        [LEDGER_SENT] = "was sent",
        [LEDGER_LATER] = "will be tried again by itself",
        [LEDGER_REFUSED] = "was not accepted",
        [LEDGER_UNSURE] = "may have been sent",
    };
    return names[state];
}

/*
 * Makes letters of PERSON in one of STATES (bits) STATE. What was never tried can have been posted on paper, but not to a
 * petition.
 */
static int change(struct ledger *ledger, int64_t person, int states, enum ledger_state state, int64_t now_ms,
                  size_t *count, struct error *error) {
    static const char sql[] = "UPDATE letter SET state = ?2, changed_ms = ?3, due_ms = 0, code = 0, text = ?4"
                              " WHERE (person = ?1 OR ?1 = 0) AND (?5 >> state) & 1 AND (state <> 0 OR channel <> 2)";
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    const char *text = state == LEDGER_SENT ? "settled by hand" : "";
    statement_bind_number(statement, 1, person);
    statement_bind_number(statement, 2, state);
    statement_bind_number(statement, 3, now_ms);
    statement_bind_text(statement, 4, text, strlen(text));
    statement_bind_number(statement, 5, states);
    return store_finish(ledger, statement, count, error);
}

/* Why none of the letters of WHO could change: by the state of the first. */
static int explain(struct ledger *ledger, const struct acquaintance *who, enum ledger_state wanted,
                   struct error *error) {
    struct statement *statement =
        store_statement(ledger, "SELECT state FROM letter WHERE person = ?1 ORDER BY channel LIMIT 1", error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, who->id);
    int row = statement_step(statement, error);
    if (row < 0)
        return -1;
    if (row == 0)
        return error_set(error, STATUS_DATA, "there is no letter of %s", who->key);
    int64_t state = statement_number(statement, 0);
    statement_reset(statement);
    if (state < 0 || state >= LEDGER_STATES)
        return error_set(error, STATUS_DATA, "%s is damaged", ledger->path);
    return error_set(error, STATUS_DATA, "the letter of %s %s: it cannot be made \"%s\"", who->key,
                     said((enum ledger_state)state), ledger_state_name(wanted));
}

static int resolve(struct ledger *ledger, const char *key, enum ledger_state state, int64_t now_ms, size_t *count,
                   struct error *error) {
    const int unsure = 1 << LEDGER_UNSURE, refused = 1 << LEDGER_REFUSED;
    const int undone = 1 << LEDGER_READY | 1 << LEDGER_LATER | refused;
    bool ready = state == LEDGER_READY;
    struct acquaintance who;
    if (strcmp(key, "all") == 0 && ready)
        return change(ledger, ANY_PERSON, refused, state, now_ms, count, error);
    int known = acquaintance_of_key(ledger, key, &who, error);
    if (known < 0)
        return -1;
    if (known == 0 && ready)
        return reunion_release(ledger, key, error);
    if (known == 0)
        return error_set(error, STATUS_DATA,
                         "the ledger knows no letter of %s; postbag status --rows all shows them all", key);
    /* What may have gone is settled by itself: the copy for the member is not sent with it. */
    if (change(ledger, who.id, ready ? unsure | refused : unsure, state, now_ms, count, error) != 0)
        return -1;
    if (*count == 0 && !ready && change(ledger, who.id, undone, state, now_ms, count, error) != 0)
        return -1;
    return *count > 0 ? 0 : explain(ledger, &who, state, error);
}

int ledger_resolve(struct ledger *ledger, const char *key, enum ledger_state state, int64_t now_ms, size_t *count,
                   struct error *error) {
    size_t changed = 0;
    assert(state == LEDGER_SENT || state == LEDGER_READY);
    if (ledger_flush(ledger, error) != 0)
        return -1;
    pthread_mutex_lock(&ledger->mutex);
    assert(!ledger->rolling);
    int result = store_begin(ledger, error);
    if (result == 0) {
        result = resolve(ledger, key, state, now_ms, &changed, error);
        if (result == 0)
            result = store_commit(ledger, error);
        else
            store_roll_back(ledger);
    }
    pthread_mutex_unlock(&ledger->mutex);
    if (result == 0)
        *count = changed;
    return result;
}
