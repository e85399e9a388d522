/*
 * Filling: a person and the name of a field come in, the text that stands for it goes out. The one idea: the lines of
 * an address are the person's and not the columns'. Whatever the list calls them, they flow in their order into the
 * lines that the model has, and only what the model names itself ([Town]) stands where it is named.
 */
#include "letter/filling.h"

#include <string.h>

#include "letter/survey.h"

/* The lines of the address, parted by '\n'. */
static const char *join_lines(struct arena *arena, const struct value *lines, size_t count, size_t *length) {
    *length = 0;
    for (size_t i = 0; i < count; i++)
        *length += lines[i].length + (i > 0);
    char *text = arena_alloc(arena, *length + 1);
    char *end = text;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            *end++ = '\n';
        memcpy(end, lines[i].text, lines[i].length);
        end += lines[i].length;
    }
    return text;
}

static const struct value *whole_address(struct filling *filling, bool in_address) {
    struct value *address = &filling->address;
    if (in_address && address->text == NULL)
        address->text = join_lines(filling->arena, filling->lines, filling->lines_count, &address->length);
    if (in_address)
        return address;
    /* In a sentence the address is told in full. */
    struct value lines[ADDRESS_WHOLE_MAX];
    struct value *whole = ARENA_ARRAY(filling->arena, struct value, 1);
    for (size_t i = 0; i < filling->person->address_count; i++)
        lines[i] = filling->person->address[i].value;
    whole->text = join_lines(filling->arena, lines, filling->person->address_count, &whole->length);
    return whole;
}

static const struct value *address_line(struct filling *filling, size_t i, bool in_address) {
    static const struct value none = {.text = ""};
    if (in_address)
        return i < filling->lines_count ? &filling->lines[i] : &none;
    return i < filling->person->address_count ? &filling->person->address[i].value : &none;
}

/* Where the letter goes if the row does not say. */
static const struct value *office_value(struct filling *filling) {
    struct value *address = &filling->office;
    address->text = office_address(filling->person->office, filling->model->language);
    address->length = strlen(address->text);
    return address;
}

/* "Ann Example MS" is "Ann Example AS" in a Welsh letter. */
static const struct value *title_value(struct filling *filling, const struct value *title) {
    const struct office_words *words = office_words(filling->person->office);
    size_t length = strlen(words->letters);
    if (strncmp(filling->model->language, "cy", 2) != 0 || strcmp(words->letters, words->letters_welsh) == 0 ||
        title->length <= length || title->text[title->length - length - 1] != ' ' ||
        memcmp(title->text + title->length - length, words->letters, length) != 0)
        return title;
    filling->title = *title;
    filling->title.text =
        arena_printf(filling->arena, "%.*s%s", (int)(title->length - length), title->text, words->letters_welsh);
    filling->title.length = strlen(filling->title.text);
    return &filling->title;
}

static const struct value *value_of(struct filling *filling, int field, bool in_address) {
    const struct value *value = &filling->person->values[field];
    if (field == FIELD_ADDRESS)
        return whole_address(filling, in_address);
    if (field >= FIELD_ADDRESS_1 && field <= FIELD_ADDRESS_LAST)
        return address_line(filling, (size_t)(field - FIELD_ADDRESS_1), in_address);
    if (value->length > 0)
        return field == FIELD_MP_TITLE ? title_value(filling, value) : value;
    if (field == FIELD_DATE)
        return &filling->date;
    return field == FIELD_MP_ADDRESS ? office_value(filling) : value;
}

const struct value *filling_value(struct filling *filling, const struct placeholder *placeholder, bool in_address) {
    for (size_t i = 0; i < placeholder->fields_count; i++) {
        const struct value *value = value_of(filling, placeholder->fields[i], in_address);
        if (value->length > 0)
            return value;
    }
    return NULL;
}

bool filling_holds(struct filling *filling, const struct condition *condition, bool in_address) {
    const struct value *value = filling_value(filling, &condition->subject, in_address);
    bool holds = value != NULL;
    if (holds && condition->value != NULL) {
        str_clear(&filling->key);
        field_key(&filling->key, value->text, value->length);
        holds = strcmp(filling->key.bytes, condition->value) == 0;
    }
    return holds != condition->negated;
}

/* The column that a field's value comes from. */
static int source_of(int field) {
    return field == FIELD_MP_TITLE || field == FIELD_MP_DEAR ? FIELD_MP : field;
}

static struct place place_of(const struct filling *filling, const struct value *value) {
    bool cell = value->column > 0;
    return (struct place){NULL, cell ? value->line : filling->person->line, cell ? value->column : 0};
}

static bool is_reported(struct filling *filling, int field) {
    for (size_t i = 0; i < filling->reported_count; i++)
        if (filling->reported[i] == field)
            return true;
    if (filling->reported_count < FILLING_REPORTED_MAX)
        filling->reported[filling->reported_count++] = field;
    return false;
}

static void add_problem(struct filling *filling, const struct value *value, const char *message) {
    struct problem *problem = problems_add(filling->problems, SEVERITY_ERROR, place_of(filling, value), "%s", message);
    if (problem != NULL)
        problem->row = filling->person->row;
}

void filling_report(struct filling *filling, const struct placeholder *placeholder) {
    int first = source_of(placeholder->fields[0]);
    if (is_reported(filling, first))
        return;
    filling->errors_count++;
    struct str message = STR_EMPTY;
    bool known = false;
    str_adds(&message, "the letter needs ");
    for (size_t i = 0; i < placeholder->fields_count; i++) {
        int field = source_of(placeholder->fields[i]);
        known |= field < FIELD_COUNT && filling->person->empty_by_error[field];
        str_addf(&message, "%s\"%s\"", i == 0 ? "" : " or ", people_field_name(filling->people, field));
    }
    str_adds(&message, ", and this row has none");
    if (!known)
        add_problem(filling, &filling->person->values[first], message.bytes);
    str_release(&message);
}

/* Which parts of the address the model places itself, and whether it writes the whole. */
struct placed {
    bool fields[FIELD_COUNT];
    bool whole;
};

/* [Town] is placed where it always stands, or stands under [if town]. */
static bool is_certain(const struct condition *condition, size_t depth, int field) {
    return depth == 0 || (depth == 1 && condition->subject.fields_count == 1 && condition->subject.fields[0] == field &&
                          condition->value == NULL && !condition->negated);
}

static void find_placed(struct filling *filling, const struct block *block, struct placed *placed) {
    const struct condition *condition = NULL;
    size_t depth = 0;
    for (size_t i = 0; i < block->spans_count; i++) {
        const struct span *span = &block->spans[i];
        if (span->kind == SPAN_IF) {
            condition = span->condition;
            depth++;
        }
        depth -= span->kind == SPAN_END;
        for (size_t j = 0; span->kind == SPAN_FIELD && j < span->placeholder->fields_count; j++) {
            int field = span->placeholder->fields[j];
            placed->whole |= field == FIELD_ADDRESS;
            if (field >= FIELD_COUNT || !is_certain(condition, depth, field))
                continue;
            placed->fields[field] = true;
            if (filling->person->values[field].length > 0)
                break; /* the alternatives behind it are not written */
        }
    }
}

/* The block that holds the sender's address: the sender's, or the signature where there is none. */
static void find_all_placed(struct filling *filling, struct placed *placed) {
    const struct model *model = filling->model;
    enum block_kind kind = BLOCK_SIGNATURE;
    for (size_t i = 0; i < model->blocks_count; i++)
        if (model->blocks[i].kind == BLOCK_SENDER)
            kind = BLOCK_SENDER;
    for (size_t i = 0; i < model->blocks_count; i++)
        if (model->blocks[i].kind == kind)
            find_placed(filling, &model->blocks[i], placed);
}

static bool is_placed(const struct placed *placed, enum field field) {
    return (field == FIELD_TOWN || field == FIELD_COUNTY || field == FIELD_COUNTRY || field == FIELD_HOUSE) &&
           placed->fields[field];
}

/* The list's own way of writing a house number is in front of its street; not where the model places it itself. */
static void take_house_off(struct value *line, const struct value *house) {
    if (house->length == 0 || line->length <= house->length || memcmp(line->text, house->text, house->length) != 0)
        return;
    size_t start = house->length;
    while (start < line->length && (line->text[start] == ' ' || line->text[start] == ','))
        start++;
    if (start == house->length || start == line->length)
        return;
    line->text += start;
    line->length -= start;
}

static void flow_address(struct filling *filling) {
    const struct person *person = filling->person;
    struct placed placed = {.whole = false};
    find_all_placed(filling, &placed);
    for (size_t i = 0; i < person->address_count; i++)
        if (!is_placed(&placed, person->address[i].field))
            filling->lines[filling->lines_count++] = person->address[i].value;
    if (placed.fields[FIELD_HOUSE] && filling->lines_count > 0)
        take_house_off(&filling->lines[0], &person->values[FIELD_HOUSE]);

    size_t slots = filling->model->address_slots;
    if (slots == 0 || placed.whole || filling->lines_count <= slots)
        return;
    size_t elsewhere = person->address_count - filling->lines_count;
    struct str message = STR_EMPTY;
    str_addf(&message, "the address has %zu lines and the letter has room for %zu", person->address_count,
             slots + elsewhere);
    add_problem(filling, &filling->lines[slots], message.bytes);
    filling->errors_count++;
    str_release(&message);
}

void filling_begin(struct filling *filling, const struct model *model, const struct people *people,
                   const struct person *person, struct date date, struct arena *arena, struct problems *problems) {
    *filling = (struct filling){
        .model = model,
        .people = people,
        .person = person,
        .arena = arena,
        .problems = problems,
        .key = STR_EMPTY,
    };
    str_clear(&filling->key);
    date_format(&filling->key, date, model->language);
    filling->date.text = arena_copy(arena, filling->key.bytes, filling->key.length);
    filling->date.length = filling->key.length;
    flow_address(filling);
}

void filling_end(struct filling *filling) {
    str_release(&filling->key);
}
