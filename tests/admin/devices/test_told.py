import httpx

from admin import seed
from tests.admin.cast import Desk
from tests.admin.test_pairing import device_key

TOLD = {
    "software": "0.1.0",
    "checks": [{"name": "down", "verdict": "ok", "value": 8400}, {"name": "udp", "verdict": "down"}],
}


async def paired(desk: Desk) -> httpx.AsyncClient:
    signed = await (await desk(None)).post("/api/sessions", json={"device_key": await device_key(desk)})
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=desk.app), base_url="http://songjiao.test", headers=headers
    )
    desk.clients["the box"] = client
    return client


async def test_a_box_tells_its_software_and_its_self_test_with_its_own_key(desk: Desk) -> None:
    box = await paired(desk)
    assert (await box.put("/api/devices/own/told", json=TOLD)).status_code == 204
    listed = await (await desk("bureau")).get("/api/devices", params={"room": str(seed.room("QL-02-1"))})
    told = listed.json()["items"][0]
    assert (told["told"]["software"], told["told"]["checks"][1]["verdict"]) == ("0.1.0", "down")
    assert told["told_at"] == told["last_seen_at"]


async def test_only_a_box_tells_and_only_what_is_known(desk: Desk) -> None:
    assert (await (await desk("village")).put("/api/devices/own/told", json=TOLD)).status_code == 403
    box = await paired(desk)
    wrong = TOLD | {"checks": [{"name": "weather", "verdict": "ok"}]}
    assert (await box.put("/api/devices/own/told", json=wrong)).status_code == 422
