/*
 * Boxes: fragments of text come in, boxes, glue and penalties go out.
 *
 * The one idea: every fragment is one box or one glue, and the list of items has beside it the list of the fragments
 * that they stand for; a break of the paragraph is thereby a place in the text. What may be set only at a break (a
 * hyphen) is the fragment of a penalty.
 */
#include "letter/boxes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "letter/model.h"

/* An added hyphen costs enough that there are as few as Typst has: TeX comes to as few by a first pass without any. */
enum {
    PENALTY_DASH = 50,     /* the line ends after a hyphen or dash that is there anyway */
    PENALTY_HYPHEN = 150,  /* at a hyphen that is added */
    PENALTY_BOUND = 1000,  /* at a no-break space, where what it binds is wider than the line */
    PENALTY_SPLIT = 5000,  /* within a word that is wider than the line */
    ITEMS_OF_FRAGMENT = 2, /* at most: itself, and the penalty before or behind it */
};

#define SOFT_HYPHEN "\u00AD"

/* What the functions below share. */
struct filling {
    struct boxes *boxes;
    const struct text *text;
    int64_t size_mpt;
    int32_t measure_mpt;
    struct manner manner;
    bool expand;
    const struct fragment *hyphens[STYLES_COUNT][2]; /* of each style and direction, once it is asked for */
    struct arena *scratch;
};

void boxes_release(struct boxes *boxes) {
    free(boxes->items);
    free(boxes->parts);
    free(boxes->wide);
    *boxes = (struct boxes){.items = NULL};
}

static bool ends_in(const struct fragment *fragment, const char *suffix) {
    size_t length = strlen(suffix);
    return fragment->length >= length && memcmp(fragment->text + fragment->length - length, suffix, length) == 0;
}

bool boxes_are_one(const struct fragment *part, const struct fragment *next) {
    return part->kind == FRAGMENT_WORD && next->kind == FRAGMENT_WORD && part->text + part->length == next->text &&
           part->style == next->style && part->level == next->level && part->length + next->length <= FRAGMENT_MAX;
}

size_t boxes_soft_hyphen(const struct fragment *part) {
    return ends_in(part, SOFT_HYPHEN) ? strlen(SOFT_HYPHEN) : 0;
}

/* ---- Margins ---- */

/* Which part of its width a character may hang into the margin, in thousandths: thin ones leave a hole in the edge. */
static int64_t hanging_part(uint32_t character) {
    switch (character) {
    case '-':
    case ',':
    case '.':
    case 0x2010: /* hyphen */
    case 0x2011: /* no-break hyphen */
        return 600;
    case ';':
    case ':':
        return 300;
    case '\'':
    case '"':
    case 0xAB: /* « » */
    case 0xBB:
    case 0x2039: /* ‹ › */
    case 0x203A:
        return 500;
    default:
        return character >= 0x2018 && character <= 0x201F ? 500 : 0; /* ‘ ’ ‚ ‛ “ ” „ ‟ */
    }
}

static bool is_letter_or_digit(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

/* What hangs out of the character at AT, if GLYPH shows it and nothing else: not where it is part of a ligature. */
static int32_t hang_of(const struct fragment *part, size_t at, const struct piece *piece, const struct glyph *glyph) {
    if (at != glyph->cluster + (size_t)(piece->text - part->word->pieces[0].text))
        return 0;
    int64_t width = glyph->advance * hanging_part(text_next(part->text, part->length, &at)) / 1000;
    return width < 0 ? 0 : (int32_t)width;
}

/* At level 0 what is first in the text is first on paper; the ends of other words may be anywhere. */
int32_t boxes_hang_left(const struct fragment *part) {
    if (part->kind != FRAGMENT_WORD || part->level != 0 || is_letter_or_digit(part->text[0]))
        return 0;
    const struct piece *piece = part->word->pieces_count == 0 ? NULL : &part->word->pieces[0];
    return piece == NULL || piece->glyphs_count == 0 ? 0 : hang_of(part, 0, piece, &piece->glyphs[0]);
}

int32_t boxes_hang_right(const struct fragment *part) {
    if (part->kind == FRAGMENT_SPACE || part->level != 0 || is_letter_or_digit(part->text[part->length - 1]))
        return 0;
    size_t count = part->word->pieces_count, at = part->length - 1u;
    const struct piece *piece = count == 0 ? NULL : &part->word->pieces[count - 1];
    while (at > 0 && ((unsigned char)part->text[at] & 0xC0) == 0x80)
        at--;
    return piece == NULL || piece->glyphs_count == 0
               ? 0
               : hang_of(part, at, piece, &piece->glyphs[piece->glyphs_count - 1]);
}

/* ---- Items ---- */

static int32_t to_mpt(const struct filling *filling, int64_t width) {
    return (int32_t)(width * filling->size_mpt / FACE_EM);
}

/* Makes room for COUNT more items. */
static void reserve(struct boxes *boxes, size_t count) {
    memory_grow(&boxes->items, &boxes->room, boxes->count + count, sizeof *boxes->items);
    memory_grow(&boxes->parts, &boxes->parts_room, boxes->count + count, sizeof(*boxes->parts));
}

static struct item *add_item(struct filling *filling, enum item_kind kind, const struct fragment *part) {
    struct boxes *boxes = filling->boxes;
    assert(boxes->count < boxes->room && boxes->count < boxes->parts_room);
    boxes->parts[boxes->count] = part;
    struct item *item = &boxes->items[boxes->count++];
    *item = (struct item){.kind = kind};
    return item;
}

static struct item *add_penalty(struct filling *filling, int32_t penalty) {
    struct item *item = add_item(filling, ITEM_PENALTY, NULL);
    item->penalty = penalty;
    return item;
}

static int32_t hang_within(const struct filling *filling, int32_t hang, const struct item *item) {
    int32_t hang_mpt = to_mpt(filling, hang);
    return hang_mpt < item->width_mpt ? hang_mpt : item->width_mpt;
}

/* KERN is what the word that PART belongs to is wider as a whole than its parts; most often it is negative. */
static void add_box(struct filling *filling, const struct fragment *part, int64_t kern) {
    struct item *item = add_item(filling, ITEM_BOX, part);
    int64_t width = part->word->width + kern;
    item->width_mpt = to_mpt(filling, width > 0 ? width : 0);
    if (filling->expand) {
        item->stretch_mpt = (int32_t)((int64_t)item->width_mpt * COMPOSE_EXPANSION_MAX_PPM / 1000000);
        item->shrink_mpt = item->stretch_mpt;
    }
    if (filling->manner.protrude) {
        item->left_mpt = hang_within(filling, boxes_hang_left(part), item);
        item->right_mpt = hang_within(filling, boxes_hang_right(part), item);
    }
}

/* The hyphen that is set where a line ends in a word of the style and direction of BEFORE. */
static const struct fragment *hyphen_for(struct filling *filling, const struct fragment *before) {
    bool right_to_left = before->level % 2 != 0;
    const struct fragment **kept = &filling->hyphens[before->style][right_to_left];
    if (*kept != NULL && (*kept)->level == before->level)
        return *kept;
    struct fragment *hyphen = ARENA_ARRAY(filling->scratch, struct fragment, 1);
    *hyphen = (struct fragment){
        .text = "-", .length = 1, .kind = FRAGMENT_HYPHEN, .style = before->style, .level = before->level};
    hyphen->word = shaper_word(filling->text->shaper, hyphen->style, hyphen->text, hyphen->length, right_to_left);
    *kept = hyphen;
    return hyphen;
}

static void add_hyphen(struct filling *filling, const struct fragment *before) {
    const struct fragment *hyphen = hyphen_for(filling, before);
    struct item *item = add_item(filling, ITEM_PENALTY, hyphen);
    item->width_mpt = to_mpt(filling, hyphen->word->width);
    item->penalty = PENALTY_HYPHEN;
    item->flagged = true;
    if (filling->manner.protrude)
        item->right_mpt = hang_within(filling, boxes_hang_right(hyphen), item);
}

/* The place behind a word, where a line may end. */
static void add_opportunity(struct filling *filling, const struct fragment *before) {
    if (boxes_soft_hyphen(before) > 0) {
        add_hyphen(filling, before);
        return;
    }
    bool hyphen = ends_in(before, "-") || ends_in(before, "\u2010");
    bool dash = ends_in(before, "\u2013") || ends_in(before, "\u2014");
    add_penalty(filling, hyphen || dash ? PENALTY_DASH : 0)->flagged = hyphen;
}

/* A space is as wide as the font makes it; justified lines stretch it by up to a half and shrink it by three tenths. */
static void add_space(struct filling *filling, const struct fragment *space, bool may_end) {
    const struct boxes *boxes = filling->boxes;
    bool after_box = boxes->count > 0 && boxes->items[boxes->count - 1].kind == ITEM_BOX;
    if (!may_end)
        add_penalty(filling, ITEM_PENALTY_NEVER);
    else if (!space->may_end)
        add_penalty(filling, PENALTY_BOUND);
    else if (!after_box)
        add_penalty(filling, 0);
    struct item *item = add_item(filling, ITEM_GLUE, space);
    item->width_mpt = to_mpt(filling, space->word->width);
    item->stretch_mpt = item->width_mpt / 2;
    item->shrink_mpt = item->width_mpt * 3 / 10;
}

/* ---- Words ---- */

static struct fragment *part_of(struct filling *filling, const struct fragment *word, const char *text, size_t length) {
    struct fragment *part = ARENA_ARRAY(filling->scratch, struct fragment, 1);
    *part = *word;
    part->text = text;
    part->length = (uint16_t)length;
    part->word = shaper_word(filling->text->shaper, word->style, text, length, word->level % 2 != 0);
    return part;
}

/* A word that is wider than the line, with an opportunity between all its grapheme clusters. */
static void add_clusters(struct filling *filling, const struct fragment *word) {
    reserve(filling->boxes, 2u * word->length + ITEMS_OF_FRAGMENT * filling->text->fragments_count);
    for (size_t at = 0; at < word->length;) {
        size_t end = text_grapheme_end(word->text, word->length, at);
        add_box(filling, part_of(filling, word, word->text + at, end - at), 0);
        at = end;
        if (at < word->length)
            add_penalty(filling, PENALTY_SPLIT);
    }
}

static bool is_wider(const struct filling *filling, int64_t width) {
    return width * filling->size_mpt / FACE_EM > filling->measure_mpt;
}

static int64_t width_of(struct group group) {
    int64_t width = 0;
    for (size_t i = 0; i < group.count; i++)
        width += group.first[i].word->width;
    return width;
}

/* How many fragments from the group's first on are shaped as one, and how many bytes of text they are. */
static size_t joined(struct group group, size_t *length) {
    size_t count = 1;
    *length = group.first->length;
    while (count < group.count && *length + group.first[count].length <= FRAGMENT_MAX &&
           boxes_are_one(&group.first[count - 1], &group.first[count]))
        *length += group.first[count++].length;
    return count;
}

/* Adds what no line parts, as one box for each shaped word. */
static void add_whole(struct filling *filling, struct group whole, int64_t kern) {
    for (size_t i = 0, length; i < whole.count; kern = 0) {
        const struct fragment *first = &whole.first[i];
        size_t count = joined((struct group){first, whole.count - i}, &length);
        add_box(filling, count == 1 ? first : part_of(filling, first, first->text, length), kern);
        i += count;
    }
}

static void add_wide(struct filling *filling, struct group section, struct group word) {
    struct boxes *boxes = filling->boxes;
    size_t first = boxes->count;
    for (size_t i = 0; i < section.count; i++) {
        if (i > 0)
            add_penalty(filling, PENALTY_SPLIT);
        add_clusters(filling, &section.first[i]);
    }
    *MEMORY_PUSH(boxes->wide, boxes->wide_count, boxes->wide_room) = (struct wide_word){word, first, boxes->count};
}

/* What of the word's fragments, from the I-th on, no hyphen can part. */
static struct group section_at(const struct filling *filling, struct group word, size_t i) {
    struct group section = {word.first + i, word.count - i};
    for (size_t j = i; filling->manner.hyphenate && j + 1 < word.count; j++)
        if (word.first[j].may_hyphenate)
            return (struct group){word.first + i, j + 1 - i};
    return section;
}

/* Whether a line cannot hold SECTION, with the hyphen that may stand behind it. */
static bool is_wide(struct filling *filling, struct group section) {
    const struct fragment *last = &section.first[section.count - 1];
    bool hyphen = boxes_soft_hyphen(last) > 0 || (filling->manner.hyphenate && last->may_hyphenate);
    int64_t more = hyphen ? hyphen_for(filling, last)->word->width : 0;
    return is_wider(filling, width_of(section) + more);
}

/* Fragments without a space between, and with no place for a break but where a hyphen is added. */
static void add_word(struct filling *filling, struct group word) {
    size_t joined_end = 0;
    for (size_t i = 0; i < word.count;) {
        struct group section = section_at(filling, word, i);
        int64_t kern = 0;
        if (i >= joined_end && section.count < word.count - i) {
            /* The parts are shaped one by one, the word as a whole: what is between them counts with the first. */
            struct group rest = {word.first + i, word.count - i};
            size_t length, count = joined(rest, &length);
            joined_end = i + count;
            if (count > section.count)
                kern = shaper_word(filling->text->shaper, rest.first->style, rest.first->text, length,
                                   rest.first->level % 2 != 0)
                           ->width -
                       width_of((struct group){rest.first, count});
        }
        if (is_wide(filling, section))
            add_wide(filling, section, word);
        else
            add_whole(filling, section, kern);
        i += section.count;
        if (i < word.count)
            add_hyphen(filling, &word.first[i - 1]);
    }
}

/* Words and the no-break spaces that bind them; where they are wider than the line, it may end at these spaces. */
static void add_group(struct filling *filling, struct group group) {
    bool wide = group.count > 1 && is_wider(filling, width_of(group));
    for (size_t i = 0; i < group.count;) {
        struct group word = {group.first + i, 0};
        while (i < group.count && group.first[i].kind == FRAGMENT_WORD) {
            word.count++;
            i++;
        }
        if (word.count > 0)
            add_word(filling, word);
        if (i < group.count)
            add_space(filling, &group.first[i++], wide);
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

void boxes_fill(struct boxes *boxes, const struct text *text, int32_t size_mpt, int32_t measure_mpt,
                struct manner manner, struct arena *scratch) {
    struct filling filling = {.boxes = boxes,
                              .text = text,
                              .size_mpt = size_mpt,
                              .measure_mpt = measure_mpt,
                              .manner = manner,
                              .expand = manner.expand && manner.alignment == ALIGN_JUSTIFY,
                              .scratch = scratch};
    boxes->count = boxes->wide_count = 0;
    reserve(boxes, ITEMS_OF_FRAGMENT * text->fragments_count + 1);
    for (size_t i = 0; i < text->fragments_count;) {
        const struct fragment *fragment = &text->fragments[i];
        struct group group = group_at(text, i);
        i += group.count > 0 ? group.count : 1;
        if (group.count == 0 && fragment->kind == FRAGMENT_NEWLINE) {
            add_penalty(&filling, ITEM_PENALTY_ALWAYS);
        } else if (group.count == 0) {
            add_space(&filling, fragment, true);
        } else {
            add_group(&filling, group);
            if (group.first[group.count - 1].may_end)
                add_opportunity(&filling, &group.first[group.count - 1]);
        }
    }
    add_penalty(&filling, ITEM_PENALTY_ALWAYS);
}
