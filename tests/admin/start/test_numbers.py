"""Every number of the start pages and of the modules opens exactly the rows that it counted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from admin import seed
from admin.children.models import Consent
from admin.companions.bracelets.models import Alert, SearchCase
from admin.companions.exchange.models import Dataset, Share
from admin.companions.lists.models import ListItem
from admin.companions.settlement.models import Encounter, Filing, Insured, Policy, Reconciliation, Settlement
from classroom.lessons.models import Lesson
from core.ids import new_id
from tests.admin.cast import Desk

EVERYBODY = (
    *("admin", "bureau", "bureau-qinglong", "teacher", "village", "student", "hospital", "insurer", "police"),
    *("guardian", "parent"),
)
ROWS = {
    "/tickets": "/api/tickets",
    "/help": "/api/reports",
    "/children": "/api/children/requests",
    "/lessons": "/api/lessons",
    "/receptions/schools": "/api/receptions/schools",
}
"""Where the desk's page asks for its rows, with the page's own query; a module's page `/affairs/…` asks `/api/…`."""
MODULES = {"lists": "bureau", "exchange": "bureau", "bracelets": "police", "settlement": "insurer"}


async def counted(client: Any, page: str) -> int:
    """The rows that the page shows."""
    if page == "/affairs/bracelets/own?only=alerts":
        return len((await client.get("/api/bracelets/alerts?fresh=true")).json())
    if page == "/affairs/bracelets/own?only=asked":
        return len([one for one in (await client.get("/api/bracelets/own")).json() if not one["consented"]])
    path, _, query = page.partition("?")
    answer = await client.get(f"{ROWS.get(path) or path.replace('/affairs/', '/api/')}?{query}")
    assert answer.status_code == 200, (page, answer.text)
    found = answer.json()
    return len(found["stays"]) if "stays" in found else int(found["total"])


async def asked_for_help(desk: Desk) -> None:
    """Tickets at a school, at a county and in the prefecture's hands, a child's report, a guardian's request."""
    for who, kind in (("village", "line"), ("teacher", "device"), ("bureau-qinglong", "no-sound"), ("bureau", "line")):
        answer = await (await desk(who)).post("/api/tickets", json={"kind": kind, "lesson_id": str(uuid4())})
        assert answer.status_code == 201
    bureau = await desk("bureau")
    [first, *_] = (await bureau.get("/api/tickets?mine=turn")).json()["items"]
    assert (await bureau.post(f"/api/tickets/{first['id']}/take", json={"version": 1})).status_code == 200
    report = {"kind": "bullying", "words": "有人一直抢我的书"}
    for who in ("student", "village"):
        assert (await (await desk(who)).post("/api/reports", json=report)).status_code == 201
    taken = (await bureau.get("/api/reports")).json()["items"][0]["id"]
    assert (await bureau.post(f"/api/reports/{taken}/take")).status_code == 204
    child, wish = seed.person("student"), {"kind": "correction", "words": "名字写错了"}
    assert (await (await desk("parent")).post(f"/api/children/{child}/requests", json=wish)).status_code == 201


def kept(place: str, by: str, **values: Any) -> dict[str, Any]:
    own = {"id": new_id(), "place_id": seed.place(place), "created_by": seed.person(by)}
    return own | {"created_at": datetime.now(UTC)} | values


async def affairs(session: Any) -> None:
    """Of everything that modules count, some that counts and some that does not."""
    await session.execute(
        update(Lesson).where(Lesson.starts_at < datetime.now(UTC)).values(started_at=Lesson.starts_at)
    )
    for title, state in (("全州教学点开齐音乐、美术", "closed"), ("普安县中心校直录播教室补齐两间", "submitted")):
        item = update(ListItem).where(ListItem.id == seed.id_of("list-item", title))
        await session.execute(item.values(state=state, due=date(2020, 1, 1)))
    pushed = {
        "code": "x.pushed",
        "title": "推送的",
        "source": "-",
        "store": "pushed",
        "use": "-",
        "cells": 40,
        "filled": 30,
    }
    session.add(Dataset(**kept("qxn", "bureau", **pushed, share_class="conditional", columns=["a"])))
    share = {
        "dataset_id": seed.id_of("dataset", "lists.progress"),
        "for_place_id": seed.place("qinglong"),
        "purpose": "-",
    }
    for by, state in (("bureau", "applied"), ("bureau-qinglong", "applied"), ("bureau-qinglong", "approved")):
        session.add(Share(**kept("qxn", by, **share, columns=["state"], until=date(2030, 1, 1), state=state)))
    await _settlements(session)
    child, fence = seed.id_of("child", "王小山"), seed.id_of("fence", "王小山")
    for hours in (1, 30):
        at = datetime.now(UTC) - timedelta(hours=hours)
        session.add(Alert(id=new_id(), child_id=child, fence_id=fence, day=at.date(), kind=f"late-{hours}", at=at))
    case = {"child_id": child, "reported_by": seed.person("guardian"), "reason": "-", "expires_at": datetime.now(UTC)}
    for state in ("open", "closed"):
        session.add(SearchCase(**kept("xingyi", "police", **case, state=state)))
    await session.execute(update(Consent).where(Consent.purpose == "bracelet").values(withdrawn_at=datetime.now(UTC)))
    await session.commit()


async def _settlements(session: Any) -> None:
    sums = {"ours": 1, "ours_fund": 1, "theirs": 1, "theirs_fund": 1, "region": "500000"}
    for month, differences in (("2026-09", []), ("2026-10", [{"number": "1"}, {"number": "2"}])):
        session.add(Reconciliation(**kept("qxn", "insurer", **sums, month=month, differences=differences)))
    card = "522301198001010011"
    insured = await session.scalar(select(Insured.id).limit(1))
    stay = {"insured_id": insured, "hospital_id": seed.id_of("hospital", "CQ-0001"), "admitted": date(2026, 1, 2)}
    stay |= {"filing_id": await session.scalar(select(Filing.id).limit(1)), "discharged": date(2026, 1, 9)}
    today, reversed_at = datetime.now(UTC).date(), datetime.now(UTC)
    for number, (state, day, gone) in enumerate(
        (
            ("open", today, None),
            ("settled", today, None),
            ("settled", date(2019, 1, 1), None),
            ("settled", today, reversed_at),
        )
    ):
        found = Encounter(**kept("xingyi", "hospital", **stay, state=state))
        session.add(found)
        await session.flush()
        money = {name: Decimal("1.00") for name in ("self_paid", "deductible", "tier_part", "above_cap")}
        money |= {"total": Decimal(10 + number), "fund": Decimal(6), "patient": Decimal(4 + number)}
        told = {"number": f"{card}{number}", "encounter_id": found.id, "insured_id": insured, "region": "500000"}
        told |= {"policy_id": await session.scalar(select(Policy.id).limit(1)), "day": day, "reason": ""}
        told |= {"state": "reversed" if gone else "settled", "reversed_at": gone}
        if state == "settled":
            session.add(Settlement(**kept("xingyi", "hospital", **told, **money)))


async def test_each_number_of_a_start_page_opens_the_rows_that_it_counted(desk: Desk, session: Any) -> None:
    await asked_for_help(desk)
    await affairs(session)
    seen = set()
    for who in EVERYBODY:
        client = await desk(who)
        told = (await client.get("/api/start")).json()
        for one in told["waiting"]:
            assert await counted(client, one["page"]) == one["count"], (who, one)
            seen.add(one["key"])
        for one in told["figures"]:
            shown = await counted(client, one["page"])
            assert one["denominator"] if one["unit"] == "%" else str(shown) == one["value"], (who, one)
            assert one["source"], one
            seen.add(one["key"])
    assert seen == {
        *("tickets.open", "tickets.taken", "reports.open", "children.requests", "lists.own", "lists.accept"),
        *("exchange.applied", "settlement.differences", "settlement.stays", "bracelets.cases", "bracelets.alerts"),
        *("bracelets.consent", "lessons.taught", "lessons.schools", "lists.closed", "lists.overdue"),
        *("exchange.complete", "bracelets.worn", "settlement.count", "settlement.ratio"),
    }


SUMS = {"settlement.ratio": ("fund", "total"), "exchange.complete": ("filled", "cells")}
"""Shares of amounts: what to add up over the rows for the numerator and the denominator."""


@pytest.mark.parametrize("module", MODULES)
async def test_each_number_of_a_module_opens_the_rows_that_it_counted(desk: Desk, session: Any, module: str) -> None:
    await affairs(session)
    client = await desk(MODULES[module])
    cards = (await client.get(f"/api/{module}/cards")).json()
    assert cards
    for card in cards:
        rows = (await client.get(card["rows"])).json()
        if card["key"] in SUMS:
            sums = [str(sum(Decimal(row[name]) for row in rows["items"])) for name in SUMS[card["key"]]]
            assert [str(Decimal(part)) for part in (card["numerator"], card["denominator"])] == sums, card
        else:
            wanted = (card["numerator"], card["denominator"]) if card["unit"] == "%" else (card["value"],)
            assert str(rows["total"]) in wanted, card
            assert rows["total"] > 0, card
