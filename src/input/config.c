/*
 * The configuration: a file and overrides come in, one struct goes out. The one idea is the table of keys: each has a
 * default, the member that it fills, and a function that reads its value, whether that stands in the file, on the
 * command line or in the table itself. A new key is one line of it.
 */
#include "input/config.h"

#include <arpa/inet.h>
#include <assert.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "base/text.h"
#include "input/encoding.h"
#include "input/ini.h"

enum {
    CONFIG_NAME_MAX = 64,
    SIZE_MIN_MPT = 8000,
    SIZE_MAX_MPT = 16000,
    HOST_MAX = 253,
    USER_MAX = 255,
    KEEP_DAYS_MAX = 36500,
    CONNECTIONS_MAX = 32,
    TIMEOUT_MAX_S = 600,
};

static const char default_path[] = "postbag.conf";

/* A value and what it is to become. */
struct reading {
    const char *value;
    const char *directory; /* that paths are relative to, or NULL */
    struct arena *arena;
};

/*
 * The read_… functions put a value into the member at TARGET. They return NULL, or what would fit, to be put behind
 * "KEY must be". An empty value has become the default before they see it.
 */

static const char *set_text(const struct reading *reading, void *target, const char *text) {
    *(const char **)target = arena_copy(reading->arena, text, strlen(text));
    return NULL;
}

static const char *read_text(const struct reading *reading, void *target) {
    return set_text(reading, target, reading->value);
}

static const char *read_path(const struct reading *reading, void *target) {
    bool standard = strcmp(reading->value, "-") == 0;
    return set_text(reading, target,
                    standard ? reading->value : file_join(reading->arena, reading->directory, reading->value));
}

/* The campaign's name names a directory. */
static const char *read_name(const struct reading *reading, void *target) {
    const char *value = reading->value;
    bool plain = value[0] != '.' && strlen(value) <= CONFIG_NAME_MAX && strpbrk(value, "/\\") == NULL;
    for (size_t at = 0; plain && value[at] != '\0';) {
        uint32_t codepoint = text_next(value, strlen(value), &at);
        plain = !text_is_control(codepoint) && !text_is_invisible(codepoint) && !text_is_private(codepoint);
    }
    if (!plain)
        return "a name that a folder can have: at most 64 characters, no / or \\ in it and no full stop in front";
    return set_text(reading, target, value);
}

static const char *read_encoding(const struct reading *reading, void *target) {
    enum encoding encoding;
    if (encoding_by_name(reading->value, &encoding) != 0)
        return "auto, utf-8, utf-16le, utf-16be, windows-1252 or macintosh";
    return set_text(reading, target, reading->value);
}

static const char *read_date(const struct reading *reading, void *target) {
    struct date date;
    if (strcmp(reading->value, "today") != 0 && date_parse(reading->value, &date) != 0)
        return "today, or a date such as 2026-11-22";
    return set_text(reading, target, reading->value);
}

static const char *read_prefer(const struct reading *reading, void *target) {
    if (strcmp(reading->value, "list") != 0 && strcmp(reading->value, "directory") != 0)
        return "list or directory";
    return set_text(reading, target, reading->value);
}

static const char *read_language(const struct reading *reading, void *target) {
    static const char *const names[][2] = {{"en-GB", "en-GB"}, {"en", "en-GB"}, {"cy", "cy"}, {"cy-GB", "cy"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(reading->value, names[i][0]) == 0)
            return set_text(reading, target, names[i][1]);
    return "en-GB or cy";
}

/* "11", "10.5", "10.5 pt" in millipoints; -1 where it is no such number. strtod would obey the machine's locale. */
static int32_t millipoints(const char *text) {
    size_t whole = strspn(text, "0123456789");
    int32_t size = 0;
    if (whole < 1 || whole > 3)
        return -1;
    for (size_t i = 0; i < whole; i++)
        size = size * 10 + (text[i] - '0');
    text += whole;
    size *= 1000;
    if (*text == '.') {
        size_t digits = strspn(++text, "0123456789");
        if (digits < 1 || digits > 3)
            return -1;
        for (int32_t i = 0, worth = 100; i < (int32_t)digits; i++, worth /= 10)
            size += (text[i] - '0') * worth;
        text += digits;
    }
    text += strspn(text, " ");
    return *text == '\0' || strcmp(text, "pt") == 0 ? size : -1;
}

static const char *read_size(const struct reading *reading, void *target) {
    bool automatic = strcmp(reading->value, "auto") == 0;
    int32_t size = automatic ? 0 : millipoints(reading->value);
    if (!automatic && (size < SIZE_MIN_MPT || size > SIZE_MAX_MPT))
        return "auto, or a size in points from 8 to 16, such as 10.5";
    *(int32_t *)target = size;
    return NULL;
}

/* Digits and nothing else, from MIN to MAX. */
static bool is_number(const char *text, unsigned min, unsigned max, unsigned *number) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits] != '\0')
        return false;
    *number = 0;
    for (size_t i = 0; i < digits; i++)
        *number = *number * 10 + (unsigned)(text[i] - '0');
    return *number >= min && *number <= max;
}

static const char *read_keep_days(const struct reading *reading, void *target) {
    return is_number(reading->value, 1, KEEP_DAYS_MAX, target) ? NULL : "a number of days, from 1 to 36500";
}

static const char *read_port(const struct reading *reading, void *target) {
    return is_number(reading->value, 1, UINT16_MAX, target) ? NULL : "a number from 1 to 65535, such as 587";
}

static const char *read_connections(const struct reading *reading, void *target) {
    return is_number(reading->value, 1, CONNECTIONS_MAX, target) ? NULL : "a number from 1 to 32";
}

static const char *read_timeout(const struct reading *reading, void *target) {
    unsigned seconds;
    if (!is_number(reading->value, 1, TIMEOUT_MAX_S, &seconds))
        return "a number of seconds, from 1 to 600";
    *(int64_t *)target = (int64_t)seconds * CLOCK_SECOND_MS;
    return NULL;
}

static const char *read_flag(const struct reading *reading, void *target) {
    static const char *const words[2][3] = {{"no", "false", "off"}, {"yes", "true", "on"}};
    for (size_t i = 0; i < 6; i++)
        if (strcasecmp(reading->value, words[i / 3][i % 3]) == 0) {
            *(bool *)target = i / 3 == 1;
            return NULL;
        }
    return "yes or no";
}

static const char *read_to(const struct reading *reading, void *target) {
    bool member = strcasecmp(reading->value, "member") == 0;
    if (!member && strcasecmp(reading->value, "mp") != 0)
        return "mp (the letters go to the MPs, in the members' names) or member (each member gets their own letter to "
               "send)";
    *(enum smtp_to *)target = member ? SMTP_TO_MEMBER : SMTP_TO_MP;
    return NULL;
}

static const char *read_security(const struct reading *reading, void *target) {
    static const char *const names[] = {[SMTP_STARTTLS] = "starttls", [SMTP_TLS] = "tls", [SMTP_CLEAR] = "none"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(reading->value, names[i]) == 0) {
            *(enum smtp_security *)target = (enum smtp_security)i;
            return NULL;
        }
    return "starttls (mostly with port 587), tls (mostly with port 465), or none (only to a mail server on this "
           "computer)";
}

/* A name, an IPv4 address or an IPv6 address, this also in square brackets: nothing with a path, a scheme or a port. */
static const char *read_host(const struct reading *reading, void *target) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    const char *host = reading->value;
    size_t length = strlen(host);
    struct in6_addr address;
    if (length > 2 && host[0] == '[' && host[length - 1] == ']')
        host = arena_copy(reading->arena, host + 1, length -= 2);
    bool named = length <= HOST_MAX && host[0] != '-' && host[0] != '.' && strspn(host, plain) == length;
    if (!named && inet_pton(AF_INET6, host, &address) != 1)
        return "the name of a mail server alone, such as smtp.union.example; the port goes into \"port\"";
    return set_text(reading, target, host);
}

static const char *read_user(const struct reading *reading, void *target) {
    if (strlen(reading->value) > USER_MAX)
        return "at most 255 characters long";
    return set_text(reading, target, reading->value);
}

static const char *read_mailbox(const struct reading *reading, void *target) {
    const char *fault = mailbox_read(target, reading->value, reading->arena);
    if (fault == NULL)
        return NULL;
    return arena_printf(reading->arena, "an address, such as Example Branch <branch@union.example>; this one %s",
                        fault);
}

static const char *read_domains(const struct reading *reading, void *target) {
    if (!mailbox_is_domains(reading->value))
        return "what stands behind the @ of addresses, such as ministry.example, agency.example";
    return set_text(reading, target, reading->value);
}

/* The members of the quota stand for their counts: so that an empty value forgets the rates alone, or the hours. */
static const char *read_rate(const struct reading *reading, void *target) {
    return quota_read_rate((struct quota *)((char *)target - offsetof(struct quota, rates_count)), reading->value);
}

static const char *read_hours(const struct reading *reading, void *target) {
    return quota_read_hours((struct quota *)((char *)target - offsetof(struct quota, hours_count)), reading->value);
}

#define MEMBER(member) offsetof(struct config, member), sizeof(((struct config *)NULL)->member)

/* Section, key, default, member, how it is read. Where the default is empty and nothing is set, the member is zeroed. */
static const struct {
    struct config_key_description description;
    size_t member;
    size_t size;
    const char *(*read)(const struct reading *reading, void *target);
} keys[] = {
    {{"campaign", "name", ""}, MEMBER(campaign.name), read_name},
    {{"campaign", "model", ""}, MEMBER(campaign.model), read_path},
    {{"campaign", "constituents", ""}, MEMBER(campaign.constituents), read_path},
    {{"campaign", "encoding", "auto"}, MEMBER(campaign.encoding), read_encoding},
    {{"campaign", "out", "out"}, MEMBER(campaign.out), read_path},
    {{"campaign", "consent", ""}, MEMBER(campaign.consent), read_text},
    {{"campaign", "employer_domains", ""}, MEMBER(campaign.employer_domains), read_domains},
    {{"campaign", "keep_days", "365"}, MEMBER(campaign.keep_days), read_keep_days},
    {{"letter", "date", "today"}, MEMBER(letter.date), read_date},
    {{"letter", "language", ""}, MEMBER(letter.language), read_language},
    {{"letter", "font", "Gentium Book Plus"}, MEMBER(letter.font), read_text},
    {{"letter", "size", "auto"}, MEMBER(letter.size_mpt), read_size},
    {{"directory", "path", ""}, MEMBER(directory.path), read_path},
    {{"directory", "prefer", ""}, MEMBER(directory.prefer), read_prefer},
    {{"smtp", "to", ""}, MEMBER(smtp.to), read_to},
    {{"smtp", "host", ""}, MEMBER(smtp.host), read_host},
    {{"smtp", "port", ""}, MEMBER(smtp.port), read_port},
    {{"smtp", "security", "starttls"}, MEMBER(smtp.security), read_security},
    {{"smtp", "user", ""}, MEMBER(smtp.user), read_user},
    {{"smtp", "password_file", ""}, MEMBER(smtp.password_file), read_path},
    {{"smtp", "password_command", ""}, MEMBER(smtp.password_command), read_text},
    {{"smtp", "token_command", ""}, MEMBER(smtp.token_command), read_text},
    {{"smtp", "ca_file", ""}, MEMBER(smtp.ca_file), read_path},
    {{"smtp", "from", ""}, MEMBER(smtp.from), read_mailbox},
    {{"smtp", "member_domains", ""}, MEMBER(smtp.member_domains), read_domains},
    {{"smtp", "copy", "no"}, MEMBER(smtp.copy), read_flag},
    {{"smtp", "attach", "yes"}, MEMBER(smtp.attach), read_flag},
    {{"smtp", "connections", "2"}, MEMBER(smtp.connections), read_connections},
    {{"smtp", "timeout", "60"}, MEMBER(smtp.timeout_ms), read_timeout},
    {{"smtp", "rate", ""}, MEMBER(smtp.quota.rates_count), read_rate},
    {{"smtp", "hours", ""}, MEMBER(smtp.quota.hours_count), read_hours},
    {{"smtp", "rehearsal", ""}, MEMBER(smtp.rehearsal), read_mailbox},
};
enum { KEYS = sizeof keys / sizeof *keys };

const struct config_key_description *config_key(size_t i) {
    return i < KEYS ? &keys[i].description : NULL;
}

/* Everything that is needed while a file and overrides are read. */
struct configuring {
    struct config *config;
    const char *directory; /* of the file */
    unsigned lines[KEYS];  /* on which a key is set in the file, or 0 */
    struct arena *arena;
};

static const char *forget(void *target, size_t size) {
    memset(target, 0, size);
    return NULL;
}

static const char *read_key(const struct configuring *configuring, size_t key, const char *value,
                            const char *directory) {
    struct reading reading = {value, directory, configuring->arena};
    void *target = (char *)configuring->config + keys[key].member;
    if (*value == '\0') {
        reading.value = keys[key].description.fallback;
        reading.directory = configuring->directory;
    }
    return *reading.value == '\0' ? forget(target, keys[key].size) : keys[key].read(&reading, target);
}

static void read_defaults(const struct configuring *configuring) {
    for (size_t i = 0; i < KEYS; i++) {
        const char *fitting = read_key(configuring, i, "", configuring->directory);
        assert(fitting == NULL);
        (void)fitting;
    }
}

/* Whether NAME is nearer to WRITTEN than what was found so far, and near enough to be meant. */
static bool is_nearer(const char *written, const char *name, unsigned *distance) {
    unsigned own = text_distance(written, strlen(written), name, strlen(name));
    if (own >= *distance || own * 2 > strlen(name) + 1)
        return false;
    *distance = own;
    return true;
}

static int unknown_section(const char *section, struct place place, struct error *error) {
    const char *nearest = NULL;
    unsigned distance = UINT32_MAX;
    for (size_t i = 0; i < KEYS; i++) {
        if (strcmp(keys[i].description.section, section) == 0)
            return 0;
        if (is_nearer(section, keys[i].description.section, &distance))
            nearest = keys[i].description.section;
    }
    if (nearest != NULL)
        return error_at(error, STATUS_CONFIGURATION, place, "there is no section [%s]; did you mean [%s]?", section,
                        nearest);
    return error_at(error, STATUS_CONFIGURATION, place, "there is no section [%s]", section);
}

/* A password itself is what people look for a key for. */
static bool is_password(const char *key) {
    static const char *const names[] = {"passwd", "pass", "pwd", "app_password", "secret", "token"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(key, names[i]) == 0)
            return true;
    return strcasecmp(key, "password") == 0 || text_distance(key, strlen(key), "password", strlen("password")) <= 2;
}

/* Whether KEY, or SECTION.KEY, says that its value may be a secret, or be taken for the place of one: it is not shown. */
static bool is_secretive(const char *key) {
    static const char *const parts[] = {"pass", "pwd", "pw", "secret", "token"};
    const char *dot = strrchr(key, '.');
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcasestr(key, parts[i]) != NULL)
            return true;
    return is_password(dot == NULL ? key : dot + 1);
}

static int unknown_key(const char *section, const char *key, struct place place, struct error *error) {
    const char *nearest = NULL;
    unsigned distance = UINT32_MAX;
    if (is_password(key))
        return error_at(error, STATUS_CONFIGURATION, place,
                        "a password does not belong in the configuration: name a file in password_file that only you "
                        "can read, or a program in password_command, or let postbag ask for it");
    for (size_t i = 0; i < KEYS; i++) {
        const struct config_key_description *known = &keys[i].description;
        if (strcmp(known->section, section) == 0 && is_nearer(key, known->key, &distance))
            nearest = known->key;
    }
    for (size_t i = 0; i < KEYS && distance > 0; i++)
        if (strcmp(keys[i].description.key, key) == 0)
            return error_at(error, STATUS_CONFIGURATION, place, "there is no \"%s\" in [%s]; it belongs in [%s]", key,
                            section, keys[i].description.section);
    if (nearest != NULL)
        return error_at(error, STATUS_CONFIGURATION, place, "there is no \"%s\" in [%s]; did you mean \"%s\"?", key,
                        section, nearest);
    return error_at(error, STATUS_CONFIGURATION, place, "there is no \"%s\" in [%s]", key, section);
}

/* The index of SECTION.KEY; KEYS where there is none, and then ERROR is filled. */
static size_t find_key(const char *section, const char *key, struct place place, struct error *error) {
    if (unknown_section(section, place, error) != 0)
        return KEYS;
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i].description.section, section) == 0 && strcmp(keys[i].description.key, key) == 0)
            return i;
    unknown_key(section, key, place, error);
    return KEYS;
}

/* Reads one setting of the file. On -1 the error has its place. */
static int read_setting(struct configuring *configuring, const struct ini_setting *setting, struct error *error) {
    if (setting->key == NULL)
        return unknown_section(setting->section, setting->place, error);
    if (*setting->section == '\0')
        return error_at(error, STATUS_CONFIGURATION, setting->place,
                        "\"%s\" stands before any section: put it below [%s]", setting->key,
                        keys[0].description.section);
    size_t key = find_key(setting->section, setting->key, setting->place, error);
    if (key == KEYS)
        return -1;
    if (configuring->lines[key] != 0)
        return error_at(error, STATUS_CONFIGURATION, setting->place, "%s.%s is set twice (also on line %u)",
                        setting->section, setting->key, configuring->lines[key]);
    configuring->lines[key] = setting->place.line;

    const char *fitting = read_key(configuring, key, setting->value, configuring->directory);
    struct place place = setting->place;
    place.column = setting->value_column;
    return fitting == NULL ? 0 : error_at(error, STATUS_CONFIGURATION, place, "%s must be %s", setting->key, fitting);
}

static int take_setting(void *context, const struct ini_setting *setting, struct error *error) {
    if (read_setting(context, setting, error) == 0)
        return 0;
    error->source = setting->source;
    return -1;
}

/* Takes the line from ERROR where it may hold a password, whoever found the fault: messages are copied and logged. */
static void hide_secret(struct error *error, struct arena *arena) {
    const char *line = error->source == NULL ? "" : error->source + strspn(error->source, " \t");
    if (is_secretive(arena_copy(arena, line, strcspn(line, "=: \t"))))
        error->source = NULL;
}

/* An error of OVERRIDE: "-o letter.size=99: MESSAGE", without the value where that may be a secret. */
static int override_error(const char *override, struct arena *arena, struct error *error, const char *message) {
    size_t name = strcspn(override, "=");
    const char *shown = override;
    if (is_secretive(arena_copy(arena, override, name)))
        shown = arena_printf(arena, "%.*s=…", (int)name, override);
    return error_at(error, STATUS_CONFIGURATION, (struct place){NULL, 0, 0}, "-o %s: %s", shown, message);
}

static int read_override(struct configuring *configuring, const char *override, struct error *error) {
    struct place nowhere = {NULL, 0, 0};
    struct arena *arena = configuring->arena;
    size_t length = strlen(override);
    const char *dot = strchr(override, '.'), *equals = strchr(override, '=');
    if (text_valid(override, length) < length)
        return error_at(error, STATUS_CONFIGURATION, nowhere, "-o: this is not UTF-8");
    for (size_t at = 0; at < length;)
        if (text_is_control(text_next(override, length, &at)))
            return error_at(error, STATUS_CONFIGURATION, nowhere, "-o: a setting holds a control character");
    if (dot == NULL || equals == NULL || dot > equals)
        return override_error(override, arena, error, "write SECTION.KEY=VALUE, such as letter.date=2026-11-22");

    const char *section = arena_copy(arena, override, (size_t)(dot - override));
    const char *key = arena_copy(arena, dot + 1, (size_t)(equals - dot) - 1);
    size_t found = find_key(section, key, nowhere, error);
    if (found == KEYS)
        return override_error(override, arena, error, arena_copy(arena, error->message, strlen(error->message)));
    const char *fitting = read_key(configuring, found, equals + 1, NULL);
    return fitting == NULL ? 0
                           : override_error(override, arena, error, arena_printf(arena, "%s must be %s", key, fitting));
}

/* The directory of PATH, or NULL for the working directory. */
static const char *directory_of(const char *path, struct arena *arena) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return NULL;
    return arena_copy(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

int config_read(struct config *config, const char *path, const char *const *overrides, size_t count,
                struct arena *arena, struct error *error) {
    struct config read = {0};
    struct configuring configuring = {.config = &read, .arena = arena};
    if (path == NULL && access(default_path, F_OK) == 0)
        path = default_path;
    if (path != NULL)
        configuring.directory = read.folder = directory_of(path, arena);
    read_defaults(&configuring);
    if (path != NULL && ini_read(path, take_setting, &configuring, arena, error) != 0) {
        hide_secret(error, arena);
        return -1;
    }
    for (size_t i = 0; i < count; i++)
        if (read_override(&configuring, overrides[i], error) != 0)
            return -1;
    *config = read;
    return 0;
}
