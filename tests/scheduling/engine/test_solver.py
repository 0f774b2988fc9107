from dataclasses import replace
from pathlib import Path
from time import monotonic

from scheduling.engine.anneal import Annealing
from scheduling.engine.cost import Cost, cost, running
from scheduling.engine.frame import Frame
from scheduling.engine.problem import unplaced
from scheduling.engine.solver import search
from scheduling.engine.watch import Found
from scheduling.formats import xhstt
from tests.scheduling.engine.instance import archive

SUDOKU = Path(__file__).parent.parent / "formats" / "Sudoku4x4.xml"


def test_a_small_puzzle_is_solved_and_known_to_be() -> None:
    [problem] = xhstt.read(SUDOKU.read_bytes()).problems

    found = search(problem, deadline=20)

    assert (found.cost, found.optimal) == (Cost(0, 0), True)
    assert cost(problem, found.solution) == Cost(0, 0)


def test_the_same_seed_finds_the_same() -> None:
    [problem] = xhstt.read(SUDOKU.read_bytes()).problems

    assert search(problem, 20, seed=3).solution == search(problem, 20, seed=3).solution


def test_what_cannot_hold_costs_as_little_as_it_can() -> None:
    [problem] = xhstt.read(archive("SplitEvents", "AssignTime", "AvoidClashes")).problems

    found = search(problem, deadline=1.5)

    assert found.cost == Cost(2, 0)  # C is too short for two; A is odd, so one of its lessons is too short or too many


def test_the_deadline_is_kept() -> None:
    [problem] = xhstt.read(archive("SplitEvents", "AssignTime", "AvoidClashes")).problems

    began = monotonic()
    found = search(problem, deadline=2)

    assert not found.optimal  # so it went on to the end
    assert monotonic() - began <= 2 * 1.05


def test_an_event_longer_than_the_week_stays_without_a_time() -> None:
    [problem] = xhstt.read(archive("AssignTime", "AvoidClashes", "SplitEvents")).problems
    events = tuple(replace(event, duration=9) for event in problem.events)

    found = search(replace(problem, events=events), deadline=1)

    assert all(lesson.time is None for lesson in found.solution if lesson.duration > len(problem.times))


def test_annealing_walks_the_same_way_for_a_seed() -> None:
    kinds = ("AssignTime", "AvoidClashes", "LimitIdleTimes", "DistributeSplitEvents", "PreferResources")
    [problem] = xhstt.read(archive(*kinds, required=False)).problems

    found = [Annealing(Frame(problem), seed=5).run(unplaced(problem), 3000, 1.0, lambda: True) for _ in range(2)]

    assert found[0] == found[1]


def test_linked_events_are_found_times_together() -> None:
    [problem] = xhstt.read(archive("LinkEvents", "AssignTime", "SplitEvents")).problems
    walk = Annealing(Frame(problem), seed=1)

    found = walk.run(unplaced(problem), 2000, 1.0, lambda: True)

    times = [{time for one in found if one.event == event for time in running(one)} for event in (0, 1)]
    assert len(times[0] ^ times[1]) == 1  # A lasts one time longer than B


def test_each_solution_told_is_better_and_the_listener_may_stop() -> None:
    told: list[Found] = []

    def listen(found: Found) -> bool:
        told.append(found)
        return False

    [problem] = xhstt.read(archive("AssignTime", "LinkEvents", "AvoidClashes", "LimitIdleTimes")).problems
    search(problem, deadline=20, progress=listen)

    assert len(told) == 1
