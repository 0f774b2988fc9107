"""Needs of a village school: from its own timetable, corrected by itself, closed by delivered lessons."""

from typing import Any

from admin import seed
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import CLASS, YUNTOU, sent

QXN = str(seed.place("qxn"))
LESSONS = [("语文", 6), ("数学", 4), ("道德与法治", 2), ("体育与健康", 3), ("劳动", 1)]


def timetable(*extra: str, qualified: str = "是") -> bytes:
    rows, place = [], 0
    for subject, count in LESSONS:
        for _ in range(count):
            rows.append(f"三年级,周{'一二三四五'[place // 6]},{place % 6 + 1},{subject},韦老师,{qualified}")
            place += 1
    return "\n".join(["云头教学点课程表,,,,,", "班级,星期,节次,科目,教师,合格", *rows, *extra]).encode("gbk")


async def take(desk: Desk, data: bytes, who: str = "village", dry_run: bool = False, status: int = 200) -> Any:
    client = await desk(who)
    form, files = {"dry_run": str(dry_run).lower()}, {"file": ("课程表.csv", data)}
    answer = await client.post(f"/api/needs/{YUNTOU}/timetable", data=form, files=files)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_without_a_timetable_nothing_is_guessed(desk: Desk) -> None:
    found = await sent(desk, "bureau-qinglong", "GET", f"needs/{YUNTOU}")
    assert (found["classes"], found["unknown"], found["full"]) == (1, 1, {"of": 0, "all": 0})
    assert [one["name"] for one in found["without_timetable"]] == ["三年级"]


async def test_the_missing_lessons_are_listed_with_the_figures(desk: Desk) -> None:
    told = await take(desk, timetable())
    assert (told["rows"], told["classes"], told["written"]) == (16, 1, True)
    found = await sent(desk, "bureau-qinglong", "GET", f"needs/{YUNTOU}")
    assert (found["offered"], found["full"], found["missing"]) == ({"of": 5, "all": 11}, {"of": 16, "all": 30}, 14)
    lacks = {one["subject"]: one["required"] - one["taught"] for one in found["lacks"]}
    assert lacks == {"英语": 2, "科学": 2, "信息科技": 1, "音乐": 2, "美术": 2, "综合与地方校本": 5}
    listed = await sent(desk, "bureau", "GET", "needs?q=云头")
    assert [(one["school"]["name"], one["missing"]) for one in listed["items"]] == [("云头教学点", 14)]


async def test_lessons_of_unqualified_teachers_do_not_count(desk: Desk) -> None:
    await take(desk, timetable(qualified="否"))
    assert (await sent(desk, "bureau", "GET", f"needs/{YUNTOU}"))["full"] == {"of": 0, "all": 30}


async def test_wrong_rows_are_told_and_nothing_is_written(desk: Desk) -> None:
    bad = timetable(
        "四年级,周五,6,语文,,是",
        "三年级,周八,1,语文,,",
        "三年级,周五,99,语文,,",
        "三年级,周五,5,武术,,",
        "三年级,周一,1,数学,,",
    )
    problem = await take(desk, bad, status=422)
    assert [one["row"] for one in problem["mistakes"]] == [19, 20, 21, 22, 23]
    assert (await take(desk, bad, dry_run=True))["written"] is False
    assert (await sent(desk, "bureau", "GET", f"needs/{YUNTOU}"))["unknown"] == 1


async def test_the_school_corrects_and_takes_its_correction_back(desk: Desk) -> None:
    await take(desk, timetable())
    body = {"class_id": CLASS, "subject": "音乐", "lessons": 1, "reason": "支教老师每周一节"}
    found = await sent(desk, "village", "PUT", "needs/corrections", body)
    assert found["full"] == {"of": 17, "all": 30}
    assert [one["corrected"] for one in found["lacks"] if one["subject"] == "音乐"] == [True]
    assert (await sent(desk, "village", "PUT", "needs/corrections", body | {"lessons": None}))["full"]["of"] == 16
    unknown = await sent(desk, "village", "PUT", "needs/corrections", body | {"subject": "武术"}, 422)
    assert unknown["code"] == "subject-unknown"
    await sent(desk, "teacher", "PUT", "needs/corrections", body, 403)


async def test_a_place_has_its_own_table_and_the_plan_of_2022_is_held_against_it(desk: Desk) -> None:
    table = await sent(desk, "bureau", "GET", f"quotas?place={YUNTOU}")
    assert (table["faults"], {one["place"] for one in table["grades"]}) == ([], {None})
    body = {"place_id": QXN, "grade": 3, "lessons": {"语文": 6, "布依语": 2}}
    changed = await sent(desk, "bureau", "PUT", "quotas", body)
    assert changed["faults"][0]["zh"] == "3 年级每周 8 节，应为 30 节。"
    third = next(
        one for one in (await sent(desk, "bureau", "GET", f"quotas?place={YUNTOU}"))["grades"] if one["grade"] == 3
    )
    assert (third["place"]["name"], third["lessons"]) == ("黔西南州", {"语文": 6, "布依语": 2})
    assert (await sent(desk, "bureau", "PUT", "quotas", body | {"lessons": {}}))["faults"] == []
    await sent(desk, "bureau-qinglong", "PUT", "quotas", body, 403)
