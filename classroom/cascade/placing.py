"""Which relays stand on the way of a room, and at which of them a lesson is anchored. Pure.

A path is the ids of the places from the root of the organisation tree down to one. Each place may have several relays
(one per core of its machine): a lesson keeps to one of them, chosen by its name (rendezvous hashing), so that all its
tickets name the same. Only once that one is crowded, who comes later gets it from a sibling, which pulls it from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from classroom.cascade.registry import Known

CROWDED = 0.5
"""Of its capacity in sessions: from there on a lesson's further viewers go to the siblings of its relay."""


@dataclass(frozen=True)
class Stop:
    address: str
    alive: bool
    may_anchor: bool
    """A school's relay stands behind its router: nobody from outside can send to it."""


def chosen(lesson: str, names: Mapping[str, object]) -> str:
    """All of a lesson on one, and most lessons stay when another is added."""
    return max(names, key=lambda name: hashlib.sha256(f"{name} {lesson}".encode()).digest())


def common_path(paths: Sequence[Sequence[str]]) -> list[str]:
    """The places that all paths pass."""
    same = takewhile(lambda labels: len(set(labels)) == 1, zip(*paths, strict=False))
    return [labels[0] for labels in same]


def place_ids(path: Sequence[str]) -> list[str]:
    return [str(UUID(hex=label)) for label in path]


def stops(lesson: str, path: Sequence[str], known: Sequence[Known], root: str) -> list[Stop]:
    """From the lowest place with a relay up to the root, whose address is always there."""
    at: dict[str, dict[str, Known]] = {}
    for one in known:
        at.setdefault(one.card.place or "", {})[one.card.name] = one
    found = [at[place][chosen(lesson, at[place])] for place in reversed(place_ids(path)) if place in at]
    found = [one for one in found if one.card.address != root]
    lower = [Stop(one.card.address, one.alive and not one.card.draining, one.card.tier != "school") for one in found]
    return [*lower, Stop(root, alive=True, may_anchor=True)]


def spread(way: Sequence[Stop], known: Sequence[Known]) -> list[Stop]:
    """A viewer's way, through the emptiest sibling of its nearest relay where that is crowded: the same cascade that
    links machines then shares one lesson among the cores of one."""
    nearest = next((one for one in known if one.card.address == way[0].address), None)
    if nearest is None or _used(nearest) < CROWDED:
        return list(way)
    beside = [one for one in known if one.card.place == nearest.card.place and one.alive and not one.card.draining]
    least = min(beside, key=lambda one: (_used(one), one.card.name), default=nearest)
    if least is nearest or _used(least) >= _used(nearest):
        return list(way)
    return [Stop(least.card.address, alive=True, may_anchor=False), *way]


def _used(one: Known) -> float:
    return one.card.sessions / one.card.capacity


def anchor(way: Sequence[Stop]) -> str:
    """Of the way from the lowest place above sender and receivers: the first relay that everybody can send to."""
    return next(stop.address for stop in way if stop.may_anchor)


def from_anchor(way: Sequence[Stop], address: str) -> list[Stop]:
    """The part of a way from the anchor up."""
    addresses = [stop.address for stop in way]
    return list(way[addresses.index(address) :]) if address in addresses else [way[-1]]


def to_try(way: Sequence[Stop]) -> list[str]:
    """The addresses that live; all where none is known to."""
    return [stop.address for stop in way if stop.alive] or [stop.address for stop in way]
