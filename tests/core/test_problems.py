import httpx
import pytest
from fastapi import FastAPI

from core import invalid, problems
from core.errors import Conflict, NotSignedIn
from core.request_id import RequestId


class Down(Exception):
    pass


@pytest.fixture
async def client() -> httpx.AsyncClient:
    app = FastAPI()
    problems.install(app, [Down])
    invalid.install(app)
    app.add_middleware(RequestId)

    @app.get("/taken")
    def taken() -> None:
        raise Conflict("room-taken", zh="教室已被占用。", en="The room is taken.", lesson={"id": "7"})

    @app.get("/signed")
    def signed() -> None:
        raise NotSignedIn("ticket-expired", zh="过期了。", en="It has expired.")

    @app.get("/number/{number}")
    def number(number: int) -> int:
        return number

    @app.get("/crash")
    def crash() -> None:
        raise RuntimeError("the inner reason")

    @app.get("/down")
    def down() -> None:
        raise Down("postgres at 10.0.0.5")

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


async def test_a_problem_is_a_document_with_both_languages(client: httpx.AsyncClient) -> None:
    answer = await client.get("/taken", headers={"x-request-id": "abcd-1234"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/room-taken",
        "title": "和已有的冲突",
        "status": 409,
        "code": "room-taken",
        "detail": "教室已被占用。",
        "detail_zh": "教室已被占用。",
        "detail_en": "The room is taken.",
        "instance": "abcd-1234",
        "lesson": {"id": "7"},
    }


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN", "zh"),
        ("", "zh"),
        ("fr", "zh"),
        ("zh;q=0.3, en;q=0.8", "en"),
        ("en;q=x", "zh"),
    ],
)
def test_the_language_is_what_the_browser_asks_for(accept: str, expected: str) -> None:
    assert problems.language(accept) == expected


async def test_a_401_names_the_scheme(client: httpx.AsyncClient) -> None:
    assert (await client.get("/signed")).headers["www-authenticate"] == "Bearer"


async def test_a_wrong_field_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.get("/number/x")
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["where"] == "path.number"


@pytest.mark.parametrize(("path", "status", "code"), [("/nothing", 404, "not-found"), ("/crash", 500, "unexpected")])
async def test_every_error_is_a_problem_document(client: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "inner reason" not in answer.text


async def test_a_service_that_is_down_is_503_without_its_address(client: httpx.AsyncClient) -> None:
    answer = await client.get("/down")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "10.0.0.5" not in answer.text


async def test_a_forged_request_id_is_replaced(client: httpx.AsyncClient) -> None:
    answer = await client.get("/taken", headers={"x-request-id": "a b\tc forged"})
    assert "forged" not in answer.headers["x-request-id"]
