"""Key-frame requests of many viewers become one per window."""

from __future__ import annotations

# A publisher hears one request per window: an encoder answers within 20 to 40 ms, a round trip is rarely longer than
# this.
WINDOW = 0.3

# Who only wants a better picture waits until the last key frame is this old, so that a class on changing lines does
# not cost all others their quality.
PATIENCE = 2.0


class KeyFrameRequests:
    """Viewers `ask`; the track that publishes polls `due` and sends the request; `arrived` settles it.
    An unanswered request is due again after each window, for encoders and links that lose one."""

    __slots__ = ("_arrived_at", "_hoped", "_sent_at", "_wanted")

    def __init__(self) -> None:
        self._wanted = self._hoped = False
        self._sent_at = float("-inf")
        self._arrived_at = float("-inf")

    def ask(self, now: float) -> None:
        """A key frame younger than a window is the answer already, still on its way to the viewer."""
        if now - self._arrived_at >= WINDOW:
            self._wanted = True

    def need(self) -> None:
        """For who waits for a picture: the last key frame is no answer, so another one is asked for as soon as the
        window since it is over."""
        self._wanted = True

    def hope(self) -> None:
        """As `ask`, when there is no hurry."""
        self._hoped = True

    def due(self, now: float) -> bool:
        """True at most once per window; the caller sends the request."""
        if self._hoped and now - self._arrived_at >= PATIENCE:
            self._wanted, self._hoped = True, False
        if not self._wanted or now - max(self._sent_at, self._arrived_at) < WINDOW:
            return False
        self._sent_at = now
        return True

    def asked_elsewhere(self, now: float) -> None:
        """A request for another layer of the same picture brings a key frame here too."""
        self._sent_at = now

    def arrived(self, now: float) -> None:
        self._wanted = self._hoped = False
        self._arrived_at = now
