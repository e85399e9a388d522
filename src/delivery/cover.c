/*
 * Covers: what a letter is and where it goes come in, the words around it go out, in the letter's language. The words
 * stand in one table, a column a language; text and HTML are made of the same ones.
 */
#include "delivery/cover.h"

#include <string.h>

#include "base/text.h"
#include "input/office.h"
#include "letter/flowed.h"
#include "letter/html.h"
#include "letter/letterhead.h"

enum {
    LINK_MAX = 1900, /* characters of a mailto link that every mail program takes */
    STEPS = 4,
};

/* %s stands for what the comment says. */
struct words {
    const char *greeting;    /* the member */
    const char *ready;       /* the MP */
    const char *ready_other; /* who is no MP */
    const char *by_email;
    const char *steps[STEPS]; /* the first: the address, the subject */
    const char *leave_other;  /* the last step, to who is no MP */
    const char *may_attach;   /* behind the second step */
    const char *link;         /* in HTML: opens a message without the letter */
    const char *link_whole;   /* … with the letter in it */
    const char *by_post;      /* where it can go by e-mail, too */
    const char *only_post;    /* where no address is known: the MP */
    const char *print_attached;
    const char *print_this;
    const char *thanks;
    const char *begin;
    const char *end;
    const char *not_sent; /* the MP */
    const char *copy;     /* the MP, the branch */
    const char *copy_attached;
    const char *copy_answer;
    const char *copy_begin;
};

static const struct words english = {
    .greeting = "Dear %s,",
    .ready =
        "Here is your letter to %s, ready for you to send. It is your own letter: change it as you like. MPs take most "
        "notice of letters that come from their constituents themselves, in their own words.",
    .ready_other = "Here is your letter to %s, ready for you to send. It is your own letter: change it as you like. A "
                   "letter counts most when it comes from the person who signs it, in their own words.",
    .by_email = "To send it by e-mail:",
    .steps =
        {
            "Open a new e-mail from your own mailbox to %s, with the subject “%s”.",
            "Copy the letter below into it, from your name and address at the top to your name at the end.",
            "Add a sentence or two of your own, if you can: what this means to you and to the people around you.",
            "Leave your full address and postcode in it, because MPs answer their own constituents only. Then send it.",
        },
    .leave_other = "Leave your full address and postcode in it, so that you can be answered. Then send it.",
    .may_attach = " You may attach the PDF as well.",
    .link = "Press here to open a new e-mail with the address and the subject filled in.",
    .link_whole = "Press here to open a new e-mail with the address, the subject and the letter filled in.",
    .by_post = "Or send it by post:",
    .only_post = "We have no e-mail address for %s, so please send it by post:",
    .print_attached = "Print the attached PDF, sign it and post it to:",
    .print_this = "Print the letter below, sign it and post it to:",
    .thanks = "Thank you,",
    .begin = "Your letter",
    .end = "End of your letter",
    .not_sent = "This message went to you only. Nothing has been sent to %s.",
    .copy = "This letter went to %s by e-mail, on your behalf, from %s. Here is a copy of it for you to keep.",
    .copy_attached = "The letter is attached as a PDF, too.",
    .copy_answer = "The answer should come to you.",
    .copy_begin = "The letter",
};

static const struct words welsh = {
    .greeting = "Annwyl %s,",
    .ready =
        "Dyma eich llythyr at %s, yn barod i chi ei anfon. Eich llythyr chi ydyw: newidiwch ef fel y mynnwch. Mae "
        "Aelodau Seneddol yn rhoi’r sylw mwyaf i lythyrau sy’n dod oddi wrth eu hetholwyr eu hunain, yn eu geiriau "
        "eu hunain.",
    .ready_other =
        "Dyma eich llythyr at %s, yn barod i chi ei anfon. Eich llythyr chi ydyw: newidiwch ef fel y mynnwch. Mae "
        "llythyr yn cyfrif fwyaf pan ddaw oddi wrth y sawl sy’n ei lofnodi, yn ei eiriau ei hun.",
    .by_email = "I’w anfon drwy e-bost:",
    .steps =
        {
            "Dechreuwch e-bost newydd o’ch cyfrif e-bost eich hun at %s, gyda’r pwnc “%s”.",
            "Copïwch y llythyr isod i mewn iddo, o’ch enw a’ch cyfeiriad ar y dechrau hyd at eich enw ar y diwedd.",
            "Ychwanegwch frawddeg neu ddwy o’ch eiddo eich hun, os gallwch: beth mae hyn yn ei olygu i chi ac i’r bobl "
            "o’ch cwmpas.",
            "Gadewch eich cyfeiriad llawn a’ch cod post ynddo, gan mai dim ond eu hetholwyr eu hunain y mae Aelodau "
            "Seneddol yn eu hateb. Yna anfonwch ef.",
        },
    .leave_other = "Gadewch eich cyfeiriad llawn a’ch cod post ynddo, er mwyn cael ateb. Yna anfonwch ef.",
    .may_attach = " Gallwch atodi’r PDF hefyd.",
    .link = "Pwyswch yma i agor e-bost newydd gyda’r cyfeiriad a’r pwnc wedi’u llenwi.",
    .link_whole = "Pwyswch yma i agor e-bost newydd gyda’r cyfeiriad, y pwnc a’r llythyr wedi’u llenwi.",
    .by_post = "Neu anfonwch ef drwy’r post:",
    .only_post = "Nid oes gennym gyfeiriad e-bost ar gyfer %s, felly anfonwch ef drwy’r post:",
    .print_attached = "Argraffwch y PDF sydd ynghlwm, llofnodwch ef a phostiwch ef at:",
    .print_this = "Argraffwch y llythyr isod, llofnodwch ef a phostiwch ef at:",
    .thanks = "Diolch yn fawr,",
    .begin = "Eich llythyr",
    .end = "Diwedd eich llythyr",
    .not_sent = "Atoch chi yn unig yr anfonwyd y neges hon. Nid oes dim wedi’i anfon at %s.",
    .copy = "Anfonwyd y llythyr hwn at %s drwy e-bost, ar eich rhan, gan %s. Dyma gopi ohono i chi ei gadw.",
    .copy_attached = "Mae’r llythyr wedi’i atodi fel PDF hefyd.",
    .copy_answer = "Dylai’r ateb ddod atoch chi.",
    .copy_begin = "Y llythyr",
};

static const struct words *words_of(const struct cover *cover) {
    return strncmp(cover->letter->language, "cy", 2) == 0 ? &welsh : &english;
}

static bool is_to_mp(const struct cover *cover) {
    return cover->letter->person->office == OFFICE_MP;
}

/* FORMAT, one of the table's, with FIRST and SECOND for its "%s"s; appended to OUT. */
static void put(struct str *out, const char *format, const char *first, const char *second) {
    const char *const given[] = {first, second};
    size_t i = 0;
    for (const char *mark = strstr(format, "%s"); mark != NULL && i < 2; mark = strstr(format, "%s")) {
        str_add(out, format, (size_t)(mark - format));
        str_adds(out, given[i++]);
        format = mark + 2;
    }
    str_adds(out, format);
}

/* ---- The page: paragraphs, in either form ---- */

struct page {
    struct str *out;
    bool html;
    struct str text;
};

static void add_text(struct page *page, const char *format, const char *first, const char *second) {
    put(&page->text, format, first, second);
}

static void end_paragraph(struct page *page) {
    if (page->html) {
        str_adds(page->out, "<p>");
        html_text(page->out, page->text.bytes, page->text.length);
        str_adds(page->out, "</p>\n");
    } else {
        flowed_paragraph(page->out, page->text.bytes, page->text.length, "");
        str_addc(page->out, '\n');
    }
    str_clear(&page->text);
}

static void add_paragraph(struct page *page, const char *format, const char *first, const char *second) {
    add_text(page, format, first, second);
    end_paragraph(page);
}

/* Lines that stay lines: an address. */
static void end_lines(struct page *page) {
    if (page->html) {
        end_paragraph(page);
        return;
    }
    flowed_lines(page->out, page->text.bytes, page->text.length);
    str_addc(page->out, '\n');
    str_clear(&page->text);
}

static void add_rule(struct page *page, const char *title) {
    if (page->html) {
        str_adds(page->out, "<hr>\n<p><em>");
        html_text(page->out, title, strlen(title));
        str_adds(page->out, "</em></p>\n");
    } else {
        str_addf(page->out, "----- %s -----\n\n", title);
    }
}

/* ---- The link ---- */

/* Percent-encoded (RFC 6068 §2); a line ends in CRLF (§5). */
static void add_escaped(struct str *out, const char *text, const char *also) {
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\n')
            str_adds(out, "%0D%0A");
        else if (((unsigned char)*c < 0x80 && text_is_letter_or_digit((unsigned char)*c)) ||
                 strchr("-._~", *c) != NULL || strchr(also, *c) != NULL)
            str_addc(out, *c);
        else
            str_addf(out, "%%%02X", (unsigned char)*c);
    }
}

/* Returns whether the letter is in it. */
static bool add_link(struct str *out, const struct cover *cover) {
    struct str body = STR_EMPTY;
    size_t start = out->length;
    str_adds(out, "mailto:");
    add_escaped(out, cover->mp_email, "@");
    str_adds(out, "?subject=");
    add_escaped(out, cover->subject, "");
    size_t without = out->length;
    flowed_letter_unwrapped(&body, cover->letter);
    bool fits = body.length <= LINK_MAX;
    if (fits) {
        str_adds(out, "&body=");
        add_escaped(out, body.bytes, "");
        fits = out->length - start <= LINK_MAX;
    }
    if (!fits)
        str_cut(out, without);
    str_release(&body);
    return fits;
}

static void add_link_paragraph(struct page *page, const struct cover *cover, const struct words *words) {
    struct str link = STR_EMPTY;
    bool whole = add_link(&link, cover);
    str_adds(page->out, "<p><a href=\"");
    html_text(page->out, link.bytes, link.length);
    str_adds(page->out, "\">");
    html_text(page->out, whole ? words->link_whole : words->link, strlen(whole ? words->link_whole : words->link));
    str_adds(page->out, "</a></p>\n");
    str_release(&link);
}

/* ---- The cover ---- */

static void add_steps(struct page *page, const struct cover *cover, const struct words *words) {
    add_paragraph(page, words->by_email, "", "");
    if (page->html)
        str_adds(page->out, "<ol>\n");
    for (size_t i = 0; i < STEPS; i++) {
        str_clear(&page->text);
        if (!page->html)
            str_addf(&page->text, "%zu. ", i + 1);
        bool other = i + 1 == STEPS && !is_to_mp(cover);
        add_text(page, other ? words->leave_other : words->steps[i], cover->mp_email, cover->subject);
        if (i == 1 && cover->attached)
            add_text(page, words->may_attach, "", "");
        if (page->html) {
            str_adds(page->out, "<li>");
            html_text(page->out, page->text.bytes, page->text.length);
            str_adds(page->out, "</li>\n");
        } else {
            flowed_paragraph(page->out, page->text.bytes, page->text.length, "");
        }
    }
    str_clear(&page->text);
    str_adds(page->out, page->html ? "</ol>\n" : "\n");
    if (page->html)
        add_link_paragraph(page, cover, words);
}

/* Where it is posted: what the letter says itself. */
static void add_address(struct page *page, const struct cover *cover) {
    const struct letter *letter = cover->letter;
    for (size_t i = 0; i < letter->blocks_count; i++)
        if (letter->blocks[i].kind == BLOCK_RECIPIENT)
            letterhead_text(&page->text, &letter->blocks[i]);
    if (page->text.length == 0)
        add_text(page, "%s\n%s", cover->mp, office_address(letter->person->office, letter->language));
    end_lines(page);
}

static void add_before(const struct cover *cover, struct page *page) {
    const struct words *words = words_of(cover);
    bool by_email = *cover->mp_email != '\0';
    add_paragraph(page, words->greeting, cover->letter->author, "");
    add_paragraph(page, is_to_mp(cover) ? words->ready : words->ready_other, cover->mp, "");
    if (by_email)
        add_steps(page, cover, words);
    add_paragraph(page, by_email ? words->by_post : words->only_post, cover->mp, "");
    add_paragraph(page, cover->attached ? words->print_attached : words->print_this, "", "");
    add_address(page, cover);
    add_text(page, "%s\n%s", words->thanks, cover->campaign);
    end_lines(page);
    add_rule(page, words->begin);
}

static void add_after(const struct cover *cover, struct page *page) {
    const struct words *words = words_of(cover);
    if (!page->html)
        str_addc(page->out, '\n');
    add_rule(page, words->end);
    add_text(page, words->not_sent, cover->mp, "");
    if (page->html)
        end_paragraph(page);
    else
        flowed_paragraph(page->out, page->text.bytes, page->text.length, "");
}

static void add_copy(const struct cover *cover, struct page *page) {
    const struct words *words = words_of(cover);
    add_text(page, words->copy, cover->mp, cover->campaign);
    if (cover->attached)
        add_text(page, " %s", words->copy_attached, "");
    add_text(page, " %s", words->copy_answer, "");
    end_paragraph(page);
    add_rule(page, words->copy_begin);
}

static void write_page(void (*add)(const struct cover *, struct page *), const struct cover *cover, struct str *out,
                       bool html) {
    struct page page = {.out = out, .html = html, .text = STR_EMPTY};
    add(cover, &page);
    str_release(&page.text);
}

void cover_text(const struct cover *cover, struct str *before, struct str *after) {
    write_page(add_before, cover, before, false);
    write_page(add_after, cover, after, false);
}

void cover_html(const struct cover *cover, struct str *before, struct str *after) {
    write_page(add_before, cover, before, true);
    write_page(add_after, cover, after, true);
}

void cover_copy_text(const struct cover *cover, struct str *before) {
    write_page(add_copy, cover, before, false);
}

void cover_copy_html(const struct cover *cover, struct str *before) {
    write_page(add_copy, cover, before, true);
}
