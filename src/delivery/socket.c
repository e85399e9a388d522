/*
 * Sockets: a host's name and port come in, a connected descriptor that never blocks goes out. Its one idea: nothing waits
 * without a deadline, and waiting looks at the flag that a signal sets. Only the look-up of a name cannot be timed.
 */
#include "delivery/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum {
    SLICE_MS = 100, /* a signal may land on another thread: then only its flag can be seen */
    ADDRESSES_MAX = 8,
};

int socket_wait(int descriptor, short events, int64_t deadline_ms, const volatile sig_atomic_t *stop) {
    struct pollfd polled = {.fd = descriptor, .events = events};
    for (;;) {
        if (stop != NULL && *stop) {
            errno = EINTR;
            return -1;
        }
        int64_t left_ms = deadline_ms - clock_steady_ms();
        if (left_ms <= 0) {
            errno = ETIMEDOUT;
            return -1;
        }
        int64_t slice_ms = stop != NULL ? SLICE_MS : CLOCK_HOUR_MS;
        int ready = poll(&polled, 1, (int)(left_ms < slice_ms ? left_ms : slice_ms));
        if (ready > 0)
            return 0;
        if (ready < 0 && errno != EINTR)
            return -1;
    }
}

bool socket_is_readable(int descriptor) {
    struct pollfd polled = {.fd = descriptor, .events = POLLIN};
    return poll(&polled, 1, 0) != 0;
}

bool socket_is_closed(int descriptor) {
    char byte;
    ssize_t waiting = recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return waiting == 0 || (waiting < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

ssize_t socket_send(int descriptor, const void *bytes, size_t length) {
    return send(descriptor, bytes, length, MSG_NOSIGNAL);
}

bool socket_is_loopback(const char *host) {
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);
    return strcasecmp(host, "localhost") == 0;
}

/* 0, or -1 with errno; *DESCRIPTOR is open only after 0. */
static int connect_to(int *descriptor, const struct addrinfo *address, int64_t deadline_ms,
                      const volatile sig_atomic_t *stop) {
    int opened = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (opened < 0)
        return -1;
    int fault = 0;
    if (connect(opened, address->ai_addr, address->ai_addrlen) != 0) {
        socklen_t size = sizeof fault;
        if (errno != EINPROGRESS || socket_wait(opened, POLLOUT, deadline_ms, stop) != 0 ||
            getsockopt(opened, SOL_SOCKET, SO_ERROR, &fault, &size) != 0)
            fault = errno;
    }
    if (fault != 0) {
        close(opened);
        errno = fault;
        return -1;
    }
    setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)); /* else 43 ms a letter are lost */
    *descriptor = opened;
    return 0;
}

/* AI_ADDRCONFIG leaves out addresses of a kind that this computer has none of; also ::1, which works all the same. */
static int find_addresses(struct addrinfo **addresses, const char *host, unsigned port) {
    char service[16];
    snprintf(service, sizeof service, "%u", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG};
    int result = getaddrinfo(host, service, &hints, addresses);
    if (result == 0 || result == EAI_AGAIN)
        return result;
    hints.ai_flags = AI_NUMERICSERV;
    return getaddrinfo(host, service, &hints, addresses);
}

static int explain_look_up(int result, const char *host, struct error *error) {
    if (result == EAI_NONAME || result == EAI_NODATA || result == EAI_ADDRFAMILY)
        return error_set(error, STATUS_UNAVAILABLE, "there is no host with the name %s", host);
    return error_set(error, STATUS_LATER, "the address of %s cannot be found (%s); is this computer online?", host,
                     result == EAI_SYSTEM ? strerror(errno) : gai_strerror(result));
}

static int explain_connect(int fault, const char *host, unsigned port, struct error *error) {
    switch (fault) {
    case EINTR:
        return error_set(error, STATUS_INTERRUPTED, "interrupted while connecting to %s", host);
    case ECONNREFUSED:
        return error_set(error, STATUS_LATER, "%s takes no connections on port %u; is that the right port?", host,
                         port);
    case ETIMEDOUT:
        return error_set(error, STATUS_LATER,
                         "%s does not answer on port %u; a firewall may be in between, or the port be another", host,
                         port);
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
        return error_set(error, STATUS_LATER, "%s cannot be reached; is this computer online?", host);
    default:
        return error_set(error, STATUS_LATER, "%s cannot be reached on port %u: %s", host, port, strerror(fault));
    }
}

int socket_open(int *descriptor, const char *host, unsigned port, int64_t deadline_ms,
                const volatile sig_atomic_t *stop, struct error *error) {
    struct addrinfo *addresses = NULL;
    int result = find_addresses(&addresses, host, port);
    if (result != 0)
        return explain_look_up(result, host, error);
    int count = 0, fault = ETIMEDOUT;
    for (const struct addrinfo *at = addresses; at != NULL && count < ADDRESSES_MAX; at = at->ai_next)
        count++;
    for (const struct addrinfo *at = addresses; count > 0; at = at->ai_next, count--) {
        int64_t now_ms = clock_steady_ms();
        if (connect_to(descriptor, at, now_ms + (deadline_ms - now_ms) / count, stop) == 0) {
            freeaddrinfo(addresses);
            return 0;
        }
        fault = errno;
        if (fault == EINTR)
            break;
    }
    freeaddrinfo(addresses);
    return explain_connect(fault, host, port, error);
}
