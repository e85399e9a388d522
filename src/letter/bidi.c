/*
 * Direction: text comes in, an embedding level for each byte goes out; and levels of a line come in, the order on
 * paper goes out. FriBidi has rules P2 to L1; the one idea here is that values from the list are isolated (LRI or RLI … PDI)
 * before it sees them. Rule L2 is written out, because FriBidi's own reorders characters and we reorder words.
 */
#include "letter/bidi.h"

#include <stdint.h>
#include <string.h>

#include <fribidi/fribidi.h>

#include "base/text.h"

enum {
    LEFT_TO_RIGHT_ISOLATE = 0x2066,
    RIGHT_TO_LEFT_ISOLATE = 0x2067,
    POP_DIRECTIONAL_ISOLATE = 0x2069,
    NOWHERE = -1, /* an isolate's mark, which does not stand in the text */
};

bool bidi_needed(const char *text, size_t length) {
    /* The first right-to-left character is U+0590: nothing below the lead byte D6 begins one. */
    for (size_t at = 0; at < length;) {
        if ((unsigned char)text[at] < 0xD6)
            at++;
        else if (text_is_right_to_left(text_next(text, length, &at)))
            return true;
    }
    return false;
}

/* One paragraph as FriBidi wants it; the arrays have room for the whole text and are used again for the next. */
struct paragraph {
    FriBidiChar *characters;
    int *places; /* of each character in the text, or NOWHERE */
    FriBidiCharType *types;
    FriBidiBracketType *brackets;
    FriBidiLevel *levels;
    FriBidiStrIndex count;
};

static void paragraph_add(struct paragraph *paragraph, uint32_t character, int place) {
    paragraph->characters[paragraph->count] = character;
    paragraph->places[paragraph->count++] = place;
}

/*
 * Which way a value runs: a message as most of its letters do, and a name of both directions as the rest of the letter,
 * so that its parts keep the order in which they are read there. (FSI would ask the first letter alone.)
 */
static uint32_t isolate_of(const char *text, size_t start, size_t end) {
    enum { NAME_LETTERS_MAX = 60 };
    size_t letters = 0, right_to_left = 0;
    for (size_t at = start; at < end;) {
        uint32_t codepoint = text_next(text, end, &at);
        letters += text_is_letter_or_digit(codepoint);
        right_to_left += text_is_right_to_left(codepoint);
    }
    bool message = letters > NAME_LETTERS_MAX && right_to_left * 2 > letters;
    return message || right_to_left >= letters ? RIGHT_TO_LEFT_ISOLATE : LEFT_TO_RIGHT_ISOLATE;
}

/* Adds the text from START to END; it is isolated where it has something to isolate. */
static void paragraph_add_text(struct paragraph *paragraph, const char *text, size_t start, size_t end, bool isolated) {
    isolated = isolated && bidi_needed(text + start, end - start);
    if (isolated)
        paragraph_add(paragraph, isolate_of(text, start, end), NOWHERE);
    for (size_t at = start; at < end;) {
        int place = (int)at;
        paragraph_add(paragraph, text_next(text, end, &at), place);
    }
    if (isolated)
        paragraph_add(paragraph, POP_DIRECTIONAL_ISOLATE, NOWHERE);
}

/* Resolves the paragraph, which ends at byte END of the text. */
static void paragraph_resolve(struct paragraph *paragraph, size_t end, unsigned char *levels) {
    FriBidiParType direction = FRIBIDI_PAR_LTR;
    fribidi_get_bidi_types(paragraph->characters, paragraph->count, paragraph->types);
    fribidi_get_bracket_types(paragraph->characters, paragraph->count, paragraph->types, paragraph->brackets);
    /* It fails only for want of memory, and then the text stays as it is written. */
    if (fribidi_get_par_embedding_levels_ex(paragraph->types, paragraph->brackets, paragraph->count, &direction,
                                            paragraph->levels) == 0)
        return;

    /* What rule X9 removes has no level: it goes with what stands before it, so as not to part that from the next. */
    for (FriBidiStrIndex i = 0; i < paragraph->count; i++)
        if (FRIBIDI_IS_EXPLICIT_OR_BN(paragraph->types[i]) || paragraph->levels[i] < 0)
            paragraph->levels[i] = i == 0 ? 0 : paragraph->levels[i - 1];
    /* Characters are taken from the last to the first: each ends where the one behind it begins. */
    for (FriBidiStrIndex i = paragraph->count; i-- > 0;) {
        if (paragraph->places[i] == NOWHERE)
            continue;
        size_t place = (size_t)paragraph->places[i];
        unsigned char level = (unsigned char)paragraph->levels[i];
        memset(levels + place, level, end - place);
        end = place;
    }
}

void bidi_levels(const char *text, size_t length, const struct bidi_range *isolates, size_t isolates_count,
                 struct arena *scratch, unsigned char *levels) {
    memset(levels, 0, length);
    size_t room = length + 2 * isolates_count + 2;
    struct paragraph paragraph = {
        .characters = ARENA_ARRAY(scratch, FriBidiChar, room),
        .places = ARENA_ARRAY(scratch, int, room),
        .types = ARENA_ARRAY(scratch, FriBidiCharType, room),
        .brackets = ARENA_ARRAY(scratch, FriBidiBracketType, room),
        .levels = ARENA_ARRAY(scratch, FriBidiLevel, room),
    };
    size_t isolate = 0;
    for (size_t at = 0; at < length; at++) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t end = newline == NULL ? length : (size_t)(newline - text);
        paragraph.count = 0;
        while (at < end) {
            while (isolate < isolates_count && isolates[isolate].end <= at)
                isolate++;
            bool inside = isolate < isolates_count && isolates[isolate].start <= at;
            size_t until = isolate == isolates_count ? end : inside ? isolates[isolate].end : isolates[isolate].start;
            if (until > end) /* an isolate that runs over several lines is isolated in each */
                until = end;
            paragraph_add_text(&paragraph, text, at, until, inside);
            at = until;
        }
        if (paragraph.count > 0)
            paragraph_resolve(&paragraph, end, levels);
    }
}

static void reverse(size_t *order, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        size_t swapped = order[i];
        order[i] = order[count - 1 - i];
        order[count - 1 - i] = swapped;
    }
}

void bidi_order(const unsigned char *levels, size_t count, size_t *order) {
    unsigned char highest = 0;
    for (size_t i = 0; i < count; i++) {
        order[i] = i;
        if (levels[i] > highest)
            highest = levels[i];
    }
    /* "From the highest level found to the lowest odd level, reverse any sequence that is at that level or higher." */
    for (unsigned level = highest; level > 0; level--) {
        for (size_t start = 0; start < count;) {
            size_t end = start;
            while (end < count && levels[order[end]] >= level)
                end++;
            reverse(order + start, end - start);
            start = end > start ? end : start + 1;
        }
    }
}
