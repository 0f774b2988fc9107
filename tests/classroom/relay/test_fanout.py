"""Both fan-outs against libsrtp's own unprotect: each viewer gets the same packet, by its key, to its address."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pylibsrtp import Error, Policy, Session
from pylibsrtp._binding import ffi

from classroom.relay import fanout, fanout_native, fanout_protect, mmsg
from classroom.relay.counters import Counters
from classroom.relay.fanout import Fanout, Table
from classroom.relay.fanout_native import NativeFanout, runs
from classroom.relay.fanout_plain import PlainFanout
from classroom.relay.fanout_protect import CompiledProtection, MappedProtection
from classroom.relay.fanout_slab import LONGEST_RUN, Slab
from classroom.relay.link import Destination
from classroom.rtp import header

SO_NO_CHECK = 11
GCM, CM = Policy.SRTP_PROFILE_AEAD_AES_128_GCM, Policy.SRTP_PROFILE_AES128_CM_SHA1_80


def policy(key: bytes, profile: int, direction: int) -> Policy:
    made = Policy(key=key, ssrc_type=direction, srtp_profile=profile)
    made.allow_repeat_tx = True
    return made


class Receiver:
    """A viewer's socket and key, and the link that leads to it."""

    def __init__(self, sender: socket.socket, profile: int = GCM) -> None:
        self.socket = socket.socket(sender.family, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1" if sender.family == socket.AF_INET else "::1", 0))
        self.socket.settimeout(1.0)
        key = os.urandom(28 if profile == GCM else 30)
        self.overhead = 16 if profile == GCM else 10
        self.inbound = Session(policy(key, profile, Policy.SSRC_ANY_INBOUND))
        self.outbound: Session | None = Session(policy(key, profile, Policy.SSRC_ANY_OUTBOUND))
        self.sender = sender
        self.destination: Destination | None = Destination(sender.fileno(), self.sockaddr())

    def sockaddr(self) -> bytes:
        port = self.socket.getsockname()[1]
        if self.socket.family == socket.AF_INET:
            return (
                struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton("127.0.0.1") + bytes(8)
            )
        address = socket.inet_pton(socket.AF_INET6, "::1")
        return struct.pack("=H", socket.AF_INET6) + struct.pack("!HI", port, 0) + address + bytes(4)

    @property
    def srtp_tx(self) -> int:
        return int(ffi.cast("uintptr_t", self.outbound._srtp[0])) if self.outbound else 0

    @property
    def srtp_overhead(self) -> int:
        return self.overhead

    def send_rtp(self, packet: bytes) -> None:
        if self.outbound is not None:
            self.sender.sendto(self.outbound.protect(packet), self.socket.getsockname())

    def send_rtcp(self, packet: bytes) -> None:
        raise AssertionError("the fan-out sends no RTCP")

    def get(self) -> bytes:
        plain: bytes = self.inbound.unprotect(self.socket.recv(2000))
        return plain

    def quiet(self) -> bool:
        self.socket.settimeout(0.05)
        try:
            self.socket.recv(2000)
        except TimeoutError:
            return True
        return False


Make = Callable[..., Receiver]


@pytest.fixture
def make() -> Iterator[Make]:
    """Receivers behind one sending socket per address family."""
    senders = {family: socket.socket(family, socket.SOCK_DGRAM) for family in (socket.AF_INET, socket.AF_INET6)}
    made: list[Receiver] = []

    def new(profile: int = GCM, family: socket.AddressFamily = socket.AF_INET) -> Receiver:
        made.append(Receiver(senders[family], profile))
        return made[-1]

    yield new
    for one in (*senders.values(), *(receiver.socket for receiver in made)):
        one.close()


@pytest.fixture
def counters() -> Counters:
    return Counters()


Way = Callable[[Counters], NativeFanout]


def native_ways() -> dict[str, Way]:
    """In C, where this machine has a compiler (whatever the installation had), and without."""
    ways: dict[str, Way] = {"mapped": lambda counters: NativeFanout(counters, MappedProtection)}
    if shutil.which("cc"):
        ways["compiled"] = lambda counters: NativeFanout(counters, partial(CompiledProtection, library=made_of_c()))
    return ways


@cache
def made_of_c() -> Any:
    source = Path(fanout_protect.__file__).with_name("protect.c")
    with tempfile.TemporaryDirectory() as folder:
        made = f"{folder}/protect.so"
        options = ["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", made]
        subprocess.run(["cc", *options, str(source)], check=True)
        return mmsg.ffi.dlopen(made)


@pytest.fixture(params=[*native_ways(), "plain"])
def way(request: pytest.FixtureRequest, counters: Counters) -> Fanout:
    return PlainFanout(counters) if request.param == "plain" else native_ways()[request.param](counters)


def table_of(way: Fanout, receivers: list[Receiver]) -> Table:
    rows = [way.row(receiver) for receiver in receivers]
    assert all(row is not None for row in rows)
    return way.table(rows)


def packet(sequence: int, size: int = 100) -> bytes:
    return header.build(0x80, 96, sequence, sequence * 3000, 7, os.urandom(size))


@pytest.mark.parametrize("count", [1, 63, 64, 65, 130])
def test_every_viewer_gets_the_same_packets_in_order(way: Fanout, make: Make, counters: Counters, count: int) -> None:
    receivers = [make() for _ in range(count)]
    table = table_of(way, receivers)
    packets = [packet(1, 1), packet(2, header.MAX_PACKET - 12), packet(3, 0)]
    for one in packets:
        way.send(table, one)
    for receiver in receivers:
        assert [receiver.get() for _ in packets] == packets
    assert counters.sent == 3 * count
    assert counters.sent_bytes == count * sum(map(len, packets))


def test_both_protections_go_in_one_table(way: Fanout, make: Make) -> None:
    receivers = [make(GCM), make(CM), make(GCM), make(CM)]
    table = table_of(way, receivers)
    one = packet(5)
    way.send(table, one)
    assert [receiver.get() for receiver in receivers] == [one] * 4


def test_both_address_families_go_in_one_table(way: Fanout, make: Make) -> None:
    receivers = [make(), make(family=socket.AF_INET6), make()]
    table = table_of(way, receivers)
    one = packet(5)
    way.send(table, one)
    assert [receiver.get() for receiver in receivers] == [one] * 3


sizes = st.lists(st.sampled_from([0, 1, 80, 600, 600, 600, 1099, 1100, 1100]), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=sizes, count=st.sampled_from([1, 2, 16, 17, 33, 70]))
def test_packets_sent_together_arrive_as_sent(way: Fanout, make: Make, sizes: list[int], count: int) -> None:
    receivers = [make(CM if at % 5 == 4 else GCM) for at in range(count)]
    packets = [packet(number, size) for number, size in enumerate(sizes)]
    way.send_all(table_of(way, receivers), packets)
    for receiver in receivers:
        assert [receiver.get() for _ in packets] == packets


@pytest.mark.parametrize("profile", [GCM, CM])
def test_a_late_viewer_gets_all_it_missed_in_order(way: Fanout, make: Make, counters: Counters, profile: int) -> None:
    receiver = make(profile)
    packets = [packet(number, number * 7 % 1200) for number in range(1, 71)]
    way.send_to(way.row(receiver), packets)
    assert [receiver.get() for _ in packets] == packets
    assert counters.sent == 70
    way.send_to(way.row(receiver), [])
    assert receiver.quiet()


def test_what_is_gathered_leaves_with_the_flush_and_in_order(way: Fanout, make: Make, counters: Counters) -> None:
    receivers = [make() for _ in range(3)]
    sound, picture = table_of(way, receivers[:1]), table_of(way, receivers)
    way.gather()
    way.send(picture, packet(1))
    way.send(sound, packet(2))
    way.send(picture, packet(3))
    way.flush()
    assert counters.sent == 7
    way.send(picture, packet(4))
    way.release()
    way.send(picture, packet(5))
    assert counters.sent == 13
    for receiver in receivers[1:]:
        assert [header.sequence(receiver.get()) for _ in range(4)] == [1, 3, 4, 5]


def test_numbers_go_on_past_the_wrap(way: Fanout, make: Make) -> None:
    receiver = make()
    table = table_of(way, [receiver])
    for number in range(65530, 65546):
        way.send(table, packet(number & 0xFFFF))
        assert header.sequence(receiver.get()) == number & 0xFFFF


def test_an_empty_table_sends_nothing(way: Fanout, counters: Counters) -> None:
    way.send(way.table([]), packet(1))
    assert counters.sent == 0


def test_a_link_without_context_or_address_has_no_row(way: Fanout, make: Make) -> None:
    unprotected, nowhere = make(), make()
    unprotected.outbound = None
    nowhere.destination = None
    assert way.row(unprotected) is None
    assert way.row(nowhere) is None


def test_a_repair_after_the_fanout_is_the_same_datagram_again(way: Fanout, make: Make) -> None:
    receiver = make()
    table = table_of(way, [receiver])
    one = packet(9)
    way.send(table, one)
    first = receiver.socket.recv(2000)
    receiver.send_rtp(one)
    assert receiver.socket.recv(2000) == first
    assert receiver.inbound.unprotect(first) == one
    with pytest.raises(Error):
        receiver.inbound.unprotect(first)


class TestNative:
    """What only sendmmsg can meet."""

    @pytest.fixture(params=native_ways())
    def way(self, request: pytest.FixtureRequest, counters: Counters) -> NativeFanout:
        return native_ways()[request.param](counters)

    def test_a_refused_protection_skips_that_viewer_only(
        self, way: NativeFanout, make: Make, counters: Counters
    ) -> None:
        receivers = [make() for _ in range(5)]
        table = table_of(way, receivers)
        # The second and the fifth have sent far ahead under this SSRC: an old number is refused.
        for at in (1, 4):
            way.send(table_of(way, [receivers[at]]), packet(30000))
            receivers[at].get()
        one = packet(10)
        way.send(table, one)
        assert [receivers[at].get() for at in (0, 2, 3)] == [one] * 3
        assert receivers[1].quiet()
        assert receivers[4].quiet()
        assert counters.protect_failed == 2

    def test_a_refused_address_skips_that_viewer_only(self, way: NativeFanout, make: Make, counters: Counters) -> None:
        receivers = [make() for _ in range(4)]
        receivers[1].destination = Destination(receivers[1].sender.fileno(), b"\xff" * 16)
        receivers[3].destination = Destination(receivers[3].sender.fileno(), b"\xff" * 16)
        one = packet(10)
        way.send(table_of(way, receivers), one)
        assert [receivers[at].get() for at in (0, 2)] == [one] * 2
        assert (counters.sent, counters.send_failed) == (2, 2)

    def test_a_closed_socket_is_counted(self, way: NativeFanout, make: Make, counters: Counters) -> None:
        receivers = [make(), make()]
        for receiver in receivers:
            receiver.destination = Destination(1 << 20, receiver.sockaddr())
        way.send(table_of(way, receivers), packet(1))
        assert counters.send_failed == 2

    def test_a_way_that_takes_no_runs_gets_packets_one_by_one(
        self, way: NativeFanout, make: Make, counters: Counters
    ) -> None:
        receivers = [make(family=family) for family in (socket.AF_INET, socket.AF_INET6) for _ in range(20)]
        # Without checksums the kernel does not cut (EINVAL), as on a path with a small MTU.
        receivers[0].sender.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
        table = table_of(way, receivers)
        packets = [packet(number, 500) for number in range(1, 2 * LONGEST_RUN)]
        way.send_all(table, packets)
        assert counters.runs_refused == 2 * 20
        way.send_all(table, more := [packet(number, 500) for number in range(20, 23)])
        assert counters.runs_refused == 2 * 20, "it is remembered"
        for receiver in receivers:
            assert [receiver.get() for _ in range(len(packets) + 3)] == packets + more
        sent = 40 * (len(packets) + 3)
        assert (counters.sent, counters.sent_bytes, counters.send_failed) == (sent, sent * 512, 0)

    def test_a_kernel_that_cannot_cut_gets_packets_one_by_one(
        self, make: Make, counters: Counters, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mmsg, "segments", lambda: False)
        way, receiver = NativeFanout(counters), make()
        packets = [packet(number) for number in range(1, 6)]
        way.send_all(table_of(way, [receiver]), packets)
        assert [receiver.get() for _ in packets] == packets
        assert counters.runs_refused == 0

    def test_a_refused_protection_skips_that_viewer_in_a_run(
        self, way: NativeFanout, make: Make, counters: Counters
    ) -> None:
        receivers = [make() for _ in range(40)]
        way.send(table_of(way, [receivers[17]]), packet(30000))
        receivers[17].get()
        packets = [packet(number) for number in range(1, 4)]
        way.send_all(table_of(way, receivers), packets)
        assert [receivers[16].get() for _ in packets] == packets == [receivers[18].get() for _ in packets]
        assert receivers[17].quiet()
        assert (counters.sent, counters.protect_failed) == (1 + 39 * 3, 3)

    def test_a_refused_protection_skips_that_packet_of_a_late_viewer(
        self, way: NativeFanout, make: Make, counters: Counters
    ) -> None:
        receiver = make()
        # The second lies far behind what the first one said.
        packets = [packet(30000), packet(10), packet(30001)]
        row = way.row(receiver)
        assert row is not None
        way.send_to(row, packets)
        assert [receiver.get(), receiver.get()] == [packets[0], packets[2]]
        assert (counters.sent, counters.protect_failed) == (2, 1)

    def test_a_full_socket_drops_for_the_rest_and_counts_them(
        self, way: NativeFanout, make: Make, counters: Counters
    ) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        receivers = [make() for _ in range(64)]
        for receiver in receivers:
            receiver.destination = Destination(ours.fileno(), b"")
        table = table_of(way, receivers)
        for number in range(1, 21):
            way.send(table, packet(number, 1000))
        ours.close()
        theirs.close()
        assert counters.send_full > 0
        assert counters.sent + counters.send_full == 20 * 64


@given(st.lists(st.integers(0, 3), max_size=30), st.integers(1, 4))
def test_only_the_last_of_a_run_is_shorter(sizes: list[int], longest: int) -> None:
    packets = [bytes(size) for size in sizes]
    cut = list(runs(packets, longest))
    assert [packet for run in cut for packet in run] == packets
    for run in cut:
        assert 1 <= len(run) <= longest
        assert len({len(packet) for packet in run[:-1]}) <= 1
        assert len(run[-1]) <= len(run[0])


def test_linux_gets_the_native_way(counters: Counters) -> None:
    assert isinstance(fanout.choose(counters), NativeFanout)


def test_without_a_compiler_the_slots_are_protected_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout_protect, "compiled", lambda: None)
    assert isinstance(fanout_protect.choose(Slab()), MappedProtection)


def test_another_system_gets_the_plain_way(counters: Counters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout_native, "AVAILABLE", False)
    assert isinstance(fanout.choose(counters), PlainFanout)


def test_each_gets_a_packet_of_its_own_and_who_has_none_gets_nothing(way: Fanout, make: Make) -> None:
    receivers = [make(CM if at % 7 == 3 else GCM) for at in range(70)]
    rows = [way.row(receiver) for receiver in receivers]
    table = way.table(rows)
    own = [packet(number, 100 + number) for number in range(70)]
    way.send_each(table, dict(zip(rows, own, strict=True)))
    assert [receiver.get() for receiver in receivers] == own
    few = packet(1000), packet(1001)
    way.send_each(table, {rows[5]: few[0], rows[69]: few[1]})
    assert (receivers[5].get(), receivers[69].get()) == few
    assert receivers[6].quiet()
