"""Another county's rows, named in the body of a request: whoever may act in one county does nothing with a row of
another, and learns no more about it than about a row that is not there. Each refusal is held against the same request
with a row of the own county, so that none is a refusal of something else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

import songjiao
from admin.rights import Role
from tests.admin.cast import Desk, demo_environment, demo_template, desk, session
from tests.elsewhere import LATER_ON, NOW, UNKNOWN, Document, Elsewhere
from tests.test_elsewhere import HERE, HOLDERS, OF_SECOND, PLAIN, TABLE_OF, THERE, askers, named
from tests.test_routes import DOORS, Door

__all__ = ["askers", "demo_environment", "demo_template", "desk", "session"]

TEACHER, ASSISTANT, RECEIVING = "people:teacher", "people:assistant", "rooms#receiving"
TABLE_OF_FIELD = {
    **dict.fromkeys(("sending_room_id", "room_id"), "rooms"),
    **dict.fromkeys(("parent_id", "school_id", "organisation_id", "successor_id", "place_id"), "organisations"),
    **dict.fromkeys(("authority_id", "provider_id", "for_place_id"), "organisations"),
    **dict.fromkeys(("teacher_id", "lead_id", "owner_id", "person_id", "who_id"), TEACHER),
    **dict.fromkeys(("again", "without"), "people"),
    **dict.fromkeys(("fallback_id", "previous_id", "resources"), "resources"),
    "receiving_room_ids": RECEIVING,
    "seats.room_id": RECEIVING,
    "assistant_id": ASSISTANT,
    "guardian_id": "people:guardian",
    "lesson_id": "lessons",
    "class_id": "classes",
    "term_id": "terms",
    "copy_of": "timetable_drafts",
    "course_id": "delivery_courses",
    "series_id": "resource_series",
    "child_id": "bracelet_children",
    "dataset_id": "exchange_datasets",
    "hospital_id": "settlement_hospitals",
    "insured_id": "settlement_insured",
}
"""By a field's name, or its whole way."""


@dataclass(frozen=True)
class Asked:
    """What a route wants besides."""

    by: Role | None = None
    tables: Mapping[str, str] = field(default_factory=dict)
    """Other tables of the body's fields, and as `/` of the path's row."""
    body: Mapping[str, Any] = field(default_factory=dict)
    mine: str = ""
    """The column of the path's row that holds whoever asks."""


SOON = {"starts_at": LATER_ON.isoformat(), "ends_at": (LATER_ON + timedelta(minutes=40)).isoformat()}
INSURED = {"region": "500000", "card": "522301198001010011", "code": "x.1", "month": "2026-10"}
ASKED: dict[tuple[str, str], Asked] = {
    ("POST", "/api/lessons"): Asked(body=SOON),
    ("POST", "/api/lessons/{lesson_id}/ticket"): Asked("assistant", {"room_id": RECEIVING}, {"as": "classroom"}),
    ("PUT", "/api/lessons/{lesson_id}/attendance"): Asked("assistant", {"room_id": RECEIVING}),
    ("PUT", "/api/lessons/{lesson_id}/fallbacks"): Asked("assistant", {"room_id": RECEIVING}),
    ("POST", "/api/pairings/claim"): Asked(body={"code": "123456"}),
    ("POST", "/api/classes/{class_id}/consents"): Asked(
        tables={"/": "classes"}, body={"signed_on": NOW.date().isoformat()}
    ),
    ("PATCH", "/api/people/{person_id}"): Asked(tables={"/": "people:teacher#promoted"}),
    ("POST", "/api/organisations/{place_id}/close"): Asked(tables={"/": "organisations#closed"}),
    ("POST", "/api/pupils/{person_id}/move"): Asked(tables={"/": "pupils"}),
    ("POST", "/api/master-teachers/{person_id}/requests"): Asked(tables={"/": TEACHER}),
    ("POST", "/api/timetable-absences"): Asked(body={"starts": "08:00", "ends": "08:40"}),
    ("POST", "/api/timetable-drafts"): Asked(tables={"place_id": "counties"}),
    ("PUT", "/api/series/{series_id}"): Asked(mine="owner_id"),
    ("POST", "/api/resource-sources"): Asked(body={"address": "https://example.org/oai"}),
    ("POST", "/api/bracelets/children"): Asked(body={"born": f"{NOW.year - 8}-01-01"}),
    ("POST", "/api/bracelets/bracelets"): Asked(body={"number": "QXN-123456"}),
    ("POST", "/api/exchange/applications"): Asked(body={"columns": ["a"], "until": f"{NOW.year + 1}-01-01"}),
    ("POST", "/api/exchange/datasets"): Asked(body={"code": "x.y", "columns": ["a"]}),
    ("POST", "/api/settlement/encounters"): Asked(body={"card": INSURED["card"]}),
    **{
        ("POST", f"/api/settlement/{name}"): Asked(body={key: INSURED[key] for key in keys})
        for name, keys in {
            "reconciliations": ("region", "month"),
            "insured": ("card",),
            "connections": ("region",),
            "hospitals": ("region", "code"),
            "filings": ("region",),
            "catalogue": ("region", "code"),
        }.items()
    },
}
FOR_EVERYBODY = {
    ("POST", "/api/exchange/applications", "dataset_id"): 201,
    ("POST", "/api/master-teachers/{person_id}/requests", "series_id"): 201,
    ("POST", "/api/children/{child_id}/guardians", "guardian_id"): 204,
    ("POST", "/api/bracelets/children", "guardian_id"): 201,
    ("POST", "/api/delegations", "person_id"): 201,
}
"""The directory of who has what, and the library's series. A guardian lives anywhere, for many work far from their
children, and one lends one's own right to whomever one trusts: those two are told by their number, which no list of
another county shows."""
ONLY_NOTED = {("POST", "/api/tickets", "lesson_id"), ("POST", "/api/reports", "lesson_id")}
"""The registry knows no lessons: the number is told back to whoever answers, and opens nothing."""
SAID = ((403, "not-your-place"), (422, "outside-authority"))
"""Places and rooms are no secret: it may be said that they are another's."""
OPENAPI = songjiao.build_web().openapi()
WAYS = [(door, way) for door in DOORS if door.right for way in Document(OPENAPI).ways(door.method, door.path)]
ROOM = text(
    "INSERT INTO lesson_rooms (lesson_id, room_id, part, place, held) VALUES (:lesson, :room, :part, :n, 'empty')"
)


def table_of(way: str, asked: Asked) -> str:
    tables = {**TABLE_OF_FIELD, **asked.tables}
    return tables.get(way) or tables[way.rpartition(".")[2]]


def test_the_walk_finds_the_bodies_that_name_rows() -> None:
    assert len(WAYS) > 80
    assert (("POST", "/api/delivery-courses"), "seats.room_id") in {((one.method, one.path), way) for one, way in WAYS}


@dataclass
class Counties:
    """The own one and the other, and who asks."""

    session: Any
    here: Elsewhere
    there: Elsewhere
    askers: Mapping[Role, httpx.AsyncClient]

    async def prepared(self) -> "Counties":
        await self.here.row("pupils", class_id=await self.here.row("classes"))
        await self.here.row("settlement_windows", person_id=await self.id_of("hospital"))
        for county in (self.here, self.there):
            await county.row(RECEIVING, kind="interactive")
        return self

    async def id_of(self, role: Role) -> UUID:
        return UUID((await self.askers[role].get("/api/sessions/current")).json()["id"])

    async def told(self, door: Door, way: str, number: int) -> list[tuple[int, str]]:
        """Of a row of the other county, of none, and of the own county."""
        asked = ASKED.get((door.method, door.path), Asked())
        by = asked.by or HOLDERS[door.right][0]
        own = {name: await self.here.row(table) for name, table in {**TABLE_OF_FIELD, **asked.tables}.items()}
        rows = (await self.there.row(table_of(way, asked)), UNKNOWN, own.get(way) or own[way.rpartition(".")[2]])
        address = door.path.format(**await self._path(door, way, number, asked, by))
        await self.session.commit()
        requests = [Document(OPENAPI, own | {way: row}, way).request(door.method, door.path) for row in rows]
        for one in requests:
            one |= {"json": {**one["json"], **asked.body}} if "json" in one else {}
        answers = [await self.askers[by].request(door.method, address, **one) for one in requests]
        return [(one.status_code, one.json()["code"] if one.is_error else "") for one in answers]

    async def _path(self, door: Door, way: str, number: int, asked: Asked, by: Role) -> dict[str, Any]:
        """A row of the own county for each way, because what succeeds changes it."""
        names = [part[1:-1] for part in door.path.split("/") if part.startswith("{")]
        if not names or names == ["day"]:
            return dict.fromkeys(names, NOW.date())
        table = asked.tables.get("/") or TABLE_OF[named(door.path)]
        given = {asked.mine: await self.id_of(by)} if asked.mine else {}
        same = table in ("organisations", "people") or "/" in asked.tables
        row = await self.here.row(table if same else f"{table}#{number}", **given)
        if table == "lessons":
            await self._attend(row, [self.here, self.there] if way == "room_id" else [self.here])
        if table == "delivery_courses":
            await self.here.row(f"delivery_seats#{number}", course_id=row)
        others = {name: PLAIN.get(name) or await self.here.row(OF_SECOND[name]) for name in names[1:]}
        return {names[0]: row} | others

    async def _attend(self, lesson: UUID, receiving: list[Elsewhere]) -> None:
        rooms = [("sending", await self.here.row("rooms"))]
        rooms += [("receiving", await county.row(RECEIVING)) for county in receiving]
        for n, (part, room) in enumerate(rooms):
            await self.session.execute(ROOM, {"lesson": lesson, "room": room, "part": part, "n": n})


async def test_a_row_of_another_county_is_refused_in_a_body_too(
    desk: Desk, session: Any, askers: dict[Role, httpx.AsyncClient]
) -> None:
    counties = await Counties(session, Elsewhere(session, HERE), Elsewhere(session, THERE), askers).prepared()
    wrong = []
    for number, (door, way) in enumerate(WAYS):
        there, nowhere, here = await counties.told(door, way, number)
        if not refused((door.method, door.path, way), there, nowhere, here):
            wrong.append((door.method, door.path, way, there, nowhere, here))
    assert wrong == [], "\n".join(map(str, wrong))


def refused(
    field: tuple[str, str, str], there: tuple[int, str], nowhere: tuple[int, str], here: tuple[int, str]
) -> bool:
    """A refusal of this row: for one of the own county the answer is another."""
    if taken := FOR_EVERYBODY.get(field):
        return there[0] == taken != nowhere[0] and here[0] < 500
    if field in ONLY_NOTED:
        return there == nowhere == (201, "")
    return 400 <= there[0] < 500 and here[0] < 500 and here != there and there in (nowhere, *SAID)
