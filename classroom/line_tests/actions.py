"""Beginning a test of a line, and writing down what it showed."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation, Room
from admin.who import Actor, not_your_place
from classroom.lessons.relays import way_for
from classroom.lessons.schemas import IceServer
from classroom.line_tests.models import LineTest
from classroom.line_tests.schemas import LineTestBegun, LineTestNew, LineTestTold
from core import audit
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, NotFound, TooMany
from core.settings import RelaysSettings, TurnSettings, load
from core.tickets import Ticket
from core.turn import ice_servers

LASTS = timedelta(minutes=3)
"""The ticket; a test takes half a minute."""
MAY_BE_TOLD = timedelta(minutes=15)
"""After its begin: a line that was down in the test may need some time for its result."""
KEPT = timedelta(days=365)
MOST_AN_HOUR = 60
"""At one place: a school with many rooms tests them all before a term."""
SESSIONS = 8
"""Of one ticket: to and from the relay, and some openings again."""


async def begin(
    session: AsyncSession, ground: Connections, who: Actor, body: LineTestNew, request: Request
) -> LineTestBegun:
    """Raises NotAllowed for a room elsewhere, TooMany."""
    room_id, path = await _where(session, who, body.room_id or who.room_id)
    moment = now()
    place_id = UUID(hex=path.rpartition(".")[2])
    await session.execute(delete(LineTest).where(LineTest.place_id == place_id, LineTest.begun_at < moment - KEPT))
    await _must_not_be_too_many(session, place_id, moment)
    row = LineTest(place_id=place_id, room_id=room_id, begun_by=who.id, begun_at=moment)
    session.add(row)
    await session.flush()
    after = {"place": place_id, "room": room_id}
    await audit.record(session, who.id, "line.test", f"line-test:{row.id}", after=after, request=request)
    return await _begun(ground, who, row.id, path, moment)


async def _must_not_be_too_many(session: AsyncSession, place_id: UUID, moment: datetime) -> None:
    lately = LineTest.place_id == place_id, LineTest.begun_at > moment - timedelta(hours=1)
    begun = await session.scalar(select(func.count()).select_from(LineTest).where(*lately))
    if begun is not None and begun >= MOST_AN_HOUR:
        zh, en = "这里一小时内自测太多次了，请稍后再测。", "Too many tests here within an hour; try again later."
        raise TooMany("too-many-line-tests", zh=zh, en=en, headers={"Retry-After": "600"})


async def _where(session: AsyncSession, who: Actor, room_id: UUID | None) -> tuple[UUID | None, str]:
    """The room and the path of its school, or the lowest place that the asker answers for."""
    if room_id is None:
        return None, min(who.places("lines.test"), key=lambda path: (-path.count("."), path))
    query = select(Organisation.path).join(Room, Room.school_id == Organisation.id).where(Room.id == room_id)
    path = await session.scalar(query)
    if path is None or not who.may("lines.test", path):
        raise not_your_place()
    return room_id, path


async def _begun(ground: Connections, who: Actor, id: UUID, path: str, moment: datetime) -> LineTestBegun:
    """The way is that of the school's own lessons: the same relays, addresses and TURN servers."""
    way = await way_for(ground, str(id), path, [path], load(RelaysSettings).relays)
    over = moment + LASTS
    ticket = Ticket(
        person=str(who.id),
        name="",
        lesson=str(id),
        stage="rehearsal",
        role="teacher",
        room=None,
        room_name=None,
        publish=("teacher",),
        watch=True,
        human=True,
        takeover=False,
        max_sessions=SESSIONS,
        issued_at=moment.timestamp(),
        expires_at=over.timestamp(),
        id=secrets.token_hex(16),
        ways=way.ways,
        anchor=way.anchor,
    )
    servers = ice_servers(load(TurnSettings), ticket.person, ticket.expires_at)
    return LineTestBegun(
        id=id,
        ticket=ground.signer.sign(ticket),
        whip_urls=[f"{relay}/whip/{id}" for relay in way.publish],
        whep_urls=[f"{relay}/whep/{id}" for relay in way.watch],
        ice_servers=[IceServer.model_validate(server) for server in servers],
        expires_at=over.astimezone(UTC),
    )


async def tell(session: AsyncSession, who: Actor, test_id: UUID, body: LineTestTold, request: Request) -> LineTest:
    """By who began it; the same again changes nothing. Raises NotFound for another's, Conflict once it is too late."""
    query = select(LineTest).where(LineTest.id == test_id, LineTest.begun_by == who.id)
    row = (await session.scalars(query.with_for_update())).first()
    if row is None:
        zh, en = "没有这次自测，或不是您做的。", "There is no such test of yours."
        raise NotFound("line-test-unknown", zh=zh, en=en)
    moment = now()
    checks: list[dict[str, Any]] = [one.model_dump(exclude_none=True) for one in body.checks]
    if row.told_at is not None and row.checks == checks:
        return row
    if row.told_at is not None or moment - row.begun_at > MAY_BE_TOLD:
        zh, en = "这次自测已经结束，请重新自测。", "This test is over; begin another one."
        raise Conflict("line-test-over", zh=zh, en=en)
    row.told_at, row.browser, row.checks = moment, body.browser, checks
    found: dict[str, Any] = {one.name: one.verdict for one in body.checks}
    await audit.record(session, who.id, "line.tested", f"line-test:{row.id}", after=found, request=request)
    return row
