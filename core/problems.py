"""Turns what was raised into problem documents (RFC 9457), for the web app and the relay alike: plain Starlette, since
FastAPI would be a fifth of a relay's start."""

from collections.abc import Sequence
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from core.errors import Problem, Unavailable

log = structlog.get_logger()

PROBLEM_JSON = "application/problem+json"


def install(app: Starlette, outages: Sequence[type[Exception]] = ()) -> None:
    """`outages` are the exceptions that mean "a service is down": they become 503, not 500."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
    for outage in outages:
        app.add_exception_handler(outage, _outage)


def language(accept: str) -> str:
    """'zh' or 'en' by an Accept-Language value (RFC 9110, section 12.5.4); Chinese where it names neither."""
    best, weight = "zh", 0.0
    for part in accept.lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        asked = tag.partition("-")[0].strip()
        value = _quality(quality)
        if asked in ("zh", "en") and value > weight:
            best, weight = asked, value
    return best


def document(problem: Problem, accept: str = "", instance: str | None = None) -> dict[str, Any]:
    chinese = language(accept) == "zh"
    return {
        "type": f"/problems/{problem.code}",
        "title": problem.title_zh if chinese else problem.title_en,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.zh if chinese else problem.en,
        "detail_zh": problem.zh,
        "detail_en": problem.en,
        "instance": instance,
        **problem.extra,
    }


def response(request: Request, problem: Problem) -> JSONResponse:
    body = document(problem, request.headers.get("accept-language", ""), request.scope.get("request_id"))
    return JSONResponse(body, problem.status, problem.headers, media_type=PROBLEM_JSON)


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return response(request, error)


class _OfStatus(Problem):
    def __init__(self, status: int, code: str, *, zh: str, en: str, headers: dict[str, str]) -> None:
        super().__init__(code, zh=zh, en=en, headers=headers)
        self.status = status  # type: ignore[misc]  # the framework's own errors carry any status


_WORDS = {
    404: ("not-found", "这个地址没有内容，请检查地址。", "There is nothing at this address; check it."),
    405: ("method-not-allowed", "这个地址不接受这种操作。", "This address does not take this method."),
}


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    plain = (f"http-{error.status_code}", "没有办成，请检查请求。", f"{error.detail}.")
    code, zh, en = _WORDS.get(error.status_code, plain)
    return response(request, _OfStatus(error.status_code, code, zh=zh, en=en, headers=dict(error.headers or {})))


def _route(request: Request) -> str:
    """As it is written in the code: an address may hold a secret, as a calendar's does."""
    return str(getattr(request.scope.get("route"), "path", "none"))


async def _outage(request: Request, error: Exception) -> JSONResponse:
    log.warning("service_down", route=_route(request), error=str(error).partition("\n")[0])
    zh, en = "后台有一部分正在恢复，请过一会儿再试。", "A part of the system is recovering; try again in a moment."
    return response(request, Unavailable("service-down", zh=zh, en=en, headers={"Retry-After": "2"}))


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected", route=_route(request), exc_info=error)
    zh = "这里出了程序上的差错，已经记录；请带上编号告诉管理员。"
    en = "The program made a mistake here; it is on record. Tell the administrator the number."
    return response(request, Problem("unexpected", zh=zh, en=en))
