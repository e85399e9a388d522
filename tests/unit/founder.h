/*
 * A type founder: casts the font of tests that need no real one, in place of letter/shaper. Every
 * character is half an em wide, and a soft hyphen is not seen. Positions can so be told by counting.
 */
#ifndef POSTBAG_TESTS_FOUNDER_H
#define POSTBAG_TESTS_FOUNDER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "base/table.h"
#include "base/text.h"
#include "letter/font.h"

enum {
    CAST_WIDTH = FACE_EM / 2,
    CAST_NEARER = FACE_EM / 20, /* "AV", if kerned */
    CAST_FURTHER = FACE_EM / 5, /* "rV", "/V" */
};

/* For a test to set: whether "fi" is one glyph and there is kerning; how much nearer each character is to the last. */
static bool cast_kerned;
static int32_t cast_nearer;

/* For a test to ask: how many words were shaped, how often they were all forgotten. */
static size_t cast_words, cast_trims;

struct shaper {
    struct table words;
    struct arena arena;
};

struct shaper *shaper_new(const struct font *font) {
    assert_null(font);
    return memory_alloc(1, sizeof(struct shaper));
}

void shaper_free(struct shaper *shaper) {
    if (shaper == NULL)
        return;
    table_release(&shaper->words);
    arena_release(&shaper->arena);
    free(shaper);
}

static bool cast_stands(const char *text, size_t length, size_t at, const char *what) {
    return at + strlen(what) <= length && memcmp(text + at, what, strlen(what)) == 0;
}

/* The glyph of the character at *AT, which is moved behind it. False: it is not seen. */
static bool cast_glyph(struct glyph *glyph, const char *text, size_t length, size_t *at) {
    bool seen = !cast_stands(text, length, *at, "\u00AD");
    *glyph = (struct glyph){.cluster = (uint16_t)*at, .advance = CAST_WIDTH};
    if (cast_kerned && cast_stands(text, length, *at, "AV"))
        glyph->advance -= CAST_NEARER;
    else if (cast_kerned && (cast_stands(text, length, *at, "rV") || cast_stands(text, length, *at, "/V")))
        glyph->advance += CAST_FURTHER;
    if (cast_kerned && cast_stands(text, length, *at, "fi"))
        (*at)++;
    text_next(text, length, at);
    if (*at < length)
        glyph->advance -= cast_nearer;
    return seen;
}

static struct word *cast_word(struct arena *arena, const char *text, size_t length, bool right_to_left) {
    struct word *word = ARENA_ARRAY(arena, struct word, 1);
    struct piece *piece = ARENA_ARRAY(arena, struct piece, 1);
    struct glyph *glyphs = ARENA_ARRAY(arena, struct glyph, length);
    *piece = (struct piece){.text = arena_copy(arena, text, length), .length = length, .glyphs = glyphs};
    for (size_t at = 0; at < length;)
        piece->glyphs_count += cast_glyph(&glyphs[piece->glyphs_count], text, length, &at);
    for (size_t i = 0; right_to_left && i < piece->glyphs_count / 2; i++) {
        struct glyph glyph = glyphs[i];
        glyphs[i] = glyphs[piece->glyphs_count - 1 - i];
        glyphs[piece->glyphs_count - 1 - i] = glyph;
    }
    for (size_t i = 0; i < piece->glyphs_count; i++)
        piece->width += glyphs[i].advance;
    *word = (struct word){.pieces = piece, .pieces_count = 1, .width = piece->width};
    cast_words++;
    return word;
}

const struct word *shaper_word(struct shaper *shaper, unsigned style, const char *text, size_t length,
                               bool right_to_left) {
    assert_true(length > 0 && length < UINT16_MAX);
    assert_int_equal(text_valid(text, length), length);
    struct str key = STR_EMPTY;
    str_addf(&key, "%u%d%.*s", style, right_to_left, (int)length, text);
    void **slot = table_slot(&shaper->words, key.bytes, key.length);
    str_release(&key);
    if (*slot == NULL)
        *slot = cast_word(&shaper->arena, text, length, right_to_left);
    return *slot;
}

/* Always forgets everything, so that whatever is kept wrongly is found. */
bool shaper_trim(struct shaper *shaper) {
    table_clear(&shaper->words);
    arena_release(&shaper->arena);
    cast_trims++;
    return true;
}

#endif
