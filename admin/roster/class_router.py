"""Classes and the pupils in them; the promotion of all grades."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit, Words
from admin.roster import classes, promoting, pupils
from admin.roster.class_schemas import (
    ClassChange,
    ClassEnd,
    ClassNew,
    ClassOut,
    PinGiven,
    PromotionDone,
    PromotionOut,
    PromotionPlanOut,
    PromotionWanted,
    PupilLeave,
    PupilMove,
    PupilNew,
    PupilOut,
    PupilWhole,
)
from admin.schemas import Page
from admin.today import Today
from admin.who import Actor, require
from core.database import Session

router = APIRouter(prefix="/api", tags=["classes"], responses=PROBLEMS)
Keeper = Annotated[Actor, require("classes.change")]
Enroller = Annotated[Actor, require("pupils.change")]
Promoter = Annotated[Actor, require("promotions.run")]
GradeAsked = Annotated[int | None, Query(ge=1, le=12)]


@router.get("/classes")
async def list_classes(
    session: Session,
    who: Annotated[Actor, require("classes.read")],
    school: UUID | None = None,
    grade: GradeAsked = None,
    q: Words = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[ClassOut]:
    return await classes.listed(session, who.places("classes.read"), school, grade, q, after, limit)


@router.post("/classes", status_code=201)
async def create_class(body: ClassNew, session: Session, who: Keeper, today: Today, request: Request) -> ClassOut:
    return await classes.create(session, who, body, today, request)


@router.patch("/classes/{class_id}")
async def change_class(class_id: UUID, body: ClassChange, session: Session, who: Keeper, request: Request) -> ClassOut:
    """409 with `yours` and `theirs` when somebody changed it since `version`."""
    return await classes.change(session, who, class_id, body, request)


@router.post("/classes/{class_id}/end", status_code=204)
async def end_class(
    class_id: UUID, body: ClassEnd, session: Session, who: Keeper, today: Today, request: Request
) -> None:
    """409 while pupils are in it."""
    await classes.end(session, who, class_id, body, today, request)


@router.get("/pupils")
async def list_pupils(
    session: Session,
    who: Annotated[Actor, require("pupils.read")],
    request: Request,
    in_class: UUID | None = None,
    q: Words = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[PupilOut]:
    """The look is logged: they are children."""
    return await pupils.listed(session, who, in_class, q, after, limit, request)


@router.get("/pupils/{person_id}")
async def one_pupil(
    person_id: UUID, session: Session, who: Annotated[Actor, require("pupils.read")], request: Request
) -> PupilWhole:
    """With all years; numbers masked. The look is logged."""
    return await pupils.whole(session, who, person_id, request)


@router.post("/pupils", status_code=201)
async def take_in_pupil(body: PupilNew, session: Session, who: Enroller, today: Today, request: Request) -> PupilWhole:
    return await pupils.take_in(session, who, body, today, request)


@router.post("/pupils/{person_id}/move")
async def move_pupil(
    person_id: UUID, body: PupilMove, session: Session, who: Enroller, today: Today, request: Request
) -> PupilWhole:
    """To another class; between schools by whoever keeps both."""
    return await pupils.move(session, who, person_id, body, today, request)


@router.post("/pupils/{person_id}/leave")
async def pupil_leaves(
    person_id: UUID, body: PupilLeave, session: Session, who: Enroller, today: Today, request: Request
) -> PupilWhole:
    return await pupils.leave(session, who, person_id, body, today, request)


@router.put("/pupils/{person_id}/pin", status_code=204)
async def give_pin(person_id: UUID, body: PinGiven, session: Session, who: Enroller, request: Request) -> None:
    """The old one no longer opens anything."""
    await pupils.give_pin(session, who, person_id, body.pin, request)


@router.get("/promotions")
async def list_promotions(session: Session, who: Promoter) -> list[PromotionOut]:
    """The last fifty."""
    return list(await promoting.promotions(session, who))


@router.post("/promotions/trial")
async def try_promotion(body: PromotionWanted, session: Session, who: Promoter, today: Today) -> PromotionPlanOut:
    """What would happen; nothing does."""
    return await promoting.try_out(session, who, body.place_id, body.school_year, today)


@router.post("/promotions", status_code=201)
async def promote(
    body: PromotionWanted, session: Session, who: Promoter, today: Today, request: Request
) -> PromotionDone:
    """All classes of the place into the school year. Those that cannot be promoted stay and are told."""
    return await promoting.promote(session, who, body.place_id, body.school_year, today, request)


@router.post("/promotions/{promotion_id}/undo")
async def undo_promotion(promotion_id: UUID, session: Session, who: Promoter, request: Request) -> PromotionOut:
    """409 when a class has been changed since; then nothing is changed."""
    return await promoting.undo(session, who, promotion_id, request)
