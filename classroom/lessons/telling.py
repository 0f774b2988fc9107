"""How lessons look as JSON: one statement tells a whole page of them, with their people, rooms and ways. It is written
in SQL, whose named parts read as the answer does."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Interval, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.who import Actor
from classroom.lessons.rules import OPENS_BEFORE

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
  )) ORDER BY place) AS rooms
  FROM part WHERE place > 0 GROUP BY lesson_id
)
SELECT lesson.id, json_build_object(
  'id', lesson.id, 'title', title, 'subject', subject, 'grade', grade, 'kind', lesson.kind,
  'textbook_version', textbook_version, 'volume', volume, 'chapter', chapter, 'recording', recording,
  'starts_at', starts_at, 'ends_at', ends_at, 'started_at', started_at, 'ended_at', ended_at,
  'opens_at', starts_at - :opens_before,
  'state', CASE WHEN over_at <= :moment THEN 'ended'
                WHEN started_at IS NOT NULL OR starts_at <= :moment THEN 'live' ELSE 'upcoming' END,
  'shutdown', CASE WHEN shutdown_by IS NOT NULL THEN json_build_object(
    'at', shutdown_at, 'reason', coalesce(shutdown_reason, ''), 'by', (SELECT name FROM people WHERE id = shutdown_by)
  ) END,
  'teacher', json_build_object('id', teacher_id, 'name', (SELECT name FROM people WHERE id = teacher_id)),
  'substitute', CASE WHEN substitute_id IS NOT NULL THEN json_build_object(
    'id', substitute_id, 'name', (SELECT name FROM people WHERE id = substitute_id)
  ) END,
  'sending_room', json_build_object('id', sending.id, 'name', sending.name, 'school', json_build_object(
    'id', sending.school_id, 'name', sending.name_zh, 'name_en', sending.name_en
  )),
  'receiving_rooms', receiving.rooms,
  'way', way.steps
)::text AS told
FROM lessons lesson
JOIN part sending ON sending.lesson_id = lesson.id AND sending.place = 0
JOIN receiving ON receiving.lesson_id = lesson.id
JOIN way ON way.lesson_id = lesson.id
WHERE lesson.id = ANY (:lessons)
""")
TELL = TELLING.bindparams(
    bindparam("lessons", type_=ARRAY(Uuid)),
    bindparam("own", type_=ARRAY(Uuid)),
    bindparam("moment", type_=DateTime(timezone=True)),
    bindparam("opens_before", timedelta(seconds=OPENS_BEFORE), type_=Interval),
).columns(id=Uuid, told=Text)


async def told(session: AsyncSession, who: Actor, lesson_ids: Sequence[UUID], moment: datetime) -> list[str]:
    """Each lesson as the JSON of a LessonOut, in the order of the ids."""
    values = {"lessons": list(lesson_ids), "own": list(who.rooms), "moment": moment}
    found = {row.id: row.told for row in await session.execute(TELL, values)}
    return [found[one] for one in lesson_ids]
