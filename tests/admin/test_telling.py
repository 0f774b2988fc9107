"""What the database tells as JSON is what the route declares, value for value: nobody checks it on its way out."""

import json
from datetime import datetime
from typing import Any

import pytest
from pydantic import BaseModel

from admin.schemas import OrganisationOut, Page, PersonOut, RoomOut, SchoolOut
from classroom.lessons.schemas import LessonOut
from tests.admin.cast import Desk


@pytest.mark.parametrize(
    ("address", "declared"),
    [
        ("/api/organisations?limit=200", Page[OrganisationOut]),
        ("/api/schools?limit=200", Page[SchoolOut]),
        ("/api/schools?model=true", Page[SchoolOut]),
        ("/api/rooms?limit=2", Page[RoomOut]),
        ("/api/people?limit=200", Page[PersonOut]),
        ("/api/lessons", Page[LessonOut]),
        ("/api/lessons?state=ended&limit=1", Page[LessonOut]),
        ("/api/lessons?q=nothing-is-called-so", Page[LessonOut]),
    ],
)
async def test_a_list_has_the_declared_shape(desk: Desk, address: str, declared: type[BaseModel]) -> None:
    answer = await (await desk("admin")).get(address)
    read = declared.model_validate_json(answer.content)
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(read.model_dump_json(), object_hook=_moments) == json.loads(answer.content, object_hook=_moments)


def _moments(told: dict[str, Any]) -> dict[str, Any]:
    """UTC is Z or +00:00, and the last digits of a second may be left out when they are zero."""
    return {
        name: datetime.fromisoformat(value) if name.endswith("_at") and value else value for name, value in told.items()
    }


async def test_words_with_quotes_and_backslashes_come_out_as_they_went_in(desk: Desk) -> None:
    client, name = await desk("admin"), 'A "quoted" \\ name\u2028 <b>'
    school = (await client.get("/api/schools?q=石盘")).json()["items"][0]["id"]
    made = await client.post("/api/rooms", json={"school_id": school, "name": name, "kind": "listening"})
    assert made.status_code == 201, made.text
    found = (await client.get(f"/api/rooms?school={school}&limit=200")).json()["items"]
    assert name in [room["name"] for room in found]
