"""Notices leave the house by real receivers: an SMTP server (aiosmtpd) and an HTTP server on free ports."""

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

from aiosmtpd.controller import Controller
from sqlalchemy import select

from admin import seed
from admin.notices.channels import channels
from admin.notices.models import Notice, Outgoing
from admin.notices.outbox import PAUSES, after_refusal, send_next, tell
from core.embedded.ports import free_port
from core.settings import NoticeSettings
from tests.admin.cast import Desk

VALUES = {"place": "云头教学点", "room": "三年级", "kind_zh": "没有声音", "kind_en": "no sound", "due": "10:40"}


class Mails:
    def __init__(self) -> None:
        self.found: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.found.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[tuple[Mails, NoticeSettings]]:
    mails = Mails()
    server = Controller(mails, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        yield mails, NoticeSettings(smtp_host="127.0.0.1", smtp_port=server.port, mail_from="house@example.org")
    finally:
        server.stop()


class Receiver(ThreadingHTTPServer):
    """Answers what it is told to, and keeps what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.came: list[tuple[str, dict[str, str], Any]] = []
        self.answers: list[tuple[int, dict[str, int]]] = []


class _Answer(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.came.append((self.path, dict(self.headers.items()), body))
        status, said = self.server.answers.pop(0) if self.server.answers else (200, {"errcode": 0})
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_: Any) -> None:
        return None


@contextmanager
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def url_of(server: Receiver) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


async def told(desk: Desk, ways: dict[str, str], who: str = "bureau") -> None:
    assert (await (await desk(who)).put("/api/notices/ways", json={"ways": ways})).status_code == 204
    async with desk.ground.transaction() as session:
        await tell(session, [seed.person(who)], "ticket.opened", VALUES, "/tickets/1", datetime.now(UTC))


async def send_all(desk: Desk, settings: NoticeSettings, moment: datetime | None = None) -> int:
    ways, sent = channels(settings), 0
    while True:
        async with desk.ground.transaction() as session:
            if not await send_next(session, ways, moment or datetime.now(UTC)):
                return sent
            sent += 1


async def test_a_mail_arrives_once_in_the_readers_language_though_two_workers_send(desk: Desk) -> None:
    with mail_server() as (mails, settings):
        await told(desk, {"mail": "yang@example.org"})
        await asyncio.gather(*[send_all(desk, settings) for _ in range(4)])
        assert await send_all(desk, settings, datetime.now(UTC) + timedelta(days=9)) == 0
        [(to, mail)] = mails.found
    assert to == ["yang@example.org"]
    assert mail["Subject"] == "云头教学点报故障：没有声音"
    assert "10:40" in mail.get_content()
    assert mail["Message-ID"].endswith("@example.org>")


async def test_a_refused_message_is_kept_and_sent_again_with_the_same_key(desk: Desk, session: Any) -> None:
    with receiver() as gateway:
        gateway.answers = [(503, {}), (200, {})]
        settings = NoticeSettings(sms_url=url_of(gateway), sms_key="k")
        await told(desk, {"sms": "13800000000"})
        moment = datetime.now(UTC)
        assert await send_all(desk, settings, moment) == 1
        assert await send_all(desk, settings, moment + PAUSES[0] - timedelta(seconds=1)) == 0
        assert await send_all(desk, settings, moment + PAUSES[0] + timedelta(seconds=1)) == 1
        keys = [headers["Idempotency-Key"] for _, headers, _ in gateway.came]
    assert len(keys) == 2
    assert keys[0] == keys[1]
    [row] = await session.scalars(select(Outgoing))
    assert (row.tries, row.next_at, row.said) == (2, None, "")
    assert row.sent_at is not None


async def test_a_receiver_that_hangs_up_loses_nothing(desk: Desk, session: Any) -> None:
    await told(desk, {"sms": "13800000000"})
    settings = NoticeSettings(sms_url=f"http://127.0.0.1:{free_port()}")
    await send_all(desk, settings)
    [row] = await session.scalars(select(Outgoing))
    assert row.said.startswith("ConnectError")
    assert row.next_at is not None


async def test_the_robots_of_wecom_and_dingtalk_get_what_they_read_and_their_no_is_heard(desk: Desk) -> None:
    with receiver() as robots:
        robots.answers = [(200, {"errcode": 93000}), (200, {"errcode": 93000})]
        hook = f"{url_of(robots)}/send?key=1"
        settings = NoticeSettings(wecom_url=hook, dingtalk_url=hook, dingtalk_secret="SEC1")
        await told(desk, {"wecom": "13800000000", "dingtalk": "13900000000"})
        moment = datetime.now(UTC)
        assert await send_all(desk, settings, moment) == 2
        assert await send_all(desk, settings, moment + timedelta(minutes=1)) == 2
        came = {path.count("sign"): (path, body) for path, _, body in robots.came[2:]}
    assert came[0][1]["text"]["mentioned_mobile_list"] == ["13800000000"]
    path, body = came[1]
    assert body["at"]["atMobiles"] == ["13900000000"]
    asked = parse_qs(urlparse(path).query)
    signed = f"{asked['timestamp'][0]}\nSEC1".encode()
    assert asked["sign"][0] == base64.b64encode(hmac.new(b"SEC1", signed, hashlib.sha256).digest()).decode()


async def test_a_notice_without_its_cause_is_not_there(desk: Desk, session: Any) -> None:
    """Both stand in one transaction: what is rolled back was never told."""
    await tell(session, [seed.person("bureau")], "ticket.opened", VALUES, "/tickets/1", datetime.now(UTC))
    await session.rollback()
    assert await session.scalar(select(Notice.id)) is None


async def test_one_reads_ones_own_notices_only(desk: Desk) -> None:
    await told(desk, {})
    mine = (await (await desk("bureau")).get("/api/notices")).json()["items"]
    assert (mine[0]["subject_en"], mine[0]["read"]) == ("云头教学点 reports: no sound", False)
    assert (await (await desk("teacher")).post(f"/api/notices/{mine[0]['id']}/read")).status_code == 204
    assert (await (await desk("bureau")).get("/api/notices/unread")).json() == 1
    assert (await (await desk("bureau")).post(f"/api/notices/{mine[0]['id']}/read")).status_code == 204
    assert (await (await desk("bureau")).get("/api/notices/unread")).json() == 0
    wrong = await (await desk("bureau")).put("/api/notices/ways", json={"ways": {"mail": "a b@c"}})
    assert wrong.status_code == 422


def test_after_the_last_pause_a_message_is_given_up() -> None:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    times = [after_refusal(tries, moment) for tries in range(1, len(PAUSES) + 2)]
    assert times[-1] is None
    assert all(one is not None for one in times[:-1])
