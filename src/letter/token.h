/*
 * The tokens of a model letter: its [placeholders], [if …] [else] [end], and what stands behind a backslash.
 *
 * They are lexed before anything else and stand in the text that goes on to the parsers as private-use characters, one
 * each: so no parser makes a link of `[ward](x)`, loses `\[`, or sees a blank that is reported already. The rest of the
 * text is cleaned of what pasting leaves behind (carriage returns, no-break spaces, soft hyphens, zero-width
 * characters), and every byte remembers where in the file it stood.
 */
#ifndef POSTBAG_LETTER_TOKEN_H
#define POSTBAG_LETTER_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum {
    TOKENS_MAX = 4000,
    TOKEN_LENGTH_MAX = 400, /* bytes between two brackets */
    TOKEN_FIRST = 0xF0000,  /* the private-use character that stands for the first token */
};

enum token_kind { TOKEN_FIELD, TOKEN_IF, TOKEN_ELSE, TOKEN_END, TOKEN_LITERAL };

struct token {
    enum token_kind kind;
    struct place place;
    const char *text; /* between the brackets, its spaces tidied; TOKEN_LITERAL: what is to be printed */
    size_t length;
    const char *source; /* the line of the model, for a caret */
};

struct position {
    unsigned line; /* of the file, from 1 */
    unsigned column;
};

struct tokens {
    const char *path;
    const char *text; /* valid UTF-8, lines end in '\n' */
    size_t length;
    const struct position *positions; /* of each byte of the text, and of its end */
    const struct token *items;
    size_t count;
    const char *const *lines; /* of the file, as they stood, for carets */
    size_t lines_count;
};

/*
 * Lexes TEXT (the decoded file PATH). All faults are added to PROBLEMS. MARKDOWN: a backslash escapes any punctuation
 * and is left to the parser, except before a bracket or a blank; and `[text](https://…)` is a link.
 */
void tokens_read(struct tokens *tokens, const char *path, const struct str *text, bool markdown, struct arena *arena,
                 struct problems *problems);

/* The token that CODEPOINT stands for, or NULL. */
const struct token *tokens_at(const struct tokens *tokens, uint32_t codepoint);

/* Whether the token is one of [if …], [else] and [end]. */
bool token_is_tag(const struct token *token);

/* Where byte OFFSET of the text stood in the file, and the line it stood in. */
struct place tokens_place(const struct tokens *tokens, size_t offset);
const char *tokens_source(const struct tokens *tokens, struct place place);

/* Adds a problem at PLACE of the model letter, with its line for a caret. */
void tokens_report(const struct tokens *tokens, struct problems *problems, enum severity severity, struct place place,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Appends to OUT the plain text of part of the text: tags become spaces, fields stay as they are. */
void tokens_plain(const struct tokens *tokens, const char *text, size_t length, struct str *out);

/* Whether part of the text holds tags, and besides them nothing but spaces. */
bool tokens_only_tags(const struct tokens *tokens, const char *text, size_t length);

#endif
