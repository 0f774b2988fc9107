"""A relay, Chromium and Firefox in a network namespace of their own; run by test_firefox.py, prints one JSON line.

Firefox offers no loopback address when a page has no camera, so the namespace has one more link, from itself to itself.

    unshare --net python -m tests.journeys.firefox_lessons
"""

import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from core.embedded.ports import free_port
from tests.classroom.conftest import SECRET, RunningRelay, make_ticket, viewer_ticket
from tests.conftest import CHROMIUM_FLAGS
from tests.journeys import third_party
from tests.journeys.firefox import firefox
from tests.journeys.third_party import ChromiumClient, Client

ADDRESS = "10.77.0.1"
LINKS = (
    "link set lo up",
    "link add to-village type veth peer name to-town",
    f"addr add {ADDRESS}/24 dev to-village",
    "link set to-village up",
    "link set to-town up",
    "route add default via 10.77.0.254",
)


def lesson(relay: RunningRelay, name: str, teacher: Client, room: Client) -> dict[str, Any]:
    """The teacher publishes VP8 and Opus, the room watches. → the room's statistics after 25 more pictures."""
    publishing = {"whip_url": relay.whip(name), "ticket": relay.sign(make_ticket(lesson=name))}
    watching = {"whep_url": relay.whep(name), "ticket": relay.sign(viewer_ticket(lesson=name))}
    assert third_party.publish(teacher, publishing, "VP8")["status"] == 201
    assert third_party.watch(room, watching)["status"] == 201
    found = third_party.plays(room, seconds=60)
    assert third_party.leave(room, "down") == 200
    assert third_party.leave(teacher, "up") == 200
    return found


@contextmanager
def empty_page() -> Iterator[str]:
    """An address with nothing on it, so that the browsers have a secure context. → its URL."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index.html").write_text("<!doctype html><title>-</title>")

        def make(*given: Any) -> http.server.SimpleHTTPRequestHandler:
            return Quiet(*given, directory=folder)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), make)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Standard output and error are for the result and for faults."""

    def log_message(self, *_: object) -> None:
        return


def both_ways() -> dict[str, Any]:
    """Chromium teaches Firefox, then Firefox teaches Chromium."""
    with tempfile.TemporaryDirectory() as folder, empty_page() as page, sync_playwright() as playwright:
        variables = {"SONGJIAO_SECRET_KEY": SECRET, "SONGJIAO_MEDIA_ADDRESSES": ADDRESS, "SONGJIAO_ORIGINS": page}
        relay = RunningRelay(free_port(), free_port(), {**os.environ, **variables}, Path(folder) / "relay.log")
        relay.start()
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        chromium = ChromiumClient(browser.new_context(permissions=["camera", "microphone"]).new_page(), page)
        try:
            with firefox(free_port()) as fox:
                fox.open(page)
                return {
                    "to_firefox": lesson(relay, "to-firefox", chromium, fox),
                    "to_chromium": lesson(relay, "to-chromium", fox, chromium),
                }
        finally:
            browser.close()
            relay.stop()


if __name__ == "__main__":
    for link in LINKS:
        subprocess.run(["ip", *link.split()], check=True)
    result = both_ways()
    sys.stdout.write(f"\n{json.dumps(result)}\n")
