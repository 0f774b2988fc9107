"""Classes and pupils as a sheet: what stands in it, who may, and that it comes in again."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.children.models import Minor
from admin.models import Person
from core.audit import AuditEntry
from tests.admin.cast import Desk
from tests.admin.roster.intake.test_imports import QINGLONG, apply, identity, send


async def fetched(desk: Desk, what: str, who: str = "bureau-qinglong", **query: str) -> bytes:
    answer = await (await desk(who)).get(f"/api/roster/{what}.xlsx", params={"place": QINGLONG} | query)
    assert answer.status_code == 200, answer.text
    return answer.content


def rows_of(data: bytes) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))


async def test_pupils_go_out_with_class_and_birthday_and_without_any_number(desk: Desk) -> None:
    head, *rows = rows_of(await fetched(desk, "pupils"))
    assert head[5:] == ("姓名", "登录名", "出生日期", "可以登录")
    assert ("云头教学点", 3, "三年级", "520326", "韦朝阳", "韦朝阳", "2017-04-12", "是") in [row[1:] for row in rows]


async def test_classes_go_out_with_their_rooms_and_counts(desk: Desk) -> None:
    head, row = rows_of(await fetched(desk, "classes", language="en"))
    assert head[3:6] == ("Grade", "Class", "Class code")
    assert (row[1], row[2], row[5], row[8]) == ("云头教学点", "晴隆县", "520326", 3)


async def test_what_goes_out_comes_in_as_the_same(desk: Desk) -> None:
    counts = (await send(desk, await fetched(desk, "pupils")))["counts"]
    assert (counts["lines"], counts["same"], counts["wrong"]) == (3, 3, 0)


async def test_who_takes_a_list_away_is_on_record(desk: Desk, session: AsyncSession) -> None:
    await fetched(desk, "pupils")
    [entry] = await session.scalars(select(AuditEntry).where(AuditEntry.action == "roster.export"))
    assert (entry.actor, entry.object) == (seed.person("bureau-qinglong"), f"organisation:{QINGLONG}")


@pytest.mark.parametrize(("who", "place"), [("village", QINGLONG), ("bureau-qinglong", str(seed.place("xingyi")))])
async def test_others_take_nothing_away(desk: Desk, who: str, place: str) -> None:
    answer = await (await desk(who)).get("/api/roster/pupils.csv", params={"place": place})
    assert answer.status_code == 403


async def test_a_birthday_that_is_imported_decides_who_is_asked(desk: Desk, session: AsyncSession) -> None:
    rows = [
        "学校,年级,班级,姓名,身份证号,出生日期",
        f"云头教学点,三年级,三年级,蓝小山,{identity(1)},",
        "云头教学点,三年级,三年级,蓝小水,,2018/2/3",
    ]
    await apply(desk, (await send(desk, "\n".join(rows).encode()))["id"])
    query = select(Person.name, Minor.born).join(Minor, Minor.person_id == Person.id).where(Person.name.like("蓝小%"))
    born = {name: day.isoformat() for name, day in await session.execute(query)}
    assert (born["蓝小山"], born["蓝小水"]) == ("2016-01-01", "2018-02-03")
