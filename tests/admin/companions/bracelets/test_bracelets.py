from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from admin import seed
from admin.companions.bracelets import actions
from admin.companions.bracelets.demo import CHILD, HOME, NUMBER
from admin.companions.bracelets.models import Alert, Bracelet, Child, Fix, SearchCase
from admin.models import Person
from admin.working_days import HERE
from core.audit import AuditEntry
from tests.admin.cast import Desk

BASE = "/api/bracelets"
KNOWN = seed.id_of("child", CHILD)
NEXT_VILLAGE = (25.0412, 104.9107)
"""Two kilometres on, where the lanterns are."""


def fix(at: datetime, lat: float = HOME[0], lon: float = HOME[1], number: str = NUMBER) -> dict[str, Any]:
    return {"number": number, "at": at.isoformat(), "lat": lat, "lon": lon, "accuracy": 12, "source": "gps"}


async def feed(desk: Desk, *fixes: dict[str, Any]) -> dict[str, int]:
    answer = await (await desk("gateway")).post(f"{BASE}/fixes", json={"fixes": list(fixes)})
    assert answer.status_code == 200, answer.text
    found: dict[str, int] = answer.json()
    return found


async def look(desk: Desk, who: str, child: Any = KNOWN) -> Any:
    return await (await desk(who)).get(f"{BASE}/tracks/{child}")


async def opened(desk: Desk, who: str = "police", **changes: Any) -> Any:
    body = {"child_id": str(KNOWN), "reason": "监护人 18:30 报告孩子未归", "hours": 6} | changes
    return await (await desk(who)).post(f"{BASE}/cases", json=body)


async def test_c2_a_child_is_found_in_the_next_village_and_the_same_look_is_refused_after_the_case(desk: Desk) -> None:
    moment = datetime.now(UTC)
    day = moment.astimezone(HERE).date().isoformat()
    fixes = [fix(moment - timedelta(seconds=9)), fix(moment, *NEXT_VILLAGE)]
    assert await feed(desk, *fixes, *fixes) == {"kept": 4, "dropped": 0}
    assert (await look(desk, "police")).json()["code"] == "no-open-case"
    case = (await opened(desk)).json()
    found = await look(desk, "police")
    assert (found.json()["current"]["lat"], found.json()["current"]["lon"]) == NEXT_VILLAGE
    assert found.json()["stale"] is False
    whole = await (await desk("police")).get(f"{BASE}/tracks/{KNOWN}", params={"day": day})
    assert len(whole.json()["fixes"]) <= 2, "the day may have turned between the two"
    closing = {"version": case["version"], "reason": "在邻村看灯会时找到，已交监护人"}
    closed = await (await desk("police")).post(f"{BASE}/cases/{case['id']}/close", json=closing)
    assert closed.json()["state"] == "closed"
    refused = await look(desk, "police")
    assert (refused.status_code, refused.json()["code"]) == (403, "no-open-case")
    looks = (await (await desk("guardian")).get(f"{BASE}/own/{KNOWN}/looks")).json()
    assert [one["result"] for one in looks] == ["no-open-case", "done", "done", "no-open-case"]


async def test_c2_an_old_fix_is_marked_stale_and_never_shown_as_current(desk: Desk) -> None:
    await feed(desk, fix(datetime.now(UTC) - timedelta(minutes=11)))
    told = (await look(desk, "guardian")).json()
    assert (told["current"], told["stale"]) == (None, True)
    assert told["last"]["lat"] == HOME[0]


async def test_c2_a_case_whose_hours_have_passed_opens_nothing(desk: Desk, session: Any) -> None:
    case = (await opened(desk)).json()
    assert (await look(desk, "police")).status_code == 200
    await session.execute(update(SearchCase).values(expires_at=datetime.now(UTC)))
    await session.commit()
    assert (await look(desk, "police")).json()["code"] == "no-open-case"
    assert (await (await desk("police")).get(f"{BASE}/cases/{case['id']}")).json()["state"] == "open"


async def test_a_case_needs_a_reason_and_lasts_a_day_at_most(desk: Desk) -> None:
    assert (await opened(desk, hours=25)).status_code == 422
    assert (await opened(desk, reason="")).status_code == 422
    assert (await opened(desk, who="guardian")).json()["code"] == "not-allowed"


async def test_c2_consent_is_the_familys_and_withdrawn_it_takes_the_bracelet_off_and_removes_the_track(
    desk: Desk, session: Any
) -> None:
    await feed(desk, fix(datetime.now(UTC)))
    client = await desk("guardian")
    assert (await look(desk, "guardian")).status_code == 200
    [own] = (await client.get(f"{BASE}/own")).json()
    family = f"/api/children/{own['person_id']}"
    held = {one["key"]: one["rows"] for one in (await client.get(family)).json()["holdings"]}
    assert (held["bracelet"][0]["bracelet"], held["bracelet-positions"][0]["positions"]) == (NUMBER, 1)
    assert (await client.delete(f"{family}/consents/bracelet")).status_code == 204
    [left] = (await client.get(f"{BASE}/own")).json()
    assert (own["bracelet"], left["bracelet"], left["consented"]) == (NUMBER, None, False)
    assert (await look(desk, "guardian")).json()["code"] == "consent-missing"
    assert await session.scalar(select(func.count()).select_from(Fix)) == 0
    assert await feed(desk, fix(datetime.now(UTC))) == {"kept": 0, "dropped": 1}
    police, bracelet = await desk("police"), seed.id_of("bracelet", NUMBER)
    bind = f"{BASE}/bracelets/{bracelet}/child"
    assert (await police.put(bind, json={"child_id": str(KNOWN)})).json()["code"] == "consent-missing"
    assert (await client.post(f"{family}/consents/bracelet")).status_code == 204
    assert (await police.put(bind, json={"child_id": str(KNOWN)})).json()["child_id"] == str(KNOWN)


async def test_c2_when_the_guardian_no_longer_is_one_nothing_is_recorded_or_seen(desk: Desk) -> None:
    await feed(desk, fix(datetime.now(UTC)))
    [own] = (await (await desk("guardian")).get(f"{BASE}/own")).json()
    ending = f"/api/children/{own['person_id']}/guardians/{seed.person('guardian')}"
    assert (await (await desk("bureau")).delete(ending)).status_code == 204
    assert await feed(desk, fix(datetime.now(UTC))) == {"kept": 0, "dropped": 1}
    assert (await look(desk, "guardian")).json()["code"] == "no-open-case"
    assert (await (await desk("guardian")).get(f"{BASE}/own")).json() == []


async def test_a_pupil_of_the_registry_is_registered_as_the_same_person_and_erased_with_everything(
    desk: Desk, session: Any
) -> None:
    pupil = {"place_id": str(seed.place("xingyi")), "name": "韦朝阳", "born": "2017-04-12"}
    pupil |= {"guardian_id": str(seed.person("parent"))}
    made = await (await desk("police")).post(f"{BASE}/children", json=pupil)
    assert made.status_code == 201, made.text
    again = await (await desk("police")).post(f"{BASE}/children", json=pupil)
    assert again.json()["code"] == "child-taken"
    [own] = (await (await desk("parent")).get(f"{BASE}/own")).json()
    assert own["person_id"] == str(seed.person("student"))
    erased = await (await desk("bureau")).post(f"/api/children/{own['person_id']}/erasure", json={"reason": "申请"})
    assert erased.status_code == 204, erased.text
    assert await session.get(Child, made.json()["id"]) is None


async def test_no_one_elses_child_is_looked_at_and_every_try_is_on_record(desk: Desk, session: Any) -> None:
    stranger = await (await desk("police")).post(
        f"{BASE}/children",
        json={
            "place_id": str(seed.place("xingyi")),
            "name": "别家孩子",
            "born": "2017-05-01",
            "guardian_id": str(seed.person("parent")),
        },
    )
    child = stranger.json()["id"]
    for who in ("guardian", "police"):
        assert (await look(desk, who, child)).json()["code"] == "no-open-case"
    assert (await look(desk, "guardian", seed.id_of("child", "nobody"))).json()["code"] == "no-open-case"
    assert (await (await desk("guardian")).get(f"{BASE}/own/{child}/looks")).status_code == 404
    tries = select(AuditEntry.result).where(AuditEntry.action == "child.track", AuditEntry.object == f"child:{child}")
    assert list(await session.scalars(tries)) == ["no-open-case"] * 2


async def test_a_child_who_is_late_is_told_once_a_day(desk: Desk, session: Any) -> None:
    evening = datetime(2026, 2, 14, 10, 30, tzinfo=UTC)
    session.add(Fix(child_id=KNOWN, at=evening, lat=NEXT_VILLAGE[0], lon=NEXT_VILLAGE[1], accuracy=9, source="gps"))
    await session.flush()
    for minutes in (0, 1):
        await actions.watch(session, evening + timedelta(minutes=minutes))
    assert list(await session.scalars(select(Alert.kind))) == ["late-home"]
    await session.commit()
    [told] = (await (await desk("guardian")).get(f"{BASE}/alerts")).json()
    assert told["kind"] == "late-home"


async def test_c2_tracks_are_removed_after_ninety_days(desk: Desk, session: Any) -> None:
    moment = datetime.now(UTC)
    for days in (89, 90, 91):
        at = moment - timedelta(days=days)
        session.add(Fix(child_id=KNOWN, at=at, lat=HOME[0], lon=HOME[1], accuracy=9, source="gps"))
    await session.flush()
    await actions.forget_tracks(session, moment)
    assert list(await session.scalars(select(Fix.at))) == [moment - timedelta(days=89)]


async def test_a_guardian_fences_the_own_child_only(desk: Desk) -> None:
    client = await desk("guardian")
    body = {"kind": "school", "name": "学校", "lat": 25.03, "lon": 104.9, "radius": 200}
    body |= {"begins": "08:20:00", "ends": "16:00:00"}
    made = await client.post(f"{BASE}/own/{KNOWN}/fences", json=body)
    assert made.status_code == 201, made.text
    assert len((await client.get(f"{BASE}/own/{KNOWN}/fences")).json()) == 2
    assert (await client.delete(f"{BASE}/own/{KNOWN}/fences/{made.json()['id']}")).status_code == 204
    assert (await client.post(f"{BASE}/own/{seed.id_of('child', 'x')}/fences", json=body)).status_code == 404
    assert [one["bracelet"] for one in (await client.get(f"{BASE}/own")).json()] == [NUMBER]


async def test_c2_one_request_brings_the_fixes_of_ten_thousand_bracelets(desk: Desk, session: Any) -> None:
    moment, place, guardian = datetime.now(UTC), seed.place("xingyi"), seed.person("guardian")
    kept = {"place_id": place, "version": 1, "created_by": None, "created_at": moment}
    ids = [seed.id_of("many", str(number)) for number in range(10_000)]
    await session.execute(insert(Person), [{"id": one, "name": "孩", "language": "zh"} for one in ids])
    known = {"name": "孩", "born": date(2018, 1, 1), "guardian_id": guardian}
    children = [kept | known | {"id": one, "person_id": one} for one in ids]
    await session.execute(insert(Child), children)
    bracelets = [kept | {"id": one, "number": f"MANY-{at}", "child_id": one} for at, one in enumerate(ids)]
    await session.execute(insert(Bracelet), bracelets)
    await session.commit()
    fixes = [fix(moment, number=f"MANY-{number}") for number in range(10_000)]
    assert await feed(desk, *fixes) == {"kept": 10_000, "dropped": 0}
    assert await session.scalar(select(func.count()).select_from(Fix)) == 10_000
