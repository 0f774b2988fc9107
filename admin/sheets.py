"""Sheets in and out, xlsx and CSV: the only file that imports openpyxl. A formula that comes in is text, and what goes
out to a spreadsheet is never one: a cell that would begin a formula is written as text (xlsx) or quoted (CSV)."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from core.errors import BadInput, TooLarge

Format = Literal["xlsx", "csv"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
MEDIA: dict[Format, str] = {"xlsx": XLSX, "csv": CSV}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""
MOST_BYTES, MOST_UNPACKED = 8_000_000, 80_000_000
PIECE = 64 * 1024
CERTAIN = 6
"""Bytes beyond ASCII by which a line's encoding is told: fewer may be valid by chance in both."""
MOST_LINES, MOST_COLUMNS = 20_002, 200
"""One cell in the last row and column of a sheet would else become seventeen milliard empty ones."""
ILLEGAL = dict.fromkeys((*range(9), 11, 12, *range(14, 32)))
"""Characters that XML cannot hold."""


def written(format: Format, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    return _xlsx(head, rows) if format == "xlsx" else _csv(head, rows)


def read(data: bytes, *, blanks: bool = False) -> list[list[str]]:
    """The first sheet's rows as texts; empty ones are left out unless their places count (`blanks`). Raises BadInput,
    TooLarge."""
    if len(data) > MOST_BYTES:
        raise _too_large()
    rows = _from_xlsx(data) if data[:2] == b"PK" else _from_csv(data)
    return [trimmed for row in rows if (trimmed := _trimmed(row)) or blanks]


def streamed(path: Path) -> Iterator[list[str]]:
    """The same of a file of any length, one row at a time: memory stays flat. Raises BadInput."""
    with path.open("rb") as data:  # openpyxl would judge a path by its ending
        packed = data.read(2) == b"PK"
        yield from (_rows(data) if packed else _csv_rows(path))


def _csv_rows(path: Path) -> Iterator[list[str]]:
    try:
        with path.open(encoding=_encoding(path), newline="") as lines:
            for row in csv.reader(lines):
                yield [_unquoted(cell.strip()) for cell in row]
    except (csv.Error, UnicodeDecodeError):
        raise _unreadable() from None


def _encoding(path: Path) -> str:
    """By what the bytes themselves allow: GB 18030 reads whatever UTF-8 does not."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        with path.open("rb") as data:
            while piece := data.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _rows(packed: Any) -> Iterator[list[str]]:
    """Of the first sheet. `packed` is a file of bytes."""
    from openpyxl import load_workbook  # here and below: it brings numpy and lxml, which no start should wait for
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(packed) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise _too_large()
        sheet = load_workbook(packed, read_only=True).worksheets[0]
        for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
            yield [str(plain(value)).strip() for value in row]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, SyntaxError, OSError):
        raise _unreadable() from None


def _trimmed(row: list[str]) -> list[str]:
    """Without the empty cells at its end."""
    length = max((place for place, cell in enumerate(row, start=1) if cell), default=0)
    return row[:length]


def plain(value: Any) -> Any:
    """What a cell holds: numbers stay numbers, everything else becomes text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, int | float) else str(value)


def _xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    sheet.append(list(head))
    for row in rows:
        sheet.append([_cell(sheet, plain(value)) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value.translate(ILLEGAL))
    cell.data_type = "s"  # or openpyxl takes "=…" for a formula
    return cell


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(head)
    sheet.writerows([quoted(plain(value)) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")  # the mark tells Excel that it is UTF-8


def quoted(value: Any) -> Any:
    """A cell of a CSV that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) and not _is_number(value) else value


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdecimal() and text[0] in "+-"


def _from_csv(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            yield [_unquoted(cell.strip()) for cell in row]
    except csv.Error:
        raise _unreadable() from None


def _unquoted(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _must_be_one_encoding(data: bytes) -> None:
    """Lines pasted together from a UTF-8 and a GBK file: one reading or the other would be nonsense."""
    in_utf8: int | None = None
    other: int | None = None
    for number, line in enumerate(data.splitlines(), start=1):
        if sum(byte > 127 for byte in line) < CERTAIN:
            continue
        try:
            line.decode("utf-8")
            in_utf8 = in_utf8 or number
        except UnicodeDecodeError:
            other = other or number
    if in_utf8 and other:
        zh = f"第 {in_utf8} 行是 UTF-8，第 {other} 行是 GBK，混在一个文件里读不准。请用 Excel 另存为 xlsx 再传。"
        en = f"Row {in_utf8} is UTF-8 and row {other} is GBK; mixed they cannot be read. Save the file as xlsx."
        raise BadInput("sheet-encodings-mixed", zh=zh, en=en, row=max(in_utf8, other))


def _decoded(data: bytes) -> str:
    _must_be_one_encoding(data)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable()


def _from_xlsx(data: bytes) -> Iterator[list[str]]:
    yield from islice(_rows(io.BytesIO(data)), MOST_LINES)


def _too_large() -> TooLarge:
    return TooLarge("sheet-too-large", zh="文件太大，请分成几份。", en="The file is too large; split it.")


def _unreadable() -> BadInput:
    zh, en = "读不出这个文件，请用 xlsx 或 CSV。", "The file cannot be read; use xlsx or CSV."
    return BadInput("sheet-unreadable", zh=zh, en=en)
