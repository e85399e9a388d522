/*
 * Plain text: measured lines come in, a draft goes out. The one idea: what a line is, its own first characters and the
 * line before it say; nothing is marked up.
 *
 *     letter    = opening, salutation, body, closing     (the opening and what follows the closing: lines as they are)
 *     body      = { paragraph | item | list }
 *     paragraph = lines up to a blank one; each line break is kept, but in a wrapped text only that of a short line.
 *                 In a text that is not wrapped, a line that is wider than a printed one is a paragraph of its own
 *     item      = ( bullet | number ( "." | ")" ) ) space text, and in a wrapped text or indented what belongs to it
 *     list      = line that ends in ":", { blank line }, line, line, { line }
 */
#include "letter/plaintext.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "letter/curl.h"
#include "letter/wrap.h"
#include "letter/phrase.h"

enum {
    PRINTED_WIDTH = 100, /* characters: a little more than fits on a printed line */
    SENTENCE_WIDTH = 80, /* a line of a list is rarely as wide and then ends in a full stop */
    NUMBER_MAX = 999,    /* "2014. It was then …" begins with a year */
    NUMBER_LENGTH_MAX = 3,
    NEST_INDENT = 2,
    SHORT_PERCENT = 60, /* of a wrapped text's width: what is shorter ended where its writer ended it */
};

struct reader {
    const struct tokens *tokens;
    struct draft *draft;
    struct text_lines lines;
    unsigned width;       /* at which the body is wrapped; 0: it is not */
    bool open;            /* a paragraph is being built */
    bool colon;           /* the last line of text ended in a colon */
    unsigned item_indent; /* of the first item of the list that the last line stood in */
    bool in_list;
};

struct bullet {
    size_t length;   /* of the bullet and the space behind it; 0: none */
    unsigned number; /* 0: not numbered */
    bool inner;      /* a bullet that word processors use on the second level */
};

static void add_line(struct reader *reader, const struct text_line *line, const char *text, size_t length) {
    struct str curled = STR_EMPTY;
    draft_line(reader->draft, line->place);
    curl_text(&curled, text, length);
    draft_text(reader->draft, 0, curled.bytes, curled.length);
    str_release(&curled);
}

/* A paragraph of lines FROM to before TO, each kept. */
static void add_kept(struct reader *reader, size_t from, size_t to) {
    bool open = false;
    for (size_t i = from; i < to; i++) {
        const struct text_line *line = &reader->lines.items[i];
        if (!line->blank) {
            if (!open)
                draft_block(reader->draft, DRAFT_PARAGRAPH);
            add_line(reader, line, line->text, line->length);
            draft_break(reader->draft, true);
        }
        open = !line->blank;
    }
}

static bool is_bullet_character(uint32_t c) {
    /* Among them Word's own, which lie in the private-use area of Symbol and Wingdings. */
    static const uint32_t bullets[] = {0x2022, 0xB7,   0x2013, 0x2014, '-',    '*',    0x25CF, 0x25E6,
                                       0x25CB, 0x25AA, 0x25A0, 0x2023, 0x2043, 0x2219, 0x2212, 0x27A2,
                                       0xF0B7, 0xF0A7, 0xF0D8, 0xF0A8, 0xF076, 0xF0FC};
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++)
        if (c == bullets[i])
            return true;
    return false;
}

static size_t spaces(const char *text, size_t length, size_t at) {
    size_t end = at;
    while (end < length && (text[end] == ' ' || text[end] == '\t'))
        end++;
    return end - at;
}

static struct bullet numbered(const char *text, size_t length) {
    unsigned number = 0;
    size_t digits = 0;
    while (digits < length && digits < NUMBER_LENGTH_MAX && text[digits] >= '0' && text[digits] <= '9')
        number = number * 10 + (unsigned)(text[digits++] - '0');
    bool marked = digits > 0 && digits < length && (text[digits] == '.' || text[digits] == ')');
    size_t space = marked ? spaces(text, length, digits + 1) : 0;
    if (space == 0 || number == 0 || number > NUMBER_MAX)
        return (struct bullet){0};
    return (struct bullet){digits + 1 + space, number, false};
}

static struct bullet bullet_of(const struct text_line *line) {
    if (line->length == 0)
        return (struct bullet){0};
    size_t at = 0;
    uint32_t c = text_next(line->text, line->length, &at);
    size_t space = spaces(line->text, line->length, at);
    /* Word pastes its second level as the letter o and a tab. */
    bool inner = c == 'o' && at < line->length && line->text[at] == '\t';
    if (inner || (space > 0 && is_bullet_character(c)))
        return (struct bullet){at + space, 0, inner || c == 0x25E6 || c == 0x25CB};
    return numbered(line->text, line->length);
}

/* Whether the line break behind line I is only the wrapping's. */
static bool is_wrapped(const struct reader *reader, size_t i) {
    const struct text_line *line = &reader->lines.items[i];
    return reader->width > 0 &&
           (wrap_is_full(&reader->lines, i, reader->width) || line->width * 100 >= reader->width * SHORT_PERCENT);
}

static void add_item(struct reader *reader, size_t i, struct bullet bullet) {
    const struct text_line *line = &reader->lines.items[i];
    if (!reader->in_list)
        reader->item_indent = line->indent;
    bool nested = reader->in_list && (bullet.inner || line->indent >= reader->item_indent + NEST_INDENT);
    struct draft_block *block = draft_block(reader->draft, DRAFT_ITEM);
    block->list_depth = nested ? 2 : 1;
    block->number = bullet.number;
    add_line(reader, line, line->text + bullet.length, line->length - bullet.length);
    reader->open = false;
    reader->in_list = true;
}

/* Whether line I, which has no bullet, goes on with the item that line I - 1 belongs to. */
static bool continues_item(const struct reader *reader, size_t i) {
    const struct text_line *line = &reader->lines.items[i];
    if (!reader->in_list || line[-1].blank || line->blank || line->tags)
        return false;
    return line->indent > reader->item_indent ||
           (reader->width > 0 && wrap_is_full(&reader->lines, i - 1, reader->width));
}

static bool ends_in(const struct text_line *line, const char *marks) {
    /* A quotation mark or a bracket may close behind the mark. */
    size_t end = line->length;
    if (end > 3 && (memcmp(line->text + end - 3, "”", 3) == 0 || memcmp(line->text + end - 3, "’", 3) == 0))
        end -= 3;
    while (end > 1 && strchr("\"')", line->text[end - 1]) != NULL)
        end--;
    return end > 0 && strchr(marks, line->text[end - 1]) != NULL;
}

static bool ends_in_colon(const struct text_line *line) {
    size_t end = line->length;
    while (end > 0 && line->text[end - 1] == '-') /* the old ":-" */
        end--;
    return end > 0 && line->text[end - 1] == ':';
}

static bool ends_in_word(const struct text_line *line, const char *word) {
    size_t length = strlen(word);
    return line->length > length && memcmp(line->text + line->length - length, word, length) == 0;
}

/* The lines of a list so far. */
struct bare_list {
    size_t items;
    size_t full; /* of them ended only because their text was wrapped */
    unsigned widest;
    bool sentences; /* one of them ends as a sentence does */
};

/*
 * Whether LINE, behind those of LIST, is prose again: much wider than all of them, or the first to end as a sentence
 * does, and wide. Text that was pasted without blank lines has nothing else to show it.
 */
static bool is_prose_after(const struct bare_list *list, const struct text_line *line) {
    if (list->items < 2 || ends_in(&line[-1], ";,") || ends_in_word(&line[-1], " and") ||
        ends_in_word(&line[-1], " or"))
        return false;
    if (line->width > PRINTED_WIDTH && line->width > list->widest * 2)
        return true;
    return !list->sentences && ends_in(line, ".?!:") && line->width >= SENTENCE_WIDTH &&
           line->width * 2 > list->widest * 3;
}

/* Where the list of bare lines ends that begins with line I; I where they are none: fewer than two, or wrapped prose. */
static size_t bare_list_end(const struct reader *reader, size_t i, size_t to) {
    struct bare_list list = {0};
    size_t end = i;
    for (; end < to && !reader->lines.items[end].blank; end++) {
        const struct text_line *line = &reader->lines.items[end];
        if (bullet_of(line).length > 0 || is_prose_after(&list, line))
            break;
        if (line->tags)
            continue;
        list.items++;
        list.full += reader->width > 0 && wrap_is_full(&reader->lines, end, reader->width);
        list.widest = line->width > list.widest ? line->width : list.widest;
        list.sentences |= ends_in(line, ".?!");
    }
    return list.items >= 2 && list.full * 2 < list.items ? end : i;
}

/* A tag on a line of its own among the items of a list stands between them, not in one. */
static void add_tags(struct reader *reader, size_t i) {
    const struct text_line *line = &reader->lines.items[i];
    draft_block(reader->draft, DRAFT_PARAGRAPH);
    add_line(reader, line, line->text, line->length);
    reader->open = false;
}

static void add_bare_list(struct reader *reader, size_t from, size_t to) {
    reader->in_list = false;
    for (size_t i = from; i < to; i++) {
        if (reader->lines.items[i].tags)
            add_tags(reader, i);
        else
            add_item(reader, i, (struct bullet){0});
    }
    reader->in_list = false;
}

static void add_paragraph_line(struct reader *reader, size_t i) {
    const struct text_line *line = &reader->lines.items[i];
    bool wide = reader->width == 0 && line->width > PRINTED_WIDTH;
    if (!reader->open || wide)
        draft_block(reader->draft, DRAFT_PARAGRAPH);
    add_line(reader, line, line->text, line->length);
    draft_break(reader->draft, !is_wrapped(reader, i));
    reader->open = !wide;
    reader->in_list = false;
}

/* One line of the body, or several: returns the line after them. */
static size_t add_body_line(struct reader *reader, size_t i, size_t to) {
    const struct text_line *line = &reader->lines.items[i];
    struct bullet bullet = bullet_of(line);
    if (line->blank) {
        reader->open = false;
        return i + 1;
    }
    if (bullet.length > 0) {
        add_item(reader, i, bullet);
    } else if (continues_item(reader, i)) {
        draft_break(reader->draft, false);
        add_line(reader, line, line->text, line->length);
    } else {
        size_t end = reader->colon ? bare_list_end(reader, i, to) : i;
        if (end > i) {
            add_bare_list(reader, i, end);
            reader->colon = false;
            return end;
        }
        if (line->tags && reader->in_list && !reader->open) {
            add_tags(reader, i);
            return i + 1;
        }
        add_paragraph_line(reader, i);
    }
    reader->colon = ends_in_colon(line) || (reader->colon && line->tags);
    return i + 1;
}

static size_t find_salutation(const struct reader *reader, bool (*is_salutation)(const char *, size_t)) {
    size_t found = reader->lines.count;
    for (size_t i = 0; i < reader->lines.count && found == reader->lines.count; i++) {
        struct str plain = STR_EMPTY;
        tokens_plain(reader->tokens, reader->lines.items[i].text, reader->lines.items[i].length, &plain);
        if (is_salutation(plain.bytes, plain.length))
            found = i;
        str_release(&plain);
    }
    return found;
}

/* The last line of a closing, or the count of lines. */
static size_t find_closing(const struct reader *reader, size_t from) {
    for (size_t i = reader->lines.count; i > from; i--) {
        const struct text_line *line = &reader->lines.items[i - 1];
        struct str plain = STR_EMPTY;
        tokens_plain(reader->tokens, line->text, line->length, &plain);
        enum phrase_closing closing = phrase_closing(plain.bytes, plain.length);
        str_release(&plain);
        if (closing == PHRASE_CLOSING || (closing == PHRASE_CLOSING_LONGER && i - 1 > from && line[-1].blank))
            return i - 1;
    }
    return reader->lines.count;
}

void plaintext_read(const struct tokens *tokens, size_t start, struct draft *draft, bool *joined) {
    struct reader reader = {.tokens = tokens, .draft = draft};
    wrap_lines(&reader.lines, tokens, start, draft->arena);
    size_t salutation = find_salutation(&reader, phrase_is_salutation);
    if (salutation == reader.lines.count)
        salutation = find_salutation(&reader, phrase_is_weak_salutation);

    size_t body = 0;
    if (salutation < reader.lines.count) {
        add_kept(&reader, 0, salutation);
        add_kept(&reader, salutation, salutation + 1);
        body = salutation + 1;
    }
    size_t closing = find_closing(&reader, body);
    reader.width = wrap_width(&reader.lines, body, closing);
    for (size_t i = body; i < closing;)
        i = add_body_line(&reader, i, closing);
    add_kept(&reader, closing, reader.lines.count);
    draft_end(draft);
    *joined = reader.width > 0;
}
