from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from admin import seed
from admin.companions.lists.rules import colour
from admin.working_days import Calendar
from core.audit import AuditEntry
from tests.admin.cast import Desk

PDF = ("evidence.pdf", b"%PDF-1.4 made for a test", "application/pdf")
ITEMS = "/api/lists/items"


def body(**changes: Any) -> dict[str, Any]:
    plain = {"place_id": str(seed.place("qinglong")), "programme": "试验清单", "title": "接通听课教室"}
    whole = {
        "route": "安装 → 试课",
        "starts": "2026-09-01",
        "due": "2026-12-31",
        "owner_id": str(seed.person("bureau")),
    }
    return plain | whole | changes


async def made(desk: Desk, who: str = "bureau", **changes: Any) -> dict[str, Any]:
    answer = await (await desk(who)).post(ITEMS, json=body(**changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def step(desk: Desk, who: str, item: dict[str, Any], name: str, reason: str = "") -> tuple[int, dict[str, Any]]:
    client = await desk(who)
    version = (await client.get(f"{ITEMS}/{item['id']}")).json().get("version", 1)
    answer = await client.post(f"{ITEMS}/{item['id']}/{name}", json={"version": version, "reason": reason})
    return answer.status_code, answer.json()


async def test_d3_an_item_is_closed_with_evidence_by_another_person_than_its_owner(desk: Desk) -> None:
    item = await made(desk)
    status, said = await step(desk, "bureau", item, "submit")
    assert (status, said["code"]) == (409, "evidence-missing")
    attached = await (await desk("bureau")).post(f"{ITEMS}/{item['id']}/files", files={"file": PDF})
    assert attached.status_code == 201, attached.text
    assert (await step(desk, "bureau", item, "submit"))[0] == 200
    status, said = await step(desk, "bureau", item, "accept")
    assert (status, said["code"]) == (403, "four-eyes")
    status, said = await step(desk, "bureau-qinglong", item, "accept")
    assert (status, said["state"]) == (200, "closed")
    history = (await (await desk("bureau")).get(f"{ITEMS}/{item['id']}/history")).json()
    assert [one["step"] for one in history] == ["submit", "accept"]
    [file] = (await (await desk("bureau")).get(f"{ITEMS}/{item['id']}/files")).json()
    opened = await (await desk("bureau")).get(f"{ITEMS}/{item['id']}/files/{file['id']}")
    assert opened.content == PDF[1]


async def test_d3_closing_without_an_owner_fails(desk: Desk) -> None:
    item = await made(desk, owner_id=None)
    await (await desk("bureau")).post(f"{ITEMS}/{item['id']}/files", files={"file": PDF})
    status, said = await step(desk, "bureau", item, "submit")
    assert (status, said["code"], said["fields"]) == (422, "field-missing", ["owner_id"])


async def test_what_is_submitted_does_not_change_until_it_is_sent_back(desk: Desk) -> None:
    item, client = await made(desk), await desk("bureau")
    await client.post(f"{ITEMS}/{item['id']}/files", files={"file": PDF})
    _, submitted = await step(desk, "bureau", item, "submit")
    answer = await client.patch(f"{ITEMS}/{item['id']}", json={"version": submitted["version"], "title": "别的"})
    assert answer.json()["code"] == "item-frozen"
    assert (await step(desk, "bureau", item, "send_back", "材料不清楚"))[1]["state"] == "open"


async def test_of_two_who_change_at_once_the_second_sees_both_versions(desk: Desk) -> None:
    item, client = await made(desk), await desk("bureau")
    first = await client.patch(f"{ITEMS}/{item['id']}", json={"version": 1, "title": "甲"})
    second = await client.patch(f"{ITEMS}/{item['id']}", json={"version": 1, "title": "乙"})
    assert (first.status_code, second.status_code) == (200, 409)
    assert (second.json()["yours"]["title"], second.json()["theirs"]["title"]) == ("乙", "甲")


async def test_another_county_finds_nothing_and_makes_nothing(desk: Desk) -> None:
    item = await made(desk, place_id=str(seed.place("puan")))
    client = await desk("bureau-qinglong")
    assert (await client.get(f"{ITEMS}/{item['id']}")).status_code == 404
    assert (await client.patch(f"{ITEMS}/{item['id']}", json={"version": 1})).status_code == 404
    assert (await client.post(ITEMS, json=body(place_id=str(seed.place("puan"))))).status_code == 403
    places = {one["place"]["name"] for one in (await client.get(ITEMS)).json()["items"]}
    assert places == {"晴隆县"}


async def test_places_are_named_in_both_languages_on_the_page_and_on_the_sheet(desk: Desk) -> None:
    item = await made(desk)
    assert (item["names"]["place_id"], item["names_en"]) == ("晴隆县", {"place_id": "Qinglong"})
    for language, name in (("zh", "晴隆县"), ("en", "Qinglong")):
        sheet = await (await desk("bureau-qinglong")).get(f"{ITEMS}/export?format=csv&language={language}")
        assert f",{name}," in sheet.text


async def test_lists_are_filtered_by_declared_columns_only(desk: Desk) -> None:
    await made(desk, title="晚到的", due="2027-03-01")
    client = await desk("bureau")
    found = (await client.get(ITEMS, params={"where": ["programme:试验清单", "due>=2027-01-01"]})).json()
    assert [one["title"] for one in found["items"]] == ["晚到的"]
    for wrong in ("version:1", "due>=tomorrow", "state", "due:2026-13-01"):
        assert (await client.get(ITEMS, params={"where": wrong})).json()["code"] == "bad-filter"


async def test_a_sheet_comes_in_whole_or_not_at_all(desk: Desk, session: Any) -> None:
    place, client = seed.place("qinglong"), await desk("bureau")
    head = "单位,清单,事项,开始日期,完成期限\n"
    good = f"{place},试验清单,=1+1,2026-09-01,2026-12-01\n"
    late = f"{place},试验清单,反了,2026-09-01,2026-08-01\n"
    none = f"{place},,没有清单,昨天,2026-08-01\n"
    sheet = {"sheet": ("items.csv", (head + good + late + none).encode("gb18030"), "text/csv")}
    told = (await client.post(f"{ITEMS}/import", files=sheet)).json()
    assert (told["lines"], told["good"], told["created"]) == (3, 1, 0)
    assert {(one["line"], one["column"]) for one in told["mistakes"]} == {(3, ""), (4, "programme"), (4, "starts")}
    refused = await client.post(f"{ITEMS}/import?dry_run=false", files=sheet)
    assert (refused.status_code, refused.json()["code"]) == (422, "sheet-not-valid")
    assert (await client.get(ITEMS, params={"where": "programme:试验清单"})).json()["total"] == 0
    assert (await session.scalars(select(AuditEntry).where(AuditEntry.action == "list-item.create"))).all() == []
    one = {"sheet": ("items.csv", (head + good).encode(), "text/csv")}
    assert (await client.post(f"{ITEMS}/import?dry_run=false", files=one)).json()["created"] == 1
    csv = (await client.get(f"{ITEMS}/export?format=csv&where=programme:试验清单")).content.decode("utf-8-sig")
    assert "'=1+1" in csv


async def test_a_card_opens_the_rows_that_it_counted(desk: Desk) -> None:
    await made(desk, due="2026-09-02")
    client = await desk("bureau")
    closed, overdue = (await client.get("/api/lists/cards")).json()
    assert (closed["numerator"], closed["denominator"], closed["value"]) == ("0", "4", "0.00")
    assert overdue["value"] == "1"
    for card in (closed, overdue):
        rows = (await client.get(card["rows"])).json()
        assert str(rows["total"]) == (card["numerator"] or card["value"])


async def test_the_wall_shows_bars_with_colours(desk: Desk) -> None:
    await made(desk, due="2026-09-02")
    bars = (await (await desk("bureau")).get("/api/lists/wall")).json()["items"]
    assert {bar["colour"] for bar in bars} >= {"red", "green"}


async def test_the_form_is_a_json_schema_with_words(desk: Desk) -> None:
    form = (await (await desk("bureau")).get(f"{ITEMS}/form")).json()
    due = form["properties"]["due"]
    assert (due["title"], due["x-title-en"]) == ("完成期限", "Due")


def test_an_item_is_red_from_the_midnight_after_its_due_day() -> None:
    today, calendar = date(2026, 11, 20), Calendar()
    assert colour("open", today, today, calendar) == "yellow"
    assert colour("open", today - timedelta(days=1), today, calendar) == "red"
    assert colour("open", date(2026, 11, 25), today, calendar) == "yellow"  # three working days: Friday to Wednesday
    assert colour("open", date(2026, 11, 26), today, calendar) == "green"
    assert colour("closed", None, today, calendar) == "done"
