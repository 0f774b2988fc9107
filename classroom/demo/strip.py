"""The clock strip: the wall clock of the moment a picture was drawn, readable by a program from the decoded picture.

A black bar near the lower left edge, 20 cells of 1/40 of the picture's width in a row:

    cell 0      white, always            } what white and black look like after the way
    cell 1      black, always            }
    cells 2–17  16 bits, the highest first: white is 1; the Gray code of (milliseconds since 1970) mod 65536
    cell 18     black
    cell 19     the flash: white for the first 80 ms of each second of the film, while the 3200 Hz tick sounds

The middle of cell i is at x = (2 + i + 0.5) / 40 of the width and y = 688 / 720 of the height, whatever size the
picture has on its way.
Gray code, because each cell asks the clock for itself: two that fall on both sides of a millisecond are off by one,
not by half the range.
A reader takes the luma at the middles; a cell between the thirds of white and black, or a pair of references that are
not, means: cannot be read.
"""

from __future__ import annotations

from collections.abc import Callable

WIDTH, HEIGHT = 1280, 720
CELL = 32
LEFT, TOP = 64, 672
BITS = 16
CELLS = BITS + 4
RANGE_MS = 1 << BITS
FLASH_CELL = CELLS - 1
FLASH_SECONDS = 0.08
TICK_HZ = 3200

Luma = Callable[[float, float], float]
"""The brightness (0 to 255) at a place in the picture; x and y from 0 to 1."""


def middle(cell: int) -> tuple[float, float]:
    """Where to look for a cell: x and y from 0 to 1."""
    return (LEFT + (cell + 0.5) * CELL) / WIDTH, (TOP + CELL / 2) / HEIGHT


def read(luma: Luma) -> int | None:
    """The milliseconds mod 65536 that a picture shows, ± 1; None when the strip cannot be read."""
    white, black = luma(*middle(0)), luma(*middle(1))
    if white - black < 90:
        return None
    bits = [_bit(luma(*middle(cell)), white, black) for cell in range(2, 2 + BITS)]
    if None in bits:
        return None
    return from_gray(int("".join(str(bit) for bit in bits), 2))


def flash(luma: Luma) -> bool:
    """Whether the flash is on."""
    return luma(*middle(FLASH_CELL)) > (luma(*middle(0)) + luma(*middle(1))) / 2


def age_ms(shown: int, now_ms: int) -> int:
    """How old a picture is that shows `shown` at `now_ms` (milliseconds since 1970): below 65.5 s, else it wraps."""
    return (now_ms - shown) % RANGE_MS


def to_gray(value: int) -> int:
    return value ^ (value >> 1)


def from_gray(code: int) -> int:
    value = 0
    while code:
        value ^= code
        code >>= 1
    return value


def _bit(luma: float, white: float, black: float) -> int | None:
    third = (white - black) / 3
    if luma > white - third:
        return 1
    return 0 if luma < black + third else None


def live_filters() -> list[str]:
    """ffmpeg filters that draw the 16 bits into a picture of WIDTH × HEIGHT that has the bar already."""
    return [_box(2 + place, _gray_bit(BITS - 1 - place)) for place in range(BITS)]


def film_filters() -> list[str]:
    """ffmpeg filters that draw what does not change: the bar, the white reference, and the flash of the film's own
    seconds.
    """
    # t + 0.02: half a picture early, so that a rounded time cannot make it three pictures
    bar = f"drawbox=x={LEFT - 8}:y={TOP - 8}:w={CELL * CELLS + 16}:h={CELL + 16}:color=black:t=fill"
    return [bar, _box(0, "1"), _box(FLASH_CELL, f"lt(mod(t+0.02,1),{FLASH_SECONDS})")]


def _gray_bit(bit: int) -> str:
    """Bit k of the Gray code of v is floor((v + 2^k) / 2^(k+1)) mod 2."""
    milliseconds = f"mod(floor(time(0)*1000),{RANGE_MS})"
    return f"mod(floor(({milliseconds}+{1 << bit})/{1 << (bit + 1)}),2)"


def _box(cell: int, condition: str) -> str:
    x = LEFT + cell * CELL
    return f"drawbox=x={x}:y={TOP}:w={CELL}:h={CELL}:color=white:t=fill:enable='{condition}'"
