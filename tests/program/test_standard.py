"""
PDF/UA-1 (ISO 14289-1) and PDF/A-2a (ISO 19005-2): every clause that a machine can look at and that concerns a letter,
one test each, over letters of every kind. Postbag claims both standards in its files as far as this list goes.

    python3 tests/program/test_standard.py >doc/standards.md        writes the list as users read it

What a clause forbids that nothing in Postbag could make (films, forms, scripts, layers, attachments, encryption) is
looked at too, where it is one key; the rest of the standards is about such things and about readers.
"""
import base64
import functools
import json
import os
import re
import struct
import sys
import zlib
import xml.etree.ElementTree as ElementTree

try:
    import pytest
    from conftest import DATE, MODEL, ROOT, Desk, command, csv_text, pdf_text, person
except ImportError:  # only the list is asked for
    pytest = None

UA, A = "ISO 14289-1", "ISO 19005-2"
CLAUSES = []  # (standard, number, sentence, function)


def clause(standard, *numbers):
    """Registers a check, whose docstring says what the clause asks for."""
    def register(check):
        for number in numbers:
            CLAUSES.append((UA if standard == "ua" else A, number, " ".join(check.__doc__.split()), check))
        return check
    return register


# What is in a file


class Pdf:
    """A file as qpdf's JSON has it, with its streams decoded and its pages' operators read."""

    def __init__(self, path):
        self.path = path
        self.bytes = path.read_bytes()
        described = json.loads(command("qpdf", "--json=2", "--json-key=qpdf", "--json-stream-data=inline",
                                       "--decode-level=all", path))
        self.objects = described["qpdf"][1]
        self.trailer = self.objects.pop("trailer")["value"]
        self.catalog = self.get(self.trailer["/Root"])

    def get(self, value):
        """VALUE, or what it refers to: a dictionary, also of a stream."""
        if isinstance(value, str) and re.fullmatch(r"\d+ \d+ R", value):
            thing = self.objects.get("obj:" + value, {"value": None})
            return thing["stream"]["dict"] if "stream" in thing else thing["value"]
        return value

    def stream(self, reference):
        return base64.b64decode(self.objects["obj:" + reference]["stream"]["data"])

    def dictionaries(self):
        """Every dictionary of the file, also those inside others."""
        def walk(value):
            if isinstance(value, dict):
                yield value
                for inner in value.values():
                    yield from walk(inner)
            elif isinstance(value, list):
                for inner in value:
                    yield from walk(inner)
        for thing in self.objects.values():
            yield from walk(thing["stream"]["dict"] if "stream" in thing else thing["value"])

    def of_type(self, kind):
        return [d for d in self.dictionaries() if d.get("/Type") == kind]

    @functools.cached_property
    def pages(self):
        """The references of the pages, in order."""
        def walk(reference):
            node = self.get(reference)
            return [reference] if node["/Type"] == "/Page" else [p for kid in node["/Kids"] for p in walk(kid)]
        return walk(self.catalog["/Pages"])

    @functools.cached_property
    def contents(self):
        """For each page its operators: (operands, operator, brackets), brackets as [(tag, properties), …]."""
        found = []
        for page in self.pages:
            brackets, operators = [], []
            for operands, operator in tokens(self.stream(self.get(page)["/Contents"])):
                if operator in ("BDC", "BMC"):
                    brackets = brackets + [(operands[0], operands[1] if operator == "BDC" else {})]
                operators.append((operands, operator, brackets))
                if operator == "EMC":
                    assert brackets, "EMC without a beginning"
                    brackets = brackets[:-1]
            assert not brackets, "brackets that do not end on their page"
            found.append(operators)
        return found

    @functools.cached_property
    def shown(self):
        """Which codes each font shows: {reference: {code, …}}, and the same with the ActualText around them."""
        fonts, texts = {}, []
        for page, operators in zip(self.pages, self.contents):
            named = self.get(self.get(self.get(page)["/Resources"])["/Font"])
            for operands, operator, brackets in operators:
                if operator == "Tf":
                    font = named[operands[0]]
                if operator in ("Tj", "TJ"):
                    strings = [s for s in (operands[0] if operator == "TJ" else operands) if isinstance(s, bytes)]
                    for string in strings:
                        assert len(string) % 2 == 0
                        codes = {string[i] << 8 | string[i + 1] for i in range(0, len(string), 2)}
                        fonts.setdefault(font, set()).update(codes)
                        texts.append((font, codes, any("ActualText" in p for _, p in brackets)))
        return fonts, texts

    def font(self, reference):
        """Font, descendant and descriptor."""
        font = self.get(reference)
        descendant = self.get(self.get(font["/DescendantFonts"])[0])
        return font, descendant, self.get(descendant["/FontDescriptor"])

    @functools.cached_property
    def elements(self):
        """The structure in the order of reading: (reference, dictionary, reference of the parent)."""
        found = []
        def walk(reference, parent):
            element = self.get(reference)
            found.append((reference, element, parent))
            for kid in kids_of(element):
                if isinstance(kid, str):
                    walk(kid, reference)
        for kid in kids_of(self.get(self.catalog["/StructTreeRoot"])):
            walk(kid, self.catalog["/StructTreeRoot"])
        return found

    def of_kind(self, *kinds):
        return [e for e in self.elements if e[1]["/S"].removeprefix("/") in kinds]

    def kinds_of_kids(self, element):
        return [self.get(k)["/S"].removeprefix("/") for k in kids_of(element) if isinstance(k, str)]

    @functools.cached_property
    def metadata(self):
        return self.stream(self.catalog["/Metadata"])

    @functools.cached_property
    def xmp(self):
        root = ElementTree.fromstring(re.sub(rb"<\?xpacket.*?\?>", b"", self.metadata))
        return root.find("rdf:RDF/rdf:Description", XMP)

    @functools.cached_property
    def information(self):
        return self.get(self.trailer["/Info"])


XMP = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/", "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/", "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "extension": "http://www.aiim.org/pdfa/ns/extension/", "schema": "http://www.aiim.org/pdfa/ns/schema#",
    "property": "http://www.aiim.org/pdfa/ns/property#",
}


def kids_of(element):
    kids = element.get("/K", [])
    return kids if isinstance(kids, list) else [kids]


def tokens(content):
    """The operators of a content stream: (operands, operator). No inline images, which Postbag never writes."""
    scanner = re.compile(rb"\s+|%[^\n]*|(?P<name>/[^\s()<>\[\]{}/%]*)|(?P<number>[-+]?\d*\.?\d+)|(?P<open><<|\[)|"
                         rb"(?P<close>>>|\])|<(?P<hex>[0-9A-Fa-f\s]*)>|(?P<string>\()|(?P<operator>[A-Za-z'\"*]+[01]?)")
    stack, at = [[]], 0
    while at < len(content):
        found = scanner.match(content, at)
        assert found, content[at:at + 20]
        at = found.end()
        if found["name"]:
            stack[-1].append(found["name"].decode())
        elif found["number"]:
            stack[-1].append(float(found["number"]))
        elif found["open"]:
            stack.append([])
        elif found["close"]:
            inner = stack.pop()
            if found["close"] == b">>":
                inner = {k.removeprefix("/"): v for k, v in zip(inner[::2], inner[1::2])}
            stack[-1].append(inner)
        elif found["hex"] is not None:
            stack[-1].append(bytes.fromhex(found["hex"].decode()))
        elif found["string"]:
            string, at = literal(content, at)
            stack[-1].append(string)
        elif found["operator"]:
            assert len(stack) == 1
            yield stack[0], found["operator"].decode()
            stack = [[]]
    assert stack == [[]]


def literal(content, at):
    """A literal string from behind its first bracket, and where it ends."""
    out, depth = bytearray(), 1
    while True:
        byte = content[at]
        at += 1
        if byte == ord("\\"):
            out += {b"r": b"\r", b"n": b"\n"}.get(content[at:at + 1], content[at:at + 1])
            at += 1
            continue
        depth += {ord("("): 1, ord(")"): -1}.get(byte, 0)
        if depth == 0:
            return bytes(out), at
        out.append(byte)


def to_unicode(cmap):
    """A ToUnicode CMap as {code: text}."""
    def text(digits):
        return bytes.fromhex(digits).decode("utf-16-be")
    found = {}
    for block in re.findall(r"beginbfchar\n(.*?)endbfchar", cmap, re.S):
        found.update((int(code, 16), text(digits)) for code, digits in re.findall(r"<(\w+)><(\w+)>", block))
    for block in re.findall(r"beginbfrange\n(.*?)endbfrange", cmap, re.S):
        for first, last, digits in re.findall(r"<(\w+)><(\w+)><(\w+)>", block):
            for code in range(int(first, 16), int(last, 16) + 1):
                found[code] = chr(ord(text(digits)) + code - int(first, 16))
    return found


def truetype(program):
    """Of a TrueType program: how many glyphs it has, and their advances in thousandths of an em."""
    tables = {}
    for i in range(struct.unpack(">H", program[4:6])[0]):
        tag, _, offset, length = struct.unpack(">4sIII", program[12 + 16 * i:28 + 16 * i])
        tables[tag] = program[offset:offset + length]
    em, = struct.unpack(">H", tables[b"head"][18:20])
    metrics, = struct.unpack(">H", tables[b"hhea"][34:36])
    glyphs, = struct.unpack(">H", tables[b"maxp"][4:6])
    advances = [struct.unpack(">H", tables[b"hmtx"][4 * min(i, metrics - 1):][:2])[0] * 1000 / em for i in range(glyphs)]
    return glyphs, advances


# PDF/UA-1, by number


@clause("ua", "5")
def identifies_itself_as_ua(pdf):
    """The metadata says pdfuaid:part 1."""
    assert pdf.xmp.findtext("pdfuaid:part", namespaces=XMP) == "1"


@clause("ua", "6.1")
@clause("a", "6.1.2")
def header(pdf):
    """The file begins with %PDF-1.7, and the next line is a comment of four bytes above 127."""
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}\n", pdf.bytes)


@clause("ua", "6.2")
@clause("a", "6.7.2.2")
def marked(pdf):
    """The catalogue says that the document is tagged."""
    assert pdf.catalog["/MarkInfo"]["/Marked"] is True


@clause("ua", "7.1")
def no_artifact_in_the_text(pdf):
    """No artifact stands inside tagged content, nor tagged content inside an artifact."""
    for operators in pdf.contents:
        for _, _, brackets in operators:
            tagged = ["MCID" in p for _, p in brackets]
            artifacts = [tag == "/Artifact" for tag, _ in brackets]
            assert not (any(tagged) and any(artifacts))


@clause("ua", "7.1")
def all_is_tagged_or_artifact(pdf):
    """All that is shown or painted is tagged content or an artifact."""
    for operators in pdf.contents:
        for _, operator, brackets in operators:
            if operator in ("Tj", "TJ", "'", '"', "Do", "sh", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*"):
                assert any(tag == "/Artifact" or "MCID" in p for tag, p in brackets)


@clause("ua", "7.1")
def tagged_content_is_in_the_structure(pdf):
    """Every piece of tagged content belongs to one element of the structure, which names it, and is found from it."""
    named = {}
    for reference, element, _ in pdf.elements:
        for kid in kids_of(element):
            if isinstance(kid, int):
                named.setdefault((element["/Pg"], kid), []).append(reference)
            elif isinstance(kid, dict):
                named.setdefault((kid["/Pg"], kid["/MCID"]), []).append(reference)
    marked = [(page, int(operands[1]["MCID"])) for page, operators in zip(pdf.pages, pdf.contents)
              for operands, operator, _ in operators if operator == "BDC" and "MCID" in operands[1]]
    parents = {}
    def walk(node):
        for kid in node.get("/Kids", []):
            walk(pdf.get(kid))
        parents.update(zip(node.get("/Nums", [])[::2], node.get("/Nums", [])[1::2]))
    walk(pdf.get(pdf.get(pdf.catalog["/StructTreeRoot"])["/ParentTree"]))
    found = {(page, i): [element] for page in pdf.pages
             for i, element in enumerate(pdf.get(parents[pdf.get(page)["/StructParents"]]))}
    assert sorted(marked) == sorted(named) and named == found


@clause("ua", "7.1")
def no_suspects(pdf):
    """Nothing is marked as suspect."""
    assert not pdf.catalog["/MarkInfo"].get("/Suspects", False)


@clause("ua", "7.1")
@clause("a", "6.7.3.4")
def standard_types(pdf):
    """Elements are of the standard types, and none is mapped to another."""
    assert {e["/S"] for _, e, _ in pdf.elements} <= {
        "/Document", "/Sect", "/BlockQuote", "/P", "/H1", "/H2", "/L", "/LI", "/Lbl", "/LBody", "/Figure",
        "/Table", "/TR", "/TH", "/TD"}
    assert "/RoleMap" not in pdf.get(pdf.catalog["/StructTreeRoot"])


@clause("ua", "7.1")
@clause("a", "6.6.2.1")
def has_metadata(pdf):
    """The catalogue leads to the document's metadata, an XMP packet."""
    entries = pdf.get(pdf.catalog["/Metadata"])
    assert entries["/Type"] == "/Metadata" and entries["/Subtype"] == "/XML"


@clause("ua", "7.1")
def has_title(pdf):
    """The metadata holds the document's title, the same as the information dictionary."""
    assert pdf.xmp.findtext("dc:title/rdf:Alt/rdf:li", namespaces=XMP) == pdf.information["/Title"].removeprefix("u:")


@clause("ua", "7.1")
def shows_title(pdf):
    """Readers are told to show the title and not the file's name."""
    assert pdf.catalog["/ViewerPreferences"]["/DisplayDocTitle"] is True


@clause("ua", "7.1")
@clause("a", "6.7.3.3")
def has_structure(pdf):
    """The document has a structure, one Document element, and every page has a part in it."""
    root = pdf.get(pdf.catalog["/StructTreeRoot"])
    assert root["/Type"] == "/StructTreeRoot"
    assert [e["/S"] for _, e, parent in pdf.elements if parent == pdf.catalog["/StructTreeRoot"]] == ["/Document"]
    assert [pdf.get(p)["/StructParents"] for p in pdf.pages] == list(range(len(pdf.pages)))


@clause("ua", "7.1")
def parents(pdf):
    """Every element says which one it stands in."""
    assert all(element["/P"] == parent for _, element, parent in pdf.elements)


@clause("ua", "7.2")
def has_language(pdf):
    """The document says which language it is in: that also of its title, its outline and alternative texts."""
    assert pdf.catalog["/Lang"] in ("u:en-GB", "u:cy")
    assert pdf.xmp.findtext("dc:language/rdf:Bag/rdf:li", namespaces=XMP) == pdf.catalog["/Lang"].removeprefix("u:")


@clause("ua", "7.2")
@clause("a", "6.7.4")
def valid_languages(pdf):
    """Languages are named as BCP 47 names them."""
    for entries in pdf.dictionaries():
        assert re.fullmatch(r"u:[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", entries.get("/Lang", "u:en"))


@clause("ua", "7.2", "7.6")
def lists(pdf):
    """Lists hold items, items a label and a body, and none of these stands elsewhere."""
    kinds = {reference: e["/S"].removeprefix("/") for reference, e, _ in pdf.elements}
    for _, element, parent in pdf.elements:
        kind = element["/S"].removeprefix("/")
        assert kind != "LI" or kinds[parent] == "L"
        assert kind not in ("Lbl", "LBody") or kinds[parent] == "LI"
        assert kind != "L" or set(pdf.kinds_of_kids(element)) == {"LI"}
        assert kind != "LI" or pdf.kinds_of_kids(element) in (["Lbl", "LBody"], ["LBody"])


@clause("ua", "7.6")
def list_numbering(pdf):
    """Every list says how its items are labelled: by numbers or bullets."""
    for _, element, _ in pdf.of_kind("L"):
        assert element["/A"]["/O"] == "/List" and element["/A"]["/ListNumbering"] in ("/Decimal", "/Disc")


@clause("ua", "7.3")
def figures(pdf):
    """Every picture that is not decoration says in words what it shows, and where it stands."""
    for _, element, _ in pdf.of_kind("Figure"):
        assert len(element["/Alt"]) > len("u:")
        left, bottom, right, top = element["/A"]["/BBox"]
        assert 0 <= left < right <= 595.276 and 0 <= bottom < top <= 841.89


@clause("ua", "7.4.2")
def headings(pdf):
    """The first heading is of level 1, and no level is left out."""
    levels = [int(e["/S"][2]) for _, e, _ in pdf.of_kind("H1", "H2")]
    assert all(level <= before + 1 for before, level in zip([0] + levels, levels))


@clause("ua", "7.4.4")
def numbered_headings(pdf):
    """Headings are numbered throughout: there is no H beside H1 and H2."""
    assert not pdf.of_kind("H")


@clause("ua", "7.5")
def tables(pdf):
    """Tables hold rows, rows as many cells as the first one, and its cells are heads and say that they are of a column."""
    for _, table, _ in pdf.of_kind("Table"):
        rows = [pdf.kinds_of_kids(pdf.get(row)) for row in kids_of(table)]
        assert set(pdf.kinds_of_kids(table)) == {"TR"}
        assert rows[0] == ["TH"] * len(rows[0]) and all(row == ["TD"] * len(rows[0]) for row in rows[1:])
    kinds = {reference: e["/S"] for reference, e, _ in pdf.elements}
    assert all(e["/A"] == {"/O": "/Table", "/Scope": "/Column"} for _, e, _ in pdf.of_kind("TH"))
    assert {kinds[parent] for _, _, parent in pdf.of_kind("TR")} <= {"/Table"}
    assert {kinds[parent] for _, _, parent in pdf.of_kind("TH", "TD")} <= {"/TR"}


@clause("ua", "7.8")
def page_headings(pdf):
    """What further pages repeat at their head is an artifact of pagination, a header or a footer."""
    for operators in pdf.contents:
        for _, operator, brackets in operators:
            for tag, properties in brackets:
                if operator == "TJ" and tag == "/Artifact":
                    assert properties["Type"] == "/Pagination" and properties["Subtype"] in ("/Header", "/Footer")


@clause("ua", "7.10", "7.15", "7.18.1", "7.11")
@clause("a", "6.3.1", "6.4.1", "6.8", "6.9")
def no_annotations_forms_files_layers(pdf):
    """There are no annotations, forms, attachments, or layers."""
    for entries in pdf.dictionaries():
        assert not {"/Annots", "/AcroForm", "/XFA", "/EmbeddedFiles", "/AF", "/OCProperties", "/OC"} & set(entries)


@clause("ua", "7.16")
@clause("a", "6.1.3")
def not_encrypted(pdf):
    """The file is not encrypted."""
    assert "/Encrypt" not in pdf.trailer


@clause("ua", "7.20")
@clause("a", "6.2.9")
def no_forms(pdf):
    """There are no form XObjects, and none that refer to other files or hold PostScript."""
    assert {d["/Subtype"] for d in pdf.dictionaries() if d.get("/Type") == "/XObject"} <= {"/Image"}


@clause("ua", "7.21.3.1", "7.21.3.3")
@clause("a", "6.2.11.3.1", "6.2.11.3.3")
def cmaps(pdf):
    """Composite fonts are encoded by Identity-H."""
    assert pdf.shown[0]
    for reference in pdf.shown[0]:
        font, descendant, _ = pdf.font(reference)
        assert font["/Subtype"] == "/Type0" and font["/Encoding"] == "/Identity-H"
        assert descendant["/CIDSystemInfo"]["/Ordering"] == "u:Identity"


@clause("ua", "7.21.3.2")
@clause("a", "6.2.11.3.2")
def cid_to_gid(pdf):
    """TrueType fonts map their codes to glyphs by identity."""
    for reference in pdf.shown[0]:
        descendant = pdf.font(reference)[1]
        assert descendant["/Subtype"] != "/CIDFontType2" or descendant["/CIDToGIDMap"] == "/Identity"


@clause("ua", "7.21.4.1")
@clause("a", "6.2.11.4.1")
def embedded(pdf):
    """Every font is embedded, and has every glyph that is shown."""
    for reference, codes in pdf.shown[0].items():
        descriptor = pdf.font(reference)[2]
        glyphs, _ = truetype(pdf.stream(descriptor["/FontFile2"]))
        assert max(codes) < glyphs


@clause("ua", "7.21.4.2")
@clause("a", "6.2.11.4.2")
def subsets(pdf):
    """Subsets are named as such, and have no list of glyphs that could be wrong."""
    for reference in pdf.shown[0]:
        font, _, descriptor = pdf.font(reference)
        assert re.match(r"/[A-Z]{6}\+", font["/BaseFont"]) and not {"/CIDSet", "/CharSet"} & set(descriptor)


@clause("ua", "7.21.5")
@clause("a", "6.2.11.5")
def widths(pdf):
    """The widths that the file states are those of the font, to a thousandth of an em."""
    for reference, codes in pdf.shown[0].items():
        _, descendant, descriptor = pdf.font(reference)
        _, advances = truetype(pdf.stream(descriptor["/FontFile2"]))
        first, stated = descendant["/W"]
        assert all(abs(stated[code - first] - advances[code]) <= 1 for code in codes)


@clause("ua", "7.21.7")
@clause("a", "6.2.11.7.2")
def unicode(pdf):
    """Every glyph that is shown is mapped to Unicode, and none to U+0000, U+FEFF or U+FFFE."""
    for reference, codes in pdf.shown[0].items():
        meaning = to_unicode(pdf.stream(pdf.font(reference)[0]["/ToUnicode"]).decode())
        assert codes <= set(meaning)
        assert not set("\0\ufeff\ufffe") & set("".join(meaning.values()))


@clause("ua", "7.21.8")
@clause("a", "6.2.11.8")
def no_notdef(pdf):
    """No missing glyph (.notdef) is shown."""
    assert all(0 not in codes for codes in pdf.shown[0].values())


# PDF/A-2, by number


@clause("a", "6.1.3")
def identifier(pdf):
    """The file has an identifier."""
    first, second = pdf.trailer["/ID"]
    assert first == second and re.fullmatch(r"b:[0-9a-f]{32}", first)


@clause("a", "6.1.3")
def end(pdf):
    """Nothing follows the end of the file."""
    assert pdf.bytes.endswith(b"\n%%EOF\n") and pdf.bytes.count(b"%%EOF") == 1


@clause("a", "6.1.4")
def table(pdf):
    """The table of objects is a cross-reference stream, which the end of the file leads to, and is whole."""
    at = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", pdf.bytes)[1])
    assert re.match(rb"\d+ 0 obj\n<</Type/XRef", pdf.bytes[at:])
    assert "No syntax or stream encoding errors found" in command("qpdf", "--check", pdf.path)


@clause("a", "6.1.6")
def hexadecimal(pdf):
    """Hexadecimal strings hold whole bytes."""
    for page in pdf.pages:
        content = pdf.stream(pdf.get(page)["/Contents"])
        for operands, _ in tokens(content):  # bytes.fromhex refuses half a byte
            assert operands is not None
    for digits in re.findall(rb"(?<!<)<([0-9A-Fa-f]+)>", b"".join(plain_parts(pdf))):
        assert len(digits) % 2 == 0


@clause("a", "6.1.7.1")
def stream_lengths(pdf):
    """Streams are as long as they say, begin behind a line's end, and hold no references to other files."""
    at, count = 0, 0
    while found := re.compile(rb"/Length (\d+)>?>?\s*>>\nstream\n").search(pdf.bytes, at):
        at = found.end() + int(found[1])
        count += 1
        assert pdf.bytes[at:at + 11] == b"\nendstream\n"
    streams = [thing["stream"]["dict"] for thing in pdf.objects.values() if "stream" in thing]
    assert count >= len(streams) and not any({"/F", "/FFilter", "/FDecodeParms"} & set(d) for d in streams)


@clause("a", "6.1.7.2")
def filters(pdf):
    """Streams are compressed by Flate or not at all."""
    raw = json.loads(command("qpdf", "--json=2", "--json-key=qpdf", "--decode-level=none", pdf.path))["qpdf"][1]
    for thing in raw.values():
        assert thing.get("stream", {}).get("dict", {}).get("/Filter", "/FlateDecode") == "/FlateDecode"


@clause("a", "6.1.9")
def object_spacing(pdf):
    """Objects begin with their number, generation and keyword, each on its place, at a line's beginning."""
    heads = re.findall(rb"\n(\d+ 0 obj\n)<<", b"\n" + b"".join(plain_parts(pdf)))
    assert len(heads) == len(re.findall(rb"\bobj\b", b"".join(plain_parts(pdf))))


@clause("a", "6.1.13")
def limits(pdf):
    """Strings, names, numbers and objects stay within the limits, and the page within its own."""
    def walk(value):
        if isinstance(value, dict):
            assert all(len(name) <= 128 for name in value)
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)
        elif isinstance(value, str):
            assert len(value) <= (128 if value.startswith("/") else 32767)
        elif isinstance(value, (int, float)):
            assert abs(value) < 2**31
    for thing in pdf.objects.values():
        walk(thing["stream"]["dict"] if "stream" in thing else thing["value"])
    assert len(pdf.objects) < 8388607
    assert pdf.get(pdf.catalog["/Pages"])["/MediaBox"] == [0, 0, 595.276, 841.89]


@clause("a", "6.1.13")
def nesting(pdf):
    """The graphics state is saved no more than 28 times at once, and restored as often."""
    for operators in pdf.contents:
        depth = 0
        for _, operator, _ in operators:
            depth += {"q": 1, "Q": -1}.get(operator, 0)
            assert 0 <= depth <= 28
        assert depth == 0


@clause("a", "6.2.2")
def operators(pdf):
    """Pages use operators of ISO 32000-1 only."""
    known = "q Q cm w J j M d i gs m l c v y h re S s f F f* B B* b b* n W W* BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* " \
            "Tj TJ ' \" G g RG rg Do BMC BDC EMC".split()
    assert all(operator in known for operators in pdf.contents for _, operator, _ in operators)


@clause("a", "6.2.2")
def own_resources(pdf):
    """Every page names its resources itself, all that it uses."""
    for page, operators in zip(pdf.pages, pdf.contents):
        resources = pdf.get(pdf.get(page)["/Resources"])
        for operands, operator, _ in operators:
            assert operator != "Tf" or operands[0] in resources["/Font"]
            assert operator != "Do" or operands[0] in resources["/XObject"]


@clause("a", "6.2.3")
def output_intent(pdf):
    """The output intent holds a profile of a display for RGB, of a version that PDF/A knows."""
    intent, = pdf.catalog["/OutputIntents"]
    profile = pdf.stream(intent["/DestOutputProfile"])
    assert intent["/S"] == "/GTS_PDFA1" and pdf.get(intent["/DestOutputProfile"])["/N"] == 3
    assert struct.unpack(">I", profile[:4])[0] == len(profile)
    assert profile[8] == 2 and profile[12:24] == b"mntrRGB XYZ " and profile[36:40] == b"acsp"
    count, = struct.unpack(">I", profile[128:132])
    tags = dict((tag, profile[offset:offset + length]) for tag, offset, length in
                (struct.unpack(">4sII", profile[132 + 12 * i:144 + 12 * i]) for i in range(count)))
    assert set(tags) == {b"desc", b"cprt", b"wtpt", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"}
    assert all(len(data) >= 12 for data in tags.values())


@clause("a", "6.2.4.3")
def colours(pdf):
    """Only greys and RGB are used, which the output intent defines."""
    for operators in pdf.contents:
        assert not any(operator in ("K", "k", "cs", "CS", "sc", "SC", "scn", "SCN", "sh") for _, operator, _ in operators)
    for image in pdf.dictionaries():
        assert image.get("/Subtype") != "/Image" or image["/ColorSpace"] in ("/DeviceGray", "/DeviceRGB")


@clause("a", "6.2.5", "6.2.10")
def no_graphics_states(pdf):
    """There are no transfer functions, halftones or blend modes; soft masks blend into the output intent's colours."""
    assert not any({"/TR", "/TR2", "/HTP", "/BM"} & set(d) or d.get("/Type") == "/ExtGState" for d in pdf.dictionaries())


@clause("a", "6.2.8")
def images(pdf):
    """Pictures are of eight bits, not interpolated, and have no alternates."""
    for image in pdf.dictionaries():
        if image.get("/Subtype") == "/Image":
            assert image["/BitsPerComponent"] == 8
            assert not {"/Interpolate", "/Alternates", "/OPI"} & set(image)


@clause("a", "6.2.11.2")
def font_types(pdf):
    """Fonts are of the types and file types of ISO 32000-1, and named."""
    for font in pdf.of_type("/Font"):
        assert font["/Subtype"] in ("/Type0", "/CIDFontType0", "/CIDFontType2") and font["/BaseFont"]
    for reference in pdf.shown[0]:
        assert "/FontFile2" in pdf.font(reference)[2]


@clause("a", "6.2.11.7.3")
def no_private_use(pdf):
    """No glyph means a character of the private use area, or none in particular, without the text beside it."""
    for font, codes, has_text in pdf.shown[1]:
        meaning = to_unicode(pdf.stream(pdf.font(font)[0]["/ToUnicode"]).decode())
        said = "".join(meaning[code] for code in codes)
        assert has_text or not re.search("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]", said)


@clause("a", "6.5.1", "6.5.2")
def no_actions(pdf):
    """There are no actions and no scripts."""
    for entries in pdf.dictionaries():
        assert not {"/AA", "/OpenAction", "/JavaScript", "/JS"} & set(entries) and entries.get("/Type") != "/Action"
        assert "/A" not in entries or "/Title" not in entries  # the outline leads to pages, not to actions


@clause("a", "6.6.2.1")
def packet(pdf):
    """The XMP packet is well-formed, in UTF-8, without the attributes bytes and encoding."""
    head = re.match(rb"<\?xpacket (.*?)\?>", pdf.metadata)[1]
    assert b"bytes=" not in head and b"encoding=" not in head
    pdf.metadata.decode("utf-8")
    assert pdf.xmp is not None


@clause("a", "6.6.2.3.1", "6.6.2.3.3")
def properties(pdf):
    """Metadata are of schemas that PDF/A knows; that of PDF/UA is described beside it."""
    known = {XMP[prefix] for prefix in ("dc", "xmp", "pdf", "pdfaid", "extension")}
    described, = pdf.xmp.findall("extension:schemas/rdf:Bag/rdf:li", XMP)
    assert described.findtext("schema:namespaceURI", namespaces=XMP) == XMP["pdfuaid"]
    assert described.findtext("schema:prefix", namespaces=XMP) == "pdfuaid" and described.findtext("schema:schema", namespaces=XMP)
    item, = described.findall("schema:property/rdf:Seq/rdf:li", XMP)
    assert [item.findtext(f"property:{key}", namespaces=XMP) for key in ("name", "valueType", "category")] == [
        "part", "Integer", "internal"]
    assert item.findtext("property:description", namespaces=XMP)
    assert {element.tag[1:].split("}")[0] for element in pdf.xmp} <= known | {XMP["pdfuaid"]}


@clause("a", "6.6")
def same_information(pdf):
    """The information dictionary and the metadata say the same."""
    year, month, day = re.fullmatch(r"u:D:(\d{4})(\d\d)(\d\d)000000Z", pdf.information["/CreationDate"]).groups()
    assert pdf.xmp.findtext("xmp:CreateDate", namespaces=XMP) == f"{year}-{month}-{day}T00:00:00Z"
    assert pdf.xmp.findtext("pdf:Producer", namespaces=XMP) == pdf.information["/Producer"].removeprefix("u:")
    author = pdf.xmp.findtext("dc:creator/rdf:Seq/rdf:li", namespaces=XMP)
    assert author == (pdf.information["/Author"].removeprefix("u:") if "/Author" in pdf.information else None)


@clause("a", "6.6.4")
def identifies_itself_as_a(pdf):
    """The metadata says pdfaid:part 2 and pdfaid:conformance A."""
    assert pdf.xmp.findtext("pdfaid:part", namespaces=XMP) == "2"
    assert pdf.xmp.findtext("pdfaid:conformance", namespaces=XMP) == "A"


@clause("a", "6.10", "6.11")
def no_presentations(pdf):
    """There are no alternate presentations, and nothing is required of the reader."""
    assert not any({"/AlternatePresentations", "/PresSteps", "/Requirements"} & set(d) for d in pdf.dictionaries())


def plain_parts(pdf):
    """The file's bytes outside its streams."""
    at = 0
    while found := re.compile(rb"/Length (\d+)>?>?\s*>>\nstream\n").search(pdf.bytes, at):
        yield pdf.bytes[at:found.end()]
        at = found.end() + int(found[1])
    yield pdf.bytes[at:]


# Letters of every kind

LONG_PARAGRAPH = " ".join(
    f"{n}: the library has served this town for generations, and its reading room, its children's corner and its "
    "unfailingly friendly staff are worth more than what an incomprehensible reorganisation would save. It is warm there, "
    "it is dry, and nobody is asked to buy anything; where else is that so on a wet afternoon in November?"
    for n in "ABCDEFGHIJKLMNOP")

LISTS = """\
Subject: Three points

[Address line 1]
[Address line 2]
[Address line 3]
[Postcode]

[Date]

Dear [MP's name]

# What we ask

- A first point, which is long enough that it goes on in a second line, where it stands under its own beginning.

  With a second paragraph.

  1. And a numbered list
  2. in it.
- A second point.

> What somebody said.

## Why

Because.

Yours sincerely

[name]
"""

WELSH = """\
Subject: Y llyfrgell
Language: cy

[Address line 1]
[Address line 2]
[Address line 3]
[Postcode]

[Date]

Annwyl [MP's name]

Yr wyf yn ysgrifennu atoch ynghylch y llyfrgell yn Nhŵyn, sydd dan fygythiad; gofynnwch i'r cyngor ei chadw ar agor.

Yn gywir

[name]
"""


def make_all(base):
    """A letter of each kind: {kind: path}."""
    made = {}

    def write(kind, model, rows, *arguments, command=("write",), files=()):
        path = base / kind
        path.mkdir()
        desk = Desk(path)
        for name, content in files:
            desk.file(name, content)
        name = desk.file("model.txt" if model is MODEL else "model.md", model)
        arguments = ["-o", DATE, "-t", name, "-i", desk.file("list.csv", csv_text(rows)), *arguments]
        result = desk.run(*arguments, *command)
        assert result.status == 0, result
        made[kind] = min((path / "out").rglob("*.pdf"))

    write("short", MODEL, [person(1)])
    long = MODEL.replace("Please ask", LONG_PARAGRAPH + "\n\nPlease ask")
    write("two pages", long, [person(2)], "-o", "letter.margins=50 50 32 22")
    write("Welsh", WELSH, [person(3, Name="Siân Ŵyn")])
    write("Arabic name", MODEL, [person(4, Name="محمد عبد الله")])
    write("lists", LISTS, [person(5)])
    write("draft", MODEL, [person(6)], command=["preview"])
    write("hostile title", MODEL.replace("[ward|our town]", "[ward]"), [person(7, Ward="<b>&]]> (a) \\")])
    write("pictures", MODEL, [person(8)], "-o", "letter.logo=logo.png", "-o", "letter.logo_text=A red square",
          "-o", "letter.signature=signature.png",
          files=[("logo.png", picture(b"\xff\0\0" * 64, 2)), ("signature.png", picture(b"\0\0\xff\x80" * 64, 6))])
    write("combined", LISTS, [person(i) for i in range(1, 46)], command=["write", "--combined"])
    made["sign-off list"] = made["combined"].with_name("sign-off.pdf")
    write("bundles", MODEL, [person(i) for i in range(1, 15)], command=["write", "--combined", "--sort", "mp"])
    return made


def picture(samples, kind):
    """A PNG of 8 by 8 pixels."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    row = len(samples) // 8
    rows = b"".join(b"\0" + samples[i:i + row] for i in range(0, len(samples), row))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, kind, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


KINDS = ["short", "two pages", "Welsh", "Arabic name", "lists", "draft", "hostile title", "pictures", "combined",
         "sign-off list", "bundles"]

if pytest:
    @pytest.fixture(scope="module")
    def letters(tmp_path_factory):
        return {kind: Pdf(path) for kind, path in make_all(tmp_path_factory.mktemp("standard")).items()}

    @pytest.mark.parametrize("check", dict.fromkeys(check for *_, check in CLAUSES), ids=lambda check: check.__name__)
    @pytest.mark.parametrize("kind", KINDS)
    def test_clause(letters, kind, check):
        check(letters[kind])


def structure_text(path):
    """The strings of the structure in the order of reading, each paragraph's in one."""
    text = []
    for line in command("pdfinfo", "-struct-text", path).splitlines():
        found = re.fullmatch(r' *"(.*)"', line)
        if not found:
            text.append("\n")
        else:
            text.append(found[1])
    return [part for part in "".join(text).split("\n") if part.strip()]


def cell_text(pdf, reference):
    """What stands in an element that holds parts of one page."""
    element, codes = pdf.get(reference), []
    if not kids_of(element):
        return ""
    page = pdf.pages.index(element["/Pg"])
    named = pdf.get(pdf.get(pdf.get(pdf.pages[page])["/Resources"])["/Font"])
    text = []
    for operands, operator, brackets in pdf.contents[page]:
        if operator == "Tf":
            meaning = to_unicode(pdf.stream(pdf.font(named[operands[0]])[0]["/ToUnicode"]).decode())
        if operator == "TJ" and any(p.get("MCID") in kids_of(element) for _, p in brackets):
            shown = b"".join(s for s in operands[0] if isinstance(s, bytes))
            text += [meaning[shown[i] << 8 | shown[i + 1]] for i in range(0, len(shown), 2)]
    return "".join(text).strip()


def test_reading_order(letters):
    assert structure_text(letters["short"].path) == [
        *(cell for cell in person(1)[1:5]), "22 November 2026", f"{person(1)[8]} MP".replace(" MP MP", " MP"),
        "House of Commons", "London", "SW1A 0AA", f"Dear {person(1)[8]}", "The library in Church",
        f"I am a constituent in {person(1)[7]}, and I write about the library.",
        "Please ask the council to keep it open.", "Yours sincerely", person(1)[0]]


def test_structure_of_lists(letters):
    kinds = [(e["/S"].removeprefix("/")) for _, e, _ in letters["lists"].elements]
    assert " ".join(kinds[kinds.index("H1"):]) == (
        "H1 H2 L LI Lbl LBody P P L LI Lbl LBody P LI Lbl LBody P LI Lbl LBody P BlockQuote P H2 P P P")


def test_paragraph_on_two_pages(letters):
    pdf = letters["two pages"]
    parted = [e for _, e, _ in pdf.elements if any(isinstance(kid, dict) for kid in kids_of(e))]
    assert [e["/S"] for e in parted] == ["/P"] and len(pdf.pages) == 2
    assert "Page 2 of 2" in pdf_text(pdf.path) and not any("Page 2" in part for part in structure_text(pdf.path))


def test_pictures_are_read_where_they_stand(letters):
    figures = [e["/Alt"] for _, e, _ in letters["pictures"].of_kind("Figure")]
    kinds = [e["/S"] for _, e, _ in letters["pictures"].elements]
    assert figures[0] == "u:A red square" and len(figures) == 2
    assert kinds[1] == "/Figure" and kinds[-3:] == ["/P", "/Figure", "/P"]


def test_sign_off_list_is_a_table(letters):
    """Its heads are read once, its rows on both pages, and in each the number, the name, and whom the letter is to."""
    pdf = letters["sign-off list"]
    (_, table, _), = pdf.of_kind("Table")
    heads, *rows = [[cell_text(pdf, cell) for cell in kids_of(pdf.get(row))] for row in kids_of(table)]
    assert len(pdf.pages) == 2 and heads == ["Row", "Name", "To", "Signed"]
    # A name that is too long for its column goes on in the same cell; nobody has signed yet.
    assert rows == [[str(i), person(i)[0], f"{person(i)[8]} MP".replace(" MP MP", " MP"), ""]
                    for i in range(1, 46)]
    assert pdf_text(pdf.path).count("Signed") == 2


def test_combined_file(letters):
    pdf = letters["combined"]
    assert [e["/T"] for _, e, _ in pdf.of_kind("Sect")] == [f"u:{person(i)[0]}" for i in range(1, 46)]
    assert len(pdf.pages) == 45 and "/Outlines" in pdf.catalog


def test_campaign_of_any_bytes(desk):
    """A file's name, after which the campaign is called, need not be UTF-8; what is said of the PDF must be."""
    model = desk.file(os.fsdecode(b"b\xe9d\xff.md"), LISTS)
    process = desk.start("-o", DATE, "-t", model, "-i", desk.file("list.csv", csv_text([person(1)])), "write", "--combined")
    process.communicate()
    assert process.returncode == 0
    for path in (desk.path / "out").rglob("*.pdf"):
        has_title(Pdf(path))
        packet(Pdf(path))


def test_copying_gives_the_text_back(letters):
    """Line ends and soft hyphens aside, and what stands at the head of the second page."""
    pages = pdf_text(letters["two pages"].path).split("\f")
    pages[1] = pages[1].split("Page 2 of 2\n")[1]
    text = "".join(pages)
    assert "\u00ad\n" in text
    assert LONG_PARAGRAPH.replace("'", "\u2019") in " ".join(re.sub("\u00ad\n+", "", text).split())


def as_markdown():
    lines = ["# The clauses that are tested", "",
             "Letters are tagged PDF, and say of themselves that they keep to PDF/UA-1 (readable by everyone) and",
             "PDF/A-2a (fit for archives). No validator is at hand where Postbag is built, so its tests",
             "(tests/program/test_standard.py) look at these clauses of the two standards, one by one, in letters of every",
             "kind: short, of two pages, in Welsh, with an Arabic name, lists or pictures, a draft, and in combined files with cover",
             "sheets and sign-off lists. That is what the claim rests on, and all. A PDF without a title or a language makes no",
             "such claim.", ""]
    for standard, title in ((UA, "PDF/UA-1"), (A, "PDF/A-2")):
        lines += [f"## {title} ({standard})", "", "| clause | what is looked at |", "| --- | --- |"]
        own = [(number, sentence) for s, number, sentence, _ in CLAUSES if s == standard]
        own.sort(key=lambda entry: [int(part) for part in entry[0].split(".")])
        lines += [f"| {number} | {sentence} |" for number, sentence in own] + [""]
    return "\n".join(lines)


def test_list_for_users():
    """doc/standards.md is what this file prints."""
    assert (ROOT / "doc" / "standards.md").read_text() == as_markdown()


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
