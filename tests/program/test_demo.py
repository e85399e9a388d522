"""The sample campaign, as `make demo` makes it: every model letter for every row, sound PDFs, nothing to mend."""
import csv
import re
import shutil

import pytest

from conftest import DATE, ROOT, Desk, assert_sound, pdf_pages, pdf_placed, pdf_words

MODELS = ["mod-shared-services", "moj-shared-services", "swyddi-lleol"]

with open(ROOT / "constituents" / "sample.csv", encoding="utf-8-sig", newline="") as sample:
    ROWS = list(csv.DictReader(sample))


@pytest.fixture(scope="module", params=MODELS)
def campaign(request, tmp_path_factory):
    """The letters of one model, made once for the tests of this file."""
    desk = Desk(tmp_path_factory.mktemp(request.param))
    shutil.copy(ROOT / "constituents" / "sample.csv", desk.path)
    shutil.copy(ROOT / "templates" / f"{request.param}.md", desk.path)
    result = desk.write(f"{request.param}.md", "sample.csv")
    return request.param, desk, result


def test_every_row_becomes_a_letter(campaign):
    model, desk, result = campaign
    assert result.status == 0, result
    letters = desk.letters(model)
    assert [int(p.name[:4]) for p in letters] == list(range(1, len(ROWS) + 1))
    assert str(len(ROWS)) in result.out + result.err
    assert not (desk.path / "out" / model / "problems.csv").exists()


def test_the_sample_has_nothing_to_mend_or_to_look_at(campaign):
    model, desk, _ = campaign
    result = desk.run("--json", "-o", DATE, "-t", f"{model}.md", "-i", "sample.csv", "check")
    assert result.status == 0, result
    assert not result.problems("error"), result
    # That nobody but one added words of their own is how it is, and is said.
    assert all("alike" in w["message"] or "words of their own" in w["message"] for w in result.problems("warning")), result


def test_letters_are_sound(campaign):
    model, desk, _ = campaign
    for letter in desk.letters(model):
        assert_sound(letter)
        assert pdf_pages(letter) == 1 or "PS100481" in ROWS[int(letter.name[:4]) - 1].values(), letter


def test_letters_say_who_writes_to_whom(campaign):
    """Everything that the row gives and the model asks for is there, character for character, whatever its script."""
    model, desk, _ = campaign
    for row, letter in zip(ROWS, desk.letters(model)):
        words = pdf_words(letter)
        names = [row["First name"], row["Surname"]]
        member = re.sub(r"^(Ms|Mr|Dr) ", "", row["MP's name"])
        for value in [*names, row["Addr 1"], row["Addr 2"], row["Addr 3"], row["Post Code"], row["Constituency"], member]:
            assert value in words or set(value.split()) <= set(words.split()), (letter, value, words)
        assert ("22 Tachwedd 2026" if model == "swyddi-lleol" else "22 November 2026") in words
        assert "[" not in words and "]" not in words


@pytest.mark.parametrize("campaign", ["moj-shared-services"], indirect=True)
def test_the_personal_message_is_two_paragraphs(campaign):
    model, desk, _ = campaign
    [(number, row)] = [(i, r) for i, r in enumerate(ROWS) if r["Personal message"]]
    first, second = row["Personal message"].replace("\r\n", "\n").split("\n\n")
    words = pdf_words(desk.letters(model)[number])
    assert f"{first} {second}" in words
    placed = pdf_placed(desk.letters(model)[number])
    start = next(i for i in range(len(placed)) if [w for w, *_ in placed[i : i + 3]] == second.split()[:3])
    (_, _, above), (_, x, y) = placed[start - 1], placed[start]
    lines = sorted({y for _, _, y in placed})
    leading = min(b - a for a, b in zip(lines, lines[1:]) if b - a > 8)
    assert y - above > 1.2 * leading, "the second paragraph stands apart from the first"
    assert abs(x - min(x for _, x, _ in placed)) < 1, "and begins at the margin"


@pytest.mark.parametrize("campaign", ["moj-shared-services"], indirect=True)
def test_a_condition_takes_its_branch(campaign):
    model, desk, _ = campaign
    for row, letter in zip(ROWS, desk.letters(model)):
        with_ward = f"my home is in {row['Ward']}, in the constituency of {row['Constituency']}."
        without = f"my home is in {row['Constituency']}."
        assert (with_ward if row["Ward"] else without) in pdf_words(letter)


def test_nobody_meets_the_name_of_a_real_member_of_parliament():
    """Constituencies are real; the names of MPs in them are invented and marked so by staying the same in each."""
    members = {}
    for row in ROWS:
        assert members.setdefault(row["Constituency"], row["MP's name"]) == row["MP's name"]
        assert row["MP's name"].endswith("MP")
        assert row["Email Address"].endswith(".example")
