/*
 * Encodings: that one accented name is enough to tell Windows-1252 from Mac Roman, that every encoding gives the same
 * text, and that broken bytes stop nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <iconv.h>

#include "base/file.h"
#include "input/encoding.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* TEXT, which is UTF-8, as iconv writes it in the encoding it calls NAME. False where that encoding cannot hold it. */
static bool encode(struct str *out, const char *text, const char *name) {
    iconv_t conversion = iconv_open(name, "UTF-8");
    assert_true(conversion != (iconv_t)-1);
    size_t left = strlen(text), room = left * 2;
    char *in = (char *)text, *to = str_extend(out, room);
    bool whole = iconv(conversion, &in, &left, &to, &room) != (size_t)-1;
    iconv_close(conversion);
    str_cut(out, out->length - room);
    return whole;
}

static enum encoding decode(struct str *text) {
    enum encoding encoding = ENCODING_AUTO;
    struct error error;
    assert_int_equal(encoding_decode(text, &encoding, &error), 0);
    return encoding;
}

/* 1, and says so, unless TEXT comes back from ENCODING as it was; 0 also where ENCODING cannot hold it. */
static unsigned misread(const char *text, enum encoding encoding, const char *iconv_name) {
    struct str bytes = STR_EMPTY;
    unsigned wrong = 0;
    if (encode(&bytes, text, iconv_name)) {
        enum encoding found = decode(&bytes);
        if (strcmp(bytes.bytes, text) != 0) {
            print_error("%s in %s was taken for %s and became %s\n", text, encoding_name(encoding),
                        encoding_name(found), bytes.bytes);
            wrong = 1;
        }
    }
    str_release(&bytes);
    return wrong;
}

/* Each is the only thing in its file that is not ASCII. */
static const char *const lone[] = {
    "José",
    "JOSÉ",
    "Zoë",
    "ZOË",
    "Siân",
    "SIÂN",
    "François",
    "FRANÇOIS",
    "£",
    "£5.20 a week",
    "O’Brien",
    "O’BRIEN",
    "D’Arcy",
    "D’ARCY",
    "St John’s Road",
    "ST JOHN’S ROAD",
    "members’ fund",
    "O’neill",
    "don’t",
    "we’ll",
    "mae’n",
    "i’r",
    "Chloë",
    "CHLOË",
    "Renée",
    "RENÉE",
    "Brontë",
    "Noël",
    "Anaïs",
    "Müller",
    "MÜLLER",
    "Möller",
    "Jäger",
    "Björk",
    "Göran",
    "Schön",
    "Strauß",
    "Søren",
    "SØREN",
    "Ørsted",
    "Åsa",
    "Håkon",
    "Bjørn",
    "Núñez",
    "NÚÑEZ",
    "Muñoz",
    "Peña",
    "Ibáñez",
    "Castañeda",
    "España",
    "García",
    "GARCÍA",
    "María",
    "Díaz",
    "Martínez",
    "Martín",
    "Lucía",
    "López",
    "LÓPEZ",
    "Gómez",
    "Ramón",
    "Mónica",
    "Óscar",
    "Álvarez",
    "ÁLVAREZ",
    "Ángela",
    "Sánchez",
    "Pérez",
    "Hernández",
    "Jesús",
    "Raúl",
    "Íñigo",
    "Seán",
    "SEÁN",
    "Ó Briain",
    "Róisín",
    "Siobhán",
    "Niamh Ní Dhúill",
    "Máire",
    "Éamon",
    "Éilis",
    "Úna",
    "Caitríona",
    "Pádraig",
    "Ciarán",
    "Dónal",
    "João",
    "JOÃO",
    "Conceição",
    "Simões",
    "Ynys Môn",
    "YNYS MÔN",
    "Llanfairpwllgwyngyll, Môn",
    "Sïan",
    "Caffè Nero",
    "Café",
    "café",
    "Fête",
    "naïve",
    "cliché",
    "Hélène",
    "Thérèse",
    "Zoé",
    "Beyoncé",
    "André",
    "Benoît",
    "Jérôme",
    "Côte",
    "Noémie",
    "Étienne",
    "Geneviève",
    "Aimée",
    "à la carte",
    "Dòmhnall",
    "Sìne",
    "Mòrag",
    "Niccolò",
    "Božena",
    "Miloš",
    "Dušan",
    "Šimon",
    "Žižek",
    "Smith–Jones",
    "Stoke–on–Trent",
    "Stratford–upon–Avon",
    "1914–1918",
    "Leeds – branch 3",
    "“Bob” Smith",
    "‘Bob’ Smith",
    "Hello…",
    "Jane\u00A0Doe",
    "JANE\u00A0DOE",
    "20°",
    "½ Mill Lane",
    "€50",
    "Grüße",
    "Württemberg",
    "Ünal",
    "Gül",
    "Özil",
    "Çelik",
    "Köln",
    "Zürich",
    "Málaga",
    "São Paulo",
    "CAFÉ’S",
    "d’Éon",
    "L’Île",
    "stratford–upon–avon",
    "lovely—really lovely",
    "Nikša",
    "Janša",
    "Škoda",
    "Štefan",
    "Saša",
    "Sa’ad",
    "Da’ud",
    "o’r",
    "a’r",
    "NOËL",
    "MÀIRI",
    "‘NO’",
    "I’M",
    "cœur",
};

static void one_letter_is_enough(void **state) {
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT(lone); i++) {
        wrong += misread(lone[i], ENCODING_WINDOWS_1252, "WINDOWS-1252");
        wrong += misread(lone[i], ENCODING_MAC_ROMAN, "MACINTOSH");
        wrong += misread(lone[i], ENCODING_UTF_8, "UTF-8");
    }
    assert_int_equal(wrong, 0);
}

static const char list[] = "Name,Town\r\nSiân O’Brien,Côte\r\nJosé “Pepe” Núñez,£5 – café\r\n";

static const struct {
    const char *iconv_name;
    enum encoding encoding;
    const char *mark;
    size_t mark_length;
} ways[] = {
    {"UTF-8", ENCODING_UTF_8, "", 0},
    {"UTF-8", ENCODING_UTF_8, "\xEF\xBB\xBF", 3},
    {"UTF-16LE", ENCODING_UTF_16LE, "\xFF\xFE", 2},
    {"UTF-16LE", ENCODING_UTF_16LE, "", 0},
    {"UTF-16BE", ENCODING_UTF_16BE, "\xFE\xFF", 2},
    {"UTF-16BE", ENCODING_UTF_16BE, "", 0},
    {"WINDOWS-1252", ENCODING_WINDOWS_1252, "", 0},
    {"MACINTOSH", ENCODING_MAC_ROMAN, "", 0},
};

static FILE *temporary(void) {
    FILE *file = NULL;
    struct error error;
    assert_int_equal(file_temporary(&file, &error), 0);
    return file;
}

/* BYTES as a file that has a path. */
static char *write_file(const struct str *bytes) {
    static char path[64];
    strcpy(path, "/tmp/postbag-test-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes->bytes, bytes->length), bytes->length);
    close(descriptor);
    return path;
}

static void spool(const char *path, enum encoding *encoding, struct str *out) {
    FILE *file = temporary();
    struct error error;
    if (encoding_spool(path, encoding, file, &error) != 0)
        fail_msg("%s", error.message);
    assert_int_equal(ftell(file), 0);
    for (int byte; (byte = getc(file)) != EOF;)
        str_addc(out, (char)byte);
    fclose(file);
}

static void every_encoding_gives_the_same(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct str bytes = STR_EMPTY, read = STR_EMPTY;
        str_add(&bytes, ways[i].mark, ways[i].mark_length);
        assert_true(encode(&bytes, list, ways[i].iconv_name));
        enum encoding encoding = ENCODING_AUTO;
        char *path = write_file(&bytes);
        spool(path, &encoding, &read);
        unlink(path);
        assert_string_equal(read.bytes, list);
        assert_int_equal(encoding, ways[i].encoding);

        assert_int_equal(decode(&bytes), ways[i].encoding);
        assert_string_equal(bytes.bytes, list);
        str_release(&bytes);
        str_release(&read);
    }
}

/* The first letter that tells stands behind 64 KB of ASCII, at every place around the edge of the buffer. */
static void evidence_at_the_edge(void **state) {
    static const char *const rows[] = {"José,Leeds\n", "O’Brien,Leeds\n"};
    (void)state;
    for (size_t i = 0; i < COUNT(ways) * COUNT(rows) * 40; i++) {
        size_t way = i % COUNT(ways), row = i / COUNT(ways) % COUNT(rows), shift = i / COUNT(ways) / COUNT(rows);
        bool wide = ways[way].encoding == ENCODING_UTF_16LE || ways[way].encoding == ENCODING_UTF_16BE;
        size_t target = (65536 - ways[way].mark_length) / (wide ? 2 : 1) - shift;
        struct str text = STR_EMPTY, bytes = STR_EMPTY, read = STR_EMPTY;
        while (text.length + 20 < target)
            str_adds(&text, "Jane Doe,1 High St\n");
        while (text.length < target)
            str_addc(&text, ',');
        str_adds(&text, rows[row]);

        str_add(&bytes, ways[way].mark, ways[way].mark_length);
        assert_true(encode(&bytes, text.bytes, ways[way].iconv_name));
        enum encoding encoding = ENCODING_AUTO;
        char *path = write_file(&bytes);
        spool(path, &encoding, &read);
        unlink(path);
        assert_int_equal(encoding, ways[way].encoding);
        assert_int_equal(read.length, text.length);
        assert_memory_equal(read.bytes, text.bytes, text.length);
        str_release(&text);
        str_release(&bytes);
        str_release(&read);
    }
}

static void broken_bytes(void **state) {
    static const struct {
        const char *name, *bytes;
        size_t length;
        enum encoding encoding, found;
        const char *text;
    } cases[] = {
        {"stray in UTF-8, kept", "Zo\xC3\xAB,Jos\xE9", 9, ENCODING_AUTO, ENCODING_UTF_8, "Zoë,Jos\xE9"},
        {"stray behind a mark", "\xEF\xBB\xBFJos\xE9", 7, ENCODING_AUTO, ENCODING_UTF_8, "Jos\xE9"},
        {"cut in UTF-8", "Zo\xC3\xAB \xC3", 6, ENCODING_AUTO, ENCODING_UTF_8, "Zoë \xC3"},
        {"undefined in Windows-1252", "\x81\x8D\x8F\x90\x9D.", 6, ENCODING_WINDOWS_1252, ENCODING_WINDOWS_1252,
         "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD."},
        {"half a surrogate pair", "\xFF\xFE\x00\xD8x\0", 6, ENCODING_AUTO, ENCODING_UTF_16LE, "\xEF\xBF\xBDx"},
        {"an odd byte at the end", "\xFF\xFEx\0y", 5, ENCODING_AUTO, ENCODING_UTF_16LE, "x\xEF\xBF\xBD"},
        {"a surrogate pair", "\xFF\xFE\x3D\xD8\x00\xDE", 6, ENCODING_AUTO, ENCODING_UTF_16LE, "😀"},
        {"only a mark", "\xFF\xFE", 2, ENCODING_AUTO, ENCODING_UTF_16LE, ""},
        {"nothing", "", 0, ENCODING_AUTO, ENCODING_UTF_8, ""},
        {"the user knows better", "Jos\xE9", 4, ENCODING_MAC_ROMAN, ENCODING_MAC_ROMAN, "JosÈ"},
        {"but a mark says more", "\xFE\xFF\0x", 4, ENCODING_UTF_16LE, ENCODING_UTF_16BE, "x"},
        {"one pasted cell in a Windows list", "\xC3\xA9 Zo\xEB Jos\xE9", 11, ENCODING_AUTO, ENCODING_UTF_8,
         "é Zo\xEB Jos\xE9"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct str text = STR_EMPTY;
        enum encoding encoding = cases[i].encoding;
        struct error error;
        str_add(&text, cases[i].bytes, cases[i].length);
        assert_int_equal(encoding_decode(&text, &encoding, &error), 0);
        if (encoding != cases[i].found || strcmp(text.bytes, cases[i].text) != 0)
            fail_msg("%s: %s, \"%s\"", cases[i].name, encoding_name(encoding), text.bytes);
        str_release(&text);
    }
}

static void other_languages(void **state) {
    static const char *const names[] = {
        "Γιώργος Παπαδόπουλος", "محمد علي", "Łukasz Żółć", "Ŵyn Llŷr", "Məmməd Əliyev",
        "Иван Петров",          "Հայկ",     "李小龙",      "e\u0301",  "Ștefan Țepeș",
        "\u02BBOkina",
    };
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < COUNT(names); i++) {
        wrong += misread(names[i], ENCODING_UTF_8, "UTF-8");
        struct str row = STR_EMPTY; /* without a mark, UTF-16 shows in the commas and digits of a row */
        str_addf(&row, "%s,1 High Street,Leeds\n", names[i]);
        wrong += misread(row.bytes, ENCODING_UTF_16LE, "UTF-16LE");
        wrong += misread(row.bytes, ENCODING_UTF_16BE, "UTF-16BE");
        str_release(&row);
    }
    assert_int_equal(wrong, 0);
}

/* Standard input and a pipe can be read once only. */
static void from_a_pipe(void **state) {
    (void)state;
    struct str bytes = STR_EMPTY, read = STR_EMPTY;
    assert_true(encode(&bytes, list, "MACINTOSH"));
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes.bytes, bytes.length), bytes.length);
    close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    enum encoding encoding = ENCODING_AUTO;
    spool("-", &encoding, &read);
    assert_int_equal(encoding, ENCODING_MAC_ROMAN);
    assert_string_equal(read.bytes, list);
    str_release(&bytes);
    str_release(&read);
}

static void names(void **state) {
    static const struct {
        const char *name;
        int result;
        enum encoding encoding;
    } cases[] = {
        {"auto", 0, ENCODING_AUTO},
        {"UTF-8", 0, ENCODING_UTF_8},
        {"utf8", 0, ENCODING_UTF_8},
        {"utf-16", 0, ENCODING_UTF_16LE},
        {"UTF-16BE", 0, ENCODING_UTF_16BE},
        {"cp1252", 0, ENCODING_WINDOWS_1252},
        {"Windows 1252", 0, ENCODING_WINDOWS_1252},
        {"windows_1252", 0, ENCODING_WINDOWS_1252},
        {"Latin-1", 0, ENCODING_WINDOWS_1252},
        {"ISO-8859-1", 0, ENCODING_WINDOWS_1252},
        {"Mac Roman", 0, ENCODING_MAC_ROMAN},
        {"macintosh", 0, ENCODING_MAC_ROMAN},
        {"", -1, 0},
        {"utf", -1, 0},
        {"koi8-r", -1, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum encoding encoding = ENCODING_AUTO;
        assert_int_equal(encoding_by_name(cases[i].name, &encoding), cases[i].result);
        assert_int_equal(encoding, cases[i].encoding);
    }
    /* What a message calls an encoding can be written into the configuration. */
    for (enum encoding i = ENCODING_AUTO; i <= ENCODING_MAC_ROMAN; i++) {
        enum encoding encoding = ENCODING_AUTO;
        assert_int_equal(encoding_by_name(encoding_name(i), &encoding), 0);
        assert_int_equal(encoding, i);
    }
}

static void no_text_at_all(void **state) {
    (void)state;
    struct str text = STR_EMPTY;
    enum encoding encoding = ENCODING_AUTO;
    struct error error;
    str_adds(&text, "{\\rtf1\\ansi Dear [name]}");
    assert_int_equal(encoding_decode(&text, &encoding, &error), -1);
    assert_int_equal(error.status, STATUS_DATA);
    assert_non_null(strstr(error.message, "rich text"));
    str_release(&text);

    FILE *file = temporary();
    assert_int_equal(encoding_spool("/nowhere/list.csv", &encoding, file, &error), -1);
    assert_int_equal(error.status, STATUS_NO_INPUT);
    fclose(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_letter_is_enough),
        cmocka_unit_test(every_encoding_gives_the_same),
        cmocka_unit_test(evidence_at_the_edge),
        cmocka_unit_test(broken_bytes),
        cmocka_unit_test(other_languages),
        cmocka_unit_test(from_a_pipe),
        cmocka_unit_test(names),
        cmocka_unit_test(no_text_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
