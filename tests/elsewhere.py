"""Rows of another county, one of any table, and the least requests that a route takes: for the walk over all routes."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Column, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import seed
from admin.models import Assignment, Organisation, Person
from admin.rights import Role
from admin.tree import ancestors, path_of
from core.database import Base

UNKNOWN = UUID(int=7)
NOW = datetime.now(UTC).replace(microsecond=0)
TOMORROW, LATER_ON = NOW + timedelta(hours=20), NOW + timedelta(days=30)
LATER = ("end", "ends", "until", "to", "over", "expires", "due", "last")
"""Parts of columns' names that mean the second of two moments."""
PLAIN: dict[type[Any], Any] = {
    bool: False,
    int: 1,
    float: 1.0,
    Decimal: Decimal(1),
    time: time(8),
    dict: {},
    list: [],
    object: {},
}
OF_THE_COUNTY = ("terms", "timetable_drafts")
WEEKLY = {
    "kind": "dedicated",
    "subject": "音乐",
    "grade": 3,
    "weekly": 1,
    "minutes": 40,
    "weeks": "all",
    "chapters": [],
}
GIVEN: dict[str, dict[str, Any]] = {
    "classes": {"grade": 3},
    "lessons": {"grade": 3, "volume": "上", "starts_at": LATER_ON, "ends_at": LATER_ON + timedelta(minutes=40)},
    "delivery_courses": WEEKLY,
    "published_settings": WEEKLY,
    "resources": {"kind": "lesson", "review": "published", "stage": "playable"},
    "published_lessons": {"starts_at": LATER_ON, "ends_at": LATER_ON + timedelta(minutes=40)},
    "exchange_datasets": {"columns": ["a"], "share_class": "conditional"},
    "list_items": {"state": "open"},
    "settlement_policies": {"tiers": [], "class_shares": {}},
    "settlement_reconciliations": {"differences": []},
}
"""What a table's own rules ask for."""


class Elsewhere:
    """Makes one row of a table that belongs to a county, with whatever the row refers to; the same one each time."""

    def __init__(self, session: AsyncSession, county: str) -> None:
        self._session, self._county, self._made = session, seed.place(county), dict[str, UUID]()
        self._own: Organisation | None = None

    async def row(self, name: str, **given: Any) -> Any:
        """Of a table: `rooms`; another one of it: `rooms#2`; who has a role at the school: `people:teacher`."""
        if name == "counties":
            return self._county
        if name == "organisations":
            return (await self._school()).id
        if name not in self._made:
            self._made[name] = await self._any(name.partition("#")[0], given)
        return self._made[name]

    async def _any(self, table: str, given: dict[str, Any]) -> UUID:
        if table == "people":
            return await self._person()
        if table == "organisations":
            return await self._empty_school()
        if role := table.removeprefix("people:") if table.startswith("people:") else None:
            return await somebody(self._session, cast(Role, role), (await self._school()).id)
        return await self._new(table, given)

    async def _new(self, table: str, given: dict[str, Any]) -> UUID:
        own, given = Base.metadata.tables[table], GIVEN.get(table, {}) | given
        path = (await self._school()).path
        if table == "lessons":
            given |= {"places": list(ancestors(path))}
        if table == "resources":
            given |= {"provider_path": path, "reach": path, "author_id": await self.row("people:teacher")}
        if table == "delivery_courses":
            given |= {"authority_id": self._county}
        if table in OF_THE_COUNTY:
            given |= {"place_id": self._county}
        wanted = [column for column in own.columns if column.name in given or not _left_out(column)]
        values = {one.name: given[one.name] if one.name in given else await self._value(own, one) for one in wanted}
        await self._session.execute(insert(own).values(values))
        found: UUID = values.get("id", next(iter(values.values())))
        return found

    async def _value(self, table: Table, column: Column[Any]) -> Any:
        for key in column.foreign_keys:
            if (target := key.column.table.name) != table.name:
                return await self.row(target)
        kind = column.type.python_type
        if kind is UUID:
            return uuid4()
        if kind in (datetime, date):
            moment = NOW + timedelta(days=1) * any(part in LATER for part in column.name.split("_"))
            return moment if kind is datetime else moment.date()
        if kind is bytes:
            return uuid4().bytes * 2
        if kind is str:
            enums = getattr(column.type, "enums", None)
            return enums[0] if enums else uuid4().hex[: getattr(column.type, "length", None) or 32]
        return PLAIN[kind]

    async def _school(self) -> Organisation:
        if self._own is None:
            query = select(Organisation).where(Organisation.county_id == self._county, Organisation.tier == "school")
            self._own = (await self._session.scalars(query.order_by(Organisation.id).limit(1))).one()
        return self._own

    async def _empty_school(self) -> UUID:
        beside, own = await self._school(), uuid4()
        named = {"name_zh": own.hex, "name_en": own.hex, "parent_id": beside.parent_id, "county_id": self._county}
        path = path_of(own, beside.path.rpartition(".")[0])
        self._session.add(Organisation(id=own, tier="school", path=path, **named))
        await self._session.flush()
        return own

    async def _person(self) -> UUID:
        """A child of eight."""
        found = await somebody(self._session, "student", (await self._school()).id)
        await self.row("minors", person_id=found, born=date(NOW.year - 8, 1, 1))
        return found


def _left_out(column: Column[Any]) -> bool:
    return bool(column.nullable) or column.computed is not None or column.identity is not None


async def somebody(session: AsyncSession, role: Role, place: UUID) -> UUID:
    """Has this role there and no other."""
    person = Person(id=uuid4(), username=None, name=role, language="zh", demo=True)
    session.add(person)
    await session.flush()
    session.add(Assignment(person_id=person.id, role=role, organisation_id=place))
    await session.flush()
    return person.id


STRINGS = {
    **{"date": TOMORROW.date().isoformat(), "date-time": TOMORROW.isoformat(), "time": "08:00:00"},
    **{"month": NOW.strftime("%Y-%m"), "content_type": "video/mp4", "language": "zh", "pin": "8642"},
}
"""By format, else by name."""


class Document:
    """The OpenAPI document, and the least that it allows. `ids`: rows to be named, by a field's name or its whole way
    (`seats.room_id`); `way`: the one field that is filled though it need not be."""

    def __init__(self, document: dict[str, Any], ids: Mapping[str, Any] = MappingProxyType({}), way: str = "") -> None:
        self._paths, self._schemas = document["paths"], document["components"]["schemas"]
        self._ids, self._way = ids, way

    def ways(self, method: str, path: str) -> list[str]:
        """To each field of the body that names a row."""
        content = self._paths[path][method.lower()].get("requestBody", {}).get("content", {})
        return sorted({way for one in content.values() for way in self._ways(one["schema"], "")})

    def _ways(self, schema: dict[str, Any], way: str) -> Iterator[str]:
        if schema.get("format") == "uuid":
            yield way
        inner = [schema["items"]] if schema.get("items") else []
        inner += [self._schemas[schema["$ref"].rpartition("/")[2]]] if "$ref" in schema else []
        for one in inner + schema.get("anyOf", []) + schema.get("oneOf", []):
            yield from self._ways(one, way)
        for name, field in schema.get("properties", {}).items():
            yield from self._ways(field, _step(way, name))

    def request(self, method: str, path: str) -> dict[str, Any]:
        """Arguments of `client.request`: the query's and the body's parts that must be there; of what a PATCH may
        change, one."""
        operation = self._paths[path][method.lower()]
        asked = [one for one in operation.get("parameters", []) if one["in"] == "query" and one.get("required")]
        found: dict[str, Any] = {"params": {one["name"]: self.example(one["schema"], one["name"]) for one in asked}}
        content, one_more = operation.get("requestBody", {}).get("content", {}), method == "PATCH" and not self._way
        if "application/json" in content:
            found["json"] = self.example(content["application/json"]["schema"], one_more=one_more)
        if "multipart/form-data" in content:
            fields = self.example(content["multipart/form-data"]["schema"])
            found["files"] = {name: ("x.csv", b"key,a\n1,2\n") for name, value in fields.items() if value == b""}
            found["data"] = {name: value for name, value in fields.items() if value != b""}
        return found

    def example(self, schema: dict[str, Any], name: str = "", one_more: bool = False) -> Any:
        if "$ref" in schema:
            return self.example(self._schemas[schema["$ref"].rpartition("/")[2]], name, one_more)
        if "default" in schema or "const" in schema or "enum" in schema:
            return schema.get("const", schema.get("default", schema.get("enum", [None])[0]))
        if several := schema.get("anyOf") or schema.get("oneOf"):
            return self.example(several[0], name)
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, name, one_more)
        if kind == "array":
            return [self.example(schema["items"], name)] * max(schema.get("minItems", 0), self._leads(name))
        if kind == "string":
            return self._text(schema, name)
        return max(schema.get("minimum", 1), 1) if kind in ("integer", "number") else False

    def _leads(self, name: str) -> bool:
        return bool(name) and f"{self._way}.".startswith(f"{name}.")

    def _object(self, schema: dict[str, Any], name: str, one_more: bool) -> dict[str, Any]:
        required, fields = schema.get("required", []), schema.get("properties", {})
        more = [key for key in fields if key not in required][: 1 if one_more else 0]
        more += [key for key in fields if self._leads(_step(name, key))]
        wanted = [key for key in fields if key in required or key in more]
        return {key: self.example(_bare(fields[key], key in more), _step(name, key)) for key in wanted}

    def _text(self, schema: dict[str, Any], name: str) -> Any:
        last = name.rpartition(".")[2]
        if schema.get("format") == "binary" or schema.get("contentMediaType"):
            return b""
        if schema.get("format") == "uuid":
            return str(self._ids.get(name) or self._ids.get(last) or UNKNOWN)
        return STRINGS.get(schema.get("format", last), "x" * max(schema.get("minLength", 1), 1))


def _step(way: str, name: str) -> str:
    return f"{way}.{name}" if way else name


def _bare(schema: dict[str, Any], changed: bool) -> dict[str, Any]:
    """What is to change must not be what it is anyhow."""
    return {key: value for key, value in schema.items() if not (changed and key == "default")}
