"""The store's rules, as a browser meets them: it asks before it sends to another origin (Fetch, CORS preflight)."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI

from core.connections import open_connections
from core.settings import WebSettings
from resources.bucket import UNFINISHED_DAYS, furnished, pages

OURS, THEIRS = "https://desk.example", "https://elsewhere.example"


def test_on_loopback_both_names_are_ours() -> None:
    assert pages(WebSettings(port=8123)) == ["http://127.0.0.1:8123", "http://localhost:8123"]
    assert pages(WebSettings(public_url=OURS, origins=["https://other.example/"])) == [OURS, "https://other.example"]


async def test_our_pages_may_send_into_the_store_and_others_may_not(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGJIAO_S3_BUCKET", "rules")
    async with open_connections() as ground, httpx.AsyncClient() as browser:
        await ground.store.answers()
        address = ground.store.address_to_put_part("film", await ground.store.begin_parts("film", "video/mp4"), 1, 60)

        async def status(origin: str) -> int:
            asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
            return (await browser.options(address, headers=asked)).status_code

        assert await status(THEIRS) == 200
        app = FastAPI()
        app.state.connections = ground
        async with furnished(WebSettings(public_url=OURS))(app), asyncio.timeout(20):
            while await status(THEIRS) != 403:
                await asyncio.sleep(0.05)
        assert await status(OURS) == 200
        sent = await browser.put(address, content=b"one part", headers={"Origin": OURS})
        assert (sent.status_code, sent.headers["Access-Control-Allow-Origin"]) == (200, OURS)


async def test_parts_that_nobody_finishes_are_the_stores_to_forget(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGJIAO_S3_BUCKET", "forgets")
    async with open_connections() as ground:
        for _ in range(2):
            assert await ground.store.set_rules([OURS], UNFINISHED_DAYS) == {}
        kept = ground.store._inside.get_bucket_lifecycle("forgets")
        assert kept
        ends = [one.abort_incomplete_multipart_upload for one in kept.rules]
        assert [one and one.days_after_initiation for one in ends] == [UNFINISHED_DAYS]
