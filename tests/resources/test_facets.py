"""The counts that the database keeps are those that a look at every resource would give, for whoever asks."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from admin import seed
from admin.today import today
from admin.who import Actor, actor_of, digest
from resources import counting, generate, reach
from resources.models import Resource, ResourceCount
from resources.reading import Wanted
from tests.admin.cast import Desk
from tests.resources.library import Library
from tests.resources.test_catalogue import published

PEOPLE = ("teacher", "village", "bureau", "bureau-qinglong", "admin", "student")


async def actor(desk: Desk, who: str) -> Actor:
    async with desk.ground.transaction() as session:
        found = await actor_of(session, digest(await desk.token(who)))
    assert found is not None
    return found


async def both(desk: Desk, who: Actor) -> tuple[Counter[Any], Counter[Any]]:
    """Of each cell what is kept, and what is found."""
    sources = (counting.kept(who), counting.looked_at(who, Wanted()))
    async with desk.ground.transaction() as session:
        kept, found = [(await session.execute(select(source))).all() for source in sources]
    return summed(kept), summed(found)


def summed(rows: Sequence[Any]) -> Counter[Any]:
    counts: Counter[Any] = Counter()
    for *cell, number in rows:
        counts[tuple(cell)] += number
    return counts


async def test_what_is_kept_is_what_a_look_at_every_resource_finds(desk: Desk) -> None:
    chance = random.Random(5)
    async with desk.ground.transaction() as session:
        await generate.library(session, 400, seed=5)
    everybody = [await actor(desk, name) for name in PEOPLE]
    async with desk.ground.transaction() as session:
        ids = list(await session.scalars(select(Resource.id)))
        chance.shuffle(ids)
        mine = update(Resource).where(Resource.id.in_(ids[:40]))
        await session.execute(mine.values(review="withdrawn", reach=reach.NOBODY, created_by=everybody[0].id))
        waiting = update(Resource).where(Resource.id.in_(ids[40:90]))
        await session.execute(waiting.values(review="waiting", reach=Resource.provider_path, author_id=everybody[1].id))
        await session.execute(delete(Resource).where(Resource.id.in_(ids[90:120])))
        await session.execute(update(Resource).where(Resource.id.in_(ids[120:150])).values(kind="micro", grade=7))
        await session.execute(update(Resource).values(views=Resource.views + 1))
    for who in everybody:
        kept, found = await both(desk, who)
        assert kept == found
        assert len(found) > 20


async def test_two_who_publish_at_once_do_not_wait_for_each_other_and_both_count(library: Library) -> None:
    one, other = await published(library), await published(library)
    ground = library.desk.ground
    async with ground.transaction() as first, ground.transaction() as second:
        for session, resource in ((first, one), (second, other)):
            await session.execute(update(Resource).where(Resource.id == resource).values(kind="micro"))
    async with ground.transaction() as session:
        rows = select(func.count()).where(ResourceCount.kind == "micro", ResourceCount.place != "")
        assert await session.scalar(rows)
        await session.execute(update(Resource).where(Resource.id == one).values(grade=4))
    kept, found = await both(library.desk, await actor(library.desk, "village"))
    assert kept == found
    assert sum(kept.values()) == 2


async def facets(library: Library, who: str, **params: Any) -> dict[str, Any]:
    answer = await (await library.desk(who)).get("/api/resources/facets", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    names = ("kinds", "scopes", "media", "regions")
    return found | {name: {one["value"]: one["count"] for one in found[name]} for name in names}


@pytest.mark.parametrize("q", [{}, {"q": "月相"}])
async def test_each_facet_is_counted_as_if_nothing_of_its_own_were_chosen(library: Library, q: dict[str, str]) -> None:
    await published(library)
    await published(library, kind="slides", grade=8)
    await published(library, kind="slides", scope="county")
    found = await facets(library, "bureau", kind="slides", scope="prefecture", **q)
    assert found["kinds"] == {"lesson": 1, "slides": 1}
    assert found["scopes"] == {"prefecture": 1, "county": 1}
    assert [(one["path"], one["count"]) for one in found["tree"]] == [(["lower", "8"], 1)]
    found = await facets(library, "bureau", grade=8, **q)
    assert found["kinds"] == {"slides": 1}
    assert {tuple(one["path"]): one["count"] for one in found["tree"] if len(one["path"]) == 2} == {
        ("lower", "8"): 1,
        ("primary", "3"): 2,
    }


async def test_regions_are_a_facet_with_names_and_a_filter(library: Library) -> None:
    await published(library)
    answer = await (await library.desk("bureau")).get("/api/resources/facets")
    [region] = answer.json()["regions"]
    assert (region["value"], region["name"], region["count"]) == ("522301", "兴义市", 1)
    for code, count in (("522301", 1), ("522324", 0)):
        found = await (await library.desk("bureau")).get("/api/resources", params={"region": code})
        assert found.json()["total"] == count
    assert (await facets(library, "bureau", region="522324"))["regions"] == {"522301": 1, "522324": 0}


async def test_the_first_page_looks_at_no_resource(library: Library) -> None:
    school = await published(library, scope="school")
    await published(library, kind="slides")
    with library.desk.counted() as statements:
        assert (await facets(library, "village"))["kinds"] == {"slides": 1}
    looks = [one for one in statements if "FROM resources" in one]
    assert all("created_by" in one and "resource_counts" in one for one in looks)
    assert (await facets(library, "colleague"))["kinds"] == {"lesson": 1, "slides": 1}
    await (await library.desk("bureau")).post(f"/api/resources/{school}/withdraw", json={"reason": "版权到期"})
    assert (await facets(library, "colleague"))["kinds"] == {"slides": 1}


async def test_a_school_that_moves_to_another_county_takes_its_resources_along(library: Library) -> None:
    school, county = str(seed.place("xyyx")), str(seed.place("qinglong"))
    for scope in ("school", "county", "prefecture"):
        await published(library, title=scope, scope=scope)
    bureau, before = await library.desk("bureau"), await facets(library, "bureau-qinglong")
    place = (await bureau.get(f"/api/organisations/{school}")).json()
    body = {"version": place["version"], "parent_id": county, "on": str(today()), "reason": "区划调整"}
    moved = await bureau.patch(f"/api/organisations/{school}", json=body)
    assert moved.status_code == 200, moved.text
    after = await facets(library, "bureau-qinglong")
    assert sum(before["scopes"].values()) == 1
    assert after["scopes"] == {"school": 1, "county": 1, "prefecture": 1}
    assert (await facets(library, "colleague"))["scopes"] == {"school": 1, "county": 1, "prefecture": 1}
    for name in ("bureau-qinglong", "colleague", "bureau"):
        kept, found = await both(library.desk, await actor(library.desk, name))
        assert kept == found
