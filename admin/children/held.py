"""What the registry itself holds about a person."""

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from admin import numbers
from admin.children.holdings import Holding, Rows, erase_rows, plain, rows_of
from admin.children.models import AbuseReport, ChildRequest, Consent, Guardianship, Minor
from admin.models import Assignment, Organisation, Person, Pupil, SchoolClass, SignIn
from admin.notices.models import Notice, Way
from admin.numbers import PersonNumber
from admin.roster.models import Enrolment
from admin.sign_on import factors
from admin.sign_on.models import Identity, SecondFactor
from core.clock import now
from core.connections import Connections

ERASED_NAME = "已删除"


async def _account(session: AsyncSession, person: UUID) -> Rows:
    row = await session.get(Person, person)
    return [{"name": row.name, "username": row.username, "language": row.language}] if row else []


async def _empty_account(session: AsyncSession, ground: Connections, person: UUID) -> None:
    """The row stays as a number without a name: what others did (a lesson held, an entry written) refers to it."""
    gone = {"name": ERASED_NAME, "username": None, "password": None, "room_id": None, "disabled_at": now()}
    await session.execute(update(Person).where(Person.id == person).values(**gone))
    await session.execute(delete(Assignment).where(Assignment.person_id == person))


async def _class(session: AsyncSession, person: UUID) -> Rows:
    query = select(Organisation.name_zh, SchoolClass.name).join_from(Pupil, SchoolClass)
    query = query.join(Organisation, Organisation.id == SchoolClass.school_id).where(Pupil.person_id == person)
    return [{"school": row[0], "class": row[1]} for row in await session.execute(query)]


async def _numbers(session: AsyncSession, person: UUID) -> Rows:
    return [{"kind": kind, "number": shown} for kind, shown in (await numbers.of_person(session, person)).items()]


async def _sign_out(session: AsyncSession, ground: Connections, person: UUID) -> None:
    """Without consent a child is not in live lessons: tickets end within minutes, and no new one is given."""
    await session.execute(delete(SignIn).where(SignIn.person_id == person))


async def _forget_factor(session: AsyncSession, ground: Connections, person: UUID) -> None:
    await factors.forget(session, person)


HOLDINGS = (
    Holding("account", "账号和姓名", "Account and name", ("roles.person_id",), _account, _empty_account),
    Holding("class", "学校和班级", "School and class", ("pupils.person_id",), _class, erase_rows(Pupil, "person_id")),
    Holding(
        "numbers",
        "身份号码和学籍号",
        "Identity and pupil numbers",
        ("person_numbers.person_id",),
        _numbers,
        erase_rows(PersonNumber, "person_id"),
    ),
    plain(Minor, "person_id", "出生日期", "Date of birth", "born"),
    Holding(
        "sessions",
        "登录",
        "Sign-ins",
        ("sessions.person_id",),
        rows_of(SignIn, "person_id", "created_at", "address", "agent"),
        _sign_out,
        purpose="live",
        withdraw=_sign_out,
    ),
    Holding(
        "factor",
        "两步验证",
        "Second factor",
        ("second_factors.person_id", "recovery_codes.person_id"),
        rows_of(SecondFactor, "person_id", "confirmed_at"),
        _forget_factor,
    ),
    plain(Identity, "person_id", "统一身份的关联", "Linked identities", "issuer", "linked_at"),
    plain(Enrolment, "person_id", "学籍经历", "School years", "since", "until", "leaving", "note"),
    plain(Notice, "person_id", "通知", "Notices", "kind", "at", "read_at"),
    plain(Way, "person_id", "通知的地址", "Addresses for notices", "channel", "address"),
    plain(Guardianship, "child_id", "监护人", "Guardians", "relation", "since", "ended_at"),
    plain(Guardianship, "guardian_id", "被监护的孩子", "Children in care", "relation", "since", "ended_at"),
    plain(Consent, "child_id", "监护人的同意", "Guardian's consents", "purpose", "given_at", "withdrawn_at"),
    plain(Consent, "guardian_id", "给出的同意", "Consents given", "purpose", "given_at", "withdrawn_at"),
    plain(ChildRequest, "child_id", "监护人的申请", "Guardian's requests", "kind", "words", "at", "answer"),
    plain(ChildRequest, "by_id", "提出的申请", "Requests made", "kind", "words", "at", "answer"),
    plain(AbuseReport, "by_id", "求助", "Reports", "kind", "words", "at", "outcome"),
)
