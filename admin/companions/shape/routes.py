"""The doors that every register has, opened by one line of a module's router. Each names its right, so that the walk
over all routes finds it; what only one module does stands as a route of its own in that module."""

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response, UploadFile
from sqlalchemy import select

from admin import sheets
from admin.companions.shape import files, intake, keeping, reading, stepping
from admin.companions.shape.about import About, StateCounts, about, counts
from admin.companions.shape.forms import form
from admin.companions.shape.register import Column, Register
from admin.companions.shape.steps import Machine, Step
from admin.models import Organisation
from admin.paging import Words, having, page
from admin.registry import BY_NAME, inside
from admin.schemas import Named, Page
from admin.who import Actor, require
from core import audit
from core.connections import Files
from core.database import Session

SHEET: dict[int | str, dict[str, Any]] = {
    200: {"content": {media: {"schema": {"type": "string"}} for media in sheets.MEDIA.values()}}
}
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in files.KINDS.values()}}
}
Language = Literal["zh", "en"]
FEW = 12
"""Places that a form's field offers at once."""


def add_register(router: APIRouter, register: Register) -> None:
    _add_about(router, register)
    _add_reading(router, register)
    if register.new:
        _add_making(router, register)
    if register.change:
        _add_changing(router, register)
    if register.machine:
        _add_machine(router, register, register.machine)
    if register.files:
        _add_files(router, register)


def _add_about(router: APIRouter, register: Register) -> None:
    reader, writer = require(register.read), require(register.write)

    async def show_about(who: Annotated[Actor, reader]) -> About:
        """What a page must know to draw the register, and what the asker may do with it."""
        return about(register, who)

    async def count_rows(session: Session, who: Annotated[Actor, reader]) -> StateCounts:
        return await counts(session, register, who)

    async def find_places(session: Session, who: Annotated[Actor, writer], q: Words = None) -> Page[Named]:
        """The first places, by name, to which the asker may write."""
        query = select(Organisation.id, Organisation.name_zh).where(inside(who.places(register.write)))
        query = query.where(having(q, Organisation.name_zh)) if q else query
        rows, total, following = await page(session, query, BY_NAME, None, FEW)
        return Page(items=[Named(id=row.id, name=row.name_zh) for row in rows], total=total, next=following)

    router.add_api_route(f"/{register.path}/about", show_about, name=f"about {register.path}")
    router.add_api_route(f"/{register.path}/counts", count_rows, name=f"count {register.path}")
    if register.new:
        router.add_api_route(f"/{register.path}/places", find_places, name=f"places of {register.path}")


def _add_reading(router: APIRouter, register: Register) -> None:
    reader = require(register.read)

    async def list_rows(
        session: Session, who: Annotated[Actor, reader], wanted: reading.Ask, request: Request
    ) -> Page[Any]:
        return await reading.listed(session, register, who, wanted, request)

    async def export_rows(
        session: Session,
        who: Annotated[Actor, reader],
        wanted: reading.Ask,
        request: Request,
        format: Annotated[sheets.Format, Query()] = "xlsx",
        language: Annotated[Language, Query()] = "zh",
    ) -> Response:
        """What the filters leave, on one sheet; `after` and `limit` mean nothing here."""
        return await _sheet(session, register, who, wanted, format, language, request)

    async def one_row(row_id: UUID, session: Session, who: Annotated[Actor, reader], request: Request) -> Any:
        return await reading.one(session, register, who, row_id, request)

    path, out = f"/{register.path}", register.out
    router.add_api_route(path, list_rows, response_model=Page[out], name=f"list {register.path}")  # type: ignore[valid-type]
    export = {"response_class": Response, "responses": SHEET, "name": f"export {register.path}"}
    router.add_api_route(f"{path}/export", export_rows, **export)  # type: ignore[arg-type]
    if register.new:
        _add_form(router, register)
    router.add_api_route(f"{path}/{{row_id}}", one_row, response_model=out, name=f"one of {register.path}")


async def _sheet(
    session: Session,
    register: Register,
    who: Actor,
    wanted: reading.Asked,
    format: sheets.Format,
    language: str,
    request: Request,
) -> Response:
    rows = await reading.every(session, register, who, wanted)
    names = await reading.named(session, register, [row for row, _ in rows])
    head = [getattr(column, language) for column in register.columns]
    lines = [_line(register, reading.told(register, row, place, names), language) for row, place in rows]
    data = await asyncio.to_thread(sheets.written, format, head, lines)
    seen = reading.noted(register, wanted, len(rows))
    await audit.record(session, who.id, f"{register.noun}.export", register.path, after=seen, request=request)
    named = {"Content-Disposition": f'attachment; filename="{register.path}.{format}"'}
    return Response(data, media_type=sheets.MEDIA[format], headers=named)


def _line(register: Register, told: Any, language: str) -> list[Any]:
    """Through the model that answers go through, so that what is masked on the page is masked on the sheet."""
    return [_cell(column, told, language) for column in register.columns]


def _cell(column: Column, told: Any, language: str) -> Any:
    value = getattr(told, column.name)
    value = "、".join(value) if isinstance(value, list) else value
    zh, en = column.choices.get(str(value), (value, value))
    named = told.names if language == "zh" else told.names | told.names_en
    return named.get(column.name, zh if language == "zh" else en)


def _add_form(router: APIRouter, register: Register) -> None:
    async def show_form(
        who: Annotated[Actor, require(register.write)],
        change: Annotated[bool, Query(description="of a change instead of a new row")] = False,
    ) -> dict[str, Any]:
        """JSON Schema of a new row, with titles in Chinese and `x-title-en`."""
        body = register.change if change and register.change else register.new
        assert body
        return form(register, body)

    router.add_api_route(f"/{register.path}/form", show_form, name=f"form of {register.path}")


def _add_making(router: APIRouter, register: Register) -> None:
    assert register.new
    body_type, writer = register.new, require(register.write)

    async def create_row(
        body: body_type,  # type: ignore[valid-type]
        session: Session,
        who: Annotated[Actor, writer],
        request: Request,
    ) -> Any:
        row = await keeping.create(session, register, who, body.model_dump(), request)  # type: ignore[attr-defined]
        return await reading.made(session, register, row)

    async def import_rows(
        sheet: UploadFile,
        session: Session,
        who: Annotated[Actor, writer],
        request: Request,
        dry_run: Annotated[bool, Query()] = True,
    ) -> intake.IntakeOut:
        """A dry run tells every mistake and writes nothing; else all lines come in, or none (422 with `mistakes`)."""
        lines = await asyncio.to_thread(sheets.read, await sheet.read(sheets.MOST_BYTES + 1))
        return await intake.take_in(session, register, who, lines, dry_run, request)

    path = f"/{register.path}"
    created = {"methods": ["POST"], "status_code": 201, "name": f"create in {register.path}"}
    router.add_api_route(path, create_row, response_model=register.out, **created)  # type: ignore[arg-type]
    router.add_api_route(f"{path}/import", import_rows, methods=["POST"], name=f"import {register.path}")


def _add_changing(router: APIRouter, register: Register) -> None:
    assert register.change
    body_type = register.change

    async def change_row(
        row_id: UUID,
        body: body_type,  # type: ignore[valid-type]
        session: Session,
        who: Annotated[Actor, require(register.write)],
        request: Request,
    ) -> Any:
        """409 with `yours` and `theirs` when somebody changed it since `version`."""
        return await keeping.change(session, register, who, row_id, body, request)

    changed = {"methods": ["PATCH"], "name": f"change in {register.path}"}
    router.add_api_route(f"/{register.path}/{{row_id}}", change_row, response_model=register.out, **changed)  # type: ignore[arg-type]


def _add_machine(router: APIRouter, register: Register, machine: Machine) -> None:
    """One door a step, and the history."""
    for step in machine.steps:
        _add_step(router, register, step)

    async def history(
        row_id: UUID, session: Session, who: Annotated[Actor, require(register.read)]
    ) -> list[stepping.StepOut]:
        await reading.reachable(session, register, who, row_id)
        return await stepping.history(session, row_id)

    router.add_api_route(f"/{register.path}/{{row_id}}/history", history, name=f"history in {register.path}")


def _add_step(router: APIRouter, register: Register, step: Step) -> None:
    async def take_step(
        row_id: UUID,
        body: stepping.StepBody,
        session: Session,
        who: Annotated[Actor, require(step.right)],
        request: Request,
    ) -> Any:
        return await stepping.take(session, register, step, who, row_id, body, request)

    named = {"methods": ["POST"], "name": f"{step.name} in {register.path}", "description": f"{step.zh} · {step.en}"}
    router.add_api_route(
        f"/{register.path}/{{row_id}}/{step.name}",
        take_step,
        response_model=register.out,
        **named,  # type: ignore[arg-type]
    )


def _add_files(router: APIRouter, register: Register) -> None:
    path = f"/{register.path}/{{row_id}}/files"

    async def attach(
        row_id: UUID,
        file: UploadFile,
        session: Session,
        store: Files,
        who: Annotated[Actor, require(register.write)],
        request: Request,
    ) -> files.EvidenceOut:
        row, _ = await reading.reachable(session, register, who, row_id)
        return await files.keep(session, store, register.noun, row, who, file, request)

    async def list_files(
        row_id: UUID, session: Session, who: Annotated[Actor, require(register.read)]
    ) -> list[files.EvidenceOut]:
        await reading.reachable(session, register, who, row_id)
        return await files.of(session, row_id)

    async def open_file(
        row_id: UUID, file_id: UUID, session: Session, store: Files, who: Annotated[Actor, require(register.read)]
    ) -> Response:
        await reading.reachable(session, register, who, row_id)
        file, data = await files.opened(session, store, row_id, file_id)
        return Response(data, media_type=file.kind, headers={"Content-Disposition": "attachment"})

    router.add_api_route(path, attach, methods=["POST"], status_code=201, name=f"attach in {register.path}")
    router.add_api_route(path, list_files, name=f"files in {register.path}")
    opened = {"response_class": Response, "responses": FILE, "name": f"open file in {register.path}"}
    router.add_api_route(f"{path}/{{file_id}}", open_file, **opened)  # type: ignore[arg-type]
