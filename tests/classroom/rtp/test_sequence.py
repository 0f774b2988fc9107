from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp.sequence import nearest, signed_distance


@given(st.integers(0, 2**40), st.integers(-0x8000, 0x7FFF))
def test_a_number_near_the_reference_is_unwrapped_exactly(reference: int, distance: int) -> None:
    assert nearest((reference + distance) & 0xFFFF, reference) == reference + distance


@given(st.integers(0, 2**32 - 1), st.integers(-(2**31), 2**31 - 1))
def test_the_distance_of_timestamps_survives_the_wrap(earlier: int, distance: int) -> None:
    assert signed_distance((earlier + distance) & 0xFFFFFFFF, earlier, 32) == distance
