"""A register: rows of one table, kept by places. What is declared here is all that listing, filtering, exporting,
importing, forms and changes need to know of it."""

import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from admin.companions.shape.steps import Machine
from admin.models import Organisation, Person
from admin.paging import Order
from admin.rights import Right
from admin.who import Actor
from core.errors import BadInput

Words = tuple[str, str]
"""Chinese and English."""

ASKED = re.compile(r"([a-z_]{1,40})(>=|<=|:|!)(.{0,200})")
SMALLEST, LARGEST = -(2**31), 2**31 - 1


@dataclass(frozen=True)
class Reference:
    """What a column with an id points at: the attribute with the name that people know it by, and the list in which a
    form looks for one (an address, or a path beside the register)."""

    shown: InstrumentedAttribute[Any]
    find: str
    key: str = "name"
    """The field of the list's rows that holds the name."""
    english: InstrumentedAttribute[Any] | None = None
    """The name in English, where there is one."""


PERSON = Reference(Person.name, "/api/people")
PLACE = Reference(Organisation.name_zh, "/api/organisations", english=Organisation.name_en)


@dataclass(frozen=True)
class Column:
    """One column of lists and sheets. With `words` its text is searched by `q`."""

    attribute: InstrumentedAttribute[Any]
    zh: str
    en: str
    words: bool = False
    refers: Reference | None = None
    choices: Mapping[str, Words] = field(default_factory=dict)
    """The words of a column that takes a few values only."""

    @property
    def name(self) -> str:
        return self.attribute.key

    @property
    def kind(self) -> type[Any]:
        found: type[Any] = self.attribute.type.python_type
        return found


class Check(Protocol):
    """Raises a Problem when the row, its values set but not yet written, breaks a rule of the module."""

    async def __call__(self, session: AsyncSession, who: Actor, row: Any) -> None: ...


async def nothing_to_check(session: AsyncSession, who: Actor, row: Any) -> None:
    return None


@dataclass(frozen=True)
class Register:
    """`noun` names the rows in the audit log ("list-item"), `path` in addresses ("items")."""

    noun: str
    path: str
    row: type[Any]
    """A table with what `Kept` has."""
    out: type[BaseModel]
    columns: tuple[Column, ...]
    read: Right
    write: Right
    new: type[BaseModel] | None = None
    change: type[BaseModel] | None = None
    check: Check = nothing_to_check
    taken: tuple[str, str, str] = ("taken", "已有相同的一项，请核对。", "There is one like it already; check it.")
    """Code, Chinese and English words for a value that must be unique and is not."""
    scope: str | None = "place_id"
    """The column with the place by which rows are seen; None: by everyone who has the right to read."""
    sensitive: bool = False
    """Each look at a row goes into the audit log."""
    machine: Machine | None = None
    states: Mapping[str, Words] = field(default_factory=dict)
    """The words of states that no machine of `steps` leads to."""
    files: bool = False
    """Whether rows have files: the evidence."""

    @property
    def named_states(self) -> Mapping[str, Words]:
        return self.machine.states if self.machine else self.states

    @property
    def order(self) -> Order:
        """The newest first."""
        return Order((self.row.created_at, self.row.id), descending=True)

    def condition(self, asked: str) -> ColumnElement[bool]:
        """`state:open`, `state!closed`, `due>=2026-09-01`: a declared column, a sign and a value. Raises BadInput."""
        found = ASKED.fullmatch(asked)
        column = next((one for one in self.columns if found and one.name == found[1]), None)
        if found is None or column is None:
            raise _not_a_filter(asked, [one.name for one in self.columns])
        try:
            value = read_value(column.kind, found[3])
        except (ValueError, InvalidOperation):
            raise _not_a_filter(asked, [one.name for one in self.columns]) from None
        return _compared(column.attribute, found[2], value)


def read_value(kind: type[Any], text: str) -> Any:
    """The value that a text from outside means. Raises ValueError or decimal.InvalidOperation."""
    if kind is bool:
        return _yes_or_no(text)
    if kind is datetime:
        return _aware(datetime.fromisoformat(text))
    if kind is date:
        return date.fromisoformat(text)
    if kind is int:
        return _bounded(int(text))
    if kind is Decimal:
        return _finite(Decimal(text))
    if kind is UUID:
        return UUID(text)
    if kind is list:
        raise ValueError("a list is not compared")
    if "\x00" in text:
        raise ValueError("a zero byte")
    return text


def _yes_or_no(text: str) -> bool:
    if text not in ("true", "false", "是", "否"):
        raise ValueError("neither yes nor no")
    return text in ("true", "是")


def _compared(attribute: InstrumentedAttribute[Any], sign: str, value: Any) -> ColumnElement[bool]:
    compare = {":": operator.eq, "!": operator.ne, ">=": operator.ge, "<=": operator.le}[sign]
    compared: ColumnElement[bool] = compare(attribute, value)
    return compared


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without an offset")
    return moment


def _bounded(number: int) -> int:
    if not SMALLEST <= number <= LARGEST:
        raise ValueError("out of bounds")
    return number


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite() or abs(number) >= Decimal("1e15"):
        raise ValueError("out of bounds")
    return number


def _not_a_filter(asked: str, names: Sequence[str]) -> BadInput:
    zh = "筛选条件不对。写法：列名、: ! >= <= 之一、值。"
    en = "This is no filter. Write a column, then : or ! or >= or <=, then a value."
    return BadInput("bad-filter", zh=zh, en=en, filter=asked, columns=list(names))
