"""The list in every dress that spreadsheets give it: the same letters come out, byte for byte."""
import pytest

from conftest import DATE, HEADER, MODEL, csv_text, pdf_words, person

# What Windows-1252 and Mac Roman can both hold.
ROWS = [
    person(1, Name="Zoë Müller", MP="Renée D’Arcy-Invented"),
    person(2, Name="Liam O’Brien", **{"Address line 1": "Flat 3, “The Gables”", "Constituency": "Ynys Môn"}),
    person(3, Name="José Núñez", **{"Address line 2": "Rue Élysée – Nord", "Ward": "St Mary’s; East, and \"West\""}),
    person(4, Name="Ångström Sørensen", **{"Address line 3": ""}),
    person(5, Name="François Lefèvre"),
    person(6, Name="Anna Schröder"),
    person(7, Name="Chloë Fitzgerald-Smythe"),
]

SEPARATORS = {"commas": ",", "semicolons": ";", "tabs": "\t"}
ENCODINGS = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16LE": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "Windows-1252": lambda text: text.encode("cp1252"),
    "Mac Roman": lambda text: text.encode("mac_roman"),
}
OTHERS = {
    "UTF-16LE without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-16BE": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16BE without a mark": lambda text: text.encode("utf-16-be"),
}


def write_as(desk, content):
    desk.file("model.md", MODEL)
    desk.file("list.csv", content)
    result = desk.write("model.md", "list.csv")
    assert result.status == 0, result
    return {p.name: p.read_bytes() for p in desk.letters()}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    from conftest import Desk

    desk = Desk(tmp_path_factory.mktemp("expected"))
    letters = write_as(desk, csv_text(ROWS).encode())
    assert len(letters) == len(ROWS)
    for row, letter in zip(ROWS, desk.letters()):
        for value in row[:5] + row[6:]:
            assert value in pdf_words(letter), value
    return letters


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_same_letters_from_every_encoding_and_separator(desk, expected, encoding, separator):
    text = csv_text(ROWS, separator=SEPARATORS[separator])
    assert write_as(desk, ENCODINGS[encoding](text)) == expected


@pytest.mark.parametrize("encoding", OTHERS)
def test_same_letters_from_further_encodings(desk, expected, encoding):
    assert write_as(desk, OTHERS[encoding](csv_text(ROWS, separator="\t"))) == expected


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_same_letters_from_every_line_end(desk, expected, encoding, line_end):
    text = csv_text(ROWS, line_end=line_end)
    assert write_as(desk, ENCODINGS[encoding](text)) == expected


def test_same_letters_from_decomposed_text(desk, expected):
    import unicodedata

    text = csv_text(ROWS)
    decomposed = unicodedata.normalize("NFD", text)
    assert decomposed != text
    assert write_as(desk, decomposed.encode()) == expected


@pytest.mark.parametrize("dress", ["sep=", "title rows", "empty rows and columns", "bars", "spaces", "no last line end"])
def test_same_letters_from_what_excel_does(desk, expected, dress):
    text = {
        "sep=": "sep=;\r\n" + csv_text(ROWS, separator=";"),
        "title rows": csv_text([["Members of the branch, November 2026"], []], header=None) + csv_text(ROWS),
        "empty rows and columns": csv_text([row + ["", ""] for row in ROWS], HEADER + ["", ""])
        + "," * (len(HEADER) + 1) + "\r\n" + "\r\n" + "," * 3 + "\r\n",
        "bars": csv_text(ROWS, separator="|"),
        "spaces": csv_text([[f"  {cell}\u00a0 " for cell in row] for row in ROWS], [f" {name} " for name in HEADER]),
        "no last line end": csv_text(ROWS).rstrip("\r\n"),
    }[dress]
    assert write_as(desk, text.encode()) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_message_says_what_was_found(desk, encoding):
    desk.file("model.md", MODEL)
    desk.file("list.csv", ENCODINGS[encoding](csv_text(ROWS, separator=";")))
    result = desk.run("-t", "model.md", "-i", "list.csv", "check")
    said = (result.out + result.err).replace("-", "").replace(" ", "").lower()
    assert encoding.split(" with")[0].replace("-", "").replace(" ", "").lower() in said, result
    assert "semicolons" in said


def test_the_configuration_may_name_the_encoding(desk, expected):
    """Read as what it is not, the text is another: the setting is obeyed."""
    text = csv_text(ROWS).encode("mac_roman")
    desk.file("model.md", MODEL)
    desk.file("list.csv", text)
    result = desk.write("model.md", "list.csv", "-o", "campaign.encoding=macintosh")
    assert result.status == 0, result
    assert {p.name: p.read_bytes() for p in desk.letters()} == expected
    result = desk.write("model.md", "list.csv", "-o", "campaign.encoding=windows-1252", "-o", "campaign.name=wrong")
    assert {p.name: p.read_bytes() for p in desk.letters("wrong")} != expected
    result = desk.write("model.md", "list.csv", "-o", "campaign.encoding=klingon")
    assert result.status == 78, result
    assert "klingon" in result.err


def test_cells_hold_line_breaks_and_quotation_marks(desk):
    desk.file("model.md", MODEL.replace("Please ask", "[personal message]\n\nPlease ask"))
    rows = [person(1) + ['They said: "no".\r\n\r\nI say: "why?"'], person(2) + [""]]
    desk.file("list.csv", csv_text(rows, HEADER + ["Personal message"]))
    result = desk.write("model.md", "list.csv")
    assert result.status == 0, result
    words = pdf_words(desk.letters()[0])
    assert 'They said: "no". I say: "why?" Please ask' in words, "a value's own quotation marks stay as they are"


def test_postcodes_are_written_as_royal_mail_does(desk):
    given = {"sw1a1aa": "SW1A 1AA", "L20-3nx": "L20 3NX", "gir0aa": "GIR 0AA", "bfpo 58": "BFPO 58", "BF1 3AA": "BF1 3AA"}
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(i, Postcode=code) for i, code in enumerate(given)]))
    result = desk.write("model.md", "list.csv")
    assert result.status == 0, result
    for letter, code in zip(desk.letters(), given.values()):
        assert code in pdf_words(letter)
