"""The inner loop of annealing in Python, where walk.c was not compiled or cannot take the problem."""

from math import log
from random import Random

from scheduling.engine.moves import Moves, Pieces
from scheduling.engine.problem import Solution
from scheduling.engine.tally import HARD, SOFT, Tally


class PlainWalk:
    def __init__(self, tally: Tally, moves: Moves, pieces: Pieces, random: Random) -> None:
        self._tally, self._moves, self._pieces, self._random = tally, moves, pieces, random
        self._weight = 1.0
        self.forget()

    def load(self, solution: Solution) -> None:
        """The pieces hold it already."""

    def forget(self) -> None:
        """What there is now counts as the best."""
        self._best, self._found = self._cost(), self._pieces.solution()

    def weigh(self, hard: float) -> None:
        self._weight = hard

    @property
    def broken(self) -> bool:
        return self._tally.value[HARD] > 0

    @property
    def perfect(self) -> bool:
        return self._best == (0, 0)

    def best(self) -> Solution:
        return self._found

    def cool(self, moves: int, hot: float, cold: float) -> None:
        factor, now = (cold / hot) ** (1 / moves), self._energy()
        for _ in range(moves):
            hot *= factor
            move = self._moves.draw(self._pieces)
            if not move:
                continue
            self._tally.attempt(self._pieces.all, move)
            then = self._energy()
            if then <= now or then - now < -hot * log(1 - self._random.random()):
                self._tally.keep()
                self._pieces.change(move)
                now = then
                if self._cost() < self._best:
                    self.forget()
            else:
                self._tally.undo()

    def _energy(self) -> float:
        hard, soft = self._cost()
        return hard * self._weight + soft

    def _cost(self) -> tuple[int, int]:
        return self._tally.value[HARD], self._tally.value[SOFT]
