"""One relay calls another: the offer and its answer, the checks, and both ports for real."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from classroom.relay.description import OPUS, VP8, Codec
from classroom.relay.lesson import Announcement
from classroom.transport import answer, dial, offer, stun
from classroom.transport.dial import CallingAgent, NotAnAnswer
from classroom.transport.dialing import Dialing
from classroom.transport.ice import Credentials, IceAgent, Path
from classroom.transport.offer import Fingerprint
from classroom.transport.peer import Peer
from tests.classroom.transport.caller import RTP
from tests.classroom.transport.conftest import Bench, Heard, until

REPORT = bytes.fromhex("80c9000100000001")
PRINT = Fingerprint("sha-256", ":".join(["AB"] * 32))
HERE = Path(0, ("127.0.0.1", 4000))


def accepted(text: str, local: answer.Local) -> str:
    read = offer.read(text.encode())
    lines = answer.lines(read, ("teacher",), "teacher")
    return answer.viewer(read, local, lines, lambda slot, kind: Announcement(1, 2, slot, slot))


def our_offer(local: Credentials) -> str:
    return dial.offer_text(local, PRINT, ("audio", "video"))


def test_a_called_relay_takes_every_codec_of_the_offer() -> None:
    local = answer.Local(Credentials.new(), PRINT, (("127.0.0.1", 8189),), "1")
    agreed = dial.read_answer(accepted(our_offer(Credentials.new()), local).encode())
    audio, video = agreed.tracks
    assert OPUS in audio.codecs.values()
    assert VP8 in video.codecs.values()
    for profile in ("42e0", "4200", "4d00", "640c", "6400", "f400"):
        for mode in (0, 1):
            assert Codec("h264", 90000, profile=profile, packetization_mode=mode) in video.codecs.values()
    assert (agreed.credentials, agreed.candidates) == (local.credentials, (("127.0.0.1", 8189),))
    assert agreed.role == "client"


@pytest.mark.parametrize("broken", ["", "v=0\r\n", "hello", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"])
def test_what_is_no_answer_is_said_to_be_none(broken: str) -> None:
    with pytest.raises(NotAnAnswer):
        dial.read_answer(broken.encode())


def test_an_answer_without_an_address_is_none() -> None:
    local = answer.Local(Credentials.new(), PRINT, (), "1")
    with pytest.raises(NotAnAnswer):
        dial.read_answer(accepted(our_offer(Credentials.new()), local).encode())


def calling(now: float = 0.0) -> tuple[CallingAgent, Credentials]:
    remote = Credentials.new()
    return CallingAgent(Credentials.new(), remote, [HERE, Path(0, ("127.0.0.1", 4001))], now), remote


def reply(request: bytes, remote: Credentials) -> stun.Message:
    transaction = stun.parse(request).transaction
    mapped = stun.xor_address("127.0.0.1", 9, transaction)
    raw = stun.build(stun.BINDING_SUCCESS, transaction, [(stun.XOR_MAPPED_ADDRESS, mapped)], remote.password.encode())
    return stun.parse(raw)


def test_all_addresses_are_checked_until_one_answers_and_then_that_one() -> None:
    agent, remote = calling()
    [(path, request), (other, _)] = agent.due(0.0)
    assert (path, other.address) == (HERE, ("127.0.0.1", 4001))
    assert agent.answered(reply(request, remote), HERE, 0.02)
    assert agent.round_trip == pytest.approx(0.02)
    assert [path for path, _ in agent.due(0.3)] == [HERE]


def test_an_answer_that_was_not_asked_for_or_has_another_password_counts_for_nothing() -> None:
    agent, remote = calling()
    [(_, request), _] = agent.due(0.0)
    assert not agent.answered(reply(request, Credentials.new()), HERE, 0.1)
    foreign = stun.build(stun.BINDING_REQUEST, bytes(12), [])
    assert not agent.answered(reply(foreign, remote), HERE, 0.1)
    assert agent.selected is None


def test_silence_of_a_second_is_the_end() -> None:
    agent, _ = calling()
    agent.heard(5.0)
    assert not agent.expired(5.9)
    assert agent.expired(6.1)


def test_media_spares_the_checks_but_not_consent() -> None:
    agent, remote = calling()
    [(_, request), _] = agent.due(0.0)
    agent.answered(reply(request, remote), HERE, 0.01)
    sent = 0
    for step in range(1, 1000):
        agent.heard(step * 0.01)
        sent += len(agent.due(step * 0.01))
    assert 3 <= sent <= 5


@pytest.fixture
async def caller() -> AsyncIterator[tuple[Bench, Dialing]]:
    """A second port, which calls the first."""
    made = Bench(["127.0.0.1"])
    dialing = Dialing(made.port, made.clock)
    loop = asyncio.get_running_loop()
    made.port.attach(loop)

    async def ticking() -> None:
        while True:
            made.port.tick(made.clock())
            dialing.tick(made.clock())
            await asyncio.sleep(0.01)

    task = loop.create_task(ticking())
    yield made, dialing
    task.cancel()
    made.port.detach(loop)


async def connected(bench: Bench, caller: tuple[Bench, Dialing]) -> tuple[Peer, Heard, Peer, Heard]:
    here, dialing = caller
    local, called, calls = Credentials.new(), Heard(), Heard()
    read = offer.read(dial.offer_text(local, here.port.identity.fingerprint, ("audio",)).encode())
    agent = IceAgent(read.credentials, bench.clock())
    theirs = bench.port.join(agent, answer.dtls_role(read), read.fingerprints, called, bench.clock())
    told = answer.Local(agent.local, bench.port.identity.fingerprint, (("127.0.0.1", bench.port.number),), "1")
    lines = answer.lines(read, ("teacher",), "teacher")
    text = answer.viewer(read, told, lines, lambda slot, kind: Announcement(1, 2, slot, slot))
    ours = dialing.call(local, dial.read_answer(text.encode()), calls)
    await until(lambda: theirs.state == ours.state == "connected")
    return theirs, called, ours, calls


async def test_a_call_connects_and_media_and_reports_pass(bench: Bench, caller: tuple[Bench, Dialing]) -> None:
    theirs, called, ours, calls = await connected(bench, caller)
    theirs.send_rtp(RTP)
    ours.send_rtcp(REPORT)
    await until(lambda: calls.rtp and called.rtcp)
    assert (calls.rtp, called.rtcp) == ([RTP], [REPORT])


async def test_two_calls_between_the_same_relays_do_not_mix(bench: Bench, caller: tuple[Bench, Dialing]) -> None:
    both = [await connected(bench, caller) for _ in range(2)]
    for number, (theirs, _, _, _) in enumerate(both):
        theirs.send_rtp(RTP + bytes([number]))
    await until(lambda: all(calls.rtp for _, _, _, calls in both))
    assert [calls.rtp for _, _, _, calls in both] == [[RTP + b"\x00"], [RTP + b"\x01"]]


async def test_a_called_relay_that_falls_silent_is_given_up(bench: Bench, caller: tuple[Bench, Dialing]) -> None:
    _, _, ours, calls = await connected(bench, caller)
    loop = asyncio.get_running_loop()
    for one in bench.port.sockets:
        loop.remove_reader(one.fileno())
    await until(lambda: ours.state == "closed", 1.5)
    assert calls.events[-1] == "closed: consent expired"


async def test_a_good_bye_ends_the_call_at_once(bench: Bench, caller: tuple[Bench, Dialing]) -> None:
    theirs, _, ours, calls = await connected(bench, caller)
    theirs.close("left", bench.clock())
    await until(lambda: ours.state == "closed", 0.3)
    assert calls.events[-1] == "closed: peer said good-bye"
    _, dialing = caller
    await until(lambda: len(dialing) == 0)
