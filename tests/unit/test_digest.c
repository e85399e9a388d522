/*
 * Digests: against the vectors of FIPS 180-4 and RFC 4231.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/digest.h"

static const struct {
    const char *name, *input, *expected;
} digests[] = {
    {"nothing", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void test_digests(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
        struct digest digest;
        char hex[DIGEST_HEX_MAX];
        digest_of(&digest, digests[i].input, strlen(digests[i].input));
        digest_hex(&digest, hex);
        if (strcmp(hex, digests[i].expected) != 0)
            fail_msg("%s: %s", digests[i].name, hex);
    }
}

static void test_a_file_has_the_digest_of_its_bytes(void **state) {
    (void)state;
    enum { SIZE = 200 * 1000 }; /* several pieces */
    static char bytes[SIZE];
    char path[] = "/tmp/postbag-test-XXXXXX";
    struct digest expected, digest;
    struct error error;
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 7 + i / 1000);
    digest_of(&expected, bytes, SIZE);
    int descriptor = mkstemp(path);
    assert_int_equal(write(descriptor, bytes, SIZE), SIZE);
    close(descriptor);
    assert_int_equal(digest_of_file(&digest, path, &error), 0);
    assert_true(digest_equal(&digest, &expected));
    unlink(path);

    struct digest before = digest;
    assert_int_equal(digest_of_file(&digest, path, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(digest_of_file(&digest, "/tmp", &error), -1); /* a directory */
    assert_memory_equal(&digest, &before, sizeof digest);
}

/* RFC 4231 has keys of 20 and 25 bytes only; HMAC pads a key with zeros, so that they are keys of 32 bytes too. */
static const struct {
    const char *name, *key, *input, *expected;
} macs[] = {
    {"test case 1", "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", "Hi There",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"test case 2", "Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
};

static void test_macs(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof macs / sizeof *macs; i++) {
        struct digest key = {{0}}, mac;
        char hex[DIGEST_HEX_MAX];
        memcpy(key.bytes, macs[i].key, strlen(macs[i].key));
        digest_hmac(&mac, &key, macs[i].input, strlen(macs[i].input));
        digest_hex(&mac, hex);
        if (strcmp(hex, macs[i].expected) != 0)
            fail_msg("%s: %s", macs[i].name, hex);
    }
}

static void test_random_bytes_are_never_the_same(void **state) {
    (void)state;
    struct digest some = {{0}}, others = {{0}}, nothing = {{0}};
    digest_random(some.bytes, sizeof some.bytes);
    digest_random(others.bytes, sizeof others.bytes);
    assert_false(digest_equal(&some, &nothing));
    assert_false(digest_equal(&some, &others));
    others = some;
    assert_true(digest_equal(&some, &others));
    others.bytes[DIGEST_SIZE - 1] ^= 1;
    assert_false(digest_equal(&some, &others));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_a_file_has_the_digest_of_its_bytes),
        cmocka_unit_test(test_macs),
        cmocka_unit_test(test_random_bytes_are_never_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
