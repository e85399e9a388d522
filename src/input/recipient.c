/*
 * A recipient's name: one cell comes in, what an envelope, a salutation and a sentence need goes out. The one idea: take
 * the words apart into what stands before the name, the name, and the letters after it, and put them together in
 * three ways.
 *
 *     cell   = [style] *title name [letters] ["MP" ["for" …]] | surname "," *title given [letters]
 *     style  = ["The"] ("Rt Hon" | "Right Honourable" | "Rt Revd" | "Most Revd") ["the"] | "The Hon" | "Y Gwir Anrh"
 *     title  = "Mr" | "Ms" | "Dr" | "Sir" | … | a peer's: "Lord" | "Baroness" | "Earl" | …
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

/* How a peer is addressed: without the place, where there is a name before it. */
struct rank {
    const char *written, *shown;
    const char *dear; /* Dear Lord Brown */
    bool alone;       /* Dear Bishop */
};

/* In the order in which they decide: the Lord Bishop is a bishop. */
static const struct rank ranks[] = {
    {"Archbishop", "Archbishop", "Archbishop", true},
    {"Bishop", "Bishop", "Bishop", true},
    {"Duke", "Duke", "Duke", true},
    {"Duchess", "Duchess", "Duchess", true},
    {"Marquess", "Marquess", "Lord", false},
    {"Marchioness", "Marchioness", "Lady", false},
    {"Earl", "Earl", "Lord", false},
    {"Countess", "Countess", "Lady", false},
    {"Viscount", "Viscount", "Lord", false},
    {"Viscountess", "Viscountess", "Lady", false},
    {"Baron", "Lord", "Lord", false},
    {"Baroness", "Baroness", "Baroness", false},
    {"Lord", "Lord", "Lord", false},
    {"Lady", "Lady", "Lady", false},
};
enum { RANKS = sizeof ranks / sizeof *ranks, RANKS_HELD_MAX = 2 };

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
    enum office office;
    const char *style; /* "The Rt Hon", or NULL */
    int titles[3];     /* indexes into the table above */
    size_t titles_count;
    int ranks[RANKS_HELD_MAX]; /* of a peer: indexes into the table above */
    size_t ranks_count;
    struct word name[WORDS_MAX]; /* given names and surname */
    size_t name_count;
    size_t surname_count;           /* how many of them are the surname, where a comma said so; else 0 */
    struct word letters[WORDS_MAX]; /* KC, OBE, and MP if it was there */
    size_t letters_count;
    bool has_seat; /* MP, AS, … is among them */
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

static int rank_of(const struct parts *parts, struct word word) {
    for (size_t i = 0; i < RANKS && parts->office == OFFICE_PEER; i++)
        if (word_is(word, ranks[i].written))
            return (int)i;
    return -1;
}

static bool is_exactly(struct word word, const char *text) {
    return word.length == strlen(text) && memcmp(word.text, text, word.length) == 0;
}

/* "Ms" in front of a name is a title; "MS" behind it is a seat in the Senedd, where letters go there. */
static bool is_seat(struct word word, enum office office) {
    return word_is(word, "MP") || word_is(word, "M.P") || is_exactly(word, "AS") ||
           (office == OFFICE_MS && is_exactly(word, "MS"));
}

/* Letters after a name are capitals; "Ch" and "Pc" might be names. */
static bool is_letters(struct word word, enum office office) {
    static const char *const known[] = {"KC",   "QC",   "PC",  "CH",  "OM",   "CBE",  "OBE",  "MBE",  "KBE",  "DBE",
                                        "GBE",  "KCB",  "DCB", "GCB", "CB",   "CMG",  "KCMG", "DCMG", "GCMG", "KG",
                                        "KT",   "LG",   "LT",  "CVO", "KCVO", "DCVO", "LVO",  "MVO",  "DL",   "JP",
                                        "TD",   "VR",   "RD",  "DSO", "DSC",  "MC",   "QGM",  "FRS",  "FBA",  "FRSE",
                                        "FRCP", "FRCS", "PhD", "BEM", "MSP",  "MLA",  "CVO",  "ERD",  "VC",   "GC"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (is_exactly(word, known[i]))
            return true;
    return is_seat(word, office);
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
    if (count >= at + 2 &&
        (word_is(words[at + 1], "Revd") || word_is(words[at + 1], "Rev") || word_is(words[at + 1], "Reverend"))) {
        bool most = word_is(words[at], "Most");
        if (most || word_is(words[at], "Rt") || word_is(words[at], "Right")) {
            parts->style = most ? "The Most Revd" : "The Rt Revd";
            return at + 2;
        }
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
    /* "The Rev Ann Other", "The Lord Brown" */
    return at == 1 && count > 1 && (title_of(words[1]) >= 0 || rank_of(parts, words[1]) >= 0) ? 1 : 0;
}

/* How many of WORDS are titles and ranks, with a "the" among them, which are put into PARTS. */
static size_t take_titles(struct parts *parts, const struct word *words, size_t count) {
    size_t at = 0;
    for (; at < count; at++) {
        int title = title_of(words[at]), rank = rank_of(parts, words[at]);
        bool article = word_is(words[at], "the") && at + 1 < count &&
                       (title_of(words[at + 1]) >= 0 || rank_of(parts, words[at + 1]) >= 0);
        if (rank >= 0 && parts->ranks_count < RANKS_HELD_MAX)
            parts->ranks[parts->ranks_count++] = rank;
        else if (rank < 0 && title >= 0 && parts->titles_count < 3 && parts->ranks_count == 0)
            parts->titles[parts->titles_count++] = title;
        else if (!article)
            break;
    }
    return at;
}

/* Puts WORDS, which end in letters after the name, into PARTS; their last name word is the surname's end. */
static void take_words(struct parts *parts, const struct word *words, size_t count) {
    size_t at = parts->name_count == 0 && parts->style == NULL ? take_style(parts, words, count) : 0;
    at += take_titles(parts, words + at, count - at);
    size_t end = count;
    while (end > at && is_letters(words[end - 1], parts->office))
        end--;
    for (size_t i = at; i < end; i++)
        parts->name[parts->name_count++] = words[i];
    for (size_t i = end; i < count; i++) {
        parts->has_seat =
            parts->has_seat || is_seat(words[i], parts->office) || word_is(words[i], "MSP") || word_is(words[i], "MLA");
        parts->letters[parts->letters_count++] = words[i];
    }
}

static bool all_letters(const struct word *words, size_t count, enum office office) {
    for (size_t i = 0; i < count; i++)
        if (!is_letters(words[i], office))
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
        } else if (all_letters(words, count, parts->office)) {
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
    const char *letters = office_words(parts->office)->letters;
    if (parts->style != NULL)
        add_word(out, parts->style, strlen(parts->style));
    for (size_t i = 0; i < parts->titles_count; i++)
        add_title(out, parts->titles[i]);
    if (parts->ranks_count > 0)
        add_word(out, out->length == 0 ? "The" : "the", 3);
    for (size_t i = 0; i < parts->ranks_count; i++)
        add_word(out, ranks[parts->ranks[i]].shown, strlen(ranks[parts->ranks[i]].shown));
    add_words(out, parts->name, parts->name_count);
    add_words(out, parts->letters, parts->letters_count);
    if (!parts->has_seat && *letters != '\0')
        add_word(out, letters, strlen(letters));
}

/* "Lord Brown" of "The Lord Brown of Exampleton", "Lord Exampleton" of "The Earl of Exampleton", "Bishop". */
static void write_dear_peer(struct str *out, const struct parts *parts) {
    const struct rank *rank = &ranks[RANKS - 1];
    for (size_t i = 0; i < parts->ranks_count; i++)
        if (&ranks[parts->ranks[i]] < rank)
            rank = &ranks[parts->ranks[i]];
    add_word(out, rank->dear, strlen(rank->dear));
    if (rank->alone)
        return;
    size_t first = word_is(parts->name[0], "of") && parts->name_count > 1, end = first;
    while (end < parts->name_count && (first > 0 || !word_is(parts->name[end], "of")))
        end++;
    add_words(out, parts->name + first, end - first);
}

static void write_dear(struct str *out, const struct parts *parts) {
    if (parts->ranks_count > 0) {
        write_dear_peer(out, parts);
        return;
    }
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
    /* "Dear Permanent Secretary" */
    if (parts->office == OFFICE_FIXED && title < 0 && parts->name_count > 1 && word_is(parts->name[0], "The"))
        first = 1;
    add_words(out, parts->name + first, parts->name_count - first);
}

static void write_plain(struct str *out, const struct parts *parts) {
    for (size_t i = 0; i < parts->titles_count && parts->ranks_count == 0; i++)
        if (titles[parts->titles[i]].manner != MANNER_COURTESY || parts->name_count == 1)
            add_title(out, parts->titles[i]);
    if (parts->ranks_count > 0 && word_is(parts->name[0], "of"))
        add_word(out, "the", 3);
    for (size_t i = 0; i < parts->ranks_count; i++)
        add_word(out, ranks[parts->ranks[i]].shown, strlen(ranks[parts->ranks[i]].shown));
    add_words(out, parts->name, parts->name_count);
}

/* Without what some lists put behind the name: "(Lab)", "MP for Bootle"; of a fixed recipient, ", Permanent Secretary". */
static size_t without_tail(enum office office, const char *text, size_t length) {
    static const char *const seats[] = {" MP for ", " MSP for ", " MS for ", " MLA for ", " AS for "};
    const char *bracket = memchr(text, '(', length), *comma = memchr(text, ',', length);
    if (bracket != NULL && bracket > text)
        length = (size_t)(bracket - text);
    if (office == OFFICE_FIXED && comma != NULL && comma > text && (size_t)(comma - text) < length)
        length = (size_t)(comma - text);
    for (size_t i = 0; i < sizeof seats / sizeof *seats; i++) {
        const char *seat = memmem(text, length, seats[i], strlen(seats[i]));
        if (seat != NULL)
            length = (size_t)(seat - text) + strlen(seats[i]) - strlen(" for ");
    }
    return length;
}

struct recipient recipient_read(struct arena *arena, enum office office, const char *name, size_t length) {
    text_trim(&name, &length);
    struct parts parts = {.office = office};
    if (!take_apart(&parts, name, without_tail(office, name, length))) {
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
