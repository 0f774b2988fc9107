"""Recorders share the lessons by what they say in Valkey."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from classroom.interaction.log import LessonLog
from classroom.recorder.leases import Leases
from core.valkey import connect

LESSON = "lesson-1"
FACT = {"state": "on", "slots": ["teacher"], "since": None}


@pytest.fixture
async def valkey(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


async def test_a_lesson_belongs_to_whoever_took_it_first(valkey: Redis) -> None:
    one, other = Leases(valkey, "one", "http://one"), Leases(valkey, "other", "http://other")
    assert await one.take(LESSON)
    assert not await other.take(LESSON)
    assert await one.take(LESSON)
    await one.give_back(LESSON)
    assert await other.take(LESSON)


async def test_the_next_process_of_the_same_name_goes_on(valkey: Redis) -> None:
    assert await Leases(valkey, "one", "http://old").take(LESSON)
    assert await Leases(valkey, "one", "http://new").take(LESSON)


async def test_without_valkey_everything_is_recorded() -> None:
    assert await Leases(None, "one", "http://one").take(LESSON)
    async with connect("redis://127.0.0.1:9/0") as nobody:
        assert await Leases(nobody, "one", "http://one").take(LESSON)


async def test_pages_are_told_when_something_changes_and_again_when_valkey_forgot(valkey: Redis) -> None:
    leases, log = Leases(valkey, "one", "http://one"), LessonLog(valkey)
    await leases.live()
    for _ in range(3):
        await leases.tell(LESSON, FACT)
    first, [entry] = await log.state(LESSON)
    assert (entry.type, entry.body) == ("recording", FACT)
    await leases.tell(LESSON, FACT)
    assert (await log.state(LESSON))[0] == first
    await valkey.flushdb()
    await leases.live()
    await leases.tell(LESSON, FACT)
    assert [one.body for one in (await log.state(LESSON))[1]] == [FACT]
    await leases.tell(LESSON, None)
    assert (await log.state(LESSON))[1] == []
