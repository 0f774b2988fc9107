"""A line chart as SVG, for few points: no plotting library has to be there."""

from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 320, 48, 40, 40, 16
COLOURS = ("#1f6f5c", "#8a8f98", "#b4552d", "#34568b")


@dataclass(frozen=True)
class Line:
    name: str
    values: list[float]


def chart(title: str, places: list[int], lines: list[Line]) -> str:
    """`places` along the bottom at equal distances, values from zero upwards."""
    top = max(value for line in lines for value in line.values) * 1.1
    step = (WIDTH - LEFT - RIGHT) / max(1, len(places) - 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="20" font-size="14">{title}</text>',
    ]
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _y(top * share, top)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e3e5e8"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{top * share:.1f}</text>')
    for at, place in enumerate(places):
        x = LEFT + at * step
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{place}</text>')
    for number, (line, colour) in enumerate(zip(lines, COLOURS, strict=False)):
        points = " ".join(f"{LEFT + at * step:.1f},{_y(value, top):.1f}" for at, value in enumerate(line.values))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        x = LEFT + 170 * number
        parts.append(f'<text x="{x}" y="{HEIGHT - 6}" fill="{colour}">{line.name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP)
