from typing import Any

import pytest

from admin import seed
from admin.paging import encode_cursor
from tests.admin.cast import Desk

LISTS = ["/api/organisations", "/api/schools", "/api/rooms", "/api/people"]


async def items(desk: Desk, who: str, address: str) -> list[dict[str, Any]]:
    answer = await (await desk(who)).get(address)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_the_four_demonstration_schools_are_model_schools(desk: Desk) -> None:
    found = await items(desk, "bureau", "/api/schools?model=true")
    assert {school["name"] for school in found} == {"兴义一中", "兴义阳光书院", "兴义一小", "兴义四小"}


async def test_a_teaching_point_hangs_under_its_centre_school(desk: Desk) -> None:
    [point] = await items(desk, "bureau", "/api/schools?q=云头")
    assert (point["tier"], point["identification"]) == ("teaching_point", None)
    assert point["hung_under"]["name"] == "长坪镇中心校"
    assert (point["county"]["name"], point["township"]["name"]) == ("晴隆县", "长坪镇")
    assert point["rooms"] == 1


async def test_the_prefecture_has_nine_places_of_the_tier_of_counties(desk: Desk) -> None:
    found = await items(desk, "bureau", "/api/organisations?tier=county")
    codes = {place["name"]: place["region_code"] for place in found}
    assert len(codes) == 9
    assert (codes["兴仁市"], codes["义龙新区"]) == ("522302", "5223YL")
    assert {place["parent"]["name"] for place in found} == {"黔西南州"}


async def test_a_county_sees_its_own_and_nothing_else(desk: Desk) -> None:
    rooms = await items(desk, "bureau-qinglong", "/api/rooms?limit=200")
    assert {room["school"]["county"] for room in rooms} == {"晴隆县"}
    schools = await items(desk, "bureau-qinglong", "/api/schools?limit=200")
    assert {school["county"]["name"] for school in schools} == {"晴隆县"}
    organisations = await items(desk, "bureau-qinglong", "/api/organisations?limit=200")
    assert "黔西南州" not in {place["name"] for place in organisations}
    people = await items(desk, "bureau-qinglong", "/api/people?limit=200")
    names = {person["name"] for person in people}
    assert names > {"岑国安", "韦小兰"}
    assert names.isdisjoint({"罗启明", "杨立群", "陈静怡"})
    own = {place["id"] for place in organisations}
    assert all(role["organisation"]["id"] in own for person in people for role in person["roles"])


async def test_the_whole_prefecture_is_above_a_county(desk: Desk) -> None:
    counties = {room["school"]["county"] for room in await items(desk, "bureau", "/api/rooms?limit=200")}
    assert len(counties) == 9


async def test_pupils_and_boxes_are_not_in_the_list_of_people(desk: Desk) -> None:
    people = await items(desk, "admin", "/api/people?limit=200")
    assert not {"韦朝阳", "岑小燕", "罗春生"} & {person["name"] for person in people}
    assert await items(desk, "admin", "/api/people?role=student") == []


async def test_teachers_are_found_by_role_and_name(desk: Desk) -> None:
    [person] = await items(desk, "bureau", "/api/people?role=teacher&q=静怡")
    assert person["username"] == "teacher"
    assert person["roles"][0]["organisation"]["name"] == "兴义一小"


async def test_rooms_are_found_by_school_kind_and_words(desk: Desk) -> None:
    school = seed.place("xyyx")
    rooms = await items(desk, "bureau", f"/api/rooms?school={school}&kind=sending")
    assert [room["name"] for room in rooms] == ["直录播教室 1", "直录播教室 2"]
    assert [room["key"] for room in await items(desk, "bureau", "/api/rooms?q=百岩")] == ["WM-02-1"]


async def test_signs_of_patterns_find_only_themselves(desk: Desk) -> None:
    assert await items(desk, "bureau", "/api/rooms?q=%25") == []
    assert await items(desk, "bureau", "/api/schools?q=_") == []


async def test_regions_are_told_as_of_a_day(desk: Desk) -> None:
    before = await items(desk, "student", "/api/regions?on=2017-06-01")
    after = await items(desk, "student", "/api/regions?on=2019-06-01")
    assert "522322" in {region["code"] for region in before}
    assert {"522302", "5223YL"} <= {region["code"] for region in after}
    assert len(await items(desk, "student", "/api/regions")) == 13


@pytest.mark.parametrize("address", LISTS)
async def test_pages_follow_one_another_without_gap_or_repetition(desk: Desk, address: str) -> None:
    client = await desk("admin")
    whole = (await client.get(f"{address}?limit=200")).json()
    found, after = [], None
    for _ in range(100):
        page = (await client.get(address, params={"limit": 7, **({"after": after} if after else {})})).json()
        assert page["total"] == whole["total"] == len(whole["items"])
        found += page["items"]
        after = page["next"]
        if after is None:
            break
    assert found == whole["items"]


@pytest.mark.parametrize("address", LISTS)
async def test_a_list_costs_the_same_queries_for_one_row_and_for_many(desk: Desk, address: str) -> None:
    client = await desk("admin")
    with desk.counted() as statements:
        await client.get(f"{address}?limit=1")
        few = len(statements)
    with desk.counted() as statements:
        await client.get(f"{address}?limit=200")
        assert len(statements) == few == 2, statements  # who asks, and the page with its count


@pytest.mark.parametrize("address", LISTS)
async def test_a_cursor_behind_the_last_row_still_tells_how_many_there_are(desk: Desk, address: str) -> None:
    client = await desk("admin")
    first = (await client.get(f"{address}?limit=1")).json()
    last = (await client.get(address, params={"limit": 200})).json()["items"][-1]
    key = {"/api/organisations": ("tier", "name", "id"), "/api/rooms": ("key",)}.get(address, ("name", "id"))
    page = (await client.get(address, params={"after": encode_cursor([last[name] for name in key])})).json()
    assert page == {"items": [], "total": first["total"], "next": None}


async def test_words_are_found_whatever_the_case_of_their_letters(desk: Desk) -> None:
    found = await items(desk, "bureau", "/api/organisations?q=qINGlong")
    assert "晴隆县" in {place["name"] for place in found}


@pytest.mark.parametrize("address", LISTS)
async def test_a_foreign_cursor_is_refused_in_words(desk: Desk, address: str) -> None:
    answer = await (await desk("admin")).get(f"{address}?after=abc")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")
