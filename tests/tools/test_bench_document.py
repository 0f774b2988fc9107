"""What a benchmark writes into a document, and what it leaves as it is."""

import pytest

from tests.benchmarks.document import DOCS, END, begin, filled

PAGE = f"By hand.\n\n{begin('one')}\n\nold\n\n{END}\n\nBetween.\n\n{begin('two')}\n\nkept\n\n{END}\n\nBy hand too.\n"


def test_only_the_named_block_changes() -> None:
    assert filled(PAGE, "one", "new\n") == PAGE.replace("old", "new")
    assert filled(filled(PAGE, "two", "a"), "two", "kept") == PAGE


@pytest.mark.parametrize("page", ["", PAGE.replace(END, ""), PAGE.replace(END, "", 1)])
def test_a_page_without_the_marks_is_not_touched(page: str) -> None:
    with pytest.raises(ValueError, match="no block"):
        filled(page, "one", "new")


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ("performance.md", ("report", "thousand", "attack", "outages")),
        ("links.md", ("links",)),
        ("scaling.md", ("failover",)),
    ],
)
def test_the_documents_have_a_block_for_each_command_that_writes_one(document: str, names: tuple[str, ...]) -> None:
    page = (DOCS / document).read_text()
    for name in names:
        assert filled(page, name, "new") != page
