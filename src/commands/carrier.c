/*
 * Carriers: a parcel comes in, an answer goes out. The one idea: what sends letters need not know which of the two ways
 * they go.
 */
#include "commands/carrier.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/memory.h"
#include "commands/secret.h"
#include "commands/server.h"
#include "delivery/petition.h"
#include "delivery/pool.h"
#include "delivery/signature.h"
#include "delivery/webhook.h"

#define DUMMY_SECRET "postbag preview, not a secret"

struct carrier {
    const struct config *config;
    enum ledger_channel channel;
    const volatile sig_atomic_t *stop;
    const char *account;

    struct server server; /* e-mail */
    struct pool *pool;

    struct signature_secrets secrets; /* webhook */
    struct webhook_settings settings;
    struct webhook *webhook;
};

static bool posts(const struct carrier *carrier) {
    return carrier->channel == LEDGER_WEBHOOK;
}

/* The webhook */

static int find_secrets(struct carrier *carrier, struct arena *arena, struct error *error) {
    const struct config *config = carrier->config;
    struct secret_source source = {.key = "webhook.secret_file",
                                   .file = config->webhook.secret_file,
                                   .whole = true,
                                   .what = "The webhook's signing secrets"};
    const char *text;
    if (source.file == NULL)
        return 0;
    if (secret_find(&source, &text, arena, error) != 0)
        return -1;
    return signature_read(&carrier->secrets, text, source.file, error);
}

static bool has_token(const struct config *config) {
    return config->webhook.token_file != NULL || config->webhook.token_command != NULL;
}

static enum webhook_authorisation authorisation_of(const struct config *config) {
    if (has_token(config))
        return petition_is_osdi(config) ? WEBHOOK_OSDI : WEBHOOK_BEARER;
    return config->webhook.user != NULL ? WEBHOOK_BASIC : WEBHOOK_OPEN;
}

/* All that CONFIG says of the webhook but its secrets. */
static struct webhook_settings settings_of(const struct config *config) {
    return (struct webhook_settings){
        .url = petition_url(config),
        .authorisation = authorisation_of(config),
        .user = config->webhook.user,
        .headers = config->webhook.headers,
        .ca_file = config->webhook.ca_file,
        .idempotent = config->webhook.idempotent,
        .confirms = has_token(config) && petition_is_osdi(config),
        .in_flight = config->webhook.in_flight,
        .timeout_ms = config->webhook.timeout_ms,
    };
}

static int find_credential(struct carrier *carrier, struct arena *arena, struct error *error) {
    const struct config *config = carrier->config;
    struct secret_source token = {.key = "webhook.token_file",
                                  .file = config->webhook.token_file,
                                  .command = config->webhook.token_command,
                                  .what = "The petition's token"};
    struct secret_source password = {
        .key = "webhook.password_file",
        .file = config->webhook.password_file,
        .variable = "POSTBAG_WEBHOOK_PASSWORD",
        .what = arena_printf(arena, "Password of %s at %s", config->webhook.user, config->webhook.url)};
    if (carrier->settings.authorisation == WEBHOOK_OPEN)
        return 0;
    return secret_find(has_token(config) ? &token : &password, &carrier->settings.secret, arena, error);
}

static int open_webhook(struct carrier *carrier, struct arena *arena, struct error *error) {
    carrier->settings = settings_of(carrier->config);
    carrier->settings.secrets = &carrier->secrets;
    carrier->settings.stop = carrier->stop;
    carrier->account = carrier->settings.url;
    if (find_secrets(carrier, arena, error) != 0)
        return -1;
    return find_credential(carrier, arena, error);
}

int carrier_show(const struct config *config, const struct str *request, int64_t now_ms, struct str *out,
                 struct error *error) {
    struct signature_secrets secrets = {.count = 0};
    struct webhook_settings settings = settings_of(config);
    struct str secret = STR_EMPTY;
    int result = 0;
    settings.secrets = &secrets;
    str_adds(&secret, "whsec_");
    base64_encode(&secret, DUMMY_SECRET, strlen(DUMMY_SECRET));
    if (config->webhook.secret_file != NULL)
        result = signature_read(&secrets, secret.bytes, "preview", error);
    if (result == 0)
        webhook_show(&settings, request->bytes, request->length, now_ms / CLOCK_SECOND_MS, out);
    str_release(&secret);
    return result;
}

/* E-mail */

static int open_server(struct carrier *carrier, struct arena *arena, struct error *error) {
    const struct config *config = carrier->config;
    const char *user = config->smtp.user != NULL ? config->smtp.user : config->smtp.from.address;
    carrier->account = arena_printf(arena, "%s at %s", user, config->smtp.host);
    return server_open(&carrier->server, config, carrier->stop, arena, error);
}

static void carry_by_smtp(struct carrier *carrier, const struct parcel *parcel, const struct channel_steps *steps,
                          struct answer *answer) {
    struct smtp *smtp = pool_take(carrier->pool, answer);
    if (smtp == NULL)
        return;
    if (*carrier->stop == 0) {
        smtp_deliver(smtp, parcel->sender, parcel->recipient, parcel->bytes.bytes, parcel->bytes.length, steps, answer);
    } else {
        answer_set(answer, OUTCOME_LATER, SCOPE_CAMPAIGN, 0, "stopped");
        answer->status = STATUS_INTERRUPTED;
    }
    pool_give(carrier->pool, smtp);
}

/* Both */

int carrier_open(struct carrier **carrier, const struct config *config, enum ledger_channel channel,
                 const volatile sig_atomic_t *stop, struct arena *arena, struct error *error) {
    struct carrier *opened = memory_alloc(1, sizeof *opened);
    *opened = (struct carrier){.config = config, .channel = channel, .stop = stop};
    int result = posts(opened) ? open_webhook(opened, arena, error) : open_server(opened, arena, error);
    if (result != 0) {
        carrier_close(opened);
        return -1;
    }
    *carrier = opened;
    return 0;
}

void carrier_close(struct carrier *carrier) {
    if (carrier == NULL)
        return;
    carrier_end(carrier);
    server_close(&carrier->server);
    memset(&carrier->secrets, 0, sizeof carrier->secrets);
    free(carrier);
}

size_t carrier_width(const struct carrier *carrier) {
    return posts(carrier) ? carrier->config->webhook.in_flight : carrier->config->smtp.connections;
}

const struct quota *carrier_quota(const struct carrier *carrier, const char **account) {
    *account = carrier->account;
    return posts(carrier) ? &carrier->config->webhook.quota : &carrier->config->smtp.quota;
}

int carrier_begin(struct carrier *carrier, struct error *error) {
    if (posts(carrier))
        return webhook_open(&carrier->webhook, &carrier->settings, error);
    carrier->pool = pool_new(&carrier->server.smtp, carrier->config->smtp.connections);
    return 0;
}

void carrier_end(struct carrier *carrier) {
    webhook_close(carrier->webhook);
    carrier->webhook = NULL;
    pool_free(carrier->pool);
    carrier->pool = NULL;
}

void carrier_carry(struct carrier *carrier, const struct parcel *parcel, const struct channel_steps *steps,
                   struct answer *answer) {
    if (posts(carrier))
        webhook_post(carrier->webhook, parcel->bytes.bytes, parcel->bytes.length, clock_wall_ms() / CLOCK_SECOND_MS,
                     steps, answer);
    else
        carry_by_smtp(carrier, parcel, steps, answer);
}
