"""An import from the file to the classes and back: Excel with merged headings, GBK, OneRoster 1.1 and 1.2."""

import csv
import io
import zipfile
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.models import Person, Pupil, SchoolClass
from admin.numbers import PersonNumber, check_sign
from admin.roster.intake import working
from admin.roster.intake.models import Import
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import ZHAOYANG, sent

QINGLONG = str(seed.place("qinglong"))
STATE = "SELECT c.id, c.name, p.person_id, p.name, e.class_id, e.until, r.organisation_id FROM classes c LEFT JOIN pupils p ON p.class_id = c.id LEFT JOIN enrolments e ON e.person_id = p.person_id LEFT JOIN roles r ON r.person_id = p.person_id ORDER BY c.id, p.person_id, e.since"  # noqa: E501


def identity(number: int) -> str:
    first = f"52232420160101{number:03d}"
    return first + check_sign(first)


def sheet(*rows: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([["学校", "年级", "班级", "姓名", "身份证号", "学籍号"], *rows])
    return out.getvalue().encode("utf-8-sig")


GOOD = (
    ["云头教学点", "三年级", "三年级", "韦朝阳", "", ""],
    ["云头教学点", "三年级", "三年级", "蓝小山", identity(1), f"G{identity(1)}"],
    ["云头教学点", "二年级", "二年级", "蓝小水", identity(2), ""],
    ["2152900101", "4", "1", "蓝小火", "", ""],
)


async def send(
    desk: Desk, data: bytes, kind: str = "pupils", who: str = "bureau-qinglong", place: str = QINGLONG
) -> dict[str, Any]:
    """Sent and checked, as the worker does it."""
    client = await desk(who)
    form = {"place_id": place, "kind": kind}
    answer = await client.post("/api/imports", data=form, files={"file": ("名册.xlsx", data)})
    assert answer.status_code == 201, answer.text
    own = answer.json()["id"]
    async with desk.ground.transaction() as session:
        await working.check(session, desk.ground, await session.get_one(Import, own))
    return dict(await sent(desk, who, "GET", f"imports/{own}"))


async def apply(desk: Desk, own: str) -> dict[str, Any]:
    await sent(desk, "bureau-qinglong", "POST", f"imports/{own}/apply", status=202)
    async with desk.ground.transaction() as session:
        await working.apply(session, desk.ground, await session.get_one(Import, own))
    return dict(await sent(desk, "bureau-qinglong", "GET", f"imports/{own}"))


async def state(desk: Desk) -> list[Any]:
    async with desk.ground.transaction() as session:
        return [tuple(row) for row in await session.execute(text(STATE))]


async def wrong_lines(desk: Desk, own: str) -> list[tuple[int, list[str]]]:
    found = await sent(desk, "bureau-qinglong", "GET", f"imports/{own}/lines?wrong=true")
    return [(line["number"], [one["column"] for one in line["mistakes"]]) for line in found["items"]]


async def test_a_check_writes_nothing_and_an_import_is_taken_back_whole(desk: Desk, session: AsyncSession) -> None:
    before = await state(desk)
    checked = await send(desk, sheet(*GOOD))
    assert checked["state"] == "checked"
    assert checked["counts"] == {"lines": 4, "wrong": 0, "create": 3, "move": 0, "same": 1, "classes": 2}
    assert await state(desk) == before
    applied = await apply(desk, checked["id"])
    assert (applied["state"], applied["progress"]["stage"]) == ("applied", "applied")
    names = select(SchoolClass.name, Pupil.name).join(Pupil, Pupil.class_id == SchoolClass.id)
    assert ("四年级1 班", "蓝小火") in {(row[0], row[1]) for row in await session.execute(names)}
    assert len((await session.scalars(select(PersonNumber))).all()) == 3
    await session.commit()
    await sent(desk, "bureau-qinglong", "POST", f"imports/{checked['id']}/undo")
    assert await state(desk) == before
    assert (await session.scalars(select(PersonNumber))).all() == []


async def test_the_same_file_twice_makes_nobody_twice(desk: Desk) -> None:
    await apply(desk, (await send(desk, sheet(*GOOD)))["id"])
    again = await send(desk, sheet(*GOOD))
    assert (again["counts"]["same"], again["counts"]["create"], again["counts"]["classes"]) == (4, 0, 0)


async def test_a_pupil_with_a_number_is_moved_and_moved_back(desk: Desk) -> None:
    await apply(desk, (await send(desk, sheet(GOOD[1])))["id"])
    before = await state(desk)
    moved = await send(desk, sheet(["长坪镇中心校", "四年级", "四年级", "蓝小山", identity(1), ""]))
    assert moved["counts"]["move"] == 1
    await apply(desk, moved["id"])
    listed = await sent(desk, "bureau-qinglong", "GET", "pupils?q=蓝小山")
    assert listed["items"][0]["school"]["name"] == "长坪镇中心校"
    await sent(desk, "bureau-qinglong", "POST", f"imports/{moved['id']}/undo")
    assert await state(desk) == before


async def test_wrong_rows_are_told_one_by_one_and_left_out(desk: Desk, session: AsyncSession) -> None:
    rows = (
        ["云头教学点", "三年级", "三年级", "", "", ""],
        ["没有的小学", "三年级", "三年级", "甲", "", ""],
        ["兴义一小", "三年级", "三年级", "乙", "", ""],
        ["云头教学点", "三年级", "三年级", "丙", "52232420160101001X", ""],
        ["云头教学点", "三年级", "三年级", "丁", identity(5), ""],
        ["云头教学点", "三年级", "三年级", "戊", identity(5), ""],
        ["云头教学点", "三年级", "三年级", "韦朝阳", "", ""],
        ["云头教学点", "三年级", "三年级", "韦朝阳", "", ""],
        ["云头教学点", "三年级", "三年级", "=HYPERLINK(1)", "", ""],
    )
    checked = await send(desk, sheet(*rows))
    assert await wrong_lines(desk, checked["id"]) == [
        (2, ["name"]), (3, ["school"]), (4, ["school"]), (5, ["identity"]), (7, ["identity"]), (9, ["name"]),
    ]  # fmt: skip
    await apply(desk, checked["id"])
    made = set(await session.scalars(select(Person.name).join(Pupil, Pupil.person_id == Person.id)))
    assert made >= {"丁", "=HYPERLINK(1)"}
    assert not made & {"甲", "乙", "丙", "戊"}


async def test_a_template_comes_back_filled(desk: Desk) -> None:
    client = await desk("bureau-qinglong")
    book = load_workbook(io.BytesIO((await client.get("/api/imports/template")).content))
    page: Any = book.active
    page.append(["云头教学点", "三年级", "三年级", "蓝小山", identity(1), ""])
    out = io.BytesIO()
    book.save(out)
    checked = await send(desk, out.getvalue())
    assert (checked["counts"]["lines"], checked["counts"]["create"]) == (2, 2)


async def test_gbk_is_read_and_nonsense_is_refused_in_words(desk: Desk) -> None:
    assert (await send(desk, sheet(*GOOD).decode("utf-8-sig").encode("gbk")))["counts"]["lines"] == 4
    for data in (b"PK nothing", b"\xff\xfe\x00", b"", "学校,姓名\n".encode()):
        refused = await send(desk, data)
        assert (refused["state"], bool(refused["said"]["zh"])) == ("unreadable", True)


async def test_who_was_changed_since_is_not_taken_back(desk: Desk) -> None:
    own = (await send(desk, sheet(*GOOD)))["id"]
    await apply(desk, own)
    pupil = (await sent(desk, "bureau", "GET", "pupils?q=蓝小山"))["items"][0]["id"]
    await sent(
        desk,
        "bureau",
        "POST",
        f"pupils/{pupil}/leave",
        {"on": (await sent(desk, "bureau", "GET", f"imports/{own}"))["day"]},
    )
    problem = await sent(desk, "bureau-qinglong", "POST", f"imports/{own}/undo", status=409)
    assert (problem["code"], problem["lines"]) == ("changed-since-import", [3])


async def test_another_countys_import_does_not_exist(desk: Desk) -> None:
    own = (await send(desk, sheet(*GOOD), who="bureau", place=str(seed.place("xingyi"))))["id"]
    for method, address in (("GET", ""), ("POST", "/apply"), ("POST", "/undo"), ("DELETE", "")):
        await sent(desk, "bureau-qinglong", method, f"imports/{own}{address}", status=404)


async def test_staff_come_in_with_their_office(desk: Desk) -> None:
    rows = ["姓名,单位,职务,用户名", "岑老师,云头教学点,辅助教师,cen.laoshi", "韦小兰,云头教学点,辅助教师,village"]
    data = "\n".join([*rows, "甲,云头教学点,校长,"])
    checked = await send(desk, data.encode(), "staff")
    assert (checked["counts"]["create"], checked["counts"]["same"], checked["counts"]["wrong"]) == (1, 1, 1)
    await apply(desk, checked["id"])
    found = (await sent(desk, "bureau", "GET", "people?q=岑老师"))["items"][0]
    assert (found["username"], found["roles"][0]["organisation"]["name"]) == ("cen.laoshi", "云头教学点")


def oneroster(version: str) -> bytes:
    files = {
        "manifest.csv": [["propertyName", "value"], ["oneroster.version", version]],
        "orgs.csv": [["sourcedId", "status", "name", "type", "identifier"], ["o1", "", "云头教学点", "school", ""]],
        "classes.csv": [
            ["sourcedId", "status", "title", "grades", "schoolSourcedId"], ["c1", "", "二年级", "02", "o1"],
        ],
        "enrollments.csv": [
            ["sourcedId", "status", "classSourcedId", "userSourcedId", "role"], ["e1", "", "c1", "u1", "student"],
        ],
        "users.csv": [
            ["sourcedId", "status", "username", "givenName", "familyName", "identifier", "role", "orgSourcedIds"],
            ["u1", "", "p1", "小山", "蓝", f"G{identity(7)}", "student", "o1"],
            ["u2", "", "cen", "老师", "岑", "", "teacher", "o1"],
            ["u3", "", "x", "甲", "乙", "", "parent", "o1"],
            ["u4", "tobedeleted", "y", "丙", "丁", "", "teacher", "o1"],
        ],
        "roles.csv": [
            ["sourcedId", "status", "userSourcedId", "roleType", "role", "orgSourcedId"],
            ["r1", "", "u1", "primary", "student", "o1"], ["r2", "", "u2", "primary", "teacher", "o1"],
            ["r3", "", "u3", "primary", "parent", "o1"], ["r4", "active", "u4", "primary", "teacher", "o1"],
        ],
    }  # fmt: skip
    if version == "1.2":
        files["users.csv"] = [row[:6] for row in files["users.csv"]]
    else:
        del files["roles.csv"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, rows in files.items():
            lines = io.StringIO()
            csv.writer(lines).writerows(rows)
            packed.writestr(name, lines.getvalue())
    return out.getvalue()


@pytest.mark.parametrize("version", ["1.1", "1.2"])
async def test_oneroster_comes_in(desk: Desk, version: str) -> None:
    checked = await send(desk, oneroster(version), "oneroster")
    assert (checked["counts"]["create"], checked["counts"]["wrong"], checked["counts"]["classes"]) == (2, 1, 1)
    await apply(desk, checked["id"])
    pupil = (await sent(desk, "bureau", "GET", "pupils?q=蓝小山"))["items"][0]
    assert pupil["in_class"]["name"] == "二年级"
    assert (await sent(desk, "bureau", "GET", f"pupils/{pupil['id']}"))["numbers"] == {
        "pupil": f"G{identity(7)[:4]}" + "*" * 12 + identity(7)[-2:]
    }


async def test_an_unknown_version_is_refused(desk: Desk) -> None:
    assert "1.0" in (await send(desk, oneroster("1.0"), "oneroster"))["said"]["zh"]


async def test_what_goes_out_as_oneroster_comes_in_as_the_same(desk: Desk) -> None:
    client = await desk("bureau-qinglong")
    packed = await client.get("/api/roster/oneroster.zip", params={"place": QINGLONG})
    assert packed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as files:
        users = list(csv.DictReader(io.TextIOWrapper(files.open("users.csv"), "utf-8")))
    assert ZHAOYANG in {user["sourcedId"] for user in users}
    counts = (await send(desk, packed.content, "oneroster"))["counts"]
    assert (counts["same"], counts["create"], counts["move"], counts["wrong"]) == (len(users), 0, 0, 0)
    refused = await client.get("/api/roster/oneroster.zip", params={"place": str(seed.place("qxn"))})
    assert refused.status_code == 403
