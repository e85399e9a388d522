/*
 * Petitions: what a request says of a letter, and that it says no more; and that whatever stands in a cell, JSON stays
 * JSON and the parts of a form stay apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "delivery/petition.h"
#include "scribe.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ID "msg_0123456789abcdef0123456789abcdef"
#define TIME_MS 1795300000000
#define TIME "2026-11-21T22:26:40Z"
#define MODEL "Subject: Jobs in [constituency]\n\nDear [MP]\n\nText.\n\nYours sincerely\n\n[Name]\n"
#define SHORT "Dear [MP]\n\nText.\n\nYours sincerely\n\n[Name]\n"
#define LIST "Name,Address line 1,Town,Postcode,Constituency,MP,E-mail,Membership No,Comments,Ward\n"
#define JANE \
    LIST "Mrs Jane Doe,1 High Street,Bootle,l20 9zx,Bootle,Dr Ann Invented,jane@mail.example,M 12,Well done,Ford\n"

static const char pdf[] = "%PDF-1.7\r\n\0\xFF\r\n--postbag-x\r\n%%EOF";

static struct config sample_config(enum webhook_format format) {
    struct config config = {.folder = NULL};
    config.webhook.url = "https://petition.example/letters?list=1";
    config.webhook.format = format;
    return config;
}

static struct petition_order order_of(const struct config *config, const struct petition_fields *fields,
                                      const struct scribe *scribe) {
    return (struct petition_order){.config = config,
                                   .fields = fields,
                                   .campaign = "library",
                                   .letter = &scribe->letter,
                                   .pdf = pdf,
                                   .pdf_length = sizeof pdf - 1,
                                   .id = ID,
                                   .time_ms = TIME_MS};
}

static void request_of(const struct config *config, struct scribe *scribe, struct str *out) {
    struct petition_fields fields;
    struct error error = {0};
    if (petition_find_fields(&fields, config, scribe->people, &scribe->arena, &error) != 0)
        fail_msg("%s", error.message);
    struct petition_order order = order_of(config, &fields, scribe);
    if (petition_write(&order, out, &error) != 0)
        fail_msg("%s", error.message);
}

static void assert_holds(const char *text, const char *part) {
    if (strstr(text, part) == NULL)
        fail_msg("not there: %s\nin:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part) {
    if (strstr(text, part) != NULL)
        fail_msg("there: %s\nin:\n%s", part, text);
}

/* ---- Whole bodies ---- */

#define HEAD(type, accept)                                                                                  \
    "POST /letters?list=1 HTTP/1.1\r\nHost: petition.example\r\nUser-Agent: Postbag\r\nContent-Type: " type \
    "\r\nAccept: " accept "\r\nwebhook-id: " ID "\r\nIdempotency-Key: \"" ID "\"\r\n\r\n"
#define JSON_HEAD HEAD("application/json", "*/*")
#define OSDI_HEAD HEAD("application/json", "application/hal+json, application/json")
#define BEGINNING "{\"type\":\"letter.created\",\"id\":\"" ID "\",\"timestamp\":\"" TIME "\",\"campaign\":\"library\","
#define MP "\"mp\":{\"name\":\"Dr Ann Invented\",\"constituency\":\"Bootle\"}"
#define EMAIL "\"email_addresses\":[{\"primary\":true,\"address\":\"jane@mail.example\"}]"
#define RECORD                                                                                         \
    "\"identifiers\":[\"postbag:" ID "\"],\"origin_system\":\"Postbag\",\"action_date\":\"" TIME "\"," \
    "\"action_network:referrer_data\":{\"source\":\"library\"}"
#define BOUNDARY "--postbag-" ID "\r\n"
#define FORM_HEAD HEAD("multipart/form-data; boundary=postbag-" ID, "*/*")
#define PART(name, text) BOUNDARY "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n" text "\r\n"
#define FORM_BEGINNING PART("type", "letter.created") PART("id", ID) PART("timestamp", TIME) PART("campaign", "library")
#define FORM_MP PART("mp.name", "Dr Ann Invented") PART("mp.constituency", "Bootle")
#define OSDI_DEFAULTS "\"custom_fields\":{\"constituency\":\"Bootle\",\"postcode_district\":\"L20\"}}"
#define TARGET                                                                                                     \
    "\"targets\":[{\"title\":\"MP\",\"organization\":\"House of Commons\",\"given_name\":\"Ann\",\"family_name\":" \
    "\"Invented\"}]"
#define LETTER                                                                                                     \
    "Mrs Jane Doe\\n1 High Street\\nBootle\\nL20 9ZX\\n\\n22 November 2026\\n\\nDear Dr Invented\\n\\nText.\\n\\n" \
    "Yours sincerely\\n\\nMrs Jane Doe\\n"

static const struct {
    const char *name;
    enum webhook_format format;
    const char *fields;
    bool attach;
    const char *list, *expected;
} bodies[] = {
    {"the fewest", WEBHOOK_JSON, NULL, false, JANE,
     JSON_HEAD BEGINNING "\"data\":{\"constituent\":{\"name\":\"Mrs Jane Doe\",\"constituency\":\"Bootle\","
                         "\"postcode_district\":\"L20\"}," MP "}}"},
    {"what was asked for, by any of its names", WEBHOOK_JSON, "Membership No., post-code; ,WARD, Full address,", false,
     "Name,Address line 1,Town,Postcode; ,Constituency,MP,Membership No,Ward\n"
     "Jane Doe,1 High Street,Bootle,l20 9zx,Bootle,Dr Ann Invented,M 12,Ford\n",
     JSON_HEAD BEGINNING "\"data\":{\"constituent\":{\"membership_no\":\"M 12\",\"post_code\":\"L20 9ZX\",\"ward\":"
                         "\"Ford\",\"full_address\":\"1 High Street\\nBootle\"}," MP "}}"},
    {"the letter", WEBHOOK_JSON, "name", true, JANE,
     JSON_HEAD BEGINNING "\"data\":{\"constituent\":{\"name\":\"Mrs Jane Doe\"}," MP
                         ",\"letter\":{\"subject\":\"Jobs in Bootle\",\"text\":\"" LETTER
                         "\",\"pdf\":\"JVBERi0xLjcNCgD/DQotLXBvc3RiYWcteA0KJSVFT0Y=\"}}}"},
    {"what is not known is empty", WEBHOOK_JSON, NULL, false,
     "Name,Address line 1,Postcode,MP\nJane Doe,1 High Street,BFPO 58,Ann Invented\n",
     JSON_HEAD BEGINNING "\"data\":{\"constituent\":{\"name\":\"Jane Doe\",\"constituency\":\"\",\"postcode_district\":"
                         "\"BFPO\"},\"mp\":{\"name\":\"Ann Invented\",\"constituency\":\"\"}}}"},
    {"a form", WEBHOOK_MULTIPART, NULL, false, JANE,
     FORM_HEAD FORM_BEGINNING PART("constituent.name", "Mrs Jane Doe") PART("constituent.constituency", "Bootle")
         PART("constituent.postcode_district", "L20") FORM_MP "--postbag-" ID "--\r\n"},
    {"a signature", WEBHOOK_OSDI_SIGNATURE, NULL, false, JANE,
     OSDI_HEAD "{\"person\":{\"given_name\":\"Jane\",\"family_name\":\"Doe\"," EMAIL "," OSDI_DEFAULTS "," RECORD "}"},
    {"a signature with all that has a place", WEBHOOK_OSDI_SIGNATURE,
     "title,first name,surname,phone,comments,address line 1,town,postcode,membership no,e-mail", true,
     "Title,First name,Surname,Phone,Address line 1,Town,Postcode,Constituency,MP,E-mail,Membership No,Comments\n"
     "Ms,Jane,van der Doe,0151 496 0000,1 High Street,Bootle,L20 9ZX,Bootle,Dr Ann Invented,jane@mail.example,M 12,"
     "\"Well \"\"done\"\"\"\n",
     OSDI_HEAD "{\"person\":{\"honorific_prefix\":\"Ms\",\"given_name\":\"Jane\",\"family_name\":\"van der Doe\"," EMAIL
               ","
               "\"postal_addresses\":[{\"primary\":true,\"address_lines\":[\"1 High Street\"],\"locality\":\"Bootle\","
               "\"postal_code\":\"L20 9ZX\",\"country\":\"GB\"}],"
               "\"phone_numbers\":[{\"primary\":true,\"number\":\"0151 496 0000\"}],"
               "\"custom_fields\":{\"membership_no\":\"M 12\"}}," RECORD ",\"comments\":\"Well \\\"done\\\"\"}"},
    {"an outreach", WEBHOOK_OSDI_OUTREACH, NULL, false, JANE,
     OSDI_HEAD "{\"type\":\"email\"," TARGET ",\"person\":{\"given_name\":\"Jane\",\"family_name\":\"Doe\"," EMAIL
               "," OSDI_DEFAULTS "," RECORD "}"},
    {"an outreach with the letter", WEBHOOK_OSDI_OUTREACH, "comments", true, JANE,
     OSDI_HEAD "{\"type\":\"email\",\"subject\":\"Jobs in Bootle\",\"message\":\"" LETTER "\"," TARGET
               ",\"person\":{" EMAIL ",\"custom_fields\":{\"comments\":\"Well done\"}}," RECORD "}"},
};

static void test_bodies(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct scribe scribe;
        struct str out = STR_EMPTY;
        struct config config = sample_config(bodies[i].format);
        config.webhook.fields = bodies[i].fields;
        config.webhook.attach = bodies[i].attach;
        scribe_open(&scribe, "txt", bodies[i].attach ? MODEL : SHORT, bodies[i].list);
        request_of(&config, &scribe, &out);
        if (strcmp(out.bytes, bodies[i].expected) != 0)
            fail_msg("%s:\n%s\nand not:\n%s", bodies[i].name, out.bytes, bodies[i].expected);
        size_t body = petition_body(out.bytes, out.length);
        assert_string_equal(out.bytes + body, strstr(bodies[i].expected, "\r\n\r\n") + 4);
        str_release(&out);
        scribe_close(&scribe);
    }
}

static void test_the_same_letter_gives_the_same_bytes(void **state) {
    (void)state;
    for (enum webhook_format format = WEBHOOK_JSON; format <= WEBHOOK_OSDI_OUTREACH; format++) {
        struct scribe scribe;
        struct str first = STR_EMPTY, second = STR_EMPTY;
        struct config config = sample_config(format);
        config.webhook.attach = true;
        scribe_open(&scribe, "txt", MODEL, JANE);
        request_of(&config, &scribe, &first);
        request_of(&config, &scribe, &second);
        assert_int_equal(first.length, second.length);
        assert_memory_equal(first.bytes, second.bytes, first.length);
        str_release(&first);
        str_release(&second);
        scribe_close(&scribe);
    }
}

static void test_a_rehearsal_goes_to_its_own_address(void **state) {
    (void)state;
    struct scribe scribe;
    struct str out = STR_EMPTY;
    struct config config = sample_config(WEBHOOK_JSON);
    config.webhook.rehearsal = "http://localhost:8080";
    scribe_open(&scribe, "txt", MODEL, JANE);
    request_of(&config, &scribe, &out);
    assert_holds(out.bytes, "POST / HTTP/1.1\r\nHost: localhost:8080\r\n");
    assert_lacks(out.bytes, "petition.example");
    str_release(&out);
    scribe_close(&scribe);
}

static void test_where_a_body_begins(void **state) {
    (void)state;
    assert_int_equal(petition_body("POST / HTTP/1.1\r\n\r\nbody\r\n\r\n", 27), 19);
    assert_int_equal(petition_body("POST / HTTP/1.1\r\n\r\n", 19), 19);
    assert_int_equal(petition_body("POST / HTTP/1.1\r\n", 17), 17);
    assert_int_equal(petition_body("", 0), 0);
}

/* ---- Names ---- */

static const struct {
    const char *name, *list, *given, *family; /* NULL: not there */
} names[] = {
    {"one cell", "Name\nJane Doe\n", "Jane", "Doe"},
    {"one cell with titles", "Name\nProfessor Dr Jane Anne Doe\n", "Jane Anne", "Doe"},
    {"one word", "Name\nSukarno\n", "Sukarno", NULL},
    {"in two", "First name,Surname\nMary Jane,van der Berg\n", "Mary Jane", "van der Berg"},
    {"a first name in the column Name", "Name,Surname\nMary Jane,van der Berg\n", "Mary Jane", "van der Berg"},
    {"whole and surname", "Name,Surname\nMs Jane van der Berg,van der Berg\n", "Jane", "van der Berg"},
    {"whole and first name", "Name,First name\nMary Jane van der Berg,Mary Jane\n", "Mary Jane", "van der Berg"},
    {"whole and a surname that ends alike", "Name,Surname\nJane McDoe,Doe\n", "Jane", "McDoe"},
    {"whole, and a first name only", "First name,Surname\nJane,\n", "Jane", NULL},
    {"beyond ASCII", "Name\nSiân Ŵyn-Jones\n", "Siân", "Ŵyn-Jones"},
};

static void assert_member(const json_t *object, const char *key, const char *expected, const char *name) {
    const char *value = json_string_value(json_object_get(object, key));
    if (expected == NULL ? value != NULL : value == NULL || strcmp(value, expected) != 0)
        fail_msg("%s: %s is %s", name, key, value == NULL ? "missing" : value);
}

static json_t *json_of(const struct str *request) {
    size_t body = petition_body(request->bytes, request->length);
    json_error_t fault;
    json_t *read = json_loadb(request->bytes + body, request->length - body, JSON_REJECT_DUPLICATES, &fault);
    if (read == NULL)
        fail_msg("%s in:\n%s", fault.text, request->bytes);
    return read;
}

static void test_parts_of_a_name(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct scribe scribe;
        struct str out = STR_EMPTY, list = STR_EMPTY;
        struct config config = sample_config(WEBHOOK_OSDI_SIGNATURE);
        /* The same columns behind, for the list to be one. */
        size_t header = strcspn(names[i].list, "\n");
        str_addf(&list, "%.*s,Address line 1,Postcode,MP,E-mail\n", (int)header, names[i].list);
        str_addf(&list, "%.*s,1 High Street,L20 9ZX,Ann Invented,jane@mail.example\n",
                 (int)strlen(names[i].list + header + 1) - 1, names[i].list + header + 1);
        scribe_open(&scribe, "txt", SHORT, list.bytes);
        request_of(&config, &scribe, &out);
        json_t *read = json_of(&out);
        assert_member(json_object_get(read, "person"), "given_name", names[i].given, names[i].name);
        assert_member(json_object_get(read, "person"), "family_name", names[i].family, names[i].name);
        json_decref(read);
        str_release(&out);
        str_release(&list);
        scribe_close(&scribe);
    }
}

/* ---- Addresses ---- */

static const struct {
    const char *name, *fields, *list, *expected; /* "": none */
} addresses[] = {
    {"not without being asked for", NULL, JANE, ""},
    {"only the postcode", "postcode", JANE,
     "[{\"primary\":true,\"address_lines\":[],\"postal_code\":\"L20 9ZX\",\"country\":\"GB\"}]"},
    {"only the town", "town", JANE, "[{\"primary\":true,\"address_lines\":[],\"locality\":\"Bootle\"}]"},
    {"the whole", "address", JANE,
     "[{\"primary\":true,\"address_lines\":[\"1 High Street\"],\"locality\":\"Bootle\"}]"},
    {"the whole in one cell, and the postcode", "address, postcode",
     "Name,Address,MP,E-mail\nJane Doe,\"Flat 2, 1 High Street, Bootle, L20 9ZX\",Ann Invented,jane@mail.example\n",
     "[{\"primary\":true,\"address_lines\":[\"Flat 2\",\"1 High Street\",\"Bootle\"],\"postal_code\":\"L20 9ZX\","
     "\"country\":\"GB\"}]"},
    {"not in the United Kingdom", "postcode",
     "Name,Address line 1,Postcode,MP,E-mail\nJane Doe,1 High Street,JE2 4UH,Ann Invented,jane@mail.example\n",
     "[{\"primary\":true,\"address_lines\":[],\"postal_code\":\"JE2 4UH\"}]"},
};

static void test_postal_addresses(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct scribe scribe;
        struct str out = STR_EMPTY;
        struct config config = sample_config(WEBHOOK_OSDI_SIGNATURE);
        config.webhook.fields = addresses[i].fields;
        scribe_open(&scribe, "txt", SHORT, addresses[i].list);
        request_of(&config, &scribe, &out);
        json_t *read = json_of(&out);
        json_t *postal = json_object_get(json_object_get(read, "person"), "postal_addresses");
        char *text = postal == NULL ? strdup("") : json_dumps(postal, JSON_COMPACT);
        if (strcmp(text, addresses[i].expected) != 0)
            fail_msg("%s: %s", addresses[i].name, text);
        free(text);
        json_decref(read);
        str_release(&out);
        scribe_close(&scribe);
    }
}

/* "subscribed" would put back on the list who has left it. */
static void test_osdi_never_says_a_status(void **state) {
    (void)state;
    for (enum webhook_format format = WEBHOOK_OSDI_SIGNATURE; format <= WEBHOOK_OSDI_OUTREACH; format++) {
        struct scribe scribe;
        struct str out = STR_EMPTY;
        struct config config = sample_config(format);
        config.webhook.fields = "name,postcode,email,address,constituency,comments";
        config.webhook.attach = true;
        scribe_open(&scribe, "txt", MODEL, JANE);
        request_of(&config, &scribe, &out);
        assert_lacks(out.bytes, "status");
        assert_lacks(out.bytes, "subscribed");
        str_release(&out);
        scribe_close(&scribe);
    }
}

/* ---- Hostile cells ---- */

#define TEN(text) text text text text text text text text text text
#define HUNDRED(text) TEN(TEN(text))

/* As a cell of CSV (without its quotation marks), and as it must arrive. Cells are cleaned when they are read. */
static const struct {
    const char *name, *cell, *expected;
} hostile[] = {
    {"quotation marks", "a \"\"b\"\" \\\"\" \\", "a \"b\" \\\" \\"},
    {"line breaks", "a\r\nX-Header: b\r\n\r\nbody", "a\nX-Header: b\n\nbody"},
    {"braces", "\"\"},\"\"mp\"\":{\"\"name\"\":\"\"x", "\"},\"mp\":{\"name\":\"x"},
    {"the boundary", "a\r\n--postbag-" ID "\r\nContent-Disposition: form-data; name=\"\"x\"\"\r\n\r\nb",
     "a\n--postbag-" ID "\nContent-Disposition: form-data; name=\"x\"\n\nb"},
    {"the boundary, the next and the one behind", "postbag-" ID " postbag-" ID "-1 --postbag-" ID "-2--",
     "postbag-" ID " postbag-" ID "-1 --postbag-" ID "-2--"},
    {"a script", "</script><!-- ${x} {{x}} %s%n", "</script><!-- ${x} {{x}} %s%n"},
    {"thousands of characters", HUNDRED("“Ŵŷ” \xF0\x9F\x93\xAE a\"\" "), NULL},
};

struct part {
    const char *name, *text;
    size_t name_length, length;
};

static const struct part *part_named(const struct part *parts, size_t count, const char *name) {
    const struct part *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].name_length != strlen(name) || memcmp(parts[i].name, name, strlen(name)) != 0)
            continue;
        assert_null(found);
        found = &parts[i];
    }
    return found;
}

/* Takes a form apart as a receiver would: at CRLF "--" boundary, wherever it stands. */
static size_t read_form(const struct str *request, struct part *parts, size_t max) {
    static const char type[] = "Content-Type: multipart/form-data; boundary=";
    static const char disposition[] = "Content-Disposition: form-data; name=\"";
    char delimiter[128];
    const char *boundary = strstr(request->bytes, type) + strlen(type);
    size_t length = strcspn(boundary, "\r"), count = 0;
    assert_true(length <= 70); /* RFC 2046 §5.1.1 */
    snprintf(delimiter, sizeof delimiter, "\r\n--%.*s", (int)length, boundary);
    const char *at = request->bytes + petition_body(request->bytes, request->length),
               *end = request->bytes + request->length;
    assert_memory_equal(at, delimiter + 2, strlen(delimiter) - 2); /* no preamble */
    at += strlen(delimiter) - 2;
    while (strncmp(at, "--", 2) != 0) {
        assert_true(count < max);
        assert_memory_equal(at, "\r\n", 2);
        at += 2;
        assert_memory_equal(at, disposition, strlen(disposition));
        struct part *part = &parts[count++];
        part->name = at + strlen(disposition);
        part->name_length = strcspn(part->name, "\"");
        part->text = strstr(at, "\r\n\r\n") + 4;
        at = memmem(part->text, (size_t)(end - part->text), delimiter, strlen(delimiter));
        assert_non_null(at);
        part->length = (size_t)(at - part->text);
        at += strlen(delimiter);
    }
    assert_string_equal(at, "--\r\n");
    assert_ptr_equal(at + 4, end);
    return count;
}

static void scribe_hostile(struct scribe *scribe, const char *cell) {
    struct str list = STR_EMPTY;
    str_addf(&list,
             "Name,Address line 1,Postcode,MP,E-mail,Remark\nJane Doe,1 High Street,L20 9ZX,Ann Invented,"
             "jane@mail.example,\"%s\"\n",
             cell);
    scribe_open(scribe, "txt", "Dear [MP]\n\n[Remark]\n\nYours sincerely\n\n[Name]\n", list.bytes);
    str_release(&list);
}

static void test_parts_stay_apart(void **state) {
    static const char file[] = "letter\"; filename=\"letter.pdf\"\r\nContent-Type: application/pdf\r\n\r\n";
    (void)state;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        struct scribe scribe;
        struct part parts[32];
        struct str out = STR_EMPTY;
        struct config config = sample_config(WEBHOOK_MULTIPART);
        config.webhook.fields = "name, remark, postcode";
        config.webhook.attach = true;
        scribe_hostile(&scribe, hostile[i].cell);
        request_of(&config, &scribe, &out);
        size_t count = read_form(&out, parts, COUNT(parts));
        assert_int_equal(count, 4 + 3 + 2 + 3);
        const struct part *remark = part_named(parts, count, "constituent.remark");
        const struct part *letter = part_named(parts, count, "letter");
        const struct part *text = part_named(parts, count, "text");
        const struct value *value = &scribe.person.values[people_field(scribe.people, "remark", strlen("remark"))];
        assert_int_equal(remark->length, value->length);
        assert_memory_equal(remark->text, value->text, value->length);
        if (hostile[i].expected != NULL)
            assert_string_equal(value->text, hostile[i].expected);
        assert_int_equal(letter->length, sizeof pdf - 1);
        assert_memory_equal(letter->text, pdf, sizeof pdf - 1);
        assert_memory_equal(letter->name, file, strlen(file));
        assert_non_null(memmem(text->text, text->length, "Dear Ann Invented", 17));
        str_release(&out);
        scribe_close(&scribe);
    }
}

/* A PDF is bytes: what looks like the boundary may stand there, too. */
static void test_a_boundary_in_the_pdf(void **state) {
    (void)state;
    struct scribe scribe;
    struct part parts[32];
    struct str out = STR_EMPTY;
    struct petition_fields fields;
    struct error error;
    static const char bytes[] = "%PDF\r\n--postbag-" ID "--\r\n%%EOF";
    struct config config = sample_config(WEBHOOK_MULTIPART);
    config.webhook.attach = true;
    scribe_open(&scribe, "txt", MODEL, JANE);
    assert_int_equal(petition_find_fields(&fields, &config, scribe.people, &scribe.arena, &error), 0);
    struct petition_order order = order_of(&config, &fields, &scribe);
    order.pdf = bytes;
    order.pdf_length = sizeof bytes - 1;
    assert_int_equal(petition_write(&order, &out, &error), 0);
    size_t count = read_form(&out, parts, COUNT(parts));
    const struct part *letter = part_named(parts, count, "letter");
    assert_int_equal(letter->length, sizeof bytes - 1);
    assert_memory_equal(letter->text, bytes, sizeof bytes - 1);
    str_release(&out);
    scribe_close(&scribe);
}

static void test_json_stays_json(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(hostile); i++) {
        for (enum webhook_format format = WEBHOOK_JSON; format <= WEBHOOK_OSDI_OUTREACH; format++) {
            if (format == WEBHOOK_MULTIPART)
                continue;
            struct scribe scribe;
            struct str out = STR_EMPTY;
            struct config config = sample_config(format);
            config.webhook.fields = "name, remark";
            config.webhook.attach = true;
            scribe_hostile(&scribe, hostile[i].cell);
            request_of(&config, &scribe, &out);
            json_t *read = json_of(&out);
            const json_t *details = format == WEBHOOK_JSON
                                        ? json_object_get(json_object_get(read, "data"), "constituent")
                                        : json_object_get(json_object_get(read, "person"), "custom_fields");
            const struct value *value = &scribe.person.values[people_field(scribe.people, "remark", strlen("remark"))];
            assert_member(details, "remark", value->text, hostile[i].name);
            json_decref(read);
            str_release(&out);
            scribe_close(&scribe);
        }
    }
}

/* ---- Fields ---- */

static const struct {
    const char *name, *fields, *expected; /* names as JSON calls them, or part of the message */
    bool wrong;
} fields_cases[] = {
    {"none named", NULL, "name constituency postcode_district", false},
    {"a field by several names, an own column", "Full Name, E-MAIL, ward", "full_name e_mail ward", false},
    {"the district", "Postcode District,postcode", "postcode_district postcode", false},
    {"empty ones between", ",name,, ,", "name", false},
    {"a column that ASCII has no letters for", "Όνομα, αριθμός", "field field_2", false},
    {"a name that is not there", "name, wrad", "\"wrad\", but the list has no such column; did you mean \"Ward\"?",
     true},
    {"near to nothing", "shoe size", "\"shoe size\", but the list has no such column", true},
    {"near the district", "postcode distrct", "did you mean \"postcode_district\"?", true},
    {"known, but not in this list", "job title", "\"job title\", but the list has no such column", true},
    {"twice", "postcode, Post Code", "\"Post Code\", which it has already as \"postcode\"", true},
    {"nothing", " , ,", "names nothing", true},
    {"no name", "name, ???", "\"???\", but the list has no such column", true},
    {"semicolons", "name; postcode", "\"name; postcode\", but the list has no such column", true},
};

static void test_fields(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(fields_cases); i++) {
        struct scribe scribe;
        struct str found = STR_EMPTY;
        struct error error = {0};
        struct petition_fields fields = {.count = 77};
        struct config config = sample_config(WEBHOOK_JSON);
        config.webhook.fields = fields_cases[i].fields;
        scribe_open(&scribe, "txt", SHORT,
                    "Name,Address line 1,Postcode,Constituency,MP,Email,Ward,Όνομα,αριθμός\n"
                    "Jane Doe,1 High Street,L20 9ZX,Bootle,Ann Invented,jane@mail.example,Ford,a,b\n");
        int result = petition_find_fields(&fields, &config, scribe.people, &scribe.arena, &error);
        for (size_t j = 0; result == 0 && j < fields.count; j++)
            str_addf(&found, "%s%s", j == 0 ? "" : " ", fields.names[j]);
        if (fields_cases[i].wrong) {
            assert_int_equal(result, -1);
            assert_int_equal(error.status, STATUS_CONFIGURATION);
            assert_int_equal(fields.count, 77);
            assert_holds(error.message, fields_cases[i].expected);
            assert_holds(error.message, "webhook.fields");
        } else if (result != 0 || strcmp(found.bytes, fields_cases[i].expected) != 0) {
            fail_msg("%s: %s%s", fields_cases[i].name, found.bytes, error.message);
        }
        str_release(&found);
        scribe_close(&scribe);
    }
}

/* A column of that name is what the secretary means by it. */
static void test_an_own_column_of_districts(void **state) {
    (void)state;
    struct scribe scribe;
    struct str out = STR_EMPTY;
    struct config config = sample_config(WEBHOOK_JSON);
    config.webhook.fields = "postcode_district";
    scribe_open(
        &scribe, "txt", SHORT,
        "Name,Address line 1,Postcode,MP,Postcode district\nJane Doe,1 High Street,L20 9ZX,Ann Invented,Far away\n");
    request_of(&config, &scribe, &out);
    assert_holds(out.bytes, "{\"postcode_district\":\"Far away\"}");
    str_release(&out);
    scribe_close(&scribe);
}

static void test_more_fields_than_there_can_be(void **state) {
    (void)state;
    struct scribe scribe;
    struct str list = STR_EMPTY, row = STR_EMPTY, names_of_all = STR_EMPTY;
    struct petition_fields fields;
    struct error error = {0};
    struct config config = sample_config(WEBHOOK_JSON);
    str_adds(&list, "Name,Address line 1,Postcode,MP");
    str_adds(&row, "Jane Doe,1 High Street,L20 9ZX,Ann Invented");
    for (int i = 0; i < PETITION_FIELDS_MAX; i++) {
        str_addf(&list, ",Question %d", i);
        str_addf(&row, ",%d", i);
        str_addf(&names_of_all, "%squestion %d", i == 0 ? "" : ",", i);
    }
    str_addf(&list, "\n%s\n", row.bytes);
    scribe_open(&scribe, "txt", SHORT, list.bytes);
    config.webhook.fields = names_of_all.bytes;
    assert_int_equal(petition_find_fields(&fields, &config, scribe.people, &scribe.arena, &error), 0);
    assert_int_equal(fields.count, PETITION_FIELDS_MAX);
    str_adds(&names_of_all, ",name");
    config.webhook.fields = names_of_all.bytes;
    assert_int_equal(petition_find_fields(&fields, &config, scribe.people, &scribe.arena, &error), -1);
    assert_holds(error.message, "more than 64");
    str_release(&list);
    str_release(&row);
    str_release(&names_of_all);
    scribe_close(&scribe);
}

/* ---- Rows ---- */

static const struct {
    const char *name;
    enum webhook_format format;
    const char *email, *expected;
} rows[] = {
    {"JSON needs none", WEBHOOK_JSON, "", ""},
    {"a form needs none", WEBHOOK_MULTIPART, "", ""},
    {"OSDI has one", WEBHOOK_OSDI_SIGNATURE, "jane@mail.example", ""},
    {"OSDI has none", WEBHOOK_OSDI_SIGNATURE, "", "2:5 there is no e-mail address"},
    {"an outreach has none", WEBHOOK_OSDI_OUTREACH, "", "2:5 there is no e-mail address"},
    {"beyond ASCII", WEBHOOK_OSDI_SIGNATURE, "siân@mail.example", "2:5 the e-mail address \"siân@mail.example\" holds"},
};

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scribe scribe;
        struct problems problems;
        struct str list = STR_EMPTY, out = STR_EMPTY;
        struct config config = sample_config(rows[i].format);
        str_addf(&list, "Name,Address line 1,Postcode,MP,E-mail\nJane Doe,1 High Street,L20 9ZX,Ann Invented,%s\n",
                 rows[i].email);
        scribe_open(&scribe, "txt", SHORT, list.bytes);
        problems_init(&problems, &scribe.arena);
        petition_check(&config, &scribe.person, "list.csv", &problems);
        for (size_t j = 0; j < problems.count; j++) {
            assert_string_equal(problems.items[j].place.file, "list.csv");
            assert_int_equal(problems.items[j].severity, SEVERITY_ERROR);
            str_addf(&out, "%u:%u %s", problems.items[j].place.line, problems.items[j].place.column,
                     problems.items[j].message);
        }
        if (*rows[i].expected == '\0' ? out.length > 0 : strstr(out.bytes, rows[i].expected) == NULL)
            fail_msg("%s: %s", rows[i].name, out.bytes);
        problems_release(&problems);
        str_release(&list);
        str_release(&out);
        scribe_close(&scribe);
    }
}

/* ---- The address ---- */

static const struct {
    const char *url, *expected; /* what the head begins with, or part of the message */
    bool wrong;
} urls[] = {
    {"https://petition.example", "POST / HTTP/1.1\r\nHost: petition.example\r\n", false},
    {"HTTPS://petition.example:443/a/b?c=d&e=%20", "POST /a/b?c=d&e=%20 HTTP/1.1\r\nHost: petition.example\r\n", false},
    {"https://petition.example?c", "POST /?c HTTP/1.1\r\nHost: petition.example\r\n", false},
    {"http://127.0.0.1:8080/", "POST / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n", false},
    {"http://[::1]:80/x", "POST /x HTTP/1.1\r\nHost: [::1]\r\n", false},
    {"https://petition.example:80/@x:y", "POST /@x:y HTTP/1.1\r\nHost: petition.example:80\r\n", false},
    {"", "https://", true},
    {"petition.example/x", "https://", true},
    {"ftp://petition.example/", "https://", true},
    {"https://", "no server", true},
    {"https:///x", "no server", true},
    {"https://petition.example:0/", "port", true},
    {"https://petition.example:65536/", "port", true},
    {"https://petition.example:000000443/", "port", true},
    {"https://petition.example:/", "port", true},
    {"https://jane@petition.example/", "webhook.user", true},
    {"https://jane:123@petition.example/", "webhook.user", true},
    {"https://petition.example/a b", "space", true},
    {"https://petition.example/\r\nX-Header: 1", "space", true},
    {"https://petition.example\r\nX-Header: 1", "character", true},
    {"https://petition.example/ŵ", "space", true},
    {"https://pŵtition.example/", "character", true},
    {"https://petition.example/#x", "#", true},
    {"https://petition.example\\@other.example/", "webhook.user", true},
    {"https://[::1/x", "[", true},
    {"https://[petition]/x", "[", true},
};

static void test_addresses(void **state) {
    (void)state;
    struct scribe scribe;
    struct petition_fields fields;
    struct error error = {0};
    struct config config = sample_config(WEBHOOK_JSON);
    scribe_open(&scribe, "txt", MODEL, JANE);
    assert_int_equal(petition_find_fields(&fields, &config, scribe.people, &scribe.arena, &error), 0);
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct str out = STR_EMPTY;
        struct petition_order order = order_of(&config, &fields, &scribe);
        config.webhook.url = urls[i].url;
        int result = petition_write(&order, &out, &error);
        if (result != (urls[i].wrong ? -1 : 0))
            fail_msg("%s: %s", urls[i].url, result == 0 ? out.bytes : error.message);
        if (urls[i].wrong) {
            assert_int_equal(error.status, STATUS_CONFIGURATION);
            assert_holds(error.message, "webhook.url");
            assert_holds(error.message, urls[i].expected);
            assert_int_equal(out.length, 0);
        } else if (strncmp(out.bytes, urls[i].expected, strlen(urls[i].expected)) != 0) {
            fail_msg("%s: %s", urls[i].url, out.bytes);
        }
        str_release(&out);
    }
    scribe_close(&scribe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_the_same_letter_gives_the_same_bytes),
        cmocka_unit_test(test_a_rehearsal_goes_to_its_own_address),
        cmocka_unit_test(test_where_a_body_begins),
        cmocka_unit_test(test_parts_of_a_name),
        cmocka_unit_test(test_postal_addresses),
        cmocka_unit_test(test_osdi_never_says_a_status),
        cmocka_unit_test(test_parts_stay_apart),
        cmocka_unit_test(test_a_boundary_in_the_pdf),
        cmocka_unit_test(test_json_stays_json),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_an_own_column_of_districts),
        cmocka_unit_test(test_more_fields_than_there_can_be),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
