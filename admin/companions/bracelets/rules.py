"""安全手环 (C2): nobody sees where a child is without an open search case or as its guardian with a standing consent; a
position that is older than ten minutes is never shown as current; tracks are kept for 90 days. Pure."""

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

from admin.companions.shape.steps import Machine, Step
from admin.working_days import HERE
from core.errors import Conflict, NotAllowed, Problem

STALE = timedelta(minutes=10)
KEPT = timedelta(days=90)
LONGEST_CASE = timedelta(hours=24)
AHEAD = timedelta(minutes=5)
"""How far a bracelet's clock may run ahead."""
NEEDS_CONSENT_BELOW = 14
"""Years; 个人信息保护法, article 31."""
GROWN_UP = 18
EARTH = 6_371_008.8
"""Mean radius in metres (IUGG)."""
Kind = Literal["late-home", "left-fence", "no-signal"]

CASE = Machine(
    first="open",
    states={"open": ("查找中", "Open"), "closed": ("已结案", "Closed")},
    steps=(Step("close", "结案", "Close", ("open",), "closed", "bracelets.search", reason=True),),
)


@dataclass(frozen=True)
class Point:
    lat: float
    lon: float


class Fenced(Protocol):
    kind: str
    lat: float
    lon: float
    radius: int
    begins: time
    ends: time


class Fixed(Protocol):
    at: datetime
    lat: float
    lon: float
    accuracy: float


def metres(one: Point, other: Point) -> float:
    """Along the great circle (haversine)."""
    lat1, lat2 = math.radians(one.lat), math.radians(other.lat)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.lon - one.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(chord)))


def is_stale(at: datetime, now: datetime) -> bool:
    return now - at > STALE


def is_plausible(at: datetime, now: datetime) -> bool:
    return now - KEPT < at <= now + AHEAD


def age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def binding_refused(born: date, consented: bool, day: date) -> Problem | None:
    years = age(born, day)
    if years >= GROWN_UP:
        zh, en = "手环只发给未成年人。", "Bracelets are for minors only."
        return Conflict("not-a-child", zh=zh, en=en)
    if years < NEEDS_CONSENT_BELOW and not consented:
        zh, en = "不满十四周岁，要先有监护人同意。", "Below fourteen the guardian's consent comes first."
        return Conflict("consent-missing", zh=zh, en=en)
    return None


def look_refused(guards: bool, consented: bool, case_until: datetime | None, now: datetime) -> Problem | None:
    """`case_until` is the end of an open search case within the asker's place; None where there is none."""
    if case_until is not None and now < case_until:
        return None
    if guards and consented:
        return None
    if guards:
        zh, en = "您还没有同意，或已撤回同意。", "You have not consented, or have withdrawn it."
        return NotAllowed("consent-missing", zh=zh, en=en)
    zh = "没有进行中的查找，不能查看孩子的位置。这次查看已记录。"
    en = "There is no open search case, so the child's position is not shown. This look is on record."
    return NotAllowed("no-open-case", zh=zh, en=en)


def alert(fence: Fenced, fix: Fixed | None, now: datetime) -> Kind | None:
    """Only between the fence's times. A child counts as outside only when the accuracy leaves no doubt."""
    if not fence.begins <= now.astimezone(HERE).time() < fence.ends:
        return None
    if fix is None or is_stale(fix.at, now):
        return "no-signal"
    away = metres(Point(fence.lat, fence.lon), Point(fix.lat, fix.lon))
    if away - fix.accuracy <= fence.radius:
        return None
    return "late-home" if fence.kind == "home" else "left-fence"
