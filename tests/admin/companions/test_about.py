"""What every register tells the page that draws it."""

from typing import Any

from tests.admin.cast import Desk
from tests.admin.companions.lists.test_lists import ITEMS, made


async def about(desk: Desk, who: str, path: str) -> dict[str, Any]:
    answer = await (await desk(who)).get(f"/api/{path}/about")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_register_tells_its_columns_states_and_steps(desk: Desk) -> None:
    told = await about(desk, "bureau", "lists/items")
    kinds = {column["name"]: column["kind"] for column in told["columns"]}
    assert (kinds["title"], kinds["due"], kinds["owner_id"]) == ("text", "day", "reference")
    assert [state["value"] for state in told["states"]] == ["open", "submitted", "closed"]
    accept = next(step for step in told["steps"] if step["name"] == "accept")
    assert (accept["may"], accept["not_by"], accept["evidence"]) == (True, ["owner_id"], True)
    assert (told["creates"], told["attaches"]) == (True, True)


async def test_who_only_reads_is_offered_no_act(desk: Desk) -> None:
    told = await about(desk, "insurer", "settlement/settlements")
    assert (told["creates"], told["changes"], told["steps"], told["sensitive"]) == (False, False, [], True)


async def test_rows_are_counted_by_state_within_the_askers_place(desk: Desk) -> None:
    counts = (await (await desk("bureau-qinglong")).get(f"{ITEMS}/counts")).json()
    assert counts == {"total": 1, "states": {"open": 1}}
    assert (await (await desk("bureau")).get(f"{ITEMS}/counts")).json()["total"] == 3


async def test_a_row_tells_what_its_ids_are_called_with_one_statement_a_column(desk: Desk) -> None:
    item, client = await made(desk), await desk("bureau")
    assert item["names"] == {"owner_id": "杨立群", "place_id": "晴隆县"}
    await client.get(ITEMS)
    with desk.counted() as few:
        assert len((await client.get(ITEMS)).json()["items"]) == 4
        first = len(few)
    for _ in range(3):
        await made(desk)
    with desk.counted() as more:
        assert len((await client.get(ITEMS)).json()["items"]) == 7
        assert len(more) == first


async def test_a_form_offers_only_places_to_which_one_may_write(desk: Desk) -> None:
    client = await desk("bureau-qinglong")
    found = (await client.get(f"{ITEMS}/places", params={"q": "县"})).json()
    assert [one["name"] for one in found["items"]] == ["晴隆县"]
    drawn = (await client.get(f"{ITEMS}/form")).json()["properties"]
    assert (drawn["place_id"]["x-find"], drawn["owner_id"]["x-find"]) == ("items/places", "/api/people")


async def test_a_sheet_shows_names_and_words_for_ids_and_codes(desk: Desk) -> None:
    sheet = (await (await desk("bureau")).get("/api/exchange/datasets/export?format=csv")).content.decode("utf-8-sig")
    for word in ("模块直接提供", "黔西南", "无条件共享"):
        assert word in sheet
