"""
What is wrong with a list: each kind of fault at its exact line and column, all of them in one run, and nothing on a
list that is right. A column is a cell's number in the list.
"""
import subprocess

import pytest

from conftest import DATE, HEADER, MODEL, csv_text, person, places

COLUMNS = ["Name", "Address line 1", "Address line 2", "Address line 3", "Postcode", "Email", "Membership No", "Ward",
           "Constituency", "MP", "Message"]
COLUMN = {name: i + 1 for i, name in enumerate(COLUMNS)}

FAULTY_MODEL = """\
[Address line 1]
[Address line 2]
[Postcode]

[Date]

Dear [MP]

I am a constituent in [constituency], in the ward of [ward].

Yours sincerely

[name]
"""


def member(i, **cells):
    whole = dict(zip(HEADER, person(i)))
    row = {name: whole.get(name, "") for name in COLUMNS}
    row.update({"Address line 3": "", "Membership No": f"PS{1000 + i}", **cells})
    return [row[name] for name in COLUMNS]


def raw(cells):
    return csv_text([cells], header=None).encode()


def character_without_font():
    for codepoint in (0x18B00, 0x1D2E0, 0x16E40, 0x11FC0, 0x1E4D0, 0x10D50, 0x1CCD6):
        found = subprocess.run(["fc-list", f":charset={codepoint:x}"], capture_output=True, text=True, check=True)
        if not found.stdout.strip():
            return chr(codepoint)
    pytest.skip("this machine has a font for everything")


class Book:
    """A list that grows line by line and remembers where the faults are."""

    def __init__(self, *header):
        self.bytes = b"\xef\xbb\xbf"
        self.line = 1
        self.rows = -1  # the header is none
        self.expected = {}
        self.add(",".join(header).encode() + b"\r\n")

    def add(self, content, column=None, about=None):
        if column is not None:
            self.expected[(self.line, column)] = about
        self.bytes += content
        self.rows += 1
        self.line += content.count(b"\n")

    def good(self, i):
        self.add(raw(member(i)))


def faulty_rows():
    """One fault of each kind that a row can have, between rows that are right."""
    book = Book(*COLUMNS)
    book.good(1)
    book.add(raw(member(2, Name="")), COLUMN["Name"], "name")
    book.add(raw(member(3, **{"Address line 1": "", "Address line 2": ""})), COLUMN["Address line 1"], "address")
    book.add(raw(member(4, Postcode="")), COLUMN["Postcode"], "postcode")
    book.add(raw(member(5, Postcode="L20 3N")), COLUMN["Postcode"], "L20 3N")
    book.add(raw(member(6, Email="person6.mail.example")), COLUMN["Email"], "e-mail")
    book.good(7)
    book.add(raw(member(8, Ward="")), COLUMN["Ward"], "ward")
    book.add(raw(member(9, Constituency="#N/A")), COLUMN["Constituency"], "#N/A")
    book.add(raw(member(10, **{"Membership No": "1.2E+08"})), COLUMN["Membership No"], "1.2E+08")
    book.add(raw(member(11, **{"Address line 3": "Liverpool"})), COLUMN["Address line 3"], "address")
    book.add(raw(member(12, Message="x" * (32 * 1024 + 1))), COLUMN["Message"], "")
    book.add(raw(member(13) + ["one too many"]), len(COLUMNS) + 1, "")
    book.add(raw(member(14, Ward="St NUL")).replace(b"NUL", b"\0"), COLUMN["Ward"], "NUL")
    book.add(raw(member(15, **{"Address line 2": "Caf@"})).replace(b"Caf@", b"Caf\xe9"), COLUMN["Address line 2"], "UTF-8")
    book.add(raw(member(16, Name=dict(zip(HEADER, person(1)))["Name"].upper(),
                        Postcode=dict(zip(HEADER, person(1)))["Postcode"].lower().replace(" ", ""))),
             COLUMN["Name"], "row 1")
    book.add(raw(member(17, Ward=f"Ward {character_without_font()}")), COLUMN["Ward"], "font")
    book.add(raw(member(18, Message="Two\nlines", Postcode="not one")), COLUMN["Postcode"], "not one")
    book.add(raw(member(19, Name="", Postcode="", Email="@")), COLUMN["Name"], "name")
    book.expected[(book.line - 1, COLUMN["Postcode"])] = "postcode"
    book.expected[(book.line - 1, COLUMN["Email"])] = "e-mail"
    broken = b",".join(cell.encode() for cell in member(20))
    book.add(broken.replace(b"Seaforth", b'"Seaforth') + b"\r\n", COLUMN["Address line 2"], "quot")
    book.good(21)
    book.add(raw(member(22, Email="person22@@mail.example")), COLUMN["Email"], "e-mail")
    return book


def checked(desk, book, model=FAULTY_MODEL):
    desk.file("model.md", model)
    desk.file("list.csv", book.bytes)
    before = desk.tree()
    people = desk.run("-o", DATE, "-t", "model.md", "-i", "list.csv", "check")
    machine = desk.run("--json", "-o", DATE, "-t", "model.md", "-i", "list.csv", "check")
    assert desk.tree() == before, "check wrote something"
    assert people.status == machine.status
    return people, machine


def assert_found(people, machine, expected):
    assert set(expected) - set(places(people.err, "list.csv")) == set(), people
    found = {(p.get("line"), p.get("column")): p["message"] for p in machine.problems()}
    assert set(found) == set(expected), machine
    for place, about in expected.items():
        assert about.lower() in found[place].lower(), (place, found[place])
    assert len(machine.problems()) == len(found), f"a fault was reported twice\n{machine}"


def test_each_kind_of_fault_at_its_place_in_one_run(desk):
    book = faulty_rows()
    people, machine = checked(desk, book)
    assert people.status == 1, people
    assert_found(people, machine, book.expected)
    assert machine.summary["letters"] == 3, machine
    assert machine.summary["problem_rows"] == book.rows - 3


def test_faults_of_the_header_in_the_same_run_as_those_of_rows(desk):
    """A column without a name and one that is there twice: reported with everything else, not instead of it."""
    header = [*COLUMNS[:7], "", "Ward", "Constituency", "MP", "Message", "Postcode"]
    columns = {name: header.index(name) + 1 for name in COLUMNS}
    book = Book(*header)
    book.expected = {(1, 8): "", (1, 13): "Postcode"}

    def wide(i, **cells):
        row = member(i, **cells)
        return raw(row[:7] + ["something"] + row[7:] + [row[4]])

    book.add(wide(1))
    book.add(wide(2, Name=""), columns["Name"], "name")
    book.add(wide(3, Email="nobody"), columns["Email"], "e-mail")
    book.add(wide(4, Ward=""), columns["Ward"], "ward")
    people, machine = checked(desk, book)
    assert people.status != 0
    assert_found(people, machine, book.expected)


def test_faults_of_the_model_letter_in_the_same_run_as_those_of_the_list(desk):
    book = Book(*COLUMNS)
    book.good(1)
    book.add(raw(member(2, Name="")), COLUMN["Name"], "name")
    model = FAULTY_MODEL.replace("in the ward of [ward]", "in [wrad], <MP name>")
    people, machine = checked(desk, book, model)
    assert people.status == 65, people
    line = model.splitlines().index(next(l for l in model.splitlines() if "wrad" in l)) + 1
    column = model.splitlines()[line - 1].index("[wrad") + 1
    blank = model.splitlines()[line - 1].index("<MP") + 1
    assert (line, column) in places(people.err, "model.md"), people
    assert (line, blank) in places(people.err, "model.md"), people
    assert "Ward" in next(p["message"] for p in machine.problems() if p["file"] == "model.md" and p["column"] == column)
    carets = [l for l in people.err.splitlines() if l.strip() == "^"]
    shown = people.err.splitlines()[people.err.splitlines().index(carets[0]) - 1]
    assert shown[carets[0].index("^")] in "[w", "the caret stands under the field"
    assert places(people.err, "list.csv") == [(3, 1)]


@pytest.mark.parametrize("model, line, column, about", [
    ("Dear [MP]\n\nHello [nobody knows]\n\nRegards\n\n[name]\n", 3, 7, "nobody knows"),
    ("Hello\n\nI write.\n\nRegards\n\n[name]\n", None, None, "Dear"),
    ("Dear [MP]\n\nHello [if ward]there\n\nRegards\n\n[name]\n", 3, 7, "[end]"),
    ("Dear [MP]\n\nHello [else] there\n\nRegards\n\n[name]\n", 3, 7, "[if"),
    ("Dear [MP]\n\nHello there [end]\n\nRegards\n\n[name]\n", 3, 13, "[if"),
    ("Dear [MP]\n\nHello ____ there\n\nRegards\n\n[name]\n", 3, 7, ""),
    ("Dear [MP]\n\nHello «Name» there\n\nRegards\n\n[name]\n", 3, 7, ""),
    ("Dear [MP]\n\nHello XXXX there\n\nRegards\n\n[name]\n", 3, 7, ""),
    ("Dear [MP]\n\nHello (your name) there\n\nRegards\n\n[name]\n", 3, 7, ""),
    ("Dear [MP]\n\nHello <MP name> there\n\nRegards\n\n[name]\n", 3, 7, ""),
    ("Dear [MP]\n\nHello [ward there\n\nRegards\n\n[name]\n", 3, 7, "]"),
    ("Dear [MP]\n\nHello [] there\n\nRegards\n\n[name]\n", 3, 7, ""),
])
@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_faults_of_a_model_letter(desk, model, line, column, about, suffix):
    desk.file(f"model{suffix}", model)
    desk.file("list.csv", csv_text([person(1)]))
    result = desk.run("--json", "-t", f"model{suffix}", "-i", "list.csv", "check")
    assert result.status == 65, result
    found = [p for p in result.problems() if p["file"] == f"model{suffix}"]
    assert found, result
    if line is not None:
        assert (line, column) in [(p.get("line"), p.get("column")) for p in found], result
    assert any(about in p["message"] for p in found), result


def test_a_backslash_says_that_a_blank_is_meant(desk):
    desk.file("model.md", MODEL.replace("keep it open", "keep \\____ it \\[open]"))
    desk.file("list.csv", csv_text([person(1)]))
    result = desk.run("-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 0, result


def test_a_column_named_like_a_condition_is_a_fault(desk):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(1) + ["x"]], HEADER + ["if ward"]))
    result = desk.run("--json", "-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 65, result
    assert (1, len(HEADER) + 1) in [(p["line"], p["column"]) for p in result.problems()], result


FIRST = member(1)
SAME = {
    "name and postcode": (member(2, Name=FIRST[0], Postcode=FIRST[4]), {"Name", "Postcode"}),
    "name and e-mail": (member(2, Name=FIRST[0], Email=FIRST[5].upper()), {"Name", "Email"}),
    "membership number": (member(2, **{"Membership No": FIRST[6]}), {"Name", "Membership No"}),
}


@pytest.mark.parametrize("by", SAME)
def test_the_same_person_by_each_identity(desk, by):
    second, columns = SAME[by]
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([FIRST, second], COLUMNS))
    result = desk.run("--json", "-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 1, result
    [problem] = result.problems()
    assert problem["row"] == 2 and problem["line"] == 3, problem
    assert problem["column"] in {COLUMN[name] for name in columns}, problem
    assert "row 1" in problem["message"]


def test_different_people_at_one_address_are_no_fault(desk):
    first = member(1)
    second = member(2, **{name: first[COLUMN[name] - 1] for name in ("Address line 1", "Address line 2", "Postcode", "Email")})
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([first, second], COLUMNS))
    result = desk.run("-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 0, result


def test_a_workplace_and_one_mp_for_all_are_warned_of(desk):
    desk.file("model.md", MODEL)
    rows = [person(i, Postcode="NE98 1YX", MP="Only One", Constituency="Only One") for i in range(60)]
    desk.file("list.csv", csv_text(rows))
    result = desk.run("--json", "-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 0, result
    warnings = [p["message"] for p in result.problems("warning")]
    assert any("NE98 1YX" in message and "60" in message for message in warnings), warnings
    assert any("Only One" in message for message in warnings), warnings


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n\r\n", csv_text([]).encode()])
def test_a_list_without_rows(desk, content):
    desk.file("model.md", MODEL)
    desk.file("list.csv", content)
    result = desk.run("-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 65, result
    assert "list.csv" in result.err


CORRECT = {
    "as printed": csv_text([person(i) for i in range(9)]),
    "semicolons and title": "Branch 12;;\n\n" + csv_text([person(i) for i in range(9)], separator=";", line_end="\n"),
    "tabs": csv_text([person(i) for i in range(9)], separator="\t"),
    "title, first and last name": csv_text(
        [["Ms", "Jane", "O’Brien", "1 High St", "Bootle", "L20 9ZX", "Bootle", "Ann Invented"]],
        ["Title", "Forename", "Surname", "Addr 1", "Addr 2", "Post Code", "Constituency", "MP's name"],
    ),
    "one-cell address with line breaks": csv_text(
        [["Jane Doe", "1 High Street\nBootle\nMerseyside", "l209zx", "Bootle", "Ann Invented MP"]],
        ["Full name", "Address", "POSTCODE", "Constituency", "Member of Parliament"],
    ),
    "one-cell address with commas": csv_text(
        [["Jane Doe", "1 High Street, Bootle, Merseyside", "L20 9ZX", "Bootle", "Ann Invented"]],
        ["Name", "Home address", "Post-code", "Parliamentary constituency", "MP"],
    ),
    "town and county": csv_text(
        [["Doe", "Jane", "1 High Street", "Bootle", "Merseyside", "L20 9ZX", "Bootle", "Ann Invented"]],
        ["Last Name", "First Name", "Address 1", "Town", "County", "Postal code", "constituency", "mp name"],
    ),
    "columns of its own, quoted, and empty ones": csv_text(
        [person(i) + ["", "yes", ""] for i in range(3)], HEADER + ["", "Agreed 2026-03-10", ""]
    ).replace("Name", '"Name"', 1) + ",,,\r\n",
    "one row, no line end": csv_text([person(1)]).rstrip(),
    "everything quoted, CR": csv_text([person(i) for i in range(3)], line_end="\r"),
    "names of the world": csv_text(
        [person(1, Name="Łukasz Wiśniewski"), person(2, Name="Ελένη Παπαδοπούλου"), person(3, Name="ليلى حداد"),
         person(4, Name="Siân Ŵyn"), person(5, Name="Nguyễn Thị Hạnh"), person(6, Name="Ольга Петрова")]
    ),
}


@pytest.mark.parametrize("shape", CORRECT)
def test_a_correct_list_gives_no_problem(desk, shape):
    desk.file("model.md", MODEL)
    desk.file("list.csv", CORRECT[shape])
    result = desk.run("--json", "-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 0, result
    assert not result.problems("error") and not result.problems("warning"), result
    assert result.summary["problem_rows"] == 0 and result.summary["letters"] > 0
