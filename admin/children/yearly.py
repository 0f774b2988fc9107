"""The figures that are audited each year about minors' data."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.children.ages import CHILD_YEARS, MINOR_YEARS
from admin.children.families import HERE, agreed
from admin.children.models import PURPOSES, AbuseReport, ChildRequest, Consent, Minor
from admin.children.schemas import YearlyReport
from admin.models import Assignment, Organisation, Person
from admin.registry import inside
from admin.who import Actor
from core import audit
from core.audit import AuditEntry
from core.person_keys import PersonKey

Count = Select[int]


def years_before(day: date, years: int) -> date:
    """Who was born after it has not had the birthday; a 29 February counts as 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


async def report(session: AsyncSession, who: Actor, year: int, day: date, request: Request) -> YearlyReport:
    """Of the pupils of one's place; people and consents as they stand, acts of the year on the prefecture's clock."""
    begin, end = datetime(year, 1, 1, tzinfo=HERE), datetime(year + 1, 1, 1, tzinfo=HERE)
    places = who.places("children.keep")
    minor, child = _younger(day, MINOR_YEARS), _younger(day, CHILD_YEARS)
    counts: dict[str, Count] = {
        "minors": _pupils(places).where(minor),
        "under_14": _pupils(places).where(child),
        "consents_given": _of_pupils(Consent.child_id, places).where(_in(Consent.given_at, begin, end)),
        "consents_withdrawn": _of_pupils(Consent.child_id, places).where(_in(Consent.withdrawn_at, begin, end)),
        "requests": _of_pupils(ChildRequest.child_id, places).where(_in(ChildRequest.at, begin, end)),
        "requests_late": _of_pupils(ChildRequest.child_id, places).where(_in(ChildRequest.at, begin, end), _late()),
        "erased": select(func.count()).where(_in(PersonKey.destroyed_at, begin, end)),
        "looks": _acts("child.look", begin, end),
        "unmasked": _acts("number.unmask", begin, end),
        "reports": _reports(places).where(_in(AbuseReport.at, begin, end)),
        "reports_late": _reports(places).where(_in(AbuseReport.at, begin, end), AbuseReport.handed_on > 0),
    }
    without = {purpose: _pupils(places).where(child, ~agreed(purpose, Person.id)) for purpose in PURPOSES}
    figures = {name: await session.scalar(query) or 0 for name, query in counts.items()}
    missing = {purpose: await session.scalar(query) or 0 for purpose, query in without.items()}
    await audit.record(session, who.id, "children.report", f"year:{year}", after=figures, request=request)
    names = await session.scalars(select(Organisation.name_zh).where(Organisation.path.in_(places)))
    return YearlyReport(year=year, place="、".join(names), without_consent=missing, **figures)


def _pupils(places: tuple[str, ...]) -> Count:
    query = select(func.count()).select_from(Person).outerjoin(Minor, Minor.person_id == Person.id)
    return query.where(Person.disabled_at.is_(None), _is_pupil(places))


def _is_pupil(places: tuple[str, ...]) -> Any:
    held = exists().where(Assignment.person_id == Person.id, Assignment.organisation_id == Organisation.id)
    return held.where(Assignment.role == "student", inside(places))


def _of_pupils(child: Any, places: tuple[str, ...]) -> Count:
    return select(func.count()).select_from(Person).join(child.class_, child == Person.id).where(_is_pupil(places))


def _reports(places: tuple[str, ...]) -> Count:
    return select(func.count()).select_from(AbuseReport).join(Organisation).where(inside(places))


def _acts(action: str, begin: datetime, end: datetime) -> Count:
    return select(func.count()).where(AuditEntry.action == action, _in(AuditEntry.at, begin, end))


def _younger(day: date, years: int) -> Any:
    return or_(Minor.born.is_(None), Minor.born > years_before(day, years))


def _late() -> Any:
    return or_(
        ChildRequest.done_at > ChildRequest.due_at,
        and_(ChildRequest.done_at.is_(None), ChildRequest.due_at < func.now()),
    )


def _in(column: Any, begin: datetime, end: datetime) -> Any:
    return and_(column >= begin, column < end)
