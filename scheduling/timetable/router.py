"""Drafts of the timetable: their lessons, rules and absences, judging, solving, repairs, sheets, publishing."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit
from admin.schemas import Page
from admin.sheets import XLSX
from admin.who import Actor, require
from core.connections import Ground
from core.database import Session
from scheduling.timetable import (
    absences,
    choices,
    draft_view,
    drafts,
    judging,
    moving,
    progress,
    publication,
    publishing,
    sheets,
    solving,
)
from scheduling.timetable.published_schemas import By, PreviewOut, PublicationOut, PublishIn, WeekOut
from scheduling.timetable.schemas import (
    AbsenceIn,
    AbsenceOut,
    ClashOut,
    DraftChange,
    DraftNew,
    DraftOut,
    DraftSheetOut,
    JudgementOut,
    LessonNumber,
    MovesIn,
    MovesOut,
    RepairOut,
    RuleOut,
    RulesIn,
    RunOut,
    SlotsOut,
    SolveIn,
)

router = APIRouter(prefix="/api", tags=["timetable"], responses=PROBLEMS)
Reader = Annotated[Actor, require("plan.read")]
Planner = Annotated[Actor, require("plan.change")]
SHEET: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}}
Cells = Annotated[int, Query(ge=1, le=2000)]
MOST_CELLS = 500


@router.get("/timetable-rules")
async def list_rules(place: UUID, session: Session, who: Reader) -> list[RuleOut]:
    """All rules, hard ones first, as they hold for the place."""
    return await choices.listed(session, who, place)


@router.put("/timetable-rules")
async def choose_rules(body: RulesIn, session: Session, who: Planner, request: Request) -> list[RuleOut]:
    """The named rules; others stay. H1 cannot be switched off: nobody is in two places."""
    return await choices.choose(session, who, body, request)


@router.get("/timetable-absences")
async def list_absences(
    term: UUID, session: Session, who: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[AbsenceOut]:
    """Of people, classes, rooms and schools of one's places."""
    return await absences.listed(session, who, term, after, limit)


@router.post("/timetable-absences", status_code=201)
async def add_absence(body: AbsenceIn, session: Session, who: Planner, request: Request) -> AbsenceOut:
    """A teacher ill, a room broken, a line under repair: all drafts of the term hear of it at once."""
    return await absences.add(session, who, body, request)


@router.delete("/timetable-absences/{absence_id}", status_code=204)
async def remove_absence(absence_id: UUID, session: Session, who: Planner, request: Request) -> None:
    await absences.remove(session, who, absence_id, request)


@router.get("/timetable-drafts")
async def list_drafts(
    term: UUID,
    session: Session,
    ground: Ground,
    who: Reader,
    place: UUID | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[DraftOut]:
    """Of one's places, or of one of them; the newest first."""
    return await drafts.listed(session, ground, who, term, place, after, limit)


@router.post("/timetable-drafts", status_code=201)
async def create_draft(body: DraftNew, session: Session, who: Planner, request: Request) -> DraftOut:
    return await drafts.create(session, who, body, request)


@router.get("/timetable-drafts/{draft_id}")
async def show_draft(draft_id: UUID, session: Session, ground: Ground, who: Reader) -> DraftOut:
    row = await drafts.reached(session, who, "plan.read", draft_id)
    return await drafts.one(session, row, (await progress.RUNS.states(ground, [draft_id])).get(draft_id, "none"))


@router.patch("/timetable-drafts/{draft_id}")
async def rename_draft(draft_id: UUID, body: DraftChange, session: Session, who: Planner, request: Request) -> DraftOut:
    return await drafts.rename(session, who, draft_id, body, request)


@router.delete("/timetable-drafts/{draft_id}", status_code=204)
async def remove_draft(draft_id: UUID, session: Session, who: Planner, request: Request) -> None:
    """What was published from it stays."""
    await drafts.remove(session, who, draft_id, request)


@router.get("/timetable-drafts/{draft_id}/week")
async def draft_week(
    draft_id: UUID,
    session: Session,
    who: Reader,
    by: By | None = None,
    of: UUID | None = None,
    limit: Cells = MOST_CELLS,
) -> WeekOut:
    """The draft's lessons in the order of the week, with those that have no time: all, or of one class, room,
    teacher, school or county."""
    row = await drafts.reached(session, who, "plan.read", draft_id)
    return await draft_view.week(session, who, row, by, of, limit)


@router.patch("/timetable-drafts/{draft_id}/lessons")
async def move_lessons(draft_id: UUID, body: MovesIn, session: Session, who: Planner, request: Request) -> MovesOut:
    """Moves, takes out, puts in, locks and unlocks. A move that breaks a rule is made and told; one without a school's
    bells in mind is H4. 409 `changed-meanwhile` with `revision`, `by`, `at` and `changed` (the lessons that others
    moved since, as moves): send again with that revision to merge."""
    return await moving.apply(session, who, draft_id, body, request)


@router.get("/timetable-drafts/{draft_id}/judgement")
async def judge_draft(draft_id: UUID, session: Session, who: Reader) -> JudgementOut:
    """What is wrong with the draft, by rule. Ask for several drafts to lay them side by side."""
    return await judging.judgement(session, await drafts.reached(session, who, "plan.read", draft_id))


@router.get("/timetable-drafts/{draft_id}/slots")
async def lesson_slots(
    draft_id: UUID, course: UUID, session: Session, who: Reader, number: LessonNumber = 1
) -> SlotsOut:
    """Every time of the week that the sending school's bells have, and what would break with this lesson there."""
    row = await drafts.reached(session, who, "plan.read", draft_id)
    return await judging.where(session, row, course, number)


@router.get("/timetable-drafts/{draft_id}/clash")
async def explain_clash(draft_id: UUID, course: UUID, session: Session, who: Reader) -> ClashOut:
    """Why a course's lessons do not all fit, whatever moves but the locked ones. Takes seconds."""
    return await judging.clash(session, await drafts.reached(session, who, "plan.read", draft_id), course)


@router.post("/timetable-drafts/{draft_id}/solve", status_code=202)
async def solve_draft(
    draft_id: UUID, body: SolveIn, session: Session, ground: Ground, who: Planner, request: Request
) -> RunOut:
    """Places all lessons anew, from what is there; locked ones stay. 409 `solving-already`."""
    return await solving.ask(session, ground, who, draft_id, body, request)


@router.get("/timetable-drafts/{draft_id}/run")
async def show_run(draft_id: UUID, session: Session, ground: Ground, who: Reader) -> RunOut:
    """Of the last solving; state `none` an hour after its end."""
    await drafts.reached(session, who, "plan.read", draft_id)
    return await progress.run_of(ground, draft_id) or solving.NONE


@router.post("/timetable-drafts/{draft_id}/stop", status_code=202)
async def stop_run(draft_id: UUID, session: Session, ground: Ground, who: Planner) -> RunOut:
    """Ends the solving and keeps the best timetable found so far."""
    return await solving.stop(session, ground, who, draft_id)


@router.post("/timetable-drafts/{draft_id}/repairs")
async def propose_repairs(draft_id: UUID, session: Session, who: Planner) -> list[RepairOut]:
    """After an absence or a change of the plan: at most three ways to mend the draft, the least disturbing first.
    Apply one by PATCH …/lessons. Empty: nothing placed is broken, or nothing mends it."""
    return await judging.repairs(session, await drafts.reached(session, who, "plan.change", draft_id))


@router.get("/timetable-drafts/{draft_id}/sheet", response_class=Response, responses=SHEET)
async def draft_sheet(draft_id: UUID, session: Session, who: Reader) -> Response:
    """xlsx: a row a lesson; what comes back may have other times and locks."""
    return await sheets.of_draft(session, who, await drafts.reached(session, who, "plan.read", draft_id))


@router.post("/timetable-drafts/{draft_id}/sheet")
async def take_draft_sheet(
    draft_id: UUID,
    session: Session,
    who: Planner,
    request: Request,
    file: Annotated[UploadFile, File(description="xlsx or CSV: 课程, 序号, 星期, 开始, 锁定")],
    revision: Annotated[int, Form()],
    dry_run: Annotated[bool, Form()] = True,
) -> DraftSheetOut:
    """All rows or none: with any mistake nothing is written (422 with `mistakes` unless it is a dry run)."""
    return await sheets.into_draft(session, who, draft_id, await file.read(), revision, dry_run, request)


@router.get("/timetable-drafts/{draft_id}/changes")
async def preview_changes(draft_id: UUID, session: Session, who: Reader) -> PreviewOut:
    """What publishing would change, and what stands in its way."""
    return await publishing.preview(session, await drafts.reached(session, who, "plan.read", draft_id))


@router.post("/timetable-drafts/{draft_id}/publish", status_code=202)
async def publish_draft(
    draft_id: UUID, body: PublishIn, session: Session, ground: Ground, who: Planner, request: Request
) -> PublicationOut:
    """A job does it, all or nothing; ask GET …/publication how it goes. 409 `changed-meanwhile` when the draft moved
    on, `publishing-already`."""
    return await publication.ask(session, ground, who, draft_id, body, request)


@router.get("/timetable-drafts/{draft_id}/publication")
async def show_publication(draft_id: UUID, session: Session, ground: Ground, who: Reader) -> PublicationOut:
    """Of the last publishing; state `none` an hour after its end. `refused` has a `code`: `changed-meanwhile`,
    `not-publishable`, or `booked-already` where a lesson outside the timetable holds a room or a person."""
    await drafts.reached(session, who, "plan.read", draft_id)
    return await progress.PUBLICATIONS.read(ground, draft_id) or publication.NONE
