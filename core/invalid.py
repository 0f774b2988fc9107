"""What FastAPI finds wrong with a request, as a problem document that names each field (RFC 9457)."""

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from core import problems
from core.errors import NotValid


def install(app: FastAPI) -> None:
    app.add_exception_handler(RequestValidationError, _not_valid)


async def _not_valid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [{"where": ".".join(map(str, one["loc"])), "reason": one["msg"]} for one in error.errors()]
    where = "、".join(field["where"] for field in fields)
    said = "; ".join(f"{field['where']}: {field['reason']}" for field in fields)
    problem = NotValid("not-valid", zh=f"请检查这几项：{where}。", en=f"Please check: {said}.", fields=fields)
    return problems.response(request, problem)
