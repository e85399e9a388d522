/*
 * Petitions: a letter and the configuration come in, the request that goes to the webhook comes out. What is told of a
 * constituent is decided here, in one place (delivery/notice); how it is written is each format's own affair.
 *
 *     fields  = name *("," name)                    webhook.fields
 *     request = head CRLF body                      head: lines that end in CRLF
 */
#include "delivery/petition.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "delivery/endpoint.h"
#include "delivery/multipart.h"
#include "delivery/notice.h"
#include "delivery/osdi.h"
#include "input/postcode.h"
#include "input/value.h"
#include "letter/flowed.h"

enum {
    NAME_MAX_BYTES = 40,  /* of a name in JSON */
    ID_MAX = 50,          /* of a webhook: with what is put to it, a boundary has at most 70 (RFC 2046 §5.1.1) */
    TEXT_MAX = 4 << 20,   /* bytes; hundreds of pages */
    LETTER_MAX = 25 << 20 /* bytes of a PDF */
};

static const char default_fields[] = "name, constituency, postcode district";
static const char district_key[] = "postcodedistrict";

static_assert((int)PETITION_FIELDS_MAX == (int)NOTICE_DETAILS_MAX, "a notice holds every field");

/* ---- Fields ---- */

/* What is being found. */
struct finding {
    struct petition_fields *fields;
    const struct people *people;
    struct arena *arena;
    bool asked;     /* by the secretary, who is told where the list has no such column */
    int signatures; /* the column that names files of them, or -1: nobody's to know */
};

static bool is_taken(const struct petition_fields *fields, const char *name) {
    for (size_t i = 0; i < fields->count; i++)
        if (strcmp(fields->names[i], name) == 0)
            return true;
    return false;
}

/* NAME as JSON calls it. Names that differ only beyond ASCII get a number. */
static const char *json_name(const struct petition_fields *fields, const char *name, size_t length,
                             struct arena *arena) {
    struct str slug = STR_EMPTY;
    text_slug(&slug, name, length, NAME_MAX_BYTES);
    for (size_t i = 0; i < slug.length; i++)
        if (slug.bytes[i] == '-')
            slug.bytes[i] = '_';
    if (slug.length == 0)
        str_adds(&slug, "field");
    const char *unique = arena_copy(arena, slug.bytes, slug.length);
    for (unsigned number = 2; is_taken(fields, unique); number++)
        unique = arena_printf(arena, "%s_%u", slug.bytes, number);
    str_release(&slug);
    return unique;
}

static bool is_there(const struct people *people, const char *name) {
    struct str key = STR_EMPTY;
    field_key(&key, name, strlen(name));
    int number = people_field(people, key.bytes, key.length);
    str_release(&key);
    return number >= 0 && people_has(people, number);
}

/* The name nearest to KEY of what could be told, or NULL. */
static const char *nearest_to(const struct people *people, const struct str *key) {
    const char *nearest = people_nearest(people, key->bytes, key->length);
    if (nearest != NULL && is_there(people, nearest))
        return nearest;
    bool district = text_distance(key->bytes, key->length, district_key, strlen(district_key)) <= key->length / 3;
    return district && people_has(people, FIELD_POSTCODE) ? "postcode_district" : NULL;
}

static int refuse_unknown(const struct people *people, const char *shown, const struct str *key, struct error *error) {
    const char *nearest = nearest_to(people, key);
    if (nearest == NULL)
        return error_set(error, STATUS_CONFIGURATION, "webhook.fields names \"%s\", but the list has no such column",
                         shown);
    return error_set(error, STATUS_CONFIGURATION,
                     "webhook.fields names \"%s\", but the list has no such column; did you mean \"%s\"?", shown,
                     nearest);
}

/* The field that KEY names, or -1: a column of that very name goes before the district that is made of the postcode. */
static int number_of(const struct people *people, const struct str *key, bool *district) {
    int number = key->length == 0 ? -1 : people_field(people, key->bytes, key->length);
    *district = number < 0 && strcmp(key->bytes, district_key) == 0;
    return *district ? FIELD_POSTCODE : number;
}

static int add_field(struct finding *finding, const char *name, size_t length, const struct str *key,
                     struct error *error) {
    struct petition_fields *fields = finding->fields;
    bool district;
    int number = number_of(finding->people, key, &district);
    const char *shown = value_shown(finding->arena, name, length);
    if (number < 0 || (finding->asked && !people_has(finding->people, number)))
        return refuse_unknown(finding->people, shown, key, error);
    if (number == finding->signatures)
        return error_set(
            error, STATUS_CONFIGURATION,
            "webhook.fields names \"%s\", the column of the members' signatures: no petition is told of it", shown);
    for (size_t i = 0; i < fields->count; i++)
        if (fields->numbers[i] == number && fields->district[i] == district)
            return error_set(error, STATUS_CONFIGURATION,
                             "webhook.fields names \"%s\", which it has already as \"%s\"; leave one of them out",
                             shown, fields->names[i]);
    if (fields->count == PETITION_FIELDS_MAX)
        return error_set(error, STATUS_CONFIGURATION, "webhook.fields names more than %d fields", PETITION_FIELDS_MAX);
    fields->names[fields->count] = json_name(fields, name, length, finding->arena);
    fields->numbers[fields->count] = number;
    fields->district[fields->count] = district;
    fields->count++;
    return 0;
}

static int find_fields(struct finding *finding, const char *list, struct error *error) {
    int result = 0;
    struct str key = STR_EMPTY;
    for (const char *at = list; result == 0 && *at != '\0';) {
        const char *name = at;
        size_t length = strcspn(at, ",");
        at += length + (at[length] == ',');
        text_trim(&name, &length);
        str_clear(&key);
        field_key(&key, name, length);
        if (length > 0)
            result = add_field(finding, name, length, &key, error);
    }
    str_release(&key);
    return result;
}

/* The number of letter.signature_column, or -1. */
static int signatures_of(const struct config *config, const struct people *people) {
    struct str key = STR_EMPTY;
    if (config->letter.signature_column != NULL)
        field_key(&key, config->letter.signature_column, strlen(config->letter.signature_column));
    int number = key.length == 0 ? -1 : people_field(people, key.bytes, key.length);
    str_release(&key);
    return number;
}

int petition_find_fields(struct petition_fields *fields, const struct config *config, const struct people *people,
                         struct arena *arena, struct error *error) {
    const char *list = config->webhook.fields;
    struct petition_fields found = {.count = 0};
    struct finding finding = {
        .fields = &found,
        .people = people,
        .arena = arena,
        .asked = list != NULL,
        .signatures = signatures_of(config, people),
    };
    if (find_fields(&finding, list == NULL ? default_fields : list, error) != 0)
        return -1;
    if (found.count == 0)
        return error_set(error, STATUS_CONFIGURATION,
                         "webhook.fields names nothing; leave it out, and name, constituency and the postcode's "
                         "district go");
    *fields = found;
    return 0;
}

/* ---- Rows ---- */

bool petition_is_osdi(const struct config *config) {
    return config->webhook.format == WEBHOOK_OSDI_SIGNATURE || config->webhook.format == WEBHOOK_OSDI_OUTREACH;
}

void petition_check(const struct config *config, const struct person *person, const char *file,
                    struct problems *problems) {
    if (petition_is_osdi(config))
        osdi_check(person, file, problems);
}

/* ---- The notice ---- */

/* The outward code; nothing where it is no postcode, for then it is not known how much of it says where they live. */
static void set_district(struct notice *notice, const struct value *postcode) {
    char normal[POSTCODE_MAX];
    if (postcode_normalise(postcode->text, postcode->length, normal) != 0)
        return;
    size_t length = strcspn(normal, " ");
    memcpy(notice->district, normal, length);
    notice->district[length] = '\0';
}

static void tell_details(struct notice *notice, const struct petition_fields *fields) {
    const struct value *values = notice->person->values;
    set_district(notice, &values[FIELD_POSTCODE]);
    for (size_t i = 0; i < fields->count; i++) {
        const struct value *value = &values[fields->numbers[i]];
        bool district = fields->district[i];
        notice->details[i] = (struct notice_detail){
            .name = fields->names[i],
            .field = district ? -1 : fields->numbers[i],
            .text = district ? notice->district : value->text,
            .length = district ? strlen(notice->district) : value->length,
        };
    }
    notice->details_count = fields->count;
}

/* The letter's own words, in TEXT, and its PDF. */
static int tell_letter(struct notice *notice, const struct petition_order *order, struct str *text,
                       struct error *error) {
    flowed_letter_unwrapped(text, order->letter);
    if (text->length > TEXT_MAX)
        return error_set(error, STATUS_DATA, "the letter's text is too large for a petition: %d MiB are the most",
                         TEXT_MAX >> 20);
    if (order->pdf_length > LETTER_MAX)
        return error_set(error, STATUS_DATA, "the letter's PDF is too large for a petition: %d MiB are the most",
                         LETTER_MAX >> 20);
    notice->subject = order->letter->title;
    notice->text = text->bytes;
    notice->text_length = text->length;
    notice->pdf = order->pdf;
    notice->pdf_length = order->pdf_length;
    return 0;
}

/* ---- The request ---- */

const char *petition_url(const struct config *config) {
    return config->webhook.rehearsal != NULL ? config->webhook.rehearsal : config->webhook.url;
}

int petition_find_endpoint(struct endpoint *endpoint, const struct config *config, struct arena *arena,
                           struct error *error) {
    const char *url = petition_url(config);
    const char *key = config->webhook.rehearsal != NULL ? "webhook.rehearsal" : "webhook.url";
    return endpoint_read(endpoint, url == NULL ? "" : url, key, arena, error);
}

static void add_head(struct str *out, const struct endpoint *endpoint, const char *id, const char *type,
                     const char *boundary, const char *accept) {
    str_addf(out, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Postbag\r\n", endpoint->path, endpoint->host);
    str_addf(out, "Content-Type: %s%s\r\nAccept: %s\r\n", type, boundary, accept);
    /* A Structured Field string: the quotation marks are part of it (draft-ietf-httpapi-idempotency-key-header). */
    str_addf(out, "webhook-id: %s\r\nIdempotency-Key: \"%s\"\r\n\r\n", id, id);
}

static void add_request(struct str *out, const struct endpoint *endpoint, const struct notice *notice,
                        enum webhook_format format) {
    static const char json[] = "application/json", hal[] = "application/hal+json, application/json";
    struct str boundary = STR_EMPTY;
    switch (format) {
    case WEBHOOK_JSON:
        add_head(out, endpoint, notice->id, json, "", "*/*");
        notice_json(notice, out);
        break;
    case WEBHOOK_MULTIPART:
        multipart_boundary(notice, &boundary);
        add_head(out, endpoint, notice->id, "multipart/form-data; boundary=", boundary.bytes, "*/*");
        multipart_write(notice, boundary.bytes, out);
        break;
    case WEBHOOK_OSDI_SIGNATURE:
        add_head(out, endpoint, notice->id, json, "", hal);
        osdi_signature(notice, out);
        break;
    case WEBHOOK_OSDI_OUTREACH:
        add_head(out, endpoint, notice->id, json, "", hal);
        osdi_outreach(notice, out);
        break;
    }
    str_release(&boundary);
}

static bool is_id(const char *id) {
    static const char bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t length = strlen(id);
    return length > 0 && length <= ID_MAX && strspn(id, bytes) == length;
}

int petition_write(const struct petition_order *order, struct str *out, struct error *error) {
    const struct config *config = order->config;
    struct arena arena = ARENA_EMPTY;
    struct str text = STR_EMPTY, time = STR_EMPTY;
    struct endpoint endpoint;
    assert(is_id(order->id));
    assert(order->pdf != NULL || !config->webhook.attach);
    clock_format_rfc3339(&time, order->time_ms);
    struct notice notice = {
        .id = order->id, .time = time.bytes, .campaign = order->campaign, .person = order->letter->person};
    tell_details(&notice, order->fields);
    int result = petition_find_endpoint(&endpoint, config, &arena, error);
    if (result == 0 && config->webhook.attach && config->webhook.format != WEBHOOK_OSDI_SIGNATURE)
        result = tell_letter(&notice, order, &text, error);
    if (result == 0)
        add_request(out, &endpoint, &notice, config->webhook.format);
    str_release(&text);
    str_release(&time);
    arena_release(&arena);
    return result;
}

size_t petition_body(const char *request, size_t length) {
    static const char end[] = "\r\n\r\n";
    const char *found = memmem(request, length, end, strlen(end));
    return found == NULL ? length : (size_t)(found - request) + strlen(end);
}
