/*
 * Pages come in, the bytes of a PDF go out of libharu's object layer. The one idea: most objects are "ready": their
 * entries are text, and their stream is compressed, before libharu sees them, and it writes both just as they are. A font
 * prepared once is thus copied straight from its bytes into every document. What is many and small, the structure and
 * the outline, libharu never sees: once it has written its objects, its table of them is cut off, and pdf/packing goes
 * on with its own.
 *
 * libharu's objects are not a documented interface, but its headers are installed and its functions exported (2.3.0 and
 * 2.4): everything that knows of them is in this file. Its errors are sticky: once a call has failed every other does,
 * so nothing is written after the first fault.
 */
#include "pdf/pdf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <hpdf.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/memory.h"
#include "pdf/content.h"
#include "pdf/deflate.h"
#include "pdf/metadata.h"
#include "pdf/outline.h"
#include "pdf/packing.h"
#include "pdf/stock.h"
#include "pdf/structure.h"
#include "pdf/syntax.h"

enum {
    PAGE_LEVEL = 1,      /* of compression: a letter in 0.05 ms; level 6 takes 0.08 to save 160 bytes of 2,000 */
    PAGES_PER_NODE = 200 /* of the page tree */
};

struct pdf {
    const struct pdf_fonts *fonts;
    struct deflater *deflater;
    HPDF_Doc document; /* NULL where it could not be made, and once it is finished */
    struct pdf_description description;
    HPDF_Dict resources; /* of every page */
    size_t pages_count;
    struct structure structure;
    struct outline outline;
    bool *used;                           /* of each face: a page shows it */
    const struct embedded_image **images; /* that pages show, each once; borrowed */
    size_t images_count, images_room;
    struct pdf_images own; /* pictures of this document alone */
    struct arena kept;     /* what the objects point to */
    struct str scratch;    /* a page's operators, or an object's entries */
    struct str packed;     /* a page's operators, compressed */
};

/* ---- Objects ---- */

/* Always -1. */
static int fail(const struct pdf *pdf, struct error *error) {
    HPDF_STATUS code = pdf->document == NULL ? HPDF_FAILD_TO_ALLOC_MEM : HPDF_GetError(pdf->document);
    if (code == HPDF_FAILD_TO_ALLOC_MEM)
        return error_set(error, STATUS_CANNOT_CREATE, "the PDF could not be made: out of memory");
    return error_set(error, STATUS_CANNOT_CREATE, "the PDF could not be made: libharu reports fault %04X",
                     (unsigned)code);
}

/*
 * What a ready object writes: ENTRIES in its dictionary, after those that libharu keeps for it, and a stream if BYTES is
 * not NULL. Neither is copied.
 */
struct ready {
    const char *entries;
    size_t entries_length;
    const char *bytes;
    size_t length;
    bool plain;         /* BYTES are not compressed */
    HPDF_Stream output; /* where the entries went, which is not told to the function that writes the stream */
};

static HPDF_STATUS write_entries(HPDF_Dict object, HPDF_Stream output) {
    struct ready *ready = object->attr;
    ready->output = output;
    HPDF_STATUS status = HPDF_Stream_Write(output, (const HPDF_BYTE *)ready->entries, (HPDF_UINT)ready->entries_length);
    if (status != HPDF_OK || ready->bytes == NULL)
        return status;
    HPDF_Stream_WriteStr(output, ready->plain ? "/Length " : "/Filter/FlateDecode/Length ");
    return HPDF_Stream_WriteInt(output, (HPDF_INT)ready->length);
}

static HPDF_STATUS write_stream(HPDF_Dict object) {
    struct ready *ready = object->attr;
    if (ready->bytes == NULL)
        return HPDF_OK;
    HPDF_Stream_WriteStr(ready->output, "\nstream\n");
    HPDF_Stream_Write(ready->output, (const HPDF_BYTE *)ready->bytes, (HPDF_UINT)ready->length);
    return HPDF_Stream_WriteStr(ready->output, "\nendstream");
}

/* Makes OBJECT (NULL does nothing) write these ENTRIES, and BYTES unless they are NULL. */
static void make_ready(struct pdf *pdf, HPDF_Dict object, const struct str *entries, const struct str *bytes) {
    if (object == NULL)
        return;
    struct ready *ready = arena_alloc(&pdf->kept, sizeof *ready);
    if (entries != NULL) {
        ready->entries = entries->bytes;
        ready->entries_length = entries->length;
    }
    if (bytes != NULL) {
        ready->bytes = bytes->bytes;
        ready->length = bytes->length;
    }
    object->attr = ready;
    object->write_fn = write_entries;
    object->after_write_fn = write_stream;
}

/* A string whose bytes live as long as the document. */
static struct str keep(struct pdf *pdf, const struct str *string) {
    struct str kept = *string;
    kept.bytes = arena_copy(&pdf->kept, string->bytes, string->length);
    return kept;
}

/* The same with the entries in pdf->scratch, which are copied. */
static void make_ready_scratch(struct pdf *pdf, HPDF_Dict object) {
    struct str entries = keep(pdf, &pdf->scratch);
    make_ready(pdf, object, &entries, NULL);
}

/* A new indirect dictionary, or NULL. libharu frees it with the document, and at once where it cannot add it. */
static HPDF_Dict add_dictionary(struct pdf *pdf) {
    HPDF_Dict object = HPDF_Dict_New(pdf->document->mmgr);
    return object != NULL && HPDF_Xref_Add(pdf->document->xref, object) == HPDF_OK ? object : NULL;
}

static uint32_t number_of(HPDF_Dict object) {
    return object->header.obj_id & 0x00FFFFFF; /* the rest is flags */
}

/* "N 0 R" */
static void add_reference(struct str *out, HPDF_Dict object) {
    syntax_add_number(out, number_of(object), 0);
    str_adds(out, " 0 R");
}

/* The same, ready. */
static HPDF_Dict add_ready(struct pdf *pdf, const struct str *entries, const struct str *bytes) {
    HPDF_Dict object = add_dictionary(pdf);
    make_ready(pdf, object, entries, bytes);
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
    HPDF_Dict_RemoveElement(pdf->document->info, "Producer"); /* libharu's own name and version */
    make_ready_scratch(pdf, pdf->document->info);

    str_clear(entries);
    str_adds(entries, "/MediaBox[0 0 ");
    syntax_add_number(entries, PAGE_WIDTH_MPT, 3);
    str_addc(entries, ' ');
    syntax_add_number(entries, PAGE_HEIGHT_MPT, 3);
    str_adds(entries, "]\n");
    make_ready_scratch(pdf, pdf->document->root_pages);
}

static const char *keep_text(struct pdf *pdf, const char *text) {
    return text == NULL ? NULL : arena_copy(&pdf->kept, text, syntax_cut(text, PDF_TEXT_MAX));
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
        .document = HPDF_New(NULL, NULL),
        .description = *description,
        .used = memory_alloc(fonts->count, sizeof *made->used),
        .kept = ARENA_EMPTY,
        .scratch = STR_EMPTY,
        .packed = STR_EMPTY,
    };
    made->description.title = keep_text(made, description->title);
    made->description.author = keep_text(made, description->author);
    made->description.language = keep_text(made, description->language);
    structure_init(&made->structure);
    outline_init(&made->outline, PDF_TEXT_MAX);
    if (made->document == NULL || (made->resources = add_dictionary(made)) == NULL) {
        fail(made, error);
        pdf_free(made);
        return -1;
    }
    made->document->pdf_version = HPDF_VER_17;
    describe(made);
    *pdf = made;
    return 0;
}

void pdf_free(struct pdf *pdf) {
    if (pdf == NULL)
        return;
    HPDF_Free(pdf->document);
    deflater_free(pdf->deflater);
    structure_release(&pdf->structure);
    outline_release(&pdf->outline);
    pdf_images_release(&pdf->own);
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
    return pdf->images_count - 1;
}

/* The content stream of PAGE, whose lines and figures are PARTS of the structure, or NULL. Pictures lie under the text. */
static HPDF_Dict add_content(struct pdf *pdf, const struct page *page, const uint32_t *parts) {
    str_clear(&pdf->scratch);
    if (pdf->description.draft)
        content_draft(&pdf->scratch);
    for (size_t i = 0; i < page->figures_count; i++)
        content_figure(&pdf->scratch, &page->figures[i], &pdf->structure, parts[page->lines_count + i],
                       image_of(pdf, page->figures[i].picture));
    for (size_t i = 0; i < page->rules_count; i++)
        content_rule(&pdf->scratch, &page->rules[i]);
    content_text(&pdf->scratch, page, &pdf->structure, parts, pdf->fonts->faces, pdf->used);
    str_clear(&pdf->packed);
    deflater_add(pdf->deflater, pdf->scratch.bytes, pdf->scratch.length, &pdf->packed);
    struct str bytes = keep(pdf, &pdf->packed);
    return add_ready(pdf, NULL, &bytes);
}

/*
 * A page object of our own making, or NULL. HPDF_AddPage would give each page its own size, resources, graphics state
 * and buffer, all of which they share here.
 */
static HPDF_Page add_page(struct pdf *pdf, const struct page *page) {
    HPDF_Doc document = pdf->document;
    if (pdf->pages_count > 0 && pdf->pages_count % PAGES_PER_NODE == 0 &&
        HPDF_Doc_AddPagesTo(document, document->root_pages) == NULL)
        return NULL;
    HPDF_Page object = add_dictionary(pdf);
    if (object == NULL)
        return NULL;
    const uint32_t *parts = structure_page(&pdf->structure, page, number_of(object));
    HPDF_Dict content = add_content(pdf, page, parts);
    object->header.obj_class |= HPDF_OSUBCLASS_PAGE;
    object->attr = arena_alloc(&pdf->kept, sizeof(HPDF_PageAttr_Rec)); /* libharu notes the parent in it */
    if (content == NULL || HPDF_Pages_AddKids(document->cur_pages, object) != HPDF_OK)
        return NULL;
    struct str *entries = &pdf->scratch;
    str_clear(entries);
    str_adds(entries, "/Type/Page/Contents ");
    add_reference(entries, content);
    str_adds(entries, "/Resources ");
    add_reference(entries, pdf->resources);
    str_addf(entries, "/StructParents %zu", pdf->pages_count++);
    make_ready_scratch(pdf, object);
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
        structure_letter(&pdf->structure, false, NULL, 0, NULL);
    else
        structure_letter(&pdf->structure, true, entry->title, PDF_TEXT_MAX,
                         is_other_language(pdf, entry) ? entry->language : NULL);
    for (size_t i = 0; i < pages->count; i++) {
        HPDF_Page page = add_page(pdf, &pages->pages[i]);
        if (page == NULL)
            return fail(pdf, error);
        if (i == 0 && entry != NULL)
            outline_add(&pdf->outline, entry->group, entry->title, entry->label, (uint32_t)pdf->pages_count - 1,
                        number_of(page));
    }
    return 0;
}

/* ---- The end ---- */

/* The objects of FACE; the font dictionary, or NULL. */
static HPDF_Dict add_face(struct pdf *pdf, const struct embedded_face *face) {
    HPDF_Dict font = add_ready(pdf, &face->font, NULL);
    HPDF_Dict descendant = add_ready(pdf, &face->descendant, NULL);
    HPDF_Dict descriptor = add_ready(pdf, &face->descriptor, NULL);
    HPDF_Dict program = add_ready(pdf, &face->program_entries, &face->program);
    HPDF_Dict meaning = add_ready(pdf, NULL, &face->meaning);
    HPDF_Array descendants = HPDF_Array_New(pdf->document->mmgr);
    if (font == NULL || descendant == NULL || descriptor == NULL ||
        HPDF_Dict_Add(font, "DescendantFonts", descendants) != HPDF_OK ||
        HPDF_Array_Add(descendants, descendant) != HPDF_OK || HPDF_Dict_Add(font, "ToUnicode", meaning) != HPDF_OK ||
        HPDF_Dict_Add(descendant, "FontDescriptor", descriptor) != HPDF_OK ||
        HPDF_Dict_Add(descriptor, face->program_key, program) != HPDF_OK)
        return NULL;
    return font;
}

/* The objects of IMAGE; the XObject, or NULL. */
static HPDF_Dict add_image(struct pdf *pdf, const struct embedded_image *image) {
    HPDF_Dict object = add_ready(pdf, &image->entries, &image->samples);
    if (object != NULL && image->mask.length > 0 &&
        HPDF_Dict_Add(object, "SMask", add_ready(pdf, &image->mask_entries, &image->mask)) != HPDF_OK)
        return NULL;
    return object;
}

/* "/F0 12 0 R": NAME and a number, of OBJECT. Whether there is such an object. */
static bool add_resource(struct str *entries, char name, size_t i, HPDF_Dict object) {
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
    make_ready_scratch(pdf, pdf->resources);
    return 0;
}

/* The metadata stream, or NULL. */
static HPDF_Dict add_metadata(struct pdf *pdf) {
    static const char entries[] = "/Type/Metadata/Subtype/XML";
    const struct pdf_description *of = &pdf->description;
    str_clear(&pdf->scratch);
    metadata_add(&pdf->scratch, of->title, of->author, of->language, of->date);
    struct str text = keep(pdf, &pdf->scratch), dictionary = {(char *)entries, sizeof entries - 1, 0};
    HPDF_Dict metadata = add_ready(pdf, &dictionary, &text);
    if (metadata != NULL)
        ((struct ready *)metadata->attr)->plain = true;
    return metadata;
}

/* The catalogue (§7.7.2), once it is known which number the first packed object will have: FIRST. */
static void describe_catalogue(struct pdf *pdf, HPDF_Dict metadata, HPDF_Dict profile, const struct packing *packing) {
    struct str *entries = &pdf->scratch;
    str_clear(entries);
    add_text(entries, "/Lang", pdf->description.language);
    str_adds(entries, "/MarkInfo<</Marked true>>"
                      "/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None/Duplex/Simplex>>\n/StructTreeRoot ");
    packing_add_reference(packing, entries, 0);
    outline_add_entries(&pdf->outline, packing, structure_objects(&pdf->structure), entries);
    str_adds(entries, "\n/Metadata ");
    add_reference(entries, metadata);
    str_adds(entries, "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)"
                      "/Info(sRGB IEC61966-2.1)/DestOutputProfile ");
    add_reference(entries, profile);
    str_adds(entries, ">>]\n");
    make_ready_scratch(pdf, pdf->document->catalog);
}

static HPDF_STATUS write_out(HPDF_Stream stream, const HPDF_BYTE *bytes, HPDF_UINT size) {
    str_add(stream->attr, bytes, size);
    return HPDF_OK;
}

/* Where libharu has written its objects in the file; the first stands for none. Yours to free(). */
static uint32_t *list_offsets(const struct pdf *pdf, uint32_t count) {
    uint32_t *offsets = memory_alloc(count, sizeof *offsets);
    for (uint32_t i = 1; i < count; i++) {
        const HPDF_XrefEntry_Rec *entry = HPDF_List_ItemAt(pdf->document->xref->entries, i);
        offsets[i] = entry->byte_offset;
    }
    return offsets;
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

/* What libharu does not write: OUT goes on behind its objects, of which those from FIRST_SHARED on are shared. */
static void complete(struct pdf *pdf, struct packing *packing, uint32_t first_shared, struct str *out) {
    HPDF_Doc document = pdf->document;
    uint32_t *offsets = list_offsets(pdf, packing->first);
    size_t shared_end = document->xref->addr;
    str_cut(out, shared_end);
    structure_pack(&pdf->structure, packing);
    outline_pack(&pdf->outline, packing);
    packing_flush(packing);

    struct str *entries = &pdf->scratch;
    str_clear(entries);
    str_adds(entries, "/Root ");
    add_reference(entries, document->catalog);
    str_adds(entries, "/Info ");
    add_reference(entries, document->info);
    add_identifier(pdf, out, first_shared < packing->first ? offsets[first_shared] : shared_end, shared_end, entries);
    packing_finish(packing, offsets, entries);
    free(offsets);
}

int pdf_finish(struct pdf *pdf, struct str *out, struct error *error) {
    assert(pdf->document != NULL);
    if (pdf->pages_count == 0)
        return error_set(error, STATUS_DATA, "the PDF could not be made: it has no page");
    str_clear(out);
    HPDF_Doc document = pdf->document;
    uint32_t first_shared = document->xref->entries->count;
    HPDF_Dict metadata = add_metadata(pdf);
    HPDF_Dict profile = add_ready(pdf, &pdf->fonts->profile_entries, &pdf->fonts->profile);
    if (metadata == NULL || profile == NULL || add_resources(pdf) != 0)
        return fail(pdf, error);
    struct packing packing;
    packing_init(&packing, document->xref->entries->count, out, pdf->deflater);
    describe_catalogue(pdf, metadata, profile, &packing);
    /* HPDF_SaveToStream writes to the stream that the document has, if it has one: ours, and not a list of small blocks
     * to be copied together afterwards. The document frees it. */
    document->stream = HPDF_CallbackWriter_New(document->mmgr, write_out, out);
    int failed = document->stream == NULL || HPDF_SaveToStream(document) != HPDF_OK ? fail(pdf, error) : 0;
    if (failed == 0) {
        complete(pdf, &packing, first_shared, out);
        HPDF_Free(document);
        pdf->document = NULL;
    }
    packing_release(&packing);
    return failed;
}
