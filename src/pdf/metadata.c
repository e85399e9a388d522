/*
 * A description comes in, an XMP packet goes out. The one idea: the packet is written by hand, since its form is always
 * the same, and only what comes from outside needs care: it is escaped, and what XML cannot say is left out.
 */
#include "pdf/metadata.h"

#include <string.h>

#include "base/text.h"

/* TEXT as XML's character data. Control characters cannot be written in XML 1.0 (§2.2), not even as a reference. */
static void add_escaped(struct str *out, const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        size_t start = at;
        uint32_t c = text_next(text, length, &at);
        if (c == '&')
            str_adds(out, "&amp;");
        else if (c == '<')
            str_adds(out, "&lt;");
        else if (c == '>')
            str_adds(out, "&gt;");
        else if (c >= ' ' && c != 0xFFFE && c != 0xFFFF)
            str_add(out, text + start, at - start);
        else if (c == '\t' || c == '\n')
            str_addf(out, "&#%u;", (unsigned)c);
    }
}

/* BEFORE, TEXT, AFTER; nothing where there is no text. */
static void add_text(struct str *out, const char *before, const char *text, const char *after) {
    if (text == NULL || *text == '\0')
        return;
    str_adds(out, before);
    add_escaped(out, text, strlen(text));
    str_adds(out, after);
}

/*
 * PDF/A wants a description of every property that it does not know itself (ISO 19005-2 §6.6.2.3.3), and that is PDF/UA's
 * own mark.
 */
static const char claims[] =
    "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>\n"
    "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">"
    "<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\n"
    "<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType=\"Resource\">"
    "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\n";

static const char namespaces[] =
    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""
    " xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\"";
static const char claims_namespaces[] = "\n xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\""
                                        " xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\"\n"
                                        " xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\""
                                        " xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\"\n"
                                        " xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\"";

static bool is_said(const char *text) {
    return text != NULL && *text != '\0';
}

void metadata_add(struct str *out, const char *title, const char *author, const char *language, struct date date) {
    bool claimed = is_said(title) && is_said(language);
    str_adds(out,
             "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
             "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
             "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n<rdf:Description rdf:about=\"\"");
    str_adds(out, namespaces);
    str_adds(out, claimed ? claims_namespaces : "");
    str_adds(out, ">\n<dc:format>application/pdf</dc:format>\n");
    add_text(out, "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">", title, "</rdf:li></rdf:Alt></dc:title>\n");
    add_text(out, "<dc:creator><rdf:Seq><rdf:li>", author, "</rdf:li></rdf:Seq></dc:creator>\n");
    add_text(out, "<dc:language><rdf:Bag><rdf:li>", language, "</rdf:li></rdf:Bag></dc:language>\n");
    str_addf(out, "<pdf:Producer>Postbag</pdf:Producer><xmp:CreateDate>%04d-%02d-%02dT00:00:00Z</xmp:CreateDate>\n",
             date.year, date.month, date.day);
    str_adds(out, claimed ? claims : "");
    str_adds(out, "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>");
}
