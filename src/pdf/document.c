/*
 * Objects come in, the bytes of a file go out of libharu's object layer. The one idea: its objects are "ready": their
 * entries are text, and their stream is compressed, before libharu sees them, and it writes both just as they are. A font
 * prepared once is thus copied straight from its bytes into every document.
 *
 * libharu's objects are not a documented interface, but its headers are installed and its functions exported (2.3.0 and
 * 2.4).
 */
#include "pdf/document.h"

#include <hpdf.h>

enum { PAGES_PER_NODE = 200 /* of the page tree */ };

struct document {
    HPDF_Doc haru;
    struct arena *arena;
    size_t pages_count;
    struct object *catalogue, *information, *page_tree;
};

int document_fault(const struct document *document, struct error *error) {
    HPDF_STATUS code = document == NULL ? HPDF_FAILD_TO_ALLOC_MEM : HPDF_GetError(document->haru);
    if (code == HPDF_FAILD_TO_ALLOC_MEM)
        return error_set(error, STATUS_CANNOT_CREATE, "the PDF could not be made: out of memory");
    return error_set(error, STATUS_CANNOT_CREATE, "the PDF could not be made: libharu reports fault %04X",
                     (unsigned)code);
}

/* ---- Ready objects ---- */

static HPDF_STATUS write_bytes(HPDF_Stream output, struct slice span) {
    return span.length == 0 ? HPDF_OK
                            : HPDF_Stream_Write(output, (const HPDF_BYTE *)span.bytes, (HPDF_UINT)span.length);
}

/* Within the dictionary, after what libharu keeps for it. */
static HPDF_STATUS write_entries(HPDF_Dict dictionary, HPDF_Stream output) {
    struct object *object = dictionary->attr;
    object->output = output; /* which is not told to the function that writes the stream */
    HPDF_STATUS status = write_bytes(output, object->entries);
    if (status == HPDF_OK)
        status = write_bytes(output, object->more);
    if (status != HPDF_OK || object->stream.bytes == NULL)
        return status;
    HPDF_Stream_WriteStr(output, object->plain ? "/Length " : "/Filter/FlateDecode/Length ");
    return HPDF_Stream_WriteInt(output, (HPDF_INT)object->stream.length);
}

static HPDF_STATUS write_stream(HPDF_Dict dictionary) {
    struct object *object = dictionary->attr;
    if (object->stream.bytes == NULL)
        return HPDF_OK;
    HPDF_Stream_WriteStr(object->output, "\nstream\n");
    write_bytes(object->output, object->stream);
    return HPDF_Stream_WriteStr(object->output, "\nendstream");
}

static struct object *make_ready(struct document *document, HPDF_Dict dictionary) {
    struct object *object = arena_alloc(document->arena, sizeof *object);
    object->number = dictionary->header.obj_id & 0x00FFFFFF; /* the rest is flags */
    dictionary->attr = object;
    dictionary->write_fn = write_entries;
    dictionary->after_write_fn = write_stream;
    return object;
}

/* A new indirect dictionary, or NULL. libharu frees it with the document, and at once where it cannot add it. */
static HPDF_Dict add_dictionary(struct document *document) {
    if (HPDF_GetError(document->haru) != HPDF_OK) /* which libharu itself does not ask everywhere */
        return NULL;
    HPDF_Dict dictionary = HPDF_Dict_New(document->haru->mmgr);
    return dictionary != NULL && HPDF_Xref_Add(document->haru->xref, dictionary) == HPDF_OK ? dictionary : NULL;
}

struct object *document_add(struct document *document) {
    HPDF_Dict dictionary = add_dictionary(document);
    return dictionary == NULL ? NULL : make_ready(document, dictionary);
}

/* HPDF_AddPage would give each page its own size, resources, graphics state and buffer, all of which they share here. */
struct object *document_add_page(struct document *document) {
    HPDF_Doc haru = document->haru;
    if (document->pages_count > 0 && document->pages_count % PAGES_PER_NODE == 0 &&
        HPDF_Doc_AddPagesTo(haru, haru->root_pages) == NULL)
        return NULL;
    HPDF_Page page = add_dictionary(document);
    HPDF_PageAttr_Rec attributes = {0}; /* libharu notes the parent in it */
    if (page == NULL)
        return NULL;
    page->header.obj_class |= HPDF_OSUBCLASS_PAGE;
    page->attr = &attributes;
    HPDF_STATUS status = HPDF_Pages_AddKids(haru->cur_pages, page);
    struct object *object = make_ready(document, page);
    if (status != HPDF_OK)
        return NULL;
    document->pages_count++;
    return object;
}

/* ---- Documents ---- */

struct document *document_new(struct arena *arena) {
    HPDF_Doc haru = HPDF_New(NULL, NULL);
    if (haru == NULL)
        return NULL;
    struct document *document = arena_alloc(arena, sizeof *document);
    *document = (struct document){.haru = haru, .arena = arena};
    haru->pdf_version = HPDF_VER_17;
    HPDF_Dict_RemoveElement(haru->info, "Producer"); /* libharu's own name and version */
    document->catalogue = make_ready(document, haru->catalog);
    document->information = make_ready(document, haru->info);
    document->page_tree = make_ready(document, haru->root_pages);
    return document;
}

void document_free(struct document *document) {
    if (document != NULL)
        HPDF_Free(document->haru);
}

struct object *document_catalogue(const struct document *document) {
    return document->catalogue;
}

struct object *document_information(const struct document *document) {
    return document->information;
}

struct object *document_page_tree(const struct document *document) {
    return document->page_tree;
}

uint32_t document_next(const struct document *document) {
    return document->haru->xref->entries->count;
}

static HPDF_STATUS write_out(HPDF_Stream stream, const HPDF_BYTE *bytes, HPDF_UINT size) {
    str_add(stream->attr, bytes, size);
    return HPDF_OK;
}

int document_write(struct document *document, struct str *out) {
    HPDF_Doc haru = document->haru;
    if (HPDF_GetError(haru) != HPDF_OK)
        return -1;
    size_t start = out->length;
    /* HPDF_SaveToStream writes to the stream that the document has, if it has one: ours, and not a list of small blocks
     * to be copied together afterwards. The document frees it. */
    haru->stream = HPDF_CallbackWriter_New(haru->mmgr, write_out, out);
    if (haru->stream == NULL || HPDF_SaveToStream(haru) != HPDF_OK)
        return -1;
    str_cut(out, start + haru->xref->addr);
    return 0;
}

uint32_t document_offset(const struct document *document, uint32_t number) {
    const HPDF_XrefEntry_Rec *entry = HPDF_List_ItemAt(document->haru->xref->entries, number);
    return entry->byte_offset;
}
