"""Commands of the registry; see core/commands.py."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.commands import in_transaction

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

administrators = typer.Typer(no_args_is_help=True, help="Accounts made at this machine.")
auditing = typer.Typer(no_args_is_help=True, help="The audit log.")


@auditing.callback()
def _audit() -> None:
    """The audit log."""


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
    in_transaction(lambda session: create_administrator(session, username, name, password, place, chosen))
    print(f"{username} may sign in now.")


def backup(
    folder: Annotated[Path, typer.Argument(help="Where the backups and their key book lie.")],
    data: Annotated[Path | None, typer.Option(help="Folder of all data.")] = None,
    keep_days: Annotated[int, typer.Option(help="Older backups lose their keys and their files.", min=1)] = 180,
) -> None:
    """Database, objects and keys into a folder, sealed; also while the house runs."""
    from admin.running import backup

    print(backup(folder, data, keep_days))


def restore(folder: Path, data: Path | None, stamp: str | None, modules: Iterable[str]) -> None:
    """`modules` hold something about persons (admin/children/holdings.py)."""
    from admin import running
    from admin.children import holdings

    holdings.offer(modules)
    print(running.restore(folder, data, stamp))


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

    in_transaction(walk)
