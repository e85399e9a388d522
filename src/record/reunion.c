/*
 * Reunion: those whom the roll met for the first time come in; each stays, or becomes somebody of an earlier list, or
 * is taken out again and reported. The one idea: who left the list, and had a letter, makes room at their address;
 * whoever appears in that room is the same person under a mended name, or must be looked at.
 */
#include "record/reunion.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "record/acquaintance.h"
#include "record/entry.h"

enum {
    CANDIDATES_MAX = 64,
    LONG_NAME = 8, /* letters; in shorter ones two edits make another name: Ann and Ian */
};

struct newcomer {
    struct acquaintance who;
    struct store_mac postcode, household;
    bool has_postcode, has_household;
};

static bool take_mac(struct statement *row, int column, struct store_mac *mac) {
    if (statement_length(row, column) != STORE_MAC_SIZE)
        return false;
    memcpy(mac->bytes, statement_bytes(row, column), STORE_MAC_SIZE);
    return true;
}

/* The first of those met for the first time whose row is after AFTER. 1; 0: there is none left. */
static int next_newcomer(struct ledger *ledger, int64_t after, struct newcomer *newcomer, struct error *error) {
    static const char sql[] = "SELECT " ACQUAINTANCE_COLUMNS ", postcode, household FROM person"
                              " WHERE row > ?1 AND roll = ?2 AND first_roll = ?2 ORDER BY row LIMIT 1";
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, after);
    statement_bind_number(statement, 2, ledger->roll);
    int row = statement_step(statement, error);
    if (row == 1) {
        acquaintance_take(statement, &newcomer->who);
        newcomer->has_postcode = take_mac(statement, 5, &newcomer->postcode);
        newcomer->has_household = take_mac(statement, 6, &newcomer->household);
        statement_reset(statement);
    }
    return row;
}

/* Nobody was ever written for of whom all letters are ready and were never tried. */
#define LEFT_AND_WRITTEN                                                                            \
    " AND roll < ?1 AND (forgotten OR EXISTS (SELECT 1 FROM letter WHERE letter.person = person.id" \
    " AND (state <> 0 OR attempts > 0)))"

/* Who was written for, has left the list, and was in it where NEWCOMER is now. */
static int find_candidates(struct ledger *ledger, const struct newcomer *newcomer,
                           struct acquaintance candidates[CANDIDATES_MAX], size_t *count, struct error *error) {
    static const char sql[] = "SELECT " ACQUAINTANCE_COLUMNS " FROM person WHERE household = ?2" LEFT_AND_WRITTEN
                              " UNION SELECT " ACQUAINTANCE_COLUMNS
                              " FROM person WHERE row = ?3 AND row > 0 AND postcode = ?4" LEFT_AND_WRITTEN " LIMIT ?5";
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, ledger->roll);
    store_bind_mac(statement, 2, &newcomer->household, newcomer->has_household);
    statement_bind_number(statement, 3, newcomer->who.row);
    store_bind_mac(statement, 4, &newcomer->postcode, newcomer->has_postcode);
    statement_bind_number(statement, 5, CANDIDATES_MAX);
    *count = 0;
    int row;
    while ((row = statement_step(statement, error)) == 1)
        acquaintance_take(statement, &candidates[(*count)++]);
    return row;
}

/* The name in a key: "jane-doe" of "0014-jane-doe"; "" where there is none to be compared. */
static const char *name_in(const char *key) {
    const char *name = key;
    while (isdigit((unsigned char)*name))
        name++;
    if (name == key)
        return strcmp(key, "letter") == 0 ? "" : key;
    return *name == '-' ? name + 1 : name;
}

static bool is_near(const char *a, const char *b, unsigned *distance) {
    size_t a_length = strlen(a), b_length = strlen(b);
    if (a_length == 0 || b_length == 0)
        return false;
    size_t length = a_length < b_length ? a_length : b_length;
    size_t limit = length < LONG_NAME ? 1 : length / 5 > 2 ? length / 5 : 2;
    *distance = text_distance(a, a_length, b, b_length);
    return *distance <= limit;
}

/* Of COUNT candidates the one whose name is nearest to KEY's, or NULL. */
static const struct acquaintance *nearest(const struct acquaintance *candidates, size_t count, const char *key) {
    const struct acquaintance *best = NULL;
    unsigned least = 0, distance;
    for (size_t i = 0; i < count; i++) {
        if (!is_near(name_in(candidates[i].key), name_in(key), &distance) || (best != NULL && distance >= least))
            continue;
        best = &candidates[i];
        least = distance;
    }
    return best;
}

/* Makes the newcomer's letters OLD's. 1: one went to another recipient, and nothing was joined. */
static int join(struct ledger *ledger, const struct acquaintance *old, const struct newcomer *newcomer,
                struct error *error) {
    struct arena arena = ARENA_EMPTY;
    int result = 0;
    for (int i = 0; result == 0 && i < LEDGER_CHANNELS; i++) {
        enum ledger_channel channel = (enum ledger_channel)i;
        struct entry own, theirs;
        result = entry_find(ledger, newcomer->who.id, channel, &arena, &own, error);
        if (result == 1)
            result = entry_find(ledger, old->id, channel, &arena, &theirs, error);
        if (result == 1)
            result = entry_readdress(ledger, &theirs, &own.seat, own.recipient, error);
    }
    arena_release(&arena);
    return result != 0 ? result : acquaintance_join(ledger, old->id, newcomer->who.id, error);
}

static void mac_key(const struct ledger *ledger, const char *key, struct store_mac *mac) {
    store_mac(ledger, STORE_RELEASED, key, strlen(key), mac);
}

static int is_released(struct ledger *ledger, const char *key, bool *released, struct error *error) {
    struct statement *statement = store_statement(ledger, "SELECT 1 FROM released WHERE mac = ?1", error);
    if (statement == NULL)
        return -1;
    struct store_mac mac;
    mac_key(ledger, key, &mac);
    store_bind_mac(statement, 1, &mac, true);
    int row = statement_step(statement, error);
    *released = row == 1;
    if (row == 1)
        statement_reset(statement);
    return row < 0 ? -1 : 0;
}

int reunion_release(struct ledger *ledger, const char *key, struct error *error) {
    struct statement *statement = store_statement(ledger, "INSERT OR IGNORE INTO released (mac) VALUES (?1)", error);
    if (statement == NULL)
        return -1;
    struct store_mac mac;
    mac_key(ledger, key, &mac);
    store_bind_mac(statement, 1, &mac, true);
    return store_finish(ledger, statement, NULL, error);
}

/* The newcomer is met again, and held again, in the next roll. */
static int take_out(struct ledger *ledger, const struct newcomer *newcomer, const struct acquaintance *old,
                    ledger_held held, void *context, struct error *error) {
    static const char sql[] = "SELECT state, changed_ms FROM letter WHERE person = ?1 AND (state <> 0 OR attempts > 0)"
                              " ORDER BY channel LIMIT 1";
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL || acquaintance_remove(ledger, newcomer->who.id, error) != 0)
        return -1;
    statement_bind_number(statement, 1, old->id);
    int row = statement_step(statement, error);
    if (row < 0)
        return -1;
    int64_t state = row == 1 ? statement_number(statement, 0) : LEDGER_READY;
    int64_t when_ms = row == 1 ? statement_number(statement, 1) : 0;
    if (row == 1)
        statement_reset(statement);
    if (state < 0 || state >= LEDGER_STATES)
        state = LEDGER_UNSURE;
    return held(context, newcomer->who.row, old->key, (enum ledger_state)state, when_ms, error);
}

static int settle(struct ledger *ledger, const struct newcomer *newcomer, ledger_held held, void *context,
                  struct error *error) {
    struct acquaintance candidates[CANDIDATES_MAX];
    size_t count;
    bool released;
    if (find_candidates(ledger, newcomer, candidates, &count, error) != 0)
        return -1;
    if (count == 0)
        return 0;
    if (is_released(ledger, newcomer->who.key, &released, error) != 0)
        return -1;
    if (released)
        return 0;
    const struct acquaintance *old = nearest(candidates, count, newcomer->who.key);
    int joined = old == NULL ? 1 : join(ledger, old, newcomer, error);
    if (joined != 1)
        return joined;
    return take_out(ledger, newcomer, old == NULL ? &candidates[0] : old, held, context, error);
}

int reunion_settle(struct ledger *ledger, ledger_held held, void *context, struct error *error) {
    int64_t left;
    struct newcomer newcomer = {.who.row = 0};
    if (store_number(ledger, "SELECT EXISTS (SELECT 1 FROM person WHERE roll < (SELECT roll FROM campaign))", &left,
                     error) != 0)
        return -1;
    if (left == 0)
        return 0;
    int row = 1;
    for (int64_t after = -1; row == 1; after = newcomer.who.row) {
        row = next_newcomer(ledger, after, &newcomer, error);
        if (row == 1 && settle(ledger, &newcomer, held, context, error) != 0)
            return -1;
    }
    return row;
}
