"""清单管理、挂图作战、逐一销号 (D3): an item is closed only with route, due day and owner, with evidence, and by an
acceptor who is not its owner."""

from datetime import date

from admin.companions.lists.schemas import Colour
from admin.companions.shape.steps import Machine, Step
from admin.working_days import Calendar

WHOLE = ("route", "due", "owner_id")
WARNING_DAYS = 3
"""Working days before the due day from which an item is yellow."""

MACHINE = Machine(
    first="open",
    states={"open": ("办理中", "Open"), "submitted": ("待验收", "Submitted"), "closed": ("已销号", "Closed")},
    steps=(
        Step("submit", "报请销号", "Submit", ("open",), "submitted", "lists.change", WHOLE, True, only_by="owner_id"),
        Step(
            "accept", "验收销号", "Accept", ("submitted",), "closed", "lists.accept", WHOLE, True, not_by=("owner_id",)
        ),
        Step("send_back", "退回整改", "Send back", ("submitted",), "open", "lists.accept", reason=True),
    ),
)


def colour(state: str, due: date | None, today: date, calendar: Calendar) -> Colour:
    """Red from the midnight after the due day; without a due day red as well, for nobody has planned it."""
    if state == "closed":
        return "done"
    if due is None or due < today:
        return "red"
    return "yellow" if calendar.between(today, due) <= WARNING_DAYS else "green"
