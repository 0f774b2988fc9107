"""Making and changing schools, rooms, people and roles: what is refused, who may, and of two editors the second."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.models import SignIn
from core.audit import AuditEntry, opened, verify
from tests.admin.cast import Desk

QINGLONG = {"place": str(seed.place("changping")), "school": str(seed.place("changping-c"))}
XINGYI = str(seed.place("xyyx"))


async def sent(desk: Desk, who: str, method: str, address: str, body: Any, status: int) -> dict[str, Any]:
    answer = await (await desk(who)).request(method, f"/api/{address}", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def new_school(desk: Desk, who: str = "bureau-qinglong", status: int = 201, **changes: Any) -> dict[str, Any]:
    body = {"parent_id": QINGLONG["place"], "name": "新寨小学", "name_en": "Xinzhai Primary School"} | changes
    return await sent(desk, who, "POST", "schools", body, status)


async def new_room(desk: Desk, who: str = "bureau-qinglong", status: int = 201, **changes: Any) -> dict[str, Any]:
    body = {"school_id": QINGLONG["school"], "name": "六年级教室", "kind": "listening"} | changes
    return await sent(desk, who, "POST", "rooms", body, status)


def a_role(role: str = "teacher", place: str = QINGLONG["school"]) -> dict[str, str]:
    return {"role": role, "organisation_id": place}


async def new_person(desk: Desk, who: str = "bureau-qinglong", status: int = 201, **changes: Any) -> dict[str, Any]:
    body = {"name": "罗春梅", "username": "LuoChunmei", "password": "a long password", "roles": [a_role()]} | changes
    return await sent(desk, who, "POST", "people", body, status)


async def test_a_county_makes_a_school_a_room_in_it_and_a_teacher_who_signs_in(desk: Desk) -> None:
    school = await new_school(desk, identification="2152900777")
    assert (school["county"]["name"], school["township"]["name"]) == ("晴隆县", "长坪镇")
    room = await new_room(desk, school_id=school["id"])
    assert (room["school"]["name"], room["key"][:2]) == ("新寨小学", "R-")
    person = await new_person(desk, roles=[a_role(place=school["id"])])
    assert (person["username"], person["roles"][0]["organisation"]["name"]) == ("luochunmei", "新寨小学")
    await sent(desk, "", "POST", "sessions", {"username": "luochunmei", "password": "a long password"}, 201)


@pytest.mark.parametrize(
    ("what", "changes", "status", "code"),
    [
        ("school", {"parent_id": str(seed.place("xingyi"))}, 403, "not-your-place"),
        ("school", {"parent_id": str(seed.id_of("place", "nowhere"))}, 403, "not-your-place"),
        ("school", {"parent_id": str(seed.place("yuntou"))}, 422, "wrong-parent"),
        ("school", {"identification": "2152900101"}, 409, "identification-taken"),
        ("school", {"identification": "123"}, 422, "not-valid"),
        ("school", {"tier": "teaching_point", "identification": "2152900778"}, 422, "point-has-no-code"),
        ("school", {"model_from": "2026-09-01", "model_to": "2026-09-01"}, 422, "model-dates"),
        ("room", {"school_id": XINGYI}, 403, "not-your-place"),
        ("room", {"school_id": QINGLONG["place"]}, 422, "not-a-school"),
        ("room", {"name": "直录播教室"}, 409, "room-name-taken"),
        ("room", {"key": "ql-02-1"}, 409, "room-key-taken"),
        ("person", {"roles": [a_role(place=XINGYI)]}, 403, "not-your-place"),
        ("person", {"roles": [a_role("admin")]}, 403, "not-your-place"),
        ("person", {"username": "teacher"}, 409, "username-taken"),
        ("person", {"password": "short"}, 422, "not-valid"),
        ("person", {"username": None}, 422, "not-valid"),
        ("person", {"roles": []}, 422, "not-valid"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    desk: Desk, what: str, changes: dict[str, Any], status: int, code: str
) -> None:
    make = {"school": new_school, "room": new_room, "person": new_person}[what]
    problem = await make(desk, status=status, **changes)
    assert problem["code"] == code
    assert problem["detail_zh"]


async def test_of_two_editors_the_second_is_shown_both_versions(desk: Desk) -> None:
    room = await new_room(desk)
    address = f"rooms/{room['id']}"
    first = await sent(desk, "bureau", "PATCH", address, {"version": 1, "name": "科学教室"}, 200)
    assert (first["name"], first["version"]) == ("科学教室", 2)
    problem = await sent(desk, "bureau-qinglong", "PATCH", address, {"version": 1, "name": "音乐教室"}, 409)
    assert (problem["code"], problem["yours"]["name"]) == ("changed-meanwhile", "音乐教室")
    assert problem["theirs"] == first
    again = await sent(desk, "bureau-qinglong", "PATCH", address, {"version": 2, "kind": "interactive"}, 200)
    assert (again["name"], again["kind"], again["version"]) == ("科学教室", "interactive", 3)


async def test_a_school_becomes_a_model_school_and_is_one_no_more(desk: Desk) -> None:
    school = await new_school(desk)
    address = f"schools/{school['id']}"
    named = await sent(desk, "admin", "PATCH", address, {"version": 1, "model_from": "2020-09-01"}, 200)
    assert named["model_school"]
    over = await sent(desk, "admin", "PATCH", address, {"version": 2, "model_to": "2021-09-01"}, 200)
    assert not over["model_school"]
    never = await sent(desk, "admin", "PATCH", address, {"version": 3, "model_from": None, "model_to": None}, 200)
    assert (never["model_from"], never["name"]) == (None, "新寨小学")


async def test_a_new_password_and_a_disabled_account_sign_out_everywhere(desk: Desk, session: AsyncSession) -> None:
    person = await new_person(desk)
    credentials = {"username": "luochunmei", "password": "a long password"}
    await sent(desk, "", "POST", "sessions", credentials, 201)
    address = f"people/{person['id']}"
    await sent(desk, "bureau", "PATCH", address, {"version": 1, "password": "another password"}, 200)
    assert (await session.scalars(select(SignIn).where(SignIn.person_id == person["id"]))).all() == []
    await sent(desk, "", "POST", "sessions", credentials | {"password": "another password"}, 201)
    await sent(desk, "bureau", "PATCH", address, {"version": 2, "disabled": True}, 200)
    await sent(desk, "", "POST", "sessions", credentials | {"password": "another password"}, 401)
    await sent(desk, "bureau", "PATCH", address, {"version": 3, "name": "x"}, 404)


async def test_roles_are_given_and_taken_by_whoever_reaches_all_of_them(desk: Desk) -> None:
    person = await new_person(desk)
    address = f"people/{person['id']}"
    both = [a_role(), a_role("assistant", XINGYI)]
    given = await sent(desk, "bureau", "PATCH", address, {"version": 1, "roles": both}, 200)
    assert [role["role"] for role in given["roles"]] == ["teacher", "assistant"]
    refused = await sent(desk, "bureau-qinglong", "PATCH", address, {"version": 2, "roles": [a_role()]}, 403)
    assert refused["code"] == "not-your-place"
    taken = await sent(desk, "bureau", "PATCH", address, {"version": 2, "roles": [a_role()]}, 200)
    assert [role["role"] for role in taken["roles"]] == ["teacher"]


@pytest.mark.parametrize(
    ("who", "other", "body", "status", "code"),
    [
        ("bureau", "bureau", {"disabled": True}, 409, "not-yourself"),
        ("bureau", "bureau", {"roles": [a_role()]}, 409, "not-yourself"),
        ("bureau", "admin", {"password": "now it is mine"}, 404, "person-unknown"),
        ("bureau", "student", {"name": "x"}, 403, "not-your-place"),
        ("bureau", "liwenbo", {"disabled": True, "version": 9}, 409, "changed-meanwhile"),
    ],
)
async def test_nobody_changes_the_own_roles_or_somebody_above(
    desk: Desk, who: str, other: str, body: dict[str, Any], status: int, code: str
) -> None:
    problem = await sent(desk, who, "PATCH", f"people/{seed.person(other)}", {"version": 1} | body, status)
    assert problem["code"] == code


async def test_every_change_is_on_record_with_before_and_after_and_no_password(
    desk: Desk, session: AsyncSession
) -> None:
    person = await new_person(desk)
    await sent(desk, "bureau", "PATCH", f"people/{person['id']}", {"version": 1, "name": "罗春兰"}, 200)
    query = select(AuditEntry).where(AuditEntry.object == f"person:{person['id']}").order_by(AuditEntry.number)
    made, changed = (await session.scalars(query)).all()
    assert (made.action, made.actor) == ("person.create", seed.person("bureau-qinglong"))
    assert "罗春梅" not in str(made.after)
    async with desk.ground.transaction() as own:
        assert "password" not in await opened(own, made.after)
        assert (await opened(own, changed.before))["name"] == "罗春梅"
        assert (await opened(own, changed.after))["name"] == "罗春兰"
    assert await verify(session) is None
