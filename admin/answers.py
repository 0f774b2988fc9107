"""How every route's refusals look in OpenAPI: one problem document (RFC 9457), built in core/problems.py."""

from typing import Any

_TEXT = {"type": "string"}
_FIELDS = ("type", "title", "code", "detail", "detail_zh", "detail_en")

PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": [*_FIELDS, "status", "instance"],
    "properties": {
        **dict.fromkeys(_FIELDS, _TEXT),
        "status": {"type": "integer"},
        "instance": {"type": ["string", "null"], "description": "the request's id, as in the log"},
    },
    "additionalProperties": True,
}

PROBLEMS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Refused; `detail` says in the language of Accept-Language what happened and what to do",
        "content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}},
    }
}
