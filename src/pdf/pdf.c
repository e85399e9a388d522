/*
 * Pages come in, the bytes of a PDF go out. The one idea: every object is text and compressed bytes before it is handed
 * to pdf/document. What is many and small, the structure and the outline, it never sees: once it has written its objects,
 * pdf/packing goes on with its own.
 *
 * Faults are sticky: once a call has failed every other does, so nothing is written after the first one.
 */
#include "pdf/pdf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/memory.h"
#include "pdf/content.h"
#include "pdf/deflate.h"
#include "pdf/document.h"
#include "pdf/metadata.h"
#include "pdf/outline.h"
#include "pdf/packing.h"
#include "pdf/stock.h"
#include "pdf/structure.h"
#include "pdf/syntax.h"

enum { PAGE_LEVEL = 1 }; /* of compression: a letter in 0.05 ms; level 6 takes 0.08 to save 160 bytes of 2,000 */

struct pdf {
    const struct pdf_fonts *fonts;
    struct deflater *deflater;
    struct document *document; /* NULL where it could not be made, and once it is finished */
    struct pdf_description description;
    struct object *resources; /* of every page */
    size_t pages_count;
    size_t bytes; /* of pages and pictures */
    struct structure structure;
    struct outline outline;
    struct packing packing;
    bool *used;                           /* of each face: a page shows it */
    const struct embedded_image **images; /* that pages show, each once; borrowed */
    size_t images_count, images_room;
    struct pdf_images own; /* pictures of this document alone */
    struct arena kept;     /* what the objects point to */
    struct str scratch;    /* a page's operators, or an object's entries */
    struct str packed;     /* a page's operators, compressed */
};

/* ---- Objects ---- */

static struct slice slice_of(const struct str *string) {
    return (struct slice){string->bytes, string->length};
}

/* STRING, of which a copy lives as long as the document. */
static struct slice keep(struct pdf *pdf, const struct str *string) {
    return (struct slice){arena_copy(&pdf->kept, string->bytes, string->length), string->length};
}

/* The same of a reference behind a key: "/Font 12 0 R". */
static struct slice keep_reference(struct pdf *pdf, const char *before, const struct object *object,
                                   const char *after) {
    const char *text = arena_printf(&pdf->kept, "%s %u 0 R%s", before, (unsigned)object->number, after);
    return (struct slice){text, strlen(text)};
}

static void add_reference(struct str *out, const struct object *object) {
    syntax_add_number(out, object->number, 0);
    str_adds(out, " 0 R");
}

/* A new object of ENTRIES, and of BYTES unless they are NULL, neither of which is copied. NULL on a fault. */
static struct object *add_object(struct pdf *pdf, const struct str *entries, const struct str *bytes) {
    struct object *object = document_add(pdf->document);
    if (object == NULL)
        return NULL;
    if (entries != NULL)
        object->entries = slice_of(entries);
    if (bytes != NULL)
        object->stream = slice_of(bytes);
    return object;
}

/* ---- A new document ---- */

/* An entry of the information dictionary or the catalogue; none where TEXT is NULL or empty. */
static void add_text(struct str *out, const char *key, const char *text) {
    if (text == NULL || *text == '\0')
        return;
    str_adds(out, key);
    syntax_add_text(out, text, syntax_cut(text, PDF_TEXT_MAX));
    str_addc(out, '\n');
}

/* ISO 32000-1 §14.3.3, and the size of all pages: every one inherits it (§7.7.3.4). */
static void describe(struct pdf *pdf) {
    const struct pdf_description *description = &pdf->description;
    struct str *entries = &pdf->scratch;
    str_clear(entries);
    add_text(entries, "/Title", description->title);
    add_text(entries, "/Author", description->author);
    str_addf(entries, "/Producer(Postbag)\n/CreationDate(D:%04d%02d%02d000000Z)\n", description->date.year,
             description->date.month, description->date.day);
    document_information(pdf->document)->entries = keep(pdf, entries);

    str_clear(entries);
    str_adds(entries, "/MediaBox[0 0 ");
    syntax_add_number(entries, PAGE_WIDTH_MPT, 3);
    str_addc(entries, ' ');
    syntax_add_number(entries, PAGE_HEIGHT_MPT, 3);
    str_adds(entries, "]\n");
    document_page_tree(pdf->document)->entries = keep(pdf, entries);
}

static const char *keep_text(struct pdf *pdf, const char *text) {
    return text == NULL ? NULL : arena_copy(&pdf->kept, text, syntax_cut(text, PDF_TEXT_MAX));
}

/* Begins the document of a PDF that has none. */
static int begin(struct pdf *pdf, const struct pdf_description *description, struct error *error) {
    pdf->document = document_new(&pdf->kept);
    pdf->description = *description;
    pdf->description.title = keep_text(pdf, description->title);
    pdf->description.author = keep_text(pdf, description->author);
    pdf->description.language = keep_text(pdf, description->language);
    outline_init(&pdf->outline, PDF_TEXT_MAX);
    if (pdf->document == NULL || (pdf->resources = document_add(pdf->document)) == NULL)
        return document_fault(pdf->document, error);
    describe(pdf);
    return 0;
}

int pdf_new(struct pdf **pdf, const struct pdf_fonts *fonts, const struct pdf_description *description,
            struct error *error) {
    struct deflater *deflater = NULL;
    if (deflater_new(&deflater, PAGE_LEVEL, error) != 0)
        return -1;
    struct pdf *made = memory_alloc(1, sizeof *made);
    *made = (struct pdf){
        .fonts = fonts,
        .deflater = deflater,
        .used = memory_alloc(fonts->count, sizeof *made->used),
        .kept = ARENA_EMPTY,
        .scratch = STR_EMPTY,
        .packed = STR_EMPTY,
    };
    structure_init(&made->structure);
    packing_init(&made->packing, deflater);
    if (begin(made, description, error) != 0) {
        pdf_free(made);
        return -1;
    }
    *pdf = made;
    return 0;
}

/* Forgets the document and all that belongs to it alone. */
static void end(struct pdf *pdf) {
    document_free(pdf->document);
    pdf->document = NULL;
    outline_release(&pdf->outline);
    pdf_images_release(&pdf->own);
}

int pdf_renew(struct pdf *pdf, const struct pdf_description *description, struct error *error) {
    end(pdf);
    arena_clear(&pdf->kept);
    structure_clear(&pdf->structure);
    memset(pdf->used, 0, pdf->fonts->count * sizeof *pdf->used);
    pdf->images_count = pdf->pages_count = pdf->bytes = 0;
    return begin(pdf, description, error);
}

void pdf_free(struct pdf *pdf) {
    if (pdf == NULL)
        return;
    end(pdf);
    deflater_free(pdf->deflater);
    structure_release(&pdf->structure);
    packing_release(&pdf->packing);
    free(pdf->images);
    free(pdf->used);
    arena_release(&pdf->kept);
    str_release(&pdf->scratch);
    str_release(&pdf->packed);
    free(pdf);
}

/* ---- Pages ---- */

/* Which of the document's images PICTURE is, embedded the first time that it is met. */
static size_t image_of(struct pdf *pdf, const struct picture *picture) {
    for (size_t i = 0; i < pdf->images_count; i++)
        if (digest_equal(&pdf->images[i]->digest, &picture->digest))
            return i;
    const struct embedded_image *image = pdf_images_find(&pdf->fonts->images, picture);
    if (image == NULL)
        image = pdf_images_add(&pdf->own, picture, pdf->deflater);
    *MEMORY_PUSH(pdf->images, pdf->images_count, pdf->images_room) = image;
    pdf->bytes += image->samples.length + image->mask.length;
    return pdf->images_count - 1;
}

/* The content stream of PAGE, whose lines and figures are PARTS of the structure, or NULL. Pictures lie under the text. */
static struct object *add_content(struct pdf *pdf, const struct page *page, const uint32_t *parts) {
    str_clear(&pdf->scratch);
    if (pdf->description.draft)
        content_draft(&pdf->scratch);
    for (size_t i = 0; i < page->figures_count; i++)
        content_figure(&pdf->scratch, &page->figures[i], &pdf->structure.tree, parts[page->lines_count + i],
                       image_of(pdf, page->figures[i].picture));
    for (size_t i = 0; i < page->rules_count; i++)
        content_rule(&pdf->scratch, &page->rules[i]);
    content_text(&pdf->scratch, page, &pdf->structure.tree, parts, pdf->fonts->faces, pdf->used);
    str_clear(&pdf->packed);
    deflater_add(pdf->deflater, pdf->scratch.bytes, pdf->scratch.length, &pdf->packed);
    struct object *object = document_add(pdf->document);
    pdf->bytes += pdf->packed.length;
    if (object != NULL)
        object->stream = keep(pdf, &pdf->packed);
    return object;
}

static struct object *add_page(struct pdf *pdf, const struct page *page) {
    struct object *object = document_add_page(pdf->document);
    if (object == NULL)
        return NULL;
    const uint32_t *parts = structure_page(&pdf->structure, page, object->number);
    const struct object *content = add_content(pdf, page, parts);
    if (content == NULL)
        return NULL;
    struct str *entries = &pdf->scratch;
    str_clear(entries);
    str_adds(entries, "/Type/Page/Contents ");
    add_reference(entries, content);
    str_adds(entries, "/Resources ");
    add_reference(entries, pdf->resources);
    str_addf(entries, "/StructParents %zu", pdf->pages_count++);
    object->entries = keep(pdf, entries);
    return object;
}

/* Whether the letter ENTRY is in another language than the document. */
static bool is_other_language(const struct pdf *pdf, const struct pdf_entry *entry) {
    const char *own = pdf->description.language;
    return entry->language != NULL && (own == NULL || strcmp(entry->language, own) != 0);
}

int pdf_add(struct pdf *pdf, const struct pages *pages, const struct pdf_entry *entry, struct error *error) {
    assert(pdf->document != NULL);
    if (pages->count > PDF_PAGES_MAX - pdf->pages_count)
        return error_set(error, STATUS_DATA, "the PDF could not be made: it would have more than %d pages",
                         PDF_PAGES_MAX);
    if (entry == NULL)
        structure_letter(&pdf->structure, false, NULL, NULL);
    else
        structure_letter(&pdf->structure, true, entry->title, is_other_language(pdf, entry) ? entry->language : NULL);
    for (size_t i = 0; i < pages->count; i++) {
        const struct object *page = add_page(pdf, &pages->pages[i]);
        if (page == NULL)
            return document_fault(pdf->document, error);
        if (pdf->bytes > PDF_BYTES_MAX)
            return error_set(error, STATUS_DATA, "the PDF could not be made: it would be larger than %d MB",
                             PDF_BYTES_MAX / 1000 / 1000);
        if (i == 0 && entry != NULL)
            outline_add(&pdf->outline, entry->group, entry->title, entry->label, (uint32_t)pdf->pages_count - 1,
                        page->number);
    }
    return 0;
}

/* ---- The end ---- */

/* The objects of FACE; the font dictionary, or NULL. */
static struct object *add_face(struct pdf *pdf, const struct embedded_face *face) {
    struct object *font = add_object(pdf, &face->font, NULL);
    struct object *descendant = add_object(pdf, &face->descendant, NULL);
    struct object *descriptor = add_object(pdf, &face->descriptor, NULL);
    const struct object *program = add_object(pdf, &face->program_entries, &face->program);
    const struct object *meaning = add_object(pdf, NULL, &face->meaning);
    if (meaning == NULL) /* as it is after any fault */
        return NULL;
    font->more = keep_reference(pdf, arena_printf(&pdf->kept, "/ToUnicode %u 0 R/DescendantFonts[", meaning->number),
                                descendant, "]");
    descendant->more = keep_reference(pdf, "/FontDescriptor", descriptor, "");
    descriptor->more = keep_reference(pdf, face->program_key, program, "");
    return font;
}

/* The objects of IMAGE; the XObject, or NULL. */
static struct object *add_image(struct pdf *pdf, const struct embedded_image *image) {
    struct object *object = add_object(pdf, &image->entries, &image->samples);
    if (image->mask.length == 0)
        return object;
    const struct object *mask = add_object(pdf, &image->mask_entries, &image->mask);
    if (mask == NULL)
        return NULL;
    object->more = keep_reference(pdf, "/SMask", mask, "");
    return object;
}

/* "/F0 12 0 R": NAME and a number, of OBJECT. Whether there is such an object. */
static bool add_resource(struct str *entries, char name, size_t i, const struct object *object) {
    if (object == NULL)
        return false;
    str_addf(entries, "/%c%zu ", name, i);
    add_reference(entries, object);
    return true;
}

/* The faces and images that were used, as resources of all pages. */
static int add_resources(struct pdf *pdf) {
    struct str *entries = &pdf->scratch;
    str_clear(entries);
    str_adds(entries, "/Font<<");
    for (size_t i = 0; i < pdf->fonts->count; i++)
        if (pdf->used[i] && !add_resource(entries, 'F', i, add_face(pdf, &pdf->fonts->faces[i])))
            return -1;
    str_adds(entries, pdf->images_count > 0 ? ">>/XObject<<" : "");
    for (size_t i = 0; i < pdf->images_count; i++)
        if (!add_resource(entries, 'I', i, add_image(pdf, pdf->images[i])))
            return -1;
    str_adds(entries, ">>");
    pdf->resources->entries = keep(pdf, entries);
    return 0;
}

/* The metadata stream, or NULL. */
static struct object *add_metadata(struct pdf *pdf) {
    static const char entries[] = "/Type/Metadata/Subtype/XML";
    const struct pdf_description *of = &pdf->description;
    struct object *metadata = document_add(pdf->document);
    if (metadata == NULL)
        return NULL;
    str_clear(&pdf->scratch);
    metadata_add(&pdf->scratch, of->title, of->author, of->language, of->date);
    metadata->entries = (struct slice){entries, sizeof entries - 1};
    metadata->stream = keep(pdf, &pdf->scratch);
    metadata->plain = true;
    return metadata;
}

/* The catalogue (§7.7.2), once it is known which number the first packed object will have: FIRST. */
static void describe_catalogue(struct pdf *pdf, const struct object *metadata, const struct object *profile) {
    const struct packing *packing = &pdf->packing;
    struct str *entries = &pdf->scratch;
    str_clear(entries);
    add_text(entries, "/Lang", pdf->description.language);
    str_adds(entries, "/MarkInfo<</Marked true>>"
                      "/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None/Duplex/Simplex>>\n/StructTreeRoot ");
    packing_add_reference(packing, entries, 0);
    outline_add_entries(&pdf->outline, packing, tree_objects(&pdf->structure.tree), entries);
    str_adds(entries, "\n/Metadata ");
    add_reference(entries, metadata);
    str_adds(entries, "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
                      "/Info(sRGB IEC61966-2.1)/DestOutputProfile ");
    add_reference(entries, profile);
    str_adds(entries, ">>]\n");
    document_catalogue(pdf->document)->entries = keep(pdf, entries);
}

/*
 * The file's identifier (§14.4), which depends on what is written and on nothing else. What is the same in every
 * document of the run, from SHARED to SHARED_END in OUT, is not read again for each: the names of faces and the digests
 * of images stand for it, and for the metadata the information dictionary, which says the same.
 */
static void add_identifier(struct pdf *pdf, const struct str *out, size_t shared, size_t shared_end,
                           struct str *entries) {
    struct digest digest;
    char hex[DIGEST_HEX_MAX];
    str_clear(&pdf->packed);
    digest_of(&digest, out->bytes, shared);
    str_add(&pdf->packed, digest.bytes, sizeof digest.bytes);
    digest_of(&digest, out->bytes + shared_end, out->length - shared_end);
    str_add(&pdf->packed, digest.bytes, sizeof digest.bytes);
    for (size_t i = 0; i < pdf->fonts->count; i++)
        if (pdf->used[i])
            str_add(&pdf->packed, pdf->fonts->faces[i].font.bytes, pdf->fonts->faces[i].font.length);
    for (size_t i = 0; i < pdf->images_count; i++)
        str_add(&pdf->packed, pdf->images[i]->digest.bytes, sizeof pdf->images[i]->digest.bytes);
    digest_of(&digest, pdf->packed.bytes, pdf->packed.length);
    digest_hex(&digest, hex);
    str_addf(entries, "/ID[<%.32s><%.32s>]", hex, hex);
}

/* What is packed: OUT goes on behind the document's objects, of which those from FIRST_SHARED on are shared. */
static void complete(struct pdf *pdf, uint32_t first_shared, struct str *out) {
    const struct document *document = pdf->document;
    size_t shared_end = out->length;
    tree_pack(&pdf->structure.tree, &pdf->packing);
    outline_pack(&pdf->outline, &pdf->packing);
    packing_flush(&pdf->packing);

    struct str *entries = &pdf->scratch;
    str_clear(entries);
    str_adds(entries, "/Root ");
    add_reference(entries, document_catalogue(document));
    str_adds(entries, "/Info ");
    add_reference(entries, document_information(document));
    add_identifier(pdf, out, document_offset(document, first_shared), shared_end, entries);
    packing_finish(&pdf->packing, document, entries);
}

int pdf_finish(struct pdf *pdf, struct str *out, struct error *error) {
    assert(pdf->document != NULL);
    if (pdf->pages_count == 0)
        return error_set(error, STATUS_DATA, "the PDF could not be made: it has no page");
    str_clear(out);
    uint32_t first_shared = document_next(pdf->document);
    const struct object *metadata = add_metadata(pdf);
    const struct object *profile = add_object(pdf, &pdf->fonts->profile_entries, &pdf->fonts->profile);
    if (metadata == NULL || profile == NULL || add_resources(pdf) != 0)
        return document_fault(pdf->document, error);
    packing_begin(&pdf->packing, document_next(pdf->document), out);
    describe_catalogue(pdf, metadata, profile);
    if (document_write(pdf->document, out) != 0)
        return document_fault(pdf->document, error);
    complete(pdf, first_shared, out);
    document_free(pdf->document);
    pdf->document = NULL;
    return 0;
}
