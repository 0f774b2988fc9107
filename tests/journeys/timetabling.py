"""A month of 2040, by the demo's bells, with two courses that want four lessons a week: far from other journeys."""

from dataclasses import dataclass
from typing import Any

import httpx

from admin import seed
from tests.house import House

PREFECTURE = str(seed.place("qxn"))
TERM = {"place_id": PREFECTURE, "school_year": 2040, "number": 1, "first": "2040-09-03", "last": "2040-09-28"}
VILLAGES = {
    "baiyan": ("WM-02-1", "bankaihua"),
    "xiaba": ("CH-03-1", "lufengying"),
    "pojiao": ("CH-02-1", "luozhengxing"),
}
"""School: its room and who is with the pupils."""
LISTENS = "xiaba"


@dataclass(frozen=True)
class Plan:
    term: str
    science: str
    music: str


def planned(house: House) -> Plan:
    with house.api("bureau") as api:
        term = _made(api, "terms", TERM)
        seats = [_seat(api, *each) for each in VILLAGES.items()]
        science = _course(api, term["id"], "四年级科学", "科学", "wuxiuying", "XY-04-1", seats)
        music = _course(api, term["id"], "四年级音乐", "音乐", "colleague", "XY-03-2", seats[:2])
        return Plan(term["id"], science, music)


def _seat(api: httpx.Client, school: str, of: tuple[str, str]) -> dict[str, Any]:
    room, assistant = of
    made = _made(api, "classes", {"school_id": str(seed.place(school)), "name": "四年级", "grade": 4})
    seat = {"class_id": made["id"], "room_id": str(seed.room(room)), "assistant_id": str(seed.person(assistant))}
    return seat | {"interactive": school != LISTENS}


def _course(
    api: httpx.Client, term: str, name: str, subject: str, lead: str, room: str, seats: list[dict[str, Any]]
) -> str:
    body = {
        "term_id": term,
        "authority_id": PREFECTURE,
        "name": name,
        "kind": "dedicated",
        "subject": subject,
        "grade": 4,
        "lead_id": str(seed.person(lead)),
        "room_id": str(seed.room(room)),
        "weekly": 2,
        "seats": seats,
    }
    return str(_made(api, "delivery-courses", body)["id"])


def _made(api: httpx.Client, what: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = api.post(f"/api/{what}", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
