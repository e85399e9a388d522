/*
 * Enrolment: who is meant comes in, and a person of the list is in the ledger. The one idea is a roll like a send's, in
 * which the ledger meets this person and, of all the others, those whom it knows: whoever were left out of it would count
 * as gone from the list.
 */
#include "commands/enrol.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "commands/outbox.h"
#include "delivery/parcel.h"
#include "input/csv.h"
#include "input/field.h"
#include "input/people.h"
#include "input/recipient.h"

enum { KEYS_SHOWN = 20 };

/* What is remembered of each row, in the order of reading. */
enum { ROW_BAD = 1, ROW_KNOWN = 2, ROW_FOUND = 4 };

/* Who is asked for, folded as the values that it is compared with. */
struct wanted {
    const char *key;
    struct str name; /* by field_key, without courtesy titles; also a membership number's key */
    struct str number;
    struct str email;
    enum enrol_by by;
};

static void wanted_init(struct wanted *wanted, const char *who, enum enrol_by by) {
    size_t length = text_valid(who, strlen(who));
    *wanted = (struct wanted){who, STR_EMPTY, STR_EMPTY, STR_EMPTY, by};
    text_trim(&who, &length);
    size_t titles = recipient_titles_length(who, length);
    field_key(&wanted->name, who + titles, length - titles);
    field_key(&wanted->number, who, length);
    text_fold(&wanted->email, who, length);
}

static void wanted_release(struct wanted *wanted) {
    str_release(&wanted->name);
    str_release(&wanted->number);
    str_release(&wanted->email);
}

static bool is_text(const struct str *text, const struct str *wanted) {
    return wanted->length > 0 && text->length == wanted->length &&
           memcmp(text->bytes, wanted->bytes, wanted->length) == 0;
}

static bool is_wanted(const struct wanted *wanted, const struct person *person) {
    if (strcmp(person->key, wanted->key) == 0)
        return true;
    if (wanted->by == ENROL_BY_KEY)
        return false;
    const struct value *name = &person->values[FIELD_NAME], *number = &person->values[FIELD_MEMBER_ID];
    const struct value *email = &person->values[FIELD_EMAIL];
    struct str text = STR_EMPTY;
    size_t titles = recipient_titles_length(name->text, name->length);
    field_key(&text, name->text + titles, name->length - titles);
    bool found = is_text(&text, &wanted->name);
    str_clear(&text);
    field_key(&text, number->text, number->length);
    found = found || is_text(&text, &wanted->number);
    str_clear(&text);
    text_fold(&text, email->text, email->length);
    found = found || is_text(&text, &wanted->email);
    str_release(&text);
    return found;
}

/* "14", "jane-doe" and "Jane Doe" are as near to 0014-jane-doe as can be; a slip of the finger is near, too. */
static unsigned distance(const char *who, const char *key) {
    enum { FAR = 1000 };
    struct str slug = STR_EMPTY;
    text_slug(&slug, who, text_valid(who, strlen(who)), PEOPLE_KEY_MAX);
    unsigned far = FAR;
    if (slug.length > 0 && strspn(slug.bytes, "0123456789") == slug.length) {
        far = strtoul(slug.bytes, NULL, 10) == strtoul(key, NULL, 10) ? 0 : FAR;
    } else if (slug.length > 0) {
        far = strstr(key, slug.bytes) != NULL ? 0 : text_distance(slug.bytes, slug.length, key, strlen(key));
        if (far > slug.length / 3)
            far = FAR;
    }
    str_release(&slug);
    return far >= FAR ? FAR : far;
}

const char *enrol_nearer(const char *who, const char *near, const char *key) {
    enum { FAR = 1000 };
    unsigned to_near = near == NULL ? FAR : distance(who, near);
    return distance(who, key) < to_near ? key : near;
}

static void take_match(struct enrolment *enrolment, const struct person *person) {
    struct arena *arena = &enrolment->campaign.arena;
    enrolment->matches++;
    if (enrolment->matches == 1)
        enrolment->keys = arena_copy(arena, person->key, strlen(person->key));
    else if (enrolment->matches <= KEYS_SHOWN)
        enrolment->keys = arena_printf(arena, "%s, %s", enrolment->keys, person->key);
    else if (enrolment->matches == KEYS_SHOWN + 1)
        enrolment->keys = arena_printf(arena, "%s …", enrolment->keys);
}

/* Looks at one row. Who is found is kept with ARENA, where they live, and the next row gets one of its own. */
static void look_at(struct enrolment *enrolment, const struct wanted *wanted, const struct person *person,
                    const struct problems *problems, struct arena *arena, const struct report *report) {
    unsigned char *row = MEMORY_PUSH(enrolment->rows, enrolment->rows_count, enrolment->rows_room);
    bool found = is_wanted(wanted, person);
    *row = (problems->errors_count > 0 ? ROW_BAD : 0) | (found ? ROW_FOUND : 0);
    const char *near = enrol_nearer(wanted->key, enrolment->near, person->key);
    if (near != enrolment->near)
        enrolment->near = arena_copy(&enrolment->campaign.arena, near, strlen(near));
    if (!found)
        return;
    take_match(enrolment, person);
    if (enrolment->matches > 1)
        return;
    enrolment->person = *person;
    enrolment->errors_count = problems->errors_count;
    if (wanted->by == ENROL_BY_KEY)
        report_problems(report, problems);
    enrolment->arena = *arena;
    *arena = ARENA_EMPTY;
}

static int search(struct enrolment *enrolment, const struct settings *settings, const struct report *report,
                  const struct wanted *wanted, struct error *error) {
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    int got = 1;
    problems_init(&problems, &arena);
    while (got == 1) {
        struct person person;
        if (*settings->interrupted) {
            got = error_set(error, STATUS_INTERRUPTED, "stopped; nothing was changed");
            break;
        }
        arena_clear(&arena);
        problems_clear(&problems);
        got = people_next(enrolment->campaign.people, &arena, &person, NULL, &problems, error);
        if (got == 1)
            look_at(enrolment, wanted, &person, &problems, &arena, report);
    }
    problems_release(&problems);
    arena_release(&arena);
    return got;
}

int enrol_find(struct enrolment *enrolment, const struct settings *settings, const struct report *report,
               const char *who, enum enrol_by by, struct error *error) {
    struct report hushed = *report;
    struct wanted wanted;
    hushed.quiet = true;
    *enrolment = (struct enrolment){.arena = ARENA_EMPTY};
    if (campaign_configure(&enrolment->campaign, settings, error) != 0 ||
        campaign_open(&enrolment->campaign, settings, &hushed, error) != 0)
        return -1;
    wanted_init(&wanted, who, by);
    int result = search(enrolment, settings, report, &wanted, error);
    wanted_release(&wanted);
    return result != 0 ? -1 : enrolment->matches == 1;
}

void enrol_close(struct enrolment *enrolment) {
    campaign_close(&enrolment->campaign);
    arena_release(&enrolment->arena);
    free(enrolment->rows);
}

/* Meets PERSON on CHANNEL as a send would (see commands/outbox). */
static int meet(const struct enrolment *enrolment, struct desk *desk, const struct person *person,
                enum ledger_channel channel, struct ledger_letter *letter, struct problems *problems,
                struct error *error) {
    enum parcel_kind kind = desk->config.smtp.to == SMTP_TO_MEMBER ? PARCEL_TO_MEMBER : PARCEL_TO_MP;
    struct ledger_meeting meeting = {
        .person = person,
        .channel = channel,
        .recipient = parcel_recipient(channel == LEDGER_COPY ? PARCEL_COPY : kind, person, problems->arena),
        .seat = outbox_seat(person),
        .file = csv_path(enrolment->campaign.csv),
    };
    return ledger_meet(desk->ledger, &meeting, letter, problems->arena, problems, error);
}

/* The one person whom all this is about; what speaks against it is an error, which outlives the list. */
static int meet_found(const struct enrolment *enrolment, struct desk *desk, const struct person *person,
                      struct problems *problems, struct error *error) {
    struct ledger_letter letter;
    bool copies =
        desk->config.smtp.to == SMTP_TO_MP && desk->config.smtp.copy && person->values[FIELD_EMAIL].length > 0;
    if (meet(enrolment, desk, person, LEDGER_EMAIL, &letter, problems, error) != 0 ||
        (copies && problems->errors_count == 0 &&
         meet(enrolment, desk, person, LEDGER_COPY, &letter, problems, error) != 0))
        return -1;
    if (problems->errors_count == 0)
        return 0;
    struct place place = problems->items[0].place;
    if (place.file != NULL)
        place.file = arena_copy(&desk->arena, place.file, strlen(place.file));
    return error_at(error, STATUS_DATA, place, "row %u: %s", person->row, problems->items[0].message);
}

/* Whether the ledger knew the letter's person before: then their row is ROW_KNOWN. */
static int meet_other(struct enrolment *enrolment, struct desk *desk, const struct person *person, unsigned char *row,
                      struct problems *problems, struct error *error) {
    struct ledger_letter letter = {.id = 0};
    if (meet(enrolment, desk, person, LEDGER_EMAIL, &letter, problems, error) != 0)
        return -1;
    bool new = letter.state == LEDGER_READY &&letter.attempts == 0 && letter.changed_ms == desk->now_ms;
    if (letter.id != 0 && !new)
        *row |= ROW_KNOWN;
    return 0;
}

/* Reads the list once more. TRYING: everybody is met, to see who is known; else those who are, and the one found. */
static int call_roll(struct enrolment *enrolment, struct desk *desk, bool trying, struct error *error) {
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    int got = people_rewind(enrolment->campaign.people, error) == 0 ? 1 : -1;
    problems_init(&problems, &arena);
    for (size_t i = 0; got == 1 && i < enrolment->rows_count; i++) {
        unsigned char *row = &enrolment->rows[i];
        struct person person;
        arena_clear(&arena);
        problems_clear(&problems);
        got = people_next(enrolment->campaign.people, &arena, &person, NULL, &problems, error);
        problems_clear(&problems);
        if (got != 1)
            break;
        int result = 0;
        if ((*row & ROW_FOUND) != 0)
            result = trying ? 0 : meet_found(enrolment, desk, &person, &problems, error);
        else if (trying ? (*row & ROW_BAD) == 0 : (*row & ROW_KNOWN) != 0)
            result = meet_other(enrolment, desk, &person, row, &problems, error);
        got = result == 0 ? 1 : -1;
    }
    problems_release(&problems);
    arena_release(&arena);
    return got < 0 ? -1 : 0;
}

int enrol_commit(struct enrolment *enrolment, struct desk *desk, struct error *error) {
    bool others = desk->ledger != NULL;
    if (desk_make_ledger(desk, error) != 0)
        return -1;
    int result = 0;
    if (others && (result = ledger_roll_begin(desk->ledger, desk->now_ms, error)) == 0) {
        result = call_roll(enrolment, desk, true, error);
        ledger_roll_abandon(desk->ledger);
    }
    if (result == 0)
        result = ledger_roll_begin(desk->ledger, desk->now_ms, error);
    if (result == 0 && call_roll(enrolment, desk, false, error) == 0 && ledger_roll_commit(desk->ledger, error) == 0)
        return 0;
    ledger_roll_abandon(desk->ledger);
    return -1;
}
