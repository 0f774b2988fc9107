"""The demo lesson, as the contract shows it to a client."""

import json
import time
from dataclasses import replace
from typing import Any

from websockets.sync.client import connect

from core.tickets import TicketSigner, verifier


def live(house: Any, username: str = "teacher") -> dict[str, Any]:
    """The one lesson that is live."""
    page = house.api(username).get("/api/lessons", params={"state": "live"}).raise_for_status().json()
    assert page["total"] == 1, page
    lesson: dict[str, Any] = page["items"][0]
    return lesson


def ticket(house: Any, username: str, part: str, **more: Any) -> dict[str, Any]:
    """A ticket for the live lesson: {ticket, whip_url, whep_url, events_url, …}."""
    lesson = live(house, username)
    answer = house.api(username).post(f"/api/lessons/{lesson['id']}/ticket", json={"as": part, **more})
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


def on_air(house: Any) -> dict[str, Any]:
    """What the live lesson's socket says of the teacher's slot: {live, human, name, …}; nothing of an empty one."""
    given = ticket(house, "village", "classroom")
    with connect(given["events_url"], subprotocols=["songjiao.events", given["ticket"]]) as socket:  # type: ignore[list-item]
        facts = json.loads(socket.recv(10))["facts"]
    return next((fact for fact in facts if (fact["type"], fact["key"]) == ("slot", "teacher")), {})


def forged_colleague(house: Any) -> dict[str, Any]:
    """A ticket as a colleague would get it; signed with the house's secret, since the demo has one teacher."""
    given = ticket(house, "teacher", "teacher")
    own = verifier(house.secret_key, None).verify(given["ticket"], time.time())
    return given | {"ticket": TicketSigner(house.secret_key).sign(replace(own, person="colleague", name="同事"))}
