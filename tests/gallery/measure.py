"""
How well lines are broken: the breaks of a letter come from its PDF, whoever set it; what each line would be without
stretching is computed anew for all of them by one formula, from the words' widths in the font (shaped by HarfBuzz, with
kerning and ligatures).

A line's adjustment ratio r is what it lacks of the measure by what its spaces may grow (a half of a space each), or what
it has too much by what they may shrink (three tenths). The last line of a paragraph is left out: it is not stretched.
A hyphen that a break added counts with its width. The second kind of ratio takes the line as it is on paper: with what
hangs into the margin, and, where the program stretches letters as well, 1.5 % of their width on top of the spaces'.
"""
import json
import pathlib
import sys
import unicodedata

from letters import run

FONTS = pathlib.Path("/usr/share/fonts/truetype/gentiumplus")
FACES = {"": "GentiumBookPlus-Regular.ttf", "b": "GentiumBookPlus-Bold.ttf", "i": "GentiumBookPlus-Italic.ttf",
         "bi": "GentiumBookPlus-BoldItalic.ttf"}
UNITS_PER_EM = 2048
STRETCH, SHRINK, EXPANSION = 0.5, 0.3, 0.015
SPACES = " \u00a0"
UNSEEN = "\n\u200b\u2060"
HYPHENS = "-\u00ad\u2010"
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", 
                           **dict.fromkeys(SPACES + UNSEEN, "")})


def squash(text):
    """TEXT without spaces and ligatures: what must be the same on paper as in the letter."""
    return unicodedata.normalize("NFC", text).translate(LIGATURES)


class Widths:
    """Widths of words, in em."""

    def __init__(self):
        self.known = {}

    def learn(self, pieces):
        """PIECES are (text, style)."""
        for style in FACES:
            texts = sorted({text for text, s in pieces if s == style and (text, s) not in self.known})
            if not texts:
                continue
            shaped = run("hb-shape", f"--font-file={FONTS / FACES[style]}", "--text-file=-", "--output-format=json",
                         "--no-glyph-names", input="\n".join(texts) + "\n")
            for text, line in zip(texts, shaped.splitlines(), strict=True):
                self.known[text, style] = sum(glyph["ax"] for glyph in json.loads(line)) / UNITS_PER_EM

    def __getitem__(self, piece):
        if piece not in self.known:
            self.learn([piece])
        return self.known[piece]


class BrokenLine:
    """A line of a paragraph: which of its characters, and where it stands on paper."""

    def __init__(self, characters, line, left, hyphenated, last):
        self.characters, self.line, self.left, self.hyphenated, self.last = characters, line, left, hyphenated, last
        self.text = "".join(c for c, _ in characters) + ("-" if hyphenated else "")

    def measure(self, widths, size, measure, expands):
        """Sets ratio (to the measure) and ratio_set (as it is on paper)."""
        words, spaces = [[]], []
        for character, style in self.characters + ([("-", self.characters[-1][1])] if self.hyphenated else []):
            if character in SPACES:
                spaces.append((" ", style))
                words.append([])
            elif words[-1] and words[-1][-1][1] == style:
                words[-1][-1] = words[-1][-1][0] + character, style
            else:
                words[-1].append((character, style))
        glyphs = size * sum(widths[piece] for word in words for piece in word)
        space = size * sum(widths[piece] for piece in spaces)
        self.glyphs, self.space = glyphs, space
        self.ratio = self.by(measure - glyphs - space, 0)
        on_paper = max(measure, self.line.right - self.left)  # a ragged line ends before the measure
        self.ratio_set = self.by(on_paper - glyphs - space, EXPANSION if expands else 0)

    def by(self, lacking, expansion):
        room = (STRETCH if lacking >= 0 else SHRINK) * self.space + expansion * self.glyphs
        return lacking / room if room > 0 else float("inf") if lacking > 0.01 else 0.0


class Paragraph:
    def __init__(self, block):
        self.block, self.lines = block, []


def without_label(line, label):
    """LINE's words after an item's LABEL."""
    words = list(line.words)
    while words and label and label.startswith(words[0][4]):
        label = label[len(words[0][4]):]
        words.pop(0)
    return words


def beginning_of(words, rest):
    """How many characters of REST are in WORDS of paper, and whether with a hyphen more; (0, False): others."""
    text = squash("".join(word[4] for word in words))
    if text and rest.startswith(text):
        return len(text), False
    if text[:-1] and text[-1] in HYPHENS and rest.startswith(text[:-1]):
        return len(text) - 1, True
    return 0, False


def paragraphs_of(lines, blocks, who):
    """Finds the text of BLOCKS, in order, in LINES of paper."""
    found, at = [], 0
    for block in blocks:
        paragraph = Paragraph(block)
        characters = [(c, style) for text, style in block.runs for c in unicodedata.normalize("NFC", text)]
        where = [i for i, (c, _) in enumerate(characters) if c not in SPACES + UNSEEN]
        rest, done = squash(block.text), 0
        assert len(where) == len(rest)
        while done < len(rest):
            for i in range(at, len(lines)):
                words = lines[i].words if done else without_label(lines[i], block.label)
                length, hyphenated = beginning_of(words, rest[done:])
                if length and (done or length >= min(20, len(rest))):
                    break
            else:
                sys.exit(f"{who}: this text is not found in the letter as it was set: {rest[done:][:60]}")
            begin, end = where[done], where[done + length - 1] + 1
            last = done + length == len(rest) or "\n" in {c for c, _ in characters[end:where[done + length]]}
            paragraph.lines.append(BrokenLine(characters[begin:end], lines[i], words[0][0], hyphenated, last))
            at, done = i + 1, done + length
        found.append(paragraph)
    return found


class Figures:
    """A letter's row of the table."""

    def __init__(self, letter, lines, places, size, who, expands):
        widths = Widths()
        self.paragraphs = paragraphs_of(lines, [b for b in letter.blocks if b.kind != "heading"], who)
        every = [line for paragraph in self.paragraphs for line in paragraph.lines]
        for paragraph in self.paragraphs:
            for line in paragraph.lines:
                line.measure(widths, size, places.measure(paragraph.block), expands)
        full = [line for line in every if not line.last]
        self.lines, self.hyphens = len(every), sum(line.hyphenated for line in every)
        self.full = len(full)
        self.ratios = [abs(line.ratio) for line in full]
        self.ratios_set = [abs(line.ratio_set) for line in full]

    @property
    def worst(self):
        return max(self.ratios, default=0.0)

    @property
    def mean(self):
        return sum(self.ratios) / max(1, len(self.ratios))

    @property
    def worst_set(self):
        return max(self.ratios_set, default=0.0)

    @property
    def mean_set(self):
        return sum(self.ratios_set) / max(1, len(self.ratios_set))
