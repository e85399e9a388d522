/*
 * Erasure: somebody who wishes to be forgotten, or an age, comes in, and what names a person goes. The one idea: what
 * remains of a person is what keeps them from being written for twice, and says nothing to whoever has no list.
 *
 * Files go first, and the record of them after: where that is cut off, it can be begun again.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "record/acquaintance.h"
#include "record/ledger.h"
#include "record/store.h"

struct erasing {
    struct ledger *ledger;
    ledger_erase erase;
    void *context;
};

/* Hands over the files of a person; a person without any is handed over once all the same. */
static int erase_files(const struct erasing *erasing, const struct acquaintance *who, struct error *error) {
    struct statement *statement =
        store_statement(erasing->ledger, "SELECT file FROM letter WHERE person = ?1 AND file <> ''", error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, who->id);
    int row, result = 0;
    size_t files = 0;
    while (result == 0 && (row = statement_step(statement, error)) == 1) {
        files++;
        result = erasing->erase(erasing->context, who->key, statement_text(statement, 0), error);
    }
    if (result != 0) {
        statement_reset(statement);
        return -1;
    }
    if (row < 0)
        return -1;
    return files > 0 ? 0 : erasing->erase(erasing->context, who->key, "", error);
}

static int erase_person(const struct erasing *erasing, const struct acquaintance *who, bool forget,
                        struct error *error) {
    /* What has not gone never will, where the person is forgotten. */
    static const char *const sql[] = {
        "DELETE FROM letter WHERE person = ?1 AND ?2 AND state IN (0, 3)",
        "UPDATE letter SET recipient = '', text = '', file = '', digest = NULL WHERE person = ?1 AND ?2 IS NOT NULL",
        "UPDATE person SET key = '', row = 0, forgotten = forgotten OR ?2 WHERE id = ?1",
    };
    if (erase_files(erasing, who, error) != 0)
        return -1;
    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
        struct statement *statement = store_statement(erasing->ledger, sql[i], error);
        if (statement == NULL)
            return -1;
        statement_bind_number(statement, 1, who->id);
        statement_bind_number(statement, 2, forget);
        if (store_finish(erasing->ledger, statement, NULL, error) != 0)
            return -1;
    }
    return store_run(erasing->ledger, "UPDATE campaign SET scrub = 1", error);
}

/* Finding whom WHO names */

struct persons {
    struct acquaintance *items;
    size_t count, room;
    bool forgotten_before; /* somebody who matches was */
};

static int gather(struct ledger *ledger, const char *sql, const struct store_mac *mac, struct persons *persons,
                  struct error *error) {
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    store_bind_mac(statement, 1, mac, true);
    int row;
    while ((row = statement_step(statement, error)) == 1) {
        struct acquaintance one;
        acquaintance_take(statement, &one);
        bool known = one.forgotten;
        persons->forgotten_before = persons->forgotten_before || one.forgotten;
        for (size_t i = 0; i < persons->count; i++)
            known = known || persons->items[i].id == one.id;
        if (!known)
            *MEMORY_PUSH(persons->items, persons->count, persons->room) = one;
    }
    return row;
}

/* By name, e-mail address or membership number, as if WHO stood in the list under each. */
static int find_by_words(struct ledger *ledger, const char *who, struct persons *persons, struct error *error) {
    static const struct {
        enum field field;
        enum identity_kind kind;
        const char *sql;
    } ways[] = {
        {FIELD_NAME, IDENTITY_NAME, "SELECT " ACQUAINTANCE_COLUMNS " FROM person WHERE name = ?1 ORDER BY row"},
        {FIELD_EMAIL, IDENTITY_EMAIL, "SELECT " ACQUAINTANCE_COLUMNS " FROM person WHERE email = ?1 ORDER BY row"},
        {FIELD_MEMBER_ID, IDENTITY_MEMBER_ID,
         "SELECT " ACQUAINTANCE_COLUMNS " FROM identity JOIN person ON person.id = identity.person WHERE mac = ?1"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct value values[FIELD_COUNT];
        struct acquaintance_marks marks;
        for (int j = 0; j < FIELD_COUNT; j++)
            values[j] = (struct value){.text = ""};
        values[ways[i].field] = (struct value){.text = who, .length = strlen(who)};
        acquaintance_mark(ledger, &(struct person){.key = "", .values = values}, &marks);
        if (marks.has[ways[i].kind] && gather(ledger, ways[i].sql, &marks.macs[ways[i].kind], persons, error) != 0)
            return -1;
    }
    return 0;
}

static int say_several(const char *who, const struct persons *persons, struct error *error) {
    enum { NAMED_MAX = 10 };
    struct str keys = STR_EMPTY;
    for (size_t i = 0; i < persons->count && i < NAMED_MAX; i++)
        str_addf(&keys, "%s%s", i == 0 ? "" : ", ",
                 *persons->items[i].key == '\0' ? "(purged)" : persons->items[i].key);
    error_set(error, STATUS_DATA, "%zu people are known as %s: %s%s; name one of them", persons->count, who, keys.bytes,
              persons->count > NAMED_MAX ? ", …" : "");
    str_release(&keys);
    return -1;
}

static int find_whom(struct ledger *ledger, const char *who, struct acquaintance *found, struct error *error) {
    int known = acquaintance_of_key(ledger, who, found, error);
    if (known != 0)
        return known == 1 ? 0 : -1;
    struct persons persons = {0};
    int result = find_by_words(ledger, who, &persons, error);
    if (result == 0 && persons.count == 1)
        *found = persons.items[0];
    else if (result == 0 && persons.count > 1)
        result = say_several(who, &persons, error);
    else if (result == 0 && persons.forgotten_before)
        result = error_set(error, STATUS_DATA, "%s was forgotten already", who);
    else if (result == 0)
        result = error_set(error, STATUS_DATA,
                           "the ledger knows nobody by the key, name, e-mail address or membership "
                           "number %s",
                           who);
    free(persons.items);
    return result;
}

/* In a transaction of its own: 0, and the file is rewritten; or nothing was erased from the ledger. */
static int finish(struct ledger *ledger, int result, struct error *error) {
    if (result != 0) {
        store_roll_back(ledger);
        return -1;
    }
    return store_commit(ledger, error) != 0 ? -1 : store_scrub(ledger, error);
}

static int forget(const struct erasing *erasing, const char *who, struct error *error) {
    struct acquaintance found;
    if (find_whom(erasing->ledger, who, &found, error) != 0 || store_begin(erasing->ledger, error) != 0)
        return -1;
    return finish(erasing->ledger, erase_person(erasing, &found, true, error), error);
}

int ledger_forget(struct ledger *ledger, const char *who, int64_t now_ms, ledger_erase erase, void *context,
                  struct error *error) {
    struct erasing erasing = {ledger, erase, context};
    (void)now_ms; /* that somebody was forgotten is kept, and not when */
    if (ledger_flush(ledger, error) != 0)
        return -1;
    pthread_mutex_lock(&ledger->mutex);
    assert(!ledger->rolling);
    int result = forget(&erasing, who, error);
    pthread_mutex_unlock(&ledger->mutex);
    return result;
}

/* The first after AFTER of whom nothing changed since BEFORE_MS; what may still be done is old once its row is. */
static int next_old(struct ledger *ledger, int64_t after, int64_t before_ms, struct acquaintance *found,
                    struct error *error) {
    static const char sql[] =
        "SELECT " ACQUAINTANCE_COLUMNS " FROM person WHERE id > ?1 AND key <> '' AND NOT EXISTS (SELECT 1 FROM letter"
        " WHERE letter.person = person.id AND (changed_ms >= ?2 OR (state NOT IN (2, 4) AND met_ms >= ?2)))"
        " AND (met_ms < ?2 OR EXISTS (SELECT 1 FROM letter WHERE letter.person = person.id)) ORDER BY id LIMIT 1";
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, after);
    statement_bind_number(statement, 2, before_ms);
    int row = statement_step(statement, error);
    if (row == 1) {
        acquaintance_take(statement, found);
        statement_reset(statement);
    }
    return row;
}

static int purge(const struct erasing *erasing, int64_t before_ms, size_t *count, struct error *error) {
    struct acquaintance found = {.id = 0};
    int row = 0;
    *count = 0;
    if (store_begin(erasing->ledger, error) != 0)
        return -1;
    while ((row = next_old(erasing->ledger, found.id, before_ms, &found, error)) == 1) {
        if (erase_person(erasing, &found, false, error) != 0) {
            row = -1;
            break;
        }
        ++*count;
    }
    if (row == 0 && *count == 0) {
        store_roll_back(erasing->ledger);
        return 0;
    }
    return finish(erasing->ledger, row, error);
}

int ledger_purge(struct ledger *ledger, int64_t before_ms, ledger_erase erase, void *context, size_t *count,
                 struct error *error) {
    struct erasing erasing = {ledger, erase, context};
    size_t purged;
    if (ledger_flush(ledger, error) != 0)
        return -1;
    pthread_mutex_lock(&ledger->mutex);
    assert(!ledger->rolling);
    int result = purge(&erasing, before_ms, &purged, error);
    pthread_mutex_unlock(&ledger->mutex);
    if (result == 0)
        *count = purged;
    return result;
}

int ledger_is_forgotten(struct ledger *ledger, const struct person *person, bool *forgotten, struct error *error) {
    struct acquaintance_marks marks;
    struct acquaintance found[IDENTITY_OWN_KINDS];
    size_t count;
    pthread_mutex_lock(&ledger->mutex);
    acquaintance_mark(ledger, person, &marks);
    int result = acquaintance_find(ledger, &marks, found, &count, error);
    pthread_mutex_unlock(&ledger->mutex);
    if (result != 0)
        return -1;
    *forgotten = false;
    for (int i = 0; i < IDENTITY_OWN_KINDS; i++)
        *forgotten = *forgotten || found[i].forgotten;
    return 0;
}
