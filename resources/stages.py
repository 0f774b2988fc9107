"""The way of a file through the library. Every rule about what may follow what is in this table.

    sending ──complete──► sent ──probe──► probed ──first playable form──► playable
       │                    ├──────plays as it is───────────────────────────┘
       └──abandon──► (gone) └────refuse──────┴──► refused

`playable` is also where renditions are still being made; `progress` says how far. A refused resource keeps its words
and loses its bytes; sending anew makes a new version.
"""

from typing import Literal, get_args

from core.errors import Conflict

Stage = Literal["sending", "sent", "probed", "playable", "refused"]
STAGES: tuple[Stage, ...] = get_args(Stage)

NEXT: dict[Stage, frozenset[Stage]] = {
    "sending": frozenset({"sent", "refused"}),
    "sent": frozenset({"probed", "playable", "refused"}),
    "probed": frozenset({"playable", "refused"}),
    "playable": frozenset(),
    "refused": frozenset(),
}


def advance(present: Stage, following: Stage) -> Stage:
    """The following stage; staying is allowed, for a repeated task does no harm. Raises Conflict."""
    if following != present and following not in NEXT[present]:
        zh = "这份资源的处理已经走到别的步骤，请刷新页面。"
        en = "This resource has moved on; reload the page."
        raise Conflict("stage-passed", zh=zh, en=en, stage=present)
    return following
