/*
 * The layout: a letter comes in, pages of placed lines go out.
 *
 * The letter is a few columns, each flowed by itself: the opening's, which say where the text begins, and the body. The
 * one idea for speed: a paragraph that is the same in every letter is composed once and its lines are kept, with their
 * words in a shaper that forgets nothing, so a letter costs its own words only.
 */
#include "letter/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/str.h"
#include "letter/body.h"
#include "letter/galley.h"
#include "letter/heading.h"
#include "letter/opening.h"
#include "letter/setter.h"
#include "letter/sheaf.h"

#define MM(mm) MILLIPOINTS_OF_MM(mm)

/* Short and pale, at the very edge: for who folds, and not for who reads. */
static const struct rule fold_mark = {.x_mpt = MM(5), .width_mpt = MM(4), .thickness_mpt = 500, .grey = 500};

struct layout {
    struct layout_settings settings;
    struct sheet sheet;
    struct setter *setter;
    struct type types[SHEET_TYPES_MAX]; /* to be tried in this order */
    size_t types_count;
    int32_t cap_height; /* micro-em */
    struct sheaf sheaf; /* of the letter that is being set */
    struct str date;
};

/* The height of capitals in the face that an H is printed in. */
static int32_t measure_cap_height(struct setter *setter, const struct font *font) {
    enum { USUAL_CAP_HEIGHT = FACE_EM / 100 * 65 };
    const struct word *word = setter_word(setter, "H");
    int32_t height = word->pieces_count == 0 ? 0 : font_face(font, word->pieces[0].face)->cap_height;
    return height > 0 ? height : USUAL_CAP_HEIGHT;
}

struct layout *layout_new(const struct font *font, const struct layout_settings *settings) {
    struct layout *layout = memory_alloc(1, sizeof *layout);
    layout->settings = *settings;
    sheet_init(&layout->sheet, settings);
    layout->types_count = sheet_types(settings, layout->types);
    layout->setter = setter_new(font);
    layout->cap_height = measure_cap_height(layout->setter, font);
    str_init(&layout->date);
    return layout;
}

void layout_free(struct layout *layout) {
    if (layout == NULL)
        return;
    setter_free(layout->setter);
    sheaf_release(&layout->sheaf);
    str_release(&layout->date);
    free(layout);
}

static const struct hyphenation *hyphenation_for(const struct layout *layout, const struct letter *letter) {
    if (!layout->settings.manner.hyphenate)
        return NULL;
    return strcmp(letter->language, "cy") == 0 ? layout->settings.welsh : layout->settings.english;
}

/* Sets the letter in the I-th type. Only the last is tightened: a larger one that needs it gives way to the smaller. */
static void set_letter(struct attempt *attempt, const struct layout *layout, size_t i) {
    attempt->type = layout->types[i];
    attempt->overfull = NULL;
    sheaf_begin(attempt->sheaf);
    body_set(attempt, opening_set(attempt), i + 1 == layout->types_count);
}

static void mark_folds(const struct sheet *sheet, struct sheaf *sheaf) {
    for (size_t i = 0; i < sheet->folds_count; i++) {
        struct rule rule = fold_mark;
        rule.y_mpt = sheet->folds[i];
        sheaf_add_rule(sheaf, 0, &rule);
    }
}

void layout_letter(struct layout *layout, const struct letter *letter, const struct picture *signature,
                   struct arena *arena, struct pages *pages) {
    setter_begin(layout->setter, hyphenation_for(layout, letter));
    struct attempt attempt = {
        .sheet = &layout->sheet,
        .setter = layout->setter,
        .arena = setter_arena(layout->setter),
        .letter = letter,
        .sheaf = &layout->sheaf,
        .manner = layout->settings.manner,
        .cap_height = layout->cap_height,
        .logo = layout->settings.logo,
        .signature = signature,
        .logo_alternative = layout->settings.logo_alternative,
    };
    attempt.texts = ARENA_ARRAY(attempt.arena, struct text, letter->blocks_count);
    for (size_t i = 0; i < layout->types_count; i++) {
        set_letter(&attempt, layout, i);
        if (layout->sheaf.pages_count == 1)
            break;
    }
    heading_set(&attempt, &layout->date);
    mark_folds(&layout->sheet, &layout->sheaf);
    sheaf_collect(&layout->sheaf, letter, arena, pages);
    pages->overfull = attempt.overfull;
}
