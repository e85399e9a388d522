/*
 * Messages: text, HTML and a PDF come in, an e-mail goes out.
 *
 *     multipart/mixed ( multipart/alternative ( text/plain, text/html ), application/pdf )
 *
 * without what is not there. GMime folds headers, quotes names and encodes text, by its functions for single values: as
 * a tree of its objects a message took longer than its letter's PDF. The frame around the parts is always the same, and
 * stands here. Two things GMime is not left. A name or subject that is not plain is made into encoded-words here
 * (RFC 2047), because it takes a name that looks like one for one, and lets them grow beyond the 75 characters that they
 * may have. And file names are encoded here.
 */
#include "delivery/message.h"

#include <assert.h>
#include <string.h>

#include <gmime/gmime.h>

#include "base/base64.h"
#include "base/text.h"

enum {
    NAME_MAX_CHARACTERS = 200,
    SUBJECT_MAX_CHARACTERS = 400,
    TOKEN_MAX = 60,      /* a boundary may have 70 */
    PLAIN_WORD_MAX = 60, /* longer words could not be folded */
    LINE_MAX_CHARACTERS = 78,
    QUOTED_MAX = 64,         /* characters of a file name with its quotation marks: it stands on a line by itself */
    SEGMENT_MAX = 50,        /* characters of a file name's part on a line */
    ENCODED_BYTES_MAX = 39,  /* of an encoded-word: 64 characters with what is around them */
    TEXT_MAX = 4 << 20,      /* bytes; hundreds of pages */
    PDF_MAX = 25 << 20,      /* larger than what mail servers take */
    GRAPHEME_BYTES_MAX = 36, /* of one character with its marks, when it is not to be parted */
};

void message_setup(void) {
    g_mime_init();
}

/* ---- Words of headers ---- */

/* Where the character at AT of valid text ends, with its marks. Between two letters of ASCII it is plain. */
static size_t character_end(const char *text, size_t length, size_t at) {
    bool plain = (unsigned char)text[at] < 0x80 && (at + 1 == length || (unsigned char)text[at + 1] < 0x80);
    return plain ? at + 1 : text_grapheme_end(text, length, at);
}

/* TEXT on one line, with single spaces, cut after MAX characters; appended to OUT. */
static void clean(struct str *out, const char *text, size_t max) {
    size_t length = text_valid(text, strlen(text)), count = 0, start = out->length;
    bool space = false;
    for (size_t at = 0; at < length;) {
        size_t end = at;
        uint32_t c = text_next(text, length, &end);
        if (text_is_control(c) || c == ' ') {
            space = out->length > start;
            at = end;
            continue;
        }
        end = character_end(text, length, at);
        if (end - at > GRAPHEME_BYTES_MAX) /* nobody's name: so many marks on one letter */
            end = at + text_cut(text + at, end - at, GRAPHEME_BYTES_MAX);
        size_t more = text_count(text + at, end - at);
        if (count + space + more > max - 1 && end < length) {
            str_adds(out, "…");
            return;
        }
        if (space)
            str_addc(out, ' ');
        str_add(out, text + at, end - at);
        count += more + space;
        space = false;
        at = end;
    }
}

/*
 * Whether a WORD may stand in a header as it is: printable ASCII that cannot be taken for an encoded-word, and is short
 * enough to be folded; in a PHRASE beside encoded-words, only an atom (RFC 5322 §3.2.3).
 */
static bool is_plain(const char *word, size_t length, bool phrase) {
    for (size_t i = 0; i < length; i++)
        if (word[i] <= ' ' || word[i] >= 0x7F || (phrase && strchr("()<>[]:;@\\,.\"", word[i]) != NULL))
            return false;
    return length <= PLAIN_WORD_MAX && memmem(word, length, "=?", 2) == NULL;
}

/* Encoded-words (RFC 2047 §2) parted by spaces, which are no part of the text; each is of whole characters. */
static void add_encoded(struct str *out, const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        size_t end = at;
        while (end < length) {
            size_t next = character_end(text, length, end);
            if (next - at > ENCODED_BYTES_MAX)
                break;
            end = next;
        }
        if (end == at) /* more marks than fit */
            end = at + text_cut(text + at, length - at, ENCODED_BYTES_MAX);
        str_adds(out, at > 0 ? " =?UTF-8?B?" : "=?UTF-8?B?");
        base64_encode(out, text + at, end - at);
        str_adds(out, "?=");
        at = end;
    }
}

/* TEXT with each run of words that are not plain encoded as one, for spaces between encoded-words do not count. */
static void add_words(struct str *out, const char *text, bool phrase) {
    const char *run = NULL;
    for (const char *word = text; *word != '\0';) {
        const char *end = strchrnul(word, ' ');
        bool plain = is_plain(word, (size_t)(end - word), phrase);
        if (!plain && run == NULL)
            run = word;
        if (run != NULL && (plain || *end == '\0')) {
            add_encoded(out, run, (size_t)((plain ? word - 1 : end) - run));
            str_adds(out, plain ? " " : "");
            run = NULL;
        }
        if (plain)
            str_add(out, word, (size_t)(end - word) + (*end == ' '));
        word = *end == ' ' ? end + 1 : end;
    }
}

static bool is_all_plain(const char *text) {
    for (const char *word = text, *end = text; *end != '\0'; word = end + 1) {
        end = strchrnul(word, ' ');
        if (!is_plain(word, (size_t)(end - word), false))
            return false;
        if (*end == '\0')
            break;
    }
    return true;
}

/* What a header says for TEXT. Yours to release. */
static struct str header_words(const char *text, size_t max, bool phrase) {
    struct str plain = STR_EMPTY, words = STR_EMPTY;
    clean(&plain, text, max);
    /* GMime puts a phrase with commas and the like into quotation marks, where it is not folded. */
    if (is_all_plain(plain.bytes) && (!phrase || plain.length <= PLAIN_WORD_MAX))
        return plain;
    add_words(&words, plain.bytes, phrase);
    str_release(&plain);
    return words;
}

/* ---- Headers ---- */

/* Appends TEXT, folded where it has spaces; its line is still open. */
static void add_folded(struct str *out, const char *text) {
    gchar *folded = g_mime_utils_unstructured_header_fold(NULL, NULL, text);
    size_t length = strlen(folded);
    assert(length > 0 && folded[length - 1] == '\n');
    str_add(out, folded, length - 1);
    g_free(folded);
}

static bool is_set(const struct mailbox *mailbox) {
    return mailbox->address != NULL && *mailbox->address != '\0';
}

/* An address that has no room behind its name gets a line; GMime's own way would fold it at its dots. */
static void add_mailbox(struct str *out, const char *field, const struct mailbox *mailbox) {
    if (!is_set(mailbox))
        return;
    struct str name = header_words(mailbox->name, NAME_MAX_CHARACTERS, true), header = STR_EMPTY;
    gchar *phrase = g_mime_utils_header_encode_phrase(NULL, name.bytes, "utf-8");
    size_t start = out->length;
    str_addf(&header, "%s:%s%s", field, *phrase == '\0' ? "" : " ", phrase);
    if (*phrase == '"' || *phrase == '\0') /* it fits, and there is nowhere to fold it */
        str_add(out, header.bytes, header.length);
    else
        add_folded(out, header.bytes);
    const char *fold = memrchr(out->bytes + start, '\n', out->length - start);
    size_t column = fold == NULL ? out->length - start : (size_t)(out->bytes + out->length - fold) - 1;
    bool fits = column + strlen(" <>") + strlen(mailbox->address) <= LINE_MAX_CHARACTERS;
    str_addf(out, *phrase == '\0' ? "%s%s\n" : "%s<%s>\n", fits ? " " : "\n\t", mailbox->address);
    g_free(phrase);
    str_release(&header);
    str_release(&name);
}

static void add_subject(struct str *out, const char *subject) {
    struct str words = header_words(subject, SUBJECT_MAX_CHARACTERS, false), header = STR_EMPTY;
    str_addf(&header, "Subject: %s", words.bytes);
    add_folded(out, header.bytes);
    str_addc(out, '\n');
    str_release(&header);
    str_release(&words);
}

static int add_headers(struct str *out, const struct message *message, struct error *error) {
    const struct mailbox *account = is_set(&message->sender) ? &message->sender : &message->from;
    GDateTime *time = g_date_time_new_from_unix_utc(message->time_ms / 1000);
    if (time == NULL)
        return error_set(error, STATUS_DATA, "the message's date is none");
    gchar *date = g_mime_utils_header_format_date(time);
    str_addf(out, "Date: %s\n", date);
    add_mailbox(out, "From", &message->from);
    add_mailbox(out, "Sender", &message->sender);
    add_mailbox(out, "Reply-To", &message->reply_to);
    add_mailbox(out, "To", &message->to);
    add_subject(out, message->subject);
    str_addf(out, "Message-ID: <%s@%s>\nMIME-Version: 1.0\nContent-Language: %s\n", message->token,
             mailbox_domain(account->address), message->language);
    g_free(date);
    g_date_time_unref(time);
    return 0;
}

/* ---- Parts ---- */

/* A part's headers and its text, which ends in a line's end. */
static void add_text(struct str *out, const char *type, const char *text, size_t length) {
    GMimeEncoding encoding;
    g_mime_encoding_init_encode(&encoding, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    str_addf(out, "Content-Type: %s\nContent-Transfer-Encoding: quoted-printable\n\n", type);
    size_t start = out->length;
    char *to = str_extend(out, g_mime_encoding_outlen(&encoding, length));
    str_cut(out, start + g_mime_encoding_flush(&encoding, text, length, to));
}

/* "=_" cannot stand in quoted-printable text. */
static void begin_multipart(struct str *out, const char *subtype, const char *token, int number) {
    str_addf(out, "Content-Type: multipart/%s;\n\tboundary=\"=_%s_%d\"\n", subtype, token, number);
}

static void next_part(struct str *out, const char *token, int number) {
    str_addf(out, "\n--=_%s_%d\n", token, number);
}

static void end_multipart(struct str *out, const char *token, int number) {
    str_addf(out, "\n--=_%s_%d--\n", token, number);
}

static void add_texts(struct str *out, const struct message *message) {
    if (message->html != NULL) {
        begin_multipart(out, "alternative", message->token, 2);
        next_part(out, message->token, 2);
    }
    add_text(out, "text/plain; charset=utf-8; format=flowed", message->text, message->text_length);
    if (message->html != NULL) {
        next_part(out, message->token, 2);
        add_text(out, "text/html; charset=utf-8", message->html, message->html_length);
        end_multipart(out, message->token, 2);
    }
}

/*
 * A file name that is not plain, as RFC 2231 has it, in segments of whole characters. GMime parts them anywhere, and
 * there are readers that decode each by itself.
 */
static void add_segments(struct str *out, const char *name) {
    static const char digits[] = "0123456789ABCDEF";
    size_t length = strlen(name);
    unsigned segment = 0;
    for (size_t at = 0; at < length; segment++) {
        str_addf(out, ";\n\tfilename*%u*=%s", segment, segment == 0 ? "UTF-8''" : "");
        for (size_t written = 0, next = at; at < length; at = next) {
            text_next(name, length, &next);
            bool kept = next == at + 1 && text_is_letter_or_digit((unsigned char)name[at]);
            if ((written += kept ? 1 : 3 * (next - at)) > SEGMENT_MAX)
                break;
            for (size_t i = at; !kept && i < next; i++)
                str_addf(out, "%%%c%c", digits[(unsigned char)name[i] >> 4], digits[(unsigned char)name[i] & 0xF]);
            if (kept)
                str_addc(out, name[at]);
        }
    }
}

/* In quotation marks (RFC 2045 §5.1). */
static void add_quoted(struct str *out, const char *name) {
    str_addc(out, '"');
    for (const char *c = name; *c != '\0'; c++)
        str_addf(out, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    str_addc(out, '"');
}

/* The headers of a PDF called GIVEN. Old programs look for the name in Content-Type. */
static void add_pdf_headers(struct str *out, const char *given) {
    struct str name = STR_EMPTY, quoted = STR_EMPTY;
    clean(&name, given, NAME_MAX_CHARACTERS);
    add_quoted(&quoted, name.bytes);
    bool plain = is_all_plain(name.bytes) && name.length > 0 && quoted.length <= QUOTED_MAX;
    str_adds(out, "Content-Type: application/pdf");
    if (plain)
        str_addf(out, ";\n\tname=%s", quoted.bytes);
    str_adds(out, "\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment");
    if (plain)
        str_addf(out, ";\n\tfilename=%s", quoted.bytes);
    else
        add_segments(out, name.bytes);
    str_adds(out, "\n\n");
    str_release(&quoted);
    str_release(&name);
}

/* ---- The whole ---- */

static int check_address(const struct mailbox *mailbox, const char *whose, struct error *error) {
    const char *fault = is_set(mailbox) ? mailbox_fault(mailbox->address, strlen(mailbox->address)) : "is missing";
    return fault == NULL ? 0 : error_set(error, STATUS_DATA, "the address of the %s %s", whose, fault);
}

static int check(const struct message *message, struct error *error) {
    if (check_address(&message->from, "sender", error) != 0 || check_address(&message->to, "recipient", error) != 0)
        return -1;
    if (is_set(&message->sender) && check_address(&message->sender, "mailbox that sends", error) != 0)
        return -1;
    if (is_set(&message->reply_to) && check_address(&message->reply_to, "person to answer", error) != 0)
        return -1;
    if (message->text_length > TEXT_MAX || (message->html != NULL && message->html_length > TEXT_MAX))
        return error_set(error, STATUS_DATA, "the letter's text is too large for an e-mail: %d MiB are the most",
                         TEXT_MAX >> 20);
    if (message->pdf != NULL && message->pdf_length > PDF_MAX)
        return error_set(error, STATUS_DATA, "the letter's PDF is too large for an e-mail: %d MiB are the most",
                         PDF_MAX >> 20);
    return 0;
}

static bool is_word(const char *text, const char *also, size_t max) {
    size_t length = strlen(text);
    for (const char *c = text; *c != '\0'; c++)
        if (!((unsigned char)*c < 0x80 && text_is_letter_or_digit((unsigned char)*c)) && strchr(also, *c) == NULL)
            return false;
    return length > 0 && length <= max;
}

static void add_with_crlf(struct str *out, const char *bytes, size_t length) {
    for (size_t at = 0; at < length;) {
        const char *newline = memchr(bytes + at, '\n', length - at);
        size_t line = newline == NULL ? length - at : (size_t)(newline - bytes) - at;
        str_add(out, bytes + at, line);
        if (newline != NULL)
            str_add(out, "\r\n", 2);
        at += line + (newline != NULL);
    }
}

/* In lines of 76 characters (RFC 2045 §6.8). */
static void add_base64(struct str *out, const char *bytes, size_t length) {
    enum { LINE_BYTES = 57 };
    for (size_t at = 0; at < length; at += LINE_BYTES) {
        base64_encode(out, bytes + at, length - at < LINE_BYTES ? length - at : LINE_BYTES);
        str_add(out, "\r\n", 2);
    }
}

int message_write(const struct message *message, struct str *out, struct error *error) {
    struct str lines = STR_EMPTY; /* they end in '\n' alone */
    assert(is_word(message->token, "", TOKEN_MAX));
    assert(is_word(message->language, "-", TOKEN_MAX));
    if (check(message, error) != 0 || add_headers(&lines, message, error) != 0) {
        str_release(&lines);
        return -1;
    }
    str_clear(out);
    if (message->pdf != NULL) {
        begin_multipart(&lines, "mixed", message->token, 1);
        next_part(&lines, message->token, 1);
    }
    add_texts(&lines, message);
    if (message->pdf != NULL) {
        next_part(&lines, message->token, 1);
        add_pdf_headers(&lines, message->pdf_name);
        add_with_crlf(out, lines.bytes, lines.length);
        add_base64(out, message->pdf, message->pdf_length);
        str_clear(&lines);
        end_multipart(&lines, message->token, 1);
    }
    add_with_crlf(out, lines.bytes, lines.length);
    str_release(&lines);
    return 0;
}
