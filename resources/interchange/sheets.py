"""Metadata as a sheet: download what one answers for, put it right in Excel, upload it again. All rows or none: a sheet
with a wrong row changes nothing and names every wrong row."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin import sheets
from admin.changes import put
from admin.models import Organisation
from admin.who import Actor
from core import audit
from core.clock import now
from core.errors import NotValid
from resources import reach, searching
from resources.interchange.formats import KINDS_ZH, grade_zh
from resources.interchange.schemas import ResourceSheetOut, WrongRow
from resources.kinds import phase_of
from resources.models import Resource
from resources.schemas import Described

MOST_ROWS = 5000
LICENCES_ZH = {
    "house": "本州免费",
    "cc-by": "CC BY",
    "cc-by-sa": "CC BY-SA",
    "cc-by-nc": "CC BY-NC",
    "reserved": "保留权利",
}
SCOPES_ZH = {"school": "本校", "county": "本县", "prefecture": "全州", "public": "公开"}
COLUMNS: dict[str, str] = {
    "编号": "id",
    "题目": "title",
    "类型": "kind",
    "年级": "grade",
    "学科": "subject",
    "教材版本": "textbook_version",
    "册次": "volume",
    "单元": "unit",
    "课": "chapter",
    "授权": "licence",
    "范围": "scope",
    "说明": "description",
}
CHOICES: dict[str, dict[str, str]] = {
    "kind": {zh: code for code, zh in KINDS_ZH.items()},
    "grade": {grade_zh(grade): str(grade) for grade in range(1, 13)},
    "licence": {zh: code for code, zh in LICENCES_ZH.items()},
    "scope": {zh: code for code, zh in SCOPES_ZH.items()},
}


async def written(session: AsyncSession, who: Actor) -> bytes:
    """An xlsx of the resources that one may change."""
    query = select(Resource).where(_mine(who), Resource.identifier.is_(None)).order_by(Resource.id.desc())
    rows = (await session.scalars(query.limit(MOST_ROWS))).all()
    return sheets.written("xlsx", list(COLUMNS), [_line(row) for row in rows])


async def taken(session: AsyncSession, who: Actor, data: bytes, dry_run: bool, request: Request) -> ResourceSheetOut:
    """Raises NotValid, with the wrong rows, unless it is only tried."""
    lines = sheets.read(data)
    bodies, wrong = _bodies(lines)
    rows = await _rows(session, who, [resource for _, resource, _ in bodies])
    wrong += [_foreign(line) for line, resource, _ in bodies if resource not in rows]
    if wrong and not dry_run:
        shown = [one.model_dump() for one in wrong[:200]]
        zh, en = f"有 {len(wrong)} 行不对，一行也没有改。", f"{len(wrong)} rows are wrong; nothing was changed."
        raise NotValid("sheet-wrong", zh=zh, en=en, rows=shown)
    known = [(rows[resource], body) for _, resource, body in bodies if resource in rows]
    changes = [(row, body) for row, body in known if _differs(row, body)]
    if not dry_run:
        await _apply(session, who, changes, request)
    return ResourceSheetOut(changed=len(changes), same=len(known) - len(changes), wrong=wrong)


def _line(row: Resource) -> list[Any]:
    words = {"kind": KINDS_ZH[row.kind], "grade": grade_zh(row.grade), "id": str(row.id)}
    words |= {"licence": LICENCES_ZH[row.licence], "scope": SCOPES_ZH[row.scope]}
    return [words.get(name, getattr(row, name)) for name in COLUMNS.values()]


def _bodies(lines: Sequence[Sequence[str]]) -> tuple[list[tuple[int, UUID, Described]], list[WrongRow]]:
    """Row number, id and content of each good row, and the wrong ones. Raises NotValid for a sheet of another kind."""
    head = [cell.strip() for cell in lines[0]] if lines else []
    if "编号" not in head or len(lines) > MOST_ROWS:
        zh = f"请用下载的表格改：第一行要有“编号”，最多 {MOST_ROWS} 行。"
        en = f"Change the downloaded sheet: it has a column 编号 and at most {MOST_ROWS} rows."
        raise NotValid("sheet-unknown", zh=zh, en=en)
    good, wrong = [], []
    for number, line in enumerate(lines[1:], start=2):
        cells = {COLUMNS[name]: cell.strip() for name, cell in zip(head, line, strict=False) if name in COLUMNS}
        try:
            resource = UUID(cells.pop("id", ""))
            good.append((number, resource, Described.model_validate(_read(cells))))
        except ValidationError as error:
            wrong.append(_named(number, [str(one["loc"][0]) for one in error.errors()]))
        except ValueError:
            wrong.append(_named(number, ["id"]))
    return good, wrong


def _read(cells: dict[str, str]) -> dict[str, str]:
    """Words of the sheet become those of the API; figures for grades are taken too."""
    return {name: CHOICES.get(name, {}).get(cell, cell) for name, cell in cells.items()}


async def _rows(session: AsyncSession, who: Actor, ids: list[UUID]) -> dict[UUID, Resource]:
    query = select(Resource).where(Resource.id.in_(ids), _mine(who)).with_for_update()
    return {row.id: row for row in (await session.scalars(query)).all()}


def _mine(who: Actor) -> Any:
    places = [Resource.provider_path.startswith(place) for place in who.places("resources.review")]
    return or_(Resource.created_by == who.id, Resource.author_id == who.id, *places)


def _differs(row: Resource, body: Described) -> bool:
    return any(getattr(row, name) != value for name, value in _told(body).items())


def _told(body: Described) -> dict[str, Any]:
    return body.model_dump(exclude={"author"}, exclude_unset=True)


async def _apply(
    session: AsyncSession, who: Actor, changes: list[tuple[Resource, Described]], request: Request
) -> None:
    providers = {row.provider_id for row, _ in changes}
    found = await session.scalars(select(Organisation).where(Organisation.id.in_(providers)))
    places = {place.id: place for place in found.all()}
    for row, body in changes:
        told = _told(body)
        before = put(row, told)
        row.phase, row.version, row.changed_at = phase_of(row.grade), row.version + 1, now()
        row.reach = await reach.reach(session, places[row.provider_id], row.scope, row.review)
        searching.index(row, places[row.provider_id].name_zh, searching.own_text(row.words))
        name = f"resource:{row.id}"
        await audit.record(session, who.id, "resource.change", name, before=before, after=told, request=request)


def _named(number: int, fields: list[str]) -> WrongRow:
    words = {code: zh for zh, code in COLUMNS.items()}
    said = list(dict.fromkeys(fields))
    zh = f"第 {number} 行的{'、'.join(words.get(one, one) for one in said)}不对。"
    return WrongRow(line=number, zh=zh, en=f"Row {number}: check {', '.join(said)}.")


def _foreign(number: int) -> WrongRow:
    zh = f"第 {number} 行的资源不存在，或不归您管。"
    return WrongRow(line=number, zh=zh, en=f"Row {number}: there is no such resource, or it is not yours to change.")
