/*
 * Syllables: a text comes in, the places where its words may be hyphenated are marked.
 *
 * The one idea: a word is read from space to space, and a single character that no plain word has leaves it whole:
 *
 *     word = { opening or closing } small letters [ apostrophe { small letter } ] { opening or closing }
 *
 * What it is, "riverbank" or "example.org", is thereby never asked. A word is marked when the next one is seen, since the
 * last is not.
 */
#include "letter/syllable.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum matter {
    MATTER_LETTER,     /* a small Latin one */
    MATTER_APOSTROPHE, /* a quote, too, at the end of a word */
    MATTER_MARK,       /* what may stand around a word */
    MATTER_OTHER,      /* a capital, a digit, a sign, another script */
    MATTER_GAP,        /* a space, an em dash, a character that is not printed */
    MATTER_END,        /* of a line */
};

static enum matter matter_of_ascii(char byte) {
    if (byte >= 'a' && byte <= 'z')
        return MATTER_LETTER;
    if (byte == '\n' || byte == '\r' || byte == '\v' || byte == '\f')
        return MATTER_END;
    if (byte == '\'')
        return MATTER_APOSTROPHE;
    return (unsigned char)byte <= ' ' || byte == 0x7F ? MATTER_GAP
           : strchr("\"()[],.;:!?", byte) != NULL     ? MATTER_MARK
                                                      : MATTER_OTHER;
}

static enum matter matter_of(uint32_t codepoint) {
    switch (codepoint) {
    case 0x85:   /* next line */
    case 0x2028: /* line separator */
    case 0x2029: /* paragraph separator */
        return MATTER_END;
    case 0xA0:   /* no-break space */
    case 0x202F: /* narrow no-break space */
    case 0x2014: /* em dash */
    case 0x2026: /* ellipsis */
        return MATTER_GAP;
    case 0x2019:
        return MATTER_APOSTROPHE;
    case 0x2018:
    case 0x201C:
    case 0x201D:
    case 0xAB: /* guillemets */
    case 0xBB:
        return MATTER_MARK;
    default:
        break;
    }
    /* The Latin letters up to Extended-B, and Extended Additional, that has the Welsh ones ("ẁ"). */
    bool latin =
        (codepoint >= 0xDF && codepoint < 0x250 && codepoint != 0xF7) || (codepoint >= 0x1E00 && codepoint < 0x1F00);
    if (latin && !text_is_upper(codepoint))
        return MATTER_LETTER;
    return text_is_space(codepoint) || text_is_control(codepoint) ? MATTER_GAP : MATTER_OTHER;
}

/* The character at *AT, which is moved behind it. */
static enum matter next_matter(const char *text, size_t length, size_t *at) {
    if ((unsigned char)text[*at] < 0x80)
        return matter_of_ascii(text[(*at)++]);
    return matter_of(text_next(text, length, at));
}

/* A word while it is read. */
struct word {
    size_t start, end;
    size_t letters, letters_end; /* where its letters begin and end, without what is behind an apostrophe */
    enum { STAGE_BEFORE, STAGE_LETTERS, STAGE_APOSTROPHE, STAGE_BEHIND, STAGE_WHOLE /* it is no plain word */ } stage;
};

static void word_add(struct word *word, enum matter matter, size_t at, size_t end) {
    word->end = end;
    if (matter == MATTER_OTHER) {
        word->stage = STAGE_WHOLE;
        return;
    }
    bool letter = matter == MATTER_LETTER;
    switch (word->stage) {
    case STAGE_BEFORE:
        if (!letter)
            break;
        word->stage = STAGE_LETTERS;
        word->letters = at;
        word->letters_end = end;
        break;
    case STAGE_LETTERS:
        if (letter)
            word->letters_end = end;
        else
            word->stage = matter == MATTER_APOSTROPHE ? STAGE_APOSTROPHE : STAGE_BEHIND;
        break;
    case STAGE_APOSTROPHE: /* the letters that follow belong to it */
        if (!letter)
            word->stage = STAGE_BEHIND;
        break;
    case STAGE_BEHIND:
        if (letter)
            word->stage = STAGE_WHOLE;
        break;
    case STAGE_WHOLE:
        break;
    }
}

/* Never printed or stored. A word of the same slot takes the place of an earlier one. */
static struct syllable_word *slot_of(struct syllables *syllables, const char *word, size_t length) {
    uint32_t hash = (uint32_t)length;
    for (size_t i = 0; i < length; i++)
        hash = hash * 31 + (unsigned char)word[i];
    return &syllables->words[(hash ^ hash >> 10) % SYLLABLE_WORDS_MAX];
}

static size_t points_of(struct syllables *syllables, const char *word, size_t length,
                        unsigned char points[HYPHENATION_POINTS_MAX]) {
    struct syllable_word *slot = length > SYLLABLE_WORD_MAX ? NULL : slot_of(syllables, word, length);
    if (slot != NULL && slot->length == length && memcmp(slot->word, word, length) == 0) {
        memcpy(points, slot->points, slot->points_count);
        return slot->points_count;
    }
    size_t count = hyphenation_points(syllables->hyphenation, word, length, points);
    if (slot != NULL && count <= SYLLABLE_POINTS_MAX) {
        memcpy(slot->word, word, length);
        slot->length = (unsigned char)length;
        slot->points_count = (unsigned char)count;
        memcpy(slot->points, points, count);
    }
    return count;
}

/* Where in the runs a word is; words come in the order of the text. */
struct runs {
    const struct run *items;
    size_t count;
    size_t at;    /* the run that the last word began in */
    size_t start; /* of that run */
};

/* Whether any of the bytes from START to END are a value's. */
static bool runs_has_value(struct runs *runs, size_t start, size_t end) {
    while (runs->at < runs->count && runs->start + runs->items[runs->at].length <= start)
        runs->start += runs->items[runs->at++].length;
    size_t from = runs->start;
    for (size_t i = runs->at; i < runs->count && from < end; from += runs->items[i++].length)
        if (runs->items[i].value && runs->items[i].length > 0)
            return true;
    return false;
}

static void mark_word(struct syllables *syllables, const char *text, const struct word *word, struct runs *runs,
                      char *breaks) {
    size_t length = word->letters_end - word->letters;
    unsigned char points[HYPHENATION_POINTS_MAX];
    if (word->stage == STAGE_BEFORE || word->stage == STAGE_WHOLE || length > HYPHENATION_WORD_MAX ||
        runs_has_value(runs, word->start, word->end))
        return;
    size_t count = points_of(syllables, text + word->letters, length, points);
    for (size_t i = 0; i < count; i++)
        breaks[word->letters + points[i]] = TEXT_BREAK_HYPHEN;
}

void syllables_mark(struct syllables *syllables, const struct hyphenation *hyphenation, const char *text, size_t length,
                    const struct run *runs, size_t runs_count, char *breaks) {
    if (syllables->hyphenation != hyphenation) {
        memset(syllables, 0, sizeof *syllables);
        syllables->hyphenation = hyphenation;
    }
    bool any = false;
    for (size_t i = 0; i < runs_count; i++)
        any = any || !runs[i].value;
    if (!any)
        return; /* a name, a line of an address */
    struct runs place = {.items = runs, .count = runs_count};
    struct word last = {.stage = STAGE_BEFORE}, word = last;
    for (size_t at = 0; at < length;) {
        size_t start = at;
        enum matter matter = next_matter(text, length, &at);
        if (matter < MATTER_GAP) {
            if (word.end == 0)
                word.start = start;
            word_add(&word, matter, start, at);
            continue;
        }
        if (word.stage != STAGE_BEFORE) { /* what is behind it decides whether it is the line's last */
            mark_word(syllables, text, &last, &place, breaks);
            last = word;
        }
        word = (struct word){.stage = STAGE_BEFORE};
        if (matter == MATTER_END)
            last = word;
    }
    if (word.stage != STAGE_BEFORE)
        mark_word(syllables, text, &last, &place, breaks);
}
