from typing import Any

from sqlalchemy import select

from admin import seed
from admin.companions.settlement.demo import CARD, NAME, lines
from admin.companions.settlement.models import Insured
from core.audit import AuditEntry
from tests.admin.cast import Desk

BASE = "/api/settlement"
STAY = {
    "card": CARD,
    "name": NAME,
    "hospital_id": str(seed.id_of("hospital", "CQ-0001")),
    "admitted": "2016-11-01",
    "discharged": "2016-12-31",
}


def items() -> list[dict[str, str]]:
    return [{name: line[name] for name in ("code", "name", "day", "quantity", "price")} for line in lines()]


async def admitted(desk: Desk, **changes: Any) -> Any:
    return await (await desk("hospital")).post(f"{BASE}/encounters", json=STAY | changes)


async def settled(desk: Desk) -> dict[str, Any]:
    client = await desk("hospital")
    stay = (await admitted(desk)).json()
    put = await client.put(f"{BASE}/encounters/{stay['id']}/items", json={"items": items()})
    assert put.status_code == 204, put.text
    answer = await client.post(f"{BASE}/encounters/{stay['id']}/settle")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_c1_the_articles_case_is_settled_at_the_window_and_nothing_is_advanced(desk: Desk) -> None:
    row = await settled(desk)
    assert (row["total"], row["patient"], row["fund"]) == ("87254.20", "14503.74", "72750.46")
    for who in ("hospital", "insurer"):
        told = (await (await desk(who)).get(f"{BASE}/settlements/{row['id']}/statement")).json()
        assert (told["advanced"], told["ratio"], len(told["items"])) == ("0.00", "83.378", 112)
        assert told["card"] == "5223******0001"
    sheet = await (await desk("hospital")).get(f"{BASE}/settlements/{row['id']}/statement/csv")
    assert "基金支付,72750.46" in sheet.content.decode("utf-8-sig")


async def test_c1_a_region_that_is_not_connected_is_refused_with_manual_reimbursement(desk: Desk) -> None:
    client, hospital = await desk("insurer"), seed.id_of("hospital", "SC-0001")
    window = f"{BASE}/hospitals/{hospital}/windows/{seed.person('hospital')}"
    assert (await client.put(window)).status_code == 204
    answer = await admitted(desk, hospital_id=str(hospital))
    assert (answer.status_code, answer.json()["code"]) == (409, "manual-reimbursement")
    assert "手工报销" in answer.json()["detail_zh"]


async def test_c1_a_reversal_opens_the_stay_and_frees_the_cap(desk: Desk) -> None:
    row, client = await settled(desk), await desk("hospital")
    stay = f"{BASE}/encounters/{row['encounter_id']}"
    assert (await client.post(f"{stay}/settle")).json()["code"] == "wrong-state"
    back = await client.post(f"{stay}/reverse", json={"reason": "漏传一项"})
    assert (back.json()["state"], back.json()["reason"]) == ("reversed", "漏传一项")
    again = await client.post(f"{stay}/settle")
    assert again.json()["fund"] == "72750.46"
    both = (await (await desk("insurer")).get(f"{BASE}/settlements")).json()
    assert sorted(one["state"] for one in both["items"]) == ["reversed", "settled"]


async def test_c1_the_regions_accounts_of_a_month_are_compared(desk: Desk) -> None:
    row, client = await settled(desk), await desk("insurer")
    stranger = {"number": "20161231-STRANGER", "total": "10.00", "fund": "5.00"}
    ours = {"number": row["number"], "total": row["total"], "fund": "72750.45"}
    body = {"place_id": str(seed.place("qxn")), "region": "500000", "month": row["day"][:7], "lines": [stranger, ours]}
    told = (await client.post(f"{BASE}/reconciliations", json=body)).json()
    assert (told["ours"], told["ours_fund"], told["theirs_fund"]) == (1, "72750.46", "72755.45")
    assert {one["kind"] for one in told["differences"]} == {"differs", "missing-here"}
    same = body | {"lines": [ours | {"fund": row["fund"]}]}
    assert (await client.post(f"{BASE}/reconciliations", json=same)).json()["differences"] == []


async def test_a_window_sees_no_other_hospitals_stay(desk: Desk) -> None:
    row = await settled(desk)
    other = f"{BASE}/hospitals/{seed.id_of('hospital', 'SC-0001')}/windows/{seed.person('hospital')}"
    await (await desk("insurer")).put(other)
    client = await desk("hospital")
    assert (await client.get(f"{BASE}/encounters/{row['encounter_id']}/preview")).status_code == 404
    assert (await client.get(f"{BASE}/settlements/{row['id']}/statement")).status_code == 404
    assert (await client.get(f"{BASE}/insured")).json()["code"] == "not-allowed"


async def test_name_and_card_must_both_fit(desk: Desk) -> None:
    assert (await admitted(desk, name="别人")).json()["code"] == "insured-unknown"


async def test_without_a_filing_nothing_is_settled(desk: Desk) -> None:
    answer = await admitted(desk, admitted="2018-01-01", discharged="2018-01-02")
    assert answer.json()["code"] == "no-filing"


async def test_an_item_that_is_in_no_catalogue_is_paid_by_the_patient(desk: Desk) -> None:
    client, stay = await desk("hospital"), (await admitted(desk)).json()
    unknown = {"code": "ZZZ", "name": "目录外", "day": "2016-11-02", "quantity": "2", "price": "50.00"}
    await client.put(f"{BASE}/encounters/{stay['id']}/items", json={"items": [unknown]})
    parts = (await client.get(f"{BASE}/encounters/{stay['id']}/preview")).json()
    assert (parts["total"], parts["self_paid"], parts["fund"]) == ("100.00", "100.00", "0.00")


async def test_negative_money_and_days_outside_the_stay_are_refused(desk: Desk) -> None:
    client, stay = await desk("hospital"), (await admitted(desk)).json()
    good = {"code": "CQA001", "name": "药", "day": "2016-11-02", "quantity": "1", "price": "1.00"}
    for wrong in ({"price": "-1.00"}, {"price": "1.001"}, {"quantity": "0"}, {"day": "2017-01-01"}, {"price": "NaN"}):
        put = await client.put(f"{BASE}/encounters/{stay['id']}/items", json={"items": [good | wrong]})
        assert put.status_code == 422, wrong


async def test_no_day_has_two_policies(desk: Desk) -> None:
    client = await desk("insurer")
    policy: dict[str, Any] = {"place_id": str(seed.place("qxn")), "scheme": "resident", "deductible": "0"}
    policy |= {"cap": "1", "class_shares": {"A": "1", "B": "1", "C": "1"}, "tiers": [{"share": "1"}]}
    late = await client.post(f"{BASE}/policies", json=policy | {"valid_from": "2020-01-01"})
    assert late.json()["code"] == "policy-overlaps"
    early = await client.post(f"{BASE}/policies", json=policy | {"valid_from": "2015-01-01", "valid_to": "2016-01-01"})
    assert early.status_code == 201, early.text


async def test_a_card_is_masked_on_pages_and_sheets_and_each_look_is_on_record(desk: Desk, session: Any) -> None:
    client = await desk("insurer")
    [row] = (await client.get(f"{BASE}/insured")).json()["items"]
    assert row["card"] == "5223******0001"
    sheet = (await client.get(f"{BASE}/insured/export?format=csv")).content.decode("utf-8-sig")
    assert CARD not in sheet
    await client.get(f"{BASE}/insured/{row['id']}")
    actions = (await session.scalars(select(AuditEntry.action).order_by(AuditEntry.number))).all()
    assert actions == ["insured.list", "insured.export", "insured.look"]
    assert (await session.scalars(select(Insured.card))).one() == CARD


async def test_the_ratio_card_shows_numerator_and_denominator(desk: Desk) -> None:
    await settled(desk)
    count, ratio = (await (await desk("insurer")).get(f"{BASE}/cards")).json()
    assert (count["value"], ratio["value"]) == ("1", "83.38")
    assert (ratio["numerator"], ratio["denominator"]) == ("72750.46", "87254.20")
    assert (await (await desk("insurer")).get(ratio["rows"])).json()["total"] == 1


async def test_the_audit_log_names_no_patient(desk: Desk, session: Any) -> None:
    client = await desk("insurer")
    body = {"place_id": str(seed.place("xingyi")), "name": "李某某", "card": "52230119990007", "scheme": "resident"}
    made = await client.post(f"{BASE}/insured", json=body | {"valid_from": "2020-01-01"})
    await client.patch(f"{BASE}/insured/{made.json()['id']}", json={"version": 1, "name": "李小某"})
    await client.get(f"{BASE}/insured", params={"q": "李某某", "where": "card:52230119990007"})
    entries = (await session.scalars(select(AuditEntry))).all()
    assert [entry.action for entry in entries] == ["insured.create", "insured.change", "insured.list"]
    told = " ".join(f"{entry.before} {entry.after}" for entry in entries)
    assert "李" not in told
    assert "52230119990007" not in told
