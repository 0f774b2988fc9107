"""The province's identity, played by a real OpenID provider (oidc-provider-mock: its own code, over HTTP)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from oidc_provider_mock import User, run_server_in_thread

from admin.sign_on.provider import Journey, NotVouched, Provider
from tests.admin.cast import Desk

PAGE = "http://127.0.0.1:8000/signin/identity"


@dataclass(frozen=True)
class Province:
    url: str

    def consent(self, address: str, subject: str) -> dict[str, str]:
        """What a browser does: the person types the name there and is sent back with a code."""
        answer = httpx.post(address, data={"sub": subject}, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        assert f"{back.scheme}://{back.netloc}{back.path}" == PAGE
        return {name: values[0] for name, values in parse_qs(back.query).items()}


@pytest.fixture(scope="module")
def province() -> Iterator[Province]:
    users = [User(sub="gz-0001", claims={"name": "陈静怡"}), User(sub="gz-0002", claims={"amr": ["pwd", "otp"]})]
    with run_server_in_thread(require_nonce=True, user_claims=users) as server:
        yield Province(f"http://localhost:{server.server_port}")


@pytest.fixture(autouse=True)
def connected(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGJIAO_OIDC_ISSUER", province.url)
    monkeypatch.setenv("SONGJIAO_OIDC_CLIENT_ID", "songjiao")
    monkeypatch.setenv("SONGJIAO_OIDC_CLIENT_SECRET", "a secret of the client")


async def journey(desk: Desk, province: Province, subject: str = "gz-0001") -> dict[str, str]:
    """Away and back: the body that the page then sends."""
    begun = (await (await desk(None)).post("/api/identity/requests")).json()
    came = province.consent(begun["address"], subject)
    assert came["state"] == begun["state"]
    return {"state": came["state"], "code": came["code"], "binding": begun["binding"]}


async def enter(desk: Desk, body: dict[str, str]) -> Any:
    return await (await desk(None)).post("/api/identity/sessions", json=body)


async def test_an_identity_opens_the_account_that_its_owner_linked(desk: Desk, province: Province) -> None:
    stranger = await enter(desk, await journey(desk, province))
    assert (stranger.status_code, stranger.json()["code"]) == (404, "identity-unknown")

    teacher = await desk("teacher")
    assert (await teacher.post("/api/identity/links", json=await journey(desk, province))).status_code == 204
    assert [one["issuer"] for one in (await teacher.get("/api/identity/links")).json()] == [province.url]

    opened = await enter(desk, await journey(desk, province))
    assert (opened.status_code, opened.json()["person"]["name"]) == (201, "陈静怡")
    assert opened.json()["standing"] == "full"

    await teacher.delete("/api/identity/links")
    assert (await enter(desk, await journey(desk, province))).json()["code"] == "identity-unknown"


async def test_an_identity_is_linked_to_one_account(desk: Desk, province: Province) -> None:
    await (await desk("teacher")).post("/api/identity/links", json=await journey(desk, province))
    answer = await (await desk("colleague")).post("/api/identity/links", json=await journey(desk, province))
    assert (answer.status_code, answer.json()["code"]) == (409, "identity-taken")


async def test_a_way_back_is_good_once_and_for_the_page_that_began_it(desk: Desk, province: Province) -> None:
    body = await journey(desk, province)
    assert (await enter(desk, body | {"binding": "another page's"})).json()["code"] == "identity-expired"
    assert (await enter(desk, body)).json()["code"] == "identity-expired"


async def test_a_code_of_another_journey_is_not_taken(desk: Desk, province: Province) -> None:
    mine, other = await journey(desk, province), await journey(desk, province)
    assert (await enter(desk, mine | {"code": other["code"]})).json()["code"] == "identity-refused"
    assert (await enter(desk, other | {"code": "no code"})).json()["code"] == "identity-refused"


async def test_a_second_factor_here_is_still_asked_for(desk: Desk, province: Province) -> None:
    teacher = await desk("teacher")
    secret = (await teacher.post("/api/factor")).json()["secret"]
    await teacher.post("/api/factor/confirmation", json={"code": pyotp.TOTP(secret).now()})
    await teacher.post("/api/identity/links", json=await journey(desk, province))
    assert (await enter(desk, await journey(desk, province))).json()["standing"] == "factor"


async def test_the_token_must_be_of_this_sign_in(province: Province) -> None:
    provider = Provider(province.url, "songjiao", "a secret of the client", PAGE)
    here = Journey.new()
    came = province.consent(await provider.address(here), "gz-0001")
    elsewhere = Journey(here.state, "another nonce", here.verifier)
    with pytest.raises(NotVouched):
        await provider.redeem(elsewhere, came["code"], datetime.now(UTC))
    came = province.consent(await provider.address(here), "gz-0001")
    with pytest.raises(NotVouched):
        await provider.redeem(here, came["code"], datetime(2020, 1, 1, tzinfo=UTC))


async def test_a_provider_that_is_silent_is_named_and_passwords_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGJIAO_OIDC_ISSUER", "http://127.0.0.1:9")
    answer = await (await desk(None)).post("/api/identity/requests")
    assert (answer.status_code, answer.json()["code"]) == (503, "identity-silent")
    body = {"username": "teacher", "password": "songjiao-demo"}
    assert (await (await desk(None)).post("/api/sessions", json=body)).status_code == 201


async def test_without_a_provider_nothing_is_offered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SONGJIAO_OIDC_ISSUER")
    client = await desk(None)
    assert (await client.get("/api/identity")).json() == {"offered": False, "issuer": None}
    assert (await client.post("/api/identity/requests")).json()["code"] == "identity-off"
