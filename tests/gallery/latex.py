"""
The same letter by LaTeX: KOMA-Script's scrlttr2 with microtype, on LuaLaTeX. The letter's form is KOMA's own; font, size,
leading and measure are Postbag's, and the hyphens come from the same patterns.
"""
import os
import pathlib
import re
import shutil

from letters import BOTTOM_MM, LEFT_MM, RIGHT_MM, ROOT, TOP_MM, run
from measure import FACES, FONTS

PATTERNS = {"en-GB": pathlib.Path("/usr/share/hyphen/hyph_en_GB.dic"), "cy": ROOT / "src" / "letter" / "hyph-cy.dic"}
POINTS = 72.27 / 72  # TeX's points in one of ours
SPECIAL = {"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
           "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\u00a0": "~",
           "'": "{\\textquotesingle}", '"': "{\\textquotedbl}"}
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufeff]+(?:[\s\u200e\u200f]+[\u0590-\u08ff\ufb1d-\ufeff]+)*")


def escaped(text):
    text = "".join(SPECIAL.get(c, c) for c in text)
    return RIGHT_TO_LEFT.sub(lambda found: r"{\arabicface\textdir TRT " + found[0] + "}", text)


def rich(runs):
    marks = {"": ("", ""), "b": (r"\textbf{", "}"), "i": (r"\textit{", "}"), "bi": (r"\textbf{\textit{", "}}")}
    return "".join("\\\\\n" if text == "\n" else marks[style][0] + escaped(text) + marks[style][1] for text, style in runs)


def body(letter, places):
    parts, inside = [], False
    for block in letter.blocks:
        if block.kind == "item" and not inside:
            hang = (places.text_indent - places.label_indent) * POINTS
            parts.append(r"\begin{list}{}{\leftmargin=%.3fpt \labelwidth=%.3fpt \labelsep=0pt \itemsep=.27\baselineskip "
                         r"\parsep=0pt \topsep=0pt \partopsep=0pt \renewcommand\makelabel[1]{#1\hfil}}"
                         % (places.text_indent * POINTS, hang))
        elif block.kind != "item" and inside:
            parts.append(r"\end{list}")
        inside = block.kind == "item"
        text = rich(block.runs)
        if block.kind == "item":
            parts.append(r"\item[%s] %s" % (escaped(block.label), text))
        elif block.kind == "heading":
            parts.append(r"{\bfseries %s\par\nobreak}" % text)
        else:
            parts.append(text)
    if inside:
        parts.append(r"\end{list}")
    return "\n\n".join(parts)


def source(letters, places, size, pictures):
    language = letters[0].language
    patterns = PATTERNS[language if language in PATTERNS else "en-GB"]
    faces = ", ".join(f"{key}={FACES[style]}"
                      for key, style in (("BoldFont", "b"), ("ItalicFont", "i"), ("BoldItalicFont", "bi")))
    head = r"""\documentclass[paper=a4,fontsize=%(size)spt,parskip=half-,fromalign=right,foldmarks=false,backaddress=false,
    firstfoot=false]{scrlttr2}
\usepackage{fontspec,graphicx}
\usepackage[a4paper,left=%(left)dmm,right=%(right)dmm,top=%(top)dmm,bottom=%(bottom)dmm,headsep=8mm]{geometry}
\setmainfont{%(regular)s}[Path=%(path)s/, %(faces)s]
\newfontfamily\arabicface{NotoNaskhArabic-Regular.ttf}[Path=/usr/share/fonts/truetype/noto/, Renderer=HarfBuzz, Script=Arabic]
\usepackage[protrusion=true,expansion=true,stretch=15,shrink=15,step=1]{microtype}
\renewcommand\normalsize{\fontsize{%(type).4fpt}{%(leading).4fpt}\selectfont}
\newcount\patterns
\directlua{
    local file = assert(io.open("%(patterns)s", "rb"))
    local text = file:read("a"):gsub("^[^\string\n]*\string\n", ""):gsub("\csstring\%%\csstring\%%[^\string\n]*", "")
    text = text:gsub("[A-Z]+HYPHENMIN [0-9]+", ""):gsub("NEXTLEVEL", "")
    file:close()
    local patterns = lang.new()
    lang.patterns(patterns, text)
    tex.count["patterns"] = lang.id(patterns)
}
\AtBeginDocument{\language=\patterns \lefthyphenmin=2 \righthyphenmin=3 }
\setkomavar{subjectseparator}{}
\setkomavar{enclseparator}{}
\renewcommand*\raggedsignature{\raggedright}
\pagestyle{plain}
\begin{document}
""" % {"size": size, "left": LEFT_MM, "right": RIGHT_MM, "top": TOP_MM, "bottom": BOTTOM_MM, "regular": FACES[""],
       "path": FONTS, "faces": faces, "type": size * POINTS, "leading": places.leading * POINTS, "patterns": patterns}
    parts = []
    for letter in letters:
        signature = r"\includegraphics[height=16mm]{%s}\\ " % pictures["signature"].name if "signature" in pictures else ""
        logo = r"\setkomavar{fromlogo}{\includegraphics[height=18mm]{%s}}\KOMAoptions{fromlogo=true}" % pictures["logo"].name \
            if "logo" in pictures else ""
        parts.append(r"""%(logo)s\setkomavar{fromname}{%(name)s}
\setkomavar{fromaddress}{%(sender)s}
\setkomavar{date}{%(date)s}
\setkomavar{subject}{%(subject)s}
\setkomavar{signature}{%(signature)s%(name)s}
\begin{letter}{%(recipient)s}
\language=\patterns \lefthyphenmin=2 \righthyphenmin=3
\opening{%(salutation)s}
%(body)s
\closing{%(closing)s}
\end{letter}
""" % {"logo": logo, "name": escaped(letter.name), "date": escaped(letter.date), "subject": escaped(letter.subject),
       "signature": signature, "recipient": r"\\".join(escaped(line) for line in letter.recipient),
       "sender": r"\\".join(escaped(line) for line in letter.sender if line != letter.name),
       "salutation": escaped(letter.salutation), "body": body(letter, places), "closing": escaped(letter.closing)})
    return head + "".join(parts) + "\\end{document}\n"


def environment(cache):
    """What LuaLaTeX keeps for the next run is kept in CACHE."""
    return dict(os.environ, TEXMFVAR=str(cache), TEXMFCACHE=str(cache), SOURCE_DATE_EPOCH="0")


def version():
    """The versions of LuaTeX, scrlttr2 and microtype."""
    tex = run("lualatex", "--version").splitlines()[0].split("Version ")[1]
    sources = (pathlib.Path(run("kpsewhich", name).strip()).read_text("latin-1") for name in ("scrlttr2.cls", "microtype.sty"))
    koma, microtype = (re.search(r"\d{4}/\d\d/\d\d v([\w.]+)", text)[1] for text in sources)
    return tex, koma, microtype


def typeset(cache, place, letters, places, size, pictures):
    """The PDF, in PLACE."""
    for picture in pictures.values():
        if picture.parent != place:
            shutil.copyfile(picture, place / picture.name)
    (place / "latex.tex").write_text(source(letters, places, size, pictures), encoding="utf-8")
    run("lualatex", "-interaction=nonstopmode", "-halt-on-error", "latex.tex", cwd=place, env=environment(cache))
    return place / "latex.pdf"
