import asyncio

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

import admin.demo
from admin import seed
from admin.models import Assignment, Organisation, Person, Pupil, Region, Room
from admin.tree import is_inside
from core.passwords import verify_password

TABLES = (Region, Organisation, Room, Person, Assignment, Pupil)


async def counts(session: AsyncSession) -> list[int | None]:
    return [await session.scalar(select(func.count()).select_from(table)) for table in TABLES]


async def test_loading_again_changes_nothing(session: AsyncSession) -> None:
    before = await counts(session)
    passwords = (await session.scalars(select(Person.password).order_by(Person.id))).all()
    await admin.demo.load(session)
    assert await counts(session) == before
    assert (await session.scalars(select(Person.password).order_by(Person.id))).all() == passwords


async def test_every_account_that_is_printed_signs_in(session: AsyncSession) -> None:
    accounts = await admin.demo.load(session)
    contract = {"admin", "bureau", "teacher", "village", "student", "demo-teacher"}
    assert contract <= {account.username for account in accounts if account.class_code is None}
    for account in accounts:
        if account.class_code is None:
            found = await session.scalar(select(Person.password).where(Person.username == account.username))
        else:
            found = await session.scalar(select(Pupil.pin).where(Pupil.name == account.username))
        assert found
        assert await verify_password(found, account.secret)
        await asyncio.sleep(0)


async def test_every_place_lies_under_its_parent_and_its_county(session: AsyncSession) -> None:
    places = {place.id: place for place in (await session.scalars(select(Organisation))).all()}
    for place in places.values():
        if place.parent_id:
            assert is_inside(place.path, places[place.parent_id].path)
        if place.county_id:
            assert is_inside(place.path, places[place.county_id].path)
    assert places[seed.place("yuntou")].county_id == seed.place("qinglong")
