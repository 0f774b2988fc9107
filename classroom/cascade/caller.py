"""Asks another relay for a slot, by WHEP, with the ticket of somebody who watches here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import httpx

from classroom.cascade.demand import Need
from classroom.cascade.leg import Leg
from classroom.cascade.ways import VIA, via
from classroom.relay.description import Kind
from classroom.relay.lesson import Lesson
from classroom.transport import dial
from classroom.transport.dialing import Dialing
from classroom.transport.ice import Credentials
from classroom.transport.port import MediaPort
from core.tickets import Ticket

PATIENCE = httpx.Timeout(1.5, connect=0.7)
"""A relay that takes longer is no help to a room that waits for its picture."""
CONNECT_WITHIN = 1.5
KINDS: dict[str, tuple[Kind, ...]] = {"voice": ("audio",)}
BOTH: tuple[Kind, ...] = ("audio", "video")


class NoLeg(Exception):
    """This relay does not give it; another may."""


class Over(Exception):
    """The lesson has ended: no relay gives it."""


class Caller:
    """`name` is this relay's own; `http` is closed by whoever gave it."""

    def __init__(self, http: httpx.AsyncClient, port: MediaPort, name: str, clock: Callable[[], float]) -> None:
        self.dialing = Dialing(port)
        self.on_leg_end: Callable[[Leg], None] = lambda leg: None
        self.clock = clock
        self._http = http
        self._port = port
        self._name = name

    async def call(self, need: Need, lesson: Lesson, ticket: Ticket, parent: str) -> Leg:
        """A connected leg, which publishes nothing yet. Raises NoLeg or Over."""
        local = Credentials.new()
        fingerprint = self._port.fresh_identity(self.clock()).fingerprint
        offer = dial.offer_text(local, fingerprint, KINDS.get(need.slot, BOTH))
        agreed = await self._ask(need, ticket, parent, offer)
        leg = Leg(need, lesson, ticket.lesson, parent, self.clock())
        leg.on_end = self.on_leg_end
        tracks = tuple(replace(track, layer=need.layer) for track in agreed.tracks)
        leg.begin(self.dialing.call(local, agreed, leg, self.clock()), tracks)
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

    async def _ask(self, need: Need, ticket: Ticket, parent: str, offer: str) -> dial.Answer:
        headers = {
            "Authorization": f"Bearer {ticket.signed}",
            "Content-Type": "application/sdp",
            VIA: ", ".join((*via(ticket), self._name)),
        }
        url, query = f"{parent}/whep/{ticket.lesson}", {"slots": need.slot, "layer": need.layer}
        try:
            said = await self._http.post(url, params=query, content=offer.encode(), headers=headers, timeout=PATIENCE)
        except (httpx.HTTPError, OSError) as error:
            raise NoLeg(f"{parent}: {type(error).__name__}") from None
        if said.status_code == 410:
            raise Over
        if said.status_code != 201:
            raise NoLeg(f"{parent} answered {said.status_code}")
        try:
            return dial.read_answer(said.content)
        except dial.NotAnAnswer as error:
            raise NoLeg(f"{parent}: {error}") from None
