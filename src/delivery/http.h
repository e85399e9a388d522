/*
 * Posts by HTTP/1.1 and HTTP/2, many at a time over shared connections. Alone includes curl/curl.h.
 *
 * Any number of threads post and wait for their answers; one thread of its own drives all connections (curl_multi).
 * Certificates are verified, TLS 1.2 or later; http only to this computer; no proxy, no redirects, no .netrc: what is
 * posted goes to the named destination only. Answers are limited in size and time.
 *
 * A post is never repeated where anything of it may have been taken. libcurl would repeat one by itself when a connection
 * that it used before is closed, even after the server has read all of it: it is not let. Only what a server of HTTP/2 says
 * that it has not begun with (RFC 9113 §6.8, §8.7) goes again, over another connection.
 */
#ifndef POSTBAG_DELIVERY_HTTP_H
#define POSTBAG_DELIVERY_HTTP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "delivery/channel.h"

struct http_settings {
    const char *url;
    const char *ca_file; /* NULL: the system's */
    size_t in_flight;    /* how many posts, and connections, at a time */
    int64_t timeout_ms;  /* of a post, from its beginning to the end of its answer; half of it for the connection */
    const volatile sig_atomic_t *stop; /* not 0: no post begins, and what has not begun to go is given up */
};

struct http;

/*
 * Settings are borrowed. CONFIGURATION: the address or the certificates cannot be used. Also sets up libcurl as a whole,
 * which counts how often that was done; http_close takes it back.
 */
int http_open(struct http **http, const struct http_settings *settings, struct error *error);
void http_close(struct http *http); /* no exchange is begun; NULL does nothing */

/* "petition.example", borrowed. */
const char *http_host(const struct http *http);

/* Why there is no answer, or no whole one. */
enum http_fault {
    HTTP_NO_FAULT,
    HTTP_NO_HOST,     /* its name leads nowhere */
    HTTP_UNREACHABLE, /* nobody takes the connection */
    HTTP_NOT_TRUSTED, /* its certificate is not to be trusted */
    HTTP_NOT_SAFE,    /* TLS cannot be agreed on */
    HTTP_LATE,
    HTTP_LOST,    /* the connection broke */
    HTTP_ENDLESS, /* more than HTTP_ANSWER_MAX bytes of headers, or of the rest */
    HTTP_GARBAGE, /* no HTTP */
    HTTP_STOPPED,
    HTTP_FORBIDDEN, /* it could not be said that it begins */
};

enum { HTTP_ANSWER_MAX = 64 * 1024, HTTP_TEXT_MAX = 256 };

struct http_answer {
    enum http_fault fault;
    bool begun;               /* something of the request may have been written */
    int code;                 /* the status, where all headers have come (also with a fault); else 0 */
    int64_t retry_s;          /* Retry-After; 0: it does not say */
    struct str location;      /* of a redirect, complete; or "" */
    struct str body;          /* as far as it came */
    char text[HTTP_TEXT_MAX]; /* what libcurl says of the fault; not for everybody */
    struct error error;       /* HTTP_FORBIDDEN */
};

struct http_exchange;

/* Waits until another post may be under way. NULL: it was stopped. To be ended by http_end. */
struct http_exchange *http_begin(struct http *http);

/*
 * Posts BODY with LINES, headers that each end in '\n' and hold no other control character. STEPS->begin is called by the
 * driving thread, before the first byte goes. The answer is borrowed.
 */
const struct http_answer *http_post(struct http_exchange *exchange, const char *lines, const char *body, size_t length,
                                    const struct channel_steps *steps);
void http_end(struct http_exchange *exchange);

#endif
