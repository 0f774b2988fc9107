"""The roof: builds the web app from the packages below, and the commands.

Every import stands inside its command, so that a process loads what it needs and no more: the relay has no database.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from admin.commands import administrators, auditing, backup, restore
from core.commands import ground, in_transaction

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import AsyncSession

    from core.settings import WebSettings
    from core.web import Running

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help="送教 Songjiao: live lessons."
)

cli.add_typer(administrators, name="admin")
cli.add_typer(auditing, name="audit")
cli.add_typer(ground)
timetables = typer.Typer(no_args_is_help=True, help="Timetabling files: XHSTT archives and FET.")
cli.add_typer(timetables, name="timetable")
hosts = typer.Typer(no_args_is_help=True, help="A room's recording host (录播主机).")
cli.add_typer(hosts, name="host")
HostData = Annotated[Path, typer.Option(help="Folder of the host's key.")]

JOBS: dict[str, float | None] = {
    "admin.roster.tasks.let_changes_take_effect": 600,
    "admin.roster.intake.tasks.check_import": None,
    "admin.roster.intake.tasks.apply_import": None,
    "admin.roster.intake.tasks.forget_imports": 3600,
    "classroom.lessons.tasks.keep_demo_lesson": 30,
    "classroom.lessons.tasks.close_overrun_lessons": 30,
    "classroom.lessons.tasks.send_unsent_orders": 10,
    "classroom.lessons.tasks.forget_expired": 3600,
    "classroom.invitations.tasks.repeat_taken_back": 10,
    "classroom.ledger.tasks.take_ledger": 10,
    "classroom.ledger.tasks.look_for_rooms": 60,
    "classroom.recorder.tasks.watch_recordings": 10,
    "classroom.reports.tasks.count_days": 15,
    "resources.looking.look_at": None,
    "resources.sweeping.sweep": 60,
    "resources.turns.make_first": None,
    "resources.turns.make_rest": None,
    "resources.interchange.harvest.harvest": 3600,
    "scheduling.timetable.publication.publish": None,
    "scheduling.timetable.solving.solve": None,
    "scheduling.timetable.reminding.remind": 60,
    "admin.notices.tasks.send_notices": 5,
    "admin.tickets.tasks.hand_up_tickets": 15,
    "admin.auditing.tasks.walk_chain": 86_400,
    "admin.children.tasks.hand_reports_on": 300,
    "admin.keeping_times.sweep_nightly": 86_400,
    "admin.companions.bracelets.tasks.watch_fences": 60,
    "admin.companions.bracelets.tasks.forget_tracks": 3600,
}
"""What the worker can do; periodic jobs with the seconds between two starts by beat."""

HOLDINGS = ("admin.children.held", "admin.roster.held", "resources.held", "admin.companions.bracelets.held")
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
    from core import large_pages

    large_pages.insist()
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


cli.command()(backup)


@cli.command("restore")
def restore_backup(
    folder: Annotated[Path, typer.Argument(help="As given to `songjiao backup`.")],
    stamp: Annotated[str | None, typer.Option(help="Which one; else the newest.")] = None,
    data: Data = None,
) -> None:
    """A backup into an empty machine: erases again who was erased since, then walks along the audit chain."""
    restore(folder, data, stamp, HOLDINGS)


@cli.command("demo-data")
def demo_data() -> None:
    """Loads the demo's schools, people and lesson; what is there stays."""
    import admin.demo
    import classroom.lessons.demo
    import scheduling.timetable.demo
    from admin.companions.modules import load_demo
    from core.database import HouseNote
    from core.notes import DEMO
    from core.version import VERSION

    async def load(session: AsyncSession) -> None:
        await admin.demo.load(session)
        await classroom.lessons.demo.load(session)
        await scheduling.timetable.demo.load(session)
        await load_demo(session)
        await session.merge(HouseNote(key=DEMO, value=VERSION))

    in_transaction(load)


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


@hosts.command("pair")
def pair_host(
    web: Annotated[str, typer.Option(help="Address of the house, https://… outside of this machine.")],
    data: HostData = Path("var/host"),
    authority: Annotated[Path | None, typer.Option(help="A certificate authority to trust besides the usual.")] = None,
) -> None:
    """Shows six digits on the screen and waits until the school has typed them in."""
    from classroom.host.command import pair_here

    pair_here(web, data, authority, print)


@hosts.command("run")
def run_host(
    web: Annotated[str, typer.Option(help="Address of the house, https://… outside of this machine.")],
    camera: Annotated[str, typer.Option(help="The room's camera: rtsp://… to pull from, rtmp://… to listen at.")],
    board: Annotated[str | None, typer.Option(help="The lectern's picture, in a sending room.")] = None,
    data: HostData = Path("var/host"),
    authority: Annotated[Path | None, typer.Option(help="A certificate authority to trust besides the usual.")] = None,
) -> None:
    """Publishes the room's cameras while a lesson of the room is on."""
    from classroom.host.command import run_here

    run_here(web, data, {"main": camera} | ({"board": board} if board else {}), authority)


@cli.command()
def generate(classrooms: int = 8281, lessons: int = 40_000, resources: int = 0, seed: int = 1) -> None:
    """Makes a whole prefecture with a term of lessons, for tests of scale."""
    from sqlalchemy import text

    import admin.generate
    import classroom.lessons.generate
    import resources.generate as library

    async def make(session: AsyncSession) -> None:
        if classrooms:
            await admin.generate.prefecture(session, classrooms=classrooms, seed=seed)
        if lessons:
            await classroom.lessons.generate.term(session, lessons=lessons, seed=seed)
        if resources:
            await library.library(session, resources=resources, seed=seed)
        await session.execute(text("ANALYZE"))  # or PostgreSQL plans for empty tables until its own round

    in_transaction(make)


def build_web(settings: WebSettings | None = None) -> FastAPI:
    """The web app: API, events and pages. Opens its connections when it starts."""
    from admin.auditing.router import router as auditing
    from admin.change_router import router as changes
    from admin.children import holdings
    from admin.children.class_router import router as class_consents
    from admin.children.help_router import router as help_wanted
    from admin.children.router import router as children
    from admin.children.waiting import SOURCE as MINORS
    from admin.companions.modules import SOURCES, acquainted
    from admin.companions.modules import routers as companions
    from admin.devices.router import router as devices
    from admin.notices.router import router as notices
    from admin.roster.routers import routers as roster
    from admin.router import router as registry
    from admin.sign_on.router import router as account
    from admin.start.router import router as start
    from admin.status import router as status
    from admin.tickets.router import router as tickets
    from admin.tickets.waiting import SOURCE as HELP
    from classroom.lessons.router import router as lessons
    from classroom.lessons.waiting import SOURCE as LESSONS
    from classroom.recorder.router import calls
    from classroom.routers import routers as live
    from core import pages, web
    from core.settings import WebSettings, load
    from resources.bucket import furnished
    from resources.routers import routers as library
    from scheduling.routers import routers as planning

    chosen = settings or load(WebSettings)
    holdings.offer(HOLDINGS)
    routers = [  # a request tries them in this order: what every page and room asks for comes first
        lessons,
        registry,
        account,
        auditing,
        children,
        class_consents,
        help_wanted,
        changes,
        *roster,
        *planning,
        *library,
        *live,
        *companions,
    ]
    routers += [status, start([HELP, MINORS, LESSONS, *SOURCES]), tickets, notices, devices]
    app = web.build(chosen, routers, [_events(chosen), calls, acquainted, furnished(chosen)])
    pages.add(app, DIST)
    return app


def _events(settings: WebSettings) -> Running:
    """The lessons' sockets, from the moment that Valkey's address is known."""
    from classroom.interaction.socket import LessonEvents
    from classroom.lessons.names import name_of
    from classroom.lessons.outbox import lesson_fact
    from core.connections import Connections
    from core.tickets import TicketVerifier

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        ground: Connections = app.state.connections
        verifier = TicketVerifier(ground.signer.public_key)
        told = (lesson_fact(ground.sessions), settings.origins, name_of(ground.sessions))
        events = LessonEvents(ground.valkey, verifier, *told)
        app.router.routes[:0] = events.router.routes
        async with events.running():
            yield
        del app.router.routes[: len(events.router.routes)]

    return running


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

    # What is loaded at the start stays; walking through it again and again would be a quarter of the start's time.
    gc.set_threshold(50_000, 20, 20)
    try:
        cli()
    except StartError as error:
        sys.exit(f"songjiao: {error}")


if __name__ == "__main__":
    main()
