"""Simulated annealing: from a timetable in which everything has a time to one in which little is wrong."""

from collections.abc import Callable
from math import inf, log
from random import Random
from statistics import median

from scheduling.engine import problem as p
from scheduling.engine.frame import Frame
from scheduling.engine.moves import Move, Moves, Pieces
from scheduling.engine.tallies import tally
from scheduling.engine.tally import HARD, SOFT, Piece

# Moves that are tried to learn what a soft cost is like here, and what it is taken for where there is none.
TRIES, NO_SOFT_COST = 500, 3
# Heat, as a share of a usual change of the soft cost.
HOT, COLD = 1 / 2, 1 / 30
# What a hard cost weighs, as such a share: little, so that the way to better timetables may lead through broken rules;
# more after a run that ended with one, less after one that did not.
HARDNESS, HARDER, SOFTER = 0.4, 1.5, 0.8
# Moves between two looks at the clock.
LOOK = 200


class Annealing:
    def __init__(self, frame: Frame, seed: int) -> None:
        self._frame, self._random = frame, Random(seed)
        self.tally = tally(frame)
        self.moves = Moves(frame, self.tally, self._random)
        self.pieces = Pieces([], len(frame.problem.events))
        self._unit: float = NO_SOFT_COST
        self._hardness = HARDNESS

    @property
    def energy(self) -> float:
        value = self.tally.value
        return value[HARD] * self._unit * self._hardness + value[SOFT]

    def run(self, begin: p.Solution, moves: int, heat: float, go_on: Callable[[], bool]) -> p.Solution:
        """The best it came by in the cooler half: another than where it began, be it worse. `heat` is 1 to
        begin from nothing, less to keep some of what there is."""
        self.begin(begin)
        self._unit = self._usual()
        best, found = inf, self.pieces.solution()
        rounds = max(1, moves // LOOK)
        for each in range(rounds):
            if not best or not go_on():
                break
            if each == rounds // 2:
                best = inf
            hot, cold = HOT * heat * self._unit, COLD * self._unit
            best, found = self._cool(hot * (cold / hot) ** (each / rounds), best, found)
        self._hardness *= HARDER if self.tally.cost.hard else SOFTER
        return found

    def _cool(self, heat: float, best: float, found: p.Solution) -> tuple[float, p.Solution]:
        """Some moves at one heat."""
        now, random, tally = self.energy, self._random.random, self.tally
        for _ in range(LOOK):
            move = self.moves.draw(self.pieces)
            if not move:
                continue
            self._try(move)
            then = self.energy
            if then <= now or then - now < -heat * log(1 - random()):
                tally.keep()
                self.pieces.change(move)
                now = then
                if now < best:
                    best, found = now, self.pieces.solution()
            else:
                tally.undo()
        return best, found

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
        every = self.pieces.all
        gone = [every[number] for number in move if number in every]
        self.tally.change(gone, [piece for piece in move.values() if piece is not None])

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
            found.append((self.energy, self._random.random(), piece))
            self.tally.undo()
        return min(found, key=lambda one: one[:2])[2]

    def _change(self, move: Move) -> None:
        self._try(move)
        self.tally.keep()
        self.pieces.change(move)
