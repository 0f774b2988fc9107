from typing import Any

from admin import seed
from tests.admin.cast import Desk

TEACHER = {"username": "teacher", "password": "songjiao-demo"}
NEW = "Kuaile7Xiaohe"


async def sign_in(desk: Desk, **more: str) -> dict[str, str]:
    answer = await (await desk(None)).post("/api/sessions", json=TEACHER | more, headers={"User-Agent": "Firefox 140"})
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def lines(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await (await desk("teacher")).get("/api/sessions")).json()["items"]
    return found


async def test_one_sees_where_one_is_signed_in_and_ends_one_of_them(desk: Desk) -> None:
    elsewhere = await sign_in(desk)
    here, newest = sorted(await lines(desk), key=lambda line: not line["here"])
    assert (newest["here"], newest["agent"], newest["address"]) == (False, "Firefox 140", "127.0.0.1")
    assert here["here"]
    client = await desk("teacher")
    assert (await client.delete(f"/api/sessions/{newest['id']}")).status_code == 204
    assert (await (await desk(None)).get("/api/sessions/current", headers=elsewhere)).status_code == 401
    assert (await client.delete(f"/api/sessions/{newest['id']}")).status_code == 404


async def test_all_others_end_at_once(desk: Desk) -> None:
    others = [await sign_in(desk) for _ in range(3)]
    assert (await (await desk("teacher")).delete("/api/sessions")).status_code == 204
    assert [line["here"] for line in await lines(desk)] == [True]
    for headers in others:
        assert (await (await desk(None)).get("/api/sessions/current", headers=headers)).status_code == 401


async def test_nobody_ends_anothers_session_as_ones_own(desk: Desk) -> None:
    await desk("teacher")
    [line] = await lines(desk)
    assert (await (await desk("colleague")).delete(f"/api/sessions/{line['id']}")).status_code == 404


async def test_a_password_is_changed_by_who_knows_the_old_one(desk: Desk) -> None:
    elsewhere = await sign_in(desk)
    client = await desk("teacher")

    async def change(now: str, new: str) -> Any:
        return await client.post("/api/password", json={"now": now, "new": new})

    assert (await change("not the password", NEW)).json()["code"] == "wrong-password"
    weak = (await change("songjiao-demo", "woaini1314")).json()
    assert (weak["code"], "too common" in weak["detail_en"]) == ("weak-password", True)
    assert (await change("songjiao-demo", NEW)).status_code == 204
    assert (await (await desk(None)).get("/api/sessions/current", headers=elsewhere)).status_code == 401
    assert (await client.get("/api/sessions/current")).status_code == 200
    await sign_in(desk, password=NEW)


async def test_tries_at_the_old_password_are_counted(desk: Desk) -> None:
    client = await desk("teacher")
    codes = [(await client.post("/api/password", json={"now": f"guess {n}", "new": NEW})).status_code for n in range(6)]
    assert codes == [422] * 5 + [429]


async def test_the_security_administrator_sees_and_ends_sessions_of_the_place(desk: Desk) -> None:
    elsewhere = await sign_in(desk)
    security = await desk("security")
    found = (await security.get("/api/security/sessions", params={"q": "陈静怡"})).json()
    assert [line["person"]["id"] for line in found["items"]] == [str(seed.person("teacher"))]
    assert (await security.delete(f"/api/security/sessions/{found['items'][0]['id']}")).status_code == 204
    assert (await (await desk(None)).get("/api/sessions/current", headers=elsewhere)).status_code == 401
