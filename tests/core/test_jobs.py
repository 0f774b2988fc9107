import importlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

import songjiao
from core import jobs, queue
from core.connections import open_connections
from core.jobs import Job
from tests.core.sample_jobs import write_note

ROOT = Path(songjiao.__file__).parent


@pytest.fixture
def fresh_loop(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The worker's connections are made at its first job, from the variables of that moment."""
    jobs._only_loop.cache_clear()
    yield environment
    jobs._only_loop.cache_clear()


def notes(environment: dict[str, str]) -> dict[str, str]:
    with psycopg.connect(environment["SONGJIAO_DATABASE_URL"]) as connection:
        return dict(connection.execute("SELECT key, value FROM house_notes").fetchall())


def test_a_job_is_one_transaction(fresh_loop: dict[str, str]) -> None:
    jobs.run(write_note.name, ("one", "good"))
    with pytest.raises(RuntimeError):
        jobs.run(write_note.name, ("two", "bad"))
    assert notes(fresh_loop) == {"one": "good"}


def test_every_job_of_the_roofs_table_exists() -> None:
    for name in songjiao.JOBS:
        module, _, function = name.rpartition(".")
        job = getattr(importlib.import_module(module), function)
        assert isinstance(job, Job)
        assert job.name == name


def test_every_job_of_the_packages_is_in_the_roofs_table() -> None:
    packages = ("admin", "classroom", "resources", "scheduling")
    files = [file for name in packages for file in (ROOT / name).rglob("*.py") if "@task" in file.read_text()]
    modules = [importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts)) for file in files]
    found = {one.name for module in modules for one in vars(module).values() if isinstance(one, Job)}
    assert found == set(songjiao.JOBS)


async def test_a_job_leaves_only_after_the_commit(environment: dict[str, str]) -> None:
    queue.app.conf.broker_url = environment["SONGJIAO_REDIS_URL"]
    with Redis.from_url(environment["SONGJIAO_REDIS_URL"]) as valkey:
        async with open_connections() as ground:
            async with ground.transaction() as session:
                jobs.after_commit(session, write_note, "three", "late")
                assert valkey.llen("songjiao") == 0
            assert valkey.llen("songjiao") == 1
