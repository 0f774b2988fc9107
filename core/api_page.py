"""/api/docs: the OpenAPI document as a plain page of our own, for the usual ones load scripts from other hosts."""

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

router = APIRouter()

STYLE = """
body { font: 16px/1.5 "Noto Sans SC", system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1d2433; background: #faf7f0 }
h1, h2 { font-family: "Noto Serif SC", serif } h2 { border-top: 3px solid #1d2433; padding-top: .5rem }
code { font-family: ui-monospace, monospace } dt { margin-top: 1rem; font-weight: 600 } dd { margin-left: 1.5rem }
"""


@router.get("/api/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Open to all, as the document itself is."""
    document: dict[str, Any] = request.app.openapi()
    body = "".join(_page(document))
    return HTMLResponse(body)


@router.get("/api/docs.css", include_in_schema=False)
def style() -> Response:
    return Response(STYLE, media_type="text/css")


def _page(document: dict[str, Any]) -> Iterator[str]:
    title = escape(document["info"]["title"])
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}: API</title>'
    yield f'<link rel="stylesheet" href="/api/docs.css"><h1>{title}: API</h1>'
    yield '<p>Machine-readable: <a href="/api/openapi.json">openapi.json</a>.</p>'
    yield "<p>Errors are problem documents (RFC 9457).</p>"
    for tag, operations in _by_tag(document).items():
        yield f"<h2>{escape(tag)}</h2><dl>"
        for method, path, operation in operations:
            yield from _operation(method, path, operation)
        yield "</dl>"
    yield "<h2>Schemas</h2><dl>"
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        yield f'<dt id="{escape(name)}"><code>{escape(name)}</code></dt><dd>{_shape(schema)}</dd>'
    yield "</dl></html>"


def _by_tag(document: dict[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    tagged: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tagged.setdefault(operation.get("tags", ["other"])[0], []).append((method.upper(), path, operation))
    return tagged


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<dt><code>{method} {escape(path)}</code></dt>"
    yield f"<dd>{escape(operation.get('description') or operation.get('summary', ''))}"
    for parameter in operation.get("parameters", ()):
        needed = " (needed)" if parameter.get("required") else ""
        yield f"<br><code>{escape(parameter['name'])}</code> in {parameter['in']}{needed}: {_type(parameter['schema'])}"
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield f"<br>body: {_type(content['schema'])}"
    for status, answer in operation["responses"].items():
        shapes = [_type(content.get("schema", {})) for content in answer.get("content", {}).values()]
        yield f"<br>{status}: {', '.join(shapes) or escape(answer['description'])}"
    yield "</dd>"


def _shape(schema: dict[str, Any]) -> str:
    needed = schema.get("required", ())
    lines = [
        f"<code>{escape(name)}</code>{'' if name in needed else ' (optional)'}: {_type(part)}"
        for name, part in schema.get("properties", {}).items()
    ]
    return "<br>".join([escape(schema.get("description", "")), *lines]).removeprefix("<br>") or _type(schema)


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(_type(one) for one in schema[several])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    return escape(schema.get("format") or str(schema.get("type", "any")))
