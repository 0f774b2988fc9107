"""The word filter: what pupils write is masked before anybody sees it. Pure; the list comes from the table.

Letters are compared as people read them: full width or not, large or small, with anything but letters and figures in
between ("笨 . 蛋"). The text itself keeps its length.
"""

import unicodedata
from collections.abc import Iterable

MASK = "＊"


def reading(word: str) -> str:
    """As it is compared: NFKC, case folded, letters and figures only."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", word).casefold() if sign.isalnum())


def masked(text: str, words: Iterable[str]) -> str:
    """The text with each hidden word's signs replaced, and what stood between them."""
    places: list[int] = []
    signs: list[str] = []
    for place, sign in enumerate(text):
        for part in reading(sign):
            places.append(place)
            signs.append(part)
    plain, hidden = "".join(signs), set[int]()
    for word in {reading(word) for word in words} - {""}:
        begin = plain.find(word)
        while begin >= 0:
            hidden.update(range(places[begin], places[begin + len(word) - 1] + 1))
            begin = plain.find(word, begin + 1)
    return "".join(MASK if place in hidden else sign for place, sign in enumerate(text))
