/*
 * Hyphenation: a word comes in, the places where it may be parted go out.
 *
 * The one idea: a word that somebody has looked at (letter/exception) comes before what the patterns say of it. Loading
 * is what costs, not asking: libhyphen only reads its patterns when it is asked, so that threads share them.
 */
#include "letter/hyphenation.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hyphen.h>

#include "base/memory.h"
#include "base/text.h"
#include "letter/exception.h"

enum { LETTERS_BEFORE_MIN = 2, LETTERS_BEHIND_MIN = 3 };

struct hyphenation {
    HyphenDict *patterns;
    const struct exceptions *exceptions; /* NULL: none */
};

/* hyph-cy.dic, by hyph-cy.s. */
extern const char welsh_patterns[];
extern const uint32_t welsh_patterns_length;

/* Patterns of FILE, which is closed; NULL where there are none in it. */
static HyphenDict *read_patterns(FILE *file) {
    HyphenDict *patterns = hnj_hyphen_load_file(file);
    fclose(file);
    if (patterns == NULL)
        return NULL;
    /* libhyphen makes a first level of its own, for compounds, and puts the file's patterns below it. */
    bool any = patterns->nextlevel != NULL && patterns->nextlevel->num_states > 1;
    if (patterns->utf8 && any)
        return patterns;
    hnj_hyphen_free(patterns);
    return NULL;
}

static int open_english(struct hyphenation *hyphenation, const char *path, struct error *error) {
    FILE *file = fopen(path, "re");
    if (file == NULL && errno == ENOENT)
        return error_set(error, STATUS_CONFIGURATION,
                         "the patterns to hyphenate English by are not installed (%s); install the package "
                         "hyphen-en-gb, or write hyphenate = no under [letter]",
                         path);
    if (file == NULL)
        return error_set(error, STATUS_CONFIGURATION, "cannot read %s: %s", path, strerror(errno));
    hyphenation->patterns = read_patterns(file);
    if (hyphenation->patterns == NULL)
        return error_set(error, STATUS_CONFIGURATION,
                         "%s does not hold hyphenation patterns in UTF-8; install the package hyphen-en-gb again",
                         path);
    hyphenation->exceptions = &exceptions_english;
    return 0;
}

static int open_welsh(struct hyphenation *hyphenation, struct error *error) {
    /* fmemopen wants no const, but writes nothing to what is opened for reading. */
    FILE *file = fmemopen((char *)(uintptr_t)welsh_patterns, welsh_patterns_length, "r");
    if (file == NULL)
        return error_set(error, STATUS_CONFIGURATION, "cannot read the patterns to hyphenate Welsh by: %s",
                         strerror(errno));
    hyphenation->patterns = read_patterns(file);
    if (hyphenation->patterns == NULL)
        return error_set(error, STATUS_CONFIGURATION, "the patterns to hyphenate Welsh by are damaged");
    return 0;
}

int hyphenation_open_in(struct hyphenation **hyphenation, const char *language, const char *directory,
                        struct error *error) {
    struct hyphenation opened = {NULL, NULL};
    int result;
    if (strcmp(language, "en-GB") == 0) {
        char path[4096];
        snprintf(path, sizeof path, "%s/hyph_en_GB.dic", directory);
        result = open_english(&opened, path, error);
    } else if (strcmp(language, "cy") == 0) {
        result = open_welsh(&opened, error);
    } else {
        result = error_set(error, STATUS_CONFIGURATION, "no patterns to hyphenate the language \"%s\" by", language);
    }
    if (result != 0)
        return -1;
    *hyphenation = memory_alloc(1, sizeof **hyphenation);
    **hyphenation = opened;
    return 0;
}

int hyphenation_open(struct hyphenation **hyphenation, const char *language, struct error *error) {
    return hyphenation_open_in(hyphenation, language, "/usr/share/hyphen", error);
}

void hyphenation_free(struct hyphenation *hyphenation) {
    if (hyphenation == NULL)
        return;
    hnj_hyphen_free(hyphenation->patterns);
    free(hyphenation);
}

/* ---- Asking ---- */

struct key {
    const char *word;
    size_t length;
};

/* The order of the table: bytes, as its words are in ASCII. */
static int compare_with_exception(const void *key, const void *entry) {
    const struct key *sought = key;
    const char *word = *(const char *const *)entry;
    size_t at = 0;
    for (; *word != '\0'; word++) {
        if (*word == '-')
            continue;
        if (at == sought->length)
            return -1;
        int difference = (unsigned char)sought->word[at] - (unsigned char)*word;
        if (difference != 0)
            return difference;
        at++;
    }
    return at < sought->length;
}

static const char *find_exception(const struct exceptions *exceptions, const char *word, size_t length) {
    static const char *const endings[] = {"", "s", "ly"};
    for (size_t i = 0; exceptions != NULL && i < sizeof endings / sizeof *endings; i++) {
        size_t ending = strlen(endings[i]);
        if (ending >= length || memcmp(word + length - ending, endings[i], ending) != 0)
            continue;
        struct key key = {word, length - ending};
        const char *const *found =
            bsearch(&key, exceptions->words, exceptions->count, sizeof *exceptions->words, compare_with_exception);
        if (found != NULL)
            return *found;
    }
    return NULL;
}

/* MARKS[i] is 1 where the word may be parted before its character i, as EXCEPTION says ("river-bank"). */
static void mark_exception(const char *exception, char *marks) {
    for (size_t character = 0; *exception != '\0'; exception++) {
        if (*exception == '-')
            marks[character] = 1;
        else
            character++;
    }
}

/*
 * The same as the patterns say. libhyphen wants a NUL behind the word: it looks there for apostrophes, and would write
 * behind its own list where it finds one. A place at which the spelling would change is none: no English or Welsh word
 * has one.
 */
static void mark_by_patterns(HyphenDict *patterns, const char *word, size_t length, char *marks) {
    char copy[HYPHENATION_WORD_MAX + 1] = "";
    memcpy(copy, word, length);
    /* Odd digits, by character, behind which the word may be parted. libhyphen writes up to five bytes beyond the word. */
    char hyphens[HYPHENATION_WORD_MAX + 5];
    char **replacements = NULL;
    int *positions = NULL, *cuts = NULL;
    if (hnj_hyphen_hyphenate2(patterns, copy, (int)length, hyphens, NULL, &replacements, &positions, &cuts) == 0)
        for (size_t i = 0; i < length && hyphens[i] != '\0'; i++)
            marks[i + 1] = hyphens[i] % 2 == 1 && (replacements == NULL || replacements[i] == NULL);
    for (size_t i = 0; replacements != NULL && i < length; i++)
        free(replacements[i]);
    free(replacements);
    free(positions);
    free(cuts);
}

size_t hyphenation_points(const struct hyphenation *hyphenation, const char *word, size_t length,
                          unsigned char points[HYPHENATION_POINTS_MAX]) {
    if (length < LETTERS_BEFORE_MIN + LETTERS_BEHIND_MIN || length > HYPHENATION_WORD_MAX ||
        text_valid(word, length) != length || memchr(word, '\0', length) != NULL)
        return 0;
    char marks[HYPHENATION_WORD_MAX + 1] = {0};
    const char *exception = find_exception(hyphenation->exceptions, word, length);
    if (exception != NULL)
        mark_exception(exception, marks);
    else
        mark_by_patterns(hyphenation->patterns, word, length, marks);

    size_t count = 0, characters = text_count(word, length), at = 0;
    for (size_t i = 0; i + LETTERS_BEHIND_MIN <= characters; i++) {
        if (i >= LETTERS_BEFORE_MIN && marks[i])
            points[count++] = (unsigned char)at;
        text_next(word, length, &at);
    }
    return count;
}
