"""One line of a roster, as any file tells it, and what is wrong with it by itself. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from admin.numbers import birthday, is_identity, is_pupil, plain

LONGEST = {"school": 80, "class_name": 40, "name": 40, "username": 40}
LAST_GRADE = 12


@dataclass(frozen=True)
class Mistake:
    column: str
    zh: str
    en: str


@dataclass(frozen=True)
class Line:
    """`number` is the row of the sheet. Identity and pupil numbers are as `numbers.plain` writes them, or empty."""

    number: int
    kind: Literal["pupil", "staff"]
    school: str
    """A name or an identification code."""
    name: str
    class_name: str = ""
    grade: int | None = None
    username: str = ""
    role: str = "student"
    identity: str = ""
    pupil_number: str = ""
    born: date | None = None
    read_wrong: tuple[Mistake, ...] = field(default=())
    """What could not be read at all."""


def mistakes(line: Line) -> list[Mistake]:
    return [*line.read_wrong, *_missing(line), *_wrong(line)]


def _missing(line: Line) -> Iterator[Mistake]:
    needed = {"school": ("学校", "School"), "name": ("姓名", "Name")}
    if line.kind == "pupil":
        needed |= {"class_name": ("班级", "Class")}
    for column, (zh, en) in needed.items():
        if not getattr(line, column):
            yield Mistake(column, f"缺{zh}。", f"{en} is missing.")
    if line.kind == "pupil" and line.grade is None and not any(one.column == "grade" for one in line.read_wrong):
        yield Mistake(
            "grade", "缺年级，班名里也看不出来。", "The grade is missing, and the class's name does not tell it."
        )


def _wrong(line: Line) -> Iterator[Mistake]:
    for column, most in LONGEST.items():
        if len(getattr(line, column)) > most:
            yield Mistake(column, f"最多 {most} 个字。", f"At most {most} signs.")
        if "\x00" in getattr(line, column):
            yield Mistake(column, "有不能显示的字符。", "There is a sign that cannot be shown.")
    if line.grade is not None and not 1 <= line.grade <= LAST_GRADE:
        yield Mistake("grade", f"没有 {line.grade} 年级。", f"There is no grade {line.grade}.")
    if line.identity and not is_identity(line.identity):
        yield Mistake(
            "identity", "身份证号的位数或校验位不对。", "The identity number's length or check sign is wrong."
        )
    if line.born and line.identity and birthday(line.identity) not in (None, line.born):
        yield Mistake("born", "出生日期和身份证号不一致。", "The date of birth is not that of the identity number.")
    if line.pupil_number and not is_pupil(line.pupil_number):
        yield Mistake("pupil_number", "学籍号不对：G 或 L 加身份证号，或 J 开头。", "The pupil number is not one.")


def tidy(text: str) -> str:
    """Without the spaces that hands leave around and in numbers."""
    return plain(text.replace("　", " "))
