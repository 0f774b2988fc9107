"""The roof: builds the web app from the packages below, and the commands.

Every import stands inside its command, so that a process loads what it needs and no more: the relay has no database.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import AsyncSession

    from core.settings import WebSettings
    from core.web import Running

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="送教 Songjiao: live lessons."
)

administrators = typer.Typer(no_args_is_help=True, help="Accounts made at this machine.")
cli.add_typer(administrators, name="admin")
auditing = typer.Typer(no_args_is_help=True, help="The audit log.")
cli.add_typer(auditing, name="audit")
timetables = typer.Typer(no_args_is_help=True, help="Timetabling files: XHSTT archives and FET.")
cli.add_typer(timetables, name="timetable")

JOBS: dict[str, float | None] = {
    "admin.roster.tasks.let_changes_take_effect": 600,
    "admin.roster.intake.tasks.check_import": None,
    "admin.roster.intake.tasks.apply_import": None,
    "admin.roster.intake.tasks.forget_imports": 3600,
    "classroom.lessons.tasks.keep_demo_lesson": 30,
    "classroom.lessons.tasks.close_overrun_lessons": 30,
    "classroom.lessons.tasks.send_unsent_orders": 10,
    "classroom.lessons.tasks.forget_expired": 3600,
    "classroom.ledger.tasks.take_ledger": 10,
    "resources.looking.look_at": None,
    "resources.making.make_renditions": None,
    "resources.sweeping.sweep": 60,
    "admin.notices.tasks.send_notices": 5,
    "admin.tickets.tasks.hand_up_tickets": 15,
    "admin.auditing.tasks.walk_chain": 86_400,
    "admin.children.tasks.hand_reports_on": 300,
    "admin.companions.bracelets.tasks.watch_fences": 60,
    "admin.companions.bracelets.tasks.forget_tracks": 3600,
}
"""What the worker can do; periodic jobs with the seconds between two starts by beat."""

HOLDINGS = ("admin.children.held", "resources.held")
"""Modules that hold something about persons and let go of it (admin/children/holdings.py)."""

DIST = Path(__file__).parent / "frontend" / "dist"

Host = Annotated[str | None, typer.Option(help="Address to serve on; other than loopback means https.")]
PortNumber = Annotated[int | None, typer.Option(help="TCP port of pages and API.")]
RelayPort = Annotated[int | None, typer.Option(help="TCP port of the relay's WHIP and WHEP.")]
MediaPort = Annotated[int | None, typer.Option(help="UDP port of all media.")]
Data = Annotated[Path | None, typer.Option(help="Folder of all data.")]


@cli.command()
def run(
    host: Host = None,
    port: PortNumber = None,
    relay_port: RelayPort = None,
    media_port: MediaPort = None,
    data: Data = None,
    demo: Annotated[bool | None, typer.Option("--demo", help="With demo data, accounts and a lesson.")] = None,
) -> None:
    """The whole house on this machine, until Ctrl-C."""
    from core import house
    from core.run import run
    from core.settings import DataSettings, RelaySettings, WebSettings, load

    relay = load(RelaySettings, port=relay_port, media_port=media_port)
    run(house.plan(load(DataSettings, data=data, demo=demo), load(WebSettings, host=host, port=port), relay))


@cli.command()
def web(host: Host = None, port: PortNumber = None) -> None:
    """Pages, API and the lessons' sockets."""
    from core import connections, logs, serve
    from core.settings import LogSettings, WebSettings, load

    settings = load(WebSettings, host=host, port=port)
    connections.make_connections()  # a missing address ends the start here, in one sentence
    logs.start(load(LogSettings), process="web")
    serve.serve(build_web(settings), settings.host, settings.port, "SONGJIAO_PORT", settings.trusted_proxies)


@cli.command()
def relay(
    host: Host = None,
    port: Annotated[int | None, typer.Option(help="TCP port of WHIP and WHEP.")] = None,
    media_port: MediaPort = None,
    name: Annotated[str | None, typer.Option(help="Its name in the tree.")] = None,
    parent: Annotated[str | None, typer.Option(help="Address of the relay above.")] = None,
    tier: Annotated[str | None, typer.Option(help="prefecture, county, township or school.")] = None,
    place: Annotated[str | None, typer.Option(help="Id of the organisation whose rooms it serves.")] = None,
    capacity: Annotated[int | None, typer.Option(help="Sessions that the machine is built for.")] = None,
    data: Data = None,
) -> None:
    """One media relay: WHIP and WHEP over HTTP, and one UDP port. Below another relay it pulls lessons from there."""
    from classroom.relay.process import run
    from core import logs
    from core.settings import LogSettings, RelaySettings, TreeSettings, load

    settings = load(RelaySettings, host=host, port=port, media_port=media_port, name=name)
    tree = load(TreeSettings, parent=parent, tier=tier, place=place, capacity=capacity, data=data)
    logs.start(load(LogSettings), process=settings.name)
    run(settings, tree)


@cli.command()
def recorder(data: Data = None) -> None:
    """Records the lessons that are live, and hands them to the library."""
    from classroom.recorder.process import run
    from core import logs
    from core.settings import LogSettings, RecorderSettings, load

    settings = load(RecorderSettings, data=data)
    logs.start(load(LogSettings), process=settings.name)
    run(settings)


@cli.command()
def worker(concurrency: Annotated[int, typer.Option(help="Jobs at a time.")] = 4) -> None:
    """Runs jobs."""
    _jobs("worker", "--pool=threads", f"--concurrency={concurrency}", "--without-gossip", "--without-mingle")


@cli.command()
def beat() -> None:
    """Starts periodic jobs; one of it is enough for the whole system."""
    _jobs("beat")


@cli.command("demo-teacher")
def demo_teacher() -> None:
    """Broadcasts a made lesson into the demo lesson, and yields to a human teacher."""
    from classroom.demo.teacher import Account, run
    from core import logs, tls
    from core.settings import DataSettings, LogSettings, WebSettings, load

    data = load(DataSettings).data
    authority = tls.authority_file(data / "tls")
    logs.start(load(LogSettings), process="demo-teacher")
    run(Account(load(WebSettings).url, authority=authority if authority.exists() else None), data)


@cli.command()
def migrate() -> None:
    """Brings the database to the newest schema."""
    from core import migrate
    from core.errors import StartError
    from core.settings import DatabaseSettings, load

    url = load(DatabaseSettings).database_url
    if not url:
        raise StartError("SONGJIAO_DATABASE_URL must be set; `songjiao run` migrates its own database by itself.")
    migrate.upgrade(url)


@cli.command("public-key")
def public_key() -> None:
    """Prints the tickets' public key, all that a relay elsewhere needs to know of the secret."""
    from core.errors import StartError
    from core.settings import SecretSettings, load
    from core.tickets import TicketSigner

    secret = load(SecretSettings).secret_key
    if not secret:
        raise StartError("SONGJIAO_SECRET_KEY must be set.")
    print(TicketSigner(secret).public_key)


@cli.command("relay-key")
def relay_key(
    name: Annotated[str, typer.Argument(help="The relay's name.")],
    tier: Annotated[str, typer.Option(help="prefecture, county, township or school.")] = "school",
    place: Annotated[str | None, typer.Option(help="Id of the organisation whose rooms it serves.")] = None,
    days: Annotated[int, typer.Option(help="How long it is good.", min=1, max=1100)] = 400,
) -> None:
    """Prints the key by which a relay without Valkey is known to the relay above it (SONGJIAO_RELAY_KEY)."""
    from core import relay_keys
    from core.clock import timestamp
    from core.errors import StartError
    from core.settings import SecretSettings, TreeSettings, load
    from core.tickets import TicketSigner

    tree = load(TreeSettings, tier=tier, place=place)
    secret = load(SecretSettings).secret_key
    if not secret:
        raise StartError("SONGJIAO_SECRET_KEY must be set.")
    key = relay_keys.RelayKey(name, tree.tier, tree.place, timestamp() + days * 86400.0)
    print(relay_keys.sign(TicketSigner(secret), key))


@administrators.command("create")
def create_administrator(
    username: Annotated[str, typer.Argument(help="To sign in with: letters, figures, . _ -")],
    name: Annotated[str, typer.Option(help="The person's own name.", prompt=True)],
    place: Annotated[str, typer.Option(help="What is administered: a place's name.")] = "贵州省",
    role: Annotated[str, typer.Option(help="admin, security or auditor: separated, nobody holds two.")] = "admin",
    password_file: Annotated[
        Path | None, typer.Option(help="Its first line is the password; else one is asked.")
    ] = None,
) -> None:
    """Makes an administrator, such as the first one of a house without the demo."""
    from admin.first import create_administrator, office
    from core.errors import StartError

    chosen = office(role)
    try:
        lines = (
            password_file.read_text().splitlines()
            if password_file
            else [typer.prompt("Password", hide_input=True, confirmation_prompt=True)]
        )
    except OSError as error:
        raise StartError(f"the password cannot be read: {error}.") from None
    password = lines[0] if lines else ""
    _in_transaction(lambda session: create_administrator(session, username, name, password, place, chosen))
    print(f"{username} may sign in now.")


@timetables.command("solve")
def solve_timetable(
    file: Annotated[Path, typer.Argument(help="An XHSTT archive or a FET file.")],
    output: Annotated[Path, typer.Option(help="Where the file goes, holding only the new solution.")],
    seconds: Annotated[float, typer.Option(help="How long to search.", min=1)] = 60,
    seed: Annotated[int, typer.Option(help="The same seed searches the same way.")] = 0,
) -> None:
    """Searches for the best timetable. Solutions already in the file are put aside first."""
    from core import clock
    from scheduling.command import solve

    raise typer.Exit(solve(file, seconds, output, seed, clock.now().date(), print))


@timetables.command("check")
def check_timetable(file: Annotated[Path, typer.Argument(help="An XHSTT archive or a FET file.")]) -> None:
    """Says what each solution in the file costs, constraint by constraint."""
    from scheduling.command import check

    raise typer.Exit(check(file, print))


@auditing.command("verify")
def verify_audit() -> None:
    """Walks along the whole audit chain; ends with 1 where an entry does not fit."""
    from admin.auditing.checking import check
    from core.errors import StartError

    async def walk(session: AsyncSession) -> None:
        found = await check(session, None)
        if found.broken_at is not None:
            raise StartError(f"the audit chain is broken at entry {found.broken_at}, after {found.entries} that fit.")
        print(f"{found.entries} entries, all fit ({found.seconds:.1f} s).")

    _in_transaction(walk)


@cli.command("demo-data")
def demo_data() -> None:
    """Loads the demo's schools, people and lesson; what is there stays."""
    import admin.demo
    import classroom.lessons.demo
    from admin.companions.modules import load_demo
    from core.database import HouseNote
    from core.notes import DEMO
    from core.version import VERSION

    async def load(session: AsyncSession) -> None:
        await admin.demo.load(session)
        await classroom.lessons.demo.load(session)
        await load_demo(session)
        await session.merge(HouseNote(key=DEMO, value=VERSION))

    _in_transaction(load)


@cli.command()
def ingest(
    source: Annotated[str, typer.Option(help="rtsp://… to pull from, or rtmp://… to listen at.")],
    whip: Annotated[str, typer.Option(help="The slot's WHIP address, as the ticket's answer names it.")],
    ticket_file: Annotated[Path, typer.Option(help="A file with the ticket; read again before each beginning.")],
    transcode: Annotated[bool, typer.Option(help="Encode anew what cannot be copied.")] = True,
) -> None:
    """Publishes a camera or encoder of the classroom by WHIP."""
    from classroom.ingest import CannotSend, run
    from core import logs
    from core.errors import StartError
    from core.settings import LogSettings, load

    logs.start(load(LogSettings), process="ingest")
    try:
        run(source, whip, ticket_file, transcode=transcode)
    except (CannotSend, OSError) as error:
        raise StartError(str(error)) from None


@cli.command()
def generate(classrooms: int = 8281, lessons: int = 40_000, seed: int = 1) -> None:
    """Makes a whole prefecture with a term of lessons, for tests of scale."""
    import admin.generate
    import classroom.lessons.generate

    async def make(session: AsyncSession) -> None:
        await admin.generate.prefecture(session, classrooms=classrooms, seed=seed)
        await classroom.lessons.generate.term(session, lessons=lessons, seed=seed)

    _in_transaction(make)


def build_web(settings: WebSettings | None = None) -> FastAPI:
    """The web app: API, events and pages. Opens its connections when it starts."""
    from admin.auditing.router import router as auditing
    from admin.change_router import router as changes
    from admin.children import holdings
    from admin.children.help_router import router as help_wanted
    from admin.children.router import router as children
    from admin.children.waiting import SOURCE as MINORS
    from admin.companions.modules import SOURCES
    from admin.companions.modules import router as companions
    from admin.devices.router import router as devices
    from admin.notices.router import router as notices
    from admin.roster.routers import router as roster
    from admin.router import router as registry
    from admin.sign_on.router import router as account
    from admin.start.router import router as start
    from admin.tickets.router import router as tickets
    from admin.tickets.waiting import SOURCE as HELP
    from classroom.ledger.router import router as tree
    from classroom.lessons.router import router as lessons
    from classroom.lessons.waiting import SOURCE as LESSONS
    from classroom.recorder.router import calls
    from classroom.recorder.router import router as recorder
    from classroom.reports.router import router as reports
    from core import pages, web
    from core.settings import WebSettings, load
    from resources.routers import router as library

    chosen = settings or load(WebSettings)
    holdings.offer(HOLDINGS)
    routers = [  # a request tries them in this order: what every page and room asks for comes first
        lessons,
        registry,
        account,
        auditing,
        children,
        help_wanted,
        changes,
        roster,
        library,
        recorder,
        tree,
        companions,
    ]
    routers += [start([HELP, MINORS, LESSONS, *SOURCES]), tickets, notices, devices, reports]
    app = web.build(chosen, routers, [_events(chosen), calls])
    pages.add(app, DIST)
    return app


def _events(settings: WebSettings) -> Running:
    """The lessons' sockets, from the moment that Valkey's address is known."""
    from classroom.interaction.socket import LessonEvents
    from classroom.lessons.orders import lesson_fact
    from core.connections import Connections
    from core.tickets import TicketVerifier

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        ground: Connections = app.state.connections
        verifier = TicketVerifier(ground.signer.public_key)
        events = LessonEvents(ground.valkey, verifier, lesson_fact(ground.sessions), settings.origins)
        app.include_router(events.router)
        async with events.running():
            yield

    return running


def _in_transaction(work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """One command is one transaction, as one request is."""
    import asyncio

    from core.connections import open_connections

    async def run() -> None:
        async with open_connections() as ground, ground.transaction() as session:
            await work(session)

    asyncio.run(run())


def _jobs(*arguments: str) -> None:
    from core import logs, queue
    from core.errors import StartError
    from core.settings import LogSettings, RedisSettings, load

    if not load(RedisSettings).redis_url:
        raise StartError("SONGJIAO_REDIS_URL must be set; `songjiao run` sets it by itself.")
    logs.start(load(LogSettings), process=arguments[0])
    queue.offer(JOBS)
    queue.app.start([*arguments, "--loglevel=WARNING"])


def main() -> None:
    """A StartError ends with its one sentence, not with a traceback."""
    from core.errors import StartError

    try:
        cli()
    except StartError as error:
        sys.exit(f"songjiao: {error}")


if __name__ == "__main__":
    main()
