/*
 * Roles: a draft comes in, what each of its lines is in a letter goes out. The one idea: the salutation and the closing
 * are found by their words, and a line of the opening by the fields that it holds.
 *
 *     letter  = { sender | date | recipient | subject }, salutation, [ subject ], { body }, [ closing, { signature } ]
 *     sender    a line with one of the sender's fields or the list's own columns, or between two such lines
 *     date      a line with [Date], or that looks like one
 *     recipient a line with one of the recipient's fields, or with none at all
 *     subject   "Re: …", or in Markdown a heading; behind the salutation also a paragraph all in bold
 */
#include "letter/role.h"

#include <string.h>

#include "base/text.h"
#include "input/field.h"
#include "letter/courtesy.h"
#include "letter/phrase.h"

enum { UNDECIDED = ROLES_COUNT, TAGS };

struct reader {
    const struct draft *draft;
    const struct tokens *tokens;
    const struct meaning *meanings;
    const struct people *people;
    struct problems *problems;
    enum role *lines;
    bool has_subject;
};

/* Which kinds of field a line holds. */
struct holds {
    bool sender, recipient, date, name, any;
};

/* The list's own columns tell of the member, unless they are called after the MP. */
static bool is_column_of_recipient(const struct people *people, int field) {
    static const char *const beginnings[] = {"mp", "recipient", "memberofparliament", "minister", NULL};
    const char *name = people_field_name(people, field);
    struct str key = STR_EMPTY;
    bool found = false;
    field_key(&key, name, strlen(name));
    for (const char *const *beginning = beginnings; *beginning != NULL; beginning++)
        found |= strncmp(key.bytes, *beginning, strlen(*beginning)) == 0;
    str_release(&key);
    return found;
}

static void note_field(struct holds *holds, const struct people *people, int field) {
    holds->any = true;
    holds->date |= field == FIELD_DATE;
    holds->name |= field == FIELD_NAME || field == FIELD_LAST_NAME;
    if (field >= FIELD_COUNT && is_column_of_recipient(people, field))
        holds->recipient = true;
    else if (field >= FIELD_COUNT || field <= FIELD_BRANCH || field == FIELD_WARD)
        holds->sender = true;
    else if (field == FIELD_CONSTITUENCY || (field >= FIELD_MP && field <= FIELD_PARTY))
        holds->recipient = true;
}

static struct holds holds_of(const struct reader *reader, const struct draft_line *line) {
    struct holds holds = {0};
    for (size_t i = 0; i < line->count; i++) {
        const struct draft_text *text = &reader->draft->texts[line->first + i];
        for (size_t at = 0; at < text->length;) {
            const struct token *token = tokens_at(reader->tokens, text_next(text->text, text->length, &at));
            const struct placeholder *placeholder =
                token == NULL ? NULL : reader->meanings[token - reader->tokens->items].placeholder;
            for (size_t j = 0; placeholder != NULL && j < placeholder->fields_count; j++)
                note_field(&holds, reader->people, placeholder->fields[j]);
        }
    }
    return holds;
}

/* Asks about the plain text of a line. */
static bool line_is(const struct reader *reader, size_t i, bool (*is)(const char *, size_t)) {
    struct str plain = STR_EMPTY;
    draft_plain(reader->draft, reader->tokens, &reader->draft->lines[i], &plain);
    bool answer = is(plain.bytes, plain.length);
    str_release(&plain);
    return answer;
}

static bool has_subject_label(const char *line, size_t length) {
    return phrase_subject(line, length) > 0;
}

static size_t find_salutation(const struct reader *reader) {
    static bool (*const kinds[])(const char *, size_t) = {phrase_is_salutation, phrase_is_weak_salutation};
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
        for (size_t i = 0; i < reader->draft->lines_count; i++)
            if (line_is(reader, i, kinds[kind]))
                return i;
    return reader->draft->lines_count;
}

static bool is_only_tags(const struct reader *reader, size_t i) {
    return draft_only_tags(reader->draft, reader->tokens, &reader->draft->lines[i]);
}

/* "[if country is Wales]Annwyl[else]Dear[end] [MP]" is in no language yet. */
static bool holds_tag(const struct reader *reader, size_t i) {
    const struct draft_line *line = &reader->draft->lines[i];
    for (size_t j = 0; j < line->count; j++) {
        const struct draft_text *text = &reader->draft->texts[line->first + j];
        for (size_t at = 0; at < text->length;) {
            const struct token *token = tokens_at(reader->tokens, text_next(text->text, text->length, &at));
            if (token != NULL && token_is_tag(token))
                return true;
        }
    }
    return false;
}

/* What a line of the opening is by itself; UNDECIDED where it holds nothing that says so. */
static unsigned opening_role(struct reader *reader, const struct draft_block *block, size_t i) {
    const struct draft_line *line = &reader->draft->lines[i];
    if (is_only_tags(reader, i))
        return TAGS;
    struct holds holds = holds_of(reader, line);
    bool heading = block->kind == DRAFT_HEADING && !holds.any;
    if (!reader->has_subject && (heading || line_is(reader, i, has_subject_label))) {
        reader->has_subject = true;
        return ROLE_SUBJECT;
    }
    if (holds.sender && holds.recipient)
        tokens_report(reader->tokens, reader->problems, SEVERITY_WARNING, line->place,
                      "this line has fields of the sender and of the recipient; it is read as the sender's");
    if (holds.date && !holds.recipient)
        return ROLE_DATE;
    if (holds.sender)
        return ROLE_SENDER;
    if (holds.recipient)
        return ROLE_RECIPIENT;
    return !holds.any && line_is(reader, i, phrase_is_date) ? ROLE_DATE : UNDECIDED;
}

/* The nearest role above or below line I of the opening, UNDECIDED where there is none. */
static unsigned neighbour(const unsigned *roles, size_t count, size_t i, int step) {
    for (size_t j = i + (size_t)step; j < count; j += (size_t)step)
        if (roles[j] < ROLES_COUNT)
            return roles[j];
    return UNDECIDED;
}

static void warn_of_heading(const struct reader *reader, size_t i) {
    tokens_report(reader->tokens, reader->problems, SEVERITY_WARNING, reader->draft->lines[i].place,
                  "this line stands before the salutation and above the sender's address; it is printed above the "
                  "recipient's");
}

/* Fixed text is the recipient's, except within the sender's lines; a tag goes with what it stands at. */
static void settle(struct reader *reader, unsigned *roles, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (roles[i] != UNDECIDED)
            continue;
        unsigned above = neighbour(roles, count, i, -1), below = neighbour(roles, count, i, 1);
        if (above != UNDECIDED || below != ROLE_SENDER) {
            roles[i] = above == ROLE_SENDER && below == ROLE_SENDER ? ROLE_SENDER : ROLE_RECIPIENT;
            continue;
        }
        warn_of_heading(reader, i);
        reader->lines[i] = ROLE_RECIPIENT; /* and not in ROLES, so that the line below it is warned of too */
    }
    for (size_t i = 0; i < count; i++)
        if (roles[i] == UNDECIDED)
            roles[i] = ROLE_RECIPIENT;
    for (size_t i = 0; i < count; i++) {
        if (roles[i] != TAGS)
            continue;
        const struct draft_line *line = &reader->draft->lines[i];
        size_t at = 0;
        const struct draft_text *text = &reader->draft->texts[line->first];
        const struct token *tag = tokens_at(reader->tokens, text_next(text->text, text->length, &at));
        bool opens = tag != NULL && tag->kind == TOKEN_IF;
        unsigned role = neighbour(roles, count, i, opens ? 1 : -1);
        if (role == UNDECIDED)
            role = neighbour(roles, count, i, opens ? -1 : 1);
        reader->lines[i] = role == UNDECIDED ? ROLE_RECIPIENT : (enum role)role;
    }
    for (size_t i = 0; i < count; i++)
        if (roles[i] < ROLES_COUNT)
            reader->lines[i] = (enum role)roles[i];
}

static void read_opening(struct reader *reader, size_t count, struct arena *arena) {
    unsigned *roles = ARENA_ARRAY(arena, unsigned, count);
    size_t i = 0;
    for (size_t b = 0; b < reader->draft->blocks_count && i < count; b++) {
        const struct draft_block *block = &reader->draft->blocks[b];
        for (; i < block->first + block->count && i < count; i++)
            roles[i] = opening_role(reader, block, i);
    }
    settle(reader, roles, count);
}

static const struct draft_block *block_of(const struct draft *draft, size_t line) {
    size_t low = 0, high = draft->blocks_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (draft->blocks[middle].first <= line)
            low = middle;
        else
            high = middle;
    }
    return &draft->blocks[low];
}

static bool is_bold(const struct draft *draft, const struct draft_block *block) {
    const struct draft_line *last = &draft->lines[block->first + block->count - 1];
    for (size_t i = draft->lines[block->first].first; i < last->first + last->count; i++) {
        const char *text = draft->texts[i].text;
        size_t length = draft->texts[i].length;
        text_trim(&text, &length);
        if (length > 0 && (draft->texts[i].style & STYLE_BOLD) == 0)
            return false;
    }
    return true;
}

/* The line or block right behind the salutation, where it is the subject. */
static void find_subject(struct reader *reader, size_t first) {
    const struct draft *draft = reader->draft;
    if (first >= draft->lines_count || is_only_tags(reader, first))
        return;
    if (reader->has_subject) {
        if (line_is(reader, first, has_subject_label))
            tokens_report(reader->tokens, reader->problems, SEVERITY_WARNING, draft->lines[first].place,
                          "the letter has a subject already; this one is printed as part of the text");
        return;
    }
    const struct draft_block *block = block_of(draft, first);
    size_t end = first;
    if (line_is(reader, first, has_subject_label))
        end = first + 1;
    else if (block->first == first && (block->kind == DRAFT_HEADING ||
                                       (block->kind == DRAFT_PARAGRAPH && block->count <= 3 && is_bold(draft, block))))
        end = first + block->count;
    for (size_t i = first; i < end; i++)
        reader->lines[i] = ROLE_SUBJECT;
}

static bool is_closing(const struct reader *reader, size_t i) {
    const struct draft_block *block = block_of(reader->draft, i);
    struct str plain = STR_EMPTY;
    draft_plain(reader->draft, reader->tokens, &reader->draft->lines[i], &plain);
    enum phrase_closing closing = phrase_closing(plain.bytes, plain.length);
    str_release(&plain);
    return block->quote_depth == 0 &&
           (closing == PHRASE_CLOSING || (closing == PHRASE_CLOSING_LONGER && block->first == i));
}

/* Marks the closing and what follows it. Returns the closing's line; how many lines there are where there is none. */
static size_t read_closing(struct reader *reader, size_t from) {
    size_t closing = reader->draft->lines_count;
    while (closing > from && !is_closing(reader, closing - 1))
        closing--;
    if (closing == from) {
        tokens_report(reader->tokens, reader->problems, SEVERITY_WARNING, (struct place){reader->tokens->path, 0, 0},
                      "there is no closing such as \"Yours sincerely\", and so no space for a signature");
        return reader->draft->lines_count;
    }
    bool name = holds_of(reader, &reader->draft->lines[closing - 1]).name;
    reader->lines[closing - 1] = ROLE_CLOSING;
    for (size_t i = closing; i < reader->draft->lines_count; i++) {
        reader->lines[i] = ROLE_SIGNATURE;
        name |= holds_of(reader, &reader->draft->lines[i]).name;
    }
    if (!name)
        tokens_report(reader->tokens, reader->problems, SEVERITY_WARNING, reader->draft->lines[closing - 1].place,
                      "there is no [name] below the closing");
    return closing - 1;
}

void roles_read(struct roles *roles, const struct draft *draft, const struct tokens *tokens,
                const struct meaning *meanings, const struct people *people, bool has_subject, struct arena *arena,
                struct problems *problems) {
    struct reader reader = {
        draft, tokens, meanings, people, problems, ARENA_ARRAY(arena, enum role, draft->lines_count), has_subject};
    for (size_t i = 0; i < draft->lines_count; i++)
        reader.lines[i] = ROLE_BODY;
    size_t salutation = find_salutation(&reader), body = 0;
    roles->welsh = false;
    if (salutation == draft->lines_count) {
        tokens_report(tokens, problems, SEVERITY_ERROR, (struct place){tokens->path, 0, 0},
                      "there is no salutation; begin the letter with a line such as \"Dear [%s]\"",
                      field_name(people_office(people), FIELD_MP));
    } else {
        roles->welsh = line_is(&reader, salutation, phrase_is_welsh) && !holds_tag(&reader, salutation);
        read_opening(&reader, salutation, arena);
        reader.lines[salutation] = ROLE_SALUTATION;
        body = salutation + 1;
        find_subject(&reader, body);
    }
    size_t closing = read_closing(&reader, body);
    if (salutation < closing && closing < draft->lines_count)
        courtesy_check(draft, tokens, meanings, people, salutation, closing, problems);
    roles->lines = reader.lines;
}
