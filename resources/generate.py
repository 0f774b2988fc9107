"""A library of any size, for tests of scale: lessons of the curriculum's subjects, spread over the schools that are
there. The same seed makes the same rows."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation
from core.clock import now
from core.ids import new_id
from resources import reach, searching
from resources.kinds import phase_of
from resources.models import Resource

BATCH = 2000
SUBJECTS = ("语文", "数学", "英语", "科学", "音乐", "美术", "道德与法治", "体育与健康", "信息科技", "劳动")
VERSIONS = ("统编版", "人教版", "教科版", "苏教版", "北师大版")
KINDS = ("lesson", "slides", "plan", "micro", "exercise", "material")
SCOPES = ("school", "county", "prefecture", "prefecture", "prefecture", "public")
HEADS = (
    *("月相", "水的三态", "分数", "古诗", "影子", "圆的面积", "家乡", "植物"),
    *("声音", "磁铁", "节奏", "色彩", "跳绳", "编程", "种菜"),
)
TAILS = (
    *("变化的规律", "的秘密", "的认识", "初步", "练习", "复习课"),
    *("实验", "小测", "观察记录", "欣赏", "导学", "单元整理"),
)
PEOPLE = ("陈静怡", "李文博", "吴秀英", "周明远", "唐若诗", "陆顺华", "何雪梅", "岑光明", "韦小兰", "王朝芬")


async def library(session: AsyncSession, resources: int, seed: int = 1) -> None:
    """Needs schools; every row is playable and published, and has no file."""
    query = select(Organisation).where(Organisation.tier.in_(("school", "teaching_point"))).order_by(Organisation.path)
    schools = list((await session.scalars(query)).all())
    places = [(school, await _reaches(session, school)) for school in schools]
    rows = _rows(random.Random(seed), places, resources)
    while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
        await session.execute(insert(Resource), batch)


async def _reaches(session: AsyncSession, school: Organisation) -> dict[str, str]:
    return {scope: await reach.reach(session, school, scope, "published") for scope in set(SCOPES)}  # type: ignore[arg-type]


def _rows(
    chance: random.Random, places: list[tuple[Organisation, dict[str, str]]], count: int
) -> Iterator[dict[str, Any]]:
    for number in range(count):
        school, ways = chance.choice(places)
        yield _row(chance, number, school, ways)


def _row(chance: random.Random, number: int, school: Organisation, ways: dict[str, str]) -> dict[str, Any]:
    grade, scope, at = chance.randint(1, 9), chance.choice(SCOPES), now() - timedelta(minutes=number)
    row = Resource(title=f"{chance.choice(HEADS)}{chance.choice(TAILS)} {number}", description="", chapter="")
    row.subject, row.textbook_version = chance.choice(SUBJECTS), chance.choice(VERSIONS)
    row.unit, row.author = f"第{chance.choice('一二三四五六')}单元", chance.choice(PEOPLE)
    searching.index(row, school.name_zh)
    words = ("title", "description", "chapter", "subject", "textbook_version", "unit", "author", "words", "grams")
    told = {name: getattr(row, name) for name in words}
    told |= {"id": new_id(), "kind": chance.choice(KINDS), "phase": phase_of(grade), "grade": grade, "edition": 1}
    told |= {"volume": chance.choice("上下"), "licence": "house", "provider_id": school.id, "version": 1}
    told |= {"provider_path": school.path, "region_code": school.region_code, "scope": scope, "reach": ways[scope]}
    told |= {"review": "published", "stage": "playable", "progress": 100, "medium": "video", "bytes": 0}
    told |= {"filename": "", "content_type": "video/mp4", "scanned": False, "seconds": 2400.0, "chapters": []}
    return told | {"views": 0, "completions": 0, "created_at": at, "changed_at": at, "published_at": at}
