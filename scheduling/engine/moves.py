"""What a step of the local search may change: lessons move to other times, pushing others out of the way; events are
cut anew; places go to other resources. A move says what each of its lessons becomes; nothing happens yet."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations_with_replacement, count
from random import Random
from typing import TypeVar

from scheduling.engine import problem as p
from scheduling.engine.frame import Frame, Held
from scheduling.engine.tally import Given, Piece, Tally

Item = TypeVar("Item")
Move = dict[int, Piece | None]
"""By number of the lesson; None: it goes. A number that is not there is a new lesson's."""
# How long a chain of lessons that push each other may get; 1 leaves the clash.
CHAINS = (1, 1, 2, 3, 4, 6, 8, 12, 20)
# Into how many parts one or two lessons are cut.
PARTS = 3


class Pieces:
    """The timetable as numbered lessons, and who is where."""

    def __init__(self, solution: Iterable[Piece], events: int) -> None:
        self.all: dict[int, Piece] = {}
        self.of_event: list[list[int]] = [[] for _ in range(events)]
        self.at: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.fresh = count()
        """Numbers for new lessons."""
        self.change({next(self.fresh): piece for piece in solution})

    def change(self, move: Move) -> None:
        for number in move:
            if number in self.all:
                self._take(number)
        for number, piece in move.items():
            if piece is not None:
                self._put(number, piece)

    def solution(self) -> p.Solution:
        found = [piece.lesson for piece in self.all.values()]
        return tuple(sorted(found, key=lambda one: (one.event, one.time is None, one.time or 0)))

    def _put(self, number: int, piece: Piece) -> None:
        self.all[number] = piece
        self.of_event[piece.lesson.event].append(number)
        for cell in piece.cells:
            self.at[cell].append(number)

    def _take(self, number: int) -> None:
        piece = self.all.pop(number)
        self.of_event[piece.lesson.event].remove(number)
        for cell in piece.cells:
            self.at[cell].remove(number)


class Moves:
    def __init__(self, frame: Frame, tally: Tally, random: Random) -> None:
        self._frame, self._tally, self._random = frame, tally, random
        held = Held(frame, frame.all_required)
        self.exclusive = held.exclusive
        self.starts = [
            {duration: _starts(held, event, duration) for duration in durations}
            for event, durations in enumerate(frame.durations)
        ]
        self._allowed = [{duration: set(one) for duration, one in starts.items()} for starts in self.starts]
        self._cuts: dict[tuple[int, int], list[tuple[int, ...]]] = {}
        events = frame.problem.events
        self.cut = [index for index, one in enumerate(events) if one.time is None and self._can_be_cut(index)]
        self.timed = [index for index, one in enumerate(events) if one.time is None]
        self.open = [index for index in range(len(events)) if frame.open_places[index]]
        self.takers = _takers(frame)
        self.groups = _groups(frame)
        self.linked = _linked(frame)
        shares = ((self.timed, 6), (self.timed, 2), (self.cut, 1), (self.open, 4))
        self.shares = [way for way, (some, share) in enumerate(shares) if some for _ in range(share)]
        """By numbers as in walk.c, each as often as it is to be drawn."""
        ways = (self.push, self.swap, self.recut, self.give)
        self._ways: list[Callable[[Pieces], Move]] = [ways[way] for way in self.shares]

    def unfit(self, lesson: p.Lesson) -> bool:
        """It lasts as long as no lesson of the event should, or has no time although there are times for it."""
        starts = self.starts[lesson.event].get(lesson.duration)
        return starts is None or (lesson.time is None and starts != [None])

    def draw(self, pieces: Pieces) -> Move:
        """Empty when what was drawn cannot be."""
        return self._random.choice(self._ways)(pieces) if self._ways else {}

    def push(self, pieces: Pieces) -> Move:
        """A lesson moves to another time, and who is in its way moves to where the one that pushes came from."""
        number = _choose(self._random, pieces.of_event[_choose(self._random, self.timed)])
        piece = pieces.all[number]
        lesson = piece.lesson
        time = _choose(self._random, self.starts[lesson.event][lesson.duration])
        if time == lesson.time:
            return {}
        if time is None or lesson.time is None:
            return {number: self._tally.piece(lesson.event, lesson.duration, time, lesson.resources)}
        moved: dict[int, Piece] = {}
        front = self._follow(pieces, moved, number, time - lesson.time)
        return self._chain(pieces, moved, front) if front else {}

    def swap(self, pieces: Pieces) -> Move:
        """A lesson changes places with the one that follows it, however long both are."""
        number = _choose(self._random, pieces.of_event[_choose(self._random, self.timed)])
        piece = pieces.all[number]
        if not piece.cells:
            return {}
        end = piece.begin + piece.lesson.duration
        after = pieces.at.get((_choose(self._random, piece.cells)[0], end))
        if not after:
            return {}
        other = _choose(self._random, after)
        follower = pieces.all[other]
        moved: dict[int, Piece] = {}
        later = self._follow(pieces, moved, number, follower.begin + follower.lesson.duration - end)
        sooner = later and self._follow(pieces, moved, other, piece.begin - follower.begin)
        return self._chain(pieces, moved, [*later, *sooner]) if sooner else {}

    def _chain(self, pieces: Pieces, moved: dict[int, Piece], front: list[int]) -> Move:
        most = _choose(self._random, CHAINS)
        while front and len(moved) < most:
            number = front.pop()
            now, then = pieces.all[number], moved[number]
            back = _back(now, then)
            for cell in then.cells:
                if cell[0] not in self.exclusive:
                    continue
                for other in pieces.at[cell]:
                    if other not in moved:
                        pushed = self._follow(pieces, moved, other, back)
                        if not pushed:
                            return {}
                        front += pushed
        return dict(moved)

    def _follow(self, pieces: Pieces, moved: dict[int, Piece], number: int, by: int) -> list[int]:
        """Moves a lesson, and those that are linked with it; the numbers of all, none if one of them cannot."""
        found = [number]
        first = pieces.all[number]
        for event in self.linked[first.lesson.event]:
            for other in pieces.of_event[event]:
                mate = pieces.all[other]
                if mate.begin == first.begin and mate.lesson.duration == first.lesson.duration and other not in moved:
                    found.append(other)
        for one in found:
            shifted = self._shifted(pieces, one, by)
            if shifted is None:
                return []
            moved[one] = shifted
        return found

    def _shifted(self, pieces: Pieces, number: int, by: int) -> Piece | None:
        piece = pieces.all[number]
        lesson = piece.lesson
        time = piece.begin + by
        if time not in self._allowed[lesson.event].get(lesson.duration, ()):
            return None
        return self._tally.piece(lesson.event, lesson.duration, time, lesson.resources)

    def recut(self, pieces: Pieces) -> Move:
        """One or two lessons of an event become others that last as long together."""
        event = _choose(self._random, self.cut)
        numbers = pieces.of_event[event]
        old = self._random.sample(numbers, min(len(numbers), self._random.choice((1, 2))))
        lessons = [pieces.all[number].lesson for number in old]
        whole = sum(lesson.duration for lesson in lessons)
        cuts = self.cuts(event, whole)
        if not cuts:
            return {}
        found: Move = dict.fromkeys(old)
        times = [lesson.time for lesson in lessons]
        for duration in _choose(self._random, cuts):
            number = old.pop() if old else next(pieces.fresh)
            found[number] = self._somewhere(event, duration, times, lessons[0].resources)
        return found

    def _somewhere(self, event: int, duration: int, times: list[int | None], resources: Given) -> Piece:
        """At one of these times, or another."""
        starts = self.starts[event][duration]
        time = _choose(self._random, starts)
        if times and self._random.random() < 0.7:
            kept = times.pop()
            if kept in self._allowed[event][duration]:
                time = kept
        return self._tally.piece(event, duration, time, resources)

    def cuts(self, event: int, whole: int) -> list[tuple[int, ...]]:
        key = event, whole
        if key not in self._cuts:
            parts = [one for one in self._frame.durations[event] if self.starts[event][one]]
            every = (cut for size in range(1, PARTS + 1) for cut in combinations_with_replacement(parts, size))
            self._cuts[key] = [cut for cut in every if sum(cut) == whole]
        return self._cuts[key]

    def _can_be_cut(self, event: int) -> bool:
        return len(self._frame.durations[event]) > 1

    def give(self, pieces: Pieces) -> Move:
        """A place goes to another resource, in one lesson, in the whole event or in all events that should share it;
        who has the resource then gets what was there."""
        event = _choose(self._random, self.open)
        place = _choose(self._random, self._frame.open_places[event])
        takers = self.takers[event][place]
        if not takers:
            return {}
        taker = _choose(self._random, takers)
        moved: Move = {}
        for number, at in self._sharing(pieces, event, place):
            self._hand(pieces, moved, number, at, taker)
        return moved

    def _sharing(self, pieces: Pieces, event: int, place: int) -> list[tuple[int, int]]:
        numbers = [(number, place) for number in pieces.of_event[event]]
        draw = self._random.random()
        if draw < 0.5:
            return [_choose(self._random, numbers)]
        groups = self.groups.get((event, place))
        if groups is None or draw < 0.6:
            return numbers
        return [(number, at) for other, at in _choose(self._random, groups) for number in pieces.of_event[other]]

    def _hand(self, pieces: Pieces, moved: Move, number: int, place: int, taker: int | None) -> None:
        piece = pieces.all[number]
        before = piece.lesson.resources[place]
        if taker == before or number in moved or taker not in self.takers[piece.lesson.event][place]:
            return
        moved[number] = then = self._with(piece, place, taker)
        if self._random.random() < 0.3:
            return
        for cell in then.cells:
            if cell[0] == taker:
                for other in pieces.at[cell]:
                    self._swap(pieces, moved, other, taker, before)

    def _swap(self, pieces: Pieces, moved: Move, number: int, taker: int | None, before: int | None) -> None:
        piece = pieces.all[number]
        for place in self._frame.open_places[piece.lesson.event]:
            has, may = piece.lesson.resources[place] == taker, before in self.takers[piece.lesson.event][place]
            if has and may and number not in moved:
                moved[number] = self._with(piece, place, before)

    def _with(self, piece: Piece, place: int, taker: int | None) -> Piece:
        one = piece.lesson
        given = (*one.resources[:place], taker, *one.resources[place + 1 :])
        return self._tally.piece(one.event, one.duration, one.time, given)


def _choose(random: Random, items: Sequence[Item]) -> Item:
    """Faster than Random.choice."""
    return items[int(random.random() * len(items))]


def _back(now: Piece, then: Piece) -> int:
    """How far a lesson that was in the way has to go: where the pusher was, or past it where it only slides."""
    by, duration = now.begin - then.begin, now.lesson.duration
    return by if abs(by) >= duration else duration if by > 0 else -duration


def _starts(held: Held, event: int, duration: int) -> list[int | None]:
    found: list[int | None] = list(held.starts(event, duration))
    return found if found and event in held.must_have_time else [*found, None]


def _takers(frame: Frame) -> list[dict[int, list[int | None]]]:
    """For each event and open place who may take it; nobody where nothing requires somebody."""
    must = {(event, one.role) for one in frame.required(p.AssignResource) for event in one.events}
    return [
        {
            place: [
                *frame.candidates(index, event.needs[place]),
                *([] if (index, event.needs[place].role) in must else [None]),
            ]
            for place in frame.open_places[index]
        }
        for index, event in enumerate(frame.problem.events)
    ]


def _groups(frame: Frame) -> dict[tuple[int, int], list[list[tuple[int, int]]]]:
    """For each event and open place, the groups that should have one resource there: events and places."""
    found: dict[tuple[int, int], list[list[tuple[int, int]]]] = defaultdict(list)
    for one in frame.of_kind(p.AvoidSplitAssignments):
        for group in one.groups:
            shared = [
                (event, place)
                for event in group
                for place in frame.open_places[event]
                if frame.problem.events[event].needs[place].role == one.role
            ]
            for key in shared:
                found[key].append(shared)
    return found


def _linked(frame: Frame) -> list[tuple[int, ...]]:
    """For each event, those that are to run when it does."""
    found: list[set[int]] = [set() for _ in frame.problem.events]
    for one in frame.of_kind(p.LinkEvents):
        for group in one.groups:
            for event in group:
                found[event] |= set(group) - {event}
    return [tuple(sorted(mates)) for mates in found]
