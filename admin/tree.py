"""The organisation tree as text: a place's path is the ids from the root down to it, joined by dots, so that
"is this place below that one" is a prefix and one index answers it for a whole list."""

from collections.abc import Iterable
from typing import Literal, get_args
from uuid import UUID

Tier = Literal["province", "prefecture", "county", "township", "school", "teaching_point"]
TIERS: tuple[Tier, ...] = get_args(Tier)
TEACHING_TIERS: tuple[Tier, ...] = ("school", "teaching_point")


def label(place: UUID) -> str:
    return place.hex


def path_of(place: UUID, parent_path: str | None) -> str:
    return f"{parent_path}.{label(place)}" if parent_path else label(place)


def is_inside(path: str, place_path: str) -> bool:
    """Is the place at `path` the one at `place_path`, or below it?"""
    return path == place_path or path.startswith(place_path + ".")


def is_inside_any(path: str, places: Iterable[str]) -> bool:
    return any(is_inside(path, place) for place in places)


def labels(path: str) -> list[str]:
    """The same as `ancestors`, as the path spells them: no UUIDs are made, of which a long list needs thousands."""
    return path.split(".")


def ancestors(path: str) -> list[UUID]:
    """The ids on the way from the root to the place, itself included."""
    return [UUID(hex=part) for part in path.split(".")]


def may_hang_under(tier: Tier, parent: Tier | None) -> bool:
    """A place hangs under a higher tier; tiers may be left out (a town school straight under its county)."""
    if parent is None:
        return tier == "province"
    return TIERS.index(parent) < TIERS.index(tier)
