"""Makes a whole prefecture for tests of scale: invented townships, schools, teaching points, rooms and people under the
real counties. The same seed makes the same prefecture; a second run adds nothing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed as seeds
from admin.bulk import copy_rows
from admin.identification import GUIZHOU, Identification
from admin.models import Assignment, Organisation, Person, Room
from admin.rights import Role
from admin.schemas import RoomKind
from admin.tree import Tier, path_of

FIRST = {"云": "Yun", "石": "Shi", "龙": "Long", "白": "Bai", "红": "Hong", "青": "Qing", "大": "Da", "长": "Chang"}
FIRST |= {"平": "Ping", "新": "Xin", "双": "Shuang", "岩": "Yan", "坡": "Po", "者": "Zhe", "纳": "Na", "板": "Ban"}
LAST = {"头": "tou", "脚": "jiao", "坪": "ping", "塘": "tang", "田": "tian", "湾": "wan", "寨": "zhai", "坝": "ba"}
LAST |= {"洞": "dong", "河": "he", "井": "jing", "场": "chang", "坳": "ao", "冲": "chong", "箐": "qing", "哨": "shao"}
FAMILY, GIVEN = "韦岑罗班王李陈杨吴黄陆何周唐", "国秀明春英文开顺正燕华小朝兰"
TOWNSHIPS = 130
GENERATED = "N-"
"""How the keys of generated rooms begin."""
GRADES = "一二三四五六"


@dataclass(frozen=True)
class Made:
    """One invented place. `weight`: how many rooms of all it draws."""

    id: UUID
    parent: UUID
    county: UUID
    tier: Tier
    name: str
    name_en: str
    path: str
    region: str | None
    code: str | None = None
    weight: int = 0
    sending: int = 0


@dataclass
class Invention:
    """The random source and what it has made."""

    random: Random
    places: list[Made] = field(default_factory=list)

    def id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def name(self) -> tuple[str, str]:
        first, last = self.random.choice(list(FIRST)), self.random.choice(list(LAST))
        return first + last, FIRST[first] + LAST[last]

    def person(self) -> str:
        return self.random.choice(FAMILY) + "".join(self.random.choices(GIVEN, k=2))

    def code(self) -> str:
        # the seed's own schools keep to sequences from 900001
        return str(Identification("21", GUIZHOU, 100_000 + len(self.places)))


async def prefecture(session: AsyncSession, classrooms: int = 8281, seed: int = 1) -> None:
    """Fills up to `classrooms` rooms in all. Loads the real places first, if they are missing."""
    await seeds.load(session)
    missing = classrooms - (await session.scalar(select(func.count(Room.id))) or 0)
    if missing <= 0:
        return
    counties = (await session.scalars(select(Organisation).where(Organisation.tier == "county"))).all()
    invention = Invention(Random(seed))
    for number in range(TOWNSHIPS):
        _township(invention, sorted(counties, key=lambda one: one.name_en)[number % len(counties)])
    await copy_rows(session, Organisation, PLACE_COLUMNS, (_place_row(place) for place in invention.places))
    rooms = list(_rooms(invention, missing))
    await copy_rows(session, Room, ("id", "school_id", "name", "kind", "key"), rooms)
    await _staff(session, invention)


PLACE_COLUMNS = ("id", "parent_id", "county_id", "tier", "name_zh", "name_en", "region_code", "identification", "path")


def _place_row(place: Made) -> tuple[object, ...]:
    above = (place.id, place.parent, place.county, place.tier, place.name, place.name_en)
    return *above, place.region, place.code, place.path


def _township(invention: Invention, county: Organisation) -> None:
    name, name_en = invention.name()
    own = invention.id()
    path = path_of(own, county.path)
    town = Made(own, county.id, county.id, "township", name + "镇", name_en, path, county.region_code)
    invention.places.append(town)
    centre = _school(invention, town, f"{name}镇中心校", f"{name_en} Central School", weight=14, sending=2)
    _school(invention, town, f"{name}中学", f"{name_en} Middle School", weight=12, sending=2)
    for _ in range(invention.random.randint(3, 6)):
        village, village_en = invention.name()
        _school(invention, town, f"{village}小学", f"{village_en} Primary School", weight=6)
    for _ in range(invention.random.randint(3, 6)):
        village, village_en = invention.name()
        _point(invention, centre, f"{village}教学点", f"{village_en} Teaching Point")


def _school(invention: Invention, town: Made, name: str, name_en: str, weight: int, sending: int = 0) -> Made:
    own, code = invention.id(), invention.code()
    path = path_of(own, town.path)
    made = Made(own, town.id, town.county, "school", name, name_en, path, town.region, code, weight, sending)
    invention.places.append(made)
    return made


def _point(invention: Invention, centre: Made, name: str, name_en: str) -> None:
    own = invention.id()
    path = path_of(own, centre.path)
    point = Made(own, centre.id, centre.county, "teaching_point", name, name_en, path, centre.region, None, weight=2)
    invention.places.append(point)


def _rooms(invention: Invention, wanted: int) -> Iterator[tuple[UUID, UUID, str, RoomKind, str]]:
    """Two sending rooms where there are any, one receiving room everywhere, then by weight until all are given."""
    schools = [place for place in invention.places if place.weight]
    numbers = {place.id: number for number, place in enumerate(schools, 1)}
    given: dict[UUID, int] = defaultdict(int)
    sending = [place for place in schools for _ in range(place.sending)]
    drawn = invention.random.choices(schools, [place.weight for place in schools], k=max(0, wanted))
    for position, place in enumerate([*sending, *schools, *drawn][:wanted]):
        given[place.id] += 1
        number = given[place.id]
        kind: RoomKind = "sending" if position < len(sending) else invention.random.choice(("interactive", "listening"))
        name = f"直录播教室 {number}" if kind == "sending" else _class_name(number - place.sending)
        yield invention.id(), place.id, name, kind, f"{GENERATED}{numbers[place.id]:04d}-{number:02d}"


def _class_name(number: int) -> str:
    grade, parallel = (number - 1) % len(GRADES), (number - 1) // len(GRADES)
    return f"{GRADES[grade]}年级{parallel + 1} 班"


async def _staff(session: AsyncSession, invention: Invention) -> None:
    """Two teachers where there are sending rooms, one assistant elsewhere; they cannot sign in."""
    people: list[tuple[object, ...]] = []
    roles: list[tuple[object, ...]] = []
    for place in invention.places:
        role: Role = "teacher" if place.sending else "assistant"
        for _ in range(max(1, place.sending) if place.weight else 0):
            person = invention.id()
            people.append((person, invention.person(), "zh"))
            roles.append((invention.id(), person, role, place.id))
    await copy_rows(session, Person, ("id", "name", "language"), people)
    await copy_rows(session, Assignment, ("id", "person_id", "role", "organisation_id"), roles)
