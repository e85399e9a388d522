/*
 * Bulletins: the outcome of one letter comes in; a line of JSON, a remark, or a problem and its row in problems.csv go
 * out.
 */
#include "commands/bulletin.h"

#include "base/str.h"

static void report_json(const struct bulletin *bulletin, const struct report *report, struct arena *arena) {
    const struct report_value values[] = {
        {.key = "row", .kind = REPORT_NUMBER, .number = bulletin->person->row},
        {.key = "key", .kind = REPORT_TEXT, .text = bulletin->person->key},
        {.key = "channel", .kind = REPORT_TEXT, .text = ledger_channel_name(bulletin->channel)},
        {.key = "recipient",
         .kind = REPORT_TEXT,
         .text = outbox_recipient(bulletin->outbox, bulletin->channel, bulletin->person, arena)},
        {.key = "state", .kind = REPORT_TEXT, .text = ledger_state_name(bulletin->state)},
        {.key = "code", .kind = REPORT_NUMBER, .number = bulletin->answer->code},
        {.key = "text", .kind = REPORT_TEXT, .text = bulletin->answer->text},
        {.key = "rehearsal", .kind = REPORT_FLAG, .number = bulletin->outbox->rehearsal},
        {.key = "file", .kind = REPORT_TEXT, .text = bulletin->file},
    };
    report_object(report, "letter", values, sizeof values / sizeof *values - (bulletin->file == NULL));
}

static void describe_problem(const struct bulletin *bulletin, struct str *out) {
    const char *what = bulletin->channel == LEDGER_COPY ? "the copy for the member" : "the letter";
    if (bulletin->state == LEDGER_UNSURE)
        str_addf(out, "%s may have been sent (%s): look whether it arrived, then say postbag resolve %s sent, or ready",
                 what, bulletin->answer->text, bulletin->person->key);
    else
        str_addf(out, "%s was not accepted: %s", what, bulletin->answer->text);
}

/* A row that was not done, at its line of the list, and in problems.csv. */
static int report_row(const struct bulletin *bulletin, const struct report *report, struct leftover *leftover,
                      struct arena *arena, struct error *error) {
    const struct campaign *campaign = bulletin->outbox->campaign;
    const struct person *person = bulletin->person;
    struct str text = STR_EMPTY;
    struct problems problems;
    problems_init(&problems, arena);
    describe_problem(bulletin, &text);
    struct place place = {csv_path(campaign->csv), person->line, 0};
    struct problem *problem = problems_add(&problems, SEVERITY_ERROR, place, "%s", text.bytes);
    problem->row = person->row;
    report_problems(report, &problems);
    int result = 0;
    if (leftover != NULL && campaign->csv != NULL)
        result = leftover_add(leftover, people_header(campaign->people), bulletin->cells, person, &problems, error);
    problems_release(&problems);
    str_release(&text);
    return result;
}

int bulletin_issue(const struct bulletin *bulletin, const struct report *report, struct leftover *leftover,
                   struct arena *arena, struct error *error) {
    if (report->json)
        report_json(bulletin, report, arena);
    else if (report->verbose)
        report_remark(report, "row %u: %s: %s", bulletin->person->row, ledger_state_name(bulletin->state),
                      bulletin->answer->text);
    if (bulletin->state != LEDGER_REFUSED && bulletin->state != LEDGER_UNSURE)
        return 0;
    return report_row(bulletin, report, leftover, arena, error);
}
