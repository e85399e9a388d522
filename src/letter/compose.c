/*
 * Composing: fragments of text come in, lines of placed words go out, by way of the items of letter/boxes and the breaks
 * of letter/paragraph.
 *
 * The one idea: a line is set from its fragments anew, with the widths that its words have as they are shaped now, and
 * what it is too short or too long is shared out between its spaces and its glyphs in the proportion that the paragraph
 * was broken by.
 */
#include "letter/compose.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "letter/bidi.h"
#include "letter/paragraph.h"

enum {
    EXPANSION_STEP_PPM = 1000, /* finer is not seen, and equal lines compress better */
    /*
     * Words are measured in parts and set as wholes, and kerning may make a line a little longer than it was thought to
     * be. Where its spaces cannot take that up, the paragraph is broken again with the width that it has.
     */
    OVERRUN_MAX_MPT = 50,
    ROUNDS_MAX = 6,
};

struct composer {
    struct boxes boxes;
};

struct composer *composer_new(void) {
    return memory_alloc(1, sizeof(struct composer));
}

void composer_free(struct composer *composer) {
    if (composer == NULL)
        return;
    boxes_release(&composer->boxes);
    free(composer);
}

/* What the functions below share. */
struct setting {
    const struct boxes *boxes;
    const struct text *text;
    int64_t size_mpt;
    int32_t measure_mpt;
    struct manner manner;
    struct arena *scratch, *arena;
};

static int32_t to_mpt(const struct setting *setting, int64_t width) {
    return (int32_t)(width * setting->size_mpt / FACE_EM);
}

/* ---- A line's parts ---- */

/* A line while it is set: its fragments in logical order. */
struct strip {
    struct fragment *parts;
    struct item *glue; /* of each part: its stretch and shrink; both 0 for a word */
    size_t count;
    bool space_at_end;
    bool hyphen; /* was added to the last part before that space */
};

/* The parts that are seen. */
static size_t strip_seen(const struct strip *strip) {
    return strip->count - strip->space_at_end;
}

static void strip_add(struct strip *strip, const struct setting *setting, size_t i) {
    const struct item *item = &setting->boxes->items[i];
    const struct fragment *part = setting->boxes->parts[i];
    assert(part != NULL); /* only boxes and glue are set, and they stand for a fragment */
    struct fragment *before = strip->count > 0 ? &strip->parts[strip->count - 1] : NULL;
    if (before != NULL && boxes_are_one(before, part)) {
        before->length = (uint16_t)(before->length + part->length);
        before->word = NULL; /* to be shaped when it is whole */
        return;
    }
    strip->parts[strip->count] = *part;
    strip->glue[strip->count++] = part->kind == FRAGMENT_SPACE ? *item : (struct item){.kind = ITEM_BOX};
}

/* A hyphen is shaped with the word before it, in the place of a soft one that the word may end in. */
static void strip_add_hyphen(struct strip *strip, const struct setting *setting, size_t i) {
    const struct fragment *hyphen = setting->boxes->parts[i];
    struct fragment *before = &strip->parts[strip->count - 1];
    strip->hyphen = true;
    if (before->kind != FRAGMENT_WORD || before->style != hyphen->style || before->level != hyphen->level) {
        strip->parts[strip->count] = *hyphen;
        strip->glue[strip->count++] = (struct item){.kind = ITEM_BOX};
        return;
    }
    size_t length = before->length - boxes_soft_hyphen(before);
    char *text = arena_alloc(setting->scratch, length + hyphen->length);
    memcpy(text, before->text, length);
    memcpy(text + length, hyphen->text, hyphen->length);
    before->text = text;
    before->length = (uint16_t)(length + hyphen->length);
    before->word = NULL;
}

/* The space that vanishes at the break is set behind the line: else its last word and the next line's first would be
 * copied out as one. */
static void strip_add_space_at_end(struct strip *strip, const struct setting *setting, size_t position) {
    const struct boxes *boxes = setting->boxes;
    for (; position < boxes->count && boxes->items[position].kind != ITEM_BOX; position++) {
        if (boxes->items[position].kind == ITEM_PENALTY && boxes->items[position].penalty <= ITEM_PENALTY_ALWAYS)
            return;
        if (boxes->items[position].kind == ITEM_GLUE) {
            strip_add(strip, setting, position);
            strip->parts[strip->count - 1].level = 0; /* UAX #9, L1 */
            strip->space_at_end = true;
            return;
        }
    }
}

/* The parts of the line from item FIRST, a box, to the break at POSITION. */
static void strip_gather(struct strip *strip, const struct setting *setting, size_t first, size_t position) {
    const struct boxes *boxes = setting->boxes;
    size_t end = position;
    while (end > first && boxes->items[end - 1].kind != ITEM_BOX)
        end--;
    *strip = (struct strip){
        .parts = ARENA_ARRAY(setting->scratch, struct fragment, end - first + 2),
        .glue = ARENA_ARRAY(setting->scratch, struct item, end - first + 2),
    };
    for (size_t i = first; i < end; i++)
        if (boxes->items[i].kind != ITEM_PENALTY)
            strip_add(strip, setting, i);
    if (boxes->items[position].kind == ITEM_PENALTY && boxes->parts[position] != NULL)
        strip_add_hyphen(strip, setting, position);
    strip_add_space_at_end(strip, setting, position);
    for (size_t i = 0; i < strip->count; i++) {
        struct fragment *part = &strip->parts[i];
        if (part->word == NULL)
            part->word =
                shaper_word(setting->text->shaper, part->style, part->text, part->length, part->level % 2 != 0);
    }
}

/* ---- Its width ---- */

/* How a line is set, all but the order of its words. */
struct fitting {
    int32_t left_mpt, right_mpt;   /* what hangs in the margins */
    int32_t width_mpt, glyphs_mpt; /* as drawn: of all, and of the words alone */
    int32_t expansion_ppm;
    int64_t gap_mpt;  /* is shared out between the spaces, in proportion to their stretch or shrink */
    int64_t room_mpt; /* the sum of that; 0: nothing to share */
    bool stretched;   /* which of the two */
};

/* What the glyphs take of GAP, when they and the spaces share it alike. */
static int32_t expansion_of(const struct fitting *fitting, int64_t gap) {
    int64_t size = gap < 0 ? -gap : gap;
    int64_t glyphs = (int64_t)fitting->glyphs_mpt * COMPOSE_EXPANSION_MAX_PPM / 1000000;
    if (glyphs == 0 || (gap > 0 && fitting->room_mpt == 0 && gap > glyphs)) /* a lone word would not be long enough */
        return 0;
    int64_t all = glyphs + fitting->room_mpt;
    int64_t ppm = size >= all ? COMPOSE_EXPANSION_MAX_PPM : COMPOSE_EXPANSION_MAX_PPM * size / all;
    ppm = (ppm + (fitting->room_mpt > 0 ? EXPANSION_STEP_PPM / 2 : 0)) / EXPANSION_STEP_PPM * EXPANSION_STEP_PPM;
    if (gap < 0 && ppm < COMPOSE_EXPANSION_MAX_PPM && size - fitting->glyphs_mpt * ppm / 1000000 > fitting->room_mpt)
        ppm += EXPANSION_STEP_PPM; /* the spaces cannot take what rounding left over */
    return (int32_t)(gap < 0 ? -ppm : ppm);
}

static int32_t expanded(int32_t width_mpt, int32_t expansion_ppm) {
    return (int32_t)(width_mpt + (int64_t)width_mpt * expansion_ppm / 1000000);
}

static struct fitting strip_fit(const struct strip *strip, const struct setting *setting, bool last) {
    struct fitting fitting = {.left_mpt = 0};
    size_t seen = strip_seen(strip);
    int64_t width = 0, glyphs = 0, stretch = 0, shrink = 0;
    for (size_t i = 0; i < seen; i++) {
        width += strip->parts[i].word->width;
        glyphs += strip->parts[i].kind == FRAGMENT_SPACE ? 0 : strip->parts[i].word->width;
        stretch += strip->glue[i].stretch_mpt;
        shrink += strip->glue[i].shrink_mpt;
    }
    fitting.width_mpt = to_mpt(setting, width);
    fitting.glyphs_mpt = to_mpt(setting, glyphs);
    if (setting->manner.protrude) {
        fitting.left_mpt = to_mpt(setting, boxes_hang_left(&strip->parts[0]));
        fitting.right_mpt = to_mpt(setting, boxes_hang_right(&strip->parts[seen - 1]));
    }
    int64_t gap = setting->measure_mpt + fitting.left_mpt + fitting.right_mpt - fitting.width_mpt;
    if (setting->manner.alignment != ALIGN_JUSTIFY || gap == 0 || (last && gap > 0))
        return fitting;
    fitting.stretched = gap > 0;
    fitting.room_mpt = gap > 0 ? stretch : shrink;
    fitting.expansion_ppm = setting->manner.expand ? expansion_of(&fitting, gap) : 0;
    gap -= expanded(fitting.glyphs_mpt, fitting.expansion_ppm) - fitting.glyphs_mpt;
    if (-gap > shrink)
        gap = -shrink; /* no closer than the spaces allow, even where the line is too long then */
    fitting.gap_mpt = fitting.room_mpt == 0 ? 0 : gap;
    return fitting;
}

static int32_t fitted_width(const struct fitting *fitting) {
    int32_t expansion = expanded(fitting->glyphs_mpt, fitting->expansion_ppm) - fitting->glyphs_mpt;
    return (int32_t)(fitting->width_mpt + expansion + fitting->gap_mpt);
}

/* By how much the line is too long. */
static int32_t overrun_of(const struct setting *setting, const struct fitting *fitting) {
    int32_t overrun = fitted_width(fitting) - fitting->left_mpt - fitting->right_mpt - setting->measure_mpt;
    return overrun > OVERRUN_MAX_MPT ? overrun : 0;
}

/* ---- Its words ---- */

static size_t *visual_order(const struct strip *strip, const struct setting *setting) {
    if (!setting->text->mixed)
        return NULL;
    unsigned char *levels = arena_alloc(setting->scratch, strip->count);
    for (size_t i = 0; i < strip->count; i++)
        levels[i] = strip->parts[i].level;
    size_t *order = ARENA_ARRAY(setting->scratch, size_t, strip->count);
    bidi_order(levels, strip->count, order);
    return order;
}

static void strip_place(const struct strip *strip, const struct setting *setting, const struct fitting *fitting,
                        struct composed_line *line) {
    const size_t *order = visual_order(strip, setting);
    struct placed *words = ARENA_ARRAY(setting->arena, struct placed, strip->count);
    int64_t x = 0, glyphs = 0, shared = 0;
    for (size_t i = 0; i < strip->count; i++) {
        size_t at = order == NULL ? i : order[i];
        const struct fragment *part = &strip->parts[at];
        int64_t more = fitting->room_mpt == 0 ? 0 : fitting->gap_mpt * shared / fitting->room_mpt;
        int32_t drawn = to_mpt(setting, glyphs);
        more += expanded(drawn, fitting->expansion_ppm) - drawn;
        words[i] = (struct placed){.word = part->word, .x_mpt = (int32_t)(to_mpt(setting, x) + more)};
        if (strip->hyphen && at == strip_seen(strip) - 1)
            words[i].added_length = 1;
        x += part->word->width;
        glyphs += part->kind == FRAGMENT_SPACE ? 0 : part->word->width;
        shared += fitting->stretched ? strip->glue[at].stretch_mpt : strip->glue[at].shrink_mpt;
    }
    line->words = words;
    line->words_count = strip->count;
    line->x_mpt = -fitting->left_mpt;
    line->width_mpt = fitted_width(fitting);
    line->expansion_ppm = fitting->expansion_ppm;
}

/* ---- The paragraph ---- */

/* One way to break it. */
struct breaking {
    const size_t *breaks;
    size_t count;
    struct composed_line *lines;
    size_t widened; /* how many boxes had to be made wider, since their lines were too long */
};

/* The word that the line is the first to part, of those from *NEXT on, or that is too long for it and has one cluster. */
static const char *overfull_word(const struct setting *setting, size_t position, bool overrun, size_t *next) {
    const struct boxes *boxes = setting->boxes;
    const struct wide_word *wide = NULL;
    for (; *next < boxes->wide_count && boxes->wide[*next].first < position; (*next)++)
        if (position < boxes->wide[*next].end || overrun)
            wide = &boxes->wide[*next];
    if (wide == NULL)
        return NULL;
    size_t length = 0;
    for (size_t i = 0; i < wide->fragments.count; i++)
        length += wide->fragments.first[i].length;
    char *text = arena_alloc(setting->arena, length + 1);
    length = 0;
    for (size_t i = 0; i < wide->fragments.count; i++) {
        memcpy(text + length, wide->fragments.first[i].text, wide->fragments.first[i].length);
        length += wide->fragments.first[i].length;
    }
    return text;
}

/* The last box before POSITION. */
static size_t last_box(const struct setting *setting, size_t position) {
    while (setting->boxes->items[position].kind != ITEM_BOX)
        position--;
    return position;
}

/* Sets all lines; a line that is too long makes its last box so much wider, and is better broken again. */
static void set_lines(const struct setting *setting, struct item *items, struct breaking *breaking) {
    breaking->lines = ARENA_ARRAY(setting->arena, struct composed_line, breaking->count);
    breaking->widened = 0;
    size_t first = 0, wide = 0;
    for (size_t i = 0; i < breaking->count; i++) {
        size_t position = breaking->breaks[i];
        const struct item *end = &items[position];
        while (first < position && items[first].kind != ITEM_BOX)
            first++;
        if (first < position) {
            bool last = end->kind == ITEM_PENALTY && end->penalty <= ITEM_PENALTY_ALWAYS;
            struct strip strip;
            strip_gather(&strip, setting, first, position);
            struct fitting fitting = strip_fit(&strip, setting, last);
            strip_place(&strip, setting, &fitting, &breaking->lines[i]);
            int32_t overrun = overrun_of(setting, &fitting);
            size_t box = last_box(setting, position);
            if (overrun > 0 && box > first) {
                items[box].width_mpt += overrun;
                breaking->widened++;
            }
            breaking->lines[i].overfull = overfull_word(setting, position, overrun > 0, &wide);
        }
        first = position + 1;
    }
}

size_t compose_lines(struct composer *composer, const struct text *text, int32_t size_mpt, int32_t measure_mpt,
                     struct manner manner, struct arena *scratch, struct arena *arena,
                     const struct composed_line **lines) {
    if (text->fragments_count == 0)
        return 0;
    struct boxes *boxes = &composer->boxes;
    struct setting setting = {boxes, text, size_mpt, measure_mpt, manner, scratch, arena};
    boxes_fill(boxes, text, size_mpt, measure_mpt, manner, scratch);
    struct breaking breaking = {.widened = 1};
    for (int round = 0; round < ROUNDS_MAX && breaking.widened > 0; round++) {
        breaking.count =
            paragraph_break(boxes->items, boxes->count, measure_mpt, manner.alignment, scratch, &breaking.breaks);
        set_lines(&setting, boxes->items, &breaking);
    }
    *lines = breaking.lines;
    return breaking.count;
}
