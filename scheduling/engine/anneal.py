"""Simulated annealing: from a timetable in which everything has a time to one in which little is wrong."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random
from statistics import median

from scheduling.engine import compiled
from scheduling.engine import problem as p
from scheduling.engine.frame import Frame
from scheduling.engine.moves import Move, Moves, Pieces
from scheduling.engine.plain import PlainWalk
from scheduling.engine.tallies import tally
from scheduling.engine.tally import HARD, SOFT, Piece

# Moves that are tried to learn what a soft cost is like here, and what it is taken for where there is none.
TRIES, NO_SOFT_COST = 500, 3
# Heat, as a share of a usual change of the soft cost: hotter, moves go by that nothing comes of.
HOT, COLD = 0.1, 0.03
# What a hard cost weighs, as such a share: little at first, so that the way to better timetables may lead through
# broken rules, and more towards the end; the more so after a run that ended with one.
LIGHT, HEAVY, HARDER, SOFTER, HEAVIEST = 0.3, 0.55, 1.1, 0.9, 0.85
# Into how many heats a run is cut at least, and how few and how many moves go between two looks at the clock.
HEATS, FEWEST, MOST = 400, 200, 5000


class Annealing:
    """Runs in C where that was compiled. Another thread may run another one meanwhile."""

    def __init__(self, frame: Frame, seed: int, fast: bool = True) -> None:
        self._frame, self._random = frame, Random(seed)
        self.tally = tally(frame)
        self.moves = Moves(frame, self.tally, self._random)
        self.pieces = Pieces([], len(frame.problem.events))
        self._heavy = HEAVY
        self._compiled = compiled.walk(frame, self.tally, self.moves, seed) if fast else None

    @property
    def fast(self) -> bool:
        return self._compiled is not None

    def run(self, begin: p.Solution, moves: int, heat: float, go_on: Callable[[], bool]) -> p.Solution:
        """The best it came by in the cooler half: another than where it began, be it worse. `heat` is 1 to
        begin from nothing, less to keep some of what there is."""
        self.begin(begin)
        unit = self._usual()
        walk = self._compiled or PlainWalk(self.tally, self.moves, self.pieces, self._random)
        walk.load(self.pieces.solution())
        rounds = max(1, min(HEATS, moves // FEWEST), moves // MOST)
        for each, (hot, cold) in enumerate(_heats(HOT * heat * unit, COLD * unit, rounds)):
            if each in (0, rounds // 2):
                walk.forget()
            walk.weigh(unit * LIGHT * (self._heavy / LIGHT) ** (each / rounds))
            walk.cool(moves // rounds, hot, cold)
            if walk.perfect or not go_on():
                break
        self._heavy = min(max(LIGHT, self._heavy * (HARDER if walk.broken else SOFTER)), HEAVIEST)
        return walk.best()

    def begin(self, solution: p.Solution) -> None:
        self.tally.change(self.pieces.all.values(), ())
        self.pieces = Pieces(map(self.tally.of, solution), len(self._frame.problem.events))
        self.tally.change((), self.pieces.all.values())
        self.tally.keep()
        self._place()

    def _usual(self) -> float:
        changes, before = [], self.tally.value[SOFT]
        for _ in range(TRIES):
            self._try(self.moves.draw(self.pieces))
            changes.append(abs(self.tally.value[SOFT] - before))
            self.tally.undo()
        return float(median(filter(None, changes))) if any(changes) else NO_SOFT_COST

    def _try(self, move: Move) -> None:
        self.tally.attempt(self.pieces.all, move)

    def _place(self) -> None:
        """Puts where it costs least what could have a time and has none."""
        for event, numbers in enumerate(self.pieces.of_event):
            lessons = [self.pieces.all[number].lesson for number in numbers]
            if any(map(self.moves.unfit, lessons)):
                self._place_event(event, list(numbers), lessons[0])

    def _place_event(self, event: int, numbers: list[int], like: p.Lesson) -> None:
        self._change(dict.fromkeys(numbers))
        left, durations = self._frame.problem.events[event].duration, self._frame.durations[event]
        while left:
            fit = [one for one in durations if one == left or left - one >= min(durations)] or [left]
            duration = self._random.choice(fit)
            left -= duration
            self._change({next(self.pieces.fresh): self._cheapest(event, duration, like)})

    def _cheapest(self, event: int, duration: int, like: p.Lesson) -> Piece:
        found = []
        for time in self.moves.starts[event].get(duration, [None]):
            piece = self.tally.piece(event, duration, time, like.resources)
            self.tally.change((), (piece,))
            value = self.tally.value
            found.append((value[HARD], value[SOFT], self._random.random(), piece))
            self.tally.undo()
        return min(found, key=lambda one: one[:3])[3]

    def _change(self, move: Move) -> None:
        self._try(move)
        self.tally.keep()
        self.pieces.change(move)


def _heats(hot: float, cold: float, rounds: int) -> Iterator[tuple[float, float]]:
    """From the first to the last, each the same share cooler."""
    every = [hot * (cold / hot) ** (each / rounds) for each in range(rounds + 1)]
    return pairwise(every)
