/*
 * forget: a person comes in; everything that was kept of them goes, and what stays is only that nobody is to write in
 * their name again. Who is meant must be plain before anything is erased: the ledger is asked, and the list.
 */
#include "commands/commands.h"

#include <stdlib.h>
#include <string.h>

#include "commands/confirm.h"
#include "commands/desk.h"
#include "commands/enrol.h"
#include "commands/erasure.h"

/* What is known of the person before they are asked about. */
struct target {
    struct desk *desk;
    const char *who;
    const char *key; /* NULL: not known yet */
    bool in_ledger;
    bool in_list;
    bool probing;         /* the ledger is only asked who it would be */
    struct error unknown; /* why it did not say */
    struct erasure erasure;
    struct enrolment enrolment;
};

/* Handed every file of the person. While probing, the first ends the ledger's transaction, and nothing has changed. */
static int erase(void *context, const char *key, const char *file, struct error *error) {
    struct target *target = context;
    if (target->probing) {
        target->key = arena_copy(&target->desk->arena, key, strlen(key));
        return error_set(error, STATUS_DONE, "only asked");
    }
    return erasure_of_person(&target->erasure, key, file, error);
}

static int forget_in_ledger(struct target *target, const char *who, struct error *error) {
    return ledger_forget(target->desk->ledger, who, target->desk->now_ms, erase, target, error);
}

/* Whom the ledger takes WHO for; where that is nobody or several, UNKNOWN says so. */
static int probe_ledger(struct target *target, struct error *error) {
    if (target->desk->ledger == NULL)
        return 0;
    target->probing = true;
    int result = forget_in_ledger(target, target->who, error);
    target->probing = false;
    target->in_ledger = target->key != NULL;
    if (target->in_ledger || error->status != STATUS_DATA)
        return target->in_ledger ? 0 : result;
    target->unknown = *error;
    return 0;
}

/* Ends with -1 where the ledger has a letter of the key CONTEXT. */
static int is_there(void *context, const struct ledger_item *item, struct error *error) {
    return strcmp(item->key, context) == 0 ? error_set(error, STATUS_DATA, "it is there") : 0;
}

/* That the ledger has letters of KEY although it did not know WHO, whose key that is, means that several are. */
static bool is_in_ledger(const struct target *target, const char *key) {
    struct error ignored;
    char *wanted = arena_copy(&target->desk->arena, key, strlen(key));
    return target->desk->ledger != NULL &&
           ledger_each(target->desk->ledger, LEDGER_STATES, is_there, wanted, &ignored) != 0;
}

static int several(struct error *error, const char *who, const char *keys) {
    return error_set(error, STATUS_DATA, "several people are called \"%s\": %s; give one of these keys", who, keys);
}

/* Whom the list takes WHO for. That it cannot be read is no fault where the ledger knows them. */
static int probe_list(struct target *target, const struct settings *settings, const struct report *report,
                      struct error *error) {
    struct enrolment *enrolment = &target->enrolment;
    struct error reading;
    if (target->in_ledger && strcmp(target->key, target->who) == 0)
        return 0;
    int got = enrol_find(enrolment, settings, report, target->who, ENROL_BY_ANYTHING, &reading);
    if (got < 0 && reading.status == STATUS_INTERRUPTED) {
        *error = reading;
        return -1;
    }
    if (enrolment->matches > 1)
        return several(error, target->who, enrolment->keys);
    if (got != 1)
        return 0;
    /* The key has another name in it where that was mended since; the row is the same. */
    const char *key = enrolment->person.key;
    if (target->in_ledger && strtoul(key, NULL, 10) != strtoul(target->key, NULL, 10))
        return several(error, target->who, arena_printf(&target->desk->arena, "%s, %s", target->key, key));
    if (!target->in_ledger && is_in_ledger(target, key)) {
        *error = target->unknown;
        return -1;
    }
    target->in_list = true;
    if (!target->in_ledger)
        target->key = arena_copy(&target->desk->arena, key, strlen(key));
    return 0;
}

static int count_files(struct target *target, struct error *error) {
    target->erasure = (struct erasure){.directory = target->desk->directory, .counting = true};
    if (target->key == NULL) { /* letters that were printed, of a list that is gone */
        if (strchr(target->who, '/') == NULL && erasure_of_person(&target->erasure, target->who, NULL, error) != 0)
            return -1;
        if (target->erasure.files > 0)
            target->key = target->who;
        return 0;
    }
    if (target->in_list && strcmp(target->enrolment.person.key, target->key) != 0 &&
        erasure_of_person(&target->erasure, target->enrolment.person.key, NULL, error) != 0)
        return -1;
    return erasure_of_person(&target->erasure, target->key, NULL, error);
}

/* Nobody is asked to erase what is erased already; where a letter was made by other means since, that is. */
static int demand_anything(struct target *target, struct error *error) {
    bool forgotten = false;
    if (target->in_ledger || !target->in_list || target->desk->ledger == NULL || target->erasure.files > 0)
        return 0;
    if (ledger_is_forgotten(target->desk->ledger, &target->enrolment.person, &forgotten, error) != 0)
        return -1;
    return forgotten ? error_set(error, STATUS_DATA,
                                 "%s was forgotten already: nothing is kept of them, and they are not written for",
                                 target->key)
                     : 0;
}

static int confirm(const struct target *target, const struct settings *settings, struct error *error) {
    char files[REPORT_COUNT_MAX];
    const char *question = arena_printf(
        &target->desk->arena,
        "Everything that Postbag keeps of %s (row %lu) in campaign %s will be erased for good%s, with %s.%s",
        target->key, strtoul(target->key, NULL, 10), target->desk->name,
        target->in_ledger ? ": what was sent, to whom and when" : "",
        report_count(files, target->erasure.files, "file", "files"),
        target->in_ledger || target->in_list ? " They will not be written for again." : "");
    return confirm_ask(settings, question, error);
}

/* Somebody whom no send has looked at is taken into the ledger first, so that none will write for them. */
static int carry_out(struct target *target, struct error *error) {
    const char *listed = target->in_list ? target->enrolment.person.key : target->key;
    target->erasure = (struct erasure){.directory = target->desk->directory};
    if (!target->in_ledger && target->in_list && enrol_commit(&target->enrolment, target->desk, error) != 0)
        return -1;
    if (erasure_of_person(&target->erasure, target->key, NULL, error) != 0 ||
        (strcmp(listed, target->key) != 0 && erasure_of_person(&target->erasure, listed, NULL, error) != 0))
        return -1;
    return target->in_ledger || target->in_list ? forget_in_ledger(target, target->key, error) : 0;
}

static void say(const struct target *target, const struct report *report) {
    char files[REPORT_COUNT_MAX];
    bool known = target->in_ledger || target->in_list;
    struct report_value values[] = {
        {"key", REPORT_TEXT, .text = target->key},
        {"files", REPORT_NUMBER, .number = (long long)target->erasure.files},
        {"ledger", REPORT_FLAG, .number = known},
    };
    report_object(report, "forgotten", values, sizeof values / sizeof *values);
    report_result(
        report, "%s is erased from campaign %s, with %s.%s", target->key, target->desk->name,
        report_count(files, target->erasure.files, "file", "files"),
        known ? " They are not written for again."
              : " Neither the ledger nor the list knows them, so nothing keeps Postbag from writing for them again.");
    const struct config *config = &target->desk->config;
    const char *list = target->in_list ? target->enrolment.campaign.list_path : config->campaign.constituents;
    erasure_warn(target->desk->directory, list, report);
}

static int forget(struct target *target, const struct settings *settings, const struct report *report,
                  struct error *error) {
    if (desk_open(target->desk, settings, LEDGER_SEND, error) != 0 || probe_ledger(target, error) != 0 ||
        probe_list(target, settings, report, error) != 0 || count_files(target, error) != 0)
        return -1;
    if (target->key == NULL && target->desk->ledger != NULL) {
        *error = target->unknown;
        return -1;
    }
    if (target->key == NULL)
        return error_set(error, STATUS_DATA,
                         "campaign %s knows nobody by \"%s\": give the key, the whole name, the e-mail address or the "
                         "membership number",
                         target->desk->name, target->who);
    if (demand_anything(target, error) != 0 || confirm(target, settings, error) != 0 || carry_out(target, error) != 0)
        return -1;
    say(target, report);
    return 0;
}

enum status forget_command(const struct settings *settings, const struct report *report) {
    struct desk desk = {.arena = ARENA_EMPTY};
    struct target target = {.desk = &desk, .who = settings->operand[0]};
    struct error error = {.status = STATUS_DONE};
    enum status status = STATUS_DONE;
    if (forget(&target, settings, report, &error) != 0) {
        report_error(report, &error);
        status = error.status;
    }
    enrol_close(&target.enrolment);
    desk_close(&desk);
    return status;
}
