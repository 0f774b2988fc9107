"""A draft as a sheet, out and in: a row a lesson. Reading is pure and says of each row what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from scheduling.calendar.bells import clock, read_clock
from scheduling.delivery.rule import WEEKDAYS_ZH
from scheduling.timetable.published_schemas import CellOut, UnplacedOut
from scheduling.timetable.schemas import MoveIn, SheetMistake

HEAD = ("课程", "序号", "星期", "开始", "结束", "锁定", "科目", "年级", "主讲教师", "主讲教室", "听课班级", "课程编号")
NEEDED = ("课程", "序号", "星期", "开始")
WEEK_HEAD = (
    "日期",
    "星期",
    "开始",
    "结束",
    "课程",
    "科目",
    "年级",
    "主讲教师",
    "主讲教室",
    "听课班级",
    "辅助教师",
    "备注",
)
YES, NO = ("是", "锁", "1", "yes", "true"), ("", "否", "0", "no", "false")
PREFIXES = ("星期", "礼拜", "周")


@dataclass(frozen=True)
class Planned:
    """A course, as far as a sheet can name it."""

    id: UUID
    name: str
    weekly: int


def draft_rows(cells: Iterable[CellOut], unplaced: Iterable[UnplacedOut]) -> list[Sequence[Any]]:
    placed = [
        _draft_row(one, WEEKDAYS_ZH[one.weekday - 1], one.starts, one.ends, "是" if one.locked else "", one.room.name)
        for one in cells
    ]
    return [*placed, *(_draft_row(one, "", "", "", "", "") for one in unplaced)]


def _draft_row(
    one: CellOut | UnplacedOut, weekday: str, starts: str, ends: str, locked: str, room: str
) -> Sequence[Any]:
    course = (one.subject, one.grade, one.lead.name, room, _classes(one), str(one.course_id))
    return one.name, one.number, weekday, starts, ends, locked, *course


def week_rows(cells: Iterable[CellOut]) -> list[Sequence[Any]]:
    return [_week_row(one) for one in cells]


def _week_row(one: CellOut) -> Sequence[Any]:
    teacher, room = (one.substitute or one.lead).name, f"{one.school.name} {one.room.name}"
    assistants = "、".join(seat.assistant.name for seat in one.seats if seat.assistant)
    when = (one.day or "", WEEKDAYS_ZH[one.weekday - 1], one.starts, one.ends)
    return *when, one.name, one.subject, one.grade, teacher, room, _classes(one), assistants, _remark(one)


def read(rows: Sequence[Sequence[str]], courses: Iterable[Planned]) -> tuple[list[MoveIn], list[SheetMistake]]:
    """The moves that the sheet asks for, and every mistake with its row as the spreadsheet counts."""
    if not rows:
        return [], [SheetMistake(row=1, zh="表是空的。", en="The sheet is empty.")]
    head = {name.strip(): place for place, name in enumerate(rows[0])}
    if lacking := [name for name in NEEDED if name not in head]:
        zh = f"第 1 行缺少“{'、'.join(lacking)}”列，请用导出的表来改。"
        return [], [
            SheetMistake(row=1, zh=zh, en=f"The first row lacks {', '.join(lacking)}; start from the exported sheet.")
        ]
    known = _Known(courses)
    moves, mistakes = [], []
    seen: dict[tuple[UUID, int], int] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in head.items()}
        try:
            move = _move(cells, known)
            if (first := seen.setdefault((move.course_id, move.number), number)) != number:
                raise _Wrong(
                    f"和第 {first} 行是同一节课，请删掉一行。", f"It is the same lesson as row {first}; remove one."
                )
            moves.append(move)
        except _Wrong as wrong:
            mistakes.append(SheetMistake(row=number, zh=f"第 {number} 行：{wrong.zh}", en=f"Row {number}: {wrong.en}"))
    return moves, mistakes


class _Wrong(Exception):
    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en


class _Known:
    def __init__(self, courses: Iterable[Planned]) -> None:
        self._by_id: dict[str, Planned] = {}
        self._by_name: dict[str, list[Planned]] = {}
        for course in courses:
            self._by_id[str(course.id)] = course
            self._by_name.setdefault(course.name, []).append(course)

    def course(self, cells: Mapping[str, str]) -> Planned:
        name, id = cells["课程"], cells.get("课程编号", "").lower()
        if id and id in self._by_id:
            return self._by_id[id]
        if not name:
            raise _Wrong(
                "没有课程名；合并的单元格请拆开，每行都填。", "No course; split merged cells and fill each row."
            )
        found = self._by_name.get(name, [])
        if not found:
            raise _Wrong(f"计划里没有《{name}》这门课。", f"The plan has no course {name}.")
        if len(found) > 1:
            raise _Wrong(
                f"有 {len(found)} 门课叫《{name}》，请留着“课程编号”列。",
                f"{len(found)} courses are called {name}; keep the column 课程编号.",
            )
        return found[0]


def _move(cells: Mapping[str, str], known: _Known) -> MoveIn:
    course = known.course(cells)
    number = _number(cells["序号"], course)
    weekday, starts = _weekday(cells["星期"]), _starts(cells["开始"])
    if (weekday is None) != (starts is None):
        raise _Wrong("星期和开始时间要么都填，要么都空。", "Fill in both weekday and start, or neither.")
    locked = _locked(cells.get("锁定", ""))
    if locked and weekday is None:
        raise _Wrong("没有时间的课不能锁定。", "A lesson without a time cannot be locked.")
    return MoveIn(course_id=course.id, number=number, weekday=weekday, starts=starts, locked=locked)


def _number(text: str, course: Planned) -> int:
    digits = text.removesuffix(".0")
    if not digits.isdecimal() or not 1 <= int(digits) <= course.weekly:
        zh = f"《{course.name}》每周 {course.weekly} 节，序号写 1 到 {course.weekly}，这里是“{text}”。"
        raise _Wrong(zh, f"{course.name} has {course.weekly} lessons a week; “{text}” is no number of one.")
    return int(digits)


def _weekday(text: str) -> int | None:
    word = text.removesuffix(".0")
    for prefix in PREFIXES:
        word = word.removeprefix(prefix)
    if not word:
        return None
    word = "日" if word == "天" else word
    if word in WEEKDAYS_ZH:
        return WEEKDAYS_ZH.index(word) + 1
    if word.isdecimal() and 1 <= int(word) <= 7:
        return int(word)
    raise _Wrong(f"“{text}”不是星期，写“一”到“日”。", f"“{text}” is no weekday; write 一 to 日, or 1 to 7.")


def _starts(text: str) -> str | None:
    if not text:
        return None
    try:
        return clock(read_clock(text[:5] if text.count(":") == 2 else text))
    except ValueError:
        raise _Wrong(f"“{text}”不是时间，写成 8:30 这样。", f"“{text}” is no time; write it as 8:30.") from None


def _locked(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise _Wrong(f"锁定写“是”或留空，这里是“{text}”。", f"Write 是 or nothing for locked, not “{text}”.")


def _classes(one: CellOut | UnplacedOut) -> str:
    return "、".join(f"{seat.school.name}{seat.in_class.name}" for seat in one.seats)


def _remark(one: CellOut) -> str:
    return f"取消：{one.reason}" if one.cancelled else "代课" if one.substitute else ""
