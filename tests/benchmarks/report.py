"""The relay's table with its picture and its targets, printed and written to docs/performance.md.

make bench ARGS="report"        every size of audience, Janus where it is installed, an idle peer
make bench ARGS="thousand"      a thousand viewers on one core, and over two sibling relays
"""

import os
import platform
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import janus, relay
from .chart import Line, chart
from .document import DOCS, fill
from .process import steal

SIZES = (10, 50, 100, 200, 400, 800)
OTHERS = (50, 200)
SECONDS = 8.0
THOUSAND_SECONDS = 10.0
DOCUMENT = DOCS / "performance.md"

HEAD = (
    "| viewers | µs/packet | floor µs | ratio | packets/s | lost | latency p50/p95/p99 ms | join burst p50/p95 ms "
    "| KiB/viewer | core |\n" + "|--:" * 10 + "|"
)


def line(row: relay.Row, name: str = "") -> str:
    latency = "/".join(f"{value:.1f}" for value in row.latency_ms)
    joins = "/".join(f"{value:.0f}" for value in row.first_video_ms)
    ratio = row.us_per_packet / row.floor_us
    return (
        f"| {name or row.viewers} | {row.us_per_packet:.2f} | {row.floor_us:.2f} | {ratio:.2f} "
        f"| {row.packets_per_second:.0f} | {row.lost + row.damaged} | {latency} | {joins} | {row.kib_per_viewer:.0f} "
        f"| {row.core_share:.0%} |"
    )


def machine() -> str:
    """What was measured on, without names."""
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    virtual = ", a virtual machine" if "hypervisor" in Path("/proc/cpuinfo").read_text() else ""
    return (
        f"{os.cpu_count()} cores of {model[1] if model else platform.machine()}{virtual}, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )


def python_speed() -> float:
    """ns for one round of a plain loop: tells a slow hour of a shared machine from a quick one."""
    start = time.process_time()
    total = 0
    for number in range(2_000_000):
        total += number
    return (time.process_time() - start) * 1e9 / 2_000_000


def measure() -> None:
    """Every size once; the document's block is written at the end."""
    speed, before, load = python_speed(), time.monotonic(), os.getloadavg()[0]
    print(HEAD, flush=True)
    rows, stolen = [], steal()
    for viewers in SIZES:
        try:
            rows.append(relay.fan_out(viewers, SECONDS))
        except RuntimeError as error:
            print(f"{viewers} viewers: {str(error)[-40:]}", flush=True)
            continue
        print(line(rows[-1]), flush=True)
    others = list(_others())
    idle = relay.idle()
    waiting = (
        f"A peer that only waits: join {idle.join_ms:.2f} ms of CPU, {idle.kib_per_peer:.0f} KiB, then "
        f"{idle.ms_per_second:.3f} ms/s ({idle.peers} peers)."
    )
    around = (
        f"{machine()}; load before it {load:.1f}. A round of an empty Python loop took {speed:.0f} ns; {stolen():.0%} "
        f"of the cores' time went to others in the {time.monotonic() - before:.0f} s of the run."
    )
    print(waiting, around, sep="\n", flush=True)
    parts = [around, table(rows), *_beside(others), waiting, targets(rows)]
    fill(DOCUMENT, "report", "\n\n".join(parts))
    _draw(rows)


def table(rows: Sequence[relay.Row]) -> str:
    return "\n".join([HEAD, *map(line, rows)])


def _beside(others: Sequence[relay.Row]) -> Iterator[str]:
    if others:
        yield "Janus 1.1 (streaming plugin, fed with plain RTP) under the same load in the same run:"
        yield table(others)


def targets(rows: Sequence[relay.Row]) -> str:
    """What was aimed at and what came of it in these rows."""
    of = {row.viewers: row for row in rows}
    found = ["| aimed at | measured | |", "|---|---|---|"]
    if row := of.get(200):
        p99, p95 = row.latency_ms[2], row.first_video_ms[1]
        cost = f"{row.us_per_packet:.2f} µs, {row.us_per_packet / row.floor_us:.2f} of this run's floor"
        found += [
            _target("200 viewers: 3 µs a packet", cost, row.us_per_packet <= 3),
            _target("200 viewers: 99 of 100 packets within 10 ms", f"{p99:.1f} ms", p99 <= 10),
            _target("200 join at once: 95 of 100 see within 300 ms", f"{p95:.0f} ms", p95 <= 300),
            _target("200 viewers: 100 KiB each", f"{row.kib_per_viewer:.0f} KiB", row.kib_per_viewer <= 100),
        ]
    if row := of.get(400):
        ratio = row.us_per_packet / row.floor_us
        found.append(_target("400 viewers: twice the floor", f"{ratio:.2f}", ratio <= 2))
    return "\n".join(found)


def _target(what: str, measured: str, met: bool) -> str:
    return f"| {what} | {measured} | {'met' if met else 'missed'} |"


def thousand() -> None:
    """A thousand viewers of one lesson on one core, and the same shared out over two sibling relays."""
    around = f"{machine()}; load before it {os.getloadavg()[0]:.1f}."
    print(HEAD, flush=True)
    lines = [line(relay.fan_out(1000, THOUSAND_SECONDS))]
    print(lines[-1], flush=True)
    lines.append(line(relay.spread_out(1000, THOUSAND_SECONDS), "1000, two siblings"))
    print(lines[-1], flush=True)
    fill(DOCUMENT, "thousand", "\n".join([around, "", HEAD, *lines]))


def _others() -> Iterator[relay.Row]:
    """Janus, where it is installed."""
    if janus.folder() is None:
        return
    print(f"\nJanus\n\n{HEAD}", flush=True)
    for viewers in OTHERS:
        try:
            row = relay.other(viewers, SECONDS)
        except (RuntimeError, ValueError, OSError) as error:
            print(f"Janus does not take part with {viewers}: {error}", flush=True)
            return
        print(line(row), flush=True)
        yield row


def _draw(rows: Sequence[relay.Row]) -> None:
    sizes = [row.viewers for row in rows]
    lines = [
        Line("relay", [row.us_per_packet for row in rows]),
        Line("kernel floor (sendmmsg)", [row.floor_us for row in rows]),
    ]
    DOCUMENT.with_suffix(".svg").write_text(chart("µs of CPU per packet by viewers", sizes, lines))
