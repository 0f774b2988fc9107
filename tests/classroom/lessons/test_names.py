"""A relay keeps no child's data: of a pupil who watches it knows an id, in its memory as in its logs and files."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from sqlalchemy import select

from admin import seed
from admin.models import Person
from classroom.lessons.names import name_of
from tests.admin.cast import Desk
from tests.classroom.conftest import RunningRelay, make_relay
from tests.classroom.doors import offer
from tests.classroom.lessons.test_tickets import granted

__all__ = ["make_relay"]

Make = Callable[[dict[str, str]], RunningRelay]


def memory(pid: int) -> Iterator[bytes]:
    """What the process may write to (proc(5)): its heap and its stacks."""
    areas = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb") as octets:
        for area in areas:
            (
                place,
                rights,
                *_,
            ) = area.split()
            if rights.startswith("rw"):
                first, last = (int(end, 16) for end in place.split("-"))
                octets.seek(first)
                yield octets.read(last - first)


def written(folder: Path, log: Path) -> list[str]:
    return [file.read_text(errors="replace") for file in (log, *folder.rglob("*")) if file.is_file()]


def shapes(name: str) -> list[bytes]:
    """As Python, JSON and tokens hold it."""
    text = name.encode()
    encoded = [base64.urlsafe_b64encode(bytes(before) + text)[2 * before : -4] for before in range(3)]
    return [text, name.encode("utf-16-le"), name.encode("unicode_escape"), *(one for one in encoded if len(one) >= 6)]


async def test_a_relay_that_a_pupil_watches_holds_no_name(
    desk: Desk, demo_environment: dict[str, str], make_relay: Make, tmp_path: Path
) -> None:
    shared = {key: demo_environment[key] for key in ("SONGJIAO_SECRET_KEY", "SONGJIAO_REDIS_URL")}
    relay = make_relay({**shared, "SONGJIAO_DATA": str(tmp_path)})
    answer, ticket = await granted(desk, "student", "student")
    async with desk.ground.transaction() as session:
        name = await session.scalar(select(Person.name).where(Person.id == seed.person("student")))
    assert name
    headers = {"Authorization": f"Bearer {answer['ticket']}", "Content-Type": "application/sdp"}
    async with httpx.AsyncClient(headers=headers) as pupil:
        joined = await pupil.post(relay.whep(ticket.lesson), content=offer("chromium-viewer"))
    assert joined.status_code == 201, joined.text
    held = list(memory(relay.process.pid))
    assert any(ticket.person.encode() in area for area in held), "the id is how the relay knows her"
    for shape in shapes(name):
        assert not any(shape in area for area in held), shape
    relay.stop()
    assert [kept for kept in written(tmp_path, relay.log) if name in kept] == []


async def test_the_socket_names_the_pupil_whom_her_ticket_does_not(desk: Desk) -> None:
    named = name_of(desk.ground.sessions)
    async with desk.ground.transaction() as session:
        name = await session.scalar(select(Person.name).where(Person.id == seed.person("student")))
    assert await named(str(seed.person("student"))) == name
