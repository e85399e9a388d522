/*
 * Recipients: letters come in, a table of MPs and a warning of form letters go out. The one idea: a letter is compared
 * with the first that goes to the same MP, and with what the model alone makes of that one, and not with all others: a
 * campaign's letters are alike because of the model, so the first stands for them all.
 */
#include "commands/recipients.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* One MP, in the recipients' arena. */
struct addressee {
    const char *constituency; /* "" where the list names none */
    const char *mp;           /* as on an envelope */
    size_t letters;
    struct likeness first;  /* the first letter */
    struct likeness plain;  /* the same without its personal message */
    double first_sum, most; /* likeness of each other letter with the first, and the highest */
    double plain_sum;       /* of every letter with what the model alone says */
};

void recipients_init(struct recipients *recipients) {
    *recipients = (struct recipients){.text = STR_EMPTY};
    likeness_meter_init(&recipients->meter);
}

void recipients_release(struct recipients *recipients) {
    for (size_t i = 0; i < recipients->mps.count; i++) {
        struct addressee *addressee = recipients->mps.entries[i].value;
        likeness_release(&addressee->first);
        likeness_release(&addressee->plain);
    }
    table_release(&recipients->mps);
    likeness_release(&recipients->likeness);
    str_release(&recipients->text);
    arena_release(&recipients->arena);
}

static bool has_place_for_message(const struct model *model) {
    return model->styles[FIELD_PERSONAL_MESSAGE] != 0;
}

/* Measuring. */

static void measure(struct recipients *recipients, const struct letter *letter, struct likeness *likeness) {
    str_clear(&recipients->text);
    likeness_text(&recipients->text, letter);
    likeness_read(likeness, &recipients->meter, recipients->text.bytes, recipients->text.length);
}

/* What the model says to this MP by itself. */
static void measure_plain(struct recipients *recipients, const struct model *model, const struct people *people,
                          const struct letter *letter, struct arena *arena, struct likeness *likeness) {
    struct person person = *letter->person;
    size_t count = people_fields_count(people);
    struct problems ignored;
    struct letter plain;
    person.values = ARENA_ARRAY(arena, struct value, count);
    memcpy(person.values, letter->person->values, count * sizeof *person.values);
    person.values[FIELD_PERSONAL_MESSAGE] = (struct value){.text = ""};
    problems_init(&ignored, arena);
    merge_letter(model, people, &person, letter->date, arena, &plain, &ignored);
    measure(recipients, &plain, likeness);
    problems_release(&ignored);
}

static void compare(struct recipients *recipients, struct addressee *addressee, const struct model *model,
                    const struct people *people, const struct letter *letter, struct arena *arena) {
    bool first = addressee->letters == 1;
    struct likeness *likeness = first ? &addressee->first : &recipients->likeness;
    measure(recipients, letter, likeness);
    if (first && has_place_for_message(model))
        measure_plain(recipients, model, people, letter, arena, &addressee->plain);
    addressee->plain_sum += likeness_between(likeness, &addressee->plain);
    if (first)
        return;
    double with_first = likeness_between(likeness, &addressee->first);
    addressee->first_sum += with_first;
    if (with_first > addressee->most)
        addressee->most = with_first;
}

static void note_plain_row(struct recipients *recipients, const struct person *person) {
    if (person->values[FIELD_PERSONAL_MESSAGE].length > 0)
        return;
    if (recipients->plain_rows_count < RECIPIENTS_ROWS_MAX)
        recipients->plain_rows[recipients->plain_rows_count] = person->row;
    recipients->plain_rows_count++;
}

static const char *keep(struct recipients *recipients, const struct value *value) {
    return arena_copy(&recipients->arena, value->text, value->length);
}

static struct addressee *addressee_of(struct recipients *recipients, const struct person *person) {
    const struct value *mp = &person->values[FIELD_MP_TITLE], *constituency = &person->values[FIELD_CONSTITUENCY];
    void **slot = table_slot(&recipients->mps, mp->text, mp->length);
    if (*slot == NULL) {
        struct addressee *made = ARENA_ARRAY(&recipients->arena, struct addressee, 1);
        made->mp = keep(recipients, mp);
        made->constituency = "";
        *slot = made;
        recipients->count = recipients->mps.count;
    }
    struct addressee *addressee = *slot;
    bool seated = office_is_elected(recipients->office);
    if (seated && *addressee->constituency == '\0' && constituency->length > 0)
        addressee->constituency = keep(recipients, constituency);
    return addressee;
}

void recipients_add(struct recipients *recipients, const struct model *model, const struct people *people,
                    const struct letter *letter, struct arena *arena) {
    const struct person *person = letter->person;
    recipients->letters++;
    note_plain_row(recipients, person);
    if (person->values[FIELD_MP_TITLE].length == 0)
        return;
    struct addressee *addressee = addressee_of(recipients, person);
    addressee->letters++;
    if (recipients->measured)
        compare(recipients, addressee, model, people, letter, arena);
}

/* Reporting. */

/* The mean likeness of the MP's letters; less than 0 where there is nothing to compare. */
static double mean_of(const struct addressee *addressee) {
    return addressee->letters < 2 ? -1 : addressee->first_sum / (double)(addressee->letters - 1);
}

static int compare_addressees(const void *a, const void *b) {
    const struct addressee *one = *(const struct addressee *const *)a, *other = *(const struct addressee *const *)b;
    if (one->letters != other->letters)
        return one->letters > other->letters ? -1 : 1;
    int order = strcmp(one->constituency, other->constituency);
    return order != 0 ? order : strcmp(one->mp, other->mp);
}

static size_t widest(size_t width, const char *text) {
    size_t own = text_count(text, strlen(text));
    return own > width ? own : width;
}

/* Appends TEXT, and spaces up to WIDTH characters and two more. */
static void add_column(struct str *line, const char *text, size_t width) {
    str_adds(line, text);
    for (size_t own = text_count(text, strlen(text)); own < width + 2; own++)
        str_addc(line, ' ');
}

static void report_row(const struct report *report, const char *letters, const char *constituency, const char *mp,
                       const char *alike, const size_t widths[2]) {
    struct str line = STR_EMPTY;
    str_addf(&line, "%8s  ", letters);
    add_column(&line, constituency, widths[0]);
    add_column(&line, mp, widths[1]);
    str_adds(&line, alike);
    while (line.length > 0 && line.bytes[line.length - 1] == ' ')
        str_cut(&line, line.length - 1);
    report_result(report, "%s", line.bytes);
    str_release(&line);
}

static void report_table(const struct recipients *recipients, struct addressee *const *sorted,
                         const struct report *report) {
    const char *const heads[] = {"constituency", office_words(recipients->office)->one};
    size_t widths[2] = {strlen(heads[0]), strlen(heads[1])};
    bool any = false;
    for (size_t i = 0; i < recipients->count; i++) {
        widths[0] = widest(widths[0], sorted[i]->constituency);
        widths[1] = widest(widths[1], sorted[i]->mp);
        any |= sorted[i]->letters > 1;
    }
    report_row(report, "letters", heads[0], heads[1], recipients->measured && any ? "alike" : "", widths);
    for (size_t i = 0; i < recipients->count; i++) {
        char letters[PROGRESS_NUMBER_MAX], alike[16] = "";
        double mean = mean_of(sorted[i]);
        if (recipients->measured && mean >= 0)
            snprintf(alike, sizeof alike, "%3.0f %%", mean * 100);
        report_row(report, progress_number(letters, sorted[i]->letters), sorted[i]->constituency, sorted[i]->mp, alike,
                   widths);
    }
}

static long long percent(double share) {
    return (long long)(share * 100 + 0.5);
}

static void report_json(const struct report *report, const struct addressee *addressee, bool measured) {
    double mean = mean_of(addressee);
    const struct report_value values[] = {
        {.key = "constituency", .kind = REPORT_TEXT, .text = addressee->constituency},
        {.key = "mp", .kind = REPORT_TEXT, .text = addressee->mp},
        {.key = "letters", .kind = REPORT_NUMBER, .number = (long long)addressee->letters},
        {.key = "alike_percent", .kind = REPORT_NUMBER, .number = percent(mean)},
        {.key = "most_alike_percent", .kind = REPORT_NUMBER, .number = percent(addressee->most)},
    };
    report_object(report, "recipient", values, measured && mean >= 0 ? 5 : 3);
}

void recipients_report(const struct recipients *recipients, const struct report *report) {
    if (recipients->count == 0)
        return;
    struct addressee **sorted = memory_alloc(recipients->count, sizeof(struct addressee *));
    for (size_t i = 0; i < recipients->count; i++)
        sorted[i] = recipients->mps.entries[i].value;
    qsort(sorted, recipients->count, sizeof *sorted, compare_addressees);
    for (size_t i = 0; i < recipients->count; i++)
        report_json(report, sorted[i], recipients->measured);
    if (!report->quiet)
        report_table(recipients, sorted, report);
    free(sorted);
}

/* Form letters. */

/* What is said of the MPs whose letters are alike. */
struct alike {
    size_t mps, letters, compared;
    double first_sum, plain_sum;
};

static struct alike find_alike(const struct recipients *recipients) {
    struct alike alike = {0};
    for (size_t i = 0; i < recipients->count && recipients->measured; i++) {
        const struct addressee *addressee = recipients->mps.entries[i].value;
        if (mean_of(addressee) < LIKENESS_NOTED)
            continue;
        alike.mps++;
        alike.letters += addressee->letters;
        alike.compared += addressee->letters - 1;
        alike.first_sum += addressee->first_sum;
        alike.plain_sum += addressee->plain_sum;
    }
    return alike;
}

static void say(const struct report *report, enum severity severity, const char *file, struct str *message) {
    report_problem(report, &(struct problem){.severity = severity, .place = {file, 0, 0}, .message = message->bytes});
    str_release(message);
}

static void add_rows(struct str *out, const struct recipients *recipients) {
    size_t all = recipients->plain_rows_count, named = all < RECIPIENTS_ROWS_MAX ? all : RECIPIENTS_ROWS_MAX;
    str_adds(out, all == 1 ? "row " : "rows ");
    for (size_t i = 0; i < named; i++)
        str_addf(out, "%s%u", i == 0 ? "" : i + 1 == all ? " and " : ", ", recipients->plain_rows[i]);
    if (all > named)
        str_addf(out, " and %zu more", all - named);
}

/* Which members added nothing. */
static void advise(const struct recipients *recipients, const struct people *people, const char *list,
                   const struct report *report) {
    struct str advice = STR_EMPTY;
    if (recipients->plain_rows_count == 0)
        return;
    if (recipients->plain_rows_count == recipients->letters) {
        str_adds(&advice, "nobody added words of their own");
    } else {
        add_rows(&advice, recipients);
        str_adds(&advice, " added no words of their own");
    }
    if (people_has(people, FIELD_PERSONAL_MESSAGE))
        str_addf(&advice, ": a sentence in the column \"%s\" makes it their letter",
                 people_field_name(people, FIELD_PERSONAL_MESSAGE));
    else
        str_adds(&advice, ": a column \"Personal message\" in the list gives them room");
    say(report, SEVERITY_WARNING, list, &advice);
}

void recipients_review(const struct recipients *recipients, const struct model *model, const struct people *people,
                       const char *list, const struct report *report) {
    char letters[REPORT_COUNT_MAX], mps[REPORT_COUNT_MAX];
    struct alike alike = find_alike(recipients);
    struct str message = STR_EMPTY;
    const struct office_words *words = office_words(recipients->office);
    if (alike.mps == 0)
        return;
    str_addf(&message, "%s to %s are %.0f %% alike", report_count(letters, alike.letters, "letter", "letters"),
             report_count(mps, alike.mps, words->one, words->many), 100 * alike.first_sum / (double)alike.compared);
    /* Who cannot add words is not to blame: that is how the letter was read, and no more. */
    if (!has_place_for_message(model)) {
        str_addf(&message,
                 ", which %s' offices count and seldom answer: a line [personal message] in the letter would "
                 "give members room for words of their own",
                 words->many);
        say(report, SEVERITY_NOTE, model->path, &message);
        return;
    }
    str_addf(&message,
             " (and %.0f %% the model's own words): from %.0f %% on WriteToThem takes them for form letters, which %s' "
             "offices count and seldom answer",
             100 * alike.plain_sum / (double)alike.letters, 100 * LIKENESS_NOTED, words->many);
    say(report, SEVERITY_WARNING, list, &message);
    advise(recipients, people, list, report);
}
