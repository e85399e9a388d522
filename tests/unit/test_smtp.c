/*
 * SMTP against a server that follows a script: what came of a letter whatever the server says, and what it got to see.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "authority.h"
#include "base/clock.h"
#include "base/str.h"
#include "delivery/login.h"
#include "delivery/smtp.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { STEP_MS = 500, LATE_MS = 1700, MEGABYTE = 1024 * 1024 };

enum event { ANY, BANNER, EHLO, TLS, AUTH, ANSWER, MAIL, RCPT, DATA, CONTENT, FINAL, RSET, QUIT };

/*
 * What the server does instead of the usual, at the Nth such event (0: each): the reply is sent; behind it "<drop>" ends
 * the connection, "<reset>" breaks it off, "<hang>" says nothing more, "<stall>" also reads nothing, "<drip>" says it byte by byte, "<endless>" goes on
 * for ever. At CONTENT: after NTH bytes of the content.
 */
struct fault {
    enum event event;
    size_t nth;
    const char *reply;
};

struct server {
    struct fault faults[2];
    const char *offer; /* lines of the EHLO's reply: "250-SIZE 1000\r\n" */
    gnutls_certificate_credentials_t credentials;
    bool implicit; /* TLS from the first byte */
    int listener;
    unsigned port;
    pthread_t thread;
    /* What it saw. */
    size_t counts[QUIT + 1];
    struct str lines;   /* of all connections, but no content */
    struct str content; /* of all letters, as it came, to the dot */
    size_t connections;
};

/* One connection. */
struct line {
    struct server *server;
    int descriptor;
    gnutls_session_t session;
    char bytes[65536];
    size_t length;
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
    size_t room = sizeof line->bytes - line->length;
    ssize_t got = line->session != NULL ? gnutls_record_recv(line->session, line->bytes + line->length, room)
                                        : read(line->descriptor, line->bytes + line->length, room);
    if (got <= 0 || line->ended) {
        line->ended = true;
        return false;
    }
    line->length += (size_t)got;
    return true;
}

static void hang(struct line *line) {
    line->length = 0;
    while (more(line))
        line->length = 0;
    line->ended = true;
}

/* Says REPLY, with what stands in brackets behind it. */
static void say(struct line *line, const char *reply) {
    size_t length = strcspn(reply, "<");
    const char *then = reply + length;
    if (strcmp(then, "<drip>") == 0) {
        for (size_t i = 0; i < length && put(line, reply + i, 1); i++)
            usleep(100000);
        return;
    }
    if (length > 0)
        put(line, reply, length);
    if (strcmp(then, "<endless>") == 0)
        while (put(line, reply, length))
            ;
    if (strcmp(then, "<later>") == 0) {
        usleep(50000);
        put(line, "250 2.0.0 slipped in\r\n", 22);
    }
    if (strcmp(then, "<hang>") == 0)
        hang(line);
    if (strcmp(then, "<stall>") == 0)
        poll(&(struct pollfd){.fd = line->descriptor, .events = POLLRDHUP}, 1, 2500);
    if (strcmp(then, "<reset>") == 0)
        setsockopt(line->descriptor, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    if (strcmp(then, "<drop>") == 0 || strcmp(then, "<reset>") == 0)
        line->ended = true;
}

/* The code of what it said. */
static int reply(struct line *line, enum event event, const char *usual) {
    struct server *server = line->server;
    size_t nth = ++server->counts[event];
    for (size_t i = 0; i < COUNT(server->faults); i++) {
        const struct fault *fault = &server->faults[i];
        if (fault->event == event && (fault->nth == 0 || fault->nth == nth)) {
            say(line, fault->reply);
            return (int)strtol(fault->reply, NULL, 10);
        }
    }
    say(line, usual);
    return (int)strtol(usual, NULL, 10);
}

/* The next line into TEXT, without its end. */
static bool get_line(struct line *line, char *text, size_t size) {
    char *end;
    while ((end = memchr(line->bytes, '\n', line->length)) == NULL)
        if (!more(line))
            return false;
    size_t length = (size_t)(end + 1 - line->bytes);
    size_t kept = length < size ? length : size - 1;
    memcpy(text, line->bytes, kept);
    text[kept] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    line->length -= length;
    memmove(line->bytes, end + 1, line->length);
    str_addf(&line->server->lines, "%s\n", text);
    return true;
}

/* Reads to the line with a dot alone. */
static void take_content(struct line *line) {
    struct server *server = line->server;
    size_t begin = server->content.length, limit = SIZE_MAX;
    const char *then = "";
    for (size_t i = 0; i < COUNT(server->faults); i++)
        if (server->faults[i].event == CONTENT) {
            limit = server->faults[i].nth;
            then = server->faults[i].reply;
        }
    for (;;) {
        str_add(&server->content, line->bytes, line->length);
        line->length = 0;
        size_t length = server->content.length - begin;
        if (length >= limit) {
            say(line, then);
            return;
        }
        if (length >= 5 && memcmp(server->content.bytes + server->content.length - 5, "\r\n.\r\n", 5) == 0)
            break;
        if (!more(line))
            return;
    }
    reply(line, FINAL, "250 2.0.0 Ok: queued as 4F3A\r\n");
}

static void hear_auth(struct line *line, const char *command) {
    char answer[16384];
    bool is_login = strcasecmp(command, "AUTH LOGIN") == 0;
    int code = reply(line, AUTH, strchr(command + 5, ' ') == NULL ? "334 \r\n" : "235 2.7.0 Welcome\r\n");
    for (int n = 1; code == 334 && get_line(line, answer, sizeof answer); n++)
        code = strcmp(answer, "*") == 0
                   ? reply(line, ANY, "501 5.7.0 Given up\r\n")
                   : reply(line, ANSWER, is_login && n == 1 ? "334 UGFzc3dvcmQ6\r\n" : "235 2.7.0 Welcome\r\n");
}

static void start_tls(struct line *line) {
    line->length = 0;
    line->session = serve_tls(line->descriptor, line->server->credentials, "NORMAL");
    line->ended = line->session == NULL;
}

static void hear(struct line *line, const char *command) {
    struct server *server = line->server;
    if (strncasecmp(command, "EHLO ", 5) == 0) {
        struct str text = STR_EMPTY;
        str_addf(&text, "250-mail.example\r\n%s250 HELP\r\n", server->offer != NULL ? server->offer : "");
        reply(line, EHLO, text.bytes);
        str_release(&text);
    } else if (strcasecmp(command, "STARTTLS") == 0) {
        if (reply(line, TLS, "220 2.0.0 go on\r\n") == 220)
            start_tls(line);
    } else if (strncasecmp(command, "AUTH ", 5) == 0) {
        hear_auth(line, command);
    } else if (strncasecmp(command, "MAIL ", 5) == 0) {
        reply(line, MAIL, "250 2.1.0 Ok\r\n");
    } else if (strncasecmp(command, "RCPT ", 5) == 0) {
        reply(line, RCPT, "250 2.1.5 Ok\r\n");
    } else if (strcasecmp(command, "DATA") == 0) {
        if (reply(line, DATA, "354 go on\r\n") == 354)
            take_content(line);
    } else if (strcasecmp(command, "RSET") == 0) {
        reply(line, RSET, "250 2.0.0 Ok\r\n");
    } else if (strcasecmp(command, "QUIT") == 0) {
        reply(line, QUIT, "221 2.0.0 Bye\r\n<drop>");
    } else {
        say(line, "502 5.5.2 Error: command not recognized\r\n");
    }
}

static void *serve(void *argument) {
    struct server *server = argument;
    struct line *line = calloc(1, sizeof *line);
    line->server = server;
    while ((line->descriptor = accept(server->listener, NULL, NULL)) >= 0) {
        char command[16384];
        server->connections++;
        if (server->implicit)
            start_tls(line);
        reply(line, BANNER, "220 mail.example ESMTP\r\n");
        while (!line->ended && get_line(line, command, sizeof command))
            hear(line, command);
        if (line->session != NULL)
            gnutls_deinit(line->session);
        close(line->descriptor);
        *line = (struct line){.server = server};
    }
    free(line);
    return NULL;
}

static void server_start(struct server *server) {
    str_init(&server->lines);
    str_init(&server->content);
    server->listener = listen_somewhere(&server->port);
    assert_true(server->listener >= 0);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

/* Afterwards what it saw can be looked at, until it is released. */
static void server_stop(struct server *server) {
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

static void server_release(struct server *server) {
    str_release(&server->lines);
    str_release(&server->content);
}

static struct smtp_settings settings_for(const struct server *server) {
    return (struct smtp_settings){
        .host = "127.0.0.1",
        .port = server->port,
        .security = SMTP_CLEAR,
        .greeting = "union.example",
        .timeout_ms = STEP_MS,
        .final_timeout_ms = STEP_MS,
        .message_timeout_ms = 2 * STEP_MS,
    };
}

static const char sender[] = "branch@union.example", recipient[] = "ann.invented.mp@parliament.example";
static const char letter[] = "Subject: Hello\r\n\r\nDear Ann,\r\n.\r\n..two\r\n.x\r\nYours\r\n";
static const char letter_on_the_wire[] = "Subject: Hello\r\n\r\nDear Ann,\r\n..\r\n...two\r\n..x\r\nYours\r\n.\r\n";

static int agree(void *context, struct error *error) {
    (void)error;
    ++*(int *)context;
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

static void expect(const char *name, const struct answer *answer, enum outcome outcome, enum scope scope, int code,
                   const char *text) {
    if (answer->outcome != outcome || answer->scope != scope || answer->code != code ||
        strstr(answer->text, text) == NULL)
        fail_msg("%s: outcome %d, scope %d, code %d: %s", name, answer->outcome, answer->scope, answer->code,
                 answer->text);
}

static void two_letters_go_over_one_connection(void **state) {
    (void)state;
    struct server server = {.offer = "250-SIZE 35000000\r\n250-8BITMIME\r\n250-DSN\r\n"};
    struct answer answer;
    struct str described = STR_EMPTY;
    int commits = 0;
    server_start(&server);
    struct smtp_settings settings = settings_for(&server);
    struct smtp *smtp = smtp_new(&settings);
    assert_false(smtp_is_connected(smtp));
    assert_true(smtp_is_stale(smtp));
    assert_int_equal(smtp_connect(smtp, &answer), 0);
    for (int i = 1; i <= 2; i++) {
        assert_false(smtp_is_stale(smtp));
        smtp_deliver(smtp, sender, recipient, letter, strlen(letter), STEPS(agree, &commits), &answer);
        expect("happy", &answer, OUTCOME_SENT, SCOPE_LETTER, 250, "2.0.0 Ok: queued as 4F3A");
        assert_int_equal(commits, i);
        assert_true(smtp_is_connected(smtp));
    }
    smtp_describe(smtp, &described);
    assert_string_equal(described.bytes, "no encryption, no log-in, messages up to 35 MB");
    smtp_free(smtp);
    server_stop(&server);
    assert_string_equal(server.lines.bytes, "EHLO union.example\n"
                                            "MAIL FROM:<branch@union.example> SIZE=50\n"
                                            "RCPT TO:<ann.invented.mp@parliament.example>\n"
                                            "DATA\n"
                                            "MAIL FROM:<branch@union.example> SIZE=50\n"
                                            "RCPT TO:<ann.invented.mp@parliament.example>\n"
                                            "DATA\n"
                                            "QUIT\n");
    size_t length = strlen(letter_on_the_wire);
    assert_int_equal(server.content.length, 2 * length);
    assert_memory_equal(server.content.bytes, letter_on_the_wire, length);
    assert_memory_equal(server.content.bytes + length, letter_on_the_wire, length);
    assert_int_equal(server.connections, 1);
    str_release(&described);
    server_release(&server);
}

/* What happens to a letter; DEAD: the connection is closed afterwards. */
static const struct {
    const char *name;
    struct fault fault;
    enum outcome outcome;
    enum scope scope;
    int code;
    bool dead;
    const char *text;
} letters[] = {
    {"MAIL 4xx",
     {MAIL, 0, "451 4.7.1 Greylisted, try\r\n"},
     OUTCOME_LATER,
     SCOPE_LETTER,
     451,
     false,
     "4.7.1 Greylisted"},
    {"MAIL 5xx", {MAIL, 0, "550 5.1.8 Sender rejected\r\n"}, OUTCOME_REFUSED, SCOPE_LETTER, 550, false, "5.1.8 Sender"},
    {"MAIL 530",
     {MAIL, 0, "530 5.7.0 Authentication required\r\n"},
     OUTCOME_LATER,
     SCOPE_CAMPAIGN,
     530,
     false,
     "log-in first"},
    {"MAIL 421", {MAIL, 0, "421 4.3.2 Shutting down\r\n<drop>"}, OUTCOME_LATER, SCOPE_CONNECTION, 421, true, "4.3.2"},
    {"MAIL 421, open", {MAIL, 0, "421 4.3.2 Shutting down\r\n"}, OUTCOME_LATER, SCOPE_CONNECTION, 421, true, "4.3.2"},
    {"MAIL drop", {MAIL, 0, "<drop>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "closed the connection"},
    {"MAIL reset", {MAIL, 0, "<reset>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "connection"},
    {"MAIL hang", {MAIL, 0, "<hang>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "in time"},
    {"MAIL half a line", {MAIL, 0, "250 2.1.0 O<drop>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "closed"},
    {"MAIL half a reply", {MAIL, 0, "250-2.1.0 Ok\r\n<drop>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "closed"},
    {"MAIL garbage", {MAIL, 0, "HTTP/1.1 400 Bad Request\r\n"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "not SMTP"},
    {"MAIL empty", {MAIL, 0, "\r\n"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "not SMTP"},
    {"MAIL a bare end", {MAIL, 0, "\n"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "not SMTP"},
    {"MAIL huge code", {MAIL, 0, "99999999999 yes\r\n<drop>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, ""},
    {"MAIL 354", {MAIL, 0, "354 go\r\n"}, OUTCOME_LATER, SCOPE_CONNECTION, 354, true, "does not fit"},
    {"MAIL drip",
     {MAIL, 0, "250-2.1.0 drip drip drip drip drip drip drip drip drip\r\n<drip>"},
     OUTCOME_LATER,
     SCOPE_CONNECTION,
     0,
     true,
     "in time"},
    {"MAIL endless",
     {MAIL, 0, "250-2.1.0 and so on\r\n<endless>"},
     OUTCOME_LATER,
     SCOPE_CONNECTION,
     0,
     true,
     "has no end"},
    {"MAIL endless line", {MAIL, 0, "250-and-so-on-<endless>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "has no end"},
    {"MAIL two replies",
     {MAIL, 0, "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"},
     OUTCOME_LATER,
     SCOPE_CONNECTION,
     0,
     true,
     "not been asked"},
    {"MAIL lines",
     {MAIL, 0, "550-5.7.1 One\r\n550-5.7.1  two\r\n550 5.7.1 three\r\n"},
     OUTCOME_REFUSED,
     SCOPE_LETTER,
     550,
     false,
     "5.7.1 One two three"},
    {"MAIL controls",
     {MAIL, 0, "550 5.7.1 \x1B[31m\xE9\r\n"},
     OUTCOME_REFUSED,
     SCOPE_LETTER,
     550,
     false,
     "\uFFFD[31m\uFFFD"},
    {"RCPT 4xx", {RCPT, 0, "452 4.5.3 Too many recipients\r\n"}, OUTCOME_LATER, SCOPE_LETTER, 452, false, "4.5.3"},
    {"RCPT 5xx", {RCPT, 0, "550 5.1.1 No such user\r\n"}, OUTCOME_REFUSED, SCOPE_LETTER, 550, false, "5.1.1"},
    {"RCPT 251", {RCPT, 0, "251 2.1.5 will forward\r\n"}, OUTCOME_SENT, SCOPE_LETTER, 250, false, "queued"},
    {"RCPT 421", {RCPT, 0, "421 4.3.2 Bye\r\n<drop>"}, OUTCOME_LATER, SCOPE_CONNECTION, 421, true, "4.3.2"},
    {"RCPT drop", {RCPT, 0, "<drop>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "closed"},
    {"RCPT hang", {RCPT, 0, "<hang>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "in time"},
    {"DATA 4xx", {DATA, 0, "451 4.3.0 Not now\r\n"}, OUTCOME_LATER, SCOPE_LETTER, 451, false, "4.3.0"},
    {"DATA 5xx", {DATA, 0, "554 5.5.1 No valid recipients\r\n"}, OUTCOME_REFUSED, SCOPE_LETTER, 554, false, "5.5.1"},
    {"DATA 250", {DATA, 0, "250 2.0.0 Ok\r\n"}, OUTCOME_LATER, SCOPE_CONNECTION, 250, true, "does not fit"},
    {"DATA drop", {DATA, 0, "<drop>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "closed"},
    {"DATA hang", {DATA, 0, "<hang>"}, OUTCOME_LATER, SCOPE_CONNECTION, 0, true, "in time"},
    {"DATA yes and thanks",
     {DATA, 0, "354 go\r\n250 2.0.0 Ok\r\n"},
     OUTCOME_LATER,
     SCOPE_CONNECTION,
     0,
     true,
     "not been asked"},
    {"final 4xx", {FINAL, 0, "451 4.3.0 Not now\r\n"}, OUTCOME_LATER, SCOPE_LETTER, 451, false, "4.3.0"},
    {"final 421", {FINAL, 0, "421 4.3.0 Bye\r\n<drop>"}, OUTCOME_LATER, SCOPE_CONNECTION, 421, true, "4.3.0"},
    {"final 5xx", {FINAL, 0, "554 5.7.1 Looks like spam\r\n"}, OUTCOME_REFUSED, SCOPE_LETTER, 554, false, "5.7.1"},
    {"final drop", {FINAL, 0, "<drop>"}, OUTCOME_UNSURE, SCOPE_CONNECTION, 0, true, "closed"},
    {"final reset", {FINAL, 0, "<reset>"}, OUTCOME_UNSURE, SCOPE_CONNECTION, 0, true, "connection"},
    {"final hang", {FINAL, 0, "<hang>"}, OUTCOME_UNSURE, SCOPE_CONNECTION, 0, true, "in time"},
    {"final half a line", {FINAL, 0, "250 2.0<drop>"}, OUTCOME_UNSURE, SCOPE_CONNECTION, 0, true, "closed"},
    {"final garbage", {FINAL, 0, "what?\r\n"}, OUTCOME_UNSURE, SCOPE_CONNECTION, 0, true, "not SMTP"},
    {"final 354", {FINAL, 0, "354 more\r\n"}, OUTCOME_UNSURE, SCOPE_CONNECTION, 354, true, "does not fit"},
    {"final drip",
     {FINAL, 0, "250 2.0.0 drip drip drip drip drip drip drip drip drip\r\n<drip>"},
     OUTCOME_UNSURE,
     SCOPE_CONNECTION,
     0,
     true,
     "in time"},
    {"final endless",
     {FINAL, 0, "250-2.0.0 and so on\r\n<endless>"},
     OUTCOME_UNSURE,
     SCOPE_CONNECTION,
     0,
     true,
     "has no end"},
};

static void each_fault_has_its_outcome_in_time(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(letters); i++) {
        struct server server = {.faults = {letters[i].fault}};
        struct answer answer;
        int commits = 0;
        server_start(&server);
        struct smtp_settings settings = settings_for(&server);
        struct smtp *smtp = smtp_new(&settings);
        assert_int_equal(smtp_connect(smtp, &answer), 0);
        int64_t begin_ms = clock_steady_ms();
        smtp_deliver(smtp, sender, recipient, letter, strlen(letter), STEPS(agree, &commits), &answer);
        if (clock_steady_ms() - begin_ms > LATE_MS)
            fail_msg("%s took %lld ms", letters[i].name, (long long)(clock_steady_ms() - begin_ms));
        expect(letters[i].name, &answer, letters[i].outcome, letters[i].scope, letters[i].code, letters[i].text);
        if (smtp_is_connected(smtp) == letters[i].dead)
            fail_msg("%s: connected %d", letters[i].name, smtp_is_connected(smtp));
        bool refused = answer.scope != SCOPE_CONNECTION && answer.outcome != OUTCOME_SENT;
        smtp_free(smtp);
        server_stop(&server);
        bool content = letters[i].fault.event == FINAL || answer.outcome == OUTCOME_SENT;
        if (commits != content || (server.content.length > 0) != content)
            fail_msg("%s: %d commits, %zu bytes of content", letters[i].name, commits, server.content.length);
        if ((server.counts[RSET] > 0) != refused || (server.counts[QUIT] > 0) == letters[i].dead)
            fail_msg("%s: it saw %s", letters[i].name, server.lines.bytes);
        server_release(&server);
    }
}

/* The next letter goes over the same connection. */
static void a_refused_letter_spoils_no_other(void **state) {
    (void)state;
    static const struct fault faults[] = {{MAIL, 1, "550 5.1.8 no\r\n"},
                                          {RCPT, 1, "550 5.1.1 no\r\n"},
                                          {DATA, 1, "451 4.3.0 no\r\n"},
                                          {FINAL, 1, "554 5.7.1 no\r\n"}};
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct server server = {.faults = {faults[i]}};
        struct answer answer;
        int commits = 0;
        server_start(&server);
        struct smtp_settings settings = settings_for(&server);
        struct smtp *smtp = smtp_new(&settings);
        assert_int_equal(smtp_connect(smtp, &answer), 0);
        smtp_deliver(smtp, sender, recipient, letter, strlen(letter), STEPS(agree, &commits), &answer);
        assert_int_not_equal(answer.outcome, OUTCOME_SENT);
        smtp_deliver(smtp, sender, recipient, letter, strlen(letter), STEPS(agree, &commits), &answer);
        assert_int_equal(answer.outcome, OUTCOME_SENT);
        smtp_free(smtp);
        server_stop(&server);
        assert_int_equal(server.connections, 1);
        server_release(&server);
    }
}

static char *large_letter(size_t length) {
    char *text = malloc(length + 1);
    for (size_t i = 0; i < length; i++)
        text[i] = i % 78 == 76 ? '\r' : i % 78 == 77 ? '\n' : (char)('a' + i % 26);
    text[length] = '\0';
    return text;
}

static const struct {
    const char *name;
    struct fault fault;
    enum outcome outcome;
    int code;
} middles[] = {
    {"drop", {CONTENT, 100000, "<drop>"}, OUTCOME_UNSURE, 0},
    {"reset", {CONTENT, 100000, "<reset>"}, OUTCOME_UNSURE, 0},
    {"said too large, then gone", {CONTENT, 100000, "552 5.3.4 Message too big\r\n<drop>"}, OUTCOME_REFUSED, 552},
};

/* Nothing of what is left goes afterwards: libetpan would flush it with the final dot. */
static void a_letter_cut_in_the_middle_is_never_ended(void **state) {
    (void)state;
    size_t length = 4 * MEGABYTE;
    char *text = large_letter(length);
    for (size_t i = 0; i < COUNT(middles); i++) {
        struct server server = {.faults = {middles[i].fault}};
        struct answer answer;
        int commits = 0;
        server_start(&server);
        struct smtp_settings settings = settings_for(&server);
        struct smtp *smtp = smtp_new(&settings);
        assert_int_equal(smtp_connect(smtp, &answer), 0);
        smtp_deliver(smtp, sender, recipient, text, length, STEPS(agree, &commits), &answer);
        if (answer.outcome != middles[i].outcome || answer.code != middles[i].code)
            fail_msg("%s: %d %d %s", middles[i].name, answer.outcome, answer.code, answer.text);
        assert_false(smtp_is_connected(smtp));
        smtp_free(smtp);
        server_stop(&server);
        assert_true(server.content.length < length);
        assert_null(strstr(server.content.bytes, "\r\n.\r\n"));
        assert_int_equal(server.counts[QUIT], 0);
        server_release(&server);
    }
    free(text);
}

/* Its system takes what fits into its buffers; the rest finds nobody. */
static void a_server_that_stops_reading_is_given_up_in_time(void **state) {
    (void)state;
    size_t length = 16 * MEGABYTE;
    char *text = large_letter(length);
    struct server server = {.faults = {{DATA, 0, "354 go\r\n<stall>"}}};
    struct answer answer;
    int commits = 0;
    server_start(&server);
    struct smtp_settings settings = settings_for(&server);
    struct smtp *smtp = smtp_new(&settings);
    assert_int_equal(smtp_connect(smtp, &answer), 0);
    int64_t begin_ms = clock_steady_ms();
    smtp_deliver(smtp, sender, recipient, text, length, STEPS(agree, &commits), &answer);
    assert_true(clock_steady_ms() - begin_ms < 2 * LATE_MS);
    expect("hang", &answer, OUTCOME_UNSURE, SCOPE_CONNECTION, 0, "in time");
    smtp_free(smtp);
    server_stop(&server);
    server_release(&server);
    free(text);
}

static void a_large_letter_arrives_whole(void **state) {
    (void)state;
    size_t length = 1014 * 1014;
    char *text = large_letter(length);
    struct server server = {0};
    struct answer answer;
    int commits = 0;
    server_start(&server);
    struct smtp_settings settings = settings_for(&server);
    struct smtp *smtp = smtp_new(&settings);
    assert_int_equal(smtp_connect(smtp, &answer), 0);
    smtp_deliver(smtp, sender, recipient, text, length, STEPS(agree, &commits), &answer);
    assert_int_equal(answer.outcome, OUTCOME_SENT);
    smtp_free(smtp);
    server_stop(&server);
    assert_int_equal(server.content.length, length + strlen(text[length - 1] == '\n' ? ".\r\n" : "\r\n.\r\n"));
    assert_memory_equal(server.content.bytes, text, length);
    server_release(&server);
    free(text);
}

/* Each dot that begins a line goes twice, wherever the content is parted to be written; no other does. */
static void lines_that_begin_with_dots_arrive_whole(void **state) {
    (void)state;
    enum { TIMES = 20000 };
    static const char *const lines[][2] = {{".\r\n", "..\r\n"}, {"..x\r\n", "...x\r\n"}, {"y.\r\n", "y.\r\n"}};
    struct str text = STR_EMPTY, expected = STR_EMPTY;
    for (size_t i = 0; i < TIMES; i++) {
        str_adds(&text, lines[i % 7 % COUNT(lines)][0]);
        str_adds(&expected, lines[i % 7 % COUNT(lines)][1]);
    }
    str_adds(&expected, ".\r\n");
    struct server server = {0};
    struct answer answer;
    int commits = 0;
    server_start(&server);
    struct smtp_settings settings = settings_for(&server);
    struct smtp *smtp = smtp_new(&settings);
    assert_int_equal(smtp_connect(smtp, &answer), 0);
    smtp_deliver(smtp, sender, recipient, text.bytes, text.length, STEPS(agree, &commits), &answer);
    assert_int_equal(answer.outcome, OUTCOME_SENT);
    smtp_free(smtp);
    server_stop(&server);
    assert_int_equal(server.content.length, expected.length);
    assert_memory_equal(server.content.bytes, expected.bytes, expected.length);
    server_release(&server);
    str_release(&text);
    str_release(&expected);
}

static void what_cannot_be_recorded_does_not_go(void **state) {
    (void)state;
    struct server server = {0};
    struct answer answer;
    int commits = 0;
    server_start(&server);
    struct smtp_settings settings = settings_for(&server);
    struct smtp *smtp = smtp_new(&settings);
    assert_int_equal(smtp_connect(smtp, &answer), 0);
    smtp_deliver(smtp, sender, recipient, letter, strlen(letter), STEPS(disagree, &commits), &answer);
    expect("disk full", &answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0, "the disk is full");
    assert_int_equal(answer.status, STATUS_INPUT_OUTPUT);
    assert_false(smtp_is_connected(smtp));
    smtp_free(smtp);
    server_stop(&server);
    assert_int_equal(server.counts[DATA], 1);
    assert_int_equal(server.content.length, 0);
    assert_int_equal(server.counts[QUIT], 0);
    server_release(&server);
}

static void addresses_that_would_say_something_else_are_refused(void **state) {
    (void)state;
    char longest[300] = "";
    memset(longest, 'a', 255);
    const char *const addresses[] = {
        "b@y.example>\r\nRSET\r\nMAIL FROM:<evil",
        "b@y.example\r",
        "b@y.example\n",
        "b @y.example",
        "<b@y.example>",
        "b@y.example> SIZE=1",
        "b\t@y.example",
        "b\x7F@y.example",
        "b\xE9@y.example",
        "",
        longest,
    };
    for (size_t i = 0; i < 2 * COUNT(addresses); i++) {
        struct server server = {0};
        struct answer answer;
        int commits = 0;
        const char *address = addresses[i / 2];
        server_start(&server);
        struct smtp_settings settings = settings_for(&server);
        struct smtp *smtp = smtp_new(&settings);
        assert_int_equal(smtp_connect(smtp, &answer), 0);
        smtp_deliver(smtp, i % 2 == 0 ? sender : address, i % 2 == 0 ? address : recipient, letter, strlen(letter),
                     STEPS(agree, &commits), &answer);
        expect(address, &answer, OUTCOME_REFUSED, SCOPE_LETTER, 0, "is none that mail can go to");
        smtp_free(smtp);
        server_stop(&server);
        assert_string_equal(server.lines.bytes, "EHLO union.example\nQUIT\n");
        server_release(&server);
    }
}

static void what_is_too_large_is_not_tried(void **state) {
    (void)state;
    struct server server = {.offer = "250-SIZE 49\r\n"};
    struct answer answer;
    int commits = 0;
    server_start(&server);
    struct smtp_settings settings = settings_for(&server);
    struct smtp *smtp = smtp_new(&settings);
    assert_int_equal(smtp_connect(smtp, &answer), 0);
    smtp_deliver(smtp, sender, recipient, letter, strlen(letter), STEPS(agree, &commits), &answer);
    expect("large", &answer, OUTCOME_REFUSED, SCOPE_LETTER, 0, "larger than the server takes");
    smtp_deliver(smtp, sender, recipient, letter, strlen(letter) - 2, STEPS(agree, &commits), &answer);
    assert_int_equal(answer.outcome, OUTCOME_SENT);
    smtp_free(smtp);
    server_stop(&server);
    assert_int_equal(server.counts[MAIL], 1);
    server_release(&server);
}

/* What an idle connection is found to be before the next letter. */
static void a_connection_that_the_server_gave_up_is_stale(void **state) {
    (void)state;
    static const char *const replies[] = {"250 2.0.0 Ok\r\n<drop>", "250 2.0.0 Ok\r\n<later>"};
    for (size_t i = 0; i < COUNT(replies); i++) {
        struct server server = {.faults = {{FINAL, 0, replies[i]}}};
        struct answer answer;
        int commits = 0;
        server_start(&server);
        struct smtp_settings settings = settings_for(&server);
        struct smtp *smtp = smtp_new(&settings);
        assert_int_equal(smtp_connect(smtp, &answer), 0);
        assert_false(smtp_is_stale(smtp));
        smtp_deliver(smtp, sender, recipient, letter, strlen(letter), STEPS(agree, &commits), &answer);
        assert_int_equal(answer.outcome, OUTCOME_SENT);
        usleep(150000);
        assert_true(smtp_is_stale(smtp));
        assert_int_equal(smtp_connect(smtp, &answer), 0); /* anew */
        assert_false(smtp_is_stale(smtp));
        smtp_free(smtp);
        server_stop(&server);
        assert_int_equal(server.connections, 2);
        server_release(&server);
    }
}

/* Opening. */

static const struct {
    const char *name;
    struct fault fault;
    enum scope scope;
    enum status status;
    const char *text;
} openings[] = {
    {"banner 421", {BANNER, 0, "421 4.3.2 Busy\r\n<drop>"}, SCOPE_CONNECTION, STATUS_UNAVAILABLE, "4.3.2 Busy"},
    {"banner 554", {BANNER, 0, "554 5.7.1 Blocked\r\n<drop>"}, SCOPE_CAMPAIGN, STATUS_UNAVAILABLE, "5.7.1 Blocked"},
    {"banner drop", {BANNER, 0, "<drop>"}, SCOPE_CONNECTION, STATUS_UNAVAILABLE, "closed"},
    {"banner hang", {BANNER, 0, "<hang>"}, SCOPE_CONNECTION, STATUS_UNAVAILABLE, "in time"},
    {"banner drip",
     {BANNER, 0, "220 mail.example drip drip drip drip drip drip\r\n<drip>"},
     SCOPE_CONNECTION,
     STATUS_UNAVAILABLE,
     "in time"},
    {"banner endless",
     {BANNER, 0, "220-mail.example\r\n<endless>"},
     SCOPE_CONNECTION,
     STATUS_UNAVAILABLE,
     "has no end"},
    {"banner of another service",
     {BANNER, 0, "* OK IMAP4rev1 ready\r\n"},
     SCOPE_CONNECTION,
     STATUS_UNAVAILABLE,
     "not SMTP: \"* OK IMAP4rev1"},
    {"EHLO 4xx", {EHLO, 0, "451 4.3.0 Not now\r\n"}, SCOPE_CONNECTION, STATUS_UNAVAILABLE, "4.3.0"},
    {"EHLO 5xx", {EHLO, 0, "501 5.5.4 Bad name\r\n"}, SCOPE_CAMPAIGN, STATUS_UNAVAILABLE, "5.5.4"},
    {"EHLO drop", {EHLO, 0, "<drop>"}, SCOPE_CONNECTION, STATUS_UNAVAILABLE, "closed"},
    {"EHLO hang", {EHLO, 0, "250-mail.example\r\n<hang>"}, SCOPE_CONNECTION, STATUS_UNAVAILABLE, "in time"},
    {"EHLO endless", {EHLO, 0, "250-mail.example\r\n<endless>"}, SCOPE_CONNECTION, STATUS_UNAVAILABLE, "has no end"},
};

static void openings_that_fail_say_whether_to_try_again(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(openings); i++) {
        struct server server = {.faults = {openings[i].fault}};
        struct answer answer;
        server_start(&server);
        struct smtp_settings settings = settings_for(&server);
        struct smtp *smtp = smtp_new(&settings);
        int64_t begin_ms = clock_steady_ms();
        assert_int_equal(smtp_connect(smtp, &answer), -1);
        assert_true(clock_steady_ms() - begin_ms < LATE_MS);
        if (answer.outcome != OUTCOME_LATER || answer.scope != openings[i].scope ||
            answer.status != openings[i].status || strstr(answer.text, openings[i].text) == NULL)
            fail_msg("%s: scope %d, status %d: %s", openings[i].name, answer.scope, answer.status, answer.text);
        assert_false(smtp_is_connected(smtp));
        smtp_free(smtp);
        server_stop(&server);
        server_release(&server);
    }
}

/* A tab in AUTH would send libetpan's own reader round for ever. */
static void odd_offers_are_read(void **state) {
    (void)state;
    static const struct {
        const char *offer, *expected;
    } offers[] = {
        {"250-AUTH \tPLAIN\r\n250-SIZE\r\n", "no encryption, log-in by PLAIN"},
        {"250-auth=login\r\n250-size 1000000000000000000000000\r\n", "no encryption, log-in by LOGIN, messages up to "},
        {"250-AUTH CRAM-MD5 PLAIN LOGIN\r\n250-SIZE 0\r\n", "no encryption, log-in by PLAIN"},
        {"250-AUTHX NONE\r\n250-SIZES 1\r\n250-AUTH LOGIN\r\n", "no encryption, log-in by LOGIN"},
        {"250-\r\n250- \r\n250-AUTH LOGIN PLAIN\r\n", "no encryption, log-in by PLAIN"},
    };
    for (size_t i = 0; i < COUNT(offers); i++) {
        struct server server = {.offer = offers[i].offer};
        struct answer answer = {0};
        struct str out = STR_EMPTY;
        server_start(&server);
        struct smtp_settings settings = settings_for(&server);
        settings.user = "jane";
        settings.secret = "secret";
        struct smtp *smtp = smtp_new(&settings);
        if (smtp_connect(smtp, &answer) != 0)
            fail_msg("%s: %s", offers[i].offer, answer.text);
        smtp_describe(smtp, &out);
        if (strncmp(out.bytes, offers[i].expected, strlen(offers[i].expected)) != 0)
            fail_msg("%s: %s", offers[i].offer, out.bytes);
        smtp_free(smtp);
        server_stop(&server);
        server_release(&server);
        str_release(&out);
    }
}

/* The secret of 600 bytes would be cut by libetpan. */
static const struct {
    const char *name, *offer;
    bool token;
    size_t secret_length;
    struct fault fault;
    const char *said;     /* the lines after EHLO; NULL: not looked at */
    const char *expected; /* the answer's text; NULL: logged in */
    enum scope scope;
    enum status status;
} log_ins[] = {
    {"PLAIN", "250-AUTH LOGIN PLAIN\r\n", false, 3, {0}, "AUTH PLAIN AGphbmUAc3Nz\n", NULL, 0, 0},
    {"LOGIN", "250-AUTH LOGIN\r\n", false, 3, {0}, "AUTH LOGIN\namFuZQ==\nc3Nz\n", NULL, 0, 0},
    {"XOAUTH2",
     "250-AUTH PLAIN XOAUTH2\r\n",
     true,
     3,
     {0},
     "AUTH XOAUTH2 dXNlcj1qYW5lAWF1dGg9QmVhcmVyIHNzcwEB\n",
     NULL,
     0,
     0},
    {"600 bytes", "250-AUTH PLAIN\r\n", false, 600, {0}, NULL, NULL, 0, 0},
    {"4096 bytes", "250-AUTH PLAIN\r\n", false, LOGIN_SECRET_MAX, {0}, NULL, NULL, 0, 0},
    {"too long",
     "250-AUTH PLAIN\r\n",
     false,
     LOGIN_SECRET_MAX + 1,
     {0},
     "",
     "longer than any server takes",
     SCOPE_CAMPAIGN,
     STATUS_CONFIGURATION},
    {"535",
     "250-AUTH PLAIN\r\n",
     false,
     3,
     {AUTH, 0, "535 5.7.8 Error: authentication failed\r\n"},
     "AUTH PLAIN AGphbmUAc3Nz\n",
     "user or the password",
     SCOPE_CAMPAIGN,
     STATUS_NOT_PERMITTED},
    {"535 to LOGIN",
     "250-AUTH LOGIN\r\n",
     false,
     3,
     {ANSWER, 2, "535 5.7.8 no\r\n"},
     "AUTH LOGIN\namFuZQ==\nc3Nz\n",
     "user or the password",
     SCOPE_CAMPAIGN,
     STATUS_NOT_PERMITTED},
    {"454",
     "250-AUTH PLAIN\r\n",
     false,
     3,
     {AUTH, 0, "454 4.7.0 Temporary authentication failure\r\n"},
     NULL,
     "4.7.0",
     SCOPE_CONNECTION,
     STATUS_UNAVAILABLE},
    {"250 is no yes",
     "250-AUTH PLAIN\r\n",
     false,
     3,
     {AUTH, 0, "250 2.0.0 Ok\r\n"},
     NULL,
     "neither yes nor no",
     SCOPE_CAMPAIGN,
     STATUS_NOT_PERMITTED},
    {"asks for ever",
     "250-AUTH LOGIN\r\n",
     false,
     3,
     {ANSWER, 0, "334 UGFzc3dvcmQ6\r\n"},
     NULL,
     "neither yes nor no",
     SCOPE_CAMPAIGN,
     STATUS_NOT_PERMITTED},
    {"drop", "250-AUTH PLAIN\r\n", false, 3, {AUTH, 0, "<drop>"}, NULL, "closed", SCOPE_CONNECTION, STATUS_UNAVAILABLE},
    {"hang",
     "250-AUTH PLAIN\r\n",
     false,
     3,
     {AUTH, 0, "<hang>"},
     NULL,
     "in time",
     SCOPE_CONNECTION,
     STATUS_UNAVAILABLE},
    {"no log-in offered", "", false, 3, {0}, "", "offers no log-in", SCOPE_CAMPAIGN, STATUS_NOT_PERMITTED},
    {"none that is known",
     "250-AUTH NTLM\r\n",
     false,
     3,
     {0},
     "",
     "only by NTLM",
     SCOPE_CAMPAIGN,
     STATUS_NOT_PERMITTED},
    {"a token where none is taken",
     "250-AUTH PLAIN LOGIN\r\n",
     true,
     3,
     {0},
     "",
     "only by PLAIN LOGIN",
     SCOPE_CAMPAIGN,
     STATUS_NOT_PERMITTED},
};

static void log_ins_succeed_only_with_235(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(log_ins); i++) {
        struct server server = {.offer = log_ins[i].offer, .faults = {log_ins[i].fault}};
        struct answer answer = {0};
        char *secret = malloc(log_ins[i].secret_length + 1);
        memset(secret, 's', log_ins[i].secret_length);
        secret[log_ins[i].secret_length] = '\0';
        server_start(&server);
        struct smtp_settings settings = settings_for(&server);
        settings.user = "jane";
        settings.secret = secret;
        settings.token = log_ins[i].token;
        struct smtp *smtp = smtp_new(&settings);
        int result = smtp_connect(smtp, &answer);
        if (log_ins[i].expected == NULL
                ? result != 0
                : result != -1 || answer.scope != log_ins[i].scope || answer.status != log_ins[i].status ||
                      strstr(answer.text, log_ins[i].expected) == NULL)
            fail_msg("%s: %d, scope %d, status %d: %s", log_ins[i].name, result, answer.scope, answer.status,
                     answer.text);
        smtp_free(smtp);
        server_stop(&server);
        char *begin = strchr(server.lines.bytes, '\n'), *quit = strstr(server.lines.bytes, "QUIT\n");
        if (quit != NULL)
            *quit = '\0';
        if (log_ins[i].said != NULL && strcmp(begin != NULL ? begin + 1 : "", log_ins[i].said) != 0)
            fail_msg("%s: it saw %s", log_ins[i].name, server.lines.bytes);
        server_release(&server);
        free(secret);
    }
}

/* Google says what is wrong in a 334, and 535 only once it was answered. */
static void a_token_that_is_refused_is_asked_about(void **state) {
    (void)state;
    struct server server = {.offer = "250-AUTH XOAUTH2\r\n",
                            .faults = {{AUTH, 0, "334 eyJzdGF0dXMiOiI0MDAifQ==\r\n"},
                                       {ANSWER, 0, "535 5.7.8 Username and Password not accepted\r\n"}}};
    struct answer answer;
    server_start(&server);
    struct smtp_settings settings = settings_for(&server);
    settings.user = "jane";
    settings.secret = "ya29";
    settings.token = true;
    struct smtp *smtp = smtp_new(&settings);
    assert_int_equal(smtp_connect(smtp, &answer), -1);
    expect("token", &answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 535, "does not accept the token");
    assert_null(strstr(answer.text, "ya29"));
    smtp_free(smtp);
    server_stop(&server);
    assert_non_null(strstr(server.lines.bytes, "\n\n")); /* the empty line */
    server_release(&server);
}

static void what_no_server_needs_to_be_asked(void **state) {
    (void)state;
    static const struct {
        const char *name, *host, *greeting, *user, *secret, *expected;
    } wrongs[] = {
        {"in the clear to the world", "mail.example", "union.example", NULL, NULL, "smtp.security = none"},
        {"a command as greeting", "127.0.0.1", "x\r\nRSET", NULL, NULL, "greets"},
        {"no greeting", "127.0.0.1", "", NULL, NULL, "greets"},
        {"no secret", "127.0.0.1", "union.example", "jane", NULL, "no password"},
        {"a command as user", "127.0.0.1", "union.example", "jane\r\nRSET", "secret", "smtp.user"},
    };
    for (size_t i = 0; i < COUNT(wrongs); i++) {
        struct server server = {.offer = "250-AUTH PLAIN\r\n"};
        struct answer answer;
        server_start(&server);
        struct smtp_settings settings = settings_for(&server);
        settings.host = wrongs[i].host;
        settings.greeting = wrongs[i].greeting;
        settings.user = wrongs[i].user;
        settings.secret = wrongs[i].secret;
        struct smtp *smtp = smtp_new(&settings);
        assert_int_equal(smtp_connect(smtp, &answer), -1);
        expect(wrongs[i].name, &answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0, wrongs[i].expected);
        assert_int_equal(answer.status, STATUS_CONFIGURATION);
        smtp_free(smtp);
        server_stop(&server);
        assert_int_equal(server.connections, 0);
        server_release(&server);
    }
}

static void opening_is_given_up_when_it_is_stopped(void **state) {
    (void)state;
    static const volatile sig_atomic_t stopped = 1;
    struct server server = {.faults = {{BANNER, 0, "<hang>"}}};
    struct answer answer;
    server_start(&server);
    struct smtp_settings settings = settings_for(&server);
    settings.stop = &stopped;
    settings.timeout_ms = settings.message_timeout_ms = 60000;
    struct smtp *smtp = smtp_new(&settings);
    assert_int_equal(smtp_connect(smtp, &answer), -1);
    expect("stopped", &answer, OUTCOME_LATER, SCOPE_CONNECTION, 0, "interrupted");
    assert_int_equal(answer.status, STATUS_INTERRUPTED);
    smtp_free(smtp);
    server_stop(&server);
    server_release(&server);
}

/* Ctrl-C after the connection stands: the letter in hand is finished. */
static void a_letter_in_hand_is_finished_when_it_is_stopped(void **state) {
    (void)state;
    volatile sig_atomic_t stopped = 0;
    struct server server = {0};
    struct answer answer;
    int commits = 0;
    server_start(&server);
    struct smtp_settings settings = settings_for(&server);
    settings.stop = &stopped;
    struct smtp *smtp = smtp_new(&settings);
    assert_int_equal(smtp_connect(smtp, &answer), 0);
    stopped = 1;
    smtp_deliver(smtp, sender, recipient, letter, strlen(letter), STEPS(agree, &commits), &answer);
    assert_int_equal(answer.outcome, OUTCOME_SENT);
    smtp_free(smtp);
    server_stop(&server);
    server_release(&server);
}

/* TLS: what a stream refuses, test_stream shows. Here: when it is begun, and what is said before it. */
struct world {
    struct identity identity, other;
    gnutls_certificate_credentials_t credentials, other_credentials;
    struct stream_trust *trust;
};

static int world_setup(void **state) {
    struct world *world = calloc(1, sizeof *world);
    char path[] = "/tmp/test-smtp-XXXXXX";
    struct error error;
    identity_make(&world->identity, &(struct wish){.name = "127.0.0.1"}, NULL);
    identity_make(&world->other, &(struct wish){.name = "127.0.0.1"}, NULL);
    world->credentials = credentials_make(&world->identity);
    world->other_credentials = credentials_make(&world->other);
    identity_write(&world->identity, path);
    int result = stream_trust_new(&world->trust, path, &error);
    unlink(path);
    *state = world;
    return result;
}

static int world_teardown(void **state) {
    struct world *world = *state;
    stream_trust_free(world->trust);
    gnutls_certificate_free_credentials(world->credentials);
    gnutls_certificate_free_credentials(world->other_credentials);
    identity_release(&world->identity);
    identity_release(&world->other);
    free(world);
    return 0;
}

static const char offer_all[] = "250-STARTTLS\r\n250-AUTH PLAIN\r\n";

static const struct {
    const char *name;
    enum smtp_security security;
    const char *offer;
    struct fault fault;
    bool untrusted;
    const char *expected; /* NULL: the letter arrives */
    enum scope scope;
    const char *said;
} securities[] = {
    {"STARTTLS",
     SMTP_STARTTLS,
     offer_all,
     {0},
     false,
     NULL,
     0,
     "EHLO union.example\nSTARTTLS\nEHLO union.example\nAUTH PLAIN AGphbmUAc2VjcmV0\n"},
    {"TLS", SMTP_TLS, "250-AUTH PLAIN\r\n", {0}, false, NULL, 0, "EHLO union.example\nAUTH PLAIN AGphbmUAc2VjcmV0\n"},
    {"taken out",
     SMTP_STARTTLS,
     "250-AUTH PLAIN\r\n",
     {0},
     false,
     "offers no STARTTLS",
     SCOPE_CAMPAIGN,
     "EHLO union.example\n"},
    {"refused",
     SMTP_STARTTLS,
     offer_all,
     {TLS, 0, "502 5.5.1 no\r\n"},
     false,
     "STARTTLS was not accepted: 502",
     SCOPE_CAMPAIGN,
     "EHLO union.example\nSTARTTLS\n"},
    {"not now",
     SMTP_STARTTLS,
     offer_all,
     {TLS, 0, "454 4.7.0 not now\r\n"},
     false,
     "454 4.7.0",
     SCOPE_CONNECTION,
     "EHLO union.example\nSTARTTLS\n"},
    {"slipped in",
     SMTP_STARTTLS,
     offer_all,
     {TLS, 0, "220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n"},
     false,
     "somebody may be in between",
     SCOPE_CAMPAIGN,
     "EHLO union.example\nSTARTTLS\n"},
    {"slipped in later",
     SMTP_STARTTLS,
     offer_all,
     {TLS, 0, "220 go\r\n<later>"},
     false,
     "somebody may be in between",
     SCOPE_CAMPAIGN,
     "EHLO union.example\nSTARTTLS\n"},
    {"nobody known",
     SMTP_STARTTLS,
     offer_all,
     {0},
     true,
     "self-signed",
     SCOPE_CAMPAIGN,
     "EHLO union.example\nSTARTTLS\n"},
    {"nobody known, TLS", SMTP_TLS, offer_all, {0}, true, "self-signed", SCOPE_CAMPAIGN, ""},
    {"offered only before",
     SMTP_STARTTLS,
     offer_all,
     {EHLO, 2, "250 mail.example\r\n"},
     false,
     "offers no log-in",
     SCOPE_CAMPAIGN,
     "EHLO union.example\nSTARTTLS\nEHLO union.example\n"},
};

static void nothing_is_said_before_the_connection_is_secure(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < COUNT(securities); i++) {
        struct server server = {.offer = securities[i].offer,
                                .faults = {securities[i].fault},
                                .implicit = securities[i].security == SMTP_TLS,
                                .credentials = securities[i].untrusted ? world->other_credentials : world->credentials};
        struct answer answer = {0};
        int commits = 0;
        server_start(&server);
        struct smtp_settings settings = settings_for(&server);
        settings.security = securities[i].security;
        settings.trust = world->trust;
        settings.user = "jane";
        settings.secret = "secret";
        struct smtp *smtp = smtp_new(&settings);
        int result = smtp_connect(smtp, &answer);
        if (securities[i].expected == NULL) {
            assert_int_equal(result, 0);
            for (int n = 0; n < 2; n++) {
                assert_false(smtp_is_stale(smtp));
                smtp_deliver(smtp, sender, recipient, letter, strlen(letter), STEPS(agree, &commits), &answer);
                expect(securities[i].name, &answer, OUTCOME_SENT, SCOPE_LETTER, 250, "queued");
            }
        } else if (result != -1 || answer.scope != securities[i].scope ||
                   strstr(answer.text, securities[i].expected) == NULL) {
            fail_msg("%s: %d, scope %d: %s", securities[i].name, result, answer.scope, answer.text);
        }
        smtp_free(smtp);
        server_stop(&server);
        char *rest = strstr(server.lines.bytes, securities[i].expected == NULL ? "MAIL" : "QUIT\n");
        if (rest != NULL)
            *rest = '\0';
        if (strcmp(server.lines.bytes, securities[i].said) != 0)
            fail_msg("%s: it saw %s", securities[i].name, server.lines.bytes);
        server_release(&server);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_letters_go_over_one_connection),
        cmocka_unit_test(each_fault_has_its_outcome_in_time),
        cmocka_unit_test(a_refused_letter_spoils_no_other),
        cmocka_unit_test(a_letter_cut_in_the_middle_is_never_ended),
        cmocka_unit_test(a_server_that_stops_reading_is_given_up_in_time),
        cmocka_unit_test(a_large_letter_arrives_whole),
        cmocka_unit_test(lines_that_begin_with_dots_arrive_whole),
        cmocka_unit_test(what_cannot_be_recorded_does_not_go),
        cmocka_unit_test(addresses_that_would_say_something_else_are_refused),
        cmocka_unit_test(what_is_too_large_is_not_tried),
        cmocka_unit_test(a_connection_that_the_server_gave_up_is_stale),
        cmocka_unit_test(openings_that_fail_say_whether_to_try_again),
        cmocka_unit_test(odd_offers_are_read),
        cmocka_unit_test(log_ins_succeed_only_with_235),
        cmocka_unit_test(a_token_that_is_refused_is_asked_about),
        cmocka_unit_test(what_no_server_needs_to_be_asked),
        cmocka_unit_test(opening_is_given_up_when_it_is_stopped),
        cmocka_unit_test(a_letter_in_hand_is_finished_when_it_is_stopped),
        cmocka_unit_test(nothing_is_said_before_the_connection_is_secure),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
