/*
 * The webhook: a stored request comes in, what came of it goes out. Its one idea: the stored request is what is the same
 * in every attempt; what is new in each (time, signature, authorisation) is put to it here.
 */
#include "delivery/webhook.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/memory.h"
#include "base/text.h"
#include "delivery/http.h"
#include "delivery/petition.h"
#include "delivery/verdict.h"

enum {
    HEADER_MAX = 1024, /* bytes of a line of settings->headers */
    HEADERS_MAX = 32,
    CREDENTIAL_MAX = 4096,
};

struct webhook {
    const struct webhook_settings *settings;
    struct http_settings http_settings;
    struct http *http;
    struct verdict_terms terms;
};

/* Header lines. A line is "Name: value" (RFC 9110 §5), without its end. */

static bool is_token(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\0' || (strchr("!#$%&'*+-.^_`|~", text[i]) == NULL && (text[i] < '0' || text[i] > '9') &&
                                (text[i] < 'A' || text[i] > 'Z') && (text[i] < 'a' || text[i] > 'z')))
            return false;
    return length > 0;
}

static bool is_named(const char *line, size_t length, const char *name) {
    return length == strlen(name) && strncasecmp(line, name, length) == 0;
}

/* Those that are made for each request, and those with which one would end where another begins. */
static bool is_reserved(const char *name, size_t length) {
    static const char *const names[] = {
        "Host",
        "Content-Length",
        "Content-Type",
        "Transfer-Encoding",
        "Connection",
        "Expect",
        "TE",
        "Trailer",
        "Upgrade",
        "Keep-Alive",
        "User-Agent",
        "Accept",
        "HTTP2-Settings",
        "Content-Encoding",
        "Accept-Encoding",
        "Proxy-Connection",
        "Proxy-Authorization",
        "Idempotency-Key",
        "OSDI-API-Token",
    };
    static const char prefix[] = "webhook-";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_named(name, length, names[i]))
            return true;
    return length >= strlen(prefix) && strncasecmp(name, prefix, strlen(prefix)) == 0;
}

static bool has_control(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7F)
            return true;
    return false;
}

static int check_header(const struct webhook_settings *settings, const char *line, size_t length, struct error *error) {
    const char *colon = memchr(line, ':', length);
    size_t name = colon == NULL ? 0 : (size_t)(colon - line);
    int shown = (int)(name < 60 ? name : 60);
    if (length > HEADER_MAX)
        return error_set(error, STATUS_CONFIGURATION, "webhook.headers has one that is longer than %d characters",
                         HEADER_MAX);
    if (colon == NULL || !is_token(line, name))
        return error_set(error, STATUS_CONFIGURATION,
                         "webhook.headers has one that is none; they look like X-Campaign: library; X-Branch: 12");
    if (has_control(line, length) || text_valid(line, length) < length)
        return error_set(error, STATUS_CONFIGURATION,
                         "webhook.headers: the value of %.*s holds a line break or another character that a header "
                         "cannot hold",
                         shown, line);
    if (strspn(colon + 1, " ") >= length - name - 1)
        return error_set(error, STATUS_CONFIGURATION, "webhook.headers: %.*s has no value", shown, line);
    if (is_reserved(line, name))
        return error_set(error, STATUS_CONFIGURATION, "webhook.headers: %.*s is set by Postbag itself; leave it out",
                         shown, line);
    if (is_named(line, name, "Authorization") && settings->authorisation != WEBHOOK_OPEN &&
        settings->authorisation != WEBHOOK_OSDI)
        return error_set(error, STATUS_CONFIGURATION,
                         "webhook.headers: Authorization is made of webhook.token_file or webhook.user already; leave "
                         "one of them out");
    return 0;
}

static int check_headers(const struct webhook_settings *settings, struct error *error) {
    const char *line = settings->headers != NULL ? settings->headers : "";
    for (size_t count = 0, length; *line != '\0'; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        if (length > 0 && ++count > HEADERS_MAX)
            return error_set(error, STATUS_CONFIGURATION, "webhook.headers has more than %d", HEADERS_MAX);
        if (length > 0 && check_header(settings, line, length, error) != 0)
            return -1;
    }
    return 0;
}

/* What is wrong with who we say that we are; NULL: nothing. */
static const char *credentials_fault(const struct webhook_settings *settings) {
    const char *secret = settings->secret != NULL ? settings->secret : "";
    size_t length = strlen(secret);
    if (settings->authorisation == WEBHOOK_OPEN)
        return NULL;
    if (length > CREDENTIAL_MAX)
        return "the token or password for the petition is longer than any petition takes";
    if (has_control(secret, length))
        return "the token or password for the petition holds a line break or another control character";
    if (settings->authorisation == WEBHOOK_BASIC) {
        const char *user = settings->user != NULL ? settings->user : "";
        if (*user == '\0' || strlen(user) > CREDENTIAL_MAX || strchr(user, ':') != NULL ||
            has_control(user, strlen(user)))
            return "webhook.user is empty, too long, or holds a colon or a control character";
        return NULL;
    }
    if (length == 0)
        return "the token for the petition is empty";
    for (size_t i = 0; i < length; i++)
        if (secret[i] <= ' ' || secret[i] > '~')
            return "the token for the petition holds a space, or a character that no token holds";
    return NULL;
}

/* Opening. */

/* What to look at where the petition does not let us in. */
static const char *right_to(const struct webhook_settings *settings) {
    switch (settings->authorisation) {
    case WEBHOOK_BEARER:
    case WEBHOOK_OSDI:
        return "not permitted; is the token right (webhook.token_file or webhook.token_command)?";
    case WEBHOOK_BASIC:
        return "not permitted; are webhook.user and its password right?";
    case WEBHOOK_OPEN:
        break;
    }
    return settings->secrets != NULL && settings->secrets->count > 0
               ? "not permitted; is the secret in webhook.secret_file the petition's, and this computer's clock right?"
               : "not permitted; it wants a token (webhook.token_file), a signature (webhook.secret_file) or a "
                 "password";
}

int webhook_open(struct webhook **webhook, const struct webhook_settings *settings, struct error *error) {
    const char *fault = credentials_fault(settings);
    if (fault != NULL)
        return error_set(error, STATUS_CONFIGURATION, "%s", fault);
    if (check_headers(settings, error) != 0)
        return -1;
    struct webhook *opened = memory_alloc(1, sizeof *opened);
    opened->settings = settings;
    opened->http_settings = (struct http_settings){
        .url = settings->url,
        .ca_file = settings->ca_file,
        .in_flight = settings->in_flight,
        .timeout_ms = settings->timeout_ms,
        .stop = settings->stop,
    };
    if (http_open(&opened->http, &opened->http_settings, error) != 0) {
        free(opened);
        return -1;
    }
    opened->terms = (struct verdict_terms){
        .host = http_host(opened->http),
        .idempotent = settings->idempotent,
        .confirms = settings->confirms,
        .not_permitted = right_to(settings),
    };
    *webhook = opened;
    return 0;
}

void webhook_close(struct webhook *webhook) {
    if (webhook == NULL)
        return;
    http_close(webhook->http);
    free(webhook);
}

/* The request. */

/* Calls for each header line of REQUEST, which ends at BODY: *AT moves on. NULL: there is no further one. */
static const char *next_header(const char *request, size_t body, size_t *at, size_t *length) {
    if (*at == 0) { /* the request line */
        const char *end = memchr(request, '\n', body);
        *at = end == NULL ? body : (size_t)(end + 1 - request);
    }
    const char *line = request + *at;
    const char *end = *at < body ? memchr(line, '\n', body - *at) : NULL;
    if (end == NULL || end == line || *line == '\r')
        return NULL;
    *at += (size_t)(end + 1 - line);
    *length = (size_t)(end - line) - (end[-1] == '\r');
    return line;
}

/* The value of the header NAME, appended to OUT. */
static void find_header(const char *request, size_t body, const char *name, struct str *out) {
    const char *line;
    for (size_t at = 0, length; (line = next_header(request, body, &at, &length)) != NULL;) {
        const char *colon = memchr(line, ':', length);
        if (colon == NULL || !is_named(line, (size_t)(colon - line), name))
            continue;
        const char *value = colon + 1, *end = line + length;
        while (value < end && *value == ' ')
            value++;
        str_add(out, value, (size_t)(end - value));
        return;
    }
}

static void add_authorisation(const struct webhook_settings *settings, bool shown, const char *end, struct str *out) {
    struct str pair = STR_EMPTY;
    switch (settings->authorisation) {
    case WEBHOOK_OPEN:
        break;
    case WEBHOOK_BEARER:
        str_addf(out, "Authorization: Bearer %s%s", shown ? "***" : settings->secret, end);
        break;
    case WEBHOOK_OSDI:
        str_addf(out, "OSDI-API-Token: %s%s", shown ? "***" : settings->secret, end);
        break;
    case WEBHOOK_BASIC:
        str_adds(out, "Authorization: Basic ");
        str_addf(&pair, "%s:%s", settings->user, settings->secret != NULL ? settings->secret : "");
        if (shown)
            str_adds(out, "***");
        else
            base64_encode(out, pair.bytes, pair.length);
        str_adds(out, end);
        break;
    }
    str_release(&pair);
}

/* What the settings say; an authorisation among them is a secret, too. */
static void add_headers(const struct webhook_settings *settings, bool shown, const char *end, struct str *out) {
    static const char authorisation[] = "Authorization:";
    const char *line = settings->headers != NULL ? settings->headers : "";
    for (size_t length; *line != '\0'; line += length + (line[length] == '\n')) {
        length = strcspn(line, "\n");
        if (length == 0)
            continue;
        if (shown && strncasecmp(line, authorisation, strlen(authorisation)) == 0)
            str_addf(out, "%s ***", authorisation);
        else
            str_add(out, line, length);
        str_adds(out, end);
    }
}

/* What is new in each attempt, a line each that ends in END. */
static void add_fresh(const struct webhook_settings *settings, const char *request, size_t body, size_t length,
                      int64_t now_s, bool shown, const char *end, struct str *out) {
    struct str id = STR_EMPTY;
    find_header(request, body, "webhook-id", &id);
    str_addf(out, "webhook-timestamp: %" PRId64 "%s", now_s, end);
    if (settings->secrets != NULL && settings->secrets->count > 0) {
        str_adds(out, "webhook-signature: ");
        signature_make(settings->secrets, id.bytes, now_s, request + body, length - body, out);
        str_adds(out, end);
    }
    add_authorisation(settings, shown, end, out);
    add_headers(settings, shown, end, out);
    str_release(&id);
}

/* The stored header lines, without those that libcurl makes: "\n" at the end of each. */
static void add_stored(const char *request, size_t body, struct str *out) {
    const char *line;
    for (size_t at = 0, length; (line = next_header(request, body, &at, &length)) != NULL;) {
        const char *colon = memchr(line, ':', length);
        size_t name = colon == NULL ? 0 : (size_t)(colon - line);
        if (name == 0 || is_named(line, name, "Host") || is_named(line, name, "Content-Length") ||
            has_control(line, length))
            continue;
        str_add(out, line, length);
        str_addc(out, '\n');
    }
}

void webhook_show(const struct webhook_settings *settings, const char *request, size_t length, int64_t now_s,
                  struct str *out) {
    size_t body = petition_body(request, length);
    size_t at = 0, ignored, head = 0;
    while (next_header(request, body, &at, &ignored) != NULL)
        head = at;
    str_add(out, request, head);
    add_fresh(settings, request, body, length, now_s, true, "\r\n", out);
    str_addf(out, "Content-Length: %zu\r\n\r\n", length - body);
    str_add(out, request + body, length - body);
}

void webhook_post(struct webhook *webhook, const char *request, size_t length, int64_t now_s,
                  const struct channel_steps *steps, struct answer *answer) {
    size_t body = petition_body(request, length);
    struct http_answer unsent = {.fault = HTTP_STOPPED};
    if (body == length) {
        answer_set(answer, OUTCOME_REFUSED, SCOPE_LETTER, 0, "what was stored of the request has no body");
        return;
    }
    struct http_exchange *exchange = http_begin(webhook->http);
    if (exchange == NULL) {
        verdict_reach(&webhook->terms, &unsent, answer);
        return;
    }
    if (steps->commit(steps->context, &unsent.error) != 0) {
        unsent.fault = HTTP_FORBIDDEN;
        verdict_reach(&webhook->terms, &unsent, answer);
    } else {
        struct str lines = STR_EMPTY;
        add_stored(request, body, &lines);
        add_fresh(webhook->settings, request, body, length, now_s, false, "\n", &lines);
        verdict_reach(&webhook->terms, http_post(exchange, lines.bytes, request + body, length - body, steps), answer);
        explicit_bzero(lines.bytes, lines.length);
        str_release(&lines);
    }
    http_end(exchange);
}
