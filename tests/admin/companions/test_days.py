from tests.admin.cast import Desk

BASE = "/api/working-days"
FLOOD = {"working": False, "note": "防汛停课"}


async def test_a_day_that_the_bureau_declares_moves_the_deadline(desk: Desk) -> None:
    client = await desk("admin")
    asked = {"start": "2026-11-20", "days": "1"}
    assert (await client.get(f"{BASE}/deadline", params=asked)).json() == {"day": "2026-11-23", "certain": True}
    assert (await client.put(f"{BASE}/2026-11-23", json=FLOOD)).status_code == 204
    assert (await client.get(f"{BASE}/deadline", params=asked)).json()["day"] == "2026-11-24"
    assert [one["note"] for one in (await client.get(BASE)).json()] == ["防汛停课"]
    assert (await client.delete(f"{BASE}/2026-11-23")).status_code == 204
    assert (await client.get(f"{BASE}/deadline", params=asked)).json()["day"] == "2026-11-23"


async def test_a_deadline_in_a_year_without_a_table_is_not_certain(desk: Desk) -> None:
    answer = await (await desk("bureau")).get(f"{BASE}/deadline", params={"start": "2027-03-01", "days": 5})
    assert answer.json()["certain"] is False


async def test_a_county_does_not_declare_the_houses_days(desk: Desk) -> None:
    answer = await (await desk("bureau-qinglong")).put(f"{BASE}/2026-11-23", json=FLOOD)
    assert answer.json()["code"] == "not-allowed"
