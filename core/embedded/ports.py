"""Ports: free ones for embedded services, and a clear word when a wanted one is taken."""

import errno
import random
import socket

from core.errors import StartError

# Below the ports that the kernel gives to callers (ip_local_port_range): there a caller's own end could take the port
# first, or a probe of the still closed port could meet itself.
LOWEST, FIRST_EPHEMERAL = 10_000, 32_768

_given: set[int] = set()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM, twin: int = 0) -> int:
    """A port on loopback that nobody uses now, nor was given before by this process; one for UDP is free for TCP too,
    for the relay uses both. With `twin`, the port that many higher is free too."""
    kinds = {kind, socket.SOCK_STREAM}
    while True:
        port = random.randrange(LOWEST, FIRST_EPHEMERAL - twin)
        wanted = {port, port + twin}
        if not wanted & _given and all(_is_free(one, each) for one in wanted for each in kinds):
            _given.update(wanted)
            return port


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def bind(host: str, port: int, option: str) -> socket.socket:
    """A bound TCP socket, not yet listening, for uvicorn. `option` ("--port") names the setting for the StartError."""
    return _bound(host, port, option, socket.SOCK_STREAM)


def check(host: str, port: int, option: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> None:
    """Raises StartError when the port cannot be bound now."""
    _bound(host, port, option, kind).close()


def _bound(host: str, port: int, option: str, kind: socket.SocketKind) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror:
        raise StartError(f"{host} is not an address of this machine; give another with --host.") from None
    bound = socket.socket(family, kind)
    try:
        if kind == socket.SOCK_STREAM:
            # A port in TIME_WAIT after a restart counts as free.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise StartError(_reason(host, port, option, kind, error)) from None
    return bound


def _reason(host: str, port: int, option: str, kind: socket.SocketKind, error: OSError) -> str:
    transport = "TCP" if kind == socket.SOCK_STREAM else "UDP"
    if error.errno == errno.EADDRINUSE:
        return f"{transport} port {port} on {host} is taken by another program; choose another with {option}."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine; give another with --host."
    return f"{transport} port {port} on {host} cannot be opened ({error.strerror}); choose another with {option}."
