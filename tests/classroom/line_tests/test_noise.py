"""A body that comes too slowly keeps no request open."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from starlette.requests import Request

from classroom.line_tests import noise


async def test_a_body_that_stalls_is_left_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noise, "PATIENCE", 0.05)
    coming = iter([{"type": "http.request", "body": b"noise", "more_body": True}])

    async def receive() -> MutableMapping[str, Any]:
        for message in coming:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    async with asyncio.timeout(5):
        await noise.swallow(Request({"type": "http", "method": "POST", "headers": []}, receive))
