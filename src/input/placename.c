/*
 * Names of constituencies: a name as people write it comes in, the number of the constituency goes out. The one idea:
 * a name is reduced to its words, folded and without those that people leave out or write in two ways. Two names are
 * the same where their words are, joined ("Na h-Eileanan", "Na hEileanan") or sorted ("Dorset South", "South Dorset").
 */
#include "input/placename.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

enum { WORDS_MAX = 24, AMBIGUOUS = -1 };

struct placename {
    int64_t number;
    const char *words; /* reduced, a space between them; in the table's arena */
};

struct word {
    const char *text;
    size_t length;
};

static bool word_is(struct word word, const char *text) {
    return word.length == strlen(text) && memcmp(word.text, text, word.length) == 0;
}

static bool word_is_one_of(struct word word, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (word_is(word, list[i]))
            return true;
    return false;
}
#define IS_ONE_OF(word, list) word_is_one_of(word, list, sizeof(list) / sizeof *(list))

/* Parts TEXT at its spaces. Returns how many words there are, at most WORDS_MAX. */
static size_t split(const char *text, size_t length, struct word words[WORDS_MAX]) {
    size_t count = 0;
    for (size_t at = 0; at < length && count < WORDS_MAX;) {
        size_t start = at;
        while (at < length && text[at] != ' ')
            at++;
        if (at > start)
            words[count++] = (struct word){text + start, at - start};
        at++;
    }
    return count;
}

/* Adds WORD unless it does not tell constituencies apart; "a" and "ac" are "and" in Welsh. */
static void add_word(struct str *out, struct word word) {
    static const char *const dropped[] = {"and", "a", "ac", "the", "y", "yr", "cc", "bc", "constituency"};
    if (IS_ONE_OF(word, dropped))
        return;
    if (word_is(word, "saint"))
        word = (struct word){"st", 2};
    if (out->length > 0)
        str_addc(out, ' ');
    str_add(out, word.text, word.length);
}

/* Names by which everybody knows a place, though no list has them; reduced. */
static void replace_byname(struct str *words) {
    static const struct {
        const char *byname, *name;
        bool begins; /* the byname is the beginning of a name */
    } bynames[] = {
        {"anglesey", "ynys mon", false},
        {"isle of anglesey", "ynys mon", false},
        {"western isles", "na h eileanan an iar", false},
        {"outer hebrides", "na h eileanan an iar", false},
        {"kingston upon hull ", "hull ", true},
    };
    for (size_t i = 0; i < sizeof bynames / sizeof *bynames; i++) {
        size_t length = strlen(bynames[i].byname);
        if (bynames[i].begins ? strncmp(words->bytes, bynames[i].byname, length) != 0
                              : strcmp(words->bytes, bynames[i].byname) != 0)
            continue;
        struct str replaced = STR_EMPTY;
        str_adds(&replaced, bynames[i].name);
        str_adds(&replaced, words->bytes + length);
        str_release(words);
        *words = replaced;
        return;
    }
}

static bool is_apostrophe(uint32_t codepoint) {
    return codepoint == '\'' || codepoint == '`' || codepoint == 0x2018 || codepoint == 0x2019 || codepoint == 0x2BC;
}

/* The words of NAME that count, folded, a space between them. */
static void reduce(struct str *out, const char *name, size_t length) {
    struct str folded = STR_EMPTY, spaced = STR_EMPTY;
    if (length > PLACENAME_MAX)
        return;
    text_fold_plain(&folded, name, length);
    for (size_t at = 0; at < folded.length;) {
        uint32_t codepoint = text_next(folded.bytes, folded.length, &at);
        if (text_is_letter_or_digit(codepoint))
            str_add_codepoint(&spaced, codepoint);
        else if (!is_apostrophe(codepoint) && !text_is_invisible(codepoint))
            str_addc(&spaced, ' ');
    }
    struct word words[WORDS_MAX];
    size_t count = split(spaced.bytes, spaced.length, words);
    for (size_t i = 0; i < count; i++)
        add_word(out, words[i]);
    str_release(&folded);
    str_release(&spaced);
    replace_byname(out);
}

static int compare_words(const void *a, const void *b) {
    const struct word *one = a, *other = b;
    size_t shorter = one->length < other->length ? one->length : other->length;
    int order = memcmp(one->text, other->text, shorter);
    return order != 0 ? order : (one->length > other->length) - (one->length < other->length);
}

/* The two keys of reduced words. A space in front keeps the sorted apart from the joined, which has none. */
static void add_joined(struct str *out, const char *words) {
    for (; *words != '\0'; words++)
        if (*words != ' ')
            str_addc(out, *words);
}

static void add_sorted(struct str *out, const char *words) {
    struct word sorted[WORDS_MAX];
    size_t count = split(words, strlen(words), sorted);
    qsort(sorted, count, sizeof *sorted, compare_words);
    for (size_t i = 0; i < count; i++) {
        str_addc(out, ' ');
        str_add(out, sorted[i].text, sorted[i].length);
    }
}

/* The table's values are numbers, not pointers. */
static int64_t number_of(const struct table *keys, const struct str *key) {
    return (int64_t)(intptr_t)table_find(keys, key->bytes, key->length);
}

static void set_number(struct table *keys, const struct str *key, int64_t number) {
    *table_slot(keys, key->bytes, key->length) = (void *)(intptr_t)number; /* NOLINT(performance-no-int-to-ptr) */
}

void placenames_release(struct placenames *names) {
    table_release(&names->keys);
    free(names->names);
    *names = PLACENAMES_EMPTY;
}

void placenames_add(struct placenames *names, const char *name, size_t length, int64_t number) {
    struct str words = STR_EMPTY, joined = STR_EMPTY, sorted = STR_EMPTY;
    reduce(&words, name, length);
    add_joined(&joined, words.bytes);
    add_sorted(&sorted, words.bytes);
    if (words.length > 0 && number_of(&names->keys, &joined) == 0) {
        set_number(&names->keys, &joined, number);
        int64_t other = number_of(&names->keys, &sorted);
        set_number(&names->keys, &sorted, other == 0 || other == number ? number : AMBIGUOUS);
        struct placename *added = MEMORY_PUSH(names->names, names->count, names->room);
        *added = (struct placename){number, arena_copy(&names->keys.keys, words.bytes, words.length)};
    }
    str_release(&words);
    str_release(&joined);
    str_release(&sorted);
}

int64_t placenames_find(const struct placenames *names, const char *name, size_t length) {
    struct str words = STR_EMPTY, key = STR_EMPTY;
    reduce(&words, name, length);
    add_joined(&key, words.bytes);
    int64_t number = key.length == 0 ? 0 : number_of(&names->keys, &key);
    if (number == 0 && key.length > 0) {
        str_clear(&key);
        add_sorted(&key, words.bytes);
        number = number_of(&names->keys, &key);
    }
    str_release(&words);
    str_release(&key);
    return number == AMBIGUOUS ? 0 : number;
}

/* Words that stand in so many names that sharing them alone means nothing. */
static bool is_common(struct word word) {
    static const char *const common[] = {"north", "south",  "east",  "west", "central", "mid",  "inner",   "outer",
                                         "upper", "lower",  "under", "upon", "on",      "of",   "le",      "in",
                                         "city",  "cities", "st",    "isle", "gogledd", "de",   "dwyrain", "gorllewin",
                                         "canol", "super",  "next",  "by",   "valley",  "vale", "bay",     "forest"};
    return word.length < 3 || IS_ONE_OF(word, common);
}

/* How alike two words are: 2 the same, 1 with a slip or two in a long word, else 0. */
static unsigned word_likeness(struct word a, struct word b) {
    if (a.length == b.length && memcmp(a.text, b.text, a.length) == 0)
        return 2;
    size_t shorter = a.length < b.length ? a.length : b.length;
    if (shorter < 5)
        return 0;
    unsigned slips = shorter < 8 ? 1 : 2;
    if (a.length > b.length + slips || b.length > a.length + slips)
        return 0;
    return text_distance(a.text, a.length, b.text, b.length) <= slips;
}

/* 0 where they share no significant word; else the more, the more they share and the less they do not. */
static int likeness(const struct word *asked, size_t asked_count, const char *words) {
    enum { SIGNIFICANT = 20, COMMON = 6, UNSHARED = 2 };
    struct word own[WORDS_MAX];
    size_t own_count = split(words, strlen(words), own);
    int score = 0;
    size_t shared = 0;
    bool significant = false;
    for (size_t i = 0; i < asked_count; i++) {
        unsigned best = 0;
        for (size_t j = 0; j < own_count && best < 2; j++) {
            unsigned own_likeness = word_likeness(asked[i], own[j]);
            best = own_likeness > best ? own_likeness : best;
        }
        if (best == 0)
            continue;
        shared++;
        significant = significant || !is_common(asked[i]);
        score += (is_common(asked[i]) ? COMMON : SIGNIFICANT) * (int)best / 2;
    }
    size_t unshared = own_count > shared ? own_count - shared : 0;
    score -= UNSHARED * (int)unshared;
    return !significant ? 0 : score < 1 ? 1 : score;
}

/* Puts NUMBER among the best, which are in order; a constituency that has two names stands there once. */
static size_t rank(int64_t *numbers, int *scores, size_t count, size_t max, int64_t number, int score) {
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] != number)
            continue;
        if (scores[i] >= score)
            return count;
        memmove(numbers + i, numbers + i + 1, (count - i - 1) * sizeof *numbers);
        memmove(scores + i, scores + i + 1, (count - i - 1) * sizeof *scores);
        count--;
        break;
    }
    size_t place = count;
    while (place > 0 && scores[place - 1] < score)
        place--;
    if (place == max)
        return count;
    count = count < max ? count + 1 : max;
    memmove(numbers + place + 1, numbers + place, (count - place - 1) * sizeof *numbers);
    memmove(scores + place + 1, scores + place, (count - place - 1) * sizeof *scores);
    numbers[place] = number;
    scores[place] = score;
    return count;
}

size_t placenames_like(const struct placenames *names, const char *name, size_t length, int64_t *numbers, size_t max) {
    struct str reduced = STR_EMPTY;
    struct word asked[WORDS_MAX];
    int *scores = memory_alloc(max, sizeof *scores);
    reduce(&reduced, name, length);
    size_t asked_count = split(reduced.bytes, reduced.length, asked);
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        int score = likeness(asked, asked_count, names->names[i].words);
        if (score > 0)
            count = rank(numbers, scores, count, max, names->names[i].number, score);
    }
    /* What is far behind the best is noise: of "Belfast South", not every South. */
    while (count > 1 && scores[count - 1] * 2 < scores[0])
        count--;
    free(scores);
    str_release(&reduced);
    return count;
}
