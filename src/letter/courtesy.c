/*
 * Courtesy: a salutation and a close come in, what is amiss between them goes out. The one idea: a salutation with the
 * recipient's field in it greets somebody by name, unless that field stands for the same words in every letter; else its
 * own words say whom it greets.
 */
#include "letter/courtesy.h"

#include "base/str.h"
#include "base/text.h"
#include "letter/phrase.h"

/* One of the two lines, as it would be read. */
struct said {
    struct str text;
    bool named;   /* it holds the recipient's name, which differs from row to row */
    bool unknown; /* a field of another kind stands in it, or a default */
    bool tags;    /* what it says depends on the row */
};

static void add_field(struct said *said, const struct placeholder *placeholder, const struct people *people) {
    for (size_t i = 0; i < placeholder->fields_count; i++) {
        int field = placeholder->fields[i];
        bool recipient = field >= FIELD_MP && field <= FIELD_MP_DEAR;
        const struct value *fixed = recipient ? people_fixed(people, FIELD_MP_DEAR) : NULL;
        if (fixed != NULL && fixed->length > 0)
            str_add(&said->text, fixed->text, fixed->length);
        said->named |= recipient && fixed == NULL;
        said->unknown |= !recipient || (fixed != NULL && fixed->length == 0);
    }
    said->unknown |= placeholder->otherwise != NULL && *placeholder->otherwise != '\0';
}

static void read_line(struct said *said, const struct draft *draft, const struct tokens *tokens,
                      const struct meaning *meanings, const struct people *people, const struct draft_line *line) {
    *said = (struct said){.text = STR_EMPTY};
    for (size_t i = 0; i < line->count; i++) {
        const struct draft_text *text = &draft->texts[line->first + i];
        for (size_t at = 0; at < text->length;) {
            uint32_t c = text_next(text->text, text->length, &at);
            const struct token *token = tokens_at(tokens, c);
            if (token == NULL)
                str_add_codepoint(&said->text, c);
            else if (token_is_tag(token))
                said->tags = true;
            else if (token->kind == TOKEN_LITERAL)
                str_add(&said->text, token->text, token->length);
            else if (meanings[token - tokens->items].placeholder != NULL)
                add_field(said, meanings[token - tokens->items].placeholder, people);
        }
    }
}

/* "Dear Dear Ms Smith" where the configured salutation is the whole: the letter will say it once. */
static enum phrase_greeting greeting_of(const struct said *salutation) {
    const char *line = salutation->text.bytes;
    size_t length = salutation->text.length, first = phrase_begins(line, length, "dear");
    if (salutation->named)
        return PHRASE_GREETS_SOMEBODY;
    if (first > 0 && phrase_begins(line + first, length - first, "dear") > 0)
        return phrase_greeting(line + first, length - first);
    return phrase_greeting(line, length);
}

/* The close that belongs to the greeting; NULL: any. */
static const char *belonging(enum phrase_greeting greeting, bool welsh) {
    if (greeting == PHRASE_GREETS_ANYBODY)
        return welsh ? "Yr eiddoch yn gywir" : "Yours faithfully";
    if (greeting == PHRASE_GREETS_SOMEBODY)
        return welsh ? "Yn gywir" : "Yours sincerely";
    return NULL;
}

static void check_language(const struct said *salutation, const struct tokens *tokens, struct place place,
                           struct problems *problems) {
    bool welsh = phrase_is_welsh(salutation->text.bytes, salutation->text.length);
    const char *belongs = belonging(greeting_of(salutation), welsh);
    if (belongs != NULL)
        tokens_report(tokens, problems, SEVERITY_WARNING, place,
                      "the salutation is %s and the close is not: with this one goes \"%s\"",
                      welsh ? "Welsh" : "English", belongs);
    else
        tokens_report(tokens, problems, SEVERITY_WARNING, place, "the salutation is %s and the close is not",
                      welsh ? "Welsh" : "English");
}

static void check_manner(const struct said *salutation, const struct said *closing, const struct tokens *tokens,
                         struct place place, struct problems *problems) {
    bool welsh = phrase_closes_in_welsh(closing->text.bytes, closing->text.length);
    enum phrase_greeting greeting = greeting_of(salutation);
    enum phrase_manner manner = phrase_manner(closing->text.bytes, closing->text.length);
    if (greeting == PHRASE_GREETS_ANYBODY && manner == PHRASE_SINCERE)
        tokens_report(tokens, problems, SEVERITY_WARNING, place,
                      "the letter greets nobody by name, and such a letter ends with \"%s\"; \"%s\" is for one that "
                      "greets somebody by name",
                      belonging(greeting, welsh), welsh ? "Yn gywir" : "Yours sincerely");
    if (greeting == PHRASE_GREETS_SOMEBODY && manner == PHRASE_FAITHFUL)
        tokens_report(tokens, problems, SEVERITY_WARNING, place,
                      "the letter greets somebody by name, and such a letter ends with \"%s\"; \"%s\" goes with \"%s\"",
                      belonging(greeting, welsh), welsh ? "Yr eiddoch yn ffyddlon" : "Yours faithfully",
                      welsh ? "Annwyl Syr neu Fadam" : "Dear Sir or Madam");
}

void courtesy_check(const struct draft *draft, const struct tokens *tokens, const struct meaning *meanings,
                    const struct people *people, size_t salutation, size_t closing, struct problems *problems) {
    struct said greets, closes;
    struct place place = draft->lines[closing].place;
    read_line(&greets, draft, tokens, meanings, people, &draft->lines[salutation]);
    read_line(&closes, draft, tokens, meanings, people, &draft->lines[closing]);
    bool welsh = phrase_closes_in_welsh(closes.text.bytes, closes.text.length);
    bool formal = phrase_manner(closes.text.bytes, closes.text.length) != PHRASE_EITHER ||
                  phrase_begins(closes.text.bytes, closes.text.length, "yr eiddoch") > 0;
    bool certain = !greets.unknown && !greets.tags && !closes.tags;
    if (certain && formal && phrase_is_welsh(greets.text.bytes, greets.text.length) != welsh)
        check_language(&greets, tokens, place, problems);
    else if (certain)
        check_manner(&greets, &closes, tokens, place, problems);
    str_release(&greets.text);
    str_release(&closes.text);
}
