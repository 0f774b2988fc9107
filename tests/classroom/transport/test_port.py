"""The one UDP port, with real sockets on loopback."""

import asyncio
import os
import socket

import pytest
from OpenSSL import SSL

from classroom.transport import peer as peer_module
from classroom.transport import port as port_module
from classroom.transport import stun
from classroom.transport.ice import Credentials
from classroom.transport.offer import Fingerprint
from classroom.transport.port import MediaPort
from core.errors import StartError
from tests.classroom.transport.caller import CONTROLLED, CONTROLLING, RECEIVER_REPORT, RTP, Caller
from tests.classroom.transport.conftest import Bench, until


async def test_a_check_is_answered_with_the_address_it_came_from(bench: Bench) -> None:
    caller, _, _ = bench.call()
    answer = await caller.check()
    assert answer.kind == stun.BINDING_SUCCESS
    assert stun.authentic(answer, caller.remote.password.encode())
    seen = stun.read_xor_address(answer.attributes[stun.XOR_MAPPED_ADDRESS], answer.transaction)
    assert seen == caller.socket.getsockname()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_media_flows_both_ways(bench: Bench, host: str) -> None:
    caller, peer, heard = await bench.connected(host)
    caller.send(caller.protect(RTP))
    caller.send(caller.protect_rtcp(RECEIVER_REPORT))
    await until(lambda: heard.rtp and heard.rtcp)
    assert (heard.rtp, heard.rtcp) == ([RTP], [RECEIVER_REPORT])
    peer.send_rtp(RTP)
    assert caller.unprotect(await caller.receive()) == RTP
    assert peer.srtp_tx != 0
    assert peer.destination is not None


async def test_the_shorter_gcm_is_chosen_where_the_peer_has_it(bench: Bench) -> None:
    caller, peer, _ = bench.call()
    await caller.check()
    assert await caller.handshake() == b"SRTP_AEAD_AES_128_GCM"
    assert peer.srtp_overhead == 16


async def test_an_encoder_without_gcm_is_served(bench: Bench) -> None:
    caller, peer, _ = bench.call()
    only_cm = [p for p in caller.transport._srtp_profiles if p.openssl_profile == b"SRTP_AES128_CM_SHA1_80"]
    caller.ssl = caller.transport._ssl = SSL.Connection(caller.certificate._create_ssl_context(only_cm))
    caller.ssl.set_connect_state()
    await caller.check()
    assert await caller.handshake() == b"SRTP_AES128_CM_SHA1_80"
    await until(lambda: peer.state == "connected")
    assert peer.srtp_overhead == 10


async def test_as_dtls_client_the_relay_repeats_its_hello_soon(bench: Bench) -> None:
    caller, peer, _ = bench.call(role="server")
    await caller.check()
    swallowed, repeated = await caller.receive(), await caller.receive(0.5)
    assert swallowed == repeated
    caller.received.append(repeated)
    await caller.handshake()
    await until(lambda: peer.state == "connected")


async def test_a_lost_flight_is_sent_again(bench: Bench) -> None:
    caller, peer, _ = bench.call()
    await caller.check()
    caller.send_flight()
    lost = await caller.receive()
    again = await caller.receive(3.0)
    assert len(again) >= len(lost)
    caller.received.append(again)
    await caller.handshake()
    await until(lambda: peer.state == "connected")


async def test_only_who_waits_for_an_answer_has_a_date_to_repeat(bench: Bench) -> None:
    caller, peer, _ = bench.call()
    await caller.check()
    assert peer not in bench.port._repeats
    caller.send_flight()
    await until(lambda: peer in bench.port._repeats)
    await caller.handshake()
    await until(lambda: peer.state == "connected")
    assert peer not in bench.port._repeats


async def test_of_a_flood_that_never_finishes_the_first_goes_and_the_connected_stay(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, connected, _ = await bench.connected()
    monkeypatch.setattr(port_module, "MOST_UNCONNECTED", 3)
    flood = [bench.call()[1:] for _ in range(4)]
    assert [heard.events for _, heard in flood] == [["closed: crowded out"], [], [], []]
    assert connected.state == "connected"
    assert len(bench.port.peers) == 4
    assert bench.port.traffic.drops["crowded_out"] == 1


async def test_a_peer_with_another_certificate_is_refused(bench: Bench) -> None:
    caller, peer, heard = bench.call(fingerprints=(Fingerprint("sha-256", ":".join(["AB"] * 32)),))
    await caller.check()
    await caller.handshake()
    await until(lambda: peer.state == "closed")
    assert heard.events == ["closed: dtls refused"]
    assert bench.port.peers == set()


async def test_a_wrong_password_gets_401_and_no_address(bench: Bench) -> None:
    caller, peer, _ = bench.call()
    answer = await caller.check(CONTROLLING, password="wrong")
    assert (answer.kind, stun.read_error_code(answer.attributes[stun.ERROR_CODE])) == (stun.BINDING_ERROR, 401)
    assert peer.destination is None
    assert bench.port.traffic.drops["stun_wrong_integrity"] == 1


async def test_a_controlled_peer_is_told_to_switch_roles(bench: Bench) -> None:
    caller, _, _ = bench.call()
    answer = await caller.check(CONTROLLED)
    assert stun.read_error_code(answer.attributes[stun.ERROR_CODE]) == 487


async def test_an_unknown_user_is_not_answered(bench: Bench) -> None:
    caller, _, _ = bench.call()
    caller.send(caller.request(user="nobody:at-all"))
    assert await caller.silent()
    assert bench.port.traffic.drops["stun_unknown_user"] == 1


async def test_no_answer_is_larger_than_an_unverified_request(bench: Bench) -> None:
    caller, _, _ = bench.call()
    for size in range(20, 120, 4):
        padding = [(0x8022, bytes(size))]
        request = stun.build(stun.BINDING_REQUEST, bytes(12), [(stun.USERNAME, caller.request()[24:57]), *padding])
        caller.send(request)
    user = (stun.USERNAME, f"{caller.remote.ufrag}:x".encode())
    request = stun.build(stun.BINDING_REQUEST, bytes(12), [user])
    caller.send(request)
    answer = await caller.receive()
    assert len(answer) <= len(request)


async def test_dtls_and_media_from_unknown_addresses_are_dropped(bench: Bench) -> None:
    stranger, _, _ = bench.call()
    stranger.send(bytes([22]) + os.urandom(60))
    stranger.send(RTP)
    drops = bench.port.traffic.drops
    await until(lambda: drops["dtls_unknown_address"] and drops["media_unknown_address"])
    assert await stranger.silent()


async def test_a_peer_moves_by_a_valid_check_only(bench: Bench) -> None:
    caller, peer, heard = await bench.connected()
    before = peer.destination
    caller.move()
    caller.send(caller.protect(RTP))
    await until(lambda: bench.port.traffic.drops["media_unknown_address"])
    assert peer.destination == before
    await caller.check()
    caller.send(caller.protect(RTP[:3] + b"\x02" + RTP[4:]))
    await until(lambda: len(heard.rtp) == 1)
    assert peer.destination != before
    assert heard.events == ["connected", "moved"]


async def test_a_taken_address_cannot_be_claimed(bench: Bench) -> None:
    victim, victims_peer, _ = await bench.connected()
    thief, _, _ = bench.call()
    victim.send(thief.request())
    await until(lambda: bench.port.traffic.drops["stun_address_taken"])
    victims_peer.send_rtp(RTP)
    assert victim.unprotect(await victim.receive()) == RTP


async def test_a_silent_peer_expires(bench: Bench) -> None:
    _, peer, heard = await bench.connected()
    bench.later(29)
    assert peer.state == "connected"
    bench.later(3)
    assert heard.events == ["connected", "closed: consent expired"]
    assert peer.srtp_tx == 0
    assert (bench.port._by_address, bench.port._by_ufrag, len(bench.port._repeats)) == ({}, {}, 0)


async def test_a_peer_that_only_checks_is_closed(bench: Bench) -> None:
    caller, peer, _ = bench.call()
    for _ in range(3):
        await caller.check()
        bench.later(10.5)
    assert peer.state == "closed"


async def test_a_restart_keeps_the_old_name_for_a_while(bench: Bench) -> None:
    caller, peer, heard = await bench.connected()
    old_local, old_remote, new_local = caller.local, caller.remote, Credentials.new()
    new_remote = peer.agent.restart(new_local, bench.clock())
    bench.port.know_names(peer)
    assert (await caller_as(caller, old_local, old_remote).check()).kind == stun.BINDING_SUCCESS
    caller.move()
    assert (await caller_as(caller, new_local, new_remote).check()).kind == stun.BINDING_SUCCESS
    assert heard.events == ["connected", "moved"]
    bench.later(20)
    await caller.check()
    bench.later(20)
    caller_as(caller, old_local, old_remote).send(caller.request())
    await until(lambda: bench.port.traffic.drops["stun_unknown_user"])


def caller_as(caller: Caller, local: Credentials, remote: Credentials) -> Caller:
    caller.local, caller.remote = local, remote
    return caller


async def test_good_bye_is_said_and_heard(bench: Bench) -> None:
    caller, peer, _ = await bench.connected()
    peer.close("the lesson is over", bench.clock())
    caller.ssl.bio_write(await caller.receive())
    with pytest.raises(SSL.ZeroReturnError):
        caller.ssl.recv(1500)
    other, others_peer, heard = await bench.connected()
    other.ssl.shutdown()
    other._flush()
    await until(lambda: others_peer.state == "closed")
    assert heard.events == ["connected", "closed: peer said good-bye"]


async def test_replayed_forged_and_malformed_media_is_dropped_and_counted(bench: Bench) -> None:
    caller, _, heard = await bench.connected()
    good = caller.protect(RTP)
    forged = good[:-1] + bytes([good[-1] ^ 1])
    malformed = caller.protect(b"\x81" + RTP[1:3] + b"\x05" + RTP[4:12] + bytes(4))
    for datagram in (good, good, forged, malformed, b"", bytes(1501), b"\xff" * 40):
        caller.send(datagram)
    drops = bench.port.traffic.drops
    await until(lambda: drops["unknown_kind"])
    assert heard.rtp == [RTP]
    assert drops == {"srtp_refused": 2, "media_malformed": 1, "empty": 1, "oversized": 1, "unknown_kind": 1}


async def test_a_peer_is_heard_so_many_times_a_second(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_module, "RTCP_RATE", 0.0)
    monkeypatch.setattr(peer_module, "RTCP_BURST", 5.0)
    caller, _, heard = await bench.connected()
    other, _, heard_too = await bench.connected()
    for _ in range(8):
        caller.send(caller.protect_rtcp(RECEIVER_REPORT))
    other.send(other.protect_rtcp(RECEIVER_REPORT))
    await until(lambda: heard_too.rtcp)
    assert len(heard.rtcp) == 5
    assert bench.port.traffic.drops == {"rtcp_too_much": 3}


async def test_media_that_comes_close_together_is_announced_once_and_before_all_else(bench: Bench) -> None:
    caller, _, heard = await bench.connected()
    bench.port.before_media = lambda: heard.events.append("before")
    bench.port.after_media = lambda: heard.events.append(f"after {len(heard.rtp)} and {len(heard.rtcp)}")
    caller.send(caller.protect_rtcp(RECEIVER_REPORT))
    for number in range(3):
        caller.send(caller.protect(RTP[:3] + bytes([number]) + RTP[4:]))
    bench.port._readable(0)
    assert heard.events == ["connected", "before"]
    caller.send(caller.protect(RTP[:3] + b"\x07" + RTP[4:]))
    await until(lambda: len(heard.events) == 3)
    assert heard.events == ["connected", "before", "after 4 and 1"]
    assert heard.rtcp == [RECEIVER_REPORT]


async def test_a_class_that_joins_takes_turns(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    connections = [bench.call() for _ in range(8)]
    for caller, _, _ in connections:
        await caller.check()
    monkeypatch.setattr(port_module, "TURN", 1e-6)
    await asyncio.gather(*(caller.handshake() for caller, _, _ in connections))
    await until(lambda: all(peer.state == "connected" for _, peer, _ in connections))


async def test_at_most_a_bounded_number_of_datagrams_is_read_at_one_go(bench: Bench) -> None:
    stranger, _, _ = bench.call()
    for _ in range(200):
        stranger.send(b"\xff\xff")
    bench.port._readable(0)
    assert bench.port.traffic.packets_in == 128
    await until(lambda: bench.port.traffic.packets_in == 200)


async def test_sending_before_the_handshake_is_counted(bench: Bench) -> None:
    _, peer, _ = bench.call()
    peer.send_rtp(RTP)
    assert bench.port.traffic.drops["out_not_connected"] == 1
    assert (peer.srtp_tx, peer.destination) == (0, None)


def test_a_taken_port_is_one_clear_sentence() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        number = other.getsockname()[1]
        with pytest.raises(StartError, match=f"UDP 127.0.0.1:{number} is taken.*SONGJIAO_MEDIA_PORT"):
            MediaPort.open(["127.0.0.1"], number, lambda: 0.0)


@pytest.mark.parametrize("wrong", [["relay.example"], [], ["127.0.0.1", "300.1.1.1"]])
def test_a_wrong_address_is_named(wrong: list[str]) -> None:
    with pytest.raises(StartError, match="SONGJIAO_MEDIA_ADDRESSES"):
        MediaPort.open(wrong, 0, lambda: 0.0)


async def test_an_address_behind_a_nat_is_served_by_the_wildcard() -> None:
    port = MediaPort.open(["203.0.113.7"], 0, lambda: 0.0)
    assert port.sockets[0].getsockname()[0] == "0.0.0.0"
    port.detach(asyncio.get_running_loop())
