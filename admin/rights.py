"""Who may do what: deny by default. A right is held through a role, and a role reaches only the places below the
one it was given for; `admin/who.py` joins the two. This file is the whole table."""

from typing import Literal, get_args

Role = Literal[
    "admin",
    "bureau",
    "teacher",
    "assistant",
    "student",
    "room",
    "demo_teacher",
    "hospital",
    "insurer",
    "police",
    "guardian",
    "gateway",
]
Right = Literal[
    "session.own",
    "regions.read",
    "organisations.read",
    "schools.read",
    "rooms.read",
    "people.read",
    "schools.create",
    "schools.change",
    "rooms.create",
    "rooms.change",
    "people.create",
    "people.change",
    "devices.pair",
    "devices.read",
    "devices.revoke",
    "lessons.read",
    "lessons.browse",
    "lessons.create",
    "lessons.change",
    "lessons.delete",
    "lessons.start",
    "lessons.end",
    "lessons.shutdown",
    "lessons.substitute",
    "lessons.ticket",
    "lessons.teach",
    "lessons.attend",
    "lessons.watch",
    "lessons.observe",
    "relays.read",
    "workdays.read",
    "workdays.change",
    "lists.read",
    "lists.change",
    "lists.accept",
    "exchange.read",
    "exchange.offer",
    "exchange.apply",
    "exchange.approve",
    "settlement.read",
    "settlement.keep",
    "settlement.charge",
    "settlement.statement",
    "settlement.reconcile",
    "bracelets.read",
    "bracelets.keep",
    "bracelets.search",
    "bracelets.look",
    "bracelets.own",
    "bracelets.feed",
]
ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS: tuple[Right, ...] = get_args(Right)

EVERYONE: frozenset[Right] = frozenset({"session.own", "regions.read", "lessons.read", "lessons.ticket"})
REGISTRY: frozenset[Right] = frozenset({"organisations.read", "schools.read", "rooms.read", "people.read"})
KEEPING: frozenset[Right] = frozenset(
    {"schools.create", "schools.change", "rooms.create", "rooms.change", "people.create", "people.change"}
)
"""The registry itself; which roles somebody may give is in staff.py."""
LEADING: frozenset[Right] = frozenset({"lessons.start", "lessons.end", "lessons.shutdown", "lessons.substitute"})
ARRANGING: frozenset[Right] = frozenset({"lessons.create", "lessons.change", "lessons.delete", "lessons.observe"})
BROWSING: frozenset[Right] = frozenset({"lessons.browse"})
"""All lessons of the place; without it one sees those that one leads, or that one's room or class receives."""
DEVICES: frozenset[Right] = frozenset({"devices.pair", "devices.read", "devices.revoke"})
TREE: frozenset[Right] = frozenset({"relays.read"})
LISTS: frozenset[Right] = frozenset({"lists.read", "lists.change", "lists.accept"})
EXCHANGE: frozenset[Right] = frozenset({"exchange.read", "exchange.offer", "exchange.apply", "exchange.approve"})
SETTLEMENT: frozenset[Right] = frozenset(
    {"settlement.read", "settlement.keep", "settlement.reconcile", "settlement.statement"}
)
"""Of the insurance bureau; a hospital's window charges and reads what it charged."""
POLICE: frozenset[Right] = frozenset({"bracelets.read", "bracelets.keep", "bracelets.search", "bracelets.look"})
"""Bracelets; where a child is only within an open search case."""
OFFICE: frozenset[Right] = frozenset(
    {
        "workdays.read",
        *LISTS,
        *EXCHANGE,
    }
)
"""What every bureau may do with companion modules."""
CALENDAR: frozenset[Right] = frozenset({"workdays.change"})
"""The working days are the whole house's."""

RIGHTS_OF: dict[Role, frozenset[Right]] = {
    "admin": EVERYONE | REGISTRY | KEEPING | BROWSING | LEADING | ARRANGING | DEVICES | TREE | OFFICE | CALENDAR,
    "bureau": EVERYONE | REGISTRY | KEEPING | BROWSING | LEADING | ARRANGING | DEVICES | TREE | OFFICE,
    "teacher": EVERYONE | REGISTRY | BROWSING | LEADING | {"lessons.teach", "devices.pair"},
    "assistant": EVERYONE | BROWSING | {"schools.read", "rooms.read", "lessons.attend", "devices.pair"},
    "student": EVERYONE | {"lessons.watch"},
    "room": EVERYONE | {"lessons.attend"},
    "demo_teacher": EVERYONE | {"lessons.teach"},
    "hospital": EVERYONE | {"settlement.charge", "settlement.statement"},
    "insurer": EVERYONE | EXCHANGE | SETTLEMENT,
    "police": EVERYONE | POLICE,
    "guardian": EVERYONE | {"bracelets.own", "bracelets.look"},
    "gateway": EVERYONE | {"bracelets.feed"},
}
