"""What the letters look like from outside: their text, their names, their document properties; and that nothing in a
list or a name gets further than onto the paper."""
import subprocess
import json
import os
import re
import stat

import pytest

from conftest import (DATE, HEADER, MODEL, assert_sound, command, csv_text, pdf_catalogue_and_info, pdf_fonts, pdf_pages,
                      pdf_placed, pdf_text, pdf_words, person)

PLAIN_NAME = re.compile(r"\d{4,}(-[a-z0-9]+)*\.pdf")


def write(desk, rows, *arguments, model=MODEL, status=0, header=HEADER, suffix=".md"):
    desk.file(f"model{suffix}", model)
    desk.file("list.csv", csv_text(rows, header))
    result = desk.write(f"model{suffix}", "list.csv", *arguments)
    assert result.status == status, result
    return result


# What they say


@pytest.mark.parametrize("name", [
    "Siân Ŵyn-Prydderch", "Łukasz Wiśniewski", "Ελένη Παπαδοπούλου", "ليلى حداد", "Liam O’Brien", "Seán D'Arcy",
    "Nguyễn Thị Hạnh", "Þóra Þórðardóttir", "Ștefan Țepeș", "שרה כהן", "Ольга Петрова", "Zoë Office-ffrench",
])
def test_names_extract_as_they_were_written(desk, name):
    write(desk, [person(1, Name=name)])
    [letter] = desk.letters()
    words = pdf_words(letter)
    assert words.count(name) >= 1, words
    assert_sound(letter)


def test_a_name_of_two_directions_keeps_its_order(desk):
    """pdftotext puts the space between the two where it likes."""
    write(desk, [person(1, Name="محمد Smith-Jones")])
    [letter] = desk.letters()
    assert "محمدSmith-Jones" in pdf_words(letter).replace(" ", "")
    assert_sound(letter)


def test_text_is_kerned_and_has_the_faces_it_asks_for(desk):
    model = MODEL.replace("Please ask", "Please *kindly* and **firmly** ask")
    write(desk, [person(1)], model=model)
    fonts = [name for name, *_ in pdf_fonts(desk.letters()[0])]
    assert any("Bold" in name for name in fonts) and any("Italic" in name for name in fonts), fonts
    assert "Please kindly and firmly ask" in pdf_words(desk.letters()[0])


def test_lists_quotations_and_links(desk):
    model = MODEL.replace("Please ask", "- one\n- two\n\n1. first\n2. second\n\n> quoted words\n\n"
                          "See <https://branch.example/library>.\n\nPlease ask")
    write(desk, [person(1)], model=model)
    words = pdf_words(desk.letters()[0])
    assert "• one • two" in words and "1. first 2. second" in words
    assert "quoted words" in words and "https://branch.example/library" in words


def test_values_with_markup_appear_as_they_are(desk):
    values = {"Name": "*Jane* **Doe**", "Ward": "[ward](x)", "Constituency": "<b>Bootle</b> & `co` \\[x] _y_",
              "Address line 1": "[if ward] 1. High Street", "MP": "[name] # *Invented*"}
    write(desk, [person(1, **values)])
    [letter] = desk.letters()
    words = pdf_words(letter)
    for value in values.values():
        assert value in words, (value, words)
    assert f"The library in {values['Ward']}" in words
    assert "Bold" in " ".join(name for name, *_ in pdf_fonts(letter)), "only the subject and the name are bold"


def test_straight_quotes_of_the_model_are_curled_and_those_of_values_are_not(desk):
    write(desk, [person(1, Constituency="D'Arcy \"East\"")], model=MODEL.replace("Please ask", "It's \"ours\" -- ask"))
    words = pdf_words(desk.letters()[0])
    assert "It’s “ours” – ask" in words
    assert "D'Arcy \"East\"" in words


def test_welsh_letter_has_a_welsh_date(desk):
    model = "Language: cy\n\n[Address line 1]\n[Address line 2]\n[Address line 3]\n[Postcode]\n\n[Date]\n\n" \
            "Annwyl [MP's name]\n\nRwy'n byw yn [constituency].\n\nYn gywir\n\n[name]\n"
    write(desk, [person(1)], model=model)
    [letter] = desk.letters()
    assert "22 Tachwedd 2026" in pdf_words(letter)
    catalogue, _ = pdf_catalogue_and_info(letter)
    assert catalogue["/Lang"] == "u:cy"


@pytest.mark.parametrize("given, dear", [
    ("Jane Invented", "Dear Jane Invented"), ("Ms Jane Invented MP", "Dear Ms Invented"),
    ("Sir James Invented KC MP", "Dear Sir James"), ("The Rt Hon Jane Invented MP", "Dear Jane Invented"),
    ("Invented, Dr Ann", "Dear Dr Invented"),
])
def test_salutation(desk, given, dear):
    write(desk, [person(1, MP=given)])
    lines = [line.strip() for line in pdf_text(desk.letters()[0]).splitlines()]
    assert any(line.rstrip(",") == dear for line in lines), lines


def test_the_recipient_stands_in_the_window_of_a_dl_envelope(desk):
    """Visible wherever the sheet slips in the envelope: x 20 to 100 mm, y 57 to 81 mm; nothing else in its clear zone."""
    write(desk, [person(1, MP="The Rt Hon Jane Invented MP")])
    millimetre = 72 / 25.4
    placed = pdf_placed(desk.letters()[0])
    window = [(w, x, y) for w, x, y in placed if x < 110 * millimetre and 44 * millimetre < y < 92 * millimetre]
    assert [w for w, *_ in window] == "The Rt Hon Jane Invented MP House of Commons London SW1A 0AA".split()
    for word, x, y in window:
        assert 20 * millimetre <= x <= 100 * millimetre and 50 * millimetre <= y <= 81 * millimetre, (word, x, y)


def test_a_long_letter_has_further_pages_with_a_heading(desk):
    paragraph = "The library has served this town for longer than anybody can remember, and it deserves to go on. " * 6
    model = MODEL.replace("Please ask", "\n\n".join(f"Reason {i}. {paragraph}" for i in range(18)) + "\n\nPlease ask")
    write(desk, [person(1, MP="Ms Jane Invented MP")], model=model)
    [letter] = desk.letters()
    pages = pdf_pages(letter)
    assert pages >= 3
    assert_sound(letter)
    for page in range(2, pages + 1):
        words = pdf_words(letter, "-f", page, "-l", page)
        assert f"Page {page} of {pages}" in words[:200] and "Invented" in words[:200], words[:300]
        assert "22 November 2026" in words[:200]
    whole = pdf_words(letter)
    assert "Page 1 of" not in whole
    for i in range(18):
        assert f"Reason {i}. The library" in whole
    assert "Yours sincerely" in pdf_words(letter, "-f", pages, "-l", pages)


def test_a_value_too_long_for_its_line_is_broken_and_not_lost(desk):
    endless = "Llanfair" * 40
    write(desk, [person(1, Constituency=endless)])
    assert endless in re.sub(r"\s", "", pdf_text(desk.letters()[0]))
    assert all(x < 595 for _, x, _ in pdf_placed(desk.letters()[0]))


# The document


def test_document_properties(desk):
    write(desk, [person(1, Name="Siân Ŵyn", Ward="Tŷ Coch")])
    catalogue, info = pdf_catalogue_and_info(desk.letters()[0])
    assert info["/Title"] == "u:The library in Tŷ Coch"
    assert info["/Author"] == "u:Siân Ŵyn"
    assert info["/CreationDate"].removeprefix("u:").startswith("D:20261122")
    assert catalogue["/Lang"] == "u:en-GB"
    preferences = catalogue["/ViewerPreferences"]
    assert preferences["/PrintScaling"] == "/None"
    assert preferences["/Duplex"] == "/Simplex"


def test_title_without_a_subject_names_the_member(desk):
    write(desk, [person(1, MP="Jane Invented")], model=MODEL.split("\n\n", 1)[1])
    _, info = pdf_catalogue_and_info(desk.letters()[0])
    assert "Jane Invented" in info["/Title"]


def test_combined_letters_have_an_outline_and_every_letter(desk):
    rows = [person(i) for i in range(30)]
    rows[3][0] = "ليلى حداد"
    write(desk, rows, "--combined")
    combined = desk.path / "out" / "model" / "letters.pdf"
    assert_sound(combined)
    assert pdf_pages(combined) == 30
    for i, row in enumerate(rows):
        assert row[0] in pdf_words(combined, "-f", i + 1, "-l", i + 1)
    outlines = json.loads(command("qpdf", "--json=2", "--json-key=outlines", combined))["outlines"]
    assert [entry["title"] for entry in outlines] == [row[0] for row in rows]
    assert [entry["destpageposfrom1"] for entry in outlines] == list(range(1, 31))
    assert not (desk.path / "out" / "model" / "letters").exists()


# The same letters again


def test_same_bytes_whatever_the_number_of_threads(desk):
    names = ["Łukasz Wiśniewski", "ليلى حداد", "Ελένη Παπαδοπούλου", "Siân Ŵyn"]
    rows = [person(i, Name=f"{names[i % 4]} {person(i)[0].split()[1]}") for i in range(400)]
    rows[77][4] = "wrong"
    trees = []
    for jobs in ("1", "4"):
        for combined in ([], ["--combined"]):
            desk.file("model.md", MODEL)
            desk.file("list.csv", csv_text(rows))
            result = desk.run("-o", DATE, "-o", f"campaign.out=out{jobs}", "-t", "model.md", "-i", "list.csv", "-j", jobs,
                              "write", *combined)
            assert result.status == 1, result
        trees.append({p.name: p.read_bytes() for p in (desk.path / f"out{jobs}").rglob("*") if p.is_file()})
    assert len(trees[0]) == 399 + 2 + 1  # the combined letters with their sign-off list, and problems.csv
    assert trees[0] == trees[1]


def test_one_row_alone_is_the_same_letter(desk):
    rows = [person(1, Name="Łukasz Ŵyn"), person(2), person(3, Name="ليلى حداد")]
    write(desk, rows)
    whole = {p.name: p.read_bytes() for p in desk.letters()}
    write(desk, rows, "-o", "campaign.name=alone")
    for row in (1, 2, 3):
        result = desk.run("-o", DATE, "-o", "campaign.name=one", "-t", "model.md", "-i", "list.csv", "write", "-r", row)
        assert result.status == 0, result
    assert {p.name: p.read_bytes() for p in desk.letters("one")} == whole


def test_a_second_run_changes_nothing(desk):
    rows = [person(i) for i in range(5)] + [person(9, Name="")]
    write(desk, rows, status=1)
    before = desk.tree()
    write(desk, rows, status=1)
    assert desk.tree() == before


# Names of files


HOSTILE = [
    "../../../etc/passwd", "/etc/passwd", "..", ".", "-rf *", "--help", "a/b\\c:d|e", "CON", "nul.pdf",
    "x" * 300, "ليلى حداد", "😀 Smiley", "\u202eevil\u202c Person", "Jane; touch owned", "$(touch owned)", "`touch owned`",
    "'quoted' \"name\"", "%s%n%s", ".unfinished-0001", "Ẃ" * 90,
]


def test_hostile_names_make_plain_files(desk):
    rows = [person(i, Name=name) for i, name in enumerate(HOSTILE, 1)]
    rows += [person(91, Name="Same Name"), person(92, Name="Same Name")]
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text(rows))
    result = desk.run("--json", "-o", DATE, "-t", "model.md", "-i", "list.csv", "write")
    assert result.status in (0, 1), result
    refused = {p["row"] for p in result.problems()}
    assert refused <= {HOSTILE.index("😀 Smiley") + 1, HOSTILE.index("\u202eevil\u202c Person") + 1}, result.problems()
    letters = desk.letters()
    assert [int(p.name[:4]) for p in letters] == [i for i in range(1, len(rows) + 1) if i not in refused]
    for letter in letters:
        assert PLAIN_NAME.fullmatch(letter.name) and len(letter.name) < 100, letter.name
    assert sum("same-name" in p.name for p in letters) == 2
    outside = [p for p in desk.tree() if not p.startswith("out/model/")]
    assert sorted(outside) == ["list.csv", "model.md"]


def test_control_characters_in_a_name_reach_neither_files_nor_terminal(desk):
    names = ["Bell\x07 Ringer", "Escape \x1b[31mRed", "Tab\tName", "Back\x08space", "C1 \x9b31m"]
    desk.file("model.md", MODEL)
    for email in ("no address", "right@mail.example"):  # reported, and (at most for their names) not
        rows = [person(i, Name=name, Email=email.replace("right", str(i))) for i, name in enumerate(names)]
        desk.file("list.csv", csv_text(rows + [person(50, Ward="\x1b[2J")]))
        result = desk.write("model.md", "list.csv", "-v")
        assert result.status in (0, 1, 65), result
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", result.out + result.err), repr(result.err)
        for letter in desk.letters():
            assert PLAIN_NAME.fullmatch(letter.name), letter.name
            assert not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]", pdf_text(letter))


@pytest.mark.parametrize("name", ["../../escaped", "/tmp/escaped-postbag-test", "a/../../b", "..", ".", ""])
def test_the_name_of_a_campaign_stays_below_out(desk, name):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(1)]))
    outside = desk.path.parent
    before = {p for p in outside.rglob("*") if desk.path not in p.parents}
    result = desk.write("model.md", "list.csv", "-o", f"campaign.name={name}")
    assert result.status in (0, 78), result
    assert {p for p in outside.rglob("*") if desk.path not in p.parents} == before
    allowed = {"model.md", "list.csv"}
    assert all(p in allowed or p.startswith("out/") for p in desk.tree()), list(desk.tree())
    assert not list((desk.path / "out").glob("letters")), "a campaign has a directory of its own"


def test_files_and_directories_are_private(desk):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(1), person(2, Name="")]))
    mask = os.umask(0)
    try:
        desk.write("model.md", "list.csv")
        desk.write("model.md", "list.csv", "--combined")
        desk.run("-t", "model.md", "-i", "list.csv", "preview")
    finally:
        os.umask(mask)
    out = desk.path / "out"
    assert len(list(out.rglob("*.pdf"))) == 4 and len(list(out.rglob("problems.csv"))) == 1
    for path in [out, *out.rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, (path, oct(path.stat().st_mode))


def share_of_ink(pdf):
    """How much of the first page is not white."""
    image = subprocess.run(["pdftoppm", "-r", "20", "-gray", "-singlefile", pdf], capture_output=True, check=True).stdout
    pixels = image.split(b"\n", 3)[3]
    return sum(pixel < 250 for pixel in pixels) / len(pixels)


def test_previews_are_marked_and_apart(desk):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(i) for i in range(8)]))
    result = desk.run("-o", DATE, "-t", "model.md", "-i", "list.csv", "preview", "-n", "2")
    assert result.status == 0, result
    previews = sorted((desk.path / "out" / "model" / "preview").glob("*"))
    assert [p.name[:4] for p in previews] == ["0001", "0002"]
    assert not (desk.path / "out" / "model" / "letters").exists()
    for preview in previews:
        assert_sound(preview)
    assert desk.write("model.md", "list.csv", "-r", "1").status == 0
    letter, = desk.letters()
    assert pdf_text(previews[0]) == pdf_text(letter), "the mark must not stand in the letter's own text"
    assert share_of_ink(previews[0]) > share_of_ink(letter) + 0.02
    result = desk.run("-o", DATE, "-t", "model.md", "-i", "list.csv", "preview", "-r", "5")
    assert result.status == 0, result
    assert [p.name[:4] for p in sorted((desk.path / "out" / "model" / "preview").glob("*"))] == ["0001", "0002", "0005"]
