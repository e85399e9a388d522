/*
 * Printers: a person comes in, the bytes of a finished letter go out. The same row gives the same bytes, whichever
 * printer makes them and whether they are to be printed or sent.
 */
#include "commands/printer.h"

void printer_init(struct printer *printer, const struct campaign *campaign, const struct pdf_fonts *fonts) {
    struct layout_settings settings = {.size_mpt = campaign->config.letter.size_mpt,
                                       .manner = {.alignment = ALIGN_LEFT}};
    *printer = (struct printer){.campaign = campaign, .fonts = fonts, .arena = ARENA_EMPTY};
    problems_init(&printer->problems, &printer->arena);
    printer->layout = layout_new(campaign->font, &settings);
}

void printer_release(struct printer *printer) {
    layout_free(printer->layout);
    problems_release(&printer->problems);
    arena_release(&printer->arena);
}

void printer_set(struct printer *printer, const struct person *person, struct letter *letter, struct pages *pages) {
    const struct campaign *campaign = printer->campaign;
    arena_clear(&printer->arena);
    problems_clear(&printer->problems);
    merge_letter(&campaign->model, campaign->people, person, campaign->date, &printer->arena, letter,
                 &printer->problems);
    layout_letter(printer->layout, letter, NULL, &printer->arena, pages);
}

int printer_print(struct printer *printer, const struct letter *letter, const struct pages *pages, bool draft,
                  struct str *bytes, struct error *error) {
    struct pdf_description description = {letter->title, letter->author, letter->language, letter->date, draft};
    struct pdf *pdf = NULL;
    int result = pdf_new(&pdf, printer->fonts, &description, error);
    if (result == 0)
        result = pdf_add(pdf, pages, NULL, error);
    if (result == 0)
        result = pdf_finish(pdf, bytes, error);
    pdf_free(pdf);
    return result;
}
