/*
 * The ledger: a path comes in, and a ledger that is locked, whole and of the newest version goes out. The one idea:
 * the lock is taken before SQLite opens the file, so that what is found half done in it was left by somebody who is
 * gone.
 *
 * What is done with an open ledger stands in roll (who the rows are), journal (what becomes of letters), census
 * (what is in it), settlement (what the secretary decides) and erasure.
 */
#include "record/ledger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "record/schema.h"
#include "record/store.h"

static const char *const states[LEDGER_STATES] = {"ready", "sending", "sent", "later", "refused", "unsure"};
static const char *const channels[LEDGER_CHANNELS] = {"e-mail", "copy", "petition"};

const char *ledger_state_name(enum ledger_state state) {
    return states[state];
}

const char *ledger_channel_name(enum ledger_channel channel) {
    return channels[channel];
}

int ledger_state_named(const char *name) {
    for (int i = 0; i < LEDGER_STATES; i++)
        if (strcmp(states[i], name) == 0)
            return i;
    return -1;
}

const char *ledger_path(struct arena *arena, const char *folder, const char *campaign) {
    return file_join(arena, folder, arena_printf(arena, "%s.ledger", campaign));
}

/* flock(2) dies with the process, and SQLite, which uses fcntl(2), does not see it. */
static int take_lock(struct ledger *ledger, enum ledger_mode mode, struct error *error) {
    int flags = O_RDWR | O_CLOEXEC | (mode == LEDGER_SEND ? O_CREAT : 0);
    ledger->lock = open(ledger->path, flags, 0600);
    if (ledger->lock < 0 && errno == ENOENT && mode != LEDGER_SEND)
        return error_set(error, STATUS_NO_INPUT, "there is no %s: nothing was sent yet", ledger->path);
    if (ledger->lock < 0 && (errno == ENOSPC || errno == EDQUOT))
        return error_set(error, STATUS_INPUT_OUTPUT, "%s cannot be written: the disk is full", ledger->path);
    if (ledger->lock < 0)
        return error_set(error, STATUS_CANNOT_CREATE, "%s cannot be written: %s", ledger->path, strerror(errno));
    if (flock(ledger->lock, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == EWOULDBLOCK)
        return error_set(error, STATUS_LATER, "another Postbag is at work on %s; wait until it has ended",
                         ledger->path);
    return error_set(error, STATUS_CANNOT_CREATE, "%s cannot be locked: %s", ledger->path, strerror(errno));
}

/* What a damaged ledger says of the past cannot be relied on: a lost identity would be written for twice. */
static int check_whole(struct ledger *ledger, struct error *error) {
    struct statement *statement = store_statement(ledger, "PRAGMA integrity_check(1)", error);
    if (statement == NULL)
        return -1;
    int row = statement_step(statement, error);
    bool whole = row == 1 && strcmp(statement_text(statement, 0), "ok") == 0;
    if (row == 1)
        statement_reset(statement);
    if (row < 0)
        return -1;
    return whole ? 0 : error_set(error, STATUS_DATA, "%s is damaged", ledger->path);
}

static int load_key(struct ledger *ledger, struct error *error) {
    struct statement *statement = store_statement(ledger, "SELECT key FROM campaign WHERE one = 1", error);
    if (statement == NULL)
        return -1;
    int row = statement_step(statement, error);
    bool good = row == 1 && statement_bytes(statement, 0) != NULL && statement_length(statement, 0) == DIGEST_SIZE;
    if (good)
        memcpy(ledger->key.bytes, statement_bytes(statement, 0), DIGEST_SIZE);
    if (row == 1)
        statement_reset(statement);
    if (row < 0)
        return -1;
    return good ? 0 : error_set(error, STATUS_DATA, "%s is damaged: the campaign's key is gone", ledger->path);
}

/* Brings the file up to this version; a new one gets its key. */
static int prepare(struct ledger *ledger, struct error *error) {
    if (schema_bring_up(ledger->database, ledger->path, schema_steps, schema_steps_count, true, NULL, error) != 0)
        return -1;
    int64_t campaigns, known;
    if (store_number(ledger, "SELECT count(*) FROM campaign", &campaigns, error) != 0 ||
        store_number(ledger, "SELECT count(*) FROM person", &known, error) != 0)
        return -1;
    if (campaigns == 0 && known == 0) {
        struct statement *statement = store_statement(ledger, "INSERT INTO campaign (one, key) VALUES (1, ?1)", error);
        if (statement == NULL)
            return -1;
        struct digest key;
        digest_random(key.bytes, sizeof key.bytes);
        statement_bind_bytes(statement, 1, key.bytes, sizeof key.bytes);
        if (store_finish(ledger, statement, NULL, error) != 0)
            return -1;
    }
    return load_key(ledger, error);
}

/* What its mark says of a letter that was going when this ledger was last written. */
static enum ledger_state state_by_mark(enum mark mark, const char **text) {
    switch (mark) {
    case MARK_NONE:
        *text = "Postbag was stopped before this letter began to go";
        return LEDGER_READY;
    case MARK_REFUSED:
        *text = "Postbag was stopped when the server had not taken this letter";
        return LEDGER_READY;
    case MARK_TAKEN:
        *text = "the server has taken it; Postbag was stopped before its words were written down";
        return LEDGER_SENT;
    case MARK_GOING:
    case MARK_UNKNOWN:
        break;
    }
    *text = "Postbag was stopped while this letter was going";
    return LEDGER_UNSURE;
}

static int settle_cut_off(struct ledger *ledger, int64_t letter, int64_t now_ms, struct error *error) {
    static const char sql[] = "UPDATE letter SET state = ?2, changed_ms = ?3, due_ms = 0, code = 0, text = ?4"
                              " WHERE id = ?1";
    const char *text;
    enum ledger_state state = state_by_mark(marks_read(&ledger->marks, letter), &text);
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, letter);
    statement_bind_number(statement, 2, state);
    statement_bind_number(statement, 3, now_ms);
    statement_bind_text(statement, 4, text, strlen(text));
    ledger->cut_off += state == LEDGER_UNSURE;
    return store_finish(ledger, statement, NULL, error);
}

/* Letters that were going when this ledger was last written. There are no more of them than there were connections. */
static int find_cut_off(struct ledger *ledger, int64_t now_ms, struct error *error) {
    static const char sql[] = "SELECT id FROM letter WHERE state = 1 AND id > ?1 ORDER BY id LIMIT 1";
    struct statement *statement = store_statement(ledger, sql, error);
    int64_t letter = 0;
    int row = statement == NULL || store_begin(ledger, error) != 0 ? -1 : 1;
    if (row < 0)
        return -1;
    while (row == 1) {
        statement_bind_number(statement, 1, letter);
        row = statement_step(statement, error);
        if (row != 1)
            break;
        letter = statement_number(statement, 0);
        statement_reset(statement);
        if (settle_cut_off(ledger, letter, now_ms, error) != 0)
            row = -1;
    }
    if (row < 0) {
        store_roll_back(ledger);
        return -1;
    }
    return store_commit(ledger, error);
}

/* What was erased when another program was reading is rewritten now; where it cannot be, another time. */
static int finish_scrubbing(struct ledger *ledger, struct error *error) {
    int64_t left;
    struct error ignored;
    if (store_number(ledger, "SELECT scrub FROM campaign", &left, error) != 0)
        return -1;
    if (left != 0)
        store_scrub(ledger, &ignored);
    return 0;
}

static int open_for_writing(struct ledger *ledger, enum ledger_mode mode, int64_t now_ms, struct error *error) {
    if (take_lock(ledger, mode, error) != 0 ||
        database_open(&ledger->database, ledger->path, DATABASE_KEEP, error) != 0 || prepare(ledger, error) != 0 ||
        check_whole(ledger, error) != 0 || marks_open(&ledger->marks, ledger->path, error) != 0 ||
        find_cut_off(ledger, now_ms, error) != 0 || marks_begin(&ledger->marks, ledger->path, error) != 0)
        return -1;
    return finish_scrubbing(ledger, error);
}

/* *EMPTY: nothing was ever written to the file. */
static int open_for_reading(struct ledger *ledger, bool *empty, struct error *error) {
    *empty = false;
    if (access(ledger->path, F_OK) != 0 && errno == ENOENT)
        return error_set(error, STATUS_NO_INPUT, "there is no %s: nothing was sent yet", ledger->path);
    if (database_open(&ledger->database, ledger->path, DATABASE_SHARED, error) != 0 ||
        schema_bring_up(ledger->database, ledger->path, schema_steps, schema_steps_count, false, empty, error) != 0)
        return -1;
    return *empty ? 0 : load_key(ledger, error);
}

/* A copy, in which a preview can do what a run would do, and nothing stays. */
static int open_aside(struct ledger *ledger, struct error *error) {
    bool empty = true;
    bool there = access(ledger->path, F_OK) == 0 || errno != ENOENT;
    if (there && open_for_reading(ledger, &empty, error) != 0)
        return -1;
    struct database *original = ledger->database;
    int result = database_open(&ledger->database, DATABASE_ASIDE, DATABASE_KEEP, error);
    if (result != 0)
        ledger->database = NULL;
    if (result == 0 && !empty)
        result = database_copy(ledger->database, original, error);
    ledger->statements_count = 0; /* those of the original are gone with it */
    database_close(original);
    return result == 0 ? prepare(ledger, error) : -1;
}

static int open_in(struct ledger *ledger, enum ledger_mode mode, int64_t now_ms, struct error *error) {
    bool empty;
    switch (mode) {
    case LEDGER_READ:
        if (open_for_reading(ledger, &empty, error) != 0)
            return -1;
        if (empty)
            return error_set(error, STATUS_NO_INPUT, "%s is empty: nothing was sent yet", ledger->path);
        return 0;
    case LEDGER_PEEK:
        return open_aside(ledger, error);
    case LEDGER_WRITE:
    case LEDGER_SEND:
        break;
    }
    return open_for_writing(ledger, mode, now_ms, error);
}

int ledger_open(struct ledger **ledger, const char *path, enum ledger_mode mode, int64_t now_ms, struct error *error) {
    struct ledger *opened = memory_alloc(1, sizeof *opened);
    opened->path = memory_copy(path, strlen(path));
    opened->lock = -1;
    opened->marks.descriptor = -1;
    pthread_mutex_init(&opened->mutex, NULL);
    pthread_mutex_init(&opened->queue_mutex, NULL);
    pthread_cond_init(&opened->queue_moved, NULL);
    if (open_in(opened, mode, now_ms, error) != 0) {
        ledger_close(opened);
        return -1;
    }
    *ledger = opened;
    return 0;
}

/* Nothing is left in `sending`: the marks have served. Where that cannot be read, they stay. */
static bool is_settled(struct ledger *ledger) {
    int64_t sending;
    struct error ignored;
    return ledger->database != NULL &&
           store_number(ledger, "SELECT count(*) FROM letter WHERE state = 1", &sending, &ignored) == 0 && sending == 0;
}

/* The lock's descriptor goes last: closing it would end SQLite's own locks on the file. */
void ledger_close(struct ledger *ledger) {
    if (ledger == NULL)
        return;
    struct error ignored;
    if (ledger->rolling)
        ledger_roll_abandon(ledger);
    ledger_flush(ledger, &ignored);
    marks_close(&ledger->marks, ledger->path, ledger->marks.descriptor >= 0 && is_settled(ledger));
    database_close(ledger->database);
    if (ledger->lock >= 0)
        close(ledger->lock);
    pthread_cond_destroy(&ledger->queue_moved);
    pthread_mutex_destroy(&ledger->queue_mutex);
    pthread_mutex_destroy(&ledger->mutex);
    memset(ledger->key.bytes, 0, sizeof ledger->key.bytes);
    free(ledger->path);
    free(ledger);
}

size_t ledger_cut_off(const struct ledger *ledger) {
    return ledger->cut_off;
}

void ledger_derive(const struct ledger *ledger, const char *kind, const char *token, char derived[LEDGER_TOKEN_MAX]) {
    struct store_mac mac;
    struct str words = STR_EMPTY;
    str_addf(&words, "%s\n%s", kind, token);
    store_mac(ledger, STORE_DERIVED, words.bytes, words.length, &mac);
    store_hex(&mac, derived);
    str_release(&words);
}
