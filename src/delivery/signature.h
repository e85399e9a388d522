/*
 * Signatures of Standard Webhooks 1.0.0: HMAC-SHA-256 over "ID.TIMESTAMP.BODY", by one or more secrets.
 */
#ifndef POSTBAG_DELIVERY_SIGNATURE_H
#define POSTBAG_DELIVERY_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

enum { SIGNATURE_SECRETS_MAX = 4, SIGNATURE_KEY_MIN = 16, SIGNATURE_KEY_MAX = 64 };

struct signature_secret {
    unsigned char key[SIGNATURE_KEY_MAX];
    size_t length;
};

struct signature_secrets {
    struct signature_secret items[SIGNATURE_SECRETS_MAX];
    size_t count;
};

/*
 * Reads secrets from TEXT, one a line, each "whsec_" and Base64 of 16 to 64 bytes (or the Base64 alone); several while
 * one is replaced by another. The standard asks for 24 bytes or more, but services give 18, too. STATUS_CONFIGURATION;
 * the error never repeats a secret. WHERE: the file, for the message.
 */
int signature_read(struct signature_secrets *secrets, const char *text, const char *where, struct error *error);

/* The value of webhook-signature, "v1,…" for each secret, parted by spaces; appended to OUT. */
void signature_make(const struct signature_secrets *secrets, const char *id, int64_t timestamp_s, const char *body,
                    size_t length, struct str *out);

#endif
