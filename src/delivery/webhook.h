/*
 * The webhook: requests go to a petition, and its answers become what came of a letter (delivery/http holds libcurl).
 *
 * Any number of threads call webhook_post and wait for their answer. Certificates are verified, TLS 1.2 or later; http
 * only to this computer; redirects are not followed; answers are limited in size and time; a POST is never repeated where
 * anything of it may have been taken.
 */
#ifndef POSTBAG_DELIVERY_WEBHOOK_H
#define POSTBAG_DELIVERY_WEBHOOK_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "delivery/channel.h"
#include "delivery/signature.h"

enum webhook_authorisation { WEBHOOK_OPEN, WEBHOOK_BEARER, WEBHOOK_BASIC, WEBHOOK_OSDI /* OSDI-API-Token */ };

struct webhook_settings {
    const char *url;
    const struct signature_secrets *secrets; /* count 0: not signed */
    enum webhook_authorisation authorisation;
    const char *user;    /* BASIC */
    const char *secret;  /* the token or password; never printed */
    const char *headers; /* more of them, a line each ("X-Campaign: library"), parted by '\n'; or NULL */
    const char *ca_file; /* NULL: the system's */
    bool idempotent;     /* the receiver honours the key: what may have arrived is posted again */
    bool confirms;       /* an answer without identifiers or links is no success (OSDI) */
    size_t in_flight;
    int64_t timeout_ms; /* of a whole request */
    const volatile sig_atomic_t *stop;
};

struct webhook;

/* Fails (CONFIGURATION) where address, certificates, credentials or headers cannot be used. Settings are borrowed. */
int webhook_open(struct webhook **webhook, const struct webhook_settings *settings, struct error *error);
void webhook_close(struct webhook *webhook); /* no post is under way; NULL does nothing */

/*
 * Posts REQUEST (delivery/petition's), signed for NOW_S. Waits while in_flight others are under way; then COMMIT is
 * called, and the connection is opened, or another's taken. ANSWER:
 *
 * | 2xx                                              | sent                                                      |
 * | 408 409 425 429 5xx                              | later; retry_ms from Retry-After (seconds or a date)      |
 * | no connection                                    | later, SCOPE_CONNECTION                                   |
 * | lost or late after any of it was written         | unsure; later where the receiver is idempotent            |
 * | 401 403                                          | later, SCOPE_CAMPAIGN, NOT_PERMITTED                      |
 * | 410                                              | later, SCOPE_CAMPAIGN, PARTLY: the petition is closed     |
 * | 3xx                                              | refused: redirects are not followed; where to             |
 * | other 4xx                                        | refused, with the first line of the answer                |
 * | certificates, TLS too old, no such host          | later, SCOPE_CAMPAIGN, UNAVAILABLE                        |
 * | *STOP before anything of it was written          | later, SCOPE_CAMPAIGN, INTERRUPTED                        |
 */
void webhook_post(struct webhook *webhook, const char *request, size_t length, int64_t now_s,
                  const struct channel_steps *steps, struct answer *answer);

/* For preview: REQUEST as it would go, with timestamp and signature by SECRETS, and authorisation as "***". */
void webhook_show(const struct webhook_settings *settings, const char *request, size_t length, int64_t now_s,
                  struct str *out);

#endif
