/*
 * A TCP connection with deadlines. Descriptors never block, need no signal to be broken off, and say their small words
 * at once (TCP_NODELAY).
 */
#ifndef POSTBAG_DELIVERY_SOCKET_H
#define POSTBAG_DELIVERY_SOCKET_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * Connects to one of the addresses of HOST, tried in turn, each with its share of the time until DEADLINE_MS. *DESCRIPTOR
 * is yours to close(2). The error's status is as delivery/stream.h says.
 */
int socket_open(int *descriptor, const char *host, unsigned port, int64_t deadline_ms,
                const volatile sig_atomic_t *stop, struct error *error);

/*
 * Waits for EVENTS (POLLIN, POLLOUT). 0, or -1 with errno: ETIMEDOUT, or EINTR where *STOP is not 0 (STOP may be NULL).
 * An error or an end of the connection ends the waiting with 0: the read or write that follows finds out.
 */
int socket_wait(int descriptor, short events, int64_t deadline_ms, const volatile sig_atomic_t *stop);

/* Whether there is something to read, or the connection has ended. */
bool socket_is_readable(int descriptor);

/* Whether the other side has closed, or broken off, and nothing of it is left to be read. */
bool socket_is_closed(int descriptor);

/* As write(2), without a signal where the other side is gone. */
ssize_t socket_send(int descriptor, const void *bytes, size_t length);

/* Whether HOST is an address of this computer's own: in 127.0.0.0/8, ::1, or localhost. */
bool socket_is_loopback(const char *host);

#endif
