"""Opens the one media port: one UDP socket for each advertised address, all with the same port number.

A socket for each address makes answers leave from the address that was asked. An address that is not this machine's
(a public one in front of a NAT) is served by the wildcard of its family.
"""

import errno
import ipaddress
import socket

import structlog

from core.errors import StartError

BUFFER = 8 * 1024 * 1024
"""Bytes asked for each direction: 500 viewers × one 1.1 KB packet is 2.6 times the kernel's usual 208 KiB."""
TRIES = 20

log = structlog.get_logger()


def open_sockets(addresses: list[str], port: int) -> list[socket.socket]:
    """Port 0 takes any that is free for all. Raises StartError with one sentence."""
    hosts = _hosts([_checked(address) for address in addresses])
    for _ in range(TRIES):
        opened: list[socket.socket] = []
        try:
            for host in hosts:
                opened.append(_bound(host, opened[0].getsockname()[1] if opened else port))
        except OSError as error:
            for one in opened:
                one.close()
            if port or error.errno != errno.EADDRINUSE:
                raise StartError(_sentence(host, port, error)) from None
            continue
        _say_if_capped(opened[0])
        return opened
    raise StartError("No UDP port is free on all of SONGJIAO_MEDIA_ADDRESSES.")


def _checked(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        raise StartError(f"SONGJIAO_MEDIA_ADDRESSES names {address!r}, which is not an IP address.") from None


def _hosts(addresses: list[str]) -> list[str]:
    if not addresses:
        raise StartError("SONGJIAO_MEDIA_ADDRESSES is empty: name at least one IP address that browsers can reach.")
    hosts: list[str] = []
    for wildcard in ("0.0.0.0", "::"):  # noqa: S104  # only for addresses that are advertised on purpose
        family = [a for a in dict.fromkeys(addresses) if (":" in a) == (":" in wildcard)]
        hosts += family if all(_is_local(a) for a in family) else [wildcard]
    return hosts


def _is_local(address: str) -> bool:
    try:
        with socket.socket(_family(address), socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _bound(host: str, port: int) -> socket.socket:
    one = socket.socket(_family(host), socket.SOCK_DGRAM)
    try:
        one.setblocking(False)
        if one.family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            one.setsockopt(socket.SOL_SOCKET, option, BUFFER)
        one.bind((host, port))
    except OSError:
        one.close()
        raise
    return one


def _say_if_capped(one: socket.socket) -> None:
    # Linux reports twice what it granted (socket(7)).
    sizes = {name: one.getsockopt(socket.SOL_SOCKET, getattr(socket, name)) // 2 for name in ("SO_SNDBUF", "SO_RCVBUF")}
    if min(sizes.values()) < BUFFER:
        advice = f"raise net.core.wmem_max and net.core.rmem_max to {BUFFER} for hundreds of viewers"
        log.warning("socket_buffers_capped", send=sizes["SO_SNDBUF"], receive=sizes["SO_RCVBUF"], advice=advice)


def _sentence(host: str, port: int, error: OSError) -> str:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return f"The media port UDP {where} is taken by another program; choose another with SONGJIAO_MEDIA_PORT."
    return f"The media port UDP {where} cannot be opened: {error.strerror}."
