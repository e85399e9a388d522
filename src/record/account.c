/*
 * Accounts: a wish to send comes in, "now" or a later moment goes out. The one idea: the messages of an account are
 * numbered, and their times never go back, so the one that a rate turns on ("500/day": the five hundredth, counted
 * backwards) is found by its number alone. Looking and counting are one transaction that begins by taking the lock for
 * writing, so two processes never both see the last free place.
 *
 * What a killed process had committed is in the log, which the next one reads. A power cut may lose the last seconds of
 * it; waiting for the disk at every message is not worth those.
 */
#include "record/account.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/database.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/str.h"

enum {
    SCHEMA_VERSION = 1,
    KEPT_DAYS = 3,                        /* the longest period is a day */
    CLOCK_TOLERANCE_MS = CLOCK_MINUTE_MS, /* by which the clock may be set back without a word */
};

struct account {
    struct database *database;
    struct quota quota;
    int64_t id;
    bool tidied;
    struct statement *last, *nth, *count, *set_back, *tidy;
};

static const char schema[] = "CREATE TABLE IF NOT EXISTS account (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
                             "CREATE TABLE IF NOT EXISTS sent ("
                             " account INTEGER NOT NULL, number INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
                             " PRIMARY KEY (account, number)) WITHOUT ROWID;"
                             "PRAGMA user_version = 1";

const char *account_default_path(struct arena *arena) {
    const char *states = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (states != NULL && *states == '/') /* "All paths must be absolute": XDG Base Directory Specification */
        return file_join(arena, states, "postbag/accounts");
    if (home == NULL || *home != '/')
        return NULL;
    return file_join(arena, home, ".local/state/postbag/accounts");
}

static int make_folder(const char *path, struct error *error) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path)
        return 0;
    char *folder = memory_copy(path, (size_t)(slash - path));
    int result = file_make_directory(folder, error);
    free(folder);
    return result;
}

/* A number that SQL asks for; *NUMBER is as it was where there is no row. */
static int ask_number(struct statement *statement, int64_t *number, struct error *error) {
    int row = statement_step(statement, error);
    if (row == 1) {
        *number = statement_number(statement, 0);
        statement_reset(statement);
    }
    return row < 0 ? -1 : 0;
}

/* Runs a statement that gives no rows. */
static int run(struct statement *statement, struct error *error) {
    int row = statement_step(statement, error);
    if (row == 1)
        statement_reset(statement);
    return row < 0 ? -1 : 0;
}

static int make_tables(struct account *account, const char *path, struct error *error) {
    struct statement *version_of;
    int64_t version = 0;
    if (database_prepare(account->database, &version_of, "PRAGMA user_version", error) != 0 ||
        ask_number(version_of, &version, error) != 0)
        return -1;
    if (version > SCHEMA_VERSION)
        return error_set(error, STATUS_DATA, "%s was written by a newer Postbag: use that one", path);
    return version == SCHEMA_VERSION ? 0 : database_run(account->database, schema, error);
}

static int find_account(struct account *account, const char *name, struct error *error) {
    struct statement *add, *find;
    struct database *database = account->database;
    if (database_prepare(database, &add, "INSERT OR IGNORE INTO account (name) VALUES (?1)", error) != 0 ||
        database_prepare(database, &find, "SELECT id FROM account WHERE name = ?1", error) != 0)
        return -1;
    statement_bind_text(add, 1, name, strlen(name));
    statement_bind_text(find, 1, name, strlen(name));
    return run(add, error) != 0 ? -1 : ask_number(find, &account->id, error);
}

static int prepare_statements(struct account *account, struct error *error) {
    const struct {
        struct statement **statement;
        const char *sql;
    } statements[] = {
        {&account->last, "SELECT number, at_ms FROM sent WHERE account = ?1 ORDER BY number DESC LIMIT 1"},
        {&account->nth, "SELECT at_ms FROM sent WHERE account = ?1 AND number = ?2"},
        {&account->count, "INSERT INTO sent (account, number, at_ms) VALUES (?1, ?2, ?3)"},
        {&account->set_back, "UPDATE sent SET at_ms = ?2 WHERE account = ?1 AND at_ms > ?2"},
        {&account->tidy, "DELETE FROM sent WHERE at_ms < ?1"},
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        if (database_prepare(account->database, statements[i].statement, statements[i].sql, error) != 0)
            return -1;
    return 0;
}

/* Ends the transaction well, or as if it had not been where RESULT is -1. */
static int end(struct account *account, int result, struct error *error) {
    struct error ignored;
    if (result == 0)
        result = database_run(account->database, "COMMIT", error);
    if (result != 0)
        database_run(account->database, "ROLLBACK", &ignored);
    return result;
}

int account_open(struct account **account, const char *path, const char *name, const struct quota *quota,
                 struct error *error) {
    struct account *opened = memory_alloc(1, sizeof *opened);
    opened->quota = *quota;
    int result = make_folder(path, error);
    if (result == 0)
        result = database_open(&opened->database, path, DATABASE_KEEP, error);
    if (result == 0)
        result = database_run(opened->database, "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE", error);
    if (result == 0) {
        result = make_tables(opened, path, error);
        if (result == 0)
            result = find_account(opened, name, error);
        result = end(opened, result, error);
    }
    if (result == 0)
        result = prepare_statements(opened, error);
    if (result == 0)
        *account = opened;
    else
        account_close(opened);
    return result;
}

void account_close(struct account *account) {
    if (account == NULL)
        return;
    database_close(account->database);
    free(account);
}

/* What no rate asks about any more; once is enough for a run. */
static int tidy(struct account *account, int64_t now_ms, struct error *error) {
    if (account->tidied)
        return 0;
    account->tidied = true;
    statement_bind_number(account->tidy, 1, now_ms - (int64_t)KEPT_DAYS * CLOCK_DAY_MS);
    return run(account->tidy, error);
}

/*
 * The number of the last message (0: none), and the moment that counts as now: another process may have counted one
 * since NOW_MS was read. Where messages were sent long after "now", the clock was wrong and has been set back: they count
 * as sent just now, or the account would wait for years.
 */
static int find_last(struct account *account, int64_t *now_ms, int64_t *number, struct error *error) {
    statement_bind_number(account->last, 1, account->id);
    int row = statement_step(account->last, error);
    if (row <= 0)
        return row;
    *number = statement_number(account->last, 0);
    int64_t last_ms = statement_number(account->last, 1);
    statement_reset(account->last);
    if (last_ms > *now_ms + CLOCK_TOLERANCE_MS) {
        statement_bind_number(account->set_back, 1, account->id);
        statement_bind_number(account->set_back, 2, *now_ms);
        return run(account->set_back, error);
    }
    if (last_ms > *now_ms)
        *now_ms = last_ms;
    return 0;
}

/* The first moment from NOW_MS on at which both rates and hours allow one more than NUMBER messages. */
static int find_free(struct account *account, int64_t now_ms, int64_t number, int64_t *free_ms, struct error *error) {
    const struct quota *quota = &account->quota;
    int64_t nth_ms[QUOTA_RATES_MAX];
    for (size_t i = 0; i < quota->rates_count; i++) {
        nth_ms[i] = QUOTA_NEVER;
        statement_bind_number(account->nth, 1, account->id);
        statement_bind_number(account->nth, 2, number + 1 - (int64_t)quota->rates[i].count);
        if (ask_number(account->nth, &nth_ms[i], error) != 0)
            return -1;
    }
    *free_ms = quota_open_at(quota, quota_free_at(quota, nth_ms, now_ms));
    return 0;
}

static int count(struct account *account, int64_t now_ms, int64_t number, struct error *error) {
    statement_bind_number(account->count, 1, account->id);
    statement_bind_number(account->count, 2, number);
    statement_bind_number(account->count, 3, now_ms);
    return run(account->count, error);
}

int account_take(struct account *account, int64_t now_ms, int64_t *free_ms, struct error *error) {
    int64_t number = 0, first_ms = now_ms;
    bool taken = false;
    if (database_run(account->database, "BEGIN IMMEDIATE", error) != 0)
        return -1;
    int result = tidy(account, now_ms, error);
    if (result == 0)
        result = find_last(account, &now_ms, &number, error);
    if (result == 0)
        result = find_free(account, now_ms, number, &first_ms, error);
    if (result == 0 && first_ms <= now_ms) {
        taken = true;
        result = count(account, now_ms, number + 1, error);
    }
    if (end(account, result, error) != 0)
        return -1;
    if (!taken)
        *free_ms = first_ms;
    return taken;
}
