/*
 * Pages come in, the bytes of a PDF go out of libharu's object layer. The one idea: most objects are "ready": their
 * entries are text, and their stream is compressed, before libharu sees them, and it writes both just as they are. A font
 * prepared once is thus copied straight from its bytes into every document.
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
#include "base/memory.h"
#include "pdf/content.h"
#include "pdf/deflate.h"
#include "pdf/embed.h"
#include "pdf/syntax.h"

enum {
    FONT_LEVEL = 10,     /* of compression: 3 ms more than level 6 once for the run, 500 bytes less in every letter */
    PAGE_LEVEL = 1,      /* a letter in 0.05 ms; level 6 takes 0.08 to save 160 bytes of 2,000 */
    PAGES_PER_NODE = 200 /* of the page tree */
};

struct pdf_fonts {
    struct embedded_face *faces;
    size_t count;
};

struct pdf {
    const struct pdf_fonts *fonts;
    struct deflater *deflater;
    HPDF_Doc document; /* NULL where it could not be made, and once it is finished */
    bool *used;        /* of each face: a page shows it */
    bool draft;
    size_t pages_count;
    struct arena kept;  /* what the objects point to */
    struct str scratch; /* a page's operators, or an object's entries */
    struct str packed;  /* a page's operators, compressed */
};

int pdf_fonts_new(struct pdf_fonts **fonts, const struct font *font, struct error *error) {
    struct deflater *deflater = NULL;
    if (deflater_new(&deflater, FONT_LEVEL, error) != 0)
        return -1;
    struct pdf_fonts *made = memory_alloc(1, sizeof *made);
    made->faces = memory_alloc(font_faces_count(font), sizeof *made->faces);
    int failed = 0;
    while (failed == 0 && made->count < font_faces_count(font)) {
        failed = embed_face(&made->faces[made->count], font_face(font, made->count), deflater, error);
        made->count += failed == 0;
    }
    deflater_free(deflater);
    if (failed == 0)
        *fonts = made;
    else
        pdf_fonts_free(made);
    return failed;
}

void pdf_fonts_free(struct pdf_fonts *fonts) {
    if (fonts == NULL)
        return;
    for (size_t i = 0; i < fonts->count; i++)
        embed_release(&fonts->faces[i]);
    free(fonts->faces);
    free(fonts);
}

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
    HPDF_Stream output; /* where the entries went, which is not told to the function that writes the stream */
};

static HPDF_STATUS write_entries(HPDF_Dict object, HPDF_Stream output) {
    struct ready *ready = object->attr;
    ready->output = output;
    HPDF_STATUS status = HPDF_Stream_Write(output, (const HPDF_BYTE *)ready->entries, (HPDF_UINT)ready->entries_length);
    if (status != HPDF_OK || ready->bytes == NULL)
        return status;
    HPDF_Stream_WriteStr(output, "/Filter/FlateDecode/Length ");
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

/* The same with the entries in pdf->scratch, which are copied. */
static void make_ready_scratch(struct pdf *pdf, HPDF_Dict object) {
    struct str entries = pdf->scratch;
    entries.bytes = arena_copy(&pdf->kept, entries.bytes, entries.length);
    make_ready(pdf, object, &entries, NULL);
}

/* A new indirect dictionary, or NULL. libharu frees it with the document, and at once where it cannot add it. */
static HPDF_Dict add_dictionary(struct pdf *pdf) {
    HPDF_Dict object = HPDF_Dict_New(pdf->document->mmgr);
    return object != NULL && HPDF_Xref_Add(pdf->document->xref, object) == HPDF_OK ? object : NULL;
}

/* The same, ready. */
static HPDF_Dict add_ready(struct pdf *pdf, const struct str *entries, const struct str *bytes) {
    HPDF_Dict object = add_dictionary(pdf);
    make_ready(pdf, object, entries, bytes);
    return object;
}

/* An entry of the information or the outline dictionary; none where TEXT is NULL or empty. */
static void add_text(struct str *out, const char *key, const char *text) {
    if (text == NULL || *text == '\0')
        return;
    size_t length = strnlen(text, PDF_TEXT_MAX + 1);
    if (length > PDF_TEXT_MAX)
        for (length = PDF_TEXT_MAX; length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80;)
            length--; /* not inside a character */
    str_adds(out, key);
    syntax_add_text(out, text, length);
    str_addc(out, '\n');
}

/* ISO 32000-1 §14.3.3, and what concerns the whole document: §7.7.2, §12.2. */
static void describe(struct pdf *pdf, const struct pdf_description *description) {
    struct str *entries = &pdf->scratch;
    str_clear(entries);
    add_text(entries, "/Title", description->title);
    add_text(entries, "/Author", description->author);
    str_addf(entries, "/Producer(Postbag)\n/CreationDate(D:%04d%02d%02d000000)\n", description->date.year,
             description->date.month, description->date.day);
    HPDF_Dict_RemoveElement(pdf->document->info, "Producer"); /* libharu's own name and version */
    make_ready_scratch(pdf, pdf->document->info);

    str_clear(entries);
    add_text(entries, "/Lang", description->language);
    str_adds(entries, "/ViewerPreferences<</DisplayDocTitle true/PrintScaling/None/Duplex/Simplex>>\n");
    make_ready_scratch(pdf, pdf->document->catalog);

    str_clear(entries); /* every page inherits its size from the root of the page tree (§7.7.3.4) */
    str_adds(entries, "/MediaBox[0 0 ");
    syntax_add_number(entries, PAGE_WIDTH_MPT, 3);
    str_addc(entries, ' ');
    syntax_add_number(entries, PAGE_HEIGHT_MPT, 3);
    str_adds(entries, "]\n");
    make_ready_scratch(pdf, pdf->document->root_pages);
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
        .used = memory_alloc(fonts->count, sizeof *made->used),
        .draft = description->draft,
        .kept = ARENA_EMPTY,
        .scratch = STR_EMPTY,
        .packed = STR_EMPTY,
    };
    if (made->document == NULL) {
        fail(made, error);
        pdf_free(made);
        return -1;
    }
    made->document->pdf_version = HPDF_VER_17;
    describe(made, description);
    *pdf = made;
    return 0;
}

void pdf_free(struct pdf *pdf) {
    if (pdf == NULL)
        return;
    HPDF_Free(pdf->document);
    deflater_free(pdf->deflater);
    free(pdf->used);
    arena_release(&pdf->kept);
    str_release(&pdf->scratch);
    str_release(&pdf->packed);
    free(pdf);
}

/* The content stream of PAGE, or NULL. */
static HPDF_Dict add_content(struct pdf *pdf, const struct page *page) {
    str_clear(&pdf->scratch);
    if (pdf->draft)
        content_draft(&pdf->scratch);
    content_page(&pdf->scratch, page, pdf->fonts->faces, pdf->used);
    str_clear(&pdf->packed);
    deflater_add(pdf->deflater, pdf->scratch.bytes, pdf->scratch.length, &pdf->packed);
    struct str bytes = pdf->packed;
    bytes.bytes = arena_copy(&pdf->kept, bytes.bytes, bytes.length);
    return add_ready(pdf, NULL, &bytes);
}

/*
 * A page object of our own making, or NULL. HPDF_AddPage would give each page its own size, resources, graphics state
 * and buffer, which all pages of a letter inherit here.
 */
static HPDF_Page add_page(struct pdf *pdf, const struct page *page) {
    HPDF_Doc document = pdf->document;
    if (pdf->pages_count > 0 && pdf->pages_count % PAGES_PER_NODE == 0 &&
        HPDF_Doc_AddPagesTo(document, document->root_pages) == NULL)
        return NULL;
    HPDF_Page object = add_dictionary(pdf);
    if (object == NULL)
        return NULL;
    object->header.obj_class |= HPDF_OSUBCLASS_PAGE;
    object->attr = arena_alloc(&pdf->kept, sizeof(HPDF_PageAttr_Rec)); /* libharu notes the parent in it */
    pdf->pages_count++;
    if (HPDF_Dict_AddName(object, "Type", "Page") != HPDF_OK ||
        HPDF_Pages_AddKids(document->cur_pages, object) != HPDF_OK ||
        HPDF_Dict_Add(object, "Contents", add_content(pdf, page)) != HPDF_OK)
        return NULL;
    return object;
}

/* An entry of the outline that leads to PAGE. */
static int add_outline(struct pdf *pdf, HPDF_Page page, const char *title) {
    HPDF_Outline entry = HPDF_CreateOutline(pdf->document, NULL, "", NULL);
    if (entry == NULL || HPDF_SetPageMode(pdf->document, HPDF_PAGE_MODE_USE_OUTLINE) != HPDF_OK)
        return -1;
    if (title[0] != '\0') /* instead of libharu's own title, which cannot hold all characters */
        HPDF_Dict_RemoveElement(entry, "Title");
    str_clear(&pdf->scratch);
    add_text(&pdf->scratch, "/Title", title);
    str_addf(&pdf->scratch, "/Dest[%u 0 R/Fit]\n", (unsigned)(page->header.obj_id & 0x00FFFFFF));
    make_ready_scratch(pdf, entry);
    return 0;
}

int pdf_add(struct pdf *pdf, const struct pages *pages, const struct pdf_entry *entry, struct error *error) {
    assert(pdf->document != NULL);
    if (pages->count > PDF_PAGES_MAX - pdf->pages_count)
        return error_set(error, STATUS_DATA, "the PDF could not be made: it would have more than %d pages",
                         PDF_PAGES_MAX);
    for (size_t i = 0; i < pages->count; i++) {
        HPDF_Page page = add_page(pdf, &pages->pages[i]);
        if (page == NULL ||
            (i == 0 && entry != NULL && entry->title != NULL && add_outline(pdf, page, entry->title) != 0))
            return fail(pdf, error);
    }
    return 0;
}

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

/* The faces that were used, as resources of all pages. */
static int add_resources(struct pdf *pdf) {
    HPDF_Dict resources = HPDF_Dict_New(pdf->document->mmgr), fonts = HPDF_Dict_New(pdf->document->mmgr);
    if (resources == NULL || HPDF_Dict_Add(pdf->document->root_pages, "Resources", resources) != HPDF_OK ||
        HPDF_Dict_Add(resources, "Font", fonts) != HPDF_OK)
        return -1;
    for (size_t i = 0; i < pdf->fonts->count; i++) {
        char name[SYNTAX_NUMBER_MAX + 2] = "F";
        *syntax_number(name + 1, (int64_t)i, 0) = '\0';
        if (pdf->used[i] && HPDF_Dict_Add(fonts, name, add_face(pdf, &pdf->fonts->faces[i])) != HPDF_OK)
            return -1;
    }
    return 0;
}

static HPDF_STATUS write_out(HPDF_Stream stream, const HPDF_BYTE *bytes, HPDF_UINT size) {
    str_add(stream->attr, bytes, size);
    return HPDF_OK;
}

int pdf_finish(struct pdf *pdf, struct str *out, struct error *error) {
    assert(pdf->document != NULL);
    if (pdf->pages_count == 0)
        return error_set(error, STATUS_DATA, "the PDF could not be made: it has no page");
    str_clear(out);
    HPDF_Doc document = pdf->document;
    if (add_resources(pdf) != 0)
        return fail(pdf, error);
    /* HPDF_SaveToStream writes to the stream that the document has, if it has one: ours, and not a list of small blocks
     * to be copied together afterwards. The document frees it. */
    document->stream = HPDF_CallbackWriter_New(document->mmgr, write_out, out);
    if (document->stream == NULL || HPDF_SaveToStream(document) != HPDF_OK)
        return fail(pdf, error);
    HPDF_Free(document);
    pdf->document = NULL;
    return 0;
}
