"""Rooms in Chromium on bad lines: what arrives in time, what is made up, how long the picture stands."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import sync_playwright

from tests.classroom.conftest import RunningRelay, running_relay
from tests.conftest import CHROMIUM_FLAGS
from tests.journeys import links
from tests.journeys.links import Lesson, Measured
from tests.lossy import LossyProxy, Trouble

from .document import DOCS, fill
from .report import machine


class Line(NamedTuple):
    """`both` ways alike, or `down` alone; `first` seconds are left out, while the layer is being found."""

    name: str
    both: Trouble | None = None
    down: Trouble | None = None
    seconds: float = 60.0
    first: float = 10.0


LINES = (
    Line("good", Trouble()),
    Line("5 % loss each way, 80 ms round trip", Trouble(loss=0.05, delay=0.04)),
    Line("20 % loss each way, 80 ms", Trouble(loss=0.2, delay=0.04)),
    Line("5 % in bursts of 4, 80 ms", Trouble(loss=0.05, burst=4.0, delay=0.04)),
    Line("5 % reordered by 30 ms, 5 % twice", Trouble(reorder=0.05, duplicate=0.05, delay=0.04)),
    Line("300 ms jitter", Trouble(jitter=0.3)),
    Line("1 Mbit/s", down=Trouble(rate=1_000_000, queue=30_000)),
    Line("300 kbit/s", down=Trouble(rate=300_000, queue=15_000)),
    Line("100 kbit/s", down=Trouble(rate=100_000, queue=8000)),
    Line("40 kbit/s", down=Trouble(rate=40_000, queue=4000), seconds=300.0),
)


@contextmanager
def on_the_air() -> Iterator[tuple[RunningRelay, Lesson]]:
    folder = Path(tempfile.mkdtemp())
    with running_relay(folder) as relay, sync_playwright() as playwright:
        flags = [*CHROMIUM_FLAGS, *links.FLAGS]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=flags)
        lesson = Lesson(relay, browser, "links")
        lesson.teach()
        lesson.teach(thin=True)
        time.sleep(3.0)
        yield relay, lesson
        browser.close()


def table(seconds: float | None = None, only: str = "") -> Iterator[tuple[Line, Measured]]:
    with on_the_air() as (relay, lesson):
        for seed, line in enumerate(LINES):
            if only not in line.name:
                continue
            up, down = line.both or Trouble(), line.both or line.down or Trouble()
            with LossyProxy(relay.media, up, down, seed) as proxy:
                room = lesson.join(proxy)
                time.sleep(line.first)
                yield line, links.measure(room, proxy, seconds or line.seconds)
                room.page.close()


def outage() -> float:
    """Seconds from the end of three without a packet to the next picture, in the same session."""
    with on_the_air() as (relay, lesson), LossyProxy(relay.media, Trouble(), Trouble()) as proxy:
        room = lesson.join(proxy)
        time.sleep(8.0)
        proxy.up.trouble = proxy.down.trouble = Trouble(cut=True)
        time.sleep(3.0)
        before = room.look().frames
        proxy.up.trouble = proxy.down.trouble = Trouble()
        began = time.monotonic()
        links.until(lambda: room.look().frames > before, 30, lambda: str(room.look()))
        return time.monotonic() - began


HEAD = (
    "| line | voice in 200 ms | voice at all | made up | pictures/s | still, s | height | kbit/s |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|"
)


def show() -> None:
    """Rooms in Chromium on bad lines, a minute each, five for the narrowest; written to docs/links.md."""
    lines = [f"{machine()}; load before it {os.getloadavg()[0]:.1f}.", "", HEAD]
    print(HEAD, flush=True)
    for line, found in table():
        lines.append(
            f"| {line.name} | {found.in_time:.2%} | {found.heard:.2%} | {found.concealed:.2%} | {found.fps:.1f} "
            f"| {found.longest:.2f} | {found.height} | {found.kbps:.0f} |"
        )
        print(lines[-1], flush=True)
    lines += ["", f"After 3 s without a packet the next picture is there {outage():.1f} s after the line is back."]
    print(lines[-1], flush=True)
    fill(DOCS / "links.md", "links", "\n".join(lines))
