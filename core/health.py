"""`GET /api/health`: each part asked at once; 200 when all answer, 503 otherwise.

Relays, recorders, workers and beat are asked through the keys that they renew in Valkey: they may stand in other
networks.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any

from fastapi import APIRouter, Response
from redis.asyncio import Redis

from core import alive, database
from core.connections import Connections, Ground
from core.settings import RelaysSettings, load

SECONDS = 3.0

router = APIRouter()


@router.get("/api/health", tags=["system"])
async def health(ground: Ground, response: Response) -> dict[str, Any]:
    """Open to all. `parts` has one word a part: ok, or what is wrong with it."""
    parts = await ask(ground, list(load(RelaysSettings).relays))
    well = all(state == "ok" for state in parts.values())
    response.status_code = 200 if well else 503
    response.headers["Cache-Control"] = "no-store"
    return {"status": "ok" if well else "degraded", "parts": parts}


async def ask(ground: Connections, relays: list[str]) -> dict[str, str]:
    questions: dict[str, Awaitable[Any]] = {
        "database": database.answers(ground.engine),
        "redis": ground.valkey.ping(),
        "store": ground.store.answers(),
        "relay": _relays(ground.valkey, relays),
        "worker": _any(ground.valkey, alive.WORKER),
        "beat": _beat(ground.valkey),
        "recorder": _any(ground.valkey, alive.RECORDER),
    }
    states = await asyncio.gather(*(_state(question) for question in questions.values()))
    return dict(zip(questions, states, strict=True))


class _Down(Exception):
    pass


async def _state(question: Awaitable[Any]) -> str:
    try:
        await asyncio.wait_for(question, SECONDS)
    except _Down as down:
        return str(down)
    except Exception:
        # Whatever a part raises, the answer is the same; a reason could tell a stranger addresses and versions.
        return "down"
    return "ok"


async def _relays(valkey: Redis, names: list[str]) -> None:
    beating = await valkey.mget([alive.RELAY.format(name=name) for name in names])
    silent = [name for name, beat in zip(names, beating, strict=True) if beat is None]
    if silent:
        raise _Down(f"down: {', '.join(silent)}")


async def _any(valkey: Redis, key: str) -> None:
    async for _ in valkey.scan_iter(match=key.format(name="*"), count=1000):
        return
    raise _Down("down")


async def _beat(valkey: Redis) -> None:
    if not await valkey.exists(alive.BEAT):
        raise _Down("down")
