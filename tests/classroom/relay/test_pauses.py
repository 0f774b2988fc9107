"""A pause holds at the relay: nothing leaves, and it goes on where it was."""

import asyncio
from contextlib import suppress

from classroom.interaction.log import LessonLog
from classroom.relay.counters import Counters
from classroom.relay.fanout_plain import PlainFanout
from classroom.relay.pauses import Pauses
from classroom.relay.sessions import Sessions
from classroom.transport.port import MediaPort
from core import valkey
from tests.classroom.relay.layered import LayeredTeacher, NarrowViewer
from tests.classroom.relay.peers import World


def test_while_it_is_paused_nothing_leaves_and_then_all_goes_on_as_one_stream() -> None:
    world = World()
    LayeredTeacher(world)
    viewer = NarrowViewer(world)
    world.run(12.0)
    world.lesson.pause(True, world.now)
    world.run(0.1)
    seen = len(viewer.seen), len(viewer.voices)
    late = NarrowViewer(world)
    world.run(5.0)
    assert (len(viewer.seen), len(viewer.voices)) == seen
    assert not late.seen
    world.lesson.pause(False, world.now)
    world.run(1.0)
    assert viewer.layers(0.5) == {"f"}
    assert late.layers(0.5) == {"q"}
    assert viewer.video.holes() == viewer.audio.holes() == 0


async def test_the_relay_hears_the_pause_of_each_lesson_that_is_here(redis_url: str) -> None:
    client, loop = valkey.connect(redis_url), asyncio.get_running_loop()
    lesson_log, port, counters = LessonLog(client), MediaPort.open(["127.0.0.1"], 0, lambda: 1.0), Counters()
    port.attach(loop)
    sessions = Sessions(port, PlainFanout(counters), counters, advertised=["127.0.0.1"], most_per_ticket=9)
    await lesson_log.append("early", "paused", "", {"paused": True})
    world = World()
    sessions.lessons["early"] = world.lesson
    following = asyncio.create_task(Pauses(lesson_log, sessions, lambda: 1.0).run())
    try:
        await until(lambda: world.lesson.paused)
        await lesson_log.append("early", "paused", "", {"paused": False})
        await until(lambda: not world.lesson.paused)
        late = World().lesson
        sessions.lessons["late"] = late
        await asyncio.sleep(0.7)
        await client.publish("songjiao:{late}:news", "no fact")
        await lesson_log.append("late", "paused", "", {"paused": True})
        await until(lambda: late.paused)
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await client.aclose()
        port.detach(loop)


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.02)
