from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from classroom.invitations.rules import Span, fits, standing

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
MAYBE = st.none() | MOMENTS
HOUR = timedelta(hours=1)


@given(MOMENTS, MAYBE, MAYBE, MOMENTS)
def test_a_key_opens_only_what_is_approved_not_taken_back_and_in_its_time(
    begins: datetime, approved: datetime | None, revoked: datetime | None, moment: datetime
) -> None:
    span = Span(begins, begins + HOUR, approved, revoked)
    is_open = approved is not None and revoked is None and begins <= moment < begins + HOUR
    assert (standing(span, moment) == "open") is is_open


def test_what_is_taken_back_stays_so_and_what_is_over_waits_for_nobody() -> None:
    begins = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert standing(Span(begins, begins + HOUR, begins, begins), begins + 2 * HOUR) == "revoked"
    assert standing(Span(begins, begins + HOUR, None, None), begins + HOUR) == "expired"
    assert standing(Span(begins, begins + HOUR, None, None), begins) == "asked"
    assert standing(Span(begins, begins + HOUR, begins, None), begins - HOUR) == "approved"


@given(MOMENTS, MOMENTS, MOMENTS, MOMENTS)
def test_an_invitation_lies_within_its_lesson(a: datetime, b: datetime, opens: datetime, over: datetime) -> None:
    assert fits(a, b, opens, over) is (max(a, opens) == a and max(b, over) == over and a < b)
