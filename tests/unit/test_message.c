/*
 * Messages: what stands in the bytes of an e-mail, and what no name or subject can do to them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "delivery/message.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TOKEN "0123456789abcdef0123456789abcdef"

static const char text[] = "Siân writes \non. \n.\n From here\n";
static const char html[] = "<p>Siân</p>\n";
static const char pdf[] = "%PDF-1.4 invented";

static struct message sample(void) {
    return (struct message){
        .from = {"Jane Doe via Example Branch", "branch@union.example"},
        .to = {"Ann Invented MP", "ann.invented@parliament.example"},
        .reply_to = {"Jane Doe", "jane@mail.example"},
        .sender = {"", ""},
        .subject = "Jobs",
        .token = TOKEN,
        .time_ms = 1795300000123,
        .language = "en-GB",
        .text = text,
        .text_length = sizeof text - 1,
        .html = html,
        .html_length = sizeof html - 1,
        .pdf = pdf,
        .pdf_length = sizeof pdf - 1,
        .pdf_name = "Letter.pdf",
    };
}

static int setup(void **state) {
    (void)state;
    message_setup();
    return 0;
}

static void write_message(const struct message *message, struct str *out) {
    struct error error = {0};
    if (message_write(message, out, &error) != 0)
        fail_msg("%s", error.message);
}

/* What is true of any message. */
static void assert_sound(const struct str *out, const char *name) {
    size_t line = 0;
    for (size_t i = 0; i < out->length; i++) {
        unsigned char byte = (unsigned char)out->bytes[i];
        bool cr = i > 0 && out->bytes[i - 1] == '\r';
        if (byte >= 0x80 || (byte < ' ' && byte != '\t' && byte != '\r' && byte != '\n') || (byte == '\n') != cr)
            fail_msg("%s: byte %02X at %zu", name, byte, i);
        line = byte == '\n' ? 0 : line + 1;
        if (line > 79)
            fail_msg("%s: a line of more than 78 characters at %zu", name, i);
    }
    assert_true(out->length > 2 && strcmp(out->bytes + out->length - 2, "\r\n") == 0);
}

static void test_the_whole(void **state) {
    (void)state;
    struct str out = STR_EMPTY;
    struct message message = sample();
    write_message(&message, &out);
    assert_string_equal(out.bytes, "Date: Sat, 21 Nov 2026 22:26:40 +0000\r\n"
                                   "From: Jane Doe via Example Branch <branch@union.example>\r\n"
                                   "Reply-To: Jane Doe <jane@mail.example>\r\n"
                                   "To: Ann Invented MP <ann.invented@parliament.example>\r\n"
                                   "Subject: Jobs\r\n"
                                   "Message-ID: <" TOKEN "@union.example>\r\n"
                                   "MIME-Version: 1.0\r\n"
                                   "Content-Language: en-GB\r\n"
                                   "Content-Type: multipart/mixed;\r\n"
                                   "\tboundary=\"=_" TOKEN "_1\"\r\n"
                                   "\r\n"
                                   "--=_" TOKEN "_1\r\n"
                                   "Content-Type: multipart/alternative;\r\n"
                                   "\tboundary=\"=_" TOKEN "_2\"\r\n"
                                   "\r\n"
                                   "--=_" TOKEN "_2\r\n"
                                   "Content-Type: text/plain; charset=utf-8; format=flowed\r\n"
                                   "Content-Transfer-Encoding: quoted-printable\r\n"
                                   "\r\n"
                                   "Si=C3=A2n writes=20\r\n"
                                   "on.=20\r\n"
                                   ".\r\n"
                                   " From here\r\n"
                                   "\r\n"
                                   "--=_" TOKEN "_2\r\n"
                                   "Content-Type: text/html; charset=utf-8\r\n"
                                   "Content-Transfer-Encoding: quoted-printable\r\n"
                                   "\r\n"
                                   "<p>Si=C3=A2n</p>\r\n"
                                   "\r\n"
                                   "--=_" TOKEN "_2--\r\n"
                                   "\r\n"
                                   "--=_" TOKEN "_1\r\n"
                                   "Content-Type: application/pdf;\r\n"
                                   "\tname=\"Letter.pdf\"\r\n"
                                   "Content-Transfer-Encoding: base64\r\n"
                                   "Content-Disposition: attachment;\r\n"
                                   "\tfilename=\"Letter.pdf\"\r\n"
                                   "\r\n"
                                   "JVBERi0xLjQgaW52ZW50ZWQ=\r\n"
                                   "\r\n"
                                   "--=_" TOKEN "_1--\r\n");
    assert_sound(&out, "sample");
    str_release(&out);
}

static void test_parts_that_are_not_there(void **state) {
    (void)state;
    struct str out = STR_EMPTY;
    struct message message = sample();
    message.pdf = NULL;
    write_message(&message, &out);
    assert_null(strstr(out.bytes, "multipart/mixed"));
    assert_non_null(strstr(out.bytes, "multipart/alternative"));
    message.html = NULL;
    message.reply_to.address = NULL;
    write_message(&message, &out);
    assert_null(strstr(out.bytes, "multipart"));
    assert_null(strstr(out.bytes, "Reply-To"));
    assert_non_null(strstr(out.bytes, "\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\n"));
    str_release(&out);
}

/* Where the From is the member's own, the Message-ID is still the branch's. */
static void test_sender(void **state) {
    (void)state;
    struct str out = STR_EMPTY;
    struct message message = sample();
    message.from = (struct mailbox){"Jane Doe", "jane@mail.example"};
    message.sender = (struct mailbox){"Example Branch", "branch@union.example"};
    write_message(&message, &out);
    assert_non_null(strstr(out.bytes, "\r\nFrom: Jane Doe <jane@mail.example>\r\n"));
    assert_non_null(strstr(out.bytes, "\r\nSender: Example Branch <branch@union.example>\r\n"));
    assert_non_null(strstr(out.bytes, TOKEN "@union.example>\r\n"));
    str_release(&out);
}

/* A long address has a line to itself, and is never folded: at a dot, there are programs that would lose the rest. */
static void test_long_addresses(void **state) {
    (void)state;
    static const char address[] = "an.address.of.some.length.that.is.long@a.domain.of.some.length.example";
    struct str out = STR_EMPTY;
    struct message message = sample();
    message.reply_to = (struct mailbox){"Jane Doe", address};
    message.to = (struct mailbox){"", address};
    message.from.name = "Doe, Jane";
    write_message(&message, &out);
    assert_sound(&out, "long addresses");
    assert_non_null(strstr(out.bytes, "\r\nFrom: \"Doe, Jane\" <branch@union.example>\r\n"));
    assert_non_null(strstr(out.bytes,
                           "\r\nReply-To: Jane Doe\r\n"
                           "\t<an.address.of.some.length.that.is.long@a.domain.of.some.length.example>\r\n"));
    assert_non_null(
        strstr(out.bytes, "\r\nTo: an.address.of.some.length.that.is.long@a.domain.of.some.length.example\r\n"));
    str_release(&out);
}

static const struct {
    const char *name, *given;
    const char *from;     /* what stands before the address */
    const char *subject;  /* the same for the subject, unfolded */
    const char *filename; /* "…; filename" and what follows, unfolded */
} names[] = {
    {"plain", "Jane Doe", "Jane Doe", "Jane Doe", "=\"Jane Doe\""},
    {"empty", "", "", "", NULL},
    {"accents", "Siân Doe via Branch", "=?UTF-8?B?U2nDom4=?= Doe via Branch", "=?UTF-8?B?U2nDom4=?= Doe via Branch",
     "*0*=UTF-8''Si%C3%A2n%20Doe%20via%20Branch"},
    {"two words with accents are one run, or their space is lost", "Siân Ŵyn",
     "=?UTF-8?B?U2nDom4gxbR5bg==?=", "=?UTF-8?B?U2nDom4gxbR5bg==?=", "*0*=UTF-8''Si%C3%A2n%20%C5%B4yn"},
    {"commas and quotes", "Doe, \"Jane\" <x@y>", "\"Doe, \\\"Jane\\\" <x@y>\"", "Doe, \"Jane\" <x@y>",
     "=\"Doe, \\\"Jane\\\" <x@y>\""},
    {"a backslash", "a\\", "\"a\\\\\"", "a\\", "=\"a\\\\\""},
    {"a comma beside accents", "Doe, Siân",
     "=?UTF-8?B?RG9lLCBTacOibg==?=", "Doe, =?UTF-8?B?U2nDom4=?=", "*0*=UTF-8''Doe%2C%20Si%C3%A2n"},
    {"an encoded-word is a name", "=?utf-8?q?x?=", "=?UTF-8?B?PT91dGYtOD9xP3g/PQ==?=",
     "=?UTF-8?B?PT91dGYtOD9xP3g/PQ==?=", "*0*=UTF-8''%3D%3Futf%2D8%3Fq%3Fx%3F%3D"},
    {"line breaks", "Jane\r\nBcc: evil@x.example", "\"Jane Bcc: evil@x.example\"", "Jane Bcc: evil@x.example",
     "=\"Jane Bcc: evil@x.example\""},
    {"control characters", "\x01 Jane\x1B[1m\x7F\tDoe\xC2\x85 ", "\"Jane [1m Doe\"", "Jane [1m Doe",
     "=\"Jane [1m Doe\""},
    {"right to left", "שלום\u200F",
     "=?UTF-8?B?16nXnNeV153igI8=?=", "=?UTF-8?B?16nXnNeV153igI8=?=", "*0*=UTF-8''%D7%A9%D7%9C%D7%95%D7%9D%E2%80%8F"},
};

/* The value of the header that BEGINNING begins, unfolded. */
static void header_value(const struct str *message, const char *beginning, struct str *value) {
    const char *at = strstr(message->bytes, beginning);
    assert_non_null(at);
    at += strlen(beginning);
    str_clear(value);
    for (; !(at[0] == '\r' && at[2] != ' ' && at[2] != '\t'); at++)
        if (*at != '\r' && *at != '\n')
            str_addc(value, *at == '\t' ? ' ' : *at);
}

static void test_names(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        struct str out = STR_EMPTY, value = STR_EMPTY, expected = STR_EMPTY;
        struct message message = sample();
        message.from.name = message.subject = message.pdf_name = names[i].given;
        write_message(&message, &out);
        assert_sound(&out, names[i].name);
        header_value(&out, "\r\nFrom: ", &value);
        str_addf(&expected, *names[i].from == '\0' ? "%s%s" : "%s <%s>", names[i].from, "branch@union.example");
        assert_string_equal(value.bytes, expected.bytes);
        header_value(&out, "\r\nSubject: ", &value);
        assert_string_equal(value.bytes, names[i].subject);
        if (names[i].filename != NULL) {
            header_value(&out, "\r\nContent-Disposition: attachment;", &value);
            assert_memory_equal(value.bytes, " filename", strlen(" filename"));
            assert_string_equal(value.bytes + strlen(" filename"), names[i].filename);
        }
        str_release(&out);
        str_release(&value);
        str_release(&expected);
    }
}

/* TEXT many times over, as a name and a subject. */
static void test_long_names_are_cut(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "x",  "é",  "😀",   "👨‍👩‍👧‍👦", "e\u0301", "\u0301", "word ", "ab, ", "王", "\u200Fש",
        "=?", "\"", "é x "};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct str name = STR_EMPTY, out = STR_EMPTY;
        for (size_t j = 0; j < 10000; j++)
            str_adds(&name, pieces[i]);
        struct message message = sample();
        message.from.name = message.to.name = message.subject = message.pdf_name = name.bytes;
        write_message(&message, &out);
        assert_sound(&out, pieces[i]);
        assert_true(out.length < 32 * 1024);
        str_release(&name);
        str_release(&out);
    }
}

static void test_the_same_parts_give_the_same_bytes(void **state) {
    (void)state;
    struct str first = STR_EMPTY, second = STR_EMPTY;
    struct message message = sample();
    write_message(&message, &first);
    write_message(&message, &second);
    assert_string_equal(first.bytes, second.bytes);
    str_release(&first);
    str_release(&second);
}

/* Every length of a last line. */
static void test_pdf_arrives_whole(void **state) {
    (void)state;
    char bytes[3000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 2654435761u >> 13);
    for (size_t length = 2800; length <= sizeof bytes; length++) {
        struct str out = STR_EMPTY, base64 = STR_EMPTY, pdf_again = STR_EMPTY;
        struct message message = sample();
        message.pdf = bytes;
        message.pdf_length = length;
        write_message(&message, &out);
        assert_sound(&out, "PDF");
        const char *at = strstr(strstr(out.bytes, "application/pdf"), "\r\n\r\n") + 4;
        for (; strncmp(at, "\r\n--=_", 6) != 0; at++)
            if (*at != '\r' && *at != '\n')
                str_addc(&base64, *at);
        assert_string_equal(at, "\r\n--=_" TOKEN "_1--\r\n");
        assert_int_equal(base64_decode(&pdf_again, base64.bytes, base64.length), 0);
        assert_int_equal(pdf_again.length, length);
        assert_memory_equal(pdf_again.bytes, bytes, length);
        str_release(&out);
        str_release(&base64);
        str_release(&pdf_again);
    }
}

static void test_what_cannot_be_sent(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *reply_to;
        size_t pdf_length;
        const char *message;
    } cases[] = {
        {"", "a@b.example", "", 1, "the address of the sender is missing"},
        {"a@b.example", "siân@b.example", "", 1, "the address of the recipient holds letters"},
        {"a@b.example", "a@b.example>\r\nRCPT TO:<evil@x.example", "", 1, "the address of the recipient holds"},
        {"a@b.example", "c@d.example", "x", 1, "the address of the person to answer has no @"},
        {"a@b.example", "c@d.example", "", (size_t)1 << 30, "the letter's PDF is too large for an e-mail: 25 MiB"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str out = STR_EMPTY;
        struct error error = {0};
        struct message message = sample();
        message.from.address = cases[i].from;
        message.to.address = cases[i].to;
        message.reply_to.address = cases[i].reply_to;
        message.pdf_length = cases[i].pdf_length;
        assert_int_equal(message_write(&message, &out, &error), -1);
        if (strstr(error.message, cases[i].message) != error.message)
            fail_msg("%s", error.message);
        assert_int_equal(error.status, STATUS_DATA);
        assert_int_equal(out.length, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_whole),
        cmocka_unit_test(test_parts_that_are_not_there),
        cmocka_unit_test(test_sender),
        cmocka_unit_test(test_long_addresses),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_long_names_are_cut),
        cmocka_unit_test(test_the_same_parts_give_the_same_bytes),
        cmocka_unit_test(test_pdf_arrives_whole),
        cmocka_unit_test(test_what_cannot_be_sent),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
