from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from admin import running, seed
from admin.children.models import Consent
from admin.keeping_times import KEEPING, sweep
from core.audit import AuditEntry
from core.clock import now
from tests.admin.cast import Desk


async def test_the_status_names_parts_backup_and_chain(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await desk("admin")
    before = (await admin.get("/api/status")).json()
    assert (before["backup"]["at"], before["backup"]["late"]) == (None, True)
    assert before["parts"]["database"] == "ok"
    monkeypatch.setenv("SONGJIAO_S3_BUCKET", "of-the-status-page")
    await running.back_up(tmp_path, 180, now())
    after = (await admin.get("/api/status")).json()
    assert not after["backup"]["late"]
    assert after["chain"]["whole"]
    assert after["chain"]["checked_at"]
    assert len(after["kept"]) == len(KEEPING)


@pytest.mark.parametrize("username", ["bureau", "security", "auditor", "teacher"])
async def test_the_status_is_the_system_administrators(desk: Desk, username: str) -> None:
    assert (await (await desk(username)).get("/api/status")).json()["code"] == "not-allowed"


async def test_what_is_over_goes_and_what_holds_stays(desk: Desk) -> None:
    withdrawn, moment = seed.person("student"), now()
    async with desk.ground.transaction() as session:
        own = update(Consent).where(Consent.child_id == withdrawn, Consent.purpose == "live")
        await session.execute(own.values(withdrawn_at=moment))
    async with desk.ground.transaction() as session:
        assert set((await sweep(session, moment)).values()) == {0}
        entries = len((await session.scalars(select(AuditEntry.number))).all())
        consents = len((await session.scalars(select(Consent.id))).all())
    later = moment + timedelta(days=3 * 365 + 1)
    async with desk.ground.transaction() as session:
        gone = await sweep(session, later)
        assert gone["Withdrawn consents"] == 1
        assert len((await session.scalars(select(Consent.id))).all()) == consents - 1
        assert len((await session.scalars(select(AuditEntry.number))).all()) == entries
