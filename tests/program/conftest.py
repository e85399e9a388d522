"""
What the tests of the program share: they run it as a user would, in a directory of their own, and look at what it
printed and what it left behind. Only the standard library is used; PDFs are read with poppler and qpdf.

The program is $POSTBAG, or build/postbag.
"""
import csv
import html
import io
import json
import os
import pathlib
import re
import subprocess

import pytest

from scripted import scripted  # noqa: F401 fixtures
from servers import box, certificates, post_office  # noqa: F401

ROOT = pathlib.Path(__file__).resolve().parents[2]
POSTBAG = str(pathlib.Path(os.environ.get("POSTBAG", ROOT / "build" / "postbag")).resolve())
DATE = "letter.date=2026-11-22"
TIMEOUT_S = 120  # generous: the same tests run under AddressSanitizer on a busy machine


def pytest_configure(config):
    if not os.access(POSTBAG, os.X_OK):
        pytest.exit(f"{POSTBAG} is not there: build it first (make), or name it in POSTBAG", returncode=2)


class Result:
    """What one run of the program came to."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def objects(self):
        """The JSON objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    def problems(self, severity="error"):
        return [o for o in self.objects if o["type"] == "problem" and o["severity"] == severity]

    @property
    def summary(self):
        last = self.objects[-1]
        assert last["type"] == "summary"
        return last

    def __repr__(self):
        return f"status {self.status}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Desk:
    """A directory with the program at hand."""

    def __init__(self, path):
        self.path = path
        self.temporary = path.parent / (path.name + "-tmp")
        self.temporary.mkdir()

    def environment(self, **more):
        """Also without the directory of MPs, the accounts and the password that whoever runs the tests may have."""
        own = dict(os.environ, LC_ALL="C.UTF-8", TMPDIR=str(self.temporary), XDG_DATA_HOME=str(self.temporary / "data"),
                   XDG_STATE_HOME=str(self.temporary / "state"))
        own.pop("POSTBAG_SMTP_PASSWORD", None)
        return {**own, **more}

    def start(self, *arguments, **how):
        """The program in the background, its output in pipes."""
        how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
               "env": self.environment(), **how}
        return subprocess.Popen([POSTBAG, *map(str, arguments)], cwd=self.path, **how)

    def run(self, *arguments, input=None, **how):
        """The program to its end; INPUT is bytes for its standard input."""
        if input is not None:
            how["stdin"] = subprocess.PIPE
        process = self.start(*arguments, **how)
        try:
            out, err = process.communicate(input, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        result = Result(process.returncode, out.decode(), err.decode())
        assert result.status >= 0, f"ended by signal {-result.status}\n{result}"
        assert "Sanitizer" not in result.err and "runtime error:" not in result.err, result.err
        return result

    def write(self, model, rows, *arguments, **how):
        """`write` with a fixed date."""
        return self.run("-o", DATE, "-t", model, "-i", rows, *arguments, "write", **how)

    def file(self, name, content):
        """A file with this text (UTF-8) or these bytes."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    def letters(self, campaign="model"):
        """The single letters of a campaign, in the order of their names."""
        return sorted((self.path / "out" / campaign / "letters").glob("*"))

    def tree(self):
        """Every file below the directory and its bytes."""
        return {str(p.relative_to(self.path)): p.read_bytes() for p in sorted(self.path.rglob("*")) if p.is_file()}


@pytest.fixture
def desk(tmp_path):
    path = tmp_path / "desk"
    path.mkdir()
    return Desk(path)


MODEL = """\
Subject: The library in [ward|our town]

[Address line 1]
[Address line 2]
[Address line 3]
[Postcode]

[Date]

Dear [MP's name]

I am a constituent in [constituency], and I write about the library.

Please ask the council to keep it open.

Yours sincerely

[name]
"""

HEADER = ["Name", "Address line 1", "Address line 2", "Address line 3", "Postcode", "Email", "Ward", "Constituency", "MP"]


def person(i=1, **cells):
    """A correct row, different for every I, in the columns of HEADER; CELLS replaces some of it by column."""
    row = {
        "Name": f"Person {spelled(i)}",
        "Address line 1": f"{i} High Street",
        "Address line 2": "Seaforth",
        "Address line 3": "Liverpool",
        "Postcode": f"L{20 + i // 400 % 10} {i // 40 % 10}{'ABDEFGHJLN'[i // 4 % 10]}{'PQRS'[i % 4]}",
        "Email": f"person{i}@mail.example",
        "Ward": "Church",
        "Constituency": f"Constituency {spelled(i % 7)}",
        "MP": f"Invented {spelled(i % 7)}",
    }
    assert not set(cells) - set(row), "a column that is not in HEADER"
    return list({**row, **cells}.values())


def spelled(i):
    """A number as letters, so that it can stand in a name: 0 is Ba, 27 is Bach …"""
    consonants, vowels = "bcdfghjklmnprstvwz", "aeiou"
    text = ""
    while True:
        i, rest = divmod(i, len(consonants) * len(vowels))
        text = consonants[rest // len(vowels)] + vowels[rest % len(vowels)] + text
        if i == 0:
            return text.capitalize()


def csv_text(rows, header=HEADER, separator=",", line_end="\r\n"):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end)
    if header is not None:
        writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def command(*arguments):
    """A tool that must be content: its stdout, after making sure that it said nothing on stderr."""
    done = subprocess.run([str(a) for a in arguments], capture_output=True, timeout=TIMEOUT_S)
    assert done.returncode == 0 and done.stderr == b"", f"{arguments}: {done.stdout.decode()}{done.stderr.decode()}"
    return done.stdout.decode()


# Marks of direction that poppler puts around right-to-left text; they are no part of what is written.
DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def pdf_text(path, *options):
    return command("pdftotext", "-enc", "UTF-8", *options, path, "-").translate(DIRECTION_MARKS)


def pdf_words(path, *options):
    """The text with every line end and run of spaces as one space: for sentences that may be broken anywhere."""
    return " ".join(pdf_text(path, *options).split())


def pdf_placed(path):
    """Every word with its x and y in points from the top left corner, in reading order."""
    words = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>(.*?)</word>', pdf_text(path, "-bbox"))
    return [(html.unescape(word), float(x), float(y)) for x, y, word in words]


def pdf_fonts(path):
    """Name, embedded, subset and has-Unicode of every font, as pdffonts says."""
    fonts = []
    for line in command("pdffonts", path).splitlines()[2:]:
        found = re.match(r"(\S+)\s.*?(yes|no)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+$", line)
        assert found, line
        fonts.append((found[1], *(answer == "yes" for answer in found.groups()[1:])))
    return fonts


def assert_sound(path):
    """qpdf finds nothing, poppler warns of nothing, every font is embedded and subset."""
    report = command("qpdf", "--check", path)
    assert "No syntax or stream encoding errors found" in report, report
    assert pdf_text(path).strip()
    fonts = pdf_fonts(path)
    assert fonts, f"{path} has no fonts"
    for name, embedded, subset, has_unicode in fonts:
        assert embedded and subset and has_unicode and re.match(r"[A-Z]{6}\+", name), (path, name)


def pdf_pages(path):
    return int(re.search(r"^Pages:\s+(\d+)$", command("pdfinfo", path), re.M)[1])


def pdf_objects(path):
    """The objects of a PDF as qpdf's JSON (version 2) has them."""
    described = json.loads(command("qpdf", "--json=2", "--json-key=qpdf", path))
    return {name: thing.get("value", thing) for name, thing in described["qpdf"][1].items()}


def pdf_catalogue_and_info(path):
    objects = pdf_objects(path)
    trailer = objects["trailer"]
    return objects["obj:" + trailer["/Root"]], objects["obj:" + trailer["/Info"]]


def places(stderr, name):
    """Every FILE:LINE:COLUMN of a message about NAME, as (line, column)."""
    return [(int(l), int(c)) for l, c in re.findall(rf"(?m)^(?:postbag: )?(?:\S*/)?{re.escape(name)}:(\d+):(\d+): ", stderr)]
