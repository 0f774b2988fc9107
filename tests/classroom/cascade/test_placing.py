"""Where a lesson is anchored, and which relays lie on the way of a room."""

from typing import Any
from uuid import UUID

from admin import seed
from classroom.cascade import placing
from classroom.cascade.placing import Stop
from classroom.cascade.registry import Card, Known

ROOT = "http://root"
PROVINCE, QXN, QINGLONG, CHANGPING, SCHOOL_A, SCHOOL_B, WANGMO = (UUID(int=number).hex for number in range(1, 8))
TO_A = [PROVINCE, QXN, QINGLONG, CHANGPING, SCHOOL_A]
TO_B = [PROVINCE, QXN, QINGLONG, CHANGPING, SCHOOL_B]
TO_WANGMO = [PROVINCE, QXN, WANGMO]


def relay(label: str, tier: str, alive: bool = True, **changed: Any) -> Known:
    usual = {"name": f"at-{label[-2:]}", "address": f"http://{label[-2:]}", "tier": tier, "place": str(UUID(label))}
    figures = {"capacity": 1, "sessions": 0, "lessons": 0, "kbps_in": 0.0, "kbps_out": 0.0, "legs": (), "seen": 0.0}
    card = Card(**{**usual, "parent": None, "draining": False, **figures, **changed})
    return Known(card, alive)


COUNTY, TOWNSHIP, SCHOOL = relay(QINGLONG, "county"), relay(CHANGPING, "township"), relay(SCHOOL_A, "school")
TREE = [COUNTY, TOWNSHIP, SCHOOL]


def addresses(stops: list[Stop]) -> list[str]:
    return [stop.address for stop in stops]


def test_a_way_leads_from_the_lowest_place_with_a_relay_up_to_the_root() -> None:
    assert addresses(placing.stops("l", TO_A, TREE, ROOT)) == ["http://05", "http://04", "http://03", ROOT]
    assert addresses(placing.stops("l", TO_B, TREE, ROOT)) == ["http://04", "http://03", ROOT]
    assert addresses(placing.stops("l", TO_WANGMO, TREE, ROOT)) == [ROOT]


def test_a_lesson_is_anchored_at_the_lowest_relay_above_all_its_rooms() -> None:
    def anchor(*paths: list[str]) -> str:
        return placing.anchor(placing.stops("l", placing.common_path(paths), TREE, ROOT))

    assert anchor(TO_A, TO_B) == "http://04"
    assert anchor(TO_A, TO_B, TO_WANGMO) == ROOT


def test_nothing_is_anchored_behind_a_schools_router() -> None:
    way = placing.stops("l", placing.common_path([TO_A, TO_A]), TREE, ROOT)
    assert placing.anchor(way) == "http://04"


def test_of_several_relays_at_a_place_a_lesson_keeps_to_one() -> None:
    two = [COUNTY, relay(QINGLONG, "county", name="second", address="http://second")]
    lessons = [str(number) for number in range(60)]
    taken = [addresses(placing.stops(lesson, TO_B, two, ROOT))[0] for lesson in lessons]
    assert set(taken) == {"http://03", "http://second"}
    assert taken == [addresses(placing.stops(lesson, TO_A, two, ROOT))[0] for lesson in lessons]


def siblings(*sessions: int, **changed: Any) -> list[Known]:
    """One relay a core at the county, 100 sessions each; the first is the lesson's."""
    return [
        relay(
            QINGLONG, "county", name=f"core-{at}", address=f"http://core-{at}", capacity=100, sessions=count, **changed
        )
        for at, count in enumerate(sessions)
    ]


def test_a_crowded_relays_further_viewers_come_through_its_emptiest_sibling() -> None:
    way = [Stop("http://core-0", True, True), Stop(ROOT, True, True)]
    assert placing.spread(way, siblings(49, 0)) == way
    assert addresses(placing.spread(way, siblings(50, 30, 10))) == ["http://core-2", "http://core-0", ROOT]
    assert placing.spread(way, siblings(50, 60)) == way, "nobody is better off"
    assert placing.spread(way, siblings(80)) == way
    assert placing.spread([Stop(ROOT, True, True)], siblings(80, 0)) == [Stop(ROOT, True, True)]


def test_nobody_is_sent_to_a_sibling_that_is_gone_or_of_another_place() -> None:
    way = [Stop("http://core-0", True, True), Stop(ROOT, True, True)]
    first, gone = siblings(80, 0)
    draining = siblings(80, 0, draining=True)[1]
    assert placing.spread(way, [first, Known(gone.card, alive=False), draining, TOWNSHIP]) == way


def test_a_dead_or_draining_relay_stays_on_the_way_but_is_not_tried_first() -> None:
    tree = [COUNTY, relay(CHANGPING, "township", alive=False), relay(SCHOOL_A, "school", draining=True)]
    way = placing.stops("l", TO_A, tree, ROOT)
    assert addresses(way) == ["http://05", "http://04", "http://03", ROOT]
    assert placing.to_try(way) == ["http://03", ROOT]


def test_publishers_send_to_the_anchor_and_when_it_is_gone_above_it() -> None:
    way = placing.stops("l", TO_A, TREE, ROOT)
    assert addresses(placing.from_anchor(way, "http://03")) == ["http://03", ROOT]
    assert addresses(placing.from_anchor(way, "http://nowhere")) == [ROOT]


def test_a_lesson_stays_with_its_relay_and_most_stay_when_one_is_added() -> None:
    lessons = [str(seed.id_of("lesson", str(number))) for number in range(400)]
    three = {f"relay-{number}": f"http://r{number}" for number in range(3)}
    four = {**three, "relay-3": "http://r3"}
    moved = [one for one in lessons if placing.chosen(one, three) != placing.chosen(one, four)]
    assert 50 < len(moved) < 150
    assert {placing.chosen(one, four) for one in moved} == {"relay-3"}
