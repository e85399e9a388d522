/*
 * The store: SQL and words come in, rows and MACs go out. The one idea: each statement is prepared when it is first
 * needed, and known by the address of its text.
 */
#include "record/store.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"

struct statement *store_statement(struct ledger *ledger, const char *sql, struct error *error) {
    for (size_t i = 0; i < ledger->statements_count; i++)
        if (ledger->statements[i].sql == sql)
            return ledger->statements[i].statement;
    struct statement *statement;
    assert(ledger->statements_count < STORE_STATEMENTS_MAX);
    if (database_prepare(ledger->database, &statement, sql, error) != 0)
        return NULL;
    ledger->statements[ledger->statements_count].sql = sql;
    ledger->statements[ledger->statements_count++].statement = statement;
    return statement;
}

int store_finish(struct ledger *ledger, struct statement *statement, size_t *changed, struct error *error) {
    int row = statement_step(statement, error);
    assert(row != 1);
    if (row == 0 && changed != NULL)
        *changed = database_changes(ledger->database);
    return row;
}

int store_run(struct ledger *ledger, const char *sql, struct error *error) {
    struct statement *statement = store_statement(ledger, sql, error);
    return statement == NULL ? -1 : store_finish(ledger, statement, NULL, error);
}

int store_number(struct ledger *ledger, const char *sql, int64_t *number, struct error *error) {
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    int row = statement_step(statement, error);
    *number = row == 1 ? statement_number(statement, 0) : 0;
    if (row == 1)
        statement_reset(statement);
    return row < 0 ? -1 : 0;
}

int store_begin(struct ledger *ledger, struct error *error) {
    return store_run(ledger, "BEGIN IMMEDIATE", error);
}

int store_commit(struct ledger *ledger, struct error *error) {
    int result = store_run(ledger, "COMMIT", error);
    if (result != 0)
        store_roll_back(ledger);
    return result;
}

/* After some failures SQLite has done so itself, and says that there is nothing to roll back. */
void store_roll_back(struct ledger *ledger) {
    struct error ignored;
    store_run(ledger, "ROLLBACK", &ignored);
}

/* 1 where readers keep the log from being emptied. */
static int empty_log(struct ledger *ledger, struct error *error) {
    int64_t busy;
    if (store_number(ledger, "PRAGMA wal_checkpoint(TRUNCATE)", &busy, error) != 0)
        return -1;
    return busy != 0;
}

int store_scrub(struct ledger *ledger, struct error *error) {
    if (store_run(ledger, "VACUUM", error) != 0)
        return -1;
    int busy = empty_log(ledger, error);
    if (busy < 0)
        return -1;
    if (busy == 1)
        return error_set(error, STATUS_LATER,
                         "it is erased, but another program is reading %s: its last bytes go when Postbag next writes "
                         "there",
                         ledger->path);
    return store_run(ledger, "UPDATE campaign SET scrub = 0", error);
}

void store_mac(const struct ledger *ledger, enum store_kind kind, const char *words, size_t length,
               struct store_mac *mac) {
    struct digest whole;
    struct str text = STR_EMPTY;
    str_addc(&text, (char)kind);
    str_add(&text, words, length);
    digest_hmac(&whole, &ledger->key, text.bytes, text.length);
    memcpy(mac->bytes, whole.bytes, sizeof mac->bytes);
    str_release(&text);
}

void store_hex(const struct store_mac *mac, char hex[STORE_HEX_MAX]) {
    struct digest whole = {{0}};
    char digits[DIGEST_HEX_MAX];
    memcpy(whole.bytes, mac->bytes, sizeof mac->bytes);
    digest_hex(&whole, digits);
    memcpy(hex, digits, STORE_HEX_MAX - 1);
    hex[STORE_HEX_MAX - 1] = '\0';
}

void store_bind_mac(struct statement *statement, int parameter, const struct store_mac *mac, bool has) {
    statement_bind_bytes(statement, parameter, has ? mac->bytes : NULL, sizeof mac->bytes);
}
