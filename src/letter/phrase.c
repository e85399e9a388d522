/*
 * Set phrases: a line comes in, what it is in a letter goes out. The one idea: tables of the phrases themselves, so
 * that a phrase which somebody misses is one more line.
 */
#include "letter/phrase.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

enum {
    SHORT_LINE = 60,  /* characters; what is longer is prose */
    LONGER_WORDS = 5, /* words after a closing phrase */
    DATE_LENGTH = 32, /* bytes of the longest date, "30th September, 2014" with room for a weekday */
};

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t';
}

static char lower(char byte) {
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte;
}

static size_t skip_spaces(const char *line, size_t length, size_t at) {
    while (at < length && is_space(line[at]))
        at++;
    return at;
}

size_t phrase_begins(const char *line, size_t length, const char *phrase) {
    size_t at = skip_spaces(line, length, 0);
    for (; *phrase != '\0'; phrase++) {
        if (*phrase == ' ' && at < length && is_space(line[at]))
            at = skip_spaces(line, length, at);
        else if (*phrase != ' ' && at < length && lower(line[at]) == *phrase)
            at++;
        else
            return 0;
    }
    size_t next = at;
    return at < length && text_is_letter_or_digit(text_next(line, length, &next)) ? 0 : at;
}

static bool begins_with_any(const char *line, size_t length, const char *const *phrases) {
    for (; *phrases != NULL; phrases++)
        if (phrase_begins(line, length, *phrases) > 0)
            return true;
    return false;
}

bool phrase_is_salutation(const char *line, size_t length) {
    static const char *const always[] = {"dear",         "my dear", "annwyl", "anwyl", "to whom it may concern",
                                         "i bwy bynnag", NULL};
    static const char *const where_named[] = {"hello", "hi", "good morning", "good afternoon", "good day", NULL};
    if (begins_with_any(line, length, always))
        return true;
    /* "Hello" alone, or at the beginning of a sentence, greets nobody. */
    for (const char *const *phrase = where_named; *phrase != NULL; phrase++) {
        size_t end = phrase_begins(line, length, *phrase);
        if (end > 0 && end < length && is_space(line[end]) && text_count(line, length) <= SHORT_LINE &&
            line[length - 1] != '.')
            return true;
    }
    return false;
}

bool phrase_is_weak_salutation(const char *line, size_t length) {
    size_t end = phrase_begins(line, length, "to");
    return end > 0 && end < length && is_space(line[end]) && text_count(line, length) <= SHORT_LINE;
}

bool phrase_is_welsh(const char *line, size_t length) {
    static const char *const welsh[] = {"annwyl", "anwyl", "i bwy bynnag", NULL};
    return begins_with_any(line, length, welsh);
}

/* Whether LINE is one of PHRASES and nothing else but punctuation. */
static bool is_just(const char *line, size_t length, const char *const *phrases) {
    for (; *phrases != NULL; phrases++) {
        size_t at = phrase_begins(line, length, *phrases);
        bool rest = at == 0;
        while (at < length && !rest)
            rest = text_is_letter_or_digit(text_next(line, length, &at));
        if (!rest)
            return true;
    }
    return false;
}

enum phrase_greeting phrase_greeting(const char *line, size_t length) {
    static const char *const anybody[] = {"dear sir",
                                          "dear madam",
                                          "dear sirs",
                                          "dear sir or madam",
                                          "dear sir/madam",
                                          "dear madam/sir",
                                          "dear madam or sir",
                                          "dear sir / madam",
                                          "dear sir and madam",
                                          "dear madam / sir",
                                          "dear sirs/mesdames",
                                          "to whom it may concern",
                                          "annwyl syr",
                                          "annwyl fadam",
                                          "annwyl madam",
                                          "annwyl syr neu fadam",
                                          "annwyl syr/fadam",
                                          "annwyl syr / fadam",
                                          "annwyl syr/madam",
                                          "annwyl syr neu madam",
                                          "annwyl syr / madam",
                                          "annwyl fadam neu syr",
                                          "i bwy bynnag a fynno wybod",
                                          "i bwy bynnag",
                                          NULL};
    static const char *const somebody[] = {
        "dear mr",        "dear mrs",   "dear ms",         "dear miss",      "dear mx",     "dear dr",
        "dear professor", "dear prof",  "dear sir",        "dear dame",      "dear lord",   "dear lady",
        "dear baroness",  "annwyl mr",  "annwyl mrs",      "annwyl ms",      "annwyl miss", "annwyl mx",
        "annwyl dr",      "annwyl syr", "annwyl arglwydd", "annwyl farwnes", NULL};
    if (is_just(line, length, anybody))
        return PHRASE_GREETS_ANYBODY;
    return begins_with_any(line, length, somebody) ? PHRASE_GREETS_SOMEBODY : PHRASE_GREETS;
}

enum phrase_manner phrase_manner(const char *line, size_t length) {
    static const char *const faithful[] = {"yours faithfully", "faithfully yours", "faithfully",
                                           "yr eiddoch yn ffyddlon", NULL};
    static const char *const sincere[] = {"yours sincerely",      "sincerely yours", "sincerely",
                                          "yours very sincerely", "yn gywir",        NULL};
    if (begins_with_any(line, length, faithful))
        return PHRASE_FAITHFUL;
    return begins_with_any(line, length, sincere) ? PHRASE_SINCERE : PHRASE_EITHER;
}

bool phrase_closes_in_welsh(const char *line, size_t length) {
    static const char *const welsh[] = {"yn gywir",     "yr eiddoch",   "yn ddiffuant",    "yn bur",      "yn ddidwyll",
                                        "cofion",       "gyda chofion", "gyda dymuniadau", "gyda diolch", "dymuniadau",
                                        "pob dymuniad", "mewn undod",   "mewn cydsafiad",  "diolch",      NULL};
    return begins_with_any(line, length, welsh);
}

/* In one word or so they are also ordinary words ("Yours is the party that …"): then nothing may follow. */
static const char *const closings_alone[] = {
    "yours",       "regards", "best",   "sincerely", "faithfully", "respectfully", "thanks",
    "many thanks", "cheers",  "cofion", "diolch",    "yr eiddoch", NULL,
};

static const char *const closings[] = {
    "yours sincerely",   "yours faithfully",   "yours truly",     "yours ever",   "yours in",
    "yours fraternally", "yours respectfully", "yours cordially", "yours very",   "sincerely yours",
    "faithfully yours",  "kind regards",       "kindest regards", "warm regards", "warmest regards",
    "best regards",      "with regards",       "with kind",       "with warm",    "with best",
    "with many thanks",  "with thanks",        "with respect",    "best wishes",  "all good wishes",
    "all the best",      "in solidarity",      "in unity",        "fraternally",  "yn gywir",
    "yr eiddoch yn",     "yn ddiffuant",       "yn bur",          "yn ddidwyll",  "cofion gorau",
    "cofion cynnes",     "gyda chofion",       "gyda dymuniadau", "gyda diolch",  "dymuniadau gorau",
    "pob dymuniad",      "mewn undod",         "mewn cydsafiad",  NULL,
};

/* What follows the phrase: nothing but punctuation, or a few words that are no sentence. */
static enum phrase_closing closing_by_rest(const char *rest, size_t length) {
    unsigned words = 0;
    bool in_word = false;
    uint32_t last = 0;
    for (size_t at = 0; at < length;) {
        uint32_t c = text_next(rest, length, &at);
        bool letter = text_is_letter_or_digit(c);
        if (letter && !in_word)
            words++;
        in_word = letter || (in_word && !text_is_space(c));
        if (!text_is_space(c))
            last = c;
    }
    if (words == 0)
        return PHRASE_CLOSING;
    return words <= LONGER_WORDS && last != '.' && last != '?' && last != ':' ? PHRASE_CLOSING_LONGER
                                                                              : PHRASE_NO_CLOSING;
}

enum phrase_closing phrase_closing(const char *line, size_t length) {
    if (text_count(line, length) > SHORT_LINE)
        return PHRASE_NO_CLOSING;
    for (const char *const *phrase = closings; *phrase != NULL; phrase++) {
        size_t end = phrase_begins(line, length, *phrase);
        if (end > 0)
            return closing_by_rest(line + end, length - end);
    }
    for (const char *const *phrase = closings_alone; *phrase != NULL; phrase++) {
        size_t end = phrase_begins(line, length, *phrase);
        if (end > 0 && closing_by_rest(line + end, length - end) == PHRASE_CLOSING)
            return PHRASE_CLOSING;
    }
    return PHRASE_NO_CLOSING;
}

size_t phrase_subject(const char *line, size_t length) {
    static const char *const labels[] = {"re", "subject", "pwnc", "parthed", "testun", NULL};
    for (const char *const *label = labels; *label != NULL; label++) {
        size_t end = phrase_begins(line, length, *label);
        end = end > 0 ? skip_spaces(line, length, end) : 0;
        if (end > 0 && end < length && line[end] == ':')
            return skip_spaces(line, length, end + 1);
    }
    return 0;
}

static bool is_numeric_date(const char *line, size_t length) {
    unsigned digits = 0, separators = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] >= '0' && line[i] <= '9')
            digits++;
        else if (line[i] == '/' || line[i] == '.' || line[i] == '-')
            separators++;
        else
            return false;
    }
    return separators == 2 && digits >= 4 && digits <= 8;
}

bool phrase_is_date(const char *line, size_t length) {
    static const char *const months[] = {
        "january",    "february", "march",    "april",  "may",      "june",    "july",   "august", "september",
        "october",    "november", "december", "ionawr", "chwefror", "mawrth",  "ebrill", "mai",    "mehefin",
        "gorffennaf", "awst",     "medi",     "hydref", "tachwedd", "rhagfyr", NULL};
    text_trim(&line, &length);
    if (length > DATE_LENGTH)
        return false;
    if (is_numeric_date(line, length))
        return true;
    bool month = false, digit = false;
    for (size_t i = 0; i < length; i++) {
        digit |= line[i] >= '0' && line[i] <= '9';
        if (i == 0 || is_space(line[i - 1]))
            month |= begins_with_any(line + i, length - i, months);
    }
    /* "12 May Street" is an address: a date ends in its year. */
    return month && digit && length >= 4 && line[length - 1] >= '0' && line[length - 1] <= '9' &&
           line[length - 4] >= '0' && line[length - 4] <= '9';
}
