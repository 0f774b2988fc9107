"""The way of a lesson down the tiers, as every page draws it."""

from typing import Any

from admin import seed
from tests.admin.cast import Desk, lesson_body

YUNTOU, CENTRE, BAIYAN, PINGZHAI, ZHEYAN = "QL-02-1", "QL-01-2", "WM-02-1", "WM-03-1", "ZF-02-1"
"""云头教学点, its centre school's own room, 百岩教学点 and 平寨小学 of one township, 者岩教学点."""


async def way(desk: Desk, *rooms: str, reader: str = "bureau") -> list[dict[str, Any]]:
    """Of a new lesson to these rooms, as the reader is told it in a list."""
    body = lesson_body(receiving_room_ids=[seed.room(key) for key in rooms])
    lesson = (await (await desk("bureau")).post("/api/lessons", json=body)).json()
    listed = (await (await desk(reader)).get("/api/lessons?state=upcoming&limit=200")).json()["items"]
    [steps] = [one["way"] for one in listed if one["id"] == lesson["id"]]
    return list(steps)


async def test_the_way_to_one_point_names_every_tier_but_its_centre_school(desk: Desk) -> None:
    steps = await way(desk, YUNTOU)
    assert [(step["tier"], step["name"], step["count"]) for step in steps] == [
        ("school", "兴义一小", 1),
        ("prefecture", "黔西南州", 1),
        ("county", "晴隆县", 1),
        ("township", "长坪镇", 1),
        ("teaching_point", "云头教学点", 1),
    ]
    assert steps[2]["name_en"] == "Qinglong"


async def test_several_places_of_a_tier_are_one_step_that_says_how_many(desk: Desk) -> None:
    steps = await way(desk, YUNTOU, BAIYAN, ZHEYAN)
    assert [(step["name"], step["name_en"], step["count"]) for step in steps[1:]] == [
        ("黔西南州", "Qianxinan", 1),
        ("3 个县市", "3 counties", 3),
        ("3 个乡镇", "3 townships", 3),
        ("3 个教学点", "3 teaching points", 3),
    ]


async def test_two_schools_of_one_township_pass_it_once(desk: Desk) -> None:
    steps = await way(desk, BAIYAN, PINGZHAI)
    assert [(step["tier"], step["name"]) for step in steps[2:]] == [
        ("county", "望谟县"),
        ("township", "纳石镇"),
        ("school", "2 所学校"),
    ]


async def test_a_reader_is_told_the_way_to_the_own_room_only(desk: Desk) -> None:
    steps = await way(desk, CENTRE, YUNTOU, BAIYAN, reader="village")
    assert [step["name"] for step in steps[2:]] == ["晴隆县", "长坪镇", "云头教学点"]
