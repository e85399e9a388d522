/*
 * Streams: what is refused before a byte of ours goes, what it is called, and that nothing waits beyond its deadline.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "authority.h"
#include "base/clock.h"
#include "delivery/stream.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { TIME_MS = 500, LATE_MS = 1500 }; /* of a step; and when it is certainly over, also on a busy machine */

enum manner { TLS, PLAIN_TEXT, SILENT, CLOSES, RESETS };

/* A server of one connection: shakes hands, echoes what it reads, and counts it. */
struct server {
    enum manner manner;
    const char *priorities;
    gnutls_certificate_credentials_t credentials;
    int listener;
    unsigned port;
    size_t received; /* bytes of ours that came through */
    bool stall;      /* after the handshake nothing is read */
    pthread_t thread;
};

static void wait_for_end(int descriptor) {
    char bytes[4096];
    while (read(descriptor, bytes, sizeof bytes) > 0)
        ;
}

static void echo(struct server *server, gnutls_session_t session) {
    char bytes[4096];
    ssize_t got;
    while ((got = gnutls_record_recv(session, bytes, sizeof bytes)) > 0) {
        server->received += (size_t)got;
        gnutls_record_send(session, bytes, (size_t)got);
    }
}

static void *serve(void *argument) {
    struct server *server = argument;
    int descriptor = accept(server->listener, NULL, NULL);
    if (descriptor < 0)
        return NULL;
    if (server->manner == PLAIN_TEXT) {
        send(descriptor, "220 mail.example ESMTP\r\n", 24, MSG_NOSIGNAL);
    } else if (server->manner == RESETS) {
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    } else if (server->manner == TLS) {
        gnutls_session_t session = serve_tls(descriptor, server->credentials, server->priorities);
        if (session != NULL) {
            if (server->stall)
                while (!server->received)
                    usleep(10000);
            else
                echo(server, session);
            gnutls_deinit(session);
        }
    }
    if (server->manner == TLS || server->manner == PLAIN_TEXT || server->manner == SILENT)
        wait_for_end(descriptor);
    close(descriptor);
    return NULL;
}

static void server_start(struct server *server) {
    server->listener = listen_somewhere(&server->port);
    assert_true(server->listener >= 0);
    if (server->priorities == NULL)
        server->priorities = "NORMAL";
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server) {
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

/* The authority that the tests trust, and one that nobody does. */
struct world {
    struct identity authority, stranger;
    char ca_file[40];
    struct stream_trust *trust;
};

static int world_setup(void **state) {
    struct world *world = calloc(1, sizeof *world);
    struct error error;
    identity_make(&world->authority, &(struct wish){.name = "Example Authority", .authority = true}, NULL);
    identity_make(&world->stranger, &(struct wish){.name = "Some Stranger", .authority = true}, NULL);
    strcpy(world->ca_file, "/tmp/test-stream-XXXXXX");
    identity_write(&world->authority, world->ca_file);
    *state = world;
    return stream_trust_new(&world->trust, world->ca_file, &error);
}

static int world_teardown(void **state) {
    struct world *world = *state;
    stream_trust_free(world->trust);
    identity_release(&world->authority);
    identity_release(&world->stranger);
    unlink(world->ca_file);
    free(world);
    return 0;
}

/* A stream to SERVER by HOST. */
static struct stream *open_to(const struct server *server, const char *host) {
    struct stream *stream = NULL;
    struct error error = {0};
    assert_int_equal(stream_open(&stream, host, server->port, clock_steady_ms() + TIME_MS, NULL, &error), 0);
    return stream;
}

enum signer { BY_AUTHORITY, BY_STRANGER, BY_ITSELF };

static const struct {
    const char *name;
    const char *host;
    enum signer signer;
    struct wish wish;
    const char *priorities;
    const char *expected[3]; /* words of the error; none: it is accepted */
} handshakes[] = {
    {"good, by name", "localhost", BY_AUTHORITY, {.name = "localhost"}, NULL, {NULL}},
    {"good, by address", "127.0.0.1", BY_AUTHORITY, {.name = "127.0.0.1"}, NULL, {NULL}},
    {"good, for servers",
     "localhost",
     BY_AUTHORITY,
     {.name = "localhost", .purpose = GNUTLS_KP_TLS_WWW_SERVER},
     NULL,
     {NULL}},
    {"good, TLS 1.2", "localhost", BY_AUTHORITY, {.name = "localhost"}, "NORMAL:-VERS-ALL:+VERS-TLS1.2", {NULL}},
    {"self-signed", "localhost", BY_ITSELF, {.name = "localhost"}, NULL, {"self-signed", "smtp.ca_file"}},
    {"by nobody known",
     "localhost",
     BY_STRANGER,
     {.name = "localhost"},
     NULL,
     {"nobody whom this computer knows", "smtp.ca_file"}},
    {"another host's",
     "localhost",
     BY_AUTHORITY,
     {.name = "mail.example"},
     NULL,
     {"another host's", "it is for mail.example"}},
    {"a name for an address", "127.0.0.1", BY_AUTHORITY, {.name = "localhost"}, NULL, {"another host's", "localhost"}},
    {"another address", "127.0.0.1", BY_AUTHORITY, {.name = "127.0.0.2"}, NULL, {"another host's", "127.0.0.2"}},
    {"expired",
     "localhost",
     BY_AUTHORITY,
     {.name = "localhost", .from = DAYS(-20), .until = DAYS(-3)},
     NULL,
     {"has expired on ", "202"}},
    {"not yet",
     "localhost",
     BY_AUTHORITY,
     {.name = "localhost", .from = DAYS(3), .until = DAYS(20)},
     NULL,
     {"is not valid yet, only from ", "clock"}},
    {"for clients",
     "localhost",
     BY_AUTHORITY,
     {.name = "localhost", .purpose = GNUTLS_KP_TLS_WWW_CLIENT},
     NULL,
     {"not for servers"}},
    {"TLS 1.1 only",
     "localhost",
     BY_AUTHORITY,
     {.name = "localhost"},
     "NORMAL:-VERS-ALL:+VERS-TLS1.1:%VERIFY_ALLOW_SIGN_WITH_SHA1",
     {"old TLS"}},
    {"no cipher in common",
     "localhost",
     BY_AUTHORITY,
     {.name = "localhost"},
     "NORMAL:-CIPHER-ALL:+CAMELLIA-128-CBC:-VERS-ALL:+VERS-TLS1.2",
     {"refused to encrypt"}},
};

static void handshakes_that_are_wrong_end_before_a_byte_goes(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < COUNT(handshakes); i++) {
        struct identity identity;
        struct error error = {0};
        identity_make(&identity, &handshakes[i].wish,
                      handshakes[i].signer == BY_AUTHORITY  ? &world->authority
                      : handshakes[i].signer == BY_STRANGER ? &world->stranger
                                                            : NULL);
        struct server server = {.credentials = credentials_make(&identity), .priorities = handshakes[i].priorities};
        server_start(&server);
        struct stream *stream = open_to(&server, handshakes[i].host);
        stream_set_deadline(stream, clock_steady_ms() + 10 * TIME_MS);
        int result = stream_secure(stream, world->trust, &error);
        bool good = handshakes[i].expected[0] == NULL;
        if (result != (good ? 0 : -1))
            fail_msg("%s: %d: %s", handshakes[i].name, result, error.message);
        if (good) {
            char bytes[8] = "";
            assert_int_equal(stream_write(stream, "hello", 5), 5);
            assert_int_equal(stream_read(stream, bytes, sizeof bytes), 5);
            assert_string_equal(bytes, "hello");
            assert_true(stream_is_quiet(stream));
            assert_string_equal(stream_protocol(stream), handshakes[i].priorities == NULL ? "TLS 1.3" : "TLS 1.2");
        } else {
            assert_null(stream_protocol(stream));
            assert_int_equal(error.status, STATUS_UNAVAILABLE);
            for (size_t j = 0; j < COUNT(handshakes[i].expected) && handshakes[i].expected[j] != NULL; j++)
                if (strstr(error.message, handshakes[i].expected[j]) == NULL)
                    fail_msg("%s: says %s", handshakes[i].name, error.message);
        }
        stream_close(stream);
        server_stop(&server);
        assert_int_equal(server.received, good ? 5 : 0);
        gnutls_certificate_free_credentials(server.credentials);
        identity_release(&identity);
    }
}

/* A server of one's own whose certificate is its own authority. */
static void a_certificate_that_is_named_itself_is_trusted(void **state) {
    (void)state;
    struct identity identity;
    struct stream_trust *trust = NULL;
    struct error error = {0};
    char path[] = "/tmp/test-stream-own-XXXXXX";
    identity_make(&identity, &(struct wish){.name = "localhost"}, NULL);
    identity_write(&identity, path);
    assert_int_equal(stream_trust_new(&trust, path, &error), 0);
    struct server server = {.credentials = credentials_make(&identity)};
    server_start(&server);
    struct stream *stream = open_to(&server, "localhost");
    assert_int_equal(stream_secure(stream, trust, &error), 0);
    stream_close(stream);
    server_stop(&server);
    stream_trust_free(trust);
    gnutls_certificate_free_credentials(server.credentials);
    identity_release(&identity);
    unlink(path);
}

static const struct {
    const char *name;
    enum manner manner;
    enum status status;
    const char *expected;
} faults[] = {
    {"plain text", PLAIN_TEXT, STATUS_UNAVAILABLE, "speaks no TLS on port"},
    {"hangs", SILENT, STATUS_LATER, "did not answer in time while the encryption was being set up"},
    {"closes", CLOSES, STATUS_LATER, "while the encryption was being set up"},
    {"resets", RESETS, STATUS_LATER, "while the encryption was being set up"},
};

static void no_handshake_is_explained_in_time(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct server server = {.manner = faults[i].manner};
        struct error error = {0};
        server_start(&server);
        struct stream *stream = open_to(&server, "127.0.0.1");
        int64_t begin_ms = clock_steady_ms();
        stream_set_deadline(stream, begin_ms + TIME_MS);
        assert_int_equal(stream_secure(stream, world->trust, &error), -1);
        assert_true(clock_steady_ms() - begin_ms < LATE_MS);
        if (error.status != faults[i].status || strstr(error.message, faults[i].expected) == NULL)
            fail_msg("%s: %d %s", faults[i].name, error.status, error.message);
        stream_close(stream);
        server_stop(&server);
    }
}

/* A server that takes nothing more: 16 MB are more than the system keeps. */
static void a_write_that_is_not_taken_ends_in_time_and_is_the_last(void **state) {
    struct world *world = *state;
    struct identity identity;
    struct error error = {0};
    static char bytes[16384];
    identity_make(&identity, &(struct wish){.name = "localhost"}, &world->authority);
    struct server server = {.credentials = credentials_make(&identity), .stall = true};
    server_start(&server);
    struct stream *stream = open_to(&server, "localhost");
    assert_int_equal(stream_secure(stream, world->trust, &error), 0);
    int64_t begin_ms = clock_steady_ms();
    stream_set_deadline(stream, begin_ms + TIME_MS);
    int writes = 0;
    while (writes < 1024 && stream_write(stream, bytes, sizeof bytes) > 0)
        writes++;
    assert_in_range(writes, 1, 1023);
    assert_true(clock_steady_ms() - begin_ms < LATE_MS);
    assert_string_equal(stream_fault(stream), "the server did not answer in time");
    stream_set_deadline(stream, clock_steady_ms() + TIME_MS);
    server.received = 1; /* from now on it reads again */
    usleep(50000);
    assert_int_equal(stream_write(stream, bytes, 1), -1);
    stream_close(stream);
    server_stop(&server);
    gnutls_certificate_free_credentials(server.credentials);
    identity_release(&identity);
}

static volatile sig_atomic_t stopped;

static void *stop_soon(void *argument) {
    usleep(100000);
    stopped = 1;
    return argument;
}

/* The signal may land on any thread: only the flag is seen. */
static void waiting_ends_when_it_is_stopped(void **state) {
    struct world *world = *state;
    struct server server = {.manner = SILENT};
    struct stream *stream = NULL;
    struct error error = {0};
    pthread_t thread;
    server_start(&server);
    stopped = 0;
    int64_t begin_ms = clock_steady_ms();
    assert_int_equal(stream_open(&stream, "127.0.0.1", server.port, begin_ms + 60000, &stopped, &error), 0);
    pthread_create(&thread, NULL, stop_soon, NULL);
    assert_int_equal(stream_secure(stream, world->trust, &error), -1);
    assert_int_equal(error.status, STATUS_INTERRUPTED);
    assert_true(clock_steady_ms() - begin_ms < LATE_MS);
    pthread_join(thread, NULL);
    stream_close(stream);
    server_stop(&server);
    assert_int_equal(stream_open(&stream, "127.0.0.1", server.port, clock_steady_ms() + TIME_MS, &stopped, &error), -1);
}

static void hosts_that_cannot_be_reached_are_explained(void **state) {
    (void)state;
    unsigned port = 0;
    close(listen_somewhere(&port)); /* nobody listens there any more */
    const struct {
        const char *host;
        enum status status;
        const char *expected;
    } hosts[] = {
        {"127.0.0.1", STATUS_LATER, "takes no connections on port"},
        {"/run/mail.sock", STATUS_CONFIGURATION, "is no host name"},
        {"", STATUS_CONFIGURATION, "is no host name"},
        {"mail example", STATUS_CONFIGURATION, "is no host name"},
        {"mail.example\r\nQUIT", STATUS_CONFIGURATION, "is no host name"},
    };
    for (size_t i = 0; i < COUNT(hosts); i++) {
        struct stream *stream = NULL;
        struct error error = {0};
        assert_int_equal(stream_open(&stream, hosts[i].host, port, clock_steady_ms() + TIME_MS, NULL, &error), -1);
        assert_int_equal(error.status, hosts[i].status);
        assert_non_null(strstr(error.message, hosts[i].expected));
        assert_null(stream);
    }
}

/* A full queue of an unwilling listener leaves further connections unanswered. */
static void a_host_that_does_not_answer_is_given_up_in_time(void **state) {
    (void)state;
    struct stream *stream = NULL, *others[4] = {NULL};
    struct error error = {0};
    unsigned port = 0;
    int listener = listen_somewhere(&port);
    listen(listener, 0);
    int result = 0;
    int64_t begin_ms = 0;
    for (size_t i = 0; i < COUNT(others) && result == 0; i++) {
        begin_ms = clock_steady_ms();
        result = stream_open(&others[i], "127.0.0.1", port, begin_ms + TIME_MS, NULL, &error);
    }
    assert_int_equal(result, -1);
    assert_true(clock_steady_ms() - begin_ms < LATE_MS);
    assert_int_equal(error.status, STATUS_LATER);
    assert_non_null(strstr(error.message, "does not answer on port"));
    for (size_t i = 0; i < COUNT(others); i++)
        stream_close(others[i]);
    stream_close(stream);
    close(listener);
}

static void trust_that_cannot_be_read_is_a_fault_of_the_configuration(void **state) {
    (void)state;
    struct stream_trust *trust = NULL;
    struct error error = {0};
    char path[] = "/tmp/test-stream-none-XXXXXX";
    close(mkstemp(path));
    assert_int_equal(stream_trust_new(&trust, path, &error), -1);
    assert_int_equal(error.status, STATUS_CONFIGURATION);
    assert_non_null(strstr(error.message, "holds no certificate"));
    unlink(path);
    assert_int_equal(stream_trust_new(&trust, path, &error), -1);
    assert_int_equal(error.status, STATUS_CONFIGURATION);
    assert_non_null(strstr(error.message, path));
    assert_null(trust);
}

static void addresses_of_this_computer_are_known(void **state) {
    (void)state;
    const struct {
        const char *host;
        bool expected;
    } hosts[] = {
        {"localhost", true},    {"LocalHost", true},  {"127.0.0.1", true},          {"127.8.9.10", true},
        {"::1", true},          {"128.0.0.1", false}, {"mail.example", false},      {"localhost.example", false},
        {"127.example", false}, {"::2", false},       {"127.0.0.1.example", false}, {"", false},
    };
    for (size_t i = 0; i < COUNT(hosts); i++)
        if (stream_is_loopback(hosts[i].host) != hosts[i].expected)
            fail_msg("%s", hosts[i].host);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshakes_that_are_wrong_end_before_a_byte_goes),
        cmocka_unit_test(a_certificate_that_is_named_itself_is_trusted),
        cmocka_unit_test(no_handshake_is_explained_in_time),
        cmocka_unit_test(a_write_that_is_not_taken_ends_in_time_and_is_the_last),
        cmocka_unit_test(waiting_ends_when_it_is_stopped),
        cmocka_unit_test(hosts_that_cannot_be_reached_are_explained),
        cmocka_unit_test(a_host_that_does_not_answer_is_given_up_in_time),
        cmocka_unit_test(trust_that_cannot_be_read_is_a_fault_of_the_configuration),
        cmocka_unit_test(addresses_of_this_computer_are_known),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
