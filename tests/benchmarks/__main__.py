"""`make bench`: every figure that the project promises, each beside what it was measured against in the same run.

python -m tests.benchmarks [relay|thousand|report|idle|lesson|api|timetable|publishing|glass|links|attack|fuzz …]
(when none is named: relay, idle, api and glass. report, thousand, attack, outages, failover and links write their block
of a document in docs/ besides)
"""

import sys
from collections.abc import Callable

from . import (
    api,
    attack,
    bracelets,
    failover,
    films,
    fuzz,
    glass,
    library,
    links,
    outages,
    publishing,
    recorder,
    relay,
    report,
    roster,
    scaling,
    start,
    timetable,
    tree,
)

SECONDS = 10.0


def show_relay() -> None:
    """The fan-out at growing audiences."""
    print(report.HEAD)
    for viewers in report.SIZES:
        print(report.line(relay.fan_out(viewers, SECONDS)), flush=True)


def show_idle() -> None:
    """What a peer costs that only waits."""
    found = relay.idle()
    print(
        f"{found.peers} idle peers: join {found.join_ms:.2f} ms of CPU, {found.kib_per_peer:.0f} KiB each, "
        f"then {found.ms_per_second:.3f} ms/s each",
        flush=True,
    )


def show_lesson() -> None:
    """Ten minutes, fifty rooms: nothing lost, nothing grown."""
    row, samples = relay.long_lesson()
    print(report.HEAD, report.line(row), sep="\n", flush=True)
    print("relay memory, KiB, every minute:", " ".join(map(str, samples)), flush=True)


def show_timetable() -> None:
    """The delivery timetable of a prefecture, a third and a tenth of one: 10 minutes each."""
    print(timetable.HEAD)
    for row in timetable.rows():
        print(row, flush=True)


def show_api() -> None:
    """Lists at the size of the prefecture."""
    print("| route | p50 ms | p95 ms | floor p50 ms | ratio |\n|---|--:|--:|--:|--:|")
    for timing in api.lists():
        figures = f"{timing.p50:.1f} | {timing.p95:.1f} | {timing.floor_p50:.1f} | {timing.ratio:.1f}"
        print(f"| {timing.route} | {figures} |", flush=True)


def show_glass() -> None:
    """What a village room sees and hears, on loopback."""
    found = glass.measure()
    print(
        f"{found.pictures} pictures, age on the canvas p50 {found.age_p50:.0f} ms, p95 {found.age_p95:.0f} ms; "
        f"{found.seconds_heard} ticks, picture after sound by {found.lip_median:.0f} ms (median), "
        f"apart p95 {found.lip_p95:.0f} ms (after {found.ear:.0f} ms of the measuring ear)",
        flush=True,
    )


PARTS: dict[str, Callable[[], None]] = {
    "relay": show_relay,
    "thousand": report.thousand,
    "report": report.measure,
    "idle": show_idle,
    "api": show_api,
    "timetable": show_timetable,
    "glass": show_glass,
    "links": links.show,
    "lesson": show_lesson,
    "attack": attack.show,
    "fuzz": fuzz.show,
    "tree": tree.show,
    "failover": failover.show,
    "outages": outages.show,
    "scaling": scaling.show,
    "library": library.show,
    "films": films.show,
    "bracelets": bracelets.show,
    "start": start.show,
    "publishing": publishing.show,
    "roster": roster.show,
    "recorder": recorder.show,
}
USUAL = ("relay", "idle", "api", "glass")


if __name__ == "__main__":
    for name in sys.argv[1:] or USUAL:
        print(f"\n## {name}", flush=True)
        PARTS[name]()
