"""Whatever arrives at the port is dropped and counted, and nobody else notices."""

import asyncio
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classroom.transport.ice import Address
from tests.classroom.transport.caller import RTP, Caller
from tests.classroom.transport.conftest import Bench, Heard, until

STRANGER: Address = ("192.0.2.99", 9)
anything = st.one_of(
    st.binary(max_size=64),
    st.binary(max_size=1600),
    st.builds(
        lambda first, rest: bytes([first]) + rest, st.sampled_from([0, 1, 20, 22, 63, 128, 144, 200]), st.binary()
    ),
)


async def test_strangers_datagrams_are_dropped_and_counted(bench: Bench) -> None:
    caller, _, heard = await bench.connected()

    @settings(max_examples=400, deadline=None)
    @given(anything)
    def throw(datagram: bytes) -> None:
        traffic = bench.port.traffic
        before, sent = sum(traffic.drops.values()), traffic.packets_out
        bench.port.receive(0, datagram, STRANGER, bench.clock())
        assert sum(traffic.drops.values()) == before + 1
        assert traffic.packets_out == sent

    throw()
    await still_works(caller, heard)


async def test_garbage_from_a_peers_own_address_does_not_harm_the_others(bench: Bench) -> None:
    wild, wild_peer, _ = await bench.connected()
    calm, _, heard = await bench.connected()
    address = wild.socket.getsockname()

    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(anything)
    def throw(datagram: bytes) -> None:
        bench.port.receive(0, datagram, address, bench.clock())

    throw()
    assert wild_peer.state in ("connected", "closed")
    await still_works(calm, heard)


async def test_damaged_truncated_and_replayed_packets_are_refused(bench: Bench) -> None:
    caller, _, heard = await bench.connected()
    address = caller.socket.getsockname()
    good = caller.protect(RTP)
    bench.port.receive(0, good, address, bench.clock())

    @settings(max_examples=300, deadline=None)
    @given(st.integers(0, len(good) - 1), st.integers(1, 255), st.integers(0, len(good)))
    def damage(at: int, mask: int, length: int) -> None:
        changed = bytearray(good)
        changed[at] ^= mask
        for datagram in (bytes(changed), good[:length], good):
            bench.port.receive(0, datagram, address, bench.clock())

    damage()
    assert heard.rtp == [RTP]
    await still_works(caller, heard)


async def test_a_flood_leaves_no_line_in_the_log(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    stranger, _, _ = bench.call()
    capsys.readouterr()
    for _ in range(1000):
        stranger.send(os.urandom(60))
    await asyncio.sleep(0.1)
    assert capsys.readouterr() == ("", "")


async def still_works(caller: Caller, heard: Heard) -> None:
    packet = RTP[:2] + (len(heard.rtp) + 40).to_bytes(2, "big") + RTP[4:]
    caller.send(caller.protect(packet))
    await until(lambda: packet in heard.rtp)
