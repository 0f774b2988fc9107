"""Grades and school years: which a school has, what a class is called a year later. Pure.

A school year begins on the first of September and is named by that year: 2026 is September 2026 to August 2027.
"""

import re
from dataclasses import dataclass
from datetime import date

from admin.identification import read

NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
FIRST_MONTH = 9
SPELT = re.compile(
    r"^(?:(十[一二]?|[一二三四五六七八九])(?=年级|[（(]|年)|(初|高)([一二三])|(1[0-2]|[1-9])(?=年级|[（(]))"
)
"""How a class's name begins when it tells the grade: 三年级2 班, 三（2）班, 初二（1）班, 3年级."""
STAGES = {"primary": (1, 6), "lower_secondary": (7, 9), "upper_secondary": (10, 12)}
OFFSETS = {"初": 6, "高": 9}


@dataclass(frozen=True)
class Grades:
    first: int
    last: int


def grades_of(tier: str, identification: str | None, first: int | None, last: int | None) -> Grades:
    """What was set prevails; else the category of the identification code; a teaching point is a primary school."""
    stage = read(identification).stage if identification else "primary"
    usual = STAGES.get(stage, (1, 9))
    return Grades(first or usual[0], last or usual[1])


def school_year(day: date) -> int:
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def begins(year: int) -> date:
    return date(year, FIRST_MONTH, 1)


def promoted_name(name: str, grade: int) -> str:
    """The name a year later: 三年级2 班 becomes 四年级2 班, 初一（1）班 becomes 初二（1）班. A name that does not begin
    with the class's own grade, such as 2023 级1 班, stays."""
    found = SPELT.match(name)
    if found is None or _spelt(found) != grade:
        return name
    return _respelt(found, grade + 1) + name[found.end() :]


def _spelt(found: "re.Match[str]") -> int:
    numeral, stage, of_stage, figure = found.groups()
    if stage:
        return OFFSETS[stage] + NUMERALS.index(of_stage) + 1
    return NUMERALS.index(numeral) + 1 if numeral else int(figure)


def _respelt(found: "re.Match[str]", grade: int) -> str:
    _, stage, _, figure = found.groups()
    if stage:
        return stage + NUMERALS[grade - OFFSETS[stage] - 1]
    return str(grade) if figure else NUMERALS[min(grade, len(NUMERALS)) - 1]
