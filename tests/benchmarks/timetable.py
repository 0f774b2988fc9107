"""The delivery timetable at the size of the prefecture, of a third and of a tenth of it: how soon there is one that
breaks no rule, how far from the proven bound it is, and how long a repair takes. Each size runs in a process of its
own, so that its memory is its own."""

import multiprocessing
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from scheduling.delivery import generate
from scheduling.delivery.repair import repairs
from scheduling.delivery.rules import Timetable, cost, faults
from scheduling.delivery.search import Draft, solve
from scheduling.delivery.slots import Places
from scheduling.model import Unavailable, Week

SIZES = (0.1, 1 / 3, 1.0)
MARKS = (120.0, 600.0)
HEAD = (
    "| size | lessons | first complete s | gap at 2 min | gap at 10 min | hard faults | repair s | peak MiB |\n"
    "|--:|--:|--:|--:|--:|--:|--:|--:|"
)


@dataclass(frozen=True)
class Row:
    size: float
    lessons: int
    first: float | None
    """Seconds until every lesson had its place; None: never."""
    gaps: tuple[float, ...]
    hard: int
    repair: float
    mib: int

    def __str__(self) -> str:
        first = "never" if self.first is None else f"{self.first:.1f}"
        gaps = " | ".join(f"{gap:.1%}" for gap in self.gaps)
        return f"| {self.size:.2f} | {self.lessons} | {first} | {gaps} | {self.hard} | {self.repair:.2f} | {self.mib} |"


def rows(sizes: tuple[float, ...] = SIZES, marks: tuple[float, ...] = MARKS) -> Iterator[Row]:
    context = multiprocessing.get_context("spawn")
    for size in sizes:
        with context.Pool(1) as pool:
            yield pool.apply(measure, (size, marks))


def measure(size: float, marks: tuple[float, ...]) -> Row:
    week = generate.prefecture(size)
    began, first, gaps = time.monotonic(), list[float](), dict[float, float]()

    def watch(draft: Draft) -> bool:
        passed = time.monotonic() - began
        if not draft.left_out and not first:
            first.append(passed)
        gaps.update({mark: draft.gap for mark in marks if passed <= mark})
        return True

    draft = solve(week, marks[-1], seed=1, progress=watch)
    gaps[marks[-1]] = draft.gap
    hard, _ = cost(faults(Timetable(Places(week), draft.placements)))
    repaired = _repair_seconds(week, draft)
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lessons = sum(course.weekly for course in week.courses)
    return Row(size, lessons, first[0] if first else None, tuple(gaps[mark] for mark in marks), hard, repaired, mib)


def _repair_seconds(week: Week, draft: Draft) -> float:
    """A lead teacher is ill on a day with lessons."""
    first = draft.placements[0]
    lead = next(course.lead for course in week.courses if course.id == first.course)
    ill = Unavailable(lead, replace(first.interval, start=0, end=24 * 60), "病假")
    changed = replace(week, published=draft.placements, unavailable=(*week.unavailable, ill))
    began = time.monotonic()
    assert repairs(changed)
    return time.monotonic() - began
