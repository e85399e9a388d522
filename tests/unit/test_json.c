/*
 * JSON: what is written, byte by byte, and that another's reader gets back what went in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/json.h"
#include "base/text.h"

static void test_members(void **state) {
    (void)state;
    struct str out = STR_EMPTY;
    str_adds(&out, "body: ");
    struct json json = json_begin(&out);
    json_open(&json, NULL, '{');
    json_text(&json, "name", "Siân", strlen("Siân"));
    json_open(&json, "nothing", '{');
    json_close(&json, '}');
    json_open(&json, "list", '[');
    json_number(&json, NULL, -9223372036854775807LL - 1);
    json_flag(&json, NULL, true);
    json_open(&json, NULL, '[');
    json_close(&json, ']');
    json_open(&json, NULL, '{');
    json_flag(&json, "a \"key\"", false);
    json_close(&json, '}');
    json_close(&json, ']');
    json_base64(&json, "bytes", "\0\xFF\xEF\xBE\0", 5);
    json_close(&json, '}');
    assert_string_equal(out.bytes, "body: {\"name\":\"Siân\",\"nothing\":{},\"list\":[-9223372036854775808,true,[],"
                                   "{\"a \\\"key\\\"\":false}],\"bytes\":\"AP/vvgA=\"}");
    str_release(&out);
}

static const struct {
    const char *name, *text;
    size_t length; /* 0: as long as it is */
    const char *expected;
} texts[] = {
    {"empty", "", 0, "\"\""},
    {"plain", "Jane Doe", 0, "\"Jane Doe\""},
    {"quotation marks and backslashes", "\"Jane\\ \\u0041\"", 0, "\"\\\"Jane\\\\ \\\\u0041\\\"\""},
    {"line breaks and tabs", "a\r\nb\tc", 0, "\"a\\r\\nb\\tc\""},
    {"other controls", "\b\f\x01\x1f\x7f", 0, "\"\\b\\f\\u0001\\u001f\\u007f\""},
    {"a NUL", "a\0b", 3, "\"a\\u0000b\""},
    {"line separators",
     "a\xE2\x80\xA8"
     "b\xE2\x80\xA9",
     0, "\"a\\u2028b\\u2029\""},
    {"marks that begin alike", "“it’s” – €\xE2\x80\xA7\xE2\x80\xAA", 0, "\"“it’s” – €\xE2\x80\xA7\xE2\x80\xAA\""},
    {"a mark and then an escape", "’\"’\n’", 0, "\"’\\\"’\\n’\""},
    {"beyond the basic plane", "\xF0\x9F\x93\xAE", 0, "\"\xF0\x9F\x93\xAE\""},
    {"the end of a script", "</script>", 0, "\"</script>\""},
};

static void test_texts(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str out = STR_EMPTY;
        struct json json = json_begin(&out);
        size_t length = texts[i].length > 0 ? texts[i].length : strlen(texts[i].text);
        json_text(&json, NULL, texts[i].text, length);
        if (strcmp(out.bytes, texts[i].expected) != 0)
            fail_msg("%s: %s", texts[i].name, out.bytes);
        str_release(&out);
    }
}

/* A text cut at a byte would not be valid, but nothing behind its end may be looked at. */
static void test_ends_where_it_ends(void **state) {
    (void)state;
    static const char separator[] = {'"', (char)0xE2, (char)0x80, (char)0xA8};
    for (size_t length = 1; length < 4; length++) {
        struct str out = STR_EMPTY;
        struct json json = json_begin(&out);
        char *exact = test_malloc(length);
        memcpy(exact, separator, length);
        json_text(&json, NULL, exact, length);
        assert_int_equal(out.length, length + 3); /* a backslash, and the quotation marks around it */
        test_free(exact);
        str_release(&out);
    }
}

/* Every character there is, in texts of 10,000 and more, between two others. */
static void test_another_reader_gets_what_went_in(void **state) {
    (void)state;
    enum { CHARACTERS = 10000 };
    for (uint32_t first = 0; first < 0x110000; first += CHARACTERS) {
        struct str text = STR_EMPTY, out = STR_EMPTY;
        for (uint32_t c = first; c < first + CHARACTERS && c < 0x110000; c++)
            if (c < 0xD800 || c > 0xDFFF)
                str_add_codepoint(&text, c);
        struct json json = json_begin(&out);
        json_open(&json, NULL, '[');
        json_text(&json, NULL, "before", 6);
        json_text(&json, NULL, text.bytes, text.length);
        json_text(&json, NULL, "after", 5);
        json_close(&json, ']');
        json_t *read = json_loadb(out.bytes, out.length, JSON_ALLOW_NUL, NULL);
        assert_non_null(read);
        assert_int_equal(json_array_size(read), 3);
        json_t *middle = json_array_get(read, 1);
        assert_int_equal(json_string_length(middle), text.length);
        assert_memory_equal(json_string_value(middle), text.bytes, text.length);
        json_decref(read);
        str_release(&text);
        str_release(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_ends_where_it_ends),
        cmocka_unit_test(test_another_reader_gets_what_went_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
