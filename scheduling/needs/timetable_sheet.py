"""A school's own timetable as a sheet: 班级, 星期, 节次, 科目, 教师, 合格. Pure; row-wise mistakes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.errors import BadInput
from scheduling.calendar.notice import NO, WEEKDAYS, YES

WORDS = {
    "班级": "class",
    "class": "class",
    "星期": "weekday",
    "weekday": "weekday",
    "节次": "period",
    "period": "period",
}
WORDS |= {"科目": "subject", "学科": "subject", "subject": "subject", "教师": "teacher", "teacher": "teacher"}
WORDS |= {"合格": "qualified", "能教": "qualified", "qualified": "qualified"}
NEEDED = ("class", "weekday", "period", "subject")
ZH = {"class": "班级", "weekday": "星期", "period": "节次", "subject": "科目"}
LAST_PERIOD = 16
DEEPEST = 5
"""Titles may stand above the headings."""


@dataclass(frozen=True)
class Lesson:
    row: int
    class_name: str
    weekday: int
    period: int
    subject: str
    teacher: str
    qualified: bool


@dataclass(frozen=True)
class Read:
    lessons: tuple[Lesson, ...]
    wrong: tuple[tuple[int, str, str], ...]


def read(rows: Sequence[Sequence[str]], classes: Iterable[str], subjects: Iterable[str]) -> Read:
    """`classes` are the school's, `subjects` those that count. Raises BadInput without headings."""
    at = next((n for n, row in enumerate(rows[:DEEPEST]) if set(NEEDED) <= {_word(cell) for cell in row}), None)
    if at is None:
        zh = f"前 {DEEPEST} 行里没有找到表头：班级、星期、节次、科目。请照这些字写一行表头。"
        en = (
            f"The first {DEEPEST} rows have no headings: class, weekday, period, subject. Write a row with these words."
        )
        raise BadInput("headings-missing", zh=zh, en=en)
    names, known, taught = [_word(cell) for cell in rows[at]], set(classes), set(subjects)
    lessons, wrong, seen = [], [], dict[tuple[str, int, int], int]()
    for number, cells in enumerate(rows[at + 1 :], start=at + 2):
        values = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
        if not any(values.values()):
            continue
        found = list(_merged(values) or _wrong(values, known, taught))
        lesson = None if found else _lesson(number, values)
        if lesson and (before := seen.setdefault((lesson.class_name, lesson.weekday, lesson.period), number)) != number:
            found = [(f"和第 {before} 行是同一个班的同一节。", f"The same class and period as row {before}.")]
        wrong += [(number, zh, en) for zh, en in found]
        if lesson and not found:
            lessons.append(lesson)
    return Read(tuple(lessons), tuple(wrong))


def _word(cell: str) -> str | None:
    return WORDS.get(cell.strip().rstrip("*").lower())


def _lesson(row: int, values: Mapping[str, str]) -> Lesson:
    teacher = values.get("teacher", "")[:40]
    told = values.get("qualified", "").lower()
    qualified = told in YES if told else True
    weekday = WEEKDAYS[_day(values["weekday"])]
    return Lesson(row, values["class"], weekday, int(values["period"]), values["subject"], teacher, qualified)


def _day(text: str) -> str:
    return text.removeprefix("星期").removeprefix("周")


def _merged(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Of merged cells a sheet keeps the first; what is missing is not guessed."""
    zh = [ZH[name] for name in NEEDED if not values.get(name)]
    en = [name for name in NEEDED if not values.get(name)]
    if not zh:
        return []
    told = f"{'、'.join(zh)}空着。有合并单元格就先拆开，每行都填上。"
    return [(told, f"{', '.join(en)} missing. Unmerge merged cells and fill in every row.")]


def _wrong(values: Mapping[str, str], classes: set[str], subjects: set[str]) -> Iterable[tuple[str, str]]:
    if values.get("class") not in classes:
        told = values.get("class", "")
        yield f"本校没有班级“{told}”。", f"The school has no class “{told}”."
    if WEEKDAYS.get(_day(values.get("weekday", ""))) is None:
        yield f"“{values.get('weekday', '')}”不是星期几。", f"“{values.get('weekday', '')}” is no weekday."
    period = values.get("period", "")
    if not (period.isdecimal() and period.isascii() and len(period) < 3 and 1 <= int(period) <= LAST_PERIOD):
        yield f"节次“{period}”要是 1 到 {LAST_PERIOD}。", f"The period “{period}” must be 1 to {LAST_PERIOD}."
    if values.get("subject") not in subjects:
        told = values.get("subject", "")
        yield (
            f"课程表里没有科目“{told}”，请用课程方案里的名称。",
            f"The curriculum has no subject “{told}”; use its names.",
        )
    if values.get("qualified", "").lower() not in (*YES, *NO):
        yield f"“{values['qualified']}”不是“是”或“否”。", f"“{values['qualified']}” is neither yes nor no."
