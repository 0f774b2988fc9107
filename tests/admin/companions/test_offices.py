from typing import Any

from admin import seed
from tests.admin.cast import Desk


def officer(role: str) -> dict[str, Any]:
    held = {"role": role, "organisation_id": str(seed.place("puan"))}
    return {"name": "新账号", "username": f"new-{role}", "password": "a long password", "roles": [held]}


async def test_only_an_administrator_gives_the_roles_of_other_offices(desk: Desk) -> None:
    for role in ("hospital", "insurer", "police", "guardian", "gateway"):
        assert (await (await desk("bureau")).post("/api/people", json=officer(role))).status_code == 403
        made = await (await desk("admin")).post("/api/people", json=officer(role))
        assert made.status_code == 201, made.text
