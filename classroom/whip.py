"""The door for those who send: WHIP, RFC 9725. One session publishes into one slot of one lesson."""

from starlette.requests import Request
from starlette.routing import Route

from classroom.door import Doorway, routes
from classroom.relay.session import Session
from classroom.transport.offer import Offer
from core.errors import NotAllowed
from core.tickets import Ticket


def router(doorway: Doorway) -> list[Route]:
    def begin(request: Request, ticket: Ticket, offer: Offer) -> tuple[Session, str]:
        slot = chosen_slot(ticket, request.query_params.get("slot"))
        return doorway.sessions.publish(ticket, slot, offer, doorway.clock())

    return routes(doorway, "whip", begin)


def chosen_slot(ticket: Ticket, asked: str | None) -> str:
    """The ticket's first slot, or the one asked for if the ticket has it. Raises NotAllowed."""
    if not ticket.publish:
        zh, en = "这张凭证只能收看，不能推流。", "This ticket is for watching only."
        raise NotAllowed("ticket-cannot-publish", zh=zh, en=en)
    if asked and asked not in ticket.publish:
        zh, en = f"这张凭证不能使用画面位“{asked[:32]}”。", f"This ticket has no right to the slot {asked[:32]!r}."
        raise NotAllowed("slot-not-yours", zh=zh, en=en, slots=list(ticket.publish))
    return asked or ticket.publish[0]
