"""The relays on the way of one who enters a lesson. What Valkey knows of the tree is a help: without it everybody goes
to the root, as in a house with one relay."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from admin.tree import labels
from classroom.cascade import placing, registry
from classroom.cascade.registry import Known
from core import valkey
from core.connections import Connections

log = structlog.get_logger()

PATIENCE = 0.5
"""Seconds that a ticket waits for Valkey."""
OUTAGES: tuple[type[Exception], ...] = (*valkey.OUTAGES, TimeoutError)


@dataclass(frozen=True)
class Way:
    """`ways` and `anchor` are for the ticket, empty where there is one relay; the addresses to try, the best first."""

    ways: tuple[str, ...]
    anchor: str
    watch: list[str]
    publish: list[str]


async def way_for(
    ground: Connections, lesson: str, own: str | None, ends: Sequence[str], relays: dict[str, str]
) -> Way:
    """`own`: the path of the school that this person is in, None for one who is in none; `ends`: the paths of all
    schools of the lesson; `relays`: those that serve everybody, by name."""
    root = relays[placing.chosen(lesson, relays)]
    common = placing.common_path([labels(path) for path in ends])
    mine = labels(own) if own else common
    known = await _known(ground, sorted({*placing.place_ids(mine), *placing.place_ids(common)}), sorted(relays))
    above = placing.stops(lesson, common, known, root)
    way = placing.stops(lesson, mine, known, root)
    if len(way) == 1:
        return _from_root(root, placing.spread(way, known))
    anchor = await _anchor(ground, lesson, placing.anchor(above), [stop.address for stop in above])
    up = placing.from_anchor(above, anchor)
    shown = placing.spread(way if own else up, known)
    return Way(tuple(stop.address for stop in shown), anchor, placing.to_try(shown), placing.to_try(up))


def _from_root(root: str, shown: Sequence[placing.Stop]) -> Way:
    """Where no relay stands below; through a sibling of the root while that is crowded."""
    if len(shown) == 1:
        return Way((), "", [root], [root])
    return Way(tuple(stop.address for stop in shown), root, placing.to_try(shown), [root])


async def _known(ground: Connections, places: Sequence[str], roots: Sequence[str]) -> list[Known]:
    try:
        async with asyncio.timeout(PATIENCE):
            return await registry.relays_at(ground.valkey, places, roots)
    except OUTAGES as error:
        log.warning("tree_unknown", error=str(error))
        return []


async def _anchor(ground: Connections, lesson: str, address: str, possible: Sequence[str]) -> str:
    """The one of the lesson's first ticket, as long as it is on the way: a relay that was added since changes nothing
    for a lesson under way."""
    try:
        async with asyncio.timeout(PATIENCE):
            first = await registry.anchor(ground.valkey, lesson, address)
    except OUTAGES as error:
        log.warning("anchor_unknown", error=str(error))
        return address
    return first if first in possible else address
