"""The relay's table with its picture, printed and written to docs/performance.md.

make bench ARGS="report"
"""

import os
import platform
import re
import time
from collections.abc import Iterator
from pathlib import Path

from . import janus, relay
from .chart import Line, chart
from .process import steal

SIZES = (10, 50, 100, 200, 400, 800)
OTHERS = (50, 200)
SECONDS = 8.0
DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"

HEAD = (
    "| viewers | µs/packet | floor µs | ratio | packets/s | lost | latency p50/p95/p99 ms | join burst p50/p95 ms "
    "| KiB/viewer | core |\n" + "|--:" * 10 + "|"
)


def line(row: relay.Row) -> str:
    latency = "/".join(f"{value:.1f}" for value in row.latency_ms)
    joins = "/".join(f"{value:.0f}" for value in row.first_video_ms)
    return (
        f"| {row.viewers} | {row.us_per_packet:.2f} | {row.floor_us:.2f} | {row.us_per_packet / row.floor_us:.2f} "
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
    """Every size once; the document is written at the end."""
    speed, before = python_speed(), time.monotonic()
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
        f"{machine()}. A round of an empty Python loop took {speed:.0f} ns; {stolen():.0%} of the cores' time went to "
        f"others in the {time.monotonic() - before:.0f} s of the run."
    )
    print(waiting, around, sep="\n", flush=True)
    _write(rows, others, waiting, around)


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


def _write(rows: list[relay.Row], others: list[relay.Row], waiting: str, around: str) -> None:
    text = DOCUMENT.read_text()
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    table = "\n".join([HEAD, *(line(row) for row in rows)])
    if others:
        head_of_others = "Janus 1.1 (streaming plugin, fed with plain RTP) under the same load in the same run:"
        table += "\n".join(["", "", head_of_others, "", HEAD, *(line(row) for row in others)])
    DOCUMENT.write_text(f"{head}{BEGIN}\n{around}\n\n{table}\n\n{waiting}\n\n{END}{tail}")
    sizes = [row.viewers for row in rows]
    lines = [
        Line("relay", [row.us_per_packet for row in rows]),
        Line("kernel floor (sendmmsg)", [row.floor_us for row in rows]),
    ]
    DOCUMENT.with_suffix(".svg").write_text(chart("µs of CPU per packet by viewers", sizes, lines))
