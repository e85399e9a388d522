/*
 * preview: the campaign comes in, a few letters marked DRAFT go out, to be looked at before anything is printed.
 */
#include "commands/commands.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "commands/campaign.h"
#include "commands/outbox.h"
#include "commands/press.h"
#include "delivery/message.h"

/* Beside each preview the e-mail that would go, with the letter as it would go: not marked DRAFT. */
static int write_email(void *context, const struct file_directory *directory, struct printer *printer,
                       const struct letter *letter, const struct pages *pages, struct error *error) {
    struct outbox *outbox = context;
    struct ledger_letter known;
    struct parcel parcel = {.bytes = STR_EMPTY};
    struct str pdf = STR_EMPTY;
    char name[PEOPLE_KEY_MAX + 8];
    int found = ledger_letter_of_row(outbox->ledger, LEDGER_EMAIL, letter->person->row, &printer->arena, &known, error);
    int result = found < 0 ? -1 : 0;
    if (found == 1) {
        struct outbox_packing packing = {
            .letter = letter, .pdf = &pdf, .token = known.token, .time_ms = clock_wall_ms()};
        snprintf(name, sizeof name, "%s.eml", letter->person->key);
        result = printer_print(printer, letter, pages, false, &pdf, error);
        if (result == 0)
            result = outbox_pack(outbox, &packing, &parcel, &printer->arena, error);
        if (result == 0)
            result = file_directory_write(directory, name, parcel.bytes.bytes, parcel.bytes.length, error);
    }
    str_release(&pdf);
    str_release(&parcel.bytes);
    return result;
}

static enum status preview_letters(struct campaign *campaign, struct outbox *outbox, const struct settings *settings,
                                   const struct report *report) {
    struct press_job job = {.directory = file_join(&campaign->arena, campaign->directory, "preview"),
                            .draft = true,
                            .letters_max = settings->previews,
                            .also = outbox->ledger == NULL ? NULL : write_email,
                            .context = outbox};
    struct press_result result;
    struct error error;
    int failed = press_run(campaign, settings, &job, report, &result, &error);
    char previews[REPORT_COUNT_MAX];
    report_count(previews, result.letters, "preview", "previews");
    if (result.letters == 1)
        report_result(report, "%s, marked DRAFT: %s", previews, result.first);
    else if (result.letters > 1)
        report_result(report, "%s, marked DRAFT, in %s; the first is %s", previews, job.directory, result.first);
    report_summary(report, &(struct summary){.letters = result.letters,
                                             .problem_rows = campaign->bad_count,
                                             .interrupted = failed != 0 && error.status == STATUS_INTERRUPTED});
    if (failed != 0) {
        report_error(report, &error);
        return error.status;
    }
    return STATUS_DONE;
}

/* The first pass. Where the configuration says how e-mails are sent, they are shown, too. */
static int check_rows(struct campaign *campaign, struct outbox *outbox, const struct settings *settings,
                      const struct report *report, struct error *error) {
    bool emails = outbox_is_configured(&campaign->config);
    if (emails) {
        message_setup();
        if (outbox_open(outbox, campaign, settings, OUTBOX_SHOW, error) != 0)
            return -1;
    }
    if (campaign_check(campaign, settings, report, NULL, error) != 0)
        return -1;
    return emails && campaign->readable ? outbox_settle(outbox, settings, report, NULL, error) : 0;
}

enum status preview_command(const struct settings *settings, const struct report *report) {
    struct campaign campaign;
    struct outbox outbox = {0};
    struct error error;
    enum status status;
    if (campaign_configure(&campaign, settings, &error) != 0 ||
        campaign_open(&campaign, settings, report, &error) != 0 ||
        check_rows(&campaign, &outbox, settings, report, &error) != 0) {
        report_error(report, &error);
        status = error.status;
    } else if (!campaign.readable || campaign.good_count == 0) {
        report_result(report, "There is no letter to preview until the above is mended.");
        report_summary(report, &(struct summary){.problem_rows = campaign.bad_count});
        status = STATUS_DATA;
    } else {
        status = preview_letters(&campaign, &outbox, settings, report);
        if (status == STATUS_DONE && campaign.bad_count > 0)
            status = STATUS_PARTLY;
    }
    outbox_close(&outbox);
    campaign_close(&campaign);
    return status;
}
