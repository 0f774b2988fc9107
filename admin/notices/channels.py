"""The ways out of the house: mail, an SMS gateway, the group robots of 企业微信 and 钉钉. Each is one function behind
`Channel`; a way that is not configured is not there. Every message carries a key, the same on each try, so that a
receiver that heeds it (the mail's Message-ID, the gateway's Idempotency-Key) never shows a message twice."""

import asyncio
import base64
import hashlib
import hmac
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Protocol
from urllib.parse import quote

import httpx

from core.clock import timestamp
from core.settings import NoticeSettings
from core.trust import trusted

PATIENCE = 10.0
"""Seconds for one message."""


@dataclass(frozen=True)
class Message:
    key: str
    to: str
    """A mail address or a mobile number."""
    subject: str
    body: str


class Refused(Exception):
    """The receiver did not take it; what it said is for the outbox's table."""


class Channel(Protocol):
    async def __call__(self, message: Message) -> None:
        """Returns when the receiver has accepted it. Raises Refused, OSError, smtplib or httpx errors."""


Channels = Mapping[str, Channel]
FAILURES = (Refused, OSError, smtplib.SMTPException, httpx.HTTPError, TimeoutError)


def channels(settings: NoticeSettings) -> Channels:
    found: dict[str, Channel] = {}
    if settings.smtp_host:
        found["mail"] = _Mail(settings)
    if settings.sms_url:
        found["sms"] = _Sms(settings.sms_url, settings.sms_key or "")
    if settings.wecom_url:
        found["wecom"] = _WeCom(settings.wecom_url)
    if settings.dingtalk_url:
        found["dingtalk"] = _DingTalk(settings.dingtalk_url, settings.dingtalk_secret)
    return found


@dataclass(frozen=True)
class _Mail:
    settings: NoticeSettings

    async def __call__(self, message: Message) -> None:
        await asyncio.to_thread(self._send, message)

    def _send(self, message: Message) -> None:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = self.settings.mail_from, message.to, message.subject
        mail["Message-ID"] = f"<{message.key}@{self.settings.mail_from.rpartition('@')[2]}>"
        mail.set_content(message.body)
        with smtplib.SMTP(self.settings.smtp_host or "", self.settings.smtp_port, timeout=PATIENCE) as server:
            if self.settings.smtp_user:
                server.starttls(context=ssl.create_default_context())
                server.login(self.settings.smtp_user, self.settings.smtp_password or "")
            server.send_message(mail)


@dataclass(frozen=True)
class _Sms:
    """A gateway that takes `{"to", "text"}`; the key goes as Idempotency-Key."""

    url: str
    secret: str

    async def __call__(self, message: Message) -> None:
        headers = {"Idempotency-Key": message.key, "Authorization": f"Bearer {self.secret}"}
        await _post(self.url, {"to": message.to, "text": message.body}, headers)


@dataclass(frozen=True)
class _WeCom:
    """企业微信群机器人: the message mentions whoever has the mobile number."""

    url: str

    async def __call__(self, message: Message) -> None:
        text = {"content": f"{message.subject}\n{message.body}", "mentioned_mobile_list": [message.to]}
        _must_be_zero(await _post(self.url, {"msgtype": "text", "text": text}, {}))


@dataclass(frozen=True)
class _DingTalk:
    """钉钉群机器人; with a secret the address is signed by HMAC-SHA256 of the time in ms and the secret."""

    url: str
    secret: str | None

    async def __call__(self, message: Message) -> None:
        text = {"content": f"{message.subject}\n{message.body}"}
        at = {"atMobiles": [message.to], "isAtAll": False}
        _must_be_zero(await _post(self.url + self._signature(), {"msgtype": "text", "text": text, "at": at}, {}))

    def _signature(self) -> str:
        if not self.secret:
            return ""
        at = str(round(timestamp() * 1000))
        digest = hmac.new(self.secret.encode(), f"{at}\n{self.secret}".encode(), hashlib.sha256).digest()
        return f"&timestamp={at}&sign={quote(base64.b64encode(digest), safe='')}"


async def _post(url: str, body: dict[str, object], headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(timeout=PATIENCE, verify=trusted()) as client:
        answer = await client.post(url, json=body, headers=headers)
    if answer.status_code >= 400:
        raise Refused(f"status {answer.status_code}")
    return answer


def _must_be_zero(answer: httpx.Response) -> None:
    """Both robots answer 200 with `errcode`, which is 0 only when the message was taken."""
    try:
        code = answer.json().get("errcode")
    except (ValueError, AttributeError):
        raise Refused("no JSON") from None
    if code != 0:
        raise Refused(f"errcode {code}")
