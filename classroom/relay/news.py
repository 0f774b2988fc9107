"""Tells the lesson's log what the relay sees: who is in which slot, and how well every line does."""

from __future__ import annotations

from classroom.cascade.lines import Lines
from classroom.interaction.reporting import RelayReports
from classroom.relay.lesson import Lesson
from classroom.relay.publication import Publication
from classroom.relay.session import Publishing, Session
from classroom.relay.sessions import Sessions

EVERY = 2.0
TURNS = 50
"""A round over all lines is told in so many ticks: all at once would hold up the media of a class of hundreds."""
WEAK_LOSS = 0.05
WEAK_DELAY = 0.4
"""Seconds of round trip; beyond it questions and answers stumble."""


class News:
    def __init__(self, sessions: Sessions, reports: RelayReports | Lines) -> None:
        self._sessions = sessions
        self._reports = reports
        self._next = 0.0
        self._round: list[Session] = []
        self._turn = 1
        self._told: dict[tuple[str, str], bool] = {}
        sessions.on_end = self.ended

    def tick(self, now: float) -> None:
        """Every 20 ms."""
        for session in self._round[: self._turn]:
            if session.peer.state != "closed":
                self._line(session, now)
        del self._round[: self._turn]
        if now < self._next:
            return
        self._next = now + EVERY
        self._round = self._round or list(self._sessions)
        self._turn = len(self._round) // TURNS + 1
        sending = {one.publication: one for one in self._sessions if isinstance(one, Publishing)}
        for lesson in self._sessions.lessons.values():
            self._slots(lesson, sending, now)

    def ended(self, session: Session) -> None:
        self._reports.gone(session.lesson.id, session.id)
        self._next = 0.0  # whose slot fell silent is told at once

    def _line(self, session: Session, now: float) -> None:
        quality, ticket = session.quality(now), session.ticket
        if ticket.role == "relay" or ticket.role == "recorder":
            return  # the relay below tells its legs (cascade/registry.py); a recorder is nobody's line
        weak = quality.loss > WEAK_LOSS or (quality.rtt or 0.0) > WEAK_DELAY
        self._reports.line(
            session.lesson.id,
            session.id,
            person=ticket.person,
            name=ticket.name,
            role=ticket.role,
            room=ticket.room,
            room_name=ticket.room_name,
            direction="send" if isinstance(session, Publishing) else "receive",
            connected=session.connected,
            loss=quality.loss,
            delay_ms=None if quality.rtt is None else quality.rtt * 1000,
            layer=quality.layer,
            kbps=quality.kbps,
            state="weak" if weak else "ok",
            codec="unsupported" if quality.unsupported else "supported",
        )

    def _slots(self, lesson: Lesson, sending: dict[Publication, Publishing], now: float) -> None:
        for name, slot in lesson.slots.items():
            state, shown = slot.state(now), slot.outgoing or slot.publication
            session = sending.get(shown) if shown else None
            if session is None:
                if self._told.pop((lesson.id, name), False):
                    self._reports.slot(lesson.id, name, live=False)
                continue
            self._told[lesson.id, name] = True
            ticket = session.ticket
            self._reports.slot(
                lesson.id,
                name,
                live=state.live,
                person=ticket.person,
                name=ticket.name,
                human=ticket.human,
                room=ticket.room,
                room_name=ticket.room_name,
                audio=state.audio,
                video=state.video,
                since=state.since,
            )
