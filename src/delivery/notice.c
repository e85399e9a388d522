/*
 * Notices: what a petition is told comes in, a JSON object goes out. Every member that the schema knows is always there,
 * with "" for what is not known, so that a receiver need not ask; only "letter" depends on webhook.attach.
 */
#include "delivery/notice.h"

#include <string.h>

#include "base/json.h"

const struct notice_detail *notice_find(const struct notice *notice, int field) {
    for (size_t i = 0; i < notice->details_count; i++)
        if (notice->details[i].field == field)
            return &notice->details[i];
    return NULL;
}

static void add(struct json *json, const char *key, const char *text) {
    json_text(json, key, text, strlen(text));
}

static void add_constituent(struct json *json, const struct notice *notice) {
    json_open(json, "constituent", '{');
    for (size_t i = 0; i < notice->details_count; i++)
        json_text(json, notice->details[i].name, notice->details[i].text, notice->details[i].length);
    json_close(json, '}');
}

const struct value *notice_seat(const struct notice *notice) {
    static const struct value none = {.text = ""};
    const struct person *person = notice->person;
    return office_is_elected(person->office) ? &person->values[FIELD_CONSTITUENCY] : &none;
}

static void add_mp(struct json *json, const struct notice *notice) {
    const struct value *mp = &notice->person->values[FIELD_MP], *seat = notice_seat(notice);
    json_open(json, "mp", '{');
    json_text(json, "name", mp->text, mp->length);
    json_text(json, "constituency", seat->text, seat->length);
    json_close(json, '}');
}

static void add_letter(struct json *json, const struct notice *notice) {
    json_open(json, "letter", '{');
    add(json, "subject", notice->subject);
    json_text(json, "text", notice->text, notice->text_length);
    json_base64(json, "pdf", notice->pdf, notice->pdf_length);
    json_close(json, '}');
}

void notice_json(const struct notice *notice, struct str *out) {
    struct json json = json_begin(out);
    json_open(&json, NULL, '{');
    add(&json, "type", NOTICE_TYPE);
    add(&json, "id", notice->id);
    add(&json, "timestamp", notice->time);
    add(&json, "campaign", notice->campaign);
    json_open(&json, "data", '{');
    add_constituent(&json, notice);
    add_mp(&json, notice);
    if (notice->subject != NULL)
        add_letter(&json, notice);
    json_close(&json, '}');
    json_close(&json, '}');
}
