/*
 * purge: a campaign that has grown old comes in; what was kept of its people goes. The same as `forget` for everybody of
 * whom nothing is left to do, and for the files that were written before then.
 */
#include "commands/commands.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/table.h"
#include "commands/confirm.h"
#include "commands/desk.h"
#include "commands/erasure.h"

struct purge {
    struct desk *desk;
    int64_t before_ms;
    struct table kept; /* keys of people of whom something is new */
    struct table old;  /* keys of people of whom something is old */
    struct erasure erasure;
};

/* By times alone: whether a letter that was never sent is still to be, the ledger knows better. */
static int look(void *context, const struct ledger_item *item, struct error *error) {
    struct purge *purge = context;
    struct table *people = item->letter.changed_ms < purge->before_ms ? &purge->old : &purge->kept;
    size_t length = strlen(item->key);
    (void)error;
    if (length > 0)
        *table_slot(people, item->key, length) = purge;
    return 0;
}

static int erase(void *context, const char *key, const char *file, struct error *error) {
    struct purge *purge = context;
    return erasure_of_person(&purge->erasure, key, file, error);
}

/* How many people and files it would be at most. */
static int count(struct purge *purge, size_t *people, struct error *error) {
    struct desk *desk = purge->desk;
    purge->erasure = (struct erasure){.directory = desk->directory, .counting = true};
    *people = 0;
    if (desk->ledger != NULL && ledger_each(desk->ledger, LEDGER_STATES, look, purge, error) != 0)
        return -1;
    for (size_t i = 0; i < purge->old.count; i++) {
        const struct table_entry *entry = &purge->old.entries[i];
        if (table_find(&purge->kept, entry->key, entry->key_length) != NULL)
            continue;
        ++*people;
        if (erasure_of_person(&purge->erasure, entry->key, NULL, error) != 0)
            return -1;
    }
    return erasure_of_old_files(&purge->erasure, purge->before_ms, error);
}

static int confirm(const struct purge *purge, size_t people, const struct settings *settings, struct error *error) {
    char persons[REPORT_COUNT_MAX], files[REPORT_COUNT_MAX];
    struct str day = STR_EMPTY;
    clock_format(&day, purge->before_ms);
    const char *question = arena_printf(&purge->desk->arena,
                                        "What Postbag keeps in campaign %s of up to %s of whom nothing has changed "
                                        "since %s will be erased for good, with %s.",
                                        purge->desk->name, report_count(persons, people, "person", "people"), day.bytes,
                                        report_count(files, purge->erasure.files, "file", "files"));
    str_release(&day);
    return confirm_ask(settings, question, error);
}

static void say(const struct purge *purge, size_t people, const struct report *report) {
    char persons[REPORT_COUNT_MAX], files[REPORT_COUNT_MAX];
    struct report_value values[] = {
        {"people", REPORT_NUMBER, .number = (long long)people},
        {"files", REPORT_NUMBER, .number = (long long)purge->erasure.files},
    };
    report_object(report, "purged", values, sizeof values / sizeof *values);
    if (people == 0 && purge->erasure.files == 0)
        report_result(report, "Nothing of campaign %s is older than %s and done with.", purge->desk->name,
                      report_count(persons, purge->desk->config.campaign.keep_days, "day", "days"));
    else
        report_result(report, "%s and %s erased from campaign %s. The list itself was not touched.",
                      report_count(persons, people, "person", "people"),
                      report_count(files, purge->erasure.files, "file", "files"), purge->desk->name);
}

static int purge_campaign(struct purge *purge, const struct settings *settings, const struct report *report,
                          struct error *error) {
    struct desk *desk = purge->desk;
    size_t people = 0;
    if (desk_open(desk, settings, LEDGER_SEND, error) != 0)
        return -1;
    purge->before_ms = desk->now_ms - (int64_t)desk->config.campaign.keep_days * CLOCK_DAY_MS;
    if (count(purge, &people, error) != 0)
        return -1;
    if (people > 0 || purge->erasure.files > 0) {
        if (confirm(purge, people, settings, error) != 0)
            return -1;
        purge->erasure = (struct erasure){.directory = desk->directory};
        people = 0;
        if ((desk->ledger != NULL && ledger_purge(desk->ledger, purge->before_ms, erase, purge, &people, error) != 0) ||
            erasure_of_old_files(&purge->erasure, purge->before_ms, error) != 0)
            return -1;
    }
    say(purge, people, report);
    return 0;
}

enum status purge_command(const struct settings *settings, const struct report *report) {
    struct desk desk = {.arena = ARENA_EMPTY};
    struct purge purge = {.desk = &desk, .kept = TABLE_EMPTY, .old = TABLE_EMPTY};
    struct error error;
    enum status status = STATUS_DONE;
    if (purge_campaign(&purge, settings, report, &error) != 0) {
        report_error(report, &error);
        status = error.status;
    }
    table_release(&purge.kept);
    table_release(&purge.old);
    desk_close(&desk);
    return status;
}
