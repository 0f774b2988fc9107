"""Another county's rows, held against every route of the built app that names a row: whoever has the right in one
county gets for a row of another what she gets for a row that is not there."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import select

import songjiao
from admin import seed
from admin.notices.models import Notice
from admin.rights import RIGHTS, RIGHTS_OF, Right, Role
from tests.admin.cast import Desk, demo_environment, demo_template, desk, session
from tests.elsewhere import UNKNOWN, Document, Elsewhere, somebody
from tests.test_routes import DOORS, Door

__all__ = ["demo_environment", "demo_template", "desk", "session"]

HERE, THERE = "qinglong", "puan"
TABLE_OF = {
    **dict.fromkeys(("lessons", "recordings"), "lessons"),
    **dict.fromkeys(
        ("schools", "organisations", "needs", "quotas", "portal/entrances", "line-capacities"), "organisations"
    ),
    **dict.fromkeys(("people", "pupils", "children", "master-teachers", "security/factors"), "people"),
    **dict.fromkeys(("delivery-courses", "timetable-rates/courses"), "delivery_courses"),
    **dict.fromkeys(("sessions", "security/sessions"), "sessions"),
    **dict.fromkeys(("bracelets/tracks", "bracelets/own", "bracelets/children"), "bracelet_children"),
    **dict.fromkeys(("exchange/shares", "exchange/applications"), "exchange_shares"),
    **{name: name for name in ("devices", "classes", "rooms", "promotions", "delegations", "imports", "terms")},
    **{name: name for name in ("resources", "tickets", "invitations", "notices")},
    **{name: name.replace("-", "_") for name in ("delivery-offers", "timetable-absences", "timetable-drafts")},
    **{name: name.replace("-", "_") for name in ("timetable-versions", "published-lessons", "calendar-feeds")},
    **{name: name.replace("-", "_") for name in ("lesson-requests", "resource-sources")},
    **{f"settlement/{name}": f"settlement_{name}" for name in ("hospitals", "encounters", "insured", "connections")},
    **{f"settlement/{name}": f"settlement_{name}" for name in ("filings", "catalogue", "policies", "reconciliations")},
    "settlement/settlements": "settlements",
    "line-tests": "line_tests",
    "bells": "bell_schedules",
    "uploads": "resource_uploads",
    "series": "resource_series",
    "reports": "abuse_reports",
    "children/requests": "child_requests",
    "bracelets/bracelets": "bracelets",
    "bracelets/cases": "bracelet_cases",
    "exchange/datasets": "exchange_datasets",
    "lists/items": "list_items",
}
"""Whose row the first id of a path is, by what stands before it."""
OF_SECOND = {"child_id": "people", "guardian_id": "people", "person_id": "people", "file_id": "resource_files"} | {
    "note_id": "resource_notes",
    "fence_id": "bracelet_fences",
}
PLAIN = {"purpose": "live", "format": "csv", "name": "teacher.m3u8"}
NO_ROWS = re.compile(
    r"/api/(reports/(days|months)|working-days|calendar-days|hidden-words|roster|audit/entries|pairings)/"
)
"""Days, months, words and sheets: the asker's own places bound what they tell. The audit log is one for the house."""
FOR_EVERYBODY = {
    ("GET", "/api/series/{series_id}"),
    ("GET", "/api/exchange/datasets/{row_id}"),
    ("GET", "/api/settlement/hospitals/{row_id}"),
    ("GET", "/api/settlement/catalogue/{row_id}"),
}
"""The library's series, the directory of who has what, and two public lists of the insurance."""
NO_SECRET = {
    *("/api/devices/{device_id}", "/api/rooms/{room_id}", "/api/bells/{bells_id}"),
    *("/api/promotions/{promotion_id}/undo", "/api/exchange/datasets/{row_id}", "/api/exchange/datasets/{row_id}/rows"),
    *("/api/exchange/datasets/{row_id}/sheet", "/api/settlement/hospitals/{row_id}"),
    "/api/settlement/hospitals/{row_id}/windows/{person_id}",
}
"""Rooms, bells, equipment, school years and public lists: the answer may say that they are there and another's."""
SILENT = {("POST", "/api/notices/{notice_id}/read")}
"""Marks one's own; another's stays unread."""


HOLDERS: dict[Right | None, list[Role]] = {
    right: [role for role in RIGHTS_OF if right in RIGHTS_OF[role]] for right in RIGHTS
}


def named(path: str) -> str:
    return path.removeprefix("/api/").partition("/{")[0]


ROWED = [door for door in DOORS if door.right and "{" in door.path and not NO_ROWS.match(door.path)]


def test_the_walk_knows_whose_row_each_path_names() -> None:
    assert [door.path for door in ROWED if named(door.path) not in TABLE_OF] == []
    assert len(ROWED) > 150


@pytest.fixture
async def askers(desk: Desk, session: Any) -> dict[Role, httpx.AsyncClient]:
    """Somebody of each role in one county."""
    found = {}
    for role in RIGHTS_OF:
        person = await somebody(session, role, seed.place(HERE))
        await session.commit()
        found[role] = await desk(person)
    return found


async def ids_of(rows: Elsewhere, path: str) -> dict[str, Any]:
    first, *rest = re.findall(r"\{(\w+)\}", path)
    found = {first: await rows.row(TABLE_OF[named(path)])}
    return found | {each: PLAIN.get(each) or await rows.row(OF_SECOND[each]) for each in rest}


async def test_a_row_of_another_county_answers_as_one_that_is_not_there(
    desk: Desk, session: Any, askers: dict[Role, httpx.AsyncClient]
) -> None:
    document, rows = Document(songjiao.build_web().openapi()), Elsewhere(session, THERE)
    wrong = []
    for door in ROWED:
        ids = await ids_of(rows, door.path)
        await session.commit()
        unknown = {name: PLAIN.get(name, UNKNOWN) for name in ids}
        for role in dict.fromkeys((HOLDERS[door.right][0], HOLDERS[door.right][-1])):
            asked = document.request(door.method, door.path)
            there = await askers[role].request(door.method, door.path.format(**ids), **asked)
            nowhere = await askers[role].request(door.method, door.path.format(**unknown), **asked)
            if not hidden(door, told(there), told(nowhere)):
                wrong.append((role, door.method, door.path, told(there), told(nowhere)))
    assert await session.scalar(select(Notice.id).where(Notice.read_at.is_not(None))) is None
    assert wrong == [], "\n".join(map(str, wrong))


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "") if answer.content else ""


def hidden(door: Door, there: tuple[int, str], nowhere: tuple[int, str]) -> bool:
    """A refusal of the row, not of the body, and the same for both."""
    if (door.method, door.path) in FOR_EVERYBODY:
        return there[0] == 200
    if door.path in NO_SECRET:
        return there == (403, "not-your-place")
    if (door.method, door.path) in SILENT:
        return there == nowhere == (204, "")
    return there == nowhere and there[0] in (401, 403, 404)
