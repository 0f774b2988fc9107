"""What others notice of an attack: the same lesson with fifty viewers, alone and beside each kind of attacker."""

import json
import os
import subprocess
import time
from dataclasses import dataclass

from . import relay
from .document import DOCS, fill
from .process import cpu_seconds, memory_bytes, started, wait_for
from .report import machine

VIEWERS = 50
SECONDS = 20.0
LONGER = {"handshakes": 60.0}
"""Long enough for ten thousand of them."""
KINDS = ("nobody", "slowloris", "handshakes", "nacks")


@dataclass(frozen=True)
class Harm:
    """`did` is what the attacker says. Milliseconds; MiB that the relay has grown by; packets lost by all viewers."""

    kind: str
    did: str
    latency_ms: list[float]
    lost: int
    core_share: float
    grown_mib: float
    join_ms: float


def harm(kind: str) -> Harm:
    seconds = LONGER.get(kind, SECONDS)
    with relay.bench_relay() as bench, started(relay.publisher_of(bench), relay.LOAD_CORE) as publisher:
        wait_for(publisher, "publishing")
        viewers = ["-m", "tests.benchmarks.viewers", bench.whep, bench.viewer, str(VIEWERS), str(seconds)]
        with started(viewers, relay.LOAD_CORE) as load:
            wait_for(load, "counting")
            cpu, memory, start = cpu_seconds(bench.pid), memory_bytes(bench.pid), time.monotonic()
            attacker = ["-m", "tests.benchmarks.attackers", kind, bench.whep, bench.viewer, str(seconds - 3.0)]
            with started(attacker if kind in KINDS[1:] else ["-c", "print('nothing')"], relay.LOAD_CORE) as other:
                assert other.stdout
                assert load.stdout
                time.sleep(seconds - 6.0)
                join = _join(bench)
                did = other.stdout.read().strip().splitlines()[-1]
                result = json.loads(load.stdout.readline())
                share = (cpu_seconds(bench.pid) - cpu) / (time.monotonic() - start)
                grown = (memory_bytes(bench.pid) - memory) / 2**20
    return Harm(kind, did, result["latency_ms"], result["lost"] + result["damaged"], share, grown, join)


def _join(bench: relay.Bench) -> float:
    """How long an honest viewer takes to its first picture in the middle of it; milliseconds."""
    command = ["-m", "tests.benchmarks.viewers", bench.whep, bench.viewer, "1", "0.1"]
    with started(command, relay.LOAD_CORE) as one:
        wait_for(one, "counting")
        assert one.stdout
        return float(json.loads(one.stdout.readline())["first_video_ms"][0])


def show() -> None:
    """Also written to docs/performance.md."""
    lines = [
        f"{machine()}; load before it {os.getloadavg()[0]:.1f}; {SECONDS - 3:.0f} s of each, "
        f"{LONGER['handshakes'] - 3:.0f} of handshakes.", "",
        "| beside | latency p50/p95/p99 ms | lost | core | grown MiB | one more join ms | done |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]  # fmt: skip
    print(*lines, sep="\n", flush=True)
    for kind in KINDS:
        lines.append(_line(kind))
        print(lines[-1], flush=True)
    fill(DOCS / "performance.md", "attack", "\n".join(lines))


def _line(kind: str) -> str:
    try:
        found = harm(kind)
    except (RuntimeError, subprocess.SubprocessError) as error:
        return f"| {kind} | failed: {error} | | | | | |"
    latency = "/".join(f"{value:.1f}" for value in found.latency_ms)
    return (
        f"| {found.kind} | {latency} | {found.lost} | {found.core_share:.0%} | {found.grown_mib:.0f} "
        f"| {found.join_ms:.0f} | {found.did} |"
    )
