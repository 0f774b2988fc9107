"""The functions of one number along a tally's edges, as plain data: Python and the compiled walk both know them."""

from dataclasses import dataclass
from enum import IntEnum

from scheduling.engine.problem import Limits


class Kind(IntEnum):
    """The numbers are those of walk.c."""

    POSITIVE = 0
    DEVIATION = 1
    DEVIATION_IF_ANY = 2
    SQUARE = 3
    SOME_OF = 4
    IDLE = 5
    ROUNDED_UP = 6
    HIGHEST = 7
    LOWEST = 8
    DISTANCE = 9


@dataclass(frozen=True)
class Measure:
    kind: Kind
    least: int = 0
    most: int = 0
    scale: int = 1
    factor: int = 1

    def __call__(self, number: int) -> int:
        return self.factor * self._of(number)

    def _of(self, number: int) -> int:
        match self.kind:
            case Kind.POSITIVE:
                return int(number > 0)
            case Kind.DEVIATION:
                return self._outside(number)
            case Kind.DEVIATION_IF_ANY:
                return self._outside(number) if number else 0
            case Kind.SQUARE:
                return number * number
            case Kind.SOME_OF:
                return int(0 < number < self.most)
            case Kind.ROUNDED_UP:
                return max(-((number - self.least) // self.scale), -((self.most - number) // self.scale), 0)
            case _:
                return self._of_bits(number)

    def _of_bits(self, number: int) -> int:
        """Of a pattern of times; DISTANCE of what `both` makes of two."""
        match self.kind:
            case Kind.IDLE:
                return number.bit_length() - lowest(number) + 1 - number.bit_count() if number else 0
            case Kind.HIGHEST:
                return number.bit_length()
            case Kind.LOWEST:
                return lowest(number)
            case _:
                end, start = number & MASK, number >> DIGITS & MASK
                return self._outside(start - 1 - end) if end and start and number >> 2 * DIGITS == 0 else 0

    def _outside(self, number: int) -> int:
        return max(self.least - number, number - self.most, 0)


# Two places of times in one number, and above them how many lessons have no time.
DIGITS = 12
MASK = (1 << DIGITS) - 1
POSITIVE, SQUARE, IDLE = Measure(Kind.POSITIVE), Measure(Kind.SQUARE), Measure(Kind.IDLE)
HIGHEST, LOWEST = Measure(Kind.HIGHEST), Measure(Kind.LOWEST, factor=1 << DIGITS)
BEYOND_ONE = Measure(Kind.DEVIATION, most=1)


def deviation(limits: Limits) -> Measure:
    return Measure(Kind.DEVIATION, limits.least, limits.most)


def bit(place: int) -> Measure:
    """The number counts at this place of a pattern, however large it is."""
    return Measure(Kind.POSITIVE, factor=1 << place)


def lowest(number: int) -> int:
    """The place of the lowest bit, counted from 1; 0 if there is none."""
    return (number & -number).bit_length()
