"""What holds in a lesson, as a pure reducer. The browser keeps the same map by the same rules (PROTOCOL.md, "What a
client keeps").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from classroom.interaction.log import Entry

Name = tuple[str, str]
"""(type, key)"""


@dataclass(frozen=True)
class LessonState:
    """The facts that hold, by (type, key), and the highest number seen."""

    seq: int = 0
    facts: Mapping[Name, Entry] = field(default_factory=lambda: MappingProxyType({}))

    def of_type(self, type: str) -> list[Entry]:
        return [entry for (kind, _), entry in self.facts.items() if kind == type]


def whole(seq: int, facts: Iterable[Entry]) -> LessonState:
    """A state as the log holds it."""
    return LessonState(seq, MappingProxyType({entry.name: entry for entry in facts}))


def apply(state: LessonState, entry: Entry) -> LessonState:
    """The state after one message. An entry whose number is not above the state's is old news and changes nothing."""
    if entry.seq <= state.seq:
        return state
    facts = dict(state.facts)
    # a fact that changes goes to the end, so that the order of the map is the order of the numbers
    facts.pop(entry.name, None)
    if entry.body is not None:
        facts[entry.name] = entry
    return LessonState(entry.seq, MappingProxyType(facts))
