"""Who may do what: deny by default. A right is held through a role, and a role reaches only the places below the
one it was given for; `admin/who.py` joins the two. This file is the whole table."""

from typing import Literal, get_args

Role = Literal["admin", "bureau", "teacher", "assistant", "student", "room", "demo_teacher"]
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

RIGHTS_OF: dict[Role, frozenset[Right]] = {
    "admin": EVERYONE | REGISTRY | KEEPING | BROWSING | LEADING | ARRANGING | DEVICES | TREE,
    "bureau": EVERYONE | REGISTRY | KEEPING | BROWSING | LEADING | ARRANGING | DEVICES | TREE,
    "teacher": EVERYONE | REGISTRY | BROWSING | LEADING | {"lessons.teach", "devices.pair"},
    "assistant": EVERYONE | BROWSING | {"schools.read", "rooms.read", "lessons.attend", "devices.pair"},
    "student": EVERYONE | {"lessons.watch"},
    "room": EVERYONE | {"lessons.attend"},
    "demo_teacher": EVERYONE | {"lessons.teach"},
}
