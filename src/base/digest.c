/*
 * Digests: bytes come in, 32 bytes go out. The one idea: nothing here can fail but reading a file, since a library
 * that has no SHA-256 or no random numbers cannot do anything for us that would be safe.
 */
#include "base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <gnutls/crypto.h>

/* In FIPS mode, or where the library could not be set up. */
static void must(int result) {
    if (result >= 0)
        return;
    fprintf(stderr, "postbag: the encryption library does not work: %s\n", gnutls_strerror(result));
    abort();
}

void digest_of(struct digest *digest, const void *bytes, size_t length) {
    must(gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes, length, digest->bytes));
}

static int hash_rest(gnutls_hash_hd_t hash, int descriptor, const char *path, struct error *error) {
    unsigned char piece[64 * 1024];
    for (;;) {
        ssize_t got = read(descriptor, piece, sizeof piece);
        if (got == 0)
            return 0;
        if (got > 0)
            must(gnutls_hash(hash, piece, (size_t)got));
        else if (errno != EINTR)
            return error_set(error, STATUS_NO_INPUT, "%s cannot be read: %s", path, strerror(errno));
    }
}

int digest_of_file(struct digest *digest, const char *path, struct error *error) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set(error, STATUS_NO_INPUT, "%s cannot be read: %s", path, strerror(errno));
    gnutls_hash_hd_t hash;
    unsigned char bytes[DIGEST_SIZE];
    must(gnutls_hash_init(&hash, GNUTLS_DIG_SHA256));
    int result = hash_rest(hash, descriptor, path, error);
    gnutls_hash_deinit(hash, bytes);
    close(descriptor);
    if (result == 0)
        memcpy(digest->bytes, bytes, sizeof bytes);
    return result;
}

void digest_hmac(struct digest *mac, const struct digest *key, const void *bytes, size_t length) {
    digest_hmac_by(mac, key->bytes, sizeof key->bytes, bytes, length);
}

void digest_hmac_by(struct digest *mac, const void *key, size_t key_length, const void *bytes, size_t length) {
    must(gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, key_length, bytes, length, mac->bytes));
}

/* The kernel's, and not the library's, which would need care after a fork. */
void digest_random(void *bytes, size_t length) {
    unsigned char *at = bytes;
    while (length > 0) {
        ssize_t got = getrandom(at, length, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            fprintf(stderr, "postbag: this computer has no random numbers: %s\n", strerror(errno));
            abort();
        }
        at += got;
        length -= (size_t)got;
    }
}

/* Takes the same time wherever they differ: nobody learns a MAC byte by byte. */
bool digest_equal(const struct digest *a, const struct digest *b) {
    unsigned char differences = 0;
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        differences |= a->bytes[i] ^ b->bytes[i];
    return differences == 0;
}

void digest_hex(const struct digest *digest, char hex[DIGEST_HEX_MAX]) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        hex[2 * i] = digits[digest->bytes[i] >> 4];
        hex[2 * i + 1] = digits[digest->bytes[i] & 0xF];
    }
    hex[2 * DIGEST_SIZE] = '\0';
}
