/*
 * Tokens: the text of a model letter comes in, the same text with one character for each [placeholder] goes out, and
 * the list of what they stand for. The one idea: what is written in brackets is ours, and no parser gets to see it.
 *
 *     placeholder = "[" text "]"      on one line, or broken once by a line's end; no bracket inside
 *     escape      = "\" ( "[" | "]" | blank )      printed as it stands
 *     blank       = see blank.h; an error where no "\" stands before it
 */
#include "letter/token.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "input/field.h"
#include "letter/blank.h"
#include "letter/phrase.h"

enum { REPLACEMENT = 0xFFFD, SHOWN_MAX = 40 /* bytes of the text that a message repeats */ };

struct lexer {
    const char *in; /* valid, its lines end in '\n' */
    size_t length;
    size_t at;
    struct position here;
    uint32_t before; /* the last character that went out */
    bool markdown;
    bool full; /* TOKENS_MAX was reported */
    struct tokens *tokens;
    struct arena *arena;
    struct problems *problems;
    struct str text; /* what goes out */
    struct position *positions;
    size_t positions_count, positions_room;
    struct token *items;
    size_t items_count, items_room;
};

static const char private_character[] = "this character is a private one that belongs to one font; type another";

/* Copies valid text with U+FFFD for bytes that are none, and every kind of line end as '\n'. */
static void copy_valid(struct str *out, const struct str *text) {
    struct str valid = STR_EMPTY;
    for (size_t at = 0; at < text->length; at++) {
        size_t length = text_valid(text->bytes + at, text->length - at);
        str_add(&valid, text->bytes + at, length);
        at += length;
        if (at < text->length)
            str_add_codepoint(&valid, REPLACEMENT);
    }
    for (size_t i = 0; i < valid.length; i++) {
        if (valid.bytes[i] != '\r')
            str_addc(out, valid.bytes[i]);
        else if (i + 1 == valid.length || valid.bytes[i + 1] != '\n')
            str_addc(out, '\n');
    }
    str_release(&valid);
}

/* The lines as messages show them: a caret stands under a column only where each character takes one. */
static void split_lines(struct tokens *tokens, struct arena *arena, const char *text, size_t length) {
    size_t count = 1;
    for (size_t i = 0; i < length; i++)
        count += text[i] == '\n';
    const char **lines = ARENA_ARRAY(arena, const char *, count);
    const char *start = text;
    for (size_t i = 0; i < count; i++) {
        const char *end = memchr(start, '\n', (size_t)(text + length - start));
        size_t line_length = end == NULL ? (size_t)(text + length - start) : (size_t)(end - start);
        char *line = arena_copy(arena, start, line_length);
        for (size_t j = 0; j < line_length; j++)
            if ((unsigned char)line[j] < ' ')
                line[j] = ' ';
        lines[i] = line;
        start += line_length + 1;
    }
    tokens->lines = lines;
    tokens->lines_count = count;
}

static void emit(struct lexer *lexer, uint32_t codepoint, struct position position) {
    size_t start = lexer->text.length;
    str_add_codepoint(&lexer->text, codepoint);
    for (size_t i = start; i < lexer->text.length; i++)
        *MEMORY_PUSH(lexer->positions, lexer->positions_count, lexer->positions_room) = position;
    lexer->before = codepoint;
}

/* Moves on by LENGTH bytes, counting lines and columns. */
static void advance(struct lexer *lexer, size_t length) {
    size_t end = lexer->at + length;
    while (lexer->at < end) {
        bool newline = lexer->in[lexer->at] == '\n';
        text_next(lexer->in, lexer->length, &lexer->at);
        lexer->here.line += newline;
        lexer->here.column = newline ? 1 : lexer->here.column + 1;
    }
}

static struct place place_here(const struct lexer *lexer) {
    return (struct place){lexer->tokens->path, lexer->here.line, lexer->here.column};
}

static void report(struct lexer *lexer, const char *message) {
    tokens_report(lexer->tokens, lexer->problems, SEVERITY_ERROR, place_here(lexer), "%s", message);
}

/*
 * What becomes of a character that word processors and web pages leave in a text: 0 where it goes. Joiners and
 * directional marks are kept only where the writing needs them, behind a letter of a script that has a use for them.
 */
static uint32_t cleaned(uint32_t c, uint32_t before, bool markdown) {
    static const uint32_t dropped[] = {0xAD, 0x200B, 0x2060, 0xFEFF, 0xFFFC};
    enum { FIRST_JOINING = 0x590 };
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        if (c == dropped[i])
            return 0;
    if (c >= 0x200C && c <= 0x200F)
        return before >= FIRST_JOINING ? c : 0;
    if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
        return 0;
    if (c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029)
        return '\n';
    if (c == '\t' || c == '\n')
        return c;
    if (text_is_control(c))
        return 0;
    /* In Markdown a no-break space between two words may be meant. */
    if (c == 0xA0 && markdown && !text_is_space(before) && before != 0)
        return c;
    return text_is_space(c) ? ' ' : c;
}

/* Adds a token that was LENGTH bytes long in the text, and moves behind it. TEXT lives in the arena. */
static void add_token(struct lexer *lexer, enum token_kind kind, const char *text, size_t text_length, size_t length) {
    if (lexer->items_count == TOKENS_MAX) {
        if (!lexer->full)
            report(lexer, "there are too many placeholders: more than 4,000");
        lexer->full = true;
        advance(lexer, length);
        return;
    }
    struct place place = place_here(lexer);
    uint32_t codepoint = TOKEN_FIRST + (uint32_t)lexer->items_count;
    *MEMORY_PUSH(lexer->items, lexer->items_count, lexer->items_room) = (struct token){
        .kind = kind,
        .place = place,
        .text = text,
        .length = text_length,
        .source = tokens_source(lexer->tokens, place),
    };
    emit(lexer, codepoint, lexer->here);
    advance(lexer, length);
}

/* LENGTH bytes in the arena, without what is cleaned away, with single spaces and none at the ends. */
static const char *tidied(struct lexer *lexer, const char *text, size_t length, size_t *tidied_length) {
    struct str out = STR_EMPTY;
    uint32_t before = ' ';
    for (size_t at = 0; at < length;) {
        uint32_t c = cleaned(text_next(text, length, &at), before, false);
        if (c == '\t' || c == '\n')
            c = ' ';
        if (c == 0 || (c == ' ' && before == ' '))
            continue;
        str_add_codepoint(&out, c);
        before = c;
    }
    if (out.length > 0 && before == ' ')
        str_cut(&out, out.length - 1);
    const char *copy = arena_copy(lexer->arena, out.bytes, out.length);
    *tidied_length = out.length;
    str_release(&out);
    return copy;
}

static enum token_kind kind_of(const char *text, size_t length) {
    static const struct {
        const char *key;
        enum token_kind kind;
    } words[] = {{"else", TOKEN_ELSE}, {"end", TOKEN_END}, {"endif", TOKEN_END}};
    struct str key = STR_EMPTY;
    field_key(&key, text, length);
    enum token_kind kind = phrase_begins(text, length, "if") > 0 ? TOKEN_IF : TOKEN_FIELD;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].key, key.bytes) == 0)
            kind = words[i].kind;
    str_release(&key);
    return kind;
}

/* Where the bracket that opens at AT closes, or 0. */
static size_t bracket_end(const struct lexer *lexer, size_t at) {
    unsigned breaks = 0;
    for (size_t i = at + 1; i < lexer->length && i - at <= TOKEN_LENGTH_MAX; i++) {
        if (lexer->in[i] == ']')
            return i;
        breaks += lexer->in[i] == '\n';
        if (lexer->in[i] == '[' || breaks > 1)
            return 0;
    }
    return 0;
}

/* `[text](https://…)` and `![text](…)` are Markdown's, not ours. */
static bool is_link(const struct lexer *lexer, size_t end) {
    static const char *const schemes[] = {"](https://", "](http://", "](mailto:", "](www."};
    if (!lexer->markdown)
        return false;
    if (lexer->before == '!' && end + 1 < lexer->length && lexer->in[end + 1] == '(')
        return true;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i]);
        if (lexer->length - end > length && memcmp(lexer->in + end, schemes[i], length) == 0)
            return true;
    }
    return false;
}

static bool holds_letter(const char *text, size_t length) {
    while (length > 0 && *text != '|') {
        size_t at = 0;
        if (text_is_letter_or_digit(text_next(text, length, &at)))
            return true;
        text += at;
        length -= at;
    }
    return false;
}

static void lex_bracket(struct lexer *lexer) {
    size_t end = bracket_end(lexer, lexer->at);
    if (end == 0) {
        report(lexer, "this bracket is never closed by a ]; write \\[ for a bracket that is no placeholder");
        add_token(lexer, TOKEN_LITERAL, "[", 1, 1);
        return;
    }
    if (is_link(lexer, end)) {
        emit(lexer, '[', lexer->here);
        advance(lexer, 1);
        return;
    }
    size_t length;
    const char *text = tidied(lexer, lexer->in + lexer->at + 1, end - lexer->at - 1, &length);
    enum token_kind kind = kind_of(text, length);
    if (kind == TOKEN_FIELD && !holds_letter(text, length)) {
        report(lexer, "these brackets hold no name; was something to be filled in? Write \\[ for a bracket that is no "
                      "placeholder");
        kind = TOKEN_LITERAL;
    }
    add_token(lexer, kind, text, length, end + 1 - lexer->at);
}

/* A blank at the place where the lexer stands; false where there is none. It goes out as text, whatever it was. */
static bool lex_blank(struct lexer *lexer) {
    size_t length;
    const char *blank = lexer->in + lexer->at;
    enum blank kind = blank_at(lexer->in, lexer->length, lexer->at, lexer->markdown, &length);
    if (kind == BLANK_NONE)
        return false;
    int shown = (int)text_cut(blank, length, SHOWN_MAX);
    if (kind == BLANK_HTML)
        report(lexer, "HTML is not used here; write \\< for the character");
    else
        tokens_report(lexer->tokens, lexer->problems, SEVERITY_ERROR, place_here(lexer),
                      "\"%.*s\" looks like a blank that nobody filled in; write [name of a column] for what comes from "
                      "the list, or \\%.*s to print it as it is",
                      shown, blank, shown, blank);
    size_t text_length;
    const char *text = tidied(lexer, blank, length, &text_length);
    add_token(lexer, TOKEN_LITERAL, text, text_length, length);
    return true;
}

static bool is_punctuation(char byte) {
    return (byte >= '!' && byte <= '/') || (byte >= ':' && byte <= '@') || (byte >= '[' && byte <= '`') ||
           (byte >= '{' && byte <= '~');
}

static void lex_backslash(struct lexer *lexer) {
    size_t length;
    size_t next = lexer->at + 1;
    char escaped = next < lexer->length ? lexer->in[next] : '\n';
    if (escaped == '[' || escaped == ']') {
        add_token(lexer, TOKEN_LITERAL, escaped == '[' ? "[" : "]", 1, 2);
    } else if (next < lexer->length &&
               blank_at(lexer->in, lexer->length, next, lexer->markdown, &length) != BLANK_NONE) {
        size_t text_length;
        const char *text = tidied(lexer, lexer->in + next, length, &text_length);
        add_token(lexer, TOKEN_LITERAL, text, text_length, length + 1);
    } else {
        emit(lexer, '\\', lexer->here);
        advance(lexer, 1);
        if (lexer->markdown && is_punctuation(escaped)) {
            emit(lexer, (unsigned char)escaped, lexer->here);
            advance(lexer, 1);
        } else if (escaped == '<') {
            str_cut(&lexer->text, lexer->text.length - 1); /* messages say "write \<", so it means that here too */
            lexer->positions_count--;
        }
    }
}

static void lex_character(struct lexer *lexer) {
    size_t at = lexer->at;
    uint32_t c = text_next(lexer->in, lexer->length, &at);
    /* Word's own bullets (Symbol, Wingdings) lie in the lower private-use area: plaintext knows them as bullets. */
    if (c >= TOKEN_FIRST) {
        report(lexer, private_character);
    } else {
        if (c == REPLACEMENT && lexer->before != REPLACEMENT)
            report(lexer, "this character could not be read; save the file as UTF-8");
        c = cleaned(c, lexer->before, lexer->markdown);
        if (c != 0)
            emit(lexer, c, lexer->here);
    }
    advance(lexer, at - lexer->at);
}

static void lex(struct lexer *lexer) {
    while (lexer->at < lexer->length) {
        char byte = lexer->in[lexer->at];
        if (byte == '[')
            lex_bracket(lexer);
        else if (byte == '\\')
            lex_backslash(lexer);
        else if (!lex_blank(lexer))
            lex_character(lexer);
    }
    *MEMORY_PUSH(lexer->positions, lexer->positions_count, lexer->positions_room) = lexer->here;
}

/*
 * Markdown knows "&#xF0000;" for a character; here it would be some placeholder's double. Looked for in what goes out,
 * because cleaning may have put it together.
 */
static void refuse_references(struct lexer *lexer) {
    char *text = lexer->text.bytes; /* NUL-terminated, so that strtoul ends where it does */
    for (size_t i = 0; lexer->markdown && i + 3 < lexer->text.length; i++) {
        if (text[i] != '&' || text[i + 1] != '#')
            continue;
        bool hexadecimal = text[i + 2] == 'x' || text[i + 2] == 'X';
        if (strtoul(text + i + (hexadecimal ? 3 : 2), NULL, hexadecimal ? 16 : 10) < TOKEN_FIRST)
            continue;
        lexer->here = lexer->positions[i];
        report(lexer, private_character);
        text[i + 1] = ' ';
    }
}

void tokens_read(struct tokens *tokens, const char *path, const struct str *text, bool markdown, struct arena *arena,
                 struct problems *problems) {
    struct str in = STR_EMPTY;
    copy_valid(&in, text);
    *tokens = (struct tokens){.path = path};
    split_lines(tokens, arena, in.bytes, in.length);

    struct lexer lexer = {
        .in = in.bytes,
        .length = in.length,
        .here = {1, 1},
        .markdown = markdown,
        .tokens = tokens,
        .arena = arena,
        .problems = problems,
        .text = STR_EMPTY,
    };
    lex(&lexer);
    refuse_references(&lexer);

    tokens->text = arena_copy(arena, lexer.text.bytes, lexer.text.length);
    tokens->length = lexer.text.length;
    struct position *positions = ARENA_ARRAY(arena, struct position, lexer.positions_count);
    memcpy(positions, lexer.positions, lexer.positions_count * sizeof *positions);
    tokens->positions = positions;
    struct token *items = ARENA_ARRAY(arena, struct token, lexer.items_count);
    if (lexer.items_count > 0)
        memcpy(items, lexer.items, lexer.items_count * sizeof *items);
    tokens->items = items;
    tokens->count = lexer.items_count;

    free(lexer.positions);
    free(lexer.items);
    str_release(&lexer.text);
    str_release(&in);
}

const struct token *tokens_at(const struct tokens *tokens, uint32_t codepoint) {
    if (codepoint < TOKEN_FIRST || codepoint - TOKEN_FIRST >= tokens->count)
        return NULL;
    return &tokens->items[codepoint - TOKEN_FIRST];
}

bool token_is_tag(const struct token *token) {
    return token->kind == TOKEN_IF || token->kind == TOKEN_ELSE || token->kind == TOKEN_END;
}

struct place tokens_place(const struct tokens *tokens, size_t offset) {
    struct position position = tokens->positions[offset < tokens->length ? offset : tokens->length];
    return (struct place){tokens->path, position.line, position.column};
}

const char *tokens_source(const struct tokens *tokens, struct place place) {
    return place.line == 0 || place.line > tokens->lines_count ? NULL : tokens->lines[place.line - 1];
}

void tokens_report(const struct tokens *tokens, struct problems *problems, enum severity severity, struct place place,
                   const char *format, ...) {
    char message[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct problem *problem = problems_add(problems, severity, place, "%s", message);
    if (problem != NULL && place.column > 0)
        problem->source = tokens_source(tokens, place);
}

void tokens_plain(const struct tokens *tokens, const char *text, size_t length, struct str *out) {
    for (size_t at = 0; at < length;) {
        size_t start = at;
        const struct token *token = tokens_at(tokens, text_next(text, length, &at));
        if (token != NULL && token_is_tag(token))
            str_addc(out, ' ');
        else if (token != NULL && token->kind == TOKEN_LITERAL)
            str_add(out, token->text, token->length);
        else
            str_add(out, text + start, at - start);
    }
}

bool tokens_only_tags(const struct tokens *tokens, const char *text, size_t length) {
    bool tags = false;
    for (size_t at = 0; at < length;) {
        uint32_t c = text_next(text, length, &at);
        const struct token *token = tokens_at(tokens, c);
        if (token != NULL ? !token_is_tag(token) : !text_is_space(c))
            return false;
        tags |= token != NULL;
    }
    return tags;
}
