/*
 * The desk: settings come in, a campaign's name and its open ledger go out. The one idea is to need no more than that:
 * whether a letter went can be asked when the list lies no longer on this computer.
 */
#include "commands/desk.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "commands/campaign.h"

static int name_campaign(struct desk *desk, const struct settings *settings, struct error *error) {
    const struct config *config = &desk->config;
    const char *model = settings->model != NULL ? settings->model : config->campaign.model;
    if (config->campaign.name == NULL && model == NULL)
        return error_set(error, STATUS_USAGE,
                         "which campaign? Run this where its postbag.conf is, or name that file: postbag -c FILE …");
    desk->name = config->campaign.name != NULL ? config->campaign.name : campaign_name_of(&desk->arena, model);
    desk->directory = file_join(&desk->arena, config->campaign.out, desk->name);
    desk->path = ledger_path(&desk->arena, config->folder, desk->name);
    return 0;
}

int desk_open(struct desk *desk, const struct settings *settings, enum ledger_mode mode, struct error *error) {
    *desk = (struct desk){.arena = ARENA_EMPTY, .now_ms = clock_wall_ms()};
    if (config_read(&desk->config, settings->config, settings->overrides, settings->overrides_count, &desk->arena,
                    error) != 0 ||
        name_campaign(desk, settings, error) != 0)
        return -1;
    if (access(desk->path, F_OK) != 0)
        return 0;
    return ledger_open(&desk->ledger, desk->path, mode, desk->now_ms, error);
}

void desk_close(struct desk *desk) {
    ledger_close(desk->ledger);
    arena_release(&desk->arena);
    *desk = (struct desk){.arena = ARENA_EMPTY};
}

int desk_make_ledger(struct desk *desk, struct error *error) {
    if (desk->ledger != NULL)
        return 0;
    return ledger_open(&desk->ledger, desk->path, LEDGER_SEND, desk->now_ms, error);
}

const char *desk_sent_path(struct desk *desk, const char *file) {
    if (strchr(file, '/') != NULL)
        return arena_copy(&desk->arena, file, strlen(file));
    return arena_printf(&desk->arena, "%s/sent/%s", desk->directory, file);
}

const char *desk_state_words(enum ledger_state state) {
    static const char *const words[LEDGER_STATES] = {
        [LEDGER_READY] = "to be sent",
        [LEDGER_SENDING] = "being sent",
        [LEDGER_SENT] = "sent",
        [LEDGER_LATER] = "will be tried again",
        [LEDGER_REFUSED] = "not accepted",
        [LEDGER_UNSURE] = "may have been sent",
    };
    return words[state];
}
