import io
import uuid
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import audit
from core.connections import open_connections
from core.database import after_commit


async def test_all_three_services_answer(environment: dict[str, str]) -> None:
    async with open_connections() as ground:
        await ground.store.answers()
        await ground.store.put("教案/一.txt", io.BytesIO("你好".encode()), 6, "text/plain")
        assert await ground.store.get("教案/一.txt") == "你好".encode()
        assert await ground.valkey.ping() is True
        async with ground.transaction() as session:
            assert (await session.execute(text("SELECT show_trgm('教学') <> '{}'"))).scalar() is True


async def test_connections_that_the_server_closed_are_replaced_before_use(environment: dict[str, str]) -> None:
    """As after a restart of the database: each of the pool's connections is dead."""
    own = "SELECT pg_backend_pid()"
    async with open_connections() as ground, AsyncExitStack() as together:
        sessions = [await together.enter_async_context(ground.transaction()) for _ in range(3)]
        ours = {await session.scalar(text(own)) for session in sessions}
        await together.aclose()
        async with ground.transaction() as session:
            lost = ours - {await session.scalar(text(own))}
            for one in lost:
                await session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": one})
        async with AsyncExitStack() as again:
            for _ in range(3):
                session = await again.enter_async_context(ground.transaction())
                assert await session.scalar(text(own)) not in lost


async def test_what_was_queued_runs_only_after_the_commit(environment: dict[str, str]) -> None:
    seen: list[str] = []

    async def note(word: str) -> None:
        seen.append(word)

    async with open_connections() as ground:
        async with ground.transaction() as session:
            after_commit(session, note, "committed")
            assert seen == []
        with pytest.raises(RuntimeError):
            async with ground.transaction() as session:
                after_commit(session, note, "rolled back")
                raise RuntimeError
    assert seen == ["committed"]


async def test_the_audit_chain_verifies_and_cannot_be_changed(environment: dict[str, str]) -> None:
    actor = uuid.uuid4()
    async with open_connections() as ground:
        for number in range(3):
            async with ground.transaction() as session:
                await audit.record(session, actor, "lesson.create", f"lesson:{number}", after={"名": "分数", "n": 1.5})
                await audit.record(session, None, "lesson.end", f"lesson:{number}")
        async with ground.transaction() as session:
            assert await audit.verify(session) is None
        for change in ("UPDATE audit_entries SET result = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"):
            with pytest.raises(DBAPIError, match="append-only"):
                async with ground.transaction() as session:
                    await session.execute(text(change))


async def test_a_forged_entry_breaks_the_chain_where_it_stands(environment: dict[str, str]) -> None:
    async with open_connections() as ground:
        for number in range(4):
            async with ground.transaction() as session:
                await audit.record(session, None, "lesson.create", f"lesson:{number}")
        async with ground.transaction() as session:
            await session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER append_only"))
            await session.execute(text("UPDATE audit_entries SET object = 'lesson:9' WHERE object = 'lesson:2'"))
        async with ground.transaction() as session:
            assert await audit.verify(session) == 3


async def test_a_rollback_forgets_its_audit_entries(environment: dict[str, str]) -> None:
    async with open_connections() as ground:
        with pytest.raises(RuntimeError):
            async with ground.transaction() as session:
                await audit.record(session, None, "lesson.create", "lesson:1")
                raise RuntimeError
        async with ground.transaction() as session:
            assert (await session.execute(text("SELECT count(*) FROM audit_entries"))).scalar() == 0


def test_a_data_folder_with_a_long_path_still_gets_a_socket(tmp_path: Path) -> None:
    from core.embedded import postgres

    directory = tmp_path / ("a-very-long-name" * 10) / "postgres"
    assert len(str(postgres.socket_directory(directory))) <= postgres.LONGEST
