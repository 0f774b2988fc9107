"""The figures of days: those that are counted and not stale as they are kept, the others from the lessons themselves.
Both in one statement, so that a change is either in neither or in both; the sums are exact at every moment."""

from datetime import date

from sqlalchemy import Date, Integer, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

LESSONS = """
  SELECT wanted.day, county.id AS county_id, count(*) AS planned, count(started_at) AS held,
         count(shutdown_at) AS shut_down
  FROM wanted JOIN lessons ON starts_at >= midnight AND starts_at < next_midnight
  CROSS JOIN unnest(places) AS step
  JOIN organisations county ON county.id = step AND county.tier = 'county'
  GROUP BY wanted.day, county.id
"""
"""A lesson counts once in each county that has a room in it."""
RECEPTIONS = """
  SELECT wanted.day, rooms.school_id, count(*) AS rooms
  FROM wanted JOIN lessons ON starts_at >= midnight AND starts_at < next_midnight
  JOIN lesson_rooms ON lesson_rooms.lesson_id = lessons.id AND lesson_rooms.part = 'receiving'
  JOIN rooms ON rooms.id = lesson_rooms.room_id
  GROUP BY wanted.day, rooms.school_id
"""
WANTED = """wanted AS MATERIALIZED (
  SELECT day, day::timestamp AT TIME ZONE 'Asia/Shanghai' AS midnight,
         (day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS next_midnight
  FROM asked
)"""
UNCOUNTED = """asked AS (
  SELECT each::date AS day FROM generate_series(:begins, :ends, interval '1 day') AS each
  WHERE NOT EXISTS (SELECT FROM counted_days WHERE counted_days.day = each::date)
     OR EXISTS (SELECT FROM stale_days WHERE stale_days.day = each::date OR stale_days.day IS NULL)
)"""
GIVEN = "asked AS (SELECT unnest(CAST(:days AS date[])) AS day)"
SPAN = (bindparam("begins", type_=Date), bindparam("ends", type_=Date))
COUNTIES = (
    text(f"""
WITH {UNCOUNTED}, {WANTED},
counted AS (
  SELECT county_id, planned, held, shut_down FROM day_counties
  WHERE day BETWEEN :begins AND :ends AND day NOT IN (SELECT day FROM wanted)
  UNION ALL SELECT county_id, planned, held, shut_down FROM ({LESSONS}) AS anew
)
SELECT county_id, sum(planned)::int AS planned, sum(held)::int AS held, sum(shut_down)::int AS shut_down
FROM counted GROUP BY county_id
""")  # noqa: S608  # constants of this file
    .bindparams(*SPAN)
    .columns(county_id=Uuid, planned=Integer, held=Integer, shut_down=Integer)
)
SCHOOLS = (
    text(f"""
WITH {UNCOUNTED}, {WANTED},
counted AS (
  SELECT school_id, rooms FROM day_schools
  WHERE day BETWEEN :begins AND :ends AND day NOT IN (SELECT day FROM wanted)
  UNION ALL SELECT school_id, rooms FROM ({RECEPTIONS}) AS anew
)
SELECT school_id, sum(rooms)::int AS rooms FROM counted GROUP BY school_id
""")  # noqa: S608
    .bindparams(*SPAN)
    .columns(school_id=Uuid, rooms=Integer)
)
ALONE = text("SELECT pg_try_advisory_xact_lock(7310028)")
STALE = text("DELETE FROM stale_days RETURNING day").columns(day=Date)
ALL = text(
    "SELECT day FROM counted_days UNION SELECT (starts_at AT TIME ZONE 'Asia/Shanghai')::date FROM lessons"
).columns(day=Date)
COUNT = (
    text("DELETE FROM counted_days WHERE day = ANY(CAST(:days AS date[]))"),
    text("INSERT INTO counted_days SELECT unnest(CAST(:days AS date[]))"),
    text(f"WITH {GIVEN}, {WANTED} INSERT INTO day_counties (day, county_id, planned, held, shut_down) {LESSONS}"),
    text(f"WITH {GIVEN}, {WANTED} INSERT INTO day_schools (day, school_id, rooms) {RECEPTIONS}"),
)


async def count(session: AsyncSession) -> int:
    """Counts every stale day anew; how many. The notes that are deleted were committed before the counting begins, so
    a change that comes meanwhile leaves a note of its own. One at a time: of two, the slower would write older figures
    over newer ones."""
    if not await session.scalar(ALONE):
        return 0
    noted = {row.day for row in await session.execute(STALE)}
    days = await _every_day(session) if None in noted else sorted(noted)
    if days:
        for statement in COUNT:
            await session.execute(statement, {"days": days})
    return len(days)


async def _every_day(session: AsyncSession) -> list[date]:
    return sorted((await session.scalars(ALL)).all())
