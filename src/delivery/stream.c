/*
 * Streams: a host and a port come in, bytes in the clear or under TLS go to and fro. Its one idea: GnuTLS reads and writes
 * through two small functions of ours over a descriptor that never blocks; whenever either would wait, it is this file
 * that waits, and no longer than until the deadline.
 */
#include "delivery/stream.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "delivery/certificate.h"
#include "delivery/socket.h"

enum {
    CA_FILE_MAX = 4 * 1024 * 1024, /* the system's own has 220 KB */
    HOST_MAX = 253,                /* RFC 1035 §2.3.4, as text */
    FAULT_MAX = 160,
    HEAD_LENGTH = 2, /* of a TLS record: its type, and the major version */
    FIRST_RECORD_TYPE = 20,
    LAST_RECORD_TYPE = 24,
    TLS_MAJOR = 3,
};

/* NORMAL alone still speaks TLS 1.0. */
static const char priorities[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

struct stream_trust {
    gnutls_certificate_credentials_t credentials;
};

struct stream {
    int descriptor;
    char host[HOST_MAX + 1];
    unsigned port;
    int64_t deadline_ms;
    const volatile sig_atomic_t *stop;
    gnutls_session_t session;        /* NULL: in the clear */
    bool secure;                     /* the handshake is done */
    bool spoke;                      /* in the clear, before it */
    unsigned char head[HEAD_LENGTH]; /* the first bytes that came in the handshake: are they TLS at all? */
    size_t head_length;
    bool broken; /* a write has failed */
    char fault[FAULT_MAX];
};

/* Whose certificates are trusted. */

int stream_trust_new(struct stream_trust **trust, const char *ca_file, struct error *error) {
    struct stream_trust *made = memory_alloc(1, sizeof *made);
    struct str file = STR_EMPTY;
    int count = 0, result = 0;
    if (gnutls_certificate_allocate_credentials(&made->credentials) != 0)
        abort(); /* no memory */
    if (ca_file == NULL) {
        count = gnutls_certificate_set_x509_system_trust(made->credentials);
        if (count <= 0)
            result = error_set(error, STATUS_CONFIGURATION,
                               "this computer has no list of trusted certificates; install ca-certificates");
    } else if (file_read(ca_file, CA_FILE_MAX, &file, error) != 0) {
        error->status = STATUS_CONFIGURATION;
        result = -1;
    } else {
        gnutls_datum_t pem = {(unsigned char *)file.bytes, (unsigned)file.length};
        count = gnutls_certificate_set_x509_trust_mem(made->credentials, &pem, GNUTLS_X509_FMT_PEM);
        if (count <= 0)
            result = error_set(error, STATUS_CONFIGURATION, "%s holds no certificate (PEM)", ca_file);
    }
    str_release(&file);
    if (result == 0)
        *trust = made;
    else
        stream_trust_free(made);
    return result;
}

void stream_trust_free(struct stream_trust *trust) {
    if (trust == NULL)
        return;
    gnutls_certificate_free_credentials(trust->credentials);
    free(trust);
}

/* Opening and closing. */

int stream_open(struct stream **stream, const char *host, unsigned port, int64_t deadline_ms,
                const volatile sig_atomic_t *stop, struct error *error) {
    size_t length = strlen(host);
    if (length == 0 || length > HOST_MAX || host[0] == '/' || strcspn(host, " \t\r\n") != length)
        return error_set(error, STATUS_CONFIGURATION, "\"%.60s\" is no host name", host);
    int descriptor = -1;
    if (socket_open(&descriptor, host, port, deadline_ms, stop, error) != 0)
        return -1;
    struct stream *opened = memory_alloc(1, sizeof *opened);
    memcpy(opened->host, host, length);
    if (length > 1 && host[length - 1] == '.')
        opened->host[length - 1] = '\0'; /* "mail.example.": certificates and SNI have no such dot */
    opened->descriptor = descriptor;
    opened->port = port;
    opened->deadline_ms = deadline_ms;
    opened->stop = stop;
    *stream = opened;
    return 0;
}

void stream_close(struct stream *stream) {
    if (stream == NULL)
        return;
    if (stream->session != NULL)
        gnutls_deinit(stream->session);
    close(stream->descriptor);
    free(stream);
}

/* What went wrong, and where the deadline and its like come in. */

static int64_t fault_set(struct stream *stream, const char *fault) {
    snprintf(stream->fault, sizeof stream->fault, "%s", fault);
    return -1;
}

static int64_t fault_system(struct stream *stream, int number) {
    switch (number) {
    case ETIMEDOUT:
        return fault_set(stream, "the server did not answer in time");
    case EINTR:
        return fault_set(stream, "interrupted");
    case ECONNRESET:
    case EPIPE:
        return fault_set(stream, "the connection was broken off");
    default:
        snprintf(stream->fault, sizeof stream->fault, "the connection failed: %s", strerror(number));
        return -1;
    }
}

static int64_t fault_tls(struct stream *stream, int number) {
    if (number == GNUTLS_E_PREMATURE_TERMINATION)
        return fault_set(stream, "the server closed the connection");
    if (number == GNUTLS_E_PULL_ERROR || number == GNUTLS_E_PUSH_ERROR)
        return fault_set(stream, "the connection was broken off");
    snprintf(stream->fault, sizeof stream->fault, "the encryption failed: %s", gnutls_strerror(number));
    return -1;
}

static int wait_for(struct stream *stream, short events) {
    if (socket_wait(stream->descriptor, events, stream->deadline_ms, stream->stop) == 0)
        return 0;
    fault_system(stream, errno);
    return -1;
}

/*
 * After a result of GnuTLS that is below 0: whether to call again. A server that keeps it busy without ever making it wait
 * meets the deadline here too.
 */
static bool may_go_on(struct stream *stream, int result) {
    if (gnutls_error_is_fatal(result)) {
        fault_tls(stream, result);
        return false;
    }
    if (result == GNUTLS_E_AGAIN)
        return wait_for(stream, gnutls_record_get_direction(stream->session) == 0 ? POLLIN : POLLOUT) == 0;
    if (clock_steady_ms() < stream->deadline_ms)
        return true;
    fault_system(stream, ETIMEDOUT);
    return false;
}

static bool would_wait(ssize_t result) {
    return result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

/* TLS. */

static ssize_t push(gnutls_transport_ptr_t pointer, const void *bytes, size_t length) {
    struct stream *stream = pointer;
    ssize_t sent = socket_send(stream->descriptor, bytes, length);
    if (sent < 0)
        gnutls_transport_set_errno(stream->session, would_wait(sent) ? EAGAIN : errno);
    return sent;
}

static ssize_t pull(gnutls_transport_ptr_t pointer, void *bytes, size_t length) {
    struct stream *stream = pointer;
    ssize_t got = read(stream->descriptor, bytes, length);
    if (got < 0)
        gnutls_transport_set_errno(stream->session, would_wait(got) ? EAGAIN : errno);
    for (ssize_t i = 0; i < got && stream->head_length < HEAD_LENGTH; i++)
        stream->head[stream->head_length++] = ((const unsigned char *)bytes)[i];
    return got;
}

/* GnuTLS asks before a read whether there is anything; it is never to wait by itself. */
static int pull_timeout(gnutls_transport_ptr_t pointer, unsigned milliseconds) {
    (void)milliseconds;
    return socket_is_readable(((struct stream *)pointer)->descriptor);
}

static bool is_address(const char *host) {
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* Session tickets are not asked for: no session is resumed, and an idle connection stays silent. */
static void session_begin(struct stream *stream, const struct stream_trust *trust) {
    if (gnutls_init(&stream->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_TICKETS) != 0 ||
        gnutls_priority_set_direct(stream->session, priorities, NULL) != 0 ||
        gnutls_credentials_set(stream->session, GNUTLS_CRD_CERTIFICATE, trust->credentials) != 0)
        abort(); /* no memory, or a mistake in our priorities */
    gnutls_transport_set_ptr(stream->session, stream);
    gnutls_transport_set_push_function(stream->session, push);
    gnutls_transport_set_pull_function(stream->session, pull);
    gnutls_transport_set_pull_timeout_function(stream->session, pull_timeout);
    if (!is_address(stream->host))
        gnutls_server_name_set(stream->session, GNUTLS_NAME_DNS, stream->host, strlen(stream->host));
}

/* The names of CRT as printable ASCII: whoever made it may have written anything. */
static void read_names(gnutls_x509_crt_t crt, struct certificate *certificate) {
    for (unsigned i = 0;; i++) {
        char name[CERTIFICATE_NAME_MAX], text[CERTIFICATE_NAME_MAX] = "";
        size_t length = sizeof name;
        int type = gnutls_x509_crt_get_subject_alt_name(crt, i, name, &length, NULL);
        if (type == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
            return;
        if (type == GNUTLS_SAN_IPADDRESS && (length == sizeof(struct in_addr) || length == sizeof(struct in6_addr))) {
            inet_ntop(length == sizeof(struct in_addr) ? AF_INET : AF_INET6, name, text, sizeof text);
        } else if (type == GNUTLS_SAN_DNSNAME) {
            for (size_t at = 0; at < length && at + 1 < sizeof text; at++)
                text[at] = name[at] > ' ' && name[at] < 0x7F ? name[at] : '?';
        } else {
            continue;
        }
        if (certificate->names_count < CERTIFICATE_NAMES_MAX)
            memcpy(certificate->names[certificate->names_count], text, sizeof text);
        certificate->names_count++;
    }
}

static enum certificate_fault judge(unsigned status, gnutls_x509_crt_t crt) {
    if ((status & GNUTLS_CERT_REVOKED) != 0)
        return CERTIFICATE_REVOKED;
    if ((status & GNUTLS_CERT_EXPIRED) != 0)
        return CERTIFICATE_EXPIRED;
    if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0)
        return CERTIFICATE_NOT_YET;
    if ((status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNATURE_FAILURE)) != 0)
        return gnutls_x509_crt_check_issuer(crt, crt) != 0 ? CERTIFICATE_SELF_SIGNED : CERTIFICATE_UNKNOWN_SIGNER;
    if ((status & GNUTLS_CERT_UNEXPECTED_OWNER) != 0)
        return CERTIFICATE_OTHER_HOST;
    if ((status & GNUTLS_CERT_PURPOSE_MISMATCH) != 0)
        return CERTIFICATE_PURPOSE;
    if ((status & GNUTLS_CERT_INSECURE_ALGORITHM) != 0)
        return CERTIFICATE_WEAK;
    return CERTIFICATE_INVALID;
}

static int explain_certificate(const struct stream *stream, struct error *error) {
    struct certificate certificate = {.fault = CERTIFICATE_INVALID};
    struct str text = STR_EMPTY;
    unsigned count = 0, status = gnutls_session_get_verify_cert_status(stream->session);
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(stream->session, &count);
    gnutls_x509_crt_t crt = NULL;
    if (count > 0 && gnutls_x509_crt_init(&crt) == 0) {
        if (gnutls_x509_crt_import(crt, &chain[0], GNUTLS_X509_FMT_DER) == 0) {
            certificate.fault = judge(status, crt);
            certificate.from = gnutls_x509_crt_get_activation_time(crt);
            certificate.until = gnutls_x509_crt_get_expiration_time(crt);
            if (certificate.until > clock_wall_ms() / CLOCK_SECOND_MS)
                certificate.until = 0; /* not its own day has passed, but that of one that signed it */
            read_names(crt, &certificate);
        }
        gnutls_x509_crt_deinit(crt);
    }
    certificate_explain(&certificate, stream->host, &text);
    error_set(error, STATUS_UNAVAILABLE, "%s", text.bytes);
    str_release(&text);
    return -1;
}

static bool is_no_tls(const struct stream *stream) {
    return (stream->head_length > 0 && (stream->head[0] < FIRST_RECORD_TYPE || stream->head[0] > LAST_RECORD_TYPE)) ||
           (stream->head_length > 1 && stream->head[1] != TLS_MAJOR);
}

/* RESULT is GnuTLS's. */
static int explain_handshake(struct stream *stream, int result, struct error *error) {
    const char *host = stream->host;
    gnutls_alert_description_t alert = gnutls_alert_get(stream->session);
    if (is_no_tls(stream) && stream->spoke)
        return error_set(error, STATUS_UNAVAILABLE,
                         "%s agreed to encrypt the connection and then did not; somebody may be in between", host);
    if (is_no_tls(stream))
        return error_set(error, STATUS_UNAVAILABLE,
                         "%s speaks no TLS on port %u; try smtp.security = starttls and smtp.port = 587", host,
                         stream->port);
    if (result == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
        return explain_certificate(stream, error);
    if (result == GNUTLS_E_UNSUPPORTED_VERSION_PACKET ||
        (result == GNUTLS_E_FATAL_ALERT_RECEIVED && alert == GNUTLS_A_PROTOCOL_VERSION))
        return error_set(error, STATUS_UNAVAILABLE,
                         "%s speaks only an old TLS, which is not safe any more; TLS 1.2 or later is needed", host);
    if (result == GNUTLS_E_FATAL_ALERT_RECEIVED)
        return error_set(error, STATUS_UNAVAILABLE, "%s refused to encrypt the connection: %s", host,
                         gnutls_alert_get_name(alert));
    if (result == GNUTLS_E_PREMATURE_TERMINATION || result == GNUTLS_E_PULL_ERROR || result == GNUTLS_E_PUSH_ERROR)
        return error_set(error, STATUS_LATER, "%s, port %u: %s while the encryption was being set up", host,
                         stream->port, stream->fault);
    return error_set(error, STATUS_UNAVAILABLE, "the connection to %s cannot be encrypted: %s", host,
                     gnutls_strerror(result));
}

int stream_secure(struct stream *stream, const struct stream_trust *trust, struct error *error) {
    gnutls_typed_vdata_st demands[] = {
        {.type = GNUTLS_DT_DNS_HOSTNAME, .data = (unsigned char *)stream->host}, /* an address, too */
        {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER},
    };
    session_begin(stream, trust);
    gnutls_session_set_verify_cert2(stream->session, demands, sizeof demands / sizeof *demands, 0);
    int result;
    while ((result = gnutls_handshake(stream->session)) < 0 && may_go_on(stream, result))
        ;
    if (result == 0) {
        stream->secure = true;
        return 0;
    }
    if (gnutls_error_is_fatal(result))
        return explain_handshake(stream, result, error);
    bool stopped = stream->stop != NULL && *stream->stop;
    return error_set(error, stopped ? STATUS_INTERRUPTED : STATUS_LATER,
                     "%s, port %u: %s while the encryption was being set up", stream->host, stream->port,
                     stream->fault);
}

const char *stream_protocol(const struct stream *stream) {
    if (!stream->secure)
        return NULL;
    return gnutls_protocol_get_version(stream->session) == GNUTLS_TLS1_3 ? "TLS 1.3" : "TLS 1.2";
}

/* Reading and writing. */

bool stream_is_loopback(const char *host) {
    return socket_is_loopback(host);
}

void stream_set_deadline(struct stream *stream, int64_t deadline_ms) {
    stream->deadline_ms = deadline_ms;
}

void stream_set_stop(struct stream *stream, const volatile sig_atomic_t *stop) {
    stream->stop = stop;
}

const char *stream_fault(const struct stream *stream) {
    return stream->fault;
}

/* A stream whose bytes are always there never waits: it meets its deadline here. */
static bool is_late(struct stream *stream) {
    if (clock_steady_ms() < stream->deadline_ms)
        return false;
    fault_system(stream, ETIMEDOUT);
    return true;
}

ssize_t stream_read(struct stream *stream, void *bytes, size_t length) {
    ssize_t got;
    if (is_late(stream))
        return -1;
    if (stream->secure) {
        while ((got = gnutls_record_recv(stream->session, bytes, length)) < 0)
            if (!may_go_on(stream, (int)got))
                return -1;
    } else {
        stream->spoke = true;
        while ((got = read(stream->descriptor, bytes, length)) < 0) {
            if (!would_wait(got))
                return (ssize_t)fault_system(stream, errno);
            if (wait_for(stream, POLLIN) != 0)
                return -1;
        }
    }
    return got > 0 ? got : (ssize_t)fault_set(stream, "the server closed the connection");
}

/* GnuTLS keeps a record that could not go at once: it is to be called again with nothing until it has. */
static ssize_t write_secure(struct stream *stream, const void *bytes, size_t length) {
    ssize_t sent = gnutls_record_send(stream->session, bytes, length);
    while (sent < 0) {
        if (!may_go_on(stream, (int)sent))
            return -1;
        sent = gnutls_record_send(stream->session, NULL, 0);
    }
    return sent;
}

static ssize_t write_clear(struct stream *stream, const void *bytes, size_t length) {
    ssize_t sent;
    while ((sent = socket_send(stream->descriptor, bytes, length)) < 0) {
        if (!would_wait(sent))
            return (ssize_t)fault_system(stream, errno);
        if (wait_for(stream, POLLOUT) != 0)
            return -1;
    }
    return sent;
}

ssize_t stream_write(struct stream *stream, const void *bytes, size_t length) {
    if (stream->broken || is_late(stream))
        return -1;
    ssize_t sent = stream->secure ? write_secure(stream, bytes, length) : write_clear(stream, bytes, length);
    if (sent > 0)
        return sent;
    stream->broken = true;
    return -1;
}

bool stream_is_closed(const struct stream *stream) {
    return socket_is_closed(stream->descriptor);
}

bool stream_is_quiet(struct stream *stream) {
    char byte;
    if (stream->secure && gnutls_record_check_pending(stream->session) > 0)
        return false;
    if (!socket_is_readable(stream->descriptor))
        return true;
    /* Under TLS what has come may be the protocol's own, such as a new key. */
    return stream->secure && gnutls_record_recv(stream->session, &byte, 1) == GNUTLS_E_AGAIN;
}

bool stream_peer_is_server(void *session) {
    unsigned count = 0;
    gnutls_x509_crt_t certificate;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
    if (chain == NULL || count == 0 || gnutls_x509_crt_init(&certificate) != 0)
        return false;
    bool serves = gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER) == 0 &&
                  gnutls_x509_crt_check_key_purpose(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0) != 0;
    gnutls_x509_crt_deinit(certificate);
    return serves;
}

bool stream_agreed_on(void *session, const char *protocol) {
    gnutls_datum_t agreed;
    return gnutls_alpn_get_selected_protocol(session, &agreed) == 0 && agreed.size == strlen(protocol) &&
           memcmp(agreed.data, protocol, agreed.size) == 0;
}
