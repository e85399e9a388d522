"""A union's own draft, pasted as it stands into a text file, with a list whose headers are its placeholders."""
from conftest import assert_sound, csv_text, pdf_text, pdf_words

CONCERNS = [
    "that the review has been decided before it began",
    "that the present partner has too much influence over it",
    "that our defence capability will suffer",
    "that national security is being put at risk",
    "that the Military Covenant will be broken",
    "that personal data will go abroad",
]

DRAFT = (
    "[Address line 1]\n[Address line 2]\n[Address line 3]\n[Postcode]\n"
    "[Date]\n"
    "\n"
    "Dear [insert MP‟s name]\n"
    "\n"
    "I am a constituent in [insert name of constituency/ward] and I am writing to you about the review of shared services "
    "in the Ministry of Defence, which was announced in March.\n"
    "\n"
    "I am worried about six things:\n" + "".join(f"{concern}\n" for concern in CONCERNS) + "\n"
    "Please write to the Secretary of State and ask for an assurance that this work will stay in the Ministry.\n"
    "\n"
    "I look forward to hearing from you.\n" + "\n" * 9 + "Regards\n\n\n\n[insert name]\n"
)

HEADER = ["Address line 1", "Address line 2", "Address line 3", "Postcode", "Name", "Constituency", "MP"]
ROWS = [
    ["14 Ropewalk Gardens", "Seaforth", "Liverpool", "L21 9ZY", "Jane Doe", "Bootle", "Ms Rosalind Threlkeld"],
    ["9 Kelp Quay", "Stromness", "", "KW16 9ZA", "Siân O’Brien", "Orkney and Shetland", "Sunniva Halcrow-Isbister"],
]


def assert_draft_works(desk, draft):
    desk.file("draft.txt", draft)
    desk.file("members.csv", csv_text(ROWS, HEADER))
    result = desk.write("draft.txt", "members.csv")
    assert result.status == 0, result
    letters = desk.letters("draft")
    assert [p.name for p in letters] == ["0001-jane-doe.pdf", "0002-sian-o-brien.pdf"]
    for letter, row in zip(letters, ROWS):
        assert_sound(letter)
        words = pdf_words(letter)
        for value in [v for v in row if v]:
            assert value in words, (value, words)
        assert "22 November 2026" in words
        assert f"I am a constituent in {row[5]} and" in words
        assert "Regards" in words
        assert "[" not in words
        assert words.index(row[3]) < words.index("22 November 2026") < words.index("Dear") < words.index("Regards")
    assert "Dear Ms Threlkeld" in pdf_text(letters[0])
    assert "Dear Sunniva Halcrow-Isbister" in pdf_text(letters[1])
    return letters


def test_pasted_draft_works_unchanged(desk):
    letters = assert_draft_works(desk, DRAFT)
    for letter in letters:
        lines = [line.strip() for line in pdf_text(letter, "-layout").splitlines()]
        for concern in CONCERNS:
            assert f"• {concern}" in [" ".join(line.split()) for line in lines], f"{concern} is no item of a list"


def test_draft_with_windows_line_ends_and_mark(desk):
    assert_draft_works(desk, b"\xef\xbb\xbf" + DRAFT.replace("\n", "\r\n").encode())


def test_draft_saved_as_windows_1252(desk):
    assert_draft_works(desk, DRAFT.replace("‟", "’").encode("cp1252"))


def test_check_says_how_the_opening_was_read(desk):
    desk.file("draft.txt", DRAFT)
    desk.file("members.csv", csv_text(ROWS, HEADER))
    result = desk.run("-t", "draft.txt", "-i", "members.csv", "check")
    assert result.status == 0, result
    said = result.out + result.err
    assert "1–4" in said, "the sender's address stands in lines 1 to 4"
    assert "line 5" in said, "the date stands in line 5"
    assert "line 7" in said, "the salutation stands in line 7"


def test_a_line_of_empty_fields_disappears(desk):
    letters = assert_draft_works(desk, DRAFT)
    lines = [line.strip() for line in pdf_text(letters[1]).splitlines()]
    at = lines.index("Stromness")
    assert lines[at + 1] == "KW16 9ZA"
