"""`songjiao timetable`: solves and checks timetabling files. Ends with 0, with 1 when a file cannot be read or written,
with 3 when it holds constraints that are not honoured."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import Element

from core.errors import StartError
from scheduling.engine.cost import Cost, by_constraint, cost
from scheduling.engine.problem import Problem, Solution
from scheduling.engine.solver import search
from scheduling.engine.watch import Found
from scheduling.formats import fet, fet_write, xhstt, xhstt_write
from scheduling.formats.archive import BadFile

NOT_HONOURED = 3
Say = Callable[[str], None]


def solve(file: Path, seconds: float, output: Path, seed: int, today: date, say: Say) -> int:
    """Writes the archive with nothing but the new solution. The seconds are shared among several instances."""
    with _sentences(file):
        return _solve(_parsed(file), seconds, output, seed, today, say)


def check(file: Path, say: Say) -> int:
    """Says what each solution in the file costs, by constraint."""
    with _sentences(file):
        return _check(_parsed(file), say)


def _solve(root: Element, seconds: float, output: Path, seed: int, today: date, say: Say) -> int:
    if root.tag == "fet":
        return _solve_fet(root, seconds, output, seed, say)
    archive = xhstt.from_element(xhstt_write.without_solutions(root))
    if not archive.problems:
        raise BadFile("it holds no instance")
    solved = []
    for number, problem in enumerate(archive.problems):
        share = seconds / len(archive.problems)
        found = _search(problem, share, seed + number, say)
        solved.append((problem, found.solution, found.cost))
    _written(output, xhstt_write.write(root, solved, today))
    return 0


def _check(root: Element, say: Say) -> int:
    if root.tag == "fet":
        return _name_missed(fet.read(root), say)
    archive = xhstt.from_element(root)
    for solved in archive.solutions:
        say(f"{solved.problem.id}  {solved.group}  cost {cost(solved.problem, solved.solution)}")
        _by_constraint(solved.problem, solved.solution, say)
    if not archive.solutions:
        say("the file holds no solution")
    return 0


def _solve_fet(root: Element, seconds: float, output: Path, seed: int, say: Say) -> int:
    read = fet.read(root)
    code = _name_missed(read, say)
    found = _search(read.problem, seconds, seed, say)
    _written(output, fet_write.write(root, read, found.solution))
    return code


def _name_missed(read: fet.Read, say: Say) -> int:
    for name in read.not_honoured:
        say(f"not honoured: {name}")
    return NOT_HONOURED if read.not_honoured else 0


def _search(problem: Problem, seconds: float, seed: int, say: Say) -> Found:
    def tell(found: Found) -> bool:
        say(f"{problem.id}  cost {found.cost}")
        return True

    found = search(problem, seconds, seed, tell)
    proof = "optimal" if found.cost <= found.bound else f"at least {found.bound}"
    say(f"{problem.id}  cost {found.cost}, {proof}")
    _by_constraint(problem, found.solution, say)
    return found


def _by_constraint(problem: Problem, solution: Solution, say: Say) -> None:
    for constraint, found in by_constraint(problem, solution):
        if found > Cost(0, 0):
            say(f"  {constraint.id}  {type(constraint).__name__}  {found}")


def _parsed(file: Path) -> Element:
    try:
        return xhstt.parse(file.read_bytes())
    except OSError as error:
        raise StartError(f"{file} cannot be read: {error.strerror}.") from None


@contextmanager
def _sentences(file: Path) -> Iterator[None]:
    try:
        yield
    except BadFile as error:
        raise StartError(f"{file.name}: {error}.") from None


def _written(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        raise StartError(f"{output} cannot be written: {error.strerror}.") from None
