from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.tree import TIERS, ancestors, is_inside, may_hang_under, path_of

ids = st.lists(st.uuids(), min_size=1, max_size=6, unique=True)


def path(places: list[UUID]) -> str:
    made = None
    for place in places:
        made = path_of(place, made)
    assert made is not None
    return made


@given(ids)
def test_a_path_gives_back_its_ancestors(places: list[UUID]) -> None:
    assert ancestors(path(places)) == places


@given(ids, st.integers(1, 6))
def test_a_place_lies_inside_itself_and_each_ancestor(places: list[UUID], depth: int) -> None:
    assert is_inside(path(places), path(places[:depth]))


@given(ids, st.uuids())
def test_a_place_does_not_lie_inside_another_branch(places: list[UUID], other: UUID) -> None:
    assert other in places or not is_inside(path(places), path([*places[:-1], other]))


def test_a_longer_label_is_no_child() -> None:
    assert not is_inside("abc", "ab")


@pytest.mark.parametrize("tier", TIERS)
def test_only_a_province_is_a_root(tier: str) -> None:
    assert may_hang_under(tier, None) == (tier == "province")  # type: ignore[arg-type]


def test_a_town_school_may_hang_straight_under_its_county() -> None:
    assert may_hang_under("school", "county")
    assert not may_hang_under("county", "school")
