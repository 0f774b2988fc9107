"""One published lesson cancelled, restored or given to a substitute: always a new version, never an edit."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from admin.models import Organisation, Person
from admin.notices.outbox import tell
from admin.who import Actor, not_your_place
from classroom.lessons.plan import check_teacher
from core import audit
from core.clock import now
from core.errors import Conflict, NotFound
from scheduling.calendar.models import TermRow
from scheduling.release.changes import SHANGHAI, Change, Dated, What
from scheduling.timetable import settings
from scheduling.timetable.editions import Edition, Standing, alone, dated_of, issue, newest_version, next_one
from scheduling.timetable.models import PublishedLesson, Setting
from scheduling.timetable.published_schemas import CancelIn, SubstituteIn, VersionOut
from scheduling.timetable.publishing import PAGE, versions_out


async def cancel(session: AsyncSession, who: Actor, own: UUID, body: CancelIn, request: Request) -> VersionOut:
    row, setting, before = await _held(session, who, own)
    if before.cancelled:
        zh, en = "这节课已经取消了。", "The lesson is cancelled already."
        raise Conflict("lesson-cancelled", zh=zh, en=en)
    after = replace(before, cancelled=True, by_hand=True, sequence=before.sequence + 1)
    return await _issue(session, who, row, setting, Change(What.CANCELLED, before, after), body.reason, request)


async def restore(session: AsyncSession, who: Actor, own: UUID, request: Request) -> VersionOut:
    row, setting, before = await _held(session, who, own)
    if not before.cancelled and before.substitute is None:
        zh, en = "这节课就是按原样上的。", "The lesson is held as planned."
        raise Conflict("lesson-as-planned", zh=zh, en=en)
    what = What.RESTORED if before.cancelled else What.CHANGED
    after = replace(before, cancelled=False, substitute=None, by_hand=False, sequence=before.sequence + 1)
    return await _issue(session, who, row, setting, Change(what, before, after), "", request)


async def substitute(session: AsyncSession, who: Actor, own: UUID, body: SubstituteIn, request: Request) -> VersionOut:
    row, setting, before = await _held(session, who, own)
    if before.cancelled:
        zh, en = "这节课取消了，请先恢复。", "The lesson is cancelled; restore it first."
        raise Conflict("lesson-cancelled", zh=zh, en=en)
    await check_teacher(session, who, "lessons.substitute", body.person_id)
    person = None if body.person_id == setting.lead_id else str(body.person_id)
    after = replace(before, substitute=person, by_hand=person is not None, sequence=before.sequence + 1)
    return await _issue(session, who, row, setting, Change(What.CHANGED, before, after), body.reason, request)


async def _held(session: AsyncSession, who: Actor, own: UUID) -> tuple[PublishedLesson, Setting, Dated]:
    """The lesson, if it is still to come and nobody changed it since; the place is then the asker's alone."""
    row = await session.get(PublishedLesson, own)
    place = await session.get(Organisation, row.place_id) if row else None
    if row is None or place is None or not who.may("plan.read", place.path):
        raise NotFound("lesson-unknown", zh="没有这节课。", en="There is no such lesson.")
    if not who.may("plan.change", place.path):
        raise not_your_place()
    await alone(session, row.term_id, row.place_id)
    await session.refresh(row)
    if row.until is not None:
        zh, en = "这节课刚才变过，请刷新再看。", "The lesson changed a moment ago; load it again."
        raise Conflict("changed-meanwhile", zh=zh, en=en)
    if row.starts_at <= now():
        zh, en = "这节课已经开始，课表不能再改它。", "The lesson has begun; the timetable can no longer change it."
        raise Conflict("lesson-already-live", zh=zh, en=en)
    setting = await session.get_one(Setting, row.setting_id)
    return row, setting, dated_of(row, setting, settings.who(setting))


async def _issue(
    session: AsyncSession,
    who: Actor,
    row: PublishedLesson,
    setting: Setting,
    change: Change,
    reason: str,
    request: Request,
) -> VersionOut:
    moment = now()
    last = await newest_version(session, row.term_id, row.place_id)
    version = next_one(last, row.term_id, row.place_id, reason, who.id, moment)
    version.lessons = (last.lessons if last else 0) + _difference(change)
    standing = Standing({change.after.key: row}, {setting.id: setting})
    term = await session.get_one(TermRow, row.term_id)
    edition = Edition(version, term, [change], standing, {}, reason)
    touched = await issue(session, edition)
    await tell(session, touched, *await _words(session, setting, change, reason), PAGE, moment)
    after = {"number": version.number, "lesson": str(row.lesson_id), "what": change.what.value, "reason": reason}
    after |= {"substitute": change.after.substitute}
    name = f"timetable-version:{version.id}"
    await audit.record(session, who.id, "timetable.except", name, after=after, request=request)
    return (await versions_out(session, [version]))[0]


def _difference(change: Change) -> int:
    before = change.before is not None and not change.before.cancelled
    return int(not change.after.cancelled) - int(before)


async def _words(session: AsyncSession, setting: Setting, change: Change, reason: str) -> tuple[str, dict[str, str]]:
    begin = change.after.starts.astimezone(SHANGHAI)
    values = {"name": setting.name, "when_zh": f"{begin.month} 月 {begin.day} 日 {begin:%H:%M}"}
    values |= {"when_en": f"{begin:%d %B, %H:%M}", "reason": reason}
    if change.after.cancelled:
        return "timetable.cancelled", values
    if change.after.substitute is None:
        return "timetable.restored", values
    person = await session.get_one(Person, UUID(change.after.substitute))
    return "timetable.substituted", values | {"by": person.name}
