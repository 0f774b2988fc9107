from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, update

from admin import seed
from admin.notices.models import Notice
from admin.tickets.actions import hand_up
from admin.tickets.models import Ticket
from core.audit import AuditEntry
from tests.admin.cast import Desk

LINE = {"going": "weak", "rtt_ms": 180, "loss_percent": 6.5, "audible": False}


async def helped(desk: Desk, who: str = "village", **changes: Any) -> dict[str, Any]:
    body = {"kind": "no-sound", "lesson_id": str(uuid4()), "diagnosis": LINE} | changes
    answer = await (await desk(who)).post("/api/tickets", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def seen(desk: Desk, who: str, ticket: str) -> Any:
    return await (await desk(who)).get(f"/api/tickets/{ticket}")


async def test_a15_no_sound_unanswered_for_ten_minutes_in_class_goes_to_the_county_then_to_the_prefecture(
    desk: Desk, session: Any
) -> None:
    made = await helped(desk)
    opened = datetime.fromisoformat(made["created_at"])
    assert (made["tier"], made["place"]["name"], made["county"]) == ("teaching_point", "云头教学点", "晴隆县")
    assert datetime.fromisoformat(made["due_at"]) - opened == timedelta(minutes=10)
    assert await hand_up(session, opened + timedelta(minutes=9, seconds=59)) == 0
    for minutes, tier in ((10, "county"), (20, "prefecture")):
        assert await hand_up(session, opened + timedelta(minutes=minutes)) == 1
        await session.commit()
        assert (await seen(desk, "village", made["id"])).json()["tier"] == tier
    unread = {who: (await (await desk(who)).get("/api/notices/unread")).json() for who in ("bureau-qinglong", "bureau")}
    assert unread == {"bureau-qinglong": 1, "bureau": 1}
    steps = (await (await desk("village")).get(f"/api/tickets/{made['id']}/steps")).json()
    assert [(one["step"], one["tier"], one["by"] is None) for one in steps] == [
        ("open", "teaching_point", False),
        ("escalate", "county", True),
        ("escalate", "prefecture", True),
    ]


async def test_at_the_top_nobody_is_told_of_a_deadline(desk: Desk, session: Any) -> None:
    made = await helped(desk, who="bureau")
    assert await hand_up(session, datetime.fromisoformat(made["created_at"]) + timedelta(minutes=10)) == 1
    await session.commit()
    assert (await seen(desk, "bureau", made["id"])).json()["due_at"] is None
    [told] = (await (await desk("admin")).get("/api/notices")).json()["items"]
    assert (told["subject_zh"], told["subject_en"].split(":")[1]) == ("黔西南州报故障，已到省里：没有声音", " no sound")
    assert "上面没有再接手的了" in told["body_zh"]


async def test_what_was_taken_in_time_goes_no_further_and_its_reporter_is_told(desk: Desk, session: Any) -> None:
    made = await helped(desk)
    county = await desk("bureau-qinglong")
    took = await county.post(f"/api/tickets/{made['id']}/take", json={"version": made["version"]})
    assert (took.json()["state"], took.json()["taken_by"]["name"], took.json()["due_at"]) == ("taken", "岑国安", None)
    assert await hand_up(session, datetime.now(UTC) + timedelta(days=1)) == 0
    late = await (await desk("bureau")).post(f"/api/tickets/{made['id']}/take", json={"version": made["version"]})
    assert (late.status_code, late.json()["code"]) == (409, "changed-meanwhile")
    done = {"version": took.json()["version"], "remedy": "换了音箱电源"}
    assert (await county.post(f"/api/tickets/{made['id']}/close", json=done)).json()["state"] == "closed"
    told = (await (await desk("village")).get("/api/notices")).json()["items"]
    assert [one["subject_zh"] for one in told] == ["您报的故障已处理", "岑国安已接手您报的故障"]
    assert "换了音箱电源" in told[0]["body_zh"]


async def test_a_tickets_diagnosis_is_kept_and_bounded(desk: Desk) -> None:
    made = await helped(desk)
    assert made["diagnosis"]["loss_percent"] == 6.5
    for wrong in ({"loss_percent": 101}, {"rtt_ms": -1}, {"password": "x"}):
        body = {"kind": "line", "diagnosis": wrong}
        assert (await (await desk("village")).post("/api/tickets", json=body)).status_code == 422
    bare = await (await desk("village")).post("/api/tickets", json={"kind": "other"})
    assert bare.json()["code"] == "words-missing"


async def test_another_county_and_another_school_find_no_ticket(desk: Desk) -> None:
    made = await helped(desk, room_id=str(seed.room("ZF-03-1")), who="bureau")
    assert (await seen(desk, "bureau-qinglong", made["id"])).status_code == 404
    assert (await seen(desk, "village", made["id"])).status_code == 404
    county = await desk("bureau-qinglong")
    assert (await county.post(f"/api/tickets/{made['id']}/take", json={"version": 1})).status_code == 404
    body = {"kind": "line", "room_id": str(seed.room("ZF-03-1"))}
    assert (await county.post("/api/tickets", json=body)).json()["code"] == "not-your-place"


async def test_a_ticket_waits_on_the_start_page_of_whose_turn_it_is(desk: Desk, session: Any) -> None:
    made = await helped(desk)
    county = await desk("bureau-qinglong")
    assert "tickets.open" not in {one["key"] for one in (await county.get("/api/start")).json()["waiting"]}
    await session.execute(update(Ticket).values(due_at=datetime.now(UTC)))
    await hand_up(session, datetime.now(UTC))
    await session.commit()
    [waits] = [one for one in (await county.get("/api/start")).json()["waiting"] if one["key"] == "tickets.open"]
    assert waits["count"] == 1
    acts = list(await session.scalars(select(AuditEntry.action).where(AuditEntry.object == f"ticket:{made['id']}")))
    assert acts == ["ticket.open", "ticket.escalate"]
    assert (
        await session.scalar(select(Notice.kind).where(Notice.page == f"/tickets/{made['id']}")) == "ticket.escalated"
    )
