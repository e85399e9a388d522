/*
 * The values of settings: what stands behind a key comes in, a member of struct config goes out. The one idea: a
 * function either fills the member or says what would fit, in words that can stand behind "KEY must be".
 */
#include "input/setting.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "base/str.h"
#include "base/text.h"
#include "input/email.h"
#include "input/encoding.h"
#include "input/mailbox.h"
#include "input/quota.h"

enum {
    NAME_MAX_BYTES = 64,
    SIZE_MIN_MPT = 8000,
    SIZE_MAX_MPT = 16000,
    LEADING_MIN_MPT = 9000,
    LEADING_MAX_MPT = 32000,
    /* Micrometres. Printers leave 15 mm white at the sides; above, a further page has its heading. */
    MARGIN_SIDE_MIN = 15000,
    MARGIN_TOP_MIN = 25000,
    MARGIN_BOTTOM_MIN = 10000,
    MARGIN_MAX = 60000,
    HOST_MAX = 253,
    USER_MAX = 255,
    TIMEOUT_MAX_S = 600,
};

static const char *set_text(const struct setting *setting, void *target, const char *text) {
    *(const char **)target = arena_copy(setting->arena, text, strlen(text));
    return NULL;
}

const char *setting_text(const struct setting *setting, void *target) {
    return set_text(setting, target, setting->value);
}

const char *setting_path(const struct setting *setting, void *target) {
    bool standard = strcmp(setting->value, "-") == 0;
    return set_text(setting, target,
                    standard ? setting->value : file_join(setting->arena, setting->directory, setting->value));
}

const char *setting_name(const struct setting *setting, void *target) {
    const char *value = setting->value;
    bool plain = value[0] != '.' && strlen(value) <= NAME_MAX_BYTES && strpbrk(value, "/\\") == NULL;
    for (size_t at = 0; plain && value[at] != '\0';) {
        uint32_t codepoint = text_next(value, strlen(value), &at);
        plain = !text_is_control(codepoint) && !text_is_invisible(codepoint) && !text_is_private(codepoint);
    }
    if (!plain)
        return "a name that a folder can have: at most 64 characters, no / or \\ in it and no full stop in front";
    return set_text(setting, target, value);
}

const char *setting_encoding(const struct setting *setting, void *target) {
    enum encoding encoding;
    if (encoding_by_name(setting->value, &encoding) != 0)
        return "auto, utf-8, utf-16le, utf-16be, windows-1252 or macintosh";
    return set_text(setting, target, setting->value);
}

const char *setting_date(const struct setting *setting, void *target) {
    struct date date;
    if (strcmp(setting->value, "today") != 0 && date_parse(setting->value, &date) != 0)
        return "today, or a date such as 2026-11-22";
    return set_text(setting, target, setting->value);
}

const char *setting_language(const struct setting *setting, void *target) {
    static const char *const names[][2] = {{"en-GB", "en-GB"}, {"en", "en-GB"}, {"cy", "cy"}, {"cy-GB", "cy"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(setting->value, names[i][0]) == 0)
            return set_text(setting, target, names[i][1]);
    return "en-GB or cy (Welsh)";
}

/* "11" or "10.5" in thousandths; *END is what follows. -1 where there is no such number. strtod would obey the
 * machine's locale. */
static int32_t thousandths(const char *text, const char **end) {
    size_t whole = strspn(text, "0123456789");
    int32_t number = 0;
    if (whole < 1 || whole > 3)
        return -1;
    for (size_t i = 0; i < whole; i++)
        number = number * 10 + (text[i] - '0');
    text += whole;
    number *= 1000;
    if (*text == '.') {
        size_t digits = strspn(++text, "0123456789");
        if (digits < 1 || digits > 3)
            return -1;
        for (int32_t i = 0, worth = 100; i < (int32_t)digits; i++, worth /= 10)
            number += (text[i] - '0') * worth;
        text += digits;
    }
    *end = text;
    return number;
}

/* "11", "10.5", "10.5 pt" in millipoints; -1 where it is no such number. */
static int32_t millipoints(const char *text) {
    int32_t size = thousandths(text, &text);
    if (size < 0)
        return -1;
    text += strspn(text, " ");
    return *text == '\0' || strcmp(text, "pt") == 0 ? size : -1;
}

const char *setting_size(const struct setting *setting, void *target) {
    bool automatic = strcmp(setting->value, "auto") == 0;
    int32_t size = automatic ? 0 : millipoints(setting->value);
    if (!automatic && (size < SIZE_MIN_MPT || size > SIZE_MAX_MPT))
        return "auto, or a size in points from 8 to 16, such as 10.5";
    *(int32_t *)target = size;
    return NULL;
}

const char *setting_leading(const struct setting *setting, void *target) {
    bool automatic = strcmp(setting->value, "auto") == 0;
    int32_t leading = automatic ? 0 : millipoints(setting->value);
    if (!automatic && (leading < LEADING_MIN_MPT || leading > LEADING_MAX_MPT))
        return "auto, or a distance in points from 9 to 32, such as 14";
    *(int32_t *)target = leading;
    return NULL;
}

/* margins = left " " right " " top " " bottom ["mm"] */
const char *setting_margins(const struct setting *setting, void *target) {
    static const int32_t least[4] = {MARGIN_SIDE_MIN, MARGIN_SIDE_MIN, MARGIN_TOP_MIN, MARGIN_BOTTOM_MIN};
    const char *at = setting->value;
    int32_t margins[4] = {0};
    bool fits = true;
    for (size_t i = 0; i < 4 && fits; i++) {
        int32_t micrometres = thousandths(at, &at);
        size_t blanks = strspn(at, " \t");
        fits = micrometres >= least[i] && micrometres <= MARGIN_MAX && (blanks > 0 || i == 3);
        margins[i] = (int32_t)(((int64_t)micrometres * 720 + 127) / 254);
        at += blanks;
    }
    if (!fits || (*at != '\0' && strcmp(at, "mm") != 0))
        return "four numbers of millimetres, such as 25 28 32 22: left and right, from 15 to 60; above, from 25 to 60; "
               "below, from 10 to 60";
    *(struct margins *)target = (struct margins){margins[0], margins[1], margins[2], margins[3]};
    return NULL;
}

bool setting_is_number(const char *text, unsigned min, unsigned max, unsigned *number) {
    size_t digits = strspn(text, "0123456789");
    unsigned read = 0;
    if (digits == 0 || digits > 5 || text[digits] != '\0')
        return false;
    for (size_t i = 0; i < digits; i++)
        read = read * 10 + (unsigned)(text[i] - '0');
    if (read < min || read > max)
        return false;
    *number = read;
    return true;
}

const char *setting_timeout(const struct setting *setting, void *target) {
    unsigned seconds;
    if (!setting_is_number(setting->value, 1, TIMEOUT_MAX_S, &seconds))
        return "a number of seconds, from 1 to 600";
    *(int64_t *)target = (int64_t)seconds * CLOCK_SECOND_MS;
    return NULL;
}

const char *setting_flag(const struct setting *setting, void *target) {
    static const char *const words[2][3] = {{"no", "false", "off"}, {"yes", "true", "on"}};
    for (size_t i = 0; i < 6; i++)
        if (strcasecmp(setting->value, words[i / 3][i % 3]) == 0) {
            *(bool *)target = i / 3 == 1;
            return NULL;
        }
    return "yes or no";
}

/* A name or an IPv4 address. */
static bool is_host_name(const char *host) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    size_t length = strlen(host);
    return length > 0 && length <= HOST_MAX && host[0] != '-' && host[0] != '.' && strspn(host, plain) == length;
}

/* A name, an IPv4 address or an IPv6 address, this also in square brackets: nothing with a path, a scheme or a port. */
const char *setting_host(const struct setting *setting, void *target) {
    const char *host = setting->value;
    size_t length = strlen(host);
    struct in6_addr address;
    if (length > 2 && host[0] == '[' && host[length - 1] == ']')
        host = arena_copy(setting->arena, host + 1, length - 2);
    if (!is_host_name(host) && inet_pton(AF_INET6, host, &address) != 1)
        return "the name of a mail server alone, such as smtp.union.example; the port goes into \"port\"";
    return set_text(setting, target, host);
}

const char *setting_user(const struct setting *setting, void *target) {
    if (strlen(setting->value) > USER_MAX)
        return "at most 255 characters long";
    return set_text(setting, target, setting->value);
}

/* RFC 7617 §2: a colon parts the name from the password. */
const char *setting_basic_user(const struct setting *setting, void *target) {
    if (strchr(setting->value, ':') != NULL)
        return "a name without a colon; the password goes into the file that password_file names";
    return setting_user(setting, target);
}

const char *setting_mailbox(const struct setting *setting, void *target) {
    const char *fault = mailbox_read(target, setting->value, setting->arena);
    if (fault == NULL)
        return NULL;
    return arena_printf(setting->arena, "an address, such as Example Branch <branch@union.example>; this one %s",
                        fault);
}

const char *setting_email(const struct setting *setting, void *target) {
    const char *fault = email_fault(setting->value, strlen(setting->value));
    if (fault == NULL)
        return set_text(setting, target, setting->value);
    return arena_printf(setting->arena, "an address, such as office@department.example; this one %s", fault);
}

const char *setting_lines(const struct setting *setting, void *target) {
    struct str lines = STR_EMPTY;
    size_t count = 0;
    for (const char *rest = setting->value; *rest != '\0';) {
        const char *line = rest;
        size_t length = strcspn(rest, ";");
        rest += length + (rest[length] == ';');
        text_trim(&line, &length);
        if (length == 0)
            continue;
        if (count++ > 0)
            str_addc(&lines, '\n');
        str_add(&lines, line, length);
    }
    bool fits = count > 0 && count <= SETTING_LINES_MAX;
    if (fits)
        set_text(setting, target, lines.bytes);
    str_release(&lines);
    return fits ? NULL
                : "the lines of an address, at most 6, with semicolons between them, such as 1 Example Street; London; "
                  "SW1A 1AA";
}

const char *setting_domains(const struct setting *setting, void *target) {
    if (!mailbox_is_domains(setting->value))
        return "what stands behind the @ of addresses, such as ministry.example, agency.example";
    return set_text(setting, target, setting->value);
}

const char *setting_rate(const struct setting *setting, void *target) {
    return quota_read_rate((struct quota *)((char *)target - offsetof(struct quota, rates_count)), setting->value);
}

const char *setting_hours(const struct setting *setting, void *target) {
    return quota_read_hours((struct quota *)((char *)target - offsetof(struct quota, hours_count)), setting->value);
}

/* What is wrong with the computer's name and port of a URL, "HOST[:PORT]" (RFC 3986 §3.2); NULL: nothing. */
static const char *authority_fault(const char *authority, size_t length) {
    char copy[HOST_MAX + 16];
    struct in6_addr address;
    unsigned port;
    if (memchr(authority, '@', length) != NULL)
        return "holds a user or a password: put them into user and password_file";
    if (length >= sizeof copy)
        return "names no computer";
    memcpy(copy, authority, length);
    copy[length] = '\0';
    char *end = copy[0] == '[' ? strchr(copy, ']') : copy + strcspn(copy, ":");
    if (end == NULL)
        return "names no computer";
    char *rest = copy[0] == '[' ? end + 1 : end;
    if (*rest == ':' && rest[1] != '\0' && !setting_is_number(rest + 1, 1, UINT16_MAX, &port))
        return "has a wrong port";
    bool well_ended = *rest == '\0' || (*rest == ':' && rest[1] != '\0');
    *end = '\0';
    bool named = copy[0] == '[' ? inet_pton(AF_INET6, copy + 1, &address) == 1 : is_host_name(copy);
    return named && well_ended ? NULL : "names no computer";
}

/* What is wrong with TEXT as the address of a petition; NULL: nothing. */
static const char *url_fault(const char *text) {
    bool safe = strncasecmp(text, "https://", strlen("https://")) == 0;
    if (!safe && strncasecmp(text, "http://", strlen("http://")) != 0)
        return "begins with something else";
    const char *authority = text + strlen(safe ? "https://" : "http://");
    if (strlen(text) > SETTING_URL_MAX)
        return "is longer than 1000 characters";
    const char *fault = authority_fault(authority, strcspn(authority, "/?#"));
    if (fault != NULL)
        return fault;
    for (const char *at = authority; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~' || strchr("\"<>\\^`{|}", *at) != NULL)
            return "holds a space or another character that stands in no address: copy it again";
    return strchr(text, '#') == NULL ? NULL : "holds a #: what stands behind one is never sent";
}

const char *setting_url(const struct setting *setting, void *target) {
    const char *fault = url_fault(setting->value);
    if (fault == NULL)
        return set_text(setting, target, setting->value);
    return arena_printf(setting->arena,
                        "an address that begins with https:// (or http:// where it is on this computer), such as "
                        "https://petition.example/letters; this one %s",
                        fault);
}

/* Whether NAME is a header that the program writes itself, or that belongs to the connection. */
static bool is_own_header(const char *name, struct arena *arena) {
    static const char names[] = " Host User-Agent Accept Accept-Encoding Content-Type Content-Length Content-Encoding "
                                "Idempotency-Key Connection Keep-Alive Expect TE Trailer Transfer-Encoding Upgrade "
                                "HTTP2-Settings Proxy-Authorization Proxy-Connection ";
    static const char prefix[] = "webhook-";
    return strcasestr(names, arena_printf(arena, " %s ", name)) != NULL ||
           strncasecmp(name, prefix, strlen(prefix)) == 0;
}

bool setting_has_header(const char *headers, const char *name) {
    size_t length = strlen(name);
    for (; *headers != '\0'; headers += strcspn(headers, "\n") + 1)
        if (strncasecmp(headers, name, length) == 0 && headers[length] == ':')
            return true;
    return false;
}

/* Adds the header in TEXT, of LENGTH bytes, to LINES. Returns NULL, or what is wrong with it. */
static const char *add_header(struct str *lines, const char *text, size_t length, struct arena *arena) {
    /* RFC 9110 §5.6.2 */
    static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
    size_t name_length = strspn(arena_copy(arena, text, length), token);
    if (name_length == 0 || name_length == length || text[name_length] != ':')
        return "a header is a name, a colon and a value";
    const char *name = arena_copy(arena, text, name_length);
    const char *value = arena_copy(arena, text + name_length + 1, length - name_length - 1);
    value += strspn(value, " ");
    if (*value == '\0')
        return arena_printf(arena, "%s has no value", name);
    for (const char *at = value; *at != '\0'; at++)
        if (*at < ' ' || *at > '~')
            return arena_printf(arena, "%s holds a character beyond ASCII", name);
    if (is_own_header(name, arena))
        return arena_printf(arena, "%s is written by postbag itself", name);
    if (strcasecmp(name, "OSDI-API-Token") == 0)
        return "OSDI-API-Token is a secret: name a file with it in token_file";
    if (setting_has_header(lines->bytes, name))
        return arena_printf(arena, "%s stands there twice", name);
    str_addf(lines, "%s: %s\n", name, value);
    return NULL;
}

/*
 *     headers = [header] *(";" [header])
 *     header  = token ":" value              spaces around each are dropped; a value holds no semicolon
 */
const char *setting_headers(const struct setting *setting, void *target) {
    struct str lines = STR_EMPTY;
    const char *fault = NULL;
    size_t count = 0;
    for (const char *at = setting->value; fault == NULL && *at != '\0';) {
        size_t length = strcspn(at, ";"), blanks = strspn(at, " \t"), end = length;
        while (end > blanks && (at[end - 1] == ' ' || at[end - 1] == '\t'))
            end--;
        if (end > blanks && ++count > SETTING_HEADERS_MAX)
            fault = "there are more than 10";
        else if (end > blanks)
            fault = add_header(&lines, at + blanks, end - blanks, setting->arena);
        at += length + (at[length] == ';');
    }
    if (fault == NULL && count == 0)
        fault = "there is none";
    if (fault == NULL)
        set_text(setting, target, lines.bytes);
    str_release(&lines);
    if (fault == NULL)
        return NULL;
    return arena_printf(setting->arena, "such as X-Campaign: library; X-Branch: 12 (%s)", fault);
}
