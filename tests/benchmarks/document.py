"""Figures in a document: each command writes the block that bears its name, whatever stands around is written by hand.

<!-- measured by: make bench ARGS=NAME -->
…
<!-- end -->
"""

from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
MARK, END = "<!-- measured by: ", "<!-- end -->"


def begin(name: str) -> str:
    return f"{MARK}make bench ARGS={name} -->"


def filled(document: str, name: str, block: str) -> str:
    """The document with another block. Raises ValueError when it has no such marks."""
    head, mark, rest = document.partition(begin(name))
    old, end, tail = rest.partition(END)
    if not mark or not end or MARK in old:
        raise ValueError(f"the document has no block {name}")
    return f"{head}{mark}\n\n{block.strip()}\n\n{end}{tail}"


def fill(path: Path, name: str, block: str) -> None:
    path.write_text(filled(path.read_text(), name, block))
    print(f"\nwritten to {path.relative_to(DOCS.parent)}", flush=True)
