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
    "recorder",
    "security",
    "auditor",
    "host",
]
Right = Literal[
    "session.own",
    "session.enrol",
    "sessions.read",
    "sessions.end",
    "factors.reset",
    "numbers.unmask",
    "audit.read",
    "audit.verify",
    "audit.export",
    "children.see",
    "children.read",
    "children.own",
    "children.keep",
    "consents.record",
    "reports.make",
    "reports.keep",
    "words.keep",
    "status.read",
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
    "organisations.create",
    "organisations.change",
    "classes.read",
    "classes.change",
    "pupils.read",
    "pupils.change",
    "promotions.run",
    "imports.run",
    "delegations.read",
    "delegations.give",
    "calendar.read",
    "calendar.change",
    "needs.read",
    "needs.correct",
    "plan.read",
    "plan.change",
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
    "lessons.equip",
    "invitations.ask",
    "invitations.approve",
    "relays.read",
    "tickets.open",
    "tickets.answer",
    "portal.read",
    "portal.change",
    "devices.tell",
    "lines.test",
    "reports.read",
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
    "resources.read",
    "resources.create",
    "resources.send",
    "resources.change",
    "resources.review",
    "resources.quota",
    "resources.request",
    "resources.harvest",
    "recordings.hand_over",
    "recordings.plan",
]
Standing = Literal["full", "factor", "enrol"]
"""How far a sign-in has come: all of the person's rights; a code of the second factor is still to be given; a second
factor is compulsory for the person's office and none is set up yet."""

ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS: tuple[Right, ...] = get_args(Right)

OWN: frozenset[Right] = frozenset({"session.own", "session.enrol"})
"""One's own account: what a sign-in may do before it is whole."""
EVERYONE: frozenset[Right] = OWN | {"regions.read", "lessons.read", "lessons.ticket", "portal.read", "reports.make"}
REGISTRY: frozenset[Right] = frozenset({"organisations.read", "schools.read", "rooms.read", "people.read"})
KEEPING: frozenset[Right] = frozenset(
    {"schools.create", "schools.change", "rooms.create", "rooms.change", "people.create", "people.change"}
)
"""The registry itself; which roles somebody may give is in staff.py."""
ROSTER: frozenset[Right] = frozenset({"classes.read", "pupils.read", "consents.record", "calendar.read"})
"""Whom one teaches, whose families have signed, and when the school is open."""
ROSTER_KEEPING: frozenset[Right] = ROSTER | {
    "organisations.create",
    "organisations.change",
    "classes.change",
    "pupils.change",
    "promotions.run",
    "imports.run",
    "delegations.read",
    "delegations.give",
}
PLANNING: frozenset[Right] = frozenset({"calendar.change", "needs.read", "needs.correct", "plan.read", "plan.change"})
"""Of the bureau; a school corrects its own needs and reads the plan."""
LEADING: frozenset[Right] = frozenset({"lessons.start", "lessons.end", "lessons.shutdown", "lessons.substitute"})
ARRANGING: frozenset[Right] = frozenset(
    {
        "lessons.create",
        "lessons.change",
        "lessons.delete",
        "lessons.observe",
        "recordings.plan",
        "invitations.ask",
    }
)
BROWSING: frozenset[Right] = frozenset({"lessons.browse"})
"""All lessons of the place; without it one sees those that one leads, or that one's room or class receives."""
HELP: frozenset[Right] = frozenset({"tickets.open", "tickets.answer"})
"""Reporting a fault, and answering those of one's place."""
REPORTS: frozenset[Right] = frozenset({"reports.read"})
"""The leaders' dashboard and monthly report."""
DEVICES: frozenset[Right] = frozenset({"devices.pair", "devices.read", "devices.revoke"})
LINES: frozenset[Right] = frozenset({"lines.test"})
"""A test of a school's line, and the results of those before."""
TREE: frozenset[Right] = frozenset({"relays.read"})
STATUS: frozenset[Right] = frozenset({"status.read"})
"""Parts, backups and retention of the whole house."""
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

GUARDING: frozenset[Right] = frozenset({"sessions.read", "sessions.end", "factors.reset"})
"""Who is signed in, and lost second factors: the security administrator's."""
AUDIT: frozenset[Right] = frozenset({"audit.read", "audit.verify", "audit.export"})
"""The audit administrator's alone. These two keep no registers, see no lessons and appoint nobody."""
TWO_FACTORS: frozenset[Role] = frozenset({"admin", "bureau", "security", "auditor"})
"""Offices that may not be entered with a password alone."""
SEPARATED: frozenset[Role] = frozenset({"security", "auditor"})
"""三员分立: beside `admin`, the system administrator. Each of these is its holder's only role (roles_separate)."""
READING: frozenset[Right] = frozenset({"resources.read"})
"""The library, as far as a resource's scope and one's own place meet."""
SHARING: frozenset[Right] = READING | {"resources.create", "resources.send", "resources.change", "resources.request"}
LIBRARY: frozenset[Right] = SHARING | {"resources.review", "resources.quota", "resources.harvest"}
"""Of those who answer for what a place publishes."""

CHILDREN: frozenset[Right] = frozenset(
    {"children.see", "children.read", "children.keep", "reports.keep", "words.keep", "numbers.unmask"}
)
"""Keeping minors' files. "see" opens the door, "read" says of which pupils; guardians have the door and their own."""
FAMILY: frozenset[Right] = frozenset({"children.see", "children.own"})

RIGHTS_OF: dict[Role, frozenset[Right]] = {
    "admin": EVERYONE
    | STATUS
    | LIBRARY
    | CHILDREN
    | REGISTRY
    | ROSTER_KEEPING
    | PLANNING
    | KEEPING
    | BROWSING
    | LEADING
    | ARRANGING
    | DEVICES
    | LINES
    | HELP
    | REPORTS
    | TREE
    | OFFICE
    | CALENDAR
    | {"portal.change", "invitations.approve"},
    "bureau": EVERYONE
    | LIBRARY
    | CHILDREN
    | REGISTRY
    | ROSTER_KEEPING
    | PLANNING
    | KEEPING
    | BROWSING
    | LEADING
    | ARRANGING
    | DEVICES
    | LINES
    | HELP
    | REPORTS
    | TREE
    | OFFICE,
    "teacher": EVERYONE
    | SHARING
    | REGISTRY
    | ROSTER
    | BROWSING
    | LEADING
    | LINES
    | {"lessons.teach", "recordings.plan", "devices.pair", "tickets.open", "tickets.answer"},
    "assistant": EVERYONE
    | SHARING
    | BROWSING
    | ROSTER
    | HELP
    | LINES
    | {"needs.read", "needs.correct", "schools.read", "rooms.read", "lessons.attend", "devices.pair"},
    "student": EVERYONE | READING | {"lessons.watch"},
    "room": EVERYONE | READING | LINES | {"lessons.attend", "devices.tell", "tickets.open"},
    "demo_teacher": EVERYONE | {"lessons.teach"},
    "hospital": EVERYONE | {"settlement.charge", "settlement.statement"},
    "insurer": EVERYONE | EXCHANGE | SETTLEMENT,
    "police": EVERYONE | POLICE,
    "guardian": EVERYONE | FAMILY | {"bracelets.own", "bracelets.look"},
    "gateway": EVERYONE | {"bracelets.feed"},
    "security": OWN | GUARDING,
    "auditor": OWN | AUDIT,
    "host": frozenset({"session.own", "lessons.read", "lessons.ticket", "lessons.equip", "devices.tell"}),
    "recorder": OWN
    | BROWSING
    | {"lessons.read", "lessons.ticket", "resources.send", "recordings.hand_over", "recordings.plan"},
}
