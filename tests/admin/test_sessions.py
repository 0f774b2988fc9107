import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.lockout import TRIES
from admin.models import Person, SignIn, SignInFailures
from core.audit import AuditEntry, verify
from core.clock import now
from tests.admin.cast import Desk

TEACHER = {"username": "teacher", "password": "songjiao-demo"}
PUPIL = {"class_code": "520326", "name": "韦朝阳", "pin": "2580"}


async def post(desk: Desk, body: dict[str, Any]) -> Any:
    return await (await desk(None)).post("/api/sessions", json=body)


async def test_a_teacher_signs_in_and_is_told_who_she_is(desk: Desk) -> None:
    answer = await post(desk, TEACHER)
    assert answer.status_code == 201
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    person = (await (await desk(None)).get("/api/sessions/current", headers=headers)).json()
    assert person == answer.json()["person"]
    assert person["name"] == "陈静怡"
    [role] = person["roles"]
    assert (role["role"], role["organisation"]["name"], role["organisation"]["tier"]) == (
        "teacher",
        "兴义一小",
        "school",
    )
    assert person["room"] is None


async def test_the_case_of_a_user_name_does_not_matter(desk: Desk) -> None:
    assert (await post(desk, TEACHER | {"username": "Teacher"})).status_code == 201


async def test_a_pupil_signs_in_with_class_code_name_and_pin(desk: Desk) -> None:
    answer = await post(desk, PUPIL)
    assert answer.status_code == 201
    assert answer.json()["person"]["name"] == "韦朝阳"


async def test_the_village_account_is_bound_to_its_room(desk: Desk) -> None:
    person = (await (await desk("village")).get("/api/sessions/current")).json()
    assert person["room"]["name"] == "三年级教室"
    assert person["room"]["school"]["name"] == "云头教学点"
    assert person["room"]["kind"] == "interactive"


@pytest.mark.parametrize("body", [TEACHER | {"password": "wrong"}, PUPIL | {"pin": "0000"}])
async def test_wrong_tries_are_counted_down_and_then_the_door_is_locked(desk: Desk, body: dict[str, Any]) -> None:
    left = []
    for _ in range(TRIES):
        answer = await post(desk, body)
        assert answer.status_code == 401
        left.append(answer.json()["tries_left"])
    assert left == [4, 3, 2, 1, 0]
    locked = await post(desk, body)
    assert (locked.status_code, locked.json()["code"]) == (429, "sign-in-locked")
    assert "15 分钟" in locked.json()["detail"]
    assert 0 < int(locked.headers["retry-after"]) <= 900


async def test_a_locked_door_does_not_open_for_the_right_password(desk: Desk) -> None:
    for _ in range(TRIES):
        await post(desk, TEACHER | {"password": "wrong"})
    assert (await post(desk, TEACHER)).status_code == 429


async def test_a_lock_ends_by_itself(desk: Desk) -> None:
    for _ in range(TRIES):
        await post(desk, TEACHER | {"password": "wrong"})
    async with desk.ground.transaction() as session:
        await session.execute(update(SignInFailures).values(locked_until=now() - timedelta(seconds=1)))
    assert (await post(desk, TEACHER)).status_code == 201


async def test_a_right_password_takes_the_wrong_tries_back(desk: Desk) -> None:
    await post(desk, TEACHER | {"password": "wrong"})
    await post(desk, TEACHER)
    assert (await post(desk, TEACHER | {"password": "wrong"})).json()["tries_left"] == 4


async def test_guesses_sent_at_once_count_like_guesses_one_after_another(desk: Desk) -> None:
    answers = await asyncio.gather(*[post(desk, TEACHER | {"password": f"guess {n}"}) for n in range(12)])
    assert sorted(answer.status_code for answer in answers) == [401] * TRIES + [429] * (12 - TRIES)


async def test_many_who_know_the_password_come_in_at_once(desk: Desk) -> None:
    answers = await asyncio.gather(*[post(desk, body) for body in [TEACHER, PUPIL] * 15])
    assert [answer.status_code for answer in answers] == [201] * 30


async def test_an_account_that_does_not_exist_answers_like_one_that_does(desk: Desk) -> None:
    known = (await post(desk, TEACHER | {"password": "wrong"})).json()
    unknown = (await post(desk, {"username": "nobody", "password": "wrong"})).json()
    assert {**known, "instance": None} == {**unknown, "instance": None}


@pytest.mark.parametrize("username", ["liwenbo", "nobody", "韦朝阳", "' OR 1=1 --", "\u0000"])
async def test_who_has_no_password_does_not_get_in(desk: Desk, username: str) -> None:
    assert (await post(desk, {"username": username, "password": ""})).status_code in (401, 422)
    assert (await post(desk, {"username": username, "password": "x"})).status_code in (401, 422)


@pytest.mark.parametrize("body", [{}, {"username": "teacher"}, TEACHER | {"pin": "1"}, PUPIL | {"extra": 1}, []])
async def test_a_sign_in_of_no_known_form_is_refused(desk: Desk, body: Any) -> None:
    answer = await post(desk, body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_signing_out_ends_the_session(desk: Desk) -> None:
    client = await desk("teacher")
    assert (await client.delete("/api/sessions/current")).status_code == 204
    answer = await client.get("/api/sessions/current")
    assert (answer.status_code, answer.json()["code"]) == (401, "session-ended")


async def test_an_expired_session_is_no_session(desk: Desk) -> None:
    client = await desk("teacher")
    async with desk.ground.transaction() as session:
        await session.execute(update(SignIn).values(expires_at=now()))
    assert (await client.get("/api/sessions/current")).status_code == 401


async def test_a_disabled_person_is_out_at_once(desk: Desk) -> None:
    client = await desk("teacher")
    async with desk.ground.transaction() as session:
        await session.execute(update(Person).where(Person.id == seed.person("teacher")).values(disabled_at=now()))
    assert (await client.get("/api/sessions/current")).status_code == 401
    assert (await post(desk, TEACHER)).status_code == 401


async def test_the_token_itself_is_not_in_the_database(desk: Desk, session: AsyncSession) -> None:
    token = (await post(desk, TEACHER)).json()["access_token"]
    stored = (await session.scalars(select(SignIn.token))).all()
    assert token.encode() not in stored
    assert all(len(one) == 32 for one in stored)


async def test_sign_ins_and_refusals_are_on_record(desk: Desk, session: AsyncSession) -> None:
    await post(desk, TEACHER | {"password": "wrong"})
    await post(desk, TEACHER)
    entries = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "session.create"))).all()
    assert [(entry.actor, entry.result) for entry in entries] == [
        (seed.person("teacher"), "refused"),
        (seed.person("teacher"), "done"),
    ]
    assert await verify(session) is None
