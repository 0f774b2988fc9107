"""学校(机构)标识码: ten digits that name a school: two for its category, two for the province, six in sequence."""

from dataclasses import dataclass
from typing import Literal

GUIZHOU = "52"
Stage = Literal["kindergarten", "primary", "lower_secondary", "upper_secondary", "vocational", "special"]
CATEGORIES: dict[str, Stage] = {
    "11": "kindergarten",
    "21": "primary",
    "31": "lower_secondary",
    "34": "upper_secondary",
    "36": "vocational",
    "51": "special",
}
"""34 holds complete secondary schools (完全中学) too. A teaching point often has no code: it hangs under a school."""


@dataclass(frozen=True)
class Identification:
    category: str
    province: str
    sequence: int

    @property
    def stage(self) -> Stage:
        return CATEGORIES[self.category]

    def __str__(self) -> str:
        return f"{self.category}{self.province}{self.sequence:06d}"


def read(text: str) -> Identification:
    """Raises ValueError with a sentence that says which part is wrong."""
    if len(text) != 10 or not (text.isascii() and text.isdigit()):
        raise ValueError("学校标识码是 10 位数字 / a school's identification code is ten digits")
    if text[:2] not in CATEGORIES:
        known = "、".join(CATEGORIES)
        raise ValueError(f"前两位 {text[:2]} 不是已知的类别（{known}） / the category {text[:2]} is not known")
    return Identification(text[:2], text[2:4], int(text[4:]))
