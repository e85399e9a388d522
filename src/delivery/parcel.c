/*
 * Parcels: a letter, its PDF and the configuration come in, the envelope and the bytes of an e-mail go out. Who it is
 * from, to whom, and what stands around the letter is decided here; delivery/message only writes it down.
 */
#include "delivery/parcel.h"

#include <string.h>

#include "base/text.h"
#include "delivery/cover.h"
#include "delivery/message.h"
#include "letter/flowed.h"
#include "letter/html.h"

enum { PDF_NAME_MAX = 120 };

static const char pdf_suffix[] = ".pdf";

/* ---- Names ---- */

static const char *mp_of(const struct person *person) {
    const struct value *values = person->values;
    const struct value *mp = values[FIELD_MP_TITLE].length > 0 ? &values[FIELD_MP_TITLE] : &values[FIELD_MP];
    return mp->length > 0 ? mp->text : "your MP";
}

const char *parcel_recipient(enum parcel_kind kind, const struct person *person, struct arena *arena) {
    (void)arena; /* both are the row's own */
    return kind == PARCEL_TO_MP ? mp_of(person) : person->values[FIELD_NAME].text;
}

/* What the branch calls itself. */
static const char *branch_of(const struct config *config) {
    const struct mailbox *from = &config->smtp.from;
    return from->name != NULL && *from->name != '\0' ? from->name : mailbox_domain(from->address);
}

static bool is_welsh(const struct letter *letter) {
    return strncmp(letter->language, "cy", 2) == 0;
}

/* ---- What is wrong with a row ---- */

static struct place place_of(const struct person *person, const struct value *value, const char *file) {
    if (value->column != 0)
        return (struct place){file, value->line, value->column};
    return (struct place){file, person->line, 0};
}

static void check_mp(const struct person *person, const char *file, struct problems *problems) {
    const struct value *value = &person->values[FIELD_MP_EMAIL];
    struct place place = place_of(person, value, file);
    if (person->empty_by_error[FIELD_MP_EMAIL] || person->empty_by_error[FIELD_MP])
        return;
    if (value->length == 0) {
        const char *one = office_words(person->office)->one;
        const char *name =
            person->values[FIELD_MP].length > 0 ? mp_of(person) : arena_printf(problems->arena, "this row's %s", one);
        if (person->office == OFFICE_FIXED)
            problems_add(problems, SEVERITY_ERROR, (struct place){file, 0, 0},
                         "no e-mail address is known for %s; set recipient.email in the configuration", name);
        else
            problems_add(problems, SEVERITY_ERROR, place,
                         "no e-mail address is known for %s; add a column \"%s's e-mail\" to the list%s", name, one,
                         person->office == OFFICE_MP ? ", or import a list of MPs that has them" : "");
        return;
    }
    const char *fault = mailbox_fault(value->text, value->length);
    if (fault != NULL)
        problems_add(problems, SEVERITY_ERROR, place, "the %s \"%s\" %s", field_name(person->office, FIELD_MP_EMAIL),
                     value_shown(problems->arena, value->text, value->length), fault);
}

static void check_member(enum parcel_kind kind, const struct config *config, const struct person *person,
                         const char *file, struct problems *problems) {
    const struct value *value = &person->values[FIELD_EMAIL];
    struct place place = place_of(person, value, file);
    const char *employers = config->campaign.employer_domains;
    if (value->length == 0) {
        if (kind == PARCEL_TO_MEMBER && !person->empty_by_error[FIELD_EMAIL])
            problems_add(
                problems, SEVERITY_ERROR, place,
                "there is no e-mail address to send this member their letter; add it, or print the letter with "
                "`postbag write`");
        return;
    }
    const char *fault = mailbox_fault(value->text, value->length);
    const char *shown = value_shown(problems->arena, value->text, value->length);
    if (fault != NULL)
        problems_add(problems, SEVERITY_ERROR, place, "the e-mail address \"%s\" %s", shown, fault);
    else if (employers != NULL && mailbox_is_at(value->text, employers))
        problems_add(problems, SEVERITY_ERROR, place,
                     "%s is an address at work (campaign.employer_domains): the answer would land with the employer",
                     shown);
}

void parcel_check(enum parcel_kind kind, const struct config *config, const struct person *person, const char *file,
                  struct problems *problems) {
    if (kind == PARCEL_TO_MP)
        check_mp(person, file, problems);
    check_member(kind, config, person, file, problems);
}

/* ---- Headers ---- */

/* The model's own subject, else the letter's title and whom it is from. */
static const char *subject_of(const struct letter *letter, struct arena *arena) {
    const struct value *values = letter->person->values;
    const char *title = letter->title;
    for (size_t i = 0; i < letter->blocks_count; i++)
        if (letter->blocks[i].kind == BLOCK_SUBJECT)
            return title;
    bool comma = values[FIELD_POSTCODE].length > 0;
    return arena_printf(arena, is_welsh(letter) ? "%s oddi wrth %s%s%s" : "%s from %s%s%s", title, letter->author,
                        comma ? ", " : "", values[FIELD_POSTCODE].text);
}

static const char *subject_for(enum parcel_kind kind, const struct letter *letter, const char *subject,
                               struct arena *arena) {
    bool welsh = is_welsh(letter);
    if (kind == PARCEL_TO_MEMBER)
        return arena_printf(arena, welsh ? "Eich llythyr at %s" : "Your letter to %s", mp_of(letter->person));
    if (kind == PARCEL_COPY)
        return arena_printf(arena, welsh ? "Copi: %s" : "Copy: %s", subject);
    return subject;
}

/* TEXT as part of a file name; what some system does not take becomes a space, and two spaces become one. */
static void add_file_name(struct str *out, const char *text) {
    size_t length = strlen(text);
    for (size_t at = 0, start = 0; at < length; start = at) {
        uint32_t c = text_next(text, length, &at);
        bool taken = !text_is_control(c) && (c >= 0x80 || strchr("/\\:*?\"<>|", (int)c) == NULL);
        if (taken && c != ' ')
            str_add(out, text + start, at - start);
        else if (out->length > 0 && out->bytes[out->length - 1] != ' ')
            str_addc(out, ' ');
    }
}

static const char *pdf_name_of(const struct letter *letter, struct arena *arena) {
    struct str name = STR_EMPTY;
    bool welsh = is_welsh(letter);
    add_file_name(&name, welsh ? "Llythyr oddi wrth " : "Letter from ");
    add_file_name(&name, letter->author);
    add_file_name(&name, welsh ? " at " : " to ");
    add_file_name(&name, mp_of(letter->person));
    size_t length = text_cut(name.bytes, name.length, PDF_NAME_MAX - strlen(pdf_suffix));
    while (length > 0 && (name.bytes[length - 1] == ' ' || name.bytes[length - 1] == '.')) /* Windows takes them off */
        length--;
    const char *whole = arena_printf(arena, "%.*s%s", (int)length, name.bytes, pdf_suffix);
    str_release(&name);
    return whole;
}

static const struct mailbox nobody = {"", ""};

/* From, Sender, To and Reply-To, as they are when it is no rehearsal. */
static void address(const struct parcel_order *order, struct message *message, struct arena *arena) {
    const struct config *config = order->config;
    const struct person *person = order->letter->person;
    const char *name = person->values[FIELD_NAME].text;
    struct mailbox branch = {branch_of(config), config->smtp.from.address};
    struct mailbox member = {name, person->values[FIELD_EMAIL].text};
    bool reachable = *member.address != '\0';
    message->from = branch;
    message->sender = message->reply_to = nobody;
    if (order->kind != PARCEL_TO_MP) {
        message->to = member;
        return;
    }
    message->to = (struct mailbox){mp_of(person), person->values[FIELD_MP_EMAIL].text};
    message->reply_to = reachable ? member : nobody;
    if (reachable && config->smtp.member_domains != NULL &&
        mailbox_is_at(member.address, config->smtp.member_domains)) {
        message->from = member;
        message->sender = branch;
    } else {
        message->from.name = arena_printf(arena, "%s via %s", name, branch.name);
    }
}

/* ---- Rehearsal ---- */

static void note_mailbox(struct str *note, const char *what, const struct mailbox *mailbox) {
    if (*mailbox->address != '\0')
        str_addf(note, "%s: %s <%s>\n", what, mailbox->name, mailbox->address);
}

/* What stands above everything, and MESSAGE turned to the one who rehearses, also where they press "reply to all". */
static void rehearse(struct message *message, const struct mailbox *rehearsal, struct str *note, struct arena *arena) {
    str_adds(note, "REHEARSAL: this message went to you only. In earnest it will go\n");
    note_mailbox(note, "From", &message->from);
    note_mailbox(note, "Sender", &message->sender);
    note_mailbox(note, "To", &message->to);
    note_mailbox(note, "Reply-To", &message->reply_to);
    message->to = message->reply_to = *rehearsal;
    message->subject = arena_printf(arena, "[Rehearsal] %s", message->subject);
}

/* ---- Text and HTML ---- */

struct around {
    struct str text_before, text_after, html_before, html_after;
};

static void wrap(const struct parcel_order *order, const char *subject, bool attached, struct around *around) {
    const struct person *person = order->letter->person;
    const struct value *email = &person->values[FIELD_MP_EMAIL];
    bool known = email->length > 0 && mailbox_fault(email->text, email->length) == NULL;
    struct cover cover = {
        .letter = order->letter,
        .campaign = branch_of(order->config),
        .mp = mp_of(person),
        .mp_email = known ? email->text : "",
        .subject = subject,
        .attached = attached,
    };
    if (order->kind == PARCEL_TO_MEMBER) {
        cover_text(&cover, &around->text_before, &around->text_after);
        cover_html(&cover, &around->html_before, &around->html_after);
    } else if (order->kind == PARCEL_COPY) {
        cover_copy_text(&cover, &around->text_before);
        cover_copy_html(&cover, &around->html_before);
    }
}

static void write_text(struct str *out, const struct letter *letter, const struct str *note,
                       const struct around *around) {
    if (note->length > 0) {
        flowed_lines(out, note->bytes, note->length);
        str_adds(out, "\n----------\n\n");
    }
    str_add(out, around->text_before.bytes, around->text_before.length);
    flowed_letter(out, letter);
    str_add(out, around->text_after.bytes, around->text_after.length);
}

static void write_html(struct str *out, const struct letter *letter, const char *subject, const struct str *note,
                       const struct around *around) {
    html_begin(out, letter->language, subject);
    if (note->length > 0) {
        str_adds(out, "<p style=\"border: 2px solid; padding: 0.5em\">");
        html_text(out, note->bytes, note->length - 1);
        str_adds(out, "</p>\n");
    }
    str_add(out, around->html_before.bytes, around->html_before.length);
    html_letter(out, letter);
    str_add(out, around->html_after.bytes, around->html_after.length);
    html_end(out);
}

int parcel_pack(struct parcel *parcel, const struct parcel_order *order, struct arena *arena, struct error *error) {
    const struct config *config = order->config;
    const struct letter *letter = order->letter;
    const char *subject = subject_of(letter, arena);
    bool attached = config->smtp.attach && order->pdf != NULL;
    struct around around = {STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY};
    struct str note = STR_EMPTY, text = STR_EMPTY, html = STR_EMPTY;
    struct message message = {
        .subject = subject_for(order->kind, letter, subject, arena),
        .token = order->token,
        .time_ms = order->time_ms,
        .language = letter->language,
        .pdf = attached ? order->pdf : NULL,
        .pdf_length = order->pdf_length,
        .pdf_name = pdf_name_of(letter, arena),
    };
    address(order, &message, arena);
    const char *recipient = message.to.address;
    if (config->smtp.rehearsal.address != NULL) {
        rehearse(&message, &config->smtp.rehearsal, &note, arena);
        recipient = config->smtp.rehearsal.address;
    }
    wrap(order, subject, attached, &around);
    write_text(&text, letter, &note, &around);
    write_html(&html, letter, message.subject, &note, &around);
    message.text = text.bytes;
    message.text_length = text.length;
    message.html = html.bytes;
    message.html_length = html.length;
    int result = message_write(&message, &parcel->bytes, error);
    if (result == 0) {
        parcel->sender = arena_copy(arena, config->smtp.from.address, strlen(config->smtp.from.address));
        parcel->recipient = arena_copy(arena, recipient, strlen(recipient));
    }
    str_release(&note);
    str_release(&text);
    str_release(&html);
    str_release(&around.text_before);
    str_release(&around.text_after);
    str_release(&around.html_before);
    str_release(&around.html_after);
    return result;
}
