"""Commands of the ground, and the one transaction that a command is. The imports stand inside, so that a process loads
what it needs and no more: the relay reads this file too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

ground = typer.Typer()


def in_transaction(work: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """One command is one transaction, as one request is."""
    import asyncio

    from core.connections import open_connections

    async def run() -> None:
        async with open_connections() as ground, ground.transaction() as session:
            await work(session)

    asyncio.run(run())


@ground.command()
def migrate() -> None:
    """Brings the database to the newest schema."""
    from core import migrate
    from core.errors import StartError
    from core.settings import DatabaseSettings, load

    url = load(DatabaseSettings).database_url
    if not url:
        raise StartError("SONGJIAO_DATABASE_URL must be set; `songjiao run` migrates its own database by itself.")
    migrate.upgrade(url)


@ground.command("public-key")
def public_key() -> None:
    """Prints the tickets' public key, all that a relay elsewhere needs to know of the secret."""
    from core.errors import StartError
    from core.settings import SecretSettings, load
    from core.tickets import TicketSigner

    secret = load(SecretSettings).secret_key
    if not secret:
        raise StartError("SONGJIAO_SECRET_KEY must be set.")
    print(TicketSigner(secret).public_key)


@ground.command("relay-key")
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
