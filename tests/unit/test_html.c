/*
 * HTML: a letter as elements, each closed where it was opened, and nothing of the list or the model as markup.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "letter/html.h"
#include "scribe.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LIST "Name,Address line 1,Address line 2,Postcode,MP,Message\n"
#define JANE "Jane Doe,1 High Street,Bootle,L20 9ZX,Ann Invented,"
#define OPENING "[Name]\n[Address]\n[Postcode]\n\n[Date]\n\nDear [MP]\n\n"
#define CLOSE "\n\nYours sincerely\n\n[Name]\n"
#define HEAD \
    "<p>Jane Doe<br>\n1 High Street<br>\nBootle<br>\nL20 9ZX</p>\n<p>22 November 2026</p>\n<p>Dear Ann Invented</p>\n"
#define FOOT "<p>Yours sincerely</p>\n<p>Jane Doe</p>\n"

static const struct {
    const char *name, *model, *list, *expected;
} letters[] = {
    {"paragraphs, emphasis and a heading", OPENING "It is *very* **bold**.\n\n## Why & how\n\nText." CLOSE,
     LIST JANE "\n",
     HEAD "<p>It is <em>very</em> <strong>bold</strong>.</p>\n<h2 style=\"font-size: 1.1em\">Why &amp; how</h2>\n"
          "<p>Text.</p>\n" FOOT},
    {"the subject and the recipient are left out", "Subject: Jobs\n\nAnn Invented MP\n\nDear [MP]\n\nText." CLOSE,
     LIST JANE "\n", HEAD "<p>Text.</p>\n" FOOT},
    {"lists", OPENING "- One\n- Two\n\n3. Three\n4. Four" CLOSE, LIST JANE "\n",
     HEAD
     "<ul>\n<li>One\n</li>\n<li>Two\n</li>\n</ul>\n<ol start=\"3\">\n<li>Three\n</li>\n<li>Four\n</li>\n</ol>\n" FOOT},
    {"a list in a list, and a further paragraph of an item", OPENING "- Out\n  - In\n\n  More.\n- Last" CLOSE,
     LIST JANE "\n",
     HEAD "<ul>\n<li>Out\n<ul>\n<li>In\n</li>\n</ul>\n<p>More.</p>\n</li>\n<li>Last\n</li>\n</ul>\n" FOOT},
    {"quotations, and a list in one", OPENING "> Quoted\n>\n> - Item\n\nAfter." CLOSE, LIST JANE "\n",
     HEAD "<blockquote>\n<p>Quoted</p>\n<ul>\n<li>Item\n</li>\n</ul>\n</blockquote>\n<p>After.</p>\n" FOOT},
    {"a cell is text", OPENING "[Message]" CLOSE, LIST JANE "\"<script>alert('1')</script> & \"\"x\"\"\nnext line\"\n",
     HEAD "<p>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;<br>\nnext line</p>\n" FOOT},
};

static void test_letters(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT(letters); i++) {
        struct scribe scribe;
        struct str out = STR_EMPTY;
        scribe_open(&scribe, "md", letters[i].model, letters[i].list);
        html_letter(&out, &scribe.letter);
        if (strcmp(out.bytes, letters[i].expected) != 0)
            fail_msg("%s:\n%s\nexpected:\n%s", letters[i].name, out.bytes, letters[i].expected);
        str_release(&out);
        scribe_close(&scribe);
    }
}

static void test_everything_is_escaped(void **state) {
    (void)state;
    static const char text[] = "<a href=\"x\" title='y'>&\0</a>\nŵ";
    struct str out = STR_EMPTY;
    html_text(&out, text, sizeof text - 1);
    assert_string_equal(out.bytes, "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;<br>\nŵ");
    str_clear(&out);
    html_begin(&out, "cy", "</title><script>\n\"x\"");
    assert_non_null(strstr(out.bytes, "<html lang=\"cy\">"));
    assert_non_null(strstr(out.bytes, "<title>&lt;/title&gt;&lt;script&gt; &quot;x&quot;</title>"));
    str_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters),
        cmocka_unit_test(test_everything_is_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
