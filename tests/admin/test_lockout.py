from hypothesis import given
from hypothesis import strategies as st

from admin.lockout import FORGET, LOCKED, TRIES, Failures, is_locked, one_more

NOW = 1_800_000_000.0


def after(tries: int, now: float = NOW) -> Failures | None:
    failures = None
    for _ in range(tries):
        failures = one_more(failures, now)
    return failures


def test_five_wrong_tries_lock_for_a_quarter_of_an_hour() -> None:
    assert not is_locked(after(TRIES - 1), NOW)
    assert is_locked(after(TRIES), NOW)
    assert is_locked(after(TRIES), NOW + LOCKED - 1)
    assert not is_locked(after(TRIES), NOW + LOCKED)


def test_the_words_can_say_how_many_tries_are_left() -> None:
    counts = [after(tries) for tries in range(1, TRIES + 1)]
    assert [failures.tries_left for failures in counts if failures] == [4, 3, 2, 1, 0]


def test_after_the_lock_counting_begins_anew() -> None:
    assert one_more(after(TRIES), NOW + LOCKED).count == 1


def test_tries_of_long_ago_are_forgotten() -> None:
    assert one_more(after(TRIES - 1), NOW + FORGET + 1).count == 1


@given(st.lists(st.floats(0, 2000), min_size=1, max_size=60))
def test_nobody_gets_more_than_five_tries_in_a_quarter_of_an_hour(pauses: list[float]) -> None:
    now, failures, allowed = NOW, None, []
    for pause in pauses:
        now += pause
        if not is_locked(failures, now):
            failures = one_more(failures, now)
            allowed.append(now)
    for first, sixth in zip(allowed, allowed[TRIES:], strict=False):
        assert sixth - first > min(LOCKED, FORGET) - 0.001
