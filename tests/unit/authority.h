/*
 * Certificates for tests, made on the spot: an authority of our own, and what it signs (or what signs itself).
 */
#ifndef POSTBAG_TESTS_AUTHORITY_H
#define POSTBAG_TESTS_AUTHORITY_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#define DAYS(n) ((time_t)(n)*24 * 60 * 60)

struct identity {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;
};

struct wish {
    const char *name;    /* a host name or an address */
    const char *purpose; /* NULL: any */
    time_t from, until;  /* from now; 0 and 0: from yesterday for ten days */
    bool authority;
};

/* SIGNER NULL: it signs itself. */
static inline void identity_make(struct identity *identity, const struct wish *wish, const struct identity *signer) {
    static unsigned char serial = 1;
    unsigned char address[16];
    time_t now = time(NULL);
    bool is_default = wish->from == 0 && wish->until == 0;
    gnutls_x509_privkey_init(&identity->key);
    gnutls_x509_privkey_generate(identity->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    gnutls_x509_crt_init(&identity->crt);
    gnutls_x509_crt_t crt = identity->crt;
    gnutls_x509_crt_set_version(crt, 3);
    gnutls_x509_crt_set_serial(crt, &serial, 1);
    serial++;
    gnutls_x509_crt_set_key(crt, identity->key);
    gnutls_x509_crt_set_activation_time(crt, now + (is_default ? DAYS(-1) : wish->from));
    gnutls_x509_crt_set_expiration_time(crt, now + (is_default ? DAYS(10) : wish->until));
    gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, wish->name, (unsigned)strlen(wish->name));
    if (inet_pton(AF_INET, wish->name, address) == 1)
        gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, 4, GNUTLS_FSAN_SET);
    else if (inet_pton(AF_INET6, wish->name, address) == 1)
        gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, 16, GNUTLS_FSAN_SET);
    else if (!wish->authority)
        gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, wish->name, (unsigned)strlen(wish->name),
                                             GNUTLS_FSAN_SET);
    gnutls_x509_crt_set_basic_constraints(crt, wish->authority, -1);
    gnutls_x509_crt_set_key_usage(crt, wish->authority ? GNUTLS_KEY_KEY_CERT_SIGN : GNUTLS_KEY_DIGITAL_SIGNATURE);
    if (wish->purpose != NULL)
        gnutls_x509_crt_set_key_purpose_oid(crt, wish->purpose, 0);
    const struct identity *by = signer != NULL ? signer : identity;
    gnutls_x509_crt_sign2(crt, by->crt, by->key, GNUTLS_DIG_SHA256, 0);
}

static inline void identity_release(struct identity *identity) {
    gnutls_x509_crt_deinit(identity->crt);
    gnutls_x509_privkey_deinit(identity->key);
}

/* As PEM, to a new file whose name goes to PATH ("…XXXXXX"). */
static inline void identity_write(const struct identity *identity, char *path) {
    gnutls_datum_t pem = {0};
    FILE *file = fdopen(mkstemp(path), "w");
    gnutls_x509_crt_export2(identity->crt, GNUTLS_X509_FMT_PEM, &pem);
    fwrite(pem.data, 1, pem.size, file);
    fclose(file);
    gnutls_free(pem.data);
}

/* A listener on a free port of 127.0.0.1. */
static inline int listen_somewhere(unsigned *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 8) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        return -1;
    *port = ntohs(address.sin_port);
    return listener;
}

/* The server's side of a handshake on DESCRIPTOR. NULL: it failed. */
static inline gnutls_session_t serve_tls(int descriptor, gnutls_certificate_credentials_t credentials,
                                         const char *priorities) {
    gnutls_session_t session;
    int result;
    gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL);
    gnutls_priority_set_direct(session, priorities, NULL);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
    gnutls_transport_set_int(session, descriptor);
    while ((result = gnutls_handshake(session)) < 0 && !gnutls_error_is_fatal(result))
        ;
    if (result == 0)
        return session;
    gnutls_alert_send_appropriate(session, result);
    gnutls_deinit(session);
    return NULL;
}

static inline gnutls_certificate_credentials_t credentials_make(const struct identity *identity) {
    gnutls_certificate_credentials_t credentials;
    gnutls_x509_crt_t crt = identity->crt;
    gnutls_certificate_allocate_credentials(&credentials);
    gnutls_certificate_set_x509_key(credentials, &crt, 1, identity->key);
    return credentials;
}

#endif
