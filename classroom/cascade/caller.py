"""Asks another relay what a lesson offers, and for its parts by WHEP, with the ticket of somebody who watches here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import httpx

from classroom.cascade import offers
from classroom.cascade.demand import Need
from classroom.cascade.leg import Leg
from classroom.cascade.offers import Offer
from classroom.cascade.ways import VIA, via
from classroom.relay.description import Kind
from classroom.transport import dial
from classroom.transport.dialing import Dialing
from classroom.transport.ice import Credentials
from classroom.transport.port import MediaPort
from core.tickets import Ticket

PATIENCE = httpx.Timeout(1.5, connect=0.7)
"""A relay that takes longer is no help to a room that waits for its picture."""
CONNECT_WITHIN = 1.5
HELD = httpx.Timeout(2.0 + offers.HOLD, connect=0.7)


class NoLeg(Exception):
    """This relay does not give it; another may."""


class Over(Exception):
    """The lesson has ended: no relay gives it."""


class Caller:
    """`name` is this relay's own; `http` is closed by whoever gave it."""

    def __init__(self, http: httpx.AsyncClient, port: MediaPort, name: str, clock: Callable[[], float]) -> None:
        self.dialing = Dialing(port, clock)
        self.on_leg_end: Callable[[Leg], None] = lambda leg: None
        self.clock = clock
        self._http = http
        self._port = port
        self._name = name

    async def call(self, need: Need, ticket: Ticket, parent: str) -> Leg:
        """A connected leg, which has joined nothing yet. Raises NoLeg or Over."""
        local = Credentials.new()
        fingerprint = self._port.fresh_identity(self.clock()).fingerprint
        kind: Kind = "audio" if need.layer == offers.VOICE else "video"
        offer = dial.offer_text(local, fingerprint, (kind,))
        agreed = await self._ask(need, ticket, parent, offer)
        leg = Leg(need, ticket.lesson, parent, self.clock())
        leg.on_end = self.on_leg_end
        layer = "f" if kind == "audio" else need.layer
        tracks = tuple(replace(track, layer=layer) for track in agreed.tracks)
        leg.begin(self.dialing.call(local, agreed, leg), tracks)
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await leg.connected.wait()
        except TimeoutError:
            leg.close("never connected", self.clock())
        except asyncio.CancelledError:
            leg.close("not wanted any more", self.clock())
            raise
        if leg.ended.is_set():
            raise NoLeg(f"{parent}: {leg.reason}")
        return leg

    async def offers(self, ticket: Ticket, parent: str, known: str) -> Offer:
        """What the lesson offers there; the answer waits a few seconds while that has the mark `known`. Raises NoLeg
        or Over."""
        url, headers = f"{parent}/cascade/offers/{ticket.lesson}", self._headers(ticket)
        try:
            said = await self._http.get(url, params={"known": known}, headers=headers, timeout=HELD)
            _check(said, 200, parent)
            return offers.read(said.content)
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise NoLeg(f"{parent}: {type(error).__name__}") from None

    def _headers(self, ticket: Ticket) -> dict[str, str]:
        return {"Authorization": f"Bearer {ticket.signed}", VIA: ", ".join((*via(ticket), self._name))}

    async def _ask(self, need: Need, ticket: Ticket, parent: str, offer: str) -> dial.Answer:
        headers = {**self._headers(ticket), "Content-Type": "application/sdp"}
        url, query = f"{parent}/whep/{ticket.lesson}", {"slots": need.slot, "layer": need.layer}
        try:
            said = await self._http.post(url, params=query, content=offer.encode(), headers=headers, timeout=PATIENCE)
        except (httpx.HTTPError, OSError) as error:
            raise NoLeg(f"{parent}: {type(error).__name__}") from None
        _check(said, 201, parent)
        try:
            return dial.read_answer(said.content)
        except dial.NotAnAnswer as error:
            raise NoLeg(f"{parent}: {error}") from None


def _check(said: httpx.Response, wanted: int, parent: str) -> None:
    if said.status_code == 410:
        raise Over
    if said.status_code != wanted:
        raise NoLeg(f"{parent} answered {said.status_code}")
