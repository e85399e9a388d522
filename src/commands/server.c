/*
 * Servers: a configuration comes in, what a connection needs goes out.
 */
#include "commands/server.h"

#include "base/clock.h"
#include "commands/secret.h"

enum {
    PORT_TLS = 465,                          /* RFC 8314 §3.3 */
    PORT_SUBMISSION = 587,                   /* RFC 6409 */
    FINAL_TIMEOUT_MS = 10 * CLOCK_MINUTE_MS, /* RFC 5321 §4.5.3.2.6: else a letter that did arrive seems lost */
    MESSAGE_STEPS = 10,                      /* a message may take so many times what a step may */
};

static unsigned port_of(const struct config *config) {
    if (config->smtp.port != 0)
        return config->smtp.port;
    return config->smtp.security == SMTP_TLS ? PORT_TLS : PORT_SUBMISSION;
}

static int find_secret(const struct config *config, const char **secret, struct arena *arena, struct error *error) {
    bool token = config->smtp.token_command != NULL;
    struct secret_source source = {
        .key = "smtp.password_file",
        .file = token ? NULL : config->smtp.password_file,
        .command = token ? config->smtp.token_command : config->smtp.password_command,
        .variable = token ? NULL : "POSTBAG_SMTP_PASSWORD",
        .what = arena_printf(arena, "Password of %s at %s", config->smtp.user, config->smtp.host),
    };
    return secret_find(&source, secret, arena, error);
}

int server_open(struct server *server, const struct config *config, const volatile sig_atomic_t *stop,
                struct arena *arena, struct error *error) {
    const char *secret = NULL;
    *server = (struct server){0};
    if (config->smtp.security == SMTP_CLEAR && !stream_is_loopback(config->smtp.host))
        return error_set(
            error, STATUS_CONFIGURATION,
            "smtp.security = none would send letters and password in the clear; it is only for a server on "
            "this computer: set starttls or tls");
    if (config->smtp.user != NULL && find_secret(config, &secret, arena, error) != 0)
        return -1;
    if (config->smtp.security != SMTP_CLEAR && stream_trust_new(&server->trust, config->smtp.ca_file, error) != 0)
        return -1;
    server->smtp = (struct smtp_settings){
        .host = config->smtp.host,
        .port = port_of(config),
        .security = config->smtp.security,
        .user = config->smtp.user,
        .secret = secret,
        .token = config->smtp.token_command != NULL,
        .trust = server->trust,
        .greeting = mailbox_domain(config->smtp.from.address),
        .timeout_ms = config->smtp.timeout_ms,
        .final_timeout_ms = FINAL_TIMEOUT_MS,
        .message_timeout_ms = config->smtp.timeout_ms * MESSAGE_STEPS,
        .stop = stop,
    };
    return 0;
}

void server_close(struct server *server) {
    stream_trust_free(server->trust);
    *server = (struct server){0};
}

void server_describe(const struct config *config, struct str *out) {
    static const char *const securities[] = {
        [SMTP_STARTTLS] = "STARTTLS", [SMTP_TLS] = "TLS", [SMTP_CLEAR] = "this computer, not encrypted"};
    str_addf(out, "%s:%u (%s)", config->smtp.host, port_of(config), securities[config->smtp.security]);
    if (config->smtp.user != NULL)
        str_addf(out, " as %s", config->smtp.user);
}

int server_try(const struct server *server, struct str *out, struct error *error) {
    struct answer answer;
    struct smtp *smtp = smtp_new(&server->smtp);
    int result = smtp_connect(smtp, &answer);
    if (result == 0)
        smtp_describe(smtp, out);
    else
        error_set(error, answer.scope == SCOPE_CAMPAIGN ? answer.status : STATUS_UNAVAILABLE, "%s", answer.text);
    smtp_free(smtp);
    return result;
}
