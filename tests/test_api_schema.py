"""Generated requests against the whole API, signed in as the administrator: nothing ends in a 500, and every answer is
one that the OpenAPI document announces."""

import asyncio
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import songjiao
from core.embedded.ports import free_port
from tests.admin.cast import demo_template

__all__ = ["demo_template"]

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
START_SECONDS = 30
DOCUMENT = songjiao.build_web().openapi()
LEFT_OUT = {("delete", "/api/sessions/current"), ("get", "/api/health"), ("get", "/metrics")}
"""Signing out would end the tests' own session; health asks for relays and workers, which do not run here."""
OPERATIONS = [
    (method, path)
    for path, operations in DOCUMENT["paths"].items()
    for method in operations
    if (method, path) not in LEFT_OUT
]


@dataclass(frozen=True)
class Api:
    schema: Any
    headers: dict[str, str]


@pytest.fixture(scope="module")
def api(services: Any, demo_template: str) -> Iterator[Api]:
    """The web app on a port, for schemathesis speaks HTTP."""
    name = f"schema_{secrets.token_hex(6)}"
    with psycopg.connect(services.database("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {demo_template}")
    with pytest.MonkeyPatch.context() as patch:
        values = {"SONGJIAO_DATABASE_URL": services.database(name), "SONGJIAO_SECRET_KEY": secrets.token_hex(16)}
        for variable, value in {**services.environment, **values}.items():
            patch.setenv(variable, value)
        with serving() as url:
            yield signed_in(url)


@contextmanager
def serving() -> Iterator[str]:
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(songjiao.build_web(), port=port, log_level="warning"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def signed_in(url: str) -> Api:
    answer = httpx.post(f"{url}/api/sessions", json={"username": "admin", "password": "songjiao-demo"}, timeout=30)
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    schema.config.update(base_url=url)
    return Api(schema, headers)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_the_document_announces(api: Api, method: str, path: str) -> None:
    @settings(
        max_examples=5,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(api.schema[path][method].as_strategy())
    def check(case: Any) -> None:
        case.call_and_validate(checks=CHECKS, headers=api.headers, timeout=30)

    check()
