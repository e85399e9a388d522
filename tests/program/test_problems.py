"""problems.csv: what was left out, to be mended and given back as the list."""
import csv

from conftest import HEADER, MODEL, csv_text, person

ROWS = [
    person(1),
    person(2, Postcode="L20 3N"),
    person(3),
    person(4, Name="", Ward="Tŵr, \"East\"\r\nWard"),
    person(5),
    person(6, Email="nobody"),
]


def read(path):
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read UTF-8"
    with open(path, encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def begin(desk):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text(ROWS))
    result = desk.write("model.md", "list.csv")
    assert result.status == 1, result
    assert "problems.csv" in result.out + result.err
    assert [p.name[:4] for p in desk.letters()] == ["0001", "0003", "0005"]
    return desk.path / "out" / "model" / "problems.csv"


def mend(rows):
    cells = {"2": ("Postcode", "L20 3NX"), "4": ("Name", "Ann Mended"), "6": ("Email", "six@mail.example")}
    for row in rows[1:]:
        name, value = cells[row[rows[0].index("row")]]
        row[rows[0].index(name)] = value
    return rows


def save(path, rows, encoding="utf-8-sig", separator=","):
    path.write_bytes(csv_text(rows[1:], rows[0], separator).encode(encoding))


def test_it_holds_the_rows_as_they_stood_and_why(desk):
    rows = read(begin(desk))
    assert rows[0] == HEADER + ["row", "key", "problem"]
    stood = [[cell.replace("\r\n", "\n") for cell in row[:-3]] for row in rows[1:]]
    assert stood == [[cell.replace("\r\n", "\n") for cell in ROWS[i]] for i in (1, 3, 5)]
    assert [row[-3] for row in rows[1:]] == ["2", "4", "6"]
    assert all(row[-2].startswith(f"000{n}") for row, n in zip(rows[1:], (2, 4, 6)))
    assert "L20 3N" in rows[1][-1] and "name" in rows[2][-1] and "e-mail" in rows[3][-1]


def test_mended_and_given_back_it_makes_just_those_letters(desk):
    problems = begin(desk)
    earlier = {p.name: p.read_bytes() for p in desk.letters()}
    save(desk.path / "mended.csv", mend(read(problems)))
    result = desk.write("model.md", "mended.csv")
    assert result.status == 0, result
    now = {p.name: p.read_bytes() for p in desk.letters()}
    assert [name[:4] for name in now] == ["0001", "0002", "0003", "0004", "0005", "0006"]
    assert "0004-ann-mended.pdf" in now
    assert {name: now[name] for name in earlier} == earlier


def test_excel_may_save_it_in_its_own_way(desk):
    problems = begin(desk)
    save(desk.path / "mended.csv", mend(read(problems)), "utf-16", "\t")
    result = desk.write("model.md", "mended.csv")
    assert result.status == 0, result
    assert len(desk.letters()) == 6


def test_mended_letters_are_those_of_the_whole_list(desk):
    """A letter made from the mended rows alone is the letter that the mended list makes."""
    problems = begin(desk)
    save(problems, mend(read(problems)))
    assert desk.write("model.md", "out/model/problems.csv").status == 0
    parts = {p.name: p.read_bytes() for p in desk.letters()}
    whole = [list(row) for row in ROWS]
    whole[1][4], whole[3][0], whole[5][5] = "L20 3NX", "Ann Mended", "six@mail.example"
    desk.file("whole.csv", csv_text(whole))
    assert desk.write("model.md", "whole.csv", "-o", "campaign.name=whole").status == 0
    assert {p.name: p.read_bytes() for p in desk.letters("whole")} == parts


def test_the_list_being_read_is_not_overwritten(desk):
    problems = begin(desk)
    rows = mend(read(problems))
    rows[2][4] = "still wrong"
    save(problems, rows)
    given = problems.read_bytes()
    result = desk.write("model.md", "out/model/problems.csv", "--json")
    assert result.status == 1, result
    assert problems.read_bytes() == given
    left = desk.path / result.summary["problems"]
    assert left != problems and left.parent == problems.parent
    again = read(left)
    assert again[0] == rows[0], "its own columns stand there once"
    assert [(row[-3], row[4]) for row in again[1:]] == [("4", "still wrong")]
    assert "still wrong" in again[1][-1]

    again[1][4] = "L20 4NX"
    save(left, again)
    result = desk.write("model.md", left)
    assert result.status == 0, result
    assert [p.name[:4] for p in desk.letters()] == [f"000{i}" for i in range(1, 7)]


def test_problems_are_told_at_the_line_of_the_file_and_under_the_old_row(desk):
    problems = begin(desk)
    result = desk.run("--json", "-t", "model.md", "-i", "out/model/problems.csv", "check")
    assert [p["row"] for p in result.problems()] == [2, 4, 6], result
    assert [p["line"] for p in result.problems()] == [2, 3, 5], result
    assert problems.exists()


def test_it_is_gone_when_nothing_is_left_over(desk):
    problems = begin(desk)
    desk.file("list.csv", csv_text([person(i) for i in range(1, 7)]))
    result = desk.write("model.md", "list.csv")
    assert result.status == 0, result
    assert not problems.exists()


def test_every_row_bad(desk):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(1, Name=""), person(2, Postcode="")]))
    result = desk.write("model.md", "list.csv")
    assert result.status == 65, result
    assert len(read(desk.path / "out" / "model" / "problems.csv")) == 3
    assert not list((desk.path / "out").rglob("*.pdf"))


def test_two_letters_of_one_row_are_pointed_out(desk):
    """A name mended between two runs leaves the old file, and both would be posted."""
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(1, Name="Jan Doe"), person(2)]))
    assert "same row" not in desk.write("model.md", "list.csv").err
    desk.file("list.csv", csv_text([person(1, Name="Jane Doe"), person(2)]))
    result = desk.write("model.md", "list.csv")
    assert result.status == 0, result
    assert "0001-jan-doe.pdf and 0001-jane-doe.pdf" in result.err, result
    assert result.err.count("same row") == 1
