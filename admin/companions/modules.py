"""The list of all companion modules: what each adds here are the lines that README.md names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from admin.companions.bracelets import demo as bracelets_demo
from admin.companions.bracelets import router as bracelets
from admin.companions.bracelets import waiting as bracelets_waiting
from admin.companions.exchange import actions as exchange_actions
from admin.companions.exchange import demo as exchange_demo
from admin.companions.exchange import router as exchange
from admin.companions.exchange import waiting as exchange_waiting
from admin.companions.lists import demo as lists_demo
from admin.companions.lists import offers as lists_offers
from admin.companions.lists import router as lists
from admin.companions.lists import waiting as lists_waiting
from admin.companions.settlement import demo as settlement_demo
from admin.companions.settlement import router as settlement
from admin.companions.settlement import waiting as settlement_waiting
from admin.companions.shape import days
from admin.companions.shape.sharing import Offers

MODULES = (
    bracelets,
    exchange,
    lists,
    settlement,
)
DEMOS = (
    bracelets_demo,
    exchange_demo,
    lists_demo,
    settlement_demo,
)
SOURCES = (
    bracelets_waiting.POLICE,
    bracelets_waiting.GUARDIAN,
    exchange_waiting.SOURCE,
    lists_waiting.SOURCE,
    settlement_waiting.BUREAU,
    settlement_waiting.WINDOW,
)
OFFERED = (
    *lists_offers.OFFERS,
)  # fmt: skip
OFFERS: Offers = {offer.code: offer for offer in OFFERED}


routers = (days.router, *(module.router for module in MODULES))


@asynccontextmanager
async def acquainted(app: FastAPI) -> AsyncIterator[None]:
    """A module asks for another's data without importing it, by what stands in the app's state."""
    app.state.ask = partial(exchange_actions.call, OFFERS)
    yield


async def load_demo(session: AsyncSession) -> None:
    for demo in DEMOS:
        await demo.load(session)
