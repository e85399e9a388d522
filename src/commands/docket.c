/*
 * The docket: letters of a ledger come in, those that were asked for go out, one a line. States and people are found the
 * way people name them.
 */
#include "commands/docket.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "input/field.h"
#include "input/recipient.h"

enum { STATES_ALL = (1u << LEDGER_STATES) - 1, COLUMN_GAP = 2, ROW_DIGITS_MAX = 7 };

/* A table: its columns are as wide as what stands in them, which is measured before anything is printed. */
enum cell { COLUMN_ROW, COLUMN_KEY, COLUMN_RECIPIENT, COLUMN_CHANNEL, COLUMN_STATE, COLUMN_WHEN, COLUMNS };

struct listing {
    struct desk *desk;
    const struct report *report;
    const struct docket_choice *choice;
    size_t widths[COLUMNS];
    bool channels; /* there are letters of several */
    size_t count;
};

/* States as people write them */

static int read_states(const char *text, unsigned *states, struct error *error) {
    enum { NOT_DONE = STATES_ALL & ~(1u << LEDGER_SENT) };
    static const struct {
        const char *key;
        unsigned states;
    } names[] = {
        {"all", STATES_ALL},
        {"any", STATES_ALL},
        {"everything", STATES_ALL},
        {"sent", 1u << LEDGER_SENT},
        {"tobesent", 1u << LEDGER_READY},
        {"ready", 1u << LEDGER_READY},
        {"waiting", 1u << LEDGER_READY},
        {"later", 1u << LEDGER_LATER},
        {"willbetriedagain", 1u << LEDGER_LATER},
        {"tobetriedagain", 1u << LEDGER_LATER},
        {"triedagain", 1u << LEDGER_LATER},
        {"refused", 1u << LEDGER_REFUSED},
        {"notaccepted", 1u << LEDGER_REFUSED},
        {"rejected", 1u << LEDGER_REFUSED},
        {"failed", 1u << LEDGER_REFUSED},
        {"unsure", 1u << LEDGER_UNSURE},
        {"maybe", 1u << LEDGER_UNSURE},
        {"mayhavebeensent", 1u << LEDGER_UNSURE},
        {"sending", 1u << LEDGER_SENDING},
        {"beingsent", 1u << LEDGER_SENDING},
        {"notsent", NOT_DONE},
        {"unsent", NOT_DONE},
        {"left", NOT_DONE},
    };
    struct str key = STR_EMPTY;
    field_key(&key, text, text_valid(text, strlen(text)));
    *states = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(key.bytes, names[i].key) == 0)
            *states = names[i].states;
    str_release(&key);
    if (*states != 0)
        return 0;
    return error_set(
        error, STATUS_USAGE,
        "--rows takes all, sent, \"to be sent\", \"will be tried again\", \"not accepted\", \"may have been "
        "sent\" or \"not sent\", not \"%s\"",
        text);
}

/* Who is asked for */

/* A number is a row's; anything else is words, each of which must be found. "Mrs" helps nobody. */
static void read_who(struct docket_choice *choice, const char *who) {
    size_t length = text_valid(who, strlen(who));
    choice->who = who;
    text_trim(&who, &length);
    if (length > 0 && length <= ROW_DIGITS_MAX && strspn(who, "0123456789") == length) {
        sscanf(who, "%u", &choice->row);
        return;
    }
    size_t titles = recipient_titles_length(who, length);
    if (titles < length) {
        who += titles;
        length -= titles;
    }
    for (size_t at = 0; at < length && choice->words_count < DOCKET_WORDS_MAX;) {
        size_t end = at;
        while (end < length && who[end] != ' ')
            end++;
        if (end > at)
            field_key(&choice->words[choice->words_count++], who + at, end - at);
        at = end + 1;
    }
}

int docket_choose(struct docket_choice *choice, const char *states, const char *who, struct error *error) {
    *choice = (struct docket_choice){.states = STATES_ALL};
    for (size_t i = 0; i < DOCKET_WORDS_MAX; i++)
        str_init(&choice->words[i]);
    if (states != NULL && read_states(states, &choice->states, error) != 0)
        return -1;
    if (who != NULL)
        read_who(choice, who);
    return 0;
}

void docket_release(struct docket_choice *choice) {
    for (size_t i = 0; i < DOCKET_WORDS_MAX; i++)
        str_release(&choice->words[i]);
}

/* "OBrien" is found in 0004-sian-o-brien, and in the recipient "Siân O’Brien MP". */
static bool has_words(const struct docket_choice *choice, const struct ledger_item *item) {
    struct str key = STR_EMPTY, recipient = STR_EMPTY;
    field_key(&key, item->key, strlen(item->key));
    field_key(&recipient, item->recipient, strlen(item->recipient));
    bool all = choice->words_count > 0;
    for (size_t i = 0; all && i < choice->words_count; i++) {
        const struct str *word = &choice->words[i];
        all = word->length > 0 &&
              (strstr(key.bytes, word->bytes) != NULL || strstr(recipient.bytes, word->bytes) != NULL);
    }
    str_release(&key);
    str_release(&recipient);
    return all;
}

static bool is_chosen(const struct docket_choice *choice, const struct ledger_item *item) {
    if ((choice->states >> item->letter.state & 1) == 0)
        return false;
    if (choice->row != 0)
        return item->row == choice->row && *item->key != '\0';
    return choice->who == NULL || has_words(choice, item);
}

/* The letters, one a line */

static void fill_cells(const struct ledger_item *item, struct str cells[COLUMNS]) {
    for (int i = 0; i < COLUMNS; i++)
        str_clear(&cells[i]);
    bool erased = *item->key == '\0';
    if (!erased)
        str_addf(&cells[COLUMN_ROW], "%u", item->row);
    str_adds(&cells[COLUMN_KEY], erased ? "(erased)" : item->key);
    str_adds(&cells[COLUMN_RECIPIENT], item->recipient);
    str_adds(&cells[COLUMN_CHANNEL], ledger_channel_name(item->channel));
    str_adds(&cells[COLUMN_STATE], desk_state_words(item->letter.state));
    if (item->letter.state == LEDGER_LATER) {
        str_adds(&cells[COLUMN_WHEN], "from ");
        clock_format_due(&cells[COLUMN_WHEN], item->letter.due_ms);
    } else if (item->letter.state != LEDGER_READY) {
        clock_format(&cells[COLUMN_WHEN], item->letter.changed_ms);
    }
}

/* CELL and spaces up to WIDTH characters and the gap. */
static void add_cell(struct str *line, const struct str *cell, size_t width) {
    size_t characters = text_count(cell->bytes, text_valid(cell->bytes, cell->length));
    str_add(line, cell->bytes, cell->length);
    for (size_t i = characters; i < width + COLUMN_GAP; i++)
        str_addc(line, ' ');
}

static void print_item(const struct listing *listing, const struct ledger_item *item, const struct str cells[COLUMNS]) {
    struct str line = STR_EMPTY;
    for (int i = 0; i < COLUMNS; i++)
        if (i != COLUMN_CHANNEL || listing->channels)
            add_cell(&line, &cells[i], listing->widths[i]);
    if (item->code != 0)
        str_addf(&line, "%d ", item->code);
    if (item->text != NULL)
        str_adds(&line, item->text);
    while (line.length > 0 && line.bytes[line.length - 1] == ' ')
        str_cut(&line, line.length - 1);
    report_result(listing->report, "%s", line.bytes);
    str_release(&line);
}

static int measure_item(void *context, const struct ledger_item *item, struct error *error) {
    struct listing *listing = context;
    struct str cells[COLUMNS] = {STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY};
    (void)error;
    if (!is_chosen(listing->choice, item))
        return 0;
    fill_cells(item, cells);
    for (int i = 0; i < COLUMNS; i++) {
        size_t width = text_count(cells[i].bytes, text_valid(cells[i].bytes, cells[i].length));
        listing->widths[i] = width > listing->widths[i] ? width : listing->widths[i];
        str_release(&cells[i]);
    }
    listing->channels = listing->channels || item->channel != LEDGER_EMAIL;
    listing->count++;
    return 0;
}

/* The Message-ID (RFC 5322 §3.6.4) of the message in PATH, as it went; "" where the file is there no more. */
static void read_message_id(const char *path, struct str *id) {
    enum { LINE_MAX = 1024, LINES_MAX = 100 };
    char line[LINE_MAX];
    bool begun = false;
    FILE *file = fopen(path, "re");
    for (int i = 0; file != NULL && i < LINES_MAX && id->length == 0 && fgets(line, sizeof line, file) != NULL; i++) {
        begun = strncasecmp(line, "Message-ID:", strlen("Message-ID:")) == 0 || (begun && *line == ' ');
        const char *start = begun ? strchr(line, '<') : NULL;
        const char *end = start == NULL ? NULL : strchr(start, '>');
        if (end != NULL)
            str_add(id, start, (size_t)(end - start) + 1);
    }
    if (file != NULL)
        fclose(file);
}

/* The letter as JSON: what is not known is left out. */
static void report_item(const struct listing *listing, const struct ledger_item *item) {
    enum { VALUES_MAX = 12 };
    const struct ledger_letter *letter = &item->letter;
    struct desk *desk = listing->desk;
    struct report_value values[VALUES_MAX];
    struct str changed = STR_EMPTY, due = STR_EMPTY, id = STR_EMPTY;
    bool kept = letter->made && letter->file != NULL && *letter->file != '\0';
    const char *path = kept ? desk_sent_path(desk, letter->file) : "";
    size_t count = 0;
    if (kept)
        read_message_id(path, &id);
    clock_format_rfc3339(&changed, letter->changed_ms);
    clock_format_rfc3339(&due, letter->due_ms);
#define ADD(...) (values[count++] = (struct report_value){__VA_ARGS__})
    ADD("row", REPORT_NUMBER, .number = item->row);
    ADD("key", REPORT_TEXT, .text = item->key);
    ADD("channel", REPORT_TEXT, .text = ledger_channel_name(item->channel));
    ADD("recipient", REPORT_TEXT, .text = item->recipient);
    ADD("state", REPORT_TEXT, .text = ledger_state_name(letter->state));
    ADD("attempts", REPORT_NUMBER, .number = letter->attempts);
    ADD("changed", REPORT_TEXT, .text = changed.bytes);
    if (item->code != 0)
        ADD("code", REPORT_NUMBER, .number = item->code);
    if (item->text != NULL && *item->text != '\0')
        ADD("text", REPORT_TEXT, .text = item->text);
    if (kept)
        ADD("file", REPORT_TEXT, .text = path);
    if (letter->state == LEDGER_LATER)
        ADD("due", REPORT_TEXT, .text = due.bytes);
    if (id.length > 0)
        ADD("message_id", REPORT_TEXT, .text = id.bytes);
#undef ADD
    report_object(listing->report, "letter", values, count);
    str_release(&changed);
    str_release(&due);
    str_release(&id);
}

static int list_item(void *context, const struct ledger_item *item, struct error *error) {
    struct listing *listing = context;
    struct str cells[COLUMNS] = {STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY};
    (void)error;
    if (!is_chosen(listing->choice, item))
        return 0;
    if (listing->report->json) {
        report_item(listing, item);
        return 0;
    }
    fill_cells(item, cells);
    print_item(listing, item, cells);
    for (int i = 0; i < COLUMNS; i++)
        str_release(&cells[i]);
    return 0;
}

int docket_list(const struct docket_choice *choice, struct desk *desk, const struct report *report, size_t *count,
                struct error *error) {
    struct listing listing = {.desk = desk, .report = report, .choice = choice};
    if (ledger_each(desk->ledger, LEDGER_STATES, measure_item, &listing, error) != 0 ||
        ledger_each(desk->ledger, LEDGER_STATES, list_item, &listing, error) != 0)
        return -1;
    *count = listing.count;
    return 0;
}
