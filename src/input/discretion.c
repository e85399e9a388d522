/* Discretion: a setting's key or line comes in, and whether it may hold a secret goes out. In doubt, it may. */
#include "input/discretion.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

bool discretion_is_password(const char *key) {
    static const char *const names[] = {"passwd",  "pass",  "pwd",       "app_password",  "secret",
                                        "secrets", "token", "api_token", "api_key",       "apikey",
                                        "bearer",  "whsec", "key",       "signing_secret"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(key, names[i]) == 0)
            return true;
    return strcasecmp(key, "password") == 0 || text_distance(key, strlen(key), "password", strlen("password")) <= 2;
}

/*
 * Whether KEY, or SECTION.KEY, says that its value may be a secret, or be taken for the place of one: it is not shown.
 * A header may be the key to a petition ("X-API-Key: …").
 */
static bool is_secretive(const char *key) {
    static const char *const parts[] = {"pass", "pwd", "pw", "secret", "token", "key", "whsec", "bearer", "header"};
    const char *dot = strrchr(key, '.');
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcasestr(key, parts[i]) != NULL)
            return true;
    return discretion_is_password(dot == NULL ? key : dot + 1);
}

bool discretion_covers(const char *text, struct arena *arena) {
    text += strspn(text, " \t");
    const char *url = strstr(text, "//");
    return (url != NULL && strchr(url, '@') != NULL) || is_secretive(arena_copy(arena, text, strcspn(text, "=: \t")));
}

int discretion_refuse(const char *section, struct place place, struct error *error) {
    if (strcmp(section, "webhook") == 0)
        return error_at(error, STATUS_CONFIGURATION, place,
                        "a secret does not belong in the configuration: put it into a file that only you can read, and "
                        "name that in secret_file (for signatures), token_file or password_file");
    return error_at(error, STATUS_CONFIGURATION, place,
                    "a password does not belong in the configuration: name a file in password_file that only you "
                    "can read, or a program in password_command, or let postbag ask for it");
}
