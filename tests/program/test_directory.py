"""
The directory in use: lists of MPs and postcodes are imported once, and every member's letter goes to the right MP, or
the row is held with the reason. And what `check` says of the letters as a whole.
"""
import contextlib
import csv
import datetime
import sqlite3

import pytest

from conftest import DATE, MODEL, csv_text, pdf_text, pdf_words, spelled
from test_command import Terminal, converse

MPS = """\
constituency,code,full title,name,dear,party,email,note
Bootle,E14001111,The Rt Hon Jane Smith MP,Jane Smith,Ms Smith,Purple,jane.smith@mp.example,
Southport,E14001499,,Sir James Brown,,Teal,,
Chorley,E14001170,,Lyn Hoop,,Speaker,,is the Speaker
Belfast West,N05000004,,Niall Sample,,Sinn Féin,,
Ynys Môn,W07000112,,Dr Siân Môn,,Plaid,,
Sefton Central,E14001460,,,,,,
"""

# Split postcodes: the best candidate first.
SPLIT = """\
postcode,pcon_1,pcon_2
L203NX,Bootle,
PR81AA,Southport,
PR99ZZ,Southport,Bootle
PR71AA,Chorley,
BT126AB,Belfast West,
LL777AA,Ynys Môn,
L371AA,Sefton Central,
"""

# The columns of the National Statistics Postcode Lookup that matter, among others.
NSPL = """\
pcd7,pcd8,pcds,dointr,doterm,usrtypind,ctry25cd,pcon24cd
"L20 3NX","L20  3NX","L20 3NX",198001,,0,E92000001,E14001111
"PR8 1AA","PR8  1AA","PR8 1AA",198001,,0,E92000001,E14001499
"L21 1TT","L21  1TT","L21 1TT",198001,201912,0,E92000001,E14001111
"L22 2AA","L22  2AA","L22 2AA",198001,,0,E92000001,E14001111
"""

HEADER = ["Name", "Address", "Postcode", "Constituency", "MP", "Personal message"]
SETTLE = "directory.prefer"


def row(i=1, postcode="L20 3NX", constituency="", mp="", message=""):
    return [f"Person {spelled(i)}", f"{i} High Street", postcode, constituency, mp, message]


def narrow(rows, *columns):
    """ROWS as a list with these columns only."""
    at = [HEADER.index(column) for column in columns]
    return csv_text([[r[i] for i in at] for r in rows], header=list(columns))


@pytest.fixture
def library(desk):
    """A desk with MPs and split postcodes imported, and a model letter."""
    desk.file("mps.csv", MPS)
    desk.file("split.csv", SPLIT)
    desk.file("model.txt", MODEL.replace("[Address line 1]\n[Address line 2]\n[Address line 3]", "[Address]"))
    for part, file in (("mps", "mps.csv"), ("postcodes", "split.csv")):
        result = desk.run("import", part, file)
        assert result.status == 0, result
    return desk


def check(desk, rows, *arguments, columns=HEADER):
    desk.file("list.csv", narrow(rows, *columns))
    return desk.run("--json", "-o", DATE, "-t", "model.txt", "-i", "list.csv", *arguments, "check")


def test_a_list_of_postcodes_becomes_letters_to_the_right_mps(library):
    rows = [row(1), row(2, "PR8 1AA"), row(3, "ll77 7aa")]
    library.file("list.csv", narrow(rows, "Name", "Address", "Postcode"))
    result = library.write("model.txt", "list.csv")
    assert result.status == 0, result
    first, second, third = library.letters()
    assert "The Rt Hon Jane Smith MP House of Commons London SW1A 0AA" in pdf_words(first)
    assert "Dear Ms Smith" in pdf_text(first)
    assert "I am a constituent in Bootle" in pdf_words(first)
    assert "Sir James Brown MP" in pdf_text(second) and "Dear Sir James" in pdf_text(second)
    assert "Dear Dr Môn" in pdf_text(third) and "constituent in Ynys Môn" in pdf_words(third)


def test_the_bytes_are_those_of_a_list_with_mps(library):
    """Looking up changes nothing but who is written to; and the number of threads changes nothing at all."""
    rows = [row(i, "L20 3NX" if i % 2 else "PR8 1AA") for i in range(1, 30)]
    library.file("without.csv", narrow(rows, "Name", "Address", "Postcode"))
    for r in rows:
        r[3:5] = ["Bootle", "The Rt Hon Jane Smith MP"] if r[2] == "L20 3NX" else ["Southport", "Sir James Brown MP"]
    library.file("with.csv", narrow(rows, "Name", "Address", "Postcode", "Constituency", "MP"))
    model = library.file("plain.txt", (library.path / "model.txt").read_text().replace("Dear [MP's name]", "Dear MP"))
    names = {}
    for name, jobs in (("without", 1), ("with", 1), ("without", 4)):
        result = library.write(model, f"{name}.csv", "-j", jobs, "-o", f"campaign.name={name}{jobs}")
        assert result.status == 0, result
        names[name, jobs] = [p.read_bytes() for p in library.letters(f"{name}{jobs}")]
    assert len(names["without", 1]) == 29
    assert names["without", 1] == names["with", 1] == names["without", 4]


HELD = [
    ("a boundary", row(postcode="PR9 9ZZ"), 3, "PR9 9ZZ lies on a boundary: Southport, or Bootle. Put the constituency in the list"),
    ("not known", row(postcode="ZE1 0AA"), 3, "ZE1 0AA is not in the postcode directory"),
    ("Jersey", row(postcode="JE2 3AB"), 3, "JE2 3AB is outside the United Kingdom"),
    ("forces post", row(postcode="BFPO 58"), 3, "BFPO 58 is forces post, which belongs to no place"),
    ("a vacant seat", row(postcode="L37 1AA"), 3, "Sefton Central has no MP at present"),
    ("an abolished name", row(constituency="Wantage"), 4, 'there is no constituency "Wantage"; constituencies were redrawn in 2024'),
    ("the former MP", row(mp="John Old"), 5, "the list names John Old, but the MP for Bootle is Jane Smith"),
    ("another constituency", row(constituency="Southport"), 4, "the list says Southport, but the postcode L20 3NX is in Bootle"),
    ("no whole postcode", row(postcode="L20 3N"), 3, 'the postcode "L20 3N" is not a whole postcode'),
]


@pytest.mark.parametrize("name, held, column, message", HELD, ids=[h[0] for h in HELD])
def test_a_row_is_held_with_the_reason_at_its_cell(library, name, held, column, message):
    result = check(library, [row(7), held])
    assert result.status == 1, result
    problems = result.problems()
    assert [(p["line"], p["column"], p["row"]) for p in problems] == [(3, column, 2)], problems
    assert problems[0]["message"].startswith(message), problems
    assert result.summary["letters"] == 1


def test_a_withdrawn_postcode(library):
    library.file("nspl.csv", NSPL)
    assert library.run("import", "postcodes", "nspl.csv").status == 0
    result = check(library, [row(1), row(2, "L21 1TT"), row(3, "L21 1TT", "Bootle")])
    assert [p["message"] for p in result.problems()] == [
        "Royal Mail has withdrawn the postcode L21 1TT; it was in Bootle. Find the new postcode, or put the "
        "constituency in the list"]
    assert result.summary["letters"] == 2


def test_held_rows_are_mended_in_problems_csv(library):
    library.file("list.csv", narrow([row(1), row(2, "PR9 9ZZ")], *HEADER))
    assert library.write("model.txt", "list.csv").status == 1
    path = library.path / "out" / "model" / "problems.csv"
    lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert "lies on a boundary" in lines[1][-1]
    lines[1][3] = "Bootle"
    library.file("mended.csv", "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines) + "\n")
    result = library.write("model.txt", "mended.csv")
    assert result.status == 0, result
    assert [p.name for p in library.letters()] == ["0001-person-be.pdf", "0002-person-bi.pdf"]
    assert "Dear Ms Smith" in pdf_text(library.letters()[1])


@pytest.mark.parametrize("prefer, dear", [("list", "Dear John Old"), ("directory", "Dear Ms Smith")])
def test_a_preference_settles_it_for_all(library, prefer, dear):
    library.file("list.csv", narrow([row(1, mp="John Old")], *HEADER))
    held = library.write("model.txt", "list.csv")
    assert held.status == 65 and SETTLE in held.err, held
    result = library.write("model.txt", "list.csv", "-o", f"directory.prefer={prefer}")
    assert result.status == 0, result
    assert dear in pdf_text(library.letters()[0])


def test_a_wrong_preference_is_an_error(library):
    result = check(library, [row(1)], "-o", "directory.prefer=both")
    assert result.status == 78, result
    assert "list" in result.err and "directory" in result.err


def test_the_speaker_and_who_does_not_take_a_seat_are_served_with_one_note(library):
    result = check(library, [row(1, "PR7 1AA"), row(2, "PR7 1AA"), row(3, "BT12 6AB")])
    assert result.status == 0, result
    notes = [n["message"] for n in result.problems("note") if "Speaker" in n["message"]]
    assert len(notes) == 1 and "Lyn Hoop (Chorley) is the Speaker" in notes[0]
    assert "Niall Sample (Belfast West)" in notes[0] and notes[0].endswith("like all others")
    assert result.summary["letters"] == 3


def test_nothing_is_written_while_parliament_is_dissolved(library):
    library.file("empty.csv", '"Person ID","First name","Last name",Party,Constituency,URI\n')
    assert library.run("import", "mps", "empty.csv").status == 0
    library.file("list.csv", narrow([row(1), row(2, "PR8 1AA")], "Name", "Address", "Postcode"))
    result = library.write("model.txt", "list.csv")
    assert result.status == 65, result
    assert result.err.count("Parliament is dissolved") == 1, result
    assert not library.letters()


def test_without_a_directory_there_is_one_hint(desk):
    desk.file("model.txt", MODEL)
    result = check(desk, [row(1), row(2)], columns=["Name", "Address", "Postcode"])
    assert result.status == 65, result
    hints = [p for p in result.objects if p["type"] == "problem" and "postbag import mps FILE" in p["message"]]
    assert len(hints) == 1, result


def test_without_a_directory_a_list_with_mps_is_as_it_was(desk):
    desk.file("model.txt", MODEL)
    result = check(desk, [row(1, constituency="Anywhere", mp="John Old"), row(2, "ZE1 0AA", "Anywhere", "John Old")])
    assert result.status == 0, result
    assert "import" not in result.out + result.err


def test_a_directory_that_is_named_must_be_there(library):
    result = check(library, [row(1)], "-o", "directory.path=nowhere.sqlite")
    assert result.status == 66, result
    assert "postbag import mps FILE" in result.err


def test_a_directory_of_its_own(library):
    library.file("other.csv", "constituency,name\nBootle,Ann Other\n")
    assert library.run("-o", "directory.path=own.sqlite", "import", "mps", "other.csv").status == 0
    result = check(library, [row(1, constituency="Bootle")], "-o", "directory.path=own.sqlite")
    assert [r["mp"] for r in result.objects if r["type"] == "recipient"] == ["Ann Other MP"], result


def test_a_damaged_directory_is_an_error(library):
    library.file("broken.sqlite", b"\0nothing" * 1000)
    result = check(library, [row(1)], "-o", "directory.path=broken.sqlite")
    assert result.status in (65, 66, 74) and "broken.sqlite" in result.err, result


def test_a_letter_to_somebody_else_needs_no_mp(library):
    library.file("council.txt", "[Name]\n[Address]\n[Postcode]\n\n[Date]\n\nThe Leader\nThe Council\n\nDear Leader\n\nPlease.\n\n"
                                "Yours sincerely\n\n[Name]\n")
    library.file("list.csv", narrow([row(1, "PR9 9ZZ"), row(2, "ZE1 0AA")], "Name", "Address", "Postcode"))
    result = library.write("council.txt", "list.csv")
    assert result.status == 0, result


def test_one_letter_without_a_list(library):
    result = library.run("-o", DATE, "-t", "model.txt", "-f", "name=Jane Doe", "-f", "address=1 High Street", "-f",
                         "postcode=l203nx", "write")
    assert result.status == 0, result
    assert "Dear Ms Smith" in pdf_text(library.letters()[0])


def ask(desk, postcode):
    terminal = Terminal(desk, "-o", DATE, "-t", "model.txt", "write")
    asked = converse(terminal, [("postcode", postcode), ("address", "1 High Street\n"), ("constituency", "southport"),
                                ("mp", "Nobody"), ("your name", "Jane Doe")])
    assert terminal.end() == 0, terminal.screen
    return terminal.screen, " ".join(asked)


def test_who_is_asked_need_not_know_their_mp(library):
    screen, asked = ask(library, "l203nx")
    assert "Your MP is The Rt Hon Jane Smith MP (Bootle)." in screen
    assert "mp's name" not in asked and "constituency" not in asked
    assert "Dear Ms Smith" in pdf_text(library.letters()[0])


def test_who_lives_on_a_boundary_is_asked_for_the_constituency(library):
    screen, asked = ask(library, "pr99zz")
    assert "PR9 9ZZ lies on a boundary: Southport, or Bootle" in screen
    assert "Your MP is Sir James Brown MP" in screen and asked.count("constituency") == 1
    assert "Dear Sir James" in pdf_text(library.letters()[0])


def test_the_age_of_the_data_is_shown(library):
    library.file("list.csv", narrow([row(1)], *HEADER))
    result = library.run("-o", DATE, "-t", "model.txt", "-i", "list.csv", "check")
    assert "MPs from mps.csv, imported on " in result.err and "postcodes from split.csv" in result.err
    assert "days ago" not in result.err


def test_old_data_are_warned_of(library):
    data = library.temporary / "data" / "postbag" / "directory.sqlite"
    with contextlib.closing(sqlite3.connect(data)) as directory, directory:
        directory.execute("UPDATE source SET date = ? WHERE part = 'mps'",
                          [str(datetime.date.today() - datetime.timedelta(days=91))])
    result = check(library, [row(1)])
    warnings = [w["message"] for w in result.problems("warning")]
    assert warnings == ["the MPs were imported 91 days ago; bring them up to date with: postbag import mps FILE"], result


# Reports on all letters.


def recipients(result):
    return [(o["constituency"], o["mp"], o["letters"]) for o in result.objects if o["type"] == "recipient"]


def test_letters_by_constituency_and_mp(library):
    rows = [row(1, "PR8 1AA"), row(2), row(3), row(4, "LL77 7AA"), row(5, "ZE1 0AA")]
    result = check(library, rows)
    assert recipients(result) == [("Bootle", "The Rt Hon Jane Smith MP", 2), ("Southport", "Sir James Brown MP", 1),
                                  ("Ynys Môn", "Dr Siân Môn MP", 1)], result
    assert result.objects[-1]["type"] == "summary" and result.summary["recipients"] == 3

    shown = library.run("-o", DATE, "-t", "model.txt", "-i", "list.csv", "check").out.splitlines()
    assert shown[0] == "4 letters could be written, to 3 MPs; 1 row needs mending."
    assert [line.split()[0] for line in shown[1:]] == ["letters", "2", "1", "1"]
    column = shown[1].index("MP")
    assert [line[column:].split("  ")[0] for line in shown[2:]] == [
        "The Rt Hon Jane Smith MP", "Sir James Brown MP", "Dr Siân Môn MP"]


LONG = " ".join(f"The {spelled(i)} of {spelled(i * 7)} is {spelled(i * 13)}." for i in range(60))
OWN = [" ".join(f"My {spelled(j * 31 + i)} saw {spelled(j * 17 + 3 * i)}." for i in range(100)) for j in range(2, 5)]


def form_letter(desk, place):
    desk.file("model.txt", f"[Name]\n[Address]\n[Postcode]\n[Date]\n\nDear [MP]\n\n{LONG}\n\n{place}\n\nYours sincerely\n\n[Name]\n")


def test_form_letters_are_pointed_out_with_who_added_nothing(library):
    form_letter(library, "[Personal message]")
    rows = [row(i, message="" if i != 3 else "I was there.") for i in range(1, 20)]
    result = check(library, rows)
    assert result.status == 0, result
    warnings = [w["message"] for w in result.problems("warning")]
    assert len(warnings) == 2 and warnings[0].startswith("19 letters to 1 MP are ") and "WriteToThem" in warnings[0]
    assert warnings[1].startswith("rows 1, 2, 4, 5, 6, 7, 8, 9, 10, 11 and 8 more added no words of their own"), warnings
    recipient = next(o for o in result.objects if o["type"] == "recipient")
    assert recipient["alike_percent"] >= 90 and recipient["most_alike_percent"] == 100


def test_a_list_without_a_column_for_own_words_is_advised_of_it(library):
    form_letter(library, "[Personal message|Please act.]")
    result = check(library, [row(1), row(2)], columns=HEADER[:3])
    assert result.status == 0, result
    assert result.problems("warning")[1]["message"] == (
        'nobody added words of their own: a column "Personal message" in the list gives them room')


def test_letters_in_ones_own_words_are_not(library):
    form_letter(library, "[Personal message]")
    result = check(library, [row(1, message=OWN[0]), row(2, message=OWN[1]), row(3, message=OWN[2])])
    assert result.status == 0, result
    assert not result.problems("warning"), result
    recipient = next(o for o in result.objects if o["type"] == "recipient")
    assert 10 <= recipient["alike_percent"] < 50


def test_a_model_without_room_for_own_words_is_advised_of_it(library):
    form_letter(library, "Please act.")
    result = check(library, [row(1), row(2)])
    assert not result.problems("warning"), result
    notes = [n for n in result.problems("note") if "[personal message]" in n["message"]]
    assert len(notes) == 1 and notes[0]["file"] == "model.txt", result


def test_one_letter_to_each_mp_is_no_form_letter(library):
    form_letter(library, "[Personal message]")
    result = check(library, [row(1), row(2, "PR8 1AA")])
    assert not result.problems("warning"), result
