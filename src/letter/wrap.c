/*
 * Lines: a text comes in, its measured lines go out. The one idea of recognising a wrapped text: most lines of it that
 * another follows have no room left for that one's first word, and the sentence goes on there. (Items of a list may be
 * equally wide by chance, but each begins anew.)
 */
#include "letter/wrap.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

enum {
    TAB = 8,
    WRAP_LEAST = 55,    /* nobody wraps a letter narrower, and lists of short lines are */
    WRAP_MOST = 100,    /* a longer line was never wrapped */
    WRAP_LINES = 4,     /* fewer are no evidence */
    PROSE_PERCENT = 60, /* of the width: a shorter line was not wrapped but ended */
    WRAP_PERCENT = 70,  /* of the lines that must be full; the rest were edited later */
    WRAP_RUNNING = 50,  /* per cent of the full lines after which the sentence goes on in small letters */
};

/* The width of part of the text as typed; where a placeholder was broken over two lines, that of the second. */
static unsigned typed_width(const struct tokens *tokens, const char *from, const char *to) {
    struct position first = tokens->positions[from - tokens->text];
    struct position end = tokens->positions[to - tokens->text];
    if (first.line != end.line)
        return end.column - 1;
    return end.column > first.column ? end.column - first.column : (unsigned)text_count(from, (size_t)(to - from));
}

static void measure(struct text_line *line, const struct tokens *tokens, const char *start, const char *end) {
    unsigned indent = 0;
    const char *text = start;
    for (; text < end && (*text == ' ' || *text == '\t'); text++)
        indent += *text == '\t' ? TAB - indent % TAB : 1;
    size_t length = (size_t)(end - text);
    text_trim(&text, &length);
    const char *word = memchr(text, ' ', length);
    *line = (struct text_line){
        .place = tokens_place(tokens, (size_t)(text - tokens->text)),
        .text = text,
        .length = length,
        .indent = indent,
        .width = typed_width(tokens, text, text + length),
        .first_word = typed_width(tokens, text, word == NULL ? text + length : word),
        .blank = length == 0,
        .tags = tokens_only_tags(tokens, text, length),
    };
}

void wrap_lines(struct text_lines *lines, const struct tokens *tokens, size_t start, struct arena *arena) {
    size_t count = 1;
    for (size_t i = start; i < tokens->length; i++)
        count += tokens->text[i] == '\n';
    lines->items = ARENA_ARRAY(arena, struct text_line, count);
    lines->count = count;
    const char *line = tokens->text + start;
    const char *end = tokens->text + tokens->length;
    for (size_t i = 0; i < count; i++) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        measure(&lines->items[i], tokens, line, newline == NULL ? end : newline);
        line = newline == NULL ? end : newline + 1;
    }
}

bool wrap_is_full(const struct text_lines *lines, size_t i, unsigned width) {
    if (i + 1 >= lines->count || lines->items[i].blank || lines->items[i + 1].blank)
        return false;
    return lines->items[i].width + 1 + lines->items[i + 1].first_word > width;
}

static bool is_one_word(const struct text_line *line) {
    return memchr(line->text, ' ', line->length) == NULL;
}

static bool begins_anew(const struct text_line *line) {
    size_t at = 0;
    return text_is_upper(text_next(line->text, line->length, &at));
}

unsigned wrap_width(const struct text_lines *lines, size_t from, size_t to) {
    unsigned width = 0;
    for (size_t i = from; i < to; i++)
        if (!is_one_word(&lines->items[i]) && lines->items[i].width > width)
            width = lines->items[i].width; /* a web address may stick out of any text */
    if (width < WRAP_LEAST || width > WRAP_MOST)
        return 0;
    size_t followed = 0, full = 0, running = 0;
    for (size_t i = from; i + 1 < to; i++) {
        const struct text_line *line = &lines->items[i];
        bool prose = line->width * 100 >= width * PROSE_PERCENT; /* else of a list or an address, and no evidence */
        if (!prose || line->blank || line[1].blank || line->tags || line[1].tags)
            continue;
        followed++;
        if (!wrap_is_full(lines, i, width))
            continue;
        full++;
        running += !begins_anew(&line[1]);
    }
    bool wrapped = full >= WRAP_LINES && full * 100 >= followed * WRAP_PERCENT && running * 100 >= full * WRAP_RUNNING;
    return wrapped ? width : 0;
}
