/*
 * Flowed text: a letter comes in, lines of an e-mail go out (RFC 3676).
 *
 *     line  = *">" [" "] [indent] text [" "]        the space at the end: the paragraph goes on in the next line
 *
 * The one idea: lines end only between words. A word longer than a line (an address of the web, a sentence of Chinese)
 * stands on a line of its own, because a soft break in it would come back as a space.
 */
#include "letter/flowed.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "letter/letterhead.h"

enum {
    LINE_MAX_CHARACTERS = 76,
    WORD_MAX_BYTES = 900, /* with what stands before it, under the 998 of a line (RFC 5322 §2.1.1) */
    INDENT_MAX = 40,      /* characters; deeper lists are indented no further */
    QUOTES_MAX = 8,
};

/* How the lines of a paragraph are written. */
struct manner {
    bool wrapped;       /* into lines of LINE_MAX_CHARACTERS; else the paragraph is one line and nothing is stuffed */
    unsigned quotes;    /* ">" before each line */
    const char *first;  /* before the first line: "- " */
    const char *others; /* before the others: "  " */
};

/* Lines. */

static void add_line(struct str *out, const struct manner *manner, bool is_first, const char *text, size_t length,
                     bool soft) {
    static const char from[] = "From ";
    const char *indent = is_first ? manner->first : manner->others;
    for (unsigned i = 0; i < manner->quotes; i++)
        str_addc(out, '>');
    /* §4.4: some must be stuffed and all may be; a list is stuffed as a whole, so that it stands straight everywhere. */
    bool stuffed = manner->quotes > 0 || *manner->others != '\0' || *text == ' ' || *text == '>' ||
                   (length + soft >= strlen(from) && strncmp(text, from, strlen(from)) == 0) ||
                   (soft && length == strlen(from) - 1 && strncmp(text, from, length) == 0);
    bool quoted_paste = !manner->wrapped && manner->quotes > 0;
    if (length > 0 && ((stuffed && manner->wrapped) || quoted_paste))
        str_addc(out, ' ');
    if (length > 0)
        str_adds(out, indent);
    str_add(out, text, length);
    /* "-- " alone begins a signature (§4.3). */
    if (soft && !(length == 2 && memcmp(text, "--", 2) == 0))
        str_addc(out, ' ');
    str_addc(out, '\n');
}

/* How much of a word of LENGTH bytes, longer than a line may have, to put on one: to a break of UAX #14, if there is one. */
static size_t part_of_word(const char *word, size_t length) {
    char breaks[WORD_MAX_BYTES + 4];
    size_t window = text_cut(word, length, sizeof breaks);
    text_line_breaks(word, window, breaks);
    size_t end = text_cut(word, length, WORD_MAX_BYTES);
    size_t part = end;
    while (part > 0 && breaks[part] == TEXT_BREAK_NO)
        part--;
    if (part > 0)
        return part;
    for (size_t next = text_grapheme_end(word, length, 0); next <= end; next = text_grapheme_end(word, length, next)) {
        part = next;
        if (next == length)
            break;
    }
    return part > 0 ? part : end;
}

/* One line of a paragraph, which ends where the author ended it. *FIRST: no line was written before. */
struct filler {
    struct str *out;
    const struct manner *manner;
    bool is_first;
    struct str line;
    size_t line_characters;
};

static void end_line(struct filler *filler, bool soft) {
    add_line(filler->out, filler->manner, filler->is_first, filler->line.bytes, filler->line.length, soft);
    filler->is_first = false;
    filler->line_characters = 0;
    str_clear(&filler->line);
}

static void add_word(struct filler *filler, const char *word, size_t length, size_t room, bool flows) {
    size_t characters = text_count(word, length);
    if (filler->line.length > 0 && filler->line_characters + 1 + characters > room)
        end_line(filler, flows);
    while (length > WORD_MAX_BYTES) {
        size_t part = part_of_word(word, length);
        str_add(&filler->line, word, part);
        end_line(filler, false);
        word += part;
        length -= part;
        characters = text_count(word, length);
    }
    if (filler->line.length > 0) {
        str_addc(&filler->line, ' ');
        filler->line_characters++;
    }
    str_add(&filler->line, word, length);
    filler->line_characters += characters;
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

static void add_paragraph(struct str *out, const char *text, size_t length, const struct manner *manner) {
    struct filler filler = {.out = out, .manner = manner, .is_first = true, .line = STR_EMPTY};
    size_t before = manner->quotes + text_count(manner->others, strlen(manner->others));
    size_t room = manner->wrapped ? LINE_MAX_CHARACTERS - before - 2 : SIZE_MAX / 2; /* stuffing, and the soft break */
    bool flows = *manner->others == '\0';
    for (size_t at = 0; at < length;) {
        size_t start = at;
        while (at < length && !is_blank(text[at]) && text[at] != '\n')
            at++;
        if (at > start)
            add_word(&filler, text + start, at - start, room, flows);
        if (at < length && text[at++] == '\n')
            end_line(&filler, false);
    }
    if (filler.line.length > 0)
        end_line(&filler, false);
    str_release(&filler.line);
}

void flowed_paragraph(struct str *out, const char *text, size_t length, const char *indent) {
    struct manner manner = {.wrapped = true, .first = indent, .others = indent};
    add_paragraph(out, text, length, &manner);
}

/* Lines of an address: where they are wrapped, too, they stay lines. */
static void add_lines(struct str *out, const char *text, size_t length, bool wrapped) {
    struct manner manner = {.wrapped = wrapped, .first = "", .others = ""};
    for (size_t at = 0; at < length;) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t end = newline == NULL ? length : (size_t)(newline - text);
        size_t trimmed = end;
        while (trimmed > at && is_blank(text[trimmed - 1]))
            trimmed--;
        if (trimmed - at > WORD_MAX_BYTES)
            add_paragraph(out, text + at, trimmed - at, &manner);
        else
            add_line(out, &manner, true, text + at, trimmed - at, false);
        at = end + (newline != NULL);
    }
}

void flowed_lines(struct str *out, const char *text, size_t length) {
    add_lines(out, text, length, true);
}

/* Blocks. */

/* A letter that is being written. */
struct writing {
    struct str *out;
    bool wrapped;
    const struct letter_block *above;   /* NULL: none yet */
    size_t widths[DRAFT_DEPTH_MAX + 1]; /* of the label of the last item of each depth */
    struct str text, first, others;
};

static unsigned depth_of(unsigned depth) {
    return depth < DRAFT_DEPTH_MAX ? depth : DRAFT_DEPTH_MAX;
}

/* Items follow each other closely, and so do the lines under a close. */
static bool is_close(const struct letter_block *above, const struct letter_block *block) {
    bool items = block->kind == BLOCK_ITEM && above->list_depth > 0 && !above->continues && above->kind == BLOCK_ITEM;
    return items || (block->kind == BLOCK_SIGNATURE && above->kind == BLOCK_SIGNATURE);
}

static void part(struct writing *writing, const struct letter_block *block) {
    const struct letter_block *above = writing->above;
    writing->above = block;
    if (above == NULL || is_close(above, block))
        return;
    unsigned shared = above->quote_depth < block->quote_depth ? above->quote_depth : block->quote_depth;
    for (unsigned i = 0; i < shared && i < QUOTES_MAX; i++)
        str_addc(writing->out, '>');
    str_addc(writing->out, '\n');
}

static void add_spaces(struct str *out, size_t count) {
    for (size_t i = 0; i < count; i++)
        str_addc(out, ' ');
}

/* Sets what stands before the first line of BLOCK and before its others. */
static void indent(struct writing *writing, const struct letter_block *block) {
    bool labelled = block->kind == BLOCK_ITEM && !block->continues;
    unsigned depth = depth_of(labelled && block->list_depth == 0 ? 1 : block->list_depth);
    size_t outer = 0;
    for (unsigned i = 1; i < depth + !labelled; i++)
        outer += writing->widths[i];
    if (outer > INDENT_MAX)
        outer = INDENT_MAX;
    str_clear(&writing->first);
    str_clear(&writing->others);
    add_spaces(&writing->first, outer);
    if (labelled && block->number > 0)
        str_addf(&writing->first, "%u. ", block->number);
    else if (labelled)
        str_adds(&writing->first, "- ");
    if (labelled)
        writing->widths[depth] = writing->first.length - outer;
    add_spaces(&writing->others, writing->first.length);
}

static void add_block(struct writing *writing, const struct letter_block *block) {
    part(writing, block);
    str_clear(&writing->text);
    letterhead_text(&writing->text, block);
    if (block_keeps_lines(block->kind)) {
        add_lines(writing->out, writing->text.bytes, writing->text.length, writing->wrapped);
        return;
    }
    indent(writing, block);
    struct manner manner = {
        .wrapped = writing->wrapped,
        .quotes = block->quote_depth < QUOTES_MAX ? block->quote_depth : QUOTES_MAX,
        .first = writing->first.bytes,
        .others = writing->others.bytes,
    };
    add_paragraph(writing->out, writing->text.bytes, writing->text.length, &manner);
}

static void add_letter(struct str *out, const struct letter *letter, bool wrapped) {
    struct writing writing = {
        .out = out, .wrapped = wrapped, .text = STR_EMPTY, .first = STR_EMPTY, .others = STR_EMPTY};
    struct str head = STR_EMPTY;
    letterhead_sender(&head, letter);
    add_lines(out, head.bytes, head.length, wrapped);
    if (head.length > 0)
        str_addc(out, '\n');
    for (size_t i = 0; i < letter->blocks_count; i++)
        if (letter->blocks[i].kind == BLOCK_DATE)
            add_block(&writing, &letter->blocks[i]);
    for (size_t i = 0; i < letter->blocks_count; i++)
        if (letterhead_is_text(&letter->blocks[i]))
            add_block(&writing, &letter->blocks[i]);
    str_release(&head);
    str_release(&writing.text);
    str_release(&writing.first);
    str_release(&writing.others);
}

void flowed_letter(struct str *out, const struct letter *letter) {
    add_letter(out, letter, true);
}

void flowed_letter_unwrapped(struct str *out, const struct letter *letter) {
    add_letter(out, letter, false);
}
