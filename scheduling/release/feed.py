"""An iCalendar feed (RFC 5545): lessons with stable UIDs, in Asia/Shanghai, cancelled ones told as such. Pure."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, Timezone

from scheduling.release.changes import SHANGHAI, Dated

PRODUCT = "-//Songjiao//Timetable//ZH"
REFRESH = timedelta(hours=1)
SECRET_BYTES = 24


@dataclass(frozen=True)
class Told:
    """What stands in the calendar of a lesson."""

    lesson: Dated
    title: str
    where: str
    note: str = ""


def calendar(name: str, lessons: Iterable[Told], changed: datetime) -> bytes:
    """`changed` is when the version was published: the same version gives the same bytes."""
    found = Calendar()
    found.add("PRODID", PRODUCT)
    found.add("VERSION", "2.0")
    found.add("CALSCALE", "GREGORIAN")
    found.add("METHOD", "PUBLISH")
    found.add("NAME", name)  # RFC 7986
    found.add("X-WR-CALNAME", name)
    found.add("X-WR-TIMEZONE", SHANGHAI.key)
    found.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    found.add_component(Timezone.from_tzid(SHANGHAI.key))
    for told in lessons:
        found.add_component(_event(told, changed))
    written: bytes = found.to_ical()
    return written


def _event(told: Told, changed: datetime) -> Event:
    event, lesson = Event(), told.lesson
    event.add("UID", uid(lesson))
    event.add("DTSTAMP", changed)
    event.add("SEQUENCE", lesson.sequence)
    event.add("DTSTART", lesson.starts)
    event.add("DTEND", lesson.ends)
    event.add("SUMMARY", told.title)
    event.add("LOCATION", told.where)
    if told.note:
        event.add("DESCRIPTION", told.note)
    event.add("STATUS", "CANCELLED" if lesson.cancelled else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT" if lesson.cancelled else "OPAQUE")
    return event


def uid(lesson: Dated) -> str:
    """The same for a lesson in all versions and feeds; tells nothing of who is in it."""
    name = "/".join(map(str, lesson.key))
    return f"{hashlib.sha256(name.encode()).hexdigest()[:32]}@songjiao"


def new_secret() -> str:
    """What makes a feed's address unguessable. Only its digest is kept, so nobody reads addresses in the database."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
