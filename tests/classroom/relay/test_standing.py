"""What holds of lessons by order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.relay.standing import ASKED_FOR, REFUSED, Standing, Word, read_word
from core.errors import Gone, NotAllowed
from tests.classroom.conftest import make_ticket

NAMES = st.sampled_from(["a", "b", "a.rehearsal"])


def test_who_lost_the_seat_is_refused_and_nobody_else() -> None:
    standing = Standing()
    standing.unseat("lesson-1", "guest", 0.0)
    with pytest.raises(NotAllowed, match="ticket-taken-back"):
        standing.refuse(make_ticket(person="guest"))
    standing.refuse(make_ticket())
    standing.refuse(make_ticket(person="guest", lesson="lesson-2"))


def test_a_lesson_that_is_over_is_over_in_all_its_stages() -> None:
    standing = Standing()
    assert standing.end("lesson-1", 0.0)
    assert not standing.end("lesson-1", 1.0)
    for stage in ("live", "rehearsal"):
        with pytest.raises(Gone):
            standing.refuse(make_ticket(stage=stage))
    assert standing.word(["lesson-1.rehearsal", "lesson-2"]) == Word(over=("lesson-1",))


def test_only_what_was_said_of_a_pause_is_handed_on() -> None:
    standing = Standing()
    standing.pause("a", True)
    standing.pause("b", False)
    assert standing.word(["a", "b", "c"]).paused == (("a", True), ("b", False))
    standing.forget_pause("a")
    assert standing.word(["a"]) == Word()


def test_every_change_is_told_once() -> None:
    told: list[Word] = []
    standing = Standing()
    standing.on_change = lambda: told.append(standing.word(["a"]))
    for _ in range(2):
        standing.pause("a", True)
        standing.unseat("a", "guest", 1.0)
        standing.end("a", 2.0)
    assert len({word.mark for word in told}) == len(told) == 3


def test_what_has_run_out_is_forgotten() -> None:
    asked: list[str] = []
    standing = Standing()
    standing.on_asked = asked.append
    standing.end("a", 0.0)
    standing.unseat("a", "guest", 0.0)
    for now in (0.0, 1.0):
        standing.ask(["a"], now)
    standing.prune(ASKED_FOR)
    assert (asked, list(standing.asked)) == (["a"], ["a"])
    standing.prune(REFUSED)
    assert (standing.word(["a"]), list(standing.asked)) == (Word(), [])


@given(
    st.builds(Word, st.tuples(NAMES), st.tuples(st.tuples(NAMES, NAMES)), st.tuples(st.tuples(NAMES, st.booleans())))
)
def test_a_word_comes_back_as_it_was_written(word: Word) -> None:
    assert read_word(word.text()) == word


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"over": [], "unseated": [1], "paused": []}', '{"over": 1}'])
def test_what_is_no_word_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match=r"word|Expecting"):
        read_word(broken)
