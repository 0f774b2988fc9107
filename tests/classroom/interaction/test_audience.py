import pytest

from classroom.interaction.audience import may_see, presence_key
from classroom.interaction.log import Entry
from core.tickets import Ticket

from .conftest import classroom, ticket

PUPIL = ticket("student", "pupil")
ROOM = classroom("r1")


def presence(role: str, key: str) -> Entry:
    return Entry(1, "presence", key, {"role": role, "online": True})


def line(person: str) -> Entry:
    return Entry(1, "line", "s1", {"person": person})


@pytest.mark.parametrize("viewer", [ticket(), ticket("observer")])
@pytest.mark.parametrize("entry", [presence("student", "pupil"), line("pupil"), Entry(1, "slot", "teacher", {})])
def test_the_teacher_and_observers_see_everything(viewer: Ticket, entry: Entry) -> None:
    assert may_see(viewer, entry)


@pytest.mark.parametrize("viewer", [PUPIL, ROOM])
def test_pupils_and_rooms_see_teachers_and_rooms_but_no_other_child(viewer: Ticket) -> None:
    assert may_see(viewer, presence("teacher", "t"))
    assert may_see(viewer, presence("classroom", "r2"))
    assert not may_see(viewer, presence("student", "another"))
    assert not may_see(viewer, presence("observer", "bureau"))


def test_everybody_sees_what_is_their_own() -> None:
    assert may_see(PUPIL, presence("student", "pupil"))
    assert may_see(PUPIL, line("pupil"))
    assert may_see(ROOM, line("person in r1"))
    assert not may_see(ROOM, line("pupil"))


@pytest.mark.parametrize("type", ["lesson", "slot", "paused", "muted"])
def test_the_lesson_itself_is_for_all(type: str) -> None:
    assert may_see(PUPIL, Entry(1, type, "", {}))


def test_a_room_is_one_and_a_pupil_is_a_person() -> None:
    assert presence_key(ROOM) == "r1"
    assert presence_key(PUPIL) == "pupil"


def test_a_screen_hears_what_is_asked_of_it_and_of_no_other() -> None:
    assert may_see(ROOM, Entry(1, "remote", "r1", {"act": "tone"}))
    assert not may_see(ROOM, Entry(1, "remote", "r2", {"act": "tone"}))
    assert not may_see(PUPIL, Entry(1, "remote", "r1", {"act": "tone"}))
