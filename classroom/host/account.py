"""What a recording host asks of the web: pairing, its room's lessons, tickets; and telling how it is. The key lies in
one file that only its user reads."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

LOOK_SECONDS = 2.0


class NotNow(Exception):
    """Something is missing at present; the words are for the log."""


class NotPaired(Exception):
    """The key is not, or no longer, good."""


async def pair(web: httpx.AsyncClient, show: Callable[[str], None]) -> str:
    """Shows six digits and waits until somebody of the school has typed them in. The key. Raises NotNow when the ten
    minutes are over."""
    begun = answer(await web.post("/api/pairings", json={"kind": "host"}))
    show(begun["code"])
    secret = {"Authorization": f"Pairing {begun['secret']}"}
    while True:
        state = answer(await web.get(f"/api/pairings/{begun['id']}", headers=secret))
        if state["device_key"]:
            return str(state["device_key"])
        await asyncio.sleep(LOOK_SECONDS)


def keep_key(file: Path, key: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(key)


def read_key(file: Path) -> str:
    """Raises NotPaired."""
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        raise NotPaired(f"{file} is not there: pair this host first, by `songjiao host pair`.") from None


class Account:
    """Signs in with the key whenever the sign-in has ended."""

    def __init__(self, web: httpx.AsyncClient, key: str) -> None:
        self._web = web
        self._key = key

    async def live_lesson(self) -> str | None:
        """Of its room; there is one at most."""
        lessons = (await self._ask("GET", "/api/lessons", params={"state": "live"}))["items"]
        return str(lessons[0]["id"]) if lessons else None

    async def ticket(self, lesson: str) -> dict[str, Any]:
        return await self._ask("POST", f"/api/lessons/{lesson}/ticket", json={"as": "equipment"})

    async def tell(self, software: str, checks: list[dict[str, Any]]) -> None:
        await self._ask("PUT", "/api/devices/own/told", json={"software": software, "checks": checks})

    async def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Raises NotNow, NotPaired or httpx.HTTPError."""
        response = await self._web.request(method, path, **options)
        if response.status_code == 401:
            await self._sign_in()
            response = await self._web.request(method, path, **options)
        return answer(response)

    async def _sign_in(self) -> None:
        self._web.headers.pop("Authorization", None)
        response = await self._web.post("/api/sessions", json={"device_key": self._key})
        if response.status_code == 401:
            raise NotPaired("The key is no longer good: somebody has taken it back. Pair this host again.")
        self._web.headers["Authorization"] = f"Bearer {answer(response)['access_token']}"


def answer(response: httpx.Response) -> dict[str, Any]:
    """Raises NotNow with the problem document's own words."""
    if response.is_success:
        return dict(response.json()) if response.content else {}
    problem = response.headers.get("content-type", "").startswith("application/problem+json")
    words = response.json().get("detail_en") if problem else response.text[:200]
    raise NotNow(f"{response.request.url.path} answered {response.status_code}: {words}")
