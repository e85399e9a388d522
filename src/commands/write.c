/*
 * write: the campaign comes in, PDFs to print, sign and post go out, and the rows that could not be done as a CSV to
 * mend.
 */
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "commands/ask.h"
#include "commands/campaign.h"
#include "commands/leftover.h"
#include "commands/outbox.h"
#include "commands/part.h"
#include "commands/press.h"
#include "commands/sequence.h"
#include "commands/shelf.h"

/* What --combined needs. */
struct combination {
    struct sequence sequence;
    struct part_names names;
};

/*
 * What tells combined files apart. Some rows only (one row, or a mended problems.csv) do not overwrite the file that holds
 * all the others.
 */
static const char *combined_suffix(struct campaign *campaign, const struct settings *settings) {
    if (settings->row > 0)
        return arena_printf(&campaign->arena, "-row-%u", settings->row);
    if (campaign->csv == NULL || !people_is_leftover(campaign->people))
        return "";
    const char *list = csv_path(campaign->csv);
    const char *slash = strrchr(list, '/');
    const char *name = slash == NULL ? list : slash + 1;
    const char *dot = strrchr(name, '.');
    return arena_printf(&campaign->arena, "-from-%.*s", (int)(dot == NULL ? strlen(name) : (size_t)(dot - name)), name);
}

static void say_result(const struct campaign *campaign, const struct press_job *job, const struct press_result *result,
                       const struct leftover *leftover, const struct report *report) {
    char letters[2 * REPORT_COUNT_MAX + 8], covers[REPORT_COUNT_MAX], rows[REPORT_COUNT_MAX];
    report_count(letters, result->letters, "letter", "letters");
    report_count(rows, campaign->bad_count, "row", "rows");
    if (result->covers > 0) {
        report_count(covers, result->covers, "cover sheet", "cover sheets");
        snprintf(letters + strlen(letters), sizeof letters - strlen(letters), " with %s", covers);
    }
    const char *where = result->files == 1 ? result->first : job->directory;
    if (campaign->bad_count == 0)
        report_result(report, "%s in %s: print, sign and post %s.", letters, where,
                      result->letters == 1 ? "it" : "them");
    else if (leftover == NULL)
        report_result(report, "%s in %s; %s left out.", letters, where, rows);
    else
        report_result(report, "%s in %s, %s left out: mend %s in %s and give that file to Postbag as the list.",
                      letters, where, rows, campaign->bad_count == 1 ? "it" : "them", leftover->path);
    if (result->covers > 0)
        report_result(report, "The letters behind a cover sheet go into one envelope with it.");
    if (result->sign_offs == 1)
        report_result(report, "To tick off who has signed: %s/sign-off%s.pdf.", job->directory, job->combined);
    else if (result->sign_offs > 1)
        report_result(report, "To tick off who has signed: %s/sign-off%s-1.pdf to -%zu.pdf.", job->directory,
                      job->combined, result->sign_offs);
}

static void say_stopped(const struct campaign *campaign, const struct press_result *result,
                        const struct report *report) {
    char done[REPORT_COUNT_MAX], all[REPORT_COUNT_MAX];
    report_result(report, "%s of %s written, each of them whole. The same command again completes them.",
                  report_count(done, result->letters, "letter", "letters"),
                  report_count(all, campaign->good_count, "is", "are"));
}

static enum status write_letters(struct campaign *campaign, const struct settings *settings,
                                 struct combination *combination, const struct report *report,
                                 const struct leftover *leftover) {
    struct press_job job = {.directory = file_join(&campaign->arena, campaign->directory, "letters")};
    if (settings->combined) {
        job.directory = campaign->directory;
        job.combined = combined_suffix(campaign, settings);
        job.sequence = &combination->sequence;
        job.names = &combination->names;
        sequence_settle(&combination->sequence);
    }
    struct progress progress;
    struct report drawing = *report;
    struct press_result result;
    struct error error;
    drawing.progress = &progress;
    progress_begin(&progress, "letters", campaign->good_count, report->quiet || report->json);
    int failed = press_run(campaign, settings, &job, &drawing, &result, &error);
    progress_end(&progress);

    if (failed == 0 && !settings->combined)
        shelf_review(job.directory, report);
    if (failed == 0)
        say_result(campaign, &job, &result, leftover, report);
    else
        say_stopped(campaign, &result, report);
    report_summary(
        report, &(struct summary){.letters = result.letters,
                                  .problem_rows = campaign->bad_count,
                                  .recipients = campaign->recipients.count,
                                  .problems_path = campaign->bad_count > 0 && leftover != NULL ? leftover->path : NULL,
                                  .interrupted = failed != 0 && error.status == STATUS_INTERRUPTED});
    if (failed != 0) {
        if (error.status != STATUS_INTERRUPTED)
            report_error(report, &error);
        return error.status;
    }
    return campaign->bad_count > 0 ? STATUS_PARTLY : STATUS_DONE;
}

/* What a combined file needs to know of the rows, it gathers while they are checked. */
static void watch(struct campaign *campaign, const struct settings *settings, struct combination *combination) {
    sequence_watch(&combination->sequence, campaign, settings->sort == SORT_UNSAID ? SORT_ROW : settings->sort,
                   PRESS_PART_MAX);
    part_watch(campaign, &combination->names);
}

/* The first pass, with the rows left over put where they can be mended. One row alone leaves that file as it is. */
static int check_and_leave_over(struct campaign *campaign, const struct settings *settings, const struct report *report,
                                struct combination *combination, struct leftover *leftover, struct error *error) {
    bool kept = settings->row == 0 && campaign->csv != NULL;
    if (settings->combined)
        watch(campaign, settings, combination);
    leftover_init(leftover, campaign->directory, csv_path(campaign->csv), &campaign->arena);
    if (campaign_check(campaign, settings, report, kept ? leftover : NULL, error) != 0)
        return -1;
    return kept && campaign->readable ? leftover_commit(leftover, error) : 0;
}

static enum status say_nothing_written(const struct campaign *campaign, const struct leftover *leftover,
                                       const struct report *report) {
    bool left = campaign->readable && leftover != NULL;
    if (left)
        report_result(report, "No letter was written. Mend the rows in %s and give that file to Postbag as the list.",
                      leftover->path);
    else
        report_result(report, "No letter was written: the above must be mended first.");
    report_summary(
        report, &(struct summary){.problem_rows = campaign->bad_count, .problems_path = left ? leftover->path : NULL});
    return STATUS_DATA;
}

/* Without a list, and where a person sits there to be asked, the questions are what is given. */
static int open_campaign(struct campaign *campaign, struct settings *settings, const struct report *report,
                         struct error *error) {
    if (campaign_configure(campaign, settings, error) != 0)
        return -1;
    if (campaign->list_path == NULL && ask_is_due(settings) &&
        ask_who(settings, campaign->model_path, campaign->lookup, &campaign->config.recipient, &campaign->arena,
                error) != 0)
        return -1;
    return campaign_open(campaign, settings, report, error);
}

enum status write_command(const struct settings *settings, const struct report *report) {
    struct settings own = *settings;
    struct campaign campaign;
    struct leftover leftover = {0};
    struct ledger *ledger = NULL;
    struct combination combination = {.sequence.text = STR_EMPTY};
    struct error error;
    enum status status;
    if (open_campaign(&campaign, &own, report, &error) != 0 ||
        outbox_watch_forgotten(&campaign, &ledger, &error) != 0 ||
        check_and_leave_over(&campaign, &own, report, &combination, &leftover, &error) != 0) {
        report_error(report, &error);
        status = error.status;
    } else {
        const struct leftover *left = own.row == 0 && campaign.csv != NULL ? &leftover : NULL;
        if (!campaign.readable || campaign.good_count == 0)
            status = say_nothing_written(&campaign, left, report);
        else
            status = write_letters(&campaign, &own, &combination, report, left);
    }
    leftover_abandon(&leftover);
    ledger_close(ledger);
    sequence_release(&combination.sequence);
    campaign_close(&campaign);
    return status;
}
