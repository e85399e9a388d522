/*
 * A stream: bytes to and from one server over TCP, in the clear or under TLS. Alone includes gnutls/gnutls.h.
 *
 * TLS is 1.2 or later, with SNI; chain, host name and purpose (server authentication) are verified inside the handshake,
 * before a byte of ours goes. Everything has a deadline: a server that says one byte a second is as late as one that says
 * nothing. TCP_NODELAY, no SIGPIPE. Host names that begin with "/" are refused.
 *
 * Errors say in plain words what is wrong. STATUS_LATER: another time it may go (nobody answers there, not in time, the
 * connection was lost). STATUS_UNAVAILABLE: it will not (no such host, the certificate is another host's, has expired, is
 * signed by nobody known, is not for servers, only TLS 1.1 is spoken). STATUS_INTERRUPTED: *STOP.
 */
#ifndef POSTBAG_DELIVERY_STREAM_H
#define POSTBAG_DELIVERY_STREAM_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct stream;

/*
 * Whose signature on a server's certificate is trusted. Reading the system's 140 certificates takes some 30 ms: made once,
 * and shared by all streams of a run, in any thread.
 */
struct stream_trust;

/* CA_FILE: the certificates to trust (PEM), NULL: the system's. STATUS_CONFIGURATION where it cannot be read or has none. */
int stream_trust_new(struct stream_trust **trust, const char *ca_file, struct error *error);
void stream_trust_free(struct stream_trust *trust); /* after the streams; NULL does nothing */

/*
 * Connects to HOST:PORT by DEADLINE_MS (clock_steady_ms). Each of its addresses is tried. *STOP not 0: gives up, here and
 * later, until stream_set_stop says otherwise.
 */
int stream_open(struct stream **stream, const char *host, unsigned port, int64_t deadline_ms,
                const volatile sig_atomic_t *stop, struct error *error);
void stream_close(struct stream *stream); /* at once: nothing that was not written goes any more; NULL does nothing */

/* From now on under TLS, by the deadline. TRUST is borrowed until the stream is closed. After -1 it can only be closed. */
int stream_secure(struct stream *stream, const struct stream_trust *trust, struct error *error);

/* "TLS 1.3", or NULL: in the clear. */
const char *stream_protocol(const struct stream *stream);

/* Whether the certificate of the other side of SESSION, a gnutls_session_t of somebody else's, may serve a server. */
bool stream_peer_is_server(void *session);

/* Whether both sides of SESSION have agreed to speak PROTOCOL ("h2": RFC 7301, ALPN). */
bool stream_agreed_on(void *session, const char *protocol);

/* Whether HOST is an address of this computer's own (127.0.0.0/8, ::1, localhost): there, security = none is allowed. */
bool stream_is_loopback(const char *host);

/* By when reads and writes must be done. */
void stream_set_deadline(struct stream *stream, int64_t deadline_ms);

/* What else ends the waiting; NULL: nothing, as for a message that has begun to go. */
void stream_set_stop(struct stream *stream, const volatile sig_atomic_t *stop);

/*
 * Some bytes, at least one; -1: an error, the deadline has passed, or (reading) the other side has closed. stream_fault
 * then says what it was. After a write that failed every other fails too, so that no later bytes arrive without the
 * earlier ones; what the server had said before can still be read.
 */
ssize_t stream_read(struct stream *stream, void *bytes, size_t length);
ssize_t stream_write(struct stream *stream, const void *bytes, size_t length);

/* "the server did not answer in time", "the server closed the connection", …; "" where nothing failed. */
const char *stream_fault(const struct stream *stream);

/* Whether the server has closed the connection, and nothing that it said before is left. Before TLS. */
bool stream_is_closed(const struct stream *stream);

/* Whether the server, asked nothing, has said nothing: false also where it has closed. What it said is lost. */
bool stream_is_quiet(struct stream *stream);

#endif
