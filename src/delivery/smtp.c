/*
 * SMTP: a letter's bytes and two addresses come in, what came of it goes out. Its one idea: each step says a line and
 * judges the reply's code, and there is one function that makes an answer of what is no yes (`refuse`) and one for what
 * comes after the content (`settle`), where no answer is not a no.
 */
#include "delivery/smtp.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "delivery/conversation.h"
#include "delivery/login.h"

enum {
    READY = 220,
    LOGGED_IN = 235,
    CHALLENGE = 334,
    GO_AHEAD = 354,
    CLOSING = 421,
    TLS_PORT = 465,
    ADDRESS_MAX = 254, /* RFC 5321 §4.5.3.1.3, without the brackets */
    GREETING_MAX = 255,
    USER_MAX = 320,
    CHALLENGES_MAX = 4,
    QUIT_MS = 2000,
    MEGABYTE = 1000 * 1000,
};

struct smtp {
    const struct smtp_settings *settings;
    struct conversation *conversation; /* NULL: not connected */
    bool offers_starttls;              /* what the last EHLO said */
    uint64_t size_max;                 /* 0: no limit is said */
    bool offers_size;
    struct str mechanisms;    /* "PLAIN LOGIN" */
    enum login_method method; /* by which it logged in */
};

struct smtp *smtp_new(const struct smtp_settings *settings) {
    struct smtp *smtp = memory_alloc(1, sizeof *smtp);
    smtp->settings = settings;
    str_init(&smtp->mechanisms);
    return smtp;
}

/* At once: what is not said by now is not said. */
static void disconnect(struct smtp *smtp) {
    conversation_free(smtp->conversation);
    smtp->conversation = NULL;
}

void smtp_free(struct smtp *smtp) {
    if (smtp == NULL)
        return;
    if (smtp->conversation != NULL && !conversation_is_stale(smtp->conversation)) {
        conversation_set_time(smtp->conversation, QUIT_MS, clock_steady_ms() + QUIT_MS);
        conversation_say(smtp->conversation, "QUIT");
    }
    disconnect(smtp);
    str_release(&smtp->mechanisms);
    free(smtp);
}

bool smtp_is_connected(const struct smtp *smtp) {
    return smtp->conversation != NULL;
}

bool smtp_is_stale(struct smtp *smtp) {
    return smtp->conversation == NULL || conversation_is_stale(smtp->conversation);
}

/* Replies. */

/* How long the enhanced code (RFC 3463) at TEXT is, "5.7.1"; 0: there is none. */
static size_t enhanced_code(const char *text) {
    size_t length = strspn(text, "0123456789.");
    return length >= 5 && strchr("245", text[0]) != NULL && text[1] == '.' && text[length] == ' ' ? length : 0;
}

/* The last reply's lines in one, its enhanced code only once. Appended to OUT. */
static void add_reply(struct str *out, const struct smtp *smtp) {
    const char *text = conversation_text(smtp->conversation);
    size_t code = enhanced_code(text);
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        const char *next = line[length] == '\n' ? line + length + 1 : line + length;
        if (line != text) {
            if (code > 0 && enhanced_code(line) == code && memcmp(line, text, code) == 0) {
                line += code;
                length -= code;
            }
            size_t spaces = strspn(line, " ");
            line += spaces;
            length -= spaces;
            if (length > 0)
                str_addc(out, ' ');
        }
        str_add(out, line, length);
        line = next;
    }
}

/* Answers while the connection is being opened. All return -1. */

static int campaign(struct answer *answer, enum status status, int code, const char *text) {
    answer_set(answer, OUTCOME_LATER, SCOPE_CAMPAIGN, code, "%s", text);
    answer->status = status;
    return -1;
}

/* An error of the stream's: whether it can go another time is in its status. */
static int not_opened(struct answer *answer, const struct error *error) {
    if (error->status == STATUS_UNAVAILABLE || error->status == STATUS_CONFIGURATION)
        return campaign(answer, error->status, 0, error->message);
    answer_set(answer, OUTCOME_LATER, SCOPE_CONNECTION, 0, "%s", error->message);
    answer->status = error->status == STATUS_INTERRUPTED ? STATUS_INTERRUPTED : STATUS_UNAVAILABLE;
    return -1;
}

/* CODE to WHAT was no yes: 4xx and nothing at all may be one another time. */
static int not_accepted(const struct smtp *smtp, struct answer *answer, int code, const char *what) {
    struct str text = STR_EMPTY;
    const struct smtp_settings *settings = smtp->settings;
    str_addf(&text, "%s, port %u: ", settings->host, settings->port);
    if (code > 0)
        str_addf(&text, "%s was not accepted: %d ", what, code);
    add_reply(&text, smtp);
    if (code > 0 && code / 100 != 4) {
        campaign(answer, STATUS_UNAVAILABLE, code, text.bytes);
    } else {
        bool stopped = code == 0 && settings->stop != NULL && *settings->stop;
        answer_set(answer, OUTCOME_LATER, SCOPE_CONNECTION, code, "%s", text.bytes);
        answer->status = stopped ? STATUS_INTERRUPTED : STATUS_UNAVAILABLE;
    }
    str_release(&text);
    return -1;
}

/* Opening. */

static bool is_printable(const char *text, size_t max) {
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] >= 0x7F)
            return false;
    return length > 0 && length <= max;
}

static bool has_control(const char *text) {
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return true;
    return false;
}

/* What no server needs to be asked. NULL: nothing is wrong. */
static const char *settings_fault(const struct smtp_settings *settings) {
    if (settings->security == SMTP_CLEAR && !stream_is_loopback(settings->host))
        return "smtp.security = none is only for a server on this computer itself: anybody on the way could read the "
               "letters and the password; use starttls or tls";
    if (!is_printable(settings->greeting, GREETING_MAX))
        return "the name by which this computer greets the server is none; is smtp.from right?";
    if (settings->user == NULL)
        return NULL;
    if (settings->user[0] == '\0' || strlen(settings->user) > USER_MAX || has_control(settings->user))
        return "smtp.user is too long, empty, or holds a control character";
    if (settings->secret == NULL || settings->secret[0] == '\0')
        return "there is no password for smtp.user";
    if (strlen(settings->secret) > LOGIN_SECRET_MAX)
        return "the password or token for smtp.user is longer than any server takes";
    if (settings->token && !is_printable(settings->secret, LOGIN_SECRET_MAX))
        return "what smtp.token_command gives is no token";
    return NULL;
}

/* "AUTH PLAIN LOGIN", and as old servers say it, "AUTH=LOGIN". */
static void read_offer(struct smtp *smtp, const char *line, size_t length) {
    size_t word = strcspn(line, " =\n");
    if (word > length)
        word = length;
    const char *rest = line + word;
    if (word == 8 && strncasecmp(line, "STARTTLS", word) == 0) {
        smtp->offers_starttls = true;
    } else if (word == 4 && strncasecmp(line, "SIZE", word) == 0) {
        smtp->offers_size = true;
        smtp->size_max = strtoull(rest, NULL, 10); /* the largest number where it is larger */
    } else if (word == 4 && strncasecmp(line, "AUTH", word) == 0) {
        str_add(&smtp->mechanisms, rest, length - word);
    }
}

/* What was offered before TLS counts for nothing after it (RFC 3207 §4.2). */
static int say_ehlo(struct smtp *smtp, struct answer *answer) {
    struct str line = STR_EMPTY;
    str_addf(&line, "EHLO %s", smtp->settings->greeting);
    int code = conversation_say(smtp->conversation, line.bytes);
    str_release(&line);
    if (code / 100 != 2)
        return not_accepted(smtp, answer, code, "the greeting (EHLO)");

    smtp->offers_starttls = smtp->offers_size = false;
    smtp->size_max = 0;
    str_clear(&smtp->mechanisms);
    const char *text = conversation_text(smtp->conversation);
    for (text += strcspn(text, "\n"); *text == '\n'; text += strcspn(text, "\n")) {
        text++;
        read_offer(smtp, text, strcspn(text, "\n"));
    }
    return 0;
}

static int secure(struct smtp *smtp, struct stream *stream, struct answer *answer) {
    struct error error;
    stream_set_deadline(stream, clock_steady_ms() + smtp->settings->timeout_ms);
    return stream_secure(stream, smtp->settings->trust, &error) == 0 ? 0 : not_opened(answer, &error);
}

static int connect_and_hear(struct smtp *smtp, struct answer *answer) {
    const struct smtp_settings *settings = smtp->settings;
    int64_t now_ms = clock_steady_ms();
    struct stream *stream = NULL;
    struct error error;
    if (stream_open(&stream, settings->host, settings->port, now_ms + settings->timeout_ms, settings->stop, &error) !=
        0)
        return not_opened(answer, &error);
    smtp->conversation = conversation_new(stream);
    if (settings->security == SMTP_TLS && secure(smtp, stream, answer) != 0)
        return -1;
    conversation_set_time(smtp->conversation, settings->timeout_ms, now_ms + settings->message_timeout_ms);
    int code = conversation_greeting(smtp->conversation);
    if (code == READY)
        return 0;
    not_accepted(smtp, answer, code, "this computer");
    if (code == 0 && settings->security != SMTP_TLS && settings->port == TLS_PORT)
        answer_set(answer, OUTCOME_LATER, SCOPE_CONNECTION, 0, "%s; port %u wants smtp.security = tls", answer->text,
                   settings->port);
    answer->status = STATUS_UNAVAILABLE;
    return -1;
}

/* Never on without TLS: a STARTTLS that is missing may have been taken out on the way. */
static int start_tls(struct smtp *smtp, struct answer *answer) {
    const struct smtp_settings *settings = smtp->settings;
    struct stream *stream = conversation_stream(smtp->conversation);
    if (!smtp->offers_starttls) {
        answer_set(answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0,
                   "%s offers no STARTTLS on port %u, and without it anybody on the way could read the letters and the "
                   "password: nothing was sent; try smtp.security = tls and smtp.port = 465",
                   settings->host, settings->port);
        answer->status = STATUS_UNAVAILABLE;
        return -1;
    }
    int code = conversation_say(smtp->conversation, "STARTTLS");
    if (code != READY)
        return not_accepted(smtp, answer, code, "STARTTLS");
    /* A server waits for us now. One that has closed is found out by the handshake. */
    if (!stream_is_closed(stream) && conversation_is_stale(smtp->conversation)) {
        answer_set(answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0,
                   "%s, port %u: something was slipped in before the encryption began; somebody may be in between: "
                   "nothing was sent",
                   settings->host, settings->port);
        answer->status = STATUS_UNAVAILABLE;
        return -1;
    }
    return secure(smtp, stream, answer) == 0 ? say_ehlo(smtp, answer) : -1;
}

/* Logging in. */

/* The code of the reply that ends it, or CHALLENGE where there is nothing more to say. */
static int say_login(struct smtp *smtp) {
    const struct smtp_settings *settings = smtp->settings;
    struct str line = STR_EMPTY;
    int code = CHALLENGE;
    for (int n = 0; code == CHALLENGE && n < CHALLENGES_MAX; n++) {
        str_clear(&line);
        if (login_say(smtp->method, settings->user, settings->secret, n, &line) != 0)
            break;
        code = conversation_say(smtp->conversation, line.bytes);
        explicit_bzero(line.bytes, line.length);
    }
    str_release(&line);
    return code;
}

static int not_logged_in(const struct smtp *smtp, struct answer *answer, int code) {
    struct str reply = STR_EMPTY, text = STR_EMPTY;
    add_reply(&reply, smtp);
    str_addf(&text, "%s: ", smtp->settings->host);
    if (code / 100 == 5)
        login_explain(smtp->settings->host, code, reply.bytes, smtp->settings->token, &text);
    else
        str_addf(&text, "the server answered the log-in with neither yes nor no: %d %s", code, reply.bytes);
    campaign(answer, STATUS_NOT_PERMITTED, code, text.bytes);
    str_release(&text);
    str_release(&reply);
    return -1;
}

static int log_in(struct smtp *smtp, struct answer *answer) {
    const struct smtp_settings *settings = smtp->settings;
    if (settings->user == NULL)
        return 0;
    smtp->method = login_choose(smtp->mechanisms.bytes, settings->token);
    if (smtp->method == LOGIN_NONE) {
        answer_set(answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0,
                   smtp->mechanisms.length == 0
                       ? "%s offers no log-in on port %u%s; try smtp.port = 587, or leave out smtp.user"
                       : "%s offers no log-in on port %u by what is set, only by%s; see smtp.password_file and "
                         "smtp.token_command",
                   settings->host, settings->port, smtp->mechanisms.bytes);
        answer->status = STATUS_NOT_PERMITTED;
        return -1;
    }
    int code = say_login(smtp);
    if (code == LOGGED_IN)
        return 0;
    if (code == 0 || code / 100 == 4)
        return not_accepted(smtp, answer, code, "the log-in, for now,");
    return not_logged_in(smtp, answer, code);
}

int smtp_connect(struct smtp *smtp, struct answer *answer) {
    const struct smtp_settings *settings = smtp->settings;
    const char *fault = settings_fault(settings);
    disconnect(smtp);
    smtp->method = LOGIN_NONE;
    if (fault != NULL)
        return campaign(answer, STATUS_CONFIGURATION, 0, fault);
    if (connect_and_hear(smtp, answer) != 0 || say_ehlo(smtp, answer) != 0 ||
        (settings->security == SMTP_STARTTLS && start_tls(smtp, answer) != 0) || log_in(smtp, answer) != 0) {
        disconnect(smtp);
        return -1;
    }
    stream_set_stop(conversation_stream(smtp->conversation), NULL); /* a letter in hand is finished */
    return 0;
}

/* Delivering. */

/* After a step that was refused the server forgets the letter, or the connection ends. */
static void reset(struct smtp *smtp) {
    int64_t timeout_ms = smtp->settings->timeout_ms;
    conversation_set_time(smtp->conversation, timeout_ms, clock_steady_ms() + timeout_ms);
    if (conversation_say(smtp->conversation, "RSET") / 100 != 2)
        disconnect(smtp);
}

static bool wants_log_in(int code) {
    return code == 530 || code == 534 || code == 535 || code == 538;
}

/* The server's NO to a letter, whole or on the way: CODE is 400 to 599. */
static void refuse(struct smtp *smtp, int code, struct answer *answer) {
    struct str text = STR_EMPTY;
    add_reply(&text, smtp);
    if (code == CLOSING) {
        answer_set(answer, OUTCOME_LATER, SCOPE_CONNECTION, code, "%s", text.bytes);
        disconnect(smtp);
    } else if (wants_log_in(code)) {
        answer_set(answer, OUTCOME_LATER, SCOPE_CAMPAIGN, code, "%s wants a log-in first%s; it said: %d %s",
                   smtp->settings->host, smtp->settings->user == NULL ? " (smtp.user)" : "", code, text.bytes);
        answer->status = STATUS_NOT_PERMITTED;
        reset(smtp);
    } else {
        answer_set(answer, code / 100 == 4 ? OUTCOME_LATER : OUTCOME_REFUSED, SCOPE_LETTER, code, "%s", text.bytes);
        reset(smtp);
    }
    str_release(&text);
}

/* A conversation that can lead nowhere any more. */
static void lose(struct smtp *smtp, enum outcome outcome, int code, struct answer *answer) {
    struct str text = STR_EMPTY;
    if (code != 0)
        str_addf(&text, "the server's answer does not fit: %d ", code);
    add_reply(&text, smtp);
    answer_set(answer, outcome, SCOPE_CONNECTION, code, "%s", text.bytes);
    str_release(&text);
    disconnect(smtp);
}

/* Before the content nothing can have arrived. Returns 0 where CODE is what the step WANTS (2: any 2xx). */
static int step(struct smtp *smtp, int code, int wants, struct answer *answer) {
    if (code == wants || code / 100 == wants)
        return 0;
    if (code >= 400)
        refuse(smtp, code, answer);
    else
        lose(smtp, OUTCOME_LATER, code, answer);
    return -1;
}

static bool is_address(const char *address) {
    return is_printable(address, ADDRESS_MAX) && strpbrk(address, "<>") == NULL;
}

/* What is wrong with the letter for any server, or for this one. */
static int check_letter(const struct smtp *smtp, const char *sender, const char *recipient, size_t length,
                        struct answer *answer) {
    if (!is_address(sender) || !is_address(recipient)) {
        answer_set(answer, OUTCOME_REFUSED, SCOPE_LETTER, 0, "the address \"%.80s\" is none that mail can go to",
                   is_address(sender) ? recipient : sender);
        return -1;
    }
    if (smtp->size_max > 0 && length > smtp->size_max) {
        answer_set(answer, OUTCOME_REFUSED, SCOPE_LETTER, 0,
                   "the letter is larger than the server takes: %.1f MB, and it takes %.1f MB",
                   (double)length / MEGABYTE, (double)smtp->size_max / MEGABYTE);
        return -1;
    }
    return 0;
}

/* After the content: a reply settles it, and anything else leaves it open, unless nothing of the content went. */
static void settle(struct smtp *smtp, int code, bool begun, struct answer *answer) {
    if (code / 100 == 2) {
        struct str text = STR_EMPTY;
        add_reply(&text, smtp);
        answer_set(answer, OUTCOME_SENT, SCOPE_LETTER, code, "%s", text.bytes);
        str_release(&text);
    } else if (code >= 400) {
        refuse(smtp, code, answer);
    } else {
        lose(smtp, begun ? OUTCOME_UNSURE : OUTCOME_LATER, code, answer);
    }
}

void smtp_deliver(struct smtp *smtp, const char *sender, const char *recipient, const char *bytes, size_t length,
                  const struct channel_steps *steps, struct answer *answer) {
    const struct smtp_settings *settings = smtp->settings;
    struct conversation *conversation = smtp->conversation;
    struct error error;
    bool begun = false;
    if (conversation == NULL) {
        answer_set(answer, OUTCOME_LATER, SCOPE_CONNECTION, 0, "there is no connection");
        return;
    }
    if (check_letter(smtp, sender, recipient, length, answer) != 0)
        return;
    conversation_set_time(conversation, settings->timeout_ms, clock_steady_ms() + settings->message_timeout_ms);
    if (step(smtp, conversation_mail(conversation, sender, smtp->offers_size ? length : 0), 2, answer) != 0 ||
        step(smtp, conversation_recipient(conversation, recipient), 2, answer) != 0 ||
        step(smtp, conversation_data(conversation), GO_AHEAD, answer) != 0)
        return;
    if (conversation_is_stale(conversation)) { /* a reply that comes too soon would settle a letter that has not gone */
        answer_set(answer, OUTCOME_LATER, SCOPE_CONNECTION, 0, "the server answered what it had not been asked");
        disconnect(smtp);
    } else if (steps->commit(steps->context, &error) != 0 || steps->begin(steps->context, &error) != 0) {
        campaign(answer, error.status, 0, error.message);
        disconnect(smtp); /* the server waits for the content: only this takes the DATA back */
    } else {
        int code = conversation_content(conversation, bytes, length, settings->final_timeout_ms, &begun);
        settle(smtp, code, begun, answer);
    }
}

void smtp_describe(const struct smtp *smtp, struct str *out) {
    const char *protocol = smtp->conversation != NULL ? stream_protocol(conversation_stream(smtp->conversation)) : NULL;
    str_adds(out, protocol != NULL ? protocol : "no encryption");
    if (smtp->method != LOGIN_NONE)
        str_addf(out, ", log-in by %s", login_name(smtp->method));
    else
        str_adds(out, ", no log-in");
    if (smtp->size_max > 0)
        str_addf(out, ", messages up to %.0f MB", (double)smtp->size_max / MEGABYTE);
}
