/*
 * Vintage: the dates of two imports come in; a line that shows them, and a warning where one is old, go out.
 */
#include "commands/vintage.h"

#include "base/str.h"

static void add_vintage(struct str *out, const char *what, const struct directory_vintage *vintage) {
    str_addf(out, "%s%s", out->length > 0 ? "; " : "", what);
    if (!vintage->held) {
        str_adds(out, ": none imported");
        return;
    }
    str_addf(out, " from %s, imported on ", vintage->source);
    date_format(out, vintage->imported, "en-GB");
}

static void report_json(const struct report *report, const char *what, struct date today,
                        const struct directory_vintage *vintage) {
    const struct report_value values[] = {
        {.key = "what", .kind = REPORT_TEXT, .text = what},
        {.key = "source", .kind = REPORT_TEXT, .text = vintage->source},
        {.key = "days", .kind = REPORT_NUMBER, .number = directory_age_days(*vintage, today)},
    };
    if (vintage->held)
        report_object(report, "directory", values, sizeof values / sizeof *values);
}

static void warn_if_old(const struct report *report, struct date today, const struct directory_vintage *vintage,
                        const char *what, const char *command) {
    int days = vintage->held ? directory_age_days(*vintage, today) : 0;
    struct str message = STR_EMPTY;
    if (days <= DIRECTORY_STALE_DAYS)
        return;
    str_addf(&message, "the %s were imported %d days ago; bring them up to date with: postbag import %s FILE", what,
             days, command);
    report_problem(report, &(struct problem){.severity = SEVERITY_WARNING, .message = message.bytes});
    str_release(&message);
}

void vintage_warn(const struct directory *directory, struct date today, const struct report *report) {
    struct directory_vintage mps = directory_mps(directory), postcodes = directory_postcodes(directory);
    warn_if_old(report, today, &mps, "MPs", "mps");
    warn_if_old(report, today, &postcodes, "postcodes", "postcodes");
}

void vintage_report(const struct directory *directory, struct date today, const struct report *report) {
    struct directory_vintage mps = directory_mps(directory), postcodes = directory_postcodes(directory);
    struct str line = STR_EMPTY;
    add_vintage(&line, "MPs", &mps);
    add_vintage(&line, "postcodes", &postcodes);
    report_remark(report, "Looking up %s.", line.bytes);
    str_release(&line);
    report_json(report, "mps", today, &mps);
    report_json(report, "postcodes", today, &postcodes);
    vintage_warn(directory, today, report);
}
