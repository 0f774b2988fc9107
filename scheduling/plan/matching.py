"""Suggestions from the database: needs of the asker's schools, offers of model schools, bells of both."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from admin.models import Organisation, Room, SchoolClass
from admin.registry import inside, standing_on
from admin.today import today
from admin.tree import TEACHING_TIERS
from admin.who import Actor, not_your_place
from core.errors import NotFound
from scheduling.calendar.models import TermRow
from scheduling.calendar.ringing import bells_of
from scheduling.needs.reading import of_schools
from scheduling.plan.courses import names_of, offers_out
from scheduling.plan.models import Offer
from scheduling.plan.schemas import OfferOut, SuggestedSeat, SuggestionOut
from scheduling.plan.suggesting import Offered, Suggestion, Wanting, suggest

MOST_TOLD = 100
MOST_SCHOOLS = 1000


async def suggestions(session: AsyncSession, who: Actor, term: UUID, place: UUID, minutes: int) -> list[SuggestionOut]:
    """For the schools of the place. A county is told of its own offers, the prefecture of all."""
    row, term_row = await session.get(Organisation, place), await session.get(TermRow, term)
    if row is None or not who.may("plan.read", row.path):
        raise not_your_place()
    if term_row is None:
        raise NotFound("term-unknown", zh="没有这个学期。", en="There is no such term.")
    schools = await _schools(session, row)
    wanting = await _wanting(session, schools)
    offers = await _offers(session, row)
    ids = [school.id for school in schools] + [one.school.id for one in offers]
    bells = await bells_of(session, ids, term_row.first)
    homes = await _counties(session, [one.school.id for one in offers])
    found = suggest(wanting, [_offered(one, homes) for one in offers], bells, minutes)
    return await _told(session, found[:MOST_TOLD], {one.id: one for one in offers}, homes)


async def _schools(session: AsyncSession, place: Organisation) -> Sequence[Organisation]:
    query = select(Organisation).where(inside([place.path]), standing_on(today()))
    query = query.where(Organisation.tier.in_(TEACHING_TIERS)).order_by(Organisation.path).limit(MOST_SCHOOLS)
    return (await session.scalars(query)).all()


async def _wanting(session: AsyncSession, schools: Sequence[Organisation]) -> list[Wanting]:
    found = await of_schools(session, schools)
    return [
        Wanting(
            lack.class_id,
            school.id,
            school.county_id,
            school.tier == "teaching_point",
            lack.subject,
            lack.grade,
            lack.missing,
        )
        for school in schools
        for lack in found[school.id][2].lacks
    ]


async def _offers(session: AsyncSession, place: Organisation) -> list[OfferOut]:
    county = place.county_id
    query = select(Offer).join(Organisation, Organisation.id == Offer.school_id).order_by(Offer.id)
    if county is not None:
        query = query.where(Organisation.county_id == county)
    return await offers_out(session, (await session.scalars(query)).all())


async def _counties(session: AsyncSession, schools: Sequence[UUID]) -> dict[UUID, UUID | None]:
    query = select(Organisation.id, Organisation.county_id).where(Organisation.id.in_(schools))
    return {row.id: row.county_id for row in await session.execute(query)}


def _offered(one: OfferOut, counties: dict[UUID, UUID | None]) -> Offered:
    county = counties.get(one.school.id)
    return Offered(one.id, one.school.id, county, one.subject, one.first_grade, one.last_grade, one.left)


async def _told(
    session: AsyncSession, found: Sequence[Suggestion], offers: dict[UUID, OfferOut], homes: dict[UUID, UUID | None]
) -> list[SuggestionOut]:
    classes = [one.class_id for each in found for one in each.classes]
    query = select(SchoolClass.id, Room.id.label("room_id")).join(Room, Room.id == SchoolClass.room_id)
    seated = await session.execute(query.where(SchoolClass.id.in_(classes)))
    rooms: dict[UUID, UUID] = {row.id: row.room_id for row in seated}
    schools = [one.school_id for each in found for one in each.classes]
    names = await names_of(session, [*classes, *rooms.values(), *schools])

    def seat(one: Wanting) -> SuggestedSeat:
        room = names[rooms[one.class_id]] if one.class_id in rooms else None
        told = {"in_class": names[one.class_id], "school": names[one.school_id], "room": room}
        return SuggestedSeat.model_validate(told | {"missing": one.missing})

    return [
        SuggestionOut(
            offer_id=each.offer,
            subject=each.subject,
            grade=each.grade,
            weekly=each.weekly,
            teacher=offers[each.offer].teacher,
            school=offers[each.offer].school,
            room=offers[each.offer].room,
            across=any(one.county_id != homes[offers[each.offer].school.id] for one in each.classes),
            seats=[seat(one) for one in each.classes],
            closes=each.closes,
            slots=each.slots,
        )
        for each in found
    ]
