"""What the process keeps of a lesson's places is never told after they changed."""

from sqlalchemy import update

from admin import seed
from admin.models import Organisation, Room
from tests.admin.cast import Desk, lesson_body

YUNTOU, BAIYAN = "QL-02-1", "WM-02-1"


async def listed(desk: Desk, lesson: str) -> tuple[list[str], list[str]]:
    """The names of its receiving rooms and of its way's last step but one, as the list tells them."""
    items = (await (await desk("bureau")).get("/api/lessons?state=upcoming&limit=200")).json()["items"]
    [found] = [one for one in items if one["id"] == lesson]
    return [room["name"] for room in found["receiving_rooms"]], [step["name"] for step in found["way"][2:4]]


async def created(desk: Desk, *rooms: str) -> str:
    body = lesson_body(receiving_room_ids=[seed.room(key) for key in rooms])
    return str((await (await desk("bureau")).post("/api/lessons", json=body)).json()["id"])


async def test_a_list_told_twice_asks_for_the_places_once(desk: Desk) -> None:
    lesson = await created(desk, YUNTOU)
    with desk.counted() as statements:
        first = await listed(desk, lesson)
        before = len(statements)
        assert await listed(desk, lesson) == first
    assert (before, len(statements)) == (3, 5)


async def test_a_new_name_of_a_room_or_a_county_is_told_at_once(desk: Desk) -> None:
    lesson = await created(desk, YUNTOU)
    assert (await listed(desk, lesson))[1] == ["晴隆县", "长坪镇"]
    async with desk.ground.transaction() as session:
        await session.execute(update(Room).where(Room.key == YUNTOU).values(name="新教室"))
        await session.execute(update(Organisation).where(Organisation.name_zh == "晴隆县").values(name_zh="晴隆市"))
        assert (await listed(desk, lesson))[1] == ["晴隆县", "长坪镇"], "not committed yet"
    assert await listed(desk, lesson) == (["新教室"], ["晴隆市", "长坪镇"])


async def test_other_rooms_are_told_at_once_and_so_are_the_first_ones_again(desk: Desk) -> None:
    lesson = await created(desk, YUNTOU)
    bureau, first = await desk("bureau"), await listed(desk, lesson)
    for rooms, county in ([BAIYAN], "望谟县"), ([YUNTOU], "晴隆县"):
        body = {"receiving_room_ids": [str(seed.room(key)) for key in rooms]}
        assert (await bureau.patch(f"/api/lessons/{lesson}", json=body)).status_code == 200
        assert (await listed(desk, lesson))[1][0] == county
    assert await listed(desk, lesson) == first


async def test_two_who_rename_at_once_do_not_wait_for_each_other(desk: Desk) -> None:
    lesson = await created(desk, YUNTOU, BAIYAN)
    async with desk.ground.transaction() as one, desk.ground.transaction() as other:
        await one.execute(update(Room).where(Room.key == YUNTOU).values(name="一"))
        await other.execute(update(Room).where(Room.key == BAIYAN).values(name="二"))
        await other.commit()
        assert (await listed(desk, lesson))[0][1] == "二"
    assert (await listed(desk, lesson))[0] == ["一", "二"]
