from datetime import date
from typing import Any

from sqlalchemy import delete, update

from admin import seed
from admin.children.files import end_purpose
from admin.children.holdings import Holding
from admin.children.models import Minor
from tests.admin.cast import Desk

CHILD = seed.person("student")
FILE = f"/api/children/{CHILD}"
LIVE = f"{FILE}/consents/live"


async def watch(desk: Desk) -> Any:
    """The pupil asks for a ticket of the demo lesson, which its class receives."""
    student = await desk("student")
    lessons = (await student.get("/api/lessons", params={"state": "live"})).json()["items"]
    return await student.post(f"/api/lessons/{lessons[0]['id']}/ticket", json={"as": "student"})


async def test_below_fourteen_nobody_watches_without_a_guardians_consent(desk: Desk) -> None:
    assert (await watch(desk)).status_code == 200
    assert (await (await desk("parent")).delete(LIVE)).status_code == 204
    desk.clients.pop("student")
    refused = await watch(desk)
    assert (refused.status_code, refused.json()["code"]) == (403, "consent-missing")
    assert (await (await desk("parent")).post(LIVE)).status_code == 204
    assert (await watch(desk)).status_code == 200


async def test_withdrawing_ends_the_childs_sign_ins_at_once(desk: Desk) -> None:
    student = await desk("student")
    await (await desk("parent")).delete(LIVE)
    assert (await student.get("/api/sessions/current")).status_code == 401


async def test_from_fourteen_on_no_guardian_is_asked(desk: Desk) -> None:
    await (await desk("parent")).delete(LIVE)
    async with desk.ground.transaction() as session:
        await session.execute(update(Minor).where(Minor.person_id == CHILD).values(born=date(2010, 1, 1)))
    desk.clients.pop("student", None)
    assert (await watch(desk)).status_code == 200


async def test_an_unknown_birthday_counts_as_a_childs(desk: Desk) -> None:
    await (await desk("parent")).delete(LIVE)
    async with desk.ground.transaction() as session:
        await session.execute(delete(Minor).where(Minor.person_id == CHILD))
    desk.clients.pop("student", None)
    assert (await watch(desk)).json()["code"] == "consent-missing"


async def test_a_consent_is_the_guardians_alone_and_its_history_stays(desk: Desk) -> None:
    for username in ("guardian", "bureau"):
        assert (await (await desk(username)).post(LIVE)).status_code in (403, 404)
    parent = await desk("parent")
    await parent.delete(LIVE)
    await parent.post(LIVE)
    await parent.post(LIVE)
    history = [one for one in (await parent.get(FILE)).json()["history"] if one["purpose"] == "live"]
    assert [one["withdrawn_at"] is None for one in history] == [True, False]


async def test_with_the_guardian_the_consents_end(desk: Desk) -> None:
    keeper = await desk("bureau-qinglong")
    assert (await keeper.delete(f"{FILE}/guardians/{seed.person('parent')}")).status_code == 204
    assert (await keeper.get(FILE)).json()["consents"] == []
    assert (await (await desk("parent")).get(FILE)).status_code == 404
    body = {"guardian_id": str(seed.person("guardian")), "relation": "叔父"}
    assert (await keeper.post(f"{FILE}/guardians", json=body)).status_code == 204
    assert (await keeper.post(f"{FILE}/guardians", json=body)).json()["code"] == "guardian-known"
    other = body | {"guardian_id": str(seed.person("teacher"))}
    assert (await keeper.post(f"{FILE}/guardians", json=other)).json()["code"] == "not-a-guardian"


async def test_a_package_that_joins_is_told_of_a_withdrawal(desk: Desk, monkeypatch: Any) -> None:
    told: list[Any] = []

    async def nothing(*_: Any) -> list[dict[str, Any]]:
        return []

    async def unpublish(session: Any, ground: Any, person: Any) -> None:
        told.append(person)

    async def keep(*_: Any) -> None:
        return None

    gallery = Holding("gallery", "相册", "Gallery", (), nothing, keep, purpose="recording", withdraw=unpublish)
    monkeypatch.setattr("admin.children.holdings.all_holdings", lambda: [gallery])
    async with desk.ground.transaction() as session:
        await end_purpose(session, desk.ground, CHILD, "live")
        await end_purpose(session, desk.ground, CHILD, "recording")
    assert told == [CHILD]
