/*
 * A member's name: one cell comes in, what an envelope, a salutation and a sentence need goes out. The one idea: take
 * the words apart into what stands before the name, the name, and the letters after it, and put them together in
 * three ways.
 *
 *     cell   = [style] *title name [letters] ["MP" ["for" …]] | surname "," *title given [letters]
 *     style  = ["The"] ("Rt Hon" | "Right Honourable") | "The Hon" | "Y Gwir Anrh"
 *     title  = "Mr" | "Ms" | "Dr" | "Sir" | …
 *
 * Where the surname may be one word or two (Ms Rebecca Long Bailey), the salutation bears the whole name: to leave
 * half of a surname off would be worse than to be a little formal.
 */
#include "input/recipient.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/text.h"

enum { WORDS_MAX = 24 }; /* a cell of more words is no name; it is used as it stands */

enum manner {
    MANNER_COURTESY, /* Dear Ms Smith; left out of a sentence */
    MANNER_LEARNED,  /* Dear Dr Smith; kept in a sentence */
    MANNER_KNIGHT,   /* Dear Sir James */
    MANNER_WHOLE,    /* Dear Lady Hermon, Dear Revd Ann Other: with all that follows */
};

static const struct {
    const char *written; /* in any case, with or without a full stop */
    const char *shown;
    enum manner manner;
} titles[] = {
    {"Mr", "Mr", MANNER_COURTESY},
    {"Mrs", "Mrs", MANNER_COURTESY},
    {"Ms", "Ms", MANNER_COURTESY},
    {"Miss", "Miss", MANNER_COURTESY},
    {"Mx", "Mx", MANNER_COURTESY},
    {"Dr", "Dr", MANNER_LEARNED},
    {"Doctor", "Dr", MANNER_LEARNED},
    {"Prof", "Professor", MANNER_LEARNED},
    {"Professor", "Professor", MANNER_LEARNED},
    {"Sir", "Sir", MANNER_KNIGHT},
    {"Dame", "Dame", MANNER_KNIGHT},
    {"Lord", "Lord", MANNER_WHOLE},
    {"Lady", "Lady", MANNER_WHOLE},
    {"Baroness", "Baroness", MANNER_WHOLE},
    {"Rev", "Revd", MANNER_WHOLE},
    {"Revd", "Revd", MANNER_WHOLE},
    {"Reverend", "Revd", MANNER_WHOLE},
    {"Col", "Colonel", MANNER_LEARNED},
    {"Colonel", "Colonel", MANNER_LEARNED},
    {"Maj", "Major", MANNER_LEARNED},
    {"Major", "Major", MANNER_LEARNED},
    {"Capt", "Captain", MANNER_LEARNED},
    {"Captain", "Captain", MANNER_LEARNED},
    {"Cllr", "Cllr", MANNER_LEARNED},
    {"Councillor", "Cllr", MANNER_LEARNED},
};
enum { TITLES = sizeof titles / sizeof *titles };

struct word {
    const char *text;
    size_t length;
};

/* A cell taken apart. */
struct parts {
    const char *style; /* "The Rt Hon", or NULL */
    int titles[3];     /* indexes into the table above */
    size_t titles_count;
    struct word name[WORDS_MAX]; /* given names and surname */
    size_t name_count;
    size_t surname_count;           /* how many of them are the surname, where a comma said so; else 0 */
    struct word letters[WORDS_MAX]; /* KC, OBE, and MP if it was there */
    size_t letters_count;
    bool has_seat; /* MP or AS is among them */
};

static bool word_is(struct word word, const char *text) {
    while (word.length > 0 && word.text[word.length - 1] == '.')
        word.length--;
    return strlen(text) == word.length && strncasecmp(word.text, text, word.length) == 0;
}

static int title_of(struct word word) {
    for (size_t i = 0; i < TITLES; i++)
        if (word_is(word, titles[i].written))
            return (int)i;
    return -1;
}

static bool is_seat(struct word word) {
    return word_is(word, "MP") || word_is(word, "M.P") || (word.length == 2 && memcmp(word.text, "AS", 2) == 0);
}

/* Letters after a name are capitals; "Ch" and "Pc" might be names. */
static bool is_letters(struct word word) {
    static const char *const known[] = {"KC",   "QC",   "PC",  "CH",  "OM",   "CBE",  "OBE",  "MBE",  "KBE",  "DBE",
                                        "GBE",  "KCB",  "DCB", "GCB", "CB",   "CMG",  "KCMG", "DCMG", "GCMG", "KG",
                                        "KT",   "LG",   "LT",  "CVO", "KCVO", "DCVO", "LVO",  "MVO",  "DL",   "JP",
                                        "TD",   "VR",   "RD",  "DSO", "DSC",  "MC",   "QGM",  "FRS",  "FBA",  "FRSE",
                                        "FRCP", "FRCS", "PhD", "BEM", "MSP",  "MLA",  "CVO",  "ERD",  "VC",   "GC"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (word.length == strlen(known[i]) && memcmp(word.text, known[i], word.length) == 0)
            return true;
    return is_seat(word);
}

/* Parts TEXT at spaces into WORDS. Returns how many; WORDS_MAX + 1 where there are more than that. */
static size_t words_of(const char *text, size_t length, struct word words[WORDS_MAX]) {
    size_t count = 0;
    for (size_t at = 0, start = 0; at <= length;) {
        size_t here = at;
        bool space = at == length || text_is_space(text_next(text, length, &at));
        if (here == length)
            at = length + 1;
        if (!space)
            continue;
        if (here > start) {
            if (count == WORDS_MAX)
                return WORDS_MAX + 1;
            words[count++] = (struct word){text + start, here - start};
        }
        start = at;
    }
    return count;
}

/* How many of WORDS are a style, which is put into PARTS. */
static size_t take_style(struct parts *parts, const struct word *words, size_t count) {
    size_t at = count > 0 && word_is(words[0], "The");
    if (count >= at + 2 && (word_is(words[at], "Rt") || word_is(words[at], "Right")) &&
        (word_is(words[at + 1], "Hon") || word_is(words[at + 1], "Honourable"))) {
        parts->style = "The Rt Hon";
        return at + 2;
    }
    if (count >= 3 && word_is(words[0], "Y") && word_is(words[1], "Gwir") &&
        (word_is(words[2], "Anrh") || word_is(words[2], "Anrhydeddus"))) {
        parts->style = "Y Gwir Anrh";
        return 3;
    }
    if (count > at && (word_is(words[at], "Hon") || word_is(words[at], "Honourable"))) {
        parts->style = "The Hon";
        return at + 1;
    }
    return at == 1 && count > 1 && title_of(words[1]) >= 0 ? 1 : 0; /* "The Rev Ann Other" */
}

/* Puts WORDS, which end in letters after the name, into PARTS; their last name word is the surname's end. */
static void take_words(struct parts *parts, const struct word *words, size_t count) {
    size_t at = parts->name_count == 0 && parts->style == NULL ? take_style(parts, words, count) : 0;
    for (int title; at < count && parts->titles_count < 3 && (title = title_of(words[at])) >= 0; at++)
        parts->titles[parts->titles_count++] = title;
    size_t end = count;
    while (end > at && is_letters(words[end - 1]))
        end--;
    for (size_t i = at; i < end; i++)
        parts->name[parts->name_count++] = words[i];
    for (size_t i = end; i < count; i++) {
        parts->has_seat = parts->has_seat || is_seat(words[i]) || word_is(words[i], "MSP") || word_is(words[i], "MLA");
        parts->letters[parts->letters_count++] = words[i];
    }
}

static bool all_letters(const struct word *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!is_letters(words[i]))
            return false;
    return count > 0;
}

/*
 * Takes the bytes of a cell apart, in which commas part the surname from what belongs before it, or letters from each
 * other. Returns false where it is not a name in any of the known forms.
 */
static bool take_apart(struct parts *parts, const char *text, size_t length) {
    struct word before[WORDS_MAX], words[WORDS_MAX];
    size_t before_count = 0;
    for (size_t start = 0, part = 0; start <= length; part++) {
        const char *comma = memchr(text + start, ',', length - start);
        size_t end = comma == NULL ? length : (size_t)(comma - text);
        size_t count = words_of(text + start, end - start, words);
        if (count > WORDS_MAX)
            return false;
        if (part == 0) {
            before_count = count;
            memcpy(before, words, sizeof words);
        } else if (all_letters(words, count)) {
            if (part == 1)
                take_words(parts, before, before_count);
            if (parts->letters_count + count > WORDS_MAX)
                return false;
            take_words(parts, words, count);
        } else if (part == 1 && count > 0) {
            /* "Smith, Ms Jane": what is behind the comma stands before the surname. */
            take_words(parts, words, count);
            if (parts->name_count + before_count > WORDS_MAX)
                return false;
            for (size_t i = 0; i < before_count; i++)
                parts->name[parts->name_count++] = before[i];
            parts->surname_count = before_count;
        } else if (count > 0) {
            return false;
        }
        if (comma == NULL && part == 0)
            take_words(parts, before, before_count);
        start = end + 1;
    }
    return parts->name_count > 0;
}

/* How many words at the end of the name are the surname; 0 where that cannot be told. */
static size_t surname_words(const struct parts *parts) {
    static const char *const particles[] = {"de", "De",  "la",  "le", "du", "van",   "Van", "von", "der", "den", "di",
                                            "da", "dos", "del", "ap", "ab", "ferch", "al",  "el",  "bin", "ibn", "St"};
    if (parts->surname_count > 0)
        return parts->surname_count;
    if (parts->name_count < 2)
        return parts->name_count;
    size_t first = parts->name_count - 1;
    for (bool particle = true; particle && first > 1;) {
        particle = false;
        for (size_t i = 0; i < sizeof particles / sizeof *particles; i++)
            particle = particle || (parts->name[first - 1].length == strlen(particles[i]) &&
                                    memcmp(parts->name[first - 1].text, particles[i], strlen(particles[i])) == 0);
        if (particle)
            first--;
    }
    for (size_t i = 1; i < first; i++) {
        struct word initial = parts->name[i];
        if (initial.length > 0 && initial.text[initial.length - 1] == '.')
            initial.length--;
        if (text_count(initial.text, initial.length) != 1)
            return 0;
    }
    return parts->name_count - first;
}

static void add_word(struct str *out, const char *text, size_t length) {
    if (out->length > 0)
        str_addc(out, ' ');
    str_add(out, text, length);
}

static void add_words(struct str *out, const struct word *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        add_word(out, words[i].text, words[i].length);
}

static void add_title(struct str *out, int title) {
    add_word(out, titles[title].shown, strlen(titles[title].shown));
}

static const char *finish(struct arena *arena, struct str *out) {
    const char *text = arena_copy(arena, out->bytes, out->length);
    str_clear(out);
    return text;
}

/* The title that decides how its bearer is addressed: Professor Sir James is Sir James. -1: there is none. */
static int deciding_title(const struct parts *parts) {
    for (size_t i = 0; i < parts->titles_count; i++)
        if (titles[parts->titles[i]].manner >= MANNER_KNIGHT)
            return parts->titles[i];
    return parts->titles_count == 0 ? -1 : parts->titles[parts->titles_count - 1];
}

static void write_title(struct str *out, const struct parts *parts) {
    if (parts->style != NULL)
        add_word(out, parts->style, strlen(parts->style));
    for (size_t i = 0; i < parts->titles_count; i++)
        add_title(out, parts->titles[i]);
    add_words(out, parts->name, parts->name_count);
    add_words(out, parts->letters, parts->letters_count);
    if (!parts->has_seat)
        add_word(out, "MP", 2);
}

static void write_dear(struct str *out, const struct parts *parts) {
    int title = deciding_title(parts);
    size_t given = parts->name_count - parts->surname_count;
    if (title >= 0)
        add_title(out, title);
    if (title >= 0 && titles[title].manner == MANNER_KNIGHT) {
        add_words(out, parts->name, given > 0 ? 1 : parts->name_count);
        return;
    }
    size_t surname = title < 0 || titles[title].manner == MANNER_WHOLE ? 0 : surname_words(parts);
    size_t first = surname == 0 ? 0 : parts->name_count - surname;
    add_words(out, parts->name + first, parts->name_count - first);
}

static void write_plain(struct str *out, const struct parts *parts) {
    for (size_t i = 0; i < parts->titles_count; i++)
        if (titles[parts->titles[i]].manner != MANNER_COURTESY || parts->name_count == 1)
            add_title(out, parts->titles[i]);
    add_words(out, parts->name, parts->name_count);
}

/* Without what some lists put behind the name: "(Lab)", "MP for Bootle". */
static size_t without_tail(const char *text, size_t length) {
    const char *bracket = memchr(text, '(', length);
    if (bracket != NULL && bracket > text)
        length = (size_t)(bracket - text);
    const char *seat = memmem(text, length, " MP for ", 8);
    return seat == NULL ? length : (size_t)(seat - text) + 3;
}

struct recipient recipient_read(struct arena *arena, const char *name, size_t length) {
    text_trim(&name, &length);
    struct parts parts = {0};
    if (!take_apart(&parts, name, without_tail(name, length))) {
        const char *whole = arena_copy(arena, name, length);
        return (struct recipient){whole, whole, whole};
    }
    struct recipient recipient;
    struct str out = STR_EMPTY;
    write_title(&out, &parts);
    recipient.title = finish(arena, &out);
    write_dear(&out, &parts);
    recipient.dear = finish(arena, &out);
    write_plain(&out, &parts);
    recipient.plain = finish(arena, &out);
    str_release(&out);
    return recipient;
}

size_t recipient_titles_length(const char *name, size_t length) {
    size_t taken = 0;
    for (size_t at = 0, start = 0; at < length; start = at) {
        while (at < length && name[at] != ' ')
            at++;
        if (title_of((struct word){name + start, at - start}) < 0 || at == length)
            break;
        taken = ++at;
    }
    return taken;
}
