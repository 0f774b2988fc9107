"""Bytes without sense, for measuring what a line carries by web in each direction. They cannot be packed smaller."""

import asyncio
import os
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

from core.errors import TooLarge

BLOCK = os.urandom(64 * 1024)
DOWN_BLOCKS = 64
UP_BYTES = 1024 * 1024
PATIENCE = 10.0
"""Seconds for the way up. A page breaks off after three; what came until then has told it enough."""


async def blocks() -> AsyncIterator[bytes]:
    for _ in range(DOWN_BLOCKS):
        yield BLOCK


async def swallow(request: Request) -> None:
    """Reads the body and keeps nothing of it. Raises TooLarge; one that comes too slowly is left where it is."""
    taken = 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                taken += len(chunk)
                if taken > UP_BYTES:
                    raise TooLarge("noise-too-large", zh="测试数据超过 1 MB。", en="More than 1 MB of test data.")
    except (TimeoutError, ClientDisconnect):
        return
