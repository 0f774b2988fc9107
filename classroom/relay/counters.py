"""What the media core counts. One object a process; the edge exports every field under its name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Packets, unless the name says otherwise. Every drop has a name."""

    received: int = 0
    sent: int = 0
    sent_bytes: int = 0

    dropped_malformed: int = 0
    dropped_foreign: int = 0  # no track of the publication has this SSRC or payload type
    dropped_duplicate: int = 0  # came twice, or after it was given up
    dropped_late: int = 0  # belongs before the publisher's first forwarded picture, or is older than the history
    dropped_oversized: int = 0
    dropped_closed: int = 0  # from a publication that was replaced or ended
    dropped_before_key_frame: int = 0
    dropped_jump: int = 0  # one packet far outside the sequence; a second one in its line is a restart
    left_out_padding: int = 0

    lost_upstream: int = 0  # asked for in vain
    repaired_upstream: int = 0
    nacked_upstream: int = 0
    key_frames_requested: int = 0

    send_full: int = 0  # the socket's buffer was full: viewers ask again
    send_failed: int = 0
    protect_failed: int = 0
    runs_refused: int = 0  # a way does not take several packets in one message: they went one by one

    repairs_sent: int = 0
    repairs_missing: int = 0  # asked for, but not in the history
    repairs_repeated: int = 0  # asked for again before the first answer can have arrived
    repairs_outdated: int = 0  # of a layer that was too much for the line
    repairs_refused: int = 0  # over the viewer's repair budget

    key_frames_replayed: int = 0
    replayed: int = 0
    replays_refused: int = 0  # over the lesson's replay budget: the viewer waits for the next key frame

    rtcp_malformed: int = 0
    rtcp_received: int = 0
