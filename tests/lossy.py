"""A bad line: a UDP proxy on loopback that loses, delays, reorders, repeats and throttles by a seed.

RTP headers travel in the clear, so it also keeps the book of one stream: when each packet set out, when it arrived.
"""

from __future__ import annotations

import heapq
import random
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from classroom.rtp import header
from classroom.rtp.sequence import nearest

Address = tuple[str, int]


@dataclass
class Trouble:
    """One direction. Chances are 0 to 1, times in seconds; `burst` is how many packets are lost at once on average,
    `jitter` how much the delay changes within tenths of a second, `rate` in bit/s with a queue of `queue` bytes, beyond
    which packets are dropped (a token bucket)."""

    loss: float = 0.0
    burst: float = 1.0
    delay: float = 0.0
    jitter: float = 0.0
    reorder: float = 0.0
    duplicate: float = 0.0
    rate: float | None = None
    queue: int = 8000
    cut: bool = False


class Direction:
    """What happens to each datagram: the times after which it arrives, none if it is lost."""

    def __init__(self, trouble: Trouble, seed: int) -> None:
        self.trouble = trouble
        self.lost = self.passed = 0
        self._random = random.Random(seed)
        self._bursting = False
        self._free_at = 0.0
        self._last = 0.0
        self._wave = (0.0, 0.0, 0.0)

    def fate(self, size: int, now: float) -> list[float]:
        trouble = self.trouble
        queued = self._queue(size, now)
        if trouble.cut or queued is None or self._is_lost():
            self.lost += 1
            return []
        self.passed += 1
        late = queued + trouble.delay + self._jitter(now)
        late = max(late, self._last - now)
        self._last = now + late
        late += 0.03 if self._random.random() < trouble.reorder else 0.0
        return [late, late] if self._random.random() < trouble.duplicate else [late]

    def _jitter(self, now: float) -> float:
        """From one height to the next; a line that is only late keeps the order."""
        if not self.trouble.jitter:
            return 0.0
        since, height, next_height = self._wave
        if now - since > 0.1:
            since, height, next_height = now, next_height, self._random.random() * self.trouble.jitter
            self._wave = since, height, next_height
        return height + (next_height - height) * min(1.0, (now - since) / 0.1)

    def _queue(self, size: int, now: float) -> float | None:
        """Seconds that it waits for those before it and for itself; None if the queue is full."""
        if self.trouble.rate is None:
            return 0.0
        waiting = max(0.0, self._free_at - now)
        if waiting * self.trouble.rate / 8 > self.trouble.queue:
            return None
        # IP and UDP headers count on a real line.
        self._free_at = now + waiting + (size + 28) * 8 / self.trouble.rate
        return self._free_at - now

    def _is_lost(self) -> bool:
        """Two states (Gilbert): within a burst everything is lost."""
        trouble = self.trouble
        if not trouble.loss:
            return False
        if self._bursting:
            self._bursting = self._random.random() < 1 - 1 / trouble.burst
        if not self._bursting:
            ends = 1 / trouble.burst
            self._bursting = self._random.random() < trouble.loss * ends / (1 - trouble.loss * (1 - ends))
        return self._bursting


@dataclass
class Book:
    """Of one SSRC, by unwrapped number: when it set out first, and arrived first. With `red` (a payload type) a packet
    also brings the sound of the one before it."""

    ssrc: int
    red: int | None = None
    set_out: dict[int, float] = field(default_factory=dict)
    arrived: dict[int, float] = field(default_factory=dict)
    newest: int = -1

    def number(self, packet: bytes) -> int:
        sequence = header.sequence(packet)
        number = sequence + 0x10000 if self.newest < 0 else nearest(sequence, self.newest)
        self.newest = max(self.newest, number)
        return number

    def in_time(self, within: float, first: int, last: int) -> float:
        """The share of the numbers `first` to `last` that arrived so soon after they set out."""
        numbers = range(first, last + 1)
        good = sum(self.arrived.get(n, 1e9) - self.set_out.get(n, -1e9) <= within for n in numbers)
        return good / len(numbers)


class LossyProxy:
    """`down` is from the relay to its peers. Each peer gets a socket of its own towards the relay. A context
    manager."""

    def __init__(self, relay_port: int, up: Trouble, down: Trouble, seed: int = 1) -> None:
        self.up, self.down = Direction(up, seed), Direction(down, seed + 1)
        self.books: dict[int, Book] = {}
        self.down_bytes = 0
        self._relay = ("127.0.0.1", relay_port)
        self._front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._front.bind(("127.0.0.1", 0))
        self._front.setblocking(False)
        self.port: int = self._front.getsockname()[1]
        self._backs: dict[Address, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._front, selectors.EVENT_READ, self._from_peer)
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> LossyProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        for one in (self._front, *self._backs.values()):
            one.close()
        self._selector.close()

    @property
    def peers(self) -> list[Address]:
        """Who has come in by this line."""
        return list(self._backs)

    def watch(self, ssrc: int, red: int | None = None) -> Book:
        """Keep the book of a stream that goes down."""
        return self.books.setdefault(ssrc, Book(ssrc, red))

    def _run(self) -> None:
        while not self._stop.is_set():
            wait = max(0.0, self._due[0][0] - time.monotonic()) if self._due else 0.05
            for key, _ in self._selector.select(min(wait, 0.05)):
                key.data(key.fileobj)
            while self._due and self._due[0][0] <= time.monotonic():
                heapq.heappop(self._due)[2]()

    def _from_peer(self, front: socket.socket) -> None:
        try:
            while True:
                packet, peer = front.recvfrom(2048)
                back = self._backs.get(peer) or self._open(peer)
                self._pass(self.up, packet, partial(_send, back, packet, self._relay))
        except BlockingIOError:
            return

    def _open(self, peer: Address) -> socket.socket:
        back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        back.bind(("127.0.0.1", 0))
        back.setblocking(False)
        self._backs[peer] = back
        self._selector.register(back, selectors.EVENT_READ, lambda back: self._from_relay(back, peer))
        return back

    def _from_relay(self, back: socket.socket, peer: Address) -> None:
        try:
            while True:
                packet = back.recv(2048)
                self.down_bytes += len(packet)
                self._note(packet)
                self._pass(self.down, packet, partial(self._deliver, packet, peer))
        except BlockingIOError:
            return

    def _pass(self, direction: Direction, packet: bytes, deliver: Callable[[], None]) -> None:
        now = time.monotonic()
        for late in direction.fate(len(packet), now):
            heapq.heappush(self._due, (now + late, next(self._order), deliver))

    def _deliver(self, packet: bytes, peer: Address) -> None:
        book = self._book(packet)
        if book is not None:
            number, now = book.number(packet), time.monotonic()
            book.arrived.setdefault(number, now)
            if header.payload_type(packet) == book.red:
                book.arrived.setdefault(number - 1, now)
        _send(self._front, packet, peer)

    def _note(self, packet: bytes) -> None:
        book = self._book(packet)
        if book is not None:
            book.set_out.setdefault(book.number(packet), time.monotonic())

    def _book(self, packet: bytes) -> Book | None:
        if len(packet) < header.HEADER_LENGTH or not 128 <= packet[0] <= 191 or header.is_rtcp(packet):
            return None
        return self.books.get(header.ssrc(packet))


def _send(by: socket.socket, packet: bytes, to: Address) -> None:
    try:
        by.sendto(packet, to)
    except OSError:
        return  # a full buffer or a closed port loses datagrams, as on any line
