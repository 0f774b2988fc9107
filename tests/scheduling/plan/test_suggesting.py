"""Which offer closes which needs: nobody twice, nothing beyond what is offered, and always a slot for all."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from scheduling.calendar.bells import Bells, Interval, shared_slots
from scheduling.plan.suggesting import MOST_IN_A_GROUP, Offered, Suggestion, Wanting, suggest

EARLY = Bells("primary", (Interval(500, 540), Interval(560, 600)))
LATER = Bells("primary", (Interval(505, 545), Interval(565, 605)))
EVENING = Bells("primary", (Interval(1000, 1040),))
COUNTY, OTHER = UUID(int=900), UUID(int=901)


def wanting(
    number: int, county: UUID = COUNTY, missing: int = 2, subject: str = "英语", point: bool = False
) -> Wanting:
    return Wanting(UUID(int=number), UUID(int=100 + number), county, point, subject, 3, missing)


def offer(left: int = 2, subject: str = "英语", number: int = 500) -> Offered:
    return Offered(UUID(int=number), UUID(int=200), COUNTY, subject, 3, 6, left)


def found(classes: list[Wanting], offers: list[Offered], minutes: int = 35, **own: Bells) -> list[Suggestion]:
    bells = {one.school_id: EARLY for one in classes} | {UUID(int=200): EARLY}
    bells |= {UUID(int=100 + int(number[1:])): other for number, other in own.items()}
    return suggest(classes, offers, bells, minutes)


def test_classes_that_lack_the_same_are_gathered_around_one_teacher() -> None:
    (one,) = found([wanting(1), wanting(2), wanting(3, subject="音乐")], [offer()], _2=LATER)
    assert ([each.class_id.int for each in one.classes], one.weekly, one.closes, one.slots) == ([1, 2], 2, 4, 2)


def test_a_school_that_shares_no_slot_is_left_to_another_offer() -> None:
    assert [len(one.classes) for one in found([wanting(1), wanting(2)], [offer()], _2=EVENING)] == [1]
    assert found([wanting(1)], [offer()], minutes=36, _1=LATER) == []


def test_the_own_county_and_teaching_points_come_first() -> None:
    classes = [wanting(1, county=OTHER), wanting(2), wanting(3, point=True)]
    (one,) = found(classes, [offer()])
    assert [each.class_id.int for each in one.classes] == [3, 2, 1]


def test_nothing_is_suggested_without_an_offer_a_need_or_bells() -> None:
    assert found([], [offer()]) == []
    assert found([wanting(1)], [offer(left=0)]) == []
    assert suggest([wanting(1)], [offer()], {}, 40) == []


@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), max_size=24),
    st.lists(st.integers(0, 5), max_size=4),
)
def test_no_class_sits_twice_and_no_teacher_gives_more_than_offered(
    drawn: list[tuple[int, bool, bool]], lessons: list[int]
) -> None:
    classes = [
        wanting(n, OTHER if far else COUNTY, missing, point=point) for n, (missing, far, point) in enumerate(drawn)
    ]
    offers = [offer(left, number=500 + n) for n, left in enumerate(lessons)]
    told = found(classes, offers, _1=LATER, _2=EVENING)
    sitting = [one.class_id for each in told for one in each.classes]
    assert len(sitting) == len(set(sitting))
    for one in offers:
        assert sum(each.weekly for each in told if each.offer == one.id) <= one.left
    for each in told:
        rings = [
            LATER if one.class_id.int == 1 else EVENING if one.class_id.int == 2 else EARLY for one in each.classes
        ]
        assert shared_slots([EARLY, *rings], 35)
        assert 0 < len(each.classes) <= MOST_IN_A_GROUP
