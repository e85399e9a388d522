/*
 * The outbox: checked rows come in, and out goes who is to be written for. Its one idea is to ask everything (consent,
 * addresses, the ledger) before the first letter goes.
 */
#include "commands/outbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/memory.h"

bool outbox_is_configured(const struct config *config) {
    return config->smtp.to != SMTP_TO_NOBODY && config->smtp.from.address != NULL;
}

int outbox_demand(const struct config *config, struct error *error) {
    if (config->smtp.to == SMTP_TO_NOBODY)
        return error_set(
            error, STATUS_CONFIGURATION,
            "who is to get the e-mails? Set smtp.to = member (each member gets their own letter, and sends "
            "it themselves) or smtp.to = mp (the branch sends it in the member's name, with their consent)");
    if (config->campaign.name == NULL)
        return error_set(
            error, STATUS_CONFIGURATION,
            "what is this campaign called? Set campaign.name: by it Postbag knows next time what was sent");
    if (config->smtp.to == SMTP_TO_MP && config->campaign.consent == NULL)
        return error_set(
            error, STATUS_CONFIGURATION,
            "who has agreed? With smtp.to = mp, campaign.consent must name the column of the list that says "
            "yes for each member in whose name a letter may go out");
    if (config->smtp.from.address == NULL)
        return error_set(error, STATUS_CONFIGURATION,
                         "who sends? Set smtp.from = Example Branch <branch@union.example>");
    if (config->smtp.host == NULL)
        return error_set(error, STATUS_CONFIGURATION,
                         "which server sends the e-mails? Set smtp.host; config.example has those of common providers");
    return 0;
}

const char *outbox_ledger_path(struct campaign *campaign) {
    return ledger_path(&campaign->arena, campaign->config.folder, campaign->name);
}

/* Consent */

static int find_consent(struct outbox *outbox, struct error *error) {
    struct campaign *campaign = outbox->campaign;
    outbox->consent = -1;
    if (outbox->kind != PARCEL_TO_MP || campaign->config.campaign.consent == NULL)
        return 0;
    struct str key = STR_EMPTY;
    field_key(&key, campaign->config.campaign.consent, strlen(campaign->config.campaign.consent));
    outbox->consent = people_field(campaign->people, key.bytes, key.length);
    bool there = outbox->consent >= 0 && people_has(campaign->people, outbox->consent);
    str_release(&key);
    if (there)
        return 0;
    return error_set(error, STATUS_CONFIGURATION,
                     "campaign.consent names the column \"%s\", but the list has no such column",
                     campaign->config.campaign.consent);
}

/* What people write into such a column where they agree; folded by field_key, so that marks and case do not matter. */
static bool is_yes(const struct value *value) {
    static const char *const words[] = {"yes",    "y",        "true",    "1",         "x",  "agree", "agreed",
                                        "agrees", "ok",       "consent", "given",     "ie", "ydw",   "yesido",
                                        "iagree", "iconsent", "signed",  "consented", "on", "t",     "oes"};
    static const char *const ticks[] = {"✓", "✔", "☑", "✅"};
    struct str key = STR_EMPTY;
    bool yes = false;
    field_key(&key, value->text, value->length);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        yes = yes || strcmp(key.bytes, words[i]) == 0;
    for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++)
        yes = yes || strncmp(value->text, ticks[i], strlen(ticks[i])) == 0;
    str_release(&key);
    return yes;
}

static void check_consent(const struct outbox *outbox, const struct person *person, const char *file,
                          struct problems *problems) {
    if (outbox->consent < 0)
        return;
    const struct value *value = &person->values[outbox->consent];
    if (is_yes(value))
        return;
    struct place place = {file, value->line != 0 ? value->line : person->line, value->column};
    const char *column = people_field_name(outbox->campaign->people, outbox->consent);
    if (value->length == 0)
        problems_add(problems, SEVERITY_ERROR, place,
                     "the %s column is empty: without a yes no letter goes out in this member's name", column);
    else
        problems_add(problems, SEVERITY_ERROR, place,
                     "the %s column says \"%s\" and not yes: no letter goes out in this member's name", column,
                     value_shown(problems->arena, value->text, value->length));
}

/* The rows */

const char *outbox_seat(const struct person *person) {
    const struct value *constituency = &person->values[FIELD_CONSTITUENCY];
    return constituency->length > 0 ? constituency->text : person->values[FIELD_MP].text;
}

static int meet(struct outbox *outbox, const struct person *person, enum ledger_channel channel, const char *file,
                struct ledger_letter *letter, struct arena *arena, struct problems *problems, struct error *error) {
    enum parcel_kind kind = channel == LEDGER_COPY ? PARCEL_COPY : outbox->kind;
    struct ledger_meeting meeting = {
        .person = person,
        .channel = channel,
        .recipient = parcel_recipient(kind, person, arena),
        .seat = outbox_seat(person),
        .file = file,
    };
    return ledger_meet(outbox->ledger, &meeting, letter, arena, problems, error);
}

static bool is_left(enum ledger_state state) {
    return state == LEDGER_READY || state == LEDGER_LATER;
}

/* Counts a letter that is to go, and keeps the first few to be shown. */
static void take(struct outbox *outbox, const struct person *person) {
    struct campaign *campaign = outbox->campaign;
    const char *seat = outbox_seat(person);
    *table_slot(&outbox->recipients, seat, strlen(seat)) = outbox;
    outbox->taken++;
    outbox->unanswerable += outbox->kind == PARCEL_TO_MP && person->values[FIELD_EMAIL].length == 0;
    if (outbox->shown_count == OUTBOX_SHOWN)
        return;
    const struct value *address = &person->values[outbox->kind == PARCEL_TO_MP ? FIELD_MP_EMAIL : FIELD_EMAIL];
    outbox->shown[outbox->shown_count++] =
        arena_printf(&campaign->arena, "%s: to %s <%s>", person->values[FIELD_NAME].text,
                     parcel_recipient(outbox->kind, person, &campaign->arena), address->text);
}

static int inspect_person(struct outbox *outbox, const struct person *person, bool wanted, struct arena *arena,
                          struct problems *problems, struct error *error) {
    struct campaign *campaign = outbox->campaign;
    const char *file = campaign->csv == NULL ? NULL : csv_path(campaign->csv);
    struct ledger_letter found = {0};
    check_consent(outbox, person, file, problems);
    parcel_check(outbox->kind, &campaign->config, person, file, problems);
    if (problems->errors_count > 0)
        return 0;
    if (meet(outbox, person, LEDGER_EMAIL, file, &found, arena, problems, error) != 0)
        return -1;
    if (problems->errors_count > 0)
        return 0;
    if (wanted && (is_left(found.state) || outbox->rehearsal))
        take(outbox, person);
    if (!outbox->copies || person->values[FIELD_EMAIL].length == 0)
        return 0;
    return meet(outbox, person, LEDGER_COPY, file, &found, arena, problems, error);
}

static int inspect(void *context, const struct letter *letter, bool wanted, struct arena *arena,
                   struct problems *problems, struct error *error) {
    struct outbox *outbox = context;
    if (!outbox->lenient)
        return inspect_person(outbox, letter->person, wanted, arena, problems, error);
    struct problems unsaid;
    problems_init(&unsaid, arena);
    int result = inspect_person(outbox, letter->person, wanted, arena, &unsaid, error);
    problems_release(&unsaid);
    return result;
}

/*
 * An e-mail bears numbers made with the campaign's key, which the ledger holds: that what is shown is what will go, the
 * key must be there. Where it cannot be kept, the e-mails can still be looked at.
 */
static void make_ledger(const struct outbox *outbox, int64_t now_ms) {
    struct ledger *ledger = NULL;
    struct error ignored;
    if (outbox->campaign->config.campaign.name != NULL && access(outbox->ledger_path, F_OK) != 0 &&
        ledger_open(&ledger, outbox->ledger_path, LEDGER_SEND, now_ms, &ignored) == 0)
        ledger_close(ledger);
}

int outbox_open(struct outbox *outbox, struct campaign *campaign, const struct settings *settings, enum outbox_use use,
                struct error *error) {
    const struct config *config = &campaign->config;
    int64_t now_ms = clock_wall_ms();
    struct digest model, list = {{0}};
    *outbox = (struct outbox){
        .campaign = campaign,
        .kind = config->smtp.to == SMTP_TO_MP ? PARCEL_TO_MP : PARCEL_TO_MEMBER,
        .copies = config->smtp.copy && config->smtp.to == SMTP_TO_MP,
        .rehearsal = config->smtp.rehearsal.address != NULL,
        .recipients = TABLE_EMPTY,
    };
    enum ledger_mode mode = use == OUTBOX_SEND && !outbox->rehearsal ? LEDGER_SEND : LEDGER_PEEK;
    outbox->lenient = use == OUTBOX_SHOW;
    outbox->ledger_path = outbox_ledger_path(campaign);
    if (use == OUTBOX_SHOW)
        make_ledger(outbox, now_ms);
    if (find_consent(outbox, error) != 0 ||
        ledger_open(&outbox->ledger, outbox->ledger_path, mode, now_ms, error) != 0 ||
        digest_of_file(&model, campaign->model_path, error) != 0)
        return -1;
    if (campaign->list_path != NULL && strcmp(campaign->list_path, "-") != 0 &&
        digest_of_file(&list, campaign->list_path, error) != 0)
        return -1;
    campaign->inspection = (struct campaign_inspection){inspect, outbox};
    if (ledger_roll_begin(outbox->ledger, now_ms, error) != 0 ||
        ledger_note_inputs(outbox->ledger, &model, &list, &outbox->inputs, error) != 0)
        return -1;
    return settings->resend_unsure ? ledger_resend_unsure(outbox->ledger, LEDGER_EMAIL, now_ms, error) : 0;
}

void outbox_close(struct outbox *outbox) {
    if (outbox->ledger != NULL)
        ledger_roll_abandon(outbox->ledger);
    ledger_close(outbox->ledger);
    table_release(&outbox->recipients);
    free(outbox->held);
    *outbox = (struct outbox){0};
}

/* Rows that are held */

static int hold(void *context, unsigned row, const char *key, enum ledger_state state, int64_t when_ms,
                struct error *error) {
    struct outbox *outbox = context;
    struct arena *arena = &outbox->campaign->arena;
    struct str day = STR_EMPTY;
    (void)error;
    clock_format(&day, when_ms);
    struct outbox_held *held = MEMORY_PUSH(outbox->held, outbox->held_count, outbox->held_room);
    held->row = row;
    held->reason = arena_printf(arena, "may be %s, who is in this list no more and for whom a letter %s (%s)", key,
                                state == LEDGER_SENT ? "was sent" : "was begun", day.bytes);
    str_release(&day);
    return 0;
}

static const struct outbox_held *held_of(const struct outbox *outbox, unsigned row) {
    for (size_t i = 0; i < outbox->held_count; i++)
        if (outbox->held[i].row == row)
            return &outbox->held[i];
    return NULL;
}

static int report_held(struct outbox *outbox, const struct outbox_held *held, const struct person *person,
                       const struct csv_row *cells, const struct report *report, struct leftover *leftover,
                       struct problems *problems, struct error *error) {
    struct campaign *campaign = outbox->campaign;
    const char *file = campaign->csv == NULL ? NULL : csv_path(campaign->csv);
    problems_clear(problems);
    struct problem *problem =
        problems_add(problems, SEVERITY_ERROR, (struct place){file, person->line, person->values[FIELD_NAME].column},
                     "%s %s; if they are two people, say so: postbag resolve %s ready",
                     value_shown(problems->arena, person->values[FIELD_NAME].text, person->values[FIELD_NAME].length),
                     held->reason, person->key);
    problem->row = person->row;
    report_problems(report, problems);
    campaign->good_count--;
    campaign->bad_count++;
    if (leftover == NULL || campaign->csv == NULL)
        return 0;
    return leftover_add(leftover, people_header(campaign->people), cells, person, problems, error);
}

/* The list is read once more, because a held row goes to problems.csv as it stands there. */
static int find_held(struct outbox *outbox, const struct settings *settings, const struct report *report,
                     struct leftover *leftover, struct error *error) {
    struct campaign *campaign = outbox->campaign;
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    problems_init(&problems, &arena);
    int got = people_rewind(campaign->people, error) == 0 ? 1 : -1;
    for (size_t index = 0; got == 1; index++) {
        struct person person;
        struct csv_row cells;
        arena_clear(&arena);
        problems_clear(&problems);
        got = people_next(campaign->people, &arena, &person, &cells, &problems, error);
        const struct outbox_held *held = got == 1 ? held_of(outbox, person.row) : NULL;
        bool wanted = settings->row == 0 || (got == 1 && settings->row == person.row);
        if (held != NULL && wanted &&
            report_held(outbox, held, &person, &cells, report, leftover, &problems, error) != 0)
            got = -1;
    }
    problems_release(&problems);
    arena_release(&arena);
    return got;
}

int outbox_settle(struct outbox *outbox, const struct settings *settings, const struct report *report,
                  struct leftover *leftover, struct error *error) {
    if (ledger_roll_settle(outbox->ledger, hold, outbox, error) != 0)
        return -1;
    if (outbox->held_count > 0 && !outbox->lenient && find_held(outbox, settings, report, leftover, error) != 0)
        return -1;
    size_t copies[LEDGER_STATES];
    if (ledger_count_roll(outbox->ledger, LEDGER_EMAIL, outbox->letters, error) != 0 ||
        ledger_count_roll(outbox->ledger, LEDGER_COPY, copies, error) != 0)
        return -1;
    outbox->copies_left = copies[LEDGER_READY] + copies[LEDGER_LATER];
    return 0;
}

size_t outbox_left(const struct outbox *outbox) {
    return outbox->letters[LEDGER_READY] + outbox->letters[LEDGER_LATER];
}

int outbox_commit(struct outbox *outbox, struct error *error) {
    return ledger_roll_commit(outbox->ledger, error);
}

int outbox_pack(const struct outbox *outbox, const struct outbox_packing *packing, struct parcel *parcel,
                struct arena *arena, struct error *error) {
    struct parcel_order order = {
        .kind = packing->copy ? PARCEL_COPY : outbox->kind,
        .config = &outbox->campaign->config,
        .letter = packing->letter,
        .pdf = packing->pdf->bytes,
        .pdf_length = packing->pdf->length,
        .token = packing->token,
        .time_ms = packing->time_ms,
    };
    return parcel_pack(parcel, &order, arena, error);
}
