"""One lesson down four tiers, each relay in a network namespace of its own: bytes on each link, and what the way costs.

Needs root, `ip` and veth; leaves nothing behind. Relays run on one core, publisher and rooms on the other.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise

from core.tickets import Part, Ticket, TicketSigner

from .process import STOP_SECONDS, cpu_seconds, wait_for

TIERS = ("prefecture", "county", "township", "school")
RELAY_CORE, LOAD_CORE = "0", "1"
PORT, MEDIA = 8001, 8189
ETHERNET = 14
IP_UDP = 28
START_SECONDS = 20.0
Running = AbstractContextManager[subprocess.Popen[str]]
LESSON = "bench"
BELOW, ABOVE = "to-below", "to-above"
"""The devices: down of one tier is up of the next."""


@dataclass(frozen=True)
class Hop:
    """`copies`: bytes on the link from above ÷ bytes of one copy; None at the top."""

    tier: str
    copies: float | None
    kbps_in: float
    kbps_out: float
    us_per_packet: float
    core_share: float


@dataclass(frozen=True)
class Row:
    rooms: int
    hops: list[Hop]
    direct_ms: list[float]
    through_ms: list[float]
    lost: int
    first_video_ms: list[float]


def measure(rooms: int = 20, seconds: float = 10.0) -> Row:
    """`rooms` at the school, as many at the prefecture to compare; latency p50, p95, p99."""
    with ExitStack() as stack:
        names = stack.enter_context(_namespaces())
        secret = secrets.token_hex(32)
        relays = [stack.enter_context(_relay(tier, names[tier], secret)) for tier in TIERS]
        signer, ways = TicketSigner(secret), tuple(_url(tier) for tier in reversed(TIERS))
        teacher = _run(names["prefecture"], "tests.benchmarks.publisher", f"{_url('prefecture')}/whip/{LESSON}",
                       signer.sign(_ticket("teacher", ways)))  # fmt: skip
        publisher = stack.enter_context(_process(teacher))
        wait_for(publisher, "publishing")
        viewer = signer.sign(_ticket("observer", ways))
        direct = _rooms(names["prefecture"], "prefecture", viewer, rooms, seconds)
        with _started_rooms(names["school"], "school", viewer, rooms, seconds) as load:
            wait_for(load, "counting")
            before = [_counts(tier, names[tier], relay) for tier, relay in zip(TIERS, relays, strict=True)]
            time.sleep(seconds - 1.0)
            after = [_counts(tier, names[tier], relay) for tier, relay in zip(TIERS, relays, strict=True)]
            assert load.stdout
            through = json.loads(load.stdout.readline())
    hops = [_hop(tier, a, b, before[0], after[0]) for tier, a, b in zip(TIERS, before, after, strict=True)]
    return Row(rooms, hops, direct["latency_ms"], through["latency_ms"], through["lost"], through["first_video_ms"])


@dataclass(frozen=True)
class _Counts:
    at: float
    cpu: float
    link: int
    packets_in: float
    bytes_in: float
    packets_out: float
    bytes_out: float


def _counts(tier: str, namespace: str, relay: subprocess.Popen[str]) -> _Counts:
    fetch = f"import urllib.request as r; print(r.urlopen('{_url(tier)}/metrics').read().decode())"
    text = subprocess.run(_inside(namespace, sys.executable, "-c", fetch), capture_output=True, text=True, check=True)
    figures = dict(line.rsplit(" ", 1) for line in text.stdout.splitlines() if line and line[0] != "#")
    read = {name: float(figures[f"songjiao_relay_{name}_total"]) for name in
            ("packets_in", "bytes_in", "packets_out", "bytes_out")}  # fmt: skip
    link = 0
    if tier != TIERS[0]:
        path = f"/sys/class/net/{ABOVE}/statistics/rx_bytes"
        link = int(subprocess.run(_inside(namespace, "cat", path), capture_output=True, text=True, check=True).stdout)
    return _Counts(time.monotonic(), cpu_seconds(relay.pid), link, **read)


def _hop(tier: str, a: _Counts, b: _Counts, top_a: _Counts, top_b: _Counts) -> Hop:
    """One copy is what came from the publisher, with the headers that a link adds."""
    packets = top_b.packets_in - top_a.packets_in
    copy = (top_b.bytes_in - top_a.bytes_in + packets * (IP_UDP + ETHERNET)) / (top_b.at - top_a.at)
    elapsed, sent = b.at - a.at, b.packets_out - a.packets_out
    used = b.cpu - a.cpu
    return Hop(
        tier=tier,
        copies=None if tier == TIERS[0] else (b.link - a.link) / elapsed / copy,
        kbps_in=(b.bytes_in - a.bytes_in) * 8 / 1000 / elapsed,
        kbps_out=(b.bytes_out - a.bytes_out) * 8 / 1000 / elapsed,
        us_per_packet=used * 1e6 / sent if sent else 0.0,
        core_share=used / elapsed,
    )


def _ticket(role: Part, ways: tuple[str, ...]) -> Ticket:
    now = time.time()
    usual = Ticket(
        person=f"bench-{role}", name="bench", lesson=LESSON, stage="live", role=role, room=None, room_name=None,
        publish=(), watch=True, human=True, takeover=False, max_sessions=5000, issued_at=now, expires_at=now + 7200,
        id=secrets.token_hex(8), ways=ways, anchor=ways[-1],
    )  # fmt: skip
    return replace(usual, publish=("teacher",)) if role == "teacher" else usual


# -- namespaces


def _down(tier: str) -> str:
    return f"10.84.{TIERS.index(tier) + 1}.1"


def _up(tier: str) -> str:
    return f"10.84.{TIERS.index(tier)}.2"


def _url(tier: str) -> str:
    return f"http://{_down(tier)}:{PORT}"


@contextmanager
def _namespaces() -> Iterator[dict[str, str]]:
    names = {tier: f"sj{os.getpid()}{tier[0]}" for tier in TIERS}
    try:
        for name in names.values():
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        for above, below in pairwise(TIERS):
            _ip(
                "-n",
                names[above],
                "link",
                "add",
                "name",
                BELOW,
                "type",
                "veth",
                "peer",
                "name",
                ABOVE,
                "netns",
                names[below],
            )
            _address(names[above], BELOW, f"{_down(above)}/24")
            _address(names[below], ABOVE, f"{_up(below)}/24")
        _address(names["school"], "lo", f"{_down('school')}/32")
        yield names
    finally:
        for name in names.values():
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL)


def _address(namespace: str, device: str, address: str) -> None:
    _ip("-n", namespace, "address", "add", address, "dev", device)
    _ip("-n", namespace, "link", "set", device, "up")


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


# -- processes in them


def _inside(namespace: str, *command: str) -> list[str]:
    return ["ip", "netns", "exec", namespace, *command]


def _run(namespace: str, *module: str, core: str = LOAD_CORE) -> list[str]:
    return _inside(namespace, "taskset", "-c", core, sys.executable, "-m", *module)


@contextmanager
def _process(command: list[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _relay(tier: str, namespace: str, secret: str) -> Iterator[subprocess.Popen[str]]:
    addresses = [_down(tier)] if tier == TIERS[0] else [_down(tier), _up(tier)]
    environment = {
        "SONGJIAO_SECRET_KEY": secret,
        "SONGJIAO_MAX_SESSIONS_PER_TICKET": "5000",
        "SONGJIAO_RELAY_NAME": tier,
        "SONGJIAO_RELAY_TIER": tier,
        "SONGJIAO_HOST": "0.0.0.0",
        "SONGJIAO_RELAY_PUBLIC_URL": _url(tier),
        "SONGJIAO_METRICS_FROM": "10.84.0.0/16",
        "SONGJIAO_MEDIA_ADDRESSES": ",".join(addresses),
        "SONGJIAO_LOG_LEVEL": "ERROR",
    }
    options = ("songjiao", "relay", "--port", str(PORT), "--media-port", str(MEDIA))
    with _process(_run(namespace, *options, core=RELAY_CORE), environment) as process:
        _until_it_answers(tier, namespace)
        yield process


def _until_it_answers(tier: str, namespace: str) -> None:
    ask = f"import urllib.request as r; r.urlopen('{_url(tier)}/api/health', timeout=1)"
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(_inside(namespace, sys.executable, "-c", ask), stderr=subprocess.DEVNULL).returncode:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the {tier}'s relay did not start")


def _started_rooms(namespace: str, tier: str, ticket: str, rooms: int, seconds: float) -> Running:
    command = _run(
        namespace, "tests.benchmarks.viewers", f"{_url(tier)}/whep/{LESSON}", ticket, str(rooms), str(seconds)
    )
    return _process(command)


def _rooms(namespace: str, tier: str, ticket: str, rooms: int, seconds: float) -> dict[str, list[float]]:
    with _started_rooms(namespace, tier, ticket, rooms, seconds) as load:
        wait_for(load, "counting")
        assert load.stdout
        found: dict[str, list[float]] = json.loads(load.stdout.readline())
        return found


def show() -> None:
    """One lesson down four tiers in four network namespaces."""
    row = measure()
    print("| relay | copies on its link | kbit/s in | kbit/s out | µs/packet | core |\n|---|--:|--:|--:|--:|--:|")
    for hop in row.hops:
        copies = "" if hop.copies is None else f"{hop.copies:.3f}"
        figures = f"{copies} | {hop.kbps_in:.0f} | {hop.kbps_out:.0f} | {hop.us_per_packet:.1f} | {hop.core_share:.0%}"
        print(f"| {hop.tier} | {figures} |")
    direct, through = ("/".join(f"{one:.1f}" for one in times) for times in (row.direct_ms, row.through_ms))
    first = "/".join(f"{one:.0f}" for one in row.first_video_ms)
    print(f"\n{row.rooms} rooms: latency p50/p95/p99 at the prefecture {direct} ms, at the school {through} ms;")
    print(f"{row.lost} packets lost; first picture p50/p95 {first} ms", flush=True)
