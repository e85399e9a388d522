"""Where a letter stands on its paper: the window, the sender, margins and pages; and what check says before it is printed."""
import pytest

from conftest import MODEL, assert_sound, csv_text, pdf_pages, pdf_placed, pdf_text, pdf_words, person

MM = 72 / 25.4

LONG = "\n\n".join(["The library is where children do their homework, where neighbours meet, and where those who have no "
                    "computer at home apply for work. Nobody who has seen it on a wet afternoon would close it."] * 16)


def write(desk, *settings, model=MODEL, rows=None):
    desk.file("model.md", model)
    desk.file("list.csv", csv_text(rows or [person(1)]))
    result = desk.write("model.md", "list.csv", *(part for setting in settings for part in ("-o", setting)))
    assert result.status == 0, result
    return desk.letters()


def place_of(path, word):
    return next((x / MM, y / MM) for text, x, y in pdf_placed(path) if text == word)


@pytest.mark.parametrize("window, top, bottom, salutation", [
    ("dl", 57, 81, 98), ("c5", 67, 88.5, 108), ("notify", 39.5, 66.3, 101), ("none", 40, 75, 80)])
@pytest.mark.parametrize("sender", ["right", "left"])
def test_the_recipient_stands_in_the_window(desk, window, top, bottom, salutation, sender):
    [letter] = write(desk, f"letter.window={window}", f"letter.sender={sender}")
    x, y = place_of(letter, "Invented")
    assert 24 < x < 26 and top - 2 < y < bottom, (x, y)
    x, y = place_of(letter, "Dear")
    assert x < 26 and y > bottom, (x, y)
    if window != "none" and (sender == "right" or window == "notify"):
        assert salutation - 6 < y < salutation, y
    x, y = place_of(letter, "High")
    assert (x > 125) == (sender == "right" or window == "notify") and 18 < y < 30, (x, y)
    assert_sound(letter)


def test_ragged_margins_and_closer_lines(desk):
    words = {}
    for align in ("justify", "left"):
        [letter] = write(desk, f"letter.align={align}", "letter.hyphenate=no", "letter.margins=30 40 32 22",
                         "letter.leading=20", model=MODEL.replace("Please ask", LONG[:400] + " Please ask"))
        words[align] = pdf_placed(letter)
        assert all(29.9 < x / MM < 170 for _, x, _ in words[align] if x / MM < 100)
    assert [w for w, *_ in words["left"]] == [w for w, *_ in words["justify"]]
    assert words["left"] != words["justify"]
    lines = sorted({round(y, 1) for w, x, y in words["left"] if 300 < y < 500})
    assert any(abs(b - a - 20) < 0.2 for a, b in zip(lines, lines[1:])), lines


def test_further_pages_say_whose_they_are(desk):
    [letter] = write(desk, model=MODEL.replace("Please ask", LONG + "\n\nPlease ask"))
    assert pdf_pages(letter) == 2
    second = " ".join(pdf_text(letter, "-f", "2").split())
    assert second.startswith("Invented Be MP 22 November 2026 Page 2 of 2"), second[:80]
    assert_sound(letter)


def test_words_are_parted_only_where_that_is_allowed(desk):
    model = MODEL.replace("Please ask", LONG.replace("\n\n", " ").replace("library", "extraordinarily") + " Please ask")
    parted = {}
    for hyphenate in ("yes", "no"):
        [letter] = write(desk, f"letter.hyphenate={hyphenate}", "letter.margins=60 60 32 22", model=model)
        parted[hyphenate] = [line for line in pdf_text(letter, "-layout").splitlines()
                             if line.rstrip().endswith(("-", "\u00ad"))]
    assert parted["yes"] and not parted["no"], parted


def test_fold_marks_are_no_text(desk):
    [plain] = write(desk)
    without = pdf_words(plain)
    before = plain.read_bytes()
    [marked] = write(desk, "letter.fold_marks=yes")
    assert pdf_words(marked) == without and marked.read_bytes() != before


def test_check_names_words_that_are_too_wide(desk):
    wide = "x" * 120
    rows = [person(1), person(2, Ward=wide), person(3, Ward=wide), person(4, Ward="y" * 130)]
    desk.file("model.md", MODEL.replace("about the library", "about the library of [ward]"))
    desk.file("list.csv", csv_text(rows))
    said = set()
    for jobs in (1, 3):
        result = desk.run("-t", "model.md", "-i", "list.csv", "-j", jobs, "check")
        assert result.status == 0, result
        said.add(tuple(line for line in result.err.splitlines() if "wider than its line" in line))
    [warnings] = said
    assert len(warnings) == 2, warnings
    assert "list.csv:3: row 2: warning: \"xxxxx" in warnings[0] and "list.csv:5: row 4: warning: \"yyyy" in warnings[1]


@pytest.mark.parametrize("setting, about", [
    ("letter.window=a4", "dl (folded in three)"), ("letter.margins=1 2 3 4", "four numbers of millimetres"),
    ("letter.leading=10", "at least letter.size"), ("letter.sender=below", "right or left")])
def test_settings_that_do_not_fit(desk, setting, about):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([person(1)]))
    result = desk.run("-t", "model.md", "-i", "list.csv", "-o", setting, "check")
    assert result.status == 78 and about in result.err, result
