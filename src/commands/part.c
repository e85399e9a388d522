/*
 * Parts: a batch of people comes in, the bytes of two PDFs go out. The one idea: the sign-off list is made of the
 * letters while they are set, so both say the same in the same order.
 */
#include "commands/part.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/table.h"
#include "base/text.h"
#include "commands/repertoire.h"
#include "letter/draft.h"
#include "letter/roster.h"
#include "pdf/pdf.h"

/* What the functions below share. */
struct work {
    struct part *part;
    const struct sequence *sequence;
    const struct relay_batch *batch;
    size_t first; /* of the batch's people, in the sequence */
    struct pdf *pdf;
    struct roster_row *rows; /* one for each letter */
    struct table names;      /* how often one is in the batch, to tell its bearers apart */
};

/* An inspection of the first pass: what the list says of the row is printed in regular type. */
static int use_row(void *context, const struct letter *letter, bool wanted, struct arena *arena,
                   struct problems *problems, struct error *error) {
    const struct campaign *campaign = context;
    const struct person *person = letter->person;
    struct str address = STR_EMPTY;
    (void)wanted, (void)arena, (void)error;
    bundle_address(&address, letter);
    uint32_t missing = font_use(campaign->font, 0, letter->author, strlen(letter->author));
    if (missing == 0)
        missing = font_use(campaign->font, 0, address.bytes, address.length);
    if (missing == 0)
        missing =
            font_use(campaign->font, 0, person->values[FIELD_POSTCODE].text, person->values[FIELD_POSTCODE].length);
    if (missing != 0) {
        str_clear(&address);
        repertoire_add_missing(&address, missing);
        problems_add(problems, SEVERITY_ERROR, (struct place){NULL, person->line, 0}, "for the sign-off list: %s",
                     address.bytes);
    }
    str_release(&address);
    return 0;
}

/* TEXT as it can be printed in STYLE: a file's name, of which a campaign's may be made, may be any bytes. */
static const char *printable(struct campaign *campaign, unsigned style, const char *text) {
    size_t length = text_valid(text, strlen(text));
    struct str kept = STR_EMPTY;
    text = text_nfc(&campaign->arena, text, &length);
    for (size_t at = 0; at < length;) {
        size_t start = at;
        bool control = text_is_control(text_next(text, length, &at));
        if (!control && font_use(campaign->font, style, text + start, at - start) == 0)
            str_add(&kept, text + start, at - start);
    }
    text = arena_copy(&campaign->arena, kept.bytes, kept.length);
    str_release(&kept);
    return text;
}

void part_watch(struct campaign *campaign, struct part_names *names) {
    const char *given = campaign->config.campaign.name;
    names->campaign = printable(campaign, STYLE_BOLD, campaign->name);
    names->sender = given == NULL ? NULL : printable(campaign, 0, given);
    roster_use_font(campaign->font, campaign->model.language);
    bundle_use_font(campaign->font);
    campaign_inspect(campaign, (struct campaign_inspection){use_row, campaign});
}

void part_init(struct part *part, const struct campaign *campaign, const struct part_names *names,
               const struct pdf_fonts *fonts, struct printer *printer) {
    *part = (struct part){
        .letters = STR_EMPTY,
        .sign_off = STR_EMPTY,
        .campaign = campaign,
        .names = *names,
        .fonts = fonts,
        .printer = printer,
        .roster = roster_new(campaign->font),
    };
}

void part_release(struct part *part) {
    str_release(&part->letters);
    str_release(&part->sign_off);
    free(part->covers);
    roster_free(part->roster);
    arena_release(&part->arena);
    arena_release(&part->cover_arena);
}

/* How many people of the batch have this name. The table's values are counts, not pointers. */
static void count_names(struct work *work) {
    for (size_t i = 0; i < work->batch->count; i++) {
        const struct value *name = &work->batch->people[i].values[FIELD_NAME];
        size_t **slot = (size_t **)table_slot(&work->names, name->text, name->length);
        if (*slot == NULL)
            *slot = ARENA_ARRAY(&work->part->arena, size_t, 1);
        ++**slot;
    }
}

/* ---- Letters ---- */

static const char *group_of(struct arena *arena, const struct bundle *bundle) {
    if (bundle == NULL)
        return NULL;
    if (*bundle->constituency == '\0')
        return bundle->recipient;
    return arena_printf(arena, "%s: %s", bundle->constituency, bundle->recipient);
}

static int add_pages(struct work *work, const struct pages *pages, const struct pdf_entry *entry, struct error *error) {
    work->part->pages += pages->count;
    return pdf_add(work->pdf, pages, entry, error);
}

/* The cover of the bundle that begins with person I. */
static int add_cover(struct work *work, const struct bundle *bundle, size_t i, const char *group, struct error *error) {
    struct part *part = work->part;
    struct arena *arena = &part->cover_arena;
    struct bundle_sender senders[BUNDLE_NAMES_MAX];
    struct letter first, cover;
    struct pages pages;
    for (size_t j = 0; j < bundle->letters && bundle->letters <= BUNDLE_NAMES_MAX; j++) {
        assert(i + j < work->batch->count); /* it is in one part */
        const struct person *person = &work->batch->people[i + j];
        senders[j] = (struct bundle_sender){person->values[FIELD_NAME].text, person->values[FIELD_POSTCODE].text};
    }
    arena_clear(arena);
    if (printer_set(part->printer, &work->batch->people[i], &first, &pages, error) != 0)
        return -1;
    bundle_cover(bundle, &first, part->names.sender, senders, arena, &cover);
    layout_letter(part->printer->layout, &cover, NULL, arena, &pages);
    struct pdf_entry entry = {
        .group = group, .title = cover.title, .label = bundle->welsh ? "clawr" : "cover", .language = cover.language};
    *MEMORY_PUSH(part->covers, part->covers_count, part->covers_room) = bundle;
    return add_pages(work, &pages, &entry, error);
}

static int add_letter(struct work *work, size_t i, const char *group, struct error *error) {
    struct part *part = work->part;
    const struct person *person = &work->batch->people[i];
    struct letter letter;
    struct pages pages;
    struct str address = STR_EMPTY;
    if (printer_set(part->printer, person, &letter, &pages, error) != 0)
        return -1;
    bundle_address(&address, &letter);
    work->rows[i] = (struct roster_row){
        .row = person->row,
        .name = person->values[FIELD_NAME].text,
        .recipient = arena_copy(&part->arena, address.bytes, strcspn(address.bytes, "\n")),
    };
    str_release(&address);

    const size_t *bearers = table_find(&work->names, letter.author, strlen(letter.author));
    struct pdf_entry entry = {.group = group, .title = letter.author, .language = letter.language};
    if (person->row > 0)
        entry.label = arena_printf(&part->arena, "%u", person->row);
    if (person->row > 0 && bearers != NULL && *bearers > 1)
        entry.title = arena_printf(&part->arena, "%s (%u)", letter.author, person->row);
    return add_pages(work, &pages, &entry, error);
}

static int add_letters(struct work *work, struct relay *relay, struct error *error) {
    for (size_t i = 0; i < work->batch->count; i++) {
        if (relay_stopped(relay))
            return error_set(error, STATUS_INTERRUPTED, "stopped");
        const struct bundle *bundle = sequence_bundle(work->sequence, work->first + i);
        const char *group = group_of(&work->part->arena, bundle);
        if (bundle != NULL && bundle->letters > 1 && sequence_begins_bundle(work->sequence, work->first + i) &&
            add_cover(work, bundle, i, group, error) != 0)
            return -1;
        if (add_letter(work, i, group, error) != 0)
            return -1;
    }
    return 0;
}

static int make_letters(struct work *work, bool draft, struct relay *relay, struct error *error) {
    const struct campaign *campaign = work->part->campaign;
    struct pdf_description description = {work->part->names.campaign, NULL, campaign->model.language, campaign->date,
                                          draft};
    int result = pdf_new(&work->pdf, work->part->fonts, &description, error);
    if (result == 0)
        result = add_letters(work, relay, error);
    if (result == 0)
        result = pdf_finish(work->pdf, &work->part->letters, error);
    pdf_free(work->pdf);
    return result;
}

/* ---- The sign-off list ---- */

static int make_sign_off(struct work *work, bool draft, struct error *error) {
    struct part *part = work->part;
    const struct campaign *campaign = part->campaign;
    struct roster_head head = {
        .campaign = part->names.campaign,
        .date = campaign->date,
        .language = campaign->model.language,
        .part = work->batch->number,
        .parts = (unsigned)sequence_parts(work->sequence),
    };
    const char *title = roster_title(&head, &part->arena);
    struct pdf_description description = {title, NULL, campaign->model.language, campaign->date, draft};
    struct pages pages;
    struct pdf *pdf = NULL;
    roster_set(part->roster, &head, work->rows, work->batch->count, &part->arena, &pages);
    int result = pdf_new(&pdf, part->fonts, &description, error);
    if (result == 0)
        result = pdf_add(pdf, &pages, NULL, error);
    if (result == 0)
        result = pdf_finish(pdf, &part->sign_off, error);
    pdf_free(pdf);
    return result;
}

int part_make(struct part *part, const struct sequence *sequence, const struct relay_batch *batch, bool draft,
              struct relay *relay, struct error *error) {
    struct work work = {
        .part = part,
        .sequence = sequence,
        .batch = batch,
        .first = sequence_part(sequence, batch->number - 1).first,
        .names = TABLE_EMPTY,
    };
    arena_clear(&part->arena);
    part->pages = part->covers_count = 0;
    work.rows = ARENA_ARRAY(&part->arena, struct roster_row, batch->count);
    count_names(&work);
    int result = make_letters(&work, draft, relay, error);
    if (result == 0)
        result = make_sign_off(&work, draft, error);
    table_release(&work.names);
    return result;
}
