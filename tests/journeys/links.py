"""A lesson in Chromium over bad lines: a teacher's page, rooms' pages, and a proxy of troubles between."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route

from tests.classroom.conftest import RunningRelay, make_ticket, viewer_ticket
from tests.lossy import Book, LossyProxy, Trouble

CLIENT = (Path(__file__).parent / "links.js").read_text()
RED = 63
DUE = 0.2
FLAGS = ["--autoplay-policy=no-user-gesture-required", "--disable-background-timer-throttling"]


@dataclass
class Look:
    """What a room has got since it began, as the browser counts it."""

    packets: int
    concealed: int
    sound: int
    frames: int
    freezes: int
    frozen: float
    height: int
    state: str
    longest: float
    """Seconds without a new picture since the look before."""


class Lesson:
    """`teach` once, then `join` rooms."""

    def __init__(self, relay: RunningRelay, browser: Browser, name: str) -> None:
        self.relay = relay
        self.name = name
        self._context = browser.new_context()
        self._teacher = self._page()
        self._pages: list[Page] = [self._teacher]

    def _page(self) -> Page:
        page = self._context.new_page()
        page.goto(f"{self.relay.url}/api/health")
        page.evaluate(f"() => {{ {CLIENT} }}")
        return page

    def close(self) -> None:
        self._context.close()

    def teach(self, **options: Any) -> str:
        """→ the answer."""
        ticket = self.relay.sign(make_ticket(lesson=self.name))
        url = self.relay.whip(self.name) + ("?slot=voice" if options.get("thin") else "")
        answer: str = self._teacher.evaluate("(a) => links.publish(...a)", [url, ticket, options])
        return answer

    def sent(self, name: str = "up") -> dict[str, Any]:
        found: dict[str, Any] = self._teacher.evaluate("(name) => links.stats(name)", name)
        return found

    def join(self, proxy: LossyProxy | None = None, query: str = "", **ways: bool) -> Room:
        """`ways`: `turn`, by coturn alone; `tcp`, the proxy stands in the way of UDP only."""
        page = self._page()
        self._pages.append(page)
        ticket = self.relay.sign(viewer_ticket(lesson=self.name))
        options = {**ways, **({"port": proxy.port} if proxy else {})}
        answer = page.evaluate("(a) => links.watch(...a)", [self.relay.whep(self.name) + query, ticket, options])
        return Room(page, proxy, answer)


class Room:
    def __init__(self, page: Page, proxy: LossyProxy | None, answer: str) -> None:
        self.page = page
        self.answer = answer
        sections = answer.split("m=")
        self.ssrcs = {part.split(" ")[0]: int(part.split("a=ssrc:")[1].split(" ")[0]) for part in sections[1:]}
        self.voice: Book | None = proxy.watch(self.ssrcs["audio"], RED) if proxy else None

    def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("() => links.stats('down')")
        return found

    def look(self) -> Look:
        found = self.stats()
        audio, video = found.get("audio", {}), found.get("video", {})
        return Look(
            packets=audio.get("packetsReceived", 0),
            concealed=audio.get("concealedSamples", 0) - audio.get("silentConcealedSamples", 0),
            sound=audio.get("totalSamplesReceived", 0),
            frames=video.get("framesDecoded", 0),
            freezes=video.get("freezeCount", 0),
            frozen=video.get("totalFreezesDuration", 0.0),
            height=video.get("frameHeight", 0),
            state=found["state"],
            longest=(found.get("longest") or 0.0) / 1000,
        )


@dataclass
class Measured:
    """Of one room on one line. `in_time`: share of the voice packets that arrived within 200 ms of their due time, the
    line's own delay aside; `heard`: of those that arrived at all; `concealed`: share of the sound that was made up;
    `longest`: seconds without a new picture."""

    in_time: float
    heard: float
    concealed: float
    fps: float
    freezes: int
    longest: float
    height: int
    kbps: float
    connected: bool


def measure(room: Room, proxy: LossyProxy, seconds: float) -> Measured:
    """What happens from now on."""
    assert room.voice is not None
    first, begun, down = room.voice.newest, room.look(), proxy.down_bytes
    time.sleep(seconds)
    last, end = room.voice.newest, room.look()
    time.sleep(0.5 + proxy.down.trouble.delay + proxy.down.trouble.jitter)
    return Measured(
        in_time=room.voice.in_time(DUE + proxy.down.trouble.delay, first + 1, last),
        heard=room.voice.in_time(60.0, first + 1, last),
        concealed=(end.concealed - begun.concealed) / max(1, end.sound - begun.sound),
        fps=(end.frames - begun.frames) / seconds,
        freezes=end.freezes - begun.freezes,
        longest=end.longest,
        height=end.height,
        kbps=(proxy.down_bytes - down) * 8 / 1000 / seconds,
        connected=end.state == "connected",
    )


def until(read: Callable[[], Any], seconds: float, complaint: Callable[[], str]) -> Any:
    """Ask every 200 ms until the answer is true; an AssertionError with the complaint after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = read()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError(complaint())


class Led:
    """Leads a page's media through a proxy, by the port in the relay's answers."""

    def __init__(self, page: Page, *, up: Trouble | None = None, down: Trouble | None = None) -> None:
        self.up, self.down = up or Trouble(), down or Trouble()
        self._proxy: LossyProxy | None = None
        page.route(re.compile("/(whep|whip)/"), self._lead)

    def close(self) -> None:
        if self._proxy is not None:
            self._proxy.__exit__()

    def _lead(self, route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        answer = route.fetch()
        text = answer.text()
        if self._proxy is None:
            [port, *_] = re.findall(r"a=candidate:\S+ 1 udp \d+ \S+ (\d+)", text)
            self._proxy = LossyProxy(int(port), self.up, self.down)
            self._proxy.__enter__()
        led = re.sub(r"(a=candidate:\S+ 1 udp \d+ \S+) \d+", rf"\1 {self._proxy.port}", text)
        led = re.sub(r"a=candidate:\S+ 1 tcp .*\r\n", "", led)
        return route.fulfill(response=answer, body=led)
