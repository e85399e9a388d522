/*
 * Answers: whatever a server says, what is kept of it can be shown.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "delivery/channel.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    const char *name, *input, *expected;
} texts[] = {
    {"plain", "2.0.0 Ok: queued as 4F3A", "2.0.0 Ok: queued as 4F3A"},
    {"empty", "", ""},
    {"UTF-8", "caf\u00E9 \u0174yn", "caf\u00E9 \u0174yn"},
    {"Latin-1", "caf\xE9 ok", "caf\uFFFD ok"},
    {"cut UTF-8 at the end", "ok \xC3", "ok \uFFFD"},
    {"lines", "one\ntwo\r\nthree\tfour", "one two  three four"},
    {"escape sequence", "\x1B[31mred\x07", "\uFFFD[31mred\uFFFD"},
    {"C1 control",
     "a\xC2\x9B"
     "b",
     "a\uFFFDb"},
    {"turned direction", "a\u202Eb", "a\uFFFDb"},
    {"percent signs", "100% %s %n", "100% %s %n"},
};

static void texts_are_clean(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct answer answer;
        answer_set(&answer, OUTCOME_LATER, SCOPE_LETTER, 451, "%s", texts[i].input);
        if (strcmp(answer.text, texts[i].expected) != 0)
            fail_msg("%s: %s", texts[i].name, answer.text);
    }
}

static void long_texts_are_cut_at_a_character(void **state) {
    (void)state;
    char text[2048] = "";
    struct answer answer;
    for (size_t i = 0; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "\u20AC", 3);
    answer_set(&answer, OUTCOME_SENT, SCOPE_LETTER, 250, "%s", text);
    size_t length = strlen(answer.text);
    assert_in_range(length, ANSWER_TEXT_MAX - 4, ANSWER_TEXT_MAX - 1);
    assert_int_equal(text_valid(answer.text, length), length);
}

static void an_answer_can_be_set_from_itself(void **state) {
    (void)state;
    struct answer answer = {.retry_ms = 5, .status = STATUS_DATA};
    answer_set(&answer, OUTCOME_LATER, SCOPE_CONNECTION, 421, "closing");
    answer_set(&answer, OUTCOME_UNSURE, SCOPE_CONNECTION, 0, "after \"%s\"", answer.text);
    assert_string_equal(answer.text, "after \"closing\"");
    assert_int_equal(answer.outcome, OUTCOME_UNSURE);
    assert_int_equal(answer.code, 0);
    assert_int_equal(answer.retry_ms, 0);
    assert_int_equal(answer.status, STATUS_DONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_clean),
        cmocka_unit_test(long_texts_are_cut_at_a_character),
        cmocka_unit_test(an_answer_can_be_set_from_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
