/*
 * The configuration: any bytes as postbag.conf; lines behind a NUL are overrides, as -o gives them.
 */
#include <string.h>

#include "base/arena.h"
#include "base/date.h"
#include "fuzz.h"
#include "input/config.h"
#include "input/encoding.h"

enum { INPUT_MAX = 64 * 1024, OVERRIDES_MAX = 8 };

/* The third line or a later one is at fault and begins with "planted": found by watching what the line is compared to. */
static void planted(const struct error *error) {
    if (error->source == NULL || error->place.line < 3)
        return;
    if (strncmp(error->source, "planted", strlen("planted")) == 0)
        fuzz_planted_fault();
}

static void promise_string(const char *text, bool is_needed) {
    FUZZ_PROMISE(text != NULL || !is_needed);
    if (text != NULL)
        fuzz_promise_text(text, strlen(text));
}

static void look_at(const struct config *config) {
    struct date date;
    enum encoding encoding;
    promise_string(config->campaign.name, false);
    promise_string(config->campaign.model, false);
    promise_string(config->campaign.constituents, false);
    promise_string(config->campaign.out, true);
    promise_string(config->letter.font, true);
    FUZZ_PROMISE(encoding_by_name(config->campaign.encoding, &encoding) == 0);
    FUZZ_PROMISE(date_parse(config->letter.date, &date) == 0);
    FUZZ_PROMISE(config->letter.language == NULL || strcmp(config->letter.language, "cy") == 0 ||
                 strncmp(config->letter.language, "en", 2) == 0);
    FUZZ_PROMISE(config->letter.size_mpt >= 0 && config->letter.size_mpt < 100 * 1000);
    FUZZ_PROMISE(config->campaign.name == NULL || strchr(config->campaign.name, '/') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > INPUT_MAX)
        size = INPUT_MAX;
    const uint8_t *nul = memchr(data, '\0', size);
    size_t length = nul == NULL ? size : (size_t)(nul - data);

    struct arena arena = ARENA_EMPTY;
    const char *overrides[OVERRIDES_MAX];
    size_t count = 0;
    char *rest = arena_copy(&arena, (const char *)data + length, size - length);
    char *saved = NULL;
    if (size > length)
        for (char *line = strtok_r(rest + 1, "\n", &saved); line != NULL && count < OVERRIDES_MAX;
             line = strtok_r(NULL, "\n", &saved))
            overrides[count++] = line;

    struct config config;
    struct error error;
    if (config_read(&config, fuzz_file("postbag.conf", data, length), overrides, count, &arena, &error) == 0) {
        look_at(&config);
    } else {
        fuzz_promise_error(&error);
        FUZZ_PROMISE(error.status == STATUS_CONFIGURATION || error.status == STATUS_NO_INPUT);
        planted(&error);
    }
    arena_release(&arena);
    return 0;
}
