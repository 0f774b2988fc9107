"""The bureau's Excel templates: which column is what, whatever stands above it. Pure.

Templates have title rows, headings over two rows with merged cells (基本信息 over 姓名 and 性别), and own words. The
heading row is the one in which most cells are known words; a cell that is merged downwards has its word above.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from admin.roster.grades import NUMERALS, SPELT
from admin.roster.intake.lines import Line, Mistake, tidy
from core.errors import BadInput

EARLIEST = 1950
"""No pupil was born before."""
DEEPEST = 10
"""Headings stand within so many rows."""
WORDS: dict[str, tuple[str, ...]] = {
    "school": ("学校", "学校名称", "学校标识码", "学校代码", "所在学校", "单位", "school"),
    "class_name": ("班级", "班级名称", "班名", "所在班级", "class"),
    "grade": ("年级", "所在年级", "grade"),
    "name": ("姓名", "学生姓名", "教师姓名", "name"),
    "identity": ("身份证号", "身份证件号", "公民身份号码", "身份证", "identity"),
    "pupil_number": ("学籍号", "全国学籍号", "pupil number"),
    "born": ("出生日期", "出生年月日", "出生年月", "生日", "date of birth", "born"),
    "username": ("用户名", "工号", "username"),
    "role": ("职务", "岗位", "role"),
}
KNOWN = {word: name for name, words in WORDS.items() for word in words}
NEEDED = {"pupils": ("school", "class_name", "name"), "staff": ("school", "name")}
ROLES = {"": "teacher", "主讲教师": "teacher", "教师": "teacher", "teacher": "teacher"} | dict.fromkeys(
    ("辅助教师", "助教", "assistant"), "assistant"
)


def read_sheet(rows: Iterable[Sequence[str]], kind: str) -> Iterator[Line]:
    """Raises BadInput when the headings are not found; a wrong row becomes a line with its mistakes."""
    following = iter(enumerate(rows, start=1))
    first = [row for _, row in zip(range(DEEPEST), following, strict=False)]
    at, columns = find_headings([row for _, row in first], kind)
    for number, row in (*first[at:], *following):
        values = dict[str, str]()
        for place, name in columns.items():
            if place < len(row):  # of two columns for the school the first that says something counts
                values[name] = values.get(name) or row[place].strip()
        if any(values.values()):
            yield _pupil(number, values) if kind == "pupils" else _staff(number, values)


def find_headings(rows: Sequence[Sequence[str]], kind: str) -> tuple[int, dict[int, str]]:
    """How many rows the head has, and which column is what."""
    at, best = 0, dict[int, str]()
    for number, row in enumerate(rows, start=1):
        above = rows[number - 2] if number > 1 else ()
        found = {
            place: name
            for place in range(max(len(row), len(above)))
            if (name := _known(row, place) or _known(above, place))
        }
        if len(found) > len(best) and any(_known(row, place) for place in found):
            at, best = number, found
    missing = [WORDS[name][0] for name in NEEDED[kind] if name not in best.values()]
    if missing:
        zh = f"前 {DEEPEST} 行里没有找到表头：{'、'.join(missing)}。请用模板，或改表头。"
        en = f"Headings are missing in the first {DEEPEST} rows: {', '.join(missing)}. Use the template."
        raise BadInput("headings-missing", zh=zh, en=en, missing=missing)
    return at, best


def _known(row: Sequence[str], place: int) -> str | None:
    word = re.sub(r"[\s*＊（(].*$|\s", "", row[place]).lower() if place < len(row) else ""
    return KNOWN.get(word) or KNOWN.get(row[place].strip().lower() if place < len(row) else "")


def _pupil(number: int, values: dict[str, str]) -> Line:
    class_name, told = values.get("class_name", ""), values.get("grade", "")
    grade = read_grade(told) if told else read_grade(class_name)
    wrong: tuple[Mistake, ...] = (
        (Mistake("grade", f"看不懂年级“{told}”。", f"The grade “{told}” cannot be read."),)
        if told and not grade
        else ()
    )
    born = read_day(values.get("born", ""))
    if values.get("born") and born is None:
        wrong += (Mistake("born", "出生日期写成 2017-04-12 这样。", "Write the date of birth as 2017-04-12."),)
    if class_name.isdecimal() and grade:
        class_name = f"{NUMERALS[grade - 1]}年级{class_name} 班"
    return Line(
        number,
        "pupil",
        values.get("school", ""),
        values.get("name", ""),
        class_name,
        grade,
        identity=tidy(values.get("identity", "")),
        pupil_number=tidy(values.get("pupil_number", "")),
        born=born,
        read_wrong=wrong,
    )


def _staff(number: int, values: dict[str, str]) -> Line:
    told = values.get("role", "")
    role = ROLES.get(told, "")
    wrong: tuple[Mistake, ...] = (
        () if role else (Mistake("role", f"不认识职务“{told}”。", f"The office “{told}” is not known."),)
    )
    username = values.get("username", "").lower()
    if username and not re.fullmatch(r"[a-z0-9._-]{2,40}", username):
        wrong += (Mistake("username", "用户名用字母、数字和 . _ -。", "A user name has letters, figures and . _ -"),)
    identity = tidy(values.get("identity", ""))
    school, name = values.get("school", ""), values.get("name", "")
    return Line(
        number, "staff", school, name, username=username, role=role or "teacher", identity=identity, read_wrong=wrong
    )


def read_day(text: str) -> date | None:
    """2017-04-12, 2017/4/12, 2017.4.12, 20170412, 2017年4月12日; None when it is no day."""
    parts = re.findall(r"[0-9]+", text.partition("T")[0].partition(" ")[0])
    if len(parts) == 1 and len(parts[0]) == 8:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day) if year >= EARLIEST else None
    except ValueError:
        return None


def read_grade(text: str) -> int | None:
    """3, 三, 三年级, 初二, 小学三年级; None when it is none of these."""
    text = text.strip().removeprefix("小学")
    bare = text.removesuffix("年级").removesuffix("级")
    if bare.isdecimal() and len(bare) <= 2:
        return int(bare) if 1 <= int(bare) <= len(NUMERALS) else None
    if bare in NUMERALS:
        return NUMERALS.index(bare) + 1
    found = SPELT.match(text if text.endswith("年级") else f"{text}（")
    if found is None:
        return None
    numeral, stage, of_stage, figure = found.groups()
    if stage:
        return {"初": 6, "高": 9}[stage] + NUMERALS.index(of_stage) + 1
    return NUMERALS.index(numeral) + 1 if numeral else int(figure)
