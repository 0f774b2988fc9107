"""What passed through the port, and what did not: plain numbers that the metrics read when they are asked."""

from collections import Counter


class Traffic:
    def __init__(self) -> None:
        self.packets_in = 0
        self.bytes_in = 0
        self.packets_out = 0
        self.bytes_out = 0
        self.drops: Counter[str] = Counter()
        """By kind. The kinds are the words that the callers write, so their number is bounded."""

    def drop(self, kind: str) -> None:
        self.drops[kind] += 1
