"""FET files: what is read, what is named as not honoured, and that Debian's own FET accepts what comes out."""

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import fromstring

from scheduling.command import check, solve
from scheduling.engine.cost import cost
from scheduling.engine.problem import unplaced
from scheduling.formats import fet

SCHOOL = Path(__file__).parent / "village.fet"
TODAY = date(2026, 11, 22)


def test_sets_that_share_pupils_share_a_resource() -> None:
    read = fet.read(fromstring(SCHOOL.read_bytes()))

    whole_year, group_a = read.activities[0], read.activities[2]
    assert set(group_a.resources[1:]) < set(whole_year.resources[1:])


def test_a_lesson_does_not_run_into_the_next_day() -> None:
    read = fet.read(fromstring(SCHOOL.read_bytes()))
    double = next(number for number, one in enumerate(read.activities) if one.duration == 2)
    last = len(read.week.hours) - 1
    rest = list(unplaced(read.problem))

    costs = []
    for start in (last, 0):
        rest[double] = replace(rest[double], time=start)
        costs.append(cost(read.problem, tuple(rest)).hard)

    assert costs[0] > costs[1]


def test_a_kind_that_is_not_honoured_is_named_and_ends_with_three(tmp_path: Path) -> None:
    file, said = tmp_path / "odd.fet", list[str]()
    kind = "<ConstraintTwoActivitiesGrouped><Weight_Percentage>100</Weight_Percentage></ConstraintTwoActivitiesGrouped>"
    file.write_text(SCHOOL.read_text().replace("<Time_Constraints_List>", f"<Time_Constraints_List>{kind}"))

    assert check(file, said.append) == 3
    assert said == ["not honoured: ConstraintTwoActivitiesGrouped"]


def test_fet_takes_the_timetable_without_a_conflict(tmp_path: Path) -> None:
    output = tmp_path / "solved.fet"

    assert solve(SCHOOL, 20, output, 0, TODAY, lambda _: None) == 0

    command = ["fet-cl", f"--inputfile={output}", f"--outputdir={tmp_path / 'fet'}", "--timelimitseconds=20"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env={"QT_QPA_PLATFORM": "offscreen"})
    assert "Simulation successful" in ended.stdout, ended.stdout
    conflicts = next((tmp_path / "fet").rglob("*soft_conflicts.txt")).read_text()
    assert "Number of broken soft constraints: 0" in conflicts
