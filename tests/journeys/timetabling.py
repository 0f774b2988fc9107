"""A month of 2040, by the demo's bells, with two courses that want four lessons a week: far from other journeys. One
is the plan's own suggestion for what a village class lacks."""

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
VILLAGE = "pojiao"
"""Where nobody teaches music; its room is free while the demo lesson is on."""
GIVEN = {"语文": 6, "数学": 4, "道德与法治": 2, "体育与健康": 3, "劳动": 1}
"""Lessons a week."""


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
        _lacks_music(api, VILLAGE)
        music = _course(api, term["id"], "四年级音乐", "音乐", "colleague", "XY-03-2", [_suggested(api, term["id"])])
        return Plan(term["id"], science, music)


def _lacks_music(api: httpx.Client, school: str) -> None:
    """The school's own timetable: everything that the plan of 2022 asks of a fourth class but music and science."""
    rows = [
        f"四年级,周{'一二三四五'[place // 6]},{place % 6 + 1},{subject},罗老师,是"
        for place, subject in enumerate(subject for subject, count in GIVEN.items() for _ in range(count))
    ]
    sheet = "\n".join(["班级,星期,节次,科目,教师,合格", *rows]).encode()
    address = f"/api/needs/{seed.place(school)}/timetable"
    api.post(address, data={"dry_run": "false"}, files={"file": ("课程表.csv", sheet)}).raise_for_status()
    needs = api.get(f"/api/needs/{seed.place(school)}").json()
    lacks = {one["subject"]: one["required"] for one in needs["lacks"]}
    assert lacks["音乐"] == 2
    assert "科学" not in lacks, "the course that was planned before closes it"


def _suggested(api: httpx.Client, term: str) -> dict[str, Any]:
    """The seat that the plan suggests for a teacher of a model school who offers music to fourth classes."""
    offer = {"teacher_id": str(seed.person("colleague")), "room_id": str(seed.room("XY-03-2")), "subject": "音乐"}
    _made(api, "delivery-offers", offer | {"first_grade": 4, "last_grade": 4, "lessons": 2})
    found = api.get("/api/delivery-suggestions", params={"term": term, "place": PREFECTURE}).json()
    (told,) = [one for one in found if one["subject"] == "音乐" and one["grade"] == 4]
    (seat,) = told["seats"]
    return {"class_id": seat["in_class"]["id"], "room_id": seat["room"]["id"], "interactive": True} | {
        "assistant_id": str(seed.person(VILLAGES[VILLAGE][1]))
    }


def _seat(api: httpx.Client, school: str, of: tuple[str, str]) -> dict[str, Any]:
    room, assistant = of
    made = _made(
        api,
        "classes",
        {"school_id": str(seed.place(school)), "name": "四年级", "grade": 4, "room_id": str(seed.room(room))},
    )
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
