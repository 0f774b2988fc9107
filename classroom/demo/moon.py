"""The moving picture: the moon goes round the earth once in ten seconds, and its face as seen from here beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from PIL import Image, ImageDraw

SIZE = (400, 480)
# ten seconds of 25 pictures
FRAMES = 250
PAPER, NIGHT, LIGHT, EARTH, ORBIT, SUN = "#F5F1E7", "#15264A", "#F3E7B5", "#4C77B5", "#8A806D", "#D9B64A"
CENTRE, RADIUS = (200, 150), 120
FACE, FACE_RADIUS = (200, 380), 78


def frames() -> Iterator[bytes]:
    """RGB pictures of SIZE, one round of the moon."""
    for number in range(FRAMES):
        yield frame(2 * math.pi * number / FRAMES).tobytes()


def frame(angle: float) -> Image.Image:
    """`angle` 0: between the earth and the sun, which shines from the right (new moon)."""
    image = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(image)
    for ray in range(5):
        pen.line((330 + 4 * ray, 30 + 60 * ray, 398, 30 + 60 * ray), fill=SUN, width=4)
    pen.ellipse(_around(CENTRE, RADIUS), outline=ORBIT, width=2)
    pen.ellipse(_around(CENTRE, 26), fill=EARTH)
    moon = (CENTRE[0] + RADIUS * math.cos(angle), CENTRE[1] - RADIUS * math.sin(angle))
    pen.ellipse(_around(moon, 18), fill=NIGHT)
    pen.pieslice(_around(moon, 18), -90, 90, fill=LIGHT)
    _face(pen, angle)
    return image


def _face(pen: ImageDraw.ImageDraw, angle: float) -> None:
    """As seen from the northern half of the earth: waxing is bright on the right."""
    box = _around(FACE, FACE_RADIUS)
    pen.ellipse(box, fill=NIGHT)
    waxing = math.sin(angle) >= 0
    pen.pieslice(box, *((-90, 90) if waxing else (90, 270)), fill=LIGHT)
    half = abs(math.cos(angle)) * FACE_RADIUS
    terminator = (FACE[0] - half, FACE[1] - FACE_RADIUS, FACE[0] + half, FACE[1] + FACE_RADIUS)
    pen.ellipse(terminator, fill=NIGHT if math.cos(angle) > 0 else LIGHT)


def _around(point: tuple[float, float], radius: float) -> tuple[float, float, float, float]:
    return point[0] - radius, point[1] - radius, point[0] + radius, point[1] + radius
