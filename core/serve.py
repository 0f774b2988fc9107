"""Runs one ASGI app under uvicorn, with the words for a taken port and, if the settings say so, https."""

import gc
import socket

import uvicorn
from starlette.types import ASGIApp

from core import logs
from core.embedded.ports import bind
from core.errors import StartError
from core.settings import TlsSettings, load

LARGEST_MESSAGE = 65_536
"""Bytes of one WebSocket message from outside."""


class Server(uvicorn.Server):
    """Writes the last log lines: after its shutdown uvicorn lets the signal end the process as if nobody had caught
    it."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        logs.drain()


def serve(app: ASGIApp, host: str, port: int, option: str, trusted_proxies: list[str] | None = None) -> None:
    """Until SIGINT or SIGTERM. `option` names the port's setting. Raises StartError."""
    with bind(host, port, option) as own:
        _spare_the_collector()
        server = Server(configuration(app, trusted_proxies))
        server.run(sockets=[own])
    if not server.started:
        raise StartError("the process could not start; the lines above say why.")


def configuration(app: ASGIApp, trusted_proxies: list[str] | None = None) -> uvicorn.Config:
    tls = load(TlsSettings)
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies or None,
        server_header=False,
        ws_max_size=LARGEST_MESSAGE,
        ws_per_message_deflate=False,  # small messages: a compressor costs more memory than it saves
        timeout_graceful_shutdown=2,
        ssl_certfile=tls.tls_certificate,
        ssl_keyfile=tls.tls_key,
    )


def _spare_the_collector() -> None:
    """What is there now stays for the life of the process, so the garbage collector need not walk through it each time
    that a list of a few thousand values makes it run: a fifth of such a request's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
