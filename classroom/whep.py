"""The door for those who watch: WHEP, WHIP's sibling (draft-ietf-wish-whep). The viewer offers receive-only lines.

The nth audio and the nth video line get the nth slot: teacher, board, guest, room1 to room3; `?slots=board,guest` names
others. One audio and one video line get the lesson's main picture: the teacher, or the board while only that is live.
The relay chooses the layer by what the line carries; `?layer=q`, `h`, `f` or `voice` pins it.
"""

from starlette.requests import Request
from starlette.routing import Route

from classroom.cascade import ways
from classroom.door import Doorway, routes
from classroom.relay.session import Session
from classroom.transport.offer import Offer
from core.errors import BadInput, NotAllowed
from core.tickets import Ticket

PINS = ("voice", "q", "h", "f")


def router(doorway: Doorway) -> list[Route]:
    def begin(request: Request, ticket: Ticket, offer: Offer) -> tuple[Session, str]:
        if not ticket.watch:
            zh, en = "这张凭证只能推流，不能收看。", "This ticket is for publishing only."
            raise NotAllowed("ticket-cannot-watch", zh=zh, en=en)
        names = ways.passed(request.headers.get(ways.VIA, ""))
        if names:
            ways.check_loop(names, doorway.name)
            ticket = ways.of_a_relay(ticket, names)
        layer = chosen_layer(request.query_params.get("layer"))
        return doorway.sessions.watch(ticket, chosen_slots(request), offer, doorway.clock(), layer)

    return routes(doorway, "whep", begin)


def chosen_layer(asked: str | None) -> str | None:
    """Raises BadInput."""
    if asked is None or asked in PINS:
        return asked
    zh, en = (
        f"没有“{asked[:16]}”这一档，可选：{'、'.join(PINS)}。",
        f"No layer {asked[:16]!r}; choose one of {', '.join(PINS)}.",
    )
    raise BadInput("unknown-layer", zh=zh, en=en, layers=list(PINS))


def chosen_slots(request: Request) -> tuple[str, ...]:
    asked = request.query_params.get("slots") or request.query_params.get("slot") or ""
    return tuple(slot.strip() for slot in asked.split(",") if slot.strip())[:16]
