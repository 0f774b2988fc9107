"""How modules get each other's data: never by import, only by asking the exchange (D15), which looks for an approved
share and logs the call. A module declares what it can give as `Offer`s; `admin/companions/modules.py` brings both
together and hands the asking on with the request."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.who import Actor

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Offer:
    """`give` takes the session, the path of the place whose rows are wanted, and the keys asked for (none: all)."""

    code: str
    columns: tuple[str, ...]
    give: Callable[[AsyncSession, str, Sequence[str]], Awaitable[Rows]]


Offers = Mapping[str, Offer]


class Asks(Protocol):
    async def __call__(
        self, session: AsyncSession, who: Actor, share_id: UUID, keys: Sequence[str], request: Request
    ) -> Rows: ...


def _ask(request: Request) -> Asks:
    found: Asks = request.app.state.ask
    return found


Exchange = Annotated[Asks, Depends(_ask)]
