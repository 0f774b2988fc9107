"""Who may see which fact of a lesson. Pure: the whole table is here.

| | lesson, slot, paused, muted, recording | presence | line | remote |
|---|---|---|---|---|
| teacher, observer | all | all | all | all |
| equipment | all | their own | their own | none |
| classroom, student | all | of teachers and classrooms, and their own | their own | of their own room |

Children need not know who else watches from home, and 500 rooms need not hear of each other's lines.
"""

from __future__ import annotations

from classroom.interaction.log import Entry
from core.tickets import Ticket

SEES_ALL = frozenset({"teacher", "observer"})
FOR_ALL = frozenset({"lesson", "slot", "paused", "muted", "recording"})
SHOWN_ROLES = frozenset({"teacher", "classroom"})


def may_see(ticket: Ticket, entry: Entry) -> bool:
    """Whether the ticket's bearer hears of this entry. A removal says nothing about anybody, so it goes to all."""
    if ticket.role in SEES_ALL or entry.type in FOR_ALL or entry.body is None:
        return True
    if entry.type == "presence":
        shown = ticket.role != "equipment" and entry.body.get("role") in SHOWN_ROLES
        return shown or entry.key == presence_key(ticket)
    if entry.type == "remote":
        return ticket.role == "classroom" and entry.key == ticket.room
    if entry.type == "line":
        return bool(entry.body.get("person") == ticket.person)
    return False


def presence_key(ticket: Ticket) -> str:
    """A room counts as one, whoever signed it in; anybody else is a person."""
    return ticket.room if ticket.role == "classroom" and ticket.room else ticket.person
