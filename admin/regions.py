"""Region codes with the time in which they were valid (GB/T 2260), from `data/regions.csv`.

The source names years only; where the month is public, it is the first of that month. 义龙新区 is a management zone
that the standard does not know: its local code 5223YL is marked as not national. 兴仁 was 522322 as a county and is
522302 as a city; 兴义 was 522321 and is 522301.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "regions.csv"


@dataclass(frozen=True)
class RegionCode:
    code: str
    name: str
    name_en: str
    level: str
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None
    successor: str | None
    national: bool


def is_valid(valid_from: date | None, valid_to: date | None, day: date) -> bool:
    """The first day counts, the last does not: on the day of a change only the new code is valid."""
    return (valid_from is None or valid_from <= day) and (valid_to is None or day < valid_to)


def read_table(path: Path = TABLE) -> list[RegionCode]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [_row(row) for row in csv.DictReader(lines)]


def as_of(table: Iterable[RegionCode], day: date) -> list[RegionCode]:
    return [region for region in table if is_valid(region.valid_from, region.valid_to, day)]


def _row(row: dict[str, str]) -> RegionCode:
    return RegionCode(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        level=row["level"],
        parent_code=row["parent_code"] or None,
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        successor=row["successor"] or None,
        national=row["national"] == "yes",
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
