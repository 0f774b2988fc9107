"""What each link and machine carries when a whole prefecture is taught: arithmetic on measured costs.

python -m tests.benchmarks scaling
"""

from dataclasses import dataclass
from math import ceil

# Measured by `python -m tests.benchmarks relay` and `tree` on the machine of docs/performance.md.
US_IN, US_OUT = 280.0, 4.3
"""Server CPU per packet of a lesson that comes in, timers and wakings included, and per packet and receiver."""
PACKETS = 230.0
"""A second, of one copy: 720p at 1.6 Mbit/s and voice."""
MBITS = 1.75
"""Of one copy on the wire, headers included."""
KIB_PER_SESSION = 95
CORE_FULL = 0.7
"""Share of a core that is planned for: above it the latency of bursts grows."""

CLASSROOMS = 8281
COUNTIES = 9
TOWNSHIPS = 130
SCHOOLS = 1170
EXIT_GBITS = 10.0
SCHOOL_LINE_MBITS = 1000.0


@dataclass(frozen=True)
class Load:
    """One machine and the link above it, for a number of lessons that all pass."""

    place: str
    machines: int
    lessons_in: float
    copies_out: float

    @property
    def link_mbits(self) -> float:
        return self.lessons_in * MBITS

    @property
    def out_mbits(self) -> float:
        return self.copies_out * MBITS

    @property
    def cores(self) -> int:
        return max(1, ceil(self.core_share / CORE_FULL))

    @property
    def core_share(self) -> float:
        return (self.lessons_in * US_IN + self.copies_out * US_OUT) * PACKETS / 1e6

    @property
    def memory_mib(self) -> float:
        return self.copies_out * KIB_PER_SESSION / 1024


def one_lesson_for_all() -> list[Load]:
    """One lesson to every classroom: each link carries one copy."""
    rooms = CLASSROOMS / SCHOOLS
    return [
        Load("prefecture", 1, 1, COUNTIES),
        Load("county", COUNTIES, 1, TOWNSHIPS / COUNTIES),
        Load("township", TOWNSHIPS, 1, SCHOOLS / TOWNSHIPS),
        Load("school", SCHOOLS, 1, rooms),
    ]


def every_school_in_lessons(lessons_a_school: float = 2.0, rooms_a_lesson: float = 10.0) -> list[Load]:
    """A usual morning: each school receives some lessons at once, each lesson goes to some rooms. Half of the lessons
    stay within their township, a third within their county, the rest cross counties."""
    received = SCHOOLS * lessons_a_school
    lessons = received / rooms_a_lesson
    crossing, county_wide, local = lessons / 6, lessons / 3, lessons / 2
    far, near, here = received / 6, received / 3, received / 2
    spread = min(COUNTIES, rooms_a_lesson)
    to_counties = crossing * spread
    to_townships = (far + near) * 0.9
    return [
        Load("prefecture", 1, crossing, to_counties),
        Load("county", COUNTIES, (to_counties + county_wide) / COUNTIES, to_townships / COUNTIES),
        Load("township", TOWNSHIPS, (to_townships + local) / TOWNSHIPS, (far + near + here) / TOWNSHIPS),
        Load("school", SCHOOLS, lessons_a_school, CLASSROOMS / SCHOOLS),
    ]


def without_a_tree() -> Load:
    """Every classroom at one server behind the prefecture's exit."""
    return Load("one server", 1, 1, CLASSROOMS)


def most_lessons_for_all() -> int:
    """How many lessons that everybody watches fit through the prefecture's exit, one copy to each county."""
    return int(EXIT_GBITS * 1000 / (COUNTIES * MBITS))


def report() -> str:
    """Markdown."""
    alone = without_a_tree()
    parts = [
        "One lesson for all 8,281 classrooms:\n",
        _table(one_lesson_for_all()),
        "\nA usual morning (each school in two lessons at once, ten rooms a lesson):\n",
        _table(every_school_in_lessons()),
        f"\nWithout a tree, one server would send {alone.out_mbits / 1000:.1f} Gbit/s through an exit of "
        f"{EXIT_GBITS:.0f} Gbit/s and need {alone.cores} cores; the exit is full at "
        f"{int(EXIT_GBITS * 1000 / MBITS)} classrooms.",
        f"With it, {most_lessons_for_all()} lessons that everybody watches at once fill the exit.",
    ]
    return "\n".join(parts)


def _table(loads: list[Load]) -> str:
    lines = ["| relay | machines | its link, Mbit/s | sends, Mbit/s | sessions | of a core | cores | memory, MiB |"]
    lines.append("|---|--:|--:|--:|--:|--:|--:|--:|")
    lines += [
        f"| {load.place} | {load.machines} | {load.link_mbits:.1f} | {load.out_mbits:.1f} | {load.copies_out:.1f} "
        f"| {load.core_share:.0%} | {load.cores} | {load.memory_mib:.1f} |"
        for load in loads
    ]
    return "\n".join(lines)


def show() -> None:
    print(report())


if __name__ == "__main__":
    show()
