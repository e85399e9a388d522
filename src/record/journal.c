/*
 * The journal: changes of many threads come in, and each goes out when it is on disk. The one idea, known as group
 * commit: whoever finds nobody writing takes everything that waits into one transaction, and one flush of the disk
 * serves them all; those who come meanwhile wait for the next.
 *
 * What cannot be written fails for the whole group, and nothing is recorded afterwards: a ledger that missed an
 * outcome must not be told of new letters.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "record/ledger.h"
#include "record/store.h"

enum { TEXT_MAX = 1024 }; /* bytes that are kept of what a server said */

struct store_waiting {
    struct ledger_change change;
    struct store_waiting *next;
    char *text; /* the change's own, of one that nobody waits for; it is freed, with its text, when it is written */
    bool awaited;
    bool done;
    int result;
    struct error *error;
};

/* The states, as bits, from which a letter may become STATE by what happens to it. See the drawing in the header. */
static int states_before(enum ledger_state state) {
    switch (state) {
    case LEDGER_SENDING:
        return 1 << LEDGER_READY | 1 << LEDGER_LATER;
    case LEDGER_LATER: /* also before its content began to go */
    case LEDGER_REFUSED:
        return 1 << LEDGER_READY | 1 << LEDGER_LATER | 1 << LEDGER_SENDING;
    case LEDGER_SENT:
    case LEDGER_UNSURE:
        return 1 << LEDGER_SENDING;
    case LEDGER_READY:
    case LEDGER_STATES:
        break;
    }
    return 0;
}

/* An attempt is counted when it begins: with `sending`, or with what came before that could be. */
static const char change_sql[] =
    "UPDATE letter SET state = ?2, changed_ms = ?3, due_ms = ?4, code = ?5, text = ?6,"
    " attempts = attempts + (state <> 1), first_ms = CASE WHEN first_ms = 0 THEN ?3 ELSE first_ms END,"
    " digest = coalesce(?7, digest), file = coalesce(?8, file)"
    " WHERE id = ?1 AND (?9 >> state) & 1";

static int apply(struct ledger *ledger, const struct ledger_change *change, struct error *error) {
    struct statement *statement = store_statement(ledger, change_sql, error);
    if (statement == NULL)
        return -1;
    const char *text = change->text == NULL ? "" : change->text;
    statement_bind_number(statement, 1, change->letter);
    statement_bind_number(statement, 2, change->state);
    statement_bind_number(statement, 3, change->now_ms);
    statement_bind_number(statement, 4, change->state == LEDGER_LATER ? change->due_ms : 0);
    statement_bind_number(statement, 5, change->code);
    statement_bind_text(statement, 6, text, text_cut(text, strlen(text), TEXT_MAX));
    statement_bind_bytes(statement, 7, change->digest == NULL ? NULL : change->digest->bytes, DIGEST_SIZE);
    statement_bind_text(statement, 8, change->file, change->file == NULL ? 0 : strlen(change->file));
    statement_bind_number(statement, 9, states_before(change->state));
    size_t changed = 0;
    if (store_finish(ledger, statement, &changed, error) != 0)
        return -1;
    assert(changed == 1);
    return 0;
}

static int write_group(struct ledger *ledger, const struct store_waiting *group, struct error *error) {
    pthread_mutex_lock(&ledger->mutex);
    assert(!ledger->rolling);
    int result = store_begin(ledger, error);
    if (result == 0) {
        for (; result == 0 && group != NULL; group = group->next)
            result = apply(ledger, &group->change, error);
        if (result == 0)
            result = store_commit(ledger, error);
        else
            store_roll_back(ledger);
    }
    pthread_mutex_unlock(&ledger->mutex);
    return result;
}

/* The queue's mutex is held, and is again on return. */
static void lead(struct ledger *ledger) {
    struct store_waiting *group = ledger->first;
    ledger->first = ledger->last = NULL;
    ledger->led = true;
    bool failed = ledger->failed;
    pthread_mutex_unlock(&ledger->queue_mutex);

    struct error error;
    int result = failed ? -1 : write_group(ledger, group, &error);

    pthread_mutex_lock(&ledger->queue_mutex);
    ledger->led = false;
    ledger->groups++;
    if (result != 0 && !ledger->failed) {
        ledger->failed = true;
        ledger->failure = error;
    }
    while (group != NULL) { /* whoever is done may be gone at once */
        struct store_waiting *next = group->next;
        if (!group->awaited) {
            free(group->text);
            free(group);
            group = next;
            continue;
        }
        group->result = result;
        if (result != 0)
            *group->error = ledger->failure;
        group->done = true;
        group = next;
    }
    pthread_cond_broadcast(&ledger->queue_moved);
}

/* The queue's mutex is held. */
static void enqueue(struct ledger *ledger, struct store_waiting *waiting) {
    if (ledger->last == NULL)
        ledger->first = waiting;
    else
        ledger->last->next = waiting;
    ledger->last = waiting;
}

/* What stands on this thread's stack is out of the queue before it returns. */
static int write_change(struct ledger *ledger, const struct ledger_change *change, struct error *error) {
    struct store_waiting own = {.change = *change, .awaited = true, .error = error};
    pthread_mutex_lock(&ledger->queue_mutex);
    enqueue(ledger, &own);
    while (!own.done) {
        if (ledger->led)
            pthread_cond_wait(&ledger->queue_moved, &ledger->queue_mutex);
        else
            lead(ledger);
    }
    pthread_mutex_unlock(&ledger->queue_mutex);
    return own.result;
}

/*
 * What is marked need not be waited for: it goes with the next change that is. Only where the machine itself ends in
 * between is it lost, and the letter unsure.
 */
static void write_soon(struct ledger *ledger, const struct ledger_change *change) {
    struct store_waiting *waiting = memory_alloc(1, sizeof *waiting);
    const char *text = change->text == NULL ? "" : change->text;
    *waiting = (struct store_waiting){.change = *change, .text = memory_copy(text, strlen(text))};
    waiting->change.text = waiting->text;
    pthread_mutex_lock(&ledger->queue_mutex);
    enqueue(ledger, waiting);
    pthread_mutex_unlock(&ledger->queue_mutex);
}

int ledger_flush(struct ledger *ledger, struct error *error) {
    pthread_mutex_lock(&ledger->queue_mutex);
    while (ledger->first != NULL || ledger->led) {
        if (ledger->led)
            pthread_cond_wait(&ledger->queue_moved, &ledger->queue_mutex);
        else
            lead(ledger);
    }
    int result = ledger->failed ? -1 : 0;
    if (result != 0)
        *error = ledger->failure;
    pthread_mutex_unlock(&ledger->queue_mutex);
    return result;
}

static int set_mark(struct ledger *ledger, int64_t letter, enum mark mark, struct error *error) {
    if (ledger->marks.descriptor < 0)
        return 0;
    return marks_write(&ledger->marks, letter, mark, ledger->path, error);
}

int ledger_begin(struct ledger *ledger, int64_t letter, struct error *error) {
    return set_mark(ledger, letter, MARK_GOING, error);
}

/*
 * The marks go before what they tell of: an old one is gone before `sending` is there to be read, and what the server said
 * is marked before it is written down.
 */
int ledger_record(struct ledger *ledger, const struct ledger_change *change, struct error *error) {
    struct error ignored;
    switch (change->state) {
    case LEDGER_SENDING:
        if (set_mark(ledger, change->letter, MARK_NONE, error) != 0)
            return -1;
        break;
    case LEDGER_SENT:
        if (ledger->marks.descriptor >= 0 && set_mark(ledger, change->letter, MARK_TAKEN, &ignored) == 0) {
            write_soon(ledger, change);
            return 0;
        }
        break;
    case LEDGER_LATER:
    case LEDGER_REFUSED: /* a mark that cannot be written (the disk is full) makes a letter unsure, no worse */
        set_mark(ledger, change->letter, MARK_REFUSED, &ignored);
        break;
    case LEDGER_READY:
    case LEDGER_UNSURE:
    case LEDGER_STATES:
        break;
    }
    return write_change(ledger, change, error);
}
