#!/usr/bin/python3
"""
How fast: Postbag beside ReportLab, on the same letter, the same fonts and the same list, in one run.

    python3 tests/bench/bench.py [build/postbag]        make bench

Everything is written to tmpfs (/dev/shm): on a disk the file system would be measured. The rounds alternate, Postbag,
ReportLab, Postbag, ReportLab, so that a machine that is busy for a while is busy for both. Postbag is timed as a whole
process with one worker (-j 1), from start to exit: reading and checking the list, cutting the fonts, and all letters.
ReportLab is timed in this process with its modules loaded and its fonts registered already.

Then lists of 100,000 rows, as single files and combined, with the highest memory that the process ever had. Then what
it costs to look MPs up: the same list with MPs in it, and without, beside a directory of a million postcodes; in turn,
so that both meet the same machine, and in processor time of `check` and seconds of `write`.
These are measurements and no test: nothing here fails for being slow. It does fail where a letter is wrong.
"""
import argparse
import csv
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "templates" / "mod-shared-services.md"
DATE = "2026-11-22", "22 November 2026"
SHM = pathlib.Path("/dev/shm")
BYTES_PER_PDF = 60_000  # of tmpfs, for judging whether a list fits: a little more than a letter takes

HEADER = ["Name", "Address line 1", "Address line 2", "Address line 3", "Postcode", "Constituency", "MP"]
FIRST = ["Jane", "Liam", "Siân", "Łukasz", "Zoë", "Grace", "Tom", "Aoife", "Chloë", "Dafydd", "Ann-Marie", "José"]
LAST = ["Doe", "O’Brien", "Ŵyn", "Wiśniewski", "Müller", "Okafor", "Ash", "Ní Bhriain", "Fitzgerald", "Rees", "St John", "Núñez"]
OTHER_SCRIPTS = ["Ελένη Παπαδοπούλου", "Ольга Петрова", "ليلى حداد", "שרה כהן"]
EVERY_NTH_IS_OTHER = 50
SEATS, POSTCODES = 650, 1_000_000
STREETS = ["High Street", "Station Road", "Ropewalk Gardens", "Chapel Lane", "Victoria Terrace", "Heol y Bont"]
TOWNS = [("Bootle", "Merseyside", "L"), ("Newport", "Gwent", "NP"), ("Gosport", "Hampshire", "PO"), ("Norwich", "Norfolk", "NR")]


# The list


def middle_name(i):
    """Letters that make every name of a list different."""
    text = ""
    while True:
        i, rest = divmod(i, 26)
        text = chr(ord("a") + rest) + text
        if i == 0:
            return text.capitalize()


def rows(count):
    chance = random.Random(2014)
    for i in range(count):
        if i % EVERY_NTH_IS_OTHER == EVERY_NTH_IS_OTHER - 1:
            name = f"{OTHER_SCRIPTS[i // EVERY_NTH_IS_OTHER % len(OTHER_SCRIPTS)]} {middle_name(i)}"
        else:
            name = f"{chance.choice(FIRST)} {middle_name(i)} {chance.choice(LAST)}"
        town, county, area = TOWNS[i % len(TOWNS)]
        postcode = f"{area}{i % 90 + 1} {i // 90 % 10}{'ABDEFGHJLN'[i // 900 % 10]}{'PQRSTUWXYZ'[i // 9000 % 10]}"
        yield [name, f"{chance.randrange(1, 200)} {chance.choice(STREETS)}", town, county, postcode,
               f"{town} {'East' if i % 8 < 4 else 'West'}", f"Ms Invented {middle_name(i % 37)} MP"]


def write_list(path, count):
    with open(path, "w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        writer.writerows(rows(count))


# ReportLab, as one would write it


class Writer:
    """The letter on ReportLab's canvas: a font of the same family embedded, its own simple line breaking."""

    SIZE, LEADING = 10.5, 14
    LEFT, MEASURE, TOP = 71, 445, 842

    def __init__(self):
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFont

        for name, style in (("text", "Gentium Book Plus:regular"), ("bold", "Gentium Book Plus:bold"),
                            ("arabic", "Noto Sans Arabic:regular"), ("hebrew", "Noto Sans Hebrew:regular")):
            found = subprocess.run(["fc-match", "-f", "%{file}", style], capture_output=True, text=True, check=True)
            pdfmetrics.registerFont(TTFont(name, found.stdout))
        self.width = pdfmetrics.stringWidth
        self.text = MODEL.read_text()

    @staticmethod
    def font_of(word, style):
        if any("\u0590" <= c < "\u0600" for c in word):
            return "hebrew"
        if any("\u0600" <= c < "\u0700" for c in word):
            return "arabic"
        return style

    def lines(self, text, measure):
        """TEXT with **bold** in it as lines of (font, word), first fit."""
        line, used, bold = [], 0, False
        space = self.width(" ", "text", self.SIZE)
        for word in text.split():
            bold = bold or word.startswith("**")
            font = self.font_of(word, "bold" if bold else "text")
            bold = bold and not word.endswith("**")
            word = word.strip("*")
            width = self.width(word, font, self.SIZE)
            if line and used + width > measure:
                yield line
                line, used = [], 0
            line.append((font, word))
            used += width + space
        yield line

    def letter(self, path, row):
        from reportlab.pdfgen.canvas import Canvas

        name, first, second, third, postcode, constituency, member = row
        page = Canvas(str(path), pagesize=(595.276, 841.89), pageCompression=1, initialFontName="text")
        subject, body = re.match(r"Subject: (.*)\n\n(?:\[.*\]\n)+\n\[Date\]\n\n(.*)", self.text, re.S).groups()
        page.setTitle(subject)
        page.setAuthor(name)
        y = self.block(page, 368, self.TOP - 66, [name, first, second, third, postcode, "", DATE[1]])
        self.block(page, self.LEFT, self.TOP - 175, [member, "House of Commons", "London", "SW1A 0AA"])
        dear = member.removesuffix(" MP").replace(" Invented", "")
        for old, new in (("[insert MP's name]", dear), ("[insert name of constituency/ward]", constituency),
                         ("[insert name]", name)):
            body = body.replace(old, new)
        y = self.TOP - 278
        for number, block in enumerate(body.replace("'", "’").split("\n\n")):
            for item in re.split(r"^- ", block, flags=re.M):
                if item.strip():
                    y = self.paragraph(page, y, item, block.startswith("- "))
            if number == 0:
                y = self.paragraph(page, y, f"**{subject}**", False)
            if block.startswith("Yours"):
                y -= 4 * self.LEADING
        page.save()

    def block(self, page, x, y, lines):
        for line in lines:
            page.setFont(self.font_of(line, "text"), self.SIZE)
            page.drawString(x, y, line)
            y -= self.LEADING
        return y

    def paragraph(self, page, y, text, is_item):
        left = self.LEFT + (17 if is_item else 0)
        if is_item:
            page.setFont("text", self.SIZE)
            page.drawString(self.LEFT + 6, y, "•")
        for line in self.lines(text, self.MEASURE - (17 if is_item else 0)):
            drawn = page.beginText(left, y)
            start = 0
            for i in range(1, len(line) + 1):  # words of one font are drawn together
                if i == len(line) or line[i][0] != line[start][0]:
                    drawn.setFont(line[start][0], self.SIZE)
                    drawn.textOut(" ".join(word for _, word in line[start:i]) + " ")
                    start = i
            page.drawText(drawn)
            y -= self.LEADING
        return y - 0.55 * self.LEADING


# Running and looking


def run(postbag, directory, count, *arguments):
    """Postbag on the first COUNT rows into DIRECTORY. Returns seconds and the peak of its memory in bytes."""
    listed = directory.parent / f"{count}.csv"
    if not listed.exists():
        write_list(listed, count)
    started = time.monotonic()
    process = subprocess.Popen(
        [postbag, "-q", "-j", "1", "-o", f"letter.date={DATE[0]}", "-o", f"campaign.out={directory}", "-o",
         "campaign.name=bench", "-t", MODEL, "-i", listed, "write", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"postbag ended with status {process.returncode}")
    return seconds, usage.ru_maxrss * 1024


DIRECTION_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def check(path, name, *pages):
    """
    The letter says its own name, and its fonts are embedded. Spaces are not compared: between two directions pdftotext
    puts them where it likes.
    """
    shown = subprocess.run(["pdftotext", *pages, path, "-"], capture_output=True, check=True)
    text = shown.stdout.decode().translate(DIRECTION_MARKS)
    if shown.stderr or "".join(name.split()) not in "".join(text.split()):
        sys.exit(f"{path} does not say {name}")
    fonts = subprocess.run(["pdffonts", *pages, path], capture_output=True, text=True, check=True).stdout
    embedded = [re.search(r"(yes|no)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+$", line)[1] for line in fonts.splitlines()[2:]]
    if not embedded or "no" in embedded:
        sys.exit(f"{path} has a font that is not embedded")


def sample(count):
    """Rows to look at: the first, the last, some between, and some in other scripts. With their numbers, from 0."""
    chosen = {0, count - 1, *range(0, count, max(1, count // 20)), *range(EVERY_NTH_IS_OTHER - 1, count, count // 5 | 1)}
    chosen |= {EVERY_NTH_IS_OTHER * k - 1 for k in range(1, 9) if EVERY_NTH_IS_OTHER * k <= count}
    return [(i, row) for i, row in enumerate(rows(count)) if i in chosen]


def check_single(directory, count):
    found = sorted((directory / "bench" / "letters").iterdir(), key=lambda p: int(p.name.split("-")[0]))
    if len(found) != count:
        sys.exit(f"{len(found)} letters and not {count} in {directory}")
    for i, row in sample(count):
        check(found[i], row[0])
    return sum(path.stat().st_size for path in found) / count


def check_combined(directory, count):
    parts = sorted((directory / "bench").glob("letters*.pdf"), key=lambda p: int(re.sub(r"\D", "", p.stem) or 0))
    first = {}
    pages_before = 0
    for part in parts:
        described = subprocess.run(["pdfinfo", part], capture_output=True, text=True, check=True).stdout
        pages = int(re.search(r"^Pages:\s+(\d+)", described, re.M)[1])
        first.update({pages_before + page: (part, page + 1) for page in range(pages)})
        pages_before += pages
    if pages_before != count:
        sys.exit(f"{pages_before} pages and not {count} in {directory}")
    for i, row in sample(count):
        part, page = first[i]
        check(part, row[0], "-f", str(page), "-l", str(page))
    return sum(part.stat().st_size for part in parts) / count, len(parts)


# The two parts


def beside_reportlab(postbag, place, count, reportlab_count, rounds):
    writer = Writer()
    listed = list(rows(reportlab_count))
    ours, theirs, sizes = [], [], {}
    for number in range(rounds):
        directory = place / f"postbag-{number}"
        seconds, _ = run(postbag, directory, count)
        ours.append(count / seconds)
        sizes["postbag"] = check_single(directory, count)

        directory = place / f"reportlab-{number}"
        directory.mkdir()
        started = time.monotonic()
        for i, row in enumerate(listed, 1):
            writer.letter(directory / f"{i:04}.pdf", row)
        theirs.append(reportlab_count / (time.monotonic() - started))
        sizes["reportlab"] = sum(p.stat().st_size for p in directory.iterdir()) / reportlab_count
        for i, row in sample(reportlab_count):
            if i % EVERY_NTH_IS_OTHER != EVERY_NTH_IS_OTHER - 1:  # it shapes no Arabic, and is not asked to
                check(directory / f"{i + 1:04}.pdf", row[0])
        print(f"round {number + 1}: Postbag {ours[-1]:8,.0f} letters/s   ReportLab {theirs[-1]:6,.0f} letters/s   "
              f"ratio {ours[-1] / theirs[-1]:5.1f}", flush=True)
    print(f"{count:,} and {reportlab_count:,} letters a round, one core, fonts embedded; bytes a PDF: "
          f"Postbag {sizes['postbag']:,.0f}, ReportLab {sizes['reportlab']:,.0f}")
    print(f"lowest ratio {min(a / b for a, b in zip(ours, theirs)):.1f}, over all {sum(ours) / sum(theirs):.1f}")


def many(postbag, place, count):
    room = shutil.disk_usage(place).free
    if room < count * BYTES_PER_PDF:
        count = room // BYTES_PER_PDF
        print(f"/dev/shm has room for {count:,} letters only")
    directory = place / "many"
    seconds, peak = run(postbag, directory, count)
    size = check_single(directory, count)
    print(f"{count:,} single letters: {seconds:.1f} s, {count / seconds:,.0f} letters/s, peak memory {peak / 1e6:.0f} MB, "
          f"{size:,.0f} bytes a PDF", flush=True)
    shutil.rmtree(directory)
    seconds, peak = run(postbag, directory, count, "--combined")
    size, parts = check_combined(directory, count)
    print(f"{count:,} combined letters in {parts} parts: {seconds:.1f} s, {count / seconds:,.0f} letters/s, "
          f"peak memory {peak / 1e6:.0f} MB, {size:,.0f} bytes a page")


# Looking up


def postcodes(count):
    """Postcodes that are not in the list, for the directory to hold: ZA1 1AA and so on."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    for i in range(count):
        i, third = divmod(i, 20)
        i, second = divmod(i, 20)
        i, figure = divmod(i, 10)
        i, district = divmod(i, 90)
        yield f"{letters[i // 20 % 20]}{letters[i % 20]}{district + 1} {figure}{letters[second]}{letters[third]}"


def seat_of(postcode):
    return sum(map(ord, postcode)) * 7 % SEATS


def write_directory(postbag, place, listed):
    """Imports SEATS MPs, and the postcodes of LISTED among a million."""
    with open(place / "mps.csv", "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["constituency", "name", "full title"])
        for i in range(SEATS):
            writer.writerow([f"Seat {middle_name(i)}", f"Invented {middle_name(i)}", f"Ms Invented {middle_name(i)} MP"])
    with open(place / "postcodes.csv", "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["postcode", "constituency"])
        for postcode in sorted({*postcodes(POSTCODES), *(row[4] for row in listed)}):
            writer.writerow([postcode, f"Seat {middle_name(seat_of(postcode))}"])
    for part in ("mps", "postcodes"):
        subprocess.run([postbag, "-q", "-o", f"directory.path={place / 'directory.sqlite'}", "import", part,
                        place / f"{part}.csv"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(postbag, place, name, looked_up, *command):
    """Seconds and processor seconds of one run on the list NAME.csv."""
    path = place / ("directory.sqlite" if looked_up else "no directory")
    arguments = ["-o", f"directory.path={path}"] if looked_up else []
    environment = dict(os.environ, XDG_DATA_HOME=str(path))
    started = time.monotonic()
    process = subprocess.Popen(
        [postbag, "-q", "-j", "1", "-o", f"letter.date={DATE[0]}", "-o", f"campaign.out={place / name}", *arguments, "-t",
         MODEL, "-i", place / f"{name}.csv", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"postbag ended with status {process.returncode}")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime


def looking_up(postbag, place, count, rounds):
    listed = list(rows(count))
    write_directory(postbag, place, listed)
    for name, columns in (("with", len(HEADER)), ("without", HEADER.index("Constituency"))):
        with open(place / f"{name}.csv", "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER[:columns])
            for row in listed:
                seat = middle_name(seat_of(row[4]))
                writer.writerow([*row[:5], f"Seat {seat}", f"Ms Invented {seat} MP"][:columns])
    checks, writes = {True: [], False: []}, {True: [], False: []}
    one_mp = ["-f", "MP=Invented", "-f", "MP title=Invented MP", "-f", "dear=Invented", "-f", "constituency=Seat"]
    nothing_found = []  # the list without MPs, and the same MP for every row: what is read, but for the look-ups
    for _ in range(rounds):
        nothing_found.append(measure(postbag, place, "without", False, *one_mp, "check")[1])
        for looked_up in (False, True):
            name = "without" if looked_up else "with"
            checks[looked_up].append(measure(postbag, place, name, looked_up, "check")[1])
            writes[looked_up].append(measure(postbag, place, name, looked_up, "write", "--combined")[0])
            shutil.rmtree(place / name)
    listed_s, found_s = min(checks[False]), min(checks[True])
    each_us = max(0.1, (found_s - min(nothing_found)) / count * 1e6)  # less could not be measured
    print(f"check of {count:,} rows: {listed_s:.2f} s of processor with MPs in the list, {found_s:.2f} s with every MP looked "
          f"up among {POSTCODES:,} postcodes, ratio {found_s / listed_s:.3f}; {each_us:.1f} µs a look-up, "
          f"{1e6 / each_us:,.0f} look-ups a second")
    listed_s, found_s = min(writes[False]), min(writes[True])
    print(f"write of {count:,} letters: {listed_s:.1f} s with MPs in the list, {found_s:.1f} s with every MP looked up, ratio "
          f"{found_s / listed_s:.3f}")


def main():
    parser = argparse.ArgumentParser(description="Postbag beside ReportLab, in letters a second")
    parser.add_argument("postbag", nargs="?", default=ROOT / "build" / "postbag")
    parser.add_argument("--letters", type=int, default=5000, help="of Postbag in a round")
    parser.add_argument("--reportlab", type=int, default=500, help="letters of ReportLab in a round")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--many", type=int, default=100_000, help="rows of the long list; 0: none")
    parser.add_argument("--look-up", type=int, default=100_000, help="rows whose MPs are looked up; 0: none")
    settings = parser.parse_args()
    postbag = os.path.abspath(settings.postbag)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that /dev/shm is cleared then, too

    with tempfile.TemporaryDirectory(prefix="postbag-bench-", dir=SHM if SHM.is_dir() else None) as name:
        place = pathlib.Path(name)
        os.environ["TMPDIR"] = name
        os.environ["XDG_DATA_HOME"] = name  # no directory but our own
        try:
            beside_reportlab(postbag, place, settings.letters, settings.reportlab, settings.rounds)
        except ImportError:
            print("ReportLab is not installed (apt install python3-reportlab): nothing to compare with")
        for directory in place.glob("*-*"):
            shutil.rmtree(directory)
        if settings.many:
            many(postbag, place, settings.many)
        if settings.look_up:
            looking_up(postbag, place, settings.look_up, settings.rounds)


if __name__ == "__main__":
    main()
