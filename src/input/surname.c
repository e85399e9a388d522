/*
 * Surnames: a name comes in, a key goes out that sorts by bytes. The one idea: the key is made of folded words, each
 * field ends in a byte that is less than any of theirs, and so one memcmp compares surnames, and first names only where
 * those are equal.
 */
#include "input/surname.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "input/recipient.h"

enum { FIELD_END = 1 }; /* less than a space */

/* Letters that neither folding nor Unicode takes apart, as an English index reads them. */
static const char *spelled(uint32_t codepoint) {
    switch (codepoint) {
    case 0xE6: /* æ */
        return "ae";
    case 0x153: /* œ */
        return "oe";
    case 0xFE: /* þ */
        return "th";
    default:
        return NULL;
    }
}

static bool is_apostrophe(uint32_t codepoint) {
    static const uint32_t kinds[] = {'\'', '`', 0xB4, 0x2BB, 0x2BC, 0x2018, 0x2019, 0x201B, 0x2032};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i] == codepoint)
            return true;
    return false;
}

void surname_collate(struct str *out, const char *text, size_t length) {
    struct str folded = STR_EMPTY;
    size_t begin = out->length;
    bool gap = false;
    text_fold_plain(&folded, text, length);
    for (size_t at = 0; at < folded.length;) {
        uint32_t codepoint = text_next(folded.bytes, folded.length, &at);
        if (is_apostrophe(codepoint) || text_is_invisible(codepoint) || text_is_mark(codepoint))
            continue;
        if (!text_is_letter_or_digit(codepoint)) {
            gap = true;
            continue;
        }
        if (gap && out->length > begin)
            str_addc(out, ' ');
        gap = false;
        if (spelled(codepoint) != NULL)
            str_adds(out, spelled(codepoint));
        else
            str_add_codepoint(out, codepoint);
    }
    str_release(&folded);
}

/* Words of a name. */

struct words {
    const char *text;
    size_t end; /* of what has not been given out yet */
};

/* The last word that was not given out yet; false where there is none. Commas part words, too. */
static bool last_word(struct words *words, size_t *start, size_t *length) {
    size_t end = words->end;
    while (end > 0 && strchr(" ,\t", words->text[end - 1]) != NULL)
        end--;
    size_t begin = end;
    while (begin > 0 && strchr(" ,\t", words->text[begin - 1]) == NULL)
        begin--;
    words->end = begin;
    *start = begin;
    *length = end - begin;
    return end > begin;
}

/* Full stops do not count: M.A. */
static bool is_one_of(const char *word, size_t length, const char *const *list, size_t count) {
    char plain[12];
    size_t end = 0;
    for (size_t i = 0; i < length; i++) {
        if (word[i] == '.')
            continue;
        if (end + 1 == sizeof plain)
            return false;
        plain[end++] = word[i];
    }
    plain[end] = '\0';
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(plain, list[i]) == 0)
            return true;
    return false;
}

/* Honours, degrees and offices, and what tells a son from his father. Names that look like one (Ma, Ba) are left out. */
static bool is_letters(const char *word, size_t length) {
    static const char *const known[] = {
        "MP",    "MSP",   "MS",     "MLA",  "AS",  "KC",   "QC",    "JP",   "DL",   "BEM",  "MBE",  "OBE",
        "CBE",   "KBE",   "DBE",    "GBE",  "CB",  "KCB",  "DCB",   "CMG",  "KCMG", "DCMG", "CVO",  "LVO",
        "MVO",   "KG",    "CH",     "PC",   "OM",  "QPM",  "KPM",   "QFSM", "TD",   "VR",   "RD",   "DSO",
        "DSC",   "MC",    "GM",     "GC",   "VC",  "BA",   "BSc",   "BEd",  "BEng", "LLB",  "MA",   "MSc",
        "MEd",   "MBA",   "MPhil",  "MRes", "LLM", "PhD",  "DPhil", "EdD",  "MD",   "MB",   "ChB",  "MBBS",
        "RN",    "RGN",   "RMN",    "RM",   "FRS", "FBA",  "FRSE",  "FRCN", "FRCP", "FRCS", "MRCP", "FRSA",
        "MCIPD", "FCIPD", "CEng",   "MIET", "ACA", "FCA",  "ACCA",  "FCCA", "Jr",   "Jnr",  "Sr",   "Snr",
        "II",    "III",   "(retd)", "retd", "Esq", "PGCE", "QN",    "CStJ", "MStJ", "OStJ", "FRAS", "FRGS",
    };
    /* "As" and "Ma" are people's names; letters are capitals, or have one inside. */
    bool capitals = false;
    for (size_t i = 1; i < length; i++)
        capitals = capitals || (word[i] >= 'A' && word[i] <= 'Z');
    bool junior = length > 1 && strchr("JjSsEe(r", word[0]) != NULL;
    return (capitals || junior) && is_one_of(word, length, known, sizeof known / sizeof *known);
}

static bool is_particle(const char *word, size_t length) {
    static const char *const known[] = {
        "de",  "da",   "do",  "dos",   "das", "del", "della", "di", "du", "des",   "la",    "le", "van", "von",
        "der", "den",  "ten", "ter",   "zu",  "af",  "av",    "ap", "ab", "ferch", "verch", "al", "el",  "bin",
        "ibn", "bint", "st",  "saint", "mac", "nic", "ó",     "Ó",  "ní", "Ní",    "uí",    "Uí",
    };
    return is_one_of(word, length, known, sizeof known / sizeof *known);
}

/* The byte at which what stands before TEXT's first comma ends, where first names follow and not letters; else LENGTH. */
static size_t inverted_length(const char *text, size_t length) {
    const char *comma = memchr(text, ',', length);
    if (comma == NULL || comma == text)
        return length;
    struct words rest = {comma + 1, length - (size_t)(comma + 1 - text)};
    for (size_t start, word_length; last_word(&rest, &start, &word_length);)
        if (!is_letters(comma + 1 + start, word_length))
            return (size_t)(comma - text);
    return length;
}

void surname_find(const char *name, size_t length, size_t *start, size_t *surname_length) {
    size_t first = recipient_titles_length(name, length);
    size_t inverted = inverted_length(name, length);
    if (inverted < length) {
        *start = first < inverted ? first : 0;
        *surname_length = inverted - *start;
        return;
    }
    struct words words = {name + first, length - first};
    size_t word = 0, word_length = 0, end = 0;
    bool found = last_word(&words, &word, &word_length);
    *start = first + word;
    end = first + word + word_length;
    /* Letters go, as long as another word is left. */
    while (found && is_letters(name + *start, word_length) && last_word(&words, &word, &word_length)) {
        *start = first + word;
        end = *start + word_length;
    }
    /* Particles come, as long as a first name is left. */
    while (last_word(&words, &word, &word_length) && word > 0 && is_particle(name + first + word, word_length))
        *start = first + word;
    *surname_length = end - *start;
}

static void end_field(struct str *out) {
    str_addc(out, FIELD_END);
}

void surname_key(struct str *out, const char *name, size_t length) {
    size_t start, surname_length;
    size_t titles = recipient_titles_length(name, length);
    surname_find(name, length, &start, &surname_length);
    surname_collate(out, name + start, surname_length);
    end_field(out);
    if (start > titles)
        surname_collate(out, name + titles, start - titles);
    else if (inverted_length(name, length) < length)
        surname_collate(out, name + start + surname_length, length - start - surname_length);
    end_field(out);
}

void surname_key_of(struct str *out, const struct person *person) {
    const struct value *last = &person->values[FIELD_LAST_NAME], *first = &person->values[FIELD_FIRST_NAME];
    const struct value *whole = &person->values[FIELD_NAME];
    size_t begin = out->length;
    if (last->length > 0) {
        surname_collate(out, last->text, last->length);
        if (out->length > begin) {
            end_field(out);
            surname_collate(out, first->text, first->length);
            end_field(out);
            return;
        }
    }
    surname_key(out, whole->text, whole->length);
}
