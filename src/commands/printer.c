/*
 * Printers: a person comes in, the bytes of a finished letter go out. The same row gives the same bytes, whichever
 * printer makes them and whether they are to be printed or sent.
 */
#include "commands/printer.h"

/* What the configuration says of the layout, in the words of the layout. */
static struct layout_settings layout_settings_of(const struct campaign *campaign) {
    static const enum layout_window windows[] = {
        [LETTER_WINDOW_DL] = WINDOW_DL,
        [LETTER_WINDOW_C5] = WINDOW_C5,
        [LETTER_WINDOW_NOTIFY] = WINDOW_NOTIFY,
        [LETTER_WINDOW_NONE] = WINDOW_NONE,
    };
    const struct config *config = &campaign->config;
    return (struct layout_settings){
        .size_mpt = config->letter.size_mpt,
        .leading_mpt = config->letter.leading_mpt,
        .margin_left_mpt = config->letter.margins.left_mpt,
        .margin_right_mpt = config->letter.margins.right_mpt,
        .margin_top_mpt = config->letter.margins.top_mpt,
        .margin_bottom_mpt = config->letter.margins.bottom_mpt,
        .window = windows[config->letter.window],
        .sender = config->letter.sender == LETTER_SENDER_LEFT ? SENDER_LEFT : SENDER_RIGHT,
        .fold_marks = config->letter.fold_marks,
        .manner = {.alignment = config->letter.justify ? ALIGN_JUSTIFY : ALIGN_LEFT,
                   .hyphenate = config->letter.hyphenate,
                   .protrude = config->letter.protrusion,
                   .expand = config->letter.expansion},
        .english = campaign->patterns.english,
        .welsh = campaign->patterns.welsh,
        .logo = campaign->autograph.logo,
        .logo_alternative = config->letter.logo_text,
    };
}

void printer_init(struct printer *printer, const struct campaign *campaign, const struct pdf_fonts *fonts) {
    struct layout_settings settings = layout_settings_of(campaign);
    *printer = (struct printer){.campaign = campaign, .fonts = fonts, .arena = ARENA_EMPTY};
    problems_init(&printer->problems, &printer->arena);
    printer->layout = layout_new(campaign->font, &settings);
}

void printer_release(struct printer *printer) {
    layout_free(printer->layout);
    pdf_free(printer->pdf);
    autograph_cache_release(&printer->signatures);
    problems_release(&printer->problems);
    arena_release(&printer->arena);
}

int printer_set(struct printer *printer, const struct person *person, struct letter *letter, struct pages *pages,
                struct error *error) {
    const struct campaign *campaign = printer->campaign;
    const struct picture *signature = NULL;
    arena_clear(&printer->arena);
    problems_clear(&printer->problems);
    merge_letter(campaign_model(campaign, person), campaign->people, person, campaign->date, &printer->arena, letter,
                 &printer->problems);
    if (autograph_of(&campaign->autograph, &printer->signatures, person, &signature, error) != 0)
        return -1;
    layout_letter(printer->layout, letter, signature, &printer->arena, pages);
    return 0;
}

int printer_print(struct printer *printer, const struct letter *letter, const struct pages *pages, bool draft,
                  struct str *bytes, struct error *error) {
    struct pdf_description description = {letter->title, letter->author, letter->language, letter->date, draft};
    int result = printer->pdf == NULL ? pdf_new(&printer->pdf, printer->fonts, &description, error)
                                      : pdf_renew(printer->pdf, &description, error);
    if (result == 0)
        result = pdf_add(printer->pdf, pages, NULL, error);
    if (result == 0)
        result = pdf_finish(printer->pdf, bytes, error);
    return result;
}
