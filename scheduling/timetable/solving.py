"""Solving a draft: asked for by a request, done by a job, watched by whoever looks, stopped with what is found."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.who import Actor
from core import audit, database, jobs, valkey
from core.connections import Connections
from core.errors import Conflict
from core.ids import new_id
from core.jobs import task
from scheduling.delivery.slotless import why_no_slot
from scheduling.delivery.slots import Places
from scheduling.model import Course, Interval, Placement
from scheduling.timetable import drafts, progress
from scheduling.timetable.judging import Chosen, rules_of
from scheduling.timetable.models import Draft, DraftLesson
from scheduling.timetable.moving import courses_of
from scheduling.timetable.problem import Problem, problem
from scheduling.timetable.progress import RUNS
from scheduling.timetable.schemas import RunOut, RunState, SolveIn, WayOutOut

if TYPE_CHECKING:
    from scheduling.delivery.search import Draft as Found

log = structlog.get_logger()

LOOKS = 0.5
"""Seconds between two looks at the stop key, and between two words of progress."""
MOST_BROKEN = 10
WORDS: dict[RunState, tuple[str, str]] = {
    "none": ("还没有求解。", "Not solved yet."),
    "waiting": ("排队等候求解。", "Waiting for a worker."),
    "running": ("正在求解。", "Solving."),
    "stopping": ("正在停下，保留已找到的最好课表。", "Stopping; the best timetable so far is kept."),
    "done": ("求解完成。", "Solved."),
    "failed": ("求解没有做完，草稿没有变，请再试一次。", "The solving broke off; the draft is as it was. Try again."),
}
NONE = RunOut(
    state="none", seconds=0, elapsed=0, cost=None, bound=None, wanted=0, placed=0, broken=[],
    zh=WORDS["none"][0], en=WORDS["none"][1],
)  # fmt: skip


async def ask(
    session: AsyncSession, ground: Connections, who: Actor, draft: UUID, body: SolveIn, request: Request
) -> RunOut:
    await drafts.reached(session, who, "plan.change", draft)
    run, told = new_id().hex, NONE.model_copy(update={"seconds": float(body.seconds)} | _stands("waiting"))
    if not await RUNS.begin(ground, draft, run, told, body.seconds):
        zh, en = "这份草稿正在求解，请等它结束或先停下。", "The draft is being solved; wait for it or stop it first."
        raise Conflict("solving-already", zh=zh, en=en)
    after, name = body.model_dump(), f"timetable-draft:{draft}"
    await audit.record(session, who.id, "timetable-draft.solve", name, after=after, request=request)
    jobs.after_commit(session, solve, draft, run, body.seconds, body.seed, str(who.id))
    return told


async def stop(session: AsyncSession, ground: Connections, who: Actor, draft: UUID) -> RunOut:
    await drafts.reached(session, who, "plan.change", draft)
    told = await progress.run_of(ground, draft)
    if told is None or told.state in ("done", "failed"):
        return told or NONE
    await progress.stop(ground, draft)
    return told.model_copy(update=_stands("stopping"))


@task
async def solve(
    session: AsyncSession, ground: Connections, draft: str, run: str, seconds: int, seed: int, by: str
) -> None:
    """May come twice: a run that is over, or that another has replaced, is left. The job's own transaction stays empty
    while the solver works, so that it holds no connection."""
    if not await RUNS.is_current(ground, UUID(draft), run):
        return
    running = _Running(ground, UUID(draft), run, seconds)
    try:
        async with ground.transaction() as reading:
            row = await reading.get_one(Draft, running.draft)
            whole, rules, revision = await problem(reading, row), await rules_of(reading, row), row.revision
        found = await running.solve(whole, rules, seed)
        await _keep(session, running.draft, whole, found, revision, UUID(by))
    except Exception:
        await running.tell("failed")
        raise
    # not before the commit: the page that hears of it reads the draft at once
    database.after_commit(session, running.tell, "done")


@dataclass
class _Running:
    """One solving, between the solver's thread and Valkey."""

    ground: Connections
    draft: UUID
    run: str
    seconds: int
    best: "Found | None" = None
    whole: Problem | None = None

    def __post_init__(self) -> None:
        self._since = monotonic()

    async def solve(self, whole: Problem, rules: Chosen, seed: int) -> "Found":
        from scheduling.delivery.model import Switches  # it brings OR-Tools
        from scheduling.delivery.search import Solving

        self.whole = whole
        switches = Switches(rules.off, rules.weights)
        end = monotonic() + self.seconds
        solving = await asyncio.to_thread(Solving, Places(whole.week), end, seed, switches, self._better)
        start = whole.placements if len(whole.placements) == whole.wanted else ()
        work = asyncio.ensure_future(asyncio.to_thread(solving.run, start))
        while not (await asyncio.wait({work}, timeout=LOOKS))[0]:
            with suppress(*valkey.OUTAGES):  # without Valkey nobody sees how it goes, but it goes
                await self.tell("running")
                if await progress.stopped(self.ground, self.draft):
                    solving.stop()
        self.best = await work
        return self.best

    def _better(self, found: "Found") -> bool:
        self.best = found
        return True

    async def tell(self, state: RunState) -> None:
        best, whole = self.best, self.whole
        told = NONE.model_copy(
            update={"seconds": float(self.seconds), "elapsed": round(monotonic() - self._since, 1)} | _stands(state)
        )
        if best is not None and whole is not None:
            numbers = {"cost": best.cost, "bound": best.bound, "placed": len(best.placements)}
            told = told.model_copy(update=numbers | {"wanted": whole.wanted, "broken": _broken(whole, best)})
        await RUNS.write(self.ground, self.draft, self.run, told, self.seconds)


def _stands(state: RunState) -> dict[str, str]:
    zh, en = WORDS[state]
    return {"state": state, "zh": zh, "en": en}


def _broken(whole: Problem, found: "Found") -> list[WayOutOut]:
    places = Places(whole.week)
    courses = places.courses
    worst = sorted(found.left_out.items(), key=lambda one: (-one[1], courses[one[0]].name))[:MOST_BROKEN]
    return [_without(places, courses[id], count) for id, count in worst]


def _without(places: Places, course: Course, count: int) -> WayOutOut:
    if reason := why_no_slot(places, course):
        return WayOutOut(zh=reason.zh + reason.remedy_zh, en=f"{reason.en} {reason.remedy_en}")
    zh, en = f"《{course.name}》还有 {count} 节没有排上。", f"{course.name}: {count} lessons have no place yet."
    return WayOutOut(zh=zh, en=en)


async def _keep(session: AsyncSession, draft: UUID, whole: Problem, found: "Found", revision: int, by: UUID) -> None:
    """Into the draft; beside it, as a draft of its own, when somebody moved lessons meanwhile."""
    row = await session.get_one(Draft, draft, with_for_update=True)
    lessons = renumbered(whole.placements, found.placements)
    locked = {(one.course, one.interval) for one in whole.week.locked}
    if row.revision != revision:
        row = Draft(
            id=new_id(), term_id=row.term_id, place_id=row.place_id, name=f"{row.name[:50]}（求解）", revision=0
        )
        session.add(row)
    else:
        await session.execute(delete(DraftLesson).where(DraftLesson.draft_id == draft))
    drafts.touch(row, by)
    await session.flush()
    known = {str(one) for one in await courses_of(session, row)}
    written = [
        (UUID(one.course), one.number, one.interval.weekday, one.interval.start, (one.course, one.interval) in locked)
        for one in lessons
        if one.course in known
    ]
    await drafts.put(session, row, written)
    after = {"placed": len(written), "cost": found.cost, "bound": found.bound, "left_out": found.left_out}
    await audit.record(session, by, "timetable-draft.solved", f"timetable-draft:{row.id}", after=after)


def renumbered(before: Iterable[Placement], after: Sequence[Placement]) -> list[Placement]:
    """A lesson that stays where it was keeps its number, for that is its name through all versions; the others take the
    numbers that are left, in the order of the week."""
    was = {(one.course, one.interval): one.number for one in before}
    stays = {(one.course, one.interval) for one in after} & was.keys()
    free = {course: iter(_left(course, stays, was)) for course in {one.course for one in after}}
    return [
        replace(
            one, number=was[one.course, one.interval] if (one.course, one.interval) in stays else next(free[one.course])
        )
        for one in sorted(after, key=lambda one: (one.course, one.interval))
    ]


def _left(course: str, stays: set[tuple[str, Interval]], was: Mapping[tuple[str, Interval], int]) -> list[int]:
    used = {was[key] for key in stays if key[0] == course}
    return [number for number in range(1, 100) if number not in used]
