"""The way of a lesson down the tiers, as every page draws it: school → prefecture → county → township → point."""

from collections.abc import Sequence
from typing import Literal

from admin.schemas import Place
from admin.tree import TEACHING_TIERS, Tier
from classroom.lessons.schemas import Step

BETWEEN: tuple[Literal["prefecture", "county", "township"], ...] = ("prefecture", "county", "township")
MANY: dict[Tier, tuple[str, str]] = {
    "province": ("个省", "provinces"),
    "prefecture": ("个州", "prefectures"),
    "county": ("个县市", "counties"),
    "township": ("个乡镇", "townships"),
    "school": ("所学校", "schools"),
    "teaching_point": ("个教学点", "teaching points"),
}
"""The words for several places of one tier; several ends of both kinds are 所学校."""


def way(sender: Place, chains: Sequence[Sequence[Place]]) -> list[Step]:
    """`chains`: for each receiving school the places from the root down to it. A teaching point's centre school is not
    a step of its own; a tier that no chain passes is left out."""
    passed: dict[Tier, dict[int, Place]] = {}
    for chain in chains:
        for place in chain:
            passed.setdefault(place.tier, {})[id(place)] = place  # by identity: one place is one object
    steps = [_step("school", [sender])]
    steps += [_step(tier, list(passed[tier].values())) for tier in BETWEEN if tier in passed]
    ends = list({id(chain[-1]): chain[-1] for chain in chains}.values())
    only_points = all(end.tier == "teaching_point" for end in ends)
    return [*steps, _step(TEACHING_TIERS[only_points], ends)]


def _step(tier: Tier, places: Sequence[Place]) -> Step:
    if len(places) == 1:
        return Step(tier=tier, name=places[0].name, name_en=places[0].name_en, count=1)
    zh, en = MANY[tier]
    return Step(tier=tier, name=f"{len(places)} {zh}", name_en=f"{len(places)} {en}", count=len(places))
