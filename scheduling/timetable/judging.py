"""What is wrong with a draft, what would be wrong with one lesson elsewhere, why lessons find no place, and repairs."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotFound
from scheduling.calendar.bells import clock
from scheduling.delivery.rules import RULES, Fault, Timetable, faults, when
from scheduling.delivery.slots import Places, slots
from scheduling.model import Course, Interval, Placement
from scheduling.timetable.choices import chosen, off_and_weights
from scheduling.timetable.models import Draft
from scheduling.timetable.problem import Problem, problem
from scheduling.timetable.schemas import (
    ClashOut,
    FaultOut,
    JudgementOut,
    MovedOut,
    MoveIn,
    RepairOut,
    RuleCost,
    SlotOut,
    SlotsOut,
    WayOutOut,
)

if TYPE_CHECKING:
    from scheduling.delivery.repair import Repair

MOST_TOLD = 100
MOVABLE = frozenset(RULES) - {"H3", "H6", "H9", "H10", "screen", "fallback"}
"""The rules that ask when a lesson is; the others say the same wherever it stands."""
ALONE = frozenset({"H2", "H4", "morning", "after-lunch", "evening"})
"""Of these, the rules that look at one lesson at a time."""
REPAIR_SECONDS = 3.0


@dataclass(frozen=True)
class Chosen:
    """Which rules hold for the draft's place."""

    off: frozenset[str]
    weights: Mapping[str, int]

    def weight(self, rule: str) -> int:
        return self.weights.get(rule, RULES[rule].weight)


async def judgement(session: AsyncSession, draft: Draft) -> JudgementOut:
    whole, rules = await problem(session, draft), await rules_of(session, draft)
    timetable = Timetable(Places(whole.week), whole.placements)
    found = await asyncio.to_thread(faults, timetable, rules.off)
    found.sort(key=lambda one: (not RULES[one.rule].hard, -rules.weight(one.rule) * one.amount))
    costs = [_cost(rule, found, rules) for rule in RULES if any(one.rule == rule for one in found)]
    return JudgementOut(
        draft_id=draft.id,
        name=draft.name,
        revision=draft.revision,
        wanted=whole.wanted,
        placed=len(whole.placements),
        hard=sum(one.count for one in costs if one.hard),
        cost=sum(one.cost for one in costs),
        rules=costs,
        total=len(found),
        faults=[fault_out(one, rules) for one in found[:MOST_TOLD]],
    )


async def around(session: AsyncSession, draft: Draft, courses: Collection[UUID]) -> list[FaultOut]:
    """What is wrong with these courses."""
    near, rules = await problem(session, draft, courses), await rules_of(session, draft)
    mine = {str(one) for one in courses}
    found = faults(Timetable(Places(near.week), near.placements), rules.off)
    found = [one for one in found if mine & set(one.courses)]
    return [fault_out(one, rules) for one in sorted(found, key=lambda one: not RULES[one.rule].hard)][:MOST_TOLD]


async def where(session: AsyncSession, draft: Draft, course_id: UUID, number: int) -> SlotsOut:
    near, rules = await problem(session, draft, [course_id]), await rules_of(session, draft)
    places = Places(near.week)
    course = _course(places, course_id)
    found = _slots(places, near, course, number, rules)
    return SlotsOut(course_id=course_id, number=number, revision=draft.revision, slots=found)


async def clash(session: AsyncSession, draft: Draft, course_id: UUID) -> ClashOut:
    near, rules = await problem(session, draft, [course_id]), await rules_of(session, draft)
    course = _course(Places(near.week), course_id)

    def explained() -> ClashOut:
        from scheduling.delivery import explain  # it brings OR-Tools
        from scheduling.delivery.model import Switches

        found = explain.clash(near.week, course, Switches(rules.off, rules.weights))
        if found is None:
            return ClashOut(fits=True, course_ids=[], zh="", en="", ways_out=[])
        ways_out = [WayOutOut(zh=one.zh, en=one.en) for one in found.ways_out]
        ids = [UUID(one.id) for one in found.courses]
        return ClashOut(fits=False, course_ids=ids, zh=found.zh, en=found.en, ways_out=ways_out)

    return await asyncio.to_thread(explained)


async def repairs(session: AsyncSession, draft: Draft) -> list[RepairOut]:
    """The draft's own lessons are what holds now; they are to be disturbed as little as can be."""
    whole, rules = await problem(session, draft), await rules_of(session, draft)
    return await asyncio.to_thread(_repairs, whole, rules)


async def rules_of(session: AsyncSession, draft: Draft) -> Chosen:
    return Chosen(*off_and_weights(await chosen(session, draft.place_id)))


def fault_out(fault: Fault, rules: Chosen) -> FaultOut:
    hard = RULES[fault.rule].hard
    cost = 0 if hard else rules.weight(fault.rule) * fault.amount
    ids = [UUID(one) for one in dict.fromkeys(fault.courses)]
    return FaultOut(rule=fault.rule, hard=hard, zh=fault.zh, en=fault.en, course_ids=ids, cost=cost)


def _cost(rule: str, found: Iterable[Fault], rules: Chosen) -> RuleCost:
    own, count = RULES[rule], sum(one.amount for one in found if one.rule == rule)
    cost = 0 if own.hard else rules.weight(rule) * count
    return RuleCost(rule=rule, hard=own.hard, zh=own.zh, en=own.en, count=count, cost=cost)


def _course(places: Places, course: UUID) -> Course:
    if str(course) not in places.courses:
        zh, en = "这门课不在这份草稿里，请刷新。", "This course is not in the draft; load it again."
        raise NotFound("course-unknown", zh=zh, en=en, course_id=str(course))
    return places.courses[str(course)]


def _slots(places: Places, near: Problem, course: Course, number: int, rules: Chosen) -> list[SlotOut]:
    others = [one for one in near.placements if (one.course, one.number) != (course.id, number)]
    now = next((one.interval for one in near.placements if (one.course, one.number) == (course.id, number)), None)
    off = rules.off | (frozenset(RULES) - MOVABLE)
    days = {weekday: _Day.of(places, course, others, weekday, off) for weekday in range(1, 8)}
    return [
        _slot(days[at.weekday], course, Placement(course.id, number, at), now, rules)
        for at in _times(places, course, now)
    ]


@dataclass(frozen=True)
class _Day:
    """Whom a lesson could meet on a weekday: that day's lessons, and all of its teacher's. What breaks is counted
    against these without the lesson."""

    places: Places
    others: tuple[Placement, ...]
    off: frozenset[str]
    before: frozenset[tuple[str, str]]

    @classmethod
    def of(
        cls, places: Places, course: Course, others: Iterable[Placement], weekday: int, off: frozenset[str]
    ) -> "_Day":
        own = {one.id for one in places.week.courses if one.lead == course.lead}
        met = tuple(one for one in others if one.interval.weekday == weekday or one.course in own)
        before = frozenset((one.rule, one.zh) for one in faults(Timetable(places, met), off | ALONE))
        return cls(places, met, off, before)

    def with_one(self, placed: Placement) -> list[Fault]:
        """What breaks of it, hard rules first."""
        alone = faults(Timetable(self.places, (placed,)), self.off | (frozenset(RULES) - ALONE))
        found = faults(Timetable(self.places, (*self.others, placed)), self.off | ALONE)
        new = [one for one in found if placed.course in one.courses and (one.rule, one.zh) not in self.before]
        return sorted([*alone, *new], key=lambda one: not RULES[one.rule].hard)


def _slot(day: _Day, course: Course, placed: Placement, now: Interval | None, rules: Chosen) -> SlotOut:
    new, at = day.with_one(placed), placed.interval
    return SlotOut(
        weekday=at.weekday,
        starts=clock(at.start),
        ends=clock(at.end),
        free=not any(RULES[one.rule].hard for one in new),
        here=at == now,
        faults=[fault_out(one, rules) for one in new],
    )


def _times(places: Places, course: Course, now: Interval | None) -> list[Interval]:
    """The shared slots, and each further period of the sending school from its beginning; where the lesson is now."""
    shared = slots(places, course)
    periods = [one.interval for one in places.sending_school(course).periods]
    rest = [
        Interval(one.weekday, one.start, one.start + course.minutes)
        for one in periods
        if not any(at.overlaps(one) for at in shared)
    ]
    return sorted({*shared, *rest, *([now] if now else [])})


def _repairs(whole: Problem, rules: Chosen) -> list[RepairOut]:
    from scheduling.delivery import repair  # it brings OR-Tools
    from scheduling.delivery.model import Switches

    week = replace(whole.week, published=whole.placements)
    names = {course.id: course.name for course in week.courses}
    found = repair.repairs(week, REPAIR_SECONDS, Switches(rules.off, rules.weights))
    return [_repair(one, names) for one in sorted(found, key=lambda one: one.disturbance)]


def _repair(one: "Repair", names: Mapping[str, str]) -> RepairOut:
    moved = [_moved(before, after, names) for before, after in one.moved]
    moves = [_move(before, after) for before, after in one.moved]
    return RepairOut(disturbance=one.disturbance, moved=moved, moves=moves)


def _moved(before: Placement, after: Placement | None, names: Mapping[str, str]) -> MovedOut:
    was, now = when(before.interval), when(after.interval) if after else (None, None)
    return MovedOut(
        course_id=UUID(before.course),
        number=before.number,
        name=names[before.course],
        before=was[0],
        after=now[0],
        before_en=was[1],
        after_en=now[1],
    )


def _move(before: Placement, after: Placement | None) -> MoveIn:
    own = {"course_id": before.course, "number": before.number}
    if after is None:
        return MoveIn.model_validate(own | {"weekday": None, "starts": None, "locked": False})
    return MoveIn.model_validate(own | {"weekday": after.interval.weekday, "starts": clock(after.interval.start)})
