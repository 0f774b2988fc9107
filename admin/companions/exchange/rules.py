"""数据共享交换 (D15): data pass from one module or office to another only under an approved share, for its purpose, its
columns and its time; unconditional data need no approval, closed data none can give."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from admin.companions.shape.steps import Machine, Step
from core.errors import NotAllowed, NotValid, Problem

MACHINE = Machine(
    first="applied",
    states={
        "applied": ("待审批", "Applied"),
        "approved": ("已批准", "Approved"),
        "refused": ("未批准", "Refused"),
        "revoked": ("已撤销", "Revoked"),
    },
    steps=(
        Step("approve", "批准", "Approve", ("applied",), "approved", "exchange.approve", not_by=("created_by",)),
        Step("refuse", "不予批准", "Refuse", ("applied",), "refused", "exchange.approve", reason=True),
        Step("revoke", "撤销", "Revoke", ("approved",), "revoked", "exchange.approve", reason=True),
    ),
)


def rows_of(lines: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """What a sheet pushes: the first column holds the keys, the headings of the others are the dataset's columns. Every
    cell is text. Raises NotValid for a sheet without a heading or with a row without a key."""
    head, *rest = lines or ((),)
    if len(head) < 2 or not all(head):
        zh, en = (
            "第一行要有表头：第一列是键，后面是数据项。",
            "The first row holds headings: the key, then the columns.",
        )
        raise NotValid("no-headings", zh=zh, en=en)
    wrong = [number for number, line in enumerate(rest, start=2) if not line[0] or len(line) > len(head)]
    if wrong:
        zh, en = f"第 {wrong[0]} 行缺键，或者比表头长。", f"Row {wrong[0]} has no key or is longer than the headings."
        raise NotValid("row-wrong", zh=zh, en=en, rows=wrong[:50])
    padded = [[*line, *[""] * (len(head) - len(line))] for line in rest]
    return [{"key": line[0], "values": dict(zip(head[1:], line[1:], strict=True))} for line in padded]


def first_state(share_class: str) -> str:
    return "approved" if share_class == "unconditional" else MACHINE.first


def application_refused(
    share_class: str, offered: Collection[str], wanted: Collection[str], until: date, today: date
) -> Problem | None:
    unknown = sorted(set(wanted) - set(offered))
    if share_class == "no":
        zh, en = "这个数据集不予共享。", "This dataset is not shared."
        return NotAllowed("not-shared", zh=zh, en=en)
    if unknown:
        zh, en = f"数据集没有这些项：{'、'.join(unknown)}。", f"The dataset has no such columns: {', '.join(unknown)}."
        return NotValid("columns-unknown", zh=zh, en=en, columns=unknown)
    if until < today:
        return NotValid("until-past", zh="有效期已过。", en="The time is over already.")
    return None


def call_refused(state: str, share_class: str, until: date, today: date) -> Problem | None:
    if state != "approved":
        zh, en = "这项共享没有获批或已撤销。", "This share is not approved, or revoked."
        return NotAllowed("share-not-approved", zh=zh, en=en, state=state)
    if share_class == "no":
        return NotAllowed("not-shared", zh="这个数据集不再共享。", en="This dataset is no longer shared.")
    if until < today:
        return NotAllowed("share-expired", zh="这项共享已到期。", en="This share has ended.")
    return None
