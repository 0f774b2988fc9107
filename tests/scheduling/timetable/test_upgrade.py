"""A house with published versions, from before lessons knew which classes are away (0028), is brought to today."""

import asyncio
from typing import Any

import psycopg
from alembic import command

from core.migrate import configuration
from tests.admin.cast import Desk
from tests.scheduling.timetable.cast import at
from tests.scheduling.timetable.test_publishing import in_force, published

FROZEN = "SELECT {columns} FROM {table} ORDER BY id"
PLAIN = (
    "id, version_id, term_id, place_id, course_id, week, number, until, before_id, what, starts_at, ends_at, sequence,"
    " cancelled, by_hand, substitute_id, reason, setting_id, parties, lesson_id"
)
"""What a published lesson was at 0028."""
KEPT = {
    "published_lessons": PLAIN,
    "published_settings": "id, version_id, seats::text, chapters::text",
    "timetable_versions": "id, number, counts::text, placements::text",
    "lessons": "id, starts_at, ends_at, teacher_id",
}


def told(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(FROZEN.format(columns=columns, table=table)).fetchall()
            for table, columns in KEPT.items()
        }


async def test_versions_published_before_go_on_as_they_were_and_are_followed_by_others(
    desk: Desk, demo_environment: dict[str, str]
) -> None:
    here, version = await published(desk)
    async with desk.ground.transaction() as session:
        gone = await in_force(session, here, here.english, 2)
        kept = await in_force(session, here, here.english, 3)
    await here.sent("POST", f"published-lessons/{gone.id}/cancel", {"reason": "停电"}, 201)
    url = demo_environment["SONGJIAO_DATABASE_URL"]
    before = await asyncio.to_thread(told, url)
    await asyncio.to_thread(command.downgrade, configuration(url), "0028")
    assert await asyncio.to_thread(told, url) == before
    await asyncio.to_thread(command.upgrade, configuration(url), "head")
    assert await asyncio.to_thread(told, url) == before
    async with desk.ground.transaction() as session:
        assert (await in_force(session, here, here.english, 3)).away == []
    week = await here.week(2)
    assert sorted((one["name"], one["cancelled"]) for one in week["cells"]) == [
        ("三年级科学", False),
        ("三年级科学", False),
        ("三年级英语", False),
        ("三年级英语", True),
    ]
    draft = await here.sent("GET", f"timetable-drafts/{here.draft}")
    moved = await here.move(at(here.english, 1, 5, "08:30"), revision=draft["revision"])
    after = await here.publish(moved["draft"]["revision"])
    assert (version["number"], after["number"], after["counts"]["moved"]) == (1, 3, 3)
    async with desk.ground.transaction() as session:
        assert (await in_force(session, here, here.english, 3)).before_id == kept.id
