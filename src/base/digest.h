/*
 * Digests and secrets: SHA-256 (FIPS 180-4), HMAC-SHA-256 (RFC 2104), random bytes. Alone includes gnutls/crypto.h.
 */
#ifndef POSTBAG_BASE_DIGEST_H
#define POSTBAG_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { DIGEST_SIZE = 32, DIGEST_HEX_MAX = 2 * DIGEST_SIZE + 1 };

struct digest {
    unsigned char bytes[DIGEST_SIZE];
};

void digest_of(struct digest *digest, const void *bytes, size_t length);

/* The digest of a whole file, of any size. Errors as file_read's. */
int digest_of_file(struct digest *digest, const char *path, struct error *error);

/* The MAC of LENGTH bytes under KEY. */
void digest_hmac(struct digest *mac, const struct digest *key, const void *bytes, size_t length);

/* The same under a key of any length but 0. */
void digest_hmac_by(struct digest *mac, const void *key, size_t key_length, const void *bytes, size_t length);

/* LENGTH bytes that nobody can foresee (the kernel's); ends the program where there are none. */
void digest_random(void *bytes, size_t length);

bool digest_equal(const struct digest *a, const struct digest *b);

/* Lower-case hexadecimal, NUL-terminated. */
void digest_hex(const struct digest *digest, char hex[DIGEST_HEX_MAX]);

#endif
