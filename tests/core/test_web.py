"""The frame around every route: one transaction, safe headers, compressed pages, health that tells the truth."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import text

from core import pages, web
from core.database import Session, after_commit
from core.settings import WebSettings

TABLE = "CREATE TABLE marks (number int UNIQUE DEFERRABLE INITIALLY DEFERRED)"
SCRIPT = "console.log('送教');\n" * 200
events: list[str] = []
router = APIRouter()


async def note(word: str) -> None:
    events.append(word)


@router.post("/api/marks/{number}", status_code=201)
async def mark(number: int, session: Session) -> dict[str, int]:
    await session.execute(text("INSERT INTO marks VALUES (:number)"), {"number": number})
    after_commit(session, note, f"marked {number}")
    return {"number": number}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    built = tmp_path / "dist"
    (built / "assets").mkdir(parents=True)
    for name in ("index", "room", "pupil"):
        (built / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>")
    (built / "assets" / "desk-a1b2.js").write_text(SCRIPT)
    (built / "assets" / "desk-a1b2.js.br").write_bytes(b"brotli")
    (tmp_path / "secret.txt").write_text("outside")
    return built


@pytest.fixture
async def client(environment: dict[str, str], dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    events.clear()
    app = web.build(WebSettings(origins=["https://other.test"]), [router])
    pages.add(app, dist)
    async with running(app) as opened:
        async with app.state.connections.transaction() as session:
            await session.execute(text(TABLE))
        yield opened


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("203.0.113.5", 1))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield client


async def test_the_answer_leaves_after_the_commit(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/marks/1")).status_code == 201
    assert events == ["marked 1"]


async def test_a_commit_that_fails_is_an_error_and_no_job_leaves(client: httpx.AsyncClient) -> None:
    await client.post("/api/marks/1")
    events.clear()
    answer = await client.post("/api/marks/1")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert events == []


async def test_whoever_finds_no_connection_free_is_asked_to_come_again(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = client._transport.app.state.connections  # type: ignore[attr-defined]
    pool = ground.engine.sync_engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.1)
    async with AsyncExitStack() as busy:
        for _ in range(20):
            session = await busy.enter_async_context(ground.transaction())
            await session.execute(text("SELECT 1"))
        answer = await client.post("/api/marks/1")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert (await client.post("/api/marks/1")).status_code == 201


async def test_health_names_what_is_down(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/health")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {
        "database": "ok",
        "redis": "ok",
        "store": "ok",
        "relay": "down: relay-1",
        "worker": "down",
        "beat": "down",
        "recorder": "down",
    }


async def test_health_is_200_when_every_part_renews_its_key(client: httpx.AsyncClient, redis_url: str) -> None:
    from core.valkey import connect

    async with connect(redis_url) as valkey:
        for key in ("songjiao:relay:relay-1", "songjiao:worker:here", "songjiao:beat", "songjiao:recorder:recorder-1"):
            await valkey.set(key, "1")
    assert (await client.get("/api/health")).status_code == 200


async def test_metrics_are_for_loopback_only(client: httpx.AsyncClient) -> None:
    assert (await client.get("/metrics")).json()["code"] == "metrics-not-here"


async def test_no_page_may_load_anything_of_others(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    hosts = re.findall(r"(?:https?|wss?)://([^:/ ;]+)", policy)
    assert set(hosts) <= {"127.0.0.1", "other.test"}


@pytest.mark.parametrize(
    ("path", "title"),
    [("/", "index"), ("/lessons/7/live", "index"), ("/room", "room"), ("/room/any", "room"), ("/pupil", "pupil")],
)
async def test_each_address_gets_its_page(client: httpx.AsyncClient, path: str, title: str) -> None:
    answer = await client.get(path)
    assert f"<title>{title}</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_page_that_has_not_changed_is_not_sent_again(client: httpx.AsyncClient) -> None:
    tag = (await client.get("/")).headers["etag"]
    assert (await client.get("/", headers={"if-none-match": tag})).status_code == 304


async def test_assets_are_kept_for_ever_and_sent_compressed(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/assets/desk-a1b2.js", headers={"accept-encoding": "br, gzip"}) as answer:
        assert answer.headers["content-encoding"] == "br"
        assert "immutable" in answer.headers["cache-control"]
        assert b"".join([part async for part in answer.aiter_raw()]) == b"brotli"
    assert (await client.get("/assets/desk-a1b2.js", headers={"accept-encoding": "identity"})).text == SCRIPT


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/%2e%2e/%2e%2e/secret.txt", "/api/x"])
async def test_nothing_outside_the_build_is_served(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "outside" not in answer.text


async def test_the_apis_page_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    text_ = (await client.get("/api/docs")).text
    assert "/api/marks/{number}" in text_
    assert "//" not in text_.replace("&#x2F;", "/")


async def test_other_sites_may_call_only_if_they_are_configured(client: httpx.AsyncClient) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    allowed = await client.options("/api/marks/1", headers={"origin": "https://other.test", **asked})
    assert allowed.headers["access-control-allow-origin"] == "https://other.test"
    refused = await client.options("/api/marks/1", headers={"origin": "https://foreign.test", **asked})
    assert "access-control-allow-origin" not in refused.headers
