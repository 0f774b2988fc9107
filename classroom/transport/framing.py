"""Datagrams in a stream of bytes: two bytes of length, then the datagram (RFC 4571). Pure."""

from typing import Final

LARGEST: Final = 1500


def frame(datagram: bytes) -> bytes:
    return len(datagram).to_bytes(2, "big") + datagram


class Unframer:
    """One connection's stream, whatever the pieces in which it comes."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The datagrams that are whole now. Raises ValueError when one would be larger than LARGEST or empty."""
        self._rest += data
        found, at = [], 0
        while len(self._rest) - at >= 2:
            size = int.from_bytes(self._rest[at : at + 2], "big")
            if not 0 < size <= LARGEST:
                raise ValueError(f"a frame of {size} bytes")
            if len(self._rest) - at < 2 + size:
                break
            found.append(bytes(self._rest[at + 2 : at + 2 + size]))
            at += 2 + size
        del self._rest[:at]
        return found
