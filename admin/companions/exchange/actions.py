"""The directory, applications, pushed rows and calls. A refused call is logged too, in a transaction of its own."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.companions.exchange import words
from admin.companions.exchange.models import Call, Dataset, PushedRow, Share
from admin.companions.exchange.rules import MACHINE, application_refused, call_refused, first_state
from admin.companions.exchange.schemas import Apply, DatasetChange, DatasetNew, DatasetOut, Push, ShareOut
from admin.companions.shape import reading
from admin.companions.shape.cards import Card, percent
from admin.companions.shape.counting import counted
from admin.companions.shape.register import Register
from admin.companions.shape.sharing import Offers, Rows
from admin.models import Organisation
from admin.who import Actor, not_your_place
from admin.working_days import local_day
from core import audit
from core.clock import now
from core.connections import Connections
from core.errors import Conflict, NotFound, NotValid, Problem
from core.ids import new_id

DATASETS = Register(
    noun="dataset",
    path="datasets",
    row=Dataset,
    out=DatasetOut,
    columns=words.DATASET,
    read="exchange.read",
    write="exchange.offer",
    new=DatasetNew,
    change=DatasetChange,
    taken=("dataset-taken", "已有同一编码的数据集。", "There is a dataset of this code."),
    scope=None,
)
SHARES = Register(
    "share", "shares", Share, ShareOut, words.SHARE, read="exchange.read", write="exchange.approve", machine=MACHINE
)
APPLICATIONS = Register(
    "share",
    "applications",
    Share,
    ShareOut,
    words.SHARE,
    "exchange.read",
    "exchange.apply",
    scope="for_place_id",
    states=MACHINE.states,
)


async def apply(session: AsyncSession, who: Actor, body: Apply, request: Request) -> ShareOut:
    dataset, _ = await reading.reachable(session, DATASETS, who, body.dataset_id)
    problem = application_refused(dataset.share_class, dataset.columns, body.columns, body.until, local_day(now()))
    if problem:
        raise problem
    place = await session.get(Organisation, body.for_place_id)
    if place is None or not who.may("exchange.apply", place.path):
        raise not_your_place()
    share = Share(id=new_id(), place_id=dataset.place_id, version=1, created_by=who.id, created_at=now())
    share.state = first_state(dataset.share_class)
    for name, value in body.model_dump().items():
        setattr(share, name, value)
    session.add(share)
    await session.flush()
    after = body.model_dump(mode="json") | {"state": share.state}
    await audit.record(session, who.id, "share.apply", f"share:{share.id}", after=after, request=request)
    return ShareOut.model_validate(await reading.made(session, APPLICATIONS, share), from_attributes=True)


async def push(session: AsyncSession, who: Actor, dataset_id: UUID, body: Push, request: Request) -> DatasetOut:
    """The rows replace those that were there."""
    dataset, place = await reading.reachable(session, DATASETS, who, dataset_id, lock=True)
    if not who.may("exchange.offer", (await session.get_one(Organisation, dataset.place_id)).path):
        raise not_your_place()
    _check_push(dataset, body)
    await session.execute(delete(PushedRow).where(PushedRow.dataset_id == dataset.id))
    session.add_all(PushedRow(dataset_id=dataset.id, key=row.key, values=row.values) for row in body.rows)
    dataset.cells = len(body.rows) * len(dataset.columns)
    dataset.filled = sum(value not in (None, "") for row in body.rows for value in row.values.values())
    await session.flush()
    after = {"rows": len(body.rows)}
    await audit.record(session, who.id, "dataset.push", f"dataset:{dataset.id}", after=after, request=request)
    return DatasetOut.model_validate(reading.told(DATASETS, dataset, place), from_attributes=True)


def _check_push(dataset: Dataset, body: Push) -> None:
    if dataset.store != "pushed":
        zh, en = "这个数据集由模块直接提供，不收推送。", "A module gives this dataset itself; it takes no rows."
        raise Conflict("not-pushed", zh=zh, en=en)
    if len({row.key for row in body.rows}) < len(body.rows):
        raise NotValid("key-twice", zh="有重复的键。", en="A key occurs twice.")
    unknown = sorted({name for row in body.rows for name in row.values} - set(dataset.columns))
    if unknown:
        zh, en = f"数据集没有这些项：{'、'.join(unknown)}。", f"The dataset has no such columns: {', '.join(unknown)}."
        raise NotValid("columns-unknown", zh=zh, en=en, columns=unknown)


async def call(
    offers: Offers, session: AsyncSession, who: Actor, share_id: UUID, keys: Sequence[str], request: Request
) -> Rows:
    """The share's columns of the rows with these keys. Each call is logged, whatever comes of it."""
    ground: Connections = request.app.state.connections
    share, _ = await reading.reachable(session, APPLICATIONS, who, share_id)
    try:
        rows = await _given(offers, session, who, share, keys)
    except Problem as problem:
        async with ground.transaction() as own:
            await _log(own, who, share_id, len(keys), 0, problem.code, request)
        raise
    await _log(session, who, share_id, len(keys), len(rows), "done", request)
    return [{name: row.get(name) for name in ("key", *share.columns) if name in row} for row in rows]


async def _given(offers: Offers, session: AsyncSession, who: Actor, share: Share, keys: Sequence[str]) -> Rows:
    dataset = await session.get_one(Dataset, share.dataset_id)
    if not who.may("exchange.apply", (await session.get_one(Organisation, share.for_place_id)).path):
        raise not_your_place()
    if problem := call_refused(share.state, dataset.share_class, share.until, local_day(now())):
        raise problem
    if dataset.store == "pushed":
        return await _pushed(session, dataset, keys)
    offer = offers.get(dataset.code)
    if offer is None:
        zh, en = "没有模块提供这个数据集。", "No module gives this dataset."
        raise Conflict("not-offered", zh=zh, en=en)
    owner = await session.get_one(Organisation, dataset.place_id)
    return await offer.give(session, owner.path, keys)


async def _pushed(session: AsyncSession, dataset: Dataset, keys: Sequence[str]) -> Rows:
    query = select(PushedRow).where(PushedRow.dataset_id == dataset.id).order_by(PushedRow.key)
    rows = await session.scalars(query.where(PushedRow.key.in_(keys)) if keys else query)
    return [{"key": row.key, **row.values} for row in rows]


async def _log(
    session: AsyncSession, who: Actor, share: UUID, asked: int, given: int, result: str, request: Request
) -> None:
    session.add(Call(share_id=share, by=who.id, at=now(), asked=asked, given=given, result=result))
    after = {"asked": asked, "given": given}
    await audit.record(session, who.id, "share.call", f"share:{share}", result, after=after, request=request)


async def calls(session: AsyncSession, who: Actor, share_id: UUID) -> Sequence[Call]:
    """The newest 200 of a share, for both its sides."""
    try:
        await reading.reachable(session, SHARES, who, share_id)
    except NotFound:
        await reading.reachable(session, APPLICATIONS, who, share_id)
    query = select(Call).where(Call.share_id == share_id).order_by(Call.at.desc(), Call.id.desc()).limit(200)
    return (await session.scalars(query)).all()


async def cards(session: AsyncSession, who: Actor, moment: datetime) -> list[Card]:
    complete = select(func.coalesce(func.sum(Dataset.filled), 0), func.coalesce(func.sum(Dataset.cells), 0))
    filled, cells = (await session.execute(complete)).one()
    (waiting,) = await counted(session, SHARES, who, Share.state == MACHINE.first)
    return [
        Card(
            key="exchange.complete",
            zh="数据完整率",
            en="Completeness",
            definition_zh="已填格 ÷ 全部格（推送的数据集）",
            definition_en="filled cells ÷ all cells, of pushed datasets",
            unit="%",
            source="exchange_datasets",
            at=moment,
            value=percent(filled, cells),
            numerator=str(filled),
            denominator=str(cells),
            rows="/api/exchange/datasets?where=store:pushed",
        ),
        Card(
            key="exchange.waiting",
            zh="待审批的共享申请",
            en="Applications waiting",
            definition_zh="本单位数据集上未审批的申请",
            definition_en="applications for datasets of this place that wait for a decision",
            unit="项",
            source="exchange_shares",
            at=moment,
            value=str(waiting),
            rows="/api/exchange/shares?where=state:applied",
        ),
    ]
