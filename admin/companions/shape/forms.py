"""A form is the JSON Schema (2020-12) of the body that its route takes, with the columns' words as titles: the page
draws it, the server checks by the same model, and the two cannot drift apart."""

from typing import Any

from pydantic import BaseModel

from admin.companions.shape.register import Column, Register


def form(register: Register, body: type[BaseModel]) -> dict[str, Any]:
    """`x-title-en`, `x-find` and `x-shown` (where a reference is looked for, and by which of the answer's fields it is
    known), `x-choices` (the words of few values: Chinese, English)."""
    schema = body.model_json_schema(mode="validation")
    columns = {column.name: column for column in register.columns}
    for name, drawn in schema.get("properties", {}).items():
        if name in columns:
            drawn |= _words(columns[name])
    if "place_id" in schema.get("properties", {}):
        schema["properties"]["place_id"] |= {"x-find": f"{register.path}/places", "x-shown": "name"}
    return schema


def _words(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {"title": column.zh, "x-title-en": column.en}
    if column.refers:
        told |= {"x-find": column.refers.find, "x-shown": column.refers.key}
    return told | ({"x-choices": dict(column.choices)} if column.choices else {})
