/*
 * The configuration: what a file and -o say, and what is said of one that cannot be read as it looks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/str.h"
#include "input/config.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static char directory[] = "/tmp/postbag-test-XXXXXX";
static char path[64];

static int make_directory(void **state) {
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/test.conf", directory);
    return 0;
}

static int remove_directory(void **state) {
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static void write_file(const char *bytes, size_t length) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static int read_text(const char *text, struct config *config, struct arena *arena, struct error *error) {
    write_file(text, strlen(text));
    return config_read(config, path, NULL, 0, arena, error);
}

static void test_defaults(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    assert_int_equal(chdir(directory), 0); /* where there is no postbag.conf */
    assert_int_equal(config_read(&config, NULL, NULL, 0, &arena, &error), 0);
    assert_null(config.campaign.name);
    assert_null(config.campaign.model);
    assert_null(config.campaign.constituents);
    assert_string_equal(config.campaign.encoding, "auto");
    assert_string_equal(config.campaign.out, "out");
    assert_string_equal(config.letter.date, "today");
    assert_null(config.letter.language);
    assert_string_equal(config.letter.font, "Gentium Book Plus");
    assert_int_equal(config.letter.size_mpt, 0);
    assert_int_equal(config.letter.leading_mpt, 0);
    assert_true(config.letter.justify);
    assert_true(config.letter.hyphenate);
    assert_true(config.letter.protrusion);
    assert_true(config.letter.expansion);
    assert_int_equal(config.letter.margins.left_mpt, 70866);
    assert_int_equal(config.letter.margins.right_mpt, 79370);
    assert_int_equal(config.letter.margins.top_mpt, 90709);
    assert_int_equal(config.letter.margins.bottom_mpt, 62362);
    assert_int_equal(config.letter.window, LETTER_WINDOW_DL);
    assert_false(config.letter.fold_marks);
    assert_int_equal(config.letter.sender, LETTER_SENDER_RIGHT);
    assert_null(config.folder);
    assert_null(config.campaign.consent);
    assert_null(config.campaign.employer_domains);
    assert_int_equal(config.campaign.keep_days, 365);
    assert_int_equal(config.smtp.to, SMTP_TO_NOBODY);
    assert_null(config.smtp.host);
    assert_int_equal(config.smtp.port, 0);
    assert_int_equal(config.smtp.security, SMTP_STARTTLS);
    assert_null(config.smtp.user);
    assert_null(config.smtp.password_file);
    assert_null(config.smtp.from.address);
    assert_false(config.smtp.copy);
    assert_true(config.smtp.attach);
    assert_int_equal(config.smtp.connections, 2);
    assert_int_equal(config.smtp.timeout_ms, 60000);
    assert_int_equal(config.smtp.quota.rates_count, 0);
    assert_int_equal(config.smtp.quota.hours_count, 0);
    assert_null(config.smtp.rehearsal.address);
    assert_null(config.webhook.url);
    assert_int_equal(config.webhook.format, WEBHOOK_JSON);
    assert_null(config.webhook.fields);
    assert_false(config.webhook.attach);
    assert_null(config.webhook.secret_file);
    assert_null(config.webhook.token_file);
    assert_null(config.webhook.headers);
    assert_false(config.webhook.idempotent);
    assert_int_equal(config.webhook.in_flight, 4);
    assert_int_equal(config.webhook.timeout_ms, 30000);
    assert_int_equal(config.webhook.quota.rates_count, 0);
    assert_null(config.webhook.rehearsal);
    arena_release(&arena);
}

static void test_the_look_of_a_letter(void **state) {
    (void)state;
    static const struct {
        const char *name;
        enum letter_window window;
    } windows[] = {{"dl", LETTER_WINDOW_DL},
                   {"C5", LETTER_WINDOW_C5},
                   {"notify", LETTER_WINDOW_NOTIFY},
                   {"none", LETTER_WINDOW_NONE}};
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    if (read_text("[letter]\nsize = 10.5\nleading = 10.5 pt\nalign = Left\nhyphenate = no\nprotrusion = no\n"
                  "expansion = off\nmargins = 15 60\t25.4  10 mm\nfold_marks = yes\nsender = left\n",
                  &config, &arena, &error) != 0)
        fail_msg("%u:%u: %s", error.place.line, error.place.column, error.message);
    assert_int_equal(config.letter.leading_mpt, 10500);
    assert_false(config.letter.justify);
    assert_false(config.letter.hyphenate);
    assert_false(config.letter.protrusion);
    assert_false(config.letter.expansion);
    assert_int_equal(config.letter.margins.left_mpt, 42520);
    assert_int_equal(config.letter.margins.right_mpt, 170079);
    assert_int_equal(config.letter.margins.top_mpt, 72000);
    assert_int_equal(config.letter.margins.bottom_mpt, 28346);
    assert_true(config.letter.fold_marks);
    assert_int_equal(config.letter.sender, LETTER_SENDER_LEFT);
    for (size_t i = 0; i < COUNT(windows); i++) {
        const char *text = arena_printf(&arena, "[letter]\nwindow = %s\n", windows[i].name);
        assert_int_equal(read_text(text, &config, &arena, &error), 0);
        assert_int_equal(config.letter.window, windows[i].window);
    }
    arena_release(&arena);
}

static void test_a_petition_to_tell(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    if (read_text("[webhook]\nurl = https://petition.example:8443/letters/%7Ejane?key=a;b=c\nformat = Multipart\n"
                  "fields = name, postcode, ward\nattach = PDF\nsecret_file = secret/webhook\ntoken_file = token\n"
                  "token_command = token --for \"the branch\" | head -1\n"
                  "headers = X-Campaign: library;X-Branch:  no. 12;  X_a!#$%&'*+-.^`|~: \"a:b, c\";\n"
                  "ca_file = /etc/ssl/ours.pem\nidempotent = yes\nin_flight = 64\ntimeout = 600\n"
                  "rate = 4/s, 500/day\nhours = Mon-Fri 9-17\nrehearsal = HTTP://[::1]:8080\n",
                  &config, &arena, &error) != 0)
        fail_msg("%u:%u: %s", error.place.line, error.place.column, error.message);
    assert_string_equal(config.webhook.url, "https://petition.example:8443/letters/%7Ejane?key=a;b=c");
    assert_int_equal(config.webhook.format, WEBHOOK_MULTIPART);
    assert_string_equal(config.webhook.fields, "name, postcode, ward");
    assert_true(config.webhook.attach);
    assert_string_equal(config.webhook.secret_file, file_join(&arena, directory, "secret/webhook"));
    assert_string_equal(config.webhook.token_file, file_join(&arena, directory, "token"));
    assert_string_equal(config.webhook.token_command, "token --for \"the branch\" | head -1");
    assert_string_equal(config.webhook.headers,
                        "X-Campaign: library\nX-Branch: no. 12\nX_a!#$%&'*+-.^`|~: \"a:b, c\"\n");
    assert_string_equal(config.webhook.ca_file, "/etc/ssl/ours.pem");
    assert_true(config.webhook.idempotent);
    assert_int_equal(config.webhook.in_flight, 64);
    assert_int_equal(config.webhook.timeout_ms, 600000);
    assert_int_equal(config.webhook.quota.rates_count, 2);
    assert_int_equal(config.webhook.quota.rates[1].count, 500);
    assert_int_equal(config.webhook.quota.hours_count, 1);
    assert_string_equal(config.webhook.rehearsal, "HTTP://[::1]:8080");
    assert_int_equal(config.smtp.quota.rates_count, 0);
    arena_release(&arena);
}

/* Each format by its name, and each way to say who asks. */
static void test_formats_and_authorisation(void **state) {
    (void)state;
    static const struct {
        const char *name;
        enum webhook_format format;
    } formats[] = {{"json", WEBHOOK_JSON},
                   {"multipart", WEBHOOK_MULTIPART},
                   {"OSDI", WEBHOOK_OSDI_SIGNATURE},
                   {"osdi-outreach", WEBHOOK_OSDI_OUTREACH}};
    static const char *const authorised[] = {
        "user = jane\npassword_file = p\n",
        "user = jane\nheaders = X-Api-Version: 2\n",
        "token_command = t\nheaders = X-Authorization: 2\n",
        "headers = Authorization: Token 12345\n",
    };
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    for (size_t i = 0; i < COUNT(formats); i++) {
        const char *text = arena_printf(&arena, "[webhook]\nformat = %s\n", formats[i].name);
        assert_int_equal(read_text(text, &config, &arena, &error), 0);
        assert_int_equal(config.webhook.format, formats[i].format);
    }
    for (size_t i = 0; i < COUNT(authorised); i++)
        if (read_text(arena_printf(&arena, "[webhook]\n%s", authorised[i]), &config, &arena, &error) != 0)
            fail_msg("%s%s", authorised[i], error.message);
    assert_string_equal(config.webhook.headers, "Authorization: Token 12345\n");
    arena_release(&arena);
}

/* Longer than a line of the file, but not than -o takes; and never more headers than have a place. */
static void test_long_addresses_and_many_headers(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    for (size_t length = 1000; length <= 1001; length++) {
        struct str override = STR_EMPTY;
        str_adds(&override, "webhook.url=https://petition.example/");
        while (override.length < strlen("webhook.url=") + length)
            str_addc(&override, 'x');
        const char *text = override.bytes;
        write_file("", 0);
        assert_int_equal(config_read(&config, path, &text, 1, &arena, &error), length == 1000 ? 0 : -1);
        if (length == 1000)
            assert_int_equal(strlen(config.webhook.url), 1000);
        else
            assert_non_null(strstr(error.message, "longer than 1000 characters"));
        str_release(&override);
    }
    for (int count = 10; count <= 11; count++) {
        struct str text = STR_EMPTY;
        str_adds(&text, "[webhook]\nheaders = ");
        for (int i = 0; i < count; i++)
            str_addf(&text, "X-%d: %d; ", i, i);
        assert_int_equal(read_text(text.bytes, &config, &arena, &error), count == 10 ? 0 : -1);
        if (count == 11)
            assert_non_null(strstr(error.message, "there are more than 10"));
        str_release(&text);
    }
    arena_release(&arena);
}

static void test_a_mailbox_to_send_from(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    if (read_text(
            "[campaign]\nconsent = May we write in your name?\n"
            "employer_domains = \"ministry.example, agency.example\"\nkeep_days = 30\n"
            "[smtp]\nto = MP\nhost = smtp.union.example\nport = 2525\nsecurity = TLS\nuser = branch@union.example\n"
            "password_file = secret/password\npassword_command = pass show mail/branch\n"
            "token_command = token --for \"the branch\" | head -1\nca_file = /etc/ssl/ours.pem\n"
            "from = \"Branch, North\" <branch@union.example>\nmember_domains = union.example\ncopy = Yes\n"
            "attach = off\nconnections = 32\ntimeout = 600\nrate = 30/min, 500/day\nhours = Mon-Fri 9-17\n"
            "rehearsal = jane@home.example\n",
            &config, &arena, &error) != 0)
        fail_msg("%u:%u: %s", error.place.line, error.place.column, error.message);
    assert_string_equal(config.folder, directory);
    assert_string_equal(config.campaign.consent, "May we write in your name?");
    assert_string_equal(config.campaign.employer_domains, "ministry.example, agency.example");
    assert_int_equal(config.campaign.keep_days, 30);
    assert_int_equal(config.smtp.to, SMTP_TO_MP);
    assert_string_equal(config.smtp.host, "smtp.union.example");
    assert_int_equal(config.smtp.port, 2525);
    assert_int_equal(config.smtp.security, SMTP_TLS);
    assert_string_equal(config.smtp.user, "branch@union.example");
    assert_string_equal(config.smtp.password_file, file_join(&arena, directory, "secret/password"));
    assert_string_equal(config.smtp.password_command, "pass show mail/branch");
    assert_string_equal(config.smtp.token_command, "token --for \"the branch\" | head -1");
    assert_string_equal(config.smtp.ca_file, "/etc/ssl/ours.pem");
    assert_string_equal(config.smtp.from.name, "Branch, North");
    assert_string_equal(config.smtp.from.address, "branch@union.example");
    assert_string_equal(config.smtp.member_domains, "union.example");
    assert_true(config.smtp.copy);
    assert_false(config.smtp.attach);
    assert_int_equal(config.smtp.connections, 32);
    assert_int_equal(config.smtp.timeout_ms, 600000);
    assert_int_equal(config.smtp.quota.rates_count, 2);
    assert_int_equal(config.smtp.quota.rates[1].count, 500);
    assert_int_equal(config.smtp.quota.hours_count, 1);
    assert_int_equal(config.smtp.quota.hours[0].to_minute, 17 * 60);
    assert_string_equal(config.smtp.rehearsal.name, "");
    assert_string_equal(config.smtp.rehearsal.address, "jane@home.example");
    arena_release(&arena);
}

/* An empty value on the command line takes back what the file says, and nothing beside it. */
static void test_what_is_taken_back(void **state) {
    (void)state;
    static const char text[] =
        "[smtp]\nhours = 9-17\nrate = 1/s\nfrom = a@b.example\nport = 25\nsecurity = none\nto = mp\n";
    static const char *const overrides[] = {
        "smtp.rate=", "smtp.hours=", "smtp.from=", "smtp.port=", "smtp.to=", "smtp.security="};
    for (size_t i = 0; i < COUNT(overrides); i++) {
        struct arena arena = ARENA_EMPTY;
        struct config config;
        struct error error;
        write_file(text, strlen(text));
        assert_int_equal(config_read(&config, path, &overrides[i], 1, &arena, &error), 0);
        assert_int_equal(config.smtp.quota.rates_count, i == 0 ? 0 : 1);
        assert_int_equal(config.smtp.quota.hours_count, i == 1 ? 0 : 1);
        assert_int_equal(config.smtp.from.address == NULL, i == 2);
        assert_int_equal(config.smtp.port, i == 3 ? 0 : 25);
        assert_int_equal(config.smtp.to, i == 4 ? SMTP_TO_NOBODY : SMTP_TO_MP);
        assert_int_equal(config.smtp.security, i == 5 ? SMTP_STARTTLS : SMTP_CLEAR);
        arena_release(&arena);
    }
}

static void test_hosts_and_flags(void **state) {
    (void)state;
    static const struct {
        const char *override, *host;
    } hosts[] = {
        {"smtp.host=localhost", "localhost"},
        {"smtp.host=127.0.0.1", "127.0.0.1"},
        {"smtp.host=::1", "::1"},
        {"smtp.host=[2001:db8::25]", "2001:db8::25"},
        {"smtp.host=Mail-1.Union.example", "Mail-1.Union.example"},
    };
    static const struct {
        const char *override;
        bool copy;
    } flags[] = {{"smtp.copy=yes", true}, {"smtp.copy=TRUE", true},   {"smtp.copy=on", true},
                 {"smtp.copy=no", false}, {"smtp.copy=False", false}, {"smtp.copy=off", false}};
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    write_file("", 0);
    for (size_t i = 0; i < COUNT(hosts); i++) {
        assert_int_equal(config_read(&config, path, &hosts[i].override, 1, &arena, &error), 0);
        assert_string_equal(config.smtp.host, hosts[i].host);
    }
    for (size_t i = 0; i < COUNT(flags); i++) {
        assert_int_equal(config_read(&config, path, &flags[i].override, 1, &arena, &error), 0);
        assert_int_equal(config.smtp.copy, flags[i].copy);
    }
    arena_release(&arena);
}

static void test_a_whole_file(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    assert_int_equal(read_text("\xEF\xBB\xBF# Ours\r\n"
                               "[campaign]\r\n"
                               "name = save-our-shared-services\r\n"
                               "model=letter.md\r\n"
                               "constituents = \"Members export.csv\"\r\n"
                               "encoding = Windows-1252\r\n"
                               "out = /srv/out\r\n"
                               "  ; a comment, indented\r\n"
                               "\r\n"
                               "[letter]\r\n"
                               "date = 2026-11-22\r\n"
                               "language = EN\r\n"
                               "font = Überschrift #1\r\n",
                               &config, &arena, &error),
                     -1); /* " #1" would look like a comment */
    assert_int_equal(error.place.line, 13);
    assert_int_equal(read_text("[campaign]\nname = ours\nmodel=letter.md\nconstituents = \"Members export.csv\"\n"
                               "encoding = Windows-1252\nout = /srv/out\n[letter]\ndate = 2026-11-22\n"
                               "language = EN\nfont = Überschrift\nsize = 10.5 pt",
                               &config, &arena, &error),
                     0);
    assert_string_equal(config.campaign.name, "ours");
    assert_string_equal(config.campaign.model, file_join(&arena, directory, "letter.md"));
    assert_string_equal(config.campaign.constituents, file_join(&arena, directory, "Members export.csv"));
    assert_string_equal(config.campaign.encoding, "Windows-1252");
    assert_string_equal(config.campaign.out, "/srv/out");
    assert_string_equal(config.letter.date, "2026-11-22");
    assert_string_equal(config.letter.language, "en-GB");
    assert_string_equal(config.letter.font, "Überschrift");
    assert_int_equal(config.letter.size_mpt, 10500);
    arena_release(&arena);
}

static const struct {
    const char *text;
    unsigned line, column;
    const char *about;
} faults[] = {
    {"[letter]\nfnt = Lato\n", 2, 1, "did you mean \"font\"?"},
    {"[lettre]\n", 1, 2, "did you mean [letter]?"},
    {"[lettre]\nfont = Lato\n", 1, 2, "did you mean [letter]?"},
    {"[letter]\nname = x\n", 2, 1, "it belongs in [campaign]"},
    {"[letter]\nsmtp_host = x\n", 2, 1, "there is no \"smtp_host\" in [letter]"},
    {"[nowhere]\n", 1, 2, "there is no section [nowhere]"},
    {"font = Lato\n", 1, 1, "before any section"},
    {"[letter]\nsize = 7.9\n", 2, 8, "size must be auto, or a size in points"},
    {"[letter]\nsize = 16.5\n", 2, 8, "size must be"},
    {"[letter]\nsize = 11mm\n", 2, 8, "size must be"},
    {"[letter]\nsize = 0\n", 2, 8, "size must be"},
    {"[letter]\nsize = 1e1\n", 2, 8, "size must be"},
    {"[letter]\nsize=99999999999999999999\n", 2, 6, "size must be"},
    {"[letter]\nleading = 8.9\n", 2, 11, "leading must be auto, or a distance in points from 9 to 32"},
    {"[letter]\nleading = 32.1\n", 2, 11, "leading must be"},
    {"[letter]\nleading = 1.3\n", 2, 11, "leading must be"},
    {"[letter]\nleading = 10.9\n", 2, 1, "at least letter.size (with auto: 11)"},
    {"[letter]\nleading = 13\nsize = 13.5\n", 2, 1, "at least letter.size"},
    {"[letter]\nalign = centre\n", 2, 9, "align must be justify"},
    {"[letter]\nhyphenate = often\n", 2, 13, "yes or no"},
    {"[letter]\nmargins = 25 28 32\n", 2, 11, "four numbers of millimetres"},
    {"[letter]\nmargins = 25 28 32 22 22\n", 2, 11, "four numbers"},
    {"[letter]\nmargins = 25, 28, 32, 22\n", 2, 11, "four numbers"},
    {"[letter]\nmargins = 14.9 28 32 22\n", 2, 11, "from 15 to 60"},
    {"[letter]\nmargins = 25 60.1 32 22\n", 2, 11, "from 15 to 60"},
    {"[letter]\nmargins = 25 28 24 22\n", 2, 11, "above, from 25 to 60"},
    {"[letter]\nmargins = 25 28 32 9\n", 2, 11, "below, from 10 to 60"},
    {"[letter]\nmargins = 25 28 32 22 cm\n", 2, 11, "four numbers"},
    {"[letter]\nmargins = -25 28 32 22\n", 2, 11, "four numbers"},
    {"[letter]\nwindow = c4\n", 2, 10, "dl (folded in three)"},
    {"[letter]\nsender = top\n", 2, 10, "right or left"},
    {"[letter]\ndate = 22/11/2026\n", 2, 8, "2026-11-22"},
    {"[letter]\ndate = 2026-02-30\n", 2, 8, "date must be today"},
    {"[letter]\nlanguage = fr\n", 2, 12, "en-GB or cy"},
    {"[campaign]\nencoding = klingon\n", 2, 12, "windows-1252"},
    {"[campaign]\nname = ../../etc\n", 2, 8, "a name that a folder can have"},
    {"[campaign]\nname = .hidden\n", 2, 8, "a name that a folder can have"},
    {"[campaign]\nname = a/b\n", 2, 8, "a name that a folder can have"},
    {"[campaign]\nname = a\\b\n", 2, 8, "a name that a folder can have"},
    {"[campaign]\nname = 1234567890123456789012345678901234567890123456789012345678901234x\n", 2, 8, "64 characters"},
    {"[campaign]\nname = a\nname = b\n", 3, 1, "set twice (also on line 2)"},
    {"[letter]\nfont = Lato ; nice\n", 2, 13, "a comment stands on a line of its own"},
    {"[letter]\nfont = Lato # nice\n", 2, 13, "a comment stands on a line of its own"},
    {"[letter]\nfont = Łódź\t;x\n", 2, 13, "a comment stands on a line of its own"},
    {"[letter]\nfont = Gentium\n  Book Plus\n", 3, 1, "begins with a space"},
    {"[letter]\n font = Lato\n", 2, 1, "begins with a space"},
    {"[letter] font = Lato\n", 1, 10, "nothing may follow a section"},
    {"[letter\n", 1, 8, "square brackets"},
    {"[letter]\nfont\n", 2, 1, "this is no setting"},
    {"[letter]\n= Lato\n", 2, 1, "this is no setting"},
    {"[letter]\nfont: Lato = x\n", 2, 5, "holds no colon"},
    {"[smtp]\nto = everybody\n", 2, 6, "to must be mp (the letters go to the MPs"},
    {"[smtp]\nhost = /run/smtp.socket\n", 2, 8, "the name of a mail server"},
    {"[smtp]\nhost = smtp.union.example:587\n", 2, 8, "the port goes into \"port\""},
    {"[smtp]\nhost = smtp://union.example\n", 2, 8, "the name of a mail server"},
    {"[smtp]\nhost = ünion.example\n", 2, 8, "the name of a mail server"},
    {"[smtp]\nhost = []\n", 2, 8, "the name of a mail server"},
    {"[smtp]\nhost = ::g\n", 2, 8, "the name of a mail server"},
    {"[smtp]\nport = 0\n", 2, 8, "from 1 to 65535"},
    {"[smtp]\nport = 65536\n", 2, 8, "from 1 to 65535"},
    {"[smtp]\nport = 4294967883\n", 2, 8, "from 1 to 65535"},
    {"[smtp]\nport = smtp\n", 2, 8, "from 1 to 65535"},
    {"[smtp]\nsecurity = ssl\n", 2, 12, "tls (mostly with port 465)"},
    {"[smtp]\nfrom = Example Branch\n", 2, 8, "this one holds a space"},
    {"[smtp]\nfrom = Example Branch <branch@localhost>\n", 2, 8, "this one has no full stop after the @"},
    {"[smtp]\nrehearsal = jane\n", 2, 13, "this one has no @"},
    {"[smtp]\ncopy = perhaps\n", 2, 8, "copy must be yes or no"},
    {"[smtp]\nconnections = 0\n", 2, 15, "from 1 to 32"},
    {"[smtp]\nconnections = 33\n", 2, 15, "from 1 to 32"},
    {"[smtp]\ntimeout = 601\n", 2, 11, "from 1 to 600"},
    {"[smtp]\ntimeout = 1.5\n", 2, 11, "from 1 to 600"},
    {"[smtp]\nrate = 2,000/day\n", 2, 8, "rate must be such as"},
    {"[smtp]\nhours = 9am-5pm\n", 2, 9, "hours must be such as"},
    {"[smtp]\nmember_domains = jane@union.example\n", 2, 18, "what stands behind the @"},
    {"[campaign]\nemployer_domains = ministry\n", 2, 20, "what stands behind the @"},
    {"[campaign]\nkeep_days = 0\n", 2, 13, "from 1 to 36500"},
    {"[campaign]\nkeep_days = -1\n", 2, 13, "from 1 to 36500"},
    {"[webhook]\nurl = petition.example/hook\n", 2, 7, "this one begins with something else"},
    {"[webhook]\nurl = ftp://petition.example\n", 2, 7, "an address that begins with https://"},
    {"[webhook]\nurl = https:/petition.example\n", 2, 7, "this one begins with something else"},
    {"[webhook]\nurl = https://\n", 2, 7, "this one names no computer"},
    {"[webhook]\nurl = https:///hook\n", 2, 7, "this one names no computer"},
    {"[webhook]\nurl = https://:443/hook\n", 2, 7, "this one names no computer"},
    {"[webhook]\nurl = https://[::1/hook\n", 2, 7, "this one names no computer"},
    {"[webhook]\nurl = https://[petition.example]/\n", 2, 7, "this one names no computer"},
    {"[webhook]\nurl = https://[::1]x/hook\n", 2, 7, "this one names no computer"},
    {"[webhook]\nurl = https://petition%2Eexample/\n", 2, 7, "this one names no computer"},
    {"[webhook]\nurl = https://petition.example:/\n", 2, 7, "this one names no computer"},
    {"[webhook]\nurl = https://petition.example:0/\n", 2, 7, "this one has a wrong port"},
    {"[webhook]\nurl = https://petition.example:70000/\n", 2, 7, "this one has a wrong port"},
    {"[webhook]\nurl = https://petition.example:https/\n", 2, 7, "this one has a wrong port"},
    {"[webhook]\nurl = https://petition.example/a hook\n", 2, 7, "this one holds a space"},
    {"[webhook]\nurl = https://petition.example/<ID>/\n", 2, 7, "this one holds a space or another character"},
    {"[webhook]\nurl = https://petition.example/Łódź\n", 2, 7, "this one holds a space or another character"},
    {"[webhook]\nurl = https://petition.example/x#y\n", 2, 7, "this one holds a #"},
    {"[webhook]\nrehearsal = jane@home.example\n", 2, 13, "rehearsal must be an address that begins with https://"},
    {"[webhook]\nformat = xml\n", 2, 10, "format must be json, multipart"},
    {"[webhook]\nattach = yes\n", 2, 10, "attach must be no (who wrote to whom), or pdf"},
    {"[webhook]\nin_flight = 0\n", 2, 13, "from 1 to 64"},
    {"[webhook]\nin_flight = 65\n", 2, 13, "from 1 to 64"},
    {"[webhook]\ntimeout = 0\n", 2, 11, "from 1 to 600"},
    {"[webhook]\nuser = jane:x\n", 2, 8, "a name without a colon"},
    {"[webhook]\nheaders = X-Campaign\n", 2, 11, "a name, a colon and a value"},
    {"[webhook]\nheaders = X Campaign: a\n", 2, 11, "a name, a colon and a value"},
    {"[webhook]\nheaders = X-Campaign : a\n", 2, 11, "a name, a colon and a value"},
    {"[webhook]\nheaders = : a\n", 2, 11, "a name, a colon and a value"},
    {"[webhook]\nheaders = X-Tŷ: a\n", 2, 11, "a name, a colon and a value"},
    {"[webhook]\nheaders =;;\n", 2, 10, "there is none"},
    {"[webhook]\nheaders = A: b; X-Campaign:\n", 2, 11, "X-Campaign has no value"},
    {"[webhook]\nheaders = X-Campaign: Tŷ\n", 2, 11, "X-Campaign holds a character beyond ASCII"},
    {"[webhook]\nheaders = A: b; a: c\n", 2, 11, "a stands there twice"},
    {"[webhook]\nheaders = host: petition.example\n", 2, 11, "host is written by postbag itself"},
    {"[webhook]\nheaders = Content-Type: text/plain\n", 2, 11, "Content-Type is written by postbag itself"},
    {"[webhook]\nheaders = Content-Length: 1\n", 2, 11, "Content-Length is written by postbag itself"},
    {"[webhook]\nheaders = Transfer-Encoding: chunked\n", 2, 11, "is written by postbag itself"},
    {"[webhook]\nheaders = Webhook-Signature: v1,x\n", 2, 11, "is written by postbag itself"},
    {"[webhook]\nheaders = Idempotency-Key: 1\n", 2, 11, "is written by postbag itself"},
    {"[webhook]\ntoken_file = t\nheaders = A: b; authorization: Token x\n", 3, 1, "keep one"},
    {"[webhook]\nheaders = osdi-api-token: x\n", 2, 11, "name a file with it in token_file"},
    {"[webhook]\nheaders = Authorization: Token x\ntoken_command = t\n", 2, 1, "keep one"},
    {"[webhook]\nheaders = X-One: 1; TE: trailers\n", 2, 11, "TE is written by postbag itself"},
    {"[webhook]\nheaders = Authorization: x\nuser = jane\n", 2, 1, "keep one"},
    {"[webhook]\ntoken_file = t\nuser = jane\n", 3, 1, "in one way"},
    {"[webhook]\npassword_file = p\n", 2, 1, "password_file needs webhook.user"},
    {"[webhook]\nsecret = x\n", 2, 1, "a secret does not belong in the configuration"},
    {"[webhook]\nin_fligth = 3\n", 2, 1, "did you mean \"in_flight\"?"},
    {"[smtp]\nurl = https://petition.example/\n", 2, 1, "it belongs in [webhook]"},
    {"[webhok]\n", 1, 2, "did you mean [webhook]?"},
    {"[smtp]\nhots = x\n", 2, 1, "did you mean \"host\"?"},
    {"[letter]\nfont = Lat\xE9\n", 2, 11, "not UTF-8"},
    {"[letter]\nfont = La\033[1mto\n", 2, 10, "control character"},
};

static void test_faults_at_their_places(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct arena arena = ARENA_EMPTY;
        struct config config = {.letter.size_mpt = -7};
        struct error error;
        if (read_text(faults[i].text, &config, &arena, &error) == 0)
            fail_msg("this was read:\n%s", faults[i].text);
        if (strstr(error.message, faults[i].about) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error.message, faults[i].about);
        if (error.place.line != faults[i].line || error.place.column != faults[i].column)
            fail_msg("%u:%u: %s", error.place.line, error.place.column, error.message);
        assert_int_equal(error.status, STATUS_CONFIGURATION);
        assert_string_equal(error.place.file, path);
        assert_int_equal(config.letter.size_mpt, -7);
        /* What is shown with a caret is the line, and nothing that a terminal would obey. */
        if (error.source != NULL) {
            assert_null(strchr(error.source, '\n'));
            assert_null(strchr(error.source, '\033'));
        }
        arena_release(&arena);
    }
}

/* A line of 197 bytes is read whole, and one of 198 is refused: neither is cut, and neither becomes two. */
static void test_the_longest_line(void **state) {
    (void)state;
    for (size_t length = 197; length <= 198; length++) {
        struct arena arena = ARENA_EMPTY;
        struct config config;
        struct error error;
        struct str text = STR_EMPTY;
        str_adds(&text, "[letter]\r\nfont = ");
        for (size_t i = strlen("font = "); i < length; i++)
            str_addc(&text, 'x');
        str_adds(&text, "\r\n");
        int result = read_text(text.bytes, &config, &arena, &error);
        assert_int_equal(result, length == 197 ? 0 : -1);
        if (result == 0) {
            assert_int_equal(strlen(config.letter.font), 197 - strlen("font = "));
        } else {
            assert_int_equal(error.place.line, 2);
            assert_int_equal(error.place.column, 198);
            assert_non_null(strstr(error.message, "too long"));
        }
        str_release(&text);
        arena_release(&arena);
    }
}

static void test_the_line_is_shown(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    assert_int_equal(read_text("[letter]\r\nsize = huge\r\n", &config, &arena, &error), -1);
    assert_string_equal(error.source, "size = huge");
    arena_release(&arena);
}

/* A password in the configuration is refused, and not repeated: people copy messages into e-mail and forums. */
static void test_a_password_is_not_shown(void **state) {
    (void)state;
    static const char *const files[] = {
        "[smtp]\npassword = hunter2\n",
        "[smtp]\nPassword = hunter2\n",
        "[smtp]\npasswd=hunter2\n",
        "[smtp]\npasswrod = hunter2\n",
        "[smtp]\npassword hunter2\n",
        "[smtp]\npassword: hunter2 = x\n",
        "[smtp]\n password = hunter2\n",
        "[letter]\npassword = hunter2\n",
        "password = hunter2\n",
        "[smtp]\npassword = hunter2 # mine\n",
        "[smtp]\ntoken = hunter2\n",
        "[smtp]\nsmtp_pass = hunter2\n",
        "[smtp]\nsecret = \"hunter2\"\n",
        "[smtp]\npassword_file = a\npassword_file = hunter2\n",
        "[webhook]\nsecret = hunter2\n",
        "[webhook]\napi_key = hunter2\n",
        "[webhook]\ntoken: hunter2 = x\n",
        "[webhook]\nheaders = Host: hunter2\n",
        "[webhook]\nheaders = X-API-Key: hunter2 ; y\n",
        "[webhook]\nwhsec_hunter2\n",
        "[webhook]\nurl = https://jane:hunter2@petition.example/\n",
        "[webhook]\nrehearsal = https://hunter2@petition.example/\n",
        "[webhook]\nrul = https://jane:hunter2@petition.example/\n",
    };
    static const char *const overrides[] = {
        "smtp.password=hunter2",  "password=hunter2",        "smtp.pasword=hunter2",
        "smtp.pass=hunter2.x",    "stmp.password=hunter2",   "smtp.token=hunter2",
        "webhook.secret=hunter2", "webhook.headers=hunter2", "webhook.url=https://jane:hunter2@petition.example/"};
    for (size_t i = 0; i < COUNT(files) + COUNT(overrides); i++) {
        struct arena arena = ARENA_EMPTY;
        struct config config;
        struct error error;
        if (i < COUNT(files)) {
            assert_int_equal(read_text(files[i], &config, &arena, &error), -1);
        } else {
            write_file("", 0);
            assert_int_equal(config_read(&config, path, &overrides[i - COUNT(files)], 1, &arena, &error), -1);
        }
        assert_int_equal(error.status, STATUS_CONFIGURATION);
        if (strstr(error.message, "hunter2") != NULL ||
            (error.source != NULL && strstr(error.source, "hunter2") != NULL))
            fail_msg("case %zu shows it: %s", i, error.message);
        if (i < 3 || i == COUNT(files))
            assert_non_null(strstr(error.message, "a password does not belong in the configuration: name a file in "
                                                  "password_file"));
        arena_release(&arena);
    }
}

static void test_a_nul_and_a_huge_file(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    write_file("[letter]\nfont = La\0to\n", 21);
    assert_int_equal(config_read(&config, path, NULL, 0, &arena, &error), -1);
    assert_int_equal(error.place.line, 2);
    struct str huge = STR_EMPTY;
    for (int i = 0; i < 20000; i++)
        str_adds(&huge, "# four\n");
    write_file(huge.bytes, huge.length);
    assert_int_equal(config_read(&config, path, NULL, 0, &arena, &error), -1);
    assert_int_equal(error.status, STATUS_CONFIGURATION);
    str_release(&huge);
    arena_release(&arena);
}

static void test_a_file_that_is_not_there(void **state) {
    (void)state;
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    assert_int_equal(config_read(&config, "/nonexistent/postbag.conf", NULL, 0, &arena, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    assert_non_null(strstr(error.message, "/nonexistent/postbag.conf"));
    arena_release(&arena);
}

static void test_recipients(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned line;     /* of the error; 0: there is none */
        const char *about; /* what it says; else the lines of the address */
    } cases[] = {
        {"", 0, NULL},
        {"[recipient]\nkind = MSP\n", 0, NULL},
        {"[recipient]\nkind = fixed\nname = Ann Example\nlines = 1 Street; London ;SW1A 1AA;\n", 4, "comment"},
        {"[recipient]\nkind = fixed\nname = Ann Example\nlines = 1 Street; London;SW1A 1AA;\n", 0,
         "1 Street\nLondon\nSW1A 1AA"},
        {"[recipient]\nkind = senator\n", 2, "kind must be mp, peer, msp"},
        {"[recipient]\nkind = fixed\nlines = London\n", 2, "needs recipient.name"},
        {"[recipient]\nkind = fixed\nname = Ann Example\n", 2, "needs recipient.lines"},
        {"[recipient]\nname = Ann Example\n", 2,
         "goes with recipient.kind = fixed; with kind = mp the letters go to MPs"},
        {"[recipient]\nkind = peer\nemail = ann@department.example\n", 3, "with kind = peer the letters go to peers"},
        {"[recipient]\nkind = fixed\nemail = ann at department.example\n", 3, "email must be an address"},
        {"[recipient]\nkind = fixed\nlines = a;b;c;d;e;f;g\n", 3, "at most 6"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = ARENA_EMPTY;
        struct config config;
        struct error error;
        int result = read_text(cases[i].text, &config, &arena, &error);
        if (cases[i].line == 0 &&
            (result != 0 || (cases[i].about != NULL && strcmp(config.recipient.address, cases[i].about) != 0)))
            fail_msg("case %zu: %s", i, result == 0 ? config.recipient.address : error.message);
        else if (cases[i].line > 0 &&
                 (result == 0 || error.place.line != cases[i].line || strstr(error.message, cases[i].about) == NULL))
            fail_msg("case %zu: line %u: %s", i, error.place.line, error.message);
        arena_release(&arena);
    }
}

static void test_overrides_win(void **state) {
    (void)state;
    static const char *const overrides[] = {"letter.size=12", "letter.size=9.25pt", "campaign.model=other.md",
                                            "campaign.name=", "letter.font=Lato # Medium"};
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    const char *text = "[campaign]\nname = ours\nmodel = letter.md\n[letter]\nsize = 11\n";
    write_file(text, strlen(text));
    assert_int_equal(config_read(&config, path, overrides, COUNT(overrides), &arena, &error), 0);
    assert_int_equal(config.letter.size_mpt, 9250);
    assert_string_equal(config.campaign.model, "other.md"); /* from where the user stands */
    assert_null(config.campaign.name);
    assert_string_equal(config.letter.font, "Lato # Medium");
    assert_string_equal(config.campaign.out, file_join(&arena, directory, "out"));
    arena_release(&arena);
}

static void test_faulty_overrides(void **state) {
    (void)state;
    static const struct {
        const char *override, *about;
    } cases[] = {
        {"letter.size=99", "-o letter.size=99: size must be"},
        {"letter.szie=11", "did you mean \"size\"?"},
        {"leter.size=11", "did you mean [letter]?"},
        {"size=11", "SECTION.KEY=VALUE"},
        {"letter.size", "SECTION.KEY=VALUE"},
        {"", "SECTION.KEY=VALUE"},
        {"=.", "SECTION.KEY=VALUE"},
        {"letter.font=\xFF", "not UTF-8"},
        {"letter.font=\033[0m", "control character"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct arena arena = ARENA_EMPTY;
        struct config config;
        struct error error;
        write_file("", 0);
        assert_int_equal(config_read(&config, path, &cases[i].override, 1, &arena, &error), -1);
        assert_int_equal(error.status, STATUS_CONFIGURATION);
        if (strstr(error.message, cases[i].about) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", error.message, cases[i].about);
        arena_release(&arena);
    }
}

/* Whether TEXT has the line "KEY = FALLBACK" in its section. */
static int has_setting(const char *text, const struct config_key_description *key) {
    struct str heading = STR_EMPTY, line = STR_EMPTY;
    str_addf(&heading, "\n[%s]\n", key->section);
    str_addf(&line, "\n%s =%s%s\n", key->key, *key->fallback == '\0' ? "" : " ", key->fallback);
    const char *section = strstr(text, heading.bytes);
    const char *setting = section == NULL ? NULL : strstr(section, line.bytes);
    const char *next = section == NULL ? NULL : strstr(section + 2, "\n[");
    str_release(&heading);
    str_release(&line);
    return setting != NULL && (next == NULL || setting < next);
}

static void test_the_example_has_every_key_and_its_default(void **state) {
    char *example_path = *state;
    struct arena arena = ARENA_EMPTY;
    struct config config;
    struct error error;
    struct str text = STR_EMPTY;
    if (config_read(&config, example_path, NULL, 0, &arena, &error) != 0)
        fail_msg("config.example:%u:%u: %s", error.place.line, error.place.column, error.message);
    assert_null(config.campaign.name);
    assert_int_equal(config.letter.size_mpt, 0);
    assert_int_equal(file_read(example_path, 1 << 20, &text, &error), 0);
    for (size_t i = 0; config_key(i) != NULL; i++)
        if (!has_setting(text.bytes, config_key(i)))
            fail_msg("config.example lacks %s.%s = %s", config_key(i)->section, config_key(i)->key,
                     config_key(i)->fallback);
    str_release(&text);
    arena_release(&arena);
}

/* The section in which AT stands. */
static const char *section_at(const char *text, const char *at, struct arena *arena) {
    const char *section = NULL;
    for (const char *next = strstr(text, "\n["); next != NULL && next < at; next = strstr(next + 1, "\n["))
        section = arena_copy(arena, next + 2, strcspn(next + 2, "]"));
    assert_non_null(section);
    return section;
}

/* Every provider's lines can be copied as they stand. */
static void test_the_presets_of_the_example(void **state) {
    char *example_path = *state;
    static const char mark[] = "\n#       ";
    struct arena arena = ARENA_EMPTY;
    struct error error;
    struct str text = STR_EMPTY;
    size_t hosts = 0, urls = 0;
    assert_int_equal(file_read(example_path, 1 << 20, &text, &error), 0);
    write_file("", 0);
    for (const char *at = strstr(text.bytes, mark); at != NULL; at = strstr(at, mark)) {
        struct config config;
        at += strlen(mark);
        const char *line = arena_copy(&arena, at, strcspn(at, "\n")), *equals = strstr(line, " = ");
        if (equals == NULL)
            fail_msg("\"%s\" is no setting", line);
        /* A password's file needs its user: all other keys fit by themselves. */
        const char *overrides[] = {strncmp(line, "password_file", strlen("password_file")) == 0 ? "webhook.user=jane"
                                                                                                : "webhook.user=",
                                   arena_printf(&arena, "%s.%.*s=%s", section_at(text.bytes, at, &arena),
                                                (int)(equals - line), line, equals + strlen(" = "))};
        if (config_read(&config, path, overrides, COUNT(overrides), &arena, &error) != 0)
            fail_msg("%s", error.message);
        hosts += config.smtp.host != NULL;
        urls += config.webhook.url != NULL;
    }
    assert_true(hosts >= 10);
    assert_true(urls >= 5);
    str_release(&text);
    arena_release(&arena);
}

int main(void) {
    char example[4096];
    if (realpath("config.example", example) == NULL) {
        perror("config.example");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_the_look_of_a_letter),
        cmocka_unit_test(test_a_mailbox_to_send_from),
        cmocka_unit_test(test_what_is_taken_back),
        cmocka_unit_test(test_a_petition_to_tell),
        cmocka_unit_test(test_formats_and_authorisation),
        cmocka_unit_test(test_long_addresses_and_many_headers),
        cmocka_unit_test(test_hosts_and_flags),
        cmocka_unit_test(test_a_whole_file),
        cmocka_unit_test(test_faults_at_their_places),
        cmocka_unit_test(test_the_longest_line),
        cmocka_unit_test(test_the_line_is_shown),
        cmocka_unit_test(test_a_password_is_not_shown),
        cmocka_unit_test(test_a_nul_and_a_huge_file),
        cmocka_unit_test(test_a_file_that_is_not_there),
        cmocka_unit_test(test_recipients),
        cmocka_unit_test(test_overrides_win),
        cmocka_unit_test(test_faulty_overrides),
        cmocka_unit_test_prestate(test_the_example_has_every_key_and_its_default, example),
        cmocka_unit_test_prestate(test_the_presets_of_the_example, example),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
