"""The form in which a line gets a packet."""

from hypothesis import given
from hypothesis import strategies as st

from classroom.relay.description import OPUS, LineDescription, TrackDescription
from classroom.relay.form import IN_RED, PLAIN, Form, Shift
from classroom.relay.publication import Publication
from classroom.relay.subscription import Subscription
from classroom.rtp import header, vp8
from tests.classroom.relay.peers import Source, Ticket, WireLink, World
from tests.classroom.rtp.test_red import in_red

word = st.integers(0, 2**32 - 1)


@given(
    st.integers(0, 2**40),
    word,
    word,
    st.integers(0, 2**15 - 1),
    st.integers(0, 255),
    st.integers(0, 2**17),
    st.booleans(),
)
def test_a_moved_packet_has_another_number_time_and_picture_and_the_same_content(
    moved: int, later: int, ssrc: int, pictures: int, tl0: int, number: int, narrow: bool
) -> None:
    payload = bytes((0x90, 0xE0, 0x80, 5, 200, 0x20, 1)) + b"content"
    if narrow:
        payload, pictures = bytes((0x90, 0xC0, 5, 200, 1)) + b"content", pictures % 2**7
    packet = header.build(0x80, PLAIN, number, 1000, 1, payload)
    dressed = Form(100, vp8=True, shift=Shift(ssrc, 0, moved, later, pictures, tl0)).dress(packet, number)
    assert dressed is not None
    assert header.sequence(dressed) == (number + moved) % 2**16
    assert header.timestamp(dressed) == (1000 + later) % 2**32
    assert (header.ssrc(dressed), header.payload_type(dressed), dressed[1] & 0x80) == (ssrc, 100, 0x80)
    found = vp8.parse(dressed, header.HEADER_LENGTH, len(dressed))
    assert (found.picture_id, found.tl0picidx) == ((5 + pictures) % 2 ** (7 if narrow else 15), (200 + tl0) % 256)
    assert dressed.endswith(b"content")
    assert len(dressed) == len(packet)


def test_what_came_before_the_change_has_no_place() -> None:
    form = Form(100, shift=Shift(9, 50, 7, 0, 0, 0))
    packet = header.build(0, PLAIN, 49, 0, 1, b"x")
    assert form.dress(packet, 49) is None
    assert form.dress(packet, 50) is not None


def test_sound_in_red_goes_as_it_is_or_without_what_it_repeats() -> None:
    packet = header.with_payload_type(in_red([b"before"], b"now"), IN_RED)
    taken, plain = Form(111, red=63).dress(packet, 1), Form(111).dress(packet, 1)
    assert taken is not None
    assert plain is not None
    assert header.payload_type(taken) == 63
    assert taken[header.HEADER_LENGTH :] == packet[header.HEADER_LENGTH :]
    assert header.payload_type(plain) == 111
    assert plain[header.HEADER_LENGTH :] == b"now"
    assert plain[2:12] == packet[2:12]


def test_one_voice_in_red_reaches_those_who_take_it_and_those_who_do_not() -> None:
    world = World()
    track = TrackDescription("audio", "0", {111: OPUS}, red=63)
    teacher = Publication(WireLink(world, world.wire()), Ticket("teacher"), "teacher", [track])
    world.lesson.publish(teacher, world.now)
    wires = []
    for red in (63, None):
        wires.append(world.wire())
        link = WireLink(world, wires[-1])
        line = LineDescription("teacher", "audio", "0", {OPUS: 109}, red=red)
        world.lesson.subscribe(Subscription(link, Ticket("room"), [line]), world.now)
    source = Source(63, 48000, 1)
    payloads = [in_red([b"old"], b"new %d" % at)[header.HEADER_LENGTH :] for at in range(3)]
    for at, payload in enumerate([*payloads, b"plain", b"\xff"]):
        source.payload_type = 111 if payload == b"plain" else 63
        teacher.on_rtp(source.packet(payload, False, world.now + at * 0.02), world.now)
    heard = [
        [(header.payload_type(one), one[12:]) for one in wire.take(world.now + 1) if not header.is_rtcp(one)]
        for wire in wires
    ]
    assert heard[0] == [*((63, payload) for payload in payloads), (109, b"plain")]
    assert heard[1] == [(109, b"new 0"), (109, b"new 1"), (109, b"new 2"), (109, b"plain")]
    assert world.counters.dropped_malformed == 1
