"""Publishing a draft: asked for by a request, done by a job, all or nothing, watched by whoever looks."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.who import Actor
from classroom.reports import days
from core import audit, jobs, valkey
from core.connections import Connections
from core.errors import Conflict
from core.ids import new_id
from core.jobs import task
from scheduling.timetable import drafts
from scheduling.timetable.models import Draft, Version
from scheduling.timetable.progress import PUBLICATIONS
from scheduling.timetable.published_schemas import HindranceOut, PublicationOut, PublicationState, PublishIn
from scheduling.timetable.publishing import Issue, issue_draft

WORDS: dict[PublicationState, tuple[str, str]] = {
    "none": ("还没有发布。", "Not published yet."),
    "waiting": ("排队等候发布。", "Waiting for a worker."),
    "comparing": ("正在和已发布的课表比较。", "Comparing with what is published."),
    "writing": ("正在写入课时，写完才一起生效。", "Writing the lessons; they come into force together."),
    "done": ("发布完成。", "Published."),
    "refused": ("没有发布，课表没有变。", "Not published; the timetable is as it was."),
    "failed": (
        "发布没有做完，课表没有变，请再试一次。",
        "The publishing broke off; the timetable is as it was. Try again.",
    ),
}
NONE = PublicationOut(
    state="none", written=0, of=0, version_id=None, code=None, hindrances=[], zh=WORDS["none"][0], en=WORDS["none"][1]
)


async def ask(
    session: AsyncSession, ground: Connections, who: Actor, draft: UUID, body: PublishIn, request: Request
) -> PublicationOut:
    row = await drafts.reached(session, who, "plan.change", draft)
    await drafts.must_be_present(session, row, body.revision)
    version, told = new_id(), _stands("waiting")
    if not await PUBLICATIONS.begin(ground, draft, version.hex, told):
        zh, en = "这份草稿正在发布，请等它结束。", "The draft is being published; wait for it."
        raise Conflict("publishing-already", zh=zh, en=en)
    after, name = body.model_dump(), f"timetable-draft:{draft}"
    await audit.record(session, who.id, "timetable-draft.publish", name, after=after, request=request)
    jobs.after_commit(session, publish, draft, version, body.revision, body.note, str(who.id))
    return told


@task
async def publish(
    session: AsyncSession, ground: Connections, draft: str, version: str, revision: int, note: str, by: str
) -> None:
    """May come twice: the version's id was given when it was asked for, so what is written is not written again. The
    version has a transaction of its own, because what is told of its end must come after it."""
    publishing, there = _Publishing(ground, UUID(draft), UUID(version)), await session.get(Version, UUID(version))
    if there is None and not await PUBLICATIONS.is_current(ground, UUID(draft), UUID(version).hex):
        return
    try:
        if there is None:
            await publishing.write(revision, note, UUID(by))
    except Conflict as refused:
        await publishing.refuse(refused)
    except Exception:
        await publishing.tell("failed")
        raise
    else:
        await publishing.tell("done", version_id=UUID(version))


@dataclass(frozen=True)
class _Publishing:
    ground: Connections
    draft: UUID
    version: UUID

    async def write(self, revision: int, note: str, by: UUID) -> None:
        async with self.ground.transaction() as session:
            row = await session.get_one(Draft, self.draft, with_for_update=True)
            await drafts.must_be_present(session, row, revision)
            await self.tell("comparing")
            await issue_draft(session, row, Issue(by, note, self.version, self._written))
            # so that the dashboards' next look need not count a whole term
            await days.count(session)

    async def refuse(self, refused: Conflict) -> None:
        found: Iterable[Mapping[str, Any]] = refused.extra.get("hindrances", ())
        hindrances = [HindranceOut.model_validate(one) for one in found]
        words = {"zh": refused.zh, "en": refused.en}
        await self.tell("refused", code=refused.code, hindrances=hindrances, **words)

    async def _written(self, written: int, of: int) -> None:
        await self.tell("writing", written=written, of=of)

    async def tell(self, state: PublicationState, **more: Any) -> None:
        with suppress(*valkey.OUTAGES):  # without Valkey nobody sees how it goes, but it goes
            await PUBLICATIONS.write(self.ground, self.draft, self.version.hex, _stands(state, **more))


def _stands(state: PublicationState, **more: Any) -> PublicationOut:
    zh, en = WORDS[state]
    return NONE.model_copy(update={"state": state, "zh": zh, "en": en} | more)
