"""OneRoster 1.2 and 1.1 as a zip of CSV files (1EdTech OneRoster CSV binding): read into lines, and written.

Read: manifest, orgs, classes, users, roles (1.2; in 1.1 the role stands in users), enrollments. Everything else of the
standard (courses, sessions, results, resources) says nothing about who belongs where and is left alone.
"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from admin.numbers import is_identity, is_pupil
from admin.roster.intake.headings import read_grade
from admin.roster.intake.lines import Line, Mistake, tidy
from core.errors import BadInput

VERSIONS = ("1.1", "1.2")
STAFF_ROLES = {"teacher": "teacher", "aide": "assistant", "proctor": "assistant"}
MOST_UNPACKED = 2_000_000_000
GRADE_CODES = {f"{number:02d}": number for number in range(1, 13)} | {"KG": None}


@dataclass
class Index:
    """What users refer to. Classes and schools are few; of pupils only the class is remembered."""

    version: str
    schools: dict[str, str] = field(default_factory=dict)
    """sourcedId → identification code, or name where there is none."""
    classes: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """sourcedId → school's sourcedId, title, grades."""
    class_of: dict[str, str] = field(default_factory=dict)
    roles: dict[str, tuple[str, str]] = field(default_factory=dict)
    """User's sourcedId → role, school's sourcedId."""


def read_zip(path: Path) -> Iterator[Line]:
    """The users, one line each; `number` is the row of users.csv. Raises BadInput."""
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
                raise _unreadable()
            index = _index(packed)
            for number, row in enumerate(_rows(packed, "users.csv"), start=2):
                if line := _line(number, row, index):
                    yield line
    except (zipfile.BadZipFile, UnicodeDecodeError, csv.Error, OSError):
        raise _unreadable() from None


def _index(packed: zipfile.ZipFile) -> Index:
    manifest = {row.get("propertyName", ""): row.get("value", "") for row in _rows(packed, "manifest.csv")}
    version = manifest.get("oneroster.version", "")
    if version not in VERSIONS:
        zh = f"清单 manifest.csv 里的 oneroster.version 是“{version}”，只读 1.1 和 1.2。"
        en = f"oneroster.version in manifest.csv is “{version}”; 1.1 and 1.2 are read."
        raise BadInput("oneroster-version", zh=zh, en=en)
    index = Index(version)
    for row in _live(packed, "orgs.csv"):
        index.schools[row["sourcedId"]] = row.get("identifier") or row.get("name", "")
    for row in _live(packed, "classes.csv"):
        index.classes[row["sourcedId"]] = (row.get("schoolSourcedId", ""), row.get("title", ""), row.get("grades", ""))
    for row in _live(packed, "enrollments.csv"):
        if row.get("role") == "student":
            index.class_of.setdefault(row.get("userSourcedId", ""), row.get("classSourcedId", ""))
    if version == "1.2":
        _index_roles(packed, index)
    return index


def _index_roles(packed: zipfile.ZipFile, index: Index) -> None:
    for row in _live(packed, "roles.csv"):
        user = row.get("userSourcedId", "")
        if row.get("roleType") == "primary" or user not in index.roles:
            index.roles[user] = (row.get("role", ""), row.get("orgSourcedId", ""))


def _line(number: int, row: dict[str, str], index: Index) -> Line | None:
    """None for who is neither pupil nor teacher."""
    user = row.get("sourcedId", "")
    first_org = (row.get("orgSourcedIds") or row.get("primaryOrgSourcedId") or "").split(",")[0]
    role, org = index.roles.get(user, (row.get("role", ""), first_org))
    name = _name(row)
    wrong = _gone(row)
    if role == "student":
        return _pupil(number, row, name, org, index, wrong)
    if role in STAFF_ROLES:
        school, username = index.schools.get(org, ""), _username(row)
        return Line(number, "staff", school, name, username=username, role=STAFF_ROLES[role], read_wrong=wrong)
    return None


def _pupil(number: int, row: dict[str, str], name: str, org: str, index: Index, wrong: tuple[Mistake, ...]) -> Line:
    school, title, grades = index.classes.get(index.class_of.get(row.get("sourcedId", ""), ""), (org, "", ""))
    first_grade = (grades or row.get("grades", "")).split(",")[0]
    grade = GRADE_CODES.get(first_grade) or read_grade(first_grade) or read_grade(title)
    identity, pupil_number = _numbers(row)
    place = index.schools.get(school, "")
    return Line(
        number, "pupil", place, name, title, grade, identity=identity, pupil_number=pupil_number, read_wrong=wrong
    )


def _numbers(row: dict[str, str]) -> tuple[str, str]:
    """Identity and pupil number, wherever the system that wrote the file has put them."""
    told = [tidy(row.get(name) or "") for name in ("identifier", "userMasterIdentifier")]
    identity = next((one for one in told if is_identity(one)), "")
    return identity, next((one for one in told if is_pupil(one)), "")


def _name(row: dict[str, str]) -> str:
    """Chinese names are family name first, without a space; others as they are written."""
    family, given = (row.get("familyName") or "").strip(), (row.get("givenName") or "").strip()
    joined = f"{family}{given}"
    return joined if not joined.isascii() else f"{given} {family}".strip()


def _username(row: dict[str, str]) -> str:
    told = (row.get("username") or "").lower()
    return (
        told
        if 2 <= len(told) <= 40 and told.isascii() and told.replace(".", "").replace("-", "").replace("_", "").isalnum()
        else ""
    )


def _gone(row: dict[str, str]) -> tuple[Mistake, ...]:
    if row.get("status") == "tobedeleted":
        return (Mistake("status", "要删除的人请在班级页转出。", "Who is to be deleted leaves on the page of classes."),)
    return ()


def _live(packed: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    return (row for row in _rows(packed, name) if row.get("status") != "tobedeleted")


def _rows(packed: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    """Of a file that may lie in a folder; empty where the file is absent, but for the two that must be there."""
    found = next((one for one in packed.namelist() if one.rpartition("/")[2] == name), None)
    if found is None:
        if name in ("manifest.csv", "users.csv"):
            raise BadInput("oneroster-file", zh=f"压缩包里没有 {name}。", en=f"The archive has no {name}.")
        return
    with packed.open(found) as raw:
        yield from csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""), restval="")


def _unreadable() -> BadInput:
    zh, en = "读不出这个 OneRoster 压缩包，请重新导出（UTF-8 的 CSV）。", "The OneRoster archive cannot be read."
    return BadInput("oneroster-unreadable", zh=zh, en=en)
