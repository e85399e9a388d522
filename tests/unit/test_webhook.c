/*
 * The webhook against a server that follows a script: what came of a letter whatever the server says, and what it got to
 * see.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "authority.h"
#include "base/clock.h"
#include "base/str.h"
#include "delivery/http.h"
#include "delivery/webhook.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { REQUESTS_MAX = 80, TIMEOUT_MS = 500, NOW_S = 1674087231, BIG = 3 * 1024 * 1024 };

/*
 * What the server does with a request, the Nth of all that it gets (the last of the script goes on): the reply is sent
 * when all of the request has come, or already after `within` bytes of its body (0: all of it). Behind it "<drop>" ends
 * the connection, "<reset>" breaks it off, "<hang>" says nothing more, "<endless>" goes on for ever, "<drip>" says it
 * byte by byte.
 */
struct step {
    const char *reply;
    size_t within;
};

struct server {
    struct step script[4];
    gnutls_certificate_credentials_t credentials; /* NULL: in the clear */
    const char *priorities;                       /* NULL: "NORMAL" */
    const char *at_once;                          /* said on each connection, before anything is read; or NULL */
    size_t gathers;                               /* answers only when so many requests are under way */
    int listener;
    unsigned port;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t gathered;
    /* What it saw. */
    size_t connections;
    size_t requests; /* of which the headers came */
    size_t whole;    /* of which all came */
    size_t under_way, most_under_way;
    struct str heads[REQUESTS_MAX];
    struct str bodies[REQUESTS_MAX];
};

struct line {
    struct server *server;
    int descriptor;
    gnutls_session_t session;
    struct str bytes;
    bool ended;
};

static bool put(struct line *line, const char *bytes, size_t length) {
    ssize_t sent = line->session != NULL ? gnutls_record_send(line->session, bytes, length)
                                         : send(line->descriptor, bytes, length, MSG_NOSIGNAL);
    if (sent < 0)
        line->ended = true;
    return sent >= 0;
}

static bool more(struct line *line) {
    char bytes[65536];
    ssize_t got = line->session != NULL ? gnutls_record_recv(line->session, bytes, sizeof bytes)
                                        : read(line->descriptor, bytes, sizeof bytes);
    if (got <= 0) {
        line->ended = true;
        return false;
    }
    str_add(&line->bytes, bytes, (size_t)got);
    return true;
}

static void say(struct line *line, const char *reply) {
    const char *then = strchr(reply, '<');
    size_t length = then != NULL ? (size_t)(then - reply) : strlen(reply);
    if (then == NULL)
        then = "";
    if (strcmp(then, "<drip>") == 0) {
        for (size_t i = 0; i < length && put(line, reply + i, 1); i++)
            usleep(30000);
        return;
    }
    if (length > 0)
        put(line, reply, length);
    if (strcmp(then, "<endless>") == 0)
        while (put(line, "X-More: and more and more and more of it\r\n", 42))
            ;
    if (strcmp(then, "<hang>") == 0)
        while (more(line))
            str_clear(&line->bytes);
    if (strcmp(then, "<reset>") == 0)
        setsockopt(line->descriptor, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    if (*then != '\0')
        line->ended = true;
}

static const struct step *step_of(const struct server *server, size_t nth) {
    size_t last = 0;
    while (last + 1 < COUNT(server->script) && server->script[last + 1].reply != NULL)
        last++;
    return &server->script[nth < last ? nth : last];
}

/* Waits until as many are under way as are to be gathered, or nothing more comes. */
static void gather(struct server *server) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&server->lock);
    if (++server->under_way > server->most_under_way)
        server->most_under_way = server->under_way;
    pthread_cond_broadcast(&server->gathered);
    while (server->most_under_way < server->gathers &&
           pthread_cond_timedwait(&server->gathered, &server->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&server->lock);
}

static bool serve_request(struct line *line) {
    struct server *server = line->server;
    const char *end;
    while ((end = memmem(line->bytes.bytes, line->bytes.length, "\r\n\r\n", 4)) == NULL)
        if (!more(line))
            return false;
    size_t head = (size_t)(end - line->bytes.bytes) + 4;
    const char *field = memmem(line->bytes.bytes, head, "Content-Length: ", 16);
    size_t length = field != NULL ? strtoull(field + 16, NULL, 10) : 0;
    pthread_mutex_lock(&server->lock);
    size_t nth = server->requests++;
    assert_true(nth < REQUESTS_MAX);
    str_add(&server->heads[nth], line->bytes.bytes, head);
    pthread_mutex_unlock(&server->lock);

    const struct step *step = step_of(server, nth);
    size_t wanted = head + (step->within > 0 && step->within < length ? step->within : length);
    while (line->bytes.length < wanted)
        if (!more(line))
            return false;
    size_t have = line->bytes.length - head < length ? line->bytes.length - head : length;
    pthread_mutex_lock(&server->lock);
    server->whole += have == length;
    str_add(&server->bodies[nth], line->bytes.bytes + head, have);
    pthread_mutex_unlock(&server->lock);
    gather(server);
    str_clear(&line->bytes);
    pthread_mutex_lock(&server->lock);
    server->under_way--;
    pthread_mutex_unlock(&server->lock);
    say(line, step->reply);
    return !line->ended;
}

static void *serve_line(void *argument) {
    struct line *line = argument;
    struct server *server = line->server;
    if (server->credentials != NULL) {
        line->session = serve_tls(line->descriptor, server->credentials,
                                  server->priorities != NULL ? server->priorities : "NORMAL");
        line->ended = line->session == NULL;
    }
    if (server->at_once != NULL)
        say(line, server->at_once);
    while (!line->ended && serve_request(line))
        ;
    if (line->session != NULL)
        gnutls_deinit(line->session);
    close(line->descriptor);
    str_release(&line->bytes);
    free(line);
    return NULL;
}

static void *serve(void *argument) {
    struct server *server = argument;
    pthread_t threads[REQUESTS_MAX];
    size_t count = 0;
    for (int descriptor; (descriptor = accept(server->listener, NULL, NULL)) >= 0;) {
        struct line *line = calloc(1, sizeof *line);
        line->server = server;
        line->descriptor = descriptor;
        str_init(&line->bytes);
        server->connections++;
        assert_true(count < REQUESTS_MAX);
        assert_int_equal(pthread_create(&threads[count++], NULL, serve_line, line), 0);
    }
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    return NULL;
}

static void server_start(struct server *server) {
    for (size_t i = 0; i < REQUESTS_MAX; i++) {
        str_init(&server->heads[i]);
        str_init(&server->bodies[i]);
    }
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->gathered, NULL);
    server->listener = listen_somewhere(&server->port);
    assert_true(server->listener >= 0);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

/* When the client has closed its connections; afterwards what it saw can be looked at, until it is released. */
static void server_stop(struct server *server) {
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

static void server_release(struct server *server) {
    for (size_t i = 0; i < REQUESTS_MAX; i++) {
        str_release(&server->heads[i]);
        str_release(&server->bodies[i]);
    }
}

static const char request[] = "POST /sign HTTP/1.1\r\n"
                              "Host: stored.example\r\n"
                              "User-Agent: Postbag\r\n"
                              "Content-Type: application/json\r\n"
                              "Accept: application/json\r\n"
                              "webhook-id: msg_0123456789abcdef0123456789abcdef\r\n"
                              "Idempotency-Key: \"msg_0123456789abcdef0123456789abcdef\"\r\n"
                              "\r\n"
                              "{\"type\":\"letter.created\",\"data\":{\"name\":\"Jane Doe\"}}";
static const char body[] = "{\"type\":\"letter.created\",\"data\":{\"name\":\"Jane Doe\"}}";

static char url[128];

static struct webhook_settings settings_for(const struct server *server) {
    snprintf(url, sizeof url, "http%s://127.0.0.1:%u/sign", server->credentials != NULL ? "s" : "", server->port);
    return (struct webhook_settings){.url = url, .in_flight = 4, .timeout_ms = TIMEOUT_MS};
}

static int agree(void *context, struct error *error) {
    (void)error;
    __atomic_add_fetch((int *)context, 1, __ATOMIC_RELAXED);
    return 0;
}

static int begin(void *context, struct error *error) {
    (void)context;
    (void)error;
    return 0;
}

#define STEPS(commit, context) (&(const struct channel_steps){(commit), begin, (context)})

static int disagree(void *context, struct error *error) {
    ++*(int *)context;
    return error_set(error, STATUS_INPUT_OUTPUT, "the ledger cannot be written: the disk is full");
}

static struct webhook *open_webhook(const struct webhook_settings *settings) {
    struct webhook *webhook = NULL;
    struct error error;
    if (webhook_open(&webhook, settings, &error) != 0)
        fail_msg("%s", error.message);
    return webhook;
}

static int commits;

static struct answer post(struct webhook *webhook) {
    struct answer answer;
    webhook_post(webhook, request, strlen(request), NOW_S, STEPS(agree, &commits), &answer);
    return answer;
}

static void expect(const char *name, const struct answer *answer, enum outcome outcome, enum scope scope, int code,
                   const char *text) {
    if (answer->outcome != outcome || answer->scope != scope || answer->code != code ||
        strstr(answer->text, text) == NULL)
        fail_msg("%s: outcome %d, scope %d, code %d: %s", name, answer->outcome, answer->scope, answer->code,
                 answer->text);
}

/* Whether the head of a request has LINE, whole. */
static bool has_line(const struct str *head, const char *line) {
    const char *found = strstr(head->bytes, line);
    return found != NULL && found > head->bytes && found[-1] == '\n' && found[strlen(line)] == '\r';
}

static size_t occurrences(const char *text, const char *part) {
    size_t count = 0;
    for (const char *at = text; (at = strcasestr(at, part)) != NULL; at++)
        count++;
    return count;
}

/* What arrives */

static void two_requests_go_over_one_connection_byte_for_byte(void **state) {
    (void)state;
    struct server server = {.script = {{"HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"received\":true}", 0}}};
    struct signature_secrets secrets = {0};
    struct error error;
    assert_int_equal(signature_read(&secrets, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "secrets", &error), 0);
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    settings.secrets = &secrets;
    settings.authorisation = WEBHOOK_BEARER;
    settings.secret = "invented-token";
    settings.headers = "X-Campaign: library\nX-Branch: 12";
    struct webhook *webhook = open_webhook(&settings);
    for (int i = 1; i <= 2; i++) {
        commits = 0;
        struct answer answer = post(webhook);
        expect("ok", &answer, OUTCOME_SENT, SCOPE_LETTER, 200, "{\"received\":true}");
        assert_int_equal(commits, 1);
    }
    webhook_close(webhook);
    server_stop(&server);
    assert_int_equal(server.connections, 1);
    assert_int_equal(server.requests, 2);
    struct str signature = STR_EMPTY;
    str_adds(&signature, "webhook-signature: ");
    signature_make(&secrets, "msg_0123456789abcdef0123456789abcdef", NOW_S, body, strlen(body), &signature);
    for (size_t i = 0; i < 2; i++) {
        const struct str *head = &server.heads[i];
        const char *const lines[] = {
            "User-Agent: Postbag",
            "Content-Type: application/json",
            "Accept: application/json",
            "webhook-id: msg_0123456789abcdef0123456789abcdef",
            "Idempotency-Key: \"msg_0123456789abcdef0123456789abcdef\"",
            "webhook-timestamp: 1674087231",
            signature.bytes,
            "Authorization: Bearer invented-token",
            "X-Campaign: library",
            "X-Branch: 12",
            "Content-Length: 52",
        };
        for (size_t j = 0; j < COUNT(lines); j++)
            if (!has_line(head, lines[j]))
                fail_msg("%s is not in\n%s", lines[j], head->bytes);
        assert_int_equal(strncmp(head->bytes, "POST /sign HTTP/1.1\r\n", 21), 0);
        assert_int_equal(occurrences(head->bytes, "\nHost:"), 1);
        assert_int_equal(occurrences(head->bytes, "\nContent-"), 2);
        assert_int_equal(occurrences(head->bytes, "stored.example") + occurrences(head->bytes, "Expect") +
                             occurrences(head->bytes, "Transfer-Encoding"),
                         0);
        assert_string_equal(server.bodies[i].bytes, body);
    }
    str_release(&signature);
    server_release(&server);
}

static void a_large_body_with_every_byte_arrives_as_it_is(void **state) {
    (void)state;
    struct server server = {.script = {{"HTTP/1.1 204 No Content\r\n\r\n", 0}}};
    struct str large = STR_EMPTY;
    struct answer answer;
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    settings.timeout_ms = 10 * CLOCK_SECOND_MS;
    str_add(&large, request, (size_t)(strstr(request, "\r\n\r\n") + 4 - request));
    size_t head = large.length;
    for (size_t i = 0; i < BIG; i++)
        str_addc(&large, (char)(i * 7 + i / 251));
    struct webhook *webhook = open_webhook(&settings);
    webhook_post(webhook, large.bytes, large.length, NOW_S, STEPS(agree, &commits), &answer);
    webhook_close(webhook);
    server_stop(&server);
    expect("large", &answer, OUTCOME_SENT, SCOPE_LETTER, 204, "204");
    assert_int_equal(server.bodies[0].length, BIG);
    assert_memory_equal(server.bodies[0].bytes, large.bytes + head, BIG);
    str_release(&large);
    server_release(&server);
}

static void authorisations(void **state) {
    (void)state;
    static const struct {
        enum webhook_authorisation authorisation;
        const char *user, *secret, *line, *shown;
    } cases[] = {
        {WEBHOOK_BEARER, NULL, "t0ken", "Authorization: Bearer t0ken", "Authorization: Bearer ***"},
        {WEBHOOK_BASIC, "branch", "pa:ss word",
         "Authorization: Basic YnJhbmNoOnBhOnNzIHdvcmQ=", "Authorization: Basic ***"},
        {WEBHOOK_OSDI, NULL, "t0ken", "OSDI-API-Token: t0ken", "OSDI-API-Token: ***"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct server server = {.script = {{"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 0}}};
        server_start(&server);
        struct webhook_settings settings = settings_for(&server);
        settings.authorisation = cases[i].authorisation;
        settings.user = cases[i].user;
        settings.secret = cases[i].secret;
        struct webhook *webhook = open_webhook(&settings);
        struct answer answer = post(webhook);
        webhook_close(webhook);
        server_stop(&server);
        expect(cases[i].line, &answer, OUTCOME_SENT, SCOPE_LETTER, 201, "201");
        assert_true(has_line(&server.heads[0], cases[i].line));
        struct str shown = STR_EMPTY;
        webhook_show(&settings, request, strlen(request), NOW_S, &shown);
        assert_true(has_line(&shown, cases[i].shown));
        assert_null(strstr(shown.bytes, cases[i].line));
        str_release(&shown);
        server_release(&server);
    }
}

static void a_preview_is_the_whole_request_without_secrets(void **state) {
    (void)state;
    struct signature_secrets secrets = {0};
    struct error error;
    struct str shown = STR_EMPTY;
    assert_int_equal(signature_read(&secrets, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "secrets", &error), 0);
    const struct webhook_settings settings = {
        .url = "https://petition.example/sign",
        .secrets = &secrets,
        .headers = "X-Campaign: library\nAuthorization: Key secret-thing",
    };
    webhook_show(&settings, request, strlen(request), NOW_S, &shown);
    struct str expected = STR_EMPTY;
    str_add(&expected, request, (size_t)(strstr(request, "\r\n\r\n") + 2 - request));
    str_adds(&expected, "webhook-timestamp: 1674087231\r\nwebhook-signature: ");
    signature_make(&secrets, "msg_0123456789abcdef0123456789abcdef", NOW_S, body, strlen(body), &expected);
    str_addf(&expected, "\r\nX-Campaign: library\r\nAuthorization: ***\r\nContent-Length: 52\r\n\r\n%s", body);
    assert_string_equal(shown.bytes, expected.bytes);
    str_release(&shown);
    str_release(&expected);
}

/* What is answered */

#define ANSWER(line) "HTTP/1.1 " line "\r\nContent-Length: 0\r\n\r\n"
#define ANSWER_WITH(line, head, length, text) "HTTP/1.1 " line "\r\n" head "Content-Length: " length "\r\n\r\n" text

static void each_answer_has_its_outcome(void **state) {
    (void)state;
    static const struct {
        const char *reply;
        enum outcome outcome;
        enum scope scope;
        int code;
        enum status status;
        int64_t retry_ms;
        const char *text;
    } cases[] = {
        {ANSWER("200 OK"), OUTCOME_SENT, SCOPE_LETTER, 200, 0, 0, "200"},
        {ANSWER("201 Created"), OUTCOME_SENT, SCOPE_LETTER, 201, 0, 0, "201"},
        {ANSWER("202 Accepted"), OUTCOME_SENT, SCOPE_LETTER, 202, 0, 0, "202"},
        {"HTTP/1.1 204 No Content\r\n\r\n", OUTCOME_SENT, SCOPE_LETTER, 204, 0, 0, "204"},
        {"HTTP/1.0 200 OK\r\n\r\nfine<drop>", OUTCOME_SENT, SCOPE_LETTER, 200, 0, 0, "fine"},
        {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" ANSWER("200 OK"), OUTCOME_SENT, SCOPE_LETTER, 200, 0, 0, "200"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n", OUTCOME_SENT, SCOPE_LETTER, 200,
         0, 0, "fine"},
        {ANSWER_WITH("301 Moved", "Location: /elsewhere\r\n", "0", ""), OUTCOME_REFUSED, SCOPE_LETTER, 301, 0, 0,
         "/elsewhere"},
        {ANSWER_WITH("307 Moved", "Location: https://other.example/x\r\n", "0", ""), OUTCOME_REFUSED, SCOPE_LETTER, 307,
         0, 0, "at https://other.example/x now"},
        {ANSWER("304 Not Modified"), OUTCOME_REFUSED, SCOPE_LETTER, 304, 0, 0, "elsewhere"},
        {ANSWER_WITH("400 Bad Request", "", "19", "\n \nno such campaign\n"), OUTCOME_REFUSED, SCOPE_LETTER, 400, 0, 0,
         "400: no such campaign"},
        {ANSWER_WITH("422 Unprocessable", "", "35", "{\n  \"error\":\n    \"postcode\"\n}\n\n\n\n\n"), OUTCOME_REFUSED,
         SCOPE_LETTER, 422, 0, 0, "{ \"error\": \"postcode\" }"},
        {ANSWER_WITH("404 Not Found", "", "6", "\x1b[31m\x80"), OUTCOME_REFUSED, SCOPE_LETTER, 404, 0, 0,
         "\xEF\xBF\xBD[31m\xEF\xBF\xBD"},
        {ANSWER("401 Unauthorized"), OUTCOME_LATER, SCOPE_CAMPAIGN, 401, STATUS_NOT_PERMITTED, 0, "token"},
        {ANSWER("403 Forbidden"), OUTCOME_LATER, SCOPE_CAMPAIGN, 403, STATUS_NOT_PERMITTED, 0, "token"},
        {ANSWER("410 Gone"), OUTCOME_LATER, SCOPE_CAMPAIGN, 410, STATUS_PARTLY, 0, "closed"},
        {ANSWER("408 Request Timeout"), OUTCOME_LATER, SCOPE_LETTER, 408, 0, 0, "408"},
        {ANSWER("409 Conflict"), OUTCOME_LATER, SCOPE_LETTER, 409, 0, 0, "409"},
        {ANSWER("425 Too Early"), OUTCOME_LATER, SCOPE_LETTER, 425, 0, 0, "425"},
        {ANSWER("429 Too Many"), OUTCOME_LATER, SCOPE_LETTER, 429, 0, 0, "429"},
        {ANSWER_WITH("429 Too Many", "Retry-After: 120\r\n", "0", ""), OUTCOME_LATER, SCOPE_LETTER, 429, 0, 120000,
         "429"},
        {ANSWER_WITH("503 Busy", "Retry-After: 999999999\r\n", "0", ""), OUTCOME_LATER, SCOPE_LETTER, 503, 0,
         CLOCK_DAY_MS, "503"},
        {ANSWER_WITH("503 Busy", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "0", ""), OUTCOME_LATER,
         SCOPE_LETTER, 503, 0, 0, "503"},
        {ANSWER_WITH("503 Busy", "Retry-After: soon\r\n", "0", ""), OUTCOME_LATER, SCOPE_LETTER, 503, 0, 0, "503"},
        {ANSWER_WITH("500 Oh", "", "5", "sorry"), OUTCOME_LATER, SCOPE_LETTER, 500, 0, 0, "sorry"},
        {ANSWER("502 Oh"), OUTCOME_LATER, SCOPE_LETTER, 502, 0, 0, "502"},
        {ANSWER("999 Oh"), OUTCOME_LATER, SCOPE_LETTER, 999, 0, 0, "999"},
        /* The status counts, however the rest goes. */
        {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfine<drop>", OUTCOME_SENT, SCOPE_LETTER, 200, 0, 0, "fine"},
        {"HTTP/1.1 200 OK\r\n\r\nfine<hang>", OUTCOME_SENT, SCOPE_LETTER, 200, 0, 0, "fine"},
        {"HTTP/1.1 422 No\r\n\r\nno\n<endless>", OUTCOME_REFUSED, SCOPE_LETTER, 422, 0, 0, "no"},
        {"HTTP/1.1 200 OK\r\n\r\n\n<endless>", OUTCOME_SENT, SCOPE_LETTER, 200, 0, 0, "200"},
        /* And half a status is none. */
        {"HTTP/1.1 200 OK\r\n<endless>", OUTCOME_UNSURE, SCOPE_LETTER, 0, 0, 0, "without end"},
        {"HTTP/1.1 200 OK\r\nX-Half: x<drop>", OUTCOME_UNSURE, SCOPE_LETTER, 0, 0, 0, "closed"},
        {"HTTP/1.1 100 Continue\r\n\r\n<hang>", OUTCOME_UNSURE, SCOPE_LETTER, 0, 0, 0, "in time"},
        {"HTTP/1.1 100 Continue\r\n\r\n<drop>", OUTCOME_UNSURE, SCOPE_LETTER, 0, 0, 0, "closed"},
        {"220 mail.example ESMTP\r\n<drop>", OUTCOME_UNSURE, SCOPE_LETTER, 0, 0, 0, "no HTTP"},
        {"<drop>", OUTCOME_UNSURE, SCOPE_LETTER, 0, 0, 0, "closed"},
        {"<reset>", OUTCOME_UNSURE, SCOPE_LETTER, 0, 0, 0, "closed"},
        {"<hang>", OUTCOME_UNSURE, SCOPE_LETTER, 0, 0, 0, "in time"},
        {"HTTP/1.1 200 OK\r\nX-Slow: this is slower than the client waits\r\n\r\n<drip>", OUTCOME_UNSURE, SCOPE_LETTER,
         0, 0, 0, "in time"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct server server = {.script = {{cases[i].reply, 0}}};
        server_start(&server);
        struct webhook_settings settings = settings_for(&server);
        struct webhook *webhook = open_webhook(&settings);
        int64_t begun_ms = clock_steady_ms();
        struct answer answer = post(webhook);
        int64_t taken_ms = clock_steady_ms() - begun_ms;
        webhook_close(webhook);
        server_stop(&server);
        expect(cases[i].reply, &answer, cases[i].outcome, cases[i].scope, cases[i].code, cases[i].text);
        assert_int_equal(answer.retry_ms, cases[i].retry_ms);
        assert_int_equal(answer.status, cases[i].status);
        assert_int_equal(server.requests, 1);
        assert_in_range(taken_ms, 0, 4 * TIMEOUT_MS);
        server_release(&server);
    }
}

static void retry_after_may_be_a_date(void **state) {
    (void)state;
    char reply[256], date[64];
    time_t then = time(NULL) + 3600;
    struct tm tm;
    gmtime_r(&then, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    snprintf(reply, sizeof reply, "HTTP/1.1 503 Busy\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", date);
    struct server server = {.script = {{reply, 0}, {ANSWER("503 Busy"), 0}}};
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    struct webhook *webhook = open_webhook(&settings);
    struct answer answer = post(webhook);
    assert_in_range(answer.retry_ms, 3590000, 3600000);
    answer = post(webhook); /* and is forgotten */
    assert_int_equal(answer.retry_ms, 0);
    webhook_close(webhook);
    server_stop(&server);
    server_release(&server);
}

static void a_long_first_line_is_cut_at_a_character(void **state) {
    (void)state;
    struct str reply = STR_EMPTY;
    str_adds(&reply, "HTTP/1.1 400 No\r\nContent-Length: 801\r\n\r\nx");
    for (int i = 0; i < 400; i++)
        str_adds(&reply, "\xC5\xB5");
    struct server server = {.script = {{reply.bytes, 0}}};
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    struct webhook *webhook = open_webhook(&settings);
    struct answer answer = post(webhook);
    webhook_close(webhook);
    server_stop(&server);
    expect("long", &answer, OUTCOME_REFUSED, SCOPE_LETTER, 400, "400: x\xC5\xB5");
    assert_null(strstr(answer.text, "\xEF\xBF\xBD"));
    assert_in_range(strlen(answer.text), 200, 240);
    str_release(&reply);
    server_release(&server);
}

static void osdi_wants_to_see_what_was_made(void **state) {
    (void)state;
    static const struct {
        const char *reply;
        enum outcome outcome;
    } cases[] = {
        {ANSWER("200 OK"), OUTCOME_REFUSED},
        {"HTTP/1.0 200 OK\r\n\r\n{}<drop>", OUTCOME_REFUSED},
        {"HTTP/1.0 200 OK\r\n\r\n{\"identifiers\":[\"action_network:1\"]}<drop>", OUTCOME_SENT},
        {"HTTP/1.0 200 OK\r\n\r\n {\n \"_links\" : {\"self\":{\"href\":\"x\"}}}<drop>", OUTCOME_SENT},
        {"HTTP/1.0 200 OK\r\n\r\n{\"identifiers\": [ ], \"_links\":{}}<drop>", OUTCOME_REFUSED},
        {"HTTP/1.0 200 OK\r\n\r\n{\"error\":\"no \\\"identifiers\\\": [1]\"}<drop>", OUTCOME_REFUSED},
        {"HTTP/1.0 200 OK\r\n\r\n\"identifiers\":[1]<drop>", OUTCOME_REFUSED},
        {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"identifiers\":[\"a:1\"],<drop>", OUTCOME_SENT},
        {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"ident<drop>", OUTCOME_UNSURE},
        {ANSWER("500 Oh"), OUTCOME_LATER},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct server server = {.script = {{cases[i].reply, 0}}};
        server_start(&server);
        struct webhook_settings settings = settings_for(&server);
        settings.confirms = true;
        struct webhook *webhook = open_webhook(&settings);
        struct answer answer = post(webhook);
        webhook_close(webhook);
        server_stop(&server);
        expect(cases[i].reply, &answer, cases[i].outcome, SCOPE_LETTER, cases[i].outcome == OUTCOME_LATER ? 500 : 200,
               "");
        if (cases[i].outcome == OUTCOME_REFUSED)
            assert_non_null(strstr(answer.text, "confirmed nothing; is the key right?"));
        server_release(&server);
    }
}

/* What is lost */

static void what_is_lost_is_unsure_or_later_where_it_may_be_repeated(void **state) {
    (void)state;
    static const struct {
        const char *name;
        struct step first, second;
        size_t requests; /* that arrive of two posts */
    } cases[] = {
        {"after the first byte of a body", {"<reset>", 1}, {NULL, 0}, 2},
        {"within a body", {"<reset>", 40000}, {NULL, 0}, 2},
        {"after all of it", {"<drop>", 0}, {NULL, 0}, 2},
        {"reused, within", {ANSWER("200 OK"), 0}, {"<drop>", 1000}, 2},
        {"reused, reset within", {ANSWER("200 OK"), 0}, {"<reset>", 1000}, 2},
        /* libcurl would post it again by itself. */
        {"reused, closed after all of it was read", {ANSWER("200 OK"), 0}, {"<drop>", 0}, 2},
        {"reused, reset after all of it was read", {ANSWER("200 OK"), 0}, {"<reset>", 0}, 2},
        {"reused, silent", {ANSWER("200 OK"), 0}, {"<hang>", 0}, 2},
    };
    struct str large = STR_EMPTY;
    str_adds(&large, request);
    while (large.length < 100000)
        str_adds(&large, "0123456789abcdef");
    for (size_t i = 0; i < COUNT(cases); i++)
        for (int idempotent = 0; idempotent <= 1; idempotent++) {
            struct server server = {.script = {cases[i].first, cases[i].second}};
            struct answer answers[2];
            server_start(&server);
            struct webhook_settings settings = settings_for(&server);
            settings.idempotent = idempotent;
            struct webhook *webhook = open_webhook(&settings);
            for (int j = 0; j < 2; j++)
                webhook_post(webhook, large.bytes, large.length, NOW_S, STEPS(agree, &commits), &answers[j]);
            webhook_close(webhook);
            server_stop(&server);
            expect(cases[i].name, &answers[1], idempotent ? OUTCOME_LATER : OUTCOME_UNSURE, SCOPE_LETTER, 0,
                   "127.0.0.1");
            if (server.requests != cases[i].requests)
                fail_msg("%s: %zu requests arrived", cases[i].name, server.requests);
            server_release(&server);
        }
    str_release(&large);
}

/* Before all of the request has come. */
static void an_early_refusal_counts(void **state) {
    (void)state;
    struct server server = {.script = {{ANSWER("413 Too Large"), 1000}}};
    struct str large = STR_EMPTY;
    struct answer answer;
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    str_adds(&large, request);
    while (large.length < BIG)
        str_adds(&large, "0123456789abcdef");
    struct webhook *webhook = open_webhook(&settings);
    webhook_post(webhook, large.bytes, large.length, NOW_S, STEPS(agree, &commits), &answer);
    expect("early", &answer, OUTCOME_REFUSED, SCOPE_LETTER, 413, "413");
    webhook_close(webhook);
    server_stop(&server);
    assert_int_equal(server.requests, 1);
    assert_int_equal(server.whole, 0);
    str_release(&large);
    server_release(&server);
}

static void a_small_post_is_not_repeated_either(void **state) {
    (void)state;
    struct server server = {.script = {{ANSWER("200 OK"), 0}, {"<drop>", 0}}};
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    struct webhook *webhook = open_webhook(&settings);
    struct answer answer = post(webhook);
    assert_int_equal(answer.outcome, OUTCOME_SENT);
    answer = post(webhook);
    expect("small", &answer, OUTCOME_UNSURE, SCOPE_LETTER, 0, "closed the connection");
    webhook_close(webhook);
    server_stop(&server);
    assert_int_equal(server.requests, 2);
    assert_int_equal(server.whole, 2);
    server_release(&server);
}

static void a_connection_that_was_closed_while_idle_is_opened_anew(void **state) {
    (void)state;
    struct server server = {.script = {{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n<drop>", 0}}};
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    struct webhook *webhook = open_webhook(&settings);
    for (int i = 0; i < 3; i++) {
        struct answer answer = post(webhook);
        expect("idle", &answer, OUTCOME_SENT, SCOPE_LETTER, 200, "");
        usleep(50000);
    }
    webhook_close(webhook);
    server_stop(&server);
    assert_int_equal(server.requests, 3);
    assert_int_equal(server.connections, 3);
    server_release(&server);
}

/* Whether anything went before the reset is chance; that nothing is taken as sent, and that each post connects once, is not. */
static void a_connection_that_breaks_before_the_request(void **state) {
    (void)state;
    struct server server = {.at_once = "<reset>", .script = {{"", 0}}};
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    struct webhook *webhook = open_webhook(&settings);
    for (int i = 0; i < 5; i++) {
        struct answer answer = post(webhook);
        if (answer.outcome != OUTCOME_UNSURE)
            expect("reset", &answer, OUTCOME_LATER, SCOPE_CONNECTION, 0, "");
    }
    webhook_close(webhook);
    server_stop(&server);
    assert_int_equal(server.requests, 0);
    assert_int_equal(server.connections, 5);
    server_release(&server);
}

static void nobody_listens(void **state) {
    (void)state;
    struct server server = {.script = {{"", 0}}};
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    server_stop(&server);
    struct webhook *webhook = open_webhook(&settings);
    struct answer answer = post(webhook);
    expect("refused", &answer, OUTCOME_LATER, SCOPE_CONNECTION, 0, "127.0.0.1 takes no connections");
    assert_int_equal(answer.status, STATUS_UNAVAILABLE);
    webhook_close(webhook);
    server_release(&server);
}

/* A queue that is full takes no further connection, and says nothing. */
static void nobody_answers_the_connection(void **state) {
    (void)state;
    unsigned port = 0;
    int listener = listen_somewhere(&port), others[8];
    assert_int_equal(listen(listener, 0), 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (size_t i = 0; i < COUNT(others); i++) {
        others[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(others[i], (struct sockaddr *)&address, sizeof address);
    }
    struct server server = {.port = port};
    struct webhook_settings settings = settings_for(&server);
    struct webhook *webhook = open_webhook(&settings);
    struct answer answer = post(webhook);
    expect("silent", &answer, OUTCOME_LATER, SCOPE_CONNECTION, 0, "does not answer");
    webhook_close(webhook);
    for (size_t i = 0; i < COUNT(others); i++)
        close(others[i]);
    close(listener);
}

static void there_is_no_such_host(void **state) {
    (void)state;
    struct webhook_settings settings = {
        .url = "https://nobody.invalid/sign", .in_flight = 1, .timeout_ms = 90 * CLOCK_SECOND_MS};
    struct webhook *webhook = open_webhook(&settings);
    struct answer answer = post(webhook);
    expect("no host", &answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0, "nobody.invalid");
    assert_int_equal(answer.status, STATUS_UNAVAILABLE);
    webhook_close(webhook);
}

/* Ledger and signals */

static void what_cannot_be_committed_does_not_go(void **state) {
    (void)state;
    struct server server = {.script = {{ANSWER("200 OK"), 0}}};
    struct answer answer;
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    settings.in_flight = 1;
    struct webhook *webhook = open_webhook(&settings);
    commits = 0;
    webhook_post(webhook, request, strlen(request), NOW_S, STEPS(disagree, &commits), &answer);
    expect("commit", &answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0, "the disk is full");
    assert_int_equal(answer.status, STATUS_INPUT_OUTPUT);
    assert_int_equal(commits, 1);
    answer = post(webhook); /* its place is free again */
    assert_int_equal(answer.outcome, OUTCOME_SENT);
    webhook_close(webhook);
    server_stop(&server);
    assert_int_equal(server.requests, 1);
    server_release(&server);
}

static void what_cannot_be_marked_does_not_go(void **state) {
    (void)state;
    struct server server = {.script = {{ANSWER("200 OK"), 0}}};
    struct answer answer;
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    struct webhook *webhook = open_webhook(&settings);
    const struct channel_steps steps = {agree, disagree, &commits};
    commits = 0;
    webhook_post(webhook, request, strlen(request), NOW_S, &steps, &answer);
    expect("begin", &answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0, "the disk is full");
    assert_int_equal(answer.status, STATUS_INPUT_OUTPUT);
    assert_int_equal(commits, 2);
    answer = post(webhook);
    assert_int_equal(answer.outcome, OUTCOME_SENT);
    webhook_close(webhook);
    server_stop(&server);
    assert_int_equal(server.requests, 1);
    server_release(&server);
}

static volatile sig_atomic_t stop;

static void *stop_soon(void *argument) {
    (void)argument;
    usleep(200000);
    stop = 1;
    return NULL;
}

static void a_stop_ends_what_has_not_begun_and_waits_for_what_has(void **state) {
    (void)state;
    struct server server = {.script = {{"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n<drip>", 0}}};
    pthread_t thread;
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    settings.timeout_ms = 10 * CLOCK_SECOND_MS;
    settings.stop = &stop;
    stop = 0;
    struct webhook *webhook = open_webhook(&settings);
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, NULL), 0);
    struct answer answer = post(webhook);
    pthread_join(thread, NULL);
    expect("begun", &answer, OUTCOME_SENT, SCOPE_LETTER, 200, "");
    commits = 0;
    answer = post(webhook);
    expect("not begun", &answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0, "stopped");
    assert_int_equal(answer.status, STATUS_INTERRUPTED);
    assert_int_equal(commits, 0);
    webhook_close(webhook);
    server_stop(&server);
    assert_int_equal(server.requests, 1);
    server_release(&server);
}

static void a_stop_ends_the_opening_of_a_connection(void **state) {
    (void)state;
    unsigned port = 0;
    int listener = listen_somewhere(&port); /* takes connections, and says nothing: TLS waits */
    pthread_t thread;
    char waiting[64];
    snprintf(waiting, sizeof waiting, "https://127.0.0.1:%u/", port);
    struct webhook_settings settings = {
        .url = waiting, .in_flight = 1, .timeout_ms = 20 * CLOCK_SECOND_MS, .stop = &stop};
    stop = 0;
    struct webhook *webhook = open_webhook(&settings);
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, NULL), 0);
    int64_t begun_ms = clock_steady_ms();
    struct answer answer = post(webhook);
    pthread_join(thread, NULL);
    expect("stopped", &answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0, "stopped");
    assert_int_equal(answer.status, STATUS_INTERRUPTED);
    assert_in_range(clock_steady_ms() - begun_ms, 0, 5000);
    webhook_close(webhook);
    close(listener);
}

/* Many at a time */

enum { THREADS = 12, IN_FLIGHT = 5, EACH = 4 };

static void *post_some(void *argument) {
    struct webhook *webhook = argument;
    size_t sent = 0;
    for (int i = 0; i < EACH; i++)
        sent += post(webhook).outcome == OUTCOME_SENT;
    return (void *)sent;
}

static void as_many_as_allowed_are_under_way(void **state) {
    (void)state;
    struct server server = {.script = {{ANSWER("200 OK"), 0}}, .gathers = IN_FLIGHT};
    pthread_t threads[THREADS];
    size_t sent = 0;
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    settings.in_flight = IN_FLIGHT;
    settings.timeout_ms = 10 * CLOCK_SECOND_MS;
    struct webhook *webhook = open_webhook(&settings);
    commits = 0;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, post_some, webhook), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        sent += (size_t)result;
    }
    webhook_close(webhook);
    server_stop(&server);
    assert_int_equal(sent, THREADS * EACH);
    assert_int_equal(commits, THREADS * EACH);
    assert_int_equal(server.requests, THREADS * EACH);
    assert_int_equal(server.most_under_way, IN_FLIGHT);
    assert_in_range(server.connections, 1, THREADS * EACH / 3); /* libcurl replaces one now and then */
    server_release(&server);
}

/* TLS */

static void certificates_are_verified(void **state) {
    (void)state;
    static const struct wish root_wish = {.name = "Invented root", .authority = true};
    static const struct {
        const char *name;
        struct wish wish;
        bool signed_by_root;
        enum outcome outcome;
        const char *text;
        const char *priorities;
    } cases[] = {
        {"good", {.name = "127.0.0.1"}, true, OUTCOME_SENT, "200", NULL},
        {"TLS 1.2", {.name = "127.0.0.1"}, true, OUTCOME_SENT, "200", "NORMAL:-VERS-ALL:+VERS-TLS1.2"},
        {"another host's", {.name = "other.example"}, true, OUTCOME_LATER, "does not match", NULL},
        {"expired",
         {.name = "127.0.0.1", .from = DAYS(-9), .until = DAYS(-2)},
         true,
         OUTCOME_LATER,
         "not to be trusted",
         NULL},
        {"signed by itself", {.name = "127.0.0.1"}, false, OUTCOME_LATER, "not to be trusted", NULL},
        {"TLS 1.1", {.name = "127.0.0.1"}, true, OUTCOME_LATER, "TLS 1.2 or later", "NORMAL:-VERS-ALL:+VERS-TLS1.1"},
    };
    char ca_file[] = "/tmp/test_webhook-XXXXXX";
    struct identity root;
    identity_make(&root, &root_wish, NULL);
    identity_write(&root, ca_file);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct identity own;
        struct server server = {.script = {{ANSWER("200 OK"), 0}}, .priorities = cases[i].priorities};
        identity_make(&own, &cases[i].wish, cases[i].signed_by_root ? &root : NULL);
        server.credentials = credentials_make(&own);
        server_start(&server);
        struct webhook_settings settings = settings_for(&server);
        settings.ca_file = ca_file;
        settings.timeout_ms = 10 * CLOCK_SECOND_MS;
        struct webhook *webhook = open_webhook(&settings);
        struct answer answer = post(webhook);
        webhook_close(webhook);
        server_stop(&server);
        bool good = cases[i].outcome == OUTCOME_SENT;
        expect(cases[i].name, &answer, cases[i].outcome, good ? SCOPE_LETTER : SCOPE_CAMPAIGN, good ? 200 : 0,
               cases[i].text);
        assert_int_equal(answer.status, good ? STATUS_DONE : STATUS_UNAVAILABLE);
        assert_int_equal(server.requests, good);
        gnutls_certificate_free_credentials(server.credentials);
        identity_release(&own);
        server_release(&server);
    }
    identity_release(&root);
    unlink(ca_file);
}

static void a_server_without_tls_gets_nothing(void **state) {
    (void)state;
    struct server server = {.at_once = "HTTP/1.1 400 Bad Request\r\n\r\n<hang>", .script = {{"", 0}}};
    server_start(&server);
    struct webhook_settings settings = settings_for(&server);
    snprintf(url, sizeof url, "https://127.0.0.1:%u/", server.port);
    settings.url = url;
    struct webhook *webhook = open_webhook(&settings);
    struct answer answer = post(webhook);
    expect("no TLS", &answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0, "no safe connection");
    webhook_close(webhook);
    server_stop(&server);
    assert_int_equal(server.requests, 0);
    server_release(&server);
}

/* Configuration */

static void what_cannot_be_used_is_refused_at_once(void **state) {
    (void)state;
    static const struct {
        const char *name;
        struct webhook_settings settings;
        const char *text;
    } cases[] = {
        {"http", {.url = "http://petition.example/"}, "https://"},
        {"like this computer", {.url = "http://127.0.0.1.petition.example/"}, "https://"},
        {"like localhost", {.url = "http://localhost@petition.example/"}, "user"},
        {"no scheme", {.url = "petition.example/sign"}, "does not begin with https://"},
        {"another scheme", {.url = "ftp://127.0.0.1/"}, "https://"},
        {"a file", {.url = "file:///etc/passwd"}, "webhook.url"},
        {"empty", {.url = ""}, "does not begin with https://"},
        {"no host", {.url = "https://:443/sign"}, "webhook.url"},
        {"a password", {.url = "https://branch:secret@petition.example/"}, "user or password"},
        {"a fragment", {.url = "https://petition.example/#sign"}, "has a #"},
        {"a space", {.url = "https://petition.example/a b"}, "space"},
        {"a line break", {.url = "https://petition.example/\r\nX: y"}, "space"},
        {"a port that is none", {.url = "https://petition.example:99999/"}, "no port"},
        {"no certificates", {.url = "https://petition.example/", .ca_file = "/nonexistent/ca.pem"}, "ca.pem"},
        {"no certificate in it", {.url = "https://petition.example/", .ca_file = "/etc/passwd"}, "no certificate"},
        {"no colon", {.headers = "X-Campaign library"}, "webhook.headers has one that is none"},
        {"no name", {.headers = ": library"}, "webhook.headers has one that is none"},
        {"a space in the name", {.headers = "X Campaign: library"}, "webhook.headers has one that is none"},
        {"a second header behind CR", {.headers = "X-Campaign: library\rX-Other: 1"}, "X-Campaign holds a line break"},
        {"CR at the end", {.headers = "X-Campaign: library\r\nX-Other: 1"}, "X-Campaign holds a line break"},
        {"no value", {.headers = "X-Campaign:  "}, "X-Campaign has no value"},
        {"no UTF-8", {.headers = "X-Campaign: \x80"}, "X-Campaign holds"},
        {"Host", {.headers = "X: y\nhost: other.example"}, "host is set by Postbag"},
        {"Content-Length", {.headers = "Content-Length: 1"}, "Content-Length is set by Postbag"},
        {"Transfer-Encoding", {.headers = "transfer-encoding: chunked"}, "is set by Postbag"},
        {"a signature", {.headers = "Webhook-Signature: v1,x"}, "is set by Postbag"},
        {"two authorisations",
         {.headers = "Authorization: Key x", .authorisation = WEBHOOK_BEARER, .secret = "x"},
         "leave one of them out"},
        {"a line break in a token", {.authorisation = WEBHOOK_BEARER, .secret = "x\r\nX: y"}, "line break"},
        {"a space in a token", {.authorisation = WEBHOOK_OSDI, .secret = "x y"}, "space"},
        {"an empty token", {.authorisation = WEBHOOK_BEARER, .secret = ""}, "empty"},
        {"no user", {.authorisation = WEBHOOK_BASIC, .secret = "x"}, "webhook.user"},
        {"a colon in a user", {.authorisation = WEBHOOK_BASIC, .user = "a:b", .secret = "x"}, "webhook.user"},
        {"a line break in a password", {.authorisation = WEBHOOK_BASIC, .user = "a", .secret = "x\ny"}, "line break"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct webhook_settings settings = cases[i].settings;
        struct webhook *webhook = NULL;
        struct error error = {0};
        if (settings.url == NULL)
            settings.url = "https://petition.example/sign";
        settings.in_flight = 1;
        settings.timeout_ms = TIMEOUT_MS;
        if (webhook_open(&webhook, &settings, &error) != -1 || error.status != STATUS_CONFIGURATION ||
            strstr(error.message, cases[i].text) == NULL || strstr(error.message, "secret@") != NULL)
            fail_msg("%s: %d: %s", cases[i].name, (int)error.status, error.message);
        assert_null(webhook);
    }
}

static void what_can_be_used_is_taken(void **state) {
    (void)state;
    static const char *const urls[] = {
        "https://petition.example", "https://petition.example:8443/a/b?key=c%20d",
        "http://localhost:8080/",   "http://[::1]/sign",
        "http://127.1.2.3/",        "HTTPS://Petition.example/",
    };
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct webhook_settings settings = {.url = urls[i],
                                            .in_flight = 2,
                                            .timeout_ms = TIMEOUT_MS,
                                            .headers = "X-Campaign: library\n\nAuthorization: Key x\n"};
        webhook_close(open_webhook(&settings));
    }
    webhook_close(NULL);
}

static void a_request_without_a_body_does_not_go(void **state) {
    (void)state;
    static const char headless[] = "POST / HTTP/1.1\r\nwebhook-id: msg_1\r\n";
    struct webhook_settings settings = {.url = "http://127.0.0.1:1/", .in_flight = 1, .timeout_ms = TIMEOUT_MS};
    struct webhook *webhook = open_webhook(&settings);
    struct answer answer;
    commits = 0;
    webhook_post(webhook, headless, strlen(headless), NOW_S, STEPS(agree, &commits), &answer);
    expect("headless", &answer, OUTCOME_REFUSED, SCOPE_LETTER, 0, "no body");
    assert_int_equal(commits, 0);
    webhook_close(webhook);
}

int main(void) {
    /* What the environment says must change nothing. */
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("https_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_requests_go_over_one_connection_byte_for_byte),
        cmocka_unit_test(a_large_body_with_every_byte_arrives_as_it_is),
        cmocka_unit_test(authorisations),
        cmocka_unit_test(a_preview_is_the_whole_request_without_secrets),
        cmocka_unit_test(each_answer_has_its_outcome),
        cmocka_unit_test(retry_after_may_be_a_date),
        cmocka_unit_test(a_long_first_line_is_cut_at_a_character),
        cmocka_unit_test(osdi_wants_to_see_what_was_made),
        cmocka_unit_test(what_is_lost_is_unsure_or_later_where_it_may_be_repeated),
        cmocka_unit_test(an_early_refusal_counts),
        cmocka_unit_test(a_small_post_is_not_repeated_either),
        cmocka_unit_test(a_connection_that_was_closed_while_idle_is_opened_anew),
        cmocka_unit_test(a_connection_that_breaks_before_the_request),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(nobody_answers_the_connection),
        cmocka_unit_test(there_is_no_such_host),
        cmocka_unit_test(what_cannot_be_committed_does_not_go),
        cmocka_unit_test(what_cannot_be_marked_does_not_go),
        cmocka_unit_test(a_stop_ends_what_has_not_begun_and_waits_for_what_has),
        cmocka_unit_test(a_stop_ends_the_opening_of_a_connection),
        cmocka_unit_test(as_many_as_allowed_are_under_way),
        cmocka_unit_test(certificates_are_verified),
        cmocka_unit_test(a_server_without_tls_gets_nothing),
        cmocka_unit_test(what_cannot_be_used_is_refused_at_once),
        cmocka_unit_test(what_can_be_used_is_taken),
        cmocka_unit_test(a_request_without_a_body_does_not_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
