/*
 * The model letter: a file comes in, blocks that can be filled go out, and everything that is wrong with it.
 *
 *     bytes ── encoding ── token ──┬── markdown ──┬── role ── assemble ── survey ──► model
 *                                  └── plaintext ─┘     (placeholder: what the names in brackets mean)
 *
 *     file  = [ first ], letter
 *     first = { ( "Subject:" text | "Language:" name ) line-end }, blank line
 *
 * The stages are in files of their own; here is their order, the first lines, and what is put in where a draft leaves
 * it out.
 */
#include "letter/model.h"

#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/text.h"
#include "input/encoding.h"
#include "input/language.h"
#include "letter/assemble.h"
#include "letter/curl.h"
#include "letter/describe.h"
#include "letter/markdown.h"
#include "letter/phrase.h"
#include "letter/plaintext.h"
#include "letter/survey.h"

enum { LANGUAGE_SHOWN_MAX = 40 }; /* bytes of it that a message repeats */

static bool has_suffix(const char *path, const char *suffix) {
    size_t length = strlen(path), suffix_length = strlen(suffix);
    return length >= suffix_length && strcasecmp(path + length - suffix_length, suffix) == 0;
}

/* A word processor's own file is no text: better said at once than as a hundred strange characters. */
static int refuse_documents(const char *path, const struct str *text, struct error *error) {
    static const struct {
        const char *start;
        size_t length;
        const char *name;
    } formats[] = {
        {"PK\003\004", 4, "a word processor's document (.docx, .odt)"},
        {"\xD0\xCF\x11\xE0", 4, "a Word document (.doc)"},
        {"{\\rtf", 5, "a rich-text document (.rtf)"},
        {"%PDF-", 5, "a PDF"},
        {"<!DOCTYPE", 9, "a web page"},
        {"<html", 5, "a web page"},
    };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (text->length >= formats[i].length && memcmp(text->bytes, formats[i].start, formats[i].length) == 0)
            return error_at(error, STATUS_DATA, (struct place){path, 0, 0},
                            "this is %s; open it, copy the letter's text, and save that as plain text (.txt)",
                            formats[i].name);
    return 0;
}

/* The first lines. */

struct first_lines {
    size_t end;            /* where the letter begins */
    size_t subject;        /* where its text begins, in the tokens' text */
    size_t subject_length; /* 0: none */
    const char *language;  /* NULL: none */
};

static size_t line_end(const struct tokens *tokens, size_t at) {
    const char *newline = memchr(tokens->text + at, '\n', tokens->length - at);
    return newline == NULL ? tokens->length : (size_t)(newline - tokens->text);
}

static size_t language_label(const char *line, size_t length) {
    static const char *const labels[] = {"language", "iaith", NULL};
    for (const char *const *label = labels; *label != NULL; label++) {
        size_t end = phrase_begins(line, length, *label);
        if (end > 0 && end < length && line[end] == ':')
            return end + 1;
    }
    return 0;
}

/* One of the first lines, from AT to END. False where it is none, and the letter has begun. */
static bool read_first_line(struct first_lines *first, const struct tokens *tokens, size_t at, size_t end,
                            struct problems *problems) {
    const char *line = tokens->text + at;
    size_t length = end - at;
    size_t label = phrase_begins(line, length, "re") > 0 ? 0 : phrase_subject(line, length);
    if (label > 0) {
        const char *subject = line + label;
        size_t subject_length = length - label;
        text_trim(&subject, &subject_length);
        first->subject = (size_t)(subject - tokens->text);
        first->subject_length = subject_length;
        return true;
    }
    label = language_label(line, length);
    if (label == 0)
        return false;
    const char *name = line + label;
    size_t name_length = length - label;
    text_trim(&name, &name_length);
    first->language = language_named(name, name_length);
    if (first->language == NULL)
        tokens_report(tokens, problems, SEVERITY_ERROR, tokens_place(tokens, at),
                      "\"%.*s\" is no language of this program: write en-GB or cy",
                      (int)text_cut(name, name_length, LANGUAGE_SHOWN_MAX), name);
    return true;
}

static struct first_lines read_first_lines(const struct tokens *tokens, struct problems *problems) {
    struct first_lines first = {0};
    for (size_t at = 0; at < tokens->length;) {
        size_t end = line_end(tokens, at);
        const char *line = tokens->text + at;
        size_t length = end - at;
        text_trim(&line, &length);
        /* Blank lines may stand before the first lines, and one ends them. */
        bool begun = first.subject_length > 0 || first.language != NULL || first.end > 0;
        if (length == 0 ? begun : !read_first_line(&first, tokens, at, end, problems))
            break;
        at = end < tokens->length ? end + 1 : end;
        if (length > 0)
            first.end = at;
    }
    return first;
}

static void draft_subject(struct draft *draft, const struct tokens *tokens, const struct first_lines *first) {
    struct str curled = STR_EMPTY;
    draft_block(draft, DRAFT_PARAGRAPH);
    draft_line(draft, tokens_place(tokens, first->subject));
    curl_text(&curled, tokens->text + first->subject, first->subject_length);
    draft_text(draft, 0, curled.bytes, curled.length);
    str_release(&curled);
}

/* What a draft leaves out. */

static struct span field_span(struct arena *arena, enum office office, enum field field, const char *otherwise,
                              unsigned style) {
    struct placeholder *placeholder = ARENA_ARRAY(arena, struct placeholder, 1);
    int *number = ARENA_ARRAY(arena, int, 1);
    *number = (int)field;
    *placeholder = (struct placeholder){
        .written = field_name(office, field), .fields = number, .fields_count = 1, .otherwise = otherwise};
    return (struct span){.kind = SPAN_FIELD, .style = style, .placeholder = placeholder};
}

/* The sender's block, the date or the recipient's block, as Postbag writes it. */
static struct block put_in(struct arena *arena, const char *path, enum office office, enum block_kind kind) {
    const struct span line_break = {.kind = SPAN_BREAK};
    struct span spans[5];
    size_t count = 0;
    if (kind == BLOCK_SENDER) {
        spans[count++] = field_span(arena, office, FIELD_NAME, NULL, STYLE_BOLD);
        spans[count++] = line_break;
        spans[count++] = field_span(arena, office, FIELD_ADDRESS, NULL, 0);
        spans[count++] = line_break;
        spans[count++] = field_span(arena, office, FIELD_POSTCODE, NULL, 0);
    } else if (kind == BLOCK_DATE) {
        spans[count++] = field_span(arena, office, FIELD_DATE, NULL, 0);
    } else {
        /* Whether there must be a name is for the salutation to say: "Dear Sir or Madam" needs none. */
        spans[count++] = field_span(arena, office, FIELD_MP_TITLE, "", 0);
        spans[count++] = line_break;
        spans[count++] = field_span(arena, office, FIELD_MP_ADDRESS, NULL, 0);
    }
    struct span *kept = ARENA_ARRAY(arena, struct span, count);
    memcpy(kept, spans, count * sizeof *kept);
    return (struct block){.kind = kind, .place = {path, 0, 0}, .spans = kept, .spans_count = count};
}

/* A letter may give the sender's address below the signature instead. */
static bool has_address_at_end(const struct block *blocks, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; blocks[i].kind == BLOCK_SIGNATURE && j < blocks[i].spans_count; j++)
            if (blocks[i].spans[j].kind == SPAN_FIELD && survey_is_address(blocks[i].spans[j].placeholder->fields[0]))
                return true;
    return false;
}

static size_t complete(struct block **blocks, size_t count, const char *path, enum office office, struct arena *arena) {
    struct block *completed = ARENA_ARRAY(arena, struct block, count + 3);
    size_t n = 0, taken = 0;
    for (enum block_kind kind = BLOCK_SENDER; kind <= BLOCK_RECIPIENT; kind++) {
        if (taken < count && (*blocks)[taken].kind == kind)
            completed[n++] = (*blocks)[taken++];
        else if (kind != BLOCK_SENDER || !has_address_at_end(*blocks, count))
            completed[n++] = put_in(arena, path, office, kind);
    }
    if (count > taken)
        memcpy(completed + n, *blocks + taken, (count - taken) * sizeof *completed);
    *blocks = completed;
    return n + count - taken;
}

/* The stages find faults in their own order; the reader mends them in the file's. */
static void sort_by_place(struct problem *items, size_t count) {
    for (size_t i = 1; i < count; i++) {
        struct problem item = items[i];
        size_t j = i;
        for (; j > 0; j--) {
            const struct place *before = &items[j - 1].place;
            if (before->line < item.place.line ||
                (before->line == item.place.line && before->column <= item.place.column))
                break;
            items[j] = items[j - 1];
        }
        items[j] = item;
    }
}

/* An MP answers only constituents who give their address; nobody can answer who does not know where to. */
static void warn_of_no_address(const struct model *model, enum office office, struct problems *problems) {
    bool address = false, elected = office_is_elected(office);
    const char *why = elected ? " answer only constituents who do" : "who is to answer must know where to";
    const char *who = elected ? office_words(office)->many : "";
    for (int field = FIELD_ADDRESS; field <= FIELD_ADDRESS_LAST; field++)
        address |= model->styles[field] != 0;
    if (!address)
        problems_add(problems, SEVERITY_WARNING, (struct place){model->path, 0, 0},
                     "the letter does not give the sender's address; %s%s", who, why);
    else if (model->styles[FIELD_POSTCODE] == 0)
        problems_add(problems, SEVERITY_WARNING, (struct place){model->path, 0, 0},
                     "the letter does not give the sender's postcode; %s%s", who, why);
}

static const char *choose_language(const char *configured, const struct first_lines *first, bool welsh) {
    if (configured != NULL)
        return configured;
    return first->language != NULL ? first->language : welsh ? "cy" : "en-GB";
}

struct parts {
    struct tokens tokens;
    struct first_lines first;
    struct draft draft;
    struct draft subject;
    struct roles roles;
};

static void fill_model(struct model *model, struct parts *parts, const char *language, const struct people *people,
                       struct arena *arena, struct problems *problems) {
    const struct meaning *meanings = placeholders_read(&parts->tokens, people, arena, problems);
    bool has_subject = parts->first.subject_length > 0;
    if (has_subject)
        draft_subject(&parts->subject, &parts->tokens, &parts->first);
    roles_read(&parts->roles, &parts->draft, &parts->tokens, meanings, people, has_subject, arena, problems);

    struct assembly assembly = {&parts->draft, &parts->tokens, meanings, &parts->roles,
                                has_subject ? &parts->subject : NULL};
    struct block *blocks;
    size_t count = assemble_blocks(&assembly, arena, problems, &blocks);
    count = complete(&blocks, count, model->path, people_office(people), arena);

    struct survey survey;
    survey_blocks(&survey, blocks, count, model->path, people, arena, problems);
    model->language = choose_language(language, &parts->first, parts->roles.welsh);
    model->blocks = blocks;
    model->blocks_count = count;
    model->address_slots = survey.address_slots;
    memcpy(model->places, survey.places, sizeof model->places);
    model->styles = survey.styles;

    struct str described = STR_EMPTY;
    describe_letter(&described, &parts->draft, &parts->roles, blocks, count);
    model->description = arena_copy(arena, described.bytes, described.length);
    str_release(&described);
}

static int read_text(const char *path, struct str *text, struct error *error) {
    enum encoding encoding = ENCODING_AUTO;
    if (file_read(path, MODEL_MAX, text, error) != 0 || refuse_documents(path, text, error) != 0)
        return -1;
    return encoding_decode(text, &encoding, error);
}

int model_read(struct model *model, const char *path, const char *language, const struct people *people,
               struct arena *arena, struct problems *problems, struct error *error) {
    struct str text = STR_EMPTY;
    if (read_text(path, &text, error) != 0) {
        str_release(&text);
        return -1;
    }
    size_t problems_before = problems->count, errors_before = problems->errors_count;
    *model = (struct model){.path = arena_copy(arena, path, strlen(path))};
    bool markdown = has_suffix(path, ".md") || has_suffix(path, ".markdown");
    struct parts parts = {.first = {0}};
    tokens_read(&parts.tokens, model->path, &text, markdown, arena, problems);
    str_release(&text);

    draft_init(&parts.draft, arena);
    draft_init(&parts.subject, arena);
    parts.first = read_first_lines(&parts.tokens, problems);
    if (markdown)
        markdown_read(&parts.tokens, parts.first.end, &parts.draft, problems);
    else
        plaintext_read(&parts.tokens, parts.first.end, &parts.draft, &model->joined);
    if (model->joined)
        problems_add(problems, SEVERITY_NOTE, (struct place){model->path, 0, 0},
                     "the text was wrapped at a fixed width; its lines were joined into paragraphs");
    fill_model(model, &parts, language, people, arena, problems);
    if (problems->errors_count == errors_before)
        warn_of_no_address(model, people_office(people), problems);
    if (problems->count > problems_before)
        sort_by_place(problems->items + problems_before, problems->count - problems_before);
    draft_release(&parts.draft);
    draft_release(&parts.subject);
    return 0;
}

void model_describe(const struct model *model, struct str *out) {
    str_adds(out, model->description);
}
