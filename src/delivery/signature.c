/*
 * Signatures: secrets, an id, a time and a body come in, the value of webhook-signature goes out (Standard Webhooks
 * 1.0.0).
 *
 *     secret    = ["whsec_"] Base64 of 16 to 64 bytes
 *     signature = "v1," Base64 of HMAC-SHA-256 over id "." timestamp "." body
 *
 * The one idea: a secret is only ever spoken of by its line.
 */
#include "delivery/signature.h"

#include <inttypes.h>
#include <string.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/text.h"

static const char prefix[] = "whsec_";
static const char byte_order_mark[] = "\xEF\xBB\xBF";

/* The key in LENGTH characters that follow "whsec_". What is wrong with them, to be put behind "the secret "; or NULL. */
static const char *key_fault(struct signature_secret *secret, const char *text, size_t length) {
    struct str key = STR_EMPTY;
    const char *fault = NULL;
    if (length == 0)
        fault = "is empty behind whsec_";
    else if (length >= 5 && (memcmp(text, "whsk_", 5) == 0 || memcmp(text, "whpk_", 5) == 0))
        fault =
            "is of the kind with a public key, which Postbag does not use: ask the petition for one that begins with "
            "whsec_";
    else if (base64_decode(&key, text, length) != 0)
        fault = "is not Base64: copy all of it again, from whsec_ to its end";
    else if (key.length < SIGNATURE_KEY_MIN)
        fault = "is too short: it must be of at least 16 bytes (24 characters behind whsec_)";
    else if (key.length > SIGNATURE_KEY_MAX)
        fault = "is too long: it must be of at most 64 bytes (88 characters behind whsec_)";
    if (fault == NULL) {
        memcpy(secret->key, key.bytes, key.length);
        secret->length = key.length;
    }
    explicit_bzero(key.bytes, key.room);
    str_release(&key);
    return fault;
}

static int read_line(struct signature_secrets *secrets, const char *text, size_t length, struct place place,
                     struct error *error) {
    text_trim(&text, &length);
    if (length == 0)
        return 0;
    if (secrets->count == SIGNATURE_SECRETS_MAX)
        return error_at(error, STATUS_CONFIGURATION, place,
                        "there are more than %d secrets; leave those in that the petition still knows",
                        SIGNATURE_SECRETS_MAX);
    if (length >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0) {
        text += strlen(prefix);
        length -= strlen(prefix);
    }
    const char *fault = key_fault(&secrets->items[secrets->count], text, length);
    if (fault != NULL)
        return error_at(error, STATUS_CONFIGURATION, place, "the secret %s", fault);
    secrets->count++;
    return 0;
}

static int read_lines(struct signature_secrets *secrets, const char *text, const char *where, struct error *error) {
    if (strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0)
        text += strlen(byte_order_mark);
    for (unsigned line = 1; *text != '\0'; line++) {
        size_t length = strcspn(text, "\n");
        struct place place = {where, line, 0};
        if (text_valid(text, length) < length)
            return error_at(error, STATUS_CONFIGURATION, place, "the secret is not Base64: this is no file of secrets");
        if (read_line(secrets, text, length, place, error) != 0)
            return -1;
        text += length + (text[length] == '\n');
    }
    if (secrets->count == 0)
        return error_at(error, STATUS_CONFIGURATION, (struct place){where, 0, 0},
                        "there is no secret here; the petition shows you one that begins with whsec_");
    return 0;
}

int signature_read(struct signature_secrets *secrets, const char *text, const char *where, struct error *error) {
    struct signature_secrets read = {.count = 0};
    int result = read_lines(&read, text, where, error);
    if (result == 0)
        *secrets = read;
    explicit_bzero(&read, sizeof read);
    return result;
}

void signature_make(const struct signature_secrets *secrets, const char *id, int64_t timestamp_s, const char *body,
                    size_t length, struct str *out) {
    struct str signed_text = STR_EMPTY;
    str_addf(&signed_text, "%s.%" PRId64 ".", id, timestamp_s);
    str_add(&signed_text, body, length);
    for (size_t i = 0; i < secrets->count; i++) {
        struct digest mac;
        digest_hmac_by(&mac, secrets->items[i].key, secrets->items[i].length, signed_text.bytes, signed_text.length);
        str_adds(out, i == 0 ? "v1," : " v1,");
        base64_encode(out, mac.bytes, sizeof mac.bytes);
    }
    str_release(&signed_text);
}
