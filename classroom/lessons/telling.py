"""How lessons look as JSON: their own part, and their places with the ways to them, which are told once and kept. The
places' statement is written in SQL, whose named parts read as the answer does."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Row,
    ScalarSelect,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from admin.models import NamesVersion, Person
from admin.paging import one_of
from admin.telling import Fields, json_of
from admin.who import Actor
from classroom.lessons.models import Lesson, LessonRoom
from classroom.lessons.rules import OPENS_BEFORE
from core.database import memory

OWN = (
    *("id", "title", "subject", "grade", "kind", "textbook_version", "volume", "chapter", "recording"),
    *("starts_at", "ends_at", "started_at", "ended_at"),
)
TELLING = text("""
WITH part AS MATERIALIZED (
  SELECT lesson_rooms.lesson_id, lesson_rooms.place, room.id, room.name, room.kind,
         school.id AS school_id, school.name_zh, school.name_en, school.tier, school.path,
         county.name_zh AS county, county.name_en AS county_en
  FROM lesson_rooms
  JOIN rooms room ON room.id = lesson_rooms.room_id
  JOIN organisations school ON school.id = room.school_id
  LEFT JOIN organisations county ON county.id = school.county_id
  WHERE lesson_id = ANY (:lessons)
),
-- where the way ends: the reader's own rooms in the lesson, or all that receive it
reached AS MATERIALIZED (
  SELECT * FROM part WHERE place > 0 AND (
    id = ANY (:own) OR lesson_id NOT IN (SELECT lesson_id FROM part WHERE place > 0 AND id = ANY (:own))
  )
),
-- a teaching point's centre school is no step of its own
passed AS (
  SELECT school_id, place.id, place.tier, place.name_zh, place.name_en
  FROM (SELECT DISTINCT school_id, path FROM reached) school
  CROSS JOIN unnest(string_to_array(path, '.')::uuid[]) AS above
  JOIN organisations place ON place.id = above
  WHERE place.tier IN ('prefecture', 'county', 'township')
),
step AS (
  SELECT lesson_id, 0 AS number, 'school'::tier AS tier, 1 AS places, name_zh, name_en FROM part WHERE place = 0
  UNION ALL
  SELECT lesson_id, 1, passed.tier, count(DISTINCT passed.id), min(passed.name_zh), min(passed.name_en)
  FROM reached JOIN passed USING (school_id) GROUP BY lesson_id, passed.tier
  UNION ALL
  SELECT lesson_id, 2, CASE WHEN bool_and(tier = 'teaching_point') THEN 'teaching_point' ELSE 'school' END::tier,
         count(DISTINCT school_id), min(name_zh), min(name_en)
  FROM reached GROUP BY lesson_id
),
-- several places of one tier are one step that says how many
way AS (
  SELECT lesson_id, json_agg(json_build_object(
    'tier', tier, 'count', places,
    'name', CASE places WHEN 1 THEN name_zh ELSE concat(places, ' ', many.zh) END,
    'name_en', CASE places WHEN 1 THEN name_en ELSE concat(places, ' ', many.en) END
  ) ORDER BY number, tier) AS steps
  FROM step LEFT JOIN (VALUES
    ('prefecture'::tier, '个州', 'prefectures'), ('county', '个县市', 'counties'), ('township', '个乡镇', 'townships'),
    ('school', '所学校', 'schools'), ('teaching_point', '个教学点', 'teaching points')
  ) AS many (tier, zh, en) USING (tier)
  GROUP BY lesson_id
),
receiving AS (
  SELECT lesson_id, json_agg(json_build_object('id', id, 'name', name, 'kind', kind, 'school', json_build_object(
    'id', school_id, 'name', name_zh, 'name_en', name_en, 'county', county, 'county_en', county_en
  )) ORDER BY place) FILTER (WHERE place > 0) AS rooms, string_agg(id::text, ' ' ORDER BY place) AS chosen
  FROM part GROUP BY lesson_id
)
SELECT sending.lesson_id AS id, json_build_object(
  'sending_room', json_build_object('id', sending.id, 'name', sending.name, 'school', json_build_object(
    'id', sending.school_id, 'name', sending.name_zh, 'name_en', sending.name_en
  )),
  'receiving_rooms', receiving.rooms,
  'way', way.steps
)::text AS told, receiving.chosen AS rooms, (SELECT version FROM names_version) AS version
FROM part sending
JOIN receiving ON receiving.lesson_id = sending.lesson_id
JOIN way ON way.lesson_id = sending.lesson_id
WHERE sending.place = 0
""")
PLACES = TELLING.bindparams(bindparam("lessons", type_=ARRAY(Uuid)), bindparam("own", type_=ARRAY(Uuid))).columns(
    id=Uuid, told=Text, rooms=Text, version=BigInteger
)


def _heads() -> Select[*tuple[Any, ...]]:
    """Each lesson without its places, and what these depend on: its rooms, and the state of all names."""
    chosen = func.string_agg(
        cast(LessonRoom.room_id, Text), aggregate_order_by(literal_column("' '"), LessonRoom.place)
    )
    rooms = select(chosen).where(LessonRoom.lesson_id == Lesson.id).scalar_subquery()
    version = select(NamesVersion.version).scalar_subquery()
    told = cast(json_of(_fields()), Text).label("told")
    return select(Lesson.id, Lesson.starts_at, Lesson.over_at, told, rooms.label("rooms"), version.label("version"))


def _fields() -> Fields:
    moment = bindparam("moment", type_=DateTime(timezone=True))
    begun = or_(Lesson.started_at.is_not(None), Lesson.starts_at <= moment)
    at_once = {"at": Lesson.shutdown_at, "reason": func.coalesce(Lesson.shutdown_reason, "")}
    at_once |= {"by": _name_of(Lesson.shutdown_by)}
    substitute = {"id": Lesson.substitute_id, "name": _name_of(Lesson.substitute_id)}
    return {name: getattr(Lesson, name) for name in OWN} | {
        "opens_at": Lesson.starts_at - literal(timedelta(seconds=OPENS_BEFORE)),
        "state": case((Lesson.over_at <= moment, "ended"), (begun, "live"), else_="upcoming"),
        "shutdown": case((Lesson.shutdown_by.is_not(None), json_of(at_once))),
        "teacher": json_of({"id": Lesson.teacher_id, "name": _name_of(Lesson.teacher_id)}),
        "substitute": case((Lesson.substitute_id.is_not(None), json_of(substitute))),
    }


def _name_of(person: InstrumentedAttribute[Any]) -> ScalarSelect[str]:
    return select(Person.name).where(Person.id == person).correlate(Lesson).scalar_subquery()


HEADS = _heads()
"""With a parameter `moment`."""


async def told(session: AsyncSession, who: Actor, lesson_ids: Sequence[UUID], moment: datetime) -> list[str]:
    """Each lesson as the JSON of a LessonOut, in the order of the ids."""
    heads = await session.execute(HEADS.where(one_of(Lesson.id, lesson_ids)), {"moment": moment})
    found = {head.id: head for head in heads}
    return await with_places(session, who, [found[one] for one in lesson_ids])


async def with_places(session: AsyncSession, who: Actor, heads: Sequence[Row[Any]]) -> list[str]:
    """Rows of HEADS as the JSON of a LessonOut. Rooms and ways are two thirds of a lesson's text and of the work for
    it, and change with a booking or a new name only: the process keeps them."""
    kept = memory(session)
    places = {head.id: text for head in heads if (text := kept.get(_key(head, who)))}
    if missing := [head.id for head in heads if head.id not in places]:
        for row in await session.execute(PLACES, {"lessons": missing, "own": list(who.rooms)}):
            # under what it was made of, not what was asked for: a booking may have come between the two statements
            kept[_key(row, who)] = places[row.id] = row.told
    return [_joined(head.told, places[head.id]) for head in heads]


def _key(row: Row[Any], who: Actor) -> tuple[str, UUID, str, int, frozenset[UUID]]:
    return "lesson", row.id, row.rooms, row.version, who.rooms


def _joined(one: str, other: str) -> str:
    """Two JSON objects as one."""
    return f"{one[:-1]},{other[1:]}"
