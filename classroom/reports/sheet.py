"""A report as rows of words and figures, in either language: the sheet and the PDF hold the same."""

from collections.abc import Sequence
from typing import Literal

from classroom.reports.schemas import CountyFigures, DeliveryReport

Language = Literal["zh", "en"]
HEAD: dict[Language, tuple[str, ...]] = {
    "zh": ("县（市）", "计划节数", "已上", "已上率", "关停", "听课学校", "听课班次", "求助", "已处理", "处理率"),
    "en": ("County", "Planned", "Held", "Held %", "Shut down", "Schools", "Rooms", "Tickets", "Closed", "Closed %"),
}
DEFINITIONS: dict[Language, tuple[str, ...]] = {
    "zh": (
        "计划节数：当月开始、有本县教室听课或主讲的课；几个县同听的课，各县各计一次，合计只计一次。",
        "已上：有教师开始过的课。已上率 = 已上 ÷ 计划节数。关停：被关停的课。",
        "听课学校：当月有教室听课的学校和教学点。听课班次：听课教室数，每节课各计一次。",
        "求助：当月报来的故障。处理率 = 其中到出表时已处理 ÷ 求助。",
        "来源：课程、教室、求助登记。",
    ),
    "en": (
        "Planned: lessons that began in the time and have a room in the county; the total counts each once.",
        "Held: begun by a teacher. Held % = held ÷ planned. Shut down: ended by order.",
        "Schools: schools and points with a receiving room. Rooms: receiving rooms, once for each lesson.",
        "Tickets: faults reported in the time. Closed % = closed by now ÷ reported.",
        "Source: lessons, rooms, tickets.",
    ),
}


def title(report: DeliveryReport, language: Language) -> str:
    if language == "zh":
        return f"送教月报　{report.begins.year} 年 {report.begins.month} 月"
    return f"Lesson delivery, {report.begins:%B %Y}"


def rows(report: DeliveryReport, language: Language) -> list[list[str | int]]:
    return [_row(county, language) for county in (*report.counties, report.total)]


def _row(county: CountyFigures, language: Language) -> list[str | int]:
    name = county.name if language == "zh" else county.name_en
    held: list[str | int] = [county.planned, county.held, percent(county.held, county.planned)]
    return [name, *held, county.shut_down, county.schools, county.rooms, *_helped(county)]


def _helped(county: CountyFigures) -> Sequence[str | int]:
    return county.tickets, county.closed, percent(county.closed, county.tickets)


def percent(part: int, whole: int) -> str:
    """One place, half-up in integers; of nothing it is a dash."""
    if not whole:
        return "—"
    tenths = (part * 2000 + whole) // (whole * 2)
    return f"{tenths // 10}.{tenths % 10} %"
