"""Requests that come all at once begin one per turn of the loop."""

import asyncio
from collections.abc import MutableMapping
from itertools import pairwise
from typing import Any

from starlette.types import Receive, Scope, Send

from classroom.relay.turnstile import Turnstile

Message = MutableMapping[str, Any]


class Door:
    """Writes down what happens; a request named `slow` never gets its body."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.never = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen.append(scope["path"])
        if scope["path"] == "slow":
            await self.never.wait()


async def _receive() -> Message:
    return {}


async def _send(_: Message) -> None:
    return None


async def test_between_two_requests_the_loop_serves_others() -> None:
    door = Door()
    turnstile = Turnstile(door)
    tasks = [asyncio.create_task(turnstile({"type": "http", "path": str(at)}, _receive, _send)) for at in range(20)]
    begun = []
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        begun.append(len(door.seen))
    assert door.seen == [str(at) for at in range(20)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(begun))


async def test_who_never_sends_its_body_holds_up_nobody() -> None:
    door = Door()
    turnstile = Turnstile(door)
    slow = [asyncio.create_task(turnstile({"type": "http", "path": "slow"}, _receive, _send)) for _ in range(50)]
    await asyncio.wait_for(turnstile({"type": "http", "path": "quick"}, _receive, _send), 1.0)
    assert door.seen == ["slow"] * 50 + ["quick"]
    for task in slow:
        task.cancel()


async def test_who_goes_away_while_waiting_is_passed_over() -> None:
    door = Door()
    turnstile = Turnstile(door)
    tasks = [asyncio.create_task(turnstile({"type": "http", "path": str(at)}, _receive, _send)) for at in range(4)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.wait(tasks)
    assert door.seen == ["0", "1", "3"]


async def test_other_scopes_pass_at_once() -> None:
    door = Door()
    await Turnstile(door)({"type": "lifespan", "path": "start"}, _receive, _send)
    assert door.seen == ["start"]
