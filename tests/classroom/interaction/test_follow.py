"""The one reader of a web process, where pages come while it connects to Valkey."""

import asyncio

from classroom.interaction.follow import Follower
from classroom.interaction.log import LessonLog
from classroom.interaction.outbox import Outbox
from core import valkey
from tests.classroom.interaction.conftest import ticket

MOMENTS = 30


async def test_a_page_that_comes_while_the_reader_connects_hears_of_its_lesson(redis_url: str) -> None:
    """At each step of the connecting another page comes, as after a restart of the web, when all of them come."""
    client = valkey.connect(redis_url)
    follower = Follower(LessonLog(client))
    running = asyncio.create_task(follower.run())
    joining = []
    for moment in range(MOMENTS):
        joining.append(asyncio.create_task(follower.join(f"l{moment}", Outbox(ticket()))))
        await asyncio.sleep(0)
    feeds = await asyncio.gather(*joining)
    try:
        async with asyncio.timeout(20):
            for feed in feeds:
                await feed.known.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await client.aclose()
