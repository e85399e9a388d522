/*
 * Assembling: lines with roles come in, blocks of spans go out.
 *
 * The one idea: lines are gathered by role, and only then become spans; what a line break is depends on where it
 * stands. Where the tags of a paragraph do not pair, those that have a line to themselves stand around blocks: so an
 * [end] right below the last item of a list, which Markdown counts to that item, closes what was opened above the list.
 */
#include "letter/assemble.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "letter/nesting.h"
#include "letter/phrase.h"

/* Part of the body: a tag between blocks, or some lines of a block of the draft. */
struct piece {
    const struct draft_block *block;
    size_t first, count; /* of its lines */
    bool tag;
    size_t token; /* of the tag */
};

struct builder {
    const struct assembly *assembly;
    const struct draft *draft; /* where lines and texts are taken from */
    struct arena *arena;
    struct problems *problems;
    bool *dropped; /* by number of token: a tag without a partner, which was reported */
    struct piece *pieces;
    size_t pieces_count, pieces_room;
    struct block *blocks;
    size_t blocks_count, blocks_room;
    /* The block that is being built. */
    enum block_kind kind;
    struct span *spans;
    size_t spans_count, spans_room;
    struct str text; /* behind the last span */
    unsigned style;
    bool at_space; /* a space here would be the second, or at the start of a line */
};

/* What a condition is whose subject nobody knows; that was reported. */
static const struct condition unknown_condition = {.subject = {.written = ""}};

static const struct token *token_in(const struct builder *builder, uint32_t codepoint, size_t *number) {
    const struct token *token = tokens_at(builder->assembly->tokens, codepoint);
    if (token != NULL)
        *number = (size_t)(token - builder->assembly->tokens->items);
    return token;
}

/* Spans. */

static void flush_text(struct builder *builder) {
    if (builder->text.length == 0)
        return;
    size_t length = builder->text.length;
    const char *text = text_nfc(builder->arena, builder->text.bytes, &length);
    *MEMORY_PUSH(builder->spans, builder->spans_count, builder->spans_room) =
        (struct span){.kind = SPAN_TEXT, .style = builder->style, .text = text, .length = length};
    str_clear(&builder->text);
}

static struct span *add_span(struct builder *builder, enum span_kind kind) {
    flush_text(builder);
    struct span *span = MEMORY_PUSH(builder->spans, builder->spans_count, builder->spans_room);
    *span = (struct span){.kind = kind, .style = builder->style};
    return span;
}

static void add_space(struct builder *builder) {
    if (!builder->at_space)
        str_addc(&builder->text, ' ');
    builder->at_space = true;
}

/* Whether " MP" follows in the model's own text behind byte AT of text I of LINE. */
static bool goes_on_with_mp(const struct builder *builder, const struct draft_line *line, size_t i, size_t at) {
    static const char *const letters[] = {"mp", "msp", "ms", "mla", "as", NULL};
    struct str rest = STR_EMPTY;
    for (; i < line->count; i++, at = 0) {
        const struct draft_text *text = &builder->draft->texts[line->first + i];
        tokens_plain(builder->assembly->tokens, text->text + at, text->length - at, &rest);
    }
    bool found = false;
    for (const char *const *of = letters; *of != NULL; of++)
        found |= phrase_begins(rest.bytes, rest.length, *of) > 0;
    str_release(&rest);
    return found;
}

/* The MP's name in the form that the block calls for. */
static const struct placeholder *fitting(struct builder *builder, const struct placeholder *placeholder, bool with_mp) {
    int form = builder->kind == BLOCK_SALUTATION              ? FIELD_MP_DEAR
               : builder->kind == BLOCK_RECIPIENT && !with_mp ? FIELD_MP_TITLE
                                                              : FIELD_MP;
    if (form == FIELD_MP)
        return placeholder;
    int *fields = ARENA_ARRAY(builder->arena, int, placeholder->fields_count);
    for (size_t i = 0; i < placeholder->fields_count; i++)
        fields[i] = placeholder->fields[i] == FIELD_MP ? form : placeholder->fields[i];
    struct placeholder *copy = ARENA_ARRAY(builder->arena, struct placeholder, 1);
    *copy = *placeholder;
    copy->fields = fields;
    return copy;
}

static void add_tag(struct builder *builder, const struct token *token, size_t number) {
    if (builder->dropped[number])
        return;
    struct span *span = add_span(builder, token->kind == TOKEN_IF     ? SPAN_IF
                                          : token->kind == TOKEN_ELSE ? SPAN_ELSE
                                                                      : SPAN_END);
    const struct condition *condition = builder->assembly->meanings[number].condition;
    if (token->kind == TOKEN_IF)
        span->condition = condition == NULL ? &unknown_condition : condition;
}

static void add_field(struct builder *builder, size_t number, bool with_mp) {
    const struct placeholder *placeholder = builder->assembly->meanings[number].placeholder;
    if (placeholder == NULL)
        return;
    add_span(builder, SPAN_FIELD)->placeholder = fitting(builder, placeholder, with_mp);
    builder->at_space = false;
}

static unsigned style_of(enum block_kind kind) {
    return kind == BLOCK_SUBJECT || kind == BLOCK_HEADING ? STYLE_BOLD : 0;
}

static void add_text(struct builder *builder, const struct draft_line *line, size_t i, size_t from) {
    const struct draft_text *text = &builder->draft->texts[line->first + i];
    unsigned style = text->style | style_of(builder->kind);
    if (style != builder->style)
        flush_text(builder);
    builder->style = style;
    for (size_t at = from; at < text->length;) {
        size_t start = at, number = 0;
        uint32_t c = text_next(text->text, text->length, &at);
        const struct token *token = token_in(builder, c, &number);
        if (token != NULL && token_is_tag(token)) {
            add_tag(builder, token, number);
        } else if (token != NULL && token->kind == TOKEN_FIELD) {
            add_field(builder, number, goes_on_with_mp(builder, line, i, at));
        } else if (token != NULL) {
            str_add(&builder->text, token->text, token->length);
            builder->at_space = false;
        } else if (c == ' ' || c == '\t' || c == '\n') {
            add_space(builder);
        } else {
            str_add(&builder->text, text->text + start, at - start);
            builder->at_space = false;
        }
    }
}

/* The spaces at the end of a line are not printed. */
static void trim_line(struct builder *builder) {
    if (builder->text.length > 0 && builder->text.bytes[builder->text.length - 1] == ' ')
        str_cut(&builder->text, builder->text.length - 1);
    flush_text(builder);
    struct span *last = builder->spans_count == 0 ? NULL : &builder->spans[builder->spans_count - 1];
    if (builder->at_space && last != NULL && last->kind == SPAN_TEXT && last->length > 0 &&
        last->text[last->length - 1] == ' ' && --last->length == 0)
        builder->spans_count--;
}

static bool only_tags(const struct builder *builder, const struct draft_line *line) {
    return draft_only_tags(builder->draft, builder->assembly->tokens, line);
}

/* How many bytes of the line's first text are the "Re:" of a subject. */
static size_t label_length(const struct builder *builder, const struct draft_line *line) {
    if (builder->kind != BLOCK_SUBJECT || line->count == 0)
        return 0;
    const struct draft_text *text = &builder->draft->texts[line->first];
    return phrase_subject(text->text, text->length);
}

/* Line I, and the break behind it unless it is the LAST. A line of tags alone is no line in print. */
static void add_line(struct builder *builder, size_t i, bool last) {
    const struct draft_line *line = &builder->draft->lines[i];
    size_t label = label_length(builder, line);
    for (size_t j = 0; j < line->count; j++)
        add_text(builder, line, j, j == 0 ? label : 0);
    bool kept = line->kept || block_keeps_lines(builder->kind);
    if (last) {
        trim_line(builder);
    } else if (only_tags(builder, line)) {
        return;
    } else if (kept) {
        trim_line(builder);
        add_span(builder, SPAN_BREAK);
        builder->at_space = true;
    } else {
        if (builder->style != style_of(builder->kind))
            flush_text(builder); /* the space between two lines is in neither's style */
        builder->style = style_of(builder->kind);
        add_space(builder);
    }
}

static void begin_block(struct builder *builder, enum block_kind kind) {
    builder->kind = kind;
    builder->spans_count = 0;
    builder->style = 0;
    builder->at_space = true;
    str_clear(&builder->text);
}

/* The line of the sender's block that is just the name is set in bold. */
static void embolden_name(struct builder *builder) {
    struct span *spans = builder->spans;
    for (size_t i = 0; i < builder->spans_count; i++) {
        bool begins = i == 0 || spans[i - 1].kind == SPAN_BREAK;
        bool ends = i + 1 == builder->spans_count || spans[i + 1].kind == SPAN_BREAK;
        if (begins && ends && spans[i].kind == SPAN_FIELD && spans[i].placeholder->fields[0] == FIELD_NAME)
            spans[i].style |= STYLE_BOLD;
    }
}

/* The block is finished; it is not added if nothing is in it. */
static struct block *end_block(struct builder *builder, struct place place) {
    flush_text(builder);
    while (builder->spans_count > 0 && builder->spans[builder->spans_count - 1].kind == SPAN_BREAK)
        builder->spans_count--;
    if (builder->spans_count == 0)
        return NULL;
    if (builder->kind == BLOCK_SENDER)
        embolden_name(builder);
    struct span *spans = ARENA_ARRAY(builder->arena, struct span, builder->spans_count);
    memcpy(spans, builder->spans, builder->spans_count * sizeof *spans);
    struct block *block = MEMORY_PUSH(builder->blocks, builder->blocks_count, builder->blocks_room);
    *block = (struct block){.kind = builder->kind, .place = place, .spans = spans, .spans_count = builder->spans_count};
    return block;
}

/* Tags. */

struct tags {
    size_t *items;
    size_t count, room;
};

static void collect_tags(const struct builder *builder, const struct draft_line *line, struct tags *tags) {
    for (size_t i = 0; i < line->count; i++) {
        const struct draft_text *text = &builder->draft->texts[line->first + i];
        for (size_t at = 0; at < text->length;) {
            size_t number = 0;
            const struct token *token = token_in(builder, text_next(text->text, text->length, &at), &number);
            if (token != NULL && token_is_tag(token))
                *MEMORY_PUSH(tags->items, tags->count, tags->room) = number;
        }
    }
}

static void check_tags(struct builder *builder, struct tags *tags) {
    nesting_check(builder->assembly->tokens, tags->items, tags->count, builder->dropped, builder->problems);
    free(tags->items);
}

/* The lines with one role, which need not stand together, as one block. */
static void add_role(struct builder *builder, enum role role) {
    const enum role *roles = builder->assembly->roles->lines;
    struct tags tags = {NULL, 0, 0};
    size_t first = builder->draft->lines_count, last = 0;
    for (size_t i = 0; i < builder->draft->lines_count; i++) {
        if (roles[i] != role)
            continue;
        collect_tags(builder, &builder->draft->lines[i], &tags);
        if (first == builder->draft->lines_count)
            first = i;
        last = i;
    }
    check_tags(builder, &tags);
    if (first == builder->draft->lines_count)
        return;
    for (size_t i = first; i <= last; i++)
        if (roles[i] == role)
            add_line(builder, i, i == last);
    end_block(builder, builder->draft->lines[first].place);
}

static void add_subject(struct builder *builder) {
    begin_block(builder, BLOCK_SUBJECT);
    if (builder->assembly->subject == NULL) {
        add_role(builder, ROLE_SUBJECT);
        return;
    }
    struct tags tags = {NULL, 0, 0};
    builder->draft = builder->assembly->subject;
    collect_tags(builder, &builder->draft->lines[0], &tags);
    check_tags(builder, &tags);
    add_line(builder, 0, true);
    end_block(builder, builder->draft->lines[0].place);
    builder->draft = builder->assembly->draft;
}

/* The body. */

static void add_piece(struct builder *builder, const struct draft_block *block, size_t first, size_t count) {
    if (count > 0)
        *MEMORY_PUSH(builder->pieces, builder->pieces_count, builder->pieces_room) =
            (struct piece){.block = block, .first = first, .count = count};
}

static void add_tag_pieces(struct builder *builder, const struct draft_block *block, size_t line) {
    struct tags tags = {NULL, 0, 0};
    collect_tags(builder, &builder->draft->lines[line], &tags);
    for (size_t i = 0; i < tags.count; i++)
        *MEMORY_PUSH(builder->pieces, builder->pieces_count, builder->pieces_room) =
            (struct piece){.block = block, .first = line, .count = 1, .tag = true, .token = tags.items[i]};
    free(tags.items);
}

/* Lines FIRST to before END of a block: one piece if their tags pair, else cut at the lines that are only tags. */
static void cut_block(struct builder *builder, const struct draft_block *block, size_t first, size_t end) {
    struct tags tags = {NULL, 0, 0};
    bool text = false;
    for (size_t i = first; i < end; i++) {
        collect_tags(builder, &builder->draft->lines[i], &tags);
        text |= !only_tags(builder, &builder->draft->lines[i]);
    }
    bool whole = text && nesting_is_proper(builder->assembly->tokens, tags.items, tags.count);
    free(tags.items);
    if (whole) {
        add_piece(builder, block, first, end - first);
        return;
    }
    for (size_t i = first; i < end; i++) {
        if (!only_tags(builder, &builder->draft->lines[i]))
            continue;
        add_piece(builder, block, first, i - first);
        add_tag_pieces(builder, block, i);
        first = i + 1;
    }
    add_piece(builder, block, first, end - first);
}

static void cut_body(struct builder *builder) {
    const enum role *roles = builder->assembly->roles->lines;
    for (size_t i = 0; i < builder->draft->blocks_count; i++) {
        const struct draft_block *block = &builder->draft->blocks[i];
        size_t first = block->first, end = block->first + block->count;
        while (first < end && roles[first] != ROLE_BODY)
            first++;
        size_t last = first;
        while (last < end && roles[last] == ROLE_BODY)
            last++;
        if (first < last)
            cut_block(builder, block, first, last);
    }
}

static void check_body_tags(struct builder *builder) {
    struct tags tags = {NULL, 0, 0};
    for (size_t i = 0; i < builder->pieces_count; i++)
        if (builder->pieces[i].tag)
            *MEMORY_PUSH(tags.items, tags.count, tags.room) = builder->pieces[i].token;
    check_tags(builder, &tags);
}

static void add_tag_block(struct builder *builder, const struct piece *piece) {
    if (builder->dropped[piece->token])
        return;
    const struct token *token = &builder->assembly->tokens->items[piece->token];
    const struct condition *condition = builder->assembly->meanings[piece->token].condition;
    struct block *block = MEMORY_PUSH(builder->blocks, builder->blocks_count, builder->blocks_room);
    *block = (struct block){.kind = token->kind == TOKEN_IF     ? BLOCK_IF
                                    : token->kind == TOKEN_ELSE ? BLOCK_ELSE
                                                                : BLOCK_END,
                            .place = token->place};
    if (token->kind == TOKEN_IF)
        block->condition = condition == NULL ? &unknown_condition : condition;
}

static void add_text_block(struct builder *builder, const struct piece *piece) {
    const struct draft_block *drafted = piece->block;
    bool later = piece->first != drafted->first; /* part of a block that was cut: the bullet stands before the first */
    struct tags tags = {NULL, 0, 0};
    for (size_t i = 0; i < piece->count; i++)
        collect_tags(builder, &builder->draft->lines[piece->first + i], &tags);
    check_tags(builder, &tags);
    begin_block(builder, drafted->kind == DRAFT_HEADING          ? BLOCK_HEADING
                         : drafted->kind == DRAFT_ITEM && !later ? BLOCK_ITEM
                                                                 : BLOCK_PARAGRAPH);
    for (size_t i = 0; i < piece->count; i++)
        add_line(builder, piece->first + i, i + 1 == piece->count);
    struct block *block = end_block(builder, builder->draft->lines[piece->first].place);
    if (block == NULL)
        return;
    block->quote_depth = drafted->quote_depth;
    block->list_depth = drafted->list_depth;
    block->number = block->kind == BLOCK_ITEM ? drafted->number : 0;
    block->continues = drafted->continues || (drafted->kind == DRAFT_ITEM && later);
}

static void add_body(struct builder *builder) {
    cut_body(builder);
    check_body_tags(builder);
    for (size_t i = 0; i < builder->pieces_count; i++) {
        if (builder->pieces[i].tag)
            add_tag_block(builder, &builder->pieces[i]);
        else
            add_text_block(builder, &builder->pieces[i]);
    }
}

/* "Yours sincerely, [name]" on one line: the field belongs to the signature. Keeps the spans behind it in *REST. */
static size_t cut_closing(struct builder *builder, struct span **rest) {
    size_t field = 0;
    flush_text(builder);
    while (field < builder->spans_count && builder->spans[field].kind == SPAN_TEXT)
        field++;
    if (field == 0 || field == builder->spans_count || builder->spans[field].kind != SPAN_FIELD)
        return 0;
    size_t count = builder->spans_count - field;
    *rest = ARENA_ARRAY(builder->arena, struct span, count);
    memcpy(*rest, builder->spans + field, count * sizeof **rest);
    builder->spans_count = field;
    builder->at_space = true;
    trim_line(builder);
    return count;
}

static void add_closing(struct builder *builder) {
    const enum role *roles = builder->assembly->roles->lines;
    size_t closing = 0;
    while (closing < builder->draft->lines_count && roles[closing] != ROLE_CLOSING)
        closing++;
    if (closing == builder->draft->lines_count)
        return;
    struct place place = builder->draft->lines[closing].place;
    struct tags tags = {NULL, 0, 0};
    collect_tags(builder, &builder->draft->lines[closing], &tags);
    check_tags(builder, &tags);
    begin_block(builder, BLOCK_CLOSING);
    add_line(builder, closing, true);
    struct span *rest = NULL;
    size_t rest_count = cut_closing(builder, &rest);
    end_block(builder, place);

    begin_block(builder, BLOCK_SIGNATURE);
    for (size_t i = 0; i < rest_count; i++)
        *MEMORY_PUSH(builder->spans, builder->spans_count, builder->spans_room) = rest[i];
    if (rest_count > 0)
        add_span(builder, SPAN_BREAK);
    size_t before = builder->blocks_count;
    add_role(builder, ROLE_SIGNATURE);
    if (rest_count > 0 && builder->blocks_count == before)
        end_block(builder, place);
}

size_t assemble_blocks(const struct assembly *assembly, struct arena *arena, struct problems *problems,
                       struct block **blocks) {
    struct builder builder = {
        .assembly = assembly,
        .draft = assembly->draft,
        .arena = arena,
        .problems = problems,
        .dropped = ARENA_ARRAY(arena, bool, assembly->tokens->count),
        .text = STR_EMPTY,
    };
    static const struct {
        enum role role;
        enum block_kind kind;
    } opening[] = {{ROLE_SENDER, BLOCK_SENDER},
                   {ROLE_DATE, BLOCK_DATE},
                   {ROLE_RECIPIENT, BLOCK_RECIPIENT},
                   {ROLE_SALUTATION, BLOCK_SALUTATION}};
    for (size_t i = 0; i < sizeof opening / sizeof *opening; i++) {
        begin_block(&builder, opening[i].kind);
        add_role(&builder, opening[i].role);
    }
    add_subject(&builder);
    add_body(&builder);
    add_closing(&builder);

    *blocks = ARENA_ARRAY(arena, struct block, builder.blocks_count);
    if (builder.blocks_count > 0)
        memcpy(*blocks, builder.blocks, builder.blocks_count * sizeof **blocks);
    str_release(&builder.text);
    free(builder.spans);
    free(builder.pieces);
    free(builder.blocks);
    return builder.blocks_count;
}
