from uuid import uuid4

import pytest

from classroom.lessons.seats import (
    Granted,
    ReceivingPlace,
    classroom_seat,
    equipment_seat,
    observer_seat,
    student_seat,
    teacher_seat,
)

OWN, OTHER = uuid4(), uuid4()


def room(identity: object = OWN, interactive: bool = True, in_reach: bool = False) -> ReceivingPlace:
    assert identity in (OWN, OTHER)
    return ReceivingPlace(OWN if identity == OWN else OTHER, "云头教学点 · 三年级教室", interactive, in_reach)


def test_an_interactive_room_publishes_its_own_slot() -> None:
    assert classroom_seat([room()], {OWN}, None) == Granted(("room",), OWN, "云头教学点 · 三年级教室")


def test_a_listening_room_publishes_nothing() -> None:
    seat = classroom_seat([room(interactive=False)], {OWN}, None)
    assert isinstance(seat, Granted)
    assert seat.publish == ()


def test_a_room_that_is_not_in_the_lesson_has_no_seat() -> None:
    assert classroom_seat([room(OTHER)], {OWN}, None) == "not-your-room"


def test_an_assistant_takes_the_one_room_of_her_school() -> None:
    seat = classroom_seat([room(OTHER, in_reach=True)], (), None)
    assert isinstance(seat, Granted)
    assert seat.room == OTHER


def test_an_assistant_with_several_rooms_is_asked_which() -> None:
    rooms = [room(OWN, in_reach=True), room(OTHER, in_reach=True)]
    assert classroom_seat(rooms, (), None) == "choose-room"
    seat = classroom_seat(rooms, (), OTHER)
    assert isinstance(seat, Granted)
    assert seat.room == OTHER


def test_choosing_a_room_of_another_school_is_refused() -> None:
    assert classroom_seat([room(OWN), room(OTHER)], {OWN}, OTHER) == "not-your-room"


def test_a_pupil_watches_and_publishes_nothing() -> None:
    assert student_seat([room()], {OWN}) == Granted((), OWN, "云头教学点 · 三年级教室")
    assert student_seat([room(OTHER, in_reach=True)], {OWN}) == "not-your-lesson"


@pytest.mark.parametrize("leads", [True, False])
def test_only_who_leads_teaches(leads: bool) -> None:
    expected = Granted(("teacher", "board", "voice")) if leads else "not-your-lesson"
    assert teacher_seat(leads) == expected


def test_an_observer_in_place_watches_only() -> None:
    assert observer_seat(True) == Granted()
    assert observer_seat(False) == "not-your-lesson"


def test_a_recording_host_sends_its_own_room_and_nothing_else() -> None:
    sending = equipment_seat(OWN, "兴义一小 · 录播教室", [room(OTHER)], OWN)
    assert sending == Granted(("teacher", "board"), OWN, "兴义一小 · 录播教室")
    assert equipment_seat(OTHER, "", [room(OWN)], OWN) == Granted(("room",), OWN, "云头教学点 · 三年级教室")
    assert equipment_seat(OTHER, "", [room(OWN, interactive=False)], OWN) == "not-your-room"
    assert equipment_seat(OTHER, "", [room(OTHER, in_reach=True)], OWN) == "not-your-room"
    assert equipment_seat(OTHER, "", [], None) == "not-your-room"
