"""The work of an import, done by a worker: read and check, write, take back. Memory stays flat: a file passes in pieces
of a thousand lines, and everything that compares lines is done by the database."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from admin import numbers
from admin.bulk import copy_rows
from admin.models import Organisation, SchoolClass
from admin.roster.grades import school_year
from admin.roster.intake import statements
from admin.roster.intake.headings import read_sheet
from admin.roster.intake.lines import Line, Mistake, mistakes
from admin.roster.intake.models import Import, ImportLine
from admin.roster.intake.oneroster import read_zip
from admin.sheets import streamed
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, Problem
from core.person_keys import sealer_of
from core.sealing import Sealer

PIECE = 1000
MOST_LINES = 200_000
PROGRESS_SECONDS = 24 * 3600
COLUMNS = (
    "import_id",
    "number",
    "kind",
    "school",
    "class_name",
    "grade",
    "name",
    "username",
    "role",
    "identity_blind",
    "pupil_blind",
    "mistakes",
    "new_class",
)
CODE_DIGITS = 6


async def check(session: AsyncSession, ground: Connections, one: Import) -> None:
    """sent → checked with counts, or unreadable with the reason."""
    place = await session.get_one(Organisation, one.place_id)
    try:
        async with fetched(ground, one) as path, session.begin_nested():
            await _stage(session, ground, one, path)
    except Problem as problem:
        one.state, one.said = "unreadable", {"zh": problem.zh, "en": problem.en}
        return
    await session.execute(text("ANALYZE import_lines"))  # or the planner takes fifty thousand new lines for none
    for number, statement in enumerate(statements.CHECK):
        await tell(ground, one.id, "compare", number, len(statements.CHECK))
        await _run(session, statement, one, place.path)
    counts = (await session.execute(text(statements.COUNTS), {"import": one.id})).one()
    one.state, one.counts = "checked", dict(counts._mapping)
    await tell(ground, one.id, "checked", one.counts["lines"], one.counts["lines"])


async def apply(session: AsyncSession, ground: Connections, one: Import) -> None:
    """checked → applied: every line without a mistake. Wrong lines are left out; the page has told them."""
    await _make_classes(session, one)
    await session.execute(text("ANALYZE import_lines"))
    for number, statement in enumerate(statements.APPLY):
        await tell(ground, one.id, "write", number, len(statements.APPLY))
        await _run(session, statement, one, "")
    async with fetched(ground, one) as path:
        await _keep_numbers(session, ground, one, path)
    one.state, one.applied_at = "applied", now()
    await tell(ground, one.id, "applied", one.counts["lines"], one.counts["lines"])


async def undo(session: AsyncSession, one: Import) -> None:
    """applied → undone. Raises Conflict with the lines when somebody has been changed since; nothing changes then."""
    changed = (await session.execute(text(statements.CHANGED_SINCE), {"import": one.id, "day": one.day})).all()
    if changed:
        names = "、".join(row.name for row in changed[:5])
        zh = f"{names}等在导入后又变动过，不能整体撤销，请逐个更正。"
        en = f"{len(changed)} people ({names}) were changed since; correct them one by one."
        raise Conflict("changed-since-import", zh=zh, en=en, lines=[row.number for row in changed])
    for statement in statements.UNDO:
        await _run(session, statement, one, "")
    one.state, one.undone_at = "undone", now()


async def tell(ground: Connections, own: UUID, stage: str, done: int, total: int) -> None:
    """How far it is, for the page; outside the transaction, whose end nobody sees before it is there."""
    said = json.dumps({"stage": stage, "done": done, "total": total})
    await ground.valkey.set(progress_key(own), said, ex=PROGRESS_SECONDS)


def progress_key(own: UUID) -> str:
    return f"roster:import:{own}"


@asynccontextmanager
async def fetched(ground: Connections, one: Import) -> AsyncIterator[Path]:
    with TemporaryDirectory(prefix="songjiao-import-") as folder:
        path = Path(folder) / "file"
        await ground.store.get_file(one.name_in_store, path)
        yield path


def lines_of(path: Path, kind: str) -> Iterator[Line]:
    """Raises BadInput."""
    return read_zip(path) if kind == "oneroster" else read_sheet(streamed(path), kind)


async def _stage(session: AsyncSession, ground: Connections, one: Import, path: Path) -> None:
    sealer, lines, done = sealer_of(session), lines_of(path, one.kind), 0
    while rows := await asyncio.to_thread(lambda: [_row(one.id, line, sealer) for line in islice(lines, PIECE)]):
        await copy_rows(session, ImportLine, COLUMNS, rows)
        done += len(rows)
        await tell(ground, one.id, "read", done, 0)
        if done > MOST_LINES:
            zh, en = f"一次最多 {MOST_LINES} 行，请分成几份。", f"At most {MOST_LINES} rows at a time; split the file."
            raise Conflict("too-many-lines", zh=zh, en=en)


def _row(own: UUID, line: Line, sealer: Sealer) -> tuple[object, ...]:
    found = mistakes(line)
    blind = [sealer.blind(kind, told) if told else None for kind, told in _numbers(line)]
    cut = (line.school[:80], line.class_name[:40], line.grade if line.grade and line.grade < 100 else None)
    texts = (line.name[:40], line.username[:40] or None, line.role)
    plain = tuple(part.replace("\x00", "") if isinstance(part, str) else part for part in (*cut, *texts))
    return own, line.number, line.kind, *plain, *blind, json.dumps([_told(one) for one in found]), False


def _numbers(line: Line) -> tuple[tuple[numbers.Kind, str], tuple[numbers.Kind, str]]:
    return ("identity", line.identity), ("pupil", line.pupil_number)


def _told(one: Mistake) -> dict[str, str]:
    return {"column": one.column, "zh": one.zh, "en": one.en}


async def _run(session: AsyncSession, statement: str, one: Import, path: str) -> None:
    values = {"import": one.id, "path": path, "day": one.day}
    needed = {name: value for name, value in values.items() if f":{name}" in statement}
    await session.execute(text(statement), needed)


async def _make_classes(session: AsyncSession, one: Import) -> None:
    query = select(ImportLine.class_id, ImportLine.school_id, ImportLine.class_name, ImportLine.grade)
    query = query.where(ImportLine.import_id == one.id, ImportLine.new_class, ImportLine.action.is_not(None))
    made = (await session.execute(query.ext(distinct_on(ImportLine.class_id)))).all()
    taken = set(await session.scalars(select(SchoolClass.code)))
    year = school_year(one.day)
    rows = [(row.class_id, row.school_id, row.class_name, row.grade, _code(taken), year) for row in made]
    await copy_rows(session, SchoolClass, ("id", "school_id", "name", "grade", "code", "school_year"), rows)


def _code(taken: set[str]) -> str:
    """Six figures that no class has; at the size of a prefecture one in a hundred is taken."""
    while (code := f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}") in taken:
        pass
    taken.add(code)
    return code


async def _keep_numbers(session: AsyncSession, ground: Connections, one: Import, path: Path) -> None:
    """Seals what the file tells and nobody has yet; numbers are never written into a line."""
    lines, done = lines_of(path, one.kind), 0
    while piece := await asyncio.to_thread(lambda: list(islice(lines, PIECE))):
        people = await _people(session, one, piece)
        told = [
            (people[line.number], kind, number)
            for line in piece
            if line.number in people
            for kind, number in _numbers(line)
            if number
        ]
        await numbers.keep(session, told)
        born = {people[line.number]: line.born for line in piece if line.born and line.number in people}
        await numbers.keep_birthdays(session, born)
        done += len(piece)
        await tell(ground, one.id, "seal", done, one.counts["lines"])


async def _people(session: AsyncSession, one: Import, piece: Sequence[Line]) -> dict[int, UUID]:
    query = select(ImportLine.number, ImportLine.person_id).where(ImportLine.import_id == one.id)
    query = query.where(ImportLine.number.between(piece[0].number, piece[-1].number), ImportLine.action.is_not(None))
    return {row.number: row.person_id for row in await session.execute(query) if row.person_id}
