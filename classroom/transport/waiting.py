"""DTLS datagrams that wait for their turn. Who is in the middle of a handshake goes before who begins one, so that a
class that joins comes in one after the other, not all together after the last."""

from collections import deque
from typing import Final

from classroom.transport.ice import Address

MOST: Final = 4096
"""Datagrams; peers repeat what was dropped."""

Record = tuple[int, bytes, Address]
"""The socket that heard it, the datagram, and from where."""


def begins(datagram: bytes) -> bool:
    """Whether it is a ClientHello in clear (RFC 9147 sections 4 and 5: handshake, epoch 0, type 1)."""
    return datagram[:1] == b"\x16" and datagram[3:5] == b"\x00\x00" and datagram[13:14] == b"\x01"


class Waiting:
    """`called`: somebody comes back for the rest."""

    def __init__(self) -> None:
        self.called = False
        # One for each address and part: a peer that waits long repeats its hello, and answering both would make all
        # wait longer. Parts of a large hello differ in message_seq or fragment_offset (RFC 6347 section 4.2.2).
        self._beginning: dict[tuple[int, Address, bytes], Record] = {}
        self._going_on: deque[Record] = deque()

    def __len__(self) -> int:
        return len(self._beginning) + len(self._going_on)

    def add(self, record: Record) -> bool:
        """False, and not taken, when too many wait."""
        if len(self) >= MOST:
            return False
        if begins(record[1]):
            self._beginning.setdefault((record[0], record[2], record[1][17:22]), record)
        else:
            self._going_on.append(record)
        return True

    def next(self) -> Record:
        """IndexError when nobody waits."""
        if self._going_on or not self._beginning:
            return self._going_on.popleft()
        return self._beginning.pop(next(iter(self._beginning)))
