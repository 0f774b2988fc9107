"""The delivery plan: offers, courses, suggestions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from admin.answers import PROBLEMS
from admin.paging import DEFAULT_LIMIT, After, Limit, Words
from admin.schemas import Page
from admin.who import Actor, require
from core.database import Session
from scheduling.plan import capacities, courses, matching, seating
from scheduling.plan.schemas import (
    CapacityIn,
    CapacityOut,
    CourseChange,
    CourseNew,
    CourseOut,
    OfferNew,
    OfferOut,
    ProgressIn,
    SeatingIn,
    SuggestionOut,
)

router = APIRouter(prefix="/api", tags=["delivery plan"], responses=PROBLEMS)
Reader = Annotated[Actor, require("plan.read")]
Planner = Annotated[Actor, require("plan.change")]


@router.get("/delivery-offers")
async def list_offers(
    session: Session, who: Reader, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[OfferOut]:
    """Of all model schools, with what is left of each."""
    return await courses.offers(session, who, after, limit)


@router.post("/delivery-offers", status_code=201)
async def make_offer(body: OfferNew, session: Session, who: Planner, request: Request) -> OfferOut:
    return await courses.offer(session, who, body, request)


@router.delete("/delivery-offers/{offer_id}", status_code=204)
async def withdraw_offer(offer_id: UUID, session: Session, who: Planner, request: Request) -> None:
    """Courses that were made from it stay."""
    await courses.withdraw(session, who, offer_id, request)


@router.get("/delivery-courses")
async def list_courses(
    session: Session, who: Reader, term: UUID, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[CourseOut]:
    """Those that one's places decide on, send or receive."""
    return await courses.listed(session, who, term, after, limit)


@router.post("/delivery-courses", status_code=201)
async def create_course(body: CourseNew, session: Session, who: Planner, request: Request) -> CourseOut:
    """All rooms lie inside the deciding place: a county within its own, the prefecture across."""
    return await courses.create(session, who, body, request)


@router.put("/delivery-courses/{course_id}")
async def change_course(
    course_id: UUID, body: CourseChange, session: Session, who: Planner, request: Request
) -> CourseOut:
    """The whole course with its seats. 409 with `yours` and `theirs` when somebody changed it since `version`."""
    return await courses.change(session, who, course_id, body, request)


@router.put("/delivery-courses/{course_id}/progress")
async def plan_progress(
    course_id: UUID, body: ProgressIn, session: Session, who: Planner, request: Request
) -> CourseOut:
    """Its textbook and what each week gets to; lessons say it from the next published version on."""
    return await courses.plan_progress(session, who, course_id, body, request)


@router.put("/delivery-courses/{course_id}/seating")
async def seat_course(course_id: UUID, body: SeatingIn, session: Session, who: Planner, request: Request) -> CourseOut:
    """Assistants and fallback recordings of its classes, without the rest of it."""
    return await seating.seat(session, who, course_id, body, request)


@router.delete("/delivery-courses/{course_id}", status_code=204)
async def remove_course(course_id: UUID, session: Session, who: Planner, request: Request) -> None:
    await courses.remove(session, who, course_id, request)


@router.get("/line-capacities")
async def list_capacities(
    session: Session, who: Reader, place: UUID, q: Words = None, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[CapacityOut]:
    """What the timetable takes lines and relays to carry: declared by the bureau, measured by boxes, or the usual."""
    return await capacities.listed(session, who, place, q, after, limit)


@router.put("/line-capacities/{place_id}")
async def declare_capacity(
    place_id: UUID, body: CapacityIn, session: Session, who: Planner, request: Request
) -> CapacityOut:
    """Null takes back what was declared."""
    return await capacities.declare(session, who, place_id, body, request)


@router.get("/delivery-suggestions")
async def list_suggestions(
    session: Session,
    who: Reader,
    term: UUID,
    place: UUID,
    minutes: Annotated[int, Query(ge=20, le=90)] = 40,
) -> list[SuggestionOut]:
    """Which offers would close which needs of the place, the greatest first; at most a hundred."""
    return await matching.suggestions(session, who, term, place, minutes)
