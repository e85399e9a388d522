/*
 * The draft: a model letter parsed into blocks of lines, before anybody asks what they are in a letter. It is what
 * Markdown and plain text have in common.
 *
 * Texts still hold the private-use characters of letter/token. Everything lives in the arena.
 */
#ifndef POSTBAG_LETTER_DRAFT_H
#define POSTBAG_LETTER_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "letter/token.h"

/* Bits. A style is also an index into a family's faces. */
enum style { STYLE_BOLD = 1, STYLE_ITALIC = 2, STYLES_COUNT = 4 };

enum { DRAFT_DEPTH_MAX = 8 }; /* lists or quotations in each other; deeper ones are set like the deepest */

struct draft_text {
    unsigned style;
    const char *text;
    size_t length;
};

struct draft_line {
    struct place place;
    size_t first; /* of its texts */
    size_t count;
    bool kept; /* the line ends here also in print; else only where lines are kept, as in the opening */
};

enum draft_kind { DRAFT_PARAGRAPH, DRAFT_HEADING, DRAFT_ITEM };

struct draft_block {
    enum draft_kind kind;
    unsigned quote_depth;
    unsigned list_depth;
    unsigned number; /* DRAFT_ITEM: 0 a bullet */
    bool continues;  /* a further paragraph of the item above */
    size_t first;    /* of its lines; it has at least one */
    size_t count;
};

struct draft {
    struct arena *arena;
    struct draft_text *texts;
    size_t texts_count, texts_room;
    struct draft_line *lines;
    size_t lines_count, lines_room;
    struct draft_block *blocks;
    size_t blocks_count, blocks_room;
};

void draft_init(struct draft *draft, struct arena *arena);
void draft_release(struct draft *draft);

/*
 * Building, in the order of reading: a block, in it lines, in them texts (copied). A line without any text but spaces
 * is taken back by the next draft_line, draft_block or draft_end, and so is a block without lines.
 */
struct draft_block *draft_block(struct draft *draft, enum draft_kind kind);
void draft_line(struct draft *draft, struct place place);
void draft_break(struct draft *draft, bool kept); /* how the line ends that is being built */
void draft_text(struct draft *draft, unsigned style, const char *text, size_t length);
void draft_end(struct draft *draft);

/* Appends to OUT the line's plain text: as tokens_plain. */
void draft_plain(const struct draft *draft, const struct tokens *tokens, const struct draft_line *line,
                 struct str *out);

/* Whether the line holds only tags. */
bool draft_only_tags(const struct draft *draft, const struct tokens *tokens, const struct draft_line *line);

#endif
