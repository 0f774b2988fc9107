"""docker-compose.yml says what the code can do: the schema, the variables, the commands and the health checks."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml

from core.embedded.ports import free_port
from core.settings import known_variables
from tests.conftest import RunningServices

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: one for name, one in COMPOSE["services"].items() if one["image"].startswith("songjiao:")}
DOTENV = {"SONGJIAO_DOMAIN": "songjiao.test", "SONGJIAO_MEDIA_ADDRESSES": "127.0.0.1"}
SECONDS = 60


def test_it_follows_the_compose_schema() -> None:
    schema = json.loads(files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text())
    jsonschema.validate(COMPOSE, schema)


def test_each_of_its_variables_is_a_setting() -> None:
    used = {name for service in OURS.values() for name in service["environment"]}
    assert used <= known_variables()


def test_every_part_of_the_system_is_in_it() -> None:
    assert {"web", "relay-1", "relay-2", "recorder", "worker", "beat", "migrate"} == set(OURS)
    assert {"postgres", "valkey", "minio", "clamav", "coturn", "caddy"} == set(COMPOSE["services"]) - set(OURS)
    assert COMPOSE["services"]["minio"]["image"] == "minio/minio:RELEASE.2025-09-07T16-13-09Z"


@pytest.mark.parametrize("name", sorted(set(COMPOSE["services"]) - {"migrate"}))
def test_each_lasting_service_has_a_health_check(name: str) -> None:
    assert COMPOSE["services"][name]["healthcheck"]["test"]


def test_a_relay_is_told_no_database_and_no_key_that_mints_tickets() -> None:
    for name in ("relay-1", "relay-2"):
        assert set(OURS[name]["secrets"]) == {"ticket_public_key", "redis_url"}
        assert not {one for one in OURS[name]["environment"] if "DATABASE" in one or "S3" in one or "SECRET_KEY" in one}


def test_each_secret_has_a_file_that_the_script_makes(secrets: Path) -> None:
    assert {one.name for one in secrets.iterdir()} == set(COMPOSE["secrets"])
    assert all(one["file"] == f"deploy/secrets/{name}" for name, one in COMPOSE["secrets"].items())
    mounted = {
        Path(value).name for one in OURS.values() for value in one["environment"].values() if "/run/" in str(value)
    }
    assert mounted <= set(COMPOSE["secrets"])


def test_caddy_knows_each_public_address() -> None:
    sites = re.findall(r"^(\S+) \{$", (ROOT / "deploy" / "Caddyfile").read_text(), re.MULTILINE)
    public = {
        urlsplit(str(value)).hostname for value in _environment("web").values() if str(value).startswith("https://")
    }
    relays = {urlsplit(one.partition("=")[2]).hostname for one in _environment("web")["SONGJIAO_RELAYS"].split(",")}
    assert {site.replace("{$SONGJIAO_DOMAIN}", "songjiao.test") for site in sites} == public | relays - {None}


@pytest.mark.timeout(180)
def test_its_commands_start_and_its_health_checks_pass(
    secrets: Path, services: RunningServices, database_url: str, redis_url: str, tmp_path: Path
) -> None:
    (secrets / "database_url").write_text(database_url)
    (secrets / "redis_url").write_text(redis_url)
    (secrets / "s3_access_key").write_text(services.environment["SONGJIAO_S3_ACCESS_KEY"])
    (secrets / "s3_secret_key").write_text(services.environment["SONGJIAO_S3_SECRET_KEY"])
    told = {name: _here(name, secrets, services, tmp_path) for name in OURS}
    assert subprocess.run(_command("migrate"), cwd=ROOT, env=told["migrate"]).returncode == 0
    lasting = [name for name in OURS if name != "migrate"]
    running = {name: subprocess.Popen(_command(name), cwd=ROOT, env=told[name]) for name in lasting}
    try:
        for name in lasting:
            _wait_until_healthy(name, told[name], running[name])
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait(20)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Made by the script as an administrator would make them."""
    deploy = tmp_path / "deploy"
    deploy.mkdir()
    script = shutil.copy(ROOT / "deploy" / "make-secrets.sh", deploy)
    ours = {**os.environ, "SONGJIAO": f"{sys.executable} -m songjiao", "PYTHONPATH": str(ROOT)}
    subprocess.run(["sh", str(script)], check=True, env=ours)
    return deploy / "secrets"


def _environment(name: str) -> dict[str, str]:
    """As Compose would hand it over, with the example's values for ${…}."""
    return {
        key: re.sub(r"\$\{(\w+)[^}]*\}", lambda found: DOTENV[found[1]], str(value))
        for key, value in OURS[name]["environment"].items()
    }


def _here(name: str, secrets: Path, services: RunningServices, data: Path) -> dict[str, str]:
    """The service's own environment, with this machine's files, addresses and free ports."""
    clean = {key: value for key, value in os.environ.items() if key not in known_variables()}
    given = {key: value.replace("/run/secrets", str(secrets)) for key, value in _environment(name).items()}
    store = services.environment["SONGJIAO_S3_ENDPOINT"]
    changed = {"SONGJIAO_S3_ENDPOINT": store} if "SONGJIAO_S3_ENDPOINT" in given else {}
    port = {"SONGJIAO_RELAY_PORT" if name.startswith("relay") else "SONGJIAO_PORT": str(free_port())}
    port |= {"SONGJIAO_RECORDER_PORT": str(free_port())} if name == "recorder" else {}
    media = {"SONGJIAO_MEDIA_PORT": str(free_port(socket.SOCK_DGRAM))} if name.startswith("relay") else {}
    return {**clean, **given, **changed, **port, **media, "SONGJIAO_DATA": str(data)}


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "songjiao", *OURS[name]["command"]]


def _wait_until_healthy(name: str, told: dict[str, str], process: "subprocess.Popen[bytes]") -> None:
    check = [sys.executable, *OURS[name]["healthcheck"]["test"][2:]]
    port = told.get("SONGJIAO_PORT") or told["SONGJIAO_RELAY_PORT"]
    command = [re.sub(r":(8000|8001)/", f":{port}/", part) for part in check]
    deadline = time.monotonic() + SECONDS
    while subprocess.run(command, cwd=ROOT, env=told).returncode:
        assert process.poll() is None, f"{name} ended with {process.returncode}"
        assert time.monotonic() < deadline, f"{name} is not healthy"
        time.sleep(0.5)
