/*
 * Placeholders: the text between two brackets and a list's fields come in, numbers of fields go out.
 *
 *     placeholder  = alternatives [ "|" text ]
 *     alternatives = name, or name { ( "/" | " or " ) name }
 *     name         = { "insert" | "enter" | "type" | "add" | "your" | "the" | "name of" | … } column or field
 *     condition    = "if" [ "not" ] alternatives [ "is" [ "not" ] text ]
 *
 * The one idea: at each step the longest reading is tried first. A column may be called "Name of the/your ward", so
 * the whole is tried as it stands, then with leading words taken off, and only then cut up.
 */
#include "letter/placeholder.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/text.h"
#include "input/field.h"
#include "letter/curl.h"
#include "letter/phrase.h"

struct slice {
    const char *text;
    size_t length;
};

struct resolver {
    const struct people *people;
    int fields[PLACEHOLDER_FIELDS_MAX];
    size_t count;
    struct slice unknown; /* an alternative that is none, where there is one */
};

static int field_named(const struct people *people, struct slice name) {
    struct str key = STR_EMPTY;
    field_key(&key, name.text, name.length);
    int field = key.length == 0 ? -1 : people_field(people, key.bytes, key.length);
    str_release(&key);
    return field;
}

/* Takes a leading word off that only asks to fill something in. False where there is none, or nothing else. */
static bool strip_lead(struct slice *name) {
    static const char *const leads[] = {"please", "insert", "enter", "type",    "add",         "write", "put",
                                        "your",   "my",     "the",   "name of", "the name of", "of",    NULL};
    for (const char *const *lead = leads; *lead != NULL; lead++) {
        size_t end = phrase_begins(name->text, name->length, *lead);
        struct slice rest = {name->text + end, name->length - end};
        text_trim(&rest.text, &rest.length);
        if (end > 0 && rest.length > 0) {
            *name = rest;
            return true;
        }
    }
    return false;
}

/* The field that NAME means as a whole, or with leading words taken off; -1: none. */
static int resolve_name(const struct people *people, struct slice name) {
    int field;
    do
        field = field_named(people, name);
    while (field < 0 && strip_lead(&name));
    return field;
}

/* Cuts the first alternative off *REST. False where there is but one left. */
static bool cut_alternative(struct slice *rest, struct slice *first) {
    for (size_t i = 0; i < rest->length; i++) {
        size_t sign = rest->text[i] == '/' ? 1 : 0;
        if (sign == 0 && rest->length - i >= 4 && strncasecmp(rest->text + i, " or ", 4) == 0)
            sign = 4;
        if (sign == 0)
            continue;
        *first = (struct slice){rest->text, i};
        *rest = (struct slice){rest->text + i + sign, rest->length - i - sign};
        return true;
    }
    return false;
}

static void resolve_alternative(struct resolver *resolver, struct slice name) {
    text_trim(&name.text, &name.length);
    int field = resolve_name(resolver->people, name);
    if (field < 0)
        resolver->unknown = name;
    else if (resolver->count < PLACEHOLDER_FIELDS_MAX)
        resolver->fields[resolver->count++] = field;
}

/* All fields that NAME may mean. False where it means none. */
static bool resolve(struct resolver *resolver, const struct people *people, struct slice name) {
    *resolver = (struct resolver){.people = people};
    text_trim(&name.text, &name.length);
    int field = resolve_name(people, name);
    if (field >= 0) {
        resolver->fields[resolver->count++] = field;
        return true;
    }
    struct slice rest = name, first;
    while (cut_alternative(&rest, &first))
        resolve_alternative(resolver, first);
    if (rest.text != name.text)
        resolve_alternative(resolver, rest);
    return resolver->count > 0;
}

static void fill(struct placeholder *placeholder, const struct token *token, const struct resolver *resolver,
                 struct arena *arena) {
    int *fields = ARENA_ARRAY(arena, int, resolver->count);
    memcpy(fields, resolver->fields, resolver->count * sizeof *fields);
    *placeholder = (struct placeholder){
        .place = token->place,
        .written = token->text,
        .source = token->source,
        .fields = fields,
        .fields_count = resolver->count,
    };
}

/* The nearest name, looked for without the words that only ask, which are far from any; NULL where none is near. */
static const char *nearest(const struct people *people, struct slice name) {
    struct slice bare = name;
    while (strip_lead(&bare))
        ;
    const struct slice tries[] = {bare, name};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof tries / sizeof *tries && found == NULL; i++) {
        struct str key = STR_EMPTY;
        field_key(&key, tries[i].text, tries[i].length);
        found = people_nearest(people, key.bytes, key.length);
        str_release(&key);
    }
    return found;
}

static void report_unknown(const struct token *token, struct slice name, const struct people *people,
                           struct problems *problems) {
    /* Looking for names takes long, and nobody reads so many. */
    const char *near = problems->count < PROBLEMS_MAX ? nearest(people, name) : NULL;
    struct problem *problem;
    if (near != NULL)
        problem = problems_add(problems, SEVERITY_ERROR, token->place,
                               "nothing is called \"%.*s\"; did you mean \"%s\"?", (int)name.length, name.text, near);
    else
        problem = problems_add(problems, SEVERITY_ERROR, token->place,
                               "nothing is called \"%.*s\": no column of the list, and nothing that Postbag knows",
                               (int)name.length, name.text);
    if (problem != NULL)
        problem->source = token->source;
}

/* "[constituency/wrad]" works, but a name that is nearly known, and not there already, was meant to be one. */
static void warn_of_unknown(const struct token *token, const struct resolver *resolver, struct problems *problems) {
    const char *near = resolver->unknown.length == 0 ? NULL : nearest(resolver->people, resolver->unknown);
    if (near == NULL)
        return;
    int field = field_named(resolver->people, (struct slice){near, strlen(near)});
    for (size_t i = 0; i < resolver->count; i++)
        if (resolver->fields[i] == field)
            return;
    struct problem *problem = problems_add(problems, SEVERITY_WARNING, token->place,
                                           "nothing is called \"%.*s\", so it is left out here; did you mean \"%s\"?",
                                           (int)resolver->unknown.length, resolver->unknown.text, near);
    if (problem != NULL)
        problem->source = token->source;
}

/* The model's own text, as it is to be printed. */
static const char *printed(struct arena *arena, const char *text, size_t length) {
    struct str curled = STR_EMPTY;
    text_trim(&text, &length);
    curl_text(&curled, text, length);
    size_t normal_length = curled.length;
    const char *normal = text_nfc(arena, curled.bytes, &normal_length);
    str_release(&curled);
    return normal;
}

/* The whole is a name, and the bar in it parts no default from one: "[ward|]" has the key of "[ward]". */
static bool is_column_with_bar(const struct people *people, struct slice name, const char *bar) {
    struct str key = STR_EMPTY;
    field_key(&key, bar, (size_t)(name.text + name.length - bar));
    bool spoken = key.length > 0;
    str_release(&key);
    return spoken && field_named(people, name) >= 0;
}

static const struct placeholder *placeholder_read(const struct token *token, const struct people *people,
                                                  struct arena *arena, struct problems *problems) {
    struct slice name = {token->text, token->length};
    const char *bar = memchr(token->text, '|', token->length);
    if (bar != NULL && is_column_with_bar(people, name, bar))
        bar = NULL;
    if (bar != NULL)
        name.length = (size_t)(bar - token->text);
    struct resolver resolver;
    if (!resolve(&resolver, people, name)) {
        text_trim(&name.text, &name.length);
        report_unknown(token, name, people, problems);
        return NULL;
    }
    warn_of_unknown(token, &resolver, problems);
    struct placeholder *placeholder = ARENA_ARRAY(arena, struct placeholder, 1);
    fill(placeholder, token, &resolver, arena);
    if (bar != NULL)
        placeholder->otherwise = printed(arena, bar + 1, (size_t)(token->text + token->length - bar - 1));
    return placeholder;
}

/* Takes a leading "not" off. */
static bool strip_not(struct slice *text) {
    size_t end = phrase_begins(text->text, text->length, "not");
    if (end == 0 || end == text->length)
        return false;
    *text = (struct slice){text->text + end, text->length - end};
    return true;
}

/* Cuts TEXT at the first " is " before which a known name stands. */
static bool cut_at_is(struct slice text, const struct people *people, struct resolver *subject, struct slice *value) {
    for (size_t i = 0; i + 3 <= text.length; i++) {
        bool space_behind = i + 3 == text.length || text.text[i + 3] == ' ';
        if (strncasecmp(text.text + i, " is", 3) != 0 || !space_behind)
            continue;
        if (resolve(subject, people, (struct slice){text.text, i})) {
            *value = (struct slice){text.text + i + 3, text.length - i - 3};
            return true;
        }
    }
    return false;
}

/* What stands behind "if" to a subject, whether it is negated, and a value (NULL text: none). False: not known. */
static bool resolve_condition(struct slice text, const struct people *people, struct resolver *subject, bool *negated,
                              struct slice *value) {
    *value = (struct slice){NULL, 0};
    *negated = false;
    if (resolve(subject, people, text) || cut_at_is(text, people, subject, value))
        return true;
    *negated = strip_not(&text);
    return *negated && (resolve(subject, people, text) || cut_at_is(text, people, subject, value));
}

static const struct condition *condition_read(const struct token *token, const struct people *people,
                                              struct arena *arena, struct problems *problems) {
    size_t lead = phrase_begins(token->text, token->length, "if");
    struct slice text = {token->text + lead, token->length - lead}, value;
    struct resolver subject;
    bool negated;
    struct problem *problem = NULL;
    text_trim(&text.text, &text.length);
    if (text.length == 0) {
        problem = problems_add(problems, SEVERITY_ERROR, token->place,
                               "\"if\" what? Write [if ward], [if not ward] or [if country is Wales]");
    } else if (!resolve_condition(text, people, &subject, &negated, &value)) {
        strip_not(&text);
        text_trim(&text.text, &text.length);
        report_unknown(token, text, people, problems);
    } else {
        struct condition *condition = ARENA_ARRAY(arena, struct condition, 1);
        fill(&condition->subject, token, &subject, arena);
        if (value.text != NULL && strip_not(&value))
            negated = !negated;
        condition->negated = negated;
        if (value.text == NULL)
            return condition;
        struct str key = STR_EMPTY;
        field_key(&key, value.text, value.length);
        condition->value = arena_copy(arena, key.bytes, key.length);
        bool empty = key.length == 0;
        str_release(&key);
        if (!empty)
            return condition;
        problem = problems_add(problems, SEVERITY_ERROR, token->place,
                               "\"is\" what? Write [if country is Wales], or [if country] where anything will do");
    }
    if (problem != NULL)
        problem->source = token->source;
    return NULL;
}

const struct meaning *placeholders_read(const struct tokens *tokens, const struct people *people, struct arena *arena,
                                        struct problems *problems) {
    struct meaning *meanings = ARENA_ARRAY(arena, struct meaning, tokens->count);
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->items[i];
        if (token->kind == TOKEN_FIELD)
            meanings[i].placeholder = placeholder_read(token, people, arena, problems);
        else if (token->kind == TOKEN_IF)
            meanings[i].condition = condition_read(token, people, arena, problems);
    }
    return meanings;
}
