"""How many lessons of which subject a grade has each week: the bureau's own table, or the house's.

The plan of 2022 fixes the sums (26, 30 and 34 lessons a week) and each subject's share of all nine years, and leaves
the table to the provinces. `data/quotas.csv` is one table that keeps sums and shares; it is no province's.
"""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "quotas.csv"
Quota = Mapping[str, int]
"""Subject → lessons a week."""
WEEKLY = {1: 26, 2: 26, 3: 30, 4: 30, 5: 30, 6: 30, 7: 34, 8: 34, 9: 34}
WEEKS = {**dict.fromkeys(range(1, 9), 35), 9: 33}
SHARES: tuple[tuple[frozenset[str], float, float], ...] = (
    (frozenset({"语文"}), 0.20, 0.22),
    (frozenset({"数学"}), 0.13, 0.15),
    (frozenset({"英语"}), 0.06, 0.08),
    (frozenset({"道德与法治"}), 0.06, 0.08),
    (frozenset({"历史", "地理"}), 0.03, 0.04),
    (frozenset({"科学", "物理", "化学", "生物学"}), 0.08, 0.10),
    (frozenset({"信息科技"}), 0.01, 0.03),
    (frozenset({"体育与健康"}), 0.10, 0.11),
    (frozenset({"音乐", "美术"}), 0.09, 0.11),
    (frozenset({"劳动", "综合与地方校本"}), 0.14, 0.18),
)
"""义务教育课程方案 (2022), table 2: each group's least and greatest share of the lessons of nine years."""


@cache
def national() -> Mapping[int, Quota]:
    found: dict[int, dict[str, int]] = {grade: {} for grade in WEEKLY}
    with DATA.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[int(row["grade"])][row["subject"]] = int(row["lessons"])
    return found


def faults(table: Mapping[int, Quota]) -> list[tuple[str, str]]:
    """What of a table breaks the plan of 2022, Chinese and English. Shares only where all nine grades are there."""
    found = [_sum_fault(grade, sum(table[grade].values())) for grade in table if _differs(table, grade)]
    if set(table) == set(WEEKLY):
        found += _share_faults(table)
    return found


def _differs(table: Mapping[int, Quota], grade: int) -> bool:
    return grade in WEEKLY and sum(table[grade].values()) != WEEKLY[grade]


def _sum_fault(grade: int, lessons: int) -> tuple[str, str]:
    zh = f"{grade} 年级每周 {lessons} 节，应为 {WEEKLY[grade]} 节。"
    return zh, f"Grade {grade} has {lessons} lessons a week; {WEEKLY[grade]} are due."


def _share_faults(table: Mapping[int, Quota]) -> Iterable[tuple[str, str]]:
    total = sum(lessons * WEEKS[grade] for grade in table for lessons in table[grade].values())
    for subjects, least, most in SHARES:
        own = sum(table[grade].get(one, 0) * WEEKS[grade] for grade in table for one in subjects)
        if not least <= own / total <= most:
            names = "、".join(sorted(subjects))
            zh = f"{names}占 {own} ÷ {total} = {own / total:.1%}，应在 {least:.0%}–{most:.0%}。"
            yield zh, f"{names}: {own} ÷ {total} = {own / total:.1%}; {least:.0%} to {most:.0%} are due."
