import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from admin import sheets
from core.errors import BadInput

TEXT = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda text: text == text.strip()
)


@pytest.mark.parametrize("format", ["xlsx", "csv"])
@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_goes_out_comes_in_again(format: sheets.Format, rows: list[tuple[str, str]]) -> None:
    texts = [row for row in rows if not any(cell.startswith("'") for cell in row)]
    assert sheets.read(sheets.written(format, ("a", "b"), texts)) == [["a", "b"], *map(list, texts)]


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\tx", '=HYPERLINK("http://x")'])
def test_a_csv_cell_never_begins_a_formula(cell: str) -> None:
    line = sheets.written("csv", ("a",), [(cell,)]).decode("utf-8-sig").splitlines()[1]
    assert line.lstrip('"').startswith("'")


def test_a_negative_number_stays_a_number() -> None:
    assert sheets.written("csv", ("a",), [("-12.50",)]).decode("utf-8-sig").splitlines()[1] == "-12.50"


def test_a_formula_in_an_uploaded_cell_is_text() -> None:
    book, out = Workbook(), io.BytesIO()
    book.worksheets[0].append(["a"])
    book.worksheets[0].append(["=1+1"])
    book.save(out)
    assert sheets.read(out.getvalue()) == [["a"], ["=1+1"]]


def test_a_text_that_looks_like_a_formula_is_no_formula_in_xlsx() -> None:
    book = load_workbook(io.BytesIO(sheets.written("xlsx", ("a",), [("=1+1",)])))
    assert book.worksheets[0]["A2"].data_type == "s"


def test_a_sheet_of_an_older_spreadsheet_is_read_as_gb18030() -> None:
    assert sheets.read("姓名,学校\n韦小兰,云头教学点\n".encode("gb18030"))[1] == ["韦小兰", "云头教学点"]


def test_a_single_cell_at_the_sheets_far_corner_is_not_unfolded() -> None:
    book, out = Workbook(), io.BytesIO()
    book.worksheets[0].cell(1_048_576, 16_384, "x")
    book.worksheets[0]["A1"] = "head"
    book.save(out)
    assert [row[0] for row in sheets.read(out.getvalue())] == ["head"]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for first in (b"", b"PK\x03\x04"):
        try:
            sheets.read(first + data)
        except BadInput:
            pass
