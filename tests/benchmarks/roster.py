"""50,000 pupils from the file to their classes: how long, and how much memory the worker takes for it.

The work is the worker's own functions, in a process of its own, on a whole prefecture in a migrated database: check
(read, validate, compare) and apply (write, seal numbers), each one transaction, as the jobs do it.
"""

import asyncio
import csv
import io
import multiprocessing
import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select

from admin import generate
from admin.models import Organisation, Person, Pupil
from admin.numbers import PersonNumber, check_sign
from admin.roster.intake import working
from admin.roster.intake.models import Import
from admin.today import today
from core import migrate
from core.clock import now
from core.connections import open_connections
from core.embedded import postgres
from core.embedded.services import plan, prepare
from core.ids import new_id

PUPILS = 50_000
SIZES = (5_000, PUPILS)
A_CLASS = 40


@dataclass(frozen=True)
class Measured:
    pupils: int
    check_seconds: float
    apply_seconds: float
    grown_mib: float
    """Peak of the process after, less its peak before the import."""


def show() -> None:
    print("| pupils | check s | apply s | together s | memory grown MiB |\n|--:|--:|--:|--:|--:|")
    for pupils in SIZES:
        found = measure(pupils)
        together = found.check_seconds + found.apply_seconds
        figures = f"{found.check_seconds:.1f} | {found.apply_seconds:.1f} | {together:.1f} | {found.grown_mib:.0f}"
        print(f"| {found.pupils:,} | {figures} |", flush=True)


def measure(pupils: int) -> Measured:
    """In a fresh process each, so that the peak of memory is this import's own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measure, (pupils,))


def _measure(pupils: int) -> Measured:
    with TemporaryDirectory(prefix="songjiao-bench-") as folder:
        data = Path(folder)
        planned = plan(data)
        prepare(planned)
        running = [(one, one.start(data / f"{one.name}.log")) for one in planned.programs]
        try:
            for program, process in running:
                program.wait(process, data / f"{program.name}.log")
            return asyncio.run(_import(planned.environment, data, pupils))
        finally:
            for program, process in running:
                process.send_signal(program.stop)
            for _, process in running:
                process.wait(20)


async def _import(environment: dict[str, str], data: Path, pupils: int) -> Measured:
    postgres.make_database(data / "postgres", "bench")
    url = postgres.url(data / "postgres", "bench")
    migrate.upgrade(url)
    os.environ.update({**environment, "SONGJIAO_DATABASE_URL": url, "SONGJIAO_SECRET_KEY": "a secret for benchmarks"})
    async with open_connections() as ground:
        await ground.store.answers()
        async with ground.transaction() as session:
            await generate.prefecture(session)
        async with ground.transaction() as session:
            own = await _send(session, ground, pupils)
        before = _peak()
        seconds = [await _timed(ground, own, work) for work in (working.check, working.apply)]
        async with ground.transaction() as session:
            assert await session.scalar(select(func.count(Pupil.person_id))) == pupils
            assert await session.scalar(select(func.count(PersonNumber.person_id))) == pupils
        return Measured(pupils, seconds[0], seconds[1], _peak() - before)


async def _send(session: Any, ground: Any, pupils: int) -> Any:
    query = select(Organisation).where(Organisation.identification.is_not(None)).order_by(Organisation.path)
    schools = [row.identification for row in await session.scalars(query)]
    place = (await session.scalars(select(Organisation).where(Organisation.tier == "prefecture"))).one()
    text = _sheet(schools, pupils)
    one = Import(id=new_id(), place_id=place.id, kind="pupils", state="sent", at=now(), day=today(), counts={})
    one.by, one.file_name = await session.scalar(select(Person.id).limit(1)), "pupils.csv"
    session.add(one)
    await ground.store.put(one.name_in_store, io.BytesIO(text), len(text), "text/csv")
    return one.id


async def _timed(ground: Any, own: Any, work: Any) -> float:
    began = time.perf_counter()
    async with ground.transaction() as session:
        await work(session, ground, await session.get_one(Import, own))
    return time.perf_counter() - began


def _sheet(schools: list[str], pupils: int) -> bytes:
    """GB 18030, as Excel saves it in China."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["学校标识码", "年级", "班级", "姓名", "身份证号"])
    for number in range(pupils):
        group = number // A_CLASS
        grade, school = group % 6 + 1, schools[group // 6 % len(schools)]
        day, year = number // 1000 % 28, number // 28_000
        first = f"52232420{10 + year:02d}{day // 3 + 1:02d}{day + 1:02d}{number % 1000:03d}"
        sheet.writerow(
            [school, str(grade), f"{group // 6 // len(schools) + 1}", f"韦{number}", first + check_sign(first)]
        )
    return out.getvalue().encode("gb18030")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
