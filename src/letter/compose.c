/*
 * Composing: fragments of text come in, lines of placed words go out, by way of the items of letter/paragraph.
 *
 * The one idea: every fragment is one box or one glue, and the list of items has beside it the list of the fragments
 * that they stand for; a break of the paragraph is thereby a place in the text. What may be set only at a break (a
 * hyphen) is the fragment of a penalty.
 */
#include "letter/compose.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "letter/bidi.h"

enum {
    PENALTY_HYPHEN = 50,  /* the line ends after a hyphen or dash that is there anyway, or at a soft hyphen */
    PENALTY_BOUND = 1000, /* at a no-break space, where what it binds is wider than the line */
    PENALTY_SPLIT = 5000, /* within a word that is wider than the line */
};

struct composer {
    struct item *items;
    size_t items_count, items_room;
    const struct fragment **parts; /* of each item; NULL for most penalties */
    size_t parts_room;
};

struct composer *composer_new(void) {
    return memory_alloc(1, sizeof(struct composer));
}

void composer_free(struct composer *composer) {
    if (composer == NULL)
        return;
    free(composer->items);
    free(composer->parts);
    free(composer);
}

static bool ends_in(const struct fragment *fragment, const char *suffix) {
    size_t length = strlen(suffix);
    return fragment->length >= length && memcmp(fragment->text + fragment->length - length, suffix, length) == 0;
}

/* What the functions below share. */
struct setting {
    struct composer *composer;
    const struct text *text;
    int64_t size_mpt;
    int32_t measure_mpt;
    enum alignment alignment;
    struct arena *scratch, *arena;
};

static int32_t to_mpt(const struct setting *setting, int64_t width) {
    return (int32_t)(width * setting->size_mpt / FACE_EM);
}

static struct item *add_item(struct setting *setting, enum item_kind kind, const struct fragment *part) {
    struct composer *composer = setting->composer;
    memory_grow(&composer->parts, &composer->parts_room, composer->items_count + 1, sizeof(*composer->parts));
    composer->parts[composer->items_count] = part;
    struct item *item = MEMORY_PUSH(composer->items, composer->items_count, composer->items_room);
    *item = (struct item){.kind = kind};
    if (part != NULL)
        item->width_mpt = to_mpt(setting, part->word->width);
    return item;
}

static void add_penalty(struct setting *setting, int32_t penalty) {
    add_item(setting, ITEM_PENALTY, NULL)->penalty = penalty;
}

static void add_hyphen(struct setting *setting, const struct fragment *before) {
    struct fragment *hyphen = ARENA_ARRAY(setting->scratch, struct fragment, 1);
    *hyphen = *before;
    hyphen->kind = FRAGMENT_HYPHEN;
    hyphen->text = "-";
    hyphen->length = 1;
    hyphen->word = shaper_word(setting->text->shaper, before->style, "-", 1, before->level % 2 != 0);
    struct item *item = add_item(setting, ITEM_PENALTY, hyphen);
    item->penalty = PENALTY_HYPHEN;
    item->flagged = true;
}

/* The place behind a word, where a line may end. */
static void add_opportunity(struct setting *setting, const struct fragment *before) {
    if (ends_in(before, "\u00AD")) {
        add_hyphen(setting, before);
        return;
    }
    bool hyphen = ends_in(before, "-") || ends_in(before, "\u2010");
    bool dash = ends_in(before, "\u2013") || ends_in(before, "\u2014");
    add_penalty(setting, hyphen || dash ? PENALTY_HYPHEN : 0);
    setting->composer->items[setting->composer->items_count - 1].flagged = hyphen;
}

/* A space is as wide as the font makes it; justified lines stretch it by up to a half and shrink it by three tenths. */
static void add_space(struct setting *setting, const struct fragment *space, bool may_end) {
    const struct composer *composer = setting->composer;
    bool after_box = composer->items_count > 0 && composer->items[composer->items_count - 1].kind == ITEM_BOX;
    if (!may_end)
        add_penalty(setting, ITEM_PENALTY_NEVER);
    else if (!space->may_end)
        add_penalty(setting, PENALTY_BOUND);
    else if (!after_box)
        add_penalty(setting, 0);
    struct item *item = add_item(setting, ITEM_GLUE, space);
    item->stretch_mpt = item->width_mpt / 2;
    item->shrink_mpt = item->width_mpt * 3 / 10;
}

/* A word that is wider than the line, with an opportunity between all its grapheme clusters. */
static void add_clusters(struct setting *setting, const struct fragment *word) {
    for (size_t at = 0; at < word->length;) {
        size_t end = text_grapheme_end(word->text, word->length, at);
        struct fragment *cluster = ARENA_ARRAY(setting->scratch, struct fragment, 1);
        *cluster = *word;
        cluster->text = word->text + at;
        cluster->length = (uint16_t)(end - at);
        cluster->word =
            shaper_word(setting->text->shaper, word->style, cluster->text, cluster->length, word->level % 2 != 0);
        add_item(setting, ITEM_BOX, cluster);
        at = end;
        if (at < word->length)
            add_penalty(setting, PENALTY_SPLIT);
    }
}

/* Fragments between which no line may end. */
struct group {
    const struct fragment *first;
    size_t count;
};

static bool is_wide(const struct setting *setting, struct group group) {
    int64_t width = 0;
    for (size_t i = 0; i < group.count; i++)
        width += group.first[i].word->width;
    return width * setting->size_mpt / FACE_EM > setting->measure_mpt;
}

/* The words of a group without the spaces. */
static void add_words(struct setting *setting, struct group words) {
    bool wide = is_wide(setting, words);
    for (size_t i = 0; i < words.count; i++) {
        if (wide && i > 0)
            add_penalty(setting, PENALTY_SPLIT);
        if (wide)
            add_clusters(setting, &words.first[i]);
        else
            add_item(setting, ITEM_BOX, &words.first[i]);
    }
}

/* Words and the no-break spaces that bind them; where they are wider than the line, it may end at these spaces. */
static void add_group(struct setting *setting, struct group group) {
    bool wide = group.count > 1 && is_wide(setting, group);
    for (size_t i = 0; i < group.count;) {
        struct group words = {group.first + i, 0};
        while (i < group.count && group.first[i].kind == FRAGMENT_WORD) {
            words.count++;
            i++;
        }
        if (words.count > 0)
            add_words(setting, words);
        if (i < group.count)
            add_space(setting, &group.first[i++], wide);
    }
}

/* Which fragments from I on no break parts, and no newline or space at which a line may end. */
static struct group group_at(const struct text *text, size_t i) {
    struct group group = {&text->fragments[i], 0};
    for (; i < text->fragments_count; i++) {
        const struct fragment *fragment = &text->fragments[i];
        if (fragment->kind == FRAGMENT_NEWLINE || (fragment->kind == FRAGMENT_SPACE && fragment->may_end))
            break;
        group.count++;
        if (fragment->may_end)
            break;
    }
    return group;
}

static void add_items(struct setting *setting) {
    const struct text *text = setting->text;
    setting->composer->items_count = 0;
    for (size_t i = 0; i < text->fragments_count;) {
        const struct fragment *fragment = &text->fragments[i];
        struct group group = group_at(text, i);
        i += group.count > 0 ? group.count : 1;
        if (group.count == 0 && fragment->kind == FRAGMENT_NEWLINE) {
            add_penalty(setting, ITEM_PENALTY_ALWAYS);
        } else if (group.count == 0) {
            add_space(setting, fragment, true);
        } else {
            add_group(setting, group);
            if (group.first[group.count - 1].may_end)
                add_opportunity(setting, &group.first[group.count - 1]);
        }
    }
    add_penalty(setting, ITEM_PENALTY_ALWAYS);
}

/* ---- Lines ---- */

/* A line while it is set: its fragments in logical order. */
struct strip {
    struct fragment *parts;
    struct item *glue; /* of each part: its stretch and shrink; both 0 for a word */
    size_t count;
    bool space_at_end;
};

/* Whether NEXT goes on in the same word as PART, so that both can be shaped as one. */
static bool continues(const struct fragment *part, const struct fragment *next) {
    return part->kind == FRAGMENT_WORD && next->kind == FRAGMENT_WORD && part->text + part->length == next->text &&
           part->style == next->style && part->level == next->level && part->length + next->length <= FRAGMENT_MAX;
}

static void strip_add(struct strip *strip, const struct setting *setting, size_t i) {
    const struct item *item = &setting->composer->items[i];
    const struct fragment *part = setting->composer->parts[i];
    assert(part != NULL); /* only boxes and glue are set, and they stand for a fragment */
    struct fragment *before = strip->count > 0 ? &strip->parts[strip->count - 1] : NULL;
    if (before != NULL && continues(before, part)) {
        before->length = (uint16_t)(before->length + part->length);
        before->word = NULL; /* to be shaped when it is whole */
        return;
    }
    strip->parts[strip->count] = *part;
    strip->glue[strip->count++] = (struct item){.stretch_mpt = item->stretch_mpt, .shrink_mpt = item->shrink_mpt};
}

/* The space that vanishes at the break is set behind the line, so that its last word and the next line's first part. */
static void strip_add_space_at_end(struct strip *strip, const struct setting *setting, size_t position) {
    const struct composer *composer = setting->composer;
    for (; position < composer->items_count && composer->items[position].kind != ITEM_BOX; position++) {
        if (composer->items[position].kind == ITEM_PENALTY && composer->items[position].penalty <= ITEM_PENALTY_ALWAYS)
            return;
        if (composer->items[position].kind == ITEM_GLUE) {
            strip_add(strip, setting, position);
            strip->parts[strip->count - 1].level = 0; /* UAX #9, L1 */
            strip->space_at_end = true;
            return;
        }
    }
}

/* The parts of the line from item FIRST, a box, to the break at POSITION. */
static void strip_gather(struct strip *strip, const struct setting *setting, size_t first, size_t position) {
    const struct composer *composer = setting->composer;
    size_t end = position;
    while (end > first && composer->items[end - 1].kind != ITEM_BOX)
        end--;
    *strip = (struct strip){
        .parts = ARENA_ARRAY(setting->scratch, struct fragment, end - first + 2),
        .glue = ARENA_ARRAY(setting->scratch, struct item, end - first + 2),
    };
    for (size_t i = first; i < end; i++)
        if (composer->items[i].kind != ITEM_PENALTY)
            strip_add(strip, setting, i);
    if (composer->items[position].kind == ITEM_PENALTY && composer->parts[position] != NULL)
        strip_add(strip, setting, position);
    strip_add_space_at_end(strip, setting, position);
    for (size_t i = 0; i < strip->count; i++) {
        struct fragment *part = &strip->parts[i];
        if (part->word == NULL)
            part->word =
                shaper_word(setting->text->shaper, part->style, part->text, part->length, part->level % 2 != 0);
    }
}

/* What is to be shared out between the spaces of a justified line, and in what proportion. */
struct slack {
    int64_t gap_mpt;
    int64_t room_mpt; /* the sum of their stretch or shrink; 0: nothing to share */
};

static struct slack strip_slack(const struct strip *strip, const struct setting *setting, int64_t width, bool last) {
    struct slack slack = {setting->measure_mpt - to_mpt(setting, width), 0};
    if (setting->alignment != ALIGN_JUSTIFY || (last && slack.gap_mpt > 0))
        return (struct slack){0, 0};
    for (size_t i = 0; i + strip->space_at_end < strip->count; i++)
        slack.room_mpt += slack.gap_mpt >= 0 ? strip->glue[i].stretch_mpt : strip->glue[i].shrink_mpt;
    if (-slack.gap_mpt > slack.room_mpt) /* no closer than the spaces allow, even where the line is too long then */
        slack.gap_mpt = -slack.room_mpt;
    return slack;
}

static void strip_place(const struct strip *strip, const struct setting *setting, bool last,
                        struct composed_line *line) {
    int64_t width = 0;
    for (size_t i = 0; i + strip->space_at_end < strip->count; i++)
        width += strip->parts[i].word->width;
    struct slack slack = strip_slack(strip, setting, width, last);

    size_t *order = NULL;
    if (setting->text->mixed) {
        unsigned char *levels = arena_alloc(setting->scratch, strip->count);
        for (size_t i = 0; i < strip->count; i++)
            levels[i] = strip->parts[i].level;
        order = ARENA_ARRAY(setting->scratch, size_t, strip->count);
        bidi_order(levels, strip->count, order);
    }
    struct placed *words = ARENA_ARRAY(setting->arena, struct placed, strip->count);
    int64_t x = 0, shared = 0;
    for (size_t i = 0; i < strip->count; i++) {
        size_t part = order == NULL ? i : order[i];
        int64_t more = slack.room_mpt == 0 ? 0 : slack.gap_mpt * shared / slack.room_mpt;
        words[i] = (struct placed){.word = strip->parts[part].word, .x_mpt = (int32_t)(to_mpt(setting, x) + more)};
        x += strip->parts[part].word->width;
        shared += slack.gap_mpt >= 0 ? strip->glue[part].stretch_mpt : strip->glue[part].shrink_mpt;
    }
    line->words = words;
    line->words_count = strip->count;
    line->width_mpt = (int32_t)(to_mpt(setting, width) + (slack.room_mpt == 0 ? 0 : slack.gap_mpt));
}

size_t compose_lines(struct composer *composer, const struct text *text, int32_t size_mpt, int32_t measure_mpt,
                     struct manner manner, struct arena *scratch, struct arena *arena,
                     const struct composed_line **lines) {
    if (text->fragments_count == 0)
        return 0;
    struct setting setting = {composer, text, size_mpt, measure_mpt, manner.alignment, scratch, arena};
    add_items(&setting);
    const size_t *breaks;
    size_t count =
        paragraph_break(composer->items, composer->items_count, measure_mpt, manner.alignment, scratch, &breaks);

    struct composed_line *set = ARENA_ARRAY(arena, struct composed_line, count);
    size_t first = 0;
    for (size_t i = 0; i < count; i++) {
        const struct item *end = &composer->items[breaks[i]];
        while (first < breaks[i] && composer->items[first].kind != ITEM_BOX)
            first++;
        if (first < breaks[i]) {
            struct strip strip;
            strip_gather(&strip, &setting, first, breaks[i]);
            bool last = end->kind == ITEM_PENALTY && end->penalty <= ITEM_PENALTY_ALWAYS;
            strip_place(&strip, &setting, last, &set[i]);
        }
        first = breaks[i] + 1;
    }
    *lines = set;
    return count;
}
