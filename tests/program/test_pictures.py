"""Logos and signatures: what is seen in the letters, whose files are taken, and what is said of those that are not."""
import base64
import email
import re
import struct
import subprocess
import unicodedata
import zlib

import pytest

from conftest import HEADER, MODEL, TIMEOUT_S, assert_sound, csv_text, pdf_objects, person, places
from mailing import Mailing, supporter

COLUMNS = [*HEADER, "Signature"]


def png(width, height, channels, at):
    """A PNG of eight bits; AT(x, y) gives the samples of a pixel. Returns its bytes and its samples."""
    rows = [b"".join(bytes(at(x, y)) for x in range(width)) for y in range(height)]
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b""),
            b"".join(rows))


LOGO, LOGO_SAMPLES = png(60, 30, 3, lambda x, y: (200, 4 * x, y) if (x + y) % 7 else (255, 255, 255))


def signature(seed, side=40):
    """Strokes of ink on nothing, different for each SEED: the file, its samples and its alpha."""
    def at(x, y):
        ink = (x * seed + y) % 9 < 3
        return (seed, 0, 90, 200) if ink else (255, 255, 255, 0)
    file, samples = png(side, side // 2, 4, at)
    return file, b"".join(samples[i:i + 3] for i in range(0, len(samples), 4)), samples[3::4]


# 16 by 8 pixels, dark in the top left quarter of the samples, to be turned a quarter to the right (Exif: 6).
TURNED_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAASUkqAAgAAAABABIBAwABAAAABgAAAAAAAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYI"
    "DAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIABABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QA"
    "tRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVW"
    "V1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP0"
    "9fb3+Pn6/9oACAEBAAA/AE/4cY/9Vs/8tT/7tr9VK//Z")


def images(path):
    """The image XObjects of a PDF that are no masks: width, height, samples, and alpha or None."""
    objects = pdf_objects(path)
    found = {name: thing["stream"]["dict"] for name, thing in objects.items()
             if isinstance(thing, dict) and thing.get("stream", {}).get("dict", {}).get("/Subtype") == "/Image"}
    masks = {"obj:" + entries["/SMask"] for entries in found.values() if "/SMask" in entries}

    def samples(name):
        number = name.removeprefix("obj:").split()[0]
        return subprocess.run(["qpdf", f"--show-object={number}", "--filtered-stream-data", path], timeout=TIMEOUT_S,
                              capture_output=True, check=True).stdout
    return [(entries["/Width"], entries["/Height"], samples(name),
             samples("obj:" + entries["/SMask"]) if "/SMask" in entries else None)
            for name, entries in found.items() if name not in masks]


def shown(path):
    """What pdfimages finds on the pages: the types, in order."""
    listed = subprocess.run(["pdfimages", "-list", path], capture_output=True, check=True, timeout=TIMEOUT_S)
    return [line.split()[2] for line in listed.stdout.decode().splitlines()[2:]]


class Campaign:
    """The campaign "library" at a desk, with these rows and settings of [letter]."""

    def __init__(self, desk, rows=2, model=MODEL, **letter):
        self.desk = desk
        if isinstance(rows, int):
            rows = [[*person(i), ""] for i in range(1, rows + 1)]
        desk.file("model.md", model)
        desk.file("list/list.csv", csv_text(rows, header=COLUMNS))
        self.letter = {"date": "2026-11-22", **letter}
        self.configure()

    def configure(self, more=""):
        lines = [f"{key} = {value}" for key, value in self.letter.items()]
        self.desk.file("postbag.conf", "[campaign]\nname = library\nmodel = model.md\nconstituents = list/list.csv\n"
                       "[letter]\n" + "\n".join(lines) + "\n" + more)

    def letters(self):
        return self.desk.letters("library")


def signed_rows(*paths):
    return [[*person(i), path] for i, path in enumerate(paths, 1)]


# Seen


def test_logo_and_signature_in_every_letter(desk):
    campaign = Campaign(desk, logo="logo.png", logo_text="Example Branch", signature="secretary.png")
    file, samples, alpha = signature(3)
    desk.file("logo.png", LOGO)
    desk.file("secretary.png", file)
    result = desk.run("write")
    assert result.status == 0, result
    for letter in campaign.letters():
        assert_sound(letter)
        assert sorted(images(letter)) == sorted([(60, 30, LOGO_SAMPLES, None), (40, 20, samples, alpha)])
        assert shown(letter) == ["image", "image", "smask"]
        described = [thing["value"].get("/Alt") if "value" in thing else thing.get("/Alt")
                     for thing in pdf_objects(letter).values() if isinstance(thing, dict)]
        assert "u:Example Branch" in described, "who cannot see the logo is told what it shows"


def test_embedded_once_in_a_combined_file(desk):
    campaign = Campaign(desk, rows=12, logo="logo.png", signature="secretary.png")
    desk.file("logo.png", LOGO)
    desk.file("secretary.png", signature(3)[0])
    assert desk.run("write", "--combined").status == 0
    combined = desk.path / "out" / "library" / "letters.pdf"
    assert len(images(combined)) == 2
    assert shown(combined).count("image") == 24
    del campaign


def test_each_member_has_their_own(desk):
    """Also shared ones, in folders, with Windows' strokes; where there is none, there is room to sign by hand."""
    files = {name: signature(seed) for seed, name in enumerate(("a.png", "signatures/b.png", "c.png"), 2)}
    rows = signed_rows("a.png", "signatures\\b.png", "", "./c.png", "a.png")
    campaign = Campaign(desk, rows, signature_column="signature")
    for name, (file, _, _) in files.items():
        desk.file("list/" + name, file)
    result = desk.run("write")
    assert result.status == 0, result
    assert "own names only" not in result.err, "the column is known"
    own = [[i[2:] for i in images(letter)] for letter in campaign.letters()]
    a, b, c = ([file[1:]] for file in files.values())
    assert own == [a, b, [], c, a]
    before = desk.tree()
    assert desk.run("write", "--combined").status == 0
    assert len(images(desk.path / "out" / "library" / "letters.pdf")) == 3
    assert desk.run("-j", "4", "write").status == 0
    assert {name: desk.tree()[name] for name in before} == before, "the same bytes on any number of threads"


def test_an_e_mail_has_the_same_signature(desk, scripted):
    file, samples, alpha = signature(5)
    mailing = Mailing(desk, scripted(), rows=[supporter(1)])
    mailing.settings["letter"]["signature"] = "secretary.png"
    mailing.configure()
    desk.file("secretary.png", file)
    assert desk.run("preview").status == 0
    [raw] = [path.read_bytes() for path in (mailing.out / "preview").glob("*.eml")]
    [attached] = [part.get_payload(decode=True) for part in email.message_from_bytes(raw).walk()
                  if part.get_content_type() == "application/pdf"]
    assert images(desk.path / desk.file("attached.pdf", attached)) == [(40, 20, samples, alpha)]


def test_a_photograph_is_turned_the_right_way_up(desk):
    campaign = Campaign(desk, rows=1, signature="photograph.png")  # what it is, its bytes say
    desk.file("photograph.png", TURNED_JPEG)
    assert desk.run("write").status == 0
    [(width, height, samples, alpha)] = images(campaign.letters()[0])
    assert (width, height, alpha) == (8, 16, None)
    dark = {(x, y) for y in range(16) for x in range(8) if samples[y * 8 + x] < 128}
    assert dark == {(x, y) for y in range(8) for x in range(4, 8)}


def test_a_large_photograph_does_not_make_large_letters(desk):
    campaign = Campaign(desk, rows=1, signature="photograph.png", logo="logo.png")
    desk.file("photograph.png", png(3000, 1000, 1, lambda x, y: ((x // 7 * y // 9) % 256,))[0])
    desk.file("logo.png", png(1000, 900, 3, lambda x, y: (x % 256, y % 256, (x ^ y) % 256))[0])
    assert desk.run("write").status == 0
    sizes = sorted(image[:2] for image in images(campaign.letters()[0]))
    assert sizes == [(262, 236), (1181, 393)], "300 and 600 dots per inch at 20 mm and 50 mm"
    assert campaign.letters()[0].stat().st_size < 700_000


# Refused: the row


BROKEN = signature(2)[0]
CELLS = {
    "missing": ("nobody.png", None, "the signature nobody.png cannot be found: there is no such file in the folder /"),
    "cut": ("cut.png", BROKEN[:-20], "the signature cut.png is damaged: the end of the file is missing"),
    "damaged": ("bad.png", BROKEN[:60] + b"x" + BROKEN[61:], "the signature bad.png is damaged"),
    "empty": ("empty.png", b"", "the signature empty.png is empty"),
    "another kind": ("kind.png", b"RIFF\x10\0\0\0WEBPVP8 ", "is a WebP picture, whatever its name says"),
    "a folder": ("folder", "folder", "the signature folder is a folder"),
    "upwards": ("../secret.png", None, "leads out of the list's folder"),
    "upwards in between": ("folder/../../secret.png", None, "leads out of the list's folder"),
    "upwards as Windows has it": ("..\\secret.png", None, "leads out of the list's folder"),
    "absolute": ("/etc/hostname", None, "leads out of the list's folder"),
    "another drive": ("C:\\secret.png", None, "leads out of the list's folder"),
    "a link": ("link.png", "../secret.png", "leads out of the list's folder"),
    "a link to a folder": ("linked/secret.png", "..", "leads out of the list's folder"),
    "a link to nothing": ("dangling.png", "nowhere.png", "cannot be found"),
}


def put(desk, name, content):
    """What stands in the list's folder under NAME: bytes, a folder, or a link."""
    path = desk.path / "list" / name.split("/")[0]
    if content == "folder":
        path.mkdir()
    elif isinstance(content, str):
        path.symlink_to(content)
    elif content is not None:
        path.write_bytes(content)


def test_a_signature_that_cannot_be_taken_is_a_problem_of_its_row(desk):
    good, samples, alpha = signature(7)
    rows = signed_rows("good.png", *(cell for cell, _, _ in CELLS.values()))
    campaign = Campaign(desk, rows, signature_column="Signature")
    desk.file("list/good.png", good)
    desk.file("secret.png", good)
    for name, content, _ in CELLS.values():
        put(desk, name, content)
    result = desk.run("--json", "write")
    assert result.status == 1, result
    problems = result.problems()
    assert [problem["row"] for problem in problems] == list(range(2, len(rows) + 1))
    for problem, (_, _, message) in zip(problems, CELLS.values()):
        assert message in problem["message"], problem
        assert (problem["line"], problem["column"]) == (problem["row"] + 1, len(COLUMNS))
    assert [images(letter) for letter in campaign.letters()] == [[(40, 20, samples, alpha)]]
    left = (desk.path / "out" / "library" / "problems.csv").read_text(encoding="utf-8-sig")
    assert "the signature cut.png is damaged" in left


def test_a_file_with_its_accents_apart_is_found(desk):
    """As a Mac packs it: the list says ŵ in one character, and the file's name is w with a circumflex behind it."""
    campaign = Campaign(desk, signed_rows("siân/ŵ.png"), signature_column="Signature")
    desk.file(unicodedata.normalize("NFD", "list/siân/ŵ.png"), signature(2)[0])
    assert desk.run("write").status == 0
    assert len(images(campaign.letters()[0])) == 1


def test_a_link_within_the_folder_is_followed(desk):
    campaign = Campaign(desk, signed_rows("link.png"), signature_column="Signature")
    desk.file("list/real/a.png", signature(2)[0])
    put(desk, "link.png", "real/a.png")
    assert desk.run("write").status == 0
    assert len(images(campaign.letters()[0])) == 1


def test_a_mended_row_finds_its_file_from_the_old_folder(desk):
    """problems.csv stands in another folder than the list."""
    campaign = Campaign(desk, signed_rows("a.png", "later.png"), signature_column="Signature")
    desk.file("list/a.png", signature(2)[0])
    assert desk.run("write").status == 1
    desk.file("list/later.png", signature(3)[0])
    result = desk.run("-i", "out/library/problems.csv", "write")
    assert result.status == 0, result
    assert [len(images(letter)) for letter in campaign.letters()] == [1, 1]


def test_one_letter_without_a_list(desk):
    desk.file("model.md", MODEL)
    desk.file("mine.png", signature(2)[0])
    given = [f"-f{name}={value}" for name, value in zip(HEADER, person(1))]
    result = desk.run("-o", "letter.signature_column=signature", "-t", "model.md", *given, "-f", "signature=mine.png",
                      "write")
    assert result.status == 0, result
    assert len(images(desk.letters("model")[0])) == 1
    result = desk.run("-o", "letter.signature_column=signature", "-t", "model.md", *given, "-f",
                      "signature=/etc/hostname", "write")
    assert result.status == 65 and "leads out of the list's folder" in result.err, result


# Refused: the configuration


@pytest.mark.parametrize("key", ["logo", "signature"])
@pytest.mark.parametrize("content, message", [
    (None, "cannot be read: No such file or directory"),
    (LOGO[:100], "picture.png is damaged: the end of the file is missing"),
    (TURNED_JPEG[:-40], "picture.png is damaged: a part of the picture is missing"),
    (b"GIF89a\1\0\1\0", "picture.png is a GIF picture, whatever its name says: open it"),
    (b"%PDF-1.4\n", "picture.png is a PDF"),
    (png(2, 1, 4, lambda x, y: (1, 2, 3, 0))[0], "picture.png shows nothing: every pixel is transparent"),
], ids=lambda value: None if isinstance(value, bytes) else str(value)[:20])
def test_check_says_what_is_wrong_with_a_picture(desk, key, content, message):
    Campaign(desk, **{key: "picture.png"})
    if content is not None:
        desk.file("picture.png", content)
    before = desk.tree()
    result = desk.run("check")
    assert result.status == 65 and f"letter.{key}: " in result.err and message in result.err, result
    assert desk.run("write").status == 65
    assert desk.tree() == before, "nothing was written"


def test_settings_that_do_not_go_together(desk):
    campaign = Campaign(desk, signature="a.png", signature_column="Signature")
    result = desk.run("check")
    assert result.status == 78 and "keep one of them" in result.err, result
    assert places(result.err, "postbag.conf") == [(8, 1)]

    campaign.letter = {"signature_column": "Autograph"}
    campaign.configure()
    result = desk.run("check")
    assert result.status == 65 and 'the column "Autograph", but the list has no such column' in result.err, result

    campaign.letter = {"signature_column": "Ward"}
    campaign.configure()
    result = desk.run("check")
    assert result.status == 65 and "need a column of their own" in result.err, result


def test_a_letter_does_not_say_the_name_of_the_file(desk):
    Campaign(desk, signed_rows("a.png"), model=MODEL.replace("[name]", "[signature]\n[name]"),
             signature_column="Signature")
    desk.file("list/a.png", signature(2)[0])
    result = desk.run("write")
    assert result.status == 65 and "[signature] would print the name of a file" in result.err, result
    [(line, column)] = places(result.err, "model.md")
    assert (line, column) == (18, 1)


def test_a_petition_is_not_told(desk):
    campaign = Campaign(desk, signed_rows("a.png"), signature_column="Signature")
    desk.file("list/a.png", signature(2)[0])
    campaign.configure("[webhook]\nurl = http://localhost:9/\nfields = name, signature\n")
    result = desk.run("-o", "campaign.consent=Ward", "petition", "--yes")
    assert result.status == 78, result
    assert re.search(r'webhook\.fields names "signature".*no petition is told of it', result.err), result
