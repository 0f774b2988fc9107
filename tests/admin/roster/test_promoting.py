"""September: all classes of a place move, and everything is as it was after taking it back."""

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.models import SchoolClass
from admin.roster.grades import school_year
from admin.today import today
from tests.admin.cast import Desk
from tests.admin.roster.test_classes import CENTRE, CLASS, YUNTOU, ZHAOYANG, new_class, sent

QINGLONG = str(seed.place("qinglong"))
THIS_YEAR = school_year(today())
STATE = (
    "SELECT c.id, c.name, c.grade, c.school_year, c.ended, c.room_id, p.person_id, e.until, e.leaving,"
    " r.organisation_id FROM classes c LEFT JOIN pupils p ON p.class_id = c.id"
    " LEFT JOIN enrolments e ON e.person_id = p.person_id"
    " LEFT JOIN roles r ON r.person_id = p.person_id ORDER BY c.id, p.person_id"
)
WANTED = {"place_id": QINGLONG, "school_year": THIS_YEAR}


async def last_years_classes(desk: Desk) -> None:
    """The demo's third grade and five more, all of the year before."""
    for grade, name in ((1, "一年级"), (2, "二年级"), (5, "五年级"), (6, "六年级")):
        await new_class(desk, school_id=YUNTOU, grade=grade, name=name)
    await new_class(desk, school_id=CENTRE, grade=6, name="六（1）班")
    async with desk.ground.transaction() as session:
        await session.execute(text("UPDATE classes SET school_year = school_year - 1"))
        leaver = text(
            "UPDATE pupils SET class_id = (SELECT id FROM classes WHERE name = '六年级') WHERE name = '岑小燕'"
        )
        await session.execute(leaver)
        await session.execute(
            text("UPDATE enrolments SET class_id = (SELECT id FROM classes WHERE name = '六年级')"
                 " WHERE person_id = (SELECT person_id FROM pupils WHERE name = '岑小燕')")
        )  # fmt: skip


async def state(desk: Desk) -> list[Any]:
    async with desk.ground.transaction() as session:
        return [tuple(row) for row in await session.execute(text(STATE))]


async def test_a_trial_tells_and_changes_nothing(desk: Desk) -> None:
    await last_years_classes(desk)
    before = await state(desk)
    told = await sent(desk, "bureau", "POST", "promotions/trial", WANTED)
    assert (told["classes"], told["graduating"], told["graduating_pupils"]) == (6, 2, 1)
    assert told["by_grade"] == {"1": 1, "2": 1, "3": 1, "5": 1, "6": 2}
    assert await state(desk) == before


async def test_all_grades_move_and_taking_it_back_restores_everything(desk: Desk, session: AsyncSession) -> None:
    await last_years_classes(desk)
    before = await state(desk)
    done = await sent(desk, "bureau-qinglong", "POST", "promotions", WANTED, 201)
    names = set(await session.scalars(select(SchoolClass.name).where(SchoolClass.ended.is_(None))))
    assert names == {"二年级", "三年级", "四年级", "六年级"}
    assert (await sent(desk, "bureau", "GET", f"pupils/{ZHAOYANG}"))["in_class"]["name"] == "四年级"
    assert (await sent(desk, "bureau", "POST", "promotions", WANTED, 409))["code"] == "nothing-to-promote"
    undone = await sent(desk, "bureau-qinglong", "POST", f"promotions/{done['id']}/undo")
    assert undone["undone_at"]
    assert await state(desk) == before
    assert (await sent(desk, "bureau", "POST", f"promotions/{done['id']}/undo", status=409))[
        "code"
    ] == "promotion-undone"


async def test_a_class_that_was_changed_since_keeps_the_promotion(desk: Desk) -> None:
    await last_years_classes(desk)
    done = await sent(desk, "bureau", "POST", "promotions", WANTED, 201)
    await sent(desk, "bureau", "PATCH", f"classes/{CLASS}", {"version": 2, "name": "四（1）班"})
    after = await state(desk)
    problem = await sent(desk, "bureau", "POST", f"promotions/{done['id']}/undo", status=409)
    assert (problem["code"], problem["classes"]) == ("classes-changed-since", ["云头教学点 四（1）班"])
    assert await state(desk) == after


async def test_a_new_class_with_an_old_name_is_told(desk: Desk) -> None:
    await last_years_classes(desk)
    done = await sent(desk, "bureau", "POST", "promotions", WANTED, 201)
    await new_class(desk, school_id=YUNTOU, grade=1, name="一年级")
    problem = await sent(desk, "bureau", "POST", f"promotions/{done['id']}/undo", status=409)
    assert problem["code"] == "class-name-taken"


async def test_a_leaver_who_has_begun_elsewhere_stays_there(desk: Desk) -> None:
    await last_years_classes(desk)
    done = await sent(desk, "bureau", "POST", "promotions", WANTED, 201)
    middle = await new_class(desk, "bureau", school_id=str(seed.place("xyyz")), grade=7, name="初一（1）班")
    async with desk.ground.transaction() as session:
        await session.execute(
            text("INSERT INTO enrolments (id, person_id, class_id, since, note) SELECT gen_random_uuid(), person_id,"
                 " :into, :today, '' FROM pupils WHERE name = '岑小燕'"), {"into": middle["id"], "today": today()},
        )  # fmt: skip
        await session.execute(text("UPDATE pupils SET class_id = :into WHERE name = '岑小燕'"), {"into": middle["id"]})
    await sent(desk, "bureau", "POST", f"promotions/{done['id']}/undo")
    listed = await sent(desk, "bureau", "GET", "pupils?q=岑小燕")
    assert listed["items"][0]["school"]["name"] == "兴义一中"


async def test_a_county_promotes_its_own_classes_only(desk: Desk) -> None:
    await sent(desk, "bureau-qinglong", "POST", "promotions", WANTED | {"place_id": str(seed.place("qxn"))}, 403)
    await sent(desk, "teacher", "POST", "promotions", WANTED, 403)
    wrong = await sent(desk, "bureau", "POST", "promotions", WANTED | {"school_year": THIS_YEAR + 3}, 422)
    assert wrong["code"] == "promotion-year"
