"""The built front end: three pages and their hashed assets, compressed beforehand by the build."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse

from core.errors import NotFound, Unavailable

# An asset's name holds a hash of its content, so it never changes; a page is asked for each time.
FOREVER = "public, max-age=31536000, immutable"
ASK = "no-cache"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


def add(app: FastAPI, dist: Path) -> None:
    """Must come last: it answers every address that no other route took."""
    dist = dist.resolve()

    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def page(path: str, request: Request) -> Response:
        if path.startswith(("api/", "problems/")) or path in ("api", "metrics"):
            raise NotFound("not-found", zh="这个地址没有内容，请检查地址。", en="There is nothing at this address.")
        return send(request, choose(dist, path), dist)


def choose(dist: Path, path: str) -> Path:
    """The file for an address: itself, or the page whose own routes it belongs to. Raises NotFound, Unavailable."""
    file = (dist / path).resolve()
    if file.is_relative_to(dist) and file.is_file() and path and not path.startswith("."):
        return file
    if "." in path.rpartition("/")[2]:
        raise NotFound("file-missing", zh="这个文件不在这里。", en="This file is not here.")
    first = path.partition("/")[0]
    found = dist / {"room": "room.html", "pupil": "pupil.html"}.get(first, "index.html")
    if not found.is_file():
        zh = "网页还没有构建，请运行 make run。"
        raise Unavailable("pages-not-built", zh=zh, en="The pages have not been built; run make run.")
    return found


def send(request: Request, file: Path, dist: Path) -> Response:
    encoding, sent = _encoded(file, request.headers.get("accept-encoding", ""))
    hashed = file.parent.name == "assets" and file.parent.parent == dist
    headers = {"Cache-Control": FOREVER if hashed else ASK, "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    kind = TYPES.get(file.suffix)
    answer = FileResponse(sent, headers=headers, media_type=kind, stat_result=sent.stat())
    if request.headers.get("if-none-match") == answer.headers["etag"]:
        return NotModifiedResponse(answer.headers)
    return answer


def _encoded(file: Path, accepted: str) -> tuple[str | None, Path]:
    offers = {part.partition(";")[0].strip() for part in accepted.lower().split(",") if ";q=0" not in part}
    for name, suffix in ENCODINGS:
        beside = file.with_name(file.name + suffix)
        if name in offers and beside.is_file():
            return name, beside
    return None, file
