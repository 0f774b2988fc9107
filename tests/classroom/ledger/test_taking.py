"""From a relay's spool over Valkey into the database, exactly once."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from classroom.cascade.deliver import AGAIN, STREAM, Delivery
from classroom.cascade.spool import Spool
from classroom.ledger import taking
from classroom.ledger.models import RelayLeg
from tests.admin.cast import Desk
from tests.classroom.cascade.cards import entry


async def take(desk: Desk) -> int:
    async with desk.ground.transaction() as session:
        return await taking.take(session, desk.ground)


async def rows(desk: Desk) -> list[dict[str, Any]]:
    async with desk.ground.transaction() as session:
        found = (await session.scalars(select(RelayLeg).order_by(RelayLeg.id))).all()
        return [{"id": row.id.int, "bytes": row.bytes, "child": row.child} for row in found]


def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path, "school-1")


async def test_a_leg_goes_from_the_spool_into_the_database_and_is_then_forgotten(desk: Desk, tmp_path: Path) -> None:
    kept = spool(tmp_path)
    kept.put(entry(1))
    delivery = Delivery(desk.ground.valkey, kept)
    await delivery.deliver(0.0)
    assert len(kept) == 1
    assert await take(desk) == 1
    await delivery.deliver(2.0)
    assert len(kept) == 0
    assert await rows(desk) == [{"id": 1, "bytes": 5000, "child": "school-1"}]
    assert await desk.ground.valkey.xlen(STREAM) == 0


async def test_totals_grow_and_never_fall_back(desk: Desk, tmp_path: Path) -> None:
    async with desk.ground.transaction() as session:
        await taking.write(session, [entry(1, until=160.0, octets=9000), entry(1, until=100.0)])
        await taking.write(session, [entry(1, until=100.0, octets=5000)])
    assert await rows(desk) == [{"id": 1, "bytes": 9000, "child": "school-1"}]


async def test_a_valkey_that_lost_its_memory_is_told_again(desk: Desk, tmp_path: Path) -> None:
    kept = spool(tmp_path)
    kept.put(entry(1))
    delivery = Delivery(desk.ground.valkey, kept)
    await delivery.deliver(0.0)
    await desk.ground.valkey.flushdb()
    await delivery.deliver(2.0)
    assert await take(desk) == 0
    await delivery.deliver(AGAIN + 1.0)
    assert await take(desk) == 1


async def test_told_twice_is_written_once(desk: Desk, tmp_path: Path) -> None:
    for _ in range(2):
        kept = spool(tmp_path)
        kept.put(entry(1))
        await Delivery(desk.ground.valkey, kept).deliver(0.0)
    assert await take(desk) == 2
    assert len(await rows(desk)) == 1


async def test_a_lesson_of_no_house_is_taken_and_left_out(desk: Desk, tmp_path: Path) -> None:
    kept = spool(tmp_path)
    kept.put(entry(1, lesson="lesson-1"))
    delivery = Delivery(desk.ground.valkey, kept)
    await delivery.deliver(0.0)
    await take(desk)
    await delivery.deliver(2.0)
    assert len(kept) == 0
    assert await rows(desk) == []


async def test_what_nobody_can_read_does_not_stop_the_stream(desk: Desk, tmp_path: Path) -> None:
    await desk.ground.valkey.xadd(STREAM, {"entry": "{}"})
    await desk.ground.valkey.xadd(STREAM, {"other": "1"})
    assert await take(desk) == 0
    assert await desk.ground.valkey.xlen(STREAM) == 0
