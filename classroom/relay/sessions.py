"""Who is connected: WHIP and WHEP sessions by lesson and ticket, from their POST to their end. Plain functions.

A session ends by DELETE, by a good-bye or silence of its peer, with its ticket, by being replaced, or by an order for
its lesson. A lesson that was ordered to end refuses tickets until they would have run out.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator

import structlog

from classroom.relay.counters import Counters
from classroom.relay.departed import Departed
from classroom.relay.fanout import Fanout
from classroom.relay.lesson import Lesson
from classroom.relay.session import DELETED, Publishing, Session, Watching
from classroom.relay.standing import Standing
from classroom.transport import answer
from classroom.transport.ice import IceAgent
from classroom.transport.offer import Offer
from classroom.transport.port import MediaPort
from core.errors import NotFound, TooMany, Unavailable
from core.tickets import Ticket

log = structlog.get_logger()

EMPTY_LESSON = 300.0
"""Seconds that a lesson without sessions keeps its streams: who comes back finds the same ones."""
THIN_SLOT = "voice"
RELAY_CONSENT = 8.0
"""Seconds after which a relay that sends no check is gone; it sends one every 2.5 s, so that no dead one is fed."""
SENT_ON = 10
"""Sessions that a draining relay says good-bye to in a tick: 500 a second, so that the next one can take them."""
VIEWER_SLOTS = ("teacher", "board", "guest", "room1", "room2", "room3")


def stage_key(ticket: Ticket) -> str:
    """A rehearsal is a lesson of its own, so that nobody sees it and nothing here has to know."""
    return ticket.lesson if ticket.stage == "live" else f"{ticket.lesson}.{ticket.stage}"


class Sessions:
    def __init__(
        self, port: MediaPort, fanout: Fanout, counters: Counters, advertised: list[str], most_per_ticket: int
    ) -> None:
        self.lessons: dict[str, Lesson] = {}
        self.joins: Counter[str] = Counter()
        self.joined = 0
        """How many ever."""
        self.departed = Departed()
        self.standing = Standing()
        self.on_new_lesson: Callable[[str], None] = lambda lesson: None
        self.on_end: Callable[[Session], None] = lambda session: None
        self.on_publish: Callable[[str, str], None] = lambda lesson, slot: None
        self._port = port
        self._fanout = fanout
        self._counters = counters
        self._candidates = tuple((address, port.number) for address in advertised)
        self._most = most_per_ticket
        self._sessions: dict[str, Session] = {}
        self._per_ticket: Counter[str] = Counter()
        self._used: dict[str, float] = {}
        self._next_look = 0.0
        self._stopping = False
        self.draining = False
        """Nobody comes in any more, and those who are here are sent on."""

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    def __len__(self) -> int:
        return len(self._sessions)

    @property
    def candidates(self) -> tuple[tuple[str, int], ...]:
        return self._candidates

    def find(self, door: str, lesson: str, identity: str) -> Session:
        session = self._sessions.get(identity)
        if session is None or session.door != door or session.ticket.lesson != lesson:
            zh, en = "这个会话已经不在了，请重新连接。", "This session is no longer here; connect again."
            raise NotFound("session-gone", zh=zh, en=en)
        return session

    # -- beginning

    def publish(self, ticket: Ticket, slot: str, offer: Offer, now: float) -> tuple[Session, str]:
        """Raises Gone, NotAllowed, TooMany, Conflict, BadInput. Returns the session and the answer."""
        described = answer.tracks(offer, thin=slot == THIN_SLOT)
        session = Publishing(self, ticket, slot, described)
        self._admit(session, offer, now)
        self.on_publish(session.lesson.id, slot)
        session.take_slot(now)
        return session, answer.publisher(offer, self._local(session), described)

    def watch(
        self, ticket: Ticket, slots: tuple[str, ...], offer: Offer, now: float, layer: str | None = None
    ) -> tuple[Session, str]:
        """Raises Gone, TooMany, BadInput. `layer` pins the session to one. Returns the session and the answer."""
        self.standing.refuse(ticket)
        lesson = self._lesson(ticket, now)
        described = answer.lines(offer, slots or VIEWER_SLOTS, "board" if not slots else None)
        session = Watching(self, ticket, described, layer)
        self._admit(session, offer, now)
        session.subscribe(now)
        return session, answer.viewer(offer, self._local(session), described, lesson.announce)

    def _admit(self, session: Session, offer: Offer, now: float) -> None:
        ticket = session.ticket
        self.standing.refuse(ticket)
        if self.draining:
            zh, en = "这台中继正在维护，请连接下一台。", "This relay is being relieved; connect to the next."
            raise Unavailable("relay-draining", zh=zh, en=en, headers={"Retry-After": "5"})
        if self._per_ticket[ticket.id] >= min(self._most, ticket.max_sessions):
            zh, en = (
                "这张凭证已连接的会话太多，请先关闭其他页面。",
                "This ticket has too many sessions; close other pages.",
            )
            raise TooMany("too-many-sessions", zh=zh, en=en, headers={"Retry-After": "5"})
        self._port.fresh_identity(now)
        agent = IceAgent(offer.credentials, now)
        if ticket.role == "relay":
            agent.consent = RELAY_CONSENT
        peer = self._port.join(agent, answer.dtls_role(offer), offer.fingerprints, session, now)
        session.begin(secrets.token_urlsafe(18), self._lesson(ticket, now), peer, now)
        self._sessions[session.id] = session
        self._per_ticket[ticket.id] += 1
        self.joins[session.door] += 1
        self.joined += 1

    def _local(self, session: Session) -> answer.Local:
        number = str(secrets.randbits(62))  # RFC 8829 section 5.2.1: 64 bits, the first one 0
        return answer.Local(session.peer.agent.local, self._port.identity.fingerprint, self._candidates, number)

    def hold(self, ticket: Ticket, now: float) -> Lesson:
        """The ticket's lesson, here already or from now on; kept for minutes after its last use."""
        return self._lesson(ticket, now)

    def keep(self, lesson: str, now: float) -> None:
        """It is in use, though nobody is here yet."""
        if lesson in self.lessons:
            self._used[lesson] = now

    def _lesson(self, ticket: Ticket, now: float) -> Lesson:
        key = stage_key(ticket)
        if key not in self.lessons:
            self.lessons[key] = Lesson(key, now, self._fanout, self._counters)
            self.lessons[key].pause(self.standing.paused(key), now)
            self.on_new_lesson(ticket.lesson)
        self._used[key] = now
        return self.lessons[key]

    # -- going on

    def renew(self, session: Session, ticket: Ticket) -> None:
        """A newer ticket of the same person for the same lesson."""
        self._give_back(session.ticket)
        session.ticket = ticket
        self._per_ticket[ticket.id] += 1

    def _give_back(self, ticket: Ticket) -> None:
        self._per_ticket[ticket.id] -= 1
        if not self._per_ticket[ticket.id]:
            del self._per_ticket[ticket.id]

    def restarted(self, session: Session) -> None:
        self._port.know_names(session.peer)

    def tick(self, now: float, wall: float) -> None:
        """Every 20 ms: the lessons' timers; once a second what has run out. `wall` is what tickets are measured by."""
        for lesson in self.lessons.values():
            lesson.tick(now)
        if self.draining:
            for session in list(self)[:SENT_ON]:
                session.peer.close("sent on", now)
        if now >= self._next_look:
            self._next_look = now + 1.0
            self._end_what_ran_out(now, wall)

    def _end_what_ran_out(self, now: float, wall: float) -> None:
        for session in self:
            self._used[session.lesson.id] = now
            if wall >= session.ticket.expires_at:
                session.peer.close("ticket expired", now)
        for key in [key for key, used in self._used.items() if now - used > EMPTY_LESSON]:
            del self._used[key], self.lessons[key]
        self.standing.prune(now)

    # -- the end

    def order(self, lesson: str, reason: str, now: float) -> None:
        """The lesson is over, in all its stages: everyone leaves and nobody comes in."""
        if self.standing.end(lesson, now):
            log.info("lesson_ended", lesson=lesson, reason=reason)
        for session in self:
            if session.ticket.lesson == lesson:
                session.peer.close(reason, now)

    def unseat(self, lesson: str, person: str, now: float) -> None:
        """One person's tickets for the lesson are dead here from now on."""
        self.standing.unseat(lesson, person, now)
        for session in self:
            if (session.ticket.lesson, session.ticket.person) == (lesson, person):
                session.peer.close("order: unseat", now)

    def pause(self, name: str, paused: bool, now: float) -> None:
        """One stage of a lesson, here or not yet."""
        self.standing.pause(name, paused)
        if name in self.lessons:
            self.lessons[name].pause(paused, now)

    def forget(self, session: Session, reason: str, now: float) -> None:
        """Called by the session when its peer has closed."""
        if self._sessions.pop(session.id, None) is None:
            return
        self._give_back(session.ticket)
        if reason != DELETED:
            self.departed.add(session.id, session.owner, now)
        self.on_end(session)
        if not self._stopping:
            log.info("session_ended", door=session.door, session=session.id, lesson=session.lesson.id, reason=reason)

    def close_all(self, now: float) -> None:
        log.info("sessions_closed", count=len(self))
        self._stopping = True
        for session in self:
            session.peer.close("the relay stops", now)
