"""RTCP compounds (RFC 3550 6.1, reduced size by RFC 5506): split, and hand each part to its parser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from classroom.rtp import feedback, reports
from classroom.rtp.feedback import Feedback
from classroom.rtp.reports import Goodbye, ReceiverReport, SenderReport, SourceDescription

Message = SenderReport | ReceiverReport | SourceDescription | Goodbye | Feedback

_PARSERS: dict[int, Callable[[int, bytes], Message | None]] = {
    reports.SENDER_REPORT: reports.parse_sender_report,
    reports.RECEIVER_REPORT: reports.parse_receiver_report,
    reports.SOURCE_DESCRIPTION: reports.parse_source_description,
    reports.GOODBYE: reports.parse_goodbye,
    feedback.TRANSPORT_FEEDBACK: feedback.parse_transport_feedback,
    feedback.PAYLOAD_FEEDBACK: feedback.parse_payload_feedback,
}


def parse(compound: bytes) -> list[Message]:
    """Every message of a compound that the relay uses, in order; kinds it does not know are skipped.
    ValueError if any part is malformed: the whole compound is then to be dropped."""
    messages: list[Message] = []
    for count, kind, body in _split(compound):
        parser = _PARSERS.get(kind)
        message = parser(count, body) if parser else None
        if message is not None:
            messages.append(message)
    return messages


def _split(compound: bytes) -> Iterator[tuple[int, int, bytes]]:
    at, size = 0, len(compound)
    if size == 0:
        raise ValueError("RTCP compound is empty")
    while at < size:
        if at + 4 > size or compound[at] & 0xC0 != 0x80:
            raise ValueError("RTCP header is malformed")
        end = at + 4 + 4 * (compound[at + 2] << 8 | compound[at + 3])
        if end > size:
            raise ValueError("RTCP packet is truncated")
        padding = compound[end - 1] if compound[at] & 0x20 else 0
        if padding > end - at - 4 or padding % 4:
            raise ValueError("RTCP padding is malformed")
        yield compound[at] & 0x1F, compound[at + 1], compound[at + 4 : end - padding]
        at = end
