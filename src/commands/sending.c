/*
 * Sending: the campaign comes in, letters go out by one channel, each once, and the ledger says what became of them.
 * First everything is checked, then shown, then asked; only then a server is spoken to.
 */
#include "commands/sending.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/progress.h"
#include "commands/campaign.h"
#include "commands/carrier.h"
#include "commands/confirm.h"
#include "commands/dispatch.h"
#include "commands/leftover.h"
#include "commands/outbox.h"
#include "commands/server.h"
#include "delivery/message.h"

/* What the story needs from its beginning to its end. */
struct sending {
    const struct settings *settings;
    const struct report *report;
    enum ledger_channel channel;
    struct campaign campaign;
    struct outbox outbox;
    struct leftover leftover;
    bool kept; /* there is a list, of which rows may be left over */
    struct carrier *carrier;
    struct dispatch_result result;
};

static struct leftover *leftover_of(struct sending *sending) {
    return sending->kept ? &sending->leftover : NULL;
}

/* Nothing names a campaign: most probably this is not the folder that was meant. */
static bool is_lost(const struct sending *sending) {
    const struct settings *settings = sending->settings;
    return settings->config == NULL && settings->model == NULL && access("postbag.conf", F_OK) != 0;
}

static int prepare(struct sending *sending, struct error *error) {
    const struct settings *settings = sending->settings;
    struct campaign *campaign = &sending->campaign;
    const struct report *report = sending->report;
    if (campaign_configure(campaign, settings, error) != 0)
        return error->status == STATUS_USAGE && is_lost(sending)
                   ? error_set(error, STATUS_USAGE,
                               "which campaign? Run this where its postbag.conf is, or name that file: "
                               "postbag -c FILE …")
                   : -1;
    if (outbox_demand(&campaign->config, sending->channel, error) != 0 ||
        campaign_open(campaign, settings, report, error) != 0 ||
        outbox_open(&sending->outbox, campaign, settings, sending->channel, OUTBOX_SEND, error) != 0)
        return -1;
    sending->kept = settings->row == 0 && campaign->csv != NULL && !sending->outbox.rehearsal;
    leftover_init(&sending->leftover, campaign->directory, csv_path(campaign->csv), &campaign->arena);
    if (campaign_check(campaign, settings, report, leftover_of(sending), error) != 0)
        return -1;
    return campaign->readable ? outbox_settle(&sending->outbox, settings, report, leftover_of(sending), error) : 0;
}

/* How many letters this run is about; copies aside. */
static size_t letters_to_go(const struct sending *sending) {
    if (sending->outbox.rehearsal)
        return sending->campaign.good_count;
    return sending->settings->row != 0 ? sending->outbox.taken : outbox_left(&sending->outbox);
}

static void say_history(const struct sending *sending) {
    const struct outbox *outbox = &sending->outbox;
    const struct report *report = sending->report;
    const size_t *letters = outbox->letters;
    char count[REPORT_COUNT_MAX];
    size_t cut_off = ledger_cut_off(outbox->ledger);
    if (cut_off > 0)
        report_remark(report, "Postbag was stopped while %s going: they may have been sent.",
                      report_count(count, cut_off, "letter was", "letters were"));
    if (outbox->inputs.model_changed && letters[LEDGER_SENT] > 0)
        report_remark(report, "The model letter has changed since the last run. What was sent before stays as it was.");
    if (outbox->inputs.list_changed && letters[LEDGER_SENT] > 0)
        report_remark(report, "The list has changed since the last run. Nobody is written for twice.");
    if (letters[LEDGER_SENT] > 0)
        report_remark(report, "%s sent before.",
                      report_count(count, letters[LEDGER_SENT], "letter was", "letters were"));
    if (letters[LEDGER_REFUSED] > 0)
        report_remark(report, "%s not accepted before; postbag resolve KEY ready tries one again.",
                      report_count(count, letters[LEDGER_REFUSED], "letter was", "letters were"));
    if (letters[LEDGER_UNSURE] > 0)
        report_remark(report, "%s have been sent, and will not be sent again: see postbag status --rows unsure.",
                      report_count(count, letters[LEDGER_UNSURE], "letter may", "letters may"));
}

/* What is about to happen, in the words that the secretary is to answer for. */
static void say_what(const struct sending *sending) {
    const struct outbox *outbox = &sending->outbox;
    const struct config *config = &sending->campaign.config;
    const struct report *report = sending->report;
    bool petition = sending->channel == LEDGER_WEBHOOK;
    size_t letters = letters_to_go(sending);
    char people[REPORT_COUNT_MAX], mps[REPORT_COUNT_MAX], count[REPORT_COUNT_MAX];
    report_count(people, letters, "person", "people");
    const struct office_words *words = office_words(config->recipient.office);
    report_count(mps, outbox->recipients.count, words->one, words->many);
    if (outbox->rehearsal)
        report_remark(report, "This is a rehearsal: %s to %s and to nobody else, and nothing is recorded.",
                      report_count(count, letters, "letter goes", "letters go"),
                      petition ? outbox->endpoint.host : config->smtp.rehearsal.address);
    else if (letters == 0)
        report_remark(report, "No letter is left to be sent, but %s.",
                      report_count(count, outbox->copies_left, "copy for a member is", "copies for members are"));
    else if (petition)
        report_remark(report, "You are about to tell %s of %s, with their consent.", outbox->endpoint.host, people);
    else if (outbox->kind == PARCEL_TO_MP)
        report_remark(report, "You are about to write to %s in the name of %s.", mps, people);
    else
        report_remark(report, "You are about to send %s their own letters, to %s.", people, mps);
}

static void say_mailbox(const struct sending *sending) {
    const struct outbox *outbox = &sending->outbox;
    const struct config *config = &sending->campaign.config;
    const struct report *report = sending->report;
    struct str server = STR_EMPTY;
    char count[REPORT_COUNT_MAX];
    server_describe(config, &server);
    report_remark(report, "    server    %s", server.bytes);
    report_remark(report, "    sender    %s <%s>", config->smtp.from.name, config->smtp.from.address);
    if (outbox->copies && letters_to_go(sending) > 0)
        report_remark(report, "    copies    each member who has an e-mail address gets one");
    if (outbox->unanswerable > 0)
        report_remark(report, "    %s no e-mail address in the list: an answer comes by post, or to the sender above.",
                      report_count(count, outbox->unanswerable, "member has", "members have"));
    str_release(&server);
}

/* Whose data go, the secretary answers for: each of them is named. */
static void say_petition(const struct sending *sending) {
    const struct outbox *outbox = &sending->outbox;
    const struct config *config = &sending->campaign.config;
    struct str told = STR_EMPTY;
    for (size_t i = 0; i < outbox->fields.count; i++)
        str_addf(&told, "%s%s", i == 0 ? "" : ", ", outbox->fields.names[i]);
    report_remark(sending->report, "    petition  %s", petition_url(config));
    report_remark(sending->report, "    is told   %s%s", told.bytes,
                  config->webhook.attach ? ", and gets the letter" : "");
    str_release(&told);
}

static void announce(const struct sending *sending) {
    const struct outbox *outbox = &sending->outbox;
    say_what(sending);
    report_remark(sending->report, "    campaign  %s", sending->campaign.name);
    if (sending->channel == LEDGER_WEBHOOK)
        say_petition(sending);
    else
        say_mailbox(sending);
    for (size_t i = 0; i < outbox->shown_count; i++)
        report_remark(sending->report, "    %s  %s", i == 0 ? "first   " : "        ", outbox->shown[i]);
}

static int confirm(const struct sending *sending, struct error *error) {
    size_t letters = letters_to_go(sending);
    char count[REPORT_COUNT_MAX];
    struct str question = STR_EMPTY;
    str_addf(&question, "Send %s?",
             letters > 0 ? report_count(count, letters, "letter", "letters")
                         : report_count(count, sending->outbox.copies_left, "copy", "copies"));
    int result = confirm_ask(sending->settings, question.bytes, error);
    str_release(&question);
    return result;
}

/* Whatever happened, the ledger is what counts. */
static int count_again(struct sending *sending, struct error *error) {
    return ledger_count_roll(sending->outbox.ledger, sending->channel, sending->outbox.letters, error);
}

static void say_rehearsed(const struct sending *sending) {
    const size_t *now = sending->result.now;
    char count[REPORT_COUNT_MAX];
    report_result(sending->report, "%s rehearsed; nothing was recorded.",
                  report_count(count, now[LEDGER_SENT], "letter was", "letters were"));
    if (now[LEDGER_LATER] > 0)
        report_result(sending->report, "%s not be rehearsed now: the server said to come again later.",
                      report_count(count, now[LEDGER_LATER], "letter could", "letters could"));
}

static void say_sent(const struct sending *sending) {
    size_t now = sending->result.now[LEDGER_SENT], all = sending->outbox.letters[LEDGER_SENT];
    char count[REPORT_COUNT_MAX], number[PROGRESS_NUMBER_MAX];
    report_count(count, now, "letter was", "letters were");
    progress_number(number, all);
    if (now > 0 && now == all)
        report_result(sending->report, "%s sent.", count);
    else if (now > 0)
        report_result(sending->report, "%s sent in this run, %s of this list in all.", count, number);
    else if (all > 0)
        report_result(sending->report, "No letter was sent in this run; %s of this list before it.", number);
    else
        report_result(sending->report, "No letter was sent.");
}

static void say_result(const struct sending *sending) {
    const struct report *report = sending->report;
    const size_t *letters = sending->outbox.letters;
    char count[REPORT_COUNT_MAX];
    if (sending->outbox.rehearsal) {
        say_rehearsed(sending);
        return;
    }
    say_sent(sending);
    if (letters[LEDGER_READY] > 0)
        report_result(report, "%s still to be sent: postbag %s goes on where it stopped.",
                      report_count(count, letters[LEDGER_READY], "letter is", "letters are"), report->command);
    if (letters[LEDGER_LATER] > 0)
        report_result(report, "%s be tried again.",
                      report_count(count, letters[LEDGER_LATER], "letter will", "letters will"));
    if (letters[LEDGER_REFUSED] > 0)
        report_result(report, "%s not accepted: postbag status --rows refused says why.",
                      report_count(count, letters[LEDGER_REFUSED], "letter was", "letters were"));
    if (letters[LEDGER_UNSURE] > 0)
        report_result(report,
                      "%s have been sent: look whether they arrived, then say postbag resolve KEY sent, or ready.",
                      report_count(count, letters[LEDGER_UNSURE], "letter may", "letters may"));
    if (sending->campaign.bad_count > 0 && sending->kept)
        report_result(report, "%s left out: mend %s in %s and give that file to Postbag as the list.",
                      report_count(count, sending->campaign.bad_count, "row was", "rows were"),
                      sending->campaign.bad_count == 1 ? "it" : "them", sending->leftover.path);
}

static void summarise(const struct sending *sending, bool interrupted) {
    const struct campaign *campaign = &sending->campaign;
    const size_t *letters = sending->outbox.letters;
    struct str next = STR_EMPTY;
    struct report_value values[16] = {
        {.key = "command", .kind = REPORT_TEXT, .text = sending->report->command},
        {.key = "letters", .kind = REPORT_NUMBER, .number = campaign->readable ? (long long)campaign->good_count : 0},
        {.key = "now", .kind = REPORT_NUMBER, .number = (long long)sending->result.now[LEDGER_SENT]},
        {.key = "sent", .kind = REPORT_NUMBER, .number = (long long)letters[LEDGER_SENT]},
        {.key = "later", .kind = REPORT_NUMBER, .number = (long long)letters[LEDGER_LATER]},
        {.key = "refused", .kind = REPORT_NUMBER, .number = (long long)letters[LEDGER_REFUSED]},
        {.key = "unsure", .kind = REPORT_NUMBER, .number = (long long)letters[LEDGER_UNSURE]},
        {.key = "ready", .kind = REPORT_NUMBER, .number = (long long)letters[LEDGER_READY]},
        {.key = "problem_rows", .kind = REPORT_NUMBER, .number = (long long)campaign->bad_count},
        {.key = "recipients", .kind = REPORT_NUMBER, .number = (long long)sending->outbox.recipients.count},
        {.key = "rehearsal", .kind = REPORT_FLAG, .number = sending->outbox.rehearsal},
        {.key = "interrupted", .kind = REPORT_FLAG, .number = interrupted},
    };
    size_t count = 12;
    if (sending->kept && access(sending->leftover.path, F_OK) == 0)
        values[count++] = (struct report_value){.key = "problems", .kind = REPORT_TEXT, .text = sending->leftover.path};
    if (sending->result.next_ms > 0) {
        clock_format_rfc3339(&next, sending->result.next_ms);
        values[count++] = (struct report_value){.key = "next", .kind = REPORT_TEXT, .text = next.bytes};
    }
    report_object(sending->report, "summary", values, count);
    str_release(&next);
}

/*
 * Something was not done, although nothing went wrong in this run: status 1. A row alone answers for itself, not for the
 * others of the list, and a rehearsal for nothing that was sent before.
 */
static bool is_partly(const struct sending *sending) {
    const struct outbox *outbox = &sending->outbox;
    const size_t *now = sending->result.now;
    const size_t *before = sending->settings->row != 0 ? outbox->wanted : outbox->letters;
    if (sending->campaign.bad_count > 0 || now[LEDGER_REFUSED] > 0 || now[LEDGER_UNSURE] > 0)
        return true;
    return outbox->rehearsal ? now[LEDGER_LATER] > 0 : before[LEDGER_REFUSED] > 0 || before[LEDGER_UNSURE] > 0;
}

static int dispatch(struct sending *sending, struct error *error) {
    struct progress progress;
    struct report drawing = *sending->report;
    drawing.progress = &progress;
    message_setup();
    progress_begin(&progress, "letters", letters_to_go(sending), drawing.quiet || drawing.json);
    int result = dispatch_run(&sending->outbox, sending->settings, &drawing, leftover_of(sending), sending->carrier,
                              &sending->result, error);
    progress_end(&progress);
    return result;
}

static void say_nothing_left(const struct sending *sending) {
    const size_t *wanted = sending->outbox.wanted;
    unsigned row = sending->settings->row;
    if (row == 0)
        report_remark(sending->report, "Nothing is left to be sent.");
    else if (wanted[LEDGER_SENT] > 0)
        report_remark(sending->report, "The letter of row %u was sent already.", row);
    else
        report_remark(sending->report, "The letter of row %u is not sent again: postbag status %u says why.", row, row);
}

/* From the question on. Returns the exit status; what stopped the run was reported. */
static enum status send_letters(struct sending *sending) {
    const struct report *report = sending->report;
    struct error error, later;
    int failed = 0;
    if (letters_to_go(sending) + sending->outbox.copies_left == 0) {
        say_nothing_left(sending);
        failed = sending->outbox.rehearsal ? 0 : outbox_commit(&sending->outbox, &error);
    } else {
        announce(sending);
        failed = confirm_may_ask(sending->settings, &error);
        if (failed == 0) /* before the question: whoever says yes shall not hear that there is no password */
            failed = carrier_open(&sending->carrier, &sending->campaign.config, sending->channel,
                                  sending->settings->interrupted, &sending->campaign.arena, &error);
        if (failed == 0)
            failed = confirm(sending, &error);
        if (failed == 0 && !sending->outbox.rehearsal)
            failed = outbox_commit(&sending->outbox, &error);
        if (failed == 0)
            failed = dispatch(sending, &error);
        if (failed != 0 && error.status == STATUS_USAGE) {
            report_error(report, &error);
            return error.status;
        }
    }
    if (count_again(sending, &later) != 0 || (sending->kept && leftover_commit(&sending->leftover, &later) != 0)) {
        report_error(report, &later);
        if (failed == 0) {
            error = later;
            failed = -1;
        }
    } else if (failed != 0) {
        report_error(report, &error);
    }
    say_result(sending);
    summarise(sending, failed != 0 && error.status == STATUS_INTERRUPTED);
    if (failed != 0)
        return error.status;
    return is_partly(sending) ? STATUS_PARTLY : STATUS_DONE;
}

static enum status say_nothing_sent(struct sending *sending) {
    struct error error;
    bool left = sending->campaign.readable && sending->kept;
    if (left && leftover_commit(&sending->leftover, &error) != 0)
        report_error(sending->report, &error);
    if (left)
        report_result(sending->report,
                      "Nothing was sent. Mend the rows in %s and give that file to Postbag as the list.",
                      sending->leftover.path);
    else
        report_result(sending->report, "Nothing was sent: the above must be mended first.");
    summarise(sending, false);
    return STATUS_DATA;
}

enum status sending_run(const struct settings *settings, enum ledger_channel channel, const struct report *report) {
    struct sending sending = {.settings = settings, .report = report, .channel = channel};
    struct error error;
    enum status status;
    if (prepare(&sending, &error) != 0) {
        report_error(report, &error);
        status = error.status;
    } else if (!sending.campaign.readable || sending.campaign.good_count == 0) {
        status = say_nothing_sent(&sending);
    } else {
        say_history(&sending);
        status = send_letters(&sending);
    }
    carrier_close(sending.carrier);
    outbox_close(&sending.outbox);
    leftover_abandon(&sending.leftover);
    campaign_close(&sending.campaign);
    return status;
}
