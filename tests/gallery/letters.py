"""
Postbag's letters: runs the program, and reads back what it set, so that others can set the same text.

The text comes from the e-mail that `preview` shows (its HTML, which knows paragraphs, items and bold type); where things
stand comes from the PDF.
"""
import email
import email.policy
import html.parser
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATE = "2026-11-22"
PAGE_MM, LEFT_MM, RIGHT_MM, TOP_MM, BOTTOM_MM = (210, 297), 25, 28, 32, 22  # Postbag's margins; the top one is of later pages
POINTS_PER_MM = 72 / 25.4
MEASURE = (PAGE_MM[0] - LEFT_MM - RIGHT_MM) * POINTS_PER_MM
SIZES = 11, 10.5  # the larger where the letter then fits on one page: what letter.size = auto does

CONFIGURATION = f"""
[campaign]
name = Hollins Street
[letter]
date = {DATE}
[directory]
prefer = list
[smtp]
to = member
host = localhost
port = 25
security = none
from = Example Branch <branch@union.example>
"""


def run(*command, **options):
    """Runs COMMAND and returns what it printed; ends this program with what it complained of."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{pathlib.Path(command[0]).name}: {(done.stderr.strip() or done.stdout.strip())[-3000:]}")
    return done.stdout


# The text


class Block:
    """A paragraph, an item or a heading: runs of (text, style); the style is "", "b", "i" or "bi", "\\n" a new line."""

    def __init__(self, kind, label=""):
        self.kind, self.label, self.runs = kind, label, []

    @property
    def text(self):
        return "".join(text for text, _ in self.runs)

    def trimmed(self):
        """White space of the HTML is one space; none at either end of a line."""
        runs, before = [], "\n"
        for text, style in self.runs:
            text = re.sub(r"[ \t\r\n]+", " ", text) if text != "\n" else text
            if before.endswith((" ", "\n")):
                text = text.lstrip(" ")
            if text == "\n" and runs and runs[-1][0].endswith(" "):
                runs[-1] = runs[-1][0].rstrip(" "), runs[-1][1]
            if text:
                runs.append((text, style))
                before = text
        if runs:
            runs[-1] = runs[-1][0].rstrip(" \n"), runs[-1][1]
        self.runs = [run for run in runs if run[0]]
        return self


class Reader(html.parser.HTMLParser):
    """The blocks of an e-mail's HTML; a rule is a block of its own."""

    BLOCKS = {"p": "paragraph", "li": "item", "h1": "heading", "h2": "heading", "h3": "heading", "blockquote": "paragraph"}
    STYLES = {"strong": "b", "b": "b", "em": "i", "i": "i"}

    def __init__(self):
        super().__init__()
        self.blocks, self.lists, self.styles, self.open = [], [], [], False

    def handle_starttag(self, tag, attributes):
        if tag in ("ul", "ol"):
            self.lists.append([tag, int(dict(attributes).get("start", 1))])
            self.open = False
        elif tag == "p" and self.open and self.blocks[-1].kind == "item" and not self.blocks[-1].text.strip():
            pass  # an item's first paragraph is the item
        elif tag in self.BLOCKS:
            label = ""
            if tag == "li":
                label = "•" if self.lists[-1][0] == "ul" else f"{self.lists[-1][1]}."
                self.lists[-1][1] += 1
            self.blocks.append(Block(self.BLOCKS[tag], label))
            self.open = True
        elif tag == "hr":
            self.blocks.append(Block("rule"))
            self.open = False
        elif tag == "br" and self.open:
            self.blocks[-1].runs.append(("\n", ""))
        elif tag in self.STYLES:
            self.styles.append(self.STYLES[tag])

    def handle_endtag(self, tag):
        if tag in ("ul", "ol"):
            self.lists.pop()
        elif tag in self.STYLES:
            self.styles.pop()
        if tag in self.BLOCKS or tag in ("ul", "ol"):
            self.open = False

    def handle_data(self, data):
        if self.open:
            self.blocks[-1].runs.append((data, "".join(sorted(set(self.styles)))))


class Letter:
    """What a letter says, in its parts."""

    def __init__(self, message):
        page = email.message_from_bytes(message, policy=email.policy.default).get_body(("html",)).get_content()
        reader = Reader()
        reader.feed(page)
        blocks = [block.trimmed() for block in reader.blocks]
        rules = [i for i, block in enumerate(blocks) if block.kind == "rule"]
        if len(rules) < 2:
            sys.exit("the letter is not found in the e-mail: it stands between two rules of its HTML")
        self.language = re.search(r'<html lang="([^"]*)"', page)[1]
        # "… post it to:", the address, and "Thank you, / the branch"
        self.recipient = next(b.text for b in reversed(blocks[:rules[0] - 1]) if "\n" in b.text).split("\n")
        inside = [b for b in blocks[rules[0] + 2:rules[-1]] if b.runs]  # without "Your letter"
        opening = next(i for i, b in enumerate(inside) if b.text.startswith(("Dear", "Annwyl")))
        self.date = next(b.text for b in inside[:opening] if re.fullmatch(r"\d+ \S+ \d{4}", b.text))
        self.sender = [line for b in inside[:opening] if b.text != self.date for line in b.text.split("\n")]
        self.salutation = inside[opening].text
        self.blocks = inside[opening + 1:-2]
        self.closing, self.name = inside[-2].text, inside[-1].text
        self.subject = ""


# The pages


class Line:
    """A line of a page as it stands on paper, in points from the top left corner."""

    def __init__(self, page, words):
        self.page, self.words = page, sorted(words)
        self.left, self.right = self.words[0][0], max(word[1] for word in words)
        self.top, self.bottom = min(word[2] for word in words), max(word[3] for word in words)
        self.text = " ".join(word[4] for word in self.words)


def lines_of(pdf):
    """The lines of PDF, page by page and from top to bottom."""
    lines = []
    for number, page in enumerate(run("pdftotext", "-bbox", pdf, "-").split("<page ")[1:]):
        words = re.findall(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>', page)
        words = sorted(((float(x), float(xx), float(y), float(yy), html.unescape(text)) for x, y, xx, yy, text in words),
                       key=lambda word: word[3])
        line = []
        for word in words:
            if line and word[3] - line[0][3] > 3:  # bold type may reach lower, but no line is so near
                lines.append(Line(number, line))
                line = []
            line.append(word)
        if line:
            lines.append(Line(number, line))
    return lines


class Places:
    """Where things stand in Postbag's letter, for others to put them there."""

    def __init__(self, lines, letter):
        def find(text, what):
            text = text.replace(" ", "")
            for line in lines:
                words = line.text.replace(" ", "")
                if words.startswith(text) or text.startswith(words) and len(words) > 20:
                    return line
            sys.exit(f"{what} is not found in Postbag's letter: {text}")

        self.sender = find(letter.sender[-1], "the sender's address")
        # The e-mail begins with the name, which the paper may have below only.
        self.sender_lines = sum(line.page == 0 and abs(line.left - self.sender.left) < 3 and line.bottom <= self.sender.bottom
                                for line in lines)
        letter.sender = letter.sender[-self.sender_lines:]
        self.recipient = find(letter.recipient[-1], "the recipient's address")
        self.salutation = find(letter.salutation, "the salutation")
        body = [line for line in lines if line.page == 0 and line.top > self.salutation.bottom]
        gaps = [b.bottom - a.bottom for a, b in zip(body, body[1:]) if abs(a.left - b.left) < 3]
        self.leading = round(min(gap for gap in gaps if gap > 9), 2)
        self.label_indent = self.text_indent = 0
        for block in letter.blocks:
            if block.kind == "item":
                first = next(line for line in body if len(line.words) > 1 and
                             "".join(w[4] for w in line.words[1:4]) == "".join(block.text.split()[:3])[:200])
                self.label_indent = first.words[0][0] - LEFT_MM * POINTS_PER_MM
                self.text_indent = first.words[1][0] - LEFT_MM * POINTS_PER_MM
                break

    def measure(self, block):
        return MEASURE - (self.text_indent if block.kind == "item" else 0)


# The program


class Set:
    """A letter, or a bundle of them, as Postbag set it."""

    def __init__(self, letters, pdf, size, places):
        self.letters, self.pdf, self.size, self.places = letters, pdf, size, places


def pages_of(pdf):
    return int(re.search(r"^Pages: +(\d+)", run("pdfinfo", pdf), re.M)[1])


def subject_of(pdf):
    found = re.search(r"^Title: +(.*)", run("pdfinfo", pdf), re.M)
    return found[1].strip() if found else ""


class Desk:
    """A directory in which Postbag is run for one sample."""

    def __init__(self, postbag, place, model, people, options):
        self.postbag, self.place, self.model, self.people, self.options = postbag, place, model, people, options
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        (place / "postbag.conf").write_text(CONFIGURATION)

    def postbag_run(self, *command):
        options = [part for option in self.options for part in ("-o", option)]
        run(self.postbag, "-q", "-c", self.place / "postbag.conf", "-t", self.model, "-i", self.people, *options, *command,
            env=dict(os.environ, XDG_DATA_HOME=str(self.place)))  # not the user's own directory of MPs

    def one(self, row, size):
        """The letter of ROW, as it would be printed."""
        shutil.rmtree(self.place / "out", ignore_errors=True)
        self.postbag_run("-o", f"letter.size={size}", "write", "-r", row)
        self.postbag_run("-o", f"letter.size={size}", "preview", "-r", row)
        pdf = next((self.place / "out").glob("*/letters/*.pdf"))
        letter = Letter(next((self.place / "out").glob("*/preview/*.eml")).read_bytes())
        letter.subject = subject_of(pdf)
        return Set([letter], pdf, size, Places(lines_of(pdf), letter))

    def set(self, row, size=None):
        for points in [size] if size else SIZES:
            made = self.one(row, points)
            if pages_of(made.pdf) == 1:
                break
        return made

    def bundle(self, rows, size=SIZES[0]):
        """The letters of ROWS, and one PDF of them all with what belongs to a bundle."""
        alone = [self.one(row, size) for row in rows]
        shutil.rmtree(self.place / "out", ignore_errors=True)
        self.postbag_run("-o", f"letter.size={size}", "write", "--combined", "--sort", "mp")
        pdfs = sorted((self.place / "out").glob("*/letters*.pdf"))
        return Set([made.letters[0] for made in alone], pdfs[0], size, alone[0].places)
