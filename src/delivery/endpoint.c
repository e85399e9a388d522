/*
 * Endpoints: a web address comes in, its host and path go out (RFC 3986, as far as a petition's address needs it).
 *
 *     address = ("https" | "http") "://" host [":" port] ["/" path] ["?" query]
 *     host    = (letter | digit | "-" | "." | "_")+ | "[" (hexadecimal digit | ":" | ".")+ "]"
 *     path, query: printable ASCII but " < > \ ^ ` { | } and #
 *
 * The one idea: everything that may stand in an address is listed, and anything else is an error.
 */
#include "delivery/endpoint.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HOST_MAX = 253, PORT_DIGITS_MAX = 5, PORT_MAX = 65535, PORT_HTTPS = 443, PORT_HTTP = 80 };

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static const char host_bytes[] = LETTERS DIGITS "-._";
static const char ipv6_bytes[] = DIGITS "abcdefABCDEF:.";
static const char path_bytes[] = LETTERS DIGITS "-._~:/?[]@!$&'()*+,;=%";

/* The name or address at *AT, which is moved behind it. Returns what is wrong, or NULL. */
static const char *read_host(const char **at, size_t *length) {
    const char *host = *at;
    if (*host == '[') {
        size_t inner = strspn(host + 1, ipv6_bytes);
        if (inner < 2 || host[inner + 1] != ']')
            return "has a [ that begins no address like [::1]";
        *length = inner + 2;
    } else {
        *length = strspn(host, host_bytes);
        if (*length == 0)
            return "names no server behind ://";
    }
    *at += *length;
    return *length <= HOST_MAX ? NULL : "has a server's name that is too long";
}

/* A port at *AT, if there is one: *PORT is set. */
static const char *read_port(const char **at, unsigned *port) {
    if (**at != ':')
        return NULL;
    size_t digits = strspn(*at + 1, DIGITS);
    unsigned long number = digits > 0 && digits <= PORT_DIGITS_MAX ? strtoul(*at + 1, NULL, 10) : 0;
    if (number == 0 || number > PORT_MAX)
        return "has a : that no port (1 to 65535) follows";
    *port = (unsigned)number;
    *at += 1 + digits;
    return NULL;
}

static const char *path_fault(const char *path) {
    if (*path != '\0' && *path != '/' && *path != '?')
        return strchr(path, '@') != NULL
                   ? "holds a user or password: set webhook.user and webhook.password_file instead"
                   : "has a server's name with a character in it that none has";
    const char *stranger = path + strspn(path, path_bytes);
    if (*stranger == '\0')
        return NULL;
    return *stranger == '#' ? "has a # and a part behind it, which is for browsers only: leave them out"
                            : "holds a space or another character that must be written as % and two digits";
}

static const char *read_scheme(const char **at, bool *secure) {
    *secure = strncasecmp(*at, "https://", strlen("https://")) == 0;
    if (!*secure && strncasecmp(*at, "http://", strlen("http://")) != 0)
        return "does not begin with https://";
    *at += *secure ? strlen("https://") : strlen("http://");
    return NULL;
}

static const char *take_apart(struct endpoint *endpoint, const char *url, struct arena *arena) {
    const char *at = url, *host, *fault;
    size_t host_length = 0;
    unsigned port = 0;
    bool secure;
    if (strlen(url) > ENDPOINT_MAX)
        return "is too long: 2048 characters are the most";
    if ((fault = read_scheme(&at, &secure)) != NULL)
        return fault;
    host = at;
    if ((fault = read_host(&at, &host_length)) != NULL)
        return fault;
    /* A user is told from a port by what follows: "user:1@host". */
    if (at[strcspn(at, "@/?#")] == '@')
        return path_fault("@");
    if ((fault = read_port(&at, &port)) != NULL || (fault = path_fault(at)) != NULL)
        return fault;
    bool own = port == 0 || port == (secure ? PORT_HTTPS : PORT_HTTP);
    bool bracketed = *host == '[';
    endpoint->secure = secure;
    endpoint->name = arena_copy(arena, host + bracketed, host_length - 2 * bracketed);
    endpoint->host =
        own ? arena_copy(arena, host, host_length) : arena_printf(arena, "%.*s:%u", (int)host_length, host, port);
    endpoint->path = arena_printf(arena, "%s%s", *at == '/' ? "" : "/", at);
    return NULL;
}

int endpoint_read(struct endpoint *endpoint, const char *url, const char *key, struct arena *arena,
                  struct error *error) {
    struct endpoint read;
    const char *fault = take_apart(&read, url, arena);
    if (fault != NULL)
        return error_set(error, STATUS_CONFIGURATION, "%s %s", key,
                         fault); /* not the address: it may hold a password */
    *endpoint = read;
    return 0;
}
