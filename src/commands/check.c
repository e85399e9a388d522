/*
 * check: the whole campaign comes in, every problem and how many letters there could be go out. Nothing is written.
 */
#include "commands/commands.h"

#include "commands/campaign.h"

static void say_result(const struct campaign *campaign, const struct report *report) {
    char letters[REPORT_COUNT_MAX], recipients[REPORT_COUNT_MAX], rows[REPORT_COUNT_MAX];
    if (!campaign->readable) {
        report_result(report, "No letter can be written until the above is mended (%s were read).",
                      report_count(rows, campaign->rows_count, "row", "rows"));
        return;
    }
    report_count(letters, campaign->good_count, "letter", "letters");
    report_count(recipients, campaign->recipients.count, "MP", "MPs");
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

/* The first pass, which here looks at how alike the letters are, too. */
static int check_rows(struct campaign *campaign, const struct settings *settings, const struct report *report,
                      struct error *error) {
    campaign->recipients.measured = true;
    return campaign_check(campaign, settings, report, NULL, error);
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

enum status check_command(const struct settings *settings, const struct report *report) {
    struct campaign campaign;
    struct error error;
    enum status status;
    if (campaign_configure(&campaign, settings, &error) == 0 &&
        campaign_open(&campaign, settings, report, &error) == 0 &&
        check_rows(&campaign, settings, report, &error) == 0) {
        say_recipients(&campaign, report);
        report_summary(report, &(struct summary){.letters = campaign.readable ? campaign.good_count : 0,
                                                 .problem_rows = campaign.bad_count,
                                                 .recipients = campaign.recipients.count});
        status = check_status(&campaign);
    } else {
        report_error(report, &error);
        status = error.status;
    }
    campaign_close(&campaign);
    return status;
}
