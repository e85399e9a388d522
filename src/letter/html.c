/*
 * HTML: a letter comes in, elements go out. The one idea is a stack of what is open, quotations around lists around
 * items; each block first closes what it does not stand in, then opens what it does.
 */
#include "letter/html.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "letter/letterhead.h"

enum { QUOTES_MAX = 8 };

void html_text(struct str *out, const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        size_t plain = at;
        while (at < length && strchr("<>&\"'\n", text[at]) == NULL)
            at++;
        str_add(out, text + plain, at - plain);
        if (at == length)
            break;
        switch (text[at++]) {
        case '<':
            str_adds(out, "&lt;");
            break;
        case '>':
            str_adds(out, "&gt;");
            break;
        case '&':
            str_adds(out, "&amp;");
            break;
        case '"':
            str_adds(out, "&quot;");
            break;
        case '\'':
            str_adds(out, "&#39;");
            break;
        default: /* a line ends here, or the byte is NUL, which no text of HTML has */
            str_adds(out, text[at - 1] == '\n' ? "<br>\n" : "");
            break;
        }
    }
}

/* Attributes and titles hold no elements. */
static void add_attribute(struct str *out, const char *text) {
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        html_text(out, line, length);
        line += length;
        if (*line == '\n') {
            str_addc(out, ' ');
            line++;
        }
    }
}

void html_begin(struct str *out, const char *language, const char *title) {
    str_adds(out, "<!DOCTYPE html>\n<html lang=\"");
    add_attribute(out, language);
    str_adds(out, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    add_attribute(out, title);
    str_adds(out, "</title>\n</head>\n"
                  "<body style=\"font-family: Georgia, serif; font-size: 16px; line-height: 1.4; max-width: 40em\">\n");
}

void html_end(struct str *out) {
    str_adds(out, "</body>\n</html>\n");
}

/* ---- Blocks ---- */

enum list { LIST_NONE, LIST_BULLETS, LIST_NUMBERS };

/* A letter that is being written. */
struct writing {
    struct str *out;
    unsigned quotes;                       /* open quotations */
    enum list lists[DRAFT_DEPTH_MAX + 1];  /* open lists, from 1; each has an open item */
    unsigned numbers[DRAFT_DEPTH_MAX + 1]; /* of that item */
    unsigned depth;
};

static void close_lists(struct writing *writing, unsigned depth) {
    for (; writing->depth > depth; writing->depth--)
        str_adds(writing->out, writing->lists[writing->depth] == LIST_NUMBERS ? "</li>\n</ol>\n" : "</li>\n</ul>\n");
}

static void quote(struct writing *writing, unsigned quotes) {
    if (quotes > QUOTES_MAX)
        quotes = QUOTES_MAX;
    if (quotes != writing->quotes)
        close_lists(writing, 0);
    for (; writing->quotes > quotes; writing->quotes--)
        str_adds(writing->out, "</blockquote>\n");
    for (; writing->quotes < quotes; writing->quotes++)
        str_adds(writing->out, "<blockquote>\n");
}

static void open_list(struct writing *writing, enum list list, unsigned number) {
    writing->lists[++writing->depth] = list;
    if (list == LIST_NUMBERS)
        str_addf(writing->out, "<ol start=\"%u\">\n<li>", number);
    else
        str_adds(writing->out, "<ul>\n<li>");
}

static void begin_item(struct writing *writing, const struct letter_block *block) {
    enum list list = block->number > 0 ? LIST_NUMBERS : LIST_BULLETS;
    unsigned depth = block->list_depth == 0 ? 1 : block->list_depth;
    if (depth > DRAFT_DEPTH_MAX)
        depth = DRAFT_DEPTH_MAX;
    close_lists(writing, depth);
    if (writing->depth == depth && writing->lists[depth] != list)
        close_lists(writing, depth - 1);
    if (writing->depth == depth) {
        bool next = list == LIST_BULLETS || block->number == writing->numbers[depth] + 1;
        if (next)
            str_adds(writing->out, "</li>\n<li>");
        else
            str_addf(writing->out, "</li>\n<li value=\"%u\">", block->number);
    }
    while (writing->depth < depth)
        open_list(writing, list, block->number);
    writing->numbers[depth] = block->number;
}

/* A heading is bold already. */
static void add_run(struct str *out, const struct run *run, bool heading) {
    bool bold = (run->style & STYLE_BOLD) != 0 && !heading, italic = (run->style & STYLE_ITALIC) != 0;
    str_adds(out, bold ? "<strong>" : "");
    str_adds(out, italic ? "<em>" : "");
    html_text(out, run->text, run->length);
    str_adds(out, italic ? "</em>" : "");
    str_adds(out, bold ? "</strong>" : "");
}

static void add_element(struct writing *writing, const struct letter_block *block, const char *begin, const char *end) {
    str_adds(writing->out, begin);
    for (size_t i = 0; i < block->runs_count; i++)
        add_run(writing->out, &block->runs[i], block->kind == BLOCK_HEADING);
    str_adds(writing->out, end);
}

static void add_block(struct writing *writing, const struct letter_block *block) {
    quote(writing, block->quote_depth);
    if (block->kind == BLOCK_ITEM && !block->continues) {
        begin_item(writing, block);
        add_element(writing, block, "", "\n");
        return;
    }
    close_lists(writing, block->list_depth);
    if (block->kind == BLOCK_HEADING)
        add_element(writing, block, "<h2 style=\"font-size: 1.1em\">", "</h2>\n");
    else
        add_element(writing, block, "<p>", "</p>\n");
}

static void add_head(struct str *out, const struct letter *letter) {
    struct str head = STR_EMPTY;
    letterhead_sender(&head, letter);
    if (head.length > 0) {
        str_adds(out, "<p>");
        html_text(out, head.bytes, head.length - 1);
        str_adds(out, "</p>\n");
    }
    str_release(&head);
}

void html_letter(struct str *out, const struct letter *letter) {
    struct writing writing = {.out = out};
    add_head(out, letter);
    for (size_t i = 0; i < letter->blocks_count; i++)
        if (letter->blocks[i].kind == BLOCK_DATE)
            add_block(&writing, &letter->blocks[i]);
    for (size_t i = 0; i < letter->blocks_count; i++)
        if (letterhead_is_text(&letter->blocks[i]))
            add_block(&writing, &letter->blocks[i]);
    quote(&writing, 0);
    close_lists(&writing, 0);
}
