from uuid import uuid4

import pytest

from admin.rights import RIGHTS, RIGHTS_OF, ROLES, Role
from admin.tree import path_of
from admin.who import Actor, Held

COUNTY = path_of(uuid4(), None)
SCHOOL = path_of(uuid4(), COUNTY)
ELSEWHERE = path_of(uuid4(), None)


def actor(*held: Held) -> Actor:
    return Actor(uuid4(), "何建国", held, None, None, b"")


def test_every_role_is_in_the_table_and_every_right_is_someones() -> None:
    assert set(RIGHTS_OF) == set(ROLES)
    assert frozenset().union(*RIGHTS_OF.values()) == set(RIGHTS)


def test_without_a_role_nothing_is_allowed() -> None:
    assert all(not actor().places(right) for right in RIGHTS)


def test_a_right_reaches_the_own_place_and_what_lies_below_it() -> None:
    bureau = actor(Held("bureau", COUNTY))
    assert bureau.may("lessons.create", COUNTY)
    assert bureau.may("lessons.create", SCHOOL)
    assert not bureau.may("lessons.create", ELSEWHERE)


def test_a_right_does_not_reach_upwards() -> None:
    assert not actor(Held("bureau", SCHOOL)).may("lessons.create", COUNTY)


def test_a_right_of_one_role_does_not_reach_the_place_of_another() -> None:
    both = actor(Held("teacher", SCHOOL), Held("bureau", ELSEWHERE))
    assert both.may("lessons.create", ELSEWHERE)
    assert not both.may("lessons.create", SCHOOL)


@pytest.mark.parametrize("role", ["student", "room", "demo_teacher"])
def test_pupils_and_boxes_read_no_register(role: Role) -> None:
    assert not RIGHTS_OF[role] & {"people.read", "rooms.read", "schools.read", "organisations.read", "lessons.browse"}
