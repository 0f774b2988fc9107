"""Clients that know only the contract: an address, a ticket, WHIP and WHEP.

Chromium is driven by Playwright, Firefox by Marionette.
Both show one small face (`call`), so that a test reads the same whichever browser it drives.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Page

CLIENT = (Path(__file__).parent / "client.js").read_text()


class Client(Protocol):
    """A browser page with `client.js` in it."""

    def call(self, expression: str, *arguments: Any) -> Any: ...


class ChromiumClient:
    """The tests' client in a Chromium page that is on the web's own address (a secure context)."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)
        page.evaluate(f"() => {{ {CLIENT} }}")

    def call(self, expression: str, *arguments: Any) -> Any:
        return self.page.evaluate(f"(given) => ({expression})(window.songjiaoClient, ...given)", list(arguments))


def publish(client: Client, ticket: dict[str, Any], codec: str = "VP8", slot: str | None = None) -> dict[str, Any]:
    """Send the fake camera and microphone. → {status, problem?}"""
    url = ticket["whip_url"] + (f"?slot={slot}" if slot else "")
    answer: dict[str, Any] = client.call("(c, ...a) => c.publish(...a)", url, ticket["ticket"], codec)
    return answer


def watch(client: Client, ticket: dict[str, Any]) -> dict[str, Any]:
    """Ask for the main picture and its sound. → {status, problem?}"""
    answer: dict[str, Any] = client.call("(c, ...a) => c.watch(...a)", ticket["whep_url"], ticket["ticket"])
    return answer


def stats(client: Client, name: str) -> dict[str, Any]:
    """`up` or `down` → {state, audio: {…}, video: {packets, frames, freezes, codec …}}"""
    found: dict[str, Any] = client.call("(c, name) => c.stats(name)", name)
    return found


def leave(client: Client, name: str) -> int:
    """Close and DELETE. → the status of the DELETE."""
    status: int = client.call("(c, name) => c.leave(name)", name)
    return status


def plays(client: Client, frames: int = 25, seconds: float = 20.0) -> dict[str, Any]:
    """Wait until `frames` more pictures are decoded and the sound has gained energy. → the last statistics."""
    first = until(lambda: _moving(stats(client, "down")), seconds, lambda: f"nothing came: {stats(client, 'down')}")
    last: dict[str, Any] = until(
        lambda: _gained(first, stats(client, "down"), frames), seconds, lambda: f"it stopped: {stats(client, 'down')}"
    )
    return last


def _moving(found: dict[str, Any]) -> dict[str, Any] | None:
    video, audio = found.get("video") or {}, found.get("audio") or {}
    return found if video.get("frames") and audio.get("packets") else None


def _gained(first: dict[str, Any], now: dict[str, Any], frames: int) -> dict[str, Any] | None:
    more = now["video"]["frames"] - first["video"]["frames"] >= frames
    louder = now["audio"]["energy"] > first["audio"]["energy"]
    return now if more and louder else None


def until(read: Callable[[], Any], seconds: float, complaint: Callable[[], str] = lambda: "it did not happen") -> Any:
    """Ask every 100 ms until the answer is true; an AssertionError with the complaint after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = read()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(complaint())
