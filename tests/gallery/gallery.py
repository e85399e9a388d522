#!/usr/bin/python3
"""
A look at the letters: one of each kind as Postbag sets it, beside the same text by Typst and by LaTeX (KOMA-Script's
scrlttr2 with microtype), in the same font, size and measure; and a table of how well each breaks lines (measure.py says
by what formula).

    python3 tests/gallery/gallery.py [build/postbag] [--place build/gallery]        make gallery

Pictures and an index.html go to PLACE. --lines shows every line with its ratios, --sizes compares at several sizes of
type, --keep renews doc/typography.md and the pictures in doc/.
"""
import argparse
import datetime
import html
import pathlib
import sys

import latex
import letters
import measure
import pictures
import typst
from letters import ROOT

HERE = pathlib.Path(__file__).resolve().parent
TEMPLATES, PEOPLE = ROOT / "templates", ROOT / "constituents" / "sample.csv"
SHORT, LONG, MEMBERS = HERE / "short.md", HERE / "long.md", HERE / "members.csv"
SIZES = 9.5, 10, 10.5, 11, 11.5, 12


class Sample:
    """A kind of letter: a model, a list, and which rows of it."""

    def __init__(self, name, title, model, people, rows, pictures=(), bundle=False):
        self.name, self.title, self.model, self.people, self.rows = name, title, model, people, rows
        self.pictures, self.bundle = pictures, bundle


MODELS = [
    Sample("list", "A list", TEMPLATES / "mod-shared-services.md", PEOPLE, [3]),
    Sample("numbers", "Numbered items", TEMPLATES / "moj-shared-services.md", PEOPLE, [1]),
    Sample("welsh", "Welsh", TEMPLATES / "swyddi-lleol.md", PEOPLE, [21]),
]
SAMPLES = [
    Sample("short", "A short letter", SHORT, MEMBERS, [1]),
    Sample("two-pages", "Two pages, with headings", LONG, MEMBERS, [1]),
    *MODELS,
    Sample("arabic", "A name in Arabic", TEMPLATES / "moj-shared-services.md", PEOPLE, [6]),
    Sample("pictures", "Logo and signature", SHORT, MEMBERS, [2], pictures=("logo", "signature")),
    Sample("bundle", "A bundle for one MP", SHORT, MEMBERS, [1, 3, 2], bundle=True),
]


class Studio:
    """The three programs, and where their work goes."""

    def __init__(self, postbag, place):
        self.postbag, self.place = postbag, place
        self.npm, self.cache = place / "typst", place / "texmf"
        typst.install(self.npm)
        self.pictures = pictures.samples(place / "samples")
        self.versions = {"Postbag": letters.run(postbag, "--version").split()[-1], "Typst": typst.version(self.npm)}
        tex, koma, microtype = latex.version()
        self.versions["LaTeX"] = f"by LuaHBTeX {tex}, KOMA-Script {koma}, microtype {microtype}"

    @property
    def credits(self):
        return "; ".join(f"{name} {version}" for name, version in self.versions.items())

    def caption(self, who):
        return "LaTeX: scrlttr2 with microtype" if who == "LaTeX" else f"{who} {self.versions[who]}"

    def set(self, sample, size=None, options=()):
        """(Postbag's set, {program: PDF})."""
        shown = {name: self.pictures[name] for name in sample.pictures}
        options = [*options, *(f"letter.{name}={path}" for name, path in shown.items())]
        if "logo" in shown:
            options.append("letter.logo_text=Hollins Street Tenants’ Association")
        place = self.place / "work" / sample.name
        desk = letters.Desk(self.postbag, place, sample.model, sample.people, options)
        made = desk.bundle(sample.rows) if sample.bundle else desk.set(sample.rows[0], size)
        pdfs = {"Postbag": made.pdf}
        pdfs["Typst"] = typst.typeset(self.npm, place, made.letters, made.places, made.size, shown)
        pdfs["LaTeX"] = latex.typeset(self.cache, place, made.letters, made.places, made.size, shown)
        return made, pdfs


# The table


def figures_of(made, pdfs, options):
    """A row for each program: Postbag and LaTeX stretch letters, too."""
    expands = {"Postbag": "letter.expansion=no" not in options, "Typst": False, "LaTeX": True}
    return {who: measure.Figures(made.letters[0], letters.lines_of(pdf), made.places, made.size, who, expands[who])
            for who, pdf in pdfs.items()}


def judge(rows):
    """What Postbag promises beside Typst: (what, whether it is so)."""
    ours, theirs = rows["Postbag"], rows["Typst"]
    return [("not more hyphens than Typst", ours.hyphens <= theirs.hyphens),
            ("worst ratio not above Typst's", ours.worst <= theirs.worst + 0.005),
            ("mean with expansion below Typst's", ours.mean_set < theirs.mean_set)]


def table(results):
    """RESULTS: (title, size, rows by program). Markdown, which reads well on a terminal, too."""
    head = ("Letter", "Program", "Lines", "Hyphens", "Worst r", "Mean r", "Worst, as set", "Mean, as set")
    body = [(f"{title}, {size:g} pt" if who == "Postbag" else "", who, str(row.lines), str(row.hyphens), f"{row.worst:.2f}",
             f"{row.mean:.3f}", f"{row.worst_set:.2f}", f"{row.mean_set:.3f}")
            for title, size, rows in results for who, row in rows.items()]
    widths = [max(map(len, column)) for column in zip(head, *body)]
    rule = ["-" * width if i < 2 else "-" * (width - 1) + ":" for i, width in enumerate(widths)]  # the figures to the right

    def line(row):
        cells = (cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths)))
        return f"| {' | '.join(cells)} |"

    return "\n".join(map(line, [head, rule, *body]))


def verdicts(results):
    return [f"{title}, {size:g} pt: {what}: {'yes' if holds else 'NO'}"
            for title, size, rows in results for what, holds in judge(rows)]


def show_lines(title, rows):
    """Every paragraph that is not broken alike by all."""
    print(f"\n{title}: ratio to the measure, ratio as set, text")
    for number, ours in enumerate(rows["Postbag"].paragraphs):
        alike = {tuple(line.text for line in row.paragraphs[number].lines): who for who, row in reversed(rows.items())}
        for breaks, first in reversed(alike.items()):
            same = [who for who, row in rows.items() if tuple(line.text for line in row.paragraphs[number].lines) == breaks]
            print(f"  paragraph {number + 1}: {', '.join(same)}")
            for line in rows[first].paragraphs[number].lines:
                figures = "              " if line.last else f"{line.ratio:6.2f} {line.ratio_set:6.2f} "
                print(f"    {figures} {line.text}")


# The documents

INDEX = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>Postbag beside Typst and LaTeX</title>
<style>
body {{ font-family: "Gentium Book Plus", Georgia, serif; max-width: 75em; margin: 2em auto; padding: 0 1em; }}
img {{ max-width: 100%; }}
pre {{ overflow-x: auto; }}
</style>
</head>
<body>
<h1>Postbag beside Typst and LaTeX</h1>
<p>{versions}. The same text, font, size and measure; a letter's form is each program's own.
Each picture in its full size at a click.</p>
<pre>{table}</pre>
<pre>{verdicts}</pre>
{samples}
</body>
</html>
"""


def write_index(place, studio, shown, results):
    samples = "\n".join(f'<h2>{html.escape(sample.title)}</h2>\n<p><a href="{sample.name}.png"><img src="{sample.name}.png" '
                        f'alt="{html.escape(sample.title)}, by Postbag, Typst and LaTeX"></a></p>' for sample in shown)
    (place / "index.html").write_text(INDEX.format(
        versions=html.escape(studio.credits), table=html.escape(table(results)),
        verdicts=html.escape("\n".join(verdicts(results))), samples=samples), encoding="utf-8")


DOCUMENT = """# How well lines are broken

The model letters in `templates/` as Postbag, Typst and LaTeX set them: the same words (Postbag's own merge), the same
font (Gentium Book Plus), size and measure. `make gallery` makes the table anew, with pictures of whole letters side by side.

{table}

{date}; {versions}.

- *Hyphens* are those that a break added.
- *r* is a line's adjustment ratio: what its words with plain spaces lack of the measure, by what the spaces may grow (a
  half of a space each), or what they have too much, by what the spaces may shrink (three tenths). 0 is a line that fits
  as it is; its sign is left out in the table. It is computed for all three by one formula from where their lines end,
  with the words' widths by HarfBuzz. The last lines of paragraphs are left out, because nothing stretches them.
- *As set* takes a line as it is on paper: with what hangs into the margin, and for Postbag and LaTeX with letters that
  may be 1.5 % wider or narrower. Typst does not stretch letters.
- Typst has no patterns for Welsh and does not hyphenate it. LaTeX has Postbag's patterns.

![The same paragraphs by Postbag, Typst and LaTeX](typography.png)
"""


def keep(studio, sets, results):
    """Renews what doc/ shows."""
    today = datetime.date.today()
    (ROOT / "doc" / "typography.md").write_text(DOCUMENT.format(
        table=table(results), date=f"{today.day} {today:%B %Y}", versions=studio.credits), encoding="utf-8")
    pictures.letter(sets["list"][1]["Postbag"], ROOT / "doc" / "letter.png")
    made, pdfs = sets["numbers"]
    columns = []
    for who, pdf in pdfs.items():
        first = measure.paragraphs_of(letters.lines_of(pdf), made.letters[0].blocks[:1], who)[0].lines[0].line
        bottom = first.bottom + (0.25 * made.size if who == "LaTeX" else 0)  # LuaTeX's PDF says less of how low a font reaches
        columns.append((studio.caption(who), pdf, bottom / letters.POINTS_PER_MM))
    pictures.passages(columns, ROOT / "doc" / "typography.png")


def main():
    parser = argparse.ArgumentParser(description="Postbag's letters beside Typst's and LaTeX's")
    parser.add_argument("postbag", nargs="?", type=pathlib.Path, default=ROOT / "build" / "postbag")
    parser.add_argument("--place", type=pathlib.Path, default=ROOT / "build" / "gallery", help="where pictures go")
    parser.add_argument("--only", action="append", help="this sample only; the table only: table")
    parser.add_argument("--lines", action="store_true", help="show the lines of the three model letters")
    parser.add_argument("--sizes", action="store_true", help="compare at several sizes of type, and draw nothing")
    parser.add_argument("--keep", action="store_true", help="renew doc/typography.md and the pictures in doc/")
    parser.add_argument("-o", action="append", default=[], dest="options", metavar="SECTION.KEY=VALUE", help="for Postbag")
    settings = parser.parse_args()
    studio = Studio(settings.postbag.resolve(), settings.place.resolve())

    sets, results = {}, []
    for sample in [*MODELS, SAMPLES[1]] if settings.sizes else MODELS:
        for size in SIZES if settings.sizes else [None]:
            made, pdfs = sets[sample.name] = studio.set(sample, size, settings.options)
            results.append((sample.model.name, made.size, figures_of(made, pdfs, settings.options)))
            if settings.lines:
                show_lines(*results[-1][::2])
    print(table(results))
    print("\n".join(verdicts(results)))
    if settings.sizes:
        return
    shown = [sample for sample in SAMPLES if not settings.only or sample.name in settings.only]
    for sample in shown:
        made, pdfs = sets[sample.name] if sample.name in sets else studio.set(sample, None, settings.options)
        pictures.side_by_side([(studio.caption(who), pictures.pages(pdf)) for who, pdf in pdfs.items()],
                              studio.place / f"{sample.name}.png",
                              from_below=sample.bundle)  # Postbag's bundle begins with a cover sheet
    write_index(studio.place, studio, shown, results)
    if settings.keep:
        keep(studio, sets, results)
    print(f"Letters side by side: {studio.place / 'index.html'}")


if __name__ == "__main__":
    sys.exit(main())
