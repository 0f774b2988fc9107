"""The demo lesson's pages: 月相变化的规律, set like a well-printed textbook (paper ground, serif titles, hairlines)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from classroom.demo import fonts, strip

SIZE = (strip.WIDTH, strip.HEIGHT)
PAPER, INK, INK_2, INK_3, RULE, INDIGO = "#F5F1E7", "#21242B", "#474A52", "#63645F", "#D9D1C0", "#223E70"
LEFT = 64
# the right third belongs to the moving moon (moon.py) and the clock
TEXT_RIGHT = 800


@dataclass(frozen=True)
class Slide:
    title: str
    lines: tuple[str, ...]
    said: str


LESSON = "科学 · 三年级 · 月相变化的规律"
SLIDES = (
    Slide(
        "月亮的样子会变吗？",
        ("每天晚上看月亮，", "它的样子一样吗？", "月亮的各种样子，", "叫作月相。"),
        "同学们好。今天我们学习月相变化的规律。每天晚上看到的月亮，样子一样吗？",
    ),
    Slide(
        "月亮自己不发光",
        ("月亮反射太阳光。", "朝着太阳的一半亮，", "背着太阳的一半暗。"),
        "月亮自己不发光，它反射太阳光。朝着太阳的一半是亮的，背着太阳的一半是暗的。",
    ),
    Slide(
        "月亮绕着地球转",
        ("转一圈大约一个月。", "位置不同，", "我们看到的亮面也不同。"),
        "月亮绕着地球转，转一圈大约一个月。位置不同，我们看到的亮面也不同。",
    ),
    Slide(
        "月相变化的顺序",
        ("初一  新月", "初七、初八  上弦月", "十五、十六  满月", "二十二、二十三  下弦月"),
        "初一是新月，初七初八是上弦月，十五十六是满月，二十二二十三是下弦月。",
    ),
    Slide(
        "今晚的观察",
        ("找到月亮，", "看亮面朝哪一边，", "画在观月记录表里。"),
        "今天晚上，请同学们找到月亮，看亮面朝哪一边，把它画在观月记录表里。下课。",
    ),
)


def draw(pages: Sequence[Slide], folder: Path) -> list[Path]:
    """One PNG a slide. Without any Chinese font the pages have pictures and no words, and the caller should say so."""
    return [
        _save(_page(slide, number, len(pages)), folder / f"slide-{number}.png") for number, slide in enumerate(pages, 1)
    ]


def can_write() -> bool:
    return fonts.chinese() is not None


def _page(slide: Slide, number: int, count: int) -> Image.Image:
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((LEFT, 92, SIZE[0] - LEFT, 95), fill=INK)
    pen.line((LEFT, 640, SIZE[0] - LEFT, 640), fill=RULE, width=2)
    if can_write():
        _write(pen, slide, f"第 {number} 页，共 {count} 页")
    return image


def _write(pen: ImageDraw.ImageDraw, slide: Slide, page: str) -> None:
    pen.text((LEFT, 44), LESSON, font=_font(fonts.SANS, 28), fill=INK_3)
    pen.text((LEFT, 126), slide.title, font=_font(fonts.SERIF, 60), fill=INDIGO)
    for row, line in enumerate(slide.lines):
        pen.text((LEFT, 256 + row * 84), line, font=_font(fonts.SANS, 46), fill=INK)
    pen.text((SIZE[0] - LEFT, 672), page, font=_font(fonts.SANS, 28), fill=INK_2, anchor="ra")


def _font(wanted: str, size: int) -> ImageFont.FreeTypeFont:
    font = fonts.chinese(wanted)
    assert font is not None, "asked for only after can_write()"
    loaded = ImageFont.truetype(str(font.path), size, index=font.index)
    if font.variable:
        loaded.set_variation_by_axes([700 if wanted == fonts.SERIF else 400])
    return loaded


def _save(image: Image.Image, path: Path) -> Path:
    image.save(path)
    return path
