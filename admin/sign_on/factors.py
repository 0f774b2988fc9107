"""A person's second factor: set up, confirmed by a first code, asked at each sign-in, renewed and taken away.

none → begin → (secret shown once) → confirm → on → remove, or reset by the security administrator → none
"""

from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.doors import count_try, forget_tries, queue_at
from admin.lockout import Failures
from admin.models import Assignment, Person, SignIn
from admin.rights import TWO_FACTORS
from admin.sign_on import totp
from admin.sign_on.models import RecoveryCode, SecondFactor
from admin.sign_on.schemas import Enrolment, FactorState, RecoveryCodes
from admin.who import Actor, digest
from core import audit, person_keys
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, NotValid, Problem

SEALED_FOR = "second factor"


async def state(session: AsyncSession, person: UUID) -> FactorState:
    factor = await session.get(SecondFactor, person)
    left = select(func.count()).where(RecoveryCode.person_id == person, RecoveryCode.used_at.is_(None))
    return FactorState(
        on=factor is not None and factor.confirmed_at is not None,
        compulsory=await is_compulsory(session, person),
        recovery_codes_left=await session.scalar(left) or 0,
    )


async def is_on(session: AsyncSession, person: UUID) -> bool:
    query = select(SecondFactor.person_id).where(SecondFactor.person_id == person)
    return await session.scalar(query.where(SecondFactor.confirmed_at.is_not(None))) is not None


async def is_compulsory(session: AsyncSession, person: UUID) -> bool:
    """For the offices of TWO_FACTORS; the demo's own people have a password that everybody knows anyway."""
    query = select(Assignment.id).join(Person, Person.id == Assignment.person_id)
    query = query.where(Person.id == person, ~Person.demo, Assignment.role.in_(TWO_FACTORS))
    return await session.scalar(query.limit(1)) is not None


async def begin(session: AsyncSession, who: Actor, request: Request) -> Enrolment:
    """A secret that counts for nothing until `confirm`. Raises Conflict where a factor is on."""
    factor = await session.get(SecondFactor, who.id, with_for_update=True)
    if factor and factor.confirmed_at:
        zh, en = "两步验证已经开着。要换手机，请先关掉再开。", "It is on. To change the telephone, turn it off first."
        raise Conflict("factor-on", zh=zh, en=en)
    secret = totp.new_secret()
    sealed = await person_keys.seal_value(session, who.id, SEALED_FOR, secret)
    await session.merge(SecondFactor(person_id=who.id, sealed=sealed, confirmed_at=None, last_step=0))
    await audit.record(session, who.id, "factor.begin", f"person:{who.id}", request=request)
    account = await session.scalar(select(func.coalesce(Person.username, Person.name)).where(Person.id == who.id))
    address = totp.address(secret, account or who.name)
    return Enrolment(secret=secret, address=address, picture=totp.picture(address))


async def confirm(session: AsyncSession, ground: Connections, who: Actor, code: str, request: Request) -> RecoveryCodes:
    """The first code, from the telephone. The sign-in at which it is given becomes whole, all others end."""
    await _judged(session, ground, who, code, request, confirming=True)
    others = delete(SignIn).where(SignIn.person_id == who.id, SignIn.token != who.token)
    await session.execute(others)
    await session.execute(update(SignIn).where(SignIn.token == who.token).values(standing="full"))
    await audit.record(session, who.id, "factor.confirm", f"person:{who.id}", request=request)
    return await _renew(session, who)


async def prove(session: AsyncSession, ground: Connections, who: Actor, code: str, request: Request) -> None:
    """Makes a sign-in whole that came without the second factor, as one through another house may."""
    await _judged(session, ground, who, code, request)
    await session.execute(update(SignIn).where(SignIn.token == who.token).values(standing="full"))
    await audit.record(session, who.id, "factor.prove", f"person:{who.id}", request=request)


async def new_codes(
    session: AsyncSession, ground: Connections, who: Actor, code: str, request: Request
) -> RecoveryCodes:
    await _judged(session, ground, who, code, request)
    await audit.record(session, who.id, "factor.codes", f"person:{who.id}", request=request)
    return await _renew(session, who)


async def remove(session: AsyncSession, ground: Connections, who: Actor, code: str, request: Request) -> None:
    """With a last code. Where it is compulsory, the next sign-in asks to set it up anew."""
    await _judged(session, ground, who, code, request)
    await forget(session, who.id)
    await audit.record(session, who.id, "factor.remove", f"person:{who.id}", request=request)


async def forget(session: AsyncSession, person: UUID) -> None:
    for table in (SecondFactor, RecoveryCode):
        await session.execute(delete(table).where(table.person_id == person))


async def fits(session: AsyncSession, person: UUID, typed: str, confirming: bool = False) -> bool:
    """Whether the code is good now; it is used up by the answer. `confirming`: also of a factor that is not on yet."""
    factor = await session.get(SecondFactor, person, with_for_update=True)
    if factor is None or (factor.confirmed_at is None and not confirming):
        return False
    typed = "".join(typed.split())
    if not totp.is_digits(typed):
        return factor.confirmed_at is not None and await _use_recovery_code(session, person, typed)
    secret = await person_keys.open_value(session, person, SEALED_FOR, factor.sealed)
    step = totp.step_of(secret, typed, now(), factor.last_step) if secret else None
    if step is not None:
        factor.last_step = step
        factor.confirmed_at = factor.confirmed_at or now()
    return step is not None


async def _use_recovery_code(session: AsyncSession, person: UUID, typed: str) -> bool:
    mark = totp.recovery_digest(typed)
    if mark is None:
        return False
    unused = update(RecoveryCode).where(RecoveryCode.digest == mark, RecoveryCode.person_id == person)
    used = await session.execute(
        unused.where(RecoveryCode.used_at.is_(None)).values(used_at=now()).returning(RecoveryCode.digest)
    )
    return used.first() is not None


async def _judged(
    session: AsyncSession, ground: Connections, who: Actor, code: str, request: Request, confirming: bool = False
) -> None:
    """Counts the try at a door of the person's own, in a transaction that stays when the answer is a refusal."""
    door = digest(f"factor\n{who.id}")
    async with queue_at(door), ground.transaction() as own:
        failures = await count_try(own, door)
        right = await fits(own, who.id, code, confirming)
        if right:
            await forget_tries(own, door)
        else:
            await audit.record(own, who.id, "factor.prove", f"person:{who.id}", "refused", request=request)
    if not right:
        raise wrong_code(failures, NotValid)


def wrong_code(failures: Failures, kind: type[Problem]) -> Problem:
    """401 at the door. For somebody who is signed in already a 401 would mean that the sign-in has ended."""
    left = failures.tries_left
    zh = f"验证码不对，还可以试 {left} 次。请看手机上现在的 6 位数字。"
    en = f"The code is not right; {left} tries left. Read the six digits that the telephone shows now."
    return kind("wrong-code", zh=zh, en=en, tries_left=left)


async def _renew(session: AsyncSession, who: Actor) -> RecoveryCodes:
    codes = totp.new_recovery_codes()
    await session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == who.id))
    marks = [mark for code in codes if (mark := totp.recovery_digest(code))]
    session.add_all([RecoveryCode(digest=mark, person_id=who.id, used_at=None) for mark in marks])
    return RecoveryCodes(codes=codes)
