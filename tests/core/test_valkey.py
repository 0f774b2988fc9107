import asyncio
from contextlib import suppress

from core import valkey


async def test_a_task_that_swallows_a_cancellation_is_ended_all_the_same() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        swallowed += 1
        await asyncio.Event().wait()

    tasks = [asyncio.create_task(stubborn()) for _ in range(2)]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await valkey.end(tasks)
    assert swallowed == 2
    assert all(task.cancelled() for task in tasks)


async def test_ending_nothing_is_done_at_once() -> None:
    await valkey.end([])
