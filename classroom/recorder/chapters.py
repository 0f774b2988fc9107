"""Chapters from what the board did: it was shown, it changed a good deal, it was taken away. Pure, and without a look
at the picture: a new page makes one frame many times larger than the strokes before it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median

from classroom.recorder.cutting import Part

TIMES = 8
"""How much larger than usual a frame is that shows another page."""
LEAST = 6000
"""Bytes below which no frame shows another page."""
APART = 20.0
"""Seconds between two chapters at least."""
REMEMBERED = 150
HIDDEN = 10.0
"""Seconds without a picture after which the board was away."""


class BoardWatch:
    """`spans`: from when to when it was shown; `changes`: when it showed something else. Seconds of the recording."""

    def __init__(self, spans: list[list[float]], changes: list[float]) -> None:
        self.spans = spans
        self.changes = changes
        self._sizes: deque[int] = deque(maxlen=REMEMBERED)

    def see(self, part: Part) -> None:
        """In order. A picture that only stands in for a missing one lasts as long as its part, or longer."""
        for sample in part.picture:
            at = sample.at / 90000
            if sample.lasts >= 0.95 * 90000 * part.lasts and sample.key and len(part.picture) == 1:
                continue
            self._shown(at, sample.lasts / 90000)
            if not sample.key:
                self._compare(at, len(sample.data))

    def _shown(self, at: float, lasts: float) -> None:
        if not self.spans or at - self.spans[-1][1] > HIDDEN:
            self.spans.append([at, at])
            self._sizes.clear()
        self.spans[-1][1] = at + lasts

    def _compare(self, at: float, size: int) -> None:
        usual = median(self._sizes) if len(self._sizes) > 10 else None
        last = max([*self.changes[-1:], self.spans[-1][0]])
        if usual is not None and size > max(LEAST, TIMES * usual) and at - last >= APART:
            self.changes.append(at)
        self._sizes.append(size)


def chapters(spans: Sequence[Sequence[float]], changes: Sequence[float]) -> list[dict[str, float | str]]:
    """As the library takes them. The first begins at zero."""
    marks: list[tuple[float, str]] = [(0.0, "开始")]
    page = 0
    moments = [(begin, "show") for begin, _ in spans] + [(end, "hide") for _, end in spans]
    moments += [(at, "show") for at in changes]
    for at, what in sorted(moments):
        page += what == "show"
        marks.append((at, f"课件 {page}" if what == "show" else "讲解"))
    kept = [marks[0]]
    for at, title in marks[1:]:
        if at - kept[-1][0] >= APART:
            kept.append((at, title))
        elif title.startswith("课件"):
            kept[-1] = (kept[-1][0], title)
    return [{"at": round(at, 3), "title": title} for at, title in kept]
