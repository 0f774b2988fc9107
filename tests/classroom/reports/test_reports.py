import io
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import Range

from admin import seed
from admin.models import Room
from admin.tickets.models import Ticket
from admin.working_days import local_day
from classroom.lessons.models import Lesson, LessonRoom
from classroom.reports import days
from classroom.reports.day import DAY
from classroom.reports.fonts import subset
from classroom.reports.models import StaleDay
from classroom.reports.schemas import DayChart
from classroom.reports.sheet import HEAD, percent
from core.audit import AuditEntry
from tests.admin.cast import Desk, lesson_body

THIS = datetime.now(UTC).strftime("%Y-%m")


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_percentage_is_half_up_with_one_place(part: int, whole: int) -> None:
    told = float(percent(part, whole).removesuffix(" %"))
    assert abs(told - part * 100 / whole) <= 0.05 + 1e-9


def test_of_nothing_there_is_no_percentage() -> None:
    assert percent(0, 0) == "—"


def test_the_cut_font_has_the_letters_and_is_small() -> None:
    assert 1_000 < len(subset(["送教月报 96.2 %"], 700).getvalue()) < 20_000


async def test_a_month_is_counted_county_by_county_and_lessons_once_in_the_total(desk: Desk, session: Any) -> None:
    """The demo's lessons go to several counties at once."""
    when = (await session.scalars(select(Lesson.starts_at).limit(1))).one().strftime("%Y-%m")
    await session.execute(update(Lesson).values(started_at=Lesson.starts_at))
    await session.commit()
    month = (await (await desk("bureau")).get(f"/api/reports/months/{when}")).json()
    assert len(month["counties"]) == 9
    planned = sum(county["planned"] for county in month["counties"])
    assert planned >= month["total"]["planned"] > 0
    assert month["total"]["held"] == month["total"]["planned"]
    assert month["total"]["rooms"] == sum(county["rooms"] for county in month["counties"]) > 0


BEHIND = {
    "planned": ("/api/lessons", {}),
    "held": ("/api/lessons", {"fate": "begun"}),
    "live": ("/api/lessons", {"state": "live"}),
    "shut_down": ("/api/lessons", {"fate": "shut_down"}),
    "schools": ("/api/receptions/schools", {}),
    "rooms": ("/api/receptions", {}),
    "tickets": ("/api/tickets", {}),
    "closed": ("/api/tickets", {"state": "closed"}),
    "unclosed": ("/api/tickets", {"state": "unclosed"}),
}


@pytest.mark.parametrize("who", ["bureau", "bureau-qinglong"])
async def test_each_number_of_a_month_and_of_a_day_opens_the_rows_that_it_counted(
    desk: Desk, session: Any, who: str
) -> None:
    """Counties and the total; a ticket of the prefecture's own place is in the total only."""
    first = (await session.scalars(select(Lesson).order_by(Lesson.starts_at).limit(1))).one()
    first.started_at = first.starts_at
    live = (await session.scalars(select(Lesson).where(Lesson.demo, Lesson.starts_at <= datetime.now(UTC)))).one()
    live.started_at = live.starts_at
    for reporter in ("village", "bureau-qinglong", "bureau"):
        await (await desk(reporter)).post("/api/tickets", json={"kind": "line"})
    client, today = await desk(who), local_day(datetime.now(UTC))
    await session.execute(update(Ticket).where(Ticket.created_by == seed.person("village")).values(state="closed"))
    await session.commit()
    for address in (f"/api/reports/months/{today:%Y-%m}", f"/api/reports/days/{today}"):
        found = (await client.get(address)).json()
        days_of = {"day": found["begins"], "until": found["ends"]}
        for row in (*found["counties"], found["total"]):
            place = {} if row is found["total"] else {"place": row["id"]}
            row["unclosed"] = row["tickets"] - row["closed"]
            for name, (path, more) in BEHIND.items():
                behind = await client.get(path, params=days_of | place | more)
                assert behind.json()["total"] == row[name], (address, row["name"], name)
        assert all(
            found["total"][name] for name in ("planned", "held", "live", "schools", "rooms", "tickets", "closed")
        )


async def test_receptions_go_on_page_by_page_and_a_teachers_are_those_of_her_lessons(desk: Desk) -> None:
    today = local_day(datetime.now(UTC))
    span = {"day": str(today - timedelta(days=3)), "until": str(today + timedelta(days=3))}
    client, seen, after = await desk("bureau"), [], None
    while True:
        page = (
            await client.get("/api/receptions", params=span | {"limit": 2} | ({"after": after} if after else {}))
        ).json()
        seen += [(one["lesson_id"], one["room"]["id"]) for one in page["items"]]
        if (after := page["next"]) is None:
            break
    assert len(seen) == len(set(seen)) == page["total"] > 2
    schools = (await client.get("/api/receptions/schools", params=span)).json()["items"]
    assert sum(one["rooms"] for one in schools) == page["total"]
    mine = (await (await desk("teacher")).get("/api/receptions", params=span | {"mine": True})).json()
    assert 0 < mine["total"] < page["total"]
    assert (await (await desk("student")).get("/api/receptions", params=span)).json()["total"] == 0
    assert (await client.get("/api/receptions/schools", params=span | {"school": schools[0]["id"]})).json()[
        "total"
    ] == 1


async def told(desk: Desk) -> dict[str, Any]:
    """The month's figures for the prefecture, without the moment."""
    found: dict[str, Any] = (await (await desk("bureau")).get(f"/api/reports/months/{THIS}")).json()
    return {name: value for name, value in found.items() if name != "at"}


async def test_kept_days_and_days_counted_on_the_spot_come_to_the_same_after_every_change(
    desk: Desk, session: Any
) -> None:
    """A change is seen at once: the day that it moves is stale until the beat has counted it again."""
    ids = list((await session.scalars(select(Lesson.id).order_by(Lesson.starts_at).limit(3))).all())
    span = [datetime.now(UTC).replace(day=15) + timedelta(minutes=minutes) for minutes in (0, 40)]
    at = [
        {"starts_at": moment, "ends_at": moment + timedelta(minutes=40)}
        for moment in (span[0], span[0] + timedelta(days=40))
    ]
    await session.execute(update(Lesson).where(Lesson.id.in_(ids)).values(at[0]))
    room = seed.room("ZF-03-1")
    changes: list[Any] = [
        update(Lesson).where(Lesson.id == ids[0]).values(started_at=Lesson.starts_at),
        update(Lesson).where(Lesson.id == ids[1]).values(at[1]),
        update(Lesson).where(Lesson.id == ids[1]).values(at[0]),
        update(Lesson).where(Lesson.id == ids[1]).values(shutdown_at=span[1]),
        delete(LessonRoom).where(LessonRoom.lesson_id == ids[1], LessonRoom.part == "receiving"),
        insert(LessonRoom).values(lesson_id=ids[1], room_id=room, part="receiving", place=1, held=Range(*span)),
        delete(Lesson).where(Lesson.id == ids[2]),
        update(Room).where(Room.id == room).values(school_id=seed.place("yuntou"), name="来的教室"),
    ]
    assert await days.count(session) > 0
    for change in changes:
        before = await told(desk)
        await session.execute(change)
        await session.commit()
        on_the_spot = await told(desk)
        assert on_the_spot != before, change
        assert await days.count(session) > 0
        await session.commit()
        assert await told(desk) == on_the_spot
    assert await days.count(session) == 0


async def test_a_day_is_counted_by_one_at_a_time(desk: Desk, session: Any) -> None:
    assert await days.count(session) > 0
    async with desk.ground.transaction() as other:
        other.add(StaleDay(day=None))
        await other.flush()
        assert await days.count(other) == 0


async def test_a_county_reads_its_own_row_and_a_teacher_none(desk: Desk) -> None:
    told = (await (await desk("bureau-qinglong")).get(f"/api/reports/months/{THIS}")).json()
    assert [county["name"] for county in told["counties"]] == ["晴隆县"]
    assert (await (await desk("teacher")).get(f"/api/reports/months/{THIS}")).status_code == 403


async def test_a_days_chart_is_worked_out_once_however_it_is_planned(session: Any) -> None:
    """As PostgreSQL plans it from the sixth time on: for any day, of which it expects one lesson."""
    statement = str(DAY).replace("::", "CAST_")
    for number, name in enumerate(("begins", "ends", "places", "most", "moment"), 1):
        statement = statement.replace(f":{name}", f"${number}")
    explain = f"EXPLAIN (GENERIC_PLAN) {statement.replace('CAST_', '::')}"
    plan = "\n".join((await (await session.connection()).exec_driver_sql(explain)).scalars())
    assert all(f"CTE {step}\n" in plan for step in ("counted", "reached", "county", "way"))


async def test_a_days_chart_tells_what_the_list_tells(desk: Desk) -> None:
    client = await desk("bureau")
    lesson = (await client.get("/api/lessons?state=live")).json()["items"][0]
    day = (datetime.fromisoformat(lesson["starts_at"]) + timedelta(hours=8)).date()
    with desk.counted() as statements:
        chart = (await client.get(f"/api/reports/days/{day}/lessons")).json()
    assert len(statements) <= 3
    DayChart.model_validate(chart)
    listed = (await client.get(f"/api/lessons?day={day}&limit=200")).json()
    assert chart["total"] == listed["total"] == len(chart["lessons"])
    for one, other in zip(chart["lessons"], listed["items"], strict=True):
        for name in ("id", "title", "subject", "starts_at", "started_at", "state", "shutdown"):
            assert one[name] == other[name]
        assert one["teacher"] == (other["substitute"] or other["teacher"])["name"]
        counties = {chart["counties"][number]["county"] for number in one["counties"]}
        assert counties == {room["school"]["county"] for room in other["receiving_rooms"]}


async def test_a_county_sees_its_own_lessons_in_the_chart_and_a_teacher_none(desk: Desk) -> None:
    day = datetime.now(UTC).date() + timedelta(days=9)
    body = lesson_body(starts_at=datetime.combine(day, time(2), UTC), ends_at=datetime.combine(day, time(2, 40), UTC))
    assert (await (await desk("bureau")).post("/api/lessons", json=body)).status_code == 201
    address = f"/api/reports/days/{day}/lessons"
    [mine] = (await (await desk("bureau-qinglong")).get(address)).json()["lessons"]
    assert mine["title"] == body["title"]
    assert (await (await desk("teacher")).get(address)).status_code == 403
    assert (await (await desk("bureau")).get("/api/reports/days/2030-01-01/lessons")).json() == {
        "total": 0, "counties": [], "lessons": []
    }  # fmt: skip


async def test_a_report_takes_few_statements(desk: Desk) -> None:
    client = await desk("bureau")
    await client.get("/api/reports/days/2026-11-24")
    with desk.counted() as statements:
        assert (await client.get("/api/reports/days/2026-11-24")).status_code == 200
        assert len(statements) <= 6


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_pdf_holds_its_letters_on_a_machine_without_fonts(desk: Desk, language: str, session: Any) -> None:
    answer = await (await desk("bureau")).get(f"/api/reports/months/{THIS}/pdf", params={"language": language})
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    text = document[0].get_textpage().get_text_range()
    for word in ("送教月报", "晴隆县", "处理率") if language == "zh" else ("Lesson delivery", "Qinglong", "Closed %"):
        assert word in text
    assert b"/FontFile2" in answer.content
    [entry] = await session.scalars(select(AuditEntry).where(AuditEntry.action == "report.export"))
    assert entry.object == f"report:{THIS}"


async def test_the_sheet_holds_the_same_rows(desk: Desk) -> None:
    answer = await (await desk("bureau")).get(f"/api/reports/months/{THIS}/xlsx")
    lines = list(load_workbook(io.BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    assert lines[0] == HEAD["zh"]
    assert (len(lines), lines[-1][0]) == (11, "合计")
    assert (await (await desk("bureau")).get("/api/reports/months/2026-13")).status_code == 422
