"""The letters of a printed report: Noto Sans from the locked wheel, cut down to the glyphs that a document uses and
with its curves made quadratic, because reportlab embeds TrueType outlines only. The document then reads the same on
every machine, whatever fonts that has."""

import importlib.util
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable
from fontTools.varLib import instancer

SIMPLIFIED = 2
"""The face in Noto's collection: JP, KR, SC, TC, HK."""
UNITS_OFF = 1.0
"""How far a quadratic curve may lie from the cubic one, in units of 1/1000 em."""
NO_USE = ("vmtx", "vhea", "GSUB", "GPOS", "GDEF", "BASE", "VORG", "HVAR", "VVAR", "MVAR", "STAT", "DSIG")
COUNTS = (
    "maxTwilightPoints",
    "maxStorage",
    "maxFunctionDefs",
    "maxInstructionDefs",
    "maxStackElements",
    "maxSizeOfInstructions",
    "maxComponentElements",
    "maxPoints",
    "maxContours",
    "maxCompositePoints",
    "maxCompositeContours",
    "maxComponentDepth",
)


def subset(words: Iterable[str], weight: int) -> io.BytesIO:
    """A TrueType font with the letters of `words`. Takes about 1.5 s: call it in a thread."""
    font = TTFont(_wheel(), fontNumber=SIMPLIFIED, lazy=True)
    options = Options()
    options.layout_features, options.notdef_outline = [], True
    options.drop_tables += NO_USE
    cut = Subsetter(options)
    cut.populate(text="".join(words))
    cut.subset(font)
    return _written(_quadratic(instancer.instantiateVariableFont(_read(_written(font)), {"wght": weight})))


def _wheel() -> Path:
    found = importlib.util.find_spec("manimgx_fonts_cjk")
    assert found
    assert found.origin
    return Path(found.origin).parent / "NotoSansCJK-VF.otf.ttc"


def _quadratic(font: Any) -> Any:
    shapes, order = font.getGlyphSet(), font.getGlyphOrder()
    drawn = {name: _glyph(shapes, name) for name in order}
    for table in ("CFF2", "CFF "):
        if table in font:
            del font[table]
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, drawn
    for name, glyph in drawn.items():
        font["hmtx"][name] = (font["hmtx"][name][0], glyph.xMin if glyph.numberOfContours else 0)
    font["maxp"].tableVersion, font["maxp"].maxZones = 0x00010000, 1
    for count in COUNTS:
        setattr(font["maxp"], count, 0)  # computed when it is written
    font["post"].formatType, font.sfntVersion = 3.0, "\0\1\0\0"
    return font


def _glyph(shapes: Any, name: str) -> Any:
    pen = TTGlyphPen(None)
    shapes[name].draw(Cu2QuPen(pen, UNITS_OFF, reverse_direction=True))
    glyph = pen.glyph()
    glyph.recalcBounds(None)
    return glyph


def _written(font: Any) -> io.BytesIO:
    out = io.BytesIO()
    font.save(out)
    out.seek(0)
    return out


def _read(data: io.BytesIO) -> Any:
    return TTFont(data)
