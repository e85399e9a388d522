/*
 * Verdicts: what HTTP brought comes in, what came of a letter goes out. Its one idea: a status settles it, however the
 * rest of the answer goes; no status is no answer, and then it counts whether anything of the request had begun to go.
 */
#include "delivery/verdict.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/text.h"

enum {
    FIRST_LINE_MAX = 200, /* bytes shown of an answer */
    LOCATION_MAX = 300,
};

/*
 * What stands first in a body, for people: the first line that is not empty; of JSON, which may be spread over lines, the
 * beginning; of a web page nothing.
 */
static void add_first_line(const struct str *body, struct str *out) {
    const char *text = body->bytes, *end = body->bytes + body->length;
    while (text < end && strchr(" \t\r\n", *text) != NULL) /* also a NUL: nothing follows that could be shown */
        text++;
    if (text == end || *text == '<')
        return;
    bool json = *text == '{' || *text == '[';
    size_t begin = out->length;
    for (bool space = false; text < end && out->length - begin < FIRST_LINE_MAX; text++) {
        if (!json && (*text == '\n' || *text == '\r'))
            break;
        if (strchr(" \t\r\n", *text) != NULL) {
            space = true;
            continue;
        }
        if (space)
            str_addc(out, ' ');
        space = false;
        str_addc(out, *text);
    }
    /* What is cut within a character loses all of it; what is no UTF-8 is replaced by answer_set. */
    size_t length = out->length - begin;
    if (length >= FIRST_LINE_MAX && text_valid(out->bytes + begin, length) + 3 >= length)
        length = text_valid(out->bytes + begin, length);
    str_cut(out, begin + (length < FIRST_LINE_MAX ? length : FIRST_LINE_MAX));
}

/* Fills ANSWER: "the petition answered 503, …: the first line of the body". MEANING may be "". */
static void say(struct answer *answer, enum outcome outcome, enum scope scope, const struct http_answer *got,
                const char *meaning) {
    struct str line = STR_EMPTY;
    add_first_line(&got->body, &line);
    answer_set(answer, outcome, scope, got->code, "the petition answered %d%s%s%s%s", got->code,
               *meaning != '\0' ? ", " : "", meaning, line.length > 0 ? ": " : "", line.bytes);
    str_release(&line);
}

static const char *skip_spaces(const char *text) {
    return text + strspn(text, " \t\r\n");
}

/* Whether something stands behind the key at AT of JSON: neither null nor empty. */
static bool holds_something(const char *at) {
    at = skip_spaces(at);
    if (*at != ':')
        return false;
    at = skip_spaces(at + 1);
    if (*at == '[' || *at == '{')
        return strchr("]}", *skip_spaces(at + 1)) == NULL;
    return *at == '"';
}

/*
 * Whether an answer of OSDI's shows what was made of the request: it then has an identifier or links. Only the key is
 * looked for; within a text its quotation marks would be escaped.
 */
static bool is_confirmed(const struct str *body) {
    static const char *const keys[] = {"\"identifiers\"", "\"_links\""};
    if (*skip_spaces(body->bytes) != '{')
        return false;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (const char *at = body->bytes; (at = strstr(at, keys[i])) != NULL; at += strlen(keys[i]))
            if (at > body->bytes && at[-1] != '\\' && holds_something(at + strlen(keys[i])))
                return true;
    return false;
}

/* It may have been taken, or not. */
static void leave_open(const struct verdict_terms *terms, struct answer *answer, int code, const char *what) {
    enum outcome outcome = terms->idempotent ? OUTCOME_LATER : OUTCOME_UNSURE;
    answer_set(answer, outcome, SCOPE_LETTER, code, "%s %s", terms->host, what);
}

static void judge_success(const struct verdict_terms *terms, const struct http_answer *got, struct answer *answer) {
    if (!terms->confirms || is_confirmed(&got->body))
        say(answer, OUTCOME_SENT, SCOPE_LETTER, got, "");
    else if (got->fault == HTTP_NO_FAULT)
        say(answer, OUTCOME_REFUSED, SCOPE_LETTER, got, "but confirmed nothing; is the key right?");
    else
        leave_open(terms, answer, got->code, "agreed, but its answer broke off before it confirmed anything");
}

static void stop_campaign(struct answer *answer, enum status status, const struct http_answer *got,
                          const char *meaning) {
    say(answer, OUTCOME_LATER, SCOPE_CAMPAIGN, got, meaning);
    answer->status = status;
}

/* Codes that are none of HTTP's count as 5xx (RFC 9110 §15). */
static const char *meaning_of(int code) {
    switch (code) {
    case 408:
        return "it did not get the request in time";
    case 409:
        return "it is busy with the same thing";
    case 425:
        return "it is too early";
    case 429:
        return "too many at a time";
    case 503:
        return "it is overloaded or being looked after";
    default:
        return code >= 500 ? "it has a fault of its own" : NULL;
    }
}

static void judge_code(const struct verdict_terms *terms, const struct http_answer *got, struct answer *answer) {
    int code = got->code;
    const char *later = meaning_of(code);
    if (code < 300) {
        judge_success(terms, got, answer);
    } else if (code < 400) {
        answer_set(
            answer, OUTCOME_REFUSED, SCOPE_LETTER, code,
            "the petition answered %d: it is to be found %s%.*s now; nothing was sent there, set webhook.url to it "
            "if that is right",
            code, got->location.length > 0 ? "at " : "elsewhere", LOCATION_MAX, got->location.bytes);
    } else if (code == 401 || code == 403) {
        stop_campaign(answer, STATUS_NOT_PERMITTED, got, terms->not_permitted);
    } else if (code == 410) {
        stop_campaign(answer, STATUS_PARTLY, got, "it is closed, so no more is sent");
    } else if (later != NULL) {
        say(answer, OUTCOME_LATER, SCOPE_LETTER, got, later);
        answer->retry_ms = got->retry_s * CLOCK_SECOND_MS;
    } else {
        say(answer, OUTCOME_REFUSED, SCOPE_LETTER, got, "");
    }
}

/* Something of the request had gone, and no answer came. */
static void judge_lost(const struct verdict_terms *terms, const struct http_answer *got, struct answer *answer) {
    switch (got->fault) {
    case HTTP_LATE:
        leave_open(terms, answer, 0, "did not answer in time");
        break;
    case HTTP_ENDLESS:
        leave_open(terms, answer, 0, "answered without end");
        break;
    case HTTP_GARBAGE:
        leave_open(terms, answer, 0, "answered with something that is no HTTP");
        break;
    default:
        leave_open(terms, answer, 0, "closed the connection before it answered");
        break;
    }
}

/* Nothing of it went: it is for another time, and the question is only whether another letter may go now. */
static void judge_unsent(const struct verdict_terms *terms, const struct http_answer *got, struct answer *answer) {
    const char *host = terms->host;
    enum scope scope = SCOPE_CAMPAIGN;
    enum status status = STATUS_UNAVAILABLE;
    struct str text = STR_EMPTY;
    switch (got->fault) {
    case HTTP_NO_HOST:
        str_addf(&text, "there is no host with the name %s, or this computer is not online", host);
        break;
    case HTTP_NOT_TRUSTED:
        str_addf(&text,
                 "the certificate of %s is not to be trusted, so nothing was sent; is webhook.url right, and for a "
                 "server of your own webhook.ca_file? (%s)",
                 host, got->text);
        break;
    case HTTP_NOT_SAFE:
        str_addf(&text, "no safe connection to %s can be made, which needs TLS 1.2 or later (%s)", host, got->text);
        break;
    case HTTP_STOPPED:
        str_adds(&text, "stopped");
        status = STATUS_INTERRUPTED;
        break;
    case HTTP_FORBIDDEN:
        str_adds(&text, got->error.message);
        status = got->error.status;
        break;
    case HTTP_UNREACHABLE:
        str_addf(&text, "%s takes no connections; is the address right, and this computer online?", host);
        scope = SCOPE_CONNECTION;
        break;
    case HTTP_LATE:
        str_addf(&text, "%s does not answer; is the address right, and this computer online?", host);
        scope = SCOPE_CONNECTION;
        break;
    default:
        str_addf(&text, "%s closed the connection before anything was sent", host);
        scope = SCOPE_CONNECTION;
        break;
    }
    answer_set(answer, OUTCOME_LATER, scope, 0, "%s", text.bytes);
    answer->status = status;
    str_release(&text);
}

void verdict_reach(const struct verdict_terms *terms, const struct http_answer *got, struct answer *answer) {
    if (got->code > 0)
        judge_code(terms, got, answer);
    else if (got->begun)
        judge_lost(terms, got, answer);
    else
        judge_unsent(terms, got, answer);
}
