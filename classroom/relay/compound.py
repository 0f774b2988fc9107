"""RTCP as it comes from a peer, publisher or viewer."""

from classroom.relay.counters import Counters
from classroom.rtp import rtcp


def messages_of(packet: bytes, counters: Counters) -> list[rtcp.Message]:
    """The messages of one decrypted compound; a malformed one is dropped whole and counted."""
    counters.rtcp_received += 1
    try:
        return rtcp.parse(packet)
    except ValueError:
        counters.rtcp_malformed += 1
        return []
