/*
 * status: a campaign's ledger comes in; what was sent, when, and what is to be done next goes out. It answers one
 * question above all: did Mrs Jones's letter go? So it needs neither the list nor the model letter, and it may be asked
 * while a send runs.
 */
#include "commands/commands.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/progress.h"
#include "commands/desk.h"
#include "commands/docket.h"

/* In the order in which people want to know them. */
static const enum ledger_state states_shown[LEDGER_STATES] = {
    LEDGER_SENT, LEDGER_LATER, LEDGER_READY, LEDGER_SENDING, LEDGER_REFUSED, LEDGER_UNSURE,
};

static size_t in_state(const struct ledger_counts *counts, enum ledger_state state) {
    size_t sum = 0;
    for (int channel = 0; channel < LEDGER_CHANNELS; channel++)
        sum += counts->letters[channel][state];
    return sum;
}

static size_t in_channel(const struct ledger_counts *counts, enum ledger_channel channel) {
    size_t sum = 0;
    for (int state = 0; state < LEDGER_STATES; state++)
        sum += counts->letters[channel][state];
    return sum;
}

/* "281 of 287 letters were sent, from … to …". Copies are no letters of their own here. */
static void sum_up(const struct desk *desk, const struct ledger_counts *counts, const struct report *report) {
    char done[PROGRESS_NUMBER_MAX], all[REPORT_COUNT_MAX];
    size_t letters = in_channel(counts, LEDGER_EMAIL) + in_channel(counts, LEDGER_WEBHOOK);
    size_t sent = counts->letters[LEDGER_EMAIL][LEDGER_SENT] + counts->letters[LEDGER_WEBHOOK][LEDGER_SENT];
    struct str first = STR_EMPTY, last = STR_EMPTY;
    clock_format(&first, counts->first_ms);
    clock_format(&last, counts->last_ms);
    report_count(all, letters, "letter", "letters");
    if (sent == 0)
        report_result(report, "Campaign %s: nothing was sent yet, of %s.", desk->name, all);
    else if (strcmp(first.bytes, last.bytes) == 0)
        report_result(report, "Campaign %s: %s of %s sent, on %s.", desk->name, progress_number(done, sent), all,
                      first.bytes);
    else
        report_result(report, "Campaign %s: %s of %s sent, the first on %s, the last on %s.", desk->name,
                      progress_number(done, sent), all, first.bytes, last.bytes);
    str_release(&first);
    str_release(&last);
}

static void show_table(const struct ledger_counts *counts, const struct report *report) {
    static const char *const titles[LEDGER_CHANNELS] = {
        [LEDGER_EMAIL] = "e-mails", [LEDGER_COPY] = "copies", [LEDGER_WEBHOOK] = "petition"};
    struct str line = STR_EMPTY;
    str_addf(&line, "  %-20s", "");
    for (int channel = 0; channel < LEDGER_CHANNELS; channel++)
        if (in_channel(counts, (enum ledger_channel)channel) > 0)
            str_addf(&line, "%11s", titles[channel]);
    report_result(report, "%s", "");
    report_result(report, "%s", line.bytes);
    for (int i = 0; i < LEDGER_STATES; i++) {
        enum ledger_state state = states_shown[i];
        if (in_state(counts, state) == 0 && state != LEDGER_SENT)
            continue;
        str_clear(&line);
        str_addf(&line, "  %-20s", desk_state_words(state));
        for (int channel = 0; channel < LEDGER_CHANNELS; channel++) {
            char number[PROGRESS_NUMBER_MAX];
            if (in_channel(counts, (enum ledger_channel)channel) > 0)
                str_addf(&line, "%11s", progress_number(number, counts->letters[channel][state]));
        }
        if (state == LEDGER_LATER && counts->due_ms != 0) {
            str_adds(&line, "   from ");
            clock_format_due(&line, counts->due_ms);
        }
        report_result(report, "%s", line.bytes);
    }
    str_release(&line);
}

/* "3 letters are" with what follows, on a line of its own. */
static void advise_on(const struct report *report, size_t count, const char *singular, const char *plural,
                      const char *advice) {
    char letters[REPORT_COUNT_MAX];
    if (count > 0)
        report_result(report, "%s %s.", report_count(letters, count, singular, plural), advice);
}

static void advise_later(const struct report *report, const struct ledger_counts *counts, int64_t now_ms) {
    struct str advice = STR_EMPTY;
    str_adds(&advice, "to be tried again: say \"postbag send\"");
    if (counts->due_ms > now_ms) {
        str_adds(&advice, ", from ");
        clock_format_due(&advice, counts->due_ms);
        str_adds(&advice, " on");
    }
    advise_on(report, in_state(counts, LEDGER_LATER), "letter is", "letters are", advice.bytes);
    str_release(&advice);
}

/* What to do about each state that is no end. */
static void advise(const struct ledger_counts *counts, int64_t now_ms, const struct report *report) {
    report_result(report, "%s", "");
    advise_on(
        report, in_state(counts, LEDGER_UNSURE), "letter", "letters",
        "may have been sent: the server's answer did not come. Look in the mailbox's Sent folder, or ask the "
        "recipient; then say \"postbag resolve KEY sent\", or \"postbag resolve KEY ready\" to have it sent again. "
        "\"postbag status --rows unsure\" shows the keys");
    advise_on(
        report, in_state(counts, LEDGER_REFUSED), "letter was", "letters were",
        "not accepted: \"postbag status --rows refused\" says why. Mend what is wrong, then say \"postbag resolve "
        "KEY ready\" (or \"resolve all ready\") and \"postbag send\"");
    advise_on(
        report, in_state(counts, LEDGER_SENDING), "letter is", "letters are",
        "being sent at this moment. If no send is running, it was cut off: the next one counts what was under way "
        "among those that may have been sent");
    advise_later(report, counts, now_ms);
    advise_on(report, in_state(counts, LEDGER_READY), "letter is", "letters are", "to be sent: say \"postbag send\"");
    advise_on(report, counts->forgotten, "person was", "people were",
              "erased: their letters are counted without their names");
}

/* The letters of the ledger are not all of the list: rows with problems never came so far. */
static void show_left_over(struct desk *desk, const struct report *report) {
    const char *path = file_join(&desk->arena, desk->directory, "problems.csv");
    if (access(path, F_OK) == 0)
        report_result(report, "The rows that the last run left out are in %s, with the reasons.", path);
}

static void show_counts(struct desk *desk, const struct ledger_counts *counts, const struct report *report) {
    size_t letters = 0;
    for (int state = 0; state < LEDGER_STATES; state++)
        letters += in_state(counts, (enum ledger_state)state);
    if (letters == 0) {
        report_result(report, "Nothing was sent yet for campaign %s.", desk->name);
    } else {
        sum_up(desk, counts, report);
        show_table(counts, report);
        if (letters > in_state(counts, LEDGER_SENT) || counts->forgotten > 0)
            advise(counts, desk->now_ms, report);
    }
    show_left_over(desk, report);
}

/* The same as JSON: by channel, then by state. */
static void report_counts(const struct desk *desk, const struct ledger_counts *counts, const struct report *report) {
    enum { VALUES_MAX = LEDGER_CHANNELS + 5 };
    struct report_value states[LEDGER_CHANNELS][LEDGER_STATES], values[VALUES_MAX];
    struct str first = STR_EMPTY, last = STR_EMPTY, due = STR_EMPTY;
    size_t count = 0;
    values[count++] = (struct report_value){"campaign", REPORT_TEXT, .text = desk->name};
    for (int channel = 0; channel < LEDGER_CHANNELS; channel++) {
        for (int state = 0; state < LEDGER_STATES; state++)
            states[channel][state] = (struct report_value){ledger_state_name((enum ledger_state)state), REPORT_NUMBER,
                                                           .number = (long long)counts->letters[channel][state]};
        values[count++] = (struct report_value){ledger_channel_name((enum ledger_channel)channel), REPORT_GROUP,
                                                .number = LEDGER_STATES, .group = states[channel]};
    }
    values[count++] = (struct report_value){"forgotten", REPORT_NUMBER, .number = (long long)counts->forgotten};
    clock_format_rfc3339(&first, counts->first_ms);
    clock_format_rfc3339(&last, counts->last_ms);
    clock_format_rfc3339(&due, counts->due_ms);
    if (counts->first_ms != 0)
        values[count++] = (struct report_value){"first", REPORT_TEXT, .text = first.bytes};
    if (counts->last_ms != 0)
        values[count++] = (struct report_value){"last", REPORT_TEXT, .text = last.bytes};
    if (counts->due_ms != 0)
        values[count++] = (struct report_value){"next", REPORT_TEXT, .text = due.bytes};
    report_object(report, "status", values, count);
    str_release(&first);
    str_release(&last);
    str_release(&due);
}

static int list_letters(struct desk *desk, const struct settings *settings, const struct report *report,
                        struct error *error) {
    struct docket_choice choice;
    const char *who = settings->operands_count > 0 ? settings->operand[0] : NULL;
    size_t count = 0;
    int result = docket_choose(&choice, settings->rows, who, error);
    if (result == 0 && desk->ledger != NULL)
        result = docket_list(&choice, desk, report, &count, error);
    if (result == 0 && count == 0 && who != NULL)
        result =
            error_set(error, STATUS_DATA,
                      "no letter of campaign %s%s is from or to \"%s\"; people are found by the name in their key, "
                      "by their row's number and by their recipient, once \"postbag send\" has looked at their row",
                      desk->name, settings->rows == NULL ? "" : " in that state", who);
    else if (result == 0 && count == 0 && desk->ledger != NULL)
        report_result(report, "No letter of campaign %s is in that state.", desk->name);
    else if (result == 0 && count == 0)
        report_result(report, "Nothing was sent yet for campaign %s.", desk->name);
    docket_release(&choice);
    return result;
}

static int show(struct desk *desk, const struct settings *settings, const struct report *report, struct error *error) {
    struct ledger_counts counts = {0};
    bool listed = settings->rows != NULL || settings->operands_count > 0;
    if (listed && list_letters(desk, settings, report, error) != 0)
        return -1;
    if (listed && !report->json)
        return 0;
    if (desk->ledger != NULL && ledger_count(desk->ledger, &counts, error) != 0)
        return -1;
    if (report->json)
        report_counts(desk, &counts, report);
    else
        show_counts(desk, &counts, report);
    return 0;
}

enum status status_command(const struct settings *settings, const struct report *report) {
    struct desk desk;
    struct error error;
    enum status status = STATUS_DONE;
    if (desk_open(&desk, settings, LEDGER_READ, &error) != 0 || show(&desk, settings, report, &error) != 0) {
        report_error(report, &error);
        status = error.status;
    }
    desk_close(&desk);
    return status;
}
