/*
 * Likeness: what of a letter is measured, the numbers beside a plain reading of WriteToThem's rule, and how alike
 * letters are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "letter/likeness.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct likeness_meter meter;

static int make_meter(void **state) {
    (void)state;
    likeness_meter_init(&meter);
    return 0;
}

/* A letter of one block of each KINDS, with its TEXTS. */
static void measure_blocks(struct str *out, const enum block_kind *kinds, const char *const *texts, size_t count) {
    struct letter_block blocks[8] = {{0}};
    struct run runs[8] = {{0}};
    assert_true(count <= COUNT(blocks));
    for (size_t i = 0; i < count; i++) {
        runs[i] = (struct run){.text = texts[i], .length = strlen(texts[i])};
        blocks[i] = (struct letter_block){.kind = kinds[i], .runs = &runs[i], .runs_count = 1};
    }
    likeness_text(out, &(struct letter){.blocks = blocks, .blocks_count = count});
}

static const struct {
    const char *name, *text, *measured;
} texts[] = {
    {"case, spaces and punctuation", "Dear Sir, I WRITE (again) \xE2\x80\x94 about\n it!", "dearsiriwriteagainaboutit"},
    {"curled quotes", "the members\xE2\x80\x99 \xE2\x80\x9Cjobs\xE2\x80\x9D\xE2\x80\xA6", "themembersjobs"},
    {"other scripts", "ŵ Ŵ ΣΑΣ Я", "ŵŵσασя"},
    {"money and figures", "£1,000.50 + 20 %", "£10005020"},
    {"a no-break space", "10\xC2\xA0km", "10km"},
    {"nothing", " \xE2\x80\x94 ", ""},
};

static void test_text_is_folded(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        static const enum block_kind kind = BLOCK_PARAGRAPH;
        struct str out = STR_EMPTY;
        measure_blocks(&out, &kind, &texts[i].text, 1);
        if (strcmp(out.bytes, texts[i].measured) != 0)
            fail_msg("%s: %s", texts[i].name, out.bytes);
        str_release(&out);
    }
}

/* Who writes to whom does not make a letter another. */
static void test_only_the_body_counts(void **state) {
    (void)state;
    static const enum block_kind kinds[] = {BLOCK_SENDER,    BLOCK_RECIPIENT, BLOCK_SALUTATION, BLOCK_SUBJECT,
                                            BLOCK_PARAGRAPH, BLOCK_ITEM,      BLOCK_CLOSING,    BLOCK_SIGNATURE};
    static const char *const said[] = {"1 High Street", "House of Commons", "Dear Jane Smith", "Jobs", "I write.",
                                       "One",           "Yours sincerely",  "Jane Doe"};
    struct str out = STR_EMPTY;
    measure_blocks(&out, kinds, said, COUNT(kinds));
    assert_string_equal(out.bytes, "jobsiwriteone");
    str_release(&out);
}

/* CRC-32, bit by bit, as ISO 3309 has it. */
static uint32_t crc_of(const char *bytes, size_t length) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? 0xEDB88320u ^ crc >> 1 : crc >> 1;
    }
    return ~crc;
}

static int compare(const void *a, const void *b) {
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return one < other ? -1 : one > other;
}

/* The rule as it is written down. */
static size_t read_plainly(const char *text, size_t length, uint32_t *kept) {
    size_t count = 0;
    for (size_t at = 0; at + 32 <= length;) {
        uint32_t crc = crc_of(text + at, 32);
        bool seen = false;
        for (size_t i = 0; i < count; i++)
            seen |= kept[i] == crc;
        if ((crc & 0xF) == 0 && !seen) {
            kept[count++] = crc;
            at += 32;
        } else {
            at++;
        }
    }
    qsort(kept, count, sizeof *kept, compare);
    return count;
}

/* Words that are the same on every machine. */
static void add_words(struct str *out, unsigned seed, size_t words) {
    for (size_t i = 0; i < words; i++) {
        seed = seed * 1103515245u + 12345u;
        for (unsigned letters = 3 + (seed >> 16) % 6, bits = seed; letters > 0; letters--, bits = bits * 69069u + 1)
            str_addc(out, (char)('a' + (bits >> 16) % 26));
    }
}

static void test_crc_is_the_usual_one(void **state) {
    (void)state;
    assert_int_equal(crc_of("123456789", 9), 0xCBF43926u);
}

static void test_numbers_are_those_of_the_rule(void **state) {
    (void)state;
    static uint32_t kept[LIKENESS_KEPT_MAX];
    struct likeness likeness = LIKENESS_EMPTY;
    struct str text = STR_EMPTY;
    for (unsigned seed = 0; seed < 40; seed++) {
        str_clear(&text);
        add_words(&text, seed, seed * 12);
        if (seed % 2 == 1) /* all of it twice: what was seen is not kept again */
            add_words(&text, seed, seed * 12);
        size_t count = read_plainly(text.bytes, text.length, kept);
        likeness_read(&likeness, &meter, text.bytes, text.length);
        assert_int_equal(likeness.count, count);
        if (count > 0)
            assert_memory_equal(likeness.items, kept, count * sizeof *kept);
    }
    assert_true(likeness.count > 20);
    str_release(&text);
    likeness_release(&likeness);
}

static void test_short_texts_hold_nothing(void **state) {
    (void)state;
    struct likeness none = LIKENESS_EMPTY, some = LIKENESS_EMPTY;
    struct str text = STR_EMPTY;
    add_words(&text, 1, 200);
    likeness_read(&some, &meter, text.bytes, text.length);
    likeness_read(&none, &meter, text.bytes, LIKENESS_WINDOW - 1);
    assert_int_equal(none.count, 0);
    assert_true(likeness_between(&none, &some) == 0 && likeness_between(&none, &none) == 0);
    assert_true(likeness_between(&some, &some) == 1);
    str_release(&text);
    likeness_release(&some);
    likeness_release(&none);
}

/* Two letters that share SHARED of 400 words, which stand at the end or at the beginning. */
static double likeness_of(size_t shared, bool at_end) {
    struct likeness a = LIKENESS_EMPTY, b = LIKENESS_EMPTY;
    struct str first = STR_EMPTY, second = STR_EMPTY;
    if (!at_end) {
        add_words(&first, 7, shared);
        add_words(&second, 7, shared);
    }
    add_words(&first, 100, 400 - shared);
    add_words(&second, 200, 400 - shared);
    if (at_end) {
        add_words(&first, 7, shared);
        add_words(&second, 7, shared);
    }
    likeness_read(&a, &meter, first.bytes, first.length);
    likeness_read(&b, &meter, second.bytes, second.length);
    double result = likeness_between(&a, &b);
    str_release(&first);
    str_release(&second);
    likeness_release(&a);
    likeness_release(&b);
    return result;
}

static const struct {
    size_t shared;
    double least, most;
} shares[] = {{0, 0, 0}, {100, 0.1, 0.4}, {200, 0.35, 0.65}, {300, 0.6, 0.9}, {390, 0.9, 1}, {400, 1, 1}};

static void test_likeness_follows_what_is_shared(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(shares); i++) {
        for (int at_end = 0; at_end < 2; at_end++) {
            double likeness = likeness_of(shares[i].shared, at_end != 0);
            if (likeness < shares[i].least || likeness > shares[i].most)
                fail_msg("%zu words of 400 are shared: %f", shares[i].shared, likeness);
        }
    }
}

static void test_a_very_long_letter_is_measured_by_its_beginning(void **state) {
    (void)state;
    struct likeness whole = LIKENESS_EMPTY, cut = LIKENESS_EMPTY;
    struct str text = STR_EMPTY;
    add_words(&text, 3, 20000);
    assert_true(text.length > LIKENESS_BYTES_MAX);
    likeness_read(&whole, &meter, text.bytes, text.length);
    likeness_read(&cut, &meter, text.bytes, LIKENESS_BYTES_MAX);
    assert_true(whole.count > 0 && whole.count <= LIKENESS_KEPT_MAX);
    assert_true(likeness_between(&whole, &cut) == 1);
    str_release(&text);
    likeness_release(&whole);
    likeness_release(&cut);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_folded),
        cmocka_unit_test(test_only_the_body_counts),
        cmocka_unit_test(test_crc_is_the_usual_one),
        cmocka_unit_test(test_numbers_are_those_of_the_rule),
        cmocka_unit_test(test_short_texts_hold_nothing),
        cmocka_unit_test(test_likeness_follows_what_is_shared),
        cmocka_unit_test(test_a_very_long_letter_is_measured_by_its_beginning),
    };
    return cmocka_run_group_tests(tests, make_meter, NULL);
}
