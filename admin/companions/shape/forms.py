"""A form is the JSON Schema (2020-12) of the body that its route takes, with the columns' words as titles: the page
draws it, the server checks by the same model, and the two cannot drift apart."""

from typing import Any

from pydantic import BaseModel

from admin.companions.shape.register import Register


def form(register: Register, body: type[BaseModel]) -> dict[str, Any]:
    schema = body.model_json_schema(mode="validation")
    words = {column.name: (column.zh, column.en) for column in register.columns}
    for name, drawn in schema.get("properties", {}).items():
        if name in words:
            drawn["title"], drawn["x-title-en"] = words[name]
    return schema
