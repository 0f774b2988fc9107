"""Which layer a viewer's line carries. Pure: what the viewer reports goes in, a rung of the ladder comes out.

    thin    the teacher's thin voice alone
    voice   her full voice alone
    q h f   voice and pictures, of the smallest layer up to the full one

Down by what the viewer tells: its estimate (REMB) is below what flows, packets are missed, or the round trip grows
because a queue fills. Up by trial: while little flows an estimate does not rise, so the next rung is tried for a few
seconds and left at the first sign of trouble, each time for longer.

Loss is not always want of room. What a step down does not mend belongs to the line, and is borne.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

LADDER = ("thin", "voice", "q", "h", "f")
_FIRST_PICTURE = LADDER.index("q")

# What the layers of a browser take, in kbit/s, as long as nothing has been measured.
NOMINAL = {"q": 150.0, "h": 500.0, "f": 1700.0}

# The estimate is too small below this share of the pictures that flow (browsers leave the voice out of it), if it has
# been for so long (seconds) and does not rise.
SHORT = 0.9
SHORT_FOR = 0.8
# A smaller share than this, for longer, takes the last picture away.
NO_PICTURE = 0.5
NO_PICTURE_FOR = 2.0
# An estimate older than this says nothing: with voice alone it stands still.
STALE = 3.0

# More loss than this, twice in a row, may come from want of room; more than the second is a flood.
LOSSY, FLOODED = 0.12, 0.4
# The last picture goes for no less than this: with repairs it is worth having.
LOSSY_PICTURE = 0.35
# A step down that leaves more than this share of the loss did not mend it. So much more than what is borne is new.
UNMENDED, MORE, MOST_BORNE = 0.7, 1.5, 0.3
# A round trip longer than the shortest by this (seconds), twice in a row, is a queue.
QUEUE = 0.8
# A shorter queue that does not go away: so much in each of as many reports, two a second from browsers. For a while
# after it sound goes without repetition (seconds); if something is missed besides, less is sent.
STANDING, STANDING_FOR, TIGHT = 0.15, 6, 20.0
FULL, FULL_FOR, SPILLS = 0.25, 10, 0.02

# After a fall the line is looked at for so long before the next; what was sent before it is left out for the first part
# of that (seconds).
SETTLE, ECHO = 2.5, 1.2
# How long a rung is tried, at first and after it failed once. A queue may hide trouble for longer: a fall so soon after
# a good trial makes it a failed one.
TRIAL, LONGER_TRIAL, VOICE_TRIAL, PROBATION = 2.0, 4.0, 5.0, 15.0
# A trial ends with this much more loss than usual, beyond what chance does, or this much more round trip.
TRIAL_LOSS, TRIAL_DELAY = 0.05, 0.25
# How fast the usual loss follows; a fall leaves no more of it than this.
USUAL, USUAL_AFTER = 0.25, 0.05
# From so much loss that no smaller layer mends on, sound is worth repeating whatever the level.
REPEATED = 0.05
# Nobody climbs with more loss than this, unless it is borne.
CALM = 0.1
# First try after the start, wait after a good trial, after a fall.
FIRST_TRY, NEXT_TRY, REST, VOICE_REST = 1.5, 1.0, 10.0, 30.0
# Wait after a failed trial of pictures, and of the full voice, which costs words: it grows threefold.
BACK_OFF, VOICE_BACK_OFF, MOST_BACK_OFF = 12.0, 90.0, 240.0
# A trial whose layer does not come is given up.
NO_SHOW = 10.0


def _rest(name: str) -> float:
    return REST if LADDER.index(name) >= _FIRST_PICTURE else VOICE_REST


def _is_more(missed: int, sent: int, share: float) -> bool:
    """Than this share, beyond what chance does: of the few packets of a small picture many go at times."""
    expected = sent * share
    return missed > expected + 2 * math.sqrt(expected) + 1


class Rung(NamedTuple):
    """`kbps` is what the pictures of the viewer take on it."""

    name: str
    kbps: float


class Trial(NamedTuple):
    """`began` moves on until the layer has come."""

    back: str
    asked: float
    began: float
    allowed: float
    delay: float


class Climber:
    """One viewer's place on the ladder. `level` is a name of LADDER, empty before the first choice."""

    __slots__ = (
        "_blocked",
        "_borne",
        "_delays",
        "_drowned",
        "_fell_at",
        "_flooded",
        "_lossy",
        "_next_try",
        "_passed",
        "_queued",
        "_remb",
        "_remb_at",
        "_remb_fell_at",
        "_remb_rose_at",
        "_short_since",
        "_shortest",
        "_stood_at",
        "_suspect",
        "_trial",
        "_trial_lossy",
        "_usual",
        "_waits",
        "level",
        "loss",
    )

    def __init__(self) -> None:
        self.level = ""
        self.loss = 0.0
        self._trial: Trial | None = None
        self._trial_lossy = False
        self._usual = 0.0
        self._remb = 0.0
        self._remb_at = self._remb_fell_at = self._remb_rose_at = float("-inf")
        self._short_since: float | None = None
        self._lossy = self._queued = 0
        self._drowned = self._flooded = False
        self._borne = 0.0
        self._suspect: float | None = None
        self._delays: list[float] = []
        self._shortest = float("inf")
        self._stood_at = float("-inf")
        self._fell_at = float("-inf")
        self._next_try = float("-inf")
        self._waits: dict[str, float] = {}
        self._blocked: dict[str, float] = {}
        self._passed: dict[str, float] = {}

    # -- what the viewer tells

    def on_estimate(self, kbps: float, now: float) -> None:
        if kbps < self._remb * 0.97:
            self._remb_fell_at = now
        elif kbps > self._remb:
            self._remb_rose_at = now
        self._remb, self._remb_at = kbps, now

    def on_loss(self, missed: int, sent: int, now: float) -> None:
        """Packets asked for again, of those sent; about once a second, more often during a trial."""
        if now - self._fell_at < ECHO:
            return
        share = self.loss = min(1.0, missed / sent)
        if self._trial is None:
            self._usual += (share - self._usual) * USUAL
        else:
            self._trial_lossy = _is_more(missed, sent, self._trial.allowed)
        if self._suspect is not None:
            if share >= self._suspect * UNMENDED:
                self._borne = min(share, MOST_BORNE)
            self._suspect = None
        elif share < self._borne / 2:
            self._borne = share
        elif share < self._borne * MORE:
            self._borne += (share - self._borne) * USUAL
        self._lossy = self._lossy + 1 if _is_more(missed, sent, max(LOSSY, self._borne * MORE)) else 0
        self._drowned, self._flooded = (_is_more(missed, sent, most) for most in (LOSSY_PICTURE, FLOODED))

    def on_delay(self, seconds: float, now: float) -> None:
        """A round trip, once or twice a second."""
        self._shortest = min(self._shortest, seconds)
        self._delays = [*self._delays[1 - FULL_FOR :], seconds]
        self._queued = self._queued + 1 if seconds > self._shortest + QUEUE else 0
        if self._stands(STANDING, STANDING_FOR):
            self._stood_at = now

    # -- what is chosen

    @property
    def content(self) -> bool:
        """Nothing speaks against more than it has."""
        return self._trial is None and self._short_since is None and self.loss <= max(CALM, self._borne * 1.2)

    def repeats_sound(self, level: str, now: float) -> bool:
        """Whether sound is worth sending twice on a rung: beside pictures, and where the line loses by itself; not
        into a queue, which it would only lengthen."""
        if now - self._stood_at < TIGHT:
            return False
        return level in LADDER[_FIRST_PICTURE:] or self._borne >= REPEATED

    def _stands(self, seconds: float, reports: int) -> bool:
        return len(self._delays) >= reports and min(self._delays[-reports:]) > self._shortest + seconds

    @property
    def trying(self) -> bool:
        return self._trial is not None

    def choose(self, rungs: Sequence[Rung], kbps: float, settled: bool, now: float) -> str:
        """The rung to be on. `rungs` are those that there are now, from the lowest; `kbps` is what flows of pictures,
        `settled`: she gets what was chosen last."""
        at = self._place(rungs, now)
        self._watch_estimate(kbps, now)
        if self._trial is not None:
            at = self._judge(self._trial, rungs, at, settled, now)
        else:
            lower = self._fall(rungs, at, now)
            if lower is not None:
                at = lower
            elif self._may_climb(rungs, at, settled, now):
                allowed, self._trial_lossy = max(self._usual, self._borne) + TRIAL_LOSS, False
                self._trial = Trial(rungs[at].name, now, now, allowed, max(self._delays, default=0.0))
                at += 1
        self.level = rungs[at].name
        return self.level

    def _place(self, rungs: Sequence[Rung], now: float) -> int:
        if not self.level:
            self._next_try = now + FIRST_TRY
            pictures = [at for at, rung in enumerate(rungs) if LADDER.index(rung.name) >= _FIRST_PICTURE]
            return pictures[0] if pictures else len(rungs) - 1
        rank = LADDER.index(self.level)
        below = [at for at, rung in enumerate(rungs) if LADDER.index(rung.name) <= rank]
        if below and (rank < _FIRST_PICTURE or LADDER.index(rungs[below[-1]].name) >= _FIRST_PICTURE):
            return below[-1]
        # It has pictures, and all that are left are larger; or the thin voice is gone.
        above = [at for at, rung in enumerate(rungs) if LADDER.index(rung.name) > rank]
        return above[0] if above else len(rungs) - 1

    def _watch_estimate(self, kbps: float, now: float) -> None:
        rises = now - self._remb_rose_at < SHORT_FOR
        short = self._remb_is_fresh(now) and not rises and self._remb < kbps * SHORT
        if not short:
            self._short_since = None
        elif self._short_since is None:
            self._short_since = now

    def _remb_is_fresh(self, now: float) -> bool:
        return now - self._remb_at < STALE

    def _fall(self, rungs: Sequence[Rung], at: int, now: float) -> int | None:
        if at == 0 or now - self._fell_at < SETTLE:
            return None
        lower = None
        if self._lossy >= 2:
            self._suspect = self.loss
            lower = self._drier(rungs, at)
        elif self._queued >= 2 or (self._stands(FULL, FULL_FOR) and self.loss > SPILLS):
            lower = at - 1
        elif self._short_since is not None and now - self._short_since >= SHORT_FOR:
            lower = self._fitting(rungs, at, now - self._short_since)
        if lower is None or lower == at:
            return None
        self._fell_at, self._lossy, self._queued, self._delays = now, 0, 0, self._delays[-1:]
        self._usual = min(self._usual, USUAL_AFTER)
        for rung in rungs[lower + 1 : at]:
            self._block(rung.name, now, _rest(rung.name))
        self._block_after_fall(rungs[at].name, now)
        return lower

    def _block_after_fall(self, name: str, now: float) -> None:
        if now - self._passed.get(name, float("-inf")) < PROBATION:
            self._block(name, now, self._wait_longer(name))
        else:
            self._waits.pop(name, None)
            self._block(name, now, _rest(name))

    def _wait_longer(self, name: str) -> float:
        first = BACK_OFF if LADDER.index(name) >= _FIRST_PICTURE else VOICE_BACK_OFF
        self._waits[name] = min(self._waits[name] * 3, MOST_BACK_OFF) if name in self._waits else first
        return self._waits[name]

    def _drier(self, rungs: Sequence[Rung], at: int) -> int:
        """Where less is lost, perhaps: one down, from a flood to the smallest picture, from that to the voice."""
        smallest = next((low for low, rung in enumerate(rungs) if LADDER.index(rung.name) >= _FIRST_PICTURE), 0)
        if self._flooded:
            return smallest if at > smallest else 0
        return at if at == smallest and at and not self._drowned else at - 1

    def _fitting(self, rungs: Sequence[Rung], at: int, short_for: float) -> int:
        """The highest rung within the estimate; the last picture goes only for a much smaller one, the voice never."""
        for lower in range(at - 1, -1, -1):
            if LADDER.index(rungs[lower].name) < _FIRST_PICTURE:
                break
            if rungs[lower].kbps <= self._remb:
                return lower
            at = lower
        gone = short_for >= NO_PICTURE_FOR and self._remb < rungs[at].kbps * NO_PICTURE
        return at - 1 if at and gone and LADDER.index(rungs[at].name) >= _FIRST_PICTURE else at

    def _may_climb(self, rungs: Sequence[Rung], at: int, settled: bool, now: float) -> bool:
        if at + 1 >= len(rungs) or not settled or not self.content or now < self._next_try or self._queued:
            return False
        return now >= self._blocked.get(rungs[at + 1].name, float("-inf"))

    def _judge(self, trial: Trial, rungs: Sequence[Rung], at: int, settled: bool, now: float) -> int:
        """Where the trial leads: on as it is, back, or to its good end."""
        name = rungs[at].name
        if not settled:
            self._trial = trial._replace(began=now)
            return self._fail(trial, rungs, at, now) if now - trial.asked > NO_SHOW else at
        if self._is_bad(trial, rungs[at], now):
            return self._fail(trial, rungs, at, now)
        if now - trial.began >= self._long_enough(name):
            self._trial = None
            self._passed[name] = now
            self._next_try = now + NEXT_TRY
        return at

    def _long_enough(self, name: str) -> float:
        if LADDER.index(name) < _FIRST_PICTURE:
            return VOICE_TRIAL
        return LONGER_TRIAL if name in self._waits else TRIAL

    def _is_bad(self, trial: Trial, rung: Rung, now: float) -> bool:
        held_back = self._remb_fell_at > trial.began + 0.2 and self._remb < rung.kbps and self._remb_is_fresh(now)
        delayed = bool(self._delays) and self._delays[-1] > trial.delay + TRIAL_DELAY
        return held_back or delayed or self._trial_lossy

    def _fail(self, trial: Trial, rungs: Sequence[Rung], at: int, now: float) -> int:
        self._trial = None
        name = rungs[at].name
        self._block(name, now, self._wait_longer(name))
        self._fell_at, self._short_since, self._lossy, self._queued = now, None, 0, 0
        # its rung may have gone meanwhile, and with it all down to one below where the trial began
        back = [place for place, rung in enumerate(rungs[:at]) if rung.name == trial.back]
        return back[0] if back else max(0, at - 1)

    def _block(self, name: str, now: float, wait: float) -> None:
        self._blocked[name] = now + wait
        self._next_try = now + SETTLE
