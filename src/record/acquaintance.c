/*
 * Acquaintances: a row of the list comes in, and the person of the ledger whom it names goes out. The one idea: a
 * person is found by MACs of what identifies them, and every MAC that a later row adds leads to the same person from
 * then on.
 */
#include "record/acquaintance.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

static const struct {
    enum store_kind store;
    const char *name;
} kinds[IDENTITY_KINDS] = {
    [IDENTITY_MEMBER_ID] = {STORE_MEMBER_ID, "membership number"},
    [IDENTITY_NAME_POSTCODE] = {STORE_NAME_POSTCODE, "name and postcode"},
    [IDENTITY_NAME_EMAIL] = {STORE_NAME_EMAIL, "name and e-mail address"},
    [IDENTITY_NAME] = {STORE_NAME, "name"},
    [IDENTITY_EMAIL] = {STORE_EMAIL, "e-mail address"},
    [IDENTITY_POSTCODE] = {STORE_POSTCODE, "postcode"},
    [IDENTITY_POSTCODE_EMAIL] = {STORE_HOUSEHOLD, "postcode and e-mail address"},
};

const char *acquaintance_kind_name(enum identity_kind kind) {
    return kinds[kind].name;
}

void acquaintance_mark(const struct ledger *ledger, const struct person *person, struct acquaintance_marks *marks) {
    struct str words = STR_EMPTY;
    for (int i = 0; i < IDENTITY_KINDS; i++) {
        marks->has[i] = identity_words(&words, person, (enum identity_kind)i);
        if (marks->has[i])
            store_mac(ledger, kinds[i].store, words.bytes, words.length, &marks->macs[i]);
    }
    str_release(&words);
}

enum identity_kind acquaintance_strongest(const struct acquaintance_marks *marks) {
    int kind = 0;
    while (kind < IDENTITY_OWN_KINDS && !marks->has[kind])
        kind++;
    return (enum identity_kind)kind;
}

void acquaintance_take(struct statement *statement, struct acquaintance *found) {
    *found = (struct acquaintance){
        .id = statement_number(statement, 0),
        .row = (unsigned)statement_number(statement, 1),
        .roll = statement_number(statement, 2),
        .forgotten = statement_number(statement, 3) != 0,
    };
    snprintf(found->key, sizeof found->key, "%s", statement_text(statement, 4));
}

/* Steps STATEMENT, which has at most one row of ACQUAINTANCE_COLUMNS. */
static int take_one(struct statement *statement, struct acquaintance *found, struct error *error) {
    int row = statement_step(statement, error);
    if (row == 1) {
        acquaintance_take(statement, found);
        statement_reset(statement);
    }
    return row;
}

int acquaintance_find(struct ledger *ledger, const struct acquaintance_marks *marks,
                      struct acquaintance found[IDENTITY_OWN_KINDS], size_t *count, struct error *error) {
    static const char sql[] =
        "SELECT " ACQUAINTANCE_COLUMNS " FROM identity JOIN person ON person.id = identity.person WHERE mac = ?1";
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    *count = 0;
    for (int i = 0; i < IDENTITY_OWN_KINDS; i++) {
        found[i] = (struct acquaintance){0};
        if (!marks->has[i])
            continue;
        store_bind_mac(statement, 1, &marks->macs[i], true);
        if (take_one(statement, &found[i], error) < 0)
            return -1;
        bool another = found[i].id != 0;
        for (int j = 0; j < i; j++)
            another = another && found[j].id != found[i].id;
        *count += another;
    }
    return 0;
}

int acquaintance_read(struct ledger *ledger, int64_t id, struct acquaintance *found, struct error *error) {
    static const char sql[] = "SELECT " ACQUAINTANCE_COLUMNS " FROM person WHERE id = ?1";
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, id);
    int row = take_one(statement, found, error);
    assert(row != 0);
    return row == 1 ? 0 : -1;
}

int acquaintance_of_key(struct ledger *ledger, const char *key, struct acquaintance *found, struct error *error) {
    static const char sql[] =
        "SELECT " ACQUAINTANCE_COLUMNS " FROM person WHERE key = ?1 AND key <> '' ORDER BY roll DESC, id DESC LIMIT 1";
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    statement_bind_text(statement, 1, key, strlen(key));
    return take_one(statement, found, error);
}

/* One by whom somebody else is known already is left to them: whoever adds it has seen to it that nobody is. */
static int add_identities(struct ledger *ledger, int64_t id, const struct acquaintance_marks *marks,
                          struct error *error) {
    struct statement *statement =
        store_statement(ledger, "INSERT OR IGNORE INTO identity (mac, person) VALUES (?1, ?2)", error);
    if (statement == NULL)
        return -1;
    for (int i = 0; i < IDENTITY_OWN_KINDS; i++) {
        if (!marks->has[i])
            continue;
        store_bind_mac(statement, 1, &marks->macs[i], true);
        statement_bind_number(statement, 2, id);
        if (store_finish(ledger, statement, NULL, error) != 0)
            return -1;
    }
    return 0;
}

int acquaintance_meet(struct ledger *ledger, const struct person *person, const struct acquaintance_marks *marks,
                      int64_t *id, struct error *error) {
    static const char add[] =
        "INSERT INTO person (row, key, roll, met_ms, name, email, postcode, household, first_roll)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?3)";
    static const char update[] = "UPDATE person SET row = ?1, key = ?2, roll = ?3, met_ms = ?4, name = ?5, email = ?6,"
                                 " postcode = ?7, household = ?8 WHERE id = ?9";
    static const enum identity_kind shared[] = {IDENTITY_NAME, IDENTITY_EMAIL, IDENTITY_POSTCODE,
                                                IDENTITY_POSTCODE_EMAIL};
    struct statement *statement = store_statement(ledger, *id == 0 ? add : update, error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, person->row);
    statement_bind_text(statement, 2, person->key, strlen(person->key));
    statement_bind_number(statement, 3, ledger->roll);
    statement_bind_number(statement, 4, ledger->now_ms);
    for (int i = 0; i < 4; i++)
        store_bind_mac(statement, 5 + i, &marks->macs[shared[i]], marks->has[shared[i]]);
    if (*id != 0)
        statement_bind_number(statement, 9, *id);
    if (store_finish(ledger, statement, NULL, error) != 0)
        return -1;
    if (*id == 0)
        *id = database_last_row(ledger->database);
    return add_identities(ledger, *id, marks, error);
}

/* Runs SQL literals whose parameters are ?1 = A and, where there is one, ?2 = B. */
static int run_each(struct ledger *ledger, const char *const *sql, size_t count, int64_t a, int64_t b,
                    struct error *error) {
    for (size_t i = 0; i < count; i++) {
        struct statement *statement = store_statement(ledger, sql[i], error);
        if (statement == NULL)
            return -1;
        statement_bind_number(statement, 1, a);
        if (b != 0)
            statement_bind_number(statement, 2, b);
        if (store_finish(ledger, statement, NULL, error) != 0)
            return -1;
    }
    return 0;
}

int acquaintance_remove(struct ledger *ledger, int64_t id, struct error *error) {
    static const char *const sql[] = {
        "DELETE FROM letter WHERE person = ?1",
        "DELETE FROM identity WHERE person = ?1",
        "DELETE FROM person WHERE id = ?1",
    };
    return run_each(ledger, sql, sizeof sql / sizeof *sql, id, 0, error);
}

int acquaintance_join(struct ledger *ledger, int64_t old, int64_t new, struct error *error) {
    static const char *const sql[] = {
        "UPDATE identity SET person = ?1 WHERE person = ?2",
        "UPDATE letter SET person = ?1 WHERE person = ?2"
        " AND channel NOT IN (SELECT channel FROM letter WHERE person = ?1)",
        "UPDATE person SET (row, key, roll, met_ms, name, email, postcode, household) ="
        " (SELECT row, key, roll, met_ms, name, email, postcode, household FROM person WHERE id = ?2) WHERE id = ?1",
    };
    if (run_each(ledger, sql, sizeof sql / sizeof *sql, old, new, error) != 0)
        return -1;
    return acquaintance_remove(ledger, new, error);
}
