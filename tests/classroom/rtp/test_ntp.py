import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.rtp import ntp


@given(st.floats(0, 4e9))
def test_unix_time_survives_the_way_through_ntp(seconds: float) -> None:
    back = ntp.to_unix(ntp.from_unix(seconds))
    # NTP's seconds wrap in 2036 (RFC 3550 4).
    assert (back - seconds) % 2**32 == pytest.approx(0, abs=1e-6) or (back - seconds) % 2**32 > 2**32 - 1e-5


def test_round_trip_is_what_is_left_without_the_delay_at_the_peer() -> None:
    sent, now = 1_700_000_000.0, 1_700_000_000.75
    last = ntp.middle(ntp.from_unix(sent))
    assert ntp.round_trip(now, last, int(0.5 * 65536)) == pytest.approx(0.25, abs=1e-4)


def test_there_is_no_round_trip_before_a_sender_report_or_from_nonsense() -> None:
    assert ntp.round_trip(1_700_000_000.0, 0, 0) is None
    assert ntp.round_trip(1_700_000_000.0, ntp.middle(ntp.from_unix(1_700_000_500.0)), 0) is None
