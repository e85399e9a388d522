/*
 * preview: the campaign comes in, a few letters marked DRAFT go out, to be looked at before anything is printed or sent.
 */
#include "commands/commands.h"

#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "commands/campaign.h"
#include "commands/carrier.h"
#include "commands/outbox.h"
#include "commands/press.h"
#include "delivery/message.h"

/* What would go, by each channel that is configured. It is made by several threads. */
struct outgoing {
    struct outbox outboxes[2];
    size_t count;
    const struct report *report;
    pthread_mutex_t lock;
    size_t made[LEDGER_CHANNELS];
    size_t missing[LEDGER_CHANNELS]; /* letters that are not to be sent as they are */
};

static void count_one(struct outgoing *outgoing, enum ledger_channel channel, bool made) {
    pthread_mutex_lock(&outgoing->lock);
    outgoing->made[channel] += made;
    outgoing->missing[channel] += !made;
    pthread_mutex_unlock(&outgoing->lock);
}

static void report_one(const struct report *report, enum ledger_channel channel, unsigned row, const char *path) {
    const struct report_value values[] = {{.key = "row", .kind = REPORT_NUMBER, .number = row},
                                          {.key = "file", .kind = REPORT_TEXT, .text = path}};
    report_object(report, ledger_channel_name(channel), values, sizeof values / sizeof *values);
    if (report->verbose)
        report_remark(report, "%s", path);
}

/* The letter as OUTBOX would send it: not marked DRAFT. */
static int make_one(const struct outbox *outbox, struct printer *printer, const struct letter *letter,
                    const struct pages *pages, const char *token, struct str *bytes, struct error *error) {
    struct str pdf = STR_EMPTY;
    struct parcel parcel = {.bytes = STR_EMPTY};
    struct outbox_packing packing = {.letter = letter, .pdf = &pdf, .token = token, .time_ms = clock_wall_ms()};
    int result = printer_print(printer, letter, pages, false, &pdf, error);
    if (result == 0)
        result = outbox_pack(outbox, &packing, &parcel, &printer->arena, error);
    if (result == 0 && outbox->channel == LEDGER_WEBHOOK)
        result = carrier_show(&outbox->campaign->config, &parcel.bytes, packing.time_ms, bytes, error);
    else if (result == 0)
        str_add(bytes, parcel.bytes.bytes, parcel.bytes.length);
    str_release(&parcel.bytes);
    str_release(&pdf);
    return result;
}

static int write_one(struct outgoing *outgoing, const struct outbox *outbox, const struct file_directory *directory,
                     struct printer *printer, const struct letter *letter, const struct pages *pages,
                     struct error *error) {
    struct ledger_letter known;
    unsigned row = letter->person->row;
    int found = ledger_letter_of_row(outbox->ledger, outbox->channel, row, &printer->arena, &known, error);
    if (found <= 0) {
        count_one(outgoing, outbox->channel, false);
        return found;
    }
    struct str bytes = STR_EMPTY;
    char name[PEOPLE_KEY_MAX + 8];
    snprintf(name, sizeof name, "%s.%s", letter->person->key, outbox->channel == LEDGER_WEBHOOK ? "http" : "eml");
    int result = make_one(outbox, printer, letter, pages, known.token, &bytes, error);
    if (result == 0)
        result = file_directory_write(directory, name, bytes.bytes, bytes.length, error);
    if (result == 0) {
        report_one(outgoing->report, outbox->channel, row, file_join(&printer->arena, directory->path, name));
        count_one(outgoing, outbox->channel, true);
    }
    str_release(&bytes);
    return result;
}

/* Beside each preview what would go. */
static int write_outgoing(void *context, const struct file_directory *directory, struct printer *printer,
                          const struct letter *letter, const struct pages *pages, struct error *error) {
    struct outgoing *outgoing = context;
    for (size_t i = 0; i < outgoing->count; i++)
        if (write_one(outgoing, &outgoing->outboxes[i], directory, printer, letter, pages, error) != 0)
            return -1;
    return 0;
}

static void say_outgoing(const struct outgoing *outgoing, const struct press_job *job, const struct report *report) {
    char count[REPORT_COUNT_MAX];
    size_t emails = outgoing->made[LEDGER_EMAIL], no_emails = outgoing->missing[LEDGER_EMAIL];
    size_t posts = outgoing->made[LEDGER_WEBHOOK], no_posts = outgoing->missing[LEDGER_WEBHOOK];
    if (emails > 0)
        report_result(report, "%s as \"postbag send\" would send %s (.eml, for your mail program), in %s",
                      report_count(count, emails, "e-mail", "e-mails"), emails == 1 ? "it" : "them", job->directory);
    if (no_emails > 0)
        report_result(report, "%s no e-mail beside it: \"postbag check\" says why it would not be sent.",
                      report_count(count, no_emails, "preview has", "previews have"));
    if (posts > 0)
        report_result(report, "%s as \"postbag petition\" would post %s (.http), in %s",
                      report_count(count, posts, "request", "requests"), posts == 1 ? "it" : "them", job->directory);
    if (no_posts > 0)
        report_result(report, "%s no request beside it: \"postbag petition\" says why it would not be posted.",
                      report_count(count, no_posts, "preview has", "previews have"));
}

static enum status preview_letters(struct campaign *campaign, struct outgoing *outgoing,
                                   const struct settings *settings, const struct report *report) {
    struct press_job job = {.directory = file_join(&campaign->arena, campaign->directory, "preview"),
                            .draft = true,
                            .letters_max = settings->previews,
                            .also = outgoing->count == 0 ? NULL : write_outgoing,
                            .context = outgoing};
    struct press_result result;
    struct error error;
    int failed = press_run(campaign, settings, &job, report, &result, &error);
    char previews[REPORT_COUNT_MAX];
    report_count(previews, result.letters, "preview", "previews");
    if (result.letters == 1)
        report_result(report, "%s, marked DRAFT: %s", previews, result.first);
    else if (result.letters > 1)
        report_result(report, "%s, marked DRAFT, in %s; the first is %s", previews, job.directory, result.first);
    say_outgoing(outgoing, &job, report);
    report_summary(report, &(struct summary){.letters = result.letters,
                                             .problem_rows = campaign->bad_count,
                                             .interrupted = failed != 0 && error.status == STATUS_INTERRUPTED});
    if (failed != 0) {
        report_error(report, &error);
        return error.status;
    }
    return STATUS_DONE;
}

static int open_outgoing(struct campaign *campaign, struct outgoing *outgoing, const struct settings *settings,
                         struct error *error) {
    static const enum ledger_channel channels[] = {LEDGER_EMAIL, LEDGER_WEBHOOK};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
        if (outbox_is_configured(&campaign->config, channels[i]) &&
            outbox_open(&outgoing->outboxes[outgoing->count++], campaign, settings, channels[i], OUTBOX_SHOW, error) !=
                0)
            return -1;
    return 0;
}

/* The first pass. Where the configuration says how letters are sent, that is shown, too; else LEDGER may be opened. */
static int check_rows(struct campaign *campaign, struct outgoing *outgoing, struct ledger **ledger,
                      const struct settings *settings, const struct report *report, struct error *error) {
    message_setup();
    if (open_outgoing(campaign, outgoing, settings, error) != 0 ||
        (outgoing->count == 0 && outbox_watch_forgotten(campaign, ledger, error) != 0) ||
        campaign_check(campaign, settings, report, NULL, error) != 0)
        return -1;
    for (size_t i = 0; i < outgoing->count && campaign->readable; i++)
        if (outbox_settle(&outgoing->outboxes[i], settings, report, NULL, error) != 0)
            return -1;
    return 0;
}

enum status preview_command(const struct settings *settings, const struct report *report) {
    struct campaign campaign;
    struct outgoing outgoing = {.report = report, .lock = PTHREAD_MUTEX_INITIALIZER};
    struct ledger *ledger = NULL;
    struct error error;
    enum status status;
    if (campaign_configure(&campaign, settings, &error) != 0 ||
        campaign_open(&campaign, settings, report, &error) != 0 ||
        check_rows(&campaign, &outgoing, &ledger, settings, report, &error) != 0) {
        report_error(report, &error);
        status = error.status;
    } else if (!campaign.readable || campaign.good_count == 0) {
        report_result(report, "There is no letter to preview until the above is mended.");
        report_summary(report, &(struct summary){.problem_rows = campaign.bad_count});
        status = STATUS_DATA;
    } else {
        status = preview_letters(&campaign, &outgoing, settings, report);
        if (status == STATUS_DONE && campaign.bad_count > 0)
            status = STATUS_PARTLY;
    }
    for (size_t i = 0; i < outgoing.count; i++)
        outbox_close(&outgoing.outboxes[i]);
    ledger_close(ledger);
    campaign_close(&campaign);
    return status;
}
