"""Every request has an id: in each log line, in problem documents, and back in the answer."""

import re

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.ids import new_id

HEADER = b"x-request-id"
# An id from outside is taken over only when it cannot forge a log line.
ACCEPTED = re.compile(rb"[A-Za-z0-9._-]{8,64}")


class RequestId:
    """ASGI middleware; sets `scope["request_id"]`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        identity = _given(scope) or new_id().hex
        scope["request_id"] = identity

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (HEADER, identity.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request=identity):
            await self.app(scope, receive, tagged)


def _given(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == HEADER and ACCEPTED.fullmatch(value):
            return bytes(value).decode()
    return None
