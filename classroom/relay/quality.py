"""How well a peer's line is doing."""

from __future__ import annotations

from typing import NamedTuple


class Quality(NamedTuple):
    """`loss` 0…1 over the last reports (lost and asked-for packets), `rtt` seconds or None, `jitter` seconds, `kbps`,
    `layer` the largest that flows ("q", "h", "f"), "voice" or "thin" when the line carries no picture, or "none",
    `unsupported` the lines whose codec this viewer cannot take ("teacher video")."""

    loss: float
    rtt: float | None
    jitter: float
    kbps: float
    layer: str
    unsupported: tuple[str, ...]
