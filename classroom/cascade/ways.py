"""Which relay serves a lesson to whom: pure rules over the addresses that a ticket carries.

A ticket's ways lead from the nearest relay up to the root. A relay pulls only from those after itself, so every leg
leads to an ancestor and no loop can arise, whatever the addresses behind the names are; the list of names that a
request has passed catches a relay that is told of itself under two addresses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.errors import NotAllowed, Problem
from core.tickets import Ticket

FAULTY = 3.0
"""Seconds for which a relay that did not answer is asked last."""
MOST_HOPS = 6
"""More than the administration has tiers."""
VIA = "songjiao-via"
"""The request header with the names of the relays that ask, the first one first."""


class LoopFound(Problem):
    status = 508
    title_zh, title_en = "中继绕成了圈", "The relays go round in a circle"


def above(ways: Sequence[str], own: str) -> tuple[str, ...]:
    """The relays that this one may pull from, the nearest first; none for the root and for a stranger."""
    places = [at for at, address in enumerate(ways) if address == own]
    return tuple(ways[places[-1] + 1 :]) if places else ()


def below_anchor(ticket: Ticket, own: str) -> bool:
    """Whether publishers send to a relay above this one, so that nothing but pulling can bring the lesson here."""
    return ticket.anchor in above(ticket.ways, own)


def check_place(ticket: Ticket, own: str) -> None:
    """A ticket opens the relays on its way and no others. Raises NotAllowed."""
    if ticket.ways and own not in ticket.ways:
        zh = "这张凭证不是给这台中继的，请重新进入课堂。"
        raise NotAllowed(
            "ticket-for-another-relay", zh=zh, en="This ticket is for other relays; enter the lesson again."
        )


def passed(header: str) -> tuple[str, ...]:
    return tuple(name for part in header.split(",") if (name := part.strip()))


def via(ticket: Ticket) -> tuple[str, ...]:
    """The relays that somebody's request has passed before this one."""
    return passed(ticket.name) if ticket.role == "relay" else ()


def of_a_relay(ticket: Ticket, names: Sequence[str]) -> Ticket:
    """The ticket of somebody below, as a relay on the way presents it: its sessions count apart, and it is no room's
    line. It can do no more than before: it may only watch."""
    return replace(
        ticket, id=f"{ticket.id} relays", role="relay", name=", ".join(names), room=None, room_name=None, publish=()
    )


def check_loop(names: Sequence[str], own: str) -> None:
    """Raises LoopFound."""
    if own in names or len(names) >= MOST_HOPS:
        zh, en = (
            "这节课已经过这台中继，请检查各中继的上级设置。",
            "The lesson has passed here; check the relays' parents.",
        )
        raise LoopFound("relay-loop", zh=zh, en=en)


def in_order(parents: Sequence[str], failed: Mapping[str, float], now: float) -> list[str]:
    """The nearest first, but whoever failed just now last. `failed`: address → when."""
    return sorted(parents, key=lambda one: now - failed.get(one, float("-inf")) < FAULTY)
