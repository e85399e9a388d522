/*
 * Parcels: who a letter's message is from and to, what stands around the letter, and which rows have no e-mail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "delivery/message.h"
#include "delivery/parcel.h"
#include "scribe.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LIST "Name,Address line 1,Postcode,MP,MP's e-mail,E-mail\n"
#define JANE LIST "Jane Doe,1 High Street,L20 9ZX,Ann Invented,ann@parliament.example,jane@mail.example\n"
#define MODEL "Subject: Jobs\n\nDear [MP]\n\nText.\n\nYours sincerely\n\n[Name]\n"

static int setup(void **state) {
    (void)state;
    message_setup();
    return 0;
}

static struct config sample_config(void) {
    struct config config = {.folder = NULL};
    config.smtp.from = (struct mailbox){"Example Branch", "branch@union.example"};
    config.smtp.attach = true;
    return config;
}

/* One line for what wraps: folded headers and soft breaks of quoted-printable are undone. */
static void plain(struct str *out, const struct str *bytes) {
    for (const char *at = bytes->bytes; *at != '\0'; at++) {
        if (strncmp(at, "=\r\n", 3) == 0)
            at += 2;
        else if (*at == '=' && strspn(at + 1, "0123456789ABCDEF") >= 2)
            str_addc(out, (char)strtol((char[]){at[1], at[2], '\0'}, NULL, 16)), at += 2;
        else if (strncmp(at, "\r\n\t", 3) == 0)
            str_addc(out, ' '), at += 2;
        else if (strncmp(at, "\r\n ", 3) == 0 && strstr(at, "MIME-Version") != NULL)
            str_addc(out, ' '), at += 2;
        else if (*at != '\r')
            str_addc(out, *at);
    }
}

static void pack(enum parcel_kind kind, const struct config *config, struct scribe *scribe, struct parcel *parcel,
                 struct str *text) {
    static const char pdf[] = "%PDF";
    struct error error = {0};
    struct parcel_order order = {
        .kind = kind,
        .config = config,
        .letter = &scribe->letter,
        .pdf = pdf,
        .pdf_length = sizeof pdf - 1,
        .token = "0123456789abcdef0123456789abcdef",
        .time_ms = 1795300000000,
    };
    parcel->bytes = STR_EMPTY;
    if (parcel_pack(parcel, &order, &scribe->arena, &error) != 0)
        fail_msg("%s", error.message);
    plain(text, &parcel->bytes);
}

static void assert_holds(const struct str *text, const char *part) {
    if (strstr(text->bytes, part) == NULL)
        fail_msg("not there: %s\nin:\n%s", part, text->bytes);
}

static void assert_lacks(const struct str *text, const char *part) {
    if (strstr(text->bytes, part) != NULL)
        fail_msg("there: %s\nin:\n%s", part, text->bytes);
}

enum { PARTS_MAX = 12 };

static const struct {
    const char *name;
    enum parcel_kind kind;
    const char *model, *list;
    const char *member_domains, *rehearsal;
    bool bare; /* no PDF */
    const char *recipient;
    const char *holds[PARTS_MAX], *lacks[PARTS_MAX];
} cases[] = {
    {.name = "to the MP, through the branch",
     .kind = PARCEL_TO_MP,
     .model = MODEL,
     .list = JANE,
     .recipient = "ann@parliament.example",
     .holds = {"\nFrom: Jane Doe via Example Branch <branch@union.example>\n",
               "\nReply-To: Jane Doe <jane@mail.example>\n", "\nTo: Ann Invented MP <ann@parliament.example>\n",
               "\nSubject: Jobs\n", "@union.example>\n",
               "\n\nJane Doe\n1 High Street\nL20 9ZX\n\n22 November 2026\n\nDear Ann Invented\n\nText.\n",
               "<p>Jane Doe<br>\n1 High Street<br>\nL20 9ZX</p>", "Letter from Jane Doe to Ann Invented MP.pdf"},
     .lacks = {"\nSender:", "House of Commons", "Precedence", "List-", "X-Mailer", "Auto-Submitted", "Bcc"}},
    {.name = "to the MP, from the member's own address",
     .kind = PARCEL_TO_MP,
     .model = MODEL,
     .list = JANE,
     .member_domains = "union.example, mail.example",
     .recipient = "ann@parliament.example",
     .holds = {"\nFrom: Jane Doe <jane@mail.example>\n", "\nSender: Example Branch <branch@union.example>\n",
               "\nReply-To: Jane Doe <jane@mail.example>\n",
               "\nMessage-ID: <0123456789abcdef0123456789abcdef@union.example>"},
     .lacks = {" via "}},
    {.name = "a member without an address is answered by post",
     .kind = PARCEL_TO_MP,
     .model = MODEL,
     .list = LIST "Jane Doe,1 High Street,L20 9ZX,Ann Invented,ann@parliament.example,\n",
     .recipient = "ann@parliament.example",
     .holds = {"\nFrom: Jane Doe via Example Branch <branch@union.example>\n"},
     .lacks = {"\nReply-To:"}},
    {.name = "no subject in the model",
     .kind = PARCEL_TO_MP,
     .model = "Dear [MP]\n\nText.\n\nYours sincerely\n\n[Name]\n",
     .list = JANE,
     .recipient = "ann@parliament.example",
     .holds = {"\nSubject: Letter to Ann Invented MP from Jane Doe, L20 9ZX\n"}},
    {.name = "to the member",
     .kind = PARCEL_TO_MEMBER,
     .model = MODEL,
     .list = JANE,
     .recipient = "jane@mail.example",
     .holds = {"\nFrom: Example Branch <branch@union.example>\n", "\nTo: Jane Doe <jane@mail.example>\n",
               "\nSubject: Your letter to Ann Invented MP\n", "Dear Jane Doe,\n",
               "1. Open a new e-mail from your own mailbox to ann@parliament.example, with", "“Jobs”",
               "You may attach the PDF", "\nAnn Invented MP\nHouse of Commons\nLondon\nSW1A 0AA\n",
               "----- Your letter -----\n\nJane Doe\n1 High Street\n", "----- End of your letter -----",
               "href=\"mailto:ann@parliament.example?subject=Jobs&amp;body=Jane%20Doe%0D%0A1%20High%20Street%0D%0A",
               "Nothing has been sent to Ann Invented MP"},
     .lacks = {"\nReply-To:", "\nSender:"}},
    {.name = "to the member, whose MP has no e-mail address",
     .kind = PARCEL_TO_MEMBER,
     .model = MODEL,
     .list = LIST "Jane Doe,1 High Street,L20 9ZX,Ann Invented,,jane@mail.example\n",
     .bare = true,
     .recipient = "jane@mail.example",
     .holds = {"We have no e-mail address for Ann Invented MP", "Print the letter below, sign it"},
     .lacks = {"mailto:", "1. Open", "PDF", "application/pdf"}},
    {.name = "in Welsh",
     .kind = PARCEL_TO_MEMBER,
     .model = "Language: cy\n\nAnnwyl [MP]\n\nTestun.\n\nYr eiddoch yn gywir\n\n[Name]\n",
     .list = JANE,
     .recipient = "jane@mail.example",
     .holds = {"\nSubject: Eich llythyr at Ann Invented MP\n", "Annwyl Jane Doe,\n", "\nContent-Language: cy\n",
               "----- Eich llythyr -----\n", "subject=Llythyr%20at%20Ann%20Invented%20MP%20oddi%20wrth%20Jane%20Doe",
               "Llythyr oddi wrth Jane Doe at Ann Invented MP.pdf"},
     .lacks = {"Your letter", "Dear Jane"}},
    {.name = "a copy",
     .kind = PARCEL_COPY,
     .model = MODEL,
     .list = JANE,
     .recipient = "jane@mail.example",
     .holds = {"\nFrom: Example Branch <branch@union.example>\n", "\nTo: Jane Doe <jane@mail.example>\n",
               "\nSubject: Copy: Jobs\n", "This letter went to Ann Invented MP by e-mail, on your behalf, from",
               "attached as a PDF", "application/pdf"},
     .lacks = {"\nReply-To:", "mailto:"}},
    {.name = "a rehearsal",
     .kind = PARCEL_TO_MP,
     .model = MODEL,
     .list = JANE,
     .rehearsal = "me@union.example",
     .recipient = "me@union.example",
     .holds = {"\nTo: me@union.example\n", "\nReply-To: me@union.example\n", "\nSubject: [Rehearsal] Jobs\n",
               "\n\nREHEARSAL: this message went to you only.", "\nTo: Ann Invented MP <ann@parliament.example>\n",
               "\nReply-To: Jane Doe <jane@mail.example>\n\n----------\n\nJane Doe\n",
               "To: Ann Invented MP &lt;ann@parliament.example&gt;<br>"}},
};

static void test_parcels(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scribe scribe;
        struct parcel parcel;
        struct str text = STR_EMPTY;
        struct config config = sample_config();
        config.smtp.member_domains = cases[i].member_domains;
        config.smtp.rehearsal = (struct mailbox){"", cases[i].rehearsal};
        config.smtp.attach = !cases[i].bare;
        print_message("%s\n", cases[i].name);
        scribe_open(&scribe, "txt", cases[i].model, cases[i].list);
        pack(cases[i].kind, &config, &scribe, &parcel, &text);
        assert_string_equal(parcel.sender, "branch@union.example");
        assert_string_equal(parcel.recipient, cases[i].recipient);
        for (size_t j = 0; j < PARTS_MAX && cases[i].holds[j] != NULL; j++)
            assert_holds(&text, cases[i].holds[j]);
        for (size_t j = 0; j < PARTS_MAX && cases[i].lacks[j] != NULL; j++)
            assert_lacks(&text, cases[i].lacks[j]);
        str_release(&text);
        str_release(&parcel.bytes);
        scribe_close(&scribe);
    }
}

/* A rehearsal sends nothing to anybody else, whatever its reader presses. */
static void test_rehearsal_has_no_other_address_in_its_headers(void **state) {
    (void)state;
    struct scribe scribe;
    struct parcel parcel;
    struct str text = STR_EMPTY;
    struct config config = sample_config();
    config.smtp.rehearsal = (struct mailbox){"", "me@union.example"};
    scribe_open(&scribe, "txt", MODEL, JANE);
    for (enum parcel_kind kind = PARCEL_TO_MP; kind <= PARCEL_COPY; kind++) {
        str_clear(&text);
        pack(kind, &config, &scribe, &parcel, &text);
        *strstr(parcel.bytes.bytes, "\r\n\r\n") = '\0';
        assert_null(strstr(parcel.bytes.bytes, "parliament.example"));
        assert_null(strstr(parcel.bytes.bytes, "mail.example"));
        str_release(&parcel.bytes);
    }
    str_release(&text);
    scribe_close(&scribe);
}

/* A mail program does not take a link of any length: then the letter is not in it. */
static void test_link_of_a_long_letter(void **state) {
    (void)state;
    struct scribe scribe;
    struct parcel parcel;
    struct str text = STR_EMPTY, model = STR_EMPTY;
    struct config config = sample_config();
    str_adds(&model, "Subject: Jobs & \"pay\" – 100 %\n\nDear [MP]\n\n");
    for (int i = 0; i < 100; i++)
        str_adds(&model, "One sentence of many. ");
    str_adds(&model, "\n\nYours sincerely\n\n[Name]\n");
    scribe_open(&scribe, "txt", model.bytes, JANE);
    pack(PARCEL_TO_MEMBER, &config, &scribe, &parcel, &text);
    assert_holds(&text, "href=\"mailto:ann@parliament.example?subject=Jobs%20%26%20");
    assert_holds(&text, "%E2%80%93%20100%20%25\"");
    assert_lacks(&text, "body=");
    str_release(&text);
    str_release(&model);
    str_release(&parcel.bytes);
    scribe_close(&scribe);
}

static const struct {
    const char *name, *title, *expected;
} files[] = {
    {"what file systems do not take", "Jane/Doe\\:*?\"<>|x\ty", "Letter from Jane Doe x y to Ann Invented MP.pdf"},
    {"a full stop in front stays in the middle", "..", "Letter from .. to Ann Invented MP.pdf"},
    {"cut at 120 bytes",
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxx",
     "Letter from "
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.pdf"},
};

/* The file's name as RFC 2231 has it or plain, put together again. */
static void test_file_names(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct scribe scribe;
        struct parcel parcel;
        struct str text = STR_EMPTY, name = STR_EMPTY;
        struct config config = sample_config();
        scribe_open(&scribe, "txt", MODEL, JANE);
        scribe.letter.author = files[i].title;
        pack(PARCEL_TO_MP, &config, &scribe, &parcel, &text);
        for (char *at = strstr(text.bytes, "attachment; filename"); *at != '\n' && *at != '\0'; at++) {
            if (strncmp(at, "; filename", 10) != 0)
                continue;
            char *value = strchr(at, '=') + 1;
            value += strncmp(value, "UTF-8''", 7) == 0 ? 7 : *value == '"';
            for (; strchr(";\"\n", *value) == NULL; value++) {
                unsigned byte = (unsigned char)*value;
                if (sscanf(value, "%%%2X", &byte) == 1)
                    value += 2;
                str_addc(&name, (char)byte);
            }
        }
        assert_string_equal(name.bytes, files[i].expected);
        str_release(&text);
        str_release(&name);
        str_release(&parcel.bytes);
        scribe_close(&scribe);
    }
}

static const struct {
    const char *name;
    enum parcel_kind kind;
    const char *list, *employers, *expected; /* "LINE:COLUMN message" */
} rows[] = {
    {"all is well", PARCEL_TO_MP, JANE, "ministry.example", ""},
    {"the MP's is missing", PARCEL_TO_MP,
     "Name,Address line 1,Postcode,MP,E-mail\nJane Doe,1 High Street,L20 9ZX,Ann Invented,j@x.example\n", NULL,
     "2:0 no e-mail address is known for Ann Invented MP; add a column \"MP's e-mail\" to the list, or import a list "
     "of "
     "MPs that has them"},
    {"the MP's is beyond ASCII", PARCEL_TO_MP,
     LIST "Jane Doe,1 High Street,L20 9ZX,Ann Invented,siân@parliament.example,\n", NULL,
     "2:5 the MP's e-mail address \"siân@parliament.example\" holds letters that most mail servers do not take: only "
     "plain "
     "a to z can be used"},
    {"the member's own is not needed", PARCEL_TO_MP,
     LIST "Jane Doe,1 High Street,L20 9ZX,Ann Invented,ann@parliament.example,\n", NULL, ""},
    {"the member's is missing", PARCEL_TO_MEMBER,
     LIST "Jane Doe,1 High Street,L20 9ZX,Ann Invented,ann@parliament.example,\n", NULL,
     "there is no e-mail address to send this member their letter; add it, or print the letter with `postbag write`"},
    {"an employer's, in a subdomain", PARCEL_TO_MEMBER,
     LIST "Jane Doe,1 High Street,L20 9ZX,Ann Invented,,jane@hr.Ministry.example\n", "agency.example, ministry.example",
     "2:6 jane@hr.Ministry.example is an address at work (campaign.employer_domains): the answer would land with the "
     "employer"},
    {"another that ends alike", PARCEL_TO_MEMBER,
     LIST "Jane Doe,1 High Street,L20 9ZX,Ann Invented,,jane@notministry.example\n", "ministry.example", ""},
};

static void test_rows(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct scribe scribe;
        struct problems problems;
        struct str out = STR_EMPTY;
        struct config config = sample_config();
        config.campaign.employer_domains = rows[i].employers;
        scribe_open(&scribe, "txt", MODEL, rows[i].list);
        problems_init(&problems, &scribe.arena);
        parcel_check(rows[i].kind, &config, &scribe.person, "list.csv", &problems);
        for (size_t j = 0; j < problems.count; j++) {
            assert_string_equal(problems.items[j].place.file, "list.csv");
            assert_int_equal(problems.items[j].severity, SEVERITY_ERROR);
            str_addf(&out, "%u:%u %s", problems.items[j].place.line, problems.items[j].place.column,
                     problems.items[j].message);
        }
        bool same = *rows[i].expected == '\0' ? out.length == 0 : strstr(out.bytes, rows[i].expected) != NULL;
        if (!same)
            fail_msg("%s: %s", rows[i].name, out.bytes);
        problems_release(&problems);
        str_release(&out);
        scribe_close(&scribe);
    }
}

static void test_recipient(void **state) {
    (void)state;
    struct scribe scribe;
    scribe_open(&scribe, "txt", MODEL, JANE);
    assert_string_equal(parcel_recipient(PARCEL_TO_MP, &scribe.person, &scribe.arena), "Ann Invented MP");
    assert_string_equal(parcel_recipient(PARCEL_TO_MEMBER, &scribe.person, &scribe.arena), "Jane Doe");
    assert_string_equal(parcel_recipient(PARCEL_COPY, &scribe.person, &scribe.arena), "Jane Doe");
    scribe_close(&scribe);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parcels),
        cmocka_unit_test(test_rehearsal_has_no_other_address_in_its_headers),
        cmocka_unit_test(test_link_of_a_long_letter),
        cmocka_unit_test(test_file_names),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_recipient),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
