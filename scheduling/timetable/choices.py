"""Which rules hold for a place, and what the soft ones weigh: its own choice, else the nearest place's above it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation
from admin.schemas import NamedPlace
from admin.tree import ancestors
from admin.who import Actor
from core import audit
from core.errors import NotFound, NotValid
from scheduling.calendar.terms import reach, way_to
from scheduling.delivery.rules import RULES, Rule
from scheduling.timetable.models import RuleChoice
from scheduling.timetable.schemas import RuleOut, RulesIn

ALWAYS = frozenset({"H1"})
"""Nobody is in two places at once, whatever the bureau wishes: the database refuses it too."""


async def listed(session: AsyncSession, who: Actor, place: UUID) -> list[RuleOut]:
    row = await reach(session, who, "plan.read", place)
    return await _told(session, ancestors(row.path))


async def choose(session: AsyncSession, who: Actor, body: RulesIn, request: Request) -> list[RuleOut]:
    row = await reach(session, who, "plan.change", body.place_id)
    before = await chosen(session, body.place_id)
    for choice in body.rules:
        _must_be_choosable(choice.id, choice.on, choice.weight)
        values = {"place_id": body.place_id, "rule": choice.id, "on": choice.on, "weight": choice.weight}
        await session.merge(RuleChoice(**values))
    told = {one.id: {"on": one.on, "weight": one.weight} for one in body.rules}
    was = {id: {"on": before[id].on, "weight": before[id].weight} for id in told if id in before}
    name = f"organisation:{body.place_id}"
    await audit.record(session, who.id, "timetable-rules.choose", name, before=was, after=told, request=request)
    await session.flush()
    return await _told(session, ancestors(row.path))


async def chosen(session: AsyncSession, place: UUID) -> dict[str, RuleChoice]:
    return await _chosen(session, await way_to(session, place))


def off_and_weights(choices: Mapping[str, RuleChoice]) -> tuple[frozenset[str], dict[str, int]]:
    off = frozenset(id for id, one in choices.items() if not one.on)
    return off, {id: one.weight for id, one in choices.items() if one.weight is not None}


async def _chosen(session: AsyncSession, way: list[UUID]) -> dict[str, RuleChoice]:
    rows = (await session.scalars(select(RuleChoice).where(RuleChoice.place_id.in_(way)))).all()
    return {row.rule: row for row in sorted(rows, key=lambda row: way.index(row.place_id))}


async def _told(session: AsyncSession, way: list[UUID]) -> list[RuleOut]:
    choices = await _chosen(session, way)
    query = select(Organisation.id, Organisation.name_zh, Organisation.name_en).where(Organisation.id.in_(way))
    names = {id: NamedPlace(id=id, name=zh, name_en=en) for id, zh, en in await session.execute(query)}
    return [_out(one, choices.get(one.id), names) for one in RULES.values()]


def _out(rule: Rule, choice: RuleChoice | None, names: Mapping[UUID, NamedPlace]) -> RuleOut:
    weight = choice.weight if choice and choice.weight is not None else rule.weight
    return RuleOut(
        id=rule.id,
        zh=rule.zh,
        en=rule.en,
        hard=rule.hard,
        weight=weight,
        usual_weight=rule.weight,
        on=choice.on if choice else True,
        chosen_by=names[choice.place_id] if choice else None,
    )


def _must_be_choosable(id: str, on: bool, weight: int | None) -> None:
    if id not in RULES:
        raise NotFound("rule-unknown", zh=f"没有 {id} 这条规则。", en=f"There is no rule {id}.", rule=id)
    if id in ALWAYS and not on:
        zh, en = "谁也不能同时在两处，这条规则不能关。", "Nobody can be in two places; this rule stays on."
        raise NotValid("rule-always", zh=zh, en=en, rule=id)
    if weight is not None and RULES[id].hard:
        zh, en = "硬规则只能开或关，没有权重。", "A hard rule is on or off; it has no weight."
        raise NotValid("rule-hard", zh=zh, en=en, rule=id)
