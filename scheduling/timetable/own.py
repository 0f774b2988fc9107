"""What the schools of a week teach by themselves, beside what is delivered to them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import SchoolClass
from admin.paging import one_of
from scheduling.needs.models import OwnLesson
from scheduling.timetable.models import Setting
from scheduling.timetable.published_schemas import BellsHere, OwnHere


async def own_here(session: AsyncSession, shown: Iterable[Setting], bells: Sequence[BellsHere]) -> list[OwnHere]:
    """Of the classes that receive or send, at the schools whose bells are told: one row for each school and period."""
    classes = {UUID(seat["class"]) for one in shown for seat in one.seats}
    classes |= {one.class_id for one in shown if one.class_id}
    rung = {(one.school.id, at.number): at for one in bells for at in one.periods}
    query = select(OwnLesson, SchoolClass).join(SchoolClass, SchoolClass.id == OwnLesson.class_id)
    query = query.where(one_of(OwnLesson.class_id, classes), OwnLesson.qualified)
    found: dict[tuple[UUID, int, int], list[tuple[str, UUID]]] = defaultdict(list)
    query = query.where(one_of(SchoolClass.school_id, {school for school, _ in rung}))
    for lesson, taught in await session.execute(query.order_by(SchoolClass.name, OwnLesson.period)):
        if (taught.school_id, lesson.period) in rung:
            found[taught.school_id, lesson.weekday, lesson.period].append(
                (f"{taught.name} {lesson.subject}", taught.id)
            )
    return [
        OwnHere(
            school_id=school,
            weekday=weekday,
            starts=at.starts,
            ends=at.ends,
            lessons=[told for told, _ in lessons],
            classes=[one for _, one in lessons],
        )
        for (school, weekday, period), lessons in sorted(found.items())
        for at in [rung[school, period]]
    ]
