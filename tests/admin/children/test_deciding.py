from uuid import UUID

from hypothesis import given as drawn
from hypothesis import strategies as st

from admin.children.deciding import Pupil, given
from admin.children.models import PURPOSES

ONE, TWO = UUID(int=1), UUID(int=2)
NOBODY: frozenset[UUID] = frozenset()


def pupil(number: UUID = ONE, standing: str = "", refused: str = "") -> Pupil:
    return Pupil(number, frozenset(standing.split()), frozenset(refused.split()))  # type: ignore[arg-type]


def test_every_child_gets_every_purpose_that_was_signed() -> None:
    told = given([pupil(ONE), pupil(TWO)], ["live", "recording"], NOBODY, NOBODY)
    assert told == [(ONE, "live"), (ONE, "recording"), (TWO, "live"), (TWO, "recording")]


def test_a_child_without_a_paper_gets_nothing() -> None:
    assert given([pupil(ONE), pupil(TWO)], ["live"], frozenset({ONE}), NOBODY) == [(TWO, "live")]


def test_what_stands_is_not_given_twice() -> None:
    assert given([pupil(standing="live")], ["live", "space"], NOBODY, NOBODY) == [(ONE, "space")]


def test_what_a_family_withdrew_is_only_given_again_by_name() -> None:
    withdrew = pupil(refused="recording")
    assert given([withdrew], ["live", "recording"], NOBODY, NOBODY) == [(ONE, "live")]
    assert given([withdrew], ["recording"], NOBODY, frozenset({ONE})) == [(ONE, "recording")]


purposes = st.frozensets(st.sampled_from(PURPOSES))
children = st.frozensets(st.sampled_from([ONE, TWO]))


@drawn(st.builds(Pupil, st.just(ONE), purposes, purposes), purposes, children, children)
def test_a_second_time_nothing_is_left_to_give(
    child: Pupil, wanted: frozenset[str], without: frozenset[UUID], again: frozenset[UUID]
) -> None:
    told = given([child], wanted, without, again)  # type: ignore[arg-type]
    now = frozenset(purpose for _, purpose in told)
    assert not now & child.standing
    after = Pupil(ONE, child.standing | now, child.refused - now)
    assert given([after], wanted, without, again) == []  # type: ignore[arg-type]
