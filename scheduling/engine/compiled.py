"""The tally and the moves as flat arrays, and annealing over them in C (walk.c) where that was compiled."""

from collections.abc import Iterable, Sequence
from importlib.machinery import EXTENSION_SUFFIXES
from itertools import accumulate
from pathlib import Path
from typing import Any

from cffi import FFI

from scheduling.engine import problem as p
from scheduling.engine.cost import Cost
from scheduling.engine.frame import Frame
from scheduling.engine.moves import PARTS, Moves
from scheduling.engine.tally import HARD, SOFT, Effects, Tally

HERE = Path(__file__)
# A pattern of times is one number of 64 bits.
WIDEST = 62
ffi = FFI()
ffi.cdef(HERE.with_name("walk.h").read_text())


def library() -> Any:
    """What was compiled of walk.c, None where there was no compiler."""
    for suffix in EXTENSION_SUFFIXES:
        found = HERE.with_name(f"_walk{suffix}")
        if found.exists():
            return ffi.dlopen(str(found))
    return None


class Arrays:
    """A struct of C whose arrays live as long as this."""

    def __init__(self) -> None:
        self.struct = ffi.new("Walk *")
        self._held: list[Any] = []

    def set(self, name: str, items: Iterable[int], type_: str = "int") -> None:
        found = ffi.new(f"{type_}[]", list(items) or [0])
        self._held.append(found)
        setattr(self.struct, name, found)

    def room(self, size: int, *names: str, type_: str = "int") -> None:
        for name in names:
            self.set(name, [0] * max(1, size), type_)

    def lists(self, name: str, lists: Sequence[Sequence[int]], items: str) -> None:
        """Lists of lists: where each begins, and all items one after another."""
        self.set(name, accumulate(map(len, lists), initial=0))
        self.set(items, [item for one in lists for item in one])

    def effects(self, name: str, lists: Sequence[Effects]) -> None:
        self.lists(f"{name}_from", [[node for node, _ in one] for one in lists], f"{name}_node")
        self.set(f"{name}_by", [by for one in lists for _, by in one], "long long")


class Layout:
    """Where things are in the arrays."""

    def __init__(self, frame: Frame, tally: Tally, moves: Moves) -> None:
        self.frame, self.events = frame, frame.problem.events
        self.shapes = [(event, duration) for event, every in enumerate(frame.durations) for duration in every]
        self.shape = {shape: number for number, shape in enumerate(self.shapes)}
        self.places = [(event, place) for event, one in enumerate(self.events) for place in range(len(one.needs))]
        self.place = {place: number for number, place in enumerate(self.places)}
        self.candidates = [self._candidates(*place) for place in self.places]
        self.index = [{resource: at for at, resource in enumerate(one)} for one in self.candidates]
        self.slot_from = list(accumulate((one.duration for one in self.events), initial=0))
        self.slot_event = [event for event, one in enumerate(self.events) for _ in range(one.duration)]
        self.arrays = Arrays()
        self._network(tally)
        self._events()
        self._effects(tally)
        self._choices(moves)
        self._sharing(moves)
        self._timetable()

    def _candidates(self, event: int, place: int) -> list[int | None]:
        need = self.events[event].needs[place]
        return [need.resource] if need.resource is not None else [None, *self.frame.candidates(event, need)]

    def _network(self, tally: Tally) -> None:
        arrays, struct = self.arrays, self.arrays.struct
        struct.nodes, struct.top = len(tally.value), tally.top
        edges = [edge for one in tally.edges for edge in one]
        arrays.set("edge_from", accumulate(map(len, tally.edges), initial=0))
        arrays.set("edge_target", [target for _, target, _ in edges])
        measures = [table.of for table, _, _ in edges]
        arrays.set("edge_kind", [one.kind for one in measures])
        for name in ("factor", "least", "most", "scale"):
            arrays.set(f"edge_{name}", [getattr(one, name) for one in measures], "long long")
        arrays.set("rank", tally.ranks)
        of_rank = [tally.ranks.count(rank) for rank in range(tally.top)]
        arrays.set("queue_from", accumulate(of_rank, initial=0))
        arrays.room(tally.top, "queue_n")
        arrays.room(struct.nodes, "queue", "journal_node")
        arrays.room(struct.nodes, "pending", "journal_old", type_="long long")
        arrays.room(struct.nodes, "queued", type_="unsigned char")
        arrays.set("value", tally.value, "long long")
        struct.kept = tally.value[:2]

    def _events(self) -> None:
        arrays, struct, events = self.arrays, self.arrays.struct, self.events
        struct.times, struct.events = len(self.frame.problem.times), len(events)
        struct.slots, struct.resources = len(self.slot_event), len(self.frame.problem.resources)
        struct.places = max([1, *(len(one.needs) for one in events)])
        arrays.set("slot_from", self.slot_from)
        arrays.set("slot_event", self.slot_event)
        arrays.set("shape_from", accumulate(map(len, self.frame.durations), initial=0))
        arrays.set("shape_duration", [duration for _, duration in self.shapes])
        arrays.set("place_from", accumulate((len(one.needs) for one in events), initial=0))
        needs = [len(events[event].needs) for event in self.slot_event]
        arrays.set("given_from", accumulate(needs, initial=0))
        cells = [len(events[event].needs) * max(self.frame.durations[event]) for event in self.slot_event]
        arrays.set("cell_from", accumulate(cells, initial=0))
        arrays.set("cell_slot", [slot for slot, size in enumerate(cells) for _ in range(size)])
        arrays.room(sum(cells), "next", "before")

    def _effects(self, tally: Tally) -> None:
        arrays, times = self.arrays, [None, *range(len(self.frame.problem.times))]
        none: Effects = []
        arrays.effects("lesson", [tally.of_lesson.get(shape, none) for shape in self.shapes])
        arrays.effects("start", [tally.of_start.get((*shape, time), none) for shape in self.shapes for time in times])
        base, takers = [], list[Effects]()
        for event, duration in self.shapes:
            for place in range(arrays.struct.places):
                base.append(len(takers))
                if (event, place) in self.place:
                    every = self.candidates[self.place[event, place]]
                    takers += [tally.of_taker.get((event, place, one, duration), none) for one in every]
        arrays.set("taker_base", base)
        arrays.effects("taker", takers)
        cells = ((resource, time) for resource in range(arrays.struct.resources) for time in times[1:])
        arrays.set("taking_node", [tally.takings.get(cell, -1) for cell in cells])

    def _choices(self, moves: Moves) -> None:
        arrays, times = self.arrays, len(self.frame.problem.times)
        every = (moves.starts[event][duration] for event, duration in self.shapes)
        starts = [[-1 if time is None else time for time in one] for one in every]
        arrays.lists("choice_from", starts, "choice")
        allowed = bytearray(len(starts) * (times + 1))
        for shape, found in enumerate(starts):
            for time in found:
                allowed[shape * (times + 1) + time + 1] = 1
        arrays.set("allowed", allowed, "unsigned char")
        exclusive = (one in moves.exclusive for one in range(arrays.struct.resources))
        arrays.set("exclusive", map(int, exclusive), "unsigned char")
        arrays.lists("candidate_from", [[-1 if r is None else r for r in one] for one in self.candidates], "candidate")
        arrays.set("skip", [self._skip(moves, *place) for place in self.places])
        arrays.lists("linked_from", moves.linked, "linked")
        for name, events in (("timed", moves.timed), ("cut", moves.cut), ("open", moves.open)):
            arrays.set(name, events)
            setattr(arrays.struct, f"{name}_n", len(events))
        arrays.set("ways", moves.shares)
        arrays.struct.ways_n = len(moves.shares)
        self._cuts(moves)

    def _skip(self, moves: Moves, event: int, place: int) -> int:
        takers = moves.takers[event].get(place, [])
        return int(place in moves.takers[event] and None not in takers)

    def _cuts(self, moves: Moves) -> None:
        base, cuts = [], list[list[int]]()
        for event, one in enumerate(self.events):
            base.append(len(cuts))
            for whole in range(one.duration + 1 if event in moves.cut else 0):
                found = [[self.shape[event, part] for part in cut] for cut in moves.cuts(event, whole)]
                cuts.append([part for cut in found for part in (*cut, *[-1] * (PARTS - len(cut)))])
        self.arrays.set("whole_base", base)
        self.arrays.set("cut_from", accumulate((len(one) // PARTS for one in cuts), initial=0))
        self.arrays.set("cut_shape", [part for one in cuts for part in one])

    def _sharing(self, moves: Moves) -> None:
        arrays, groups = self.arrays, list[list[int]]()
        known: dict[tuple[tuple[int, int], ...], int] = {}
        sharing: list[list[int]] = [[] for _ in self.places]
        for place, found in moves.groups.items():
            for group in map(tuple, found):
                if group not in known:
                    known[group] = len(groups)
                    groups.append([self.place[one] for one in group])
                sharing[self.place[place]].append(known[group])
        arrays.lists("sharing_from", sharing, "sharing")
        arrays.lists("group_from", groups, "group_place")
        arrays.set("place_event", [event for event, _ in self.places])
        arrays.lists("open_from", self.frame.open_places, "open_place")

    def _timetable(self) -> None:
        arrays, struct = self.arrays, self.arrays.struct
        needs = sum(len(self.events[event].needs) for event in self.slot_event)
        for name in ("slot_shape", "best_shape"):
            arrays.set(name, [-1] * struct.slots)
        arrays.room(struct.slots, "slot_time", "best_time", "in_move", "front")
        arrays.room(struct.slots, "moved_slot", "moved_shape", "moved_time")
        arrays.room(needs, "given", "best_given")
        arrays.room(struct.slots * struct.places, "moved_given")
        arrays.set("head", [-1] * (struct.resources * struct.times))


class Walk:
    """A timetable in C: what `Annealing` is in Python. Its calls let other threads run."""

    def __init__(self, lib: Any, frame: Frame, tally: Tally, moves: Moves, seed: int) -> None:
        self._lib, self._layout = lib, Layout(frame, tally, moves)
        self._struct = self._layout.arrays.struct
        self._struct.state = seed

    def load(self, solution: p.Solution) -> None:
        """Of lessons as long as lessons of their events may be."""
        self._lib.walk_clear(self._struct)
        self.forget()
        layout, used = self._layout, [0] * len(self._layout.events)
        for one in solution:
            slot = layout.slot_from[one.event] + used[one.event]
            used[one.event] += 1
            given = [layout.index[layout.place[one.event, at]][who] for at, who in enumerate(one.resources)]
            time = -1 if one.time is None else one.time
            self._lib.walk_put(self._struct, slot, layout.shape[one.event, one.duration], time, given or [0])

    def forget(self) -> None:
        """What there is now counts as the best."""
        self._lib.walk_remember(self._struct)

    def weigh(self, hard: float) -> None:
        """What a hard cost weighs beside a soft one."""
        self._struct.weight = hard

    @property
    def cost(self) -> Cost:
        return Cost(self._struct.value[HARD], self._struct.value[SOFT])

    @property
    def broken(self) -> bool:
        return self.cost.hard > 0

    @property
    def perfect(self) -> bool:
        return tuple(self._struct.best) == (0, 0)

    def cool(self, moves: int, hot: float, cold: float) -> None:
        self._lib.walk_cool(self._struct, moves, hot, cold)

    def draw(self, kept: bool) -> int:
        """One move at random; by how much the soft cost changes, or would."""
        return int(self._lib.walk_draw(self._struct, kept))

    def now(self) -> p.Solution:
        struct = self._struct
        return self._solution(struct.slot_shape, struct.slot_time, struct.given)

    def best(self) -> p.Solution:
        struct = self._struct
        return self._solution(struct.best_shape, struct.best_time, struct.best_given)

    def _solution(self, shapes: Any, times: Any, given: Any) -> p.Solution:
        found, layout = [], self._layout
        for slot, event in enumerate(layout.slot_event):
            if shapes[slot] >= 0:
                first, from_ = layout.place.get((event, 0), 0), self._struct.given_from[slot]
                needs = range(len(layout.events[event].needs))
                resources = tuple(layout.candidates[first + at][given[from_ + at]] for at in needs)
                time = None if times[slot] < 0 else times[slot]
                found.append(p.Lesson(event, layout.shapes[shapes[slot]][1], time, resources))
        return tuple(sorted(found, key=lambda one: (one.event, one.time is None, one.time or 0)))


def walk(frame: Frame, tally: Tally, moves: Moves, seed: int) -> Walk | None:
    """None where there is nothing compiled, or a pattern of times is too long for it."""
    lib = library()
    return None if lib is None or tally.widest > WIDEST else Walk(lib, frame, tally, moves, seed)
