"""The store's rules, as a browser meets them: it asks before it sends to another origin (Fetch, CORS preflight)."""

import asyncio
import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from core.connections import open_connections
from core.settings import WebSettings
from resources import bucket
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


class OwnMind(BaseHTTPRequestHandler):
    """Before the real store: refuses rules as MinIO does, and buckets as a store whose keys may not make any."""

    store = ""
    forbidden = False
    REFUSALS = {"cors": (501, "NotImplemented"), "lifecycle": (400, "InvalidArgument")}

    def _pass_on(self) -> None:
        asked = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        refusal = next((self.REFUSALS[one] for one in asked if one in self.REFUSALS), None)
        if self.forbidden:
            refusal = (403, "AccessDenied")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if refusal:
            told = {"Content-Type": "application/xml"}
            return self._answer(refusal[0], told, f"<Error><Code>{refusal[1]}</Code></Error>".encode())
        behind = http.client.HTTPConnection(urlsplit(self.store).netloc)
        behind.request(self.command, self.path, body, dict(self.headers))
        said = behind.getresponse()
        self._answer(said.status, dict(said.headers), said.read())

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _pass_on  # noqa: N815

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """The tests' output is theirs."""


@pytest.fixture
def own_mind(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[type[OwnMind]]:
    class Mind(OwnMind):
        store = environment["SONGJIAO_S3_ENDPOINT"]

    server = ThreadingHTTPServer(("127.0.0.1", 0), Mind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SONGJIAO_S3_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("SONGJIAO_S3_BUCKET", "minded")
    yield Mind
    server.shutdown()
    server.server_close()


async def test_a_store_that_keeps_its_own_rules_is_used_all_the_same(own_mind: type[OwnMind]) -> None:
    async with open_connections() as ground:
        refused = await ground.store.set_rules([OURS], UNFINISHED_DAYS)
        assert refused == {"cors": "NotImplemented", "lifecycle": "InvalidArgument"}
        await ground.store.put("film", BytesIO(b"bytes"), 5, "video/mp4")
        assert await ground.store.get("film") == b"bytes"


async def test_a_bucket_that_may_not_be_made_is_asked_for_again_until_it_may(
    own_mind: type[OwnMind], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "PAUSE", 0.1)
    monkeypatch.setenv("SONGJIAO_S3_BUCKET", "forbidden")
    own_mind.forbidden = True
    async with open_connections() as ground:
        app = FastAPI()
        app.state.connections = ground
        async with furnished(WebSettings(public_url=OURS))(app), asyncio.timeout(20):
            await asyncio.sleep(0.5)
            own_mind.forbidden = False
            while not await asyncio.to_thread(ground.store._inside.bucket_exists, "forbidden"):
                await asyncio.sleep(0.05)
