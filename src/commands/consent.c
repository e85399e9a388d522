/*
 * Consent: a row comes in, and whether a letter may go out in its member's name goes out. Only a yes is a yes.
 */
#include "commands/consent.h"

#include <string.h>

#include "base/str.h"

int consent_find(const struct campaign *campaign, int *column, struct error *error) {
    struct str key = STR_EMPTY;
    field_key(&key, campaign->config.campaign.consent, strlen(campaign->config.campaign.consent));
    *column = people_field(campaign->people, key.bytes, key.length);
    bool there = *column >= 0 && people_has(campaign->people, *column);
    str_release(&key);
    if (there)
        return 0;
    return error_set(error, STATUS_CONFIGURATION,
                     "campaign.consent names the column \"%s\", but the list has no such column",
                     campaign->config.campaign.consent);
}

/* What people write into such a column where they agree; folded by field_key, so that marks and case do not matter. */
static bool is_yes(const struct value *value) {
    static const char *const words[] = {"yes",    "y",        "true",    "1",         "x",  "agree", "agreed",
                                        "agrees", "ok",       "consent", "given",     "ie", "ydw",   "yesido",
                                        "iagree", "iconsent", "signed",  "consented", "on", "t",     "oes"};
    static const char *const ticks[] = {"✓", "✔", "☑", "✅"};
    struct str key = STR_EMPTY;
    bool yes = false;
    field_key(&key, value->text, value->length);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        yes = yes || strcmp(key.bytes, words[i]) == 0;
    for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++)
        yes = yes || strncmp(value->text, ticks[i], strlen(ticks[i])) == 0;
    str_release(&key);
    return yes;
}

void consent_check(const struct campaign *campaign, int column, const struct person *person,
                   struct problems *problems) {
    const struct value *value = &person->values[column];
    if (is_yes(value))
        return;
    const char *file = csv_path(campaign->csv);
    struct place place = {file, value->line != 0 ? value->line : person->line, value->column};
    const char *name = people_field_name(campaign->people, column);
    if (value->length == 0)
        problems_add(problems, SEVERITY_ERROR, place,
                     "the column \"%s\" is empty: without a yes no letter goes out in this member's name", name);
    else
        problems_add(problems, SEVERITY_ERROR, place,
                     "the column \"%s\" says \"%s\" and not yes: no letter goes out in this member's name", name,
                     value_shown(problems->arena, value->text, value->length));
}
