"""Deny by default, held against every route of the built app: without sign-in 401, without the right 403."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

import songjiao
from admin.rights import RIGHTS_OF, Right, Role
from admin.who import Requirement
from tests.admin.cast import Desk, demo_environment, demo_template, desk

__all__ = ["demo_environment", "demo_template", "desk"]

OPEN = {
    ("GET", "/api/health"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/docs"),
    ("GET", "/api/docs.css"),
    ("GET", "/metrics"),
    ("POST", "/api/sessions"),
    ("POST", "/api/pairings"),
    ("POST", "/api/invitations/tickets"),
    ("GET", "/api/identity"),
    ("POST", "/api/identity/requests"),
    ("POST", "/api/identity/sessions"),
    ("GET", "/api/pairings/{pairing_id}"),
    ("GET", "/api/calendars/{secret}"),
    ("GET", "/api/oai"),
    ("POST", "/api/oai"),
    ("GET", "/{path:path}"),
}
"""What answers without sign-in: the contract's list, and the pages themselves, which hold no data."""

ACCOUNTS: dict[Role, str] = {
    "admin": "admin",
    "bureau": "bureau",
    "teacher": "teacher",
    "assistant": "village",
    "student": "student",
    "demo_teacher": "demo-teacher",
    "hospital": "hospital",
    "insurer": "insurer",
    "police": "police",
    "guardian": "guardian",
    "gateway": "gateway",
    "security": "security",
    "auditor": "auditor",
}


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    right: Right | None

    @property
    def address(self) -> str:
        return re.sub(r"\{[^}]+\}", str(UUID(int=7)), self.path)


def doors() -> Iterator[Door]:
    for context in iter_route_contexts(songjiao.build_web().routes):
        route: Any = context.original_route
        methods = (context.methods or set()) - {"HEAD", "OPTIONS"}
        right = _right(route.dependant) if isinstance(route, APIRoute) else None
        for method in sorted(methods):
            yield Door(method, str(context.path), right)


def _right(dependant: Dependant) -> Right | None:
    if isinstance(dependant.call, Requirement):
        return dependant.call.right
    return next((right for one in dependant.dependencies if (right := _right(one))), None)


DOORS = list(doors())


def test_the_walk_finds_the_routes() -> None:
    assert len(DOORS) > 20
    assert ("POST", "/api/lessons/{lesson_id}/ticket") in {(door.method, door.path) for door in DOORS}


def test_every_route_asks_for_a_right_or_is_on_the_list_of_open_ones() -> None:
    unguarded = {(door.method, door.path) for door in DOORS if door.right is None}
    assert unguarded <= OPEN
    assert not {(door.method, door.path) for door in DOORS if door.right} & OPEN


async def test_without_sign_in_every_guarded_route_answers_401(desk: Desk) -> None:
    client = await desk(None)
    nonsense = ({"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"})
    for number, door in enumerate(DOORS):
        if door.right:
            for headers in ({}, nonsense[number % 2]):
                answer = await client.request(door.method, door.address, json={}, headers=headers)
                assert answer.status_code == 401, door
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("role", ACCOUNTS)
async def test_a_role_without_the_right_is_refused(desk: Desk, role: Role) -> None:
    client = await desk(ACCOUNTS[role])
    for door in DOORS:
        if door.right and door.right not in RIGHTS_OF[role]:
            answer = await client.request(door.method, door.address, json={})
            assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed"), (role, door)


@pytest.mark.parametrize("role", ACCOUNTS)
async def test_a_role_with_the_right_comes_past_the_door(desk: Desk, role: Role) -> None:
    client = await desk(ACCOUNTS[role])
    for door in DOORS:
        # signing out would end the test's own session
        if door.right in RIGHTS_OF[role] and (door.method, door.path) != ("DELETE", "/api/sessions/current"):
            answer = await client.request(door.method, door.address, json={})
            assert answer.status_code not in (401, 500), (role, door)
            assert answer.status_code != 403 or answer.json()["code"] != "not-allowed", (role, door)
