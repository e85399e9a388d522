/*
 * Signatures: against the published vectors of Standard Webhooks, and what is no secret.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "delivery/signature.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIME 1614265330
#define BODY "{\"test\": 2432232314}"
#define SIGNED "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static void sign(const char *text, const char *id, int64_t time, const char *body, struct str *out) {
    struct signature_secrets secrets;
    struct error error = {0};
    if (signature_read(&secrets, text, "secret", &error) != 0)
        fail_msg("%s", error.message);
    signature_make(&secrets, id, time, body, strlen(body), out);
}

/* The first is in the libraries' tests in seven languages, the second in Rust's, the third in Svix's documentation. */
static const struct {
    const char *name, *secret, *id;
    int64_t time;
    const char *body, *expected;
} vectors[] = {
    {"the libraries' own", SECRET, ID, TIME, BODY, SIGNED},
    {"Rust's", OTHER, "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1649367553,
     "{\"email\":\"test@example.com\",\"username\":\"test_user\"}", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="},
    {"Svix's", "whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", 1731705121,
     "{\"event_type\":\"ping\",\"data\":{\"success\":true}}", "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="},
    {"without the prefix", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ID, TIME, BODY, SIGNED},
    {"with spaces and empty lines around it", "\xEF\xBB\xBF\r\n\r\n  " SECRET " \r\n\r\n", ID, TIME, BODY, SIGNED},
};

static void test_published_vectors(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        struct str out = STR_EMPTY;
        sign(vectors[i].secret, vectors[i].id, vectors[i].time, vectors[i].body, &out);
        if (strcmp(out.bytes, vectors[i].expected) != 0)
            fail_msg("%s: %s", vectors[i].name, out.bytes);
        str_release(&out);
    }
}

static void test_everything_is_signed(void **state) {
    (void)state;
    struct str out = STR_EMPTY;
    sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJeK", TIME, BODY, &out);
    assert_string_not_equal(out.bytes, SIGNED);
    str_clear(&out);
    sign(SECRET, ID, TIME + 1, BODY, &out);
    assert_string_not_equal(out.bytes, SIGNED);
    str_clear(&out);
    sign(SECRET, ID, TIME, "{\"test\": 2432232315}", &out);
    assert_string_not_equal(out.bytes, SIGNED);
    str_release(&out);
}

static void test_several_secrets_sign_in_their_order(void **state) {
    (void)state;
    struct str first = STR_EMPTY, second = STR_EMPTY, both = STR_EMPTY, expected = STR_EMPTY;
    sign(SECRET, ID, TIME, BODY, &first);
    sign(OTHER, ID, TIME, BODY, &second);
    sign(SECRET "\n" OTHER, ID, TIME, BODY, &both);
    str_addf(&expected, "%s %s", first.bytes, second.bytes);
    assert_string_equal(both.bytes, expected.bytes);
    assert_string_not_equal(first.bytes, second.bytes);
    str_release(&first);
    str_release(&second);
    str_release(&both);
    str_release(&expected);
}

#define BYTES_8 "AAECAwQFBgc="
#define BYTES_15 "AAECAwQFBgcICQoLDA0O"
#define BYTES_64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw=="
#define BYTES_65 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0A="

static const struct {
    const char *name, *text;
    unsigned line;
    const char *expected; /* part of the message */
} faults[] = {
    {"an empty file", "", 0, "no secret"},
    {"only empty lines", "\n \r\n\n", 0, "no secret"},
    {"only the prefix", "whsec_", 1, "empty"},
    {"too short", "whsec_" BYTES_8, 1, "too short"},
    {"too short by a byte", "\nwhsec_" BYTES_15, 2, "too short"},
    {"too long by a byte", "whsec_" BYTES_65, 1, "too long"},
    {"cut", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", 1, "not Base64"},
    {"a space inside", "whsec_MfKQ9r8GKYqr TwjUPD8ILPZIo2LaLaS", 1, "not Base64"},
    {"the prefix in capitals", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1, "not Base64"},
    {"a password", "correct horse battery staple", 1, "not Base64"},
    {"bytes that are no text", SECRET "\n\xFF\xFE\x01", 2, "not Base64"},
    {"of the other kind", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1, "public key"},
    {"the second is wrong", SECRET "\nwhsec_" BYTES_8, 2, "too short"},
    {"five", SECRET "\n" SECRET "\n" SECRET "\n" SECRET "\n" SECRET, 5, "more than 4"},
};

static void test_what_is_no_secret(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct signature_secrets secrets, before;
        struct error error = {0};
        memset(&secrets, 7, sizeof secrets);
        before = secrets;
        if (signature_read(&secrets, faults[i].text, "secret.txt", &error) != -1)
            fail_msg("%s: was read", faults[i].name);
        assert_int_equal(error.status, STATUS_CONFIGURATION);
        assert_string_equal(error.place.file, "secret.txt");
        assert_int_equal(error.place.line, faults[i].line);
        if (strstr(error.message, faults[i].expected) == NULL)
            fail_msg("%s: %s", faults[i].name, error.message);
        assert_null(strstr(error.message, "AAEC"));
        assert_null(strstr(error.message, "MfKQ"));
        assert_null(strstr(error.message, "horse"));
        assert_null(error.source);
        assert_memory_equal(&secrets, &before, sizeof secrets);
    }
}

static void test_longest_secret(void **state) {
    (void)state;
    struct signature_secrets secrets;
    struct error error;
    assert_int_equal(signature_read(&secrets, "whsec_" BYTES_64, "secret", &error), 0);
    assert_int_equal(secrets.items[0].length, SIGNATURE_KEY_MAX);
    assert_int_equal(secrets.items[0].key[63], 63);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_vectors),
        cmocka_unit_test(test_everything_is_signed),
        cmocka_unit_test(test_several_secrets_sign_in_their_order),
        cmocka_unit_test(test_what_is_no_secret),
        cmocka_unit_test(test_longest_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
