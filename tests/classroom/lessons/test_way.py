from uuid import uuid4

from admin.schemas import Place
from admin.tree import Tier
from classroom.lessons.way import way


def place(tier: Tier, name: str) -> Place:
    return Place(id=uuid4(), name=name, name_en=name, tier=tier)


PROVINCE, PREFECTURE = place("province", "贵州省"), place("prefecture", "黔西南州")
QINGLONG, WANGMO = place("county", "晴隆县"), place("county", "望谟县")
CHANGPING = place("township", "长坪镇")
CENTRE = place("school", "长坪镇中心校")
YUNTOU = place("teaching_point", "云头教学点")
BAIYAN = place("teaching_point", "百岩教学点")
SENDER = place("school", "兴义一小")
TO_YUNTOU = [PROVINCE, PREFECTURE, QINGLONG, CHANGPING, CENTRE, YUNTOU]
TO_BAIYAN = [PROVINCE, PREFECTURE, WANGMO, BAIYAN]


def test_the_way_to_one_point_names_every_tier() -> None:
    steps = way(SENDER, [TO_YUNTOU])
    assert [(step.tier, step.name) for step in steps] == [
        ("school", "兴义一小"),
        ("prefecture", "黔西南州"),
        ("county", "晴隆县"),
        ("township", "长坪镇"),
        ("teaching_point", "云头教学点"),
    ]


def test_several_places_of_a_tier_are_one_step_that_says_how_many() -> None:
    steps = way(SENDER, [TO_YUNTOU, TO_BAIYAN])
    assert [(step.name, step.name_en, step.count) for step in steps[2:]] == [
        ("2 个县市", "2 counties", 2),
        ("长坪镇", "长坪镇", 1),
        ("2 个教学点", "2 teaching points", 2),
    ]


def test_schools_and_points_together_are_schools() -> None:
    assert way(SENDER, [TO_YUNTOU, TO_YUNTOU[:-1]])[-1].name == "2 所学校"


def test_two_rooms_of_one_school_are_one_place() -> None:
    assert way(SENDER, [TO_YUNTOU, TO_YUNTOU])[-1].name == "云头教学点"
