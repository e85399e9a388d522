/*
 * check: the whole campaign comes in, every problem and how many letters there could be go out. Nothing is written.
 */
#include "commands/commands.h"

#include "commands/campaign.h"
#include "commands/outbox.h"
#include "commands/proof.h"
#include "commands/server.h"

static void say_result(const struct campaign *campaign, const struct report *report) {
    char letters[REPORT_COUNT_MAX], recipients[REPORT_COUNT_MAX], rows[REPORT_COUNT_MAX];
    if (!campaign->readable) {
        report_result(report, "No letter can be written until the above is mended (%s were read).",
                      report_count(rows, campaign->rows_count, "row", "rows"));
        return;
    }
    report_count(letters, campaign->good_count, "letter", "letters");
    const struct office_words *words = office_words(campaign->config.recipient.office);
    report_count(recipients, campaign->recipients.count, words->one, words->many);
    report_count(rows, campaign->bad_count, "row needs", "rows need");
    if (campaign->recipients.count > 0 && campaign->bad_count > 0)
        report_result(report, "%s could be written, to %s; %s mending.", letters, recipients, rows);
    else if (campaign->recipients.count > 0)
        report_result(report, "%s can be written, to %s.", letters, recipients);
    else if (campaign->bad_count > 0)
        report_result(report, "%s could be written; %s mending.", letters, rows);
    else
        report_result(report, "%s can be written.", letters);
}

/*
 * The first pass, which here looks at how alike the letters are, too; at what they look like when they are set; and
 * where the configuration says how e-mails are sent, at what would keep them from going.
 */
static int check_rows(struct campaign *campaign, struct outbox *outbox, const struct settings *settings,
                      const struct report *report, struct error *error) {
    enum ledger_channel channel = outbox_is_configured(&campaign->config, LEDGER_EMAIL) ? LEDGER_EMAIL : LEDGER_WEBHOOK;
    bool sends = outbox_is_configured(&campaign->config, channel);
    campaign->recipients.measured = true;
    if (sends && outbox_open(outbox, campaign, settings, channel, OUTBOX_CHECK, error) != 0)
        return -1;
    if (campaign_check(campaign, settings, report, NULL, error) != 0)
        return -1;
    if (campaign->readable && campaign->good_count > 0 && proof_run(campaign, settings, report, error) != 0)
        return -1;
    return sends && campaign->readable ? outbox_settle(outbox, settings, report, NULL, error) : 0;
}

/* --mailbox: whether the server would take our letters. Nothing is sent. */
static int check_mailbox(struct campaign *campaign, const struct settings *settings, const struct report *report,
                         struct error *error) {
    const struct config *config = &campaign->config;
    struct server server = {0};
    struct str where = STR_EMPTY, what = STR_EMPTY;
    if (!settings->mailbox)
        return 0;
    if (config->smtp.host == NULL || config->smtp.from.address == NULL)
        return error_set(error, STATUS_CONFIGURATION,
                         "there is no mailbox to be tried: set smtp.host and smtp.from in the configuration");
    server_describe(config, &where);
    report_remark(report, "Trying %s ...", where.bytes);
    int result = server_open(&server, config, settings->interrupted, &campaign->arena, error);
    if (result == 0)
        result = server_try(&server, &what, error);
    if (result == 0) {
        const struct report_value values[] = {{.key = "server", .kind = REPORT_TEXT, .text = where.bytes},
                                              {.key = "text", .kind = REPORT_TEXT, .text = what.bytes}};
        report_object(report, "mailbox", values, 2);
        report_result(report, "The mailbox works: %s. Nothing was sent.", what.bytes);
    }
    server_close(&server);
    str_release(&where);
    str_release(&what);
    return result;
}

static void say_recipients(const struct campaign *campaign, const struct report *report) {
    if (campaign->readable)
        recipients_review(&campaign->recipients, &campaign->model, campaign->people, campaign->list_path, report);
    say_result(campaign, report);
    if (campaign->readable)
        recipients_report(&campaign->recipients, report);
}

static enum status check_status(const struct campaign *campaign) {
    if (!campaign->readable || campaign->good_count == 0)
        return STATUS_DATA;
    return campaign->bad_count > 0 ? STATUS_PARTLY : STATUS_DONE;
}

/* Rows of which none will do come before a mailbox that will not (DATA before LOGIN), but after a configuration. */
static enum status worse(enum status rows, enum status mailbox) {
    return rows == STATUS_DATA && mailbox != STATUS_CONFIGURATION ? rows : mailbox;
}

enum status check_command(const struct settings *settings, const struct report *report) {
    struct campaign campaign;
    struct outbox outbox = {0};
    struct error error;
    enum status status;
    if (campaign_configure(&campaign, settings, &error) == 0 &&
        campaign_open(&campaign, settings, report, &error) == 0 &&
        check_rows(&campaign, &outbox, settings, report, &error) == 0) {
        say_recipients(&campaign, report);
        status = check_status(&campaign);
        if (check_mailbox(&campaign, settings, report, &error) != 0) {
            report_error(report, &error);
            status = worse(status, error.status);
        }
        report_summary(report, &(struct summary){.letters = campaign.readable ? campaign.good_count : 0,
                                                 .problem_rows = campaign.bad_count,
                                                 .recipients = campaign.recipients.count});
    } else {
        report_error(report, &error);
        status = error.status;
    }
    outbox_close(&outbox);
    campaign_close(&campaign);
    return status;
}
