"""From the clock in the sent picture to the receiver's canvas, and lip-sync: the made lesson in Chromium."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM_FLAGS
from tests.house import running
from tests.journeys import lessons, third_party
from tests.journeys.third_party import ChromiumClient

from .viewers import percentile

SCRIPT = (Path(__file__).parent / "glass.js").read_text()
SETTLE_SECONDS = 5.0


@dataclass(frozen=True)
class Glass:
    """Milliseconds. `lip` is how far flash and tick lie apart: median with sign, 95th percentile without. The delay of
    the measuring ear itself, `ear`, is taken off."""

    pictures: int
    age_p50: float
    age_p95: float
    seconds_heard: int
    lip_median: float
    lip_p95: float
    ear: float


def measure(seconds: float = 30.0) -> Glass:
    """Watch the demo lesson for `seconds`, after it has settled."""
    with tempfile.TemporaryDirectory() as data, running(Path(data), "--demo") as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*CHROMIUM_FLAGS, "--autoplay-policy=no-user-gesture-required"]
        )
        client = ChromiumClient(browser.new_page(), house.url)
        assert third_party.watch(client, lessons.ticket(house, "village", "classroom"))["status"] == 201
        third_party.plays(client, seconds=60)
        time.sleep(SETTLE_SECONDS)
        client.page.evaluate(f"() => {{ {SCRIPT} }}")
        client.page.evaluate("() => window.glass.begin()")
        time.sleep(seconds)
        found = client.page.evaluate("() => window.glass.read()")
        browser.close()
    ages, offsets = found["ages"], found["offsets"]
    return Glass(
        len(ages), percentile(ages, 0.5), percentile(ages, 0.95), len(offsets), percentile(offsets, 0.5),
        percentile([abs(one) for one in offsets], 0.95), found["late"],
    )  # fmt: skip
