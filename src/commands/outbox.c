/*
 * The outbox: checked rows come in, and out goes who is to be written for. Its one idea is to ask everything (consent,
 * addresses, the ledger) before the first letter goes.
 */
#include "commands/outbox.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "commands/consent.h"

bool outbox_is_configured(const struct config *config, enum ledger_channel channel) {
    if (channel == LEDGER_WEBHOOK)
        return config->webhook.url != NULL;
    return config->smtp.to != SMTP_TO_NOBODY && config->smtp.from.address != NULL;
}

static int demand_email(const struct config *config, struct error *error) {
    if (config->smtp.to == SMTP_TO_NOBODY)
        return error_set(
            error, STATUS_CONFIGURATION,
            "who is to get the e-mails? Set smtp.to = member (each member gets their own letter, and sends "
            "it themselves) or smtp.to = mp (the branch sends it in the member's name, with their consent)");
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

static int demand_webhook(const struct config *config, struct error *error) {
    if (config->webhook.url == NULL)
        return error_set(error, STATUS_CONFIGURATION,
                         "which petition is to be told? Set webhook.url = https://… as its page says");
    if (config->campaign.consent == NULL)
        return error_set(error, STATUS_CONFIGURATION,
                         "who has agreed? campaign.consent must name the column of the list that says yes for each "
                         "member whose name may go to a petition");
    return 0;
}

int outbox_demand(const struct config *config, enum ledger_channel channel, struct error *error) {
    if ((channel == LEDGER_WEBHOOK ? demand_webhook(config, error) : demand_email(config, error)) != 0)
        return -1;
    if (config->campaign.name == NULL)
        return error_set(
            error, STATUS_CONFIGURATION,
            "what is this campaign called? Set campaign.name: by it Postbag knows next time what was sent");
    return 0;
}

const char *outbox_ledger_path(struct campaign *campaign) {
    return ledger_path(&campaign->arena, campaign->config.folder, campaign->name);
}

/* The rows */

static bool is_petition(const struct outbox *outbox) {
    return outbox->channel == LEDGER_WEBHOOK;
}

static bool is_in_members_name(const struct outbox *outbox) {
    return is_petition(outbox) || outbox->kind == PARCEL_TO_MP;
}

const char *outbox_seat(const struct person *person) {
    const struct value *constituency = &person->values[FIELD_CONSTITUENCY];
    bool seated = person->office == OFFICE_MP && constituency->length > 0;
    return seated ? constituency->text : person->values[FIELD_MP].text;
}

const char *outbox_recipient(const struct outbox *outbox, enum ledger_channel channel, const struct person *person,
                             struct arena *arena) {
    if (channel == LEDGER_WEBHOOK)
        return outbox->endpoint.host;
    return parcel_recipient(channel == LEDGER_COPY ? PARCEL_COPY : outbox->kind, person, arena);
}

static int meet(struct outbox *outbox, const struct person *person, enum ledger_channel channel, const char *file,
                struct ledger_letter *letter, struct arena *arena, struct problems *problems, struct error *error) {
    struct ledger_meeting meeting = {
        .person = person,
        .channel = channel,
        .recipient = outbox_recipient(outbox, channel, person, arena),
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
    outbox->unanswerable +=
        !is_petition(outbox) && outbox->kind == PARCEL_TO_MP && person->values[FIELD_EMAIL].length == 0;
    if (outbox->shown_count == OUTBOX_SHOWN)
        return;
    const struct value *address = &person->values[outbox->kind == PARCEL_TO_MP ? FIELD_MP_EMAIL : FIELD_EMAIL];
    const char *name = person->values[FIELD_NAME].text;
    outbox->shown[outbox->shown_count++] =
        is_petition(outbox) ? arena_printf(&campaign->arena, "%s, %s", name, seat)
                            : arena_printf(&campaign->arena, "%s: to %s <%s>", name,
                                           parcel_recipient(outbox->kind, person, &campaign->arena), address->text);
}

/* Counts a row that is wanted, by what the ledger says of its letter and its copy. */
static void count_row(struct outbox *outbox, const struct person *person, enum ledger_state letter, bool copy_is_left) {
    outbox->wanted[letter]++;
    if (is_left(letter) || outbox->rehearsal)
        take(outbox, person);
    else
        outbox->copies_left += letter == LEDGER_SENT && copy_is_left;
}

static int inspect_person(struct outbox *outbox, const struct person *person, bool wanted, struct arena *arena,
                          struct problems *problems, struct error *error) {
    struct campaign *campaign = outbox->campaign;
    const char *file = csv_path(campaign->csv);
    struct ledger_letter found = {0}, copy = {0};
    if (outbox->consent >= 0)
        consent_check(campaign, outbox->consent, person, problems);
    if (is_petition(outbox))
        petition_check(&campaign->config, person, file, problems);
    else
        parcel_check(outbox->kind, &campaign->config, person, file, problems);
    if (problems->errors_count > 0)
        return 0;
    if (meet(outbox, person, outbox->channel, file, &found, arena, problems, error) != 0)
        return -1;
    if (problems->errors_count > 0)
        return 0;
    bool copied = outbox->copies && person->values[FIELD_EMAIL].length > 0;
    if (copied && meet(outbox, person, LEDGER_COPY, file, &copy, arena, problems, error) != 0)
        return -1;
    if (wanted && problems->errors_count == 0)
        count_row(outbox, person, found.state, copied && is_left(copy.state));
    return 0;
}

/* People who asked to be forgotten are not written for, on paper either. */
static int refuse_forgotten(struct ledger *ledger, const struct person *person, struct problems *problems,
                            struct error *error) {
    bool forgotten = false;
    if (ledger_is_forgotten(ledger, person, &forgotten, error) != 0)
        return -1;
    if (forgotten)
        problems_add(problems, SEVERITY_ERROR, (struct place){NULL, person->line, 0},
                     "this person was forgotten (postbag forget): no letter is written for them");
    return 0;
}

static int inspect_forgotten(void *context, const struct letter *letter, bool wanted, struct arena *arena,
                             struct problems *problems, struct error *error) {
    (void)wanted;
    (void)arena;
    return refuse_forgotten(context, letter->person, problems, error);
}

int outbox_watch_forgotten(struct campaign *campaign, struct ledger **ledger, struct error *error) {
    const char *path = outbox_ledger_path(campaign);
    if (access(path, F_OK) != 0)
        return 0;
    if (ledger_open(ledger, path, LEDGER_READ, clock_wall_ms(), error) != 0)
        return -1;
    campaign_inspect(campaign, (struct campaign_inspection){inspect_forgotten, *ledger});
    return 0;
}

static int inspect(void *context, const struct letter *letter, bool wanted, struct arena *arena,
                   struct problems *problems, struct error *error) {
    struct outbox *outbox = context;
    if (!outbox->lenient)
        return inspect_person(outbox, letter->person, wanted, arena, problems, error);
    if (refuse_forgotten(outbox->ledger, letter->person, problems, error) != 0)
        return -1;
    if (problems->errors_count > 0)
        return 0;
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

/* What the channel needs to know of the list and the destination. */
static int find_destination(struct outbox *outbox, struct error *error) {
    struct campaign *campaign = outbox->campaign;
    const struct config *config = &campaign->config;
    outbox->consent = -1;
    if (is_in_members_name(outbox) && config->campaign.consent != NULL &&
        consent_find(campaign, &outbox->consent, error) != 0)
        return -1;
    if (!is_petition(outbox))
        return 0;
    if (petition_find_endpoint(&outbox->endpoint, config, &campaign->arena, error) != 0)
        return -1;
    return petition_find_fields(&outbox->fields, config, campaign->people, &campaign->arena, error);
}

/* Of the model letter, and of the same in another language where there is one. */
static int digest_of_models(const struct campaign *campaign, struct digest *digest, struct error *error) {
    struct digest both[2];
    if (campaign->translation_path == NULL)
        return digest_of_file(digest, campaign->model_path, error);
    if (digest_of_file(&both[0], campaign->model_path, error) != 0 ||
        digest_of_file(&both[1], campaign->translation_path, error) != 0)
        return -1;
    digest_of(digest, both, sizeof both);
    return 0;
}

int outbox_open(struct outbox *outbox, struct campaign *campaign, const struct settings *settings,
                enum ledger_channel channel, enum outbox_use use, struct error *error) {
    const struct config *config = &campaign->config;
    int64_t now_ms = clock_wall_ms();
    struct digest model, list = {{0}};
    *outbox = (struct outbox){
        .campaign = campaign,
        .channel = channel,
        .kind = config->smtp.to == SMTP_TO_MP ? PARCEL_TO_MP : PARCEL_TO_MEMBER,
        .recipients = TABLE_EMPTY,
    };
    outbox->copies = !is_petition(outbox) && config->smtp.copy && outbox->kind == PARCEL_TO_MP;
    outbox->rehearsal =
        is_petition(outbox) ? config->webhook.rehearsal != NULL : config->smtp.rehearsal.address != NULL;
    enum ledger_mode mode = use == OUTBOX_SEND && !outbox->rehearsal ? LEDGER_SEND : LEDGER_PEEK;
    outbox->lenient = use == OUTBOX_SHOW;
    outbox->ledger_path = outbox_ledger_path(campaign);
    if (use == OUTBOX_SHOW)
        make_ledger(outbox, now_ms);
    if (find_destination(outbox, error) != 0 ||
        ledger_open(&outbox->ledger, outbox->ledger_path, mode, now_ms, error) != 0 ||
        digest_of_models(campaign, &model, error) != 0)
        return -1;
    if (campaign->list_path != NULL && strcmp(campaign->list_path, "-") != 0 &&
        digest_of_file(&list, campaign->list_path, error) != 0)
        return -1;
    campaign_inspect(campaign, (struct campaign_inspection){inspect, outbox});
    if (ledger_roll_begin(outbox->ledger, now_ms, error) != 0 ||
        ledger_note_inputs(outbox->ledger, &model, &list, &outbox->inputs, error) != 0)
        return -1;
    return settings->resend_unsure ? ledger_resend_unsure(outbox->ledger, outbox->channel, now_ms, error) : 0;
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
    const char *file = csv_path(campaign->csv);
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

static int recount_row(struct outbox *outbox, const struct person *person, struct arena *arena, struct error *error) {
    struct ledger_letter letter, copy = {.state = LEDGER_SENT};
    int found = ledger_letter_of_row(outbox->ledger, outbox->channel, person->row, arena, &letter, error);
    if (found <= 0)
        return found;
    bool copied = outbox->copies && person->values[FIELD_EMAIL].length > 0;
    if (copied && ledger_letter_of_row(outbox->ledger, LEDGER_COPY, person->row, arena, &copy, error) < 0)
        return -1;
    count_row(outbox, person, letter.state, is_left(copy.state));
    return 0;
}

static void forget_counts(struct outbox *outbox) {
    outbox->taken = outbox->unanswerable = outbox->shown_count = outbox->copies_left = 0;
    memset(outbox->wanted, 0, sizeof outbox->wanted);
    table_clear(&outbox->recipients);
}

/*
 * The list is read once more, because a held row goes to problems.csv as it stands there, and because somebody who
 * seemed new may have turned out to be one whom the ledger knows: they are not to be counted among who is written to.
 */
static int review_rows(struct outbox *outbox, const struct settings *settings, const struct report *report,
                       struct leftover *leftover, struct error *error) {
    struct campaign *campaign = outbox->campaign;
    struct arena arena = ARENA_EMPTY;
    struct problems problems;
    problems_init(&problems, &arena);
    forget_counts(outbox);
    int got = people_rewind(campaign->people, error) == 0 ? 1 : -1;
    for (size_t index = 0; got == 1; index++) {
        struct person person;
        struct csv_row cells;
        arena_clear(&arena);
        problems_clear(&problems);
        got = people_next(campaign->people, &arena, &person, &cells, &problems, error);
        const struct outbox_held *held = got == 1 ? held_of(outbox, person.row) : NULL;
        bool wanted = settings->row == 0 || (got == 1 && settings->row == person.row);
        int result = 0;
        if (held != NULL && wanted)
            result = report_held(outbox, held, &person, &cells, report, leftover, &problems, error);
        else if (held == NULL && got == 1 && campaign_row_is_good(campaign, index))
            result = recount_row(outbox, &person, &arena, error);
        if (result != 0)
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
    if (ledger_count_roll(outbox->ledger, outbox->channel, outbox->letters, error) != 0)
        return -1;
    bool counted = outbox->rehearsal || (settings->row == 0 && outbox->taken == outbox_left(outbox));
    if (outbox->lenient || (outbox->held_count == 0 && counted))
        return 0;
    return review_rows(outbox, settings, report, leftover, error);
}

size_t outbox_left(const struct outbox *outbox) {
    return outbox->letters[LEDGER_READY] + outbox->letters[LEDGER_LATER];
}

int outbox_commit(struct outbox *outbox, struct error *error) {
    return ledger_roll_commit(outbox->ledger, error);
}

static int pack_email(const struct outbox *outbox, const struct outbox_packing *packing, struct parcel *parcel,
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

static int pack_request(const struct outbox *outbox, const struct outbox_packing *packing, struct parcel *parcel,
                        struct arena *arena, struct error *error) {
    struct petition_order order = {
        .config = &outbox->campaign->config,
        .fields = &outbox->fields,
        .campaign = outbox->campaign->name,
        .letter = packing->letter,
        .pdf = packing->pdf->bytes,
        .pdf_length = packing->pdf->length,
        .id = arena_printf(arena, "msg_%s", packing->token),
        .time_ms = packing->time_ms,
    };
    str_clear(&parcel->bytes);
    return petition_write(&order, &parcel->bytes, error);
}

int outbox_pack(const struct outbox *outbox, const struct outbox_packing *packing, struct parcel *parcel,
                struct arena *arena, struct error *error) {
    return is_petition(outbox) ? pack_request(outbox, packing, parcel, arena, error)
                               : pack_email(outbox, packing, parcel, arena, error);
}
