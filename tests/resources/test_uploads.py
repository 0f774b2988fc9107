import hashlib
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from core.clock import now
from core.errors import NotFound
from resources import receiving, sweeping
from resources.models import Resource, Upload
from tests.resources.library import Library

PART = receiving.USUAL_PART
TWO_PARTS = bytes(range(256)) * (PART // 256) + b"the rest"


async def test_a_file_goes_to_the_store_in_parts_and_comes_out_whole(library: Library) -> None:
    resource = await library.send("data.bin", TWO_PARTS)
    kept = await library.kept(resource)
    assert kept.row.stage == "sent"
    assert b"".join(library.desk.ground.store.chunks(kept.uploads[0].store_name)) == TWO_PARTS


async def test_after_a_closed_tab_only_the_missing_parts_are_sent(library: Library) -> None:
    upload = (await library.begin("data.bin", TWO_PARTS)).json()
    await library.put(upload, TWO_PARTS, [2])
    client = await library.desk("teacher")
    early = await client.post(f"/api/uploads/{upload['id']}/complete", json={})
    assert (early.status_code, early.json()["code"], early.json()["missing"]) == (409, "parts-missing", [1])
    waiting = (await client.get("/api/uploads")).json()["items"]
    assert [one["id"] for one in waiting] == [upload["id"]]
    there = (await client.get(f"/api/uploads/{upload['id']}")).json()["received"]
    assert there == [{"number": 2, "size": 8, "sha256": hashlib.sha256(b"the rest").hexdigest()}]
    await library.put(upload, TWO_PARTS, [1])
    done = await client.post(f"/api/uploads/{upload['id']}/complete", json={})
    again = await client.post(f"/api/uploads/{upload['id']}/complete", json={})
    assert done.json()["completed"]
    assert done.json() == again.json()


async def test_bytes_that_changed_on_the_way_are_refused(library: Library) -> None:
    wrong = hashlib.sha256(b"what was meant").hexdigest()
    shown = await library.take("notes.bin", b"what arrived", sha256=wrong)
    assert (shown["stage"], shown["refusal"]["code"]) == ("refused", "wrong-checksum")
    assert shown["media"] == []
    kept = await library.kept(UUID(shown["id"]))
    assert await library.desk.ground.store.size(kept.uploads[0].store_name) is None


async def test_a_part_that_changed_on_the_way_is_refused(library: Library) -> None:
    upload = (await library.begin("data.bin", TWO_PARTS)).json()
    await library.put(upload, TWO_PARTS, [1, 2])
    client, damaged = await library.desk("teacher"), b"the pest"
    asked = {"parts": [{"number": 2, "sha256": hashlib.sha256(b"the rest").hexdigest()}]}
    url = (await client.post(f"/api/uploads/{upload['id']}/parts", json=asked)).json()["items"][0]["url"]
    await library.outside.put(url, content=damaged)
    await client.post(f"/api/uploads/{upload['id']}/complete", json={})
    await library.work(UUID(upload["resource_id"]))
    assert (await library.get(upload["resource_id"]))["refusal"]["code"] == "wrong-checksum"


async def test_a_school_whose_space_is_full_is_told_how_full(library: Library) -> None:
    teacher, bureau = await library.desk("teacher"), await library.desk("bureau")
    school = (await teacher.get("/api/sessions/current")).json()["roles"][0]["organisation"]["id"]
    await bureau.put(f"/api/quotas/{school}", json={"bytes": 1000})
    assert (await library.begin("small.bin", b"x" * 900)).status_code == 201
    refused = await library.begin("more.bin", b"x" * 101)
    assert (refused.status_code, refused.json()["code"]) == (413, "quota-exceeded")
    assert (refused.json()["quota"], refused.json()["used"]) == (1000, 900)


async def test_an_upload_that_nobody_finishes_is_forgotten_after_a_day(library: Library) -> None:
    old, new = [(await library.begin(name, TWO_PARTS)).json() for name in ("old.bin", "new.bin")]
    await library.put(old, TWO_PARTS, [1])
    async with library.desk.ground.transaction() as session:
        late = update(Upload).where(Upload.id == UUID(old["id"]))
        await session.execute(late.values(deadline=now() - timedelta(seconds=1)))
    async with library.desk.ground.transaction() as session:
        await sweeping.sweep.work(session, library.desk.ground)
    client = await library.desk("teacher")
    assert [one["id"] for one in (await client.get("/api/uploads")).json()["items"]] == [new["id"]]
    async with library.desk.ground.transaction() as session:
        assert await session.get(Resource, UUID(old["resource_id"])) is None


async def test_an_abandoned_upload_is_gone(library: Library) -> None:
    upload = (await library.begin("data.bin", TWO_PARTS)).json()
    client = await library.desk("teacher")
    assert (await client.delete(f"/api/uploads/{upload['id']}")).status_code == 204
    assert (await client.get(f"/api/uploads/{upload['id']}")).status_code == 404


async def test_a_resource_that_is_removed_half_way_leaves_no_parts_in_the_store(library: Library) -> None:
    upload = (await library.begin("data.bin", TWO_PARTS)).json()
    await library.put(upload, TWO_PARTS, [1])
    row = (await library.kept(UUID(upload["resource_id"]))).row
    async with library.desk.ground.transaction() as session:
        sending = await session.get_one(Upload, UUID(upload["id"]))
    assert (await (await library.desk("teacher")).delete(f"/api/resources/{row.id}")).status_code == 204
    with pytest.raises(NotFound):
        await library.desk.ground.store.parts(sending.store_name, sending.sending)


async def test_nobody_touches_another_persons_upload(library: Library) -> None:
    upload = (await library.begin("data.bin", TWO_PARTS)).json()
    colleague = await library.desk("colleague")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/complete")):
        answer = await colleague.request(method, f"/api/uploads/{upload['id']}{path}", json={})
        assert answer.status_code == 404
