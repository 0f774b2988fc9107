from hypothesis import given
from hypothesis import strategies as st

from core.ids import new_id, uuid7

MOMENTS = st.integers(0, (1 << 48) - 1)
CHANCE = st.binary(min_size=10, max_size=10)


@given(MOMENTS, CHANCE)
def test_version_and_variant_are_those_of_the_standard(moment: int, chance: bytes) -> None:
    made = uuid7(moment, chance)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == moment


@given(MOMENTS, MOMENTS, CHANCE)
def test_later_ids_sort_behind_earlier_ones(one: int, other: int, chance: bytes) -> None:
    assert (uuid7(one, chance) < uuid7(other, chance)) == (one < other)


def test_ids_differ() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000
