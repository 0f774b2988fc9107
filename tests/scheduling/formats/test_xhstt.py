from datetime import date
from pathlib import Path

import pytest

from scheduling.command import check, solve
from scheduling.engine.cost import Cost, cost
from scheduling.formats import xhstt
from scheduling.formats.archive import BadFile
from tests.scheduling.engine.instance import archive

SUDOKU = Path(__file__).parent / "Sudoku4x4.xml"
TODAY = date(2026, 11, 22)


def test_a_solution_in_an_archive_costs_what_its_author_says() -> None:
    [solved] = xhstt.read(SUDOKU.read_bytes()).solutions

    assert cost(solved.problem, solved.solution) == Cost(0, 0)


def test_what_is_written_holds_only_the_new_solution(tmp_path: Path) -> None:
    output = tmp_path / "solved.xml"

    assert solve(SUDOKU, 20, output, 0, TODAY, lambda _: None) == 0

    [solved] = xhstt.read(output.read_bytes()).solutions
    assert (solved.group, cost(solved.problem, solved.solution)) == ("Songjiao", Cost(0, 0))


def test_the_search_never_sees_solutions_that_the_file_holds(tmp_path: Path) -> None:
    """A file with its solutions and a stripped copy give the same answer, byte for byte."""
    stripped = tmp_path / "stripped.xml"
    text = SUDOKU.read_text()
    stripped.write_text(text[: text.index("<SolutionGroups>")] + "</HighSchoolTimetableArchive>")
    for source, name in ((SUDOKU, "one.xml"), (stripped, "two.xml")):
        solve(source, 20, tmp_path / name, 0, TODAY, lambda _: None)

    assert (tmp_path / "one.xml").read_bytes() == (tmp_path / "two.xml").read_bytes()


def test_check_tells_each_solution_by_constraint(tmp_path: Path) -> None:
    file, said = tmp_path / "small.xml", list[str]()
    file.write_bytes(archive("AssignTime", "LinkEvents", "AvoidClashes"))

    assert check(file, said.append) == 0

    assert said == [
        "small  hand  cost (5, 0)",
        "  AssignTime  AssignTime  (1, 0)",
        "  LinkEvents  LinkEvents  (3, 0)",
        "  AvoidClashes  AvoidClashes  (1, 0)",
    ]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ('<Time Reference="Mo2"/></Event>', '<Time Reference="We2"/></Event>', "no time is called “We2”"),
        ("<Duration>3</Duration>", "<Duration>two</Duration>", "is no whole number"),
        ("<Duration>3</Duration>", "<Duration>1</Duration>", "gives event “A” 3 times; it lasts 1"),
        ("<Duration>3</Duration>", "<Duration>-3</Duration>", "event “A” lasts -3 times"),
        ("<Workload>2.5</Workload>", "<Workload>much</Workload>", "Workload “much” is no number"),
        ("AssignTimeConstraint", "AssignMoonConstraint", "no constraint is of the kind <AssignMoonConstraint>"),
        ("Linear", "SumSteps", "the cost function “SumSteps” is none of XHSTT 2014"),
        ("HighSchoolTimetableArchive", "Archive", "the file is no XHSTT archive: it begins with <Archive>"),
        ("<Instances>", "<Instances><", "the file is no XML"),
        ('<Event Id="B">', '<Event Id="A">', "two <Event> are called “A”"),
    ],
)
def test_a_bad_file_is_told_in_a_sentence(before: str, after: str, sentence: str) -> None:
    content = archive("AssignTime").decode()
    assert before in content

    with pytest.raises(BadFile, match=sentence.replace("(", r"\(")):
        xhstt.read(content.replace(before, after).encode())
