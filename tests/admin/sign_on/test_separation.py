"""三员分立: system, security and audit administrators; nobody holds two, and none does another's work."""

from itertools import combinations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from admin import seed
from admin.first import create_administrator, office
from admin.models import Assignment
from admin.rights import OWN, RIGHTS_OF, ROLES, SEPARATED, TWO_FACTORS, Role
from admin.staff import GIVES
from core.errors import StartError
from core.ids import new_id
from tests.admin.cast import Desk

THREE: tuple[Role, ...] = ("admin", "security", "auditor")


@pytest.mark.parametrize(("one", "other"), combinations(THREE, 2))
def test_the_three_share_no_right_but_their_own_account(one: Role, other: Role) -> None:
    assert RIGHTS_OF[one] & RIGHTS_OF[other] == OWN


def test_the_audit_log_is_read_by_nobody_else() -> None:
    readers = {role for role in ROLES if RIGHTS_OF[role] & {"audit.read", "audit.export", "audit.verify"}}
    assert readers == {"auditor"}


def test_each_of_the_three_needs_a_second_factor() -> None:
    assert set(THREE) <= TWO_FACTORS


def test_nobody_appoints_security_and_audit_administrators_over_the_network() -> None:
    assert not frozenset().union(*GIVES.values()) & SEPARATED


@pytest.mark.parametrize("held", ["admin", "teacher", "security"])
async def test_the_database_refuses_one_of_them_beside_another_role(desk: Desk, held: str) -> None:
    async def give() -> None:
        async with desk.ground.transaction() as session:
            place = seed.place("gz")
            row = Assignment(id=new_id(), person_id=seed.person(held), role="auditor", organisation_id=place)
            session.add(row)

    with pytest.raises(IntegrityError, match="roles_separate"):
        await give()


async def test_an_administrator_cannot_touch_who_watches_him(desk: Desk) -> None:
    body = {"version": 1, "password": "Kuaile7Xiaohe"}
    answer = await (await desk("admin")).patch(f"/api/people/{seed.person('auditor')}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-place")


async def test_each_is_made_at_the_machine(desk: Desk) -> None:
    async with desk.ground.transaction() as session:
        await create_administrator(session, "watcher", "龙守正", "Kuaile7Xiaohe", "gz", office("auditor"))
    async with desk.ground.transaction() as session:
        held = await session.execute(
            text("SELECT role FROM roles JOIN people p ON p.id = person_id WHERE username = 'watcher'")
        )
        assert held.scalars().all() == ["auditor"]
    with pytest.raises(StartError, match="bureau"):
        office("bureau")
