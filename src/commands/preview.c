/*
 * preview: the campaign comes in, a few letters marked DRAFT go out, to be looked at before anything is printed.
 */
#include "commands/commands.h"

#include "base/file.h"
#include "commands/campaign.h"
#include "commands/press.h"

static enum status preview_letters(struct campaign *campaign, const struct settings *settings,
                                   const struct report *report) {
    struct press_job job = {.directory = file_join(&campaign->arena, campaign->directory, "preview"),
                            .draft = true,
                            .letters_max = settings->previews};
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

enum status preview_command(const struct settings *settings, const struct report *report) {
    struct campaign campaign;
    struct error error;
    enum status status;
    if (campaign_configure(&campaign, settings, &error) != 0 ||
        campaign_open(&campaign, settings, report, &error) != 0 ||
        campaign_check(&campaign, settings, report, NULL, &error) != 0) {
        report_error(report, &error);
        status = error.status;
    } else if (!campaign.readable || campaign.good_count == 0) {
        report_result(report, "There is no letter to preview until the above is mended.");
        report_summary(report, &(struct summary){.problem_rows = campaign.bad_count});
        status = STATUS_DATA;
    } else {
        status = preview_letters(&campaign, settings, report);
        if (status == STATUS_DONE && campaign.bad_count > 0)
            status = STATUS_PARTLY;
    }
    campaign_close(&campaign);
    return status;
}
