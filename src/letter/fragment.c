/*
 * Fragments: runs of text come in, the words and spaces between which a line may end go out, shaped.
 *
 * The one idea: the runs are joined first, since a word, a line break or a change of direction knows nothing of where
 * a style begins; then each fragment is as long as no break, space, style or level ends it. A word that may be
 * hyphenated is shaped whole, too, since the parts do not tell how wide a line of it is.
 */
#include "letter/fragment.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "letter/bidi.h"

/* The text of a block in one string, with what is known of each byte, and where the style changes. */
struct source {
    const char *text;
    size_t length;
    const char *breaks;
    bool hyphenated;
    const unsigned char *levels; /* NULL: all are 0 */
    const struct run *runs;
    size_t runs_count;
    size_t run;     /* the one that is being read */
    size_t run_end; /* where it, and all of the same style behind it, end */
};

static void source_join(struct source *source, struct arena *arena) {
    size_t length = 0;
    for (size_t i = 0; i < source->runs_count; i++)
        length += source->runs[i].length;
    source->length = length;
    if (source->runs_count == 1) {
        source->text = source->runs[0].text;
        return;
    }
    char *text = arena_alloc(arena, length + 1);
    length = 0;
    for (size_t i = 0; i < source->runs_count; i++) {
        memcpy(text + length, source->runs[i].text, source->runs[i].length);
        length += source->runs[i].length;
    }
    source->text = text;
}

static const unsigned char *source_levels(const struct source *source, struct arena *arena) {
    struct bidi_range *values = ARENA_ARRAY(arena, struct bidi_range, source->runs_count);
    size_t values_count = 0, at = 0;
    for (size_t i = 0; i < source->runs_count; i++) {
        if (source->runs[i].value)
            values[values_count++] = (struct bidi_range){at, at + source->runs[i].length};
        at += source->runs[i].length;
    }
    unsigned char *levels = arena_alloc(arena, source->length);
    bidi_levels(source->text, source->length, values, values_count, arena, levels);
    return levels;
}

/* Moves to the run that byte AT is in, and returns its style. */
static unsigned source_style(struct source *source, size_t at) {
    while (source->run_end <= at)
        source->run_end += source->runs[++source->run].length;
    while (source->run + 1 < source->runs_count &&
           source->runs[source->run + 1].style == source->runs[source->run].style)
        source->run_end += source->runs[++source->run].length;
    return source->runs[source->run].style;
}

static unsigned char source_level(const struct source *source, size_t at) {
    return source->levels == NULL ? 0 : source->levels[at];
}

static bool source_may_break(const struct source *source, size_t at) {
    return at < source->length && source->breaks[at] == TEXT_BREAK_ALLOWED;
}

enum matter { MATTER_WORD, MATTER_SPACE, MATTER_BOUND /* a no-break space */, MATTER_CONTROL };

/* What character begins at byte AT, and its length. Told by the bytes, since this is asked of each of them. */
static enum matter matter_at(const struct source *source, size_t at, size_t *size) {
    const unsigned char *byte = (const unsigned char *)source->text + at;
    *size = byte[0] < 0xC0 ? 1 : byte[0] < 0xE0 ? 2 : byte[0] < 0xF0 ? 3 : 4;
    if (byte[0] < 0x80)
        return byte[0] > ' ' && byte[0] != 0x7F    ? MATTER_WORD
               : byte[0] == ' ' || byte[0] == '\t' ? MATTER_SPACE
                                                   : MATTER_CONTROL;
    if (byte[0] == 0xC2 && byte[1] <= 0xA0) /* U+0080 to U+009F; U+00A0 */
        return byte[1] == 0xA0 ? MATTER_BOUND : MATTER_CONTROL;
    if (byte[0] == 0xE2 && byte[1] == 0x80) { /* U+2028, U+2029; U+202F */
        if (byte[2] == 0xA8 || byte[2] == 0xA9)
            return MATTER_CONTROL;
        return byte[2] == 0xAF ? MATTER_BOUND : MATTER_WORD;
    }
    return MATTER_WORD;
}

/* Whether the control character at AT ends a line (UAX #14, LB4 and LB5: BK, CR, LF and NL; CR LF is one end). */
static bool ends_line(const struct source *source, size_t at) {
    unsigned char byte = (unsigned char)source->text[at];
    if (byte == '\r')
        return at + 1 == source->length || source->text[at + 1] != '\n';
    if (byte == 0xC2)
        return (unsigned char)source->text[at + 1] == 0x85;
    return byte == '\n' || byte == '\v' || byte == '\f' || byte == 0xE2;
}

/* Where the fragment ends that begins at AT with MATTER. */
static size_t fragment_end(const struct source *source, size_t at, enum matter matter) {
    unsigned char level = source_level(source, at);
    size_t end = at, size = 0;
    while (end < source->run_end && end - at < FRAGMENT_MAX && matter_at(source, end, &size) == matter &&
           source_level(source, end) == level && (end == at || !source_may_break(source, end)))
        end += size;
    return end;
}

static bool source_may_hyphenate(const struct source *source, size_t at) {
    return at < source->length && source->breaks[at] == TEXT_BREAK_HYPHEN;
}

/*
 * Cuts the last fragment, a word that begins at byte START of the text, where it may be hyphenated. That may also be at
 * its end, where the style changes within the word.
 */
static void hyphenate(struct fragment_list *list, struct shaper *shaper, const struct source *source, size_t start) {
    const struct fragment whole = list->items[--list->count];
    size_t end = start + whole.length;
    for (size_t at = start, to = start; at < end; at = to) {
        do
            to++;
        while (to < end && !source_may_hyphenate(source, to));
        struct fragment *part = MEMORY_PUSH(list->items, list->count, list->room);
        *part = whole;
        part->text += at - start;
        part->length = (uint16_t)(to - at);
        part->may_end = to == end && whole.may_end;
        part->may_hyphenate = source_may_hyphenate(source, to);
        if (part->length < whole.length)
            part->word = shaper_word(shaper, whole.style, part->text, part->length, false);
    }
}

/* Adds the word or space that begins at *AT. Returns its width. */
static int32_t add_fragment(struct fragment_list *list, struct shaper *shaper, struct source *source,
                            enum matter matter, size_t *at) {
    unsigned style = source_style(source, *at);
    size_t end = fragment_end(source, *at, matter);
    struct fragment *fragment = MEMORY_PUSH(list->items, list->count, list->room);
    *fragment = (struct fragment){
        .text = source->text + *at,
        .length = (uint16_t)(end - *at),
        .kind = matter == MATTER_WORD ? FRAGMENT_WORD : FRAGMENT_SPACE,
        .style = (unsigned char)style,
        .level = source_level(source, *at),
        .may_end = matter != MATTER_BOUND && source_may_break(source, end),
    };
    if (*fragment->text == '\t') { /* a tab has no glyph */
        fragment->text = " ";
        fragment->length = 1;
    }
    fragment->word = shaper_word(shaper, style, fragment->text, fragment->length, fragment->level % 2 != 0);
    int32_t width = fragment->word->width;
    if (source->hyphenated && matter == MATTER_WORD && fragment->level % 2 == 0)
        hyphenate(list, shaper, source, *at);
    *at = end;
    return width;
}

static void add_newline(struct fragment_list *list) {
    struct fragment *fragment = MEMORY_PUSH(list->items, list->count, list->room);
    *fragment = (struct fragment){.kind = FRAGMENT_NEWLINE};
}

void fragment_runs(struct fragment_list *list, struct shaper *shaper, const struct run *runs, size_t runs_count,
                   const struct hyphenation *hyphenation, struct arena *arena, struct text *text) {
    *text = (struct text){.shaper = shaper};
    list->count = 0;
    struct source source = {.runs = runs, .runs_count = runs_count};
    if (runs_count == 0)
        return;
    source_join(&source, arena);
    if (source.length == 0)
        return;
    char *breaks = arena_alloc(arena, source.length);
    text_line_breaks(source.text, source.length, breaks);
    source.breaks = breaks;
    source.hyphenated = hyphenation != NULL;
    if (source.hyphenated)
        syllables_mark(&list->syllables, hyphenation, source.text, source.length, runs, runs_count, breaks);
    text->mixed = bidi_needed(source.text, source.length);
    if (text->mixed)
        source.levels = source_levels(&source, arena);
    source.run_end = runs[0].length;

    int64_t width = 0;
    for (size_t at = 0; at < source.length;) {
        size_t size = 0;
        enum matter matter = matter_at(&source, at, &size);
        if (matter != MATTER_CONTROL) {
            width += add_fragment(list, shaper, &source, matter, &at);
            text->widest = width > text->widest ? width : text->widest;
            continue;
        }
        bool newline = ends_line(&source, at);
        at += size;
        if (newline && at < source.length) {
            add_newline(list);
            width = 0;
        }
    }
    struct fragment *fragments = ARENA_ARRAY(arena, struct fragment, list->count);
    if (list->count > 0)
        memcpy(fragments, list->items, list->count * sizeof *fragments);
    text->fragments = fragments;
    text->fragments_count = list->count;
}
