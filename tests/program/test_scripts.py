"""Every name in its own script: what a list holds is printed and can be copied out again; what no font has is said."""
import pathlib
import unicodedata

import pytest

from conftest import DATE, assert_sound, command, csv_text, pdf_text

HEADER = ["Name", "Address 1", "Town", "Postcode", "MP", "Personal message"]
MODEL = """\
Dear [MP]

My name is [name], and what I have to say is this: [personal message]

[personal message]

Yours sincerely

[name]
"""

# A name, and some words that no list of invented names would hold.
SCRIPTS = {
    "Latin": ("Łukasz Ẃynnþór Ǩøñțić", "Ægir, Þórðarson; Žižek — ŵyn “Ṭḥ” ḳ́ẽ Ọ̀ṣun ſt ĳ ŉ"),
    "Vietnamese": ("Nguyễn Thị Ánh Tuyết", "Đặng Hữu Phước ở Thừa Thiên Huế"),
    "Greek": ("Αθηνά Παπαδοπούλου", "ᾧ δὲ ἔγραψε· τί ἐστιν;"),
    "Cyrillic": ("Ольга Щёголева", "Ґалаґан, Љубица и Їжакевич"),
    "Arabic": ("محمد عبد الله الهاشمي", "أكتب إليكم بشأن المكتبة"),
    "Hebrew": ("שלום כהן־לוי", "אני כותב אליכם"),
    "Devanagari": ("श्रीमती क्षत्रिय", "ज्ञानेश्वरी विद्यार्थिनी"),
    "Bengali": ("রাহুল চক্রবর্তী", "আমি লিখছি"),
    "Gurmukhi": ("ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "ਮੈਂ ਲਿਖ ਰਿਹਾ ਹਾਂ"),
    "Tamil": ("கார்த்திகேயன்", "ஸ்ரீ நான் எழுதுகிறேன்"),
    "Chinese": ("李小龍", "王秀英,张伟 𠮷"),
    "Japanese": ("山田太郎", "ひらがなとカタカナ"),
    "Korean": ("김민준", "이서연 도서관"),
    "emoji": ("Ann Other 😀", "✓ 🎉 ☂"),
}
# In these poppler guesses spaces by the gaps between glyphs, sees some in a cluster of several (a vowel sign, a mark), and
# none between two symbols that stand alone on a line, so the text is compared without spaces.
SPACED_BY_GUESS = {"Devanagari", "Bengali", "Gurmukhi", "Tamil", "Chinese", "Japanese", "Korean", "emoji"}


def row(name, message):
    return [name, "1 High Street", "Exampleton", "L20 3NX", "Ann Invented", message]


def has_font(character):
    return command("fc-list", f":charset={ord(character):x}", "family").strip() != ""


def readable(path):
    """The text in NFC, without soft hyphens, and with every line end and run of spaces as one space."""
    return " ".join(unicodedata.normalize("NFC", pdf_text(path)).replace("\u00ad", "").split())


def letter_of(desk, *rows):
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text(rows, HEADER))
    result = desk.write("model.md", "list.csv")
    assert result.status == 0, result
    return desk.letters()


def without_fonts_is_skipped(texts):
    lacking = {c for text in texts for c in text if not c.isspace() and not has_font(c)}
    if lacking:
        pytest.skip("no font on this computer has " + " ".join(f"{c} (U+{ord(c):04X})" for c in sorted(lacking)))


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_is_printed_can_be_copied_out(desk, script):
    name, message = (unicodedata.normalize("NFC", text) for text in SCRIPTS[script])
    message = message.replace("𠮷", "") if not has_font("𠮷") else message  # a rare character, in large fonts only
    without_fonts_is_skipped([name, message])
    [letter] = letter_of(desk, row(name, message))
    assert_sound(letter)
    text = readable(letter)
    wanted = " ".join(f"My name is {name}, and what I have to say is this: {message} {message} Yours sincerely {name}".split())
    if script in SPACED_BY_GUESS:
        text, wanted = text.replace(" ", ""), wanted.replace(" ", "")
    assert wanted in text, text


def test_one_letter_in_all_of_them(desk):
    parts = [(script, unicodedata.normalize("NFC", text).replace("𠮷", "")) for script, texts in SCRIPTS.items()
             for text in texts]
    parts = [(script, text) for script, text in parts if all(c.isspace() or has_font(c) for c in text)]
    assert len(parts) >= 8, "Latin, Greek and Cyrillic are in the font of the letters itself"
    [letter] = letter_of(desk, row("Ann Other", "\n\n".join(text for _, text in parts)))
    assert_sound(letter)
    text = readable(letter).replace(" ", "")
    assert "".join(text for _, text in parts).replace(" ", "") in text, text
    assert "Tagged:          yes" in command("pdfinfo", letter)


def test_a_character_that_no_font_has(desk):
    """Toto was encoded in 2021, and Kawi a year later."""
    character = next(c for c in "\U0001e290\U00011f04\U0001e4d0" if not has_font(c))
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([row("Ann Other", "fine"), row(f"Jane {character} Doe", "fine"),
                                    row("Bob Other", f"not {character}")], HEADER))
    result = desk.run("-o", DATE, "-t", "model.md", "-i", "list.csv", "check")
    assert result.status == 1, result
    shown = f"no font has {character} (U+{ord(character):04X})"
    assert f"list.csv:3:1: row 2: the name: {shown}\n" in result.err
    assert f"list.csv:4:6: row 3: the personal message: {shown}\n" in result.err


FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{directory}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def test_which_package_would_bring_a_font(desk):
    """On a computer that has the font of the letters and no other."""
    gentium = command("fc-list", "Gentium Book Plus", "file").split(":")[0]
    desk.file("fonts.conf", FONTS.format(directory=pathlib.Path(gentium).parent, cache=desk.path / "cache"))
    names = {"李": "fonts-wqy-microhei", "김": "fonts-wqy-microhei", "م": "fonts-noto-core", "क": "fonts-noto-core",
             "🎉": "fonts-symbola", "𠮷": "fonts-hanazono", "⺀": "fonts-noto-cjk"}
    desk.file("model.md", MODEL)
    desk.file("list.csv", csv_text([row(f"Ann {c} Other{'s' * i}", "") for i, c in enumerate(names)], HEADER))
    environment = desk.environment(FONTCONFIG_FILE=str(desk.path / "fonts.conf"))
    result = desk.run("-o", DATE, "-t", "model.md", "-i", "list.csv", "check", env=environment)
    assert result.status == 65, result
    for character, package in names.items():
        line = next(line for line in result.err.splitlines() if character in line)
        assert line.endswith(f"the name: no font has {character} (U+{ord(character):04X}); the Debian package {package} "
                             f"brings one: sudo apt install {package}"), line


def test_two_missing_characters_are_both_named(desk):
    gentium = command("fc-list", "Gentium Book Plus", "file").split(":")[0]
    desk.file("fonts.conf", FONTS.format(directory=pathlib.Path(gentium).parent, cache=desk.path / "cache"))
    desk.file("model.md", MODEL.replace("My name", "§ 5 ☂ 張 My name"))
    desk.file("list.csv", csv_text([row("Ann 李 Other", "小 and 李")], HEADER))
    environment = desk.environment(FONTCONFIG_FILE=str(desk.path / "fonts.conf"))
    result = desk.run("-o", DATE, "-t", "model.md", "-i", "list.csv", "check", env=environment)
    assert result.status == 65, result
    assert "list.csv:2:1: row 1: the name: no font has 李 (U+674E)" in result.err
    assert "list.csv:2:6: row 1: the personal message: no font has 小 (U+5C0F)" in result.err
    assert "model.md:3:1: no font has ☂ (U+2602)" in result.err and "no font has 張 (U+5F35)" in result.err
    assert result.err.count("U+674E") == 1
