/*
 * Setting blocks: text comes in, lines go out. The one idea: a paragraph without a value is the same in every letter,
 * so it is composed once, and its words are remembered in a shaper of their own that forgets nothing; a letter costs
 * what is its own.
 */
#include "letter/setter.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/table.h"

struct setter {
    const struct hyphenation *hyphenation; /* of the letter at hand */
    struct fragment_list fragments;
    struct composer *composer;
    struct shaper *shaper;      /* for what is this letter's own; trimmed between letters */
    struct shaper *kept_shaper; /* for what is the same in every letter; no more than a model can hold */
    struct table kept;          /* struct lines * by struct kept_key */
    struct arena kept_arena;
    struct arena arena;
};

/* All that its lines depend on. Each member is as wide as a pointer, so that no byte of the key is padding. */
struct kept_key {
    const struct block *block;
    const struct hyphenation *hyphenation;
    intptr_t size_mpt, measure_mpt;
    uintptr_t manner;
};

static uintptr_t manner_number(struct manner manner) {
    return (uintptr_t)manner.alignment << 3 | (uintptr_t)manner.hyphenate << 2 | (uintptr_t)manner.protrude << 1 |
           (uintptr_t)manner.expand;
}

struct setter *setter_new(const struct font *font) {
    struct setter *setter = memory_alloc(1, sizeof *setter);
    setter->composer = composer_new();
    setter->shaper = shaper_new(font);
    setter->kept_shaper = shaper_new(font);
    return setter;
}

void setter_free(struct setter *setter) {
    if (setter == NULL)
        return;
    free(setter->fragments.items);
    composer_free(setter->composer);
    shaper_free(setter->shaper);
    shaper_free(setter->kept_shaper);
    table_release(&setter->kept);
    arena_release(&setter->kept_arena);
    arena_release(&setter->arena);
    free(setter);
}

void setter_begin(struct setter *setter, const struct hyphenation *hyphenation) {
    setter->hyphenation = hyphenation;
    arena_clear(&setter->arena);
    shaper_trim(setter->shaper);
}

struct arena *setter_arena(struct setter *setter) {
    return &setter->arena;
}

void setter_text(struct setter *setter, const struct run *runs, size_t runs_count, struct text *text) {
    fragment_runs(&setter->fragments, setter->shaper, runs, runs_count, setter->hyphenation, &setter->arena, text);
}

struct lines setter_lines(struct setter *setter, const struct text *text, struct type type, int32_t measure_mpt,
                          struct manner manner) {
    struct lines lines = {NULL, 0};
    lines.count = compose_lines(setter->composer, text, type.size_mpt, measure_mpt, manner, &setter->arena,
                                &setter->arena, &lines.items);
    return lines;
}

struct lines setter_lines_kept(struct setter *setter, const struct letter_block *block, struct type type,
                               int32_t measure_mpt, struct manner manner) {
    struct kept_key key = {block->fixed, setter->hyphenation, type.size_mpt, measure_mpt, manner_number(manner)};
    struct lines *lines = table_find(&setter->kept, &key, sizeof key);
    if (lines == NULL) {
        struct text text;
        fragment_runs(&setter->fragments, setter->kept_shaper, block->runs, block->runs_count, setter->hyphenation,
                      &setter->arena, &text);
        lines = ARENA_ARRAY(&setter->kept_arena, struct lines, 1);
        lines->count = compose_lines(setter->composer, &text, type.size_mpt, measure_mpt, manner, &setter->arena,
                                     &setter->kept_arena, &lines->items);
        *table_slot(&setter->kept, &key, sizeof key) = lines;
    }
    return *lines;
}

const struct word *setter_word(struct setter *setter, const char *word) {
    return shaper_word(setter->shaper, 0, word, strlen(word), false);
}
