/*
 * Addresses: the cells of a row come in, the lines of an envelope go out. The one idea: whatever the columns are, they
 * first become one list of lines, and every rule after that works on the list.
 */
#include "input/address.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "input/postcode.h"

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_ascii_letter(char byte) {
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

/* "12", "12a", "12-14", "3/1": a number that is nothing without its street. */
static bool is_house_number(const char *text, size_t length) {
    size_t digits = 0;
    for (size_t i = 0; i < length; i++) {
        bool after_digit = i > 0 && is_digit(text[i - 1]);
        if (is_digit(text[i]))
            digits++;
        else if (!after_digit || !(is_ascii_letter(text[i]) || ((text[i] == '-' || text[i] == '/') && i + 1 < length)))
            return false;
    }
    return digits > 0 && digits <= 8;
}

/* Without spaces at the ends and commas at the end. */
static void tidy(const char **text, size_t *length) {
    text_trim(text, length);
    while (*length > 0 && ((*text)[*length - 1] == ',' || (*text)[*length - 1] == ';')) {
        (*length)--;
        text_trim(text, length);
    }
}

/* The next line of a cell, from *AT on, up to a line break, or a comma where COMMAS; tidied. False behind the last. */
static bool next_line(const struct value *value, bool commas, size_t *at, const char **text, size_t *length) {
    while (*at < value->length) {
        size_t start = *at, end = start;
        for (; end < value->length && value->text[end] != '\n'; end++) {
            const char *number = value->text + start;
            size_t number_length = end - start;
            if (!commas || value->text[end] != ',')
                continue;
            tidy(&number, &number_length);
            if (!is_house_number(number, number_length))
                break;
        }
        *at = end + 1;
        *text = value->text + start;
        *length = end - start;
        tidy(text, length);
        if (*length > 0)
            return true;
    }
    return false;
}

static bool has_break(const struct value *value) {
    return memchr(value->text, '\n', value->length) != NULL;
}

static void add_line(struct address *address, enum field field, const struct value *from, const char *text,
                     size_t length, struct arena *arena) {
    if (address->count == ADDRESS_LINES_MAX && field != FIELD_TOWN && field != FIELD_COUNTY && field != FIELD_COUNTRY) {
        address->lines_wanted = (address->lines_wanted == 0 ? ADDRESS_LINES_MAX : address->lines_wanted) + 1;
        return;
    }
    struct value value = {text, length, from->line, from->column};
    if (text[length] != '\0') /* a part of its cell */
        value.text = arena_copy(arena, text, length);
    address->lines[address->count++] = (struct address_line){field, value};
}

static void add_cell(struct address *address, enum field field, const struct value *cell, struct arena *arena) {
    const char *text;
    size_t length;
    for (size_t at = 0; next_line(cell, false, &at, &text, &length);)
        add_line(address, field, cell, text, length, arena);
}

/* The address cell, whose lines are numbered in their order. */
static void add_whole(struct address *address, const struct value *cell, struct arena *arena) {
    const char *text;
    size_t length;
    bool commas = !has_break(cell);
    for (size_t at = 0; next_line(cell, commas, &at, &text, &length);) {
        size_t line = address->count < ADDRESS_LINES_MAX ? address->count : 0;
        add_line(address, (enum field)(FIELD_ADDRESS_1 + (int)line), cell, text, length, arena);
    }
}

static void put_in_front(struct address_line *line, const struct value *front, struct arena *arena) {
    struct value *value = &line->value;
    value->text = arena_printf(arena, "%s %s", front->text, value->text);
    value->length = strlen(value->text);
    value->line = front->line;
    value->column = front->column;
}

static void remove_line(struct address *address, size_t i) {
    memmove(&address->lines[i], &address->lines[i + 1], (address->count - i - 1) * sizeof *address->lines);
    address->count--;
}

/* A house number that has a line to itself goes in front of its street. */
static void join_house_numbers(struct address *address, struct arena *arena) {
    for (size_t i = 0; i + 1 < address->count; i++) {
        const struct value number = address->lines[i].value;
        if (!is_house_number(number.text, number.length) || is_digit(address->lines[i + 1].value.text[0]))
            continue;
        put_in_front(&address->lines[i + 1], &number, arena);
        address->lines[i + 1].field = address->lines[i].field;
        remove_line(address, i);
    }
}

/* "12" goes in front of the street, "Rose Cottage" has a line of its own above it. */
static void add_house(struct address *address, const struct value *house, struct arena *arena) {
    struct address_line *first = &address->lines[0];
    size_t length = house->length;
    if (length == 0)
        return;
    if (address->count > 0 && is_digit(house->text[0])) {
        bool there = strncmp(first->value.text, house->text, length) == 0 &&
                     (first->value.text[length] == ' ' || first->value.text[length] == ',');
        if (!there)
            put_in_front(first, house, arena);
        return;
    }
    memmove(first + 1, first, address->count * sizeof *first);
    *first = (struct address_line){FIELD_HOUSE, *house};
    address->count++;
}

static bool same(const struct value *a, const struct value *b) {
    /* Most lines differ in their first letter, and need no folding. */
    if (a->length == 0 || b->length == 0 ||
        (is_ascii_letter(a->text[0]) && is_ascii_letter(b->text[0]) && ((a->text[0] ^ b->text[0]) & ~0x20) != 0))
        return false;
    struct str left = STR_EMPTY, right = STR_EMPTY;
    field_key(&left, a->text, a->length);
    field_key(&right, b->text, b->length);
    bool result = left.length > 0 && left.length == right.length && memcmp(left.bytes, right.bytes, left.length) == 0;
    str_release(&left);
    str_release(&right);
    return result;
}

static bool is_country(const struct value *value) {
    static const char *const countries[] = {"uk",       "unitedkingdom",   "england", "wales",       "cymru",
                                            "scotland", "northernireland", "gb",      "greatbritain"};
    struct str key = STR_EMPTY;
    field_key(&key, value->text, value->length);
    bool found = false;
    for (size_t i = 0; i < sizeof countries / sizeof *countries && !found; i++)
        found = strcmp(key.bytes, countries[i]) == 0;
    str_release(&key);
    return found;
}

/* Takes a postcode from the end of line I. Returns whether there was one. */
static bool take_postcode(struct address *address, size_t i, struct value *postcode, struct arena *arena) {
    struct value *line = &address->lines[i].value;
    char found[POSTCODE_MAX], own[POSTCODE_MAX];
    size_t start = postcode_at_end(line->text, line->length, found);
    if (start == line->length)
        return false;
    if (postcode->length == 0) {
        postcode->text = arena_copy(arena, found, strlen(found));
        postcode->length = strlen(found);
        postcode->line = line->line;
        postcode->column = line->column;
    } else if (postcode_normalise(postcode->text, postcode->length, own) == 0 && strcmp(own, found) != 0) {
        address->other_postcode = arena_copy(arena, found, strlen(found));
        return true;
    }
    const char *text = line->text;
    size_t length = start;
    tidy(&text, &length);
    line->text = arena_copy(arena, text, length);
    line->length = length;
    if (length == 0)
        remove_line(address, i);
    return true;
}

/* A postcode stands in the last line, or in the one above the country. */
static void move_postcode(struct address *address, struct value *postcode, struct arena *arena) {
    size_t count = address->count;
    if (count == 0 || take_postcode(address, count - 1, postcode, arena))
        return;
    if (count > 1 && is_country(&address->lines[count - 1].value))
        take_postcode(address, count - 2, postcode, arena);
}

/* Adds the town, county or country, in place of a line that says the same. */
static void add_place(struct address *address, enum field field, const struct value *value, struct arena *arena) {
    if (value->length == 0)
        return;
    for (size_t i = address->count; i-- > 0;) {
        bool place = address->lines[i].field >= FIELD_TOWN;
        if (!same(&address->lines[i].value, value))
            continue;
        if (place)
            return; /* London, London */
        remove_line(address, i);
    }
    add_line(address, field, value, value->text, value->length, arena);
}

/* The lines of a one-cell address, after some have gone elsewhere, become the numbered fields. */
static void number_lines(struct address *address, struct value *values) {
    int field = FIELD_ADDRESS_1;
    for (size_t i = 0; i < address->count; i++) {
        struct address_line *line = &address->lines[i];
        if (line->field < FIELD_ADDRESS_1 || line->field > FIELD_ADDRESS_LAST)
            continue;
        line->field = (enum field)field++;
        values[line->field] = line->value;
    }
}

static void join_lines(const struct address *address, struct value *whole, struct arena *arena) {
    size_t length = 0;
    for (size_t i = 0; i < address->count; i++)
        length += address->lines[i].value.length + 1;
    char *text = arena_alloc(arena, length + 1), *end = text;
    for (size_t i = 0; i < address->count; i++) {
        if (i > 0)
            *end++ = '\n';
        memcpy(end, address->lines[i].value.text, address->lines[i].value.length);
        end += address->lines[i].value.length;
    }
    whole->text = text;
    whole->length = (size_t)(end - text);
    if (whole->column == 0 && address->count > 0) {
        whole->line = address->lines[0].value.line;
        whole->column = address->lines[0].value.column;
    }
}

void address_read(struct address *address, struct value *values, struct arena *arena) {
    bool numbered = false;
    for (int field = FIELD_ADDRESS_1; field <= FIELD_ADDRESS_LAST; field++)
        if (values[field].length > 0) {
            add_cell(address, (enum field)field, &values[field], arena);
            numbered = true;
        }
    if (!numbered)
        add_whole(address, &values[FIELD_ADDRESS], arena);
    address->given = address->count > 0 || values[FIELD_HOUSE].length > 0;

    move_postcode(address, &values[FIELD_POSTCODE], arena);
    join_house_numbers(address, arena);
    add_house(address, &values[FIELD_HOUSE], arena);
    add_place(address, FIELD_TOWN, &values[FIELD_TOWN], arena);
    add_place(address, FIELD_COUNTY, &values[FIELD_COUNTY], arena);
    add_place(address, FIELD_COUNTRY, &values[FIELD_COUNTRY], arena);

    if (!numbered)
        number_lines(address, values);
    join_lines(address, &values[FIELD_ADDRESS], arena);
}

void address_break(struct value *value, struct arena *arena) {
    struct str lines = STR_EMPTY;
    const char *text;
    size_t length;
    bool commas = !has_break(value);
    for (size_t at = 0; next_line(value, commas, &at, &text, &length);)
        str_addf(&lines, "%s%.*s", lines.length > 0 ? "\n" : "", (int)length, text);
    value->text = arena_copy(arena, lines.bytes, lines.length);
    value->length = lines.length;
    str_release(&lines);
}
