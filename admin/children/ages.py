"""Ages that the law asks for. Pure."""

from datetime import date

CHILD_YEARS = 14
"""Below it, personal information is sensitive and needs a guardian's consent (PIPL, articles 28 and 31)."""
MINOR_YEARS = 18


def age(born: date, day: date) -> int:
    """Whole years; who was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def needs_guardian(born: date | None, day: date) -> bool:
    """Whose birthday nobody has told counts as a child: the safe side."""
    return born is None or age(born, day) < CHILD_YEARS


def is_minor(born: date | None, day: date) -> bool:
    return born is None or age(born, day) < MINOR_YEARS
