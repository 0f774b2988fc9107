"""The roster of a place as OneRoster 1.2, read row by row from the database into the archive."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Assignment, Organisation, Person, Pupil, SchoolClass
from admin.registry import inside, standing_on
from admin.roster.grades import begins, school_year
from admin.roster.models import Enrolment
from admin.sheets import quoted
from admin.who import Actor, not_your_place
from core import audit

FILES = ("academicSessions", "classes", "courses", "enrollments", "orgs", "roles", "users")
ABSENT = (
    "categories", "classResources", "courseResources", "demographics", "lineItemLearningObjectiveIds", "lineItems",
    "lineItemScoreScales", "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "scoreScales",
    "userProfiles", "userResources",
)  # fmt: skip
ORG_TYPES = {"province": "state", "prefecture": "district", "county": "district", "township": "district"}
ROLES = {"teacher": "teacher", "assistant": "aide", "student": "student"}
COMMON = ("sourcedId", "status", "dateLastModified")
HEADS: dict[str, tuple[str, ...]] = {
    "academicSessions": (*COMMON, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
    "orgs": (*COMMON, "name", "type", "identifier", "parentSourcedId"),
    "courses": (
        *COMMON, "schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes",
    ),
    "classes": (
        *COMMON, "title", "grades", "courseSourcedId", "classCode", "classType", "location", "schoolSourcedId",
        "termSourcedIds", "subjects", "subjectCodes", "periods",
    ),
    "users": (
        *COMMON, "enabledUser", "username", "userIds", "givenName", "familyName", "middleName", "identifier", "email",
        "sms", "phone", "agentSourcedIds", "grades", "password", "userMasterIdentifier", "resourceSourcedIds",
        "preferredGivenName", "preferredMiddleName", "preferredFamilyName", "primaryOrgSourcedId", "pronouns",
    ),
    "roles": (
        *COMMON, "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId",
    ),
    "enrollments": (
        *COMMON, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate",
    ),
}  # fmt: skip
"""Tables 3.1 to 3.7 of the OneRoster 1.2 CSV binding, in their order. In bulk mode status and date are left empty."""
STEP = 1000


async def oneroster(session: AsyncSession, who: Actor, place: UUID, today: date, request: Request) -> bytes:
    row = await session.get(Organisation, place)
    if row is None or not who.may("imports.run", row.path):
        raise not_your_place()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("manifest.csv", _text(("propertyName", "value"), _manifest()))
        packed.writestr("academicSessions.csv", _text(HEADS["academicSessions"], [_year(today)]))
        for name, rows in (
            ("orgs", _orgs(session, row, today)),
            ("courses", _courses(session, row, today)),
            ("classes", _classes(session, row, today)),
            ("users", _users(session, row)),
            ("roles", _roles(session, row)),
            ("enrollments", _enrollments(session, row)),
        ):
            await _write(packed, name, rows)
    await audit.record(session, who.id, "roster.export", f"organisation:{place}", request=request)
    return out.getvalue()


async def _write(packed: zipfile.ZipFile, name: str, rows: AsyncIterator[Sequence[Any]]) -> None:
    with packed.open(f"{name}.csv", "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as lines:
        sheet = csv.writer(lines)
        sheet.writerow(HEADS[name])
        async for row in rows:
            sheet.writerow([quoted(value) for value in row])


def _manifest() -> list[tuple[str, str]]:
    own = [("manifest.version", "1.0"), ("oneroster.version", "1.2")]
    files = {**dict.fromkeys(FILES, "bulk"), **dict.fromkeys(ABSENT, "absent")}
    own += [(f"file.{name}", files[name]) for name in sorted(files)]
    return [*own, ("source.systemName", "Songjiao"), ("source.systemCode", "songjiao")]


def _year(today: date) -> tuple[Any, ...]:
    year = school_year(today)
    return f"Y{year}", "", "", f"{year}-{year + 1}", "schoolYear", begins(year), begins(year + 1), "", year + 1


async def _orgs(session: AsyncSession, place: Organisation, today: date) -> AsyncIterator[Sequence[Any]]:
    columns = (Organisation.id, Organisation.name_zh, Organisation.tier, Organisation.identification)
    query = select(*columns, Organisation.parent_id).where(inside([place.path]), standing_on(today))
    async for row in _streamed(session, query.order_by(Organisation.path)):
        parent = row.parent_id if row.id != place.id else ""
        kind = ORG_TYPES.get(row.tier, "school")
        yield row.id, "", "", row.name_zh, kind, row.identification or "", parent


async def _courses(session: AsyncSession, place: Organisation, today: date) -> AsyncIterator[Sequence[Any]]:
    """The standard wants one: each grade of a school stands as its course."""
    query = _open_classes(place).with_only_columns(SchoolClass.school_id, SchoolClass.grade).distinct()
    async for row in _streamed(session, query):
        code = f"{row.school_id}-{row.grade}"
        yield code, "", "", f"Y{school_year(today)}", f"{row.grade} 年级", "", f"{row.grade:02d}", row.school_id, "", ""


async def _classes(session: AsyncSession, place: Organisation, today: date) -> AsyncIterator[Sequence[Any]]:
    async for (row,) in _streamed(session, _open_classes(place)):
        course, term = f"{row.school_id}-{row.grade}", f"Y{school_year(today)}"
        known = (row.id, "", "", row.name, f"{row.grade:02d}", course, row.code, "homeroom", "")
        yield *known, row.school_id, term, "", "", ""


async def _users(session: AsyncSession, place: Organisation) -> AsyncIterator[Sequence[Any]]:
    """Chinese names stand whole in `familyName` with no given name beside: nobody knows where a name parts."""
    held = _held(place).with_only_columns(Assignment.person_id)
    columns = (Person.id, Person.username, Person.name, SchoolClass.grade, SchoolClass.school_id)
    query = select(*columns).outerjoin(Pupil, Pupil.person_id == Person.id)
    query = query.outerjoin(SchoolClass, SchoolClass.id == Pupil.class_id)
    async for row in _streamed(session, query.where(Person.id.in_(held), Person.disabled_at.is_(None))):
        grades = f"{row.grade:02d}" if row.grade else ""
        name = ("", row.name, "")
        yield (
            row.id, "", "", "true", row.username or str(row.id), "", *name, "", "", "", "", "", grades, "", "", "", "",
            "", "", row.school_id or "", "",
        )  # fmt: skip


async def _roles(session: AsyncSession, place: Organisation) -> AsyncIterator[Sequence[Any]]:
    async for (row,) in _streamed(session, _held(place)):
        yield row.id, "", "", row.person_id, "primary", ROLES[row.role], "", "", row.organisation_id, ""


async def _enrollments(session: AsyncSession, place: Organisation) -> AsyncIterator[Sequence[Any]]:
    query = select(Enrolment.id, Enrolment.class_id, SchoolClass.school_id, Enrolment.person_id, Enrolment.since)
    query = query.join(SchoolClass, SchoolClass.id == Enrolment.class_id)
    query = query.join(Organisation, Organisation.id == SchoolClass.school_id)
    async for row in _streamed(session, query.where(inside([place.path]), Enrolment.until.is_(None))):
        yield row.id, "", "", row.class_id, row.school_id, row.person_id, "student", "false", row.since, ""


def _open_classes(place: Organisation) -> Select[*tuple[Any, ...]]:
    query = select(SchoolClass).join(Organisation, Organisation.id == SchoolClass.school_id)
    return query.where(inside([place.path]), SchoolClass.ended.is_(None))


def _held(place: Organisation) -> Select[*tuple[Any, ...]]:
    query = select(Assignment).join(Organisation, Organisation.id == Assignment.organisation_id)
    return query.where(inside([place.path]), Assignment.role.in_(ROLES))


async def _streamed(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> AsyncIterator[Any]:
    rows = await session.stream(query.execution_options(yield_per=STEP))
    async for row in rows:
        yield row


def _text(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    out = io.StringIO(newline="")
    sheet = csv.writer(out)
    sheet.writerow(head)
    sheet.writerows(rows)
    return out.getvalue()
