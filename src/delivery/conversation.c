/*
 * Conversations: a line comes in, goes to the server through libetpan, and the reply's code goes out. Its one idea:
 * libetpan composes commands, buffers, and joins the lines of a reply, but every byte passes the low driver here, and what
 * a reply means is read from its code alone, never from libetpan's result.
 */
#include "delivery/conversation.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libetpan/mailsmtp.h>

#include "base/clock.h"
#include "base/memory.h"

/* In the library, and in no header that is installed. The line ends in CRLF, and is as long as it likes. */
int mailsmtp_send_command_private(mailsmtp *session, char *command);
int mailsmtp_read_response(mailsmtp *session);

enum {
    BUFFER = 128 * 1024,   /* libetpan's, for each direction: most letters go in one write */
    PIECE = 32 * 1024,     /* of the content: smaller than the buffer, which libetpan else writes past */
    REPLY_MAX = 64 * 1024, /* bytes; RFC 5321 §4.5.3.1.5 has 512 a line */
    LAST_WORDS_MS = 1000,  /* how long to look for a reply when the content could not be written */
    CODE_MIN = 200,
    CODE_MAX = 599,
    FAULT_MAX = 160,
};

struct conversation {
    struct stream *stream;
    mailsmtp *session;
    int64_t step_ms;
    int64_t deadline_ms;
    int64_t final_ms;    /* for the reply, where the content is being sent */
    size_t reply_length; /* bytes read since something was last said */
    bool sends_content;
    bool reads_final; /* the content has been written, and its reply is waited for */
    bool began;       /* something of the content went */
    int code;
    char fault[FAULT_MAX];
};

/* Each step ends at its own time, or at that of everything. */
static void begin_step(struct conversation *conversation) {
    int64_t step_ms = clock_steady_ms() + conversation->step_ms;
    bool sooner = step_ms < conversation->deadline_ms;
    stream_set_deadline(conversation->stream, sooner ? step_ms : conversation->deadline_ms);
}

/* The low driver. An end of the stream is an error: libetpan would take half a line for a whole one. */

static ssize_t low_read(mailstream_low *low, void *bytes, size_t length) {
    struct conversation *conversation = low->data;
    if (conversation->sends_content && !conversation->reads_final) {
        conversation->reads_final = true;
        stream_set_deadline(conversation->stream, clock_steady_ms() + conversation->final_ms);
    }
    if (conversation->reply_length >= REPLY_MAX) {
        snprintf(conversation->fault, FAULT_MAX, "the server's answer has no end");
        return -1;
    }
    ssize_t got = stream_read(conversation->stream, bytes, length);
    if (got > 0)
        conversation->reply_length += (size_t)got;
    return got;
}

/* The content may take long as a whole: each part of it is a step. */
static ssize_t low_write(mailstream_low *low, const void *bytes, size_t length) {
    struct conversation *conversation = low->data;
    if (conversation->sends_content)
        begin_step(conversation);
    ssize_t sent = stream_write(conversation->stream, bytes, length);
    if (sent > 0 && conversation->sends_content)
        conversation->began = true;
    return sent;
}

/* The stream is closed by conversation_free. */
static int low_close(mailstream_low *low) {
    (void)low;
    return 0;
}

static int low_get_fd(mailstream_low *low) {
    (void)low;
    return -1;
}

static void low_free(mailstream_low *low) {
    free(low);
}

static const mailstream_low_driver driver = {
    .mailstream_read = low_read,
    .mailstream_write = low_write,
    .mailstream_close = low_close,
    .mailstream_get_fd = low_get_fd,
    .mailstream_free = low_free,
};

struct conversation *conversation_new(struct stream *stream) {
    struct conversation *conversation = memory_alloc(1, sizeof *conversation);
    conversation->stream = stream;
    conversation->session = mailsmtp_new(0, NULL);
    mailstream_low *low = mailstream_low_new(conversation, (mailstream_low_driver *)&driver); /* only read */
    mailstream *buffered = low != NULL ? mailstream_new(low, BUFFER) : NULL;
    if (conversation->session == NULL || buffered == NULL)
        abort(); /* no memory */
    conversation->session->stream = buffered;
    return conversation;
}

/* mailsmtp_free would say QUIT, and flush what it still holds: a letter's end, with its dot. */
void conversation_free(struct conversation *conversation) {
    if (conversation == NULL)
        return;
    mailstream_close(conversation->session->stream);
    conversation->session->stream = NULL;
    mailsmtp_free(conversation->session);
    stream_close(conversation->stream);
    free(conversation);
}

struct stream *conversation_stream(struct conversation *conversation) {
    return conversation->stream;
}

void conversation_set_time(struct conversation *conversation, int64_t step_ms, int64_t deadline_ms) {
    conversation->step_ms = step_ms;
    conversation->deadline_ms = deadline_ms;
}

static bool has_more(const struct conversation *conversation) {
    return conversation->session->stream->read_buffer_len > 0;
}

/* Whether something can be said: libetpan keeps the last reply's code where no new one comes, so it is forgotten. */
static bool begin(struct conversation *conversation) {
    conversation->session->response_code = 0;
    conversation->code = 0;
    conversation->reply_length = 0;
    conversation->fault[0] = '\0';
    begin_step(conversation);
    if (!has_more(conversation))
        return true;
    snprintf(conversation->fault, FAULT_MAX, "the server answered what it had not been asked");
    return false;
}

/* After libetpan has sent and read: what the reply was. */
static int end(struct conversation *conversation) {
    const mailsmtp *session = conversation->session;
    int code = session->response_code;
    if (code >= CODE_MIN && code <= CODE_MAX) {
        conversation->code = code;
    } else if (conversation->fault[0] == '\0') {
        const char *fault = stream_fault(conversation->stream);
        if (fault[0] != '\0')
            snprintf(conversation->fault, FAULT_MAX, "%s", fault);
        else
            snprintf(conversation->fault, FAULT_MAX, "the server's answer is not SMTP: \"%.80s\"",
                     session->response != NULL ? session->response : "");
    }
    return conversation->code;
}

int conversation_greeting(struct conversation *conversation) {
    begin(conversation); /* nothing has been read yet */
    mailsmtp_read_response(conversation->session);
    return end(conversation);
}

int conversation_say(struct conversation *conversation, const char *line) {
    struct str command = STR_EMPTY;
    assert(strpbrk(line, "\r\n") == NULL);
    if (begin(conversation)) {
        str_addf(&command, "%s\r\n", line);
        if (mailsmtp_send_command_private(conversation->session, command.bytes) == 0)
            mailsmtp_read_response(conversation->session);
    }
    str_release(&command);
    return end(conversation);
}

int conversation_mail(struct conversation *conversation, const char *sender, size_t size) {
    conversation->session->esmtp = size > 0 ? MAILSMTP_ESMTP | MAILSMTP_ESMTP_SIZE : MAILSMTP_ESMTP;
    if (begin(conversation))
        mailesmtp_mail_size(conversation->session, sender, 0, NULL, size);
    return end(conversation);
}

int conversation_recipient(struct conversation *conversation, const char *recipient) {
    if (begin(conversation))
        mailsmtp_rcpt(conversation->session, recipient);
    return end(conversation);
}

int conversation_data(struct conversation *conversation) {
    if (begin(conversation))
        mailsmtp_data(conversation->session);
    return end(conversation);
}

static int put(mailstream *out, const char *bytes, size_t length) {
    for (size_t at = 0; at < length; at += PIECE)
        if (mailstream_write(out, bytes + at, length - at < PIECE ? length - at : PIECE) < 0)
            return -1;
    return 0;
}

/*
 * The content and its end: a line that begins with a dot gets one more (RFC 5321 §4.5.2). libetpan's own way looks at
 * every byte by itself, for the sake of lines that do not end in CRLF, and the content has none.
 */
static int put_content(mailstream *out, const char *bytes, size_t length) {
    const char *end = bytes + length, *from = bytes;
    for (const char *dot = bytes; (dot = memchr(dot, '.', (size_t)(end - dot))) != NULL; dot++) {
        if (dot > bytes && dot[-1] != '\n')
            continue;
        if (put(out, from, (size_t)(dot + 1 - from)) != 0)
            return -1;
        from = dot;
    }
    bool ended = length >= 2 && memcmp(end - 2, "\r\n", 2) == 0;
    const char *last = ended ? ".\r\n" : "\r\n.\r\n";
    if (put(out, from, (size_t)(end - from)) != 0 || put(out, last, strlen(last)) != 0)
        return -1;
    return mailstream_flush(out);
}

/*
 * The content could not be written: the server may have hung up after a 552. Only a refusal counts; it cannot have taken
 * what it has not seen the end of.
 */
static void hear_last_words(struct conversation *conversation) {
    conversation->reads_final = true;
    stream_set_deadline(conversation->stream, clock_steady_ms() + LAST_WORDS_MS);
    mailsmtp_read_response(conversation->session);
    if (conversation->session->response_code < 400)
        conversation->session->response_code = 0;
}

int conversation_content(struct conversation *conversation, const char *bytes, size_t length, int64_t final_ms,
                         bool *begun) {
    conversation->began = false;
    if (begin(conversation)) {
        conversation->sends_content = true;
        conversation->reads_final = false;
        conversation->final_ms = final_ms;
        if (put_content(conversation->session->stream, bytes, length) == 0) {
            mailsmtp_read_response(conversation->session);
        } else {
            snprintf(conversation->fault, FAULT_MAX, "%s", stream_fault(conversation->stream));
            hear_last_words(conversation);
        }
        conversation->sends_content = false;
    }
    *begun = conversation->began;
    return end(conversation);
}

const char *conversation_text(const struct conversation *conversation) {
    return conversation->code != 0 ? conversation->session->response : conversation->fault;
}

bool conversation_is_stale(struct conversation *conversation) {
    return has_more(conversation) || !stream_is_quiet(conversation->stream);
}
