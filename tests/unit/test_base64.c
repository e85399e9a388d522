/*
 * Base64: against the vectors of RFC 4648 §10, and what must not be read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"

static const struct {
    const char *bytes;
    size_t length;
    const char *text;
} pairs[] = {
    {"", 0, ""},
    {"f", 1, "Zg=="},
    {"fo", 2, "Zm8="},
    {"foo", 3, "Zm9v"},
    {"foob", 4, "Zm9vYg=="},
    {"fooba", 5, "Zm9vYmE="},
    {"foobar", 6, "Zm9vYmFy"},
    {"\0\xFF\xEF\xBE\0", 5, "AP/vvgA="},
    {"\xFB\xFF\xBF", 3, "+/+/"},
};

static void test_bytes_and_text(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct str text = STR_EMPTY, bytes = STR_EMPTY;
        str_adds(&text, "before:");
        base64_encode(&text, pairs[i].bytes, pairs[i].length);
        assert_string_equal(text.bytes + strlen("before:"), pairs[i].text);
        str_adds(&bytes, "before:");
        assert_int_equal(base64_decode(&bytes, pairs[i].text, strlen(pairs[i].text)), 0);
        assert_int_equal(bytes.length, strlen("before:") + pairs[i].length);
        assert_memory_equal(bytes.bytes + strlen("before:"), pairs[i].bytes, pairs[i].length);
        str_release(&text);
        str_release(&bytes);
    }
}

/* Every length of what is left of a group, and every byte in each place of one. */
static void test_many_bytes(void **state) {
    (void)state;
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char bytes[6 * 256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i % 256 * 167 + i / 256 * 29);
    for (size_t length = sizeof bytes - 20; length <= sizeof bytes; length++) {
        struct str text = STR_EMPTY, again = STR_EMPTY;
        base64_encode(&text, bytes, length);
        assert_int_equal(text.length, (length + 2) / 3 * 4);
        for (size_t bit = 0; bit + 6 <= 8 * length; bit += 6) {
            unsigned two = (unsigned)bytes[bit / 8] << 8 | (bit / 8 + 1 < length ? bytes[bit / 8 + 1] : 0);
            assert_int_equal(text.bytes[bit / 6], alphabet[two >> (10 - bit % 8) & 0x3F]);
        }
        assert_int_equal(base64_decode(&again, text.bytes, text.length), 0);
        assert_int_equal(again.length, length);
        assert_memory_equal(again.bytes, bytes, length);
        str_release(&text);
        str_release(&again);
    }
}

static void test_what_is_not_canonical(void **state) {
    (void)state;
    static const char *const texts[] = {
        "Z",    "Zg",       "Zg=",  "Zg===", "====",   "=",    "Zh==", /* bits of a byte that is not there */
        "Zm9=", "Zg==Zg==", "Zm=v", "Z===",  "Zm9v\n", "Zm9 ", "Zm9-", "Zm9_", "Zm\xC3\xA9",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str bytes = STR_EMPTY;
        str_adds(&bytes, "before");
        if (base64_decode(&bytes, texts[i], strlen(texts[i])) != -1)
            fail_msg("\"%s\" was read", texts[i]);
        assert_string_equal(bytes.bytes, "before");
        str_release(&bytes);
    }
    struct str bytes = STR_EMPTY;
    assert_int_equal(base64_decode(&bytes, "Zm\0v", 4), -1);
    assert_int_equal(base64_decode(&bytes, "Zm9vZm9", 7), -1);
    assert_int_equal(bytes.length, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_and_text),
        cmocka_unit_test(test_many_bytes),
        cmocka_unit_test(test_what_is_not_canonical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
