"""The whole house on one machine: its addresses, and what each of its processes is told. Decides, starts nothing."""

import ipaddress
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ifaddr

from core import large_pages, service_keys
from core.clock import timestamp
from core.embedded.ports import free_port
from core.embedded.program import Program, accepts
from core.service_keys import ServiceKey
from core.settings import DataSettings, RelaySettings, WebSettings, bracketed
from core.tickets import TicketSigner

# What a relay must not hold: with it, whoever steals the relay could mint tickets or read the database.
NOT_FOR_RELAYS = (
    "SONGJIAO_DATABASE_URL",
    "SONGJIAO_SECRET_KEY",
    "SONGJIAO_SECRET_KEY_FILE",
    "SONGJIAO_SEALING_KEY",
    "SONGJIAO_SEALING_KEY_FILE",
    "SONGJIAO_S3_ACCESS_KEY",
    "SONGJIAO_S3_SECRET_KEY",
)

SERVICE_KEY_SECONDS = 400 * 86400.0
"""A house runs no longer than this without a start."""


@dataclass(frozen=True)
class House:
    """Where users find it. `names` are the hosts under which this machine is reached, the best one first."""

    data: Path
    demo: bool
    host: str
    port: int
    relay_name: str
    relay_port: int
    media_port: int
    media_addresses: list[str]
    names: list[str]
    secure: bool
    url: str
    relay_url: str

    @property
    def origins(self) -> list[str]:
        return [f"{self._scheme}://{bracketed(name)}:{self.port}" for name in self.names]

    @property
    def here(self) -> str:
        """The address by which this machine itself asks the web process."""
        return f"{self._scheme}://{bracketed(local(self.host))}:{self.port}"

    @property
    def _scheme(self) -> str:
        return "https" if self.secure else "http"


def plan(data: DataSettings, web: WebSettings, relay: RelaySettings) -> House:
    """Port 0 takes a free one. On loopback all stays plain http; elsewhere browsers give the camera to https only."""
    secure = not is_loopback(web.host)
    names = reachable(web.host)
    port, relay_port = web.port or free_port(), relay.port or free_port()
    scheme = "https" if secure else "http"
    given = "media_addresses" in relay.model_fields_set
    return House(
        data=data.data.resolve(),
        demo=data.demo,
        host=web.host,
        port=port,
        relay_name=relay.name,
        relay_port=relay_port,
        media_port=relay.media_port or free_port(socket.SOCK_DGRAM),
        media_addresses=relay.media_addresses if given or not secure else [one for one in names if is_address(one)],
        names=names,
        secure=secure,
        url=web.public_url or f"{scheme}://{bracketed(names[0])}:{port}",
        relay_url=relay.public_url or f"{scheme}://{bracketed(names[0])}:{relay_port}",
    )


def environment(house: House) -> dict[str, str]:
    """The variables that all processes of the house share."""
    return {
        "SONGJIAO_DATA": str(house.data),
        "SONGJIAO_DEMO": "true" if house.demo else "false",
        "SONGJIAO_HOST": house.host,
        "SONGJIAO_PORT": str(house.port),
        "SONGJIAO_PUBLIC_URL": house.url,
        "SONGJIAO_RELAYS": f"{house.relay_name}={house.relay_url}",
        "SONGJIAO_RELAY_NAME": house.relay_name,
        "SONGJIAO_RELAY_HOST": house.host,
        "SONGJIAO_RELAY_PORT": str(house.relay_port),
        "SONGJIAO_RELAY_PUBLIC_URL": house.relay_url,
        "SONGJIAO_MEDIA_PORT": str(house.media_port),
        "SONGJIAO_MEDIA_ADDRESSES": ",".join(house.media_addresses),
        "SONGJIAO_ORIGINS": ",".join([*_configured_origins(), *house.origins]),
        "PYTHONUNBUFFERED": "1",
    }


def programs(house: House, shared: dict[str, str], signer: TicketSigner) -> list[Program]:
    """The processes that serve: web, relay, recorder, worker and beat."""
    inside = local(house.host)
    relay = {**shared, **dict.fromkeys(NOT_FOR_RELAYS, ""), "SONGJIAO_TICKET_PUBLIC_KEY": signer.public_key}
    key = ServiceKey("recorder", timestamp() + SERVICE_KEY_SECONDS)
    recorder = {
        **relay,
        "SONGJIAO_RECORDER_HOST": "127.0.0.1",  # the web asks it, nobody else
        "SONGJIAO_SERVICE_KEY": service_keys.sign(signer, key),
    }
    return [
        _command("web", lambda: accepts(house.port, inside), shared),
        _command("relay", lambda: accepts(house.relay_port, inside), {**relay, **large_pages.ENVIRONMENT}),
        _command("recorder", lambda: True, recorder),
        _command("worker", lambda: True, shared, patient=True),
        _command("beat", lambda: True, shared, patient=True),
    ]


def demo_teacher(shared: dict[str, str]) -> Program:
    return _command("demo-teacher", lambda: True, shared)


def errand(name: str, shared: dict[str, str]) -> Program:
    """A command that does its work and ends."""
    return _command(name, lambda: True, shared)


def _command(name: str, answers: Callable[[], bool], shared: dict[str, str], *, patient: bool = False) -> Program:
    return Program(name, (sys.executable, "-m", "songjiao", name), answers, shared, patient=patient)


def is_loopback(host: str) -> bool:
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def local(host: str) -> str:
    """The address by which this machine reaches what is bound to `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def reachable(host: str) -> list[str]:
    """The hosts that people may write into their address bar for something bound to `host`."""
    if is_loopback(host):
        return list(dict.fromkeys([host, "localhost", "127.0.0.1"]))
    if host not in ("0.0.0.0", "::"):  # noqa: S104
        return [host]
    return [*machine_addresses(), socket.gethostname(), "localhost", "127.0.0.1"]


def machine_addresses() -> list[str]:
    """This machine's addresses without loopback and link-local, IPv4 first, for people type those."""
    found = [ip.ip if isinstance(ip.ip, str) else ip.ip[0] for one in ifaddr.get_adapters() for ip in one.ips]
    usable = [ipaddress.ip_address(one.partition("%")[0]) for one in found]
    good = [one for one in usable if not one.is_loopback and not one.is_link_local]
    return [str(one) for one in sorted(good, key=lambda one: one.version)]


def _configured_origins() -> list[str]:
    return [one for one in os.environ.get("SONGJIAO_ORIGINS", "").split(",") if one]
