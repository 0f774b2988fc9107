"""Words and grams: how Chinese is found. pg_trgm's index answers three characters and more; a word of one or two is
looked for among the grams, the single characters and neighbouring pairs of a text, which have an index of their own."""

import re
import unicodedata
from typing import Protocol

LONGEST_TEXT = 10_000
"""Characters of a file's own text that are searched."""
OWN_TEXT = "\x1e"
"""Stands between what describes a resource and the file's own text (ASCII's record separator)."""
PIECES = re.compile(r"[^\W_]+")


class Described(Protocol):
    title: str
    description: str
    subject: str
    textbook_version: str
    unit: str
    chapter: str
    author: str
    words: str
    grams: list[str]


def folded(text: str) -> str:
    """Full-width letters become narrow (NFKC), capitals small."""
    return unicodedata.normalize("NFKC", text).lower()


def grams(text: str) -> list[str]:
    """The distinct single characters and pairs of neighbours, in the order in which they first come."""
    found: dict[str, None] = {}
    for piece in PIECES.findall(folded(text)):
        found.update(dict.fromkeys(piece))
        found.update(dict.fromkeys(_pairs(piece)))
    return list(found)


def asked(text: str) -> tuple[list[str], list[str]]:
    """What a search wants: the grams that must be there, and the words of three characters and more. A longer word's
    pairs are asked too: they tell the planner how rare it is, where LIKE would have it guess."""
    pieces = list(dict.fromkeys(PIECES.findall(folded(text))))[:8]
    wanted = [gram for one in pieces for gram in (_pairs(one) if len(one) > 1 else [one])]
    return list(dict.fromkeys(wanted)), [one for one in pieces if len(one) > 2]


def _pairs(piece: str) -> list[str]:
    return [piece[place : place + 2] for place in range(len(piece) - 1)]


def own_text(words: str) -> str:
    """The file's part of what `index` put together."""
    return words.partition(OWN_TEXT)[2]


def index(row: Described, provider: str, text: str = "") -> None:
    """Sets what a search looks through: what describes the resource, then the file's own text."""
    described = (row.title, row.subject, row.textbook_version, row.unit, row.chapter, row.author, provider)
    own = folded(text[:LONGEST_TEXT]).replace("\x00", "").replace(OWN_TEXT, " ")
    row.words = folded("\n".join([*described, row.description])) + OWN_TEXT + own
    row.grams = grams(row.words)
