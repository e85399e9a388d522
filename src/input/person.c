/*
 * Persons: the values of a row come in, and what is made of several of them goes out: the name, the address, the MP's
 * names, the language, the key.
 */
#include "input/person.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/text.h"
#include "input/language.h"
#include "input/postcode.h"
#include "input/recipient.h"

enum { SLUG_MAX = 36 };

static void set(struct value *value, const char *text, const struct value *place) {
    *value = (struct value){text, strlen(text), place->line, place->column};
}

/* Sets NAME to the words that are not empty; its place is the first word's. */
static void join_words(struct value *name, const struct value *const words[], size_t count, struct arena *arena) {
    struct str joined = STR_EMPTY;
    const struct value *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (words[i]->length == 0)
            continue;
        if (first != NULL)
            str_addc(&joined, ' ');
        str_add(&joined, words[i]->text, words[i]->length);
        if (first == NULL)
            first = words[i];
    }
    if (first != NULL)
        set(name, arena_copy(arena, joined.bytes, joined.length), first);
    str_release(&joined);
}

static bool holds(const struct value *name, const struct value *last) {
    struct str whole = STR_EMPTY, end = STR_EMPTY;
    field_key(&whole, name->text, name->length);
    field_key(&end, last->text, last->length);
    bool result = memmem(whole.bytes, whole.length, end.bytes, end.length) != NULL;
    str_release(&whole);
    str_release(&end);
    return result;
}

/* In a list with the columns Name and Surname, the name is a first name. */
static bool is_first_name(const struct value *values) {
    const struct value *name = &values[FIELD_NAME], *last = &values[FIELD_LAST_NAME];
    return name->length > 0 && last->length > 0 && values[FIELD_FIRST_NAME].length == 0 && !holds(name, last);
}

static void complete_name(struct value *values, struct arena *arena) {
    struct value *name = &values[FIELD_NAME];
    static const struct value nothing = {.text = ""};
    const struct value *title = &values[FIELD_TITLE], *last = &values[FIELD_LAST_NAME];
    if (name->length == 0 && (values[FIELD_FIRST_NAME].length > 0 || last->length > 0)) {
        join_words(name, (const struct value *const[]){title, &values[FIELD_FIRST_NAME], last}, 3, arena);
    } else if (is_first_name(values)) {
        struct value first = *name;
        if (recipient_titles_length(first.text, first.length) > 0)
            title = &nothing;
        join_words(name, (const struct value *const[]){title, &first, last}, 3, arena);
    }
}

static void complete_postcode(struct value *postcode, struct arena *arena) {
    char normal[POSTCODE_MAX];
    if (postcode->length == 0 || postcode_normalise(postcode->text, postcode->length, normal) != 0)
        return;
    if (strcmp(postcode->text, normal) != 0)
        set(postcode, arena_copy(arena, normal, strlen(normal)), postcode);
}

/* "Dear Ms Smith," in a column of salutations: the letter has its own Dear, or Annwyl. */
static void strip_dear(struct value *dear, struct arena *arena) {
    const char *text = dear->text;
    size_t length = dear->length;
    static const char *const words[] = {"Dear ", "Annwyl "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (length > strlen(words[i]) && strncasecmp(text, words[i], strlen(words[i])) == 0) {
            text += strlen(words[i]);
            length -= strlen(words[i]);
        }
    }
    while (length > 0 && (text[length - 1] == ',' || text[length - 1] == ' '))
        length--;
    if (length != dear->length)
        set(dear, arena_copy(arena, text, length), dear);
}

static void complete_mp(enum office office, struct value *values, struct arena *arena) {
    struct value mp = values[FIELD_MP];
    /* What a directory would know of an MP of whom the list has only the title, the title itself must tell of others. */
    if (mp.length == 0 && office != OFFICE_MP)
        mp = values[FIELD_MP_TITLE];
    if (values[FIELD_MP_DEAR].length > 0)
        strip_dear(&values[FIELD_MP_DEAR], arena);
    if (values[FIELD_MP_ADDRESS].length > 0)
        address_break(&values[FIELD_MP_ADDRESS], arena);
    if (mp.length == 0)
        return;
    struct recipient recipient = recipient_read(arena, office, mp.text, mp.length);
    set(&values[FIELD_MP], recipient.plain, &mp);
    if (values[FIELD_MP_TITLE].length == 0)
        set(&values[FIELD_MP_TITLE], recipient.title, &mp);
    if (values[FIELD_MP_DEAR].length == 0)
        set(&values[FIELD_MP_DEAR], recipient.dear, &mp);
}

/* "0014-jane-doe"; a person who comes from no list has no number, and "letter" for a name of another script. */
static const char *key_of(unsigned row, const struct value *name, struct arena *arena) {
    struct str key = STR_EMPTY, slug = STR_EMPTY;
    size_t titles = recipient_titles_length(name->text, name->length);
    text_slug(&slug, name->text + titles, name->length - titles, SLUG_MAX);
    if (row > 0)
        str_addf(&key, slug.length > 0 ? "%04u-" : "%04u", row);
    str_adds(&key, row == 0 && slug.length == 0 ? "letter" : slug.bytes);
    const char *copy = arena_copy(arena, key.bytes, key.length);
    str_release(&slug);
    str_release(&key);
    return copy;
}

void person_complete(struct person *person, struct arena *arena, struct person_findings *findings) {
    complete_name(person->values, arena);
    complete_postcode(&person->values[FIELD_POSTCODE], arena);

    struct address address = {.lines = person->address};
    address_read(&address, person->values, arena);
    person->address_count = address.count;
    findings->address_given = address.given;
    findings->address_lines_wanted = address.lines_wanted;
    findings->other_postcode = address.other_postcode;

    complete_mp(person->office, person->values, arena);
    const struct value *language = &person->values[FIELD_LANGUAGE];
    if (language->length > 0)
        person->language = language_named(language->text, language->length);
    person->key = key_of(person->row, &person->values[FIELD_NAME], arena);
}
