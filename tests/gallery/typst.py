"""
The same letter by Typst: its own line breaking, justified and hyphenated, with the parts of the letter where Postbag has
them, so that the pages can be laid one over the other.
"""
import pathlib
import re
import shutil

from letters import BOTTOM_MM, LEFT_MM, PAGE_MM, POINTS_PER_MM, RIGHT_MM, TOP_MM, run

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = "@myriaddreamin/typst-ts-node-compiler"
FONTS = "/usr/share/fonts/truetype"
LINE_TOP_EM = 0.75  # a line's box from there to 0.25 em below the baseline, so that lines are the leading apart
ASCENT_EM = 1.0986  # Gentium's: where a line begins in the PDF that was measured
FAMILIES = '("Gentium Book Plus", "Noto Naskh Arabic", "Noto Serif")'


def install(place):
    """Fetches the pinned package into PLACE, once. Not by npm ci, which misses what its makers list and never published."""
    place.mkdir(parents=True, exist_ok=True)
    here, there = (directory / "package.json" for directory in (HERE, place))
    if not (place / "node_modules" / PACKAGE).is_dir() or there.read_text() != here.read_text():
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, place / name)
        run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", cwd=place)


def version(place):
    (place / "version.typ").write_text("#str(sys.version)")
    run("node", HERE / "typst.mjs", place / "version.typ", place / "version.pdf", cwd=place)
    return run("pdftotext", place / "version.pdf", "-").strip()


def quoted(text):
    """TEXT as it is: in a string nothing is markup and no quote is changed."""
    return '#"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def rich(runs):
    marks = {"": ("", ""), "b": ("#strong[", "]"), "i": ("#emph[", "]"), "bi": ("#strong[#emph[", "]]")}
    parts = []
    for text, style in runs:
        begin, end = marks[style]
        parts.append("#linebreak()" if text == "\n" else begin + quoted(text) + end)
    return "".join(parts)


def lines(texts):
    return "#linebreak()".join(quoted(text) for text in texts)


def items(blocks, places):
    """Items that follow one another."""
    hang = f"{places.text_indent - places.label_indent}pt"
    inside = ", ".join([f"indent: {places.label_indent}pt", f"spacing: gap + 0.27 * {places.leading}pt",
                        *(f"[{rich(block.runs)}]" for block in blocks)])
    if blocks[0].label == "•":
        return f"#bullets({hang}, {inside})"
    return f"#enumeration({hang}, start: {int(re.match('[0-9]+', blocks[0].label)[0])}, {inside})"


def body(letter, places):
    parts, group = [], []
    for block in [*letter.blocks, None]:
        if group and (block is None or block.kind != "item"):
            parts.append(items(group, places))
            group = []
        if block is None:
            break
        if block.kind == "item":
            group.append(block)
        elif block.kind == "heading":
            parts.append(f"#block(above: gap + 14pt, below: gap + 6pt, sticky: true, strong[{rich(block.runs)}])")
        else:
            parts.append(rich(block.runs))
    return "\n\n".join(parts)


def source(letters, places, size, pictures):
    """PICTURES: "logo" and "signature" by name, where the letter has them."""
    margin_left, later = LEFT_MM * POINTS_PER_MM, TOP_MM * POINTS_PER_MM
    language, _, region = letters[0].language.partition("-")
    head = f"""
#set page(width: {PAGE_MM[0]}mm, height: {PAGE_MM[1]}mm,
    margin: (left: {LEFT_MM}mm, right: {RIGHT_MM}mm, top: {TOP_MM}mm, bottom: {BOTTOM_MM}mm))
#set text(font: {FAMILIES}, size: {size}pt, lang: "{language}", region: {f'"{region.lower()}"' if region else 'none'},
    top-edge: {LINE_TOP_EM}em, bottom-edge: {LINE_TOP_EM - 1}em)
#let gap = {places.leading - size}pt
#set par(justify: true, leading: gap, spacing: gap + 0.55 * {places.leading}pt)
#let bullets(hang, ..of) = list(marker: box(width: hang, [•]), body-indent: 0pt, tight: false, ..of)
#let enumeration(hang, ..of) = enum(numbering: n => box(width: hang, [#n.]), number-align: left + top,
    body-indent: 0pt, tight: false, ..of)
#let put(x, y, it) = place(top + left, dx: x - {margin_left}pt, dy: y - {later}pt,
    block(width: {PAGE_MM[0]}mm, {{ set par(justify: false); it }}))
"""

    def top(line, above=0):
        return line.top + (ASCENT_EM - LINE_TOP_EM) * size - above * places.leading

    pages = []
    for letter in letters:
        parts = [f"#put({places.sender.left}pt, {top(places.sender, len(letter.sender) - 1)}pt)"
                 f"[{lines([*letter.sender, '', letter.date])}]",
                 f"#put({places.recipient.left}pt, {top(places.recipient, len(letter.recipient) - 1)}pt)"
                 f"[{lines(letter.recipient)}]"]
        if "logo" in pictures:
            parts.append(f'#put({margin_left}pt, 20mm, image("{pictures["logo"].name}", height: 18mm))')
        parts.append(f"#v({top(places.salutation) - later}pt)")
        parts += [quoted(letter.salutation), f"#block(strong({quoted(letter.subject)[1:]}))", body(letter, places)]
        above = f'image("{pictures["signature"].name}", height: 17mm)' if "signature" in pictures else "17mm"
        close = f"stack({quoted(letter.closing)[1:]}, {above}, {quoted(letter.name)[1:]})"
        parts.append(f"#v(6pt)\n#block(breakable: false, {close})")
        pages.append("\n\n".join(parts))
    return head + "\n#pagebreak()\n".join(pages) + "\n"


def typeset(npm, place, letters, places, size, pictures):
    """The PDF, in PLACE."""
    for picture in pictures.values():
        if picture.parent != place:
            shutil.copyfile(picture, place / picture.name)
    (place / "typst.typ").write_text(source(letters, places, size, pictures), encoding="utf-8")
    run("node", HERE / "typst.mjs", place / "typst.typ", place / "typst.pdf", FONTS, cwd=npm)
    return place / "typst.pdf"
