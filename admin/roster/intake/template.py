"""The templates that the bureau hands out: a title, headings over two rows with merged cells, one invented line."""

import io
from typing import Any

from admin.roster.intake.models import Kind

GROUPS: dict[str, list[tuple[str, list[str]]]] = {
    "pupils": [("学校", []), ("学籍", ["年级", "班级"]), ("学生", ["姓名", "身份证号", "学籍号", "出生日期"])],
    "staff": [("学校", []), ("教师", ["姓名", "职务", "用户名", "身份证号"])],
}
SAMPLES = {
    "pupils": ["云头教学点", "三年级", "三年级", "（样例，请删）韦小龙", "", "", "2017-04-12"],
    "staff": ["云头教学点", "（样例，请删）韦老师", "辅助教师", "", ""],
}
TITLES = {"pupils": "学生花名册", "staff": "教师花名册"}


def sheet(kind: Kind) -> bytes:
    """OneRoster has a form of its own; whoever asks for that gets the pupils' template."""
    from openpyxl import Workbook  # as in admin/sheets.py: with the first template, not with the start

    name = kind if kind in GROUPS else "pupils"
    book = Workbook()
    page: Any = book.active
    page.title = TITLES[name]
    column = 1
    for group, words in GROUPS[name]:
        page.cell(2, column, group)
        for place, word in enumerate(words):
            page.cell(3, column + place, word)
        last = column + max(len(words), 1) - 1
        page.merge_cells(start_row=2, end_row=2 if words else 3, start_column=column, end_column=last)
        column = last + 1
    page.cell(1, 1, TITLES[name])
    page.merge_cells(start_row=1, end_row=1, start_column=1, end_column=column - 1)
    _style(page, column - 1)
    page.append(SAMPLES[name])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _style(page: Any, columns: int) -> None:
    from openpyxl.styles import Alignment, Font

    for row in page.iter_rows(min_row=1, max_row=3, max_col=columns):
        for cell in row:
            cell.alignment = Alignment(horizontal="center", vertical="center")
            cell.font = Font(bold=True)
    for column in range(1, columns + 1):
        page.column_dimensions[chr(64 + column)].width = 20
        # text, or Excel takes the last figures of an identity number away
        page.column_dimensions[chr(64 + column)].number_format = "@"
