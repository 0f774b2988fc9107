"""A sheet becomes rows: each line is read by the same model as the form, and every mistake is told with its line and
column. Either all lines come in or none does."""

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.companions.shape.keeping import create
from admin.companions.shape.reading import MOST_ROWS
from admin.companions.shape.register import Register
from admin.who import Actor
from core.errors import BadInput, NotValid, Problem, TooLarge


class Mistake(BaseModel):
    line: int
    """As the spreadsheet counts: the headings are line 1."""
    column: str
    said: str


class IntakeOut(BaseModel):
    lines: int
    good: int
    created: int
    mistakes: list[Mistake]


@dataclass(frozen=True)
class Read:
    good: list[tuple[int, BaseModel]]
    mistakes: list[Mistake]


def read_lines(register: Register, sheet: list[list[str]]) -> Read:
    """Headings may be the columns' names or their Chinese or English words; empty cells are left out. Pure."""
    if not sheet or register.new is None:
        raise BadInput("sheet-empty", zh="表里没有内容。", en="The sheet is empty.")
    if len(sheet) > MOST_ROWS:
        raise TooLarge("too-many-rows", zh=f"最多 {MOST_ROWS} 行。", en=f"At most {MOST_ROWS} rows.")
    names = [_name(register, heading) for heading in sheet[0]]
    good, mistakes = [], []
    for number, line in enumerate(sheet[1:], start=2):
        values = {name: cell for name, cell in zip(names, line, strict=False) if name and cell}
        try:
            good.append((number, register.new.model_validate(values)))
        except ValidationError as error:
            mistakes += [_mistake(number, one) for one in error.errors()]
    return Read(good, mistakes)


def _name(register: Register, heading: str) -> str:
    """Raises BadInput for a heading that nobody knows: a misspelt column would be lost in silence."""
    fields = register.new.model_fields if register.new else {}
    if heading in fields or not heading:
        return heading
    for column in register.columns:
        if heading in (column.zh, column.en) and column.name in fields:
            return column.name
    zh, en = f"不认识表头“{heading}”。", f"The heading “{heading}” is not known."
    raise BadInput("heading-unknown", zh=zh, en=en, heading=heading, columns=sorted(fields))


def _mistake(line: int, error: Any) -> Mistake:
    return Mistake(line=line, column=".".join(str(part) for part in error["loc"]), said=error["msg"])


async def take_in(
    session: AsyncSession, register: Register, who: Actor, sheet: list[list[str]], dry_run: bool, request: Request
) -> IntakeOut:
    """A dry run tells the mistakes and writes nothing; else any mistake refuses the whole sheet (NotValid)."""
    read = read_lines(register, sheet)
    mistakes = read.mistakes + await _write(session, register, who, read, dry_run, request)
    lines = len(sheet) - 1
    wrong = len({one.line for one in mistakes})
    out = IntakeOut(lines=lines, good=lines - wrong, created=0, mistakes=mistakes)
    if dry_run:
        return out
    if mistakes:
        zh, en = "表里有错，一行也没有导入。", "The sheet has mistakes; nothing was imported."
        raise NotValid("sheet-not-valid", zh=zh, en=en, mistakes=[one.model_dump() for one in mistakes])
    return out.model_copy(update={"created": len(read.good)})


async def _write(
    session: AsyncSession, register: Register, who: Actor, read: Read, dry_run: bool, request: Request
) -> list[Mistake]:
    """Writes each line inside a savepoint; a dry run is rolled back, its audit entries with it."""
    mistakes = []
    pending = list(session.info.get("audit", ()))
    nested = await session.begin_nested()
    for number, body in read.good:
        try:
            await create(session, register, who, body.model_dump(), request)
        except Problem as problem:
            mistakes.append(Mistake(line=number, column="", said=f"{problem.zh} / {problem.en}"))
    if dry_run or mistakes or read.mistakes:
        await nested.rollback()
        session.info["audit"] = pending
    return mistakes
