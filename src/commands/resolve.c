/*
 * resolve: what a person has found out about a letter comes in, and goes into the ledger: it was sent (by e-mail after
 * all, or on paper), or it is to be sent again.
 */
#include "commands/commands.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "commands/desk.h"
#include "commands/enrol.h"
#include "input/field.h"

/* The letters of one key, as they stood before. */
struct found {
    const char *key;
    struct arena *arena;
    struct ledger_item letters[LEDGER_CHANNELS];
    size_t count;
    const char *near; /* the key nearest to it, or NULL */
};

static int read_state(const char *text, enum ledger_state *state, struct error *error) {
    struct str key = STR_EMPTY;
    field_key(&key, text, text_valid(text, strlen(text)));
    bool sent = strcmp(key.bytes, "sent") == 0 || strcmp(key.bytes, "posted") == 0;
    bool ready = strcmp(key.bytes, "ready") == 0 || strcmp(key.bytes, "again") == 0;
    str_release(&key);
    if (!sent && !ready)
        return error_set(error, STATUS_USAGE,
                         "a letter is resolved as sent, or as ready to be sent, not as \"%s\": postbag resolve KEY "
                         "sent|ready",
                         text);
    *state = sent ? LEDGER_SENT : LEDGER_READY;
    return 0;
}

/* "out/x/sent/0014-jane-doe.eml", as a file's name is pasted, to "0014-jane-doe". */
static const char *read_key(struct arena *arena, const char *text) {
    const char *slash = strrchr(text, '/');
    const char *name = slash == NULL ? text : slash + 1;
    size_t length = strlen(name);
    if (length > 4 && (strcmp(name + length - 4, ".eml") == 0 || strcmp(name + length - 4, ".pdf") == 0))
        length -= 4;
    return arena_copy(arena, name, length);
}

static int look(void *context, const struct ledger_item *item, struct error *error) {
    struct found *found = context;
    (void)error;
    const char *near = *item->key == '\0' ? found->near : enrol_nearer(found->key, found->near, item->key);
    if (near != found->near)
        found->near = arena_copy(found->arena, near, strlen(near));
    if (strcmp(item->key, found->key) != 0 || found->count == LEDGER_CHANNELS)
        return 0;
    struct ledger_item *letter = &found->letters[found->count++];
    *letter = (struct ledger_item){.row = item->row, .channel = item->channel, .letter = item->letter};
    letter->key = found->key;
    letter->recipient = arena_copy(found->arena, item->recipient, strlen(item->recipient));
    return 0;
}

static int find_letters(struct desk *desk, const char *key, struct found *found, struct error *error) {
    *found = (struct found){.key = key, .arena = &desk->arena};
    return desk->ledger == NULL ? 0 : ledger_each(desk->ledger, LEDGER_STATES, look, found, error);
}

static int unknown(const struct desk *desk, const struct found *found, const char *near, struct error *error) {
    near = found->near != NULL && near != NULL ? enrol_nearer(found->key, near, found->near)
           : near != NULL                      ? near
                                               : found->near;
    return error_set(error, STATUS_DATA, "nobody in campaign %s has the key \"%s\"%s%s%s", desk->name, found->key,
                     near == NULL ? "; \"postbag status --rows all\" shows the keys" : "; did you mean ",
                     near == NULL ? "" : near, near == NULL ? "" : "?");
}

/*
 * A key that the ledger does not know is looked for in the list. A letter of that row went on paper; or, with ready, the
 * row was held as somebody else of the ledger, who they are not.
 */
static int enrol(struct desk *desk, const struct settings *settings, const struct report *report, struct found *found,
                 enum ledger_state state, struct error *error) {
    struct enrolment enrolment;
    int got = enrol_find(&enrolment, settings, report, found->key, ENROL_BY_KEY, error);
    int result = got < 0 ? -1 : 0;
    if (got == 0)
        result = unknown(desk, found, enrolment.near, error);
    if (got == 1 && state == LEDGER_SENT && enrolment.errors_count > 0)
        result = error_set(error, STATUS_DATA, "row %u must be mended first", enrolment.person.row);
    else if (got == 1 && state == LEDGER_SENT)
        result = enrol_commit(&enrolment, desk, error);
    else if (got == 1 && desk->ledger == NULL)
        result = error_set(error, STATUS_DATA, "nothing was sent yet for campaign %s: %s is ready to be sent as it is",
                           desk->name, found->key);
    enrol_close(&enrolment);
    if (result == 0 && state == LEDGER_SENT)
        result = find_letters(desk, found->key, found, error);
    return result;
}

/* What a state was called before it was changed. */
static const char *was_words(enum ledger_state state) {
    static const char *const words[LEDGER_STATES] = {
        [LEDGER_READY] = "was to be sent",
        [LEDGER_SENDING] = "was being sent",
        [LEDGER_SENT] = "was sent",
        [LEDGER_LATER] = "was to be tried again",
        [LEDGER_REFUSED] = "was not accepted",
        [LEDGER_UNSURE] = "may have been sent",
    };
    return words[state];
}

/* LETTER, which is in its new state, and WAS before. */
static void say_letter(const struct ledger_item *letter, enum ledger_state was, const struct report *report) {
    struct report_value values[] = {
        {"row", REPORT_NUMBER, .number = letter->row},
        {"key", REPORT_TEXT, .text = letter->key},
        {"channel", REPORT_TEXT, .text = ledger_channel_name(letter->channel)},
        {"recipient", REPORT_TEXT, .text = letter->recipient},
        {"state", REPORT_TEXT, .text = ledger_state_name(letter->letter.state)},
        {"was", REPORT_TEXT, .text = ledger_state_name(was)},
    };
    bool sent = letter->letter.state == LEDGER_SENT;
    report_object(report, "letter", values, sizeof values / sizeof *values);
    report_result(report, "%s: the %s to %s, which %s, %s.", letter->key,
                  letter->channel == LEDGER_EMAIL ? "letter" : ledger_channel_name(letter->channel), letter->recipient,
                  was_words(was),
                  sent ? "counts as sent: it is not sent again" : "is to be sent: say \"postbag send\"");
}

/* What has changed of the letters of BEFORE. */
static int say_changes(struct desk *desk, const struct found *before, const struct report *report,
                       struct error *error) {
    struct found after;
    if (find_letters(desk, before->key, &after, error) != 0)
        return -1;
    for (size_t i = 0; i < after.count; i++)
        for (size_t j = 0; j < before->count; j++)
            if (after.letters[i].channel == before->letters[j].channel &&
                after.letters[i].letter.state != before->letters[j].letter.state)
                say_letter(&after.letters[i], before->letters[j].letter.state, report);
    return 0;
}

static bool are_all(const struct found *found, enum ledger_state state) {
    for (size_t i = 0; i < found->count; i++)
        if (found->letters[i].letter.state != state)
            return false;
    return found->count > 0;
}

static int resolve_one(struct desk *desk, const struct settings *settings, const struct report *report,
                       enum ledger_state state, size_t *count, struct error *error) {
    struct found found;
    const char *key = read_key(&desk->arena, settings->operand[0]);
    if (find_letters(desk, key, &found, error) != 0 ||
        (found.count == 0 && enrol(desk, settings, report, &found, state, error) != 0))
        return -1;
    if (are_all(&found, state)) {
        report_result(report, "%s: the letter %s already; nothing has changed.", key, was_words(state));
        return 0;
    }
    if (ledger_resolve(desk->ledger, key, state, desk->now_ms, count, error) != 0 ||
        say_changes(desk, &found, report, error) != 0)
        return -1;
    if (found.count == 0)
        report_result(report,
                      "%s is somebody else than the ledger took them for, and is held no more: say \"postbag send\".",
                      key);
    return 0;
}

static int resolve_all(struct desk *desk, const struct report *report, enum ledger_state state, size_t *count,
                       struct error *error) {
    char letters[REPORT_COUNT_MAX];
    if (state != LEDGER_READY)
        return error_set(error, STATUS_USAGE, "\"all\" goes with ready only: what was sent is said letter by letter");
    if (desk->ledger != NULL && ledger_resolve(desk->ledger, "all", state, desk->now_ms, count, error) != 0)
        return -1;
    if (*count == 0)
        report_result(report, "No letter of campaign %s was refused: there is none to be sent again.", desk->name);
    else
        report_result(report, "%s not accepted, and %s to be sent again: say \"postbag send\".",
                      report_count(letters, *count, "letter was", "letters were"), *count == 1 ? "is" : "are");
    return 0;
}

static int resolve(struct desk *desk, const struct settings *settings, const struct report *report,
                   struct error *error) {
    enum ledger_state state = LEDGER_READY;
    size_t count = 0;
    if (read_state(settings->operand[1], &state, error) != 0 || desk_open(desk, settings, LEDGER_SEND, error) != 0)
        return -1;
    int result = strcmp(settings->operand[0], "all") == 0 ? resolve_all(desk, report, state, &count, error)
                                                          : resolve_one(desk, settings, report, state, &count, error);
    if (result == 0)
        report_summary(report, &(struct summary){.letters = count});
    return result;
}

enum status resolve_command(const struct settings *settings, const struct report *report) {
    struct desk desk = {.arena = ARENA_EMPTY};
    struct error error;
    enum status status = STATUS_DONE;
    if (resolve(&desk, settings, report, &error) != 0) {
        report_error(report, &error);
        status = error.status;
    }
    desk_close(&desk);
    return status;
}
