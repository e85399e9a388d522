/*
 * OSDI: a notice comes in, a JSON object for record_signature_helper or record_outreach_helper goes out. The one idea:
 * each detail has one place in it, and what is empty is left out, because there an empty value overwrites what the
 * petition knows already.
 */
#include "delivery/osdi.h"

#include <string.h>

#include "base/json.h"
#include "input/mailbox.h"
#include "input/recipient.h"

static void add(struct json *json, const char *key, const char *text, size_t length) {
    if (length > 0)
        json_text(json, key, text, length);
}

static void add_words(struct json *json, const char *key, const char *text) {
    add(json, key, text, strlen(text));
}

/* What is wrong with a row */

void osdi_check(const struct person *person, const char *file, struct problems *problems) {
    const struct value *email = &person->values[FIELD_EMAIL];
    struct place place = {file, email->column != 0 ? email->line : person->line, email->column};
    if (email->length == 0) {
        if (!person->empty_by_error[FIELD_EMAIL])
            problems_add(
                problems, SEVERITY_ERROR, place,
                "there is no e-mail address, by which the petition (webhook.format = osdi) tells people apart; "
                "add it");
        return;
    }
    const char *fault = mailbox_fault(email->text, email->length);
    if (fault != NULL)
        problems_add(problems, SEVERITY_ERROR, place, "the e-mail address \"%s\" %s",
                     value_shown(problems->arena, email->text, email->length), fault);
}

/* Names */

struct piece {
    const char *text;
    size_t length;
};

struct names {
    struct piece given, family;
};

static struct piece piece_of(const struct value *value) {
    return (struct piece){value->text, value->length};
}

/* Whether WHOLE ends in (or, AT_START, begins with) PART as words of its own; then *REST is set to the others. */
static bool take_off(struct piece whole, struct piece part, bool at_start, struct piece *rest) {
    if (part.length == 0 || whole.length < part.length + 2)
        return false;
    size_t left = whole.length - part.length - 1;
    if (at_start) {
        *rest = (struct piece){whole.text + part.length + 1, left};
        return whole.text[part.length] == ' ' && memcmp(whole.text, part.text, part.length) == 0;
    }
    *rest = (struct piece){whole.text, left};
    return whole.text[left] == ' ' && memcmp(whole.text + left + 1, part.text, part.length) == 0;
}

/* A name without its courtesy titles, parted at its last space; one word is a given name. */
static struct names split(struct piece name) {
    size_t titles = recipient_titles_length(name.text, name.length);
    name = (struct piece){name.text + titles, name.length - titles};
    const char *space = memrchr(name.text, ' ', name.length);
    if (space == NULL)
        return (struct names){name, {"", 0}};
    size_t given = (size_t)(space - name.text);
    return (struct names){{name.text, given}, {space + 1, name.length - given - 1}};
}

/* The list may have the parts of a name, or the whole, or the whole and one part. */
static struct names names_of(const struct value *values) {
    struct piece whole = piece_of(&values[FIELD_NAME]);
    struct names parts = {piece_of(&values[FIELD_FIRST_NAME]), piece_of(&values[FIELD_LAST_NAME])};
    if (parts.given.length > 0 && parts.family.length > 0)
        return parts;
    size_t titles = recipient_titles_length(whole.text, whole.length);
    struct piece plain = {whole.text + titles, whole.length - titles};
    if (take_off(plain, parts.family, false, &parts.given) || take_off(plain, parts.given, true, &parts.family))
        return parts;
    return split(whole);
}

static void add_name(struct json *json, const struct notice *notice) {
    const struct notice_detail *title = notice_find(notice, FIELD_TITLE);
    struct names names = names_of(notice->person->values);
    bool whole = notice_find(notice, FIELD_NAME) != NULL;
    if (title != NULL)
        add(json, "honorific_prefix", title->text, title->length);
    if (whole || notice_find(notice, FIELD_FIRST_NAME) != NULL)
        add(json, "given_name", names.given.text, names.given.length);
    if (whole || notice_find(notice, FIELD_LAST_NAME) != NULL)
        add(json, "family_name", names.family.text, names.family.length);
}

/* Address */

static bool is_postal(int field) {
    return (field >= FIELD_ADDRESS && field <= FIELD_COUNTY) || field == FIELD_POSTCODE;
}

/* Which lines of the address are told: all of them with [address], else those that are asked for one by one. */
static void add_address_lines(struct json *json, const struct notice *notice) {
    const struct person *person = notice->person;
    bool whole = notice_find(notice, FIELD_ADDRESS) != NULL;
    json_open(json, "address_lines", '[');
    for (size_t i = 0; whole && i < person->address_count; i++) {
        const struct address_line *line = &person->address[i];
        if (line->field != FIELD_TOWN && line->field != FIELD_COUNTY)
            add(json, NULL, line->value.text, line->value.length);
    }
    for (int field = FIELD_HOUSE; !whole && field <= FIELD_ADDRESS_LAST; field++) {
        const struct notice_detail *detail = notice_find(notice, field);
        if (detail != NULL)
            add(json, NULL, detail->text, detail->length);
    }
    json_close(json, ']');
}

static void add_place(struct json *json, const char *key, const struct notice *notice, int field) {
    if (notice_find(notice, field) != NULL || notice_find(notice, FIELD_ADDRESS) != NULL)
        add(json, key, notice->person->values[field].text, notice->person->values[field].length);
}

/* A postcode shows the country, which Action Network would otherwise take for the United States. */
static void add_postcode(struct json *json, const struct notice *notice) {
    const struct notice_detail *postcode = notice_find(notice, FIELD_POSTCODE);
    char normal[POSTCODE_MAX];
    if (postcode == NULL)
        return;
    add(json, "postal_code", postcode->text, postcode->length);
    if (postcode_normalise(postcode->text, postcode->length, normal) == 0 && !postcode_has_no_mp(normal))
        add_words(json, "country", "GB");
}

static void add_postal_address(struct json *json, const struct notice *notice) {
    bool told = false;
    for (size_t i = 0; i < notice->details_count; i++)
        told = told || (is_postal(notice->details[i].field) && notice->details[i].length > 0);
    if (!told)
        return;
    json_open(json, "postal_addresses", '[');
    json_open(json, NULL, '{');
    json_flag(json, "primary", true);
    add_address_lines(json, notice);
    add_place(json, "locality", notice, FIELD_TOWN);
    add_place(json, "region", notice, FIELD_COUNTY);
    add_postcode(json, notice);
    json_close(json, '}');
    json_close(json, ']');
}

/* The rest of a person */

/* A list with one entry: [{"primary":true,"address":"jane@mail.example"}]. */
static void add_one(struct json *json, const char *list, const char *key, const char *text, size_t length) {
    json_open(json, list, '[');
    json_open(json, NULL, '{');
    json_flag(json, "primary", true);
    json_text(json, key, text, length);
    json_close(json, '}');
    json_close(json, ']');
}

/* A signature has a place for a comment, an outreach has none. */
static bool is_comment(const struct notice_detail *detail, bool signature) {
    return signature && strcmp(detail->name, OSDI_COMMENTS) == 0;
}

static bool is_custom(const struct notice_detail *detail, bool signature) {
    int field = detail->field;
    bool placed = field == FIELD_NAME || field == FIELD_TITLE || field == FIELD_FIRST_NAME ||
                  field == FIELD_LAST_NAME || field == FIELD_EMAIL || field == FIELD_TELEPHONE || is_postal(field);
    return detail->length > 0 && !placed && !is_comment(detail, signature);
}

static void add_custom_fields(struct json *json, const struct notice *notice, bool signature) {
    bool any = false;
    for (size_t i = 0; i < notice->details_count; i++)
        any = any || is_custom(&notice->details[i], signature);
    if (!any)
        return;
    json_open(json, "custom_fields", '{');
    for (size_t i = 0; i < notice->details_count; i++)
        if (is_custom(&notice->details[i], signature))
            json_text(json, notice->details[i].name, notice->details[i].text, notice->details[i].length);
    json_close(json, '}');
}

static void add_person(struct json *json, const struct notice *notice, bool signature) {
    const struct value *email = &notice->person->values[FIELD_EMAIL];
    const struct notice_detail *telephone = notice_find(notice, FIELD_TELEPHONE);
    json_open(json, "person", '{');
    add_name(json, notice);
    add_one(json, "email_addresses", "address", email->text, email->length);
    add_postal_address(json, notice);
    if (telephone != NULL && telephone->length > 0)
        add_one(json, "phone_numbers", "number", telephone->text, telephone->length);
    add_custom_fields(json, notice, signature);
    json_close(json, '}');
}

/* What both have in common. */
static void add_record(struct json *json, const struct notice *notice, bool signature) {
    struct str identifier = STR_EMPTY;
    add_person(json, notice, signature);
    str_addf(&identifier, "postbag:%s", notice->id);
    json_open(json, "identifiers", '[');
    json_text(json, NULL, identifier.bytes, identifier.length);
    json_close(json, ']');
    add_words(json, "origin_system", "Postbag");
    add_words(json, "action_date", notice->time);
    json_open(json, "action_network:referrer_data", '{');
    add_words(json, "source", notice->campaign);
    json_close(json, '}');
    str_release(&identifier);
}

void osdi_signature(const struct notice *notice, struct str *out) {
    struct json json = json_begin(out);
    json_open(&json, NULL, '{');
    add_record(&json, notice, true);
    for (size_t i = 0; i < notice->details_count; i++)
        if (is_comment(&notice->details[i], true))
            add(&json, OSDI_COMMENTS, notice->details[i].text, notice->details[i].length);
    json_close(&json, '}');
}

static void add_target(struct json *json, enum office office, const struct value *mp) {
    const struct office_words *words = office_words(office);
    struct names names = split(piece_of(mp));
    json_open(json, "targets", '[');
    if (mp->length > 0) {
        json_open(json, NULL, '{');
        if (*words->letters != '\0')
            add_words(json, "title", words->letters);
        if (*words->body != '\0')
            add_words(json, "organization", words->body);
        add(json, "given_name", names.given.text, names.given.length);
        add(json, "family_name", names.family.text, names.family.length);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void osdi_outreach(const struct notice *notice, struct str *out) {
    struct json json = json_begin(out);
    json_open(&json, NULL, '{');
    add_words(&json, "type", "email");
    if (notice->subject != NULL) {
        add_words(&json, "subject", notice->subject);
        add(&json, "message", notice->text, notice->text_length);
    }
    add_target(&json, notice->person->office, &notice->person->values[FIELD_MP]);
    add_record(&json, notice, false);
    json_close(&json, '}');
}
