"""The browser is told to load, connect and frame nothing but ours."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


def policy(connect: Iterable[str]) -> str:
    """A Content-Security-Policy; `connect` holds the origins besides our own that pages talk to (relays, the store)."""
    others = " ".join(dict.fromkeys(connect))
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: blob: {others}".strip(),
            "font-src 'self'",
            f"media-src 'self' blob: {others}".strip(),
            f"connect-src 'self' {others}".strip(),
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def sockets(origins: Iterable[str]) -> list[str]:
    """The same origins for WebSockets: older browsers do not count them as 'self'."""
    return ["ws" + origin.removeprefix("http") for origin in origins]


class SecurityHeaders:
    """ASGI middleware. A header that the app has set itself stays."""

    def __init__(self, app: ASGIApp, connect: list[str], secure: bool) -> None:
        self.app = app
        headers = {
            "content-security-policy": policy(connect),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
            "screen-wake-lock=(self), autoplay=(self), geolocation=(), payment=(), usb=()",
        }
        if secure:
            headers["strict-transport-security"] = "max-age=31536000"
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self._headers if one[0] not in own)]
            await send(message)

        await self.app(scope, receive, guarded)
