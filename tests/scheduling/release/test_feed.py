"""Feeds are read back by another library than the one that wrote them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.release.changes import SHANGHAI, Dated
from scheduling.release.feed import Told, calendar, digest, new_secret, uid

STARTS = datetime(2026, 9, 7, 8, 35, tzinfo=SHANGHAI)
LESSON = Dated("课程一", 1, 1, STARTS, STARTS + timedelta(minutes=35), sequence=2)
PUBLISHED = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)


def written(*told: Told) -> bytes:
    return calendar("韦小兰的课表", told, PUBLISHED)


def test_another_library_reads_the_lesson_as_it_is() -> None:
    read = vobject.readOne(written(Told(LESSON, "音乐《月亮河》", "木陇教室")).decode())

    event = read.vevent
    assert (event.summary.value, event.location.value) == ("音乐《月亮河》", "木陇教室")
    assert (event.dtstart.value, event.dtend.value) == (LESSON.starts, LESSON.ends)
    assert event.dtstart.value.utcoffset() == timedelta(hours=8)
    assert (event.uid.value, event.sequence.value, event.status.value) == (uid(LESSON), "2", "CONFIRMED")
    assert read.vtimezone.tzid.value == "Asia/Shanghai"


def test_another_librarys_check_of_rfc_5545_finds_every_property_where_it_belongs() -> None:
    told = [Told(replace(LESSON, week=week, cancelled=week == 2), "音乐", "木陇教室") for week in (1, 2, 3)]
    read = vobject.readOne(written(*told).decode())

    assert read.validate(raiseException=True)
    assert (read.prodid.value, read.version.value, read.method.value) == (
        "-//Songjiao//Timetable//ZH",
        "2.0",
        "PUBLISH",
    )
    assert len({event.uid.value for event in read.vevent_list}) == 3
    zones = {zone.tzid.value for zone in read.vtimezone_list}
    assert {event.dtstart.params.get("X-VOBJ-ORIGINAL-TZID", [""])[0] for event in read.vevent_list} == zones
    for event in read.vevent_list:
        assert {"uid", "dtstamp", "dtstart", "dtend", "sequence", "status"} <= event.contents.keys()
        assert event.dtstamp.value.utcoffset() == timedelta(0)
        assert not {"rrule", "rdate"} & event.contents.keys()  # each lesson has its own date


def test_a_cancelled_lesson_stays_in_the_feed_as_cancelled() -> None:
    read = vobject.readOne(written(Told(replace(LESSON, cancelled=True, sequence=3), "音乐", "木陇教室")).decode())

    assert (read.vevent.status.value, read.vevent.sequence.value) == ("CANCELLED", "3")


def test_a_lesson_keeps_its_uid_when_it_moves() -> None:
    moved = replace(LESSON, starts=STARTS + timedelta(days=1), sequence=3)

    assert uid(moved) == uid(LESSON)
    assert uid(replace(LESSON, week=2)) != uid(LESSON)


@settings(deadline=None)  # the time zone's part alone takes as long as the usual deadline on a busy machine
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200))
def test_lines_are_folded_at_75_octets_end_with_crlf_and_lose_no_letter(title: str) -> None:
    content = written(Told(LESSON, title, "教室"))

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.replace(b"\r\n", b"").count(b"\n") == 0
    assert vobject.readOne(content.decode()).vevent.summary.value == title


def test_the_same_version_gives_the_same_bytes() -> None:
    assert written(Told(LESSON, "音乐", "木陇")) == written(Told(LESSON, "音乐", "木陇"))


def test_a_secret_is_unguessable_and_only_its_digest_is_kept() -> None:
    one, other = new_secret(), new_secret()

    assert one != other
    assert len(one) >= 32
    assert one not in digest(one)
