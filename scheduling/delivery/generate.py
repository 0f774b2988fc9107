"""A whole prefecture's delivery plan, invented from a seed: for tests of scale, and for looking at."""

from collections.abc import Iterator
from random import Random

from scheduling.model import (
    Course,
    Interval,
    Kind,
    Period,
    Person,
    Reception,
    Relay,
    Room,
    School,
    SchoolClass,
    Unavailable,
    Week,
    Weeks,
)

COUNTIES, SCHOOLS, TEACHERS, LESSONS = 9, 700, 300, 3_000
MODEL_SCHOOLS = 60
SUBJECTS = ("音乐", "美术", "英语", "科学", "信息科技", "体育")
# Minutes after midnight at which periods begin; schools shift them by their own few minutes.
MORNING, AFTERNOON = (510, 560, 630, 680), (840, 890)
LESSON, DELIVERED = 40, 35
PREFECTURE = "522300"


def prefecture(size: float = 1.0, seed: int = 1) -> Week:
    """`size` 1 is the whole prefecture; a part keeps its proportions."""
    return _Plan(Random(seed), size).week()


class _Plan:
    def __init__(self, random: Random, size: float) -> None:
        self.random = random
        self.counties = [f"county-{n}" for n in range(max(1, round(COUNTIES * size)))]
        self.villages = list(self._villages(max(4, round(SCHOOLS * size))))
        self.models = list(self._models(max(2, round(MODEL_SCHOOLS * size))))
        self.teachers = list(self._teachers(max(4, round(TEACHERS * size))))
        self.lessons = round(LESSONS * size)
        self.rooms: list[Room] = []
        self.classes: list[SchoolClass] = []
        self.people: list[Person] = list(self.teachers)
        self._equip()

    def week(self) -> Week:
        courses = tuple(self._courses())
        busy = tuple(self._busy())
        relays = tuple(Relay(f"relay-{county}", f"{county} 中继", 200_000) for county in self.counties)
        schools = (*self.models, *self.villages)
        everyone = (tuple(self.rooms), tuple(self.people), tuple(self.classes))
        return Week(schools, *everyone, relays, courses, busy, prefecture=PREFECTURE)

    def _periods(self, shift: int) -> tuple[Period, ...]:
        bells = [*MORNING, *AFTERNOON]
        return tuple(
            Period(number, Interval(weekday, start + shift, start + shift + LESSON))
            for weekday in range(1, 6)
            for number, start in enumerate(bells, 1)
        )

    def _villages(self, count: int) -> Iterator[School]:
        for number in range(count):
            county, weak = self.counties[number % len(self.counties)], self.random.random() < 0.3
            yield School(
                id=f"village-{number}",
                name=f"第 {number + 1} 教学点",
                county=county,
                periods=self._periods(self.random.choice((0, 0, 0, 5))),
                uplink_kbit=4_000 if weak else 20_000,
                downlink_kbit=4_000 if weak else 50_000,
                relay=f"relay-{county}",
                weak_line=weak,
                disadvantaged=self.random.random() < 0.4,
            )

    def _models(self, count: int) -> Iterator[School]:
        for number in range(count):
            county = self.counties[number % len(self.counties)]
            periods = self._periods(0)
            yield School(
                f"model-{number}", f"第 {number + 1} 示范校", county, periods, 100_000, 100_000, f"relay-{county}"
            )

    def _teachers(self, count: int) -> Iterator[Person]:
        for number in range(count):
            school = self.models[number // 2 % len(self.models)]
            yield Person(f"teacher-{number}", f"第 {number + 1} 名师", school.id, most_daily=3)

    def _equip(self) -> None:
        """Model schools have rooms for their teachers; each village has a room, two classes and an assistant."""
        for number, teacher in enumerate(self.teachers):
            if number % 2 == 0:
                self.rooms.append(Room(f"studio-{number}", f"直录播教室 {number}", teacher.school, sends=True))
        for school in self.villages:
            self.rooms.append(Room(f"room-{school.id}", f"{school.name}教室", school.id, sends=False))
            self.people.append(Person(f"assistant-{school.id}", f"{school.name}辅助教师", school.id))
            for name in ("低段", "高段"):
                self.classes.append(SchoolClass(f"{name}-{school.id}", f"{school.name}{name}", school.id, 30))

    def _courses(self) -> Iterator[Course]:
        by_county: dict[str, list[School]] = {county: [] for county in self.counties}
        for school in self.villages:
            by_county[school.county].append(school)
        county_of = {school.id: school.county for school in self.models}
        given, number = 0, 0
        while given < self.lessons:
            teacher = self.teachers[number % len(self.teachers)]
            weekly = 2
            county = county_of[teacher.school]
            receivers = self._receivers(by_county[county], number, len(self.teachers))
            studio = f"studio-{number % len(self.teachers) // 2 * 2}"
            yield self._course(number, teacher, studio, county, receivers, weekly)
            given, number = given + weekly, number + 1

    def _receivers(self, schools: list[School], number: int, teachers: int) -> list[School]:
        """Neighbours on the county's list, another group for each course."""
        count = min(len(schools), 2 + number % 3)
        return [schools[(number // teachers * 7 + number * 3 + step) % len(schools)] for step in range(count)]

    def _course(
        self, number: int, teacher: Person, studio: str, county: str, receivers: list[School], weekly: int
    ) -> Course:
        subject = SUBJECTS[number % len(SUBJECTS)]
        stage = self.random.choice(("低段", "高段"))
        receptions = tuple(
            Reception(
                school_class=f"{stage}-{school.id}",
                room=f"room-{school.id}",
                interactive=place < 3,
                assistant=f"assistant-{school.id}",
                fallback_recording=f"recording-{number}" if school.weak_line else None,
            )
            for place, school in enumerate(receivers)
        )
        return Course(
            id=f"course-{number}",
            name=f"{subject} {number}",
            subject=subject,
            kind=Kind.DEDICATED,
            authority=county,
            lead=teacher.id,
            sending_room=studio,
            sending_class=None,
            receptions=receptions,
            weekly=weekly,
            minutes=DELIVERED,
            weeks=Weeks.ALL,
            main_subject=subject == "英语",
            sport=subject == "体育",
        )

    def _busy(self) -> Iterator[Unavailable]:
        """Each teacher has own lessons on some half-days."""
        for teacher in self.teachers:
            for weekday in self.random.sample(range(1, 6), 1):
                yield Unavailable(teacher.id, Interval(weekday, 0, 12 * 60), "有课")
