/*
 * Bundles: the first letter and who wrote the others come in, a cover sheet goes out. The one idea: a cover is a letter
 * like any other, so the layout puts its address into the same window, and so it is the envelope's.
 *
 * What stands on it is what the letters below it say themselves: names and postcodes, by which an MP's office sees that
 * these are its own constituents.
 */
#include "commands/bundle.h"

#include <string.h>

#include "base/progress.h"
#include "letter/draft.h"
#include "letter/letterhead.h"

static const struct phrases {
    const char *from_constituents, *others; /* headings */
    const char *listed, *enclosed;
} english =
    {
        "%s letters from your constituents",
        "%s letters",
        "Those named here have written to you. Their letters are enclosed, each with its writer’s own address for your "
        "answer.",
        "They are enclosed, each with its writer’s own address for your answer.",
},
  welsh = {
      "Llythyrau gan %s o’ch etholwyr",
      "Llythyrau gan %s o bobl",
      "Mae’r rhai a enwir yma wedi ysgrifennu atoch. Mae eu llythyrau yn amgaeedig, pob un â chyfeiriad ei awdur ar "
      "gyfer eich ateb.",
      "Maent yn amgaeedig, pob un â chyfeiriad ei awdur ar gyfer eich ateb.",
};

void bundle_address(struct str *out, const struct letter *letter) {
    for (size_t i = 0; i < letter->blocks_count; i++)
        if (letter->blocks[i].kind == BLOCK_RECIPIENT)
            letterhead_text(out, &letter->blocks[i]);
}

void bundle_use_font(struct font *font) {
    static const struct phrases *const languages[] = {&english, &welsh};
    static const char figures[] = "0123456789., ";
    font_use(font, STYLE_BOLD, figures, strlen(figures));
    font_use(font, 0, figures, strlen(figures));
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        const struct phrases *phrases = languages[i];
        font_use(font, STYLE_BOLD, phrases->from_constituents, strlen(phrases->from_constituents));
        font_use(font, STYLE_BOLD, phrases->others, strlen(phrases->others));
        font_use(font, 0, phrases->listed, strlen(phrases->listed));
        font_use(font, 0, phrases->enclosed, strlen(phrases->enclosed));
    }
}

/* A cover being made. */
struct sheet {
    struct arena *arena;
    struct letter_block *blocks;
    size_t count;
};

/* VALUE: somebody's name and not our own words. */
static struct letter_block *add(struct sheet *sheet, enum block_kind kind, unsigned style, bool value,
                                const char *text) {
    struct run *run = ARENA_ARRAY(sheet->arena, struct run, 1);
    struct letter_block *block = &sheet->blocks[sheet->count++];
    *run = (struct run){.text = text, .length = strlen(text), .style = style, .value = value};
    *block = (struct letter_block){.kind = kind, .runs = run, .runs_count = 1};
    return block;
}

static void add_address(struct sheet *sheet, const struct letter *first) {
    struct str lines = STR_EMPTY;
    bundle_address(&lines, first);
    if (lines.length > 0)
        add(sheet, BLOCK_RECIPIENT, 0, true, arena_copy(sheet->arena, lines.bytes, lines.length));
    str_release(&lines);
}

static void add_date(struct sheet *sheet, struct date date, const char *language) {
    struct str text = STR_EMPTY;
    date_format(&text, date, language);
    add(sheet, BLOCK_DATE, 0, true, arena_copy(sheet->arena, text.bytes, text.length));
    str_release(&text);
}

/* Name and postcode are values each for themselves: a name that reads from right to left does not turn the other. */
static void add_sender(struct sheet *sheet, const struct bundle_sender *sender, unsigned number) {
    struct letter_block *item = add(sheet, BLOCK_ITEM, 0, true, sender->name);
    item->list_depth = 1;
    item->number = number;
    if (*sender->postcode == '\0')
        return;
    struct run *runs = ARENA_ARRAY(sheet->arena, struct run, 3);
    runs[0] = item->runs[0];
    runs[1] = (struct run){.text = ", ", .length = 2};
    runs[2] = (struct run){.text = sender->postcode, .length = strlen(sender->postcode), .value = true};
    item->runs = runs;
    item->runs_count = 3;
}

void bundle_cover(const struct bundle *bundle, const struct letter *first, const char *sender,
                  const struct bundle_sender *senders, struct arena *arena, struct letter *cover) {
    const struct phrases *phrases = bundle->welsh ? &welsh : &english;
    const char *language = bundle->welsh ? "cy" : "en-GB";
    bool listed = bundle->letters <= BUNDLE_NAMES_MAX;
    const char *heading = *bundle->constituency == '\0' ? phrases->others : phrases->from_constituents;
    char number[PROGRESS_NUMBER_MAX];
    struct sheet sheet = {arena, ARENA_ARRAY(arena, struct letter_block, BUNDLE_NAMES_MAX + 5), 0};

    heading = arena_printf(arena, heading, progress_number(number, bundle->letters));
    if (sender != NULL)
        add(&sheet, BLOCK_SENDER, 0, true, sender);
    add_date(&sheet, first->date, language);
    add_address(&sheet, first);
    add(&sheet, BLOCK_HEADING, STYLE_BOLD, false, heading);
    add(&sheet, BLOCK_PARAGRAPH, 0, false, listed ? phrases->listed : phrases->enclosed);
    for (size_t i = 0; listed && i < bundle->letters; i++)
        add_sender(&sheet, &senders[i], (unsigned)i + 1);
    *cover = (struct letter){
        .person = first->person,
        .blocks = sheet.blocks,
        .blocks_count = sheet.count,
        .title = heading,
        .author = sender,
        .language = language,
        .date = first->date,
    };
}
