import asyncio
from calendar import monthrange
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from admin import sheets
from admin.answers import PROBLEMS
from admin.models import Organisation
from admin.who import Actor, require
from classroom.reports.day import told
from classroom.reports.figures import report
from classroom.reports.schemas import DayChart, DeliveryReport, Month
from classroom.reports.sheet import HEAD, rows
from core import audit
from core.clock import now
from core.database import Session

router = APIRouter(prefix="/api/reports", tags=["reports"], responses=PROBLEMS)
Reader = Annotated[Actor, require("reports.read")]
Language = Annotated[Literal["zh", "en"], Query()]
PDF = "application/pdf"
PAPER: dict[int | str, dict[str, Any]] = {
    200: {"content": {media: {"schema": {"type": "string"}} for media in (PDF, *sheets.MEDIA.values())}}
}
FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
Day = Annotated[date, Query(ge=FIRST, le=LAST)]


@router.get("/days/{day}")
async def show_day(day: date, session: Session, who: Reader) -> DeliveryReport:
    """The dashboard: one day's lessons and tickets, county by county."""
    day = min(max(day, FIRST), LAST)
    return await report(session, who, day, day, now())


@router.get("/days/{day}/lessons", response_model=DayChart)
async def chart_day(day: date, session: Session, who: Reader) -> Response:
    """Every lesson of the day as a chart shows it; `total` says how many there are where there are over 2,000."""
    return Response(await told(session, who, min(max(day, FIRST), LAST), now()), media_type="application/json")


@router.get("/months/{month}")
async def show_month(month: Month, session: Session, who: Reader) -> DeliveryReport:
    return await report(session, who, *_days(month), now())


@router.get("/months/{month}/{format}", response_class=Response, responses=PAPER)
async def month_on_paper(
    month: Month,
    format: Literal["pdf", "xlsx", "csv"],
    session: Session,
    who: Reader,
    request: Request,
    language: Language = "zh",
) -> Response:
    """The same figures for leaders, as PDF or sheet; on record."""
    found = await report(session, who, *_days(month), now())
    place = await session.get_one(Organisation, who.place_ids("reports.read")[0])
    name = place.name_zh if language == "zh" else place.name_en
    await audit.record(session, who.id, "report.export", f"report:{month}", after={"format": format}, request=request)
    if format == "pdf":
        from classroom.reports import pdf  # half a second of every start otherwise, for a page of once a month

        data, media = await asyncio.to_thread(pdf.drawn, found, name, language), PDF
    else:
        data = await asyncio.to_thread(sheets.written, format, HEAD[language], rows(found, language))
        media = sheets.MEDIA[format]
    return Response(data, media_type=media, headers={"Content-Disposition": f'attachment; filename="{month}.{format}"'})


def _days(month: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])
