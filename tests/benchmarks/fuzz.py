"""A long run of damaged input through every parser that hears the network. The tests do the same for a second with
hypothesis; here real messages are bent at random for as long as there is time, from a seed that is printed."""

import random
import secrets
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from classroom.rtp import feedback, h264, header, red, reports, rtcp, rtx, vp8
from classroom.transport import answer, fragment, offer, stun
from classroom.transport.ice import Credentials
from core.errors import Problem

from . import traffic

SECONDS_EACH = 20.0
OFFERS = sorted((Path(__file__).parents[1] / "classroom" / "transport" / "offers").glob("*.sdp"))
_INTERESTING = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\r\n", b"=", b":", b"a=", b"m=", b"99999999999", b"\xf0\x9f")


@dataclass(frozen=True)
class Parser:
    """`seeds` are good input; every error but those of `allowed` is a find."""

    name: str
    parse: Callable[[bytes], object]
    seeds: list[bytes]
    allowed: tuple[type[Exception], ...] = (ValueError,)


def parsers() -> list[Parser]:
    packet = traffic.rtp_header(96, 7, 90_000, 1, True) + traffic.video_payload(1, 2, 3, True, True)
    extended = bytes((0x90,)) + packet[1:12] + bytes.fromhex("bede000110310000") + packet[12:]
    compound = reports.build_receiver_report(reports.ReceiverReport(1, (reports.ReportBlock(2, 3, 4, 5, 6, 7, 8),)))
    compound += feedback.build_nack(feedback.Nack(1, 2, (5, 6, 30))) + feedback.build_remb(
        feedback.Remb(1, 10**6, (2,))
    )
    compound += feedback.build_picture_loss(feedback.PictureLoss(1, 2))
    request = stun.build(
        stun.BINDING_REQUEST, bytes(12), [(stun.USERNAME, b"a:b"), (stun.ICE_CONTROLLING, bytes(8))], b"password"
    )
    patch = fragment.write(Credentials.new(), [("192.0.2.1", 9)]).encode()
    h264_seeds = [b"\x78\x00\x04\x67\x42\xe0\x1f\x00\x02\x68\xce", b"\x7c\x85" + bytes(40), b"\x65" + bytes(40)]
    wrapped = packet[:12] + struct.pack("!H", 6) + packet[12:]
    redundant = packet[:12] + bytes.fromhex("ef0000046f") + bytes(4) + bytes(60)
    return [
        Parser("STUN", stun.parse, [request]),
        Parser("RTP", header.payload_bounds, [packet, extended]),
        Parser("RTCP", rtcp.parse, [compound]),
        Parser("VP8", lambda data: vp8.parse(data, 0, len(data)), [packet[12:], bytes.fromhex("90e0812345200102")]),
        Parser("H264", lambda data: h264.starts(data, 0, len(data)), h264_seeds),
        Parser("RTX", lambda data: rtx.unwrap(data, 96, 1), [wrapped]),
        Parser("RED", red.primary, [redundant]),
        Parser("SDP", _negotiate, [path.read_bytes() for path in OFFERS], (Problem,)),
        Parser("SDP fragment", fragment.read, [patch], (Problem,)),
    ]


def _negotiate(body: bytes) -> None:
    read = offer.read(body)
    for agree in (lambda: answer.tracks(read), lambda: answer.lines(read, ("teacher", "board"), "teacher")):
        try:
            agree()
        except Problem:
            continue


def bend(data: bytes, chance: random.Random) -> bytes:
    """One to four changes: a bit, a byte, a cut, a repetition, something interesting, a number."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(6):
            case 0 if changed:
                changed[at % len(changed)] ^= 1 << chance.randrange(8)
            case 1 if changed:
                changed[at % len(changed)] = chance.randrange(256)
            case 2:
                del changed[at : at + chance.randint(1, 40)]
            case 3:
                changed[at:at] = changed[at : at + chance.randint(1, 200)] * chance.randint(1, 20)
            case 4:
                changed[at:at] = chance.choice(_INTERESTING)
            case _:
                changed[at : at + 2] = chance.randbytes(2)
    return bytes(changed[:100_000])


def show(seconds_each: float = SECONDS_EACH) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}\n\n| parser | inputs | taken | slowest ms | finds |\n|---|--:|--:|--:|---|")
    for parser in parsers():
        print(_run(parser, random.Random(seed), seconds_each), flush=True)


def _run(parser: Parser, chance: random.Random, seconds: float) -> str:
    end, tried, taken, slowest = time.monotonic() + seconds, 0, 0, 0.0
    finds: dict[str, bytes] = {}
    while (before := time.monotonic()) < end:
        data, tried = bend(chance.choice(parser.seeds), chance), tried + 1
        try:
            parser.parse(data)
            taken += 1
        except parser.allowed:
            pass
        except Exception as error:  # whatever else it is, it is a find
            finds.setdefault(f"{type(error).__name__}: {error}"[:80], data)
        slowest = max(slowest, time.monotonic() - before)
    found = "; ".join(f"{name} from {data[:60].hex()}" for name, data in list(finds.items())[:5]) or "none"
    return f"| {parser.name} | {tried} | {taken / tried:.0%} | {slowest * 1000:.1f} | {found} |"
