"""Peers that have given their DTLS association back: media as before, and what is left of the rest."""

import pytest
from OpenSSL import SSL

from classroom.transport.peer import Peer
from tests.classroom.transport.caller import RECEIVER_REPORT, RTP, Caller
from tests.classroom.transport.conftest import Bench, Heard, until


async def light(bench: Bench) -> tuple[Caller, Peer, Heard]:
    caller, peer, heard = await bench.connected()
    peer.lighten()
    assert peer._ssl is None
    return caller, peer, heard


async def test_a_light_peer_gets_and_sends_media_as_before(bench: Bench) -> None:
    caller, peer, heard = await light(bench)
    caller.send(caller.protect(RTP))
    caller.send(caller.protect_rtcp(RECEIVER_REPORT))
    await until(lambda: heard.rtp and heard.rtcp)
    peer.send_rtp(RTP)
    assert caller.unprotect(await caller.receive()) == RTP


async def test_a_light_peer_is_told_good_bye(bench: Bench) -> None:
    caller, peer, _ = await light(bench)
    peer.close("the lesson is over", bench.clock())
    caller.ssl.bio_write(await caller.receive())
    with pytest.raises(SSL.ZeroReturnError):
        caller.ssl.recv(100)


async def test_a_light_peer_gets_the_last_flight_again_that_it_missed(bench: Bench) -> None:
    caller, peer, _ = bench.call()
    await caller.check()
    caller.send_flight()
    caller.ssl.bio_write(await caller.receive())
    caller.send_flight()
    await until(lambda: peer.state == "connected")
    lost = await caller.receive()
    peer.lighten()
    caller.send(b"\x16" + bytes(len(lost) - 2))
    assert await caller.silent(), "an answer larger than what came"
    caller.send(b"\x17" + bytes(200))
    assert await caller.silent(), "data is no handshake"
    caller.send(b"\x16" + bytes(200))
    again = await caller.receive()
    assert again == lost
    caller.ssl.bio_write(again)
    caller.ssl.do_handshake()


async def test_a_light_peers_good_bye_counts_unless_it_goes_on_checking(bench: Bench) -> None:
    (leaving, gone, said), (staying, slandered, _) = await light(bench), await light(bench)
    leaving.ssl.shutdown()
    leaving._flush()
    staying.send(b"\x15" + bytes(40))
    await until(lambda: gone.agent.last_check < bench.clock() - 10)
    await until(lambda: slandered.agent.last_check < bench.clock() - 10)
    bench.later(5.0)
    await staying.check()
    assert "closed: consent expired" not in said.events
    bench.later(3.0)
    assert said.events[-1] == "closed: consent expired"
    assert slandered.state == "connected"


async def test_a_report_of_a_light_peer_refutes_what_was_said_of_it(bench: Bench) -> None:
    caller, peer, heard = await light(bench)
    before = peer.agent.last_check
    caller.send(b"\x15" + bytes(40))
    await until(lambda: peer.agent.last_check < before)
    caller.send(caller.protect_rtcp(RECEIVER_REPORT))
    await until(lambda: heard.rtcp)
    assert peer.agent.last_check == before
    bench.later(10.0)
    assert peer.state == "connected"
    caller.send(b"\x15" + bytes(40))
    await until(lambda: peer.agent.last_check < before)
    bench.later(8.0)
    assert peer.state == "closed"
