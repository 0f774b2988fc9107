from typing import Any

import httpx

from admin import sheets
from tests.resources.library import Library


async def upload(client: httpx.AsyncClient, rows: list[list[Any]], dry_run: bool = False) -> httpx.Response:
    data = sheets.written("xlsx", rows[0], rows[1:])
    return await client.post("/api/resource-sheet", params={"dry_run": dry_run}, files={"sheet": ("a.xlsx", data)})


async def test_words_come_back_as_they_were_put_right_in_excel(library: Library) -> None:
    first = await library.send("a.bin", b"one", title="=1+1")
    second = await library.send("b.bin", b"two")
    for resource in (first, second):
        await library.work(resource)
    teacher = await library.desk("teacher")
    rows = sheets.read((await teacher.get("/api/resource-sheet")).content)
    assert [row[1] for row in rows] == ["题目", "月相变化的规律", "=1+1"]
    assert (await upload(teacher, rows)).json() == {"changed": 0, "same": 2, "wrong": []}
    rows[1][1], rows[1][3] = "观月记录", "八年级"
    assert (await upload(teacher, rows, dry_run=True)).json()["changed"] == 1
    assert (await library.get(second))["title"] == "月相变化的规律"
    assert (await upload(teacher, rows)).json()["changed"] == 1
    shown = await library.get(second)
    assert (shown["title"], shown["grade"], shown["phase"]) == ("观月记录", 8, "lower")


async def test_a_sheet_with_a_wrong_row_changes_nothing_and_names_it(library: Library) -> None:
    resource = await library.send("a.bin", b"one")
    teacher = await library.desk("teacher")
    rows = sheets.read((await teacher.get("/api/resource-sheet")).content)
    good = [*rows[1]]
    rows[1][1] = "新题目"
    rows += [[good[0], "", "电影", *good[3:]], ["不是编号", *good[1:]]]
    refused = await upload(teacher, rows)
    assert (refused.status_code, refused.json()["code"]) == (422, "sheet-wrong")
    assert [row["zh"] for row in refused.json()["rows"]] == ["第 3 行的题目、类型不对。", "第 4 行的编号不对。"]
    assert (await library.get(resource))["title"] == "月相变化的规律"


async def test_nobody_changes_what_is_anothers(library: Library) -> None:
    await library.send("a.bin", b"one")
    teacher, colleague = await library.desk("teacher"), await library.desk("colleague")
    rows = sheets.read((await teacher.get("/api/resource-sheet")).content)
    assert [row["line"] for row in (await upload(colleague, rows)).json()["rows"]] == [2]
    other = await upload(teacher, [["姓名"], ["韦小兰"]])
    assert (other.status_code, other.json()["code"]) == (422, "sheet-unknown")
