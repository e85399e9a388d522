/*
 * Markdown: CommonMark with private-use characters for the placeholders comes in, a draft goes out. The one idea: one
 * walk over cmark's tree in which lists and quotations are only depths, as they are in print.
 */
#include "letter/markdown.h"

#include <stdlib.h>
#include <string.h>

#include <cmark.h>

#include "base/memory.h"
#include "base/text.h"
#include "letter/curl.h"

struct reader {
    const struct tokens *tokens;
    struct draft *draft;
    struct problems *problems;
    size_t *line_starts; /* offsets into the tokens' text, by line of what cmark was given */
    size_t lines_count, lines_room;
    unsigned quote_depth;
    unsigned list_depth;
    unsigned numbers[DRAFT_DEPTH_MAX + 1]; /* of the next item, by depth of list; 0: bullets */
    bool item_pending;                     /* its bullet waits for the first block of the item */
    unsigned bold, italic;                 /* how deep in emphasis */
    struct str link;                       /* the text of the link that is being read */
};

static void find_lines(struct reader *reader, size_t start) {
    const struct tokens *tokens = reader->tokens;
    *MEMORY_PUSH(reader->line_starts, reader->lines_count, reader->lines_room) = start;
    for (size_t i = start; i < tokens->length; i++)
        if (tokens->text[i] == '\n')
            *MEMORY_PUSH(reader->line_starts, reader->lines_count, reader->lines_room) = i + 1;
}

/* Where NODE begins in the file; cmark counts lines and bytes from 1. */
static struct place place_of(const struct reader *reader, cmark_node *node) {
    int line = cmark_node_get_start_line(node);
    int column = cmark_node_get_start_column(node);
    if (line < 1 || (size_t)line > reader->lines_count)
        return (struct place){reader->tokens->path, 0, 0};
    return tokens_place(reader->tokens, reader->line_starts[line - 1] + (size_t)(column > 1 ? column - 1 : 0));
}

static void report(const struct reader *reader, enum severity severity, cmark_node *node, const char *message) {
    tokens_report(reader->tokens, reader->problems, severity, place_of(reader, node), "%s", message);
}

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

static void begin_block(struct reader *reader, enum draft_kind kind, cmark_node *node) {
    unsigned depth = least(reader->list_depth, DRAFT_DEPTH_MAX);
    bool item = reader->item_pending;
    struct draft_block *block = draft_block(reader->draft, item ? DRAFT_ITEM : kind);
    block->quote_depth = least(reader->quote_depth, DRAFT_DEPTH_MAX);
    block->list_depth = depth;
    block->number = item ? reader->numbers[depth] : 0;
    block->continues = !item && depth > 0;
    reader->item_pending = false;
    draft_line(reader->draft, place_of(reader, node));
}

/*
 * Where a line was broken, the next one's place is that of the node behind the break, as far as cmark knows it.
 */
static void break_line(struct reader *reader, cmark_node *node, bool kept) {
    cmark_node *next = cmark_node_next(node);
    struct place place = place_of(reader, next == NULL ? node : next);
    draft_break(reader->draft, kept);
    draft_line(reader->draft, place);
}

static void add_text(struct reader *reader, const char *text, size_t length) {
    unsigned style = (reader->bold > 0 ? STYLE_BOLD : 0) | (reader->italic > 0 ? STYLE_ITALIC : 0);
    draft_text(reader->draft, style, text, length);
    str_add(&reader->link, text, length);
}

/* Indented or fenced: lines of text that cmark has not looked into. */
static void add_code_block(struct reader *reader, cmark_node *node) {
    const char *text = cmark_node_get_literal(node);
    struct place place = place_of(reader, node);
    begin_block(reader, DRAFT_PARAGRAPH, node);
    for (unsigned n = 0; *text != '\0'; n++) {
        size_t length = strcspn(text, "\n");
        if (n > 0) {
            draft_break(reader->draft, true);
            draft_line(reader->draft, (struct place){place.file, place.line + n, 1});
        }
        struct str curled = STR_EMPTY;
        const char *line = text;
        size_t line_length = length;
        text_trim(&line, &line_length);
        curl_text(&curled, line, line_length);
        add_text(reader, curled.bytes, curled.length);
        str_release(&curled);
        text += length + (text[length] == '\n');
    }
}

static bool same_address(const char *text, const char *url) {
    return strcmp(text, url) == 0 || (strncmp(url, "mailto:", 7) == 0 && strcmp(text, url + 7) == 0);
}

static void leave_link(struct reader *reader, cmark_node *node) {
    const char *url = cmark_node_get_url(node);
    if (url == NULL || *url == '\0' || same_address(reader->link.bytes, url))
        return;
    if (strncmp(url, "mailto:", 7) == 0)
        url += 7;
    add_text(reader, " (", 2);
    add_text(reader, url, strlen(url));
    add_text(reader, ")", 1);
}

static void enter_inline(struct reader *reader, cmark_node *node) {
    const char *literal = cmark_node_get_literal(node);
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
    case CMARK_NODE_CODE:
        add_text(reader, literal, strlen(literal));
        break;
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
        break_line(reader, node, cmark_node_get_type(node) == CMARK_NODE_LINEBREAK);
        break;
    case CMARK_NODE_STRONG:
        reader->bold++;
        break;
    case CMARK_NODE_EMPH:
        reader->italic++;
        break;
    case CMARK_NODE_LINK:
        str_clear(&reader->link);
        break;
    case CMARK_NODE_IMAGE:
        report(reader, SEVERITY_ERROR, node, "a picture cannot stand in the text; write \\! for an exclamation mark");
        break;
    case CMARK_NODE_HTML_INLINE:
        report(reader, SEVERITY_ERROR, node, "HTML is not used here; write \\< for the character");
        break;
    default:
        break;
    }
}

static void enter_list(struct reader *reader, cmark_node *node) {
    bool numbered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    int start = cmark_node_get_list_start(node);
    reader->list_depth++;
    /* The items of a list that begins at 0 are numbered from 1: 0 means a bullet. */
    reader->numbers[least(reader->list_depth, DRAFT_DEPTH_MAX)] = !numbered ? 0 : start < 1 ? 1 : (unsigned)start;
}

static void enter(struct reader *reader, cmark_node *node) {
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_BLOCK_QUOTE:
        reader->quote_depth++;
        break;
    case CMARK_NODE_LIST:
        enter_list(reader, node);
        break;
    case CMARK_NODE_ITEM:
        reader->item_pending = true;
        break;
    case CMARK_NODE_PARAGRAPH:
        begin_block(reader, DRAFT_PARAGRAPH, node);
        break;
    case CMARK_NODE_HEADING:
        begin_block(reader, DRAFT_HEADING, node);
        break;
    case CMARK_NODE_CODE_BLOCK:
        add_code_block(reader, node);
        break;
    case CMARK_NODE_THEMATIC_BREAK:
        report(reader, SEVERITY_WARNING, node, "a rule across the page is not printed");
        break;
    case CMARK_NODE_HTML_BLOCK:
        report(reader, SEVERITY_ERROR, node, "HTML is not used here; write \\< for the character");
        break;
    default:
        enter_inline(reader, node);
    }
}

static void leave(struct reader *reader, cmark_node *node) {
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_BLOCK_QUOTE:
        reader->quote_depth--;
        break;
    case CMARK_NODE_LIST:
        reader->list_depth--;
        break;
    case CMARK_NODE_ITEM: {
        unsigned *number = &reader->numbers[least(reader->list_depth, DRAFT_DEPTH_MAX)];
        *number += *number > 0;
        reader->item_pending = false;
        break;
    }
    case CMARK_NODE_STRONG:
        reader->bold--;
        break;
    case CMARK_NODE_EMPH:
        reader->italic--;
        break;
    case CMARK_NODE_LINK:
        leave_link(reader, node);
        break;
    default:
        break;
    }
}

void markdown_read(const struct tokens *tokens, size_t start, struct draft *draft, struct problems *problems) {
    struct reader reader = {.tokens = tokens, .draft = draft, .problems = problems, .link = STR_EMPTY};
    find_lines(&reader, start);
    cmark_node *document = cmark_parse_document(tokens->text + start, tokens->length - start, CMARK_OPT_SMART);
    cmark_iter *iterator = cmark_iter_new(document);
    for (cmark_event_type event; (event = cmark_iter_next(iterator)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(iterator);
        if (event == CMARK_EVENT_ENTER)
            enter(&reader, node);
        else
            leave(&reader, node);
    }
    draft_end(draft);
    cmark_iter_free(iterator);
    cmark_node_free(document);
    str_release(&reader.link);
    free(reader.line_starts);
}
