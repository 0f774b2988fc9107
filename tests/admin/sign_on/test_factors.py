"""The second factor over the API, with an authenticator that counts as a telephone does."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import select, update

from admin import seed
from admin.models import Person
from admin.sign_on.models import RecoveryCode, SecondFactor
from core.audit import AuditEntry, verify
from tests.admin.cast import Desk

BUREAU = {"username": "bureau", "password": "songjiao-demo"}


def shown(secret: str, steps: int = 0) -> str:
    """What the telephone shows; `steps` half minutes from now. One of another half minute is no good for long: rather
    than right at the end of this one it is shown at the beginning of the next."""
    left = 30 - time.time() % 30
    if steps and left < 3:
        time.sleep(left)
    return pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30 * steps))


async def sign_in(desk: Desk, **more: str) -> Any:
    return await (await desk(None)).post("/api/sessions", json=BUREAU | more)


async def enrol(desk: Desk) -> tuple[str, list[str]]:
    bureau = await desk("bureau")
    secret = (await bureau.post("/api/factor")).json()["secret"]
    answer = await bureau.post("/api/factor/confirmation", json={"code": shown(secret, -1)})
    assert answer.status_code == 200, answer.text
    return secret, answer.json()["codes"]


async def no_longer_of_the_demo(desk: Desk) -> None:
    async with desk.ground.transaction() as session:
        await session.execute(update(Person).where(Person.id == seed.person("bureau")).values(demo=False))


async def test_with_a_second_factor_the_password_alone_does_not_open(desk: Desk) -> None:
    secret, _ = await enrol(desk)
    refused = await sign_in(desk)
    assert (refused.status_code, refused.json()["code"]) == (401, "code-needed")
    opened = await sign_in(desk, code=shown(secret))
    assert (opened.status_code, opened.json()["standing"]) == (201, "full")


async def test_a_code_opens_once(desk: Desk) -> None:
    secret, _ = await enrol(desk)
    code = shown(secret)
    assert (await sign_in(desk, code=code)).status_code == 201
    again = await sign_in(desk, code=code)
    assert (again.status_code, again.json()["code"]) == (401, "wrong-code")


async def test_a_recovery_code_opens_once_and_is_counted(desk: Desk) -> None:
    _, codes = await enrol(desk)
    assert (await sign_in(desk, code=codes[3].lower())).status_code == 201
    assert (await sign_in(desk, code=codes[3])).json()["code"] == "wrong-code"
    state = (await (await desk("bureau")).get("/api/factor")).json()
    assert state == {"on": True, "compulsory": False, "recovery_codes_left": 9}


async def test_guesses_at_the_code_close_the_door_and_asking_for_it_between_them_opens_none(desk: Desk) -> None:
    secret, _ = await enrol(desk)
    wrong = "000000" if shown(secret) != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        assert (await sign_in(desk)).json()["code"] == "code-needed"
        assert (await sign_in(desk, code=wrong)).json()["tries_left"] == left
    assert (await sign_in(desk, code=shown(secret))).status_code == 429


async def test_an_office_without_its_factor_may_only_set_it_up(desk: Desk) -> None:
    await no_longer_of_the_demo(desk)
    opened = (await sign_in(desk)).json()
    assert opened["standing"] == "enrol"
    client, headers = await desk(None), {"Authorization": f"Bearer {opened['access_token']}"}
    refused = await client.get("/api/people", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "second-factor-first")
    assert (await client.get("/api/sessions/current", headers=headers)).status_code == 200

    begun = (await client.post("/api/factor", headers=headers)).json()
    assert begun["picture"].startswith("data:image/svg+xml")
    confirmed = await client.post("/api/factor/confirmation", json={"code": shown(begun["secret"])}, headers=headers)
    assert len(confirmed.json()["codes"]) == 10
    assert (await client.get("/api/people", headers=headers)).status_code == 200


async def test_a_sign_in_without_code_is_made_whole_by_one(desk: Desk) -> None:
    secret, _ = await enrol(desk)
    await no_longer_of_the_demo(desk)
    async with desk.ground.transaction() as session:
        from admin.models import SignIn

        await session.execute(update(SignIn).values(standing="factor"))
    bureau = await desk("bureau")
    assert (await bureau.get("/api/people")).json()["standing"] == "factor"
    assert (await bureau.post("/api/factor/proof", json={"code": shown(secret)})).status_code == 204
    assert (await bureau.get("/api/people")).status_code == 200


async def test_a_demo_account_needs_no_second_factor(desk: Desk) -> None:
    assert (await sign_in(desk)).json()["standing"] == "full"


async def test_the_secret_is_not_in_the_database_and_the_codes_are_digests(desk: Desk) -> None:
    secret, codes = await enrol(desk)
    async with desk.ground.transaction() as session:
        factor = (await session.scalars(select(SecondFactor))).one()
        marks = (await session.scalars(select(RecoveryCode.digest))).all()
        entries = (await session.scalars(select(AuditEntry).where(AuditEntry.action.like("factor.%")))).all()
        assert await verify(session) is None
    assert secret not in factor.sealed
    assert len(marks) == 10
    assert not {code.encode() for code in codes} & set(marks)
    assert [entry.action for entry in entries] == ["factor.begin", "factor.confirm"]


async def test_a_factor_that_is_on_is_not_replaced_but_turned_off_with_a_code(desk: Desk) -> None:
    secret, _ = await enrol(desk)
    bureau = await desk("bureau")
    assert (await bureau.post("/api/factor")).json()["code"] == "factor-on"
    assert (await bureau.post("/api/factor/removal", json={"code": "000"})).status_code == 422
    assert (await bureau.post("/api/factor/removal", json={"code": shown(secret)})).status_code == 204
    assert (await sign_in(desk)).status_code == 201


async def test_the_security_administrator_resets_what_was_lost(desk: Desk) -> None:
    await enrol(desk)
    security = await desk("security")
    address = f"/api/security/factors/{seed.person('bureau')}"
    assert (await security.delete(address)).status_code == 204
    assert (await security.delete(address)).status_code == 404
    assert (await (await desk("bureau")).get("/api/sessions/current")).status_code == 401
    assert (await sign_in(desk)).status_code == 201


@pytest.mark.parametrize("username", ["admin", "bureau", "auditor", "teacher"])
async def test_nobody_else_resets_a_second_factor(desk: Desk, username: str) -> None:
    answer = await (await desk(username)).delete(f"/api/security/factors/{seed.person('bureau')}")
    assert answer.json()["code"] == "not-allowed"
