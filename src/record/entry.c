/*
 * Entries: a row comes in, a letter goes out. The one idea: what is out of range in a file that somebody changed by
 * hand never leaves here.
 */
#include "record/entry.h"

#include <string.h>

#include "base/str.h"
#include "input/field.h"

static const char *text_of(struct statement *statement, int column, struct arena *arena) {
    const char *text = statement_text(statement, column);
    return arena == NULL ? text : arena_copy(arena, text, strlen(text));
}

void entry_read(struct statement *statement, struct arena *arena, struct ledger_letter *letter) {
    int64_t state = statement_number(statement, 1);
    *letter = (struct ledger_letter){
        .id = statement_number(statement, 0),
        .state = state >= 0 && state < LEDGER_STATES ? (enum ledger_state)state : LEDGER_UNSURE,
        .attempts = (unsigned)statement_number(statement, 2),
        .due_ms = statement_number(statement, 3),
        .changed_ms = statement_number(statement, 4),
        .token = text_of(statement, 5, arena),
        .file = text_of(statement, 7, arena),
    };
    const void *digest = statement_bytes(statement, 6);
    letter->made = digest != NULL && statement_length(statement, 6) == DIGEST_SIZE;
    if (letter->made)
        memcpy(letter->digest.bytes, digest, DIGEST_SIZE);
}

bool entry_is_gone(const struct entry *entry) {
    enum ledger_state state = entry->letter.state;
    return state == LEDGER_SENT || state == LEDGER_SENDING || state == LEDGER_UNSURE;
}

int entry_find(struct ledger *ledger, int64_t person, enum ledger_channel channel, struct arena *arena,
               struct entry *entry, struct error *error) {
    static const char sql[] =
        "SELECT " ENTRY_COLUMNS ", seat, recipient FROM letter WHERE person = ?1 AND channel = ?2";
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, person);
    statement_bind_number(statement, 2, channel);
    int row = statement_step(statement, error);
    if (row != 1)
        return row;
    *entry = (struct entry){.recipient = text_of(statement, ENTRY_COLUMNS_COUNT + 1, arena)};
    entry_read(statement, arena, &entry->letter);
    if (statement_length(statement, ENTRY_COLUMNS_COUNT) == STORE_MAC_SIZE)
        memcpy(entry->seat.bytes, statement_bytes(statement, ENTRY_COLUMNS_COUNT), STORE_MAC_SIZE);
    statement_reset(statement);
    return 1;
}

int entry_add(struct ledger *ledger, int64_t person, enum ledger_channel channel, const struct store_mac *mark,
              const struct store_mac *seat, const char *recipient, struct error *error) {
    static const char sql[] = "INSERT INTO letter (person, channel, state, seat, recipient, token, changed_ms)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    char words[1 + 2 * STORE_MAC_SIZE], token[STORE_HEX_MAX];
    struct store_mac mac;
    words[0] = (char)('0' + channel);
    memcpy(words + 1, mark->bytes, STORE_MAC_SIZE);
    memcpy(words + 1 + STORE_MAC_SIZE, seat->bytes, STORE_MAC_SIZE);
    store_mac(ledger, STORE_LETTER, words, sizeof words, &mac);
    store_hex(&mac, token);
    statement_bind_number(statement, 1, person);
    statement_bind_number(statement, 2, channel);
    statement_bind_number(statement, 3, LEDGER_READY);
    store_bind_mac(statement, 4, seat, true);
    statement_bind_text(statement, 5, recipient, strlen(recipient));
    statement_bind_text(statement, 6, token, strlen(token));
    statement_bind_number(statement, 7, ledger->now_ms);
    return store_finish(ledger, statement, NULL, error);
}

static bool is_same_name(const char *a, const char *b) {
    struct str one = STR_EMPTY, other = STR_EMPTY;
    field_key(&one, a, strlen(a));
    field_key(&other, b, strlen(b));
    bool same = strcmp(one.bytes, other.bytes) == 0;
    str_release(&one);
    str_release(&other);
    return same;
}

int entry_readdress(struct ledger *ledger, const struct entry *entry, const struct store_mac *seat,
                    const char *recipient, struct error *error) {
    static const char rename[] = "UPDATE letter SET seat = ?2, recipient = ?3 WHERE id = ?1";
    static const char renew[] =
        "UPDATE letter SET seat = ?2, recipient = ?3, state = 0, changed_ms = ?4, attempts = 0, first_ms = 0,"
        " due_ms = 0, code = 0, text = '', digest = NULL, file = '' WHERE id = ?1";
    bool same_seat = memcmp(seat->bytes, entry->seat.bytes, STORE_MAC_SIZE) == 0;
    bool erased = *entry->recipient == '\0';
    bool gone = entry_is_gone(entry);
    if (same_seat && (gone || strcmp(recipient, entry->recipient) == 0))
        return 0;
    /* A seat that was not known before may be the same MP's; a seat's new MP is another recipient. */
    bool same_name = erased ? same_seat : is_same_name(recipient, entry->recipient);
    if (gone && !same_name)
        return 1;
    struct statement *statement = store_statement(ledger, same_name ? rename : renew, error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, entry->letter.id);
    store_bind_mac(statement, 2, seat, true);
    statement_bind_text(statement, 3, recipient, strlen(recipient));
    if (!same_name)
        statement_bind_number(statement, 4, ledger->now_ms);
    return store_finish(ledger, statement, NULL, error);
}

int entry_hold(struct ledger *ledger, int64_t letter, struct error *error) {
    struct statement *statement = store_statement(ledger, "UPDATE letter SET held = ?2 WHERE id = ?1", error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, letter);
    statement_bind_number(statement, 2, ledger->roll);
    return store_finish(ledger, statement, NULL, error);
}
