/*
 * The configuration: a file and overrides come in, one struct goes out. The one idea is the table of keys: each has a
 * default, the member that it fills, and a function that reads its value, whether that stands in the file, on the
 * command line or in the table itself. A new key is one line of it.
 */
#include "input/config.h"

#include <assert.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/text.h"
#include "input/discretion.h"
#include "input/ini.h"
#include "input/setting.h"

enum { KEEP_DAYS_MAX = 36500, CONNECTIONS_MAX = 32, IN_FLIGHT_MAX = 64, SHOWN_MAX = 200 };

static const char default_path[] = "postbag.conf";

/* The read_… functions are as setting.h's, for what only these keys hold. */

static const char *read_keep_days(const struct setting *setting, void *target) {
    return setting_is_number(setting->value, 1, KEEP_DAYS_MAX, target) ? NULL : "a number of days, from 1 to 36500";
}

static const char *read_port(const struct setting *setting, void *target) {
    return setting_is_number(setting->value, 1, UINT16_MAX, target) ? NULL : "a number from 1 to 65535, such as 587";
}

static const char *read_connections(const struct setting *setting, void *target) {
    return setting_is_number(setting->value, 1, CONNECTIONS_MAX, target) ? NULL : "a number from 1 to 32";
}

static const char *read_in_flight(const struct setting *setting, void *target) {
    return setting_is_number(setting->value, 1, IN_FLIGHT_MAX, target) ? NULL : "a number from 1 to 64";
}

static const char *read_prefer(const struct setting *setting, void *target) {
    if (strcmp(setting->value, "list") != 0 && strcmp(setting->value, "directory") != 0)
        return "list or directory";
    return setting_text(setting, target);
}

static const char *read_align(const struct setting *setting, void *target) {
    bool justify = strcasecmp(setting->value, "justify") == 0;
    if (!justify && strcasecmp(setting->value, "left") != 0)
        return "justify (both margins straight) or left (only the left one)";
    *(bool *)target = justify;
    return NULL;
}

static const char *read_window(const struct setting *setting, void *target) {
    static const char *const names[] = {
        [LETTER_WINDOW_DL] = "dl",
        [LETTER_WINDOW_C5] = "c5",
        [LETTER_WINDOW_NOTIFY] = "notify",
        [LETTER_WINDOW_NONE] = "none",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(setting->value, names[i]) == 0) {
            *(enum letter_window *)target = (enum letter_window)i;
            return NULL;
        }
    return "dl (folded in three), c5 (folded in two), notify (as GOV.UK Notify prints) or none (no window)";
}

static const char *read_sender(const struct setting *setting, void *target) {
    bool left = strcasecmp(setting->value, "left") == 0;
    if (!left && strcasecmp(setting->value, "right") != 0)
        return "right or left";
    *(enum letter_sender *)target = left ? LETTER_SENDER_LEFT : LETTER_SENDER_RIGHT;
    return NULL;
}

static const char *read_kind(const struct setting *setting, void *target) {
    for (enum office office = 0; office < OFFICES_COUNT; office++)
        if (strcasecmp(setting->value, office_words(office)->kind) == 0) {
            *(enum office *)target = office;
            return NULL;
        }
    return "mp, peer, msp (Scottish Parliament), ms (Senedd), mla (Northern Ireland Assembly), or fixed (one recipient "
           "of all letters, whom you name here)";
}

static const char *read_to(const struct setting *setting, void *target) {
    bool member = strcasecmp(setting->value, "member") == 0;
    if (!member && strcasecmp(setting->value, "mp") != 0)
        return "mp (the letters go to the MPs or other recipients, in the members' names) or member (each member gets "
               "their own letter to send)";
    *(enum smtp_to *)target = member ? SMTP_TO_MEMBER : SMTP_TO_MP;
    return NULL;
}

static const char *read_security(const struct setting *setting, void *target) {
    static const char *const names[] = {[SMTP_STARTTLS] = "starttls", [SMTP_TLS] = "tls", [SMTP_CLEAR] = "none"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(setting->value, names[i]) == 0) {
            *(enum smtp_security *)target = (enum smtp_security)i;
            return NULL;
        }
    return "starttls (mostly with port 587), tls (mostly with port 465), or none (only to a mail server on this "
           "computer)";
}

static const char *read_format(const struct setting *setting, void *target) {
    static const char *const names[] = {
        [WEBHOOK_JSON] = "json",
        [WEBHOOK_MULTIPART] = "multipart",
        [WEBHOOK_OSDI_SIGNATURE] = "osdi",
        [WEBHOOK_OSDI_OUTREACH] = "osdi-outreach",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(setting->value, names[i]) == 0) {
            *(enum webhook_format *)target = (enum webhook_format)i;
            return NULL;
        }
    return "json, multipart (as a browser sends a form), osdi (signatures at Action Network) or osdi-outreach (letters "
           "there)";
}

static const char *read_attach(const struct setting *setting, void *target) {
    bool pdf = strcasecmp(setting->value, "pdf") == 0;
    if (!pdf && strcasecmp(setting->value, "no") != 0)
        return "no (who wrote to whom), or pdf (also the letter's text and its PDF)";
    *(bool *)target = pdf;
    return NULL;
}

#define MEMBER(member) offsetof(struct config, member), sizeof(((struct config *)NULL)->member)

/* Section, key, default, member, how it is read. Where the default is empty and nothing is set, the member is zeroed. */
static const struct {
    struct config_key_description description;
    size_t member;
    size_t size;
    const char *(*read)(const struct setting *setting, void *target);
} keys[] = {
    {{"campaign", "name", ""}, MEMBER(campaign.name), setting_name},
    {{"campaign", "model", ""}, MEMBER(campaign.model), setting_path},
    {{"campaign", "constituents", ""}, MEMBER(campaign.constituents), setting_path},
    {{"campaign", "encoding", "auto"}, MEMBER(campaign.encoding), setting_encoding},
    {{"campaign", "out", "out"}, MEMBER(campaign.out), setting_path},
    {{"campaign", "consent", ""}, MEMBER(campaign.consent), setting_text},
    {{"campaign", "employer_domains", ""}, MEMBER(campaign.employer_domains), setting_domains},
    {{"campaign", "keep_days", "365"}, MEMBER(campaign.keep_days), read_keep_days},
    {{"letter", "date", "today"}, MEMBER(letter.date), setting_date},
    {{"letter", "language", ""}, MEMBER(letter.language), setting_language},
    {{"letter", "font", "Gentium Book Plus"}, MEMBER(letter.font), setting_text},
    {{"letter", "size", "auto"}, MEMBER(letter.size_mpt), setting_size},
    {{"letter", "leading", "auto"}, MEMBER(letter.leading_mpt), setting_leading},
    {{"letter", "align", "justify"}, MEMBER(letter.justify), read_align},
    {{"letter", "hyphenate", "yes"}, MEMBER(letter.hyphenate), setting_flag},
    {{"letter", "protrusion", "yes"}, MEMBER(letter.protrusion), setting_flag},
    {{"letter", "expansion", "yes"}, MEMBER(letter.expansion), setting_flag},
    {{"letter", "margins", "25 28 32 22"}, MEMBER(letter.margins), setting_margins},
    {{"letter", "window", "dl"}, MEMBER(letter.window), read_window},
    {{"letter", "fold_marks", "no"}, MEMBER(letter.fold_marks), setting_flag},
    {{"letter", "sender", "right"}, MEMBER(letter.sender), read_sender},
    {{"letter", "logo", ""}, MEMBER(letter.logo), setting_path},
    {{"letter", "logo_text", "Logo"}, MEMBER(letter.logo_text), setting_text},
    {{"letter", "signature", ""}, MEMBER(letter.signature), setting_path},
    {{"letter", "signature_column", ""}, MEMBER(letter.signature_column), setting_text},
    {{"recipient", "kind", "mp"}, MEMBER(recipient.office), read_kind},
    {{"recipient", "name", ""}, MEMBER(recipient.name), setting_text},
    {{"recipient", "lines", ""}, MEMBER(recipient.address), setting_lines},
    {{"recipient", "salutation", ""}, MEMBER(recipient.salutation), setting_text},
    {{"recipient", "email", ""}, MEMBER(recipient.email), setting_email},
    {{"directory", "path", ""}, MEMBER(directory.path), setting_path},
    {{"directory", "prefer", ""}, MEMBER(directory.prefer), read_prefer},
    {{"smtp", "to", ""}, MEMBER(smtp.to), read_to},
    {{"smtp", "host", ""}, MEMBER(smtp.host), setting_host},
    {{"smtp", "port", ""}, MEMBER(smtp.port), read_port},
    {{"smtp", "security", "starttls"}, MEMBER(smtp.security), read_security},
    {{"smtp", "user", ""}, MEMBER(smtp.user), setting_user},
    {{"smtp", "password_file", ""}, MEMBER(smtp.password_file), setting_path},
    {{"smtp", "password_command", ""}, MEMBER(smtp.password_command), setting_text},
    {{"smtp", "token_command", ""}, MEMBER(smtp.token_command), setting_text},
    {{"smtp", "ca_file", ""}, MEMBER(smtp.ca_file), setting_path},
    {{"smtp", "from", ""}, MEMBER(smtp.from), setting_mailbox},
    {{"smtp", "member_domains", ""}, MEMBER(smtp.member_domains), setting_domains},
    {{"smtp", "copy", "no"}, MEMBER(smtp.copy), setting_flag},
    {{"smtp", "attach", "yes"}, MEMBER(smtp.attach), setting_flag},
    {{"smtp", "connections", "2"}, MEMBER(smtp.connections), read_connections},
    {{"smtp", "timeout", "60"}, MEMBER(smtp.timeout_ms), setting_timeout},
    {{"smtp", "rate", ""}, MEMBER(smtp.quota.rates_count), setting_rate},
    {{"smtp", "hours", ""}, MEMBER(smtp.quota.hours_count), setting_hours},
    {{"smtp", "rehearsal", ""}, MEMBER(smtp.rehearsal), setting_mailbox},
    {{"webhook", "url", ""}, MEMBER(webhook.url), setting_url},
    {{"webhook", "format", "json"}, MEMBER(webhook.format), read_format},
    {{"webhook", "fields", ""}, MEMBER(webhook.fields), setting_text},
    {{"webhook", "attach", "no"}, MEMBER(webhook.attach), read_attach},
    {{"webhook", "secret_file", ""}, MEMBER(webhook.secret_file), setting_path},
    {{"webhook", "token_file", ""}, MEMBER(webhook.token_file), setting_path},
    {{"webhook", "token_command", ""}, MEMBER(webhook.token_command), setting_text},
    {{"webhook", "user", ""}, MEMBER(webhook.user), setting_basic_user},
    {{"webhook", "password_file", ""}, MEMBER(webhook.password_file), setting_path},
    {{"webhook", "headers", ""}, MEMBER(webhook.headers), setting_headers},
    {{"webhook", "ca_file", ""}, MEMBER(webhook.ca_file), setting_path},
    {{"webhook", "idempotent", "no"}, MEMBER(webhook.idempotent), setting_flag},
    {{"webhook", "in_flight", "4"}, MEMBER(webhook.in_flight), read_in_flight},
    {{"webhook", "timeout", "30"}, MEMBER(webhook.timeout_ms), setting_timeout},
    {{"webhook", "rate", ""}, MEMBER(webhook.quota.rates_count), setting_rate},
    {{"webhook", "hours", ""}, MEMBER(webhook.quota.hours_count), setting_hours},
    {{"webhook", "rehearsal", ""}, MEMBER(webhook.rehearsal), setting_url},
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
    struct setting setting = {value, directory, configuring->arena};
    void *target = (char *)configuring->config + keys[key].member;
    if (*value == '\0') {
        setting.value = keys[key].description.fallback;
        setting.directory = configuring->directory;
    }
    return *setting.value == '\0' ? forget(target, keys[key].size) : keys[key].read(&setting, target);
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

static int unknown_key(const char *section, const char *key, struct place place, struct error *error) {
    const char *nearest = NULL;
    unsigned distance = UINT32_MAX;
    if (discretion_is_password(key))
        return discretion_refuse(section, place, error);
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
    if (error->source != NULL && discretion_covers(error->source, arena))
        error->source = NULL;
}

/* An error of OVERRIDE: "-o letter.size=99: MESSAGE", without the value where that is long or may be a secret. */
static int override_error(const char *override, struct arena *arena, struct error *error, const char *message) {
    size_t name = strcspn(override, "=");
    const char *shown = override;
    if (discretion_covers(override, arena) || strlen(override) > SHOWN_MAX)
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
    configuring->lines[found] = 0;
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

/* The place of SECTION.KEY in the file at PATH, or nowhere where it was set by -o. */
static struct place place_of(const struct configuring *configuring, const char *path, const char *section,
                             const char *key) {
    for (size_t i = 0; i < KEYS; i++)
        if (configuring->lines[i] != 0 && strcmp(keys[i].description.section, section) == 0 &&
            strcmp(keys[i].description.key, key) == 0)
            return (struct place){path, configuring->lines[i], 1};
    return (struct place){NULL, 0, 0};
}

/* Settings of [webhook] that fit by themselves, and not together: a request is authorised in one way. */
static int check_authorisation(const struct configuring *configuring, const char *path, struct error *error) {
    const struct config *config = configuring->config;
    const char *headers = config->webhook.headers == NULL ? "" : config->webhook.headers;
    bool token = config->webhook.token_file != NULL || config->webhook.token_command != NULL;
    bool user = config->webhook.user != NULL;
    if (token && user)
        return error_at(error, STATUS_CONFIGURATION, place_of(configuring, path, "webhook", "user"),
                        "webhook.user does not go with a token: the petition is told who you are in one way");
    if (config->webhook.password_file != NULL && !user)
        return error_at(error, STATUS_CONFIGURATION, place_of(configuring, path, "webhook", "password_file"),
                        "webhook.password_file needs webhook.user; a token goes into token_file");
    if ((token || user) && setting_has_header(headers, "Authorization"))
        return error_at(error, STATUS_CONFIGURATION, place_of(configuring, path, "webhook", "headers"),
                        "webhook.headers holds an authorisation, and there is a token or a user as well: keep one");
    return 0;
}

/* Lines that stand closer than their type is high would be printed over each other. */
static int check_leading(const struct configuring *configuring, const char *path, struct error *error) {
    enum { AUTOMATIC_SIZE_MPT = 11000 };
    int32_t size = configuring->config->letter.size_mpt, leading = configuring->config->letter.leading_mpt;
    if (leading == 0 || leading >= (size == 0 ? AUTOMATIC_SIZE_MPT : size))
        return 0;
    return error_at(error, STATUS_CONFIGURATION, place_of(configuring, path, "letter", "leading"),
                    "letter.leading must be at least letter.size (with auto: 11), or lines run into each other");
}

/* With both, an empty cell could mean "by hand" as well as "like everybody". */
static int check_signature(const struct configuring *configuring, const char *path, struct error *error) {
    const struct config *config = configuring->config;
    if (config->letter.signature == NULL || config->letter.signature_column == NULL)
        return 0;
    return error_at(error, STATUS_CONFIGURATION, place_of(configuring, path, "letter", "signature_column"),
                    "letter.signature is one signature for all letters, and letter.signature_column one for each: keep "
                    "one of them");
}

/* Settings of [recipient]: a fixed one needs to be described, and the others are not. */
static int check_recipient(const struct configuring *configuring, const char *path, struct error *error) {
    const struct addressing *recipient = &configuring->config->recipient;
    const struct office_words *words = office_words(recipient->office);
    const struct {
        const char *key, *value;
        const char *needed; /* what it says; NULL: it may be left empty */
    } parts[] = {
        {"name", recipient->name, "the one to whom all letters go"},
        {"lines", recipient->address, "the lines of the address, with semicolons between them"},
        {"salutation", recipient->salutation, NULL},
        {"email", recipient->email, NULL},
    };
    bool fixed = recipient->office == OFFICE_FIXED;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (fixed && parts[i].needed != NULL && parts[i].value == NULL)
            return error_at(error, STATUS_CONFIGURATION, place_of(configuring, path, "recipient", "kind"),
                            "recipient.kind = fixed needs recipient.%s as well: %s", parts[i].key, parts[i].needed);
        if (!fixed && parts[i].value != NULL)
            return error_at(error, STATUS_CONFIGURATION, place_of(configuring, path, "recipient", parts[i].key),
                            "recipient.%s goes with recipient.kind = fixed; with kind = %s the letters go to %s",
                            parts[i].key, words->kind, words->many);
    }
    return 0;
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
    if (check_leading(&configuring, path, error) != 0 || check_signature(&configuring, path, error) != 0 ||
        check_recipient(&configuring, path, error) != 0 || check_authorisation(&configuring, path, error) != 0)
        return -1;
    *config = read;
    return 0;
}
