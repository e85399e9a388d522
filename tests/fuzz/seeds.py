#!/usr/bin/env python3
"""
Gathers what the other tests read into a corpus for each fuzzer: seeds.py DIRECTORY makes DIRECTORY/csv, config, model,
letter and picture. The names of seeds are hashes of their bytes, as libFuzzer names its own. Beside each stands a dictionary
(NAME.dict) of what its inputs are made of.
"""
import hashlib
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests" / "program"))

import conftest  # noqa: E402
import test_draft  # noqa: E402
import test_faults  # noqa: E402
import test_formats  # noqa: E402
import test_letters  # noqa: E402
import test_pictures  # noqa: E402

PARTING = b"\n=====\n"


def lists():
    rows = test_formats.ROWS[:4]
    yield from (encode(conftest.csv_text(rows, separator=separator)) for separator in (",", ";", "\t", "|")
                for encode in {**test_formats.ENCODINGS, **test_formats.OTHERS}.values())
    yield from (text.encode() for text in test_faults.CORRECT.values())
    yield test_faults.faulty_rows().bytes.replace(b"x" * 1024, b"")
    yield conftest.csv_text(test_draft.ROWS, test_draft.HEADER).encode()
    yield conftest.csv_text([conftest.person(i, Name=name) for i, name in enumerate(test_letters.HOSTILE)]).encode()
    yield b"".join((ROOT / "constituents" / "sample.csv").read_bytes().splitlines(True)[:13])
    yield b'sep=;\r\nName;Post code\r\n"a ""b"" c\r\nd";"unclosed\r\n#N/A;1.2E+08\r\n'


def configurations():
    example = ROOT / "config.example"
    if example.exists():
        yield example.read_bytes()
    yield b"[campaign]\nname = library\nmodel = letter.md\n\n[letter]\nlanguage = cy\nsize = 11\n"
    yield b"\xef\xbb\xbf[letter]\r\ndate=2026-11-22 ; a comment\r\nfont = Gentium Book Plus\r\n"
    yield b"[campaign]\nout = elsewhere\nencoding = macintosh\n\0letter.size=10.5\ncampaign.name=other\n"
    yield b"[campaign\nname\n= x\n[nowhere]\nnmae = y\n[letter]\nsize = big\n"


def models():
    """Pairs of the first byte (Markdown or plain text) and a text."""
    for path in sorted((ROOT / "templates").glob("*.md")):
        yield b"m", path.read_bytes()
    yield b"t", test_draft.DRAFT.encode()
    for mark in test_faults.test_faults_of_a_model_letter.pytestmark:
        if mark.args[0].startswith("model"):
            yield from ((kind, case[0].encode()) for case in mark.args[1] for kind in (b"m", b"t"))
    for kind in (b"m", b"t"):
        yield kind, conftest.MODEL.encode()
    yield b"m", (b"Subject: s [name]\n\nDear [MP]\n\n[if ward]\n\n> - **bold** *it* [constituency|none]\n>   1. one\n\n[else]\n\n"
                 b"[personal message]\n\n[end]\n\n# Heading\n\n`code` <https://a.example/> &amp; \\[no\\] \\____\n\n"
                 b"A [if not ward]a[else]b[end] [if country is Wales]c[end] [a/b or c|d]\n\nRegards\n\n[name]\n")
    yield b"t", ("Dear [MP]\n\n" + "\n".join("This text was wrapped at a fixed width by some program, and is to be joined."[: 60 + i % 9]
                                          for i in range(9)) + "\n\n• one\n• two\n1) three\n\nRegards\n[name]\n").encode()
    for path in sorted((ROOT / "tests" / "model").glob("*.*")):
        if path.suffix in (".md", ".txt"):
            yield (b"m" if path.suffix == ".md" else b"t"), path.read_bytes()


def letters():
    few = conftest.csv_text([conftest.person(1), conftest.person(2, Name="ليلى حداد", Ward=""),
                             conftest.person(3, Name="Ελένη 😀")]).encode()
    for kind, text in models():
        yield kind + text + PARTING + few
    for text in lists():
        if len(text) < 6000:
            yield b"m" + conftest.MODEL.encode() + PARTING + text
    long = conftest.MODEL.replace("Please", "A paragraph about the library. " * 90 + "\n\nPlease")
    yield b"m" + long.encode() + PARTING + few
    mixed = conftest.MODEL.replace("Please", "العربية في النص and **bold العربية** here. " * 30 + "\n\nPlease")
    yield b"m" + mixed.encode() + PARTING + few


def pictures():
    yield test_pictures.LOGO
    yield test_pictures.signature(3)[0]
    yield test_pictures.TURNED_JPEG
    for channels in (1, 2, 3, 4):
        yield test_pictures.png(5, 3, channels, lambda x, y: [(40 * x + 9 * y + 70 * c) % 256 for c in range(channels)])[0]
    yield from (content for _, content, _ in test_pictures.CELLS.values() if isinstance(content, bytes))


LIST_WORDS = ['""', '"', ",", ";", "|", "\t", "\r\n", "\r", "\ufeff", "\u00a0", "#N/A", "1.2E+08", "sep=;\r\n", "’", "ليلى", "😀",
              "Name", "Title", "First name", "Surname", "Address", "Postcode", "Email", "MP", "Constituency", "row", "key", "problem"]
MODEL_WORDS = ["[", "]", "|", "/", " or ", "\\[", "[if ", "[if not ", " is ", "[else]", "[end]", "[name]", "[Date]", "[MP]",
               "[personal message]", "[Address line 1]", "[Postcode]", "[constituency]", "Dear ", "Annwyl ", "Yours sincerely",
               "Subject: ", "Language: cy\n", "\n\n", "\n- ", "\n1. ", "\n> ", "**", "*", "`", "# ", "<", ">", "____", "XXXX",
               "«Name»", "(your name)", "‟", "• ", "--", "...", "'", "\\", "\ue000", "\u202e", "&amp;", "https://a.example/"]
WORDS = {
    "csv": LIST_WORDS,
    "config": ["[campaign]\n", "[letter]\n", "name = x\n", "encoding = macintosh\n", "encoding = auto\n", "out = x\n", "model = x\n",
               "constituents = x\n", "language = cy\n", "date = today\n", "date = 2026-11-22\n", "font = x\n", "size = 11\n", "; x", "# x",
               "\ufeff", "\0letter.size=9", '"', "="],
    "model": MODEL_WORDS,
    "letter": LIST_WORDS + MODEL_WORDS,
    "picture": [b"\x89PNG\r\n\x1a\n", b"\0\0\0\rIHDR", b"PLTE", b"\0\0\0\x04tRNS", b"IDAT", b"\0\0\0\0IEND",
                b"\0\0\0\tpHYs\0\0\x2e\x23\0\0\x2e\x23\x01\0\0\0\0", b"eXIf", b"\xff\xd8\xff", b"\xff\xd9", b"\xff\xc0",
                b"\xff\xc2", b"\xff\xc4", b"\xff\xda", b"\xff\xdb", b"\xff\xdd", b"\xff\xe1", b"\xff\xee\0\x0eAdobe",
                b"JFIF\0\1\1\1\1\x2c\1\x2c", b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0"],
}


def encoded(word):
    return word if isinstance(word, bytes) else word.encode()


def dictionary(words):
    """As libFuzzer reads it: a quoted string a line, with hexadecimal escapes."""
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in encoded(word)) + '"\n' for word in words)


def main():
    for name, seeds in {
        "csv": lists(),
        "config": configurations(),
        "model": (kind + text for kind, text in models()),
        "letter": letters(),
        "picture": pictures(),
    }.items():
        directory = pathlib.Path(sys.argv[1]) / name
        directory.mkdir(parents=True, exist_ok=True)
        for seed in seeds:
            (directory / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
        directory.with_suffix(".dict").write_text(dictionary(WORDS[name]))


main()
