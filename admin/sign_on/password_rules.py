"""Which passwords may be set. Length counts most (NIST SP 800-63B, section 3.1.1.2); GB/T 22239 (等保) asks for several
kinds of signs, which a long sentence need not have. Nobody must change a password by the calendar: that only makes
passwords with the month in them."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from core.errors import NotValid

SHORTEST, SENTENCE = 10, 15
KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")
ENOUGH_KINDS = 3
SHORT_NAME = 3
"""Names of fewer letters are in too many words to forbid them."""
COMMON = Path(__file__).parent / "data" / "common_passwords.txt"

Fault = tuple[str, str]


def faults(password: str, names: Iterable[str] = ()) -> list[Fault]:
    """What is wrong with it, in both languages; `names` are what everybody knows of the person."""
    small = password.casefold()
    found: list[Fault] = []
    if len(password) < SHORTEST:
        found.append((f"至少 {SHORTEST} 个字符", f"at least {SHORTEST} characters"))
    kinds = sum(bool(re.search(kind, password)) for kind in KINDS)
    if kinds < ENOUGH_KINDS and len(password) < SENTENCE:
        found.append(
            (
                f"大写、小写、数字、符号里至少 {ENOUGH_KINDS} 种，或长到 {SENTENCE} 个字符",
                f"{ENOUGH_KINDS} of capitals, small letters, figures and signs, or {SENTENCE} characters",
            )
        )
    if len(set(small)) <= len(small) // 3 or small in _common():
        found.append(("太常见，别人一猜就中", "too common, it is guessed first"))
    if any(len(name) >= SHORT_NAME and name.casefold() in small for name in names):
        found.append(("不能含有用户名或姓名", "it must not contain the user name or the name"))
    return found


def must_be_good(password: str, *names: str | None) -> None:
    """Raises NotValid, which names every fault."""
    wrong = faults(password, [name for name in names if name])
    if wrong:
        zh, en = "；".join(fault for fault, _ in wrong), "; ".join(fault for _, fault in wrong)
        raise NotValid("weak-password", zh=f"密码不够好：{zh}。", en=f"Choose a better password: {en}.")


@cache
def _common() -> frozenset[str]:
    return frozenset(line.casefold() for line in COMMON.read_text(encoding="utf-8").split())
