"""A day's lessons in a compact form, for the bureau's chart of counties and hours: what a chip needs and no more, in
one statement. Four hundred and fifty lessons with their rooms and ways are 500 kB; so they are 60 kB.

Every step is MATERIALIZED: a prepared statement is planned without knowing the day, for one lesson, and a step that is
not would then be worked out again for each of its four hundred (20 ms become 500)."""

from datetime import date, datetime

from sqlalchemy import ARRAY, DateTime, Integer, Text, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin.who import Actor
from classroom.lessons.reading import day_of

MOST = 2000
"""Four times the lessons of a day of the whole prefecture."""

DAY = text("""
WITH counted AS MATERIALIZED (
  SELECT lessons.*, count(*) OVER () AS total
  FROM lessons WHERE starts_at >= :begins AND starts_at < :ends AND places && :places
  ORDER BY starts_at, id LIMIT :most
),
reached AS MATERIALIZED (
  SELECT DISTINCT counted.id, school.county_id, school.id AS school_id
  FROM counted
  JOIN lesson_rooms ON lesson_rooms.lesson_id = counted.id AND lesson_rooms.part = 'receiving'
  JOIN rooms ON rooms.id = lesson_rooms.room_id
  JOIN organisations school ON school.id = rooms.school_id
),
county AS MATERIALIZED (
  SELECT seen.county_id, place.name_zh, place.name_en, schools,
         row_number() OVER (ORDER BY place.region_code, place.name_zh) - 1 AS number
  FROM (SELECT county_id, count(DISTINCT school_id) AS schools FROM reached GROUP BY county_id) seen
  LEFT JOIN organisations place ON place.id = seen.county_id
),
way AS MATERIALIZED (
  SELECT reached.id, json_agg(DISTINCT county.number ORDER BY county.number) AS counties
  FROM reached JOIN county ON county.county_id IS NOT DISTINCT FROM reached.county_id GROUP BY reached.id
)
SELECT json_build_object(
  'total', coalesce((SELECT max(total) FROM counted), 0),
  'counties', coalesce((SELECT json_agg(json_build_object(
    'id', county_id, 'county', name_zh, 'county_en', name_en, 'schools', schools
  ) ORDER BY number) FROM county), '[]'),
  'lessons', coalesce((SELECT json_agg(json_build_object(
    'id', counted.id, 'title', title, 'subject', subject, 'starts_at', starts_at, 'started_at', started_at,
    'state', CASE WHEN over_at <= :moment THEN 'ended'
                  WHEN started_at IS NOT NULL OR starts_at <= :moment THEN 'live' ELSE 'upcoming' END,
    'shutdown', CASE WHEN shutdown_by IS NOT NULL THEN json_build_object(
      'at', shutdown_at, 'reason', coalesce(shutdown_reason, ''), 'by', (SELECT name FROM people WHERE id = shutdown_by)
    ) END,
    'teacher', leader.name, 'counties', way.counties
  ) ORDER BY starts_at, counted.id)
  FROM counted JOIN way USING (id) JOIN people leader ON leader.id = coalesce(substitute_id, teacher_id)), '[]')
)::text AS told
""")
TELL = DAY.bindparams(
    bindparam("begins", type_=DateTime(timezone=True)),
    bindparam("ends", type_=DateTime(timezone=True)),
    bindparam("moment", type_=DateTime(timezone=True)),
    bindparam("places", type_=ARRAY(Uuid)),
    bindparam("most", MOST, type_=Integer),
).columns(told=Text)


async def told(session: AsyncSession, who: Actor, day: date, moment: datetime) -> str:
    """The JSON of a DayChart: the lessons of the asker's places, the earliest first."""
    begins, ends = day_of(day)
    values = {"begins": begins, "ends": ends, "moment": moment, "places": list(who.place_ids("reports.read"))}
    found: str = (await session.execute(TELL, values)).scalar_one()
    return found
