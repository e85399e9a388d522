/*
 * The shaper: words come in, placed glyphs go out, and are remembered: a letter has some seven hundred words, nearly
 * all of which its neighbours have too, and a look-up costs a hundredth of shaping.
 *
 * A word is cut where its face or script changes, each piece is shaped by itself, and the pieces stand in visual order.
 */
#include "letter/font.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "letter/cluster.h"
#include "letter/model.h"

enum {
    SHAPER_WORDS_MAX = 20000,
    SHAPER_BYTES_MAX = 8 * 1024 * 1024,
    SHAPER_SLOTS_MIN = 1024, /* a power of two */
    SCRIPT_LATIN = 0x4C61746E,
};

struct remembered {
    struct word word;
    const char *text;
    size_t length;
    unsigned manner; /* style and direction */
};

struct slot {
    uint64_t hash;
    struct remembered *remembered; /* NULL: empty */
};

struct shaper {
    const struct font *font;
    struct face_scratch *scratch;
    struct slot *slots; /* open addressing, at most half full */
    size_t slots_count;
    size_t count;
    size_t bytes; /* roughly, that the words take */
    struct arena arena;
};

/* Text in one face and script. */
struct item {
    size_t start, end;
    int face;        /* -1: nothing to see, such as a lone joiner */
    uint32_t script; /* FACE_SCRIPT_COMMON until a letter says better */
};

struct items {
    struct item *items;
    size_t count;
    size_t room;
};

struct shaper *shaper_new(const struct font *font) {
    struct shaper *shaper = memory_alloc(1, sizeof *shaper);
    shaper->font = font;
    shaper->scratch = face_scratch_new();
    shaper->slots_count = SHAPER_SLOTS_MIN;
    shaper->slots = memory_alloc(shaper->slots_count, sizeof *shaper->slots);
    return shaper;
}

void shaper_free(struct shaper *shaper) {
    if (shaper == NULL)
        return;
    face_scratch_free(shaper->scratch);
    free(shaper->slots);
    arena_release(&shaper->arena);
    free(shaper);
}

static bool is_real_script(uint32_t script) {
    return script != FACE_SCRIPT_COMMON && script != FACE_SCRIPT_INHERITED;
}

/* Adds a stretch of text, to the last item where it can be shaped together with it. */
static void items_add(struct items *items, size_t start, size_t end, int face, uint32_t script) {
    struct item *last = items->count == 0 ? NULL : &items->items[items->count - 1];
    bool same = last != NULL && (face < 0 || last->face < 0 || last->face == face) &&
                (!is_real_script(script) || !is_real_script(last->script) || script == last->script);
    if (!same || end - last->start > FACE_TEXT_MAX) {
        last = MEMORY_PUSH(items->items, items->count, items->room);
        *last = (struct item){start, start, face, FACE_SCRIPT_COMMON};
    }
    last->end = end;
    if (last->face < 0)
        last->face = face;
    if (!is_real_script(last->script) && is_real_script(script))
        last->script = script;
}

/* A cluster of which no face has all: character by character, what is invisible going with what it follows. */
static void items_add_apart(struct items *items, const struct font *font, unsigned style, const char *text,
                            const struct cluster *cluster) {
    for (size_t at = cluster->start, start = at; at < cluster->end; start = at) {
        uint32_t codepoint = text_next(text, cluster->end, &at);
        struct cluster one = {.codepoints = {codepoint}, .count = 1, .start = start, .end = at};
        bool glyphless = cluster_needs_no_glyph(codepoint);
        int face = glyphless ? -1 : font_face_of(font, style, &one);
        assert(glyphless || face >= 0); /* else it was never shown to font_use */
        items_add(items, start, at, face, face_script(codepoint));
    }
}

static void itemise(struct items *items, const struct font *font, unsigned style, const char *text, size_t length) {
    struct cluster cluster = {.count = 0};
    for (size_t at = 0; at < length; at = cluster.end) {
        cluster_read(&cluster, text, length, at);
        int face = cluster.count == 0 ? -1 : font_face_of(font, style, &cluster);
        if (face < 0 && cluster.count > 0)
            items_add_apart(items, font, style, text, &cluster);
        else
            items_add(items, cluster.start, cluster.end, face,
                      cluster.count == 0 ? FACE_SCRIPT_INHERITED : face_script(cluster.codepoints[0]));
    }
}

/* Sums saturate: a text of any length in one word must not wrap, and is far too wide for a line anyway. */
static int32_t add_width(int32_t width, int32_t more) {
    int64_t sum = (int64_t)width + more;
    return sum > WORD_WIDTH_MAX ? WORD_WIDTH_MAX : (int32_t)sum;
}

static void shape_piece(struct shaper *shaper, struct piece *piece, const struct item *item, const char *text,
                        bool right_to_left) {
    piece->face = item->face < 0 ? 0 : (unsigned)item->face;
    piece->text = text + item->start;
    piece->length = item->end - item->start;
    piece->faithful = true;
    if (item->face < 0)
        return; /* without a glyph there is nothing to see or to copy out */
    uint32_t script = is_real_script(item->script) || right_to_left ? item->script : SCRIPT_LATIN;
    piece->glyphs_count =
        face_shape(font_shaping_face(shaper->font, piece->face), shaper->scratch, piece->text, piece->length, script,
                   right_to_left, &shaper->arena, &piece->glyphs, &piece->faithful);
    for (size_t i = 0; i < piece->glyphs_count; i++)
        piece->width = add_width(piece->width, piece->glyphs[i].advance);
    shaper->bytes += piece->glyphs_count * sizeof *piece->glyphs + sizeof *piece;
}

/* A line break or tab that got into a word is printed as a space: no font has a glyph for it. */
static const char *without_breaks(struct arena *arena, const char *text, size_t length) {
    char *copy = NULL;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\n' && text[i] != '\r' && text[i] != '\t')
            continue;
        if (copy == NULL)
            copy = arena_copy(arena, text, length);
        copy[i] = ' ';
    }
    return copy == NULL ? text : copy;
}

static struct remembered *shape_word(struct shaper *shaper, unsigned style, const char *text, size_t length,
                                     bool right_to_left) {
    struct remembered *made = arena_alloc(&shaper->arena, sizeof *made);
    made->text = arena_copy(&shaper->arena, text, length);
    made->length = length;
    const char *visible = without_breaks(&shaper->arena, made->text, length);
    struct items items = {0};
    itemise(&items, shaper->font, style, visible, length);

    struct piece *pieces = ARENA_ARRAY(&shaper->arena, struct piece, items.count);
    for (size_t i = 0; i < items.count; i++) {
        struct piece *piece = &pieces[right_to_left ? items.count - 1 - i : i];
        shape_piece(shaper, piece, &items.items[i], visible, right_to_left);
        made->word.width = add_width(made->word.width, piece->width);
    }
    made->word.pieces = pieces;
    made->word.pieces_count = items.count;
    shaper->bytes += sizeof *made + length;
    free(items.items);
    return made;
}

/* Eight bytes at a time, as most words are no longer. Never printed or stored, so the machine's byte order may show. */
static uint64_t hash_of(unsigned manner, const char *text, size_t length) {
    const uint64_t odd = 0x9E3779B97F4A7C15u;
    uint64_t hash = (length << 8 | manner) * odd, word;
    for (; length > sizeof word; text += sizeof word, length -= sizeof word) {
        memcpy(&word, text, sizeof word);
        hash = (hash ^ word) * odd;
        hash ^= hash >> 32;
    }
    word = 0;
    for (size_t i = 0; i < length; i++)
        word = word << 8 | (unsigned char)text[i];
    hash = (hash ^ word) * odd;
    return hash ^ hash >> 32;
}

/* The slot that holds the word, or the empty one where it belongs. */
static struct slot *slot_of(const struct shaper *shaper, uint64_t hash, unsigned manner, const char *text,
                            size_t length) {
    size_t mask = shaper->slots_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct slot *slot = &shaper->slots[i];
        const struct remembered *found = slot->remembered;
        if (found == NULL || (slot->hash == hash && found->manner == manner && found->length == length &&
                              memcmp(found->text, text, length) == 0))
            return slot;
    }
}

static void shaper_grow(struct shaper *shaper) {
    struct slot *old = shaper->slots;
    size_t old_count = shaper->slots_count, mask = old_count * 2 - 1;
    shaper->slots_count *= 2;
    shaper->slots = memory_alloc(shaper->slots_count, sizeof *shaper->slots);
    for (size_t i = 0; i < old_count; i++) {
        if (old[i].remembered == NULL)
            continue;
        size_t at = old[i].hash & mask;
        while (shaper->slots[at].remembered != NULL)
            at = (at + 1) & mask;
        shaper->slots[at] = old[i];
    }
    free(old);
}

const struct word *shaper_word(struct shaper *shaper, unsigned style, const char *text, size_t length,
                               bool right_to_left) {
    assert(style < STYLES_COUNT);
    unsigned manner = style << 1 | right_to_left;
    uint64_t hash = hash_of(manner, text, length);
    struct slot *slot = slot_of(shaper, hash, manner, text, length);
    if (slot->remembered != NULL)
        return &slot->remembered->word;

    struct remembered *made = shape_word(shaper, style, text, length, right_to_left);
    made->manner = manner;
    *slot = (struct slot){hash, made};
    if (++shaper->count * 2 > shaper->slots_count)
        shaper_grow(shaper);
    return &made->word;
}

bool shaper_trim(struct shaper *shaper) {
    if (shaper->count <= SHAPER_WORDS_MAX && shaper->bytes <= SHAPER_BYTES_MAX)
        return false;
    memset(shaper->slots, 0, shaper->slots_count * sizeof *shaper->slots);
    arena_clear(&shaper->arena);
    shaper->count = 0;
    shaper->bytes = 0;
    return true;
}
