"""Key-frame requests of many viewers become one per window."""

from __future__ import annotations

# A publisher hears one request per window: an encoder answers within 20 to 40 ms, a round trip is rarely longer than
# this.
WINDOW = 0.3


class KeyFrameRequests:
    """Viewers `ask`; the track that publishes polls `due` and sends the request; `arrived` settles it.
    An unanswered request is due again after each window, for encoders and links that lose one."""

    __slots__ = ("_arrived_at", "_sent_at", "_wanted")

    def __init__(self) -> None:
        self._wanted = False
        self._sent_at = float("-inf")
        self._arrived_at = float("-inf")

    def ask(self, now: float) -> None:
        """A key frame younger than a window is the answer already, still on its way to the viewer."""
        if now - self._arrived_at >= WINDOW:
            self._wanted = True

    def due(self, now: float) -> bool:
        """True at most once per window; the caller sends the request."""
        if not self._wanted or now - self._sent_at < WINDOW:
            return False
        self._sent_at = now
        return True

    def arrived(self, now: float) -> None:
        self._wanted = False
        self._arrived_at = now
