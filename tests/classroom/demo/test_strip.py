import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.demo import strip


def painted(value: int, white: float = 235, black: float = 16, flash: bool = False) -> strip.Luma:
    """A picture that shows `value`, as a function of the place."""
    code = strip.to_gray(value)
    bits = [bool(code >> (strip.BITS - 1 - place) & 1) for place in range(strip.BITS)]
    cells = [True, False, *bits, False, flash]

    def luma(x: float, y: float) -> float:
        assert 672 / 720 < y < 704 / 720
        return white if cells[int(x * 40 - 2)] else black

    return luma


@given(st.integers(0, strip.RANGE_MS - 1))
def test_every_value_reads_as_itself(value: int) -> None:
    assert strip.read(painted(value)) == value


@given(st.integers(0, strip.RANGE_MS - 1))
def test_neighbours_differ_in_one_cell(value: int) -> None:
    following = (value + 1) % strip.RANGE_MS
    assert (strip.to_gray(value) ^ strip.to_gray(following)).bit_count() == 1


@given(st.floats(150, 255), st.floats(0, 60))
def test_a_darker_or_greyer_picture_reads_the_same(white: float, black: float) -> None:
    expected = 40_000 if white - black >= 90 else None
    assert strip.read(painted(40_000, white, black)) == expected


def test_a_picture_without_a_strip_is_not_read() -> None:
    assert strip.read(lambda x, y: 128.0) is None
    assert strip.read(lambda x, y: 255.0 if x < 0.07 else 128.0 if x > 0.1 else 0.0) is None


def test_the_flash_is_seen() -> None:
    assert strip.flash(painted(1, flash=True))
    assert not strip.flash(painted(1, flash=False))


@pytest.mark.parametrize(("shown", "now", "age"), [(100, 350, 250), (65_500, 65_536 * 9 + 14, 50)])
def test_the_age_goes_on_over_the_wrap(shown: int, now: int, age: int) -> None:
    assert strip.age_ms(shown, now) == age
