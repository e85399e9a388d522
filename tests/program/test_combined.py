"""
One file to print: its order, the bundles that go into one envelope, and the list that is signed at the branch meeting.
"""
import json
import re

import pytest

from conftest import (HEADER, MODEL, assert_sound, command, csv_text, pdf_pages, pdf_placed, pdf_text, pdf_words, person,
                      places)

PART_MAX = 1000
NAMES_ON_A_COVER_MAX = 50
MILLIMETRE = 72 / 25.4


def combine(desk, rows, *arguments, model=MODEL, header=HEADER, status=0, text=None, **how):
    desk.file("model.md", model)
    desk.file("list.csv", csv_text(rows, header) if text is None else text)
    result = desk.write("model.md", "list.csv", "--combined", *arguments, **how)
    assert result.status == status, result
    return result


def made(desk, name, campaign="model"):
    return desk.path / "out" / campaign / name


def outline(path):
    """The outline as (group or None, title, page from 1)."""
    entries = json.loads(command("qpdf", "--json=2", "--json-key=outlines", path))["outlines"]
    flat = []
    for entry in entries:
        if entry["kids"]:
            assert entry["kids"][0]["destpageposfrom1"] == entry["destpageposfrom1"]
        for leaf in entry["kids"] or [entry]:
            flat.append((entry["title"] if entry["kids"] else None, leaf["title"], leaf["destpageposfrom1"]))
    return flat


def titles(path):
    return [title for _, title, _ in outline(path)]


def signing(path, *options):
    """The rows of a sign-off list as (row, name, recipient)."""
    rows = re.findall(r"^\s*(\d+) {2,}(\S.*?) {2,}(\S.*?)\s*$", pdf_text(path, "-layout", *options), re.M)
    return [(int(row), name, recipient) for row, name, recipient in rows]


# The command line


@pytest.mark.parametrize("arguments, says", [
    (["--sort", "surname"], "--combined"),
    (["--sort", "row"], "--combined"),
    (["--combined", "--sort", "name"], "surname, mp or row"),
    (["--combined", "--sort", ""], "surname, mp or row"),
    (["--combined", "--sort"], "needs something behind it"),
])
def test_what_sort_takes(desk, arguments, says):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(1)]))
    result = desk.run("-t", "model.md", "-i", "list.csv", "write", *arguments)
    assert result.status == 64 and says in result.err, result
    assert not (desk.path / "out").exists()


def test_sort_row_is_what_there_is_without_it(desk):
    rows = [person(i, Name=name) for i, name in enumerate(["Zoë Adams", "Ann Zimmer", "Mary Doe"])]
    combine(desk, rows)
    plain = made(desk, "letters.pdf").read_bytes(), made(desk, "sign-off.pdf").read_bytes()
    combine(desk, rows, "--sort", "ROW")
    assert (made(desk, "letters.pdf").read_bytes(), made(desk, "sign-off.pdf").read_bytes()) == plain
    assert titles(made(desk, "letters.pdf")) == ["Zoë Adams", "Ann Zimmer", "Mary Doe"]


# By surname


def test_by_surname(desk):
    """Particles belong to the surname, letters behind it do not, marks and apostrophes do not matter."""
    order = ["Zoë Adams", "Ann Ågren", "Ann Byrne", "Maria de Souza", "Mrs Jane Doe", "Mary Doe OBE", "Jane Łęcki",
             "Ann O’Brien", "Bob O'Brien", "Dr Jane Smith PhD", "Ann Smith-Jones", "Ann van der Berg"]
    rows = [person(i, Name=name) for i, name in enumerate(order)]
    combine(desk, rows[::-1], "--sort", "surname")
    assert titles(made(desk, "letters.pdf")) == order
    assert [name for _, name, _ in signing(made(desk, "sign-off.pdf"))] == order
    assert_sound(made(desk, "letters.pdf"))


def test_by_the_surname_column(desk):
    header = ["First name", "Surname", *HEADER[1:]]
    rows = [[first, last, *person(i)[1:]] for i, (first, last) in enumerate([
        ("Ann", "Smith"), ("Rebecca", "Long Bailey"), ("Zoë", "Adams"), ("Ann", "Adams"), ("Maria", "de Souza")])]
    combine(desk, rows, "--sort", "surname", header=header)
    assert titles(made(desk, "letters.pdf")) == ["Ann Adams", "Zoë Adams", "Maria de Souza", "Rebecca Long Bailey", "Ann Smith"]


def test_equal_names_stand_in_the_order_of_rows_and_are_told_apart(desk):
    rows = [person(1, Name="Jane Doe"), person(2, Name="Ann Adams"), person(3, Name="Jane Doe")]
    combine(desk, rows, "--sort", "surname")
    assert titles(made(desk, "letters.pdf")) == ["Ann Adams", "Jane Doe (1)", "Jane Doe (3)"]
    for page, house in (2, "1 High Street"), (3, "3 High Street"):
        assert house in pdf_words(made(desk, "letters.pdf"), "-f", page, "-l", page)


# Any list can be read in another order


def awkward(count=300):
    """Rows with line breaks in cells, doubled quotation marks, and lines between them that are no rows."""
    rows = [person(i, **{"Address line 2": f"The \"Old\"\nMill {i}, É" if i % 3 == 0 else "Seaforth",
                         "Address line 3": "" if i % 3 == 0 else "Liverpool"}) for i in range(count)]
    return rows


@pytest.mark.parametrize("order", ["surname", "mp"])
@pytest.mark.parametrize("encoding, separator, line_end", [
    ("utf-8", ",", "\r\n"), ("utf-8-sig", ";", "\n"), ("cp1252", ";", "\r\n"), ("utf-16", "\t", "\r\n"), ("utf-8", ",", "\r")])
def test_every_letter_is_its_own_wherever_its_row_stands(desk, order, encoding, separator, line_end):
    rows = awkward()
    rows[7][4] = "wrong"
    text = csv_text(rows, separator=separator, line_end=line_end)
    half = text.index(line_end + "Person ", len(text) // 2)
    text = text[:half] + 3 * line_end + (separator * 8 + line_end) * 2 + text[half + len(line_end):]
    combine(desk, rows, "--sort", order, status=1, text=text.encode(encoding))
    combined = made(desk, "letters.pdf")
    numbers = [row for row, *_ in signing(made(desk, "sign-off.pdf"))]
    assert sorted(numbers) == [row for row in range(1, 301) if row != 8]
    letters = [page for page in pdf_text(combined).split("\f") if "Yours sincerely" in page]
    for number, page in zip(numbers, letters, strict=True):
        row = rows[number - 1]
        assert row[0] in page and row[1] + "\n" in page and row[4] in page, (row, page)
        assert (f"The \"Old\"\nMill {number - 1}, É" in page) == ((number - 1) % 3 == 0)


def test_a_list_on_standard_input(desk):
    rows = awkward(40)
    for order in ("surname", "mp"):
        combine(desk, rows, "--sort", order)
        from_file = made(desk, "letters.pdf").read_bytes()
        made(desk, "letters.pdf").unlink()
        result = desk.write("model.md", "-", "--combined", "--sort", order, input=csv_text(rows).encode())
        assert result.status == 0, result
        assert made(desk, "letters.pdf").read_bytes() == from_file


def test_a_mended_list_keeps_its_numbers_in_any_order(desk):
    rows = [person(1, Name="Zoë Zimmer"), person(2), person(3, Name="Ann Adams")]
    rows[0][4] = rows[2][4] = "wrong"
    combine(desk, rows, "--sort", "surname", status=1)
    mended = made(desk, "problems.csv").read_text("utf-8-sig").replace("wrong", "L20 3NX")
    desk.file("out/model/problems.csv", mended)
    result = desk.write("model.md", "out/model/problems.csv", "--combined", "--sort", "surname")
    assert result.status == 0, result
    assert signing(made(desk, "sign-off-from-problems.pdf")) == [(3, "Ann Adams", rows[2][8] + " MP"),
                                                                (1, "Zoë Zimmer", rows[0][8] + " MP")]
    assert titles(made(desk, "letters-from-problems.pdf")) == ["Ann Adams", "Zoë Zimmer"]


def test_one_row_alone(desk):
    combine(desk, [person(1), person(2), person(3)], "--sort", "mp", "-r", "2")
    assert pdf_pages(made(desk, "letters-row-2.pdf")) == 1
    assert signing(made(desk, "sign-off-row-2.pdf")) == [(2, person(2)[0], person(2)[8] + " MP")]


def test_a_person_without_a_list(desk):
    desk.file("model.md", MODEL)
    given = dict(zip(HEADER, person(1)))
    result = desk.run("-t", "model.md", *[x for k, v in given.items() for x in ("-f", f"{k}={v}")], "write", "--combined",
                      "--sort", "mp")
    assert result.status == 0, result
    assert titles(made(desk, "letters.pdf")) == [given["Name"]]
    assert given["Name"] in pdf_words(made(desk, "sign-off.pdf"))


@pytest.mark.parametrize("order, parts", [("row", 3), ("surname", 3), ("mp", 4)])
def test_the_same_bytes_whatever_the_number_of_threads(desk, order, parts):
    rows = [person(i * 7919 % 2600) for i in range(2600)]
    trees = []
    for jobs in ("1", "4"):
        combine(desk, rows, "--sort", order, "-j", jobs, "-o", f"campaign.out=out{jobs}")
        trees.append({p.name: p.read_bytes() for p in (desk.path / f"out{jobs}").rglob("*.pdf")})
    assert len(trees[0]) == 2 * parts and trees[0] == trees[1]


# Bundles


def bundled(*sizes):
    """As many rows for each MP, in turns, so that no two of a bundle are neighbours."""
    rows = []
    for turn in range(max(sizes)):
        for mp, size in enumerate(sizes):
            if turn < size:
                i = len(rows)
                rows.append(person(i, Constituency=f"Seat {chr(ord('A') + mp)}", MP=f"Ann Other{chr(ord('a') + mp)}"))
    return rows


def test_bundles_with_their_covers(desk):
    rows = bundled(3, 1, 2)
    result = combine(desk, rows, "--sort", "mp")
    combined = made(desk, "letters.pdf")
    assert_sound(combined)
    assert pdf_pages(combined) == 6 + 2
    seats = [f"Seat {x}: Ann Other{x.lower()} MP" for x in "ABC"]
    own = {seat: sorted((r[0] for r in rows if r[7] == seat[:6]), key=lambda n: n.split()[1].lower()) for seat in seats}
    assert outline(combined) == [
        (seats[0], "3 letters from your constituents", 1), *((seats[0], own[seats[0]][i], i + 2) for i in range(3)),
        (seats[1], own[seats[1]][0], 5),
        (seats[2], "2 letters from your constituents", 6), *((seats[2], own[seats[2]][i], i + 7) for i in range(2))]
    assert "6 letters with 2 cover sheets in out/model/letters.pdf" in result.out
    assert "envelope" in result.out and "out/model/sign-off.pdf" in result.out

    cover = pdf_words(combined, "-f", 1, "-l", 1)
    by_name = {r[0]: r for r in rows}
    listed = " ".join(f"{i + 1}. {name}, {by_name[name][4]}" for i, name in enumerate(own[seats[0]]))
    assert "3 letters from your constituents" in cover and listed in cover and "22 November 2026" in cover
    assert "Dear" not in cover and "Yours sincerely" not in cover


def test_the_address_of_a_cover_is_the_envelopes(desk):
    """It stands where that of the letters stands, with nothing else in the window."""
    combine(desk, bundled(2), "--sort", "mp", "-o", "campaign.name=Save the library")
    text = pdf_text(made(desk, "letters.pdf", "Save the library"), "-bbox")
    pages = re.split(r"<page [^>]*>", text)[1:]
    windows = []
    for page in pages[:2]:
        words = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>(.*?)</word>', page)
        windows.append([(word, x, y) for x, y, word in words
                        if float(x) < 110 * MILLIMETRE and 44 * MILLIMETRE < float(y) < 92 * MILLIMETRE])
    assert windows[0] == windows[1]
    assert [word for word, *_ in windows[0]] == "Ann Othera MP House of Commons London SW1A 0AA".split()
    assert "Save the library" in " ".join(re.findall(r">([^<>\s]+)</word>", pages[0]))
    assert "Save the library" not in " ".join(re.findall(r">([^<>\s]+)</word>", pages[1]))


def test_bundles_stand_by_constituency_and_mps_by_surname(desk):
    seats = [("Ynys Môn", "Ann Adams"), ("Ashton", "Zoë Zimmer"), ("Œrsted", "Ann Byrne"), ("Ashton", "Bob Adams"), ("Élan", "Ann C")]
    combine(desk, [person(i, Constituency=seat, MP=mp) for i, (seat, mp) in enumerate(seats)], "--sort", "mp")
    # A bundle of one has no cover, and each stands below its MP.
    assert [group for group, *_ in outline(made(desk, "letters.pdf"))] == [
        "Ashton: Bob Adams MP", "Ashton: Zoë Zimmer MP", "Élan: Ann C MP", "Œrsted: Ann Byrne MP", "Ynys Môn: Ann Adams MP"]


def test_one_mp_however_they_are_written(desk):
    rows = [person(1, Constituency="Bootle", MP="Jane Smith"), person(2, Constituency="BOOTLE", MP="The Rt Hon Jane Smith MP"),
            person(3, Constituency="Bootle", MP="Ms Jane Smith OBE"), person(4, Constituency="Crosby", MP="Jane Smith")]
    result = combine(desk, rows, "--sort", "mp", "--json")
    covers = [o for o in result.objects if o["type"] == "cover_sheet"]
    assert covers == [{"type": "cover_sheet", "constituency": "Bootle", "recipient": "Jane Smith MP", "letters": 3,
                       "file": "out/model/letters.pdf"}]
    assert [o for o in result.objects if o["type"] == "sign_off"] == [
        {"type": "sign_off", "file": "out/model/sign-off.pdf", "rows": 4}]
    assert result.summary["letters"] == 4


def test_another_address_is_another_envelope(desk):
    header = [*HEADER, "MP address"]
    rows = [[*person(i, Constituency="Bootle", MP="Jane Smith"), address] for i, address in
            enumerate(["", "12 Office Street\nBootle\nL20 1AA", ""])]
    result = combine(desk, rows, "--sort", "mp", "--json", header=header)
    assert [o["letters"] for o in result.objects if o["type"] == "cover_sheet"] == [2]


def test_a_thick_bundle_names_nobody_on_its_cover(desk):
    combine(desk, bundled(NAMES_ON_A_COVER_MAX + 1, NAMES_ON_A_COVER_MAX), "--sort", "mp")
    combined = made(desk, "letters.pdf")
    found = outline(combined)
    assert found[0][1:] == ("51 letters from your constituents", 1) and found[1][2] == 2, "one sheet"
    assert "Person" not in pdf_words(combined, "-f", 1, "-l", 1)
    second = 1 + 51
    assert found[second][1:] == ("50 letters from your constituents", 53)
    pages = found[second + 1][2] - 53
    assert pages == 2 and pdf_words(combined, "-f", 53, "-l", 54).count("Person") == 50
    assert "Page 2 of 2" in pdf_words(combined, "-f", 54, "-l", 54)


def test_welsh_letters_have_a_welsh_cover_and_list(desk):
    model = "Language: cy\n\n[Address line 1]\n[Address line 2]\n[Address line 3]\n[Postcode]\n\n[Date]\n\n" \
            "Annwyl [MP's name]\n\nRwy'n byw yn [constituency].\n\nYn gywir\n\n[name]\n"
    combine(desk, bundled(2), "--sort", "mp", model=model)
    cover = pdf_words(made(desk, "letters.pdf"), "-f", 1, "-l", 1)
    assert "Llythyrau gan 2 o’ch etholwyr" in cover and "22 Tachwedd 2026" in cover and "letters" not in cover
    words = pdf_words(made(desk, "sign-off.pdf"), "-raw")
    assert words.startswith("Rhestr lofnodi: model") and "Rhes Enw At Llofnod" in words and "22 Tachwedd 2026" in words


WELSH = "[Address line 1]\n[Address line 2]\n[Address line 3]\n[Postcode]\n\n[Date]\n\n" \
        "Annwyl [MP's name]\n\nRwy'n byw yn [constituency].\n\nYn gywir\n\n[name]\n"


@pytest.mark.parametrize("languages, heading", [
    (["cy", "en"], "2 letters from your constituents"), (["en", "cy"], "2 letters from your constituents"),
    (["cy", "cy"], "Llythyrau gan 2 o’ch etholwyr")])
def test_letters_in_both_languages_go_in_one_envelope(desk, languages, heading):
    desk.file("model.cy.md", WELSH)
    rows = [[*person(i, Constituency="Bangor", MP="Ann Other"), language] for i, language in enumerate(languages)]
    combine(desk, rows, "--sort", "mp", header=[*HEADER, "Language"])
    assert titles(made(desk, "letters.pdf")) == [heading, rows[0][0], rows[1][0]]
    assert heading in pdf_words(made(desk, "letters.pdf"), "-l", 1)


def test_one_recipient_for_all_gets_one_envelope(desk):
    rows = [person(i) for i in range(5)]
    combine(desk, rows, "--sort", "mp", "-o", "recipient.kind=fixed", "-o", "recipient.name=The Permanent Secretary",
            "-o", "recipient.lines=Ministry of Examples, 1 Example Street, London, SW1A 2AA", model=MODEL.replace("MP's", "recipient's"))
    found = outline(made(desk, "letters.pdf"))
    assert [group for group, *_ in found] == ["The Permanent Secretary"] * 6
    assert found[0][1:] == ("5 letters", 1), "who is nobody's MP has no constituents"


def test_nobodys_constituents(desk):
    """A letter that names no constituency is perhaps not for an MP."""
    rows = [person(i, Constituency="", MP="Ann Other") for i in range(2)]
    combine(desk, rows, "--sort", "mp", model=MODEL.replace("[constituency]", "this town"))
    assert outline(made(desk, "letters.pdf"))[0] == ("Ann Other MP", "2 letters", 1)


# Parts


def test_parts_end_between_bundles(desk):
    sizes = [400, 500, 300, 701, 2100, 3]
    rows = bundled(*sizes)
    result = combine(desk, rows, "--sort", "mp")
    parts = sorted(made(desk, "").glob("letters-*.pdf"), key=lambda p: int(re.sub(r"\D", "", p.stem)))
    # 400 and 500; then 300; 701, which does not fit beside that; 2,100 in three, of which the last takes the rest.
    assert [len(titles(part)) for part in parts] == [400 + 500 + 2, 300 + 1, 701 + 1, 1000 + 1, 1000, 100 + 3 + 1]
    assert "4,004 letters with 6 cover sheets" in result.out
    covers = [[group for group, title, _ in outline(part) if "constituents" in title] for part in parts]
    assert [[c[:6] for c in part] for part in covers] == [["Seat A", "Seat B"], ["Seat C"], ["Seat D"], ["Seat E"], [], ["Seat F"]]
    assert "2,100 letters from" in pdf_words(parts[3], "-l", 1) or "2100 letters from" in pdf_words(parts[3], "-l", 1)
    signed = []
    for i, part in enumerate(parts):
        beside = part.with_name(part.name.replace("letters", "sign-off"))
        assert f"Sign-off list, part {i + 1} of 6: model" in pdf_words(beside, "-l", 1)
        own = signing(beside)
        assert [name for _, name, _ in own] == [t for t in titles(part) if "constituents" not in t]
        signed += own
    assert sorted(row for row, *_ in signed) == list(range(1, len(rows) + 1))
    assert "out/model/sign-off-1.pdf to -6.pdf" in result.out


# The sign-off list


def test_the_sign_off_list(desk):
    long_name = "Bartholomew Maximilian Alexander Featherstonehaugh-Cholmondeley-Warner van der Woodhouse"
    rows = [person(i) for i in range(90)]
    rows[4][0], rows[5][0] = long_name, "ليلى حداد"
    combine(desk, rows)
    path = made(desk, "sign-off.pdf")
    assert_sound(path)
    pages = pdf_pages(path)
    assert pages >= 3
    for page in range(1, pages + 1):
        words = pdf_words(path, "-raw", "-f", page, "-l", page)
        assert "Sign-off list: model" in words and f"Page {page} of {pages}" in words
        assert "22 November 2026" in words and "Row Name To Signed" in words
        assert ("Sign or initial beside your name" in words) == (page == 1)
    listed = [row for row in signing(path) if row[0] not in (5, 6)]
    assert listed == [(i + 1, row[0], row[8] + " MP") for i, row in enumerate(rows) if i not in (4, 5)]
    assert long_name.replace("-", "") in pdf_words(path).replace("-", "").replace(f"{rows[4][8]} MP ", "")
    assert "ليلى حداد" in pdf_words(path)
    assert "Tagged:          yes" in command("pdfinfo", path)
    tree = command("pdfinfo", "-struct-text", path)
    said = " ".join(" ".join(re.findall(r'"([^"]*)"', tree)).split())
    assert re.search(rf"90 *{rows[89][0]} *{rows[89][8]} MP", said), tree[-600:]
    assert all(15 * MILLIMETRE < x < 195 * MILLIMETRE for _, x, _ in pdf_placed(path))


def test_a_campaigns_name_that_is_no_text(desk):
    """What a file is called may be anything; what cannot be printed is left out."""
    name = "li\tbrary"
    desk.file(f"{name}.md", MODEL)
    desk.file("list.csv", csv_text([person(1)]))
    result = desk.write(f"{name}.md", "list.csv", "--combined")
    assert result.status == 0, result
    assert "Sign-off list: library" in pdf_words(made(desk, "sign-off.pdf", name))


def test_nothing_is_left_of_rows_that_cannot_be_written(desk):
    rows = bundled(2, 2)
    rows[0][4] = rows[3][4] = "wrong"
    result = combine(desk, rows, "--sort", "mp", status=1)
    assert len(places(result.err, "list.csv")) == 2
    assert "cover" not in result.out and pdf_pages(made(desk, "letters.pdf")) == 2
    assert [row for row, *_ in signing(made(desk, "sign-off.pdf"))] == [3, 2]
