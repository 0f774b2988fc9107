"""The door for those who watch: WHEP, WHIP's sibling (draft-ietf-wish-whep). The viewer offers receive-only lines.

The nth audio and the nth video line get the nth slot: teacher, board, guest, room1 to room3; `?slots=board,guest` names
others. One audio and one video line get the lesson's main picture.
"""

from fastapi import APIRouter, Request

from classroom.door import Doorway, routes
from classroom.relay.session import Session
from classroom.transport.offer import Offer
from core.errors import NotAllowed
from core.tickets import Ticket


def router(doorway: Doorway) -> APIRouter:
    def begin(request: Request, ticket: Ticket, offer: Offer) -> tuple[Session, str]:
        if not ticket.watch:
            zh, en = "这张凭证只能推流，不能收看。", "This ticket is for publishing only."
            raise NotAllowed("ticket-cannot-watch", zh=zh, en=en)
        return doorway.sessions.watch(ticket, chosen_slots(request), offer, doorway.clock())

    return routes(doorway, "whep", begin)


def chosen_slots(request: Request) -> tuple[str, ...]:
    asked = request.query_params.get("slots") or request.query_params.get("slot") or ""
    return tuple(slot.strip() for slot in asked.split(",") if slot.strip())[:16]
