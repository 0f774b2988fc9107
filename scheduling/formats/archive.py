"""What an XHSTT archive holds, and the one error of files that cannot be read."""

from dataclasses import dataclass

from scheduling.engine.problem import Problem, Solution


class BadFile(ValueError):
    """The file cannot be understood; the text names the place."""


@dataclass(frozen=True)
class Solved:
    """A solution found in a file, and who it is from."""

    group: str
    problem: Problem
    solution: Solution


@dataclass(frozen=True)
class Archive:
    problems: tuple[Problem, ...]
    solutions: tuple[Solved, ...]
