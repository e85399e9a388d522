/*
 * Messages: text, HTML and a PDF come in, an e-mail goes out.
 *
 *     multipart/mixed ( multipart/alternative ( text/plain, text/html ), application/pdf )
 *
 * without what is not there. GMime builds it, folds its headers and encodes its parts. Two things GMime is not left. A
 * name or subject that is not plain is made into encoded-words here (RFC 2047), because it takes a name that looks like
 * one for one, and lets them grow beyond the 75 characters that they may have. And file names are encoded here.
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
    TOKEN_MAX = 60,          /* a boundary may have 70 */
    PLAIN_WORD_MAX = 60,     /* longer words could not be folded */
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
        gchar *base64 = g_base64_encode((const guchar *)text + at, end - at);
        str_addf(out, "%s=?UTF-8?B?%s?=", at > 0 ? " " : "", base64);
        g_free(base64);
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

/* ---- Parts ---- */

/* A part of LENGTH bytes. Yours to unref. */
static GMimePart *part_new(const char *type, const char *subtype, GMimeContentEncoding encoding, const char *bytes,
                           size_t length) {
    GMimePart *part = g_mime_part_new_with_type(type, subtype);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, length);
    GMimeDataWrapper *content = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_mime_part_set_content(part, content);
    g_mime_part_set_content_encoding(part, encoding);
    g_object_unref(content);
    g_object_unref(stream);
    return part;
}

static GMimeObject *text_part(const char *subtype, bool flowed, const char *bytes, size_t length) {
    GMimePart *part = part_new("text", subtype, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE, bytes, length);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    if (flowed)
        g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "format", "flowed");
    return GMIME_OBJECT(part);
}

/*
 * A file name that is not plain, as RFC 2231 has it, in segments of whole characters. GMime parts them anywhere, and
 * there are readers that decode each by itself.
 */
static void add_segments(struct str *out, const char *name) {
    static const char digits[] = "0123456789ABCDEF";
    size_t length = strlen(name);
    unsigned segment = 0;
    str_adds(out, " attachment");
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
    str_addc(out, '\n');
}

static void name_file(GMimeObject *part, const char *given) {
    struct str name = STR_EMPTY, raw = STR_EMPTY;
    clean(&name, given, NAME_MAX_CHARACTERS);
    g_mime_object_set_disposition(part, GMIME_DISPOSITION_ATTACHMENT);
    if (is_all_plain(name.bytes) && name.length <= PLAIN_WORD_MAX && name.length > 0) {
        g_mime_part_set_filename(GMIME_PART(part), name.bytes); /* in Content-Type's name, too, for old programs */
    } else if (name.length > 0) {
        GMimeHeaderList *headers = g_mime_object_get_header_list(part);
        add_segments(&raw, name.bytes);
        g_mime_header_set_raw_value(g_mime_header_list_get_header(headers, "Content-Disposition"), raw.bytes);
    }
    str_release(&name);
    str_release(&raw);
}

/* Without its content, which add_pdf puts there. */
static GMimeObject *pdf_part(const struct message *message) {
    GMimePart *part = part_new("application", "pdf", GMIME_CONTENT_ENCODING_BASE64, "", 0);
    name_file(GMIME_OBJECT(part), message->pdf_name);
    return GMIME_OBJECT(part);
}

/* FIRST and SECOND, which are ours from now on, in a multipart. "=_" cannot stand in quoted-printable text. */
static GMimeObject *join(const char *subtype, const char *token, int number, GMimeObject *first, GMimeObject *second) {
    GMimeMultipart *multipart = g_mime_multipart_new_with_subtype(subtype);
    gchar *boundary = g_strdup_printf("=_%s_%d", token, number);
    g_mime_multipart_set_boundary(multipart, boundary);
    g_mime_multipart_add(multipart, first);
    g_mime_multipart_add(multipart, second);
    g_free(boundary);
    g_object_unref(first);
    g_object_unref(second);
    return GMIME_OBJECT(multipart);
}

static GMimeObject *content_of(const struct message *message) {
    GMimeObject *content = text_part("plain", true, message->text, message->text_length);
    if (message->html != NULL)
        content = join("alternative", message->token, 2, content,
                       text_part("html", false, message->html, message->html_length));
    if (message->pdf != NULL)
        content = join("mixed", message->token, 1, content, pdf_part(message));
    return content;
}

/* ---- Headers ---- */

static void add_mailbox(GMimeMessage *built, GMimeAddressType type, const struct mailbox *mailbox) {
    struct str name = header_words(mailbox->name, NAME_MAX_CHARACTERS, true);
    g_mime_message_add_mailbox(built, type, name.length > 0 ? name.bytes : NULL, mailbox->address);
    str_release(&name);
}

static bool is_set(const struct mailbox *mailbox) {
    return mailbox->address != NULL && *mailbox->address != '\0';
}

static void add_headers(GMimeMessage *built, const struct message *message, GDateTime *date) {
    const struct mailbox *account = is_set(&message->sender) ? &message->sender : &message->from;
    struct str subject = header_words(message->subject, SUBJECT_MAX_CHARACTERS, false);
    gchar *id = g_strdup_printf("%s@%s", message->token, mailbox_domain(account->address));
    g_mime_message_set_date(built, date);
    add_mailbox(built, GMIME_ADDRESS_TYPE_FROM, &message->from);
    if (is_set(&message->sender))
        add_mailbox(built, GMIME_ADDRESS_TYPE_SENDER, &message->sender);
    if (is_set(&message->reply_to))
        add_mailbox(built, GMIME_ADDRESS_TYPE_REPLY_TO, &message->reply_to);
    add_mailbox(built, GMIME_ADDRESS_TYPE_TO, &message->to);
    g_mime_message_set_subject(built, subject.bytes, "utf-8");
    g_mime_message_set_message_id(built, id);
    g_free(id);
    str_release(&subject);
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

/*
 * GMime writes the message without its PDF, whose place is before the last boundary: through GMime's filters, which look
 * at every byte several times, it would take longer than all the rest.
 */
static void write_bytes(GMimeMessage *built, const struct message *message, struct str *out) {
    GMimeFormatOptions *options = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_UNIX);
    g_mime_format_options_set_param_encoding_method(options, GMIME_PARAM_ENCODING_METHOD_RFC2231);
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_object_write_to_stream(GMIME_OBJECT(built), options, stream);
    const GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    const char *bytes = (const char *)array->data;
    size_t length = array->len, end = length;
    if (message->pdf != NULL) {
        const char *last = memrchr(bytes, '\n', length - 1);
        assert(last != NULL && strncmp(last, "\n--=_", strlen("\n--=_")) == 0);
        end = (size_t)(last - bytes);
    }
    str_clear(out);
    add_with_crlf(out, bytes, end);
    if (message->pdf != NULL)
        add_base64(out, message->pdf, message->pdf_length);
    add_with_crlf(out, bytes + end, length - end);
    g_object_unref(stream);
    g_mime_format_options_free(options);
}

int message_write(const struct message *message, struct str *out, struct error *error) {
    assert(is_word(message->token, "", TOKEN_MAX));
    assert(is_word(message->language, "-", TOKEN_MAX));
    if (check(message, error) != 0)
        return -1;
    GDateTime *date = g_date_time_new_from_unix_utc(message->time_ms / 1000);
    if (date == NULL)
        return error_set(error, STATUS_DATA, "the message's date is none");
    GMimeMessage *built = g_mime_message_new(TRUE);
    GMimeObject *content = content_of(message);
    add_headers(built, message, date);
    g_mime_object_set_header(content, "Content-Language", message->language, "utf-8");
    g_mime_message_set_mime_part(built, content);
    write_bytes(built, message, out);
    g_object_unref(content);
    g_object_unref(built);
    g_date_time_unref(date);
    return 0;
}
