"""公民身份号码 and 学籍号: stored sealed, shown masked, found by a blind mark; seeing one whole is an act on record.

await keep(session, [(person, "identity", "52230120150101001X")])     sealed and marked, any number of rows
await find(session, "identity", "52230120150101001x")                 the person, or None
await unmask(session, who, person, "identity", reason, request)       the number, and an audit entry
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from starlette.requests import Request

from admin.children.ages import is_minor
from admin.children.models import Minor
from admin.today import today
from admin.who import Actor
from core import audit, person_keys
from core.database import Base
from core.errors import NotFound
from core.sealing import seal, unseal

Kind = Literal["identity", "pupil"]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
"""GB 11643, MOD 11-2: the sum of digits by weights, modulo 11, names the last sign."""


class PersonNumber(Base):
    __tablename__ = "person_numbers"
    __table_args__ = (UniqueConstraint("kind", "blind"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(String(10), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    blind: Mapped[bytes] = mapped_column(LargeBinary)
    masked: Mapped[str] = mapped_column(String(24))


def check_sign(first: str) -> str:
    """The eighteenth sign for seventeen digits."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11]


def is_identity(number: str) -> bool:
    """Seventeen digits and their check sign, as `plain` writes it."""
    return len(number) == 18 and number.isascii() and number[:17].isdigit() and number[17] == check_sign(number[:17])


def is_pupil(number: str) -> bool:
    """学籍号: G or L and an identity number, or J and what its office gave."""
    if number[:1] in ("G", "L"):
        return is_identity(number[1:])
    return number[:1] == "J" and number[1:].isascii() and number[1:].isalnum() and 8 <= len(number) <= 24


def birthday(number: str) -> date | None:
    """What the seventh to fourteenth digits say, of an identity number or a pupil number made from one."""
    digits = number.lstrip("GL")[6:14]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if len(number) >= 18 else None
    except ValueError:
        return None


def plain(number: str) -> str:
    """As it is stored and compared: without spaces, letters large."""
    return "".join(number.split()).upper()


def masked(number: str) -> str:
    """The region's four first signs and the two last: enough to tell siblings apart, too little to be used."""
    shown = 5 if number[:1] in ("G", "L", "J") else 4
    return number[:shown] + "*" * (len(number) - shown - 2) + number[-2:]


async def keep(session: AsyncSession, numbers: Sequence[tuple[UUID, Kind, str]]) -> None:
    """Writes or replaces. The numbers are checked already. Raises sqlalchemy's IntegrityError when another person has
    one of them, core.person_keys.Erased for an erased person."""
    if not numbers:
        return
    keys = await person_keys.keys_of(session, {person for person, _, _ in numbers})
    sealer = person_keys.sealer_of(session)
    rows = [
        {
            "person_id": person,
            "kind": kind,
            "sealed": seal(keys[person], plain(number).encode(), _purpose(person, kind)),
            "blind": sealer.blind(kind, plain(number)),
            "masked": masked(plain(number)),
        }
        for person, kind, number in numbers
    ]
    row = insert(PersonNumber)
    changed = {name: row.excluded[name] for name in ("sealed", "blind", "masked")}
    primary = [PersonNumber.person_id, PersonNumber.kind]
    await session.execute(row.on_conflict_do_update(index_elements=primary, set_=changed), rows)
    await _note_birthdays(session, numbers)


async def _note_birthdays(session: AsyncSession, numbers: Sequence[tuple[UUID, Kind, str]]) -> None:
    told = {person: born for person, _, number in numbers if (born := birthday(plain(number)))}
    await keep_birthdays(session, told)


async def keep_birthdays(session: AsyncSession, told: Mapping[UUID, date]) -> None:
    """Of minors, for whom so much depends on the age. What a keeper has corrected stays."""
    day = today()
    rows = [{"person_id": person, "born": born} for person, born in told.items() if is_minor(born, day)]
    if rows:
        await session.execute(insert(Minor).on_conflict_do_nothing(), rows)


async def find(session: AsyncSession, kind: Kind, number: str) -> UUID | None:
    return (await find_all(session, kind, [number])).get(plain(number))


async def find_all(session: AsyncSession, kind: Kind, numbers: Sequence[str]) -> dict[str, UUID]:
    """Who has these numbers already: plain number → person. One statement."""
    sealer = person_keys.sealer_of(session)
    marks = {sealer.blind(kind, plain(number)): plain(number) for number in numbers}
    query = select(PersonNumber.blind, PersonNumber.person_id).where(PersonNumber.kind == kind)
    rows = await session.execute(query.where(PersonNumber.blind.in_(list(marks))))
    return {marks[blind]: person for blind, person in rows}


async def of_person(session: AsyncSession, person: UUID) -> dict[str, str]:
    """Kind → masked number."""
    query = select(PersonNumber.kind, PersonNumber.masked).where(PersonNumber.person_id == person)
    return {row.kind: row.masked for row in await session.execute(query)}


async def unmask(
    session: AsyncSession, who: Actor, person: UUID, kind: Kind, reason: str, request: Request | None
) -> str:
    """The caller has asked whether `who` may see this person. Raises NotFound."""
    number = await reveal(session, person, kind)
    if number is None:
        zh, en = "这个人没有登记这种号码。", "No such number is kept of this person."
        raise NotFound("number-unknown", zh=zh, en=en)
    seen = {"kind": kind, "reason": reason}
    await audit.record(session, who.id, "number.unmask", f"person:{person}", after=seen, request=request)
    return number


async def reveal(session: AsyncSession, person: UUID, kind: Kind) -> str | None:
    """The whole number; the caller writes the look down. None where there is none, or its key is gone."""
    row = await session.get(PersonNumber, (person, kind))
    key = await person_keys.open_key(session, person) if row else None
    return unseal(key, row.sealed, _purpose(person, kind)).decode() if row and key else None


def _purpose(person: UUID, kind: Kind) -> str:
    return f"{kind} number of {person}"
