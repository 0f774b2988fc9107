"""One request per turn of the event loop, so that a class that joins all at once never holds up the media between."""

from __future__ import annotations

import asyncio
from collections import deque

from starlette.types import ASGIApp, Receive, Scope, Send


class Turnstile:
    """ASGI middleware. Requests begin in the order of their coming; one that waits for its body holds up nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._turning = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._pass()
        await self.app(scope, receive, send)

    async def _pass(self) -> None:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        if not self._turning:
            self._turning = True
            self._turn(loop)
        await turn

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Who has gone away while waiting has no turn."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                loop.call_soon(self._turn, loop)
                return
        self._turning = False
