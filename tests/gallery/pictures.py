"""
Pictures: pages side by side as one PNG, and the logo and the signature of the sample letters, drawn here.
"""
import pathlib
import shutil

from PIL import Image, ImageDraw, ImageFont

from letters import LEFT_MM, MEASURE, POINTS_PER_MM, run
from measure import FACES, FONTS

DPI = 90
EDGE, CAPTION = 16, 44  # pixels
BACKGROUND, BORDER, INK = "#d8d8d8", "#909090", "#202020"


def face(size, style=""):
    return ImageFont.truetype(str(FONTS / FACES[style]), size)


def pages(pdf, dpi=DPI, last=6):
    """The pages of PDF as pictures."""
    place = pdf.parent / f"{pdf.stem}-pages"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    run("pdftoppm", "-r", dpi, "-l", last, "-png", pdf, place / "page")
    return [Image.open(path).convert("RGB") for path in sorted(place.glob("*.png"))]


def side_by_side(columns, target, from_below=False):
    """COLUMNS: (caption, pages). FROM_BELOW: the last pages stand side by side, not the first."""
    width, height = columns[0][1][0].size
    most = max(len(pictures) for _, pictures in columns)
    sheet = Image.new("RGB", (EDGE + len(columns) * (width + EDGE), CAPTION + most * (height + EDGE)), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    for number, (caption, pictures) in enumerate(columns):
        x = EDGE + number * (width + EDGE)
        draw.text((x, CAPTION // 5), caption, font=face(22), fill=INK)
        for row, picture in enumerate(pictures, most - len(pictures) if from_below else 0):
            y = CAPTION + row * (height + EDGE)
            sheet.paste(picture, (x, y))
            draw.rectangle((x - 1, y - 1, x + width, y + height), outline=BORDER)
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target, optimize=True)


def document(picture, target, greys=16):
    """PICTURE as small as a repository likes it."""
    picture.convert("L").quantize(greys).save(target, optimize=True)


def letter(pdf, target, dpi=96):
    """The first page of PDF with a thin edge, for README."""
    page = pages(pdf, dpi, 1)[0]
    ImageDraw.Draw(page).rectangle((0, 0, page.width - 1, page.height - 1), outline=BORDER)
    document(page, target)


def passages(columns, target, dpi=100):
    """The same paragraphs from each of COLUMNS, (caption, PDF, where their first line ends in mm), one above the other."""
    above_mm, height_mm, left_mm, width_mm = 7, 76, LEFT_MM - 3, MEASURE / POINTS_PER_MM + 6

    def pixels(mm):
        return round(mm * POINTS_PER_MM * dpi / 72)

    sheet = Image.new("RGB", (pixels(width_mm), len(columns) * (pixels(height_mm) + CAPTION)), "white")
    draw = ImageDraw.Draw(sheet)
    for number, (caption, pdf, top_mm) in enumerate(columns):
        page, y = pages(pdf, dpi, 1)[0], number * (pixels(height_mm) + CAPTION)
        draw.text((pixels(2), y + 12), caption, font=face(20, "i"), fill=INK)
        top = pixels(top_mm - above_mm)
        sheet.paste(page.crop((pixels(left_mm), top, pixels(left_mm + width_mm), top + pixels(height_mm))), (0, y + CAPTION))
    document(sheet, target)


# Samples


def logo(path):
    """Of an invented association: a house in a ring, and its name."""
    scale = 4
    picture = Image.new("RGBA", (340 * scale, 96 * scale), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    blue = (28, 66, 110, 255)

    def points(*pairs):
        return [(x * scale, y * scale) for x, y in pairs]

    draw.ellipse(points((4, 4), (92, 92)), outline=blue, width=5 * scale)
    draw.polygon(points((48, 20), (78, 48), (18, 48)), fill=blue)
    draw.rectangle(points((27, 48), (69, 74)), fill=blue)
    draw.rectangle(points((43, 56), (53, 74)), fill=(255, 255, 255, 255))
    draw.text((106 * scale, 18 * scale), "Hollins Street", font=face(34 * scale, "b"), fill=blue)
    draw.text((106 * scale, 50 * scale), "Tenants’ Association", font=face(24 * scale), fill=blue)
    picture.resize((680, 192), Image.LANCZOS).save(path, dpi=(300, 300))


def signature(path):
    """A flourish that nobody signs with."""
    scale, strokes = 4, [
        [(20, 70), (36, 8), (52, 6), (44, 50), (38, 92), (66, 40), (78, 44), (76, 66), (92, 64), (104, 40), (108, 66),
         (122, 62)],
        [(122, 62), (140, 34), (134, 66), (152, 62), (166, 30), (178, 8), (170, 60), (186, 64), (204, 40), (214, 64),
         (236, 52), (292, 58)],
        [(14, 84), (90, 76), (180, 84), (300, 70)]]
    picture = Image.new("RGBA", (320 * scale, 100 * scale), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    for stroke in strokes:
        for a, b in zip(curve(stroke), curve(stroke)[1:]):
            thick = 1.2 + 1.6 * max(0.0, min(1.0, (b[1] - a[1] + 0.4)))
            for t in range(9):
                x, y = (a[i] + (b[i] - a[i]) * t / 8 for i in (0, 1))
                draw.ellipse([(i + s * thick) * scale for s in (-1, 1) for i in (x, y)], fill=(24, 30, 92, 255))
    picture.resize((640, 200), Image.LANCZOS).save(path, dpi=(300, 300))


def curve(points, steps=16):
    """Through POINTS, smoothly (Catmull and Rom)."""
    padded, found = [points[0], *points, points[-1]], []
    for p, q, r, s in zip(padded, padded[1:], padded[2:], padded[3:]):
        for step in range(steps):
            t = step / steps
            found.append(tuple(0.5 * (2 * q[i] + (r[i] - p[i]) * t + (2 * p[i] - 5 * q[i] + 4 * r[i] - s[i]) * t * t +
                                      (3 * q[i] - p[i] - 3 * r[i] + s[i]) * t ** 3) for i in (0, 1)))
    return [*found, points[-1]]


def samples(place):
    """Draws both into PLACE, and says where they are."""
    place.mkdir(parents=True, exist_ok=True)
    drawn = {"logo": pathlib.Path(place / "logo.png"), "signature": pathlib.Path(place / "signature.png")}
    logo(drawn["logo"])
    signature(drawn["signature"])
    return drawn
