"""The bureau's table of days as a sheet: 日期, 上课, 上星期几, 说明. Row-wise mistakes; all rows or none."""

from collections.abc import Iterable, Sequence
from datetime import date

from core.errors import BadInput
from scheduling.calendar.days import Declared

WORDS = {"日期": "day", "day": "day", "上课": "taught", "taught": "taught", "上星期几": "runs", "runs": "runs"}
WORDS |= {"说明": "note", "note": "note"}
YES, NO = ("是", "上课", "yes", "1", "true"), ("否", "放假", "不上课", "no", "0", "false", "")
SIGNS = ("一1", "二2", "三3", "四4", "五5", "六6", "日天7")
WEEKDAYS = {sign: number for number, signs in enumerate(SIGNS, start=1) for sign in signs}
Row = tuple[int, date, Declared]
Wrong = tuple[int, str, str]


def read(rows: Sequence[Sequence[str]]) -> tuple[list[Row], list[Wrong]]:
    """Rows with their numbers in the sheet. Raises BadInput when the headings are not there."""
    if not rows or "day" not in (names := [WORDS.get(cell.strip().lower()) for cell in rows[0]]):
        zh, en = "第一行要有表头：日期、上课、上星期几、说明。", "The first row must name day, taught, runs, note."
        raise BadInput("headings-missing", zh=zh, en=en)
    good, wrong, seen = [], [], dict[date, int]()
    for number, cells in enumerate(rows[1:], start=2):
        values = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
        if not any(values.values()):
            continue
        faults = list(_faults(values))
        if not faults:
            day = date.fromisoformat(values["day"][:10].replace("/", "-"))
            if day in seen:
                faults = [(f"和第 {seen[day]} 行是同一天。", f"The same day as row {seen[day]}.")]
            seen.setdefault(day, number)
        wrong += [(number, zh, en) for zh, en in faults]
        if not faults:
            good.append((number, day, _declared(values)))
    return good, wrong


def _declared(values: dict[str, str]) -> Declared:
    taught = values.get("taught", "").lower() in YES
    return Declared(taught, _runs(values) if taught else None, values.get("note", "")[:120])


def _runs(values: dict[str, str]) -> int | None:
    told = values.get("runs", "").removeprefix("星期").removeprefix("周")
    return WEEKDAYS.get(told)


def _faults(values: dict[str, str]) -> Iterable[tuple[str, str]]:
    try:
        date.fromisoformat(values.get("day", "")[:10].replace("/", "-"))
    except ValueError:
        yield f"看不懂日期“{values.get('day', '')}”，写成 2026-05-09。", "The day cannot be read; write 2026-05-09."
    if values.get("taught", "").lower() not in (*YES, *NO):
        yield f"“{values['taught']}”不是“是”或“否”。", f"“{values['taught']}” is neither yes nor no."
    if values.get("runs") and _runs(values) is None:
        yield f"“{values['runs']}”不是星期几。", f"“{values['runs']}” is no weekday."
