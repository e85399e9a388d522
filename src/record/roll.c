/*
 * The roll: the rows of the list come in, one by one, and for each its letter goes out, or why it is held. The one
 * idea: a row may be sent only where all that it says of a person leads to one person, or to nobody yet.
 */
#include "record/ledger.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "record/acquaintance.h"
#include "record/entry.h"
#include "record/reunion.h"

/* Its mutex is held. */
static int begin(struct ledger *ledger, int64_t now_ms, struct error *error) {
    int64_t roll;
    if (store_begin(ledger, error) != 0)
        return -1;
    ledger->rolling = true;
    if (store_run(ledger, "UPDATE campaign SET roll = roll + 1", error) != 0 ||
        store_number(ledger, "SELECT roll FROM campaign", &roll, error) != 0)
        return -1;
    ledger->roll = roll;
    ledger->now_ms = now_ms;
    ledger->resend = 0;
    return 0;
}

static void abandon(struct ledger *ledger) {
    store_roll_back(ledger);
    ledger->rolling = false;
    ledger->roll = 0;
}

int ledger_roll_begin(struct ledger *ledger, int64_t now_ms, struct error *error) {
    if (ledger_flush(ledger, error) != 0)
        return -1;
    pthread_mutex_lock(&ledger->mutex);
    assert(!ledger->rolling);
    int result = begin(ledger, now_ms, error);
    if (result != 0 && ledger->rolling)
        abandon(ledger);
    pthread_mutex_unlock(&ledger->mutex);
    return result;
}

void ledger_roll_abandon(struct ledger *ledger) {
    pthread_mutex_lock(&ledger->mutex);
    if (ledger->rolling)
        abandon(ledger);
    pthread_mutex_unlock(&ledger->mutex);
}

/* Makes unsure letters of persons who are in the list ready, where that was asked for. */
static int resend_unsure(struct ledger *ledger, struct error *error) {
    static const char sql[] = "UPDATE letter SET state = ?1, changed_ms = ?2, due_ms = 0, code = 0, text = ''"
                              " WHERE state = ?3 AND (?4 >> channel) & 1 AND held <> ?5"
                              " AND person IN (SELECT id FROM person WHERE roll = ?5)";
    if (ledger->resend == 0)
        return 0;
    struct statement *statement = store_statement(ledger, sql, error);
    if (statement == NULL)
        return -1;
    statement_bind_number(statement, 1, LEDGER_READY);
    statement_bind_number(statement, 2, ledger->now_ms);
    statement_bind_number(statement, 3, LEDGER_UNSURE);
    statement_bind_number(statement, 4, ledger->resend);
    statement_bind_number(statement, 5, ledger->roll);
    return store_finish(ledger, statement, NULL, error);
}

int ledger_resend_unsure(struct ledger *ledger, enum ledger_channel channel, int64_t now_ms, struct error *error) {
    pthread_mutex_lock(&ledger->mutex);
    assert(ledger->rolling);
    ledger->now_ms = now_ms;
    ledger->resend |= 1U << channel;
    int result = resend_unsure(ledger, error);
    pthread_mutex_unlock(&ledger->mutex);
    return result;
}

int ledger_roll_settle(struct ledger *ledger, ledger_held held, void *context, struct error *error) {
    pthread_mutex_lock(&ledger->mutex);
    assert(ledger->rolling);
    int result = reunion_settle(ledger, held, context, error);
    if (result == 0)
        result = resend_unsure(ledger, error);
    pthread_mutex_unlock(&ledger->mutex);
    return result;
}

int ledger_roll_commit(struct ledger *ledger, struct error *error) {
    pthread_mutex_lock(&ledger->mutex);
    assert(ledger->rolling);
    int result = resend_unsure(ledger, error);
    if (result == 0)
        result = store_commit(ledger, error);
    if (result == 0)
        ledger->rolling = false;
    else
        abandon(ledger);
    pthread_mutex_unlock(&ledger->mutex);
    return result;
}

/* Whether DIGEST is what COLUMN holds. */
static bool is_noted(struct statement *row, int column, const struct digest *digest) {
    return statement_length(row, column) == DIGEST_SIZE &&
           memcmp(statement_bytes(row, column), digest->bytes, DIGEST_SIZE) == 0;
}

static int note_inputs(struct ledger *ledger, const struct digest *model, const struct digest *list,
                       struct ledger_inputs *inputs, struct error *error) {
    struct statement *row = store_statement(ledger, "SELECT model, list FROM campaign", error);
    struct statement *update = store_statement(ledger, "UPDATE campaign SET model = ?1, list = ?2", error);
    if (row == NULL || update == NULL)
        return -1;
    struct ledger_inputs found = {0};
    int there = statement_step(row, error);
    if (there < 0)
        return -1;
    if (there == 1) {
        found.known = statement_bytes(row, 0) != NULL;
        found.model_changed = found.known && !is_noted(row, 0, model);
        found.list_changed = found.known && !is_noted(row, 1, list);
        statement_reset(row);
    }
    statement_bind_bytes(update, 1, model->bytes, DIGEST_SIZE);
    statement_bind_bytes(update, 2, list->bytes, DIGEST_SIZE);
    if (store_finish(ledger, update, NULL, error) != 0)
        return -1;
    *inputs = found;
    return 0;
}

int ledger_note_inputs(struct ledger *ledger, const struct digest *model, const struct digest *list,
                       struct ledger_inputs *inputs, struct error *error) {
    pthread_mutex_lock(&ledger->mutex);
    assert(ledger->rolling);
    int result = note_inputs(ledger, model, list, inputs, error);
    pthread_mutex_unlock(&ledger->mutex);
    return result;
}

/* Why a row is held */

struct hold {
    const struct ledger_meeting *meeting;
    struct problems *problems;
    const char *name; /* as it may be shown */
    struct place place;
};

static struct hold hold_of(const struct ledger_meeting *meeting, struct problems *problems) {
    const struct person *person = meeting->person;
    const struct value *name = &person->values[FIELD_NAME];
    return (struct hold){
        .meeting = meeting,
        .problems = problems,
        .name = value_shown(problems->arena, name->text, name->length),
        .place = {meeting->file, name->line != 0 ? name->line : person->line, name->column},
    };
}

#define HOLD(hold, ...) hold_row((hold), problems_add((hold)->problems, SEVERITY_ERROR, (hold)->place, __VA_ARGS__))

static void hold_row(const struct hold *hold, struct problem *problem) {
    if (problem != NULL)
        problem->row = hold->meeting->person->row;
}

static void hold_disagreement(const struct hold *hold, const struct acquaintance found[IDENTITY_OWN_KINDS]) {
    int kinds[2] = {0}, count = 0;
    for (int i = 0; i < IDENTITY_OWN_KINDS && count < 2; i++)
        if (found[i].id != 0 && (count == 0 || found[i].id != found[kinds[0]].id))
            kinds[count++] = i;
    const struct acquaintance *one = &found[kinds[0]], *other = &found[kinds[1]];
    HOLD(hold, "%s has the %s of %s, but the %s of %s, who was another person when the ledger met them: which is it?",
         hold->name, acquaintance_kind_name((enum identity_kind)kinds[0]), *one->key == '\0' ? "somebody" : one->key,
         acquaintance_kind_name((enum identity_kind)kinds[1]), *other->key == '\0' ? "somebody" : other->key);
}

static void hold_gone(const struct hold *hold, const struct entry *entry) {
    HOLD(hold,
         "a letter in the name of %s %s %s already, and is not written again to %s; a letter to another %s needs a "
         "campaign with another name",
         hold->name, entry->letter.state == LEDGER_SENT ? "went to" : "may have gone to",
         *entry->recipient == '\0' ? "somebody else" : entry->recipient, hold->meeting->recipient,
         office_words(hold->meeting->person->office)->one);
}

/*
 * Finds out who the row is. 1: *ID is them, or 0 where nobody knows them, and *AGAIN says that this roll has met this
 * row before. 0: the row is held. -1.
 */
static int recognise(struct ledger *ledger, const struct hold *hold, const struct acquaintance_marks *marks,
                     int64_t *id, bool *again, struct error *error) {
    struct acquaintance found[IDENTITY_OWN_KINDS], who = {0};
    size_t count;
    if (acquaintance_strongest(marks) == IDENTITY_OWN_KINDS) {
        HOLD(hold, "nothing tells %s from others: there is no membership number, no postcode and no e-mail address",
             hold->name);
        return 0;
    }
    if (acquaintance_find(ledger, marks, found, &count, error) != 0)
        return -1;
    for (int i = 0; i < IDENTITY_OWN_KINDS; i++)
        if (found[i].id != 0 && !who.forgotten)
            who = found[i];
    if (who.forgotten) {
        HOLD(hold, "%s was forgotten (postbag forget), and is not written for again", hold->name);
    } else if (count > 1) {
        hold_disagreement(hold, found);
    } else if (who.id != 0 && who.roll == ledger->roll && who.row != hold->meeting->person->row) {
        HOLD(hold, "%s is the same person as row %u, by what an earlier list said of them", hold->name, who.row);
    } else {
        *id = who.id;
        *again = who.id != 0 && who.roll == ledger->roll;
        return 1;
    }
    return 0;
}

static int meet_letter(struct ledger *ledger, const struct hold *hold, const struct acquaintance_marks *marks,
                       int64_t person, struct arena *arena, struct ledger_letter *letter, struct error *error) {
    const struct ledger_meeting *meeting = hold->meeting;
    struct store_mac seat;
    struct entry entry;
    store_mac(ledger, STORE_SEAT, meeting->seat, strlen(meeting->seat), &seat);
    int found = entry_find(ledger, person, meeting->channel, arena, &entry, error);
    if (found < 0)
        return -1;
    if (found == 1) {
        int addressed = entry_readdress(ledger, &entry, &seat, meeting->recipient, error);
        if (addressed == 1) {
            hold_gone(hold, &entry);
            return entry_hold(ledger, entry.letter.id, error);
        }
        if (addressed != 0)
            return -1;
    } else if (entry_add(ledger, person, meeting->channel, &marks->macs[acquaintance_strongest(marks)], &seat,
                         meeting->recipient, error) != 0) {
        return -1;
    }
    if (entry_find(ledger, person, meeting->channel, arena, &entry, error) != 1)
        return -1;
    *letter = entry.letter;
    return 0;
}

static int meet(struct ledger *ledger, const struct ledger_meeting *meeting, struct ledger_letter *letter,
                struct arena *arena, struct problems *problems, struct error *error) {
    struct acquaintance_marks marks;
    struct hold hold = hold_of(meeting, problems);
    int64_t id = 0;
    bool again = false;
    acquaintance_mark(ledger, meeting->person, &marks);
    int known = recognise(ledger, &hold, &marks, &id, &again, error);
    if (known != 1)
        return known;
    if (!again && acquaintance_meet(ledger, meeting->person, &marks, &id, error) != 0)
        return -1;
    return meet_letter(ledger, &hold, &marks, id, arena, letter, error);
}

int ledger_meet(struct ledger *ledger, const struct ledger_meeting *meeting, struct ledger_letter *letter,
                struct arena *arena, struct problems *problems, struct error *error) {
    struct ledger_letter met = {.token = "", .file = ""};
    pthread_mutex_lock(&ledger->mutex);
    assert(ledger->rolling);
    int result = meet(ledger, meeting, &met, arena, problems, error);
    pthread_mutex_unlock(&ledger->mutex);
    if (result == 0)
        *letter = met;
    return result;
}
