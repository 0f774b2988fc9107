"""The running cost is at any moment what the evaluator says, whatever has come and gone."""

from random import Random

import pytest

from scheduling.engine.anneal import Annealing
from scheduling.engine.cost import cost
from scheduling.engine.frame import Frame
from scheduling.engine.problem import unplaced
from scheduling.formats import xhstt
from tests.scheduling.engine.instance import BY_HAND, archive

# Tells lessons of several durations from each other, so that events are cut in all ways.
CUTS = "DistributeSplitEvents"


@pytest.mark.parametrize("function", ["Linear", "Quadratic", "Step"])
@pytest.mark.parametrize("kind", BY_HAND)
def test_after_any_move_the_cost_is_the_evaluators(kind: str, function: str) -> None:
    [problem] = xhstt.read(archive(*dict.fromkeys((kind, CUTS)), function=function, required=False)).problems
    walk, random = Annealing(Frame(problem), seed=7), Random(7)
    walk.begin(unplaced(problem))
    running, pieces = walk.tally, walk.pieces

    seen = set()
    for _ in range(300):
        move = walk.moves.draw(pieces)
        before = running.cost
        running.change(
            [pieces.all[number] for number in move if number in pieces.all],
            [piece for piece in move.values() if piece is not None],
        )
        if random.random() < 0.5:
            running.undo()
            assert running.cost == before
        else:
            running.keep()
            pieces.change(move)
        assert running.cost == cost(problem, pieces.solution())
        seen.add(running.cost)

    assert len(seen) > 1
