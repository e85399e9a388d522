/*
 * HTTP: header lines and a body come in, an answer goes out. Its one idea: only the thread that drives libcurl touches
 * what libcurl knows. A post is handed to it in an exchange, under the lock, and comes back settled.
 *
 * Whether a post may be repeated is what the rest is about. The body comes by a callback that cannot be rewound, and
 * before each request libcurl asks `may_start`: so it cannot repeat by itself what has begun to go. That a server of
 * HTTP/2 has not begun with a request libcurl says only in its log, which `listen` reads; where another libcurl words it
 * otherwise, such a post is unsure, not repeated.
 */
#include "delivery/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/memory.h"
#include "delivery/endpoint.h"
#include "delivery/socket.h"
#include "delivery/stream.h"

#define CA_BUNDLE "/etc/ssl/certs/ca-certificates.crt"

enum {
    IDLE_MAX_S = 4, /* many servers close at five; a request that crosses the closing would be unsure */
    TRIES_MAX = 4,  /* of a request that the server says it has not begun with */
    SLICE_MS = 100, /* of waiting, after which to look at *STOP */
    IDLE_MS = 60 * CLOCK_SECOND_MS,
    FIRST_FINAL_CODE = 200, /* what comes before is followed by another (RFC 9110 §15.2) */
    RETRY_MAX_S = 24 * 60 * 60,
};

struct http_exchange {
    struct http *http;
    struct http_exchange *next; /* idle, or handed over */
    CURL *easy;
    struct curl_slist *headers;
    const char *body;
    size_t length;
    const struct channel_steps *steps;
    pthread_cond_t settled;
    bool is_settled; /* by the lock */

    /* The driving thread's, while it is under way. */
    bool running;
    size_t position; /* of the body, as far as libcurl has read it */
    unsigned tries;
    long port;        /* this side's: which connection it is on; 0: none yet */
    long long stream; /* its number there (HTTP/2), or 0 */
    bool untaken;     /* the server says that it has not begun with it */
    bool misused;     /* its certificate is not for servers */
    bool forbidden;   /* it could not be said that it begins */
    size_t header_bytes;
    char fault_text[CURL_ERROR_SIZE];
    struct http_answer answer;
};

struct http {
    const struct http_settings *settings;
    struct arena arena; /* of the endpoint */
    struct endpoint endpoint;
    CURLM *multi;
    struct http_exchange *exchanges; /* in_flight of them */
    pthread_t driver;

    pthread_mutex_t lock; /* around what follows */
    pthread_cond_t freed;
    struct http_exchange *idle;
    struct http_exchange *handed; /* to the driver */
    curl_socket_t *sockets;       /* the driver's own: those that are open */
    size_t sockets_count;
    size_t sockets_room;
    bool misled; /* the driver's own: a server showed a certificate that is not for servers */
    bool closing;
};

/* The address. What is not encrypted is for this computer itself, whatever the configuration let through. */
static int read_address(struct http *http, struct error *error) {
    if (endpoint_read(&http->endpoint, http->settings->url, "webhook.url", &http->arena, error) != 0)
        return -1;
    if (!http->endpoint.secure && !socket_is_loopback(http->endpoint.name))
        return error_set(error, STATUS_CONFIGURATION,
                         "webhook.url must begin with https://, because anybody on the way could read what is posted "
                         "(http:// is only for this computer itself)");
    return 0;
}

/* libcurl reads the file only with the first connection, and its words for what is wrong with it are few. */
static int check_trust(const struct http *http, struct error *error) {
    struct stream_trust *trust = NULL;
    if (!http->endpoint.secure)
        return 0;
    const char *ca_file = http->settings->ca_file;
    int result = stream_trust_new(&trust, ca_file != NULL ? ca_file : CA_BUNDLE, error);
    if (result != 0 && ca_file == NULL)
        error_set(error, STATUS_CONFIGURATION,
                  "this computer has no list of trusted certificates (%s); install ca-certificates", CA_BUNDLE);
    stream_trust_free(trust);
    return result;
}

/* What libcurl calls while a request is under way: all in the driving thread. */

static size_t give_body(char *bytes, size_t size, size_t count, void *context) {
    struct http_exchange *exchange = context;
    size_t room = size * count, left = exchange->length - exchange->position;
    size_t given = left < room ? left : room;
    memcpy(bytes, exchange->body + exchange->position, given);
    exchange->position += given;
    return given;
}

/* Only what one system call took of it counts, and what was given to HTTP/2 to be written. */
static bool has_begun(const struct http_exchange *exchange) {
    long written = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &written);
    return written > 0 || exchange->position > 0;
}

/* libcurl does not tell the socket of the connection that it is about to use, but which port it has. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    struct http *http = context;
    (void)purpose;
    int descriptor = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (descriptor < 0)
        return CURL_SOCKET_BAD;
    *MEMORY_PUSH(http->sockets, http->sockets_count, http->sockets_room) = descriptor;
    return descriptor;
}

static int close_socket(void *context, curl_socket_t descriptor) {
    struct http *http = context;
    for (size_t i = 0; i < http->sockets_count; i++)
        if (http->sockets[i] == descriptor)
            http->sockets[i] = http->sockets[--http->sockets_count];
    return close(descriptor);
}

static curl_socket_t socket_at(const struct http *http, int our_port) {
    for (size_t i = 0; i < http->sockets_count; i++) {
        union {
            struct sockaddr any;
            struct sockaddr_in v4;
            struct sockaddr_in6 v6;
        } own;
        socklen_t size = sizeof own;
        memset(&own, 0, sizeof own);
        if (getsockname(http->sockets[i], &own.any, &size) != 0)
            continue;
        in_port_t port = own.any.sa_family == AF_INET6 ? own.v6.sin6_port : own.v4.sin_port;
        if (ntohs(port) == our_port)
            return http->sockets[i];
    }
    return CURL_SOCKET_BAD;
}

/* The gnutls_session_t of the connection that EXCHANGE is about to use; NULL: it has none. */
static void *session_of(const struct http_exchange *exchange) {
    struct curl_tlssessioninfo *session = NULL;
    if (!exchange->http->endpoint.secure ||
        curl_easy_getinfo(exchange->easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == NULL ||
        session->backend != CURLSSLBACKEND_GNUTLS)
        return NULL;
    return session->internals;
}

/* Whether the connection that EXCHANGE is about to use was made for it. */
static bool is_new(const struct http_exchange *exchange) {
    long opened = 1;
    curl_easy_getinfo(exchange->easy, CURLINFO_NUM_CONNECTS, &opened);
    return opened > 0;
}

/*
 * Whether the connection that was used before is of no use any more: under TLS, libcurl on GnuTLS does not see that the
 * server has closed it, and what was written to it would be unsure. On an idle connection of HTTP/1.1 a server has nothing
 * to say but that it closes; on one of HTTP/2 it may.
 */
static bool is_dead(const struct http_exchange *exchange, int our_port) {
    curl_socket_t descriptor = socket_at(exchange->http, our_port);
    char byte;
    if (is_new(exchange) || descriptor == CURL_SOCKET_BAD)
        return false;
    ssize_t waiting = recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    void *session = session_of(exchange);
    return waiting == 0 || (waiting > 0 && (session == NULL || !stream_agreed_on(session, "h2")));
}

/*
 * libcurl on GnuTLS looks at a certificate's names and dates, but not at what it is for. A connection that was used before
 * was looked at when it was new; and where one was found wanting, no other is trusted either.
 */
static bool is_for_servers(const struct http_exchange *exchange) {
    void *session = session_of(exchange);
    if (session != NULL && is_new(exchange) && !stream_peer_is_server(session))
        exchange->http->misled = true;
    return !exchange->http->misled;
}

/* There is a connection, and the request is about to go over it, perhaps again. */
static int may_start(void *context, char *their_address, char *our_address, int their_port, int our_port) {
    struct http_exchange *exchange = context;
    (void)their_address;
    (void)our_address;
    (void)their_port;
    if (has_begun(exchange))
        return CURL_PREREQFUNC_ABORT;
    exchange->untaken = is_dead(exchange, our_port);
    exchange->misused = !is_for_servers(exchange);
    if (exchange->untaken || exchange->misused)
        return CURL_PREREQFUNC_ABORT;
    exchange->forbidden = exchange->steps->begin(exchange->steps->context, &exchange->answer.error) != 0;
    if (exchange->forbidden)
        return CURL_PREREQFUNC_ABORT;
    exchange->port = our_port;
    exchange->stream = 0;
    return CURL_PREREQFUNC_OK;
}

/* A header line, whole, with its line end; an empty one is the last. */
static size_t take_header(char *line, size_t size, size_t count, void *context) {
    struct http_exchange *exchange = context;
    size_t length = size * count;
    exchange->header_bytes += length;
    if (exchange->header_bytes > HTTP_ANSWER_MAX)
        return 0;
    long code = 0;
    bool is_last = length == 0 || line[0] == '\r' || line[0] == '\n';
    if (is_last && curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK &&
        code >= FIRST_FINAL_CODE)
        exchange->answer.code = (int)code;
    return length;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
    struct http_exchange *exchange = context;
    struct str *body = &exchange->answer.body;
    size_t length = size * count, room = HTTP_ANSWER_MAX - body->length;
    str_add(body, bytes, length < room ? length : room);
    return length <= room ? length : 0;
}

/* All streams above LAST of the connection that EXCHANGE is on were not begun with (RFC 9113 §6.8). */
static void go_away(const struct http_exchange *exchange, long long last) {
    struct http *http = exchange->http;
    for (size_t i = 0; exchange->port != 0 && i < http->settings->in_flight; i++) {
        struct http_exchange *other = &http->exchanges[i];
        if (other->running && other->port == exchange->port && other->stream > last)
            other->untaken = true;
    }
}

/* The number behind NAME in libcurl's line, or -1. */
static long long number_behind(const char *line, const char *name) {
    const char *at = strstr(line, name);
    char *end;
    if (at == NULL)
        return -1;
    at += strlen(name);
    long long number = strtoll(at, &end, 10);
    return end > at ? number : -1;
}

static int listen_to(CURL *easy, curl_infotype type, char *bytes, size_t length, void *context) {
    struct http_exchange *exchange = context;
    char line[HTTP_TEXT_MAX];
    (void)easy;
    if (type != CURLINFO_TEXT)
        return 0;
    if (length >= sizeof line)
        length = sizeof line - 1;
    memcpy(line, bytes, length);
    line[length] = '\0';
    long long stream = number_behind(line, "Using Stream ID: ");
    long long last = strstr(line, "GOAWAY") != NULL ? number_behind(line, "last_stream=") : -1;
    if (stream > 0)
        exchange->stream = stream;
    if (last >= 0)
        go_away(exchange, last);
    if (strncmp(line, "REFUSED_STREAM", strlen("REFUSED_STREAM")) == 0)
        exchange->untaken = true;
    return 0;
}

/* An option that cannot be set is our mistake, or no memory: nothing may go without it. */
#define SET(easy, option, value)                                     \
    do {                                                             \
        if (curl_easy_setopt((easy), (option), (value)) != CURLE_OK) \
            abort();                                                 \
    } while (0)

static void set_up_connection(const struct http *http, CURL *easy) {
    const struct http_settings *settings = http->settings;
    SET(easy, CURLOPT_URL, settings->url);
    SET(easy, CURLOPT_PROTOCOLS_STR, http->endpoint.secure ? "https" : "http");
    SET(easy, CURLOPT_PROXY, ""); /* nor from the environment */
    SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
    SET(easy, CURLOPT_NOSIGNAL, 1L);
    SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(easy, CURLOPT_PIPEWAIT,
        http->endpoint.secure ? 1L : 0L); /* what HTTP is spoken is known before the first answer */
    SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    SET(easy, CURLOPT_CAINFO, settings->ca_file != NULL ? settings->ca_file : CA_BUNDLE);
    SET(easy, CURLOPT_CAPATH, NULL); /* else each connection reads the whole directory: 39 ms instead of 2 */
    /* No limit on slowness: a server may think for as long as the whole may take. */
    SET(easy, CURLOPT_TIMEOUT_MS, (long)settings->timeout_ms);
    SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(settings->timeout_ms / 2 + 1));
    SET(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_MAX_S);
}

static void set_up(struct http *http, struct http_exchange *exchange) {
    CURL *easy = curl_easy_init();
    if (easy == NULL)
        abort(); /* no memory */
    exchange->http = http;
    exchange->easy = easy;
    str_init(&exchange->answer.body);
    str_init(&exchange->answer.location);
    pthread_cond_init(&exchange->settled, NULL);
    set_up_connection(http, easy);
    SET(easy, CURLOPT_PRIVATE, exchange);
    SET(easy, CURLOPT_ERRORBUFFER, exchange->fault_text);
    SET(easy, CURLOPT_POST, 1L);
    SET(easy, CURLOPT_READFUNCTION, give_body);
    SET(easy, CURLOPT_READDATA, exchange);
    SET(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(easy, CURLOPT_OPENSOCKETDATA, exchange->http);
    SET(easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    SET(easy, CURLOPT_CLOSESOCKETDATA, exchange->http);
    SET(easy, CURLOPT_PREREQFUNCTION, may_start);
    SET(easy, CURLOPT_PREREQDATA, exchange);
    SET(easy, CURLOPT_HEADERFUNCTION, take_header);
    SET(easy, CURLOPT_HEADERDATA, exchange);
    SET(easy, CURLOPT_WRITEFUNCTION, take_body);
    SET(easy, CURLOPT_WRITEDATA, exchange);
    SET(easy, CURLOPT_DEBUGFUNCTION, listen_to);
    SET(easy, CURLOPT_DEBUGDATA, exchange);
    SET(easy, CURLOPT_VERBOSE, 1L); /* to listen_to, and nowhere else */
}

/* Driving. */

static void start(struct http_exchange *exchange) {
    exchange->running = true;
    exchange->position = exchange->header_bytes = 0;
    exchange->tries++;
    exchange->port = 0;
    exchange->stream = 0;
    exchange->untaken = exchange->misused = exchange->forbidden = false;
    exchange->fault_text[0] = '\0';
    exchange->answer.code = 0;
    str_clear(&exchange->answer.body);
    if (curl_multi_add_handle(exchange->http->multi, exchange->easy) != CURLM_OK)
        abort(); /* no memory */
}

/* GnuTLS does not tell libcurl in what way a handshake failed, but by its words. */
static enum http_fault handshake_fault(const char *text) {
    static const char *const lost[] = {"terminated", "pull function", "push function", "timeout", "failure: "};
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++)
        if (strstr(text, lost[i]) != NULL)
            return HTTP_LOST;
    return HTTP_NOT_SAFE;
}

static enum http_fault fault_of(CURLcode code, const struct http_exchange *exchange) {
    switch (code) {
    case CURLE_OK:
        return exchange->answer.code > 0 ? HTTP_NO_FAULT : HTTP_LOST;
    case CURLE_COULDNT_RESOLVE_HOST:
        return HTTP_NO_HOST;
    case CURLE_COULDNT_CONNECT:
        return HTTP_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_LATE;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        return HTTP_NOT_TRUSTED;
    case CURLE_SSL_CONNECT_ERROR:
        return handshake_fault(exchange->fault_text);
    case CURLE_WRITE_ERROR: /* take_header and take_body */
        return HTTP_ENDLESS;
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
    case CURLE_WEIRD_SERVER_REPLY:
        return HTTP_GARBAGE;
    default:
        return HTTP_LOST;
    }
}

static void read_answer(struct http_exchange *exchange, enum http_fault fault) {
    struct http_answer *answer = &exchange->answer;
    curl_off_t retry_s = 0;
    char *location = NULL;
    answer->fault = exchange->misused ? HTTP_NOT_TRUSTED : exchange->forbidden ? HTTP_FORBIDDEN : fault;
    answer->begun = has_begun(exchange);
    curl_easy_getinfo(exchange->easy, CURLINFO_RETRY_AFTER, &retry_s); /* of a date: how long until then */
    answer->retry_s = retry_s < 0 ? 0 : retry_s > RETRY_MAX_S ? RETRY_MAX_S : retry_s;
    curl_easy_getinfo(exchange->easy, CURLINFO_REDIRECT_URL, &location);
    str_clear(&answer->location);
    if (location != NULL)
        str_adds(&answer->location, location);
    snprintf(answer->text, sizeof answer->text, "%s",
             exchange->misused ? "it is not a certificate for servers" : exchange->fault_text);
}

/* Takes it from libcurl, and gives it back to who waits. */
static void settle(struct http_exchange *exchange, enum http_fault fault) {
    struct http *http = exchange->http;
    read_answer(exchange, fault);
    curl_multi_remove_handle(http->multi, exchange->easy);
    exchange->running = false;
    pthread_mutex_lock(&http->lock);
    exchange->is_settled = true;
    pthread_cond_signal(&exchange->settled);
    pthread_mutex_unlock(&http->lock);
}

static void finish(struct http_exchange *exchange, CURLcode code) {
    bool again = exchange->untaken && exchange->answer.code == 0 && code != CURLE_OK && exchange->tries < TRIES_MAX;
    if (again) {
        curl_multi_remove_handle(exchange->http->multi, exchange->easy);
        start(exchange);
    } else {
        settle(exchange, fault_of(code, exchange));
    }
}

/* Returns how many are under way. */
static size_t finish_all(struct http *http) {
    CURLMsg *message;
    int left;
    size_t running = 0;
    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        struct http_exchange *exchange = NULL;
        CURLcode code = message->data.result; /* the message does not outlive the handle's removal */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
        finish(exchange, code);
    }
    for (size_t i = 0; i < http->settings->in_flight; i++)
        running += http->exchanges[i].running;
    return running;
}

static bool is_stopped(const struct http *http) {
    return http->settings->stop != NULL && *http->settings->stop != 0;
}

static void give_up_unbegun(struct http *http) {
    for (size_t i = 0; i < http->settings->in_flight; i++)
        if (http->exchanges[i].running && !has_begun(&http->exchanges[i]))
            settle(&http->exchanges[i], HTTP_STOPPED);
}

/* Whether to go on. */
static bool start_handed(struct http *http) {
    pthread_mutex_lock(&http->lock);
    struct http_exchange *handed = http->handed;
    bool closing = http->closing;
    http->handed = NULL;
    pthread_mutex_unlock(&http->lock);
    for (struct http_exchange *next; handed != NULL; handed = next) {
        next = handed->next;
        handed->tries = 0;
        start(handed);
    }
    return !closing;
}

static void *drive(void *argument) {
    struct http *http = argument;
    while (start_handed(http)) {
        int handles;
        curl_multi_perform(http->multi, &handles);
        bool busy = finish_all(http) > 0;
        if (busy && is_stopped(http))
            give_up_unbegun(http);
        curl_multi_poll(http->multi, NULL, 0, busy ? SLICE_MS : IDLE_MS, NULL);
    }
    return NULL;
}

/* No signal is the driver's: whoever handles one must find another thread, and a broken pipe is no reason to end. */
static int start_driver(struct http *http, struct error *error) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int fault = pthread_create(&http->driver, NULL, drive, http);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return fault == 0 ? 0 : error_set(error, STATUS_INPUT_OUTPUT, "no thread could be started: %s", strerror(fault));
}

/* Opening and closing. */

static void set_up_all(struct http *http) {
    const long most = (long)http->settings->in_flight;
    http->multi = curl_multi_init();
    if (http->multi == NULL)
        abort(); /* no memory */
    curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, most);
    curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, most); /* else it keeps four of them a running handle */
    http->exchanges = memory_alloc(http->settings->in_flight, sizeof *http->exchanges);
    for (size_t i = 0; i < http->settings->in_flight; i++) {
        struct http_exchange *exchange = &http->exchanges[i];
        set_up(http, exchange);
        exchange->next = http->idle;
        http->idle = exchange;
    }
}

static void tear_down(struct http *http) {
    for (size_t i = 0; http->exchanges != NULL && i < http->settings->in_flight; i++) {
        struct http_exchange *exchange = &http->exchanges[i];
        curl_easy_cleanup(exchange->easy);
        pthread_cond_destroy(&exchange->settled);
        str_release(&exchange->answer.body);
        str_release(&exchange->answer.location);
    }
    curl_multi_cleanup(http->multi);
    pthread_cond_destroy(&http->freed);
    pthread_mutex_destroy(&http->lock);
    curl_global_cleanup();
    free(http->exchanges);
    free(http->sockets);
    arena_release(&http->arena);
    free(http);
}

int http_open(struct http **http, const struct http_settings *settings, struct error *error) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(error, STATUS_CONFIGURATION, "libcurl cannot be used on this computer");
    struct http *opened = memory_alloc(1, sizeof *opened);
    opened->settings = settings;
    pthread_mutex_init(&opened->lock, NULL);
    pthread_cond_init(&opened->freed, NULL);
    int result = read_address(opened, error);
    if (result == 0)
        result = check_trust(opened, error);
    if (result == 0) {
        set_up_all(opened);
        result = start_driver(opened, error);
    }
    if (result == 0)
        *http = opened;
    else
        tear_down(opened);
    return result;
}

void http_close(struct http *http) {
    if (http == NULL)
        return;
    pthread_mutex_lock(&http->lock);
    http->closing = true;
    pthread_mutex_unlock(&http->lock);
    curl_multi_wakeup(http->multi);
    pthread_join(http->driver, NULL);
    tear_down(http);
}

const char *http_host(const struct http *http) {
    return http->endpoint.name;
}

/* Exchanges. */

struct http_exchange *http_begin(struct http *http) {
    pthread_mutex_lock(&http->lock);
    while (http->idle == NULL && !is_stopped(http))
        pthread_cond_wait(&http->freed, &http->lock);
    struct http_exchange *exchange = is_stopped(http) ? NULL : http->idle;
    if (exchange != NULL)
        http->idle = exchange->next;
    pthread_mutex_unlock(&http->lock);
    return exchange;
}

static struct curl_slist *append(struct curl_slist *list, const char *line) {
    struct curl_slist *longer = curl_slist_append(list, line);
    if (longer == NULL)
        abort(); /* no memory */
    return longer;
}

static struct curl_slist *list_of(const char *lines) {
    struct curl_slist *list = append(NULL, "Expect:"); /* none: it would cost a round trip */
    struct str line = STR_EMPTY;
    for (size_t length; *lines != '\0'; lines += length + (lines[length] == '\n')) {
        length = strcspn(lines, "\n");
        str_clear(&line);
        str_add(&line, lines, length);
        list = append(list, line.bytes);
    }
    str_release(&line);
    return list;
}

const struct http_answer *http_post(struct http_exchange *exchange, const char *lines, const char *body, size_t length,
                                    const struct channel_steps *steps) {
    struct http *http = exchange->http;
    exchange->body = body;
    exchange->length = length;
    exchange->steps = steps;
    exchange->headers = list_of(lines);
    SET(exchange->easy, CURLOPT_HTTPHEADER, exchange->headers);
    SET(exchange->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);

    pthread_mutex_lock(&http->lock);
    exchange->is_settled = false;
    exchange->next = http->handed;
    http->handed = exchange;
    pthread_mutex_unlock(&http->lock);
    curl_multi_wakeup(http->multi);
    pthread_mutex_lock(&http->lock);
    while (!exchange->is_settled)
        pthread_cond_wait(&exchange->settled, &http->lock);
    pthread_mutex_unlock(&http->lock);

    SET(exchange->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(exchange->headers);
    exchange->headers = NULL;
    return &exchange->answer;
}

void http_end(struct http_exchange *exchange) {
    struct http *http = exchange->http;
    pthread_mutex_lock(&http->lock);
    exchange->next = http->idle;
    http->idle = exchange;
    pthread_cond_signal(&http->freed);
    pthread_mutex_unlock(&http->lock);
}
