"""The three services together: which of them are embedded, and the variables by which all other processes find them."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from core.embedded import postgres, s3, valkey
from core.embedded.ports import free_port
from core.embedded.program import Program
from core.settings import DatabaseSettings, RedisSettings, StoreSettings, load

ADDRESSES = "addresses.json"


@dataclass(frozen=True)
class Services:
    """`programs` are to be started; `environment` joins that of every process of the house."""

    programs: list[Program]
    environment: dict[str, str]
    directory: Path

    @property
    def database_is_embedded(self) -> bool:
        return any(one.name == "postgres" for one in self.programs)


def plan(data: Path) -> Services:
    """An address that the environment gives is used as it is; a missing one means embedded, under `data`."""
    programs: list[Program] = []
    environment: dict[str, str] = {}
    keys = _keys(data / "services.json")
    if not load(DatabaseSettings).database_url:
        programs.append(postgres.program(data / "postgres"))
        environment["SONGJIAO_DATABASE_URL"] = postgres.url(data / "postgres")
    if not load(RedisSettings).redis_url:
        port = free_port()
        programs.append(valkey.program(data / "valkey", port, keys["valkey"]))
        environment["SONGJIAO_REDIS_URL"] = valkey.url(port, keys["valkey"])
    if not load(StoreSettings).s3_endpoint:
        port = s3.free_s3_port()
        programs.append(s3.program(data / "s3", port, keys["s3_access"], keys["s3_secret"]))
        environment["SONGJIAO_S3_ENDPOINT"] = f"http://127.0.0.1:{port}"
        environment["SONGJIAO_S3_ACCESS_KEY"] = keys["s3_access"]
        environment["SONGJIAO_S3_SECRET_KEY"] = keys["s3_secret"]
    return Services(programs, environment, data)


def prepare(services: Services) -> None:
    """What must be done once before the first start."""
    if services.database_is_embedded:
        postgres.prepare(services.directory / "postgres")


def note_addresses(services: Services) -> None:
    """For commands that come while the house runs, such as a backup."""
    _private(services.directory / ADDRESSES, services.environment)


def noted_addresses(data: Path) -> dict[str, str]:
    """Of the house that runs on this folder, or that ran last."""
    kept: dict[str, str] = json.loads((data / ADDRESSES).read_text(encoding="utf-8"))
    return kept


def _private(file: Path, content: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(content), encoding="utf-8")


def _keys(file: Path) -> dict[str, str]:
    """Made once and kept, so that a restart finds the same store."""
    if not file.exists():
        _private(file, {name: secrets.token_hex(16) for name in ("valkey", "s3_access", "s3_secret")})
    kept: dict[str, str] = json.loads(file.read_text())
    return kept
