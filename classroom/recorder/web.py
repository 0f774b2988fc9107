"""What the recorder asks of the web: which lessons to record, tickets, and the library's upload API. It signs in with
its service key, as README.md of `resources/` describes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

PATIENCE = httpx.Timeout(10.0, connect=2.0)
SENDING = httpx.Timeout(60.0, connect=2.0)
PAGE = 100


class Away(Exception):
    """The web, or the store, does not answer now; later it may."""


class Refused(Exception):
    """An answer that asking again does not change; `code` as in the problem document."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status, self.code = status, code


class StoreForgot(Exception):
    """Parts that it took are not there any more: its machine died before they were on its disk."""


@dataclass(frozen=True)
class Grown:
    """An upload that grows with its take: how many bytes of each part the store has."""

    id: str
    slot: str
    number: int
    received: dict[int, int]
    completed: bool


class Web:
    def __init__(self, http: httpx.AsyncClient, url: str, service_key: str) -> None:
        self._http = http
        self._url = url
        self._key = service_key
        self._token = ""
        self._signing = asyncio.Lock()

    async def live_lessons(self) -> list[dict[str, Any]]:
        """All that are live now, as the API tells them."""
        found: list[dict[str, Any]] = []
        query: dict[str, Any] = {"state": "live", "limit": PAGE}
        while True:
            page = await self.ask("GET", "/api/lessons", params=query)
            found += page["items"]
            if not page["next"]:
                return found
            query["after"] = page["next"]

    async def lesson(self, lesson: str) -> dict[str, Any]:
        return await self.ask("GET", f"/api/lessons/{lesson}")

    async def ticket(self, lesson: str) -> dict[str, Any]:
        return await self.ask("POST", f"/api/lessons/{lesson}/ticket", json={"as": "recorder"})

    async def records_rooms(self, lesson: str) -> bool:
        """Whether its policy names the interactive rooms, and all their families agree."""
        return bool((await self.ask("GET", f"/api/recordings/{lesson}/rooms"))["recorded"])

    async def forget_rooms(self, lesson: str) -> None:
        await self.ask("DELETE", f"/api/recordings/{lesson}/rooms")

    async def begin(self, lesson: str) -> list[Grown]:
        """Opens the recording in the library, or finds it open; its uploads."""
        said = await self.ask("PUT", f"/api/recordings/{lesson}")
        if said["stage"] != "sending":
            raise Refused(409, "recording-over")
        return [_grown(one) for one in said["uploads"]]

    async def track(self, lesson: str, slot: str, number: int, content_type: str) -> Grown:
        body = {"track": slot, "take": number, "content_type": content_type}
        one = _grown(await self.ask("POST", f"/api/recordings/{lesson}/tracks", json=body))
        return _grown(await self.ask("GET", f"/api/uploads/{one.id}"))

    async def send_part(self, upload: str, number: int, data: bytes) -> None:
        said = await self.ask("POST", f"/api/uploads/{upload}/parts", json={"parts": [{"number": number}]})
        with _patience():
            answer = await self._http.put(said["items"][0]["url"], content=data, timeout=SENDING)
            if answer.status_code == 404:
                raise StoreForgot(f"the store does not know part {number}'s upload")
            if not answer.is_success:
                raise Away(f"the store answered {answer.status_code}")

    async def end_track(self, upload: str, parts: int, fragments: list[list[int]]) -> None:
        body = {"parts": parts, "fragments": fragments}
        try:
            await self.ask("POST", f"/api/uploads/{upload}/complete", json=body)
        except Refused as refusal:
            if refusal.code in ("parts-missing", "upload-unknown"):
                raise StoreForgot(refusal.code) from None
            raise

    async def complete(self, lesson: str, seconds: float, chapters: list[dict[str, Any]]) -> None:
        body = {"seconds": seconds, "chapters": chapters}
        await self.ask("POST", f"/api/recordings/{lesson}/complete", json=body)

    async def report(self, lesson: str, trouble: str | None) -> None:
        """Something of a recording does not go as it should, or does again; the bureau is told."""
        await self.ask("POST", f"/api/recordings/{lesson}/trouble", json={"trouble": trouble})

    async def ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Raises Away or Refused."""
        used = self._token
        answer = await self._request(method, path, **options) if used else None
        if answer is None or answer.status_code == 401:
            await self._sign_in(used)
            answer = await self._request(method, path, **options)
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Away(f"{path} answered {answer.status_code}")
        if not answer.is_success:
            raise Refused(answer.status_code, str(_json(answer).get("code", "")))
        return _json(answer)

    async def _sign_in(self, used: str) -> None:
        async with self._signing:
            if self._token != used:
                return  # somebody else was faster
            answer = await self._request("POST", "/api/sessions", json={"service_key": self._key})
            if answer.status_code != 201:
                raise Away(f"sign-in answered {answer.status_code}")
            self._token = str(answer.json()["access_token"])

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        with _patience():
            return await self._http.request(method, f"{self._url}{path}", headers=headers, timeout=PATIENCE, **options)


@contextmanager
def _patience() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, OSError) as error:
        raise Away(str(error) or type(error).__name__) from None


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        return dict(answer.json()) if answer.content else {}
    except ValueError:
        return {}


def _grown(said: dict[str, Any]) -> Grown:
    received = {one["number"]: one["size"] for one in said["received"]}
    return Grown(said["id"], said["track"], said["take"], received, said["completed"])
