"""Voice and picture stay together, however far their clocks drift apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classroom.recorder.clock import MediaClock
from classroom.recorder.cutting import Cutter
from classroom.recorder.samples import Track
from classroom.rtp.opus import SILENCE

HOUR = 3600
ALLOWED = 0.080
"""Seconds between lips and words at the end of an hour."""


@pytest.mark.parametrize("drift", [100e-6, -300e-6])
def test_after_an_hour_voice_and_picture_of_one_moment_are_80_ms_apart_at_most(drift: float) -> None:
    """The voice's crystal runs fast or slow, reports jitter by 20 ms, and the recording is cut as in a lesson."""
    voice, picture = MediaClock(48000), MediaClock(90000)
    cutter = Cutter(Track(2, "opus"), Track(1, "vp8", (320, 180)))
    spoken, errors = 0, {"voice": 0.0, "picture": 0.0}
    for at in range(HOUR):
        jitter = 0.02 * ((at * 7919) % 11 / 10 - 0.5)
        voice.report(at + jitter, round(at * (1 + drift) * 48000) & 0xFFFFFFFF)
        picture.report(at - jitter, (1234 + at * 90000) & 0xFFFFFFFF)
        for number in range(10):
            moment = at + number / 10
            stamp = (1234 + round(moment * 90000)) & 0xFFFFFFFF
            cutter.see(picture.moment(stamp, moment), b"%.6f" % moment, number == 0, moment)
        while spoken * 0.02 < (at + 1) * (1 + drift):
            moment = spoken * 0.02 / (1 + drift)
            stamp = spoken * 960 & 0xFFFFFFFF
            cutter.hear(voice.moment(stamp, moment), SILENCE[:1] + b"%.6f" % moment, moment)
            spoken += 1
        for part in cutter.cut(float(at + 1)):
            errors["voice"] = part.voice[-1].at / 48000 - float(part.voice[-1].data[1:])
            errors["picture"] = part.picture[-1].at / 90000 - float(part.picture[-1].data)
    assert cutter.end > HOUR - 3
    assert abs(errors["voice"] - errors["picture"]) <= ALLOWED
    assert cutter.dropped <= 2


def test_a_late_report_moves_the_line_by_five_milliseconds_at_most() -> None:
    clock = MediaClock(48000)
    clock.report(100.0, 0)
    clock.report(101.4, 48000)
    assert clock.moment(48000, 101.0) == pytest.approx(101.005)


def test_a_report_far_off_starts_the_line_anew() -> None:
    clock = MediaClock(90000)
    assert clock.moment(0, 50.0) == 50.0
    clock.report(51.0, 0)
    assert clock.moment(0, 51.0) == 51.0


def test_media_that_claims_to_be_of_another_hour_is_put_where_it_arrived() -> None:
    clock = MediaClock(90000)
    clock.report(100.0, 0)
    assert clock.moment(0, 100.1) == 100.0
    assert clock.moment(90000 * 3000, 100.2) == pytest.approx(100.1)


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.booleans()), max_size=60))
def test_no_timestamp_leads_more_than_two_seconds_astray(stamps: list[tuple[int, bool]]) -> None:
    clock, first = MediaClock(90000), None
    for number, (stamp, report) in enumerate(stamps):
        now = 1000.0 + number * 0.02
        if report:
            clock.report(now, stamp)
        at = clock.moment(stamp, now)
        first = at if first is None else first
        assert abs((at - first) - (now - 1000.0)) < 2.1 * (number + 1)
